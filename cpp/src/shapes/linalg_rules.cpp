// Rules of ops of matrices, which are the last two axes of a tensor, and of their diagonals.
#include <algorithm>

#include "rules.hpp"

namespace scopetrie::rules {

namespace {

using Attribute = RuleAttribute;
using Numbers = std::span<const std::int64_t>;

void need_square(const RuleCall& call, std::size_t input) {
  if (!call.known_rank(input)) return;
  need_rank_at_least(call, input, 2);
  const auto ends = call.dims(input).last(2);
  if (known(ends[0]) && known(ends[1]) && ends[0] != ends[1]) refuse_unequal(ends[0], ends[1]);
}

struct Matrix {
  std::int64_t rows = kUnknownDim, columns = kUnknownDim;
};

// The last two axes of an input.
Matrix matrix(const RuleCall& call, std::size_t input, bool transposed = false) {
  if (!call.known_rank(input)) return {};
  need_rank_at_least(call, input, 2);
  const auto ends = call.dims(input).last(2);
  return transposed ? Matrix{ends[1], ends[0]} : Matrix{ends[0], ends[1]};
}

// The size of square matrices.
std::int64_t side(const RuleCall& call, std::size_t input) {
  need_square(call, input);
  const Matrix m = matrix(call, input);
  return known(m.rows) ? m.rows : m.columns;
}

// What is before them, and `ends` behind it; unknown where the input's rank is.
void give_matrices(RuleCall& call, std::size_t input, std::initializer_list<std::int64_t> ends) {
  Dims dims;
  if (!call.read(input, dims)) return call.give_unknown(call.dtype(input));
  dims.resize(dims.size() - 2);
  dims.insert(dims.end(), ends);
  call.give(call.dtype(input), dims);
}

void multiplied(RuleCall& call, DType dtype) {
  need_rank(call, 0, 2);
  need_rank(call, 1, 2);
  const Matrix a = matrix(call, 0, call.flag(Attribute::kTransposeA));
  const Matrix b = matrix(call, 1, call.flag(Attribute::kTransposeB));
  merged(a.columns, b.rows);
  const std::int64_t made[] = {a.rows, b.columns};
  call.give(dtype, made);
}

void matmul(RuleCall& call) { multiplied(call, call.dtype(0)); }
void sparse_matmul(RuleCall& call) { multiplied(call, kFloat32); }

void batch_matmul(RuleCall& call) {
  const Matrix a = matrix(call, 0, call.flag(Attribute::kAdjX));
  const Matrix b = matrix(call, 1, call.flag(Attribute::kAdjY));
  merged(a.columns, b.rows);
  if (!call.known_rank(0) || !call.known_rank(1)) return call.give_unknown(call.dtype(0));
  Dims x, y;
  call.read(0, x);
  call.read(1, y);
  x.resize(x.size() - 2);
  y.resize(y.size() - 2);
  const ShapeId first = call.shapes.intern(x);
  const ShapeId lead = broadcast(call, first, call.shapes.intern(y));
  const auto found = call.shapes.dims(lead);
  Dims made(found.begin(), found.end());
  made.insert(made.end(), {a.rows, b.columns});
  call.give(call.dtype(0), made);
}

void cross(RuleCall& call) {
  const ShapeId shape = merged(call, call.shape(0), call.shape(1));
  if (call.shapes.known_rank(shape)) {
    const auto dims = call.shapes.dims(shape);
    if (dims.empty()) refuse("Shape must be at least rank 1 but is rank 0");
    if (known(dims.back()) && dims.back() != 3) refuse("Dimension must be 3 but is ", dims.back());
  }
  call.give(call.dtype(0), shape);
}

void square(RuleCall& call) {
  const std::int64_t size = side(call, 0);
  give_matrices(call, 0, {size, size});
}

void determinant(RuleCall& call) {
  need_square(call, 0);
  give_matrices(call, 0, {});
}

void sign_and_log_determinant(RuleCall& call) {
  determinant(call);
  determinant(call);
}

// What is before the matrices of an input.
ShapeId batch(RuleCall& call, std::size_t input) {
  Dims dims;
  if (!call.read(input, dims)) return ShapeTable::kUnknown;
  dims.resize(dims.size() - 2);
  return call.shapes.intern(dims);
}

void solve_matrices(RuleCall& call, ShapeId (*together)(RuleCall&, ShapeId, ShapeId)) {
  const std::int64_t size = side(call, 0);
  const Matrix right = matrix(call, 1);
  const std::int64_t rows = merged(size, right.rows);
  const ShapeId first = batch(call, 0);
  const ShapeId lead = together(call, first, batch(call, 1));
  if (!call.shapes.known_rank(lead)) return call.give_unknown(call.dtype(0));
  const auto found = call.shapes.dims(lead);
  Dims made(found.begin(), found.end());
  made.insert(made.end(), {rows, right.columns});
  call.give(call.dtype(0), made);
}

void solve(RuleCall& call) { solve_matrices(call, merged); }
void solve_triangular(RuleCall& call) { solve_matrices(call, broadcast); }

std::int64_t smaller(const Matrix& m) {
  if (m.rows == 0 || m.columns == 0) return 0;
  return known(m.rows) && known(m.columns) ? std::min(m.rows, m.columns) : kUnknownDim;
}

// The last axis only, of size `size`.
void give_vectors(RuleCall& call, std::int64_t size) { give_matrices(call, 0, {size}); }

void svd(RuleCall& call) {
  const Matrix m = matrix(call, 0);
  const std::int64_t p = smaller(m);
  const bool full = call.flag(Attribute::kFullMatrices);
  give_vectors(call, p);
  if (!call.flag(Attribute::kComputeUv, true)) {
    call.give(call.dtype(0), Dims{0});
    return call.give(call.dtype(0), Dims{0});
  }
  give_matrices(call, 0, {m.rows, full ? m.rows : p});
  give_matrices(call, 0, {m.columns, full ? m.columns : p});
}

void qr(RuleCall& call) {
  const Matrix m = matrix(call, 0);
  const std::int64_t p = call.flag(Attribute::kFullMatrices) ? m.rows : smaller(m);
  give_matrices(call, 0, {m.rows, p});
  give_matrices(call, 0, {p, m.columns});
}

void eigenvalues(RuleCall& call) {
  const std::int64_t size = side(call, 0);
  give_vectors(call, size);
  if (call.flag(Attribute::kComputeV, true)) return give_matrices(call, 0, {size, size});
  call.give(call.dtype(0), Dims{0});
}

// Diagonals -----------------------------------------------------------------------------------------------------------

struct Diagonals {
  std::int64_t low, high;
  bool is_one() const { return low == high; }
};

// Which diagonals are meant; false where that is not known.
bool read_diagonals(RuleCall& call, std::size_t input, Diagonals& out) {
  Numbers found;
  if (!call.ints(input, found) || found.empty()) return false;
  out = {found.front(), found.back()};
  return true;
}

void diagonal_matrix(RuleCall& call) {
  need_rank_at_least(call, 0, 1);
  Diagonals which{};
  std::int64_t rows = -1, columns = -1;
  const bool knows_which = read_diagonals(call, 1, which);
  const bool knows_rows = call.one_int(2, rows), knows_columns = call.one_int(3, columns);
  Dims dims;
  if (!call.read(0, dims) || !knows_which) return call.give_unknown(call.dtype(0));
  const std::int64_t longest = dims.back();
  dims.resize(dims.size() - std::min<std::size_t>(which.is_one() ? 1 : 2, dims.size()));
  if (!known(longest) || !knows_rows || !knows_columns) {
    dims.insert(dims.end(), {kUnknownDim, kUnknownDim});
    return call.give(call.dtype(0), dims);
  }
  const std::int64_t least_rows = longest - std::min<std::int64_t>(which.high, 0);
  const std::int64_t least_columns = longest + std::max<std::int64_t>(which.low, 0);
  if (rows != -1 && rows != least_rows && columns != -1 && columns != least_columns)
    refuse(
        "num_rows and num_cols are not consistent with lower_diag_index, upper_diag_index, and the length of the "
        "given diagonals.\nnum_rows = ",
        rows, " != min_num_rows = ", least_rows, ", num_cols = ", columns, " != min_num_cols = ", least_columns);
  if (rows == -1 && columns == -1) rows = columns = std::max(least_rows, least_columns);
  dims.push_back(rows == -1 ? least_rows : rows);
  dims.push_back(columns == -1 ? least_columns : columns);
  call.give(call.dtype(0), dims);
}

void diagonal_part(RuleCall& call) {
  Diagonals which{};
  const bool knows_which = read_diagonals(call, 1, which);
  const Matrix m = matrix(call, 0);
  if (!call.known_rank(0) || !knows_which) return call.give_unknown(call.dtype(0));
  if (which.low > which.high) refuse("lower_diag_index is greater than upper_diag_index");
  std::int64_t longest = kUnknownDim;
  if (known(m.rows) && known(m.columns)) {
    const auto is_outside = [&](std::int64_t at) { return at != 0 && (at <= -m.rows || at >= m.columns); };
    if (is_outside(which.low)) refuse("lower_diag_index is out of bound.");
    if (is_outside(which.high)) refuse("upper_diag_index is out of bound.");
    longest =
        std::min(m.rows + std::min<std::int64_t>(which.high, 0), m.columns - std::max<std::int64_t>(which.low, 0));
  }
  if (which.is_one()) return give_matrices(call, 0, {longest});
  give_matrices(call, 0, {which.high - which.low + 1, longest});
}

void set_diagonals(RuleCall& call) {
  need_rank_at_least(call, 0, 2);
  need_rank_at_least(call, 1, 1);
  Diagonals which{};
  const bool knows_which = read_diagonals(call, 2, which);
  const Matrix m = matrix(call, 0);
  if (call.known_rank(0) && knows_which) need_rank(call, 1, call.rank(0) - (which.is_one() ? 1 : 0));
  if (knows_which && known(m.rows) && known(m.columns)) {
    const auto is_outside = [&](std::int64_t at) { return at != 0 && (at <= -m.rows || at >= m.columns); };
    if (is_outside(which.low)) refuse("lower_diag_index is out of bound.");
    if (is_outside(which.high)) refuse("upper_diag_index is out of bound.");
  }
  ShapeId shape = call.shape(0);
  Dims dims;
  if (knows_which && call.read(1, dims)) {  // what is before the diagonals is before the matrices
    dims.resize(dims.size() - std::min<std::size_t>(which.is_one() ? 1 : 2, dims.size()));
    dims.insert(dims.end(), {kUnknownDim, kUnknownDim});
    shape = merged(call, shape, call.shapes.intern(dims));
  }
  call.give(call.dtype(0), shape);
}

void band(RuleCall& call) {
  need_rank(call, 1, 0);
  call.give(call.dtype(0), call.shape(0));
}

void tensor_diagonal(RuleCall& call) {
  need_rank_at_least(call, 0, 1);
  Dims dims;
  if (!call.read(0, dims)) return call.give_unknown(call.dtype(0));
  const Dims once = dims;
  dims.insert(dims.end(), once.begin(), once.end());
  call.give(call.dtype(0), dims);
}

void tensor_diagonal_part(RuleCall& call) {
  Dims dims;
  if (!call.read(0, dims)) return call.give_unknown(call.dtype(0));
  if (dims.empty() || dims.size() % 2 != 0)
    refuse("Input must have even and non-zero rank, input rank is ", dims.size());
  const std::size_t half = dims.size() / 2;
  for (std::size_t i = 0; i < half; ++i) dims[i] = merged(dims[i], dims[half + i]);
  dims.resize(half);
  call.give(call.dtype(0), dims);
}

template <std::size_t kRank>
void fourier(RuleCall& call) {
  need_rank_at_least(call, 0, kRank);
  call.give(call.dtype(0), call.shape(0));
}

}  // namespace

std::vector<Row> linalg_rules() {
  return {
      {by(band, 2), "MatrixBandPart"},
      {by(batch_matmul, 2), "BatchMatMulV2"},
      {by(cross, 2), "Cross"},
      {by(determinant), "MatrixDeterminant"},
      {by(diagonal_matrix, 4), "MatrixDiagV3"},
      {by(diagonal_part, 2), "MatrixDiagPartV3"},
      {by(eigenvalues), "SelfAdjointEigV2"},
      {by(einsum), "Einsum"},
      {by(fourier<1>), "FFT IFFT"},
      {by(fourier<2>), "FFT2D IFFT2D"},
      {by(fourier<3>), "FFT3D IFFT3D"},
      {by(matmul, 2), "MatMul"},
      {by(qr), "Qr"},
      {by(sign_and_log_determinant), "LogMatrixDeterminant"},
      {by(set_diagonals, 3), "MatrixSetDiagV3"},
      {by(solve, 2), "MatrixSolve"},
      {by(solve_triangular, 2), "MatrixTriangularSolve"},
      {by(sparse_matmul, 2), "SparseMatMul"},
      {by(square), "Cholesky MatrixInverse"},
      {by(svd), "Svd"},
      {by(tensor_diagonal), "Diag"},
      {by(tensor_diagonal_part), "DiagPart"},
  };
}

}  // namespace scopetrie::rules
