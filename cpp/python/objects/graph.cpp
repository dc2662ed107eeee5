// The Python type Graph: creation, traversal, clearing, deallocation.
#include <cstddef>

#include "objects/attributes.hpp"
#include "objects/graph_members.hpp"
#include "objects/scopes.hpp"

namespace scopetrie::python {

namespace {

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* self = type->tp_alloc(type, 0);
  if (self == nullptr) return nullptr;
  as_graph(self)->state = new GraphState;
  of(self).owner = self;
  of(self).collections.set_host(python_host);
  return self;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  const GraphState* graph = as_graph(self)->state;
  if (graph == nullptr) return 0;
  int stopped = 0;
  for (const AttributeValue& attribute : graph->attributes)
    attribute.for_each_host_object([&](void* object) {
      if (stopped == 0) stopped = visit(static_cast<PyObject*>(object), arg);
    });
  if (stopped != 0) return stopped;
  for (const auto& context : graph->contexts) {
    Py_VISIT(current_scope(*context));
    Py_VISIT(static_cast<PyObject*>(context->creators.get()));
    Py_VISIT(static_cast<PyObject*>(context->listener.get()));
  }
  if (const int stop = graph->collection_keys.traverse(visit, arg); stop != 0) return stop;
  return graph->collections.visit([&](void* object) { return visit(static_cast<PyObject*>(object), arg); });
}

int clear(PyObject* self) {
  GraphState* graph = as_graph(self)->state;
  if (graph == nullptr) return 0;
  {
    Table<AttributeValue> attributes(graph->attributes.size());
    attributes.swap(graph->attributes);
  }
  for (const auto& context : graph->contexts) {
    context->creators = {};
    context->listener = {};
    context->current_variable_scope->clear();  // the scope itself stays: a thread may stand in it
  }
  graph->collections.clear();
  graph->collection_keys.clear();
  return 0;
}

void dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  PyGraph* graph = as_graph(self);
  if (graph->weak_references != nullptr) PyObject_ClearWeakRefs(self);
  {
    const Lock lock;
    forget_context(graph);
  }
  if (GraphState* gone = std::exchange(graph->state, nullptr)) {
    gone->contexts.clear();
    for (auto& entry : gone->names) Py_XDECREF(entry.text);
    delete gone;
  }
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

}  // namespace

bool bind_graph(PyObject* module) {
  // The type keeps pointers to the tables.
  static std::vector<PyMethodDef> methods;
  static std::vector<PyGetSetDef> properties;
  add_operation_members(methods, properties);
  add_block_members(methods, properties);
  methods.push_back({nullptr, nullptr, 0, nullptr});
  properties.push_back({nullptr, nullptr, nullptr, nullptr, nullptr});
  static PyMemberDef members[] = {
      {"__weaklistoffset__", T_PYSSIZET, offsetof(PyGraph, weak_references), READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(unlocked<make>)},
                         {Py_tp_traverse, reinterpret_cast<void*>(unlocked<traverse>)},
                         {Py_tp_clear, reinterpret_cast<void*>(unlocked<clear>)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(unlocked<dealloc>)},
                         {Py_tp_methods, methods.data()},
                         {Py_tp_getset, properties.data()},
                         {Py_tp_members, members},
                         {0, nullptr}};
  PyType_Spec spec = {"scopetrie._core.Graph", sizeof(PyGraph), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};
  state().graph_type = add_type(module, spec);
  return state().graph_type != nullptr;
}

}  // namespace scopetrie::python
