#include "variables/initializers.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "graph/attributes.hpp"
#include "support/state.hpp"

namespace scopetrie::python {

namespace {

/// One of the package's classes: what its instances are, and where they keep it.
struct InitializerClass {
  PyObject* standard;  // an instance made without arguments; it stands for the class itself
  Initializer::Kind kind;
  std::vector<PyMemberDef*> numbers;  // `first` and `second`
  PyMemberDef* fan = nullptr;
  PyMemberDef* distribution = nullptr;
  PyMemberDef* seed = nullptr;
};

// Written when the initializers are imported, read from then on: whoever has one has imported them.
std::vector<InitializerClass>& classes() {
  static auto* const all = new std::vector<InitializerClass>;
  return *all;
}
PyObject* by_name = nullptr;

// The initializer of a name, borrowed; null, without an exception, if there is none. Throws.
PyObject* named(PyObject* name) {
  if (by_name == nullptr) load("initializers");
  PyObject* found = PyDict_GetItemWithError(by_name, name);
  if (found == nullptr && PyErr_Occurred() != nullptr) throw_raised();
  return found;
}

bool read_number(PyObject* value, AttributeValue& out) {
  if (!PyFloat_CheckExact(value) && !PyLong_CheckExact(value) && !PyBool_Check(value)) return false;
  out = to_attribute(value);
  return out.kind() != AttributeValue::Kind::kHost;  // an int that is too large
}

bool read_seed(PyObject* value, std::optional<std::int64_t>& out) {
  if (value == Py_None) return true;
  if (!PyLong_CheckExact(value)) return false;
  int overflow = 0;
  out = PyLong_AsLongLongAndOverflow(value, &overflow);
  return overflow == 0;
}

// The place of a text in a list of texts, or -1.
int place_of(PyObject* text, std::initializer_list<std::string_view> all) {
  if (!PyUnicode_CheckExact(text)) return -1;
  const std::string_view wanted = text_of(text);
  int at = 0;
  for (const std::string_view each : all) {
    if (each == wanted) return at;
    ++at;
  }
  PyErr_Clear();
  return -1;
}

bool read_fan(PyObject* value, Initializer::Fan& out) {
  const int place = place_of(value, {"fan_in", "fan_out", "fan_avg"});
  if (place >= 0) out = static_cast<Initializer::Fan>(place);
  return place >= 0;
}

bool read_distribution(PyObject* value, Initializer::Distribution& out) {
  const int place = place_of(value, {"truncated_normal", "untruncated_normal", "uniform", "normal"});
  if (place < 0) return false;
  out = place == 3 ? Initializer::Distribution::kTruncatedNormal : static_cast<Initializer::Distribution>(place);
  return true;
}

// What a slot holds; null, without an exception, where that is nothing.
Ref slot(PyObject* object, PyMemberDef* member) {
  Ref value(PyMember_GetOne(reinterpret_cast<const char*>(object), member));
  if (!value) PyErr_Clear();
  return value;
}

template <class Out>
bool read_slot(PyObject* object, PyMemberDef* member, bool (*read)(PyObject*, Out&), Out& out) {
  if (member == nullptr) return true;
  const Ref value = slot(object, member);
  return value && read(value.get(), out);
}

bool read_instance(const InitializerClass& of, PyObject* object, Initializer& out) {
  out.kind = of.kind;
  AttributeValue* const numbers[] = {&out.first, &out.second};
  for (std::size_t i = 0; i < of.numbers.size(); ++i) {
    const Ref value = slot(object, of.numbers[i]);
    if (!value) return false;
    const bool is_left_out = value.get() == Py_None && of.kind == Initializer::Kind::kUniform && i == 1;
    if (!is_left_out && !read_number(value.get(), *numbers[i])) return false;
  }
  return read_slot(object, of.fan, read_fan, out.fan) &&
         read_slot(object, of.distribution, read_distribution, out.distribution) &&
         read_slot(object, of.seed, read_seed, out.seed);
}

PyMemberDef* find_slot(PyObject* type, const char* name) {
  const Ref found(PyObject_GetAttrString(type, name));
  if (!found) return nullptr;
  if (Py_IS_TYPE(found.get(), &PyMemberDescr_Type))
    return reinterpret_cast<PyMemberDescrObject*>(found.get())->d_member;
  raise_error(PyExc_TypeError, "%R has no slot %s", type, name);
}

}  // namespace

bool read_initializer(PyObject* object, Initializer& out) {
  if (PyUnicode_CheckExact(object)) {
    object = named(object);
    if (object == nullptr) return false;
  }
  for (const InitializerClass& each : classes()) {
    if (Py_TYPE(object) == Py_TYPE(each.standard)) return read_instance(each, object, out);
    if (object == reinterpret_cast<PyObject*>(Py_TYPE(each.standard))) return read_instance(each, each.standard, out);
  }
  return false;
}

bool has_no_parameters(PyObject* object) {
  if (PyUnicode_CheckExact(object)) object = named(object);
  return std::ranges::any_of(classes(), [object](const InitializerClass& each) {
    const bool has_none = each.numbers.empty() && each.fan == nullptr && each.distribution == nullptr;
    return Py_TYPE(object) == Py_TYPE(each.standard) && has_none && each.seed == nullptr;
  });
}

PyObject* default_initializer(DType dtype) {
  const std::optional<Initializer> standard = Initializer::of_default(dtype);
  const bool is_zeros = !standard || standard->kind == Initializer::Kind::kZeros;
  return named(checked(PyUnicode_FromString(is_zeros ? "zeros" : "glorot_uniform")).get());
}

bool keep_initializers(PyObject* given, PyObject* names) {
  static constexpr const char* kKinds[] = {"zeros",
                                           "ones",
                                           "constant",
                                           "uniform",
                                           "normal",
                                           "truncated_normal",
                                           "variance_scaling",
                                           "uniform_unit_scaling",
                                           "identity",
                                           "orthogonal",
                                           "delta_orthogonal",
                                           "kernel_orthogonal_1",
                                           "kernel_orthogonal_2",
                                           "kernel_orthogonal_3"};
  const Ref all(PySequence_Fast(given, "initializers: a list is needed"));
  if (!all) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(all.get()); ++i) {
    PyObject *standard, *slots;
    const char* kind;
    if (!PyArg_ParseTuple(PySequence_Fast_GET_ITEM(all.get(), i), "OsO!", &standard, &kind, &PyTuple_Type, &slots))
      return false;
    InitializerClass made{Py_NewRef(standard), Initializer::Kind::kZeros, {}};
    std::size_t at = 0;
    while (at < std::size(kKinds) && std::strcmp(kKinds[at], kind) != 0) ++at;
    if (at == std::size(kKinds)) raise_error(PyExc_ValueError, "there is no kind %s of initializers", kind);
    made.kind = static_cast<Initializer::Kind>(at);
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(slots); ++k) {
      const std::string name(text_of(PyTuple_GET_ITEM(slots, k)));
      PyMemberDef* member = find_slot(reinterpret_cast<PyObject*>(Py_TYPE(standard)), name.c_str());
      if (member == nullptr) return false;
      if (name == "mode")
        made.fan = member;
      else if (name == "distribution")
        made.distribution = member;
      else if (name == "seed")
        made.seed = member;
      else
        made.numbers.push_back(member);
    }
    classes().push_back(std::move(made));
  }
  by_name = Py_NewRef(names);
  return true;
}

}  // namespace scopetrie::python
