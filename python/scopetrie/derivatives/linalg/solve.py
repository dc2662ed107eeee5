"""Gradients of inverses, determinants, factors and solutions."""

from __future__ import annotations

from ...graph import Operation, Tensor
from ...ops.array.dims import expand_dims
from ...ops.array.fill import ones_like, zeros_like
from ...ops.elementwise.arithmetic import add, multiply, realdiv, subtract
from ...ops.elementwise.compare import equal, where
from ...ops.elementwise.unary import negative, square
from ...ops.linalg.decomposition import self_adjoint_eig, svd
from ...ops.linalg.diag import matrix_band_part, matrix_diag, matrix_diag_part, matrix_set_diag
from ...ops.linalg.factor_solve import adjoint
from ...ops.linalg.products import cross, matmul
from ...ops.linalg.solve import matrix_inverse, matrix_solve, matrix_triangular_solve
from ..broadcasting import summed_to
from ..declare import attributes, gradient
from ..elementwise.arithmetic import conjugate

Grads = list[Tensor | None]


@gradient("Cross")
def _cross(op: Operation, grad: Tensor) -> Grads:
    u, v = op.inputs
    return [cross(v, grad), cross(grad, u)]


@gradient("MatrixInverse")
def _inverse(op: Operation, grad: Tensor) -> Tensor:
    out, flipped = op.outputs[0], attributes(op).get("adjoint", False)
    inner = matmul(grad, out, adjoint_a=flipped, adjoint_b=not flipped)
    return negative(matmul(out, inner, adjoint_a=not flipped))


@gradient("MatrixDeterminant")
def _determinant(op: Operation, grad: Tensor) -> Tensor:
    scale = multiply(grad, conjugate(op.outputs[0]), name="mul")
    return multiply(_as_matrices(scale), matrix_inverse(op.inputs[0], adjoint=True), name="mul")


@gradient("LogMatrixDeterminant")
def _log_determinant(op: Operation, _: Tensor, grad: Tensor) -> Tensor:
    return multiply(_as_matrices(grad), matrix_inverse(op.inputs[0], adjoint=True), name="mul")


def _as_matrices(values: Tensor) -> Tensor:
    return expand_dims(expand_dims(values, -1), -1)


@gradient("Cholesky")
def _cholesky(op: Operation, grad: Tensor) -> Tensor:
    factor = op.outputs[0]
    inverse = matrix_triangular_solve(factor, zeros_like(factor) + eye_like(factor))
    middle = matmul(factor, grad, adjoint_a=True)
    middle = matrix_set_diag(middle, multiply(0.5, matrix_diag_part(middle)))
    middle = matrix_band_part(middle, -1, 0)
    made = matmul(matmul(inverse, middle, adjoint_a=True), inverse)
    return multiply(add(made, adjoint(made)), 0.5, name="mul")


def eye_like(matrix: Tensor) -> Tensor:
    """The identity of the size of a square matrix."""
    diagonal = matrix_diag_part(matrix)
    return matrix_diag(ones_like(diagonal))


@gradient("MatrixSolve")
def _solve(op: Operation, grad: Tensor) -> Grads:
    matrix, _ = op.inputs
    flipped = attributes(op).get("adjoint", False)
    by_rhs = matrix_solve(matrix, grad, adjoint=not flipped)
    return [_by_matrix(by_rhs, op.outputs[0], flipped), by_rhs]


def _by_matrix(by_rhs: Tensor, out: Tensor, flipped: bool) -> Tensor:
    pair = (out, by_rhs) if flipped else (by_rhs, out)
    return negative(matmul(*pair, adjoint_b=True))


@gradient("MatrixTriangularSolve")
def _triangular_solve(op: Operation, grad: Tensor) -> Grads:
    matrix, rhs = op.inputs
    found = attributes(op)
    flipped, lower = found.get("adjoint", False), found.get("lower", True)
    by_rhs = matrix_triangular_solve(matrix, grad, lower=lower, adjoint=not flipped)
    by_matrix = _by_matrix(by_rhs, op.outputs[0], flipped)
    by_matrix = matrix_band_part(by_matrix, -1, 0) if lower else matrix_band_part(by_matrix, 0, -1)
    lead = [None if each._dims is None else each._dims[:-2] for each in (matrix, rhs)]
    if lead[0] is not None and lead[0] == lead[1] and None not in lead[0]:
        return [by_matrix, by_rhs]
    return [summed_to(by_matrix, matrix), summed_to(by_rhs, rhs)]


