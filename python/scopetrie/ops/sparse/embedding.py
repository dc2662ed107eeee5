"""Looking up sparse rows of ids in tables, and combining what is found."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import Variable, name_scope
from ...graph import Tensor
from ...public import v1
from ..array.dims import expand_dims
from ..array.fill import ones, ones_like, zeros_like
from ..array.gather import gather
from ..array.join import concat, stack
from ..array.pad import tile
from ..array.shape import rank, reshape, shape, shape_internal, size
from ..array.slice import slice_
from ..array.unique import unique
from ..constant import convert_to_tensor
from ..elementwise.arithmetic import multiply, pow, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import greater, greater_equal, logical_and, where
from ..elementwise.divide import div_no_nan
from ..elementwise.unary import sqrt
from ..math.reduce import reduce_prod
from ..math.segment import segment_sum
from ..math.sparse_segment import sparse_segment_mean, sparse_segment_sqrt_n, sparse_segment_sum
from ..nn.embedding import embedding_lookup
from ..sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from .rows import sparse_fill_empty_rows, sparse_retain
from .shape import sparse_reshape

_COMBINERS = ("mean", "sqrtn", "sum")
_TOTALS = {"sum": sparse_segment_sum, "mean": sparse_segment_mean, "sqrtn": sparse_segment_sqrt_n}
_HALVES = (dtypes.float16, dtypes.bfloat16)
_SPARSE = (SparseTensor, SparseTensorValue)


@v1("nn.embedding_lookup_sparse")
def embedding_lookup_sparse(
    params: Any, sp_ids: Any, sp_weights: Any, partition_strategy: str = "mod", name: str | None = None,
    combiner: str | None = None, max_norm: Any = None, allow_fast_lookup: bool = False,
) -> Tensor:  # fmt: skip
    """Looks the ids of each sparse row up in a table, and combines their rows.

    Args:
        params: The table: a tensor, a variable, a partitioned variable, or a list of parts.
        sp_ids: A SparseTensor of ids, `[n, k]`, in row-major order and with at least one id in each row.
        sp_weights: A SparseTensor of their weights, with elements in the same places; None for 1.
        partition_strategy: How rows are dealt out to several parts; see `embedding_lookup`.
        name: The operation's name.
        combiner: "mean" (the default), "sum", or "sqrtn": the sum, by the root of the sum of the squared
            weights.
        max_norm: The norm that rows of the table have at most.
        allow_fast_lookup: Accepted for v1's sake.

    Returns:
        A tensor, `[n, ...]`.

    Raises:
        TypeError: If the ids or weights are not sparse.
        ValueError: If there is no such combiner.

    >>> import scopetrie as tf
    >>> ids = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [1, 2, 0], [2, 2])
    >>> with tf.Session() as session:
    ...     print(session.run(tf.nn.embedding_lookup_sparse([[1.0], [2.0], [4.0]], ids, None)))
    [[3.]
     [1.]]
    """
    how = "mean" if combiner is None else combiner
    if how not in _COMBINERS:
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', got {how}")
    table = _listed(params)
    if not isinstance(sp_ids, _SPARSE):
        raise TypeError(f"sp_ids must be SparseTensor, got {type(sp_ids)}")
    if sp_weights is not None and not isinstance(sp_weights, _SPARSE):
        raise TypeError(f"sp_weights must be either None or SparseTensor,got {type(sp_weights)}")
    ids = as_sparse(sp_ids)
    weights = None if sp_weights is None else as_sparse(sp_weights)
    if weights is not None:
        ids.values.shape.assert_is_compatible_with(weights.values.shape)
        ids.indices.shape.assert_is_compatible_with(weights.indices.shape)
    with name_scope(name, "embedding_lookup_sparse", [*table, ids.values]) as scope:
        rows = ids.indices[:, 0]
        if weights is None and len(table) == 1 and max_norm is None:
            whole = convert_to_tensor(table[0])
            return _TOTALS[how](whole, ids.values, rows, name=scope, sparse_gradient=True)
        found = unique(ids.values)
        embeddings = embedding_lookup(
            table, found.y, partition_strategy=partition_strategy, max_norm=max_norm
        )
        if weights is None:
            return _TOTALS[how](embeddings, found.idx, rows, name=scope)
        return _weighted(embeddings, found.idx, cast(rows, dtypes.int32), weights.values, how, scope)


def _weighted(embeddings: Tensor, at: Tensor, rows: Tensor, weights: Tensor, how: str, scope: str) -> Tensor:
    made = embeddings.dtype.base_dtype
    picked = gather(embeddings, at)
    if made in _HALVES:  # which are added up as float32
        picked = cast(picked, dtypes.float32)
    if weights.dtype.base_dtype is not picked.dtype.base_dtype:
        weights = cast(weights, picked.dtype.base_dtype)
    more = expand_dims(subtract(rank(picked), 1, name="sub"), 0)
    static = picked.shape
    each = reshape(weights, concat([shape_internal(weights), ones(more, dtype=dtypes.int32)], 0))
    if static.rank is not None:
        each.set_shape([each.shape[0] if each.shape.rank else None, *[1] * (static.rank - 1)])
    weighted = multiply(picked, each, name="mul")
    if how == "sum":
        total = segment_sum(weighted, rows, name=scope)
    else:
        total = segment_sum(weighted, rows)
        if how == "mean":
            by = segment_sum(each, rows)
        else:
            two = convert_to_tensor(2, each.dtype.base_dtype, name="Pow/y")
            by = sqrt(segment_sum(pow(each, two, name="Pow"), rows))
        total = div_no_nan(total, by, name=scope)
    return total if total.dtype.base_dtype is made else cast(total, made)


def _listed(params: Any) -> list[Any]:
    if isinstance(params, (Tensor, Variable, np.ndarray)):
        return [params]
    if params is None:
        raise ValueError("params must be specified")
    found = list(params)
    if found and not all(isinstance(each, (Tensor, Variable, np.ndarray)) for each in found):
        return [params]  # one table, as rows of numbers
    if not found:
        raise ValueError(f"Missing embedding_weights {params}.")
    return found


@v1("nn.safe_embedding_lookup_sparse")
def safe_embedding_lookup_sparse(
    embedding_weights: Any, sparse_ids: Any, sparse_weights: Any = None, combiner: str | None = "mean",
    default_id: Any = None, name: str | None = None, partition_strategy: str = "div", max_norm: Any = None,
    allow_fast_lookup: bool = False,
) -> Tensor:  # fmt: skip
    """As `embedding_lookup_sparse`, for ids of any rank, of which some may be negative and rows be empty.

    Args:
        embedding_weights: The table, or a list of its parts.
        sparse_ids: A SparseTensor of ids, `[d0, ..., dn, k]`; negative ones are left out.
        sparse_weights: A SparseTensor of their weights; ids whose weight is not above 0 are left out, unless
            the combiner is "sum".
        combiner: "mean", "sum" or "sqrtn".
        default_id: The id of rows without ids; they give zeros by default.
        name: The operations' scope.
        partition_strategy: How rows are dealt out to several parts.
        max_norm: The norm that rows of the table have at most.
        allow_fast_lookup: Accepted for v1's sake.

    Returns:
        A tensor, `[d0, ..., dn, ...]`.

    Raises:
        ValueError: If there is no table.
    """
    if embedding_weights is None:
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    table = _listed(embedding_weights)
    ids = as_sparse(sparse_ids)
    weights = None if sparse_weights is None else as_sparse(sparse_weights)
    with name_scope(name, "embedding_lookup", [*table, ids.values]) as scope:
        own_shape = ids.dense_shape
        lead = own_shape.shape.with_rank(1)[0].value
        count: Any = subtract(size(own_shape), 1) if lead is None else lead - 1
        leading = expand_dims(count, 0) if lead is None else [count]
        rows = reduce_prod(slice_(own_shape, [0], leading))
        ids = sparse_reshape(ids, [rows, gather(own_shape, count)])
        if weights is not None:
            weights = SparseTensor(ids.indices, weights.values, ids.dense_shape)
        valid = greater_equal(ids.values, np.array(0, ids.dtype.as_numpy_dtype))
        if weights is not None:
            valid = logical_and(valid, ones_like(weights.values, dtype=dtypes.bool))
        ids, weights = sparse_retain(ids, valid), None if weights is None else sparse_retain(weights, valid)
        if weights is not None and combiner != "sum":
            heavy = greater(weights.values, np.array(0, weights.dtype.as_numpy_dtype))
            ids, weights = sparse_retain(ids, heavy), sparse_retain(weights, heavy)
        ids, empty = sparse_fill_empty_rows(ids, default_id or 0)
        if weights is not None:
            weights, _ = sparse_fill_empty_rows(weights, 1.0)
        together = default_id is not None
        found = embedding_lookup_sparse(
            table, ids, weights, partition_strategy, None if not together else scope, combiner, max_norm
        )
        if not together:
            mask = tile(reshape(empty, [-1, 1]), stack([1, shape(found)[1]]))
            found = where(mask, zeros_like(found), found, name=scope)
        sizes = cast(own_shape, dtypes.int32)
        made = reshape(
            found, concat([slice_(sizes, [0], leading), slice_(shape_internal(found), [1], [-1])], 0)
        )
        if lead is not None and ids.shape.rank is not None:
            static = [None] * count
            made.set_shape([*static, *found.shape[1:].as_list()] if found.shape.rank else None)
        return made
