// What a store has at a path, and beneath it.
#include "scopetrie/values/store_changes.hpp"
#include "store/store.hpp"

namespace scopetrie::python {

void raise_missing(PyObject* self, PyObject* path) {
  // __missing__ of a store raises, or gives what is beneath the path, of which there is nothing.
  raise_object(checked(PyObject_CallMethod(self, "_missing", "O", path)).get());
}

namespace {

// The variable of a path, or kNone, also where it is no text that could be one.
VariableId find(PyObject* self, PyObject* path) {
  if (!PyUnicode_Check(path)) return kNone;
  const std::string_view text = text_of(path);
  if (text.data() == nullptr) {
    PyErr_Clear();
    return kNone;
  }
  return store_of(self).values.find(text);
}

std::vector<VariableId> rows_under(PyObject* self, PyObject* path) {
  return scopetrie::rows_under(store_of(self).values, path == nullptr ? std::string_view("") : checked_text(path));
}

// The only argument, a path; null where it is left out.
PyObject* top_path(const char* call, PyObject* const* args, Py_ssize_t count) {
  if (count > 1 || (count == 1 && !PyUnicode_Check(args[0])))
    raise_error(PyExc_TypeError, "%s() takes a path, a str", call);
  return count == 1 ? args[0] : nullptr;
}

}  // namespace

PyObject* store_subscript(PyObject* self, PyObject* path) {
  if (const VariableId found = find(self, path); found != kNone) return store_variable(as_graph(self), found);
  return PyObject_CallMethod(self, "__missing__", "O", path);
}

int store_contains(PyObject* self, PyObject* path) { return find(self, path) != kNone ? 1 : 0; }

// _paths(path=""): the paths beneath one, relative to it.
PyObject* store_paths(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  PyObject* top = top_path("_paths", args, count);
  const std::vector<VariableId> rows = rows_under(self, top);
  const std::size_t prefix = top == nullptr || PyUnicode_GET_LENGTH(top) == 0 ? 0 : text_of(top).size() + 1;
  const Values& values = store_of(self).values;
  std::string path;
  return list_of(rows.size(), [&](std::uint32_t i) {
    path.clear();
    values.append_path(rows[i], path);
    return to_str(std::string_view(path).substr(prefix));
  });
}

// _variables(path=""): the variables beneath a path, in the order of _paths().
PyObject* store_variables(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  PyObject* top = top_path("_variables", args, count);
  const std::vector<VariableId> rows = rows_under(self, top);
  const Values& values = store_of(self).values;
  return list_of(rows.size(),
                 [&](std::uint32_t i) { return store_variable(as_graph(self), values.resolved(rows[i])); });
}

// _items(path=""): pairs of a path beneath one and its variable.
PyObject* store_items(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  const Ref names(store_paths(self, args, count)), found(store_variables(self, args, count));
  if (!names || !found) return nullptr;
  return list_of(static_cast<std::size_t>(PyList_GET_SIZE(found.get())), [&](std::uint32_t i) {
    return pack(PyList_GET_ITEM(names.get(), i), PyList_GET_ITEM(found.get(), i));
  });
}

// _measure(path=""): how many variables there are beneath a path, their elements and bytes.
PyObject* store_measure(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  PyObject* top = top_path("_measure", args, count);
  const std::vector<VariableId> rows = rows_under(self, top);
  const Values& values = store_of(self).values;
  std::size_t elements = 0, bytes = 0;
  for (const VariableId row : rows) {
    if (values.is_alias(row)) continue;
    elements += values.element_count(row);
    bytes += values.byte_count(row);
  }
  return build_value("(nnn)", static_cast<Py_ssize_t>(rows.size()), static_cast<Py_ssize_t>(elements),
                     static_cast<Py_ssize_t>(bytes));
}

// _is_scope(path): whether variables are beneath a path.
PyObject* store_is_scope(PyObject* self, PyObject* path) {
  return PyBool_FromLong(rows_under(self, path).empty() ? 0 : 1);
}

// _find(path): the variable of exactly this path, or None.
PyObject* store_find(PyObject* self, PyObject* path) {
  const VariableId found = find(self, path);
  return found == kNone ? Py_NewRef(Py_None) : store_variable(as_graph(self), found);
}

PyObject* store_variable_at(PyObject* self, PyObject* number) {
  const std::size_t id = PyLong_AsSize_t(number);
  if (PyErr_Occurred() != nullptr) return nullptr;
  const StoreState& store = store_of(self);
  if (id >= store.variables.size() || !store.values.is_there(static_cast<VariableId>(id))) Py_RETURN_NONE;
  return store_variable(as_graph(self), store.values.resolved(static_cast<VariableId>(id)));
}

}  // namespace scopetrie::python
