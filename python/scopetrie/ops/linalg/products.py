"""Matrices: their products, norms and transposes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope
from ...errors import FailedPreconditionError
from ...graph import Tensor
from ...public import v1
from ..array.dims import expand_dims, squeeze
from ..array.join import concat
from ..array.shape import rank, transpose
from ..constant import convert_to_tensor
from ..declare import COMPLEX, FLOATS, INDICES, REALS, SHORT_INDICES, flags, tensor
from ..direct import Only, attribute, direct
from ..elementwise.arithmetic import subtract
from ..elementwise.cast import cast
from ..elementwise.complex import conj
from ..math.sequence import range_
from ..promises import makes_new, summable
from ..registry import define_op

MATRIX_TYPES = (dtypes.float64, dtypes.float32, dtypes.float16, *COMPLEX)


def _sum_of_products(calls: Sequence[tuple[Any, Sequence[Any]]]) -> Any:
    """The sum of products `a` transposed times `b`: one product of all rows, unless that takes longer."""
    (_, (a, b)), *_ = calls
    if a.dtype.char not in "fd" or any(a.shape[0] != b.shape[0] for _, (a, b) in calls):
        return None
    rows = sum(a.shape[0] for _, (a, _) in calls)
    if _is_wide(rows, len(calls), a.shape[1], b.shape[1]):
        left, right = (np.concatenate([pair[at] for _, pair in calls]) for at in (0, 1))
        return np.matmul(left.T, right)
    made = np.matmul(a.T, b)
    part = np.empty_like(made)
    for _, (each, other) in calls[1:]:
        made += np.matmul(each.T, other, out=part)
    return made


def _is_wide(rows: int, count: int, height: int, width: int) -> bool:
    """Whether all rows of some products are less memory to copy than the products to write and to add."""
    return rows * (height + width) <= 2 * count * height * width


def _are_wide(shapes: Sequence[Sequence[int | None] | None], count: int) -> bool:
    left, right = shapes
    if left is None or right is None or len(left) != 2 or len(right) != 2:
        return False
    rows, height, width = left[0] if left[0] is not None else right[0], left[1], right[1]
    if height is None or width is None:
        return False
    # Where the number of rows is not known, it is that of a batch: few, if there are many products.
    return count > 2 if rows is None else _is_wide(count * rows, count, height, width)


def _matmul_kernel(xp: Any, transpose_a: bool = False, transpose_b: bool = False) -> Any:
    if not transpose_a and not transpose_b:
        return xp.matmul
    flip = xp.matrix_transpose
    if transpose_b and not transpose_a and hasattr(xp, "matmul_transposed"):
        return xp.matmul_transposed
    if transpose_a and not transpose_b:
        return summable(lambda a, b: xp.matmul(flip(a), b), _sum_of_products, _are_wide)
    return makes_new(lambda a, b: xp.matmul(flip(a) if transpose_a else a, flip(b) if transpose_b else b))


_matmul = define_op(
    "MatMul",
    tensor("a", (*FLOATS, *INDICES, dtypes.uint8, dtypes.uint16, dtypes.uint32, dtypes.uint64, *COMPLEX)),
    tensor("b"), kernel=_matmul_kernel, scoped=True,
    attributes=flags("grad_a", "grad_b", "transpose_a", "transpose_b"),
)  # fmt: skip
_sparse_matmul = define_op(
    "SparseMatMul", tensor("a", (dtypes.float32, dtypes.bfloat16), attr="Ta"), tensor("b", attr="Tb"),
    kernel=_matmul_kernel, name="MatMul",
    attributes=flags("a_is_sparse", "b_is_sparse", "transpose_a", "transpose_b"),
)  # fmt: skip


def _batch_kernel(xp: Any, adj_x: bool = False, adj_y: bool = False) -> Any:
    if not adj_x and not adj_y:
        return xp.matmul

    def adjoint(x: Any) -> Any:
        flipped = xp.matrix_transpose(x)
        return xp.conj(flipped) if xp.isdtype(x.dtype, "complex floating") else flipped

    return lambda x, y: xp.matmul(adjoint(x) if adj_x else x, adjoint(y) if adj_y else y)


_batch_matmul = define_op(
    "BatchMatMulV2",
    tensor(
        "x", (*FLOATS, *SHORT_INDICES, dtypes.uint8, dtypes.uint16, dtypes.uint32, dtypes.uint64, *COMPLEX)
    ),
    tensor("y"),
    name="MatMul",
    kernel=_batch_kernel,
    attributes=flags("adj_x", "adj_y", "grad_x", "grad_y"),
)


@v1("matmul", "linalg.matmul")
@direct(_matmul, only=Only.MATRICES, transpose_a=attribute(omitted=True), transpose_b=attribute(omitted=True))
def matmul(
    a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, adjoint_a: bool = False,
    adjoint_b: bool = False, a_is_sparse: bool = False, b_is_sparse: bool = False, output_type: Any = None,
    grad_a: bool = False, grad_b: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Multiplies matrices, or batches of matrices.

    Args:
        a: A tensor `[..., m, k]`.
        b: A tensor `[..., k, n]` of the same dtype; leading dimensions broadcast.
        transpose_a: Whether `a` is `[..., k, m]` and is to be transposed.
        transpose_b: Whether `b` is `[..., n, k]` and is to be transposed.
        adjoint_a: Whether `a` is to be transposed and conjugated.
        adjoint_b: Whether `b` is to be transposed and conjugated.
        a_is_sparse: Whether `a` is mostly zeros; it makes no difference to the result.
        b_is_sparse: The same for `b`.
        output_type: Must be None or the dtype of `a`.
        grad_a: Accepted for v1's sake.
        grad_b: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        A tensor `[..., m, n]`.

    Raises:
        ValueError: If the shapes do not go together, or a matrix is to be both transposed and adjoint.
        TypeError: If the dtypes differ.

    >>> import scopetrie as tf
    >>> tf.matmul(tf.ones([2, 3]), tf.ones([4, 3]), transpose_b=True)
    <tf.Tensor 'MatMul:0' shape=(2, 4) dtype=float32>
    """
    if not (adjoint_a or adjoint_b or a_is_sparse or b_is_sparse):
        left = a._dims if isinstance(a, Tensor) else None
        right = b._dims if isinstance(b, Tensor) else None
        if left is not None and right is not None and len(left) <= 2 and len(right) <= 2:
            if not (transpose_a or transpose_b):
                return _matmul(a, b, name=name)
            if name != "":
                return _matmul(a, b, transpose_a=transpose_a, transpose_b=transpose_b, name=name)
    if transpose_a and adjoint_a:
        raise ValueError(
            "Only one of `transpose_a` and `adjoint_a` can be True. "
            f"Received `transpose_a`={transpose_a}, `adjoint_a`={adjoint_a}."
        )
    if transpose_b and adjoint_b:
        raise ValueError(
            "Only one of `transpose_b` and `adjoint_b` can be True. "
            f"Received `transpose_b`={transpose_b}, `adjoint_b`={adjoint_b}."
        )
    with name_scope(name, "MatMul", [a, b]) as scope:
        x = convert_to_tensor(a, name="a")
        y = convert_to_tensor(b, dtype=None if isinstance(b, Tensor) else x.dtype.base_dtype, name="b")
        if not (a_is_sparse or b_is_sparse) and any(
            each._dims is None or len(each._dims) > 2 for each in (x, y)
        ):
            if transpose_a and x.dtype.is_complex:
                x = conj(x)
            if transpose_b and y.dtype.is_complex:
                y = conj(y)
            return _batch_matmul(
                x, y, adj_x=transpose_a or adjoint_a, adj_y=transpose_b or adjoint_b, name=scope
            )
        x = conj(x) if adjoint_a else x
        y = conj(y) if adjoint_b else y
        own = x.dtype.base_dtype
        sparse = (a_is_sparse or b_is_sparse) and own in (dtypes.float32, dtypes.bfloat16)
        op = _sparse_matmul if sparse else _matmul
        made = op(
            x, y, transpose_a=transpose_a or adjoint_a, transpose_b=transpose_b or adjoint_b, name=scope
        )
        return cast(made, own) if sparse else made  # float32


