#include "scopetrie/tables/byte_words.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

PyObject* to_str(std::string_view text) {
  if (finds_byte(text, [](std::uint64_t bytes) { return bytes & in_each_byte(0x80); })) [[unlikely]]
    return PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
  return ascii_str(text);
}

}  // namespace scopetrie::python
