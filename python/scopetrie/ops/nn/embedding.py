"""Looking rows up in tables, and dropping elements out."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._core import Variable, name_scope
from ...graph import Tensor
from ...public import v1
from ..array.fill import identity
from ..array.gather import gather
from ..array.partition import dynamic_partition, parallel_stitch
from ..array.shape import reshape, shape, size
from ..constant import constant, convert_to_tensor, index_array
from ..math.clipping import clip_by_norm
from ..math.compare import greater_equal, less, where, where_v2
from ..math.elementwise import add, floor_div, floormod, maximum, multiply, realdiv, subtract
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
        flat = reshape(at, [-1])
        order = range_(0, size(flat))
        owner, row = _placed(parts, flat, partition_strategy)
        rows_of = dynamic_partition(row, owner, len(parts))
        places = dynamic_partition(order, owner, len(parts))
        found = [gather(part, rows) for part, rows in zip(parts, rows_of, strict=True)]
        together = parallel_stitch([*places, *found], name=scope)
        rest = found[0]._dims[1:] if found[0]._dims is not None else None
        if at._dims is not None and rest is not None and None not in (*at._dims[1:], *rest):
            lead = [-1 if i == 0 else n for i, n in enumerate(at._dims)]
            together = reshape(together, [*lead, *rest])
        else:
            from ..array.join import concat

            together = reshape(together, concat([shape(at), shape(together)[1:]], 0))
        return _clipped(together, at, max_norm)


def _placed(parts: list[Any], flat: Tensor, strategy: str) -> tuple[Tensor, Tensor]:
    """For each id, the part that holds its row, and the row's number there."""
    count = len(parts)
    if strategy == "mod":
        return _as_int32(floormod(flat, count, name="mod")), floor_div(flat, count, name="floordiv")
    if strategy != "div":
        raise ValueError(f"Unrecognized partition strategy: {strategy}.Must be one of either `mod` or `div`.")
    tensors = [convert_to_tensor(part) for part in parts]
    heights = [tensor._dims[0] if tensor._dims else None for tensor in tensors]
    known = [height for height in heights if height is not None]
    if len(known) != count:
        raise ValueError("embedding_lookup: the sizes of all parts must be known for the strategy 'div'")
    each, extras = divmod(sum(known), count)
    whole = constant(np.asarray(each, flat.dtype.as_numpy_dtype))
    longer = constant(np.asarray(extras, flat.dtype.as_numpy_dtype))
    owner = maximum(floor_div(flat, add(whole, 1)), floor_div(subtract(flat, longer), maximum(whole, 1)))
    early = less(owner, longer)
    row = where(early, floormod(flat, add(whole, 1)), floormod(subtract(flat, longer), maximum(whole, 1)))
    return _as_int32(owner), row


def _as_int32(x: Tensor) -> Tensor:
    from ... import dtypes
    from ..math.elementwise import cast

    return cast(x, dtypes.int32)


def _clipped(rows: Tensor, ids: Tensor, max_norm: Any) -> Tensor:
    if max_norm is None:
        return rows
    lead = len(ids._dims or ())
    return clip_by_norm(rows, max_norm, axes=list(range(lead, len(rows._dims or ()))))


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
        rate = subtract(1.0, keep_prob, name="sub") if isinstance(keep_prob, Tensor) else 1 - keep_prob
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
        return where_v2(stays, scaled, nothing)


def _noise(x: Tensor, noise_shape: Any) -> Any:
    """The shape of the choices, in which None stands for the size that `x` has."""
    if isinstance(noise_shape, Tensor) or x._dims is None or len(x._dims) != len(list(noise_shape)):
        return noise_shape
    return [
        own if size is None and own is not None else size
        for own, size in zip(x._dims, noise_shape, strict=True)
    ]
