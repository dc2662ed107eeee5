"""Distributions of one number with a fraction: normal, uniform, Laplace's, exponential."""

from __future__ import annotations

import math
from typing import Any

from .._core import name_scope
from ..graph import Tensor
from ..ops.array.dims import broadcast_dynamic_shape
from ..ops.array.fill import identity, ones_like, zeros_like
from ..ops.array.join import concat
from ..ops.array.shape import shape as shape_of
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.arithmetic import multiply, squared_difference, subtract
from ..ops.elementwise.compare import greater, greater_equal, less, logical_or, where
from ..ops.elementwise.special import erfc, ndtri
from ..ops.elementwise.unary import abs, expm1, log, log1p, negative, sign, square
from ..ops.random.draws import random_normal, random_uniform
from ..public import v1, whole
from ..shapes import TensorShape, broadcast_static_shape
from .base import FULLY_REPARAMETERIZED, Distribution
from .divergence import RegisterKL

__all__ = ["Exponential", "Laplace", "Normal", "Uniform"]

_HALF_LOG_2_PI = 0.5 * math.log(2 * math.pi)


class _OfNumbers(Distribution):
    """A distribution of numbers, with parameters that broadcast to the batch's shape."""

    def __init__(
        self,
        name: str,
        given: dict[str, Any],
        validate_args: bool,
        allow_nan_stats: bool,
    ) -> None:
        with name_scope(name, values=list(given.values())) as scope:
            made = {
                key: identity(convert_to_tensor(value, name=key), name=key) for key, value in given.items()
            }
        tensors = list(made.values())
        dtype = tensors[0].dtype.base_dtype
        if not dtype.is_floating:
            raise ValueError(f"Expected floating point type, got {dtype!r}.")
        for each in tensors[1:]:
            if each.dtype.base_dtype != dtype:
                raise ValueError(
                    f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype "
                    f"{each.dtype.name}: {each!r}"
                )
        super().__init__(dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, given, None, scope)
        self._tensors = tensors

    def _batch_shape(self) -> TensorShape:
        found = self._tensors[0].shape
        for each in self._tensors[1:]:
            found = broadcast_static_shape(found, each.shape)
        return found

    def _batch_shape_tensor(self) -> Tensor:
        found = shape_of(self._tensors[0])
        for each in self._tensors[1:]:
            found = broadcast_dynamic_shape(found, shape_of(each))
        return found

    def _event_shape(self) -> TensorShape:
        return TensorShape([])

    def _many(self, count: Any) -> Tensor:
        """The shape of so many draws."""
        return concat([[count], self.batch_shape_tensor()], 0)


@v1("distributions.Normal", "contrib.distributions.Normal")
class Normal(_OfNumbers):
    """The normal distribution.

    Args:
        loc: The mean.
        scale: The standard deviation.
        validate_args: Accepted for v1's sake.
        allow_nan_stats: Accepted for v1's sake.
        name: The name of the operations' scope.

    Raises:
        ValueError: If the parameters are none with fractions, or do not go together.

    >>> import scopetrie as tf
    >>> policy = tf.distributions.Normal(loc=tf.zeros([3, 2]), scale=[0.5, 2.0])
    >>> policy.sample(), policy.log_prob(0.0).shape.as_list()
    (<tf.Tensor 'Normal/sample/Reshape:0' shape=(3, 2) dtype=float32>, [3, 2])
    >>> with tf.Session() as session:
    ...     print(session.run(policy.entropy())[0])
    [0.72579134 2.1120858 ]
    """

    @whole
    def __init__(
        self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "Normal",
    ) -> None:  # fmt: skip
        given = {"loc": loc, "scale": scale}
        super().__init__(name, given, validate_args, allow_nan_stats)
        self.loc, self.scale = self._tensors

    def _sample_n(self, count: Any, seed: int | None) -> Tensor:
        drawn = random_normal(self._many(count), dtype=self.dtype, seed=seed)
        return drawn * self.scale + self.loc

    def _z(self, value: Tensor) -> Tensor:
        with name_scope("standardize"):
            return (value - self.loc) / self.scale

    def _log_prob(self, value: Tensor) -> Tensor:
        return -0.5 * square(self._z(value)) - (_HALF_LOG_2_PI + log(self.scale))

    def _cdf(self, value: Tensor) -> Tensor:
        return 0.5 * erfc(negative(self._z(value)) * math.sqrt(0.5))

    def _quantile(self, value: Tensor) -> Tensor:
        return ndtri(value) * self.scale + self.loc

    def _entropy(self) -> Tensor:
        # The mean's shape counts, too.
        return 0.5 + _HALF_LOG_2_PI + log(self.scale * ones_like(self.loc))

    def _mean(self) -> Tensor:
        return self.loc * ones_like(self.scale)

    _mode = _mean

    def _stddev(self) -> Tensor:
        return self.scale * ones_like(self.loc)


