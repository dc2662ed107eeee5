"""Sparse tensors in another shape or order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...graph import Tensor, control_dependencies
from ...public import v1
from ...shapes import TensorShape
from ..array.fill import fill, identity, ones_like
from ..array.gather import gather
from ..array.join import concat, stack
from ..array.shape import shape_internal, size, transpose
from ..array.slice import slice_
from ..constant import constant, convert_to_tensor, index_array
from ..control.asserts import assert_equal, assert_less_equal
from ..declare import index, tensor
from ..elementwise.arithmetic import add, maximum, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import greater_equal, where_v2
from ..elementwise.sparse import of_parts
from ..folding import dims_from, known_elements
from ..math.reduce import reduce_max
from ..math.sequence import range_
from ..registry import define_op
from ..sparse_tensor import SparseTensor, as_sparse
from .places import LONG, MOST, flat, in_order, known_shape, parts, unflat, vector


def _reshape_kernel(xp: Any) -> Any:
    def reshape(indices: Any, sizes: Any, wanted: Any) -> Any:
        if indices.ndim != 2 or sizes.ndim != 1 or wanted.ndim != 1 or indices.shape[1] != len(sizes):
            raise ValueError(
                f"Input tensor rank must match input shape length: indices {list(indices.shape)}, shape "
                f"{list(sizes.shape)}, new shape {list(wanted.shape)}"
            )
        total = math.prod(sizes.tolist())
        made = np.array(wanted, np.int64)
        for at, length in enumerate(made.tolist()):
            if length < -1:
                raise ValueError(f"size {at} must be non-negative, not {length}")
        if (made == -1).sum() > 1:
            raise ValueError("only one output dimension may be -1, not both 0 and 1")
        if (made == -1).any():
            rest = math.prod(made[made != -1].tolist())
            if rest == 0 or total % rest:
                raise ValueError(
                    f"Input to reshape is a SparseTensor with {total} dense values, but the requested shape "
                    f"requires a multiple of {rest}. input_shape={sizes.tolist()} "
                    f"output_shape={made.tolist()}"
                )
            made[made == -1] = total // rest
        if math.prod(made.tolist()) != total:
            raise ValueError(
                f"Input to reshape is a tensor with {total} dense values, but the requested shape has "
                f"{math.prod(made.tolist())}. input_shape={sizes.tolist()} output_shape={made.tolist()}"
            )
        return unflat(flat(indices, sizes), made), made

    return reshape


_reshape: OpFunction[list[Tensor]] = define_op(
    "SparseReshape", tensor("input_indices", LONG, None, host=True),
    tensor("input_shape", LONG, None, host=True), tensor("new_shape", LONG, None, host=True),
    rule=lambda indices, sizes, wanted: [
        (dtypes.int64, (None if indices._dims is None else indices._dims[0],
                        wanted._dims[0] if wanted._dims else None)),
        (dtypes.int64, vector(wanted)),
    ],
    kernel=_reshape_kernel, host_outputs=True,
)  # fmt: skip


@v1("sparse_reshape", "sparse.reshape")
def sparse_reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    """Gives the elements of a sparse tensor another shape; their row-major order stays.

    Args:
        sp_input: A SparseTensor.
        shape: The shape, in which one size may be -1: what is left.
        name: The operation's name.

    Returns:
        A SparseTensor.

    Raises:
        TypeError: If the input is no SparseTensor.
        ValueError: If the shapes are known to have other numbers of elements.

    >>> import scopetrie as tf
    >>> x = tf.SparseTensor([[0, 1], [2, 3]], [1, 2], [3, 4])
    >>> with tf.Session() as session:
    ...     print(session.run(tf.sparse_reshape(x, [2, -1])).indices.tolist())
    [[0, 1], [1, 5]]
    """
    sparse = as_sparse(sp_input)
    wanted = cast(index_array(shape), dtypes.int64)
    with name_scope(name, "SparseReshape", [sparse.indices]) as scope:
        known = known_elements(wanted)
        static, own = None, sparse.shape
        if known is not None and own.is_fully_defined():
            if known.count(-1) > 1:
                raise ValueError(f"At most one dimension can be inferred (-1). Found: {known}")
            total = own.num_elements() or 0
            rest = math.prod(each for each in known if each != -1)
            if rest or -1 not in known:  # otherwise refused when run
                static = [total // rest if each == -1 else each for each in known]
                if math.prod(static) != total:
                    raise ValueError(
                        f"Cannot reshape a tensor with {total} elements to shape {known} ({rest} elements)."
                    )
        indices, sizes = _reshape(sparse.indices, sparse.dense_shape, wanted, name=scope)
        if static is not None:
            sizes = constant(np.array(static, np.int64))
        return SparseTensor(indices, identity(sparse.values), sizes)


def _reorder_kernel(xp: Any) -> Any:
    def reorder(indices: Any, values: Any, sizes: Any) -> Any:
        order = in_order(indices, sizes)
        return indices[order], values[order]

    return reorder


_reorder: OpFunction[list[Tensor]] = define_op(
    "SparseReorder", *parts("input_"),
    rule=lambda indices, values, sizes: [
        (dtypes.int64, indices._dims or (None, None)), (values.dtype.base_dtype, vector(values))
    ],
    kernel=of_parts(_reorder_kernel), host_outputs=True,
)  # fmt: skip


@v1("sparse_reorder", "sparse.reorder")
def sparse_reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """Puts the elements of a sparse tensor into row-major order, which most functions want.

    Args:
        sp_input: A SparseTensor.
        name: The operation's name.

    Returns:
        A SparseTensor.

    Raises:
        TypeError: If the input is no SparseTensor.
    """
    sparse = as_sparse(sp_input)
    indices, values = _reorder(*sparse._components(), name=name)
    static = sparse.shape
    if static.is_fully_defined():
        return SparseTensor(indices, values, known_shape(static, sparse.dense_shape))
    return SparseTensor(indices, values, identity(sparse.dense_shape))


def _slice_kernel(xp: Any) -> Any:
    def cut(indices: Any, values: Any, sizes: Any, start: Any, size: Any) -> Any:
        if len(start) != len(sizes) or len(size) != len(sizes):
            raise ValueError(
                f"Expected start and size to be vectors of length {len(sizes)}, got {len(start)} and "
                f"{len(size)}"
            )
        for length in size.tolist():
            if length < 0:
                raise ValueError(f"Expected a non-negative size, got {length}")
        # What would end beyond the largest int64 ends there.
        end = np.where(size > MOST - np.maximum(start, 0), MOST, start + size)
        chosen = ((indices >= start) & (indices < end)).all(axis=1)
        whole = np.maximum(np.minimum(size, sizes - start), 0)
        return indices[chosen] - start, values[chosen], whole

    return cut


_slice: OpFunction[list[Tensor]] = define_op(
    "SparseSlice", *parts(""), index("start", LONG, None), index("size", LONG, None),
    rule=lambda indices, values, sizes, start, size: [
        (dtypes.int64, (None, *vector(sizes))), (values.dtype.base_dtype, (None,)),
        (dtypes.int64, sizes._dims),
    ],
    kernel=of_parts(_slice_kernel), host_outputs=True,
)  # fmt: skip


@v1("sparse_slice", "sparse.slice")
def sparse_slice(sp_input: Any, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """Cuts a part out of a sparse tensor.

    Args:
        sp_input: A SparseTensor.
        start: Where the part begins, for each axis.
        size: Its sizes; what lies beyond the tensor is left out.
        name: The operation's name.

    Returns:
        A SparseTensor.

    Raises:
        TypeError: If the input is no SparseTensor.
    """
    sparse = as_sparse(sp_input)
    begin = convert_to_tensor(index_array(start), dtypes.int64)
    length = convert_to_tensor(index_array(size), dtypes.int64)
    return SparseTensor(*_slice(*sparse._components(), begin, length, name=name))


@v1("sparse_transpose", "sparse.transpose")
def sparse_transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """Exchanges the axes of a sparse tensor.

    Args:
        sp_input: A SparseTensor.
        perm: For each axis of the result, which of the input it was; the axes from last to first by default.
        name: The operations' scope.

    Returns:
        A SparseTensor in row-major order.
    """
    with name_scope(name, "SparseTranspose"):
        sparse = as_sparse(sp_input)
        order = perm
        if perm is None:
            rank = sparse.dense_shape.shape[0].value
            if rank is not None:
                order = np.arange(rank - 1, -1, -1)
            else:
                count = size(sparse.dense_shape, name="Rank")
                order = subtract(subtract(count, 1, name="sub"), range_(0, count, 1), name="sub")
        elif not isinstance(perm, Tensor):
            order = index_array(perm)
        moved = transpose(gather(transpose(sparse.indices), order))
        static = sparse.shape
        known = known_elements(convert_to_tensor(order))
        if known is not None and static.rank not in (None, len(known)):
            raise ValueError(f"Dimensions {len(known)} and {static.rank} are not compatible")
        if static.is_fully_defined() and known is not None:
            whole: Any = np.array([static.as_list()[axis] for axis in known], np.int64)
        else:
            whole = gather(sparse.dense_shape, order)
        return sparse_reorder(SparseTensor(moved, sparse.values, whole))


@v1("sparse_reset_shape", "sparse.reset_shape")
def sparse_reset_shape(sp_input: Any, new_shape: Any = None) -> SparseTensor:
    """Gives a sparse tensor a larger shape, or the smallest that all its elements fit in.

    Args:
        sp_input: A SparseTensor.
        new_shape: The shape; at least as large as that of the input along each axis.

    Returns:
        A SparseTensor with the same elements.

    Raises:
        TypeError: If the input is no SparseTensor.
        ValueError: If the shape is known to have another rank, or to be smaller.
        InvalidArgumentError: When run, in the same cases.
    """
    sparse = as_sparse(sp_input)
    indices, values = identity(sparse.indices), identity(sparse.values)
    own = identity(sparse.dense_shape)
    if new_shape is None:
        largest = reduce_max(indices, 0)
        least = constant(np.array(0, np.int64))
        return SparseTensor(indices, values, maximum(least, add(largest, ones_like(own), name="Add")))
    wanted = convert_to_tensor(index_array(new_shape))
    wanted.shape.with_rank(1)
    whole = cast(wanted, dtypes.int64)
    if whole.shape[0].value is not None:
        whole.shape[0].assert_is_compatible_with(own.shape[0])
    static = TensorShape(dims_from(whole))
    if static.is_fully_defined() and sparse.shape.is_fully_defined():
        before, after = list(map(int, sparse.shape)), list(map(int, static))
        if len(before) != len(after):
            raise ValueError(f"new_shape._rank ({len(after)}) != sp_input.shape._rank ({len(before)})")
        if any(old > new for old, new in zip(before, after, strict=True)):
            raise ValueError(
                "Requested new_shape should have dimension sizes >= sp_input.shape.  Found new_shape "
                f"([{' '.join(map(str, before))}]), sp_input.shape ([{' '.join(map(str, after))}])."
            )
        return SparseTensor(indices, values, np.array(after, np.int64))
    with control_dependencies([assert_equal(shape_internal(own), shape_internal(whole))]):
        whole = identity(whole, name="control_dependency")
    with control_dependencies([assert_less_equal(own, whole)]):
        whole = identity(whole, name="control_dependency")
    return SparseTensor(indices, values, whole)


@v1("sparse.expand_dims")
def sparse_expand_dims(sp_input: Any, axis: Any = None, name: str | None = None) -> SparseTensor:
    """Adds an axis of the size 1.

    Args:
        sp_input: A SparseTensor.
        axis: Where; -1, behind the last one, by default.
        name: The operations' scope.

    Returns:
        A SparseTensor.
    """
    sparse = as_sparse(sp_input)
    rank: Any = sparse.dense_shape.shape[0].value
    with name_scope(name, "expand_dims", [sparse.values]):
        if rank is None:
            rank = shape_internal(sparse.dense_shape)[0]
        at = convert_to_tensor(index_array(-1 if axis is None else axis), name="axis")
        static, columns = sparse.dense_shape.shape[0].value, sparse.indices.shape[1].value
        chosen = known_elements(at)
        if static is not None and columns is not None and chosen is not None and chosen[0] > columns:
            raise ValueError(f"Negative dimension size caused by subtracting {chosen[0]} from {columns}")
        inside = greater_equal(at, 0)
        at = where_v2(inside, at, add(add(at, rank, name="add"), 1, name="add"))
        count = shape_internal(sparse.indices)[0]
        column = fill(stack([count, 1], name="zeros/packed"), np.array(0, np.int64), name="zeros")
        places = concat(
            [slice_(sparse.indices, [0, 0], [-1, at]), column, slice_(sparse.indices, [0, at], [-1, -1])], 1
        )
        one = convert_to_tensor(np.array([1], np.int64), name="new_shape")
        whole = concat(
            [
                slice_(sparse.dense_shape, [0], [at]),
                one,
                slice_(sparse.dense_shape, [at], [-1]),
            ],
            0,
        )
        return SparseTensor(places, sparse.values, whole)
