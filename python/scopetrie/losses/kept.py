"""The collections of losses."""

from __future__ import annotations

from typing import Any

from ..graph import GraphKeys, Tensor, add_to_collection, get_collection
from ..ops.constant import constant
from ..ops.math.sum import add_n
from ..public import v1

__all__ = [
    "add_loss",
    "get_losses",
    "get_regularization_loss",
    "get_regularization_losses",
    "get_total_loss",
]


@v1("losses.add_loss")
def add_loss(loss: Any, loss_collection: Any = GraphKeys.LOSSES) -> None:
    """Adds a loss to a collection.

    Args:
        loss: The loss.
        loss_collection: The collection's key; None adds it to none.
    """
    if loss_collection:
        add_to_collection(loss_collection, loss)


@v1("losses.get_losses")
def get_losses(scope: str | None = None, loss_collection: Any = GraphKeys.LOSSES) -> list[Any]:
    """Returns the losses of a collection.

    Args:
        scope: A regular expression that a loss's name has to match at its start.
        loss_collection: The collection's key.
    """
    return get_collection(loss_collection, scope)


@v1("losses.get_regularization_losses")
def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """Returns what variables' regularizers gave.

    Args:
        scope: A regular expression that a loss's name has to match at its start.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default():
    ...     w = tf.get_variable("w", [2], regularizer=lambda v: tf.reduce_sum(v, name="penalty"))
    ...     print([loss.name for loss in tf.losses.get_regularization_losses()])
    ['w/Regularizer/penalty:0']
    """
    return get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


@v1("losses.get_regularization_loss")
def get_regularization_loss(scope: str | None = None, name: str = "total_regularization_loss") -> Tensor:
    """Makes a node that adds up what variables' regularizers gave.

    Args:
        scope: A regular expression that a loss's name has to match at its start.
        name: The node's name.

    Returns:
        A scalar; a constant 0 if there is no loss.
    """
    losses = get_regularization_losses(scope)
    return add_n(losses, name=name) if losses else constant(0.0)


@v1("losses.get_total_loss")
def get_total_loss(
    add_regularization_losses: bool = True, name: str = "total_loss", scope: str | None = None
) -> Tensor:
    """Makes a node that adds up the losses of GraphKeys.LOSSES.

    Args:
        add_regularization_losses: Whether what variables' regularizers gave is added, too.
        name: The node's name.
        scope: A regular expression that a loss's name has to match at its start.

    Returns:
        A scalar.

    Raises:
        ValueError: If there is no loss.
    """
    losses = get_losses(scope)
    if add_regularization_losses:
        losses = losses + get_regularization_losses(scope)
    return add_n(losses, name=name)
