// The capsule scopetrie._core.C_API: the C interface's table with Python's lock and objects. See cpp/capi.
#include "capi/src/boundary.hpp"
#include "graph/handles.hpp"
#include "names/names.hpp"
#include "scopes/scopes.hpp"
#include "store/store.hpp"
#include "support/bindings.hpp"
#include "support/ensure_gil.hpp"

namespace scopetrie::python {

namespace {

// 0 where the thread had the GIL already, else 1.
std::uint64_t take_lock() { return ensure_gil() == PyGILState_LOCKED ? 0 : 1; }
void give_lock(std::uint64_t locked) {
  if (locked != 0) PyGILState_Release(PyGILState_UNLOCKED);
}

void run(void (*call)(void*), void* data) {
  const std::uint64_t locked = take_lock();
  {
    const Lock lock;
    call(data);
  }
  give_lock(locked);
}

void release_owner(void* owner) noexcept { Py_DECREF(static_cast<PyObject*>(owner)); }

// Scopes of the other context are not Python's: what they hand on is the path, the mode and the dtype.
void stand(scopetrie::Context& at, void* owner) {
  const Context& here = *context_of(static_cast<PyGraph*>(owner));
  const VariableScope& scope = *here.current_variable_scope;
  VariableScope& mine = *at.current_variable_scope;
  if (const std::string path = scope.name(); !path.empty()) mine.prolong(at.graph(), path, kNone);
  mine.inherit_reuse(scope.reuse());
  mine.set_dtype(scope.dtype());
  mine.set_trainable(scope.is_trainable());
  mine.set_origin(scope.original_name_scope());
  at.names = here.names;
  at.build_as(here);
}

// Of stores.

void expect_variable(void* owner) { make_room(store_of(static_cast<PyGraph*>(owner)).live, 1); }
void note_variables(void* owner) noexcept {
  StoreState& store = store_of(static_cast<PyGraph*>(owner));
  while (store.live.size() < store.variables.size()) store.live.push_back(nullptr);
}

// Throws what Python has raised as an error of the core's.
[[noreturn]] void throw_as_error() {
  KeptException kept;
  const Ref text(kept.object() != nullptr ? PyObject_Str(kept.object()) : nullptr);
  const std::string shown(text ? text_of(text.get()) : std::string_view());
  PyErr_Clear();
  kept.drop();
  throw Error(ErrorKind::kRuntime, shown);
}

template <class Body>
auto worded(Body&& body) {
  try {
    return body();
  } catch (const PythonRaised&) {
    throw_as_error();
  }
}

FollowedNames& names_of_store(void* owner) {
  return *worded([&] {
    const Ref names = checked(PyObject_GetAttrString(static_cast<PyObject*>(owner), "names"));  // the store keeps it
    NamesState& state = names_of(names.get());
    ++state.version;
    return state.followed.get();
  });
}

Memory& elements(void* owner, VariableId id) {
  return *worded([&] { return &host_elements_of(static_cast<PyGraph*>(owner), id); });
}

constexpr capi::Host kHost{run,           take_lock,          give_lock,      stand,
                           release_owner, expect_variable,    note_variables, names_of_store,
                           elements,      stay_if_thread_ends};

scopetrie_api api;  // filled while the module is loaded

PyGraph* python_graph(const void* graph) {
  auto* found = static_cast<const Graph*>(graph);
  if (found == nullptr || found->owner == nullptr)
    throw Error(ErrorKind::kValue, "This is of no graph of Python's, so that there is no object for it.");
  return static_cast<PyGraph*>(found->owner);
}

// Runs `body` with the lock; null with the Python exception set where it throws.
template <class Body>
void* object_or_null(Body&& body) noexcept {
  try {
    const Lock lock;
    return body();
  } catch (...) {
    stay_if_thread_ends();
    set_python_error();
    return nullptr;
  }
}

scopetrie_graph* graph_from_object(void* object) {
  return static_cast<scopetrie_graph*>(object_or_null([&]() -> void* {
    auto* graph = static_cast<PyObject*>(object);
    if (graph == nullptr || !PyObject_TypeCheck(graph, state().graph_type))
      raise_error(PyExc_TypeError, "graph_from_object: a Graph is needed, not %R", or_none(graph));
    auto made = std::make_unique<scopetrie_graph>();
    made->graph = reinterpret_cast<PyGraph*>(graph)->state;
    made->owner = Py_NewRef(graph);
    return made.release();
  }));
}

void* graph_to_object(scopetrie_graph* graph) {
  return object_or_null(
      [&] { return Py_NewRef(reinterpret_cast<PyObject*>(python_graph(graph != nullptr ? graph->graph : nullptr))); });
}

template <class Handle>
std::int32_t read_handle(PyObject* object, Handle* out, std::uint32_t id) {
  const Graph* graph = handle(object)->graph->state;
  capi::place(out, "place for what an object is") = {graph, id, graph->ledger().epoch()};
  return 0;
}

template <class Body>
std::int32_t code_of(Body&& body) noexcept {
  try {
    const Lock lock;
    return body();
  } catch (...) {
    stay_if_thread_ends();
    set_python_error();
    return -1;
  }
}

std::int32_t refuse_object(const char* call, PyObject* object) {
  PyErr_Format(PyExc_TypeError, "%s: %R is none", call, or_none(object));
  return -1;
}

std::int32_t tensor_from_object(void* object, scopetrie_tensor* tensor) {
  return code_of([&] {
    auto* given = static_cast<PyObject*>(object);
    if (given == nullptr) return refuse_object("tensor_from_object", given);
    if (is_tensor(given)) return read_handle(given, tensor, id_of(given));
    if (!is_variable(given)) return refuse_object("tensor_from_object", given);
    return read_handle(given, tensor, state_of(handle(given)->graph).variables[id_of(given)].value);
  });
}

std::int32_t variable_from_object(void* object, scopetrie_variable* variable) {
  return code_of([&] {
    auto* given = static_cast<PyObject*>(object);
    if (given == nullptr || !is_variable(given)) return refuse_object("variable_from_object", given);
    return read_handle(given, variable, id_of(given));
  });
}

std::int32_t operation_from_object(void* object, scopetrie_operation* operation) {
  return code_of([&] {
    auto* given = static_cast<PyObject*>(object);
    if (given == nullptr || !is_operation(given)) return refuse_object("operation_from_object", given);
    return read_handle(given, operation, id_of(given));
  });
}

void* tensor_to_object(scopetrie_tensor tensor) {
  return object_or_null([&] { return tensor_handle(python_graph(tensor.graph), capi::given_handle(tensor).id()); });
}
void* variable_to_object(scopetrie_variable variable) {
  return object_or_null(
      [&] { return variable_handle(python_graph(variable.graph), capi::given_handle(variable).id()); });
}
void* operation_to_object(scopetrie_operation operation) {
  return object_or_null(
      [&] { return operation_handle(python_graph(operation.graph), capi::given_handle(operation).id()); });
}

PyGraph* python_store(const void* values) {
  if (values == nullptr)
    throw Error(ErrorKind::kValue, "This is of no store of Python's, so that there is no object for it.");
  return python_graph(&static_cast<const Values*>(values)->graph());
}

scopetrie_store* store_from_object(void* object) {
  return static_cast<scopetrie_store*>(object_or_null([&]() -> void* {
    auto* store = static_cast<PyObject*>(object);
    if (store == nullptr || !is_store(store))
      raise_error(PyExc_TypeError, "store_from_object: a Store is needed, not %R", or_none(store));
    auto made = std::make_unique<scopetrie_store>();
    made->values = &store_of(store).values;
    made->graph = &store_of(store);
    made->owner = Py_NewRef(store);
    return made.release();
  }));
}
void* store_to_object(scopetrie_store* store) {
  return object_or_null(
      [&] { return Py_NewRef(reinterpret_cast<PyObject*>(python_store(store != nullptr ? store->values : nullptr))); });
}
std::int32_t store_variable_from_object(void* object, scopetrie_store_variable* variable) {
  return code_of([&] {
    auto* given = static_cast<PyObject*>(object);
    if (given == nullptr || !is_store_variable(given)) return refuse_object("store_variable_from_object", given);
    Values& values = store_of(as_variable(given)->store).values;
    capi::place(variable, "place for what an object is") =
        capi::as<scopetrie_store_variable>(StoreVariable(values, variable_of(given)));
    return 0;
  });
}
void* store_variable_to_object(scopetrie_store_variable variable) {
  return object_or_null(
      [&] { return store_variable(python_store(variable.store), capi::given_handle(variable).id()); });
}

void raise_last_error() {
  const scopetrie_error* shown = api.last_error();
  const Error* error = capi::kept_error();
  if (shown == nullptr || error == nullptr) {
    PyErr_NoMemory();
  } else if (shown->code == SCOPETRIE_OVERFLOW_ERROR) {
    PyErr_SetString(PyExc_OverflowError, error->what());
  } else {
    try {
      throw Error(*error);
    } catch (...) {
      set_python_error();
    }
  }
}

}  // namespace

void bind_c_api(PyObject* module) {
  capi::host = &kHost;
  api = capi::make_table();
  api.graph_from_object = graph_from_object;
  api.graph_to_object = graph_to_object;
  api.tensor_from_object = tensor_from_object;
  api.tensor_to_object = tensor_to_object;
  api.variable_from_object = variable_from_object;
  api.variable_to_object = variable_to_object;
  api.operation_from_object = operation_from_object;
  api.operation_to_object = operation_to_object;
  api.raise_last_error = raise_last_error;
  api.store_from_object = store_from_object;
  api.store_to_object = store_to_object;
  api.store_variable_from_object = store_variable_from_object;
  api.store_variable_to_object = store_variable_to_object;
  const Ref capsule = checked(PyCapsule_New(&api, SCOPETRIE_API_CAPSULE, nullptr));
  if (PyModule_AddObjectRef(module, "C_API", capsule.get()) < 0) throw_raised();
}

}  // namespace scopetrie::python
