"""What metrics have in common: their variables, and how elements are counted."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..graph import GraphKeys, Tensor, add_to_collection
from ..losses.weighted import checked_weights, squeezed
from ..ops.array.dims import expand_dims
from ..ops.array.fill import identity, ones_like, zeros
from ..ops.array.shape import rank
from ..ops.constant import convert_to_tensor
from ..ops.control.branch import cond
from ..ops.elementwise.arithmetic import maximum, multiply
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import equal, greater, logical_and
from ..ops.elementwise.divide import div_no_nan
from ..ops.math.reduce import reduce_sum
from ..ops.state.variable import assign_add
from ..variables import Variable

__all__ = [
    "aligned",
    "count_where",
    "divided",
    "kept_variable",
    "published",
    "spread_weights",
    "with_rank_of",
]


def kept_variable(
    shape: Any, dtype: Any = dtypes.float32, name: str | None = None, validate_shape: bool = True
) -> Any:
    """A variable that a metric keeps its sums in: local, not trained, zeros at first.

    Args:
        shape: Its shape.
        dtype: Its dtype.
        name: Its name.
        validate_shape: Whether later values have that shape.
    """
    return Variable(
        lambda: zeros(shape, dtype), trainable=False, validate_shape=validate_shape,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES], name=name,
    )  # fmt: skip


def published(value: Any, update: Any, metrics: Any, updates: Any) -> tuple[Any, Any]:
    """A metric's two results, after they have been added to collections.

    Raises:
        TypeError: If a collection's key is no text.
    """
    for keys, made in ((metrics, value), (updates, update)):
        for key in [keys] if isinstance(keys, str) else keys or ():
            if not isinstance(key, str):
                raise TypeError(f"A collection's key must be a text, not {key!r}")
            add_to_collection(key, made)
    return value, update


def divided(total: Any, count: Any, name: str | None = None) -> Tensor:
    """A sum divided by a count; 0 if there is none."""
    return div_no_nan(total, maximum(count, zeros_of(count)), name=name)


def zeros_of(value: Any) -> Any:
    """A zero of a value's dtype."""
    return convert_to_tensor(0, dtype=value.dtype.base_dtype)


def spread_weights(weights: Any, values: Tensor) -> Tensor:
    """Weights of every element.

    Args:
        weights: The weights.
        values: The elements.

    Raises:
        ValueError: If they do not broadcast to the elements.
    """
    factors = cast(weights, values.dtype.base_dtype)
    checked_weights(factors, values)
    return multiply(factors, ones_like(values), name="broadcast_weights")


def aligned(labels: Any, predictions: Any, weights: Any) -> tuple[Tensor, Tensor, Any]:
    """Labels, predictions and weights of shapes that go together.

    Raises:
        ValueError: If they do not.
    """
    truth, guess, factors = squeezed(convert_to_tensor(labels), convert_to_tensor(predictions), weights)
    guess.shape.assert_is_compatible_with(truth.shape)
    return truth, guess, with_rank_of(guess, factors)


def with_rank_of(values: Tensor, weights: Any) -> Any:
    """Weights with one more dimension, if they have one less than the values.

    Args:
        values: The values.
        weights: The weights, or None.
    """
    if weights is None or weights._dims == ():
        return weights
    if values._dims is None or weights._dims is None:  # when it runs
        own = rank(weights)
        lacks = logical_and(equal(rank(values) - own, 1), greater(own, 0))
        return cond(lacks, lambda: expand_dims(weights, [-1]), lambda: weights)
    return expand_dims(weights, [-1]) if len(values._dims) == len(weights._dims) + 1 else weights


def count_where(which: Tensor, weights: Any, metrics: Any = None, updates: Any = None) -> tuple[Any, Any]:
    """Counts the elements that are true.

    Args:
        which: The elements.
        weights: Their weights, or None.
        metrics: Collections that the count is added to.
        updates: Collections that the operation is added to.
    """
    count = kept_variable([], name="count")
    values = cast(which, dtypes.float32)
    if weights is not None:
        factors = cast(weights, dtypes.float32)
        checked_weights(factors, values)
        values = multiply(values, factors)
    return published(identity(count), assign_add(count, reduce_sum(values)), metrics, updates)
