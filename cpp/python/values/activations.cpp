// Activations over NumPy's arrays, their gradients, and rows that are added.
#include "support/bindings.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "scopetrie/values/activations.hpp"
#include "support/types.hpp"
#include "values/reals.hpp"

namespace scopetrie::python {
namespace {

// logistic_of_negative(values)
PyObject* logistic_in_place(PyObject*, PyObject* array) {
  const Reals values(array, true);
  if (values.kind() != 'f') raise_error(PyExc_TypeError, "logistic_of_negative() takes an array of float32");
  {
    const Released released;
    logistic_of_negative(values.elements<float>(), values.count<float>());
  }
  Py_RETURN_NONE;
}

void check_reals(const Reals& first, const Reals& second) {
  if ((first.kind() != 'f' && first.kind() != 'd') || !second.is_like(first))
    raise_error(PyExc_TypeError, "the arrays must be of one size, and all of float32 or of float64");
}

// relu(x, made)
PyObject* relu_of(PyObject*, PyObject* args) {
  PyObject *from, *to;
  if (PyArg_ParseTuple(args, "OO:relu", &from, &to) == 0) return nullptr;
  const Reals x(from, false), made(to, true);
  check_reals(x, made);
  {
    const Released released;
    if (x.kind() == 'f')
      relu(x.elements<float>(), made.elements<float>(), x.count<float>());
    else
      relu(x.elements<double>(), made.elements<double>(), x.count<double>());
  }
  Py_RETURN_NONE;
}

// leaky_gradient(grad, x, made, alpha)
PyObject* leaky_of(PyObject*, PyObject* args) {
  PyObject *by, *from, *to;
  double alpha;
  if (PyArg_ParseTuple(args, "OOOd:leaky_gradient", &by, &from, &to, &alpha) == 0) return nullptr;
  const Reals grad(by, false), x(from, false), made(to, true);
  check_reals(x, made);
  check_reals(x, grad);
  {
    const Released released;
    if (x.kind() == 'f')
      leaky_gradient(grad.elements<float>(), x.elements<float>(), static_cast<float>(alpha), made.elements<float>(),
                     x.count<float>());
    else
      leaky_gradient(grad.elements<double>(), x.elements<double>(), alpha, made.elements<double>(), x.count<double>());
  }
  Py_RETURN_NONE;
}

template <typename Real>
using Slope = void (*)(const Real*, const Real*, Real*, std::size_t);

// function(y, dy, made)
template <Slope<float> floats, Slope<double> doubles>
PyObject* call_slope(PyObject*, PyObject* args) {
  PyObject *first, *second, *to;
  if (PyArg_ParseTuple(args, "OOO", &first, &second, &to) == 0) return nullptr;
  const Reals y(first, false), dy(second, false), made(to, true);
  check_reals(made, y);
  check_reals(made, dy);
  {
    const Released released;
    if (made.kind() == 'f')
      floats(y.elements<float>(), dy.elements<float>(), made.elements<float>(), made.count<float>());
    else
      doubles(y.elements<double>(), dy.elements<double>(), made.elements<double>(), made.count<double>());
  }
  Py_RETURN_NONE;
}

template <typename Index>
void add_at(const Reals& out, const Reals& at, const Reals& rows, std::size_t count, std::size_t width) {
  const std::span<const Index> places(at.elements<Index>(), count);
  const auto size = static_cast<std::int64_t>(out.dims()[0]);
  if (std::ranges::any_of(places, [size](Index each) { return each < 0 || each >= size; }))
    raise_error(PyExc_IndexError, "add_rows(): a position is out of range");
  const Released released;
  if (out.kind() == 'f')
    add_rows(places.data(), rows.elements<float>(), count, width, out.elements<float>());
  else
    add_rows(places.data(), rows.elements<double>(), count, width, out.elements<double>());
}

// add_rows(out, at, rows)
PyObject* add_rows_at(PyObject*, PyObject* args) {
  PyObject *to, *places, *from;
  if (PyArg_ParseTuple(args, "OOO:add_rows", &to, &places, &from) == 0) return nullptr;
  const Reals out(to, true), at(places, false), rows(from, false);
  const char kind = out.kind(), index = at.kind();
  if ((kind != 'f' && kind != 'd') || !rows.is_of_kind(out) || (index != 'i' && index != 'l' && index != 'q') ||
      at.dims().size() != 1 || out.dims().empty() || rows.dims().size() != out.dims().size() ||
      rows.dims()[0] != at.dims()[0] || !std::ranges::equal(rows.dims().subspan(1), out.dims().subspan(1)))
    raise_error(
        PyExc_TypeError,
        "add_rows() takes an array [N, ...], positions [M] of int32 or int64, and rows [M, ...], all in C order "
        "and of float32 or of float64");
  std::size_t width = 1;
  for (const Py_ssize_t size : out.dims().subspan(1)) width *= static_cast<std::size_t>(size);
  const auto count = static_cast<std::size_t>(at.dims()[0]);
  if (at.item_size() == sizeof(std::int32_t))
    add_at<std::int32_t>(out, at, rows, count, width);
  else
    add_at<std::int64_t>(out, at, rows, count, width);
  Py_RETURN_NONE;
}

constexpr char kLogisticDoc[] =
    "logistic_of_negative($module, values, /)\n--\n\n"
    "Changes the elements of a C-contiguous array of float32 to `1 / (1 + exp(element))`.";
constexpr char kTanhSlopeDoc[] =
    "tanh_gradient($module, y, dy, made, /)\n--\n\n"
    "Writes `dy * (1 - y * y)` into `made`, which may be one of the others: C-contiguous arrays of one size, all of\n"
    "float32 or of float64.";
constexpr char kLogisticSlopeDoc[] =
    "logistic_gradient($module, y, dy, made, /)\n--\n\n"
    "Writes `dy * (y * (1 - y))` into `made`, as tanh_gradient.";
constexpr char kReluDoc[] =
    "relu($module, x, made, /)\n--\n\n"
    "Writes `x`, and 0 where it is negative, into `made`, as tanh_gradient.";
constexpr char kReluSlopeDoc[] =
    "relu_gradient($module, grad, x, made, /)\n--\n\n"
    "Writes `grad * (x > 0)` into `made`, as tanh_gradient.";
constexpr char kLeakyDoc[] =
    "leaky_gradient($module, grad, x, made, alpha, /)\n--\n\n"
    "Writes `grad` where `x` is positive and `alpha * grad` elsewhere into `made`, as tanh_gradient.";
constexpr char kAddRowsDoc[] =
    "add_rows($module, out, at, rows, /)\n--\n\n"
    "Adds rows to those of `out` at positions, which may repeat: C-contiguous arrays of float32 or of float64.";

}  // namespace

void bind_activations(PyObject* module) {
  add_functions(module,
                {{"logistic_of_negative", unlocked<logistic_in_place>, METH_O, kLogisticDoc},
                 {"tanh_gradient", unlocked<call_slope<tanh_gradient, tanh_gradient>>, METH_VARARGS, kTanhSlopeDoc},
                 {"logistic_gradient", unlocked<call_slope<logistic_gradient, logistic_gradient>>, METH_VARARGS,
                  kLogisticSlopeDoc},
                 {"relu", unlocked<relu_of>, METH_VARARGS, kReluDoc},
                 {"relu_gradient", unlocked<call_slope<relu_gradient, relu_gradient>>, METH_VARARGS, kReluSlopeDoc},
                 {"leaky_gradient", unlocked<leaky_of>, METH_VARARGS, kLeakyDoc},
                 {"add_rows", unlocked<add_rows_at>, METH_VARARGS, kAddRowsDoc}});
}

}  // namespace scopetrie::python
