"""Losses of weights."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any

from ...graph import GraphKeys, Tensor, add_to_collection, get_collection
from ...ops.constant import constant, convert_to_tensor
from ...ops.elementwise.arithmetic import add, multiply
from ...ops.elementwise.unary import abs as absolute
from ...ops.math.reduce import l2_loss, reduce_sum
from ...ops.math.sum import add_n
from ...public import v1
from ...scopes import name_scope

__all__ = ["apply_regularization", "l1_l2_regularizer", "l1_regularizer", "l2_regularizer", "sum_regularizer"]

Regularizer = Callable[[Any], Any]


def _check(scale: Any) -> None:
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"scale cannot be an integer: {scale}")
    if isinstance(scale, numbers.Real) and scale < 0.0:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale:g}.")


def _regularizer(scale: Any, scope: str | None, default: str, loss: Callable[[Any], Tensor]) -> Regularizer:
    _check(scale)
    if isinstance(scale, numbers.Real) and scale == 0.0:
        return lambda weights: None

    def regularizer(weights: Any, name: str | None = None) -> Tensor:
        with name_scope(scope, default, [weights]) as within:
            factor = convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return multiply(factor, loss(weights), name=within if name is None else name)

    return regularizer


@v1("contrib.layers.l1_regularizer", "contrib.slim.l1_regularizer")
def l1_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """Returns a function that makes `scale` times the sum of weights' absolute values.

    Args:
        scale: A number; 0 for no loss.
        scope: The operations' scope.

    Raises:
        ValueError: If it is negative, or an int.
    """
    return _regularizer(scale, scope, "l1_regularizer", lambda weights: reduce_sum(absolute(weights)))


@v1("contrib.layers.l2_regularizer", "contrib.slim.l2_regularizer")
def l2_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """Returns a function that makes `scale` times half the sum of weights' squares.

    Args:
        scale: A number; 0 for no loss.
        scope: The operations' scope.

    Raises:
        ValueError: If it is negative, or an int.

    >>> import scopetrie as tf
    >>> w = tf.get_variable("w", [2], regularizer=tf.contrib.layers.l2_regularizer(0.1))
    >>> tf.losses.get_regularization_losses()
    [<tf.Tensor 'w/Regularizer/l2_regularizer:0' shape=() dtype=float32>]
    """
    return _regularizer(scale, scope, "l2_regularizer", l2_loss)


@v1("contrib.layers.l1_l2_regularizer", "contrib.slim.l1_l2_regularizer")
def l1_l2_regularizer(scale_l1: float = 1.0, scale_l2: float = 1.0, scope: str | None = None) -> Regularizer:
    """Returns a function that makes the losses of both regularizers.

    Args:
        scale_l1: What is multiplied with the sum of absolute values.
        scale_l2: What is multiplied with half the sum of squares.
        scope: The operations' scope.

    Raises:
        ValueError: If one is negative, or an int.
    """
    both = [l1_regularizer(scale_l1), l2_regularizer(scale_l2)]
    made: Regularizer = sum_regularizer(both, scope or "l1_l2_regularizer")
    return made


@v1("contrib.layers.sum_regularizer", "contrib.slim.sum_regularizer")
def sum_regularizer(regularizer_list: Sequence[Any], scope: str | None = None) -> Any:
    """Returns a function that makes the sum of regularizers' losses; None if there are none.

    Args:
        regularizer_list: The regularizers; None is left out.
        scope: The operations' scope.
    """
    regularizers = [each for each in regularizer_list if each is not None]
    if not regularizers:
        return None

    def regularizer(weights: Any) -> Any:
        with name_scope(scope, "sum_regularizer", [weights]) as within:
            losses = [each for each in (one(weights) for one in regularizers) if each is not None]
            if not losses:
                return None
            return add_n(losses, name=within) if len(losses) != 2 else add(*losses, name=within)

    return regularizer


@v1("contrib.layers.apply_regularization", "contrib.slim.apply_regularization")
def apply_regularization(regularizer: Any, weights_list: Sequence[Any] | None = None) -> Tensor:
    """Makes the sum of losses of weights, and adds it to GraphKeys.REGULARIZATION_LOSSES.

    Args:
        regularizer: The regularizer.
        weights_list: The weights; those of GraphKeys.WEIGHTS by default.

    Raises:
        ValueError: If there are no weights.
    """
    weights = get_collection(GraphKeys.WEIGHTS) if weights_list is None else list(weights_list)
    if not weights:
        raise ValueError("No weights to regularize.")
    with name_scope("get_regularization_penalty", values=weights) as scope:
        losses = [each for each in (regularizer(one) for one in weights) if each is not None]
        penalty = add_n(losses, name=scope) if losses else constant(0.0)
        add_to_collection(GraphKeys.REGULARIZATION_LOSSES, penalty)
        return penalty
