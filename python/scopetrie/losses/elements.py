"""Losses of elements: differences, logarithms, hinges."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from .._core import name_scope
from ..graph import GraphKeys, Tensor, control_dependencies
from ..ops.array.dims import renamed
from ..ops.array.fill import ones_like, zeros_like
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.arithmetic import add, maximum, minimum, multiply, squared_difference, subtract
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import greater, where
from ..ops.elementwise.divide import div_no_nan
from ..ops.elementwise.unary import abs as absolute
from ..ops.elementwise.unary import log, negative, square
from ..ops.math.reduce import reduce_sum
from ..ops.nn.activation import relu
from ..public import v1
from .describe import described
from .kept import add_loss
from .weighted import BY_NONZERO, all_but_first, checked_weights, compute_weighted_loss, num_present

_RETURNS = "A scalar; for `Reduction.NONE` a tensor of the elements' losses."
_RAISES = "ValueError: If an argument is missing, or the shapes do not go together."


def as_pair(labels: Any, others: Any, name: str = "predictions") -> tuple[Tensor, Tensor]:
    """Labels and predictions as float32, of shapes that go together.

    Args:
        labels: The labels.
        others: The predictions, or logits.
        name: How the call names these.

    Raises:
        ValueError: If one is missing, or the shapes do not go together.
    """
    for value, argument in ((labels, "labels"), (others, name)):
        if value is None:
            raise ValueError(f"Argument `{argument}` must not be None.")
    a, b = cast(others, dtypes.float32), cast(labels, dtypes.float32)
    a.shape.assert_is_compatible_with(b.shape)
    return b, a


@v1("losses.mean_squared_error")
@described(_RETURNS, _RAISES)
def mean_squared_error(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None,
    loss_collection: Any = GraphKeys.LOSSES, reduction: str = BY_NONZERO,
) -> Tensor:  # fmt: skip
    """The squares of differences.

    >>> import scopetrie as tf
    >>> loss = tf.losses.mean_squared_error([1.0, 2.0], predictions=[1.0, 4.0])
    >>> with tf.Session() as session:
    ...     print(session.run(loss), loss.name, tf.losses.get_losses() == [loss])
    2.0 mean_squared_error/value:0 True
    """
    with name_scope(scope, "mean_squared_error", [predictions, labels, weights]) as within:
        truth, guess = as_pair(labels, predictions)
        losses = squared_difference(guess, truth)
        return compute_weighted_loss(losses, weights, within, loss_collection, reduction)


@v1("losses.absolute_difference")
@described(_RETURNS, _RAISES)
def absolute_difference(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None,
    loss_collection: Any = GraphKeys.LOSSES, reduction: str = BY_NONZERO,
) -> Tensor:  # fmt: skip
    """The absolute values of differences."""
    with name_scope(scope, "absolute_difference", [predictions, labels, weights]) as within:
        truth, guess = as_pair(labels, predictions)
        losses = absolute(subtract(guess, truth))
        return compute_weighted_loss(losses, weights, within, loss_collection, reduction)


@v1("losses.huber_loss")
@described(_RETURNS, _RAISES)
def huber_loss(
    labels: Any, predictions: Any, weights: Any = 1.0, delta: float = 1.0, scope: str | None = None,
    loss_collection: Any = GraphKeys.LOSSES, reduction: str = BY_NONZERO,
) -> Tensor:  # fmt: skip
    """Half the squares of small differences d, and delta |d| - delta^2 / 2 of larger ones (Huber, 1964)."""
    with name_scope(scope, "huber_loss", [predictions, labels, weights]) as within:
        truth, guess = as_pair(labels, predictions)
        distance = absolute(subtract(guess, truth))
        near = minimum(distance, delta)
        far = subtract(distance, near)
        half = convert_to_tensor(0.5, dtype=near.dtype)
        losses = add(multiply(half, multiply(near, near)), multiply(delta, far))
        return compute_weighted_loss(losses, weights, within, loss_collection, reduction)


@v1("losses.log_loss")
@described(_RETURNS, _RAISES)
def log_loss(
    labels: Any, predictions: Any, weights: Any = 1.0, epsilon: float = 1e-7, scope: str | None = None,
    loss_collection: Any = GraphKeys.LOSSES, reduction: str = BY_NONZERO,
) -> Tensor:  # fmt: skip
    """The negative logarithms of the probabilities that were given to what is true."""
    with name_scope(scope, "log_loss", [predictions, labels, weights]) as within:
        truth, guess = as_pair(labels, predictions)
        of_truth = negative(multiply(truth, log(guess + epsilon)))
        losses = of_truth - multiply(1 - truth, log(1 - guess + epsilon))
        return compute_weighted_loss(losses, weights, within, loss_collection, reduction)


@v1("losses.hinge_loss")
@described(_RETURNS, _RAISES, labels="What is true: 0 or 1 for each element.")
def hinge_loss(
    labels: Any, logits: Any, weights: Any = 1.0, scope: str | None = None,
    loss_collection: Any = GraphKeys.LOSSES, reduction: str = BY_NONZERO,
) -> Tensor:  # fmt: skip
    """max(0, 1 - logit) for what is true, and max(0, 1 + logit) for what is not."""
    with name_scope(scope, "hinge_loss", [logits, labels, weights]) as within:
        truth, guess = as_pair(labels, logits, "logits")
        one = ones_like(truth)
        signs = subtract(2 * truth, one)
        losses = relu(subtract(one, multiply(signs, guess)))
        return compute_weighted_loss(losses, weights, within, loss_collection, reduction)


@v1("losses.cosine_distance")
@described(_RETURNS, "ValueError: If no axis is given, or the shapes do not go together.")
def cosine_distance(
    labels: Any, predictions: Any, axis: int | None = None, weights: Any = 1.0, scope: str | None = None,
    loss_collection: Any = GraphKeys.LOSSES, reduction: str = BY_NONZERO, dim: int | None = None,
) -> Tensor:  # fmt: skip
    """One minus the inner products along a dimension, of vectors that have length 1 already."""
    axis = renamed(axis, "axis", dim, "dim")
    if axis is None:
        raise ValueError("You must specify argument `axis`.")
    with name_scope(scope, "cosine_distance_loss", [predictions, labels, weights]) as within:
        truth, guess = as_pair(labels, predictions)
        losses = 1 - reduce_sum(multiply(guess, truth), [axis], keepdims=True)
        return compute_weighted_loss(losses, weights, within, loss_collection, reduction)


@v1("losses.mean_pairwise_squared_error")
@described("A scalar.", _RAISES)
def mean_pairwise_squared_error(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None,
    loss_collection: Any = GraphKeys.LOSSES,
) -> Tensor:  # fmt: skip
    """The mean square of the differences of differences, over the pairs of elements of each example."""
    with name_scope(scope, "mean_pairwise_squared_error", [predictions, labels, weights]):
        weights = cast(weights, dtypes.float32)
        truth, guess = as_pair(labels, predictions)
        with control_dependencies(checked_weights(weights, truth)):
            gaps = subtract(guess, truth)
        over = all_but_first(gaps)
        squares = reduce_sum(square(gaps), over, keepdims=True)
        present = num_present(gaps, weights, per_batch=True)
        first = 2.0 * div_no_nan(squares, maximum(present - 1, 0), name="value")
        total = reduce_sum(gaps, over, keepdims=True)
        pairs = maximum(multiply(present, present - 1), 0)
        second = 2.0 * div_no_nan(square(total), pairs, name="value")
        loss = reduce_sum(multiply(first - second, weights))
        mean = where(greater(reduce_sum(present), 0), loss, zeros_like(loss), name="value")
        add_loss(mean, loss_collection)
        return mean
