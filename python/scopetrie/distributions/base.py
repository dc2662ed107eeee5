"""What all distributions can do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, final

from .. import dtypes
from .._core import name_scope
from ..graph import Tensor
from ..ops.array.join import concat
from ..ops.array.shape import reshape
from ..ops.array.shape import shape as shape_of
from ..ops.constant import constant, convert_to_tensor
from ..ops.elementwise.arithmetic import subtract
from ..ops.elementwise.unary import exp, log, log1p, negative, sqrt, square
from ..ops.folding import constant_value
from ..ops.math.reduce import reduce_prod
from ..public import v1, whole
from ..shapes import TensorShape
from .divergence import kl_divergence

# What a subclass may leave out.
_METHODS: Final = {
    f"_{name}": name
    for name in (
        "log_prob", "prob", "cdf", "log_cdf", "quantile", "entropy", "mean", "mode", "variance", "stddev",
        "sample_n", "batch_shape", "batch_shape_tensor", "event_shape", "event_shape_tensor",
    )
}  # fmt: skip

__all__ = ["FULLY_REPARAMETERIZED", "NOT_REPARAMETERIZED", "Distribution", "ReparameterizationType"]


@v1("distributions.ReparameterizationType", "contrib.distributions.ReparameterizationType")
@final
class ReparameterizationType:
    """Says whether gradients go through what a distribution draws.

    Args:
        rep_type: What it is called.
    """

    def __init__(self, rep_type: str) -> None:
        self._type = rep_type

    def __repr__(self) -> str:
        return f"<Reparameterization Type: {self._type}>"


FULLY_REPARAMETERIZED: Final = v1(
    "distributions.FULLY_REPARAMETERIZED", "contrib.distributions.FULLY_REPARAMETERIZED"
)(ReparameterizationType("FULLY_REPARAMETERIZED"))
NOT_REPARAMETERIZED: Final = v1(
    "distributions.NOT_REPARAMETERIZED", "contrib.distributions.NOT_REPARAMETERIZED"
)(ReparameterizationType("NOT_REPARAMETERIZED"))


@v1("distributions.Distribution", "contrib.distributions.Distribution")
class Distribution:
    """A distribution, or a batch of independent ones.

    What it draws has the shape `sample_shape + batch_shape + event_shape`. A subclass has methods
    `_sample_n`, `_log_prob`, `_entropy`, `_mean`, `_variance` and so on for what it offers, `_batch_shape`
    and `_event_shape` for what is known of its shapes, and `_batch_shape_tensor` and `_event_shape_tensor`.

    Args:
        dtype: The dtype of what it draws.
        reparameterization_type: Whether gradients go through that.
        validate_args: Accepted for v1's sake.
        allow_nan_stats: Accepted for v1's sake: what is not defined is NaN.
        parameters: The arguments of the constructor.
        graph_parents: Accepted for v1's sake.
        name: The name of its operations' scope.
    """

    _batch_shape: Callable[[], Any]
    _batch_shape_tensor: Callable[[], Tensor]
    _event_shape: Callable[[], Any]
    _event_shape_tensor: Callable[[], Tensor]
    _sample_n: Callable[[Any, int | None], Tensor]
    _log_prob: Callable[[Tensor], Tensor]
    _prob: Callable[[Tensor], Tensor]
    _cdf: Callable[[Tensor], Tensor]
    _log_cdf: Callable[[Tensor], Tensor]
    _quantile: Callable[[Tensor], Tensor]
    _entropy: Callable[[], Tensor]
    _mean: Callable[[], Tensor]
    _mode: Callable[[], Tensor]
    _variance: Callable[[], Tensor]
    _stddev: Callable[[], Tensor]

    def __init__(
        self, dtype: Any, reparameterization_type: ReparameterizationType = NOT_REPARAMETERIZED,
        validate_args: bool = False, allow_nan_stats: bool = True, parameters: dict[str, Any] | None = None,
        graph_parents: Any = None, name: str | None = None,
    ) -> None:  # fmt: skip
        self._dtype = dtypes.as_dtype(dtype)
        self._reparameterization_type = reparameterization_type
        self._validate_args = validate_args
        self._allow_nan_stats = allow_nan_stats
        self._parameters = dict(parameters or {})
        self._name = name or f"{type(self).__name__}/"

    @property
    def name(self) -> str:
        """The scope of its operations."""
        return self._name

    @property
    def dtype(self) -> Any:
        """The dtype of what it draws."""
        return self._dtype

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return dict(self._parameters)

    @property
    def reparameterization_type(self) -> ReparameterizationType:
        """Whether gradients go through what it draws."""
        return self._reparameterization_type

    @property
    def validate_args(self) -> bool:
        """What the constructor was given."""
        return self._validate_args

    @property
    def allow_nan_stats(self) -> bool:
        """What the constructor was given."""
        return self._allow_nan_stats

    @property
    def batch_shape(self) -> TensorShape:
        """The shape of the batch, as far as it is known before a run."""
        return TensorShape(self._batch_shape())

    @property
    def event_shape(self) -> TensorShape:
        """The shape of one draw of one distribution."""
        return TensorShape(self._event_shape())

    def copy(self, **override_parameters_kwargs: Any) -> Distribution:
        """Makes a distribution of the same arguments.

        Args:
            **override_parameters_kwargs: Other arguments.
        """
        return type(self)(**{**self._parameters, **override_parameters_kwargs})

    @whole
    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Tensor:
        """Makes a tensor of the batch's shape.

        Args:
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name):
            if self.batch_shape.is_fully_defined():
                return constant(self.batch_shape.as_list(), dtypes.int32, [self.batch_shape.ndims])
            made: Tensor = self._batch_shape_tensor()
            return made

    @whole
    def event_shape_tensor(self, name: str = "event_shape_tensor") -> Tensor:
        """Makes a tensor of an event's shape.

        Args:
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name):
            if self.event_shape.is_fully_defined():
                return constant(self.event_shape.as_list(), dtypes.int32, [self.event_shape.ndims])
            made: Tensor = self._event_shape_tensor()
            return made

    def is_scalar_batch(self, name: str = "is_scalar_batch") -> bool:
        """Whether this is one distribution.

        Args:
            name: Accepted for v1's sake.
        """
        return self.batch_shape.ndims == 0

    def is_scalar_event(self, name: str = "is_scalar_event") -> bool:
        """Whether a draw is a scalar.

        Args:
            name: Accepted for v1's sake.
        """
        return self.event_shape.ndims == 0

    @whole
    def sample(self, sample_shape: Any = (), seed: int | None = None, name: str = "sample") -> Tensor:
        """Draws.

        Args:
            sample_shape: How many of each: an int, a shape, or a tensor of it.
            seed: The operation's seed; see `set_random_seed`.
            name: The operations' scope.

        Returns:
            A tensor `sample_shape + batch_shape + event_shape`.
        """
        with name_scope(self._name), name_scope(name):
            given = sample_shape.as_list() if isinstance(sample_shape, TensorShape) else sample_shape
            wanted = convert_to_tensor(given, dtypes.int32, name="sample_shape")
            known = constant_value(wanted)
            if known is not None:
                sizes: Any = [int(size) for size in known.reshape(-1)]
                count: Any = math.prod(sizes)
                wanted = constant(sizes, dtypes.int32, [len(sizes)], name="sample_shape")
            else:
                count = reduce_prod(wanted)
                wanted = wanted if wanted.shape.ndims == 1 else reshape(wanted, [-1])
                sizes = None if wanted.shape[0].value is None else [None] * wanted.shape[0].value
            drawn = self._sample_n(count, seed)
            made = reshape(drawn, concat([wanted, shape_of(drawn)[1:]], 0))
            if sizes is not None:
                made.set_shape(TensorShape(sizes).concatenate(self.batch_shape).concatenate(self.event_shape))
            return made

    @whole
    def log_prob(self, value: Any, name: str = "log_prob") -> Tensor:
        """Makes the logarithm of the probability, or of its density.

        Args:
            value: What was drawn.
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name, values=[value]):
            return self._log_prob(self._value(value))

    @whole
    def prob(self, value: Any, name: str = "prob") -> Tensor:
        """Makes the probability, or its density.

        Args:
            value: What was drawn.
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name, values=[value]):
            given = self._value(value)
            return self._prob(given) if self._has("_prob") else exp(self._log_prob(given))

    @whole
    def cdf(self, value: Any, name: str = "cdf") -> Tensor:
        """Makes the probability that not more is drawn than a value.

        Args:
            value: The value.
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name, values=[value]):
            given = self._value(value)
            return self._cdf(given) if self._has("_cdf") else exp(self._log_cdf(given))

    @whole
    def log_cdf(self, value: Any, name: str = "log_cdf") -> Tensor:
        """Makes the logarithm of `cdf`.

        Args:
            value: The value.
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name, values=[value]):
            given = self._value(value)
            return self._log_cdf(given) if self._has("_log_cdf") else log(self._cdf(given))

    @whole
    def survival_function(self, value: Any, name: str = "survival_function") -> Tensor:
        """Makes the probability that more is drawn than a value.

        Args:
            value: The value.
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name, values=[value]):
            return subtract(1.0, self.cdf(value))

    @whole
    def log_survival_function(self, value: Any, name: str = "log_survival_function") -> Tensor:
        """Makes the logarithm of `survival_function`.

        Args:
            value: The value.
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name, values=[value]):
            return log1p(negative(self.cdf(value)))

    @whole
    def quantile(self, value: Any, name: str = "quantile") -> Tensor:
        """Makes what is not exceeded with a probability.

        Args:
            value: The probability.
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name, values=[value]):
            return self._quantile(self._value(value))

    @whole
    def entropy(self, name: str = "entropy") -> Tensor:
        """Makes the entropy, in nats.

        Args:
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name):
            return self._entropy()

    @whole
    def mean(self, name: str = "mean") -> Tensor:
        """Makes the mean.

        Args:
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name):
            return self._mean()

    @whole
    def mode(self, name: str = "mode") -> Tensor:
        """Makes the likeliest value.

        Args:
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name):
            return self._mode()

    @whole
    def variance(self, name: str = "variance") -> Tensor:
        """Makes the variance.

        Args:
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name):
            return self._variance() if self._has("_variance") else square(self._stddev())

    @whole
    def stddev(self, name: str = "stddev") -> Tensor:
        """Makes the standard deviation.

        Args:
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name):
            return self._stddev() if self._has("_stddev") else sqrt(self._variance())

    @whole
    def cross_entropy(self, other: Any, name: str = "cross_entropy") -> Tensor:
        """Makes the cross entropy with another distribution, in nats.

        Args:
            other: The other distribution.
            name: The operations' scope.
        """
        with name_scope(self._name), name_scope(name):
            return self._entropy() + kl_divergence(self, other)

    @whole
    def kl_divergence(self, other: Any, name: str = "kl_divergence") -> Tensor:
        """Makes the Kullback-Leibler divergence from another distribution, in nats.

        Args:
            other: The other distribution.
            name: The operations' scope.

        Raises:
            NotImplementedError: If it is not known for such a pair; see `RegisterKL`.
        """
        with name_scope(self._name), name_scope(name):
            return kl_divergence(self, other)

    def _has(self, name: str) -> bool:
        return hasattr(type(self), name)

    def _value(self, value: Any) -> Tensor:
        return convert_to_tensor(value, name="value", preferred_dtype=self._dtype)

    def __getattr__(self, name: str) -> Any:
        if name in _METHODS:
            raise NotImplementedError(f"{_METHODS[name]} is not implemented: {type(self).__name__}")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        return (
            f"<tfp.distributions.{type(self).__name__} '{self._name}' batch_shape={self.batch_shape} "
            f"event_shape={self.event_shape} dtype={self._dtype.name}>"
        )

    def __str__(self) -> str:
        return (
            f'tfp.distributions.{type(self).__name__}("{self._name}", batch_shape={self.batch_shape}, '
            f"event_shape={self.event_shape}, dtype={self._dtype.name})"
        )
