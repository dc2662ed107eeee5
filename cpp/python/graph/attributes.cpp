#include "graph/attributes.hpp"

#include "support/state.hpp"

namespace scopetrie::python {

const Host python_host{[](void* object) { Py_INCREF(static_cast<PyObject*>(object)); },
                       [](void* object) noexcept { Py_DECREF(static_cast<PyObject*>(object)); }};

AttributeValue to_attribute(PyObject* object) {
  if (PyFloat_CheckExact(object)) return AttributeValue(PyFloat_AS_DOUBLE(object));
  if (PyLong_CheckExact(object)) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0) return AttributeValue(std::int64_t{number});
  }
  if (PyBool_Check(object)) return AttributeValue(object == Py_True);
  return AttributeValue(HostObject(python_host, object));
}

namespace {

template <class Items, class Convert>
PyObject* to_tuple(const Items& items, Convert&& convert) {
  return tuple_of(items.size(), [&](std::uint32_t i) { return convert(items[i]); });
}

PyObject* to_dict(const NamedAttributes& named) {
  Ref dict(new_dict());
  for (const auto& [name, value] : named) {
    const Ref object(to_object(value));
    if (!dict || !object || PyDict_SetItemString(dict.get(), name.c_str(), object.get()) < 0) return nullptr;
  }
  return dict.release();
}

}  // namespace

PyObject* to_object(const AttributeValue& value) {
  using Kind = AttributeValue::Kind;
  switch (value.kind()) {
    case Kind::kNone:
    case Kind::kShape:   // nobody keeps one yet that Python made
    case Kind::kTensor:  // the same
      Py_RETURN_NONE;
    case Kind::kBool:
      return PyBool_FromLong(value.boolean());
    case Kind::kInt:
      return PyLong_FromLongLong(value.integer());
    case Kind::kFloat:
      return PyFloat_FromDouble(value.real());
    case Kind::kDType:
      return Py_NewRef(state().dtypes[value.dtype()]);
    case Kind::kSeeds:
      return build_value("{sIsI}", "seed", value.seed(), "seed2", value.seed2());
    case Kind::kString:
      return to_str(value.text());
    case Kind::kInts:
      return to_tuple(value.ints(), [](std::int64_t each) { return PyLong_FromLongLong(each); });
    case Kind::kFloats:
      return to_tuple(value.reals(), [](double each) { return PyFloat_FromDouble(each); });
    case Kind::kList:
      return to_tuple(value.list(), [](const AttributeValue& each) { return to_object(each); });
    case Kind::kNamed:
      return to_dict(value.named());
    case Kind::kHost:
      return Py_NewRef(static_cast<PyObject*>(value.host_object()));
  }
  Py_UNREACHABLE();
}

}  // namespace scopetrie::python
