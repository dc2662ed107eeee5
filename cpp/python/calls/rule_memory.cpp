#include "calls/rule_memory.hpp"

#include <cstring>

#include "calls/op_function.hpp"

namespace scopetrie::python {

namespace {

template <class Number>
void put(std::string& out, char tag, Number number) {
  char bytes[1 + sizeof number];
  bytes[0] = tag;
  std::memcpy(bytes + 1, &number, sizeof number);
  out.append(bytes, sizeof bytes);
}

bool put_text(std::string& out, PyObject* text) {
  const std::string_view characters = text_of(text);
  if (characters.data() == nullptr) return false;
  put(out, 's', characters.size());
  out += characters;
  return true;
}

// Writes an attribute's value, the type first; false for a type that nobody here knows.
bool put_value(std::string& out, PyObject* value) {
  if (value == Py_None || PyBool_Check(value)) {
    out += value == Py_None ? 'n' : value == Py_True ? 't' : 'f';
    return true;
  }
  if (PyLong_CheckExact(value)) {
    int overflow = 0;
    put(out, 'i', PyLong_AsLongLongAndOverflow(value, &overflow));
    return overflow == 0;
  }
  if (PyFloat_CheckExact(value)) {
    put(out, 'd', PyFloat_AS_DOUBLE(value));
    return true;
  }
  if (PyUnicode_CheckExact(value)) return put_text(out, value);
  if (PyTuple_CheckExact(value)) {
    put(out, '(', PyTuple_GET_SIZE(value));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); ++i)
      if (!put_value(out, PyTuple_GET_ITEM(value, i))) return false;
    return true;
  }
  const std::uint8_t dtype = known_dtype_number(value);
  put(out, 'T', dtype);
  return dtype != 0;
}

}  // namespace

void RuleMemory::keep(const std::string& call, std::span<const Output> outputs) {
  constexpr std::size_t kMost = 4096;  // programs with more than that many different calls ask once more
  if (outputs_.size() >= kMost) outputs_.clear();
  outputs_.try_emplace(call, outputs.begin(), outputs.end());
}

bool describe_call(const Definition& definition, Facts& facts, std::string& out) {
  put(out, 'r', &definition);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const Output input = facts.input(i);
    put(out, static_cast<char>(input.dtype), input.shape);
    out += facts.is_reference(i) ? 'r' : 'v';
    if (!definition.reads[i]) continue;
    std::span<const std::int64_t> ints;
    if (!facts.ints(i, ints)) return false;
    for (const std::int64_t each : ints) put(out, 'i', each);
  }
  PyObject* attrs = facts.attributes();
  Py_ssize_t at = 0;
  if (attrs != nullptr)
    for (PyObject *key, *value; PyDict_Next(attrs, &at, &key, &value);)
      if (!put_text(out, key) || !put_value(out, value)) return false;
  return true;
}

}  // namespace scopetrie::python
