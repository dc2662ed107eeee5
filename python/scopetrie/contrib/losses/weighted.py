"""Losses of v1's first years: those of tf.losses, with what is predicted before what is true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import losses
from ...graph import Tensor
from ...public import v1, whole

_PARAMETERS = """
    Args:
        {first}: What is predicted.
        {second}: What is true.
        weights: What the elements' losses are multiplied by: a scalar, or of a size of 1 or the losses' size
            at each axis.
        scope: The operations' scope.

    Returns:
        A scalar, the mean of the losses whose weight is not 0, which is added to GraphKeys.LOSSES.
    """


def _of_pair(plain: Callable[..., Any], name: str) -> Callable[..., Tensor]:
    @whole
    def loss(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None) -> Tensor:
        made: Tensor = plain(labels, predictions, weights=weights, scope=scope)
        return made

    loss.__name__ = loss.__qualname__ = name
    loss.__doc__ = f"The loss `tf.losses.{name}`.\n" + _PARAMETERS.format(
        first="predictions", second="labels"
    )
    return loss


absolute_difference = v1("contrib.losses.absolute_difference")(
    _of_pair(losses.absolute_difference, "absolute_difference")
)
mean_squared_error = v1("contrib.losses.mean_squared_error")(
    _of_pair(losses.mean_squared_error, "mean_squared_error")
)
mean_pairwise_squared_error = v1("contrib.losses.mean_pairwise_squared_error")(
    _of_pair(losses.mean_pairwise_squared_error, "mean_pairwise_squared_error")
)


@v1("contrib.losses.hinge_loss")
@whole
def hinge_loss(logits: Any, labels: Any = None, scope: str | None = None) -> Tensor:
    """The hinge loss of each element, which is not added to a collection.

    Args:
        logits: What is predicted.
        labels: What is true: zeros and ones.
        scope: The operations' scope.

    Returns:
        A tensor of the elements' losses.
    """
    return losses.hinge_loss(
        labels, logits, scope=scope, loss_collection=None, reduction=losses.Reduction.NONE
    )


@v1("contrib.losses.log_loss")
@whole
def log_loss(
    predictions: Any, labels: Any = None, weights: Any = 1.0, epsilon: float = 1e-7, scope: str | None = None
) -> Tensor:
    """The loss `tf.losses.log_loss`.

    Args:
        predictions: What is predicted, between 0 and 1.
        labels: What is true.
        weights: What the elements' losses are multiplied by.
        epsilon: What is added before a logarithm is taken.
        scope: The operations' scope.

    Returns:
        A scalar, which is added to GraphKeys.LOSSES.
    """
    return losses.log_loss(labels, predictions, weights, epsilon, scope)


@v1("contrib.losses.cosine_distance")
@whole
def cosine_distance(
    predictions: Any, labels: Any = None, axis: Any = None, weights: Any = 1.0, scope: str | None = None,
    dim: Any = None,
) -> Tensor:  # fmt: skip
    """The loss `tf.losses.cosine_distance`.

    Args:
        predictions: What is predicted, of length 1 along the axis.
        labels: What is true, of length 1 along the axis.
        axis: The axis.
        weights: What the losses are multiplied by.
        scope: The operations' scope.
        dim: The older name of `axis`.

    Returns:
        A scalar, which is added to GraphKeys.LOSSES.
    """
    return losses.cosine_distance(labels, predictions, axis=axis, dim=dim, weights=weights, scope=scope)


@v1("contrib.losses.sigmoid_cross_entropy")
@whole
def sigmoid_cross_entropy(
    logits: Any, multi_class_labels: Any, weights: Any = 1.0, label_smoothing: float = 0,
    scope: str | None = None,
) -> Tensor:  # fmt: skip
    """The loss `tf.losses.sigmoid_cross_entropy`.

    Args:
        logits: What is predicted.
        multi_class_labels: What is true: zeros and ones.
        weights: What the elements' losses are multiplied by.
        label_smoothing: How much the labels are moved towards 1/2.
        scope: The operations' scope.

    Returns:
        A scalar, which is added to GraphKeys.LOSSES.
    """
    return losses.sigmoid_cross_entropy(multi_class_labels, logits, weights, label_smoothing, scope)


@v1("contrib.losses.softmax_cross_entropy")
@whole
def softmax_cross_entropy(
    logits: Any, onehot_labels: Any, weights: Any = 1.0, label_smoothing: float = 0, scope: str | None = None
) -> Tensor:
    """The loss `tf.losses.softmax_cross_entropy`.

    Args:
        logits: What is predicted, `[N, classes]`.
        onehot_labels: What is true, `[N, classes]`.
        weights: What the losses are multiplied by: a scalar, or `[N]`.
        label_smoothing: How much the labels are moved towards 1/classes.
        scope: The operations' scope.

    Returns:
        A scalar, which is added to GraphKeys.LOSSES.

    >>> import scopetrie as tf
    >>> loss = tf.contrib.losses.softmax_cross_entropy([[0.0, 0.0]], [[0.0, 1.0]])
    >>> tf.losses.get_losses() == [loss]
    True
    """
    return losses.softmax_cross_entropy(onehot_labels, logits, weights, label_smoothing, scope)


@v1("contrib.losses.sparse_softmax_cross_entropy")
@whole
def sparse_softmax_cross_entropy(
    logits: Any, labels: Any, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """The loss `tf.losses.sparse_softmax_cross_entropy`.

    Args:
        logits: What is predicted, `[N, classes]`.
        labels: The numbers of the right classes, `[N]` or `[N, 1]`.
        weights: What the losses are multiplied by: a scalar, or `[N]`.
        scope: The operations' scope.

    Returns:
        A scalar, which is added to GraphKeys.LOSSES.
    """
    return losses.sparse_softmax_cross_entropy(labels, logits, weights, scope)


@v1("contrib.losses.compute_weighted_loss")
@whole
def compute_weighted_loss(losses_: Any, weights: Any = 1.0, scope: str | None = None) -> Tensor:
    """The mean of losses, by `tf.losses.compute_weighted_loss`.

    Args:
        losses_: The elements' losses.
        weights: What they are multiplied by.
        scope: The operations' scope.

    Returns:
        A scalar, which is added to GraphKeys.LOSSES.
    """
    return losses.compute_weighted_loss(losses_, weights, scope)


add_loss = v1("contrib.losses.add_loss")(losses.add_loss)
get_losses = v1("contrib.losses.get_losses")(losses.get_losses)
get_regularization_losses = v1("contrib.losses.get_regularization_losses")(losses.get_regularization_losses)
get_total_loss = v1("contrib.losses.get_total_loss")(losses.get_total_loss)
