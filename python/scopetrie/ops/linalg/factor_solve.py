"""Systems of equations by factors and least squares, adjoints, log-determinants."""

from __future__ import annotations

from typing import Any

from ..._core import name_scope
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor
from ..math.elementwise import add, multiply
from ..math.reduce import reduce_sum
from .products import matmul, matrix_transpose
from .solve import matrix_triangular_solve


@v1("linalg.logdet")
def logdet(matrix: Any, name: str | None = None) -> Tensor:
    """The logarithm of the determinant of symmetric positive definite matrices.

    Args:
        matrix: A tensor `[..., m, m]`.
        name: The operations' scope.

    Returns:
        A tensor `[...]`.
    """
    from ..math.complex import real
    from ..math.elementwise import log
    from .diag import matrix_diag_part
    from .solve import cholesky

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
    from ..math.compare import less
    from .diag import eye
    from .solve import matrix_solve

    with name_scope(name, "matrix_solve_ls", [matrix, rhs]):
        a = convert_to_tensor(matrix)
        kind = a.dtype.base_dtype

        def regular(square: Tensor, side: Any) -> Tensor:
            return add(square, multiply(eye(side, dtype=kind), l2_regularizer)) if l2_regularizer else square

        def of_least_norm(rows: Any) -> Tensor:
            square = regular(matmul(a, a, adjoint_b=True), rows)
            return matmul(a, matrix_solve(square, rhs), adjoint_a=True)

        def of_least_squares(columns: Any) -> Tensor:
            square = regular(matmul(a, a, adjoint_a=True), columns)
            return matrix_solve(square, matmul(a, rhs, adjoint_a=True))

        sizes = None if a._dims is None or None in a._dims[-2:] else a._dims[-2:]
        if sizes is not None:
            rows, columns = sizes
            return of_least_norm(rows) if (rows or 0) < (columns or 0) else of_least_squares(columns)
        ends = shape(a)[-2:]
        wide = less(ends[0], ends[1])
        found: Tensor = cond(wide, lambda: of_least_norm(ends[0]), lambda: of_least_squares(ends[1]))
        return found


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
        first = matrix_triangular_solve(chol, rhs, adjoint=False, lower=True)
        return matrix_triangular_solve(chol, first, adjoint=True, lower=True)
