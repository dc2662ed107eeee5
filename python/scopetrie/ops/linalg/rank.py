"""What comes of singular values and norms: the rank, the pseudo-inverse, normalized tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._core import name_scope
from ...graph import Tensor
from ..array.dims import expand_dims
from ..constant import convert_to_tensor
from ..math.compare import greater, where_v2
from ..math.elementwise import cast, multiply, realdiv
from ..math.reduce import reduce_max, reduce_sum
from .decomposition import svd
from .products import matmul, norm

__all__ = ["matrix_rank", "normalize", "pinv"]


def _eps(x: Tensor) -> float:
    return float(np.finfo(x.dtype.real_dtype.as_numpy_dtype).eps)


def matrix_rank(a: Any, tol: Any = None, validate_args: bool = False, name: str | None = None) -> Tensor:
    """The ranks of matrices: how many singular values are larger than a tolerance.

    Args:
        a: A tensor `[..., m, n]` of floats.
        tol: The tolerance; the largest singular value times the larger size times the dtype's step at 1 if
            left out.
        validate_args: Accepted for v1's sake: a rank below two is refused anyway.
        name: The operations' scope.

    Returns:
        A tensor `[...]` of int32.

    Raises:
        ValueError: If `a` is no matrix.

    Example:
        >>> import scopetrie as tf
        >>> with tf.Session() as session:
        ...     print(session.run(tf.linalg.matrix_rank([[1.0, 2.0], [2.0, 4.0]])))
        1
    """
    with name_scope(name or "matrix_rank", None, [a]):
        x = convert_to_tensor(a, name="a")
        s = svd(x, compute_uv=False)
        if tol is None:
            step = multiply(_eps(x), cast(max(_sizes(x)), s.dtype), name="mul")
            tol = multiply(step, reduce_max(s, axis=-1, keepdims=True), name="mul")
        return reduce_sum(cast(greater(s, tol), np.int32), axis=-1)


def _sizes(x: Tensor) -> tuple[int, int]:
    if x._dims is None or None in x._dims[-2:]:
        raise NotImplementedError(f"{x.name}: the sizes of the matrix have to be known, or else `tol` given")
    rows, columns = x._dims[-2:]
    assert rows is not None
    assert columns is not None
    return rows, columns


def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Tensor:
    """The Moore-Penrose pseudo-inverses of matrices.

    Args:
        a: A tensor `[..., m, n]` of floats.
        rcond: Singular values below this part of the largest one count as zero; ten times the larger size
            times the dtype's step at 1 if left out.
        validate_args: Accepted for v1's sake: a rank below two is refused anyway.
        name: The operations' scope.

    Returns:
        A tensor `[..., n, m]`.

    Raises:
        TypeError: If `a` holds no floats.
        ValueError: If it is no matrix.

    Example:
        >>> import scopetrie as tf
        >>> with tf.Session() as session:
        ...     print(session.run(tf.linalg.pinv([[2.0, 0.0], [0.0, 0.0]])))
        [[0.5 0. ]
         [0.  0. ]]
    """
    with name_scope(name or "pinv"):
        x = convert_to_tensor(a, name="a")
        if not x.dtype.is_floating:
            raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {x.dtype.name}).")
        real = x.dtype.as_numpy_dtype
        if rcond is None:
            rcond = 10 * max(_sizes(x)) * _eps(x)
        part = convert_to_tensor(rcond, dtype=x.dtype.base_dtype, name="rcond")
        s, u, v = svd(x, full_matrices=False, compute_uv=True)
        cutoff = multiply(part, reduce_max(s, axis=-1), name="mul")
        kept = where_v2(greater(s, expand_dims(cutoff, -1)), s, np.asarray(np.inf, real))
        return matmul(realdiv(v, expand_dims(kept, -2), name="truediv"), u, adjoint_b=True)


def normalize(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Divides vectors, or matrices, by their norms.

    Args:
        tensor: A tensor of floats.
        ord: "euclidean" ("fro"), 1, 2, `inf`, or another number for vectors.
        axis: A dimension for vectors, two for matrices; all elements as one vector if left out.
        name: The operations' scope.

    Returns:
        The divided tensor, and the norms, whose dimensions stay with size 1.

    Raises:
        ValueError: If there is no such norm.
    """
    with name_scope(name, "normalize", [tensor]):
        x = convert_to_tensor(tensor)
        length = norm(x, ord, axis, keepdims=True)
        return realdiv(x, length, name="truediv"), length
