#include "ops/op_facts.hpp"

#include <algorithm>
#include <cstdio>

#include "ops/building.hpp"

namespace scopetrie::python {

namespace {

// While the module is loaded, since interning may wait for another thread (see locking.hpp).
const std::array<PyObject*, static_cast<std::size_t>(RuleAttribute::kCount)> kNames = [] {
  std::array<PyObject*, static_cast<std::size_t>(RuleAttribute::kCount)> names{};
  for (std::size_t i = 0; i < names.size(); ++i)
    names[i] = PyUnicode_InternFromString(std::string(name_of(static_cast<RuleAttribute>(i))).c_str());
  return names;
}();

bool read_int(PyObject* object, std::int64_t& out) {
  int overflow = 0;
  out = PyLong_AsLongLongAndOverflow(object, &overflow);
  return overflow == 0;
}

std::string number_text(const Number& number) {
  if (!number.is_real) return std::to_string(number.integer);
  char text[32];
  std::snprintf(text, sizeof text, "%g", number.real);
  return text;
}

}  // namespace

// The value of a literal or of a constant of few ints; null where it is neither.
const Facts::Value* Facts::plain_value(std::size_t i) {
  for (std::size_t at = 0; at < known_count_; ++at)
    if (values[at].input == i) return &values[at];
  if (known_count_ == kMostValues) return nullptr;
  const GraphState& graph = state_of(graph_);
  const TensorRow tensor = graph.ops.tensor(ids[i]);
  if (tensor.dtype != kInt32 && tensor.dtype != kInt64) return nullptr;
  const auto op = graph.ops.operation(tensor.op);
  if (op.kind != kinds().constant || op.attribute == kNone) return nullptr;
  Value& value = values[known_count_];
  if (!value.literal.read(graph.attributes[op.attribute]) || !value.literal.has_ints()) return nullptr;
  // A constant of one number may keep just that for all elements.
  if (!std::ranges::equal(shapes.dims(tensor.shape), value.literal.dims())) return nullptr;
  value.input = i;
  ++known_count_;
  return &value;
}

Ref Facts::asked(PyObject* hook, std::size_t i) {
  const Ref tensor(tensor_handle(graph_, ids[i]));
  if (!tensor) throw_raised();
  Ref answer(PyObject_CallOneArg(hook, tensor.get()));
  if (!answer) throw_raised();
  return answer;
}

bool Facts::ask_ints(std::size_t i, std::span<const std::int64_t>& out) {
  const Ref listed(asked(state().hooks.known_elements, i));
  if (!PyList_Check(listed.get())) return false;
  Dims& ints = folded_.emplace_front();
  for (Py_ssize_t k = 0; k < PyList_GET_SIZE(listed.get()); ++k) {
    PyObject* each = PyList_GET_ITEM(listed.get(), k);
    std::int64_t read = 0;
    if (!PyLong_Check(each) || !read_int(each, read)) return false;
    ints.push_back(read);
  }
  out = ints;
  return true;
}

bool Facts::ints(std::size_t i, std::span<const std::int64_t>& out) {
  note(i, false);
  if (const Value* value = plain_value(i); value != nullptr && value->literal.has_ints()) {
    out = value->literal.ints();
    return true;
  }
  unsure_ = true;
  return asks_ && ask_ints(i, out);
}

bool Facts::number(std::size_t i, Number& out) {
  note(i, false);
  if (const Value* value = plain_value(i);
      value != nullptr && value->literal.has_ints() && value->literal.ints().size() == 1) {
    out = {false, value->literal.ints()[0], 0};
    return true;
  }
  unsure_ = true;
  if (!asks_) return false;
  const Ref listed(asked(state().hooks.known_elements, i));
  if (!PyList_Check(listed.get()) || PyList_GET_SIZE(listed.get()) != 1) return false;
  PyObject* only = PyList_GET_ITEM(listed.get(), 0);
  out.is_real = PyFloat_Check(only);
  if (out.is_real) out.real = PyFloat_AS_DOUBLE(only);
  return out.is_real || (PyLong_Check(only) && read_int(only, out.integer));
}

bool Facts::sizes(std::size_t i, Dims& out) {
  note(i, true);
  if (const Value* value = plain_value(i); value != nullptr && value->literal.has_ints()) {
    const auto ints = value->literal.ints();
    out.assign(ints.begin(), ints.end());
    for (const std::int64_t size : out) need_size(size);
    return true;
  }
  unsure_ = true;
  if (!asks_) return false;
  const Ref dims(asked(state().hooks.known_sizes, i));
  const ShapeId shape = parse_dims(shapes, dims.get());
  const auto found = shapes.dims(shape);
  out.assign(found.begin(), found.end());
  return shapes.known_rank(shape);
}

std::vector<std::tuple<std::size_t, bool, std::string>> Facts::shown() {
  std::vector<std::tuple<std::size_t, bool, std::string>> all;
  for (const auto& [i, is_shape] : std::exchange(asked_, {})) {
    if (std::ranges::any_of(all, [i = i](const auto& other) { return std::get<0>(other) == i; })) continue;
    std::string text;
    Dims dims;
    std::span<const std::int64_t> elements;
    Number only;
    if (is_shape) {
      if (!sizes(i, dims) || dims.empty()) continue;
      for (const std::int64_t dim : dims) {
        text += text.empty() ? "[" : ",";
        text += dim < 0 ? "?" : std::to_string(dim);
      }
      text += ']';
    } else if (ints(i, elements)) {
      const std::size_t columns = rank(i) > 1 ? static_cast<std::size_t>(this->dims(i).back()) : elements.size();
      for (std::size_t k = 0; k < elements.size(); ++k) {
        if (k % columns != 0) text += ' ';
        if (k % columns == 0 && rank(i) > 1) text += '[';
        text += std::to_string(elements[k]);
        if ((k + 1) % columns == 0 && rank(i) > 1) text += ']';
      }
    } else if (number(i, only)) {
      text = number_text(only);
    } else {
      continue;
    }
    all.emplace_back(i, is_shape, text);
  }
  asked_.clear();
  std::ranges::sort(all);
  return all;
}

PyObject* Facts::attribute(RuleAttribute name) const {
  if (attributes_ == nullptr) return nullptr;
  return PyDict_GetItemWithError(attributes_, kNames[static_cast<std::size_t>(name)]);
}

void Facts::refuse_attribute(RuleAttribute name, PyObject* found) {
  unsure_ = true;
  if (!asks_) return;
  if (!PyErr_Occurred()) {
    PyObject* text = kNames[static_cast<std::size_t>(name)];
    if (found == nullptr)
      PyErr_Format(PyExc_TypeError, "missing required attribute '%U'", text);
    else
      PyErr_Format(PyExc_TypeError, "attribute '%U' cannot be %R", text, found);
  }
  throw_raised();
}

bool Facts::flag(RuleAttribute name, bool fallback) {
  PyObject* found = attribute(name);
  if (found == nullptr) return fallback;
  if (PyBool_Check(found)) return found == Py_True;
  const int truth = asks_ ? PyObject_IsTrue(found) : -1;
  if (truth < 0) refuse_attribute(name, found);
  return truth > 0;
}

std::int64_t Facts::integer(RuleAttribute name, std::int64_t fallback) {
  PyObject* found = attribute(name);
  if (found == nullptr) return fallback;
  std::int64_t value = 0;
  if (PyLong_CheckExact(found) && read_int(found, value)) return value;
  const Ref index(asks_ ? PyNumber_Index(found) : nullptr);
  if (!index || !read_int(index.get(), value)) refuse_attribute(name, found);
  return value;
}

std::string Facts::text(RuleAttribute name, std::string_view fallback) {
  PyObject* found = attribute(name);
  if (found == nullptr) return std::string(fallback);
  const std::string_view text = PyUnicode_Check(found) ? text_of(found) : std::string_view();
  if (text.data() == nullptr) refuse_attribute(name, found);
  return std::string(text);
}

DType Facts::dtype(RuleAttribute name, DType fallback) {
  PyObject* found = attribute(name);
  if (found == nullptr && fallback != 0) return fallback;
  const std::uint8_t number = found == nullptr ? 0 : known_dtype_number(found);
  if (number == 0 && found != nullptr && asks_) return dtype_number(found);
  if (number == 0) refuse_attribute(name, found);
  return number;
}

Dims Facts::list(RuleAttribute name) {
  PyObject* found = attribute(name);
  Dims out;
  if (found == nullptr) return out;
  if (!PyTuple_CheckExact(found)) {
    refuse_attribute(name, found);
    return out;
  }
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(found); ++i) {
    PyObject* each = PyTuple_GET_ITEM(found, i);
    std::int64_t read = 0;
    if (!PyLong_Check(each) || !read_int(each, read)) {
      refuse_attribute(name, found);
      return {};
    }
    out.push_back(read);
  }
  return out;
}

ShapeId Facts::shape(RuleAttribute name) {
  PyObject* found = attribute(name);
  if (found == nullptr || found == Py_None) return ShapeTable::kUnknown;
  if (asks_) return parse_dims(shapes, found);
  ShapeId shape = ShapeTable::kUnknown;
  if (!PyTuple_CheckExact(found) || !parse_if_dims(shapes, found, shape)) refuse_attribute(name, found);
  return shape;
}

}  // namespace scopetrie::python
