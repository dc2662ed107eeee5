// The Python type Graph: creation, traversal, clearing, deallocation.
#include <algorithm>
#include <cstddef>
#include <vector>

#include "graph/attributes.hpp"
#include "graph/graph_members.hpp"
#include "scopes/scopes.hpp"
#include "store/own_handles.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

void GraphState::call_on_undo(PyObject* call) {
  if (is_calling_) return;
  ledger().note(*this, 0, calls_on_undo_.size());
  calls_on_undo_.push_back(Py_NewRef(call));
}

void GraphState::undo(const Change& change) noexcept { calls_kept_ = change.before; }

void GraphState::cut(const Mark& mark) noexcept {
  Graph::cut(mark);
  if (live.size() > mark.variables) live.resize(mark.variables);
  untold_ = std::min(untold_, mark.operations);
}

void GraphState::settle() noexcept {
  const KeptException kept;
  const Ref keep = Ref::borrowed(static_cast<PyObject*>(owner));
  call_back();
  if (told_epoch_ != ledger().epoch()) tell_owner();
  untold_ = told_epoch_ != ledger().epoch() ? untold_ : SIZE_MAX;
  Graph::settle();
}

// Makes the calls that undoing asks for, the latest first, and drops the others once no transaction needs them.
void GraphState::call_back() noexcept {
  is_calling_ = true;  // what they change was noted when it was changed
  for (; calls_on_undo_.size() > calls_kept_; calls_on_undo_.pop_back()) {
    const Ref call(calls_on_undo_.back());
    const Ref arguments(PyTuple_GetSlice(call.get(), 1, PyTuple_GET_SIZE(call.get())));
    if (!arguments || !Ref(PyObject_CallObject(PyTuple_GET_ITEM(call.get(), 0), arguments.get())))
      PyErr_WriteUnraisable(call.get());
  }
  is_calling_ = false;
  calls_kept_ = SIZE_MAX;
  if (ledger().is_open()) return;
  std::vector<PyObject*> dropped;
  dropped.swap(calls_on_undo_);
  for (PyObject* call : dropped) Py_DECREF(call);
}

// Those who keep numbers of operations outside of the graph, as sessions do, drop what they know of the undone ones. If
// that fails for want of memory, the next end of a transaction tells them.
void GraphState::tell_owner() noexcept {
  const std::size_t first = std::exchange(untold_, SIZE_MAX);
  const std::uint32_t before = std::exchange(told_epoch_, ledger().epoch());
  const Ref done(
      PyObject_CallMethod(static_cast<PyObject*>(owner), "_rolled_back", "n", static_cast<Py_ssize_t>(first)));
  if (done) return;
  untold_ = std::min(untold_, first);
  told_epoch_ = before;
  PyErr_WriteUnraisable(static_cast<PyObject*>(owner));
}

int GraphState::traverse_kept(visitproc visit, void* arg) const {
  int stopped = 0;
  for (const Table<AttributeValue>* values : {&attributes, &undone_attributes()})
    for (const AttributeValue& value : *values)
      value.for_each_host_object([&](void* object) {
        if (stopped == 0) stopped = visit(static_cast<PyObject*>(object), arg);
      });
  if (stopped != 0) return stopped;
  for (PyObject* call : calls_on_undo_) Py_VISIT(call);
  return 0;
}

PyObject* new_graph(PyTypeObject* type, std::unique_ptr<GraphState> state) {
  PyObject* self = allocated(type);
  state->owner = self;
  state->owner_host = &python_host;
  state->collections.set_host(python_host);
  as_graph(self)->state = state.release();
  return self;
}

int traverse_graph(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  const GraphState* graph = as_graph(self)->state;
  if (graph == nullptr) return 0;
  if (const int stopped = graph->traverse_kept(visit, arg); stopped != 0) return stopped;
  for (const auto& context : graph->contexts) {
    Py_VISIT(current_scope(*context));
    Py_VISIT(static_cast<PyObject*>(context->creators.get()));
    Py_VISIT(static_cast<PyObject*>(context->listener.get()));
  }
  if (const int stop = graph->collection_keys.traverse(visit, arg); stop != 0) return stop;
  const int stop = graph->collections.visit([&](void* object) { return visit(static_cast<PyObject*>(object), arg); });
  if (stop != 0 || is_visit_for_own_handles(visit)) return stop;
  for (PyObject* of : graphs_of_own_handles(self)) Py_VISIT(of);
  return 0;
}

int clear_graph(PyObject* self) {
  GraphState* graph = as_graph(self)->state;
  if (graph == nullptr) return 0;
  // One by one: what an object's end runs may look at the others, or add some.
  // NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < graph->attributes.size(); ++i)
    const AttributeValue gone = std::exchange(graph->attributes[i], {});
  for (const auto& context : graph->contexts) {
    context->creators = {};
    context->listener = {};
    context->current_variable_scope->clear();  // the scope itself stays: a thread may stand in it
  }
  graph->collections.clear();
  graph->collection_keys.clear();
  return 0;
}

void dealloc_graph(PyObject* self) {
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
  free_object(self);
}

namespace {

PyObject* graph_make(PyTypeObject* type, PyObject*, PyObject*) {
  // Handles and scopes are of a graph, so their members in Python are there before the first one.
  if (!the_state->has_members) {
    load("scopes");
    the_state->has_members = true;
  }
  return new_graph(type, std::make_unique<GraphState>());
}

}  // namespace

void bind_graph(PyObject* module) {
  // The type keeps pointers to the tables.
  static std::vector<PyMethodDef> methods;
  static std::vector<PyGetSetDef> properties;
  add_operation_members(methods, properties);
  add_block_members(methods, properties);
  methods.push_back({nullptr, nullptr, 0, nullptr});
  properties.push_back({nullptr, nullptr, nullptr, nullptr, nullptr});
  state().graph_type =
      add_type<PyGraph>(module, "Graph", Py_TPFLAGS_BASETYPE,
                        {slot(Py_tp_new, unlocked<graph_make>),
                         slot(Py_tp_traverse, unlocked<traverse_graph>),
                         slot(Py_tp_clear, unlocked<clear_graph>),
                         slot(Py_tp_dealloc, unlocked<dealloc_graph>),
                         {Py_tp_methods, methods.data()},
                         {Py_tp_getset, properties.data()},
                         members({offset_of("__weaklistoffset__", offsetof(PyGraph, weak_references))})});
}

}  // namespace scopetrie::python
