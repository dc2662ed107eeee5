// The Python type Buffer: memory with the buffer protocol, which NumPy uses without a copy.
#include <pybind11/pybind11.h>

#include "scopetrie/store/buffer.hpp"

namespace scopetrie::python {

namespace py = pybind11;

void bind_buffer(py::module_& module) {
  py::class_<Buffer>(module, "Buffer", py::buffer_protocol(),
                     "Zeroed bytes, 64-byte aligned.\n\nArgs:\n    nbytes: The number of bytes.")
      .def(py::init([](py::ssize_t nbytes) {
             if (nbytes < 0)
               throw py::value_error("Buffer: nbytes must not be negative, but is " + std::to_string(nbytes));
             return Buffer(static_cast<std::size_t>(nbytes));
           }),
           py::arg("nbytes"))
      .def_property_readonly("nbytes", &Buffer::size, "How many bytes there are.")
      .def_property_readonly(
          "address", [](const Buffer& buffer) { return reinterpret_cast<std::uintptr_t>(buffer.data()); },
          "Where they are.")
      .def_buffer([](Buffer& buffer) {
        return py::buffer_info(buffer.data(), 1, py::format_descriptor<std::uint8_t>::format(), 1,
                               {static_cast<py::ssize_t>(buffer.size())}, {1});
      });
}

}  // namespace scopetrie::python
