"""From sparse to dense, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...dtypes import DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..array.dims import expand_dims
from ..array.fill import fill, ones, zeros_like
from ..array.gather import gather_nd
from ..array.join import stack
from ..array.shape import shape_internal
from ..constant import constant, convert_to_tensor, index_array
from ..declare import INDICES, NUMBERS, attr, index, tensor
from ..elementwise.arithmetic import minimum
from ..elementwise.cast import cast
from ..elementwise.compare import not_equal, where
from ..elementwise.sparse import of_parts
from ..folding import dims_from
from ..math.sequence import range_
from ..registry import define_op
from ..sparse_tensor import SparseTensor, as_sparse
from .places import check_places, flat


def _to_dense_kernel(xp: Any, validate_indices: bool = True) -> Any:
    def spread(indices: Any, sizes: Any, values: Any, default: Any) -> Any:
        whole = tuple(int(size) for size in sizes)
        at = np.asarray(indices)
        rows = at.reshape(-1, 1) if at.ndim < 2 else at
        if at.ndim > 2:
            raise ValueError(
                "sparse_indices should be a scalar, vector, or matrix, got shape "
                f"[{','.join(map(str, at.shape))}]"
            )
        if rows.shape[1] != len(whole):
            raise ValueError(
                f"output_shape has incorrect number of elements: {len(whole)} should be: {rows.shape[1]}"
            )
        if values.ndim > 1 or (values.ndim == 1 and len(values) != len(rows)):
            raise ValueError(
                f"sparse_values has incorrect shape [{','.join(map(str, values.shape))}], should be [] or "
                f"[{len(rows)}]"
            )
        check_places(rows, np.asarray(whole, np.int64), ordered=validate_indices)
        made = np.full(whole, default.item() if default.dtype.hasobject else default, values.dtype)
        made[tuple(rows.T)] = values
        return made

    return spread


_to_dense: OpFunction[Tensor] = define_op(
    "SparseToDense", index("sparse_indices", INDICES, "Tindices"), index("output_shape", INDICES, "Tindices"),
    tensor("sparse_values", host=True), tensor("default_value", host=True),
    rule=lambda indices, sizes, values, default, validate_indices=True: (
        values.dtype.base_dtype, dims_from(sizes)
    ),
    kernel=_to_dense_kernel, attributes=(attr("validate_indices", bool, True),), host_outputs=True,
)  # fmt: skip


@v1("sparse_to_dense")
def sparse_to_dense(
    sparse_indices: Any, output_shape: Any, sparse_values: Any, default_value: Any = 0,
    validate_indices: bool = True, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Puts elements into a dense tensor.

    Args:
        sparse_indices: The places: `[n, rank]`, `[n]` for a vector, or a scalar for one place in a vector.
        output_shape: The shape of the result, of the dtype of the places.
        sparse_values: The elements, `[n]`, or one for all places.
        default_value: What stands in all other places.
        validate_indices: Whether the places must be in row-major order, none of them twice.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `sparse_values`.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(session.run(tf.sparse_to_dense([1, 3], [5], 7)))
    [0 7 0 7 0]
    """
    return _to_dense(
        sparse_indices, output_shape, sparse_values, default_value, validate_indices=bool(validate_indices),
        name=name,
    )  # fmt: skip


@v1("sparse_tensor_to_dense", "sparse.to_dense")
def sparse_tensor_to_dense(
    sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: str | None = None
) -> Tensor:
    """Makes a dense tensor of a sparse one.

    Args:
        sp_input: A SparseTensor.
        default_value: What stands where it has no element; 0, "" or False by default.
        validate_indices: Whether its places must be in row-major order, none of them twice.
        name: The operation's name.

    Returns:
        A tensor.

    Raises:
        TypeError: If the input is no SparseTensor.

    >>> import scopetrie as tf
    >>> x = tf.SparseTensor([[0, 1], [1, 0]], [1, 2], [2, 2])
    >>> with tf.Session() as session:
    ...     print(session.run(tf.sparse_tensor_to_dense(x)))
    [[0 1]
     [2 0]]
    """
    sparse = as_sparse(sp_input)
    if default_value is None:
        nothing: Any = b"" if sparse.dtype is dtypes.string else np.zeros((), sparse.dtype.as_numpy_dtype)
        default_value = constant(nothing, name="zeros")
    return sparse_to_dense(
        sparse.indices, sparse.dense_shape, sparse.values, default_value, validate_indices, name
    )


