"""The product of a sparse matrix and a dense one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._core import OpFunction, name_scope
from ...graph import Tensor
from ...public import v1
from ..array.indices import check_indices
from ..array.scatter import scatter_rows
from ..array.shape import transpose
from ..constant import convert_to_tensor
from ..declare import INDICES, attr, tensor
from ..elementwise.sparse import of_parts
from ..folding import dims_from
from ..registry import Spec, define_op
from ..sparse_tensor import SparseTensor, SparseTensorValue, as_sparse

_NARROW = 16  # columns: with fewer of them, sums by column take less time than sums of rows


def _kernel(xp: Any, adjoint_a: bool = False, adjoint_b: bool = False) -> Any:
    def multiply(indices: Any, values: Any, sizes: Any, b: Any) -> Any:
        if len(b.shape) != 2 or sizes.shape != (2,):
            raise ValueError("Tensor 'b' and the sparse tensor must be matrices")
        rows, inner = (int(size) for size in (sizes[::-1] if adjoint_a else sizes))
        at, along = (indices[:, 1], indices[:, 0]) if adjoint_a else (indices[:, 0], indices[:, 1])
        if adjoint_a and xp.isdtype(values.dtype, "complex floating"):
            values = xp.conj(values)
        if adjoint_b:
            b = xp.permute_dims(b, (1, 0))
            b = xp.conj(b) if xp.isdtype(b.dtype, "complex floating") else b
        if b.shape[0] != inner:
            raise ValueError(
                "Cannot multiply A and B because inner dimension does not match: "
                f"{inner} vs. {b.shape[0]}.  Did you forget a transpose?  Dimensions of A: "
                f"[{int(sizes[0])}, {int(sizes[1])}).  Dimensions of B: [{','.join(map(str, b.shape))}]"
            )
        check_indices(at, rows, "row")
        check_indices(along, inner, "column")
        if isinstance(b, np.ndarray):
            return _on_host(at, along, values, b, rows)
        from array_api_compat import device

        out = xp.zeros((rows, b.shape[1]), dtype=b.dtype, device=device(b))
        terms = xp.take(b, along, axis=0) * xp.expand_dims(values, axis=1)
        return scatter_rows(xp, out, at, terms, "add")

    return multiply


def _on_host(at: Any, along: Any, values: Any, b: Any, rows: int) -> Any:
    out = np.zeros((rows, b.shape[1]), b.dtype)
    if not len(at):
        return out
    if (at[1:] < at[:-1]).any():
        order = np.argsort(at, kind="stable")
        at, along, values = at[order], along[order], values[order]
    begins = np.flatnonzero(np.concatenate([[True], at[1:] != at[:-1]]))
    where = at[begins]
    if b.shape[1] < _NARROW and b.dtype.kind == "f":
        columns = np.ascontiguousarray(b.T)
        for column in range(b.shape[1]):
            out[where, column] = np.add.reduceat(columns[column][along] * values, begins)
        return out
    terms = b[along]
    terms *= values[:, None]
    out[where] = np.add.reduceat(terms, begins, axis=0)
    return out


def _rule(
    indices: Tensor,
    values: Tensor,
    sizes: Tensor,
    b: Tensor,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
) -> Spec:
    b_dims = b.shape.with_rank(2).as_list()
    whole = dims_from(sizes)
    a_dims = [None, None] if whole is None else list(whole)
    if len(a_dims) != 2:
        raise ValueError(f"Tensor 'a_shape' must have 2 elements but has {len(a_dims)}")
    inner_a, inner_b = a_dims[not adjoint_a], b_dims[bool(adjoint_b)]
    if inner_a is not None and inner_b is not None and inner_a != inner_b:
        raise ValueError(f"Dimensions must be equal, but are {inner_a} and {inner_b}")
    return b.dtype.base_dtype, (a_dims[bool(adjoint_a)], b_dims[not adjoint_b])


sparse_matrix_product: OpFunction[Tensor] = define_op(
    "SparseTensorDenseMatMul", tensor("a_indices", INDICES, "Tindices"), tensor("a_values"),
    tensor("a_shape", (INDICES[1],), None, host=True), tensor("b"), rule=_rule, kernel=of_parts(_kernel),
    attributes=(attr("adjoint_a", bool, False), attr("adjoint_b", bool, False)),
)  # fmt: skip


@v1("sparse_tensor_dense_matmul", "sparse.sparse_dense_matmul", "sparse.matmul")
def sparse_tensor_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Tensor:
    """Multiplies a sparse matrix and a dense one.

    Args:
        sp_a: A SparseTensor of rank 2, `[n, m]`; or the dense matrix, if `b` is sparse.
        b: A matrix, `[m, k]`; or a SparseTensor.
        adjoint_a: Whether the first factor is transposed (and conjugated).
        adjoint_b: Whether the second one is.
        name: The operation's name.

    Returns:
        A dense matrix, `[n, k]`.

    Raises:
        TypeError: If neither factor is sparse.
        ValueError: If the shapes do not go together.

    >>> import scopetrie as tf
    >>> a = tf.SparseTensor([[0, 0], [1, 2]], [1.0, 2.0], [2, 3])
    >>> with tf.Session() as session:
    ...     print(session.run(tf.sparse_tensor_dense_matmul(a, [[1.0], [2.0], [3.0]])))
    [[1.]
     [6.]]
    """
    if isinstance(b, (SparseTensor, SparseTensorValue)):
        made = sparse_tensor_dense_matmul(b, sp_a, adjoint_a=not adjoint_b, adjoint_b=not adjoint_a)
        return transpose(made)
    sparse = as_sparse(sp_a)
    with name_scope(name, "SparseTensorDenseMatMul", [sparse.indices, sparse.values, b]):
        dense = convert_to_tensor(b, name="b")
        return sparse_matrix_product(
            *sparse._components(), dense, adjoint_a=bool(adjoint_a), adjoint_b=bool(adjoint_b),
            name="SparseTensorDenseMatMul",
        )  # fmt: skip