@v1("sparse_matmul", note="accepted: multiplies as `matmul` does")
def sparse_matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """Multiplies matrices that may have many zeros; they are multiplied as any others are.

    Args:
        a: A matrix of float32 or bfloat16.
        b: A matrix of float32 or bfloat16.
        transpose_a: Whether `a` is transposed first.
        transpose_b: Whether `b` is.
        a_is_sparse: Accepted for v1's sake.
        b_is_sparse: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        A matrix of float32.
    """
    return _sparse_matmul(a, b, transpose_a=transpose_a, transpose_b=transpose_b, name=name or "SparseMatMul")


@v1("linalg.matvec")
def matvec(
    a: Any, b: Any, transpose_a: bool = False, adjoint_a: bool = False, a_is_sparse: bool = False,
    b_is_sparse: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Multiplies matrices by vectors.

    Args:
        a: A tensor `[..., m, k]`.
        b: A tensor `[..., k]` of the same dtype.
        transpose_a: Whether `a` is to be transposed.
        adjoint_a: Whether `a` is to be transposed and conjugated.
        a_is_sparse: Whether `a` is mostly zeros.
        b_is_sparse: Whether `b` is mostly zeros.
        name: The operation's name.

    Returns:
        A tensor `[..., m]`.
    """
    with name_scope(name, "MatVec", [a, b]):
        column = expand_dims(b, axis=-1)
        product = matmul(a, column, transpose_a=transpose_a, adjoint_a=adjoint_a)
        return squeeze(product, axis=-1)


@v1("matrix_transpose", "linalg.matrix_transpose", "linalg.transpose")
def matrix_transpose(a: Any, name: str | None = "matrix_transpose", conjugate: bool = False) -> Tensor:
    """Exchanges the last two dimensions.

    Args:
        a: A tensor of at least rank 2.
        name: The operation's name.
        conjugate: Whether to conjugate complex elements as well.

    Returns:
        A tensor with the dtype of `a`.

    Raises:
        ValueError: If the rank is known to be less than 2, or is not known.
    """
    with name_scope(name, "matrix_transpose", [a]):
        tensor = convert_to_tensor(a, name="a")
        dims = tensor._dims
        if dims is None:
            last = rank(tensor)
            lead = range_(0, subtract(last, 2, name="sub"))
            swapped = [subtract(last, 1, name="sub"), subtract(last, 2, name="sub")]
            return transpose(tensor, perm=concat([lead, swapped], 0), conjugate=conjugate)
        if len(dims) < 2:
            raise ValueError(
                "Argument `a` should be a (batch) matrix with rank >= 2.  "
                f"Received `a` = {tensor!r} with shape: {tensor.shape}"
            )
        perm = [*range(len(dims) - 2), len(dims) - 1, len(dims) - 2]
        return transpose(tensor, perm=perm, conjugate=conjugate)


def _cross_kernel(xp: Any) -> Any:
    def product(a: Any, b: Any) -> Any:
        if tuple(a.shape) != tuple(b.shape):
            raise ValueError(f"Both inputs must be of same shape: {list(a.shape)} vs. {list(b.shape)}")
        if tuple(a.shape[-1:]) != (3,):
            text = f"Cross-products are only defined for 3-element vectors. Got {list(a.shape)}"
            raise FailedPreconditionError(None, None, text)
        return xp.linalg.cross(a, b, axis=-1)

    return product


cross = define_op(
    "Cross", tensor("a", REALS), tensor("b"),
    kernel=_cross_kernel,
    doc="""The cross product of vectors.

    Args:
        a: A tensor `[..., 3]`.
        b: A tensor of the same dtype and shape.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `a`.
    """,
)  # fmt: skip
cross = v1("cross", "linalg.cross")(cross)
