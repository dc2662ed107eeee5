"""Square matrices: inverses, determinants, Cholesky factors, systems of equations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...graph import Tensor
from ...public import v1
from ..declare import attr, tensor
from ..outputs import LogMatrixDeterminant
from ..registry import define_op
from .products import MATRIX_TYPES


def in_float32(xp: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of matrices for half floats, too, which libraries do not take: computed in float32."""
    halves = [getattr(xp, name) for name in ("float16",) if hasattr(xp, name)]

    def compute(*arrays: Any) -> Any:
        dtype = arrays[0].dtype
        if dtype not in halves:
            return function(*arrays)
        found = function(*(xp.astype(each, xp.float32) for each in arrays))
        if isinstance(found, tuple):
            return tuple(xp.astype(each, dtype) for each in found)
        return xp.astype(found, dtype)

    return compute


def _slogdet_kernel(xp: Any) -> Any:
    def compute(x: Any) -> Any:
        sign, logarithm = xp.linalg.slogdet(x)
        return xp.astype(sign, x.dtype, copy=False), xp.astype(logarithm, x.dtype, copy=False)

    return in_float32(xp, compute)


def _inverse_kernel(xp: Any, adjoint: bool = False) -> Any:
    return in_float32(xp, lambda x: xp.linalg.inv(conjugate_transposed(xp, x) if adjoint else x))


def _solve_kernel(xp: Any, adjoint: bool = False) -> Any:
    def solve(matrix: Any, rhs: Any) -> Any:
        if len(rhs.shape) < 2:
            raise ValueError(f"Shape must be at least rank 2 but is rank {len(rhs.shape)}")
        return xp.linalg.solve(conjugate_transposed(xp, matrix) if adjoint else matrix, rhs)

    return in_float32(xp, solve)


def conjugate_transposed(xp: Any, x: Any) -> Any:
    """A matrix mirrored, with the conjugates of its entries."""
    flipped = xp.matrix_transpose(x)
    return xp.conj(flipped) if xp.isdtype(x.dtype, "complex floating") else flipped


_inverse = define_op(
    "MatrixInverse", tensor("input", MATRIX_TYPES),
    kernel=_inverse_kernel,
    attributes=(attr("adjoint", bool),),
)  # fmt: skip


@v1("matrix_inverse", "linalg.inv")
def matrix_inverse(input: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """The inverse of square matrices.

    Args:
        input: A tensor `[..., m, m]`.
        adjoint: Whether to invert the adjoint.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `input`.
    """
    return _inverse(input, adjoint=bool(adjoint), name=name)


matrix_determinant = define_op(
    "MatrixDeterminant", tensor("input", MATRIX_TYPES),
    kernel=lambda xp: in_float32(xp, xp.linalg.det),
    doc="""The determinant of square matrices.

    Args:
        input: A tensor `[..., m, m]`.
        name: The operation's name.

    Returns:
        A tensor `[...]`.
    """,
)  # fmt: skip
_log_determinant: OpFunction[list[Tensor]] = define_op(
    "LogMatrixDeterminant", tensor("input", MATRIX_TYPES),
    kernel=_slogdet_kernel,
)  # fmt: skip
matrix_determinant = v1("matrix_determinant", "linalg.det")(matrix_determinant)


@v1("linalg.slogdet")
def slogdet(input: Any, name: str | None = None) -> LogMatrixDeterminant:
    """The sign and the logarithm of the size of square matrices' determinants.

    Args:
        input: A tensor `[..., m, m]`.
        name: The operation's name.

    Returns:
        A named tuple of two tensors `[...]`, `sign` and `log_abs_determinant`.
    """
    return LogMatrixDeterminant(*_log_determinant(input, name=name))


cholesky = define_op(
    "Cholesky", tensor("input", MATRIX_TYPES),
    kernel=lambda xp: in_float32(xp, xp.linalg.cholesky),
    doc="""The lower triangular L with L L^H = `input`, for symmetric positive definite matrices.

    Args:
        input: A tensor `[..., m, m]`.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `input`.
    """,
)  # fmt: skip
cholesky = v1("cholesky", "linalg.cholesky")(cholesky)


def _triangular_kernel(xp: Any, lower: bool = True, adjoint: bool = False) -> Any:
    keep = xp.tril if lower else xp.triu

    solve = _solve_kernel(xp, adjoint)
    return lambda matrix, rhs: solve(keep(matrix), rhs)


_solve = define_op(
    "MatrixSolve", tensor("matrix", MATRIX_TYPES), tensor("rhs"),
    kernel=_solve_kernel,
    attributes=(attr("adjoint", bool),),
)  # fmt: skip
triangular_solve_node = define_op(
    "MatrixTriangularSolve", tensor("matrix", (dtypes.bfloat16, *MATRIX_TYPES)), tensor("rhs"),
    kernel=_triangular_kernel, attributes=(attr("adjoint", bool), attr("lower", bool)),
)  # fmt: skip


@v1("matrix_solve", "linalg.solve")
def matrix_solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """Solves systems of linear equations.

    Args:
        matrix: A tensor `[..., m, m]`.
        rhs: A tensor `[..., m, k]` of the same dtype.
        adjoint: Whether to solve with the adjoint of `matrix`.
        name: The operation's name.

    Returns:
        A tensor `[..., m, k]`.
    """
    return _solve(matrix, rhs, adjoint=bool(adjoint), name=name)


@v1("matrix_triangular_solve", "linalg.triangular_solve")
def matrix_triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """Solves systems of linear equations with triangular matrices.

    Args:
        matrix: A tensor `[..., m, m]`, of which one triangle is used.
        rhs: A tensor `[..., m, k]` of the same dtype.
        lower: Whether it is the lower triangle.
        adjoint: Whether to solve with the adjoint of `matrix`.
        name: The operation's name.

    Returns:
        A tensor `[..., m, k]`.
    """
    with name_scope(name, "triangular_solve", [matrix, rhs]):
        return triangular_solve_node(matrix, rhs, lower=bool(lower), adjoint=bool(adjoint))
