// RandomDrawing for Python: one function that fills an array.
#include "scopetrie/random/random.hpp"

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace py = pybind11;

namespace scopetrie::python {
namespace {

/// Any Python int, modulo 2^64: seeds may be negative.
std::uint64_t word(const py::int_& number) {
  const std::uint64_t bits = PyLong_AsUnsignedLongLongMask(number.ptr());
  if (PyErr_Occurred() != nullptr) throw py::error_already_set();
  return bits;
}

/// The memory of `out`, which is held and checked. NumPy's kind letter and item size give its type.
class Target {
 public:
  explicit Target(const py::buffer& out) : info_(out.request(/*writable=*/true)) {
    if (PyBuffer_IsContiguous(info_.view(), 'C') == 0) throw py::value_error("random_fill: out must be C-contiguous");
    const std::string_view format = std::string_view(info_.format).substr(info_.format.starts_with('=') ? 1 : 0);
    const std::size_t size = static_cast<std::size_t>(info_.itemsize);
    if (format == "f" || format == "d") {
      type_ = "float" + std::to_string(size * 8);
    } else if (format == "i" || format == "l" || format == "q") {  // the platform decides which of them is int64
      type_ = "int" + std::to_string(size * 8);
    } else {
      throw py::type_error("random_fill: out must be float32, float64, int32 or int64, got format '" + info_.format +
                           "'");
    }
  }

  std::string_view type() const noexcept { return type_; }

  template <typename T>
  std::span<T> elements() const {
    return {static_cast<T*>(info_.ptr), static_cast<std::size_t>(info_.size)};
  }

 private:
  py::buffer_info info_;
  std::string type_;
};

template <typename T>
bool fill_reals(std::string_view kind, const RandomDrawing& drawing, std::span<T> out, std::uint64_t first) {
  const py::gil_scoped_release release;
  if (kind == "uniform") {
    drawing.uniform(out, first);
  } else if (kind == "normal") {
    drawing.normal(out, first);
  } else if (kind == "truncated_normal") {
    drawing.truncated_normal(out, first);
  } else {
    return false;
  }
  return true;
}

template <typename T>
bool fill_integers(std::string_view kind, const RandomDrawing& drawing, std::span<T> out, std::int64_t lo,
                   std::int64_t hi, std::uint64_t first) {
  if (kind != "integers") return false;
  if (lo >= hi || !std::in_range<T>(lo) || !std::in_range<T>(hi)) {
    throw py::value_error("random_fill: integers need lo < hi, both of out's type");
  }
  const py::gil_scoped_release release;
  drawing.integers(out, static_cast<T>(lo), static_cast<T>(hi), first);
  return true;
}

void random_fill(std::string_view kind, const py::buffer& out, const py::int_& seed, const py::int_& seed2,
                 const py::int_& step, std::int64_t lo, std::int64_t hi, std::uint64_t first) {
  const Target target(out);
  const RandomDrawing drawing(word(seed), word(seed2), word(step));
  bool known = false;
  if (target.type() == "float32") {
    known = fill_reals(kind, drawing, target.elements<float>(), first);
  } else if (target.type() == "float64") {
    known = fill_reals(kind, drawing, target.elements<double>(), first);
  } else if (target.type() == "int32") {
    known = fill_integers(kind, drawing, target.elements<std::int32_t>(), lo, hi, first);
  } else {
    known = fill_integers(kind, drawing, target.elements<std::int64_t>(), lo, hi, first);
  }
  if (!known) {
    throw py::value_error("random_fill: no kind '" + std::string(kind) + "' of " + std::string(target.type()) +
                          "; there are uniform, normal and truncated_normal for floats, integers for ints");
  }
}

}  // namespace
}  // namespace scopetrie::python

void bind_random(py::module_& module);

void bind_random(py::module_& module) {
  module.def("random_fill", &scopetrie::python::random_fill, py::arg("kind"), py::arg("out"), py::arg("seed"),
             py::arg("seed2"), py::arg("step"), py::arg("lo") = 0, py::arg("hi") = 0, py::arg("first") = 0,
             R"(Fills an array with random numbers that depend on the arguments alone, on every platform.

Args:
    kind: "uniform" over [0, 1), "normal" (standard) or "truncated_normal" (standard, within two standard
        deviations) for float arrays; "integers", uniform over [lo, hi), for int arrays.
    out: A writable, C-contiguous array of float32, float64, int32 or int64.
    seed: An integer, taken modulo 2**64, as are the next two.
    seed2: Another seed; the two name a stream.
    step: The number of the drawing within the stream.
    lo: The least integer.
    hi: One more than the greatest integer.
    first: The place of out's first element in the drawing.

Raises:
    TypeError: If out is of another type.
    ValueError: If there is no such kind for out's type, lo >= hi, or out
        is not contiguous.)");
}