def _safe_reciprocal(x: Tensor) -> Tensor:
    """1 / x, and 0 where x is 0: of differences of values with themselves, or with equal ones."""
    zero = equal(x, 0)
    return where(zero, zeros_like(x), realdiv(1, where(zero, ones_like(x), x)))


@gradient("SelfAdjointEigV2", partial=True)
def _eigenvalues(op: Operation, by_values: Tensor | None, by_vectors: Tensor | None) -> Tensor:
    values, vectors = op.outputs
    if not attributes(op).get("compute_v", True):
        values, vectors = self_adjoint_eig(op.inputs[0])
        by_vectors = None
    middle = None if by_values is None else matrix_diag(by_values)
    if by_vectors is not None:
        apart = subtract(expand_dims(values, -2), expand_dims(values, -1))
        turned = multiply(_safe_reciprocal(apart), matmul(vectors, by_vectors, adjoint_a=True), name="mul")
        middle = turned if middle is None else add(middle, turned)
    made = matmul(vectors, matmul(middle, vectors, adjoint_b=True))
    # As v1: the matrix is given by its lower half.
    made = matrix_band_part(add(made, adjoint(made)), -1, 0)
    return matrix_set_diag(made, multiply(0.5, matrix_diag_part(made)))


@gradient("Svd", partial=True)
def _svd(op: Operation, by_s: Tensor | None, by_u: Tensor | None, by_v: Tensor | None) -> Tensor:
    x, found = op.inputs[0], attributes(op)
    s, u, v = op.outputs
    if not found.get("compute_uv", True):
        s, u, v = svd(x)
        by_u = by_v = None
    elif found.get("full_matrices", False) and (x._dims is None or x._dims[-1] != x._dims[-2]):
        raise NotImplementedError(
            f"SVD gradient of {op.name}: full_matrices=True has one for square matrices alone"
        )
    if x.dtype.base_dtype.is_complex:
        raise NotImplementedError(f"SVD gradient of {op.name}: there is none of complex matrices")
    # Townsend, Differentiating the singular value decomposition, 2016.
    middle = None if by_s is None else matrix_diag(by_s)
    squares = square(s)
    scale = _safe_reciprocal(subtract(expand_dims(squares, -2), expand_dims(squares, -1)))
    made = None
    for vectors, given, is_left in ((u, by_u, True), (v, by_v, False)):
        if given is None:
            continue
        turned = matmul(vectors, given, adjoint_a=True)
        part = multiply(scale, subtract(turned, adjoint(turned)), name="mul")
        part = multiply(part, expand_dims(s, -2 if is_left else -1), name="mul")
        middle = part if middle is None else add(middle, part)
        outside = subtract(given, matmul(vectors, turned))
        scaled = multiply(outside, expand_dims(_safe_reciprocal(s), -2), name="mul")
        more = matmul(scaled, v, adjoint_b=True) if is_left else matmul(u, scaled, adjoint_b=True)
        made = more if made is None else add(made, more)
    inside = matmul(u, matmul(middle, v, adjoint_b=True))
    return inside if made is None else add(inside, made)


@gradient("Qr")
def _qr(op: Operation, by_q: Tensor, by_r: Tensor) -> Tensor:
    x, (q, r) = op.inputs[0], op.outputs
    dims = x._dims
    if dims is None or dims[-1] is None or dims[-2] is None:
        raise NotImplementedError(f"QrGrad of {op.name}: not implemented with dynamic shapes.")
    if dims[-2] < dims[-1] or (attributes(op).get("full_matrices", False) and dims[-2] != dims[-1]):
        raise NotImplementedError(
            f"QrGrad of {op.name}: not implemented when nrows < ncols, or full_matrices is true and "
            "nrows != ncols."
        )
    middle = subtract(matmul(r, by_r, adjoint_b=True), matmul(by_q, q, adjoint_a=True))
    low = matrix_band_part(middle, -1, 0)
    strict = matrix_set_diag(low, zeros_like(matrix_diag_part(low)))
    total = add(by_q, matmul(q, add(low, adjoint(strict))))
    return adjoint(matrix_triangular_solve(r, adjoint(total), lower=False))
