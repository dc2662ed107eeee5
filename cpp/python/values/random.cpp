// RandomDrawing for Python: one function that fills an array.
#include "support/bindings.hpp"

#include "scopetrie/random/random.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "support/types.hpp"
#include "values/buffer.hpp"

namespace scopetrie::python {
namespace {

/// Any Python int, modulo 2^64: seeds may be negative.
std::uint64_t word(PyObject* number) {
  const std::uint64_t bits = PyLong_AsUnsignedLongLongMask(number);
  if (PyErr_Occurred() != nullptr) throw_raised();
  return bits;
}

/// The memory of `out`, which is held and checked. NumPy's kind letter and item size give its type.
class Target {
 public:
  explicit Target(PyObject* out) : buffer_(out, PyBUF_STRIDES | PyBUF_FORMAT | PyBUF_WRITABLE) {
    std::string_view format(buffer_.view().format);
    if (format.starts_with('=')) format.remove_prefix(1);
    if (format == "f" || format == "d") {
      kind_ = 'f';
    } else if (format == "i" || format == "l" || format == "q") {  // the platform decides which of them is int64
      kind_ = 'i';
    }
    if (PyBuffer_IsContiguous(&buffer_.view(), 'C') == 0)
      raise_error(PyExc_ValueError, "random_fill: out must be C-contiguous");
    if (kind_ == 0)
      raise_error(PyExc_TypeError, "random_fill: out must be float32, float64, int32 or int64, got format '%s'",
                  buffer_.view().format);
  }

  char kind() const { return kind_; }
  std::size_t size() const { return static_cast<std::size_t>(buffer_.view().itemsize); }
  template <typename T>
  std::span<T> elements() const {
    const Py_buffer& view = buffer_.view();
    return {static_cast<T*>(view.buf), static_cast<std::size_t>(view.len) / sizeof(T)};
  }

 private:
  Buffer buffer_;
  char kind_ = 0;
};

template <typename T>
bool fill_reals(std::string_view kind, const RandomDrawing& drawing, std::span<T> out, std::uint64_t first) {
  const Released released;
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
  if (lo >= hi || !std::in_range<T>(lo) || !std::in_range<T>(hi))
    raise_error(PyExc_ValueError, "random_fill: integers need lo < hi, both of out's type");
  const Released released;
  drawing.integers(out, static_cast<T>(lo), static_cast<T>(hi), first);
  return true;
}

// random_fill(kind, out, seed, seed2, step, lo=0, hi=0, first=0)
PyObject* random_fill(PyObject*, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"kind", "out", "seed", "seed2", "step", "lo", "hi", "first", nullptr};
  const char* kind;
  PyObject *out, *seed, *seed2, *step;
  long long lo = 0, hi = 0;
  unsigned long long first = 0;
  if (PyArg_ParseTupleAndKeywords(args, keywords, "sOO!O!O!|LLK:random_fill", const_cast<char**>(names), &kind, &out,
                                  &PyLong_Type, &seed, &PyLong_Type, &seed2, &PyLong_Type, &step, &lo, &hi,
                                  &first) == 0)
    return nullptr;
  const Target target(out);
  const RandomDrawing drawing(word(seed), word(seed2), word(step));
  const bool is_wide = target.size() == 8;
  bool known;
  if (target.kind() == 'f') {
    known = is_wide ? fill_reals(kind, drawing, target.elements<double>(), first)
                    : fill_reals(kind, drawing, target.elements<float>(), first);
  } else {
    known = is_wide ? fill_integers(kind, drawing, target.elements<std::int64_t>(), lo, hi, first)
                    : fill_integers(kind, drawing, target.elements<std::int32_t>(), lo, hi, first);
  }
  if (known) Py_RETURN_NONE;
  raise_error(PyExc_ValueError,
              "random_fill: no kind '%s' of %s%d; there are uniform, normal and truncated_normal for floats, integers "
              "for ints",
              kind, target.kind() == 'f' ? "float" : "int", is_wide ? 64 : 32);
}

constexpr char kFillDoc[] = R"(random_fill($module, /, kind, out, seed, seed2, step, lo=0, hi=0, first=0)
--

Fills an array with random numbers that depend on the arguments alone, on every platform.

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
        is not contiguous.)";

}  // namespace

void bind_random(PyObject* module) {
  add_functions(module,
                {{"random_fill", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(unlocked<random_fill>)),
                  METH_VARARGS | METH_KEYWORDS, kFillDoc}});
}

}  // namespace scopetrie::python
