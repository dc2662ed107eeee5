// Graph.unique_names and Graph.create_ops, for builders with arrays of names and inputs.
#include "graph/graph_members.hpp"
#include "ops/op_create.hpp"
#include "ops/op_function.hpp"
#include "scopetrie/names/name_writer.hpp"

namespace scopetrie::python {

PyObject* unique_names(PyObject* self, PyObject* bases) {
  auto* owner = reinterpret_cast<PyGraph*>(self);
  GraphState& graph = state_of(owner);
  const Ref fast = checked(items_of(bases, "unique_names: bases must be a sequence of strings"));
  Context& context = *context_of(owner);
  state_of(context.graph).note_builder(&context);
  const ScopeId scope = context.scope();
  CallTransaction transaction(graph.ledger(), &context);
  NameWriter writer(graph.ops);
  PyObject* last = nullptr;  // borrowed; the name whose segment is `segment`
  SegmentId segment = kNone;
  return make_each(transaction, fast.get(), [&](PyObject* base, Py_ssize_t) {
    if (base != last) {
      segment = plain_segment(graph, base);
      last = base;
    }
    return segment != kNone ? ascii_str(writer.write(graph.ops.unique(scope, segment).name))
                            : PyObject_CallMethod(self, "unique_name", "O", base);
  });
}

// create_ops(op_type, inputs, name=None, dtypes=None, **attrs)
PyObject* create_ops(PyObject* self, PyObject* args, PyObject* kwargs) {
  PyObject *type, *inputs, *name = nullptr;
  if (!PyArg_ParseTuple(args, "OO|O", &type, &inputs, &name)) return nullptr;
  Ref attrs = kwargs == nullptr ? Ref() : checked(copy_of_dict(kwargs));
  if (attrs) {
    if (PyObject* keyword = item_of(attrs.get(), "name")) {
      name = keyword;  // kept alive by `kwargs`
      if (PyDict_DelItemString(attrs.get(), "name") < 0) return nullptr;
    }
    if (PyDict_GET_SIZE(attrs.get()) == 0) attrs = Ref();
  }
  name = name == nullptr ? nullptr : none_to_null(name);
  Ref function = Ref::borrowed(type);
  if (PyUnicode_Check(type)) {
    PyObject* definition = find_kind(text_of(type));
    if (definition == nullptr) return create_own_ops(self, type, inputs, name, attrs.get());
    function = checked(PyObject_GetAttrString(definition, "function"));
  }
  if (!Py_IS_TYPE(function.get(), state().op_function_type))
    raise_error(PyExc_TypeError, "create_ops: op_type must be an op type's name or an op function, not %R", type);
  auto* graph = reinterpret_cast<PyGraph*>(self);
  const DefaultGraph pushed(graph);
  return build_many(definition_of(function.get()), inputs, name, attrs.get());
}

}  // namespace scopetrie::python
