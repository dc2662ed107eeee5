// Channels of NumPy's arrays: sums, moments, normalization and its gradient.
#include "support/bindings.hpp"

#include "scopetrie/values/channels.hpp"
#include "support/types.hpp"
#include "values/reals.hpp"

namespace scopetrie::python {
namespace {

[[noreturn]] void refuse_channels() {
  raise_error(PyExc_TypeError, "the arrays must be [..., C] and [C], of float32, those of one kind of one shape each");
}

/// The rows and channels of an array `[..., C]`.
ChannelRows rows_of(const Reals& array) {
  const auto dims = array.dims();
  if (array.kind() != 'f' || dims.empty()) refuse_channels();
  const std::int64_t channels = dims.back();
  const auto count = static_cast<std::int64_t>(array.count<float>());
  return {channels == 0 ? 0 : count / channels, channels};
}

/// Throws PythonRaised unless an array has an element for each channel.
void check_channels(const ChannelRows& shape, const Reals& array) {
  if (array.kind() != 'f' || static_cast<std::int64_t>(array.count<float>()) != shape.channels) refuse_channels();
}

void check_like(const Reals& first, const Reals& second) {
  if (!second.is_like(first)) refuse_channels();
}

// sum_channels(x, made)
PyObject* sum_of(PyObject*, PyObject* args) {
  PyObject *from, *to;
  if (PyArg_ParseTuple(args, "OO:sum_channels", &from, &to) == 0) return nullptr;
  const Reals x(from, false), made(to, true);
  const ChannelRows shape = rows_of(x);
  check_channels(shape, made);
  {
    const Released released;
    sum_channels(shape, x.elements<float>(), made.elements<float>());
  }
  Py_RETURN_NONE;
}

// channel_moments(x, mean, variance)
PyObject* moments_of(PyObject*, PyObject* args) {
  PyObject *from, *first, *second;
  if (PyArg_ParseTuple(args, "OOO:channel_moments", &from, &first, &second) == 0) return nullptr;
  const Reals x(from, false), mean(first, true), variance(second, true);
  const ChannelRows shape = rows_of(x);
  check_channels(shape, mean);
  check_channels(shape, variance);
  {
    const Released released;
    channel_moments(shape, x.elements<float>(), mean.elements<float>(), variance.elements<float>());
  }
  Py_RETURN_NONE;
}

// normalize_channels(x, mean, factor, offset, made)
PyObject* normalized(PyObject*, PyObject* args) {
  PyObject *from, *means, *factors, *offsets, *to;
  if (PyArg_ParseTuple(args, "OOOOO:normalize_channels", &from, &means, &factors, &offsets, &to) == 0) return nullptr;
  const Reals x(from, false), mean(means, false), factor(factors, false), offset(offsets, false), made(to, true);
  const ChannelRows shape = rows_of(x);
  for (const Reals* each : {&mean, &factor, &offset}) check_channels(shape, *each);
  check_like(x, made);
  {
    const Released released;
    normalize_channels(shape, x.elements<float>(), mean.elements<float>(), factor.elements<float>(),
                       offset.elements<float>(), made.elements<float>());
  }
  Py_RETURN_NONE;
}

// channel_sums(grad, x, mean, of_grad, of_products)
PyObject* sums_of(PyObject*, PyObject* args) {
  PyObject *by, *from, *means, *first, *second;
  if (PyArg_ParseTuple(args, "OOOOO:channel_sums", &by, &from, &means, &first, &second) == 0) return nullptr;
  const Reals grad(by, false), x(from, false), mean(means, false), of_grad(first, true), of_products(second, true);
  const ChannelRows shape = rows_of(x);
  for (const Reals* each : {&mean, &of_grad, &of_products}) check_channels(shape, *each);
  check_like(x, grad);
  {
    const Released released;
    channel_sums(shape, grad.elements<float>(), x.elements<float>(), mean.elements<float>(), of_grad.elements<float>(),
                 of_products.elements<float>());
  }
  Py_RETURN_NONE;
}

// channel_gradient(grad, x, mean, level, slope, factor, made)
PyObject* gradient_of(PyObject*, PyObject* args) {
  PyObject *by, *from, *means, *levels, *slopes, *factors, *to;
  if (PyArg_ParseTuple(args, "OOOOOOO:channel_gradient", &by, &from, &means, &levels, &slopes, &factors, &to) == 0)
    return nullptr;
  const Reals grad(by, false), x(from, false), mean(means, false), level(levels, false), slope(slopes, false),
      factor(factors, false), made(to, true);
  const ChannelRows shape = rows_of(x);
  for (const Reals* each : {&mean, &level, &slope, &factor}) check_channels(shape, *each);
  check_like(x, grad);
  check_like(x, made);
  {
    const Released released;
    channel_gradient(shape, grad.elements<float>(), x.elements<float>(), mean.elements<float>(),
                     level.elements<float>(), slope.elements<float>(), factor.elements<float>(),
                     made.elements<float>());
  }
  Py_RETURN_NONE;
}

constexpr char kSumDoc[] =
    "sum_channels($module, x, made, /)\n--\n\n"
    "Writes the sum of each channel of `x`, `[..., C]`, into `made`: C-contiguous arrays of float32.";
constexpr char kMomentsDoc[] =
    "channel_moments($module, x, mean, variance, /)\n--\n\n"
    "Writes the mean and the variance of each channel of `x`, `[..., C]`: C-contiguous arrays of float32.";
constexpr char kNormalizeDoc[] =
    "normalize_channels($module, x, mean, factor, offset, made, /)\n--\n\n"
    "Writes `(x - mean) * factor + offset` into `made`, like `x`; the others have an element for each channel.";
constexpr char kSumsDoc[] =
    "channel_sums($module, grad, x, mean, of_grad, of_products, /)\n--\n\n"
    "Writes the sum of each channel of `grad`, and of `grad * (x - mean)`.";
constexpr char kGradientDoc[] =
    "channel_gradient($module, grad, x, mean, level, slope, factor, made, /)\n--\n\n"
    "Writes `(grad - level - (x - mean) * slope) * factor` into `made`, like `x`.";

}  // namespace

void bind_channels(PyObject* module) {
  add_functions(module, {{"sum_channels", unlocked<sum_of>, METH_VARARGS, kSumDoc},
                         {"channel_moments", unlocked<moments_of>, METH_VARARGS, kMomentsDoc},
                         {"normalize_channels", unlocked<normalized>, METH_VARARGS, kNormalizeDoc},
                         {"channel_sums", unlocked<sums_of>, METH_VARARGS, kSumsDoc},
                         {"channel_gradient", unlocked<gradient_of>, METH_VARARGS, kGradientDoc}});
}

}  // namespace scopetrie::python
