#include "graph/context.hpp"

#include <algorithm>
#include <iterator>

#include "graph/graph.hpp"
#include "scopes/scopes.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

// A context that hot calls ask for, and the number that it is right for; 0 is no such number.
struct Cached {
  std::uint64_t number;
  Context* context;  // not owned

  Context* of(std::uint64_t wanted) const { return number == wanted ? context : nullptr; }
};
// The latest two. Apart from the rest, so that reading them needs no check whether the thread's state was constructed;
// and in the static block of thread-local memory, where that costs no call (32 bytes of it).
struct Latest {
  Cached of_default;  // of state().global_epoch: another thread may replace the global graph, and its context goes
  Cached of_store;    // of the store's serial number
};
#if defined(__GLIBC__) && defined(__GNUC__)
__attribute__((tls_model("initial-exec")))
#endif
constinit thread_local Latest latest{};

// What else a thread keeps. It belongs to the dict that Python keeps for the thread, so that it goes while Python still
// runs: graphs are let go then.
struct ThreadState {
  std::uint64_t number;
  std::shared_ptr<std::atomic<bool>> alive = std::make_shared<std::atomic<bool>>(true);
  std::vector<PyGraph*> graphs;  // those that are or were the default, innermost last; owned
};

constinit thread_local ThreadState* thread = nullptr;  // null: made at the first need

void end_thread(PyObject* capsule) {
  auto* ended = static_cast<ThreadState*>(PyCapsule_GetPointer(capsule, nullptr));
  if (thread == ended) {
    thread = nullptr;
    latest = {};
  }
  *ended->alive = false;
  // When the process ends, nobody misses what they hold, and there may be no Python to free it.
  if (Py_IsInitialized() != 0)
    for (PyGraph* graph : ended->graphs) Py_DECREF(graph);
  delete ended;
}

ThreadState& this_thread() {
  if (thread != nullptr) [[likely]]
    return *thread;
  static std::atomic<std::uint64_t> threads{0};
  auto made = std::make_unique<ThreadState>(++threads);
  PyObject* kept = PyThreadState_GetDict();
  const Ref capsule(PyCapsule_New(made.get(), nullptr, end_thread));
  if (!capsule) throw_raised();
  thread = made.release();
  if (kept == nullptr || PyDict_SetItemString(kept, "scopetrie.thread", capsule.get()) < 0) throw_raised();
  return *thread;
}

// The cached context of this thread's default graph.
Context* cached() { return latest.of_default.of(state().global_epoch); }

Context* find_current() {
  State& s = state();
  PyGraph* graph;
  if (thread != nullptr && !thread->graphs.empty()) {
    graph = thread->graphs.back();
  } else {
    if (s.global_graph == nullptr) {
      Ref made = checked(PyObject_CallNoArgs(s.hooks.default_graph));
      if (s.global_graph == nullptr) {  // no other thread was faster
        s.global_graph = made.release();
        ++s.global_epoch;
      }
    }
    graph = reinterpret_cast<PyGraph*>(s.global_graph);
  }
  Context* context = context_of(graph);
  latest.of_default = {s.global_epoch, context};
  return context;
}

PyObject* get_default_graph(PyObject*, PyObject*) { return Py_NewRef(object_of(current_context()->graph)); }

PyGraph* checked_graph(PyObject* object) {
  if (PyObject_TypeCheck(object, state().graph_type)) return reinterpret_cast<PyGraph*>(object);
  raise_error(PyExc_TypeError, "a Graph is needed, but got %R", object);
}

PyObject* push_default(PyObject*, PyObject* graph) {
  push_default_graph(checked_graph(graph));
  Py_RETURN_NONE;
}

PyObject* pop_default(PyObject*, PyObject* graph) {
  if (!pop_default_graph(checked_graph(graph))) return nullptr;
  Py_RETURN_NONE;
}

PyObject* get_depth(PyObject*, PyObject*) { return PyLong_FromSize_t(default_graph_depth()); }

PyObject* drop_global_graph(PyObject*, PyObject*) {
  ++state().global_epoch;
  Py_CLEAR(state().global_graph);
  Py_RETURN_NONE;
}

PyObject* get_variable_scope(PyObject*, PyObject*) { return Py_NewRef(current_scope(*current_context())); }

}  // namespace