def _dense_add_kernel(xp: Any) -> Any:
    def total(indices: Any, values: Any, sizes: Any, dense: Any) -> Any:
        if tuple(sizes.tolist()) != dense.shape:
            raise ValueError(
                f"Dimension sizes of the operands do not agree: {sizes.tolist()} and {list(dense.shape)}"
            )
        check_places(indices, sizes, ordered=False)
        made = np.array(dense)
        np.add.at(made.reshape(-1), flat(indices, sizes), values)
        return made

    return total


sparse_tensor_dense_add: OpFunction[Tensor] = define_op(
    "SparseTensorDenseAdd", tensor("a_indices", INDICES, "Tindices", host=True),
    tensor("a_values", NUMBERS, host=True), tensor("a_shape", INDICES, "Tindices", host=True),
    tensor("b", NUMBERS, host=True),
    rule=lambda indices, values, sizes, b: (b.dtype.base_dtype, b._dims),
    kernel=of_parts(_dense_add_kernel), host_outputs=True,
)  # fmt: skip


@v1("sparse.from_dense")
def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """Makes a sparse tensor of the elements of a dense one that are not 0.

    Args:
        tensor: A tensor.
        name: The operations' scope.

    Returns:
        A SparseTensor.
    """
    with name_scope(name, "dense_to_sparse"):
        dense = convert_to_tensor(tensor)
        places = where(not_equal(dense, zeros_like(dense)))
        elements = gather_nd(dense, places)
        return SparseTensor(places, elements, shape_internal(dense, out_type=dtypes.int64))


@v1("sparse.eye")
def sparse_eye(
    num_rows: Any, num_columns: Any = None, dtype: DTypeLike = dtypes.float32, name: str | None = None
) -> SparseTensor:
    """Makes a sparse matrix with ones on its diagonal.

    Args:
        num_rows: How many rows it has.
        num_columns: How many columns; as many as rows by default.
        dtype: The dtype of the elements.
        name: The operations' scope.

    Returns:
        A SparseTensor.
    """
    made = as_dtype(dtype)
    with name_scope(name, "eye", [num_rows, num_columns]):
        rows = _size(num_rows, "num_rows")
        columns = rows if num_columns is None else _size(num_columns, "num_columns")
        count = minimum(rows, columns)
        start, step = (np.array(each, np.int64) for each in (0, 1))
        along = range_(constant(start, name="range/start"), count, constant(step, name="range/delta"))
        return SparseTensor(stack([along, along], axis=1), ones(count, dtype=made), [rows, columns])


def _size(value: Any, name: str) -> Tensor:
    return cast(convert_to_tensor(index_array(value), dtypes.int64, name=name), dtypes.int64)


@v1("sparse_to_indicator", "sparse.to_indicator")
def sparse_to_indicator(sp_input: Any, vocab_size: Any, name: str | None = None) -> Tensor:
    """Makes of sparse rows of numbers dense rows that say which numbers are there.

    Args:
        sp_input: A SparseTensor of ints, `[D0, ..., Dn, k]`.
        vocab_size: How many numbers there are: they are 0 to `vocab_size` - 1.
        name: The operation's name.

    Returns:
        A tensor of booleans, `[D0, ..., Dn, vocab_size]`.

    Raises:
        TypeError: If the input is no SparseTensor.
    """
    from .rows import merged_in_place

    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseToIndicator", [sparse.values]) as scope:
        count = shape_internal(sparse.indices)[0]
        there = fill(expand_dims(count, 0), True)
        known = SparseTensor(sparse.indices, there, sparse.dense_shape)
        merged = merged_in_place([sparse], known, [vocab_size], already_sorted=False)
        return sparse_tensor_to_dense(merged, default_value=False, validate_indices=False, name=scope)


__all__ = ["from_dense", "sparse_eye", "sparse_tensor_dense_add", "sparse_tensor_to_dense", "sparse_to_dense",
           "sparse_to_indicator"]  # fmt: skip
