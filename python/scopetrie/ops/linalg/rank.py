"""What comes of singular values and norms: the rank, the pseudo-inverse, normalized tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._core import name_scope
from ...graph import Tensor
from ...public import v1
from ..array.dims import expand_dims, squeeze
from ..array.shape import shape, transpose
from ..constant import convert_to_tensor
from ..elementwise.arithmetic import multiply, pow, realdiv
from ..elementwise.cast import cast
from ..elementwise.compare import greater, where_v2
from ..elementwise.complex import conj
from ..elementwise.unary import abs, sqrt
from ..math.reduce import reduce_max, reduce_sum
from .decomposition import svd
from .products import matmul

__all__ = ["matrix_rank", "norm", "normalize", "pinv"]


def _eps(x: Tensor) -> float:
    return float(np.finfo(x.dtype.real_dtype.as_numpy_dtype).eps)


@v1("linalg.matrix_rank", note="supported: a matrix of unknown size needs `tol`")
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
        _need_floats(x)
        s = svd(x, compute_uv=False)
        if tol is None:
            step = multiply(_eps(x), cast(_larger_size(x), s.dtype), name="mul")
            tol = multiply(step, reduce_max(s, axis=-1, keepdims=True), name="mul")
        return reduce_sum(cast(greater(s, tol), np.int32), axis=-1)


def _larger_size(x: Tensor) -> Any:
    """The larger size of matrices: a number, or a tensor where it is known only when run."""
    sizes = (None,) if x._dims is None else x._dims[-2:]
    known = [size for size in sizes if size is not None]
    return max(known) if len(known) == len(sizes) else reduce_max(shape(x)[-2:])


def _need_floats(x: Tensor) -> None:
    if not x.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {x.dtype.name}).")


@v1("linalg.pinv", note="supported: a matrix of unknown size needs `rcond`")
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
        _need_floats(x)
        real = x.dtype.as_numpy_dtype
        if rcond is None:
            largest = _larger_size(x)
            if isinstance(largest, Tensor):
                rcond = multiply(cast(largest, x.dtype.base_dtype), 10 * _eps(x), name="mul")
            else:
                rcond = 10 * largest * _eps(x)
        part = convert_to_tensor(rcond, dtype=x.dtype.base_dtype, name="rcond")
        s, u, v = svd(x, full_matrices=False, compute_uv=True)
        cutoff = multiply(part, reduce_max(s, axis=-1), name="mul")
        kept = where_v2(greater(s, expand_dims(cutoff, -1)), s, np.asarray(np.inf, real))
        return matmul(realdiv(v, expand_dims(kept, -2), name="truediv"), u, adjoint_b=True)


def _spectral_norm(x: Tensor, axis: Any, keep: bool) -> Tensor:
    """The largest singular values of matrices in two dimensions of a tensor of known rank."""
    if x._dims is None:
        raise ValueError("norm: the rank of the tensor must be known for the norm 2 of matrices")
    count = len(x._dims)
    pair = [at % count for at in axis]
    rest = [at for at in range(count) if at not in pair]
    values = svd(transpose(x, perm=[*rest, *pair]), compute_uv=False)
    result = reduce_max(values, axis=-1)
    for at in sorted(pair) if keep else ():
        result = expand_dims(result, at)
    return result


@v1("norm", "linalg.norm")
def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The norm of vectors, or of matrices.

    Args:
        tensor: A tensor of floats.
        ord: "euclidean" ("fro"), 1, 2, `inf`, or another number for vectors.
        axis: A dimension for vectors, two for matrices; all elements as one vector if left out.
        keepdims: Whether these dimensions stay, with size 1.
        name: The operation's name.
        keep_dims: Deprecated name of `keepdims`.

    Returns:
        A tensor with the dtype of `tensor`.

    Raises:
        ValueError: If there is no such norm.
    """
    keep = bool(keepdims if keepdims is not None else keep_dims)
    is_matrix = isinstance(axis, (list, tuple)) and len(axis) == 2
    known = ["euclidean", "fro", 1, 2, np.inf] if is_matrix else ["euclidean", 1, 2, np.inf]
    if ord not in known and (is_matrix or isinstance(ord, str) or not ord > 0):
        raise ValueError(
            f"'ord' must be a supported {'matrix' if is_matrix else 'vector'} norm in {known}, got {ord}"
        )
    with name_scope(name, "norm", [tensor]):
        x = convert_to_tensor(tensor)
        if ord in ("fro", "euclidean") or (ord == 2 and not is_matrix):
            result = sqrt(reduce_sum(multiply(x, conj(x), name="mul"), axis, keepdims=True))
        elif ord == 2:
            return _spectral_norm(x, axis, keep)
        elif is_matrix:
            sums = reduce_sum(abs(x), axis[0] if ord == 1 else axis[1], keepdims=True)
            result = reduce_max(sums, axis, keepdims=True)
        elif ord == np.inf:
            result = reduce_max(abs(x), axis, keepdims=True)
        elif ord == 1:
            result = reduce_sum(abs(x), axis, keepdims=True)
        else:
            result = pow(reduce_sum(pow(abs(x), ord), axis, keepdims=True), 1.0 / ord)
        if keep:
            return result
        if axis is None:
            return squeeze(result)
        return squeeze(result, axis)


@v1("linalg.normalize")
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
