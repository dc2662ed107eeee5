// Composite: a function of Python's whose calls are made by call_whole().
//
// Invariants: immutable once made.
// Thread safety: that of locking.hpp; the function is called without the lock.
#include "calls/composite.hpp"

#include <cstddef>
#include <optional>

#include "graph/handles.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

using CompositeOwning = Owning<PyComposite, &PyComposite::function, &PyComposite::dict>;

// The graph of a handle, or of the first handle in a list; null where there is none.
PyGraph* graph_in(PyObject* value) {
  if (is_handle(value)) return handle(value)->graph;
  if (!PyList_CheckExact(value) && !PyTuple_CheckExact(value)) return nullptr;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(value); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(value, i);
    if (is_handle(item)) return handle(item)->graph;
  }
  return nullptr;
}

// The graph of the first handle among the arguments, where that is not the default one; else null.
PyGraph* other_graph(const Context& context, PyObject* const* args, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (PyGraph* graph = graph_in(args[i]); graph != nullptr && graph != context.graph) return graph;
  return nullptr;
}

/// A transaction on a graph, which it keeps.
class Whole {
 public:
  explicit Whole(Context& context)
      : graph_(Ref::borrowed(object_of(context.graph))), transaction_(state_of(context.graph).ledger(), &context) {}
  void end(bool is_made) {
    if (is_made)
      transaction_.commit();
    else
      transaction_.rollback();
  }

 private:
  Ref graph_;
  CallTransaction transaction_;
};

PyObject* composite_call(PyObject* self, PyObject* const* args, std::size_t flagged, PyObject* keywords) {
  return call_whole(as_composite(self)->function, args, static_cast<std::size_t>(PyVectorcall_NARGS(flagged)),
                    keywords);
}

// Composite(function)
PyObject* composite_make(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject* function;
  if (!PyArg_ParseTuple(args, "O", &function)) return nullptr;
  PyObject* self = allocated(type);
  as_composite(self)->vectorcall = unlocked<composite_call>;
  as_composite(self)->function = Py_NewRef(function);
  return self;
}

// In a class it is a method, as functions are.
PyObject* composite_bind(PyObject* self, PyObject* object, PyObject*) {
  return object == nullptr || object == Py_None ? Py_NewRef(self) : PyMethod_New(self, object);
}

// For inspect, also where it is told not to look behind wrappers.
PyObject* composite_get_signature(PyObject* self, void*) {
  const Ref inspect(PyImport_ImportModule("inspect"));
  return inspect ? PyObject_CallMethod(inspect.get(), "signature", "O", as_composite(self)->function) : nullptr;
}

PyObject* composite_repr(PyObject* self) { return PyObject_Repr(as_composite(self)->function); }

// Pickled and copied as functions are: by name.
PyObject* composite_reduce(PyObject* self, PyObject*) { return PyObject_GetAttrString(self, "__qualname__"); }

}  // namespace

PyObject* call_whole(PyObject* function, PyObject* const* args, std::size_t count, PyObject* keywords) {
  const std::size_t named = keywords == nullptr ? 0 : static_cast<std::size_t>(PyTuple_GET_SIZE(keywords));
  // A call builds in the default graph or in that of an argument: which one, only the function knows.
  std::optional<Whole> outer, inner;
  {
    const Lock lock;
    Context* context = current_context();
    outer.emplace(*context);
    if (PyGraph* other = other_graph(*context, args, count + named); other != nullptr)
      inner.emplace(*context_of(other));
  }
  PyObject* result = PyObject_Vectorcall(function, args, count, keywords);
  const Lock lock;
  const KeptException kept;  // what goes with a rollback may run code of others
  if (inner) inner->end(result != nullptr);
  outer->end(result != nullptr);
  return result;
}

void bind_composite(PyObject* module) {
  state().composite_type = add_type<PyComposite>(
      module, "Composite", Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_BASETYPE,
      CompositeOwning::slots_and(
          {slot(Py_tp_new, unlocked<composite_make>), slot(Py_tp_call, PyVectorcall_Call),
           slot(Py_tp_repr, unlocked<composite_repr>), slot(Py_tp_descr_get, unlocked<composite_bind>),
           members({offset_of("__dictoffset__", offsetof(PyComposite, dict)),
                    offset_of("__vectorcalloffset__", offsetof(PyComposite, vectorcall))}),
           methods({{"__reduce__", unlocked<composite_reduce>, METH_NOARGS, nullptr}}),
           properties({property("__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr),
                       property("__signature__", unlocked<composite_get_signature>, nullptr)})}));
}

}  // namespace scopetrie::python
