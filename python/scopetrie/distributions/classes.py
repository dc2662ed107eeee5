"""Distributions of a choice: Bernoulli's, categorical, categorical as rows of 0 and 1."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from .._core import name_scope
from ..graph import Tensor
from ..ops.array.dims import expand_dims
from ..ops.array.fill import identity, ones, ones_like
from ..ops.array.join import concat
from ..ops.array.shape import reshape, transpose
from ..ops.array.shape import shape as shape_of
from ..ops.constant import constant, convert_to_tensor
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import greater, less
from ..ops.elementwise.unary import log, log1p, negative, sigmoid
from ..ops.math.arg import argmax
from ..ops.math.masks import one_hot
from ..ops.math.reduce import reduce_sum
from ..ops.nn.activation import log_softmax, softmax, softplus
from ..ops.nn.loss import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
)
from ..ops.random.choice import multinomial
from ..ops.random.draws import random_uniform
from ..public import v1, whole
from ..shapes import TensorShape
from .base import NOT_REPARAMETERIZED, Distribution
from .divergence import RegisterKL

__all__ = ["Bernoulli", "Categorical", "OneHotCategorical"]


def _both(logits: Any, probs: Any, is_choice: bool) -> tuple[Tensor, Tensor]:
    """Logits and probabilities, of which one is given; of a choice among several the last axis is that."""
    if (probs is None) == (logits is None):
        raise ValueError("Must pass probs or logits, but not both.")
    if probs is None:
        scores = convert_to_tensor(logits, name="logits")
        if not scores.dtype.is_floating:
            raise TypeError("logits must having floating type.")
        return scores, (softmax if is_choice else sigmoid)(scores, name="probs")
    chances = convert_to_tensor(probs, name="probs")
    if not chances.dtype.is_floating:
        raise TypeError("probs must having floating type.")
    with name_scope("logits"):
        scores = log(chances) if is_choice else log(chances) - log1p(-1.0 * chances)
        return scores, chances


@v1("distributions.Bernoulli", "contrib.distributions.Bernoulli")
class Bernoulli(Distribution):
    """1 with a probability, or else 0.

    Args:
        logits: The logarithm of the odds.
        probs: The probability, instead.
        dtype: The dtype of what it draws.
        validate_args: Accepted for v1's sake.
        allow_nan_stats: Accepted for v1's sake.
        name: The name of the operations' scope.

    Raises:
        ValueError: If not one of `logits` and `probs` is given.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(session.run(tf.distributions.Bernoulli(probs=[0.25, 0.5]).prob([1, 1])))
    [0.25 0.5 ]
    """

    @whole
    def __init__(
        self, logits: Any = None, probs: Any = None, dtype: Any = dtypes.int32, validate_args: bool = False,
        allow_nan_stats: bool = True, name: str = "Bernoulli",
    ) -> None:  # fmt: skip
        given = {"logits": logits, "probs": probs, "dtype": dtype}
        with name_scope(name, values=[logits, probs]) as scope:
            self.logits, self.probs = _both(logits, probs, is_choice=False)
        super().__init__(dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, given, None, scope)

    def _batch_shape(self) -> TensorShape:
        return self.logits.shape

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of(self.logits)

    def _event_shape(self) -> TensorShape:
        return TensorShape([])

    def _sample_n(self, count: Any, seed: int | None) -> Tensor:
        many = concat([[count], self.batch_shape_tensor()], 0)
        drawn = random_uniform(many, dtype=self.probs.dtype, seed=seed)
        return cast(less(drawn, self.probs), self.dtype)

    def _log_prob(self, value: Tensor) -> Tensor:
        event = cast(value, self.logits.dtype.base_dtype)
        event, logits = event + 0.0 * self.logits, self.logits + 0.0 * event
        return negative(sigmoid_cross_entropy_with_logits(labels=event, logits=logits))

    def _entropy(self) -> Tensor:
        return -self.logits * (sigmoid(self.logits) - 1.0) + softplus(-self.logits)

    def _mean(self) -> Tensor:
        return identity(self.probs)

    def _variance(self) -> Tensor:
        return self.probs * (1.0 - self.probs)

    def _mode(self) -> Tensor:
        return cast(greater(self.probs, 0.5), self.dtype)


@RegisterKL(Bernoulli, Bernoulli)
def _kl_bernoulli(one: Bernoulli, other: Bernoulli, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_bernoulli_bernoulli", [one.logits, other.logits]):
        zero = softplus(-other.logits) - softplus(-one.logits)
        unit = softplus(other.logits) - softplus(one.logits)
        return sigmoid(one.logits) * zero + sigmoid(-one.logits) * unit


class _Choice(Distribution):
    """A choice among several classes, which are the last axis of the parameters."""

    def __init__(
        self, name: str, logits: Any, probs: Any, dtype: Any, validate_args: bool, allow_nan_stats: bool
    ) -> None:
        given = {"logits": logits, "probs": probs, "dtype": dtype}
        with name_scope(name, values=[logits, probs]) as scope:
            self.logits, self.probs = _both(logits, probs, is_choice=True)
            if self.logits.shape.ndims is not None and self.logits.shape.ndims < 1:
                raise ValueError("Argument `logits` must have rank at least 1.")
            size = self.logits.shape[-1].value if self.logits.shape.ndims is not None else None
            self.event_size: Any = (
                shape_of(self.logits)[-1] if size is None else constant(size, dtypes.int32, name="event_size")
            )
        super().__init__(dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, given, None, scope)

    def _batch_shape(self) -> TensorShape:
        return self.logits.shape[:-1]

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of(self.logits)[:-1]

    def _draw(self, count: Any, seed: int | None) -> Tensor:
        """The numbers of classes: as many rows as there are draws."""
        rows = self.logits if self.logits.shape.ndims == 2 else reshape(self.logits, [-1, self.event_size])
        drawn = transpose(multinomial(rows, count, seed))
        many = concat([[count], self.batch_shape_tensor()], 0)
        return reshape(drawn, many)

    def _entropy(self) -> Tensor:
        return negative(reduce_sum(log_softmax(self.logits) * self.probs, -1))


@v1("distributions.Categorical", "contrib.distributions.Categorical")
class Categorical(_Choice):
    """The number of a class.

    Args:
        logits: The logarithms of the classes' probabilities, up to a constant: `[..., classes]`.
        probs: The probabilities, instead.
        dtype: The dtype of what it draws.
        validate_args: Accepted for v1's sake.
        allow_nan_stats: Accepted for v1's sake.
        name: The name of the operations' scope.

    Raises:
        ValueError: If not one of `logits` and `probs` is given.

    >>> import scopetrie as tf
    >>> policy = tf.distributions.Categorical(probs=[[0.25, 0.75], [0.5, 0.5]])
    >>> policy.sample()
    <tf.Tensor 'Categorical/sample/Reshape_1:0' shape=(2,) dtype=int32>
    >>> with tf.Session() as session:
    ...     print(session.run(policy.prob([0, 1])))
    [0.25 0.5 ]
    """

    @whole
    def __init__(
        self, logits: Any = None, probs: Any = None, dtype: Any = dtypes.int32, validate_args: bool = False,
        allow_nan_stats: bool = True, name: str = "Categorical",
    ) -> None:  # fmt: skip
        super().__init__(name, logits, probs, dtype, validate_args, allow_nan_stats)

    def _event_shape(self) -> TensorShape:
        return TensorShape([])

    def _sample_n(self, count: Any, seed: int | None) -> Tensor:
        return cast(self._draw(count, seed), self.dtype)

    def _log_prob(self, value: Tensor) -> Tensor:
        classes = cast(value, dtypes.int32) if value.dtype.is_floating else value
        logits = self.logits
        if not (logits.shape.is_fully_defined() and logits.shape[:-1] == classes.shape):
            logits = ones_like(expand_dims(classes, -1), logits.dtype.base_dtype) * logits
            classes = ones(shape_of(logits)[:-1], classes.dtype.base_dtype) * classes
            classes.set_shape(logits.shape[:-1])
        return negative(sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits))

    def _mode(self) -> Tensor:
        return cast(argmax(self.logits, -1), self.dtype)


@v1("contrib.distributions.OneHotCategorical")
class OneHotCategorical(_Choice):
    """A class, as a row that is 1 at its number and 0 elsewhere.

    Args:
        logits: The logarithms of the classes' probabilities, up to a constant: `[..., classes]`.
        probs: The probabilities, instead.
        dtype: The dtype of what it draws.
        validate_args: Accepted for v1's sake.
        allow_nan_stats: Accepted for v1's sake.
        name: The name of the operations' scope.

    Raises:
        ValueError: If not one of `logits` and `probs` is given.
    """

    @whole
    def __init__(
        self, logits: Any = None, probs: Any = None, dtype: Any = dtypes.int32, validate_args: bool = False,
        allow_nan_stats: bool = True, name: str = "OneHotCategorical",
    ) -> None:  # fmt: skip
        super().__init__(name, logits, probs, dtype, validate_args, allow_nan_stats)

    def _event_shape(self) -> TensorShape:
        return self.logits.shape[-1:]

    def _event_shape_tensor(self) -> Tensor:
        return shape_of(self.logits)[-1:]

    def _sample_n(self, count: Any, seed: int | None) -> Tensor:
        return one_hot(self._draw(count, seed), self.event_size, dtype=self.dtype)

    def _log_prob(self, value: Tensor) -> Tensor:
        rows = cast(value, self.logits.dtype.base_dtype)
        rows, logits = rows + 0.0 * self.logits, self.logits + 0.0 * rows
        return negative(softmax_cross_entropy_with_logits_v2(labels=rows, logits=logits))

    def _mean(self) -> Tensor:
        return identity(self.probs)

    def _variance(self) -> Tensor:
        return self.probs * (1.0 - self.probs)

    def _mode(self) -> Tensor:
        return one_hot(argmax(self.logits, -1), self.event_size, dtype=self.dtype)


def _kl_choice(one: _Choice, other: _Choice, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_categorical_categorical", [one.logits, other.logits]):
        difference = log_softmax(one.logits) - log_softmax(other.logits)
        return reduce_sum(softmax(one.logits) * difference, -1)


RegisterKL(Categorical, Categorical)(_kl_choice)
RegisterKL(OneHotCategorical, OneHotCategorical)(_kl_choice)