Context::Context(PyGraph* graph, std::uint64_t thread, std::shared_ptr<std::atomic<bool>> alive)
    : scopetrie::Context(state_of(graph), new_root_scope()), graph(graph), thread(thread), alive(std::move(alive)) {}

Context* current_context() {
  Context* context = cached();
  return context != nullptr ? context : find_current();
}

Context* context_of(PyGraph* graph) {
  if (Context* context = cached(); context != nullptr && context->graph == graph) return context;
  const ThreadState& here = this_thread();
  auto& contexts = state_of(graph).contexts;
  for (const auto& context : contexts)
    if (context->thread == here.number) return context.get();
  // The contexts of threads that have ended go last: what their scopes hold may run anything when it goes.
  const Ref keep = Ref::borrowed(object_of(graph));
  const auto ended = std::partition(contexts.begin(), contexts.end(), [](const auto& context) {
    return context->alive->load() || context->awaited != 0;
  });
  const std::vector<std::unique_ptr<Context>> gone(std::make_move_iterator(ended),
                                                   std::make_move_iterator(contexts.end()));
  contexts.erase(ended, contexts.end());
  contexts.push_back(std::make_unique<Context>(graph, here.number, here.alive));
  return contexts.back().get();
}

Context* context_of_store(PyGraph* graph, std::uint64_t serial) {
  if (Context* context = latest.of_store.of(serial); context != nullptr) [[likely]]
    return context;
  Context* context = context_of(graph);
  latest.of_store = {serial, context};
  return context;
}

void push_default_graph(PyGraph* graph) {
  std::vector<PyGraph*>& graphs = this_thread().graphs;
  Context* context = context_of(graph);
  graphs.push_back(graph);
  Py_INCREF(graph);
  latest.of_default = {state().global_epoch, context};
}

std::size_t default_graph_depth() { return thread == nullptr ? 0 : thread->graphs.size(); }

bool pop_default_graph(PyGraph* graph) {
  std::vector<PyGraph*>& graphs = this_thread().graphs;
  if (graphs.empty() || graphs.back() != graph) {
    PyErr_Format(PyExc_AssertionError, "Nesting violated for default stack of %R objects",
                 reinterpret_cast<PyObject*>(Py_TYPE(graph)));
    latest.of_default = {};
    const auto at = std::find(graphs.begin(), graphs.end(), graph);
    if (at != graphs.end()) {
      graphs.erase(at);
      Py_DECREF(graph);
    }
    return false;
  }
  graphs.pop_back();
  latest.of_default = {};
  Py_DECREF(graph);
  return true;
}

// The thread has had its list of graphs since the constructor, which is all that could run out of memory.
DefaultGraph::~DefaultGraph() {  // NOLINT(bugprone-exception-escape)
  if (graph_ == nullptr) return;
  const KeptException kept;  // what the block failed with is what is told
  pop();
}

void forget_context(PyGraph* graph) {
  if (const Context* context = cached(); context != nullptr && context->graph == graph) latest.of_default = {};
}

void bind_context(PyObject* module) {
  add_functions(
      module,
      {{"get_default_graph", locked<get_default_graph>, METH_NOARGS,
        "get_default_graph()\n--\n\nThe graph that operations are added to in this thread.\n\n"
        "Returns:\n    The Graph of the innermost `with graph.as_default():`, else the process's default graph."},
       {"push_default_graph", locked<push_default>, METH_O,
        "Makes a graph this thread's default until pop_default_graph()."},
       {"pop_default_graph", locked<pop_default>, METH_O,
        "Ends push_default_graph(); AssertionError where it is not the innermost."},
       {"default_graph_depth", unlocked<get_depth>, METH_NOARGS, "How many default graphs this thread has opened."},
       {"drop_global_graph", locked<drop_global_graph>, METH_NOARGS,
        "Forgets the process's default graph; the next use makes one."},
       {"get_variable_scope", locked<get_variable_scope>, METH_NOARGS,
        "get_variable_scope()\n--\n\nThe current variable scope.\n\n"
        "Returns:\n    The VariableScope entered last in this thread and graph, or the graph's root scope."}});
}

}  // namespace scopetrie::python
