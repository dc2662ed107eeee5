// Windows of NumPy's arrays as the rows of matrices.
#include "support/bindings.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <type_traits>

#include "scopetrie/values/unfolding.hpp"
#include "support/types.hpp"
#include "values/dims.hpp"
#include "values/reals.hpp"

namespace scopetrie::python {
namespace {

constexpr std::int64_t kMostUnfolded = std::numeric_limits<std::int32_t>::max();

/// The arguments that both functions take after their arrays.
struct UnfoldingArguments {
  PyObject *counts, *window, *strides, *dilations, *first;
};

[[noreturn]] void refuse_unfolding() {
  raise_error(PyExc_TypeError,
              "the array must be [N, spatial..., C] with one to three spatial dimensions, the matrix must have its "
              "windows, and both must be of float32 or of float64");
}

/// Whether `product` and each number, none of them negative, multiply to `expected`.
bool multiply_to(std::int64_t expected, std::int64_t product, std::initializer_list<SpatialDims> factors) {
  for (const SpatialDims& dims : factors) {
    for (const std::int64_t each : dims) {
      if (each != 0 && product > std::numeric_limits<std::int64_t>::max() / each) return false;
      product *= each;
    }
  }
  return product == expected;
}

Unfolding read_unfolding(const Reals& array, const Reals& matrix, bool is_transposed, const UnfoldingArguments& given) {
  const auto dims = array.dims(), shape = matrix.dims();
  if (dims.size() < 3 || dims.size() > 5 || shape.size() != 2 || !array.is_of_kind(matrix) ||
      (array.kind() != 'f' && array.kind() != 'd'))
    refuse_unfolding();
  const std::size_t rank = dims.size() - 2;
  Unfolding out{};
  out.images = dims.front();
  out.channels = dims.back();
  out.sizes = spatial_sizes(dims);
  if (std::ranges::max(out.sizes) > kMostUnfolded) refuse_unfolding();
  out.counts = read_spatial(given.counts, rank, 0, 1);
  out.window = read_spatial(given.window, rank, 1, 1);
  out.strides = read_spatial(given.strides, rank, 1, 1);
  out.dilations = read_spatial(given.dilations, rank, 1, 1);
  out.first = read_spatial(given.first, rank, -kMostUnfolded, 0);
  const Py_ssize_t rows = shape[is_transposed ? 1 : 0], columns = shape[is_transposed ? 0 : 1];
  if (!multiply_to(rows, out.images, {out.counts}) || !multiply_to(columns, out.channels, {out.window}))
    refuse_unfolding();
  return out;
}

// unfold(x, matrix, is_transposed, counts, window, strides, dilations, first)
PyObject* unfold_array(PyObject*, PyObject* args) {
  PyObject *from, *to;
  int is_transposed;
  UnfoldingArguments given;
  if (PyArg_ParseTuple(args, "OOpOOOOO:unfold", &from, &to, &is_transposed, &given.counts, &given.window,
                       &given.strides, &given.dilations, &given.first) == 0)
    return nullptr;
  const Reals x(from, false), matrix(to, true);
  const Unfolding unfolding = read_unfolding(x, matrix, is_transposed != 0, given);
  x.without_gil([&]<typename Real>(Real) {
    using Bits = std::conditional_t<std::is_same_v<Real, float>, std::uint32_t, std::uint64_t>;
    if (is_transposed != 0)
      unfold_transposed(unfolding, x.elements<Bits>(), matrix.elements<Bits>());
    else
      unfold(unfolding, x.elements<Bits>(), matrix.elements<Bits>());
  });
  Py_RETURN_NONE;
}

// fold(matrix, x, counts, window, strides, dilations, first)
PyObject* fold_matrix(PyObject*, PyObject* args) {
  PyObject *from, *to;
  UnfoldingArguments given;
  if (PyArg_ParseTuple(args, "OOOOOOO:fold", &from, &to, &given.counts, &given.window, &given.strides, &given.dilations,
                       &given.first) == 0)
    return nullptr;
  const Reals matrix(from, false), x(to, true);
  const Unfolding unfolding = read_unfolding(x, matrix, false, given);
  x.without_gil([&]<typename Real>(Real) { fold(unfolding, matrix.elements<Real>(), x.elements<Real>()); });
  Py_RETURN_NONE;
}

constexpr char kUnfoldDoc[] =
    "unfold($module, x, matrix, is_transposed, counts, window, strides, dilations, first, /)\n--\n\n"
    "Writes the windows of `x` as the rows of a matrix, or as its columns, with zeros where they are outside:\n"
    "C-contiguous arrays `[N, spatial..., C]` and `[N * counts, window * C]`, both of float32 or of float64. The\n"
    "first window begins at `first`.";
constexpr char kFoldDoc[] =
    "fold($module, matrix, x, counts, window, strides, dilations, first, /)\n--\n\n"
    "Adds the rows of a matrix to the elements of `x` that unfold() takes them from.";

}  // namespace

void bind_unfolding(PyObject* module) {
  add_functions(module, {{"unfold", unlocked<unfold_array>, METH_VARARGS, kUnfoldDoc},
                         {"fold", unlocked<fold_matrix>, METH_VARARGS, kFoldDoc}});
}

}  // namespace scopetrie::python