@RegisterKL(Normal, Normal)
def _kl_normal(one: Normal, other: Normal, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_normal_normal", [one.loc, other.loc]):
        ratio = square(one.scale) / square(other.scale)
        distance = squared_difference(one.loc, other.loc) / (2.0 * square(other.scale))
        return distance + 0.5 * (ratio - 1.0 - log(ratio))


@v1("distributions.Uniform", "contrib.distributions.Uniform")
class Uniform(_OfNumbers):
    """The uniform distribution between two numbers.

    Args:
        low: The lower bound.
        high: The upper bound, which is not reached.
        validate_args: Accepted for v1's sake.
        allow_nan_stats: Accepted for v1's sake.
        name: The name of the operations' scope.

    Raises:
        ValueError: If the parameters are none with fractions, or do not go together.
    """

    @whole
    def __init__(
        self, low: Any = 0.0, high: Any = 1.0, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "Uniform",
    ) -> None:  # fmt: skip
        given = {"low": low, "high": high}
        super().__init__(name, given, validate_args, allow_nan_stats)
        self.low, self.high = self._tensors

    @whole
    def range(self, name: str = "range") -> Tensor:
        """Makes the difference of the bounds.

        Args:
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name):
            return self.high - self.low

    def _sample_n(self, count: Any, seed: int | None) -> Tensor:
        drawn = random_uniform(self._many(count), dtype=self.dtype, seed=seed)
        return self.low + self.range() * drawn

    def _prob(self, value: Tensor) -> Tensor:
        spread = value * ones_like(self.range())
        outside = logical_or(less(spread, self.low), greater_equal(spread, self.high))
        density = ones_like(spread) / self.range()
        return where(outside, zeros_like(spread), density)

    def _log_prob(self, value: Tensor) -> Tensor:
        return log(self._prob(value))

    def _cdf(self, value: Tensor) -> Tensor:
        share = (value - self.low) / self.range()
        inside = where(less(share, 0.0 * share), zeros_like(share), share)
        return where(greater_equal(inside, 1.0 + 0.0 * share), ones_like(share), inside)

    def _entropy(self) -> Tensor:
        return log(self.range())

    def _mean(self) -> Tensor:
        return (self.low + self.high) / 2.0

    def _variance(self) -> Tensor:
        return square(self.range()) / 12.0

    def _stddev(self) -> Tensor:
        return self.range() / math.sqrt(12.0)


@v1("distributions.Laplace", "contrib.distributions.Laplace")
class Laplace(_OfNumbers):
    """Laplace's distribution: exponential on both sides of its mean.

    Args:
        loc: The mean.
        scale: The mean distance from that.
        validate_args: Accepted for v1's sake.
        allow_nan_stats: Accepted for v1's sake.
        name: The name of the operations' scope.

    Raises:
        ValueError: If the parameters are none with fractions, or do not go together.
    """

    @whole
    def __init__(
        self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "Laplace",
    ) -> None:  # fmt: skip
        given = {"loc": loc, "scale": scale}
        super().__init__(name, given, validate_args, allow_nan_stats)
        self.loc, self.scale = self._tensors

    def _sample_n(self, count: Any, seed: int | None) -> Tensor:
        # Above -1, so that the logarithm is finite.
        bound = 1.0 - 1e-7
        drawn = random_uniform(self._many(count), -bound, 1.0, dtype=self.dtype, seed=seed)
        return self.loc - self.scale * sign(drawn) * log1p(negative(abs(drawn)))

    def _z(self, value: Tensor) -> Tensor:
        return (value - self.loc) / self.scale

    def _log_prob(self, value: Tensor) -> Tensor:
        return negative(abs(self._z(value))) - math.log(2.0) - log(self.scale)

    def _cdf(self, value: Tensor) -> Tensor:
        z = self._z(value)
        return 0.5 - 0.5 * sign(z) * expm1(negative(abs(z)))

    def _entropy(self) -> Tensor:
        return math.log(2.0) + 1.0 + log(self.scale + zeros_like(self.loc))

    def _mean(self) -> Tensor:
        return self.loc + zeros_like(self.scale)

    _mode = _mean

    def _stddev(self) -> Tensor:
        return multiply(math.sqrt(2.0), self.scale + zeros_like(self.loc))


@v1("distributions.Exponential", "contrib.distributions.Exponential")
class Exponential(_OfNumbers):
    """The exponential distribution.

    Args:
        rate: What its mean is 1 divided by.
        validate_args: Accepted for v1's sake.
        allow_nan_stats: Accepted for v1's sake.
        name: The name of the operations' scope.

    Raises:
        ValueError: If the parameter is none with fractions.
    """

    @whole
    def __init__(
        self, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Exponential"
    ) -> None:
        super().__init__(name, {"rate": rate}, validate_args, allow_nan_stats)
        (self.rate,) = self._tensors

    def _sample_n(self, count: Any, seed: int | None) -> Tensor:
        # Above 0, so that the logarithm is finite.
        drawn = random_uniform(self._many(count), 1e-38, 1.0, dtype=self.dtype, seed=seed)
        return negative(log(drawn)) / self.rate

    def _log_prob(self, value: Tensor) -> Tensor:
        return log(self.rate) - self.rate * value

    def _cdf(self, value: Tensor) -> Tensor:
        below = negative(expm1(negative(self.rate * value)))
        return where(greater(below, 0.0 * below), below, zeros_like(below))

    def _entropy(self) -> Tensor:
        return subtract(1.0, log(self.rate))

    def _mean(self) -> Tensor:
        return 1.0 / self.rate

    def _mode(self) -> Tensor:
        return zeros_like(self.rate)

    def _stddev(self) -> Tensor:
        return 1.0 / self.rate
