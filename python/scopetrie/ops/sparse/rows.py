"""Rows of sparse tensors: which are kept, which are empty, and rows made of pairs of numbers and values."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...graph import Tensor
from ...public import v1
from ..array.dims import expand_dims
from ..array.fill import identity
from ..array.gather import gather
from ..array.join import concat, stack
from ..array.shape import reshape
from ..array.unique import setdiff1d
from ..constant import convert_to_tensor, index_array
from ..declare import tensor
from ..elementwise.cast import cast
from ..elementwise.compare import where
from ..elementwise.sparse import of_parts
from ..folding import dims_from
from ..indexed_slices import IndexedSlices
from ..registry import Spec, define_op
from ..sparse_tensor import SparseTensor, SparseTensorValue, as_sparse, unchecked
from .places import parts, vector
from .shape import sparse_reorder


@v1("sparse_retain", "sparse.retain")
def sparse_retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """Keeps some elements of a sparse tensor.

    Args:
        sp_input: A SparseTensor.
        to_retain: For each of its elements whether it is kept.

    Returns:
        A SparseTensor.

    Raises:
        TypeError: If the input is no SparseTensor.
        ValueError: If there are not as many booleans as elements.
    """
    sparse = as_sparse(sp_input)
    chosen = convert_to_tensor(to_retain)
    chosen.shape.assert_has_rank(1)
    sparse.values.shape[0].assert_is_compatible_with(chosen.shape[0])
    at = reshape(where(chosen), [-1])
    places, elements = gather(sparse.indices, at), gather(sparse.values, at)
    return SparseTensor(places, elements, identity(sparse.dense_shape))


def _fill_kernel(xp: Any) -> Any:
    def fill(indices: Any, values: Any, sizes: Any, default: Any) -> Any:
        rows = int(sizes[0])
        row = indices[:, 0]
        outside = (row < 0) | (row >= rows)
        if outside.any():
            at = int(np.argmax(outside))
            raise ValueError(f"indices({at}, 0) is invalid: {row[at]} >= {rows}")
        empty = np.ones(rows, bool)
        empty[row] = False
        missing = np.flatnonzero(empty)
        order = np.argsort(np.concatenate([row, missing]), kind="stable")
        places = np.zeros((len(missing), indices.shape[1]), np.int64)
        places[:, 0] = missing
        given = np.full(len(missing), default.item() if default.dtype.hasobject else default, values.dtype)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        return (
            np.concatenate([indices, places])[order],
            np.concatenate([values, given])[order],
            empty,
            place[: len(row)],
        )

    return fill


def _fill_rule(indices: Tensor, values: Tensor, sizes: Tensor, default: Tensor) -> list[Spec]:
    whole = dims_from(sizes)
    count = None if indices._dims is None else indices._dims[0]
    return [
        (dtypes.int64, (None, *vector(sizes))),
        (values.dtype.base_dtype, (None,)),
        (dtypes.bool, (whole[0] if whole else None,)),
        (dtypes.int64, (count,)),
    ]


fill_empty_rows: OpFunction[list[Tensor]] = define_op(
    "SparseFillEmptyRows", *parts(""), tensor("default_value", host=True), rule=_fill_rule,
    kernel=of_parts(_fill_kernel), host_outputs=True,
)  # fmt: skip


@v1("sparse_fill_empty_rows", "sparse.fill_empty_rows")
def sparse_fill_empty_rows(
    sp_input: Any, default_value: Any, name: str | None = None
) -> tuple[SparseTensor, Tensor]:
    """Gives each row without elements one, in its first place.

    Args:
        sp_input: A SparseTensor.
        default_value: The element.
        name: The operation's name.

    Returns:
        A SparseTensor, and for each row whether it was empty.

    Raises:
        TypeError: If the input is no SparseTensor.
    """
    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseFillEmptyRows", [sparse.indices]):
        default = convert_to_tensor(default_value, sparse.values.dtype.base_dtype)
        indices, values, empty, _ = fill_empty_rows(
            *sparse._components(), default, name="SparseFillEmptyRows"
        )
        return SparseTensor(indices, values, sparse.dense_shape), empty


@v1("sparse_mask", "sparse.mask")
def sparse_mask(a: Any, mask_indices: Any, name: str | None = None) -> IndexedSlices:
    """Leaves rows out of IndexedSlices.

    Args:
        a: IndexedSlices.
        mask_indices: The indices of the rows to leave out.
        name: The operations' scope.

    Returns:
        IndexedSlices.
    """
    with name_scope(name, "sparse_mask", [a, mask_indices]) as scope:
        kept, at = setdiff1d(a.indices, mask_indices)
        return IndexedSlices(gather(a.values, at, name=scope), kept, a.dense_shape)


@v1("sparse_merge", "sparse.merge")
def sparse_merge(
    sp_ids: Any, sp_values: Any, vocab_size: Any, name: str | None = None, already_sorted: bool = False
) -> SparseTensor:
    """Makes of rows of numbers and of rows of values one sparse tensor, with the numbers as the last axis.

    Args:
        sp_ids: A SparseTensor of ints: the numbers; or a list of them, for several axes.
        sp_values: A SparseTensor with elements in the same places: the values.
        vocab_size: How many numbers there are; a list, for a list.
        name: The operations' scope.
        already_sorted: Whether the result is in row-major order as it is.

    Returns:
        A SparseTensor.

    Raises:
        TypeError: If something is no SparseTensor, or no list beside a list.
        ValueError: If the lists are of other lengths.
    """
    if isinstance(sp_ids, SparseTensorValue) or not isinstance(sp_ids, (list, tuple)):
        sp_ids = [sp_ids]
        if not isinstance(vocab_size, (Tensor, int, np.integer)) and not isinstance(vocab_size, np.ndarray):
            raise TypeError(f"vocab_size has to be a Tensor or Python int. Found {type(vocab_size)}")
        vocab_size = [vocab_size]
    elif not isinstance(vocab_size, (list, tuple)):
        raise TypeError(f"vocab_size has to be a list of Tensors or Python ints. Found {type(vocab_size)}")
    if len(sp_ids) != len(vocab_size):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    with name_scope(name, "SparseMerge", [each for each in sp_ids if isinstance(each, Tensor)]):
        return merged_in_place(
            [as_sparse(each) for each in sp_ids], as_sparse(sp_values), vocab_size, already_sorted
        )


def merged_in_place(
    numbers: list[SparseTensor], kept: SparseTensor, sizes: Any, already_sorted: bool
) -> SparseTensor:
    """`sparse_merge` in the name scope that is open."""
    columns = [expand_dims(_long(each.values), 1) for each in numbers]
    counts = [cast(convert_to_tensor(index_array(each)), dtypes.int64) for each in sizes]
    places = concat([numbers[0].indices[:, :-1], *columns], 1)
    whole = concat([numbers[0].dense_shape[:-1], stack(counts, name="concat_1/values_1")], 0)
    merged = SparseTensor(places, kept.values, whole)
    if already_sorted:
        return merged
    ordered = sparse_reorder(merged)
    return unchecked(ordered.indices, ordered.values, whole)


def _long(values: Tensor) -> Tensor:
    return values if values.dtype.base_dtype is dtypes.int64 else cast(values, dtypes.int64)
