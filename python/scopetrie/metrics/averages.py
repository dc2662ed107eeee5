"""Averages over batches: of values, of differences, of what was right."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..graph import Tensor, control_dependencies
from ..losses.weighted import squeezed
from ..ops.array.fill import ones_like, zeros_like
from ..ops.array.shape import size
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.arithmetic import multiply, squared_difference, subtract
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import equal, less, where
from ..ops.elementwise.divide import divide
from ..ops.elementwise.unary import abs as absolute
from ..ops.elementwise.unary import sqrt
from ..ops.math.reduce import reduce_sum
from ..ops.state.variable import assign_add
from ..public import v1
from ..scopes import variable_scope
from .describe import RETURNS, described
from .kept import aligned, divided, kept_variable, published, spread_weights, with_rank_of

_RAISES = "ValueError: If the shapes do not go together."


@v1("metrics.mean")
@described(RETURNS, "ValueError: If the weights do not broadcast to the values.")
def mean(
    values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the mean of values.

    >>> import scopetrie as tf
    >>> x = tf.placeholder(tf.float32, [None])
    >>> mean, update = tf.metrics.mean(x)
    >>> with tf.Session() as session:
    ...     session.run(tf.local_variables_initializer())
    ...     for batch in ([1.0, 2.0], [6.0]):
    ...         _ = session.run(update, {x: batch})
    ...     print(session.run(mean))
    3.0
    """
    with variable_scope(name, "mean", (values, weights)):
        elements = cast(values, dtypes.float32)
        total, count = kept_variable([], name="total"), kept_variable([], name="count")
        if weights is None:
            number = cast(size(elements), dtypes.float32)
        else:
            elements, _, factors = squeezed(elements, elements, weights)
            factors = spread_weights(with_rank_of(elements, factors), elements)
            elements = multiply(elements, factors)
            number = reduce_sum(factors)
        summed = assign_add(total, reduce_sum(elements))
        with control_dependencies([elements]):
            counted = assign_add(count, number)
        return published(
            divided(total, count, "value"), divided(summed, counted, "update_op"), metrics_collections,
            updates_collections,
        )  # fmt: skip


@v1("metrics.mean_tensor")
@described(RETURNS, "ValueError: If the weights do not broadcast to the values, or the shape is not known.")
def mean_tensor(
    values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the mean of each element of a tensor."""
    with variable_scope(name, "mean", (values, weights)):
        elements = cast(values, dtypes.float32)
        total = kept_variable(elements.shape, name="total_tensor")
        count = kept_variable(elements.shape, name="count_tensor")
        number = ones_like(elements)
        if weights is not None:
            elements, _, factors = squeezed(elements, elements, weights)
            factors = spread_weights(with_rank_of(elements, factors), elements)
            elements, number = multiply(elements, factors), multiply(number, factors)
        summed = assign_add(total, elements)
        with control_dependencies([elements]):
            counted = assign_add(count, number)
        return published(
            divided(total, count, "value"), divided(summed, counted, "update_op"), metrics_collections,
            updates_collections,
        )  # fmt: skip


@v1("metrics.accuracy")
@described(RETURNS, _RAISES)
def accuracy(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps how often predictions are right.

    >>> import scopetrie as tf
    >>> accuracy, update = tf.metrics.accuracy([1, 2, 3], predictions=[1, 0, 3])
    >>> with tf.Session() as session:
    ...     session.run(tf.local_variables_initializer())
    ...     print(f"{session.run(update):.4f}", accuracy.name)
    0.6667 accuracy/value:0
    """
    truth, guess, factors = aligned(labels, predictions, weights)
    if truth.dtype.base_dtype is not guess.dtype.base_dtype:
        guess = cast(guess, truth.dtype.base_dtype)
    right = cast(equal(guess, truth), dtypes.float32)
    return mean(right, factors, metrics_collections, updates_collections, name or "accuracy")


@v1("metrics.mean_squared_error")
@described(RETURNS, _RAISES)
def mean_squared_error(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the mean of squares of differences."""
    truth, guess, factors = aligned(labels, predictions, weights)
    squares = squared_difference(truth, guess)
    return mean(squares, factors, metrics_collections, updates_collections, name or "mean_squared_error")


@v1("metrics.root_mean_squared_error")
@described(RETURNS, _RAISES)
def root_mean_squared_error(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the root of the mean of squares of differences."""
    truth, guess, factors = aligned(labels, predictions, weights)
    value, update = mean_squared_error(truth, guess, factors, None, None, name or "root_mean_squared_error")
    return published(sqrt(value), sqrt(update), metrics_collections, updates_collections)


@v1("metrics.mean_absolute_error")
@described(RETURNS, _RAISES)
def mean_absolute_error(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the mean of absolute values of differences."""
    truth, guess, factors = aligned(labels, predictions, weights)
    sizes = absolute(subtract(guess, truth))
    return mean(sizes, factors, metrics_collections, updates_collections, name or "mean_absolute_error")


@v1("metrics.mean_relative_error")
@described(RETURNS, _RAISES)
def mean_relative_error(
    labels: Any, predictions: Any, normalizer: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the mean of absolute values of differences, divided by a normalizer; where that is 0, it is 0."""
    truth, guess, factors = aligned(labels, predictions, weights)
    by = convert_to_tensor(normalizer)
    guess.shape.assert_is_compatible_with(by.shape)
    shares = where(equal(by, 0.0), zeros_like(truth), divide(absolute(truth - guess), by))
    return mean(shares, factors, metrics_collections, updates_collections, name or "mean_relative_error")


@v1("metrics.mean_cosine_distance")
@described(RETURNS, _RAISES)
def mean_cosine_distance(
    labels: Any, predictions: Any, dim: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps one minus the mean of inner products of vectors that have length 1 already."""
    truth, guess, factors = aligned(labels, predictions, weights)
    products = reduce_sum(multiply(guess, truth), [dim], keepdims=True)
    value, update = mean(products, factors, None, None, name or "mean_cosine_distance")
    return published(
        subtract(1.0, value, name="Sub"), subtract(1.0, update, name="Sub"), metrics_collections,
        updates_collections,
    )  # fmt: skip


@v1("metrics.percentage_below")
@described(RETURNS, _RAISES)
def percentage_below(
    values: Any, threshold: float, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the share of values that are below a threshold."""
    below = cast(less(values, threshold), dtypes.float32)
    return mean(
        below, weights, metrics_collections, updates_collections, name or "percentage_below_threshold"
    )
