// plain_constant(): the fast path of constant(), zeros() and shape() for plain values.
#include "ops/literal.hpp"
#include "ops/op_function.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

// The shape of a constant filled with one number; false if it is not plain. As in v1, larger ones are not constants.
bool filled_shape(ShapeTable& shapes, PyObject* dims, ShapeId& out) {
  constexpr std::int64_t kLargestConstant = 1000;
  Literal sizes;
  if ((!PyList_CheckExact(dims) && !PyTuple_CheckExact(dims)) || !sizes.read(dims) || sizes.dims().size() != 1 ||
      !sizes.has_ints())
    return false;
  std::int64_t total = 1;
  for (const std::int64_t size : sizes.ints()) {
    if (size < 0 || size >= kLargestConstant) return false;
    total *= size;
    if (total >= kLargestConstant) return false;
  }
  out = shapes.intern(sizes.ints());
  return true;
}

// plain_constant(value, dtype | None, name | None, default name, dims | None, beside | None)
// -> Tensor, or None: take the slow path
PyObject* plain_constant(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 6) raise_error(PyExc_TypeError, "plain_constant() takes 6 arguments, not %zd", count);
  OwnTuples<2> own;  // first, before any shared state is read: this may block
  PyObject *value = own.of(args[0]), *name = args[2] == Py_None ? args[3] : args[2], *dims = own.of(args[4]);
  Context* context = current_context();
  GraphState& graph = state_of(context->graph);
  if (args[5] != Py_None && (!is_tensor(args[5]) || handle(args[5])->graph != context->graph)) Py_RETURN_NONE;
  Literal literal;
  std::uint8_t wanted;
  if (graph.finalized || context->listener || !plain_dtype(args[1], wanted) || !literal.read(value)) Py_RETURN_NONE;
  Output output;
  output.dtype = literal.dtype(wanted);
  if (output.dtype == 0) Py_RETURN_NONE;
  if (dims == Py_None) {
    output.shape = graph.ops.shapes().intern(literal.dims());
  } else if (!literal.dims().empty() || !filled_shape(graph.ops.shapes(), dims, output.shape)) {
    Py_RETURN_NONE;
  }
  const SegmentId segment = plain_segment(graph, name);
  if (segment == kNone || graph.has_unnoted_names || graph.has_odd_scopes) Py_RETURN_NONE;
  const Ref keep_graph = Ref::borrowed(object_of(context->graph));
  AttributeValue kept;
  if (!literal.keep(kept)) return nullptr;
  Results results(context->graph, 1);
  const OpGraph::Fresh fresh = graph.ops.unique(context->scope(), segment);
  const auto before = static_cast<OpId>(graph.ops.size());
  try {
    const auto first = static_cast<TensorId>(graph.ops.tensor_count());
    const OpId op =
        add_operation(*context, kinds().constant, fresh.name, {}, {&output, 1}, graph.keep(std::move(kept)));
    return results.of(op, first);
  } catch (...) {
    stay_if_thread_ends();
    context->take_back(before, fresh.name);
    throw;
  }
}

PyObject* own_items_of(PyObject*, PyObject* value) { return own_items(value); }

}  // namespace

void bind_constants(PyObject* module) {
  add_functions(
      module,
      {with_arguments(
           "plain_constant", locked<plain_constant>,
           "A Const of a number, a short list of numbers or an array: (value, dtype, name, default name, dims that a "
           "number "
           "fills, tensor of the same graph). None for anything else: take the slow path."),
       {"own_items", unlocked<own_items_of>, METH_O,
        "own_items(value, /)\n--\n\nA value for NumPy to read, which reads lists in place: with tuples in place of "
        "lists\nwhere an item may run code, since that may change the list."}});
}

}  // namespace scopetrie::python
