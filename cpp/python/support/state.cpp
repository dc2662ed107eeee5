#include "support/state.hpp"

#include <algorithm>
#include <deque>
#include <string>

#include "graph/handles.hpp"
#include "support/bindings.hpp"
#include "variables/initializers.hpp"

namespace scopetrie::python {

State* const the_state = new State;

std::uint8_t dtype_number(PyObject* dtype) {
  State& s = state();
  if (const std::uint8_t known = known_dtype_number(dtype); known != 0) return known;
  const Ref converted = called(s.hooks.as_dtype, dtype);
  if (const std::uint8_t known = known_dtype_number(converted.get()); known != 0) return known;
  raise_error(PyExc_TypeError, "%R is not a registered dtype", converted.get());
}

namespace {

// The rows and the empty one at the end, for ever.
template <class Row>
Row* kept(std::initializer_list<Row> rows) {
  static auto* const all = new std::deque<std::vector<Row>>;
  std::vector<Row>& one = all->emplace_back(rows);
  one.emplace_back();
  return one.data();
}

}  // namespace

PyType_Slot methods(std::initializer_list<PyMethodDef> rows) { return {Py_tp_methods, kept(rows)}; }
PyType_Slot properties(std::initializer_list<PyGetSetDef> rows) { return {Py_tp_getset, kept(rows)}; }
PyType_Slot members(std::initializer_list<PyMemberDef> rows) { return {Py_tp_members, kept(rows)}; }

void add_functions(PyObject* module, std::initializer_list<PyMethodDef> rows) {
  if (PyModule_AddFunctions(module, kept(rows)) < 0) throw_raised();
}

PyTypeObject* add_type(PyObject* module, const char* name, std::size_t size, unsigned long flags,
                       std::vector<PyType_Slot> slots, PyTypeObject* base) {
  if (std::ranges::find(slots, Py_tp_traverse, &PyType_Slot::slot) != slots.end()) flags |= Py_TPFLAGS_HAVE_GC;
  slots.push_back({0, nullptr});
  const std::string full = std::string("scopetrie._core.") + name;
  PyType_Spec spec{full.c_str(), static_cast<int>(size), 0, static_cast<unsigned>(Py_TPFLAGS_DEFAULT | flags),
                   slots.data()};
  PyObject* type = PyType_FromModuleAndSpec(module, &spec, reinterpret_cast<PyObject*>(base));
  if (type == nullptr || PyModule_AddObjectRef(module, name, type) < 0) throw_raised();
  return reinterpret_cast<PyTypeObject*>(type);
}

void load(PyObject* module) { called(state().load, module); }

void load(const char* module) { load(checked(PyUnicode_FromString(module)).get()); }

void Hook::set(PyObject* place) {
  is_place_ = true;
  Py_XSETREF(function_, Py_NewRef(place));
}

void Hook::find() {
  const Ref place = Ref::borrowed(function_);
  const Py_ssize_t size = PyUnicode_GET_LENGTH(place.get()), dot = PyUnicode_FindChar(place.get(), '.', 0, size, -1);
  const Ref module = checked(PyUnicode_Substring(place.get(), 0, dot)),
            name = checked(PyUnicode_Substring(place.get(), dot + 1, size)), loaded = called(state().load, module);
  Ref found = checked(PyObject_GetAttr(loaded.get(), name.get()));
  if (!is_place_) return;  // another thread has found it meanwhile
  is_place_ = false;
  Py_SETREF(function_, found.release());
}

namespace {

// Stores a new reference in a field and drops the old one.
void keep(PyObject*& field, PyObject* value) { Py_XSETREF(field, Py_NewRef(value)); }

#define SCOPETRIE_NAME(name) #name,
#define SCOPETRIE_COUNT(name) +1  // NOLINT(bugprone-macro-parentheses): a sum
constexpr std::size_t kHooks = 0 SCOPETRIE_HOOKS(SCOPETRIE_COUNT),
                      kHostConstants = 0 SCOPETRIE_CONSTANTS(SCOPETRIE_COUNT);
constexpr std::size_t kOthers = 4, kWired = kHooks + kHostConstants + kOthers;

// wire(**given): what the extension needs of Python, each by the name of its field. Functions and constants come with
// the first call, tables when the modules that have them are imported.
PyObject* wire(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static constexpr std::array<const char*, kWired> kNames{SCOPETRIE_HOOKS(SCOPETRIE_NAME)
                                                              SCOPETRIE_CONSTANTS(SCOPETRIE_NAME) "op_types",
                                                          "operators", "initializers", "initializers_by_name"};
  static Signature<kWired> signature("wire", kNames);
  auto given = signature.parse(args, positional, keywords);
  State& s = state();
#define SCOPETRIE_ADDRESS(name) &s.hooks.name,
#define SCOPETRIE_CONSTANT_ADDRESS(name) &s.name,
  Hook* const hooks[] = {SCOPETRIE_HOOKS(SCOPETRIE_ADDRESS)};
  PyObject** const constants[] = {SCOPETRIE_CONSTANTS(SCOPETRIE_CONSTANT_ADDRESS)};
  for (std::size_t i = 0; i < kHooks + kHostConstants; ++i) {
    const bool is_hook = i < kHooks;
    if (given[i] == nullptr) {
      if (is_hook ? hooks[i]->is_set() : *constants[i - kHooks] != nullptr) continue;
      raise_error(PyExc_TypeError, "wire() needs %s", kNames[i]);
    }
    if (is_hook && !PyUnicode_Check(given[i]))
      raise_error(PyExc_TypeError, "wire() needs %s to be the place of a function", kNames[i]);
  }
  for (std::size_t i = 0; i < kHooks; ++i)
    if (given[i] != nullptr) hooks[i]->set(given[i]);
  for (std::size_t i = 0; i < kHostConstants; ++i)
    if (given[kHooks + i] != nullptr) keep(*constants[i], given[kHooks + i]);
  PyObject* const* others = given.data() + kHooks + kHostConstants;
  if (others[0] != nullptr) keep_op_types(others[0]);
  if (others[1] != nullptr) keep_operators(others[1]);
  if (others[2] != nullptr && others[3] != nullptr && !keep_initializers(others[2], others[3])) return nullptr;
  Py_RETURN_NONE;
}

// define_dtypes({number: DType}): what op types are defined in terms of, and so before everything else.
PyObject* define_dtypes(PyObject*, PyObject* numbered) {
  if (!PyDict_Check(numbered)) raise_error(PyExc_TypeError, "define_dtypes() takes a dict of DType by number");
  Py_ssize_t at = 0;
  for (PyObject *key, *value; PyDict_Next(numbered, &at, &key, &value);) {
    const long number = PyLong_AsLong(key);
    if (PyErr_Occurred()) return nullptr;
    if (number <= 0 || number >= DType::kCount)
      raise_error(PyExc_ValueError, "dtype number %ld is not in [1, %d)", number, int{DType::kCount});
    keep(state().dtypes[number], value);
    state().dtype_numbers[value] = static_cast<std::uint8_t>(number);
  }
  Py_RETURN_NONE;
}

PyObject* convert_literals(PyObject*, PyObject* convert) {
  state().literals_are_converted = convert == Py_True;
  Py_RETURN_NONE;
}

}  // namespace

void bind_state(PyObject* module) {
#ifdef Py_GIL_DISABLED
  the_lock = PyObject_CallNoArgs(reinterpret_cast<PyObject*>(&PyBaseObject_Type));
  if (the_lock == nullptr) throw_raised();
#endif
  add_functions(
      module,
      {fast("wire", locked<wire>, "Gives the extension all that it asks of Python; called once, by the package."),
       {"define_dtypes", locked<define_dtypes>, METH_O, "Gives the extension the DType of each v1 DataType number."},
       {"convert_literals", locked<convert_literals>, METH_O,
        "Says whether the program converts ints, floats, bools, lists or tuples itself."}});
}

}  // namespace scopetrie::python
