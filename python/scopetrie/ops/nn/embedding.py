"""Looking rows up in tables, and dropping elements out."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import Variable, name_scope
from ...graph import Tensor
from ...public import v1
from ..array.fill import identity
from ..array.gather import gather
from ..array.join import concat, stack
from ..array.partition import dynamic_partition, parallel_stitch
from ..array.shape import rank, reshape, shape, size
from ..constant import constant, convert_to_tensor, index_array
from ..elementwise.arithmetic import floor_div, floormod, maximum, multiply, realdiv, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import greater_equal, less, where, where_v2
from ..math.clipping import clip_by_norm
from ..math.reduce import reduce_sum
from ..math.sequence import range_
from ..random.draws import random_uniform


def _tables(params: Any) -> list[Any]:
    """The parts of a table: a list, a partitioned variable (which lists its slices), or one tensor."""
    if isinstance(params, (Tensor, Variable)):
        return [params]
    parts = list(params)
    if not parts:
        raise ValueError("Argument `params` cannot be empty.")
    return parts


@v1("nn.embedding_lookup")
def embedding_lookup(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    validate_indices: bool = True,
    max_norm: Any = None,
) -> Tensor:
    """Looks rows up in a table, which may be in several parts.

    Args:
        params: The table: a tensor, a variable, a partitioned variable, or a list of parts.
        ids: The numbers of the rows, int32 or int64.
        partition_strategy: How rows are dealt out to several parts: "mod" (row i is in part i mod n) or
            "div" (in runs, the first ones one row longer if they cannot be equal).
        name: The operation's name.
        validate_indices: Accepted for v1's sake.
        max_norm: The norm that rows have at most.

    Returns:
        A tensor `ids.shape + params.shape[1:]`.

    Raises:
        ValueError: If there are no parts, or there is no such strategy.

    >>> import scopetrie as tf
    >>> tf.nn.embedding_lookup(tf.zeros([10, 4]), [[1, 2, 3]]).shape.as_list()
    [1, 3, 4]
    """
    parts = _tables(params)
    with name_scope(name, "embedding_lookup", [*parts, ids]) as scope:
        at = convert_to_tensor(index_array(ids), name="ids")
        if len(parts) == 1:
            rows = _clipped(gather(parts[0], at, name=scope), at, max_norm)
            return identity(rows)
        tables = [convert_to_tensor(part, name="params") for part in parts]
        flat = reshape(at, [-1])
        order = range_(0, size(flat))
        owner, row = _placed(tables, flat, partition_strategy)
        rows_of = dynamic_partition(row, owner, len(tables))
        places = dynamic_partition(order, owner, len(tables))
        found = [gather(table, rows) for table, rows in zip(tables, rows_of, strict=True)]
        together = parallel_stitch([*places, *found], name=scope)
        rest = tables[0].shape[1:]
        for table in tables[1:]:
            rest = rest.merge_with(table.shape[1:])
        sizes: Any = rest.as_list() if rest.is_fully_defined() else shape(tables[0])[1:]
        together = reshape(together, concat([shape(at), sizes], 0))
        together.set_shape(at.shape.concatenate(rest))
        return _clipped(together, at, max_norm)


def _placed(tables: list[Tensor], flat: Tensor, strategy: str) -> tuple[Tensor, Tensor]:
    """For each id, the part that holds its row, and the row's number there."""
    count = len(tables)
    if strategy == "mod":
        owner, row = floormod(flat, count, name="mod"), floor_div(flat, count, name="floordiv")
        return cast(owner, dtypes.int32), row
    if strategy != "div":
        raise ValueError(f"Unrecognized partition strategy: {strategy}.Must be one of either `mod` or `div`.")
    heights: list[Any] = [table.shape.with_rank_at_least(1)[0].value for table in tables]
    kind = flat.dtype.base_dtype
    if None not in heights and sum(heights):
        total = constant(sum(heights), kind)
    else:
        heights = [shape(table)[0] if n is None else n for table, n in zip(tables, heights, strict=True)]
        total = reduce_sum(cast(stack(heights), kind))
    each, extras = total // count, total % count
    owner = maximum(flat // (each + 1), (flat - extras) // each)
    row = where(less(owner, extras), flat % (each + 1), (flat - extras) % each)
    return cast(owner, dtypes.int32), row


def _clipped(rows: Tensor, ids: Tensor, max_norm: Any) -> Tensor:
    if max_norm is None:
        return rows
    # As v1, which takes the rank of scalars for one that is not known.
    if ids._dims and rows._dims:
        return clip_by_norm(rows, max_norm, axes=list(range(len(ids._dims), len(rows._dims))))
    lead = len(ids._dims) if ids._dims else rank(ids)
    end = len(rows._dims) if rows._dims else rank(rows)
    return clip_by_norm(rows, max_norm, axes=range_(lead, end))


@v1("nn.dropout")
def dropout(
    x: Any, keep_prob: Any = None, noise_shape: Any = None, seed: int | None = None, name: str | None = None,
    rate: Any = None,
) -> Tensor:  # fmt: skip
    """Sets elements to 0 at random, and scales the others up so that the expectation stays.

    Args:
        x: A tensor of floats.
        keep_prob: The probability that an element stays; `1 - rate`.
        noise_shape: The shape of the random choices, which broadcast to `x`.
        seed: The operation's seed.
        name: The operation's name.
        rate: The probability that an element goes, in [0, 1).

    Returns:
        A tensor with the dtype and shape of `x`; `x` itself for a rate of 0.

    Raises:
        ValueError: If neither or both of the probabilities are given, one is out of range, or `x` holds ints.
    """
    if keep_prob is not None:
        if rate is not None:
            raise ValueError("Cannot specify both 'rate' and 'keep_prob'.")
        known = not isinstance(keep_prob, (Tensor, Variable))
        rate = 1 - keep_prob if known else subtract(1.0, keep_prob, name="sub")
    if rate is None:
        raise ValueError(f"`rate` must be provided. Received: rate={rate}")
    if not isinstance(rate, (Tensor, Variable)):
        if not 0 <= rate < 1:
            raise ValueError(
                f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}"
            )
        if rate == 0:
            return convert_to_tensor(x)
    with name_scope(name, "dropout", [x]):
        y = convert_to_tensor(x, name="x")
        made = y.dtype.base_dtype
        if not made.is_floating:
            raise ValueError("`x.dtype` must be a floating point tensor as `x` will be scaled. "
                             f"Received: x_dtype={made!r}")  # fmt: skip
        if isinstance(rate, (Tensor, Variable)):
            one = constant(np.asarray(1, made.as_numpy_dtype))
            scaled = realdiv(y, subtract(one, rate, name="Sub"))
        else:
            scale = constant(np.asarray(1 / (1 - rate), made.as_numpy_dtype))
            scaled = multiply(y, scale)
        noise = shape(y) if noise_shape is None else _noise(y, noise_shape)
        chance = random_uniform(noise, seed=seed, dtype=made)
        stays = greater_equal(chance, rate)
        nothing = constant(np.asarray(0, made.as_numpy_dtype))
        kept = where_v2(stays, scaled, nothing)
        # The probability is a number, whatever its static shape says.
        kept.set_shape(y.shape)
        return kept


def _noise(x: Tensor, noise_shape: Any) -> Any:
    """The shape of the choices, in which None stands for the size that `x` has."""
    if isinstance(noise_shape, Tensor) or x._dims is None or len(x._dims) != len(list(noise_shape)):
        return noise_shape
    return [
        own if size is None and own is not None else size
        for own, size in zip(x._dims, noise_shape, strict=True)
    ]
