"""Systems of equations by factors and least squares, adjoints, log-determinants."""

from __future__ import annotations

from typing import Any

from ..._core import name_scope
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor
from ..elementwise.arithmetic import multiply
from ..math.reduce import reduce_sum
from .products import matmul, matrix_transpose
from .solve import cholesky, triangular_solve_node


@v1("linalg.logdet")
def logdet(matrix: Any, name: str | None = None) -> Tensor:
    """The logarithm of the determinant of symmetric positive definite matrices.

    Args:
        matrix: A tensor `[..., m, m]`.
        name: The operations' scope.

    Returns:
        A tensor `[...]`.
    """
    from ..elementwise.complex import real
    from ..elementwise.unary import log
    from .diag import matrix_diag_part

    with name_scope(name, "logdet", [matrix]):
        factor = cholesky(matrix)
        total = reduce_sum(log(real(matrix_diag_part(factor))), [-1])
        return multiply(2.0, total, name="mul")


@v1("matrix_solve_ls", "linalg.lstsq")
def matrix_solve_ls(
    matrix: Any, rhs: Any, l2_regularizer: float = 0.0, fast: bool = True, name: str | None = None
) -> Tensor:
    """Solves systems of linear equations in the sense of least squares, by the normal equations.

    Args:
        matrix: A tensor `[..., m, n]`.
        rhs: A tensor `[..., m, k]`.
        l2_regularizer: What to add to the diagonal of the normal equations.
        fast: Accepted for v1's sake.
        name: The operations' scope.

    Returns:
        A tensor `[..., n, k]`.
    """
    from ..array.shape import shape
    from ..control.branch import cond
    from ..elementwise.compare import greater_equal

    a = convert_to_tensor(matrix, name="matrix")
    with name_scope(name, "matrix_solve_ls", [a, rhs, l2_regularizer]):

        def of_least_squares() -> Tensor:
            factor = _factor(a, l2_regularizer, first=True)
            return cholesky_solve(factor, matmul(a, rhs, adjoint_a=True))

        def of_least_norm() -> Tensor:
            factor = _factor(a, l2_regularizer, first=False)
            return matmul(a, cholesky_solve(factor, rhs), adjoint_a=True)

        rows, columns = a._dims[-2:] if a._dims is not None and len(a._dims) > 1 else (None, None)
        if rows is not None and columns is not None:
            return of_least_squares() if rows >= columns else of_least_norm()
        ends = shape(a)[-2:]
        found: Tensor = cond(greater_equal(ends[-2], ends[-1]), of_least_squares, of_least_norm)
        return found


def _factor(a: Tensor, regularizer: Any, first: bool) -> Tensor:
    """The Cholesky factor of a matrix times its adjoint, or of the adjoint times it."""
    from ..array.shape import shape
    from .diag import eye

    square = matmul(a, a, adjoint_a=first, adjoint_b=not first)
    if isinstance(regularizer, Tensor) or regularizer != 0:
        sizes = shape(a)
        one = eye(sizes[-1 if first else -2], batch_shape=sizes[:-2], dtype=a.dtype.base_dtype)
        side = a.shape[-1 if first else -2]
        one.set_shape(a.shape[:-2].concatenate([side, side]))
        square = square + regularizer * one
    return cholesky(square)


@v1("linalg.adjoint")
def adjoint(matrix: Any, name: str | None = None) -> Tensor:
    """Transposes and conjugates matrices.

    Args:
        matrix: A tensor `[..., m, n]`.
        name: The operations' scope.

    Returns:
        A tensor `[..., n, m]`.
    """
    with name_scope(name, "adjoint", [matrix]):
        return matrix_transpose(convert_to_tensor(matrix, name="matrix"), conjugate=True)


@v1("cholesky_solve", "linalg.cholesky_solve")
def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """Solves systems of linear equations whose matrices are given by their Cholesky factors.

    Args:
        chol: The lower triangular factors `[..., m, m]`.
        rhs: A tensor `[..., m, k]`.
        name: The operations' scope.

    Returns:
        A tensor `[..., m, k]`.
    """
    with name_scope(name, "cholesky_solve", [chol, rhs]):
        first = triangular_solve_node(chol, rhs, adjoint=False, lower=True)
        return triangular_solve_node(chol, first, adjoint=True, lower=True)
