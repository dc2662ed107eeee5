// Poolings of NumPy's arrays, and their gradients.
#include "support/bindings.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "scopetrie/values/pooling.hpp"
#include "support/types.hpp"
#include "values/dims.hpp"
#include "values/reals.hpp"

namespace scopetrie::python {
namespace {

[[noreturn]] void refuse_pooling() {
  raise_error(
      PyExc_TypeError,
      "the arrays must be [N, spatial..., C] with one to three spatial dimensions, all of float32 or of float64, and "
      "windows, strides and borders must go with them");
}

/// How windows lie on an array like `large`, one for each element of `small`.
Pooling read_pooling(const Reals& large, const Reals& small, PyObject* window, PyObject* strides, PyObject* before) {
  const auto sizes = large.dims(), counts = small.dims();
  if (sizes.size() < 3 || sizes.size() > 5 || counts.size() != sizes.size() || sizes.front() != counts.front() ||
      sizes.back() != counts.back() || !large.is_of_kind(small) || (large.kind() != 'f' && large.kind() != 'd'))
    refuse_pooling();
  const std::size_t rank = sizes.size() - 2;
  Pooling out{};
  out.images = sizes.front();
  out.channels = sizes.back();
  out.sizes = spatial_sizes(sizes);
  out.counts = spatial_sizes(counts);
  if (std::max(std::ranges::max(out.sizes), std::ranges::max(out.counts)) > std::numeric_limits<std::int32_t>::max())
    refuse_pooling();
  out.window = read_spatial(window, rank, 1, 1);
  out.strides = read_spatial(strides, rank, 1, 1);
  out.before = read_spatial(before, rank, 0, 0);
  return out;
}

/// `function(given, made, window, strides, before)`, of which `made` is the larger array, or the smaller one.
template <auto pool, bool is_larger>
PyObject* call_with_two(PyObject*, PyObject* args) {
  PyObject *from, *to, *window, *strides, *before;
  if (PyArg_ParseTuple(args, "OOOOO", &from, &to, &window, &strides, &before) == 0) return nullptr;
  const Reals given(from, false), made(to, true);
  const Pooling pooling = is_larger ? read_pooling(made, given, window, strides, before)
                                    : read_pooling(given, made, window, strides, before);
  given.without_gil([&]<typename Real>(Real) { pool(pooling, given.elements<Real>(), made.elements<Real>()); });
  Py_RETURN_NONE;
}

/// `function(x, grad, made, window, strides, before)`, with `made` like `x`.
PyObject* call_spread_largest(PyObject*, PyObject* args) {
  PyObject *from, *by, *to, *window, *strides, *before;
  if (PyArg_ParseTuple(args, "OOOOOO", &from, &by, &to, &window, &strides, &before) == 0) return nullptr;
  const Reals x(from, false), grad(by, false), made(to, true);
  const Pooling pooling = read_pooling(made, grad, window, strides, before);
  if (!x.is_of_kind(made) || !std::ranges::equal(x.dims(), made.dims())) refuse_pooling();
  x.without_gil([&]<typename Real>(Real) {
    spread_largest(pooling, x.elements<Real>(), grad.elements<Real>(), made.elements<Real>());
  });
  Py_RETURN_NONE;
}

constexpr auto kLargest = [](const auto&... given) { pool_largest(given...); };
constexpr auto kMean = [](const auto&... given) { pool_mean(given...); };
constexpr auto kSpreadMean = [](const auto&... given) { spread_mean(given...); };

constexpr char kLargestDoc[] =
    "pool_largest($module, x, made, window, strides, before, /)\n--\n\n"
    "Writes the largest element of each window of `x` into `made`: C-contiguous arrays `[N, spatial..., C]`, all of\n"
    "float32 or of float64. Windows begin at multiples of the strides, less `before`.";
constexpr char kMeanDoc[] =
    "pool_mean($module, x, made, window, strides, before, /)\n--\n\n"
    "Writes the mean of each window of `x` into `made`, as pool_largest.";
constexpr char kSpreadLargestDoc[] =
    "spread_largest($module, x, grad, made, window, strides, before, /)\n--\n\n"
    "Adds the gradient of each window to `made`, like `x`, where the window's largest element is.";
constexpr char kSpreadMeanDoc[] =
    "spread_mean($module, grad, made, window, strides, before, /)\n--\n\n"
    "Adds the gradient of each window to `made`, a share to each element.";

}  // namespace

void bind_pooling(PyObject* module) {
  add_functions(module, {{"pool_largest", unlocked<call_with_two<kLargest, false>>, METH_VARARGS, kLargestDoc},
                         {"pool_mean", unlocked<call_with_two<kMean, false>>, METH_VARARGS, kMeanDoc},
                         {"spread_largest", unlocked<call_spread_largest>, METH_VARARGS, kSpreadLargestDoc},
                         {"spread_mean", unlocked<call_with_two<kSpreadMean, true>>, METH_VARARGS, kSpreadMeanDoc}});
}

}  // namespace scopetrie::python
