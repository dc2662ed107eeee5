"""Distributions of vectors: normal, with independent components."""

from __future__ import annotations

import math
from typing import Any

from .._core import name_scope
from ..graph import Tensor
from ..ops.array.dims import broadcast_dynamic_shape
from ..ops.array.fill import ones_like, zeros_like
from ..ops.array.join import concat
from ..ops.array.shape import shape as shape_of
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.cast import cast
from ..ops.elementwise.unary import abs, log, square
from ..ops.math.reduce import reduce_sum
from ..ops.random.draws import random_normal
from ..public import v1, whole
from ..shapes import TensorShape, broadcast_static_shape
from .base import FULLY_REPARAMETERIZED, Distribution
from .divergence import RegisterKL

__all__ = ["MultivariateNormalDiag"]


@v1("contrib.distributions.MultivariateNormalDiag")
class MultivariateNormalDiag(Distribution):
    """Vectors whose components are normally distributed and independent.

    Args:
        loc: The means, `[..., size]`; zeros by default.
        scale_diag: The standard deviations, `[..., size]`; ones by default.
        scale_identity_multiplier: What is added to them all, or all of them if they are not given: `[...]`.
        validate_args: Accepted for v1's sake.
        allow_nan_stats: Accepted for v1's sake.
        name: The name of the operations' scope.

    Raises:
        ValueError: If neither the means nor the standard deviations are given.

    >>> import scopetrie as tf
    >>> prior = tf.contrib.distributions.MultivariateNormalDiag(tf.zeros([5, 2]), tf.ones([5, 2]))
    >>> prior.sample().shape.as_list(), prior.log_prob(tf.zeros([5, 2])).shape.as_list()
    ([5, 2], [5])
    """

    @whole
    def __init__(
        self, loc: Any = None, scale_diag: Any = None, scale_identity_multiplier: Any = None,
        validate_args: bool = False, allow_nan_stats: bool = True, name: str = "MultivariateNormalDiag",
    ) -> None:  # fmt: skip
        given = {"loc": loc, "scale_diag": scale_diag, "scale_identity_multiplier": scale_identity_multiplier}
        if loc is None and scale_diag is None:
            raise ValueError("Must specify one or both of `loc`, `scale_diag`.")
        with name_scope(name, values=list(given.values())) as scope:
            means = None if loc is None else convert_to_tensor(loc, name="loc")
            diag = None if scale_diag is None else convert_to_tensor(scale_diag, name="scale_diag")
            if scale_identity_multiplier is not None:
                more = convert_to_tensor(scale_identity_multiplier, name="scale_identity_multiplier")
                more = more[..., None]
                diag = more * ones_like(means) if diag is None else diag + more
            self._diag: Tensor = ones_like(means) if diag is None else diag
            self.loc: Tensor = zeros_like(self._diag) if means is None else means
        super().__init__(
            self.loc.dtype.base_dtype,
            FULLY_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            given,
            None,
            scope,
        )

    def _whole_shape(self) -> TensorShape:
        return broadcast_static_shape(self.loc.shape, self._diag.shape)

    def _batch_shape(self) -> TensorShape:
        return self._whole_shape()[:-1]

    def _event_shape(self) -> TensorShape:
        return self._whole_shape()[-1:]

    def _whole_shape_tensor(self) -> Tensor:
        return broadcast_dynamic_shape(shape_of(self.loc), shape_of(self._diag))

    def _batch_shape_tensor(self) -> Tensor:
        return self._whole_shape_tensor()[:-1]

    def _event_shape_tensor(self) -> Tensor:
        return self._whole_shape_tensor()[-1:]

    def _sample_n(self, count: Any, seed: int | None) -> Tensor:
        many: Any = concat([[count], self._whole_shape_tensor()], 0)
        return random_normal(many, dtype=self.dtype, seed=seed) * self._diag + self.loc

    def _size(self) -> Tensor | float:
        size = self.event_shape[0].value
        return cast(self._event_shape_tensor()[0], self.dtype) if size is None else float(size)

    def _log_scale(self) -> Tensor:
        """The sum of the logarithms of the standard deviations."""
        return reduce_sum(log(abs(self._diag + zeros_like(self.loc))), -1)

    def _log_prob(self, value: Tensor) -> Tensor:
        distance = reduce_sum(square((value - self.loc) / self._diag), -1)
        return -0.5 * distance - self._log_scale() - 0.5 * math.log(2 * math.pi) * self._size()

    def _entropy(self) -> Tensor:
        return self._log_scale() + 0.5 * (1.0 + math.log(2 * math.pi)) * self._size()

    def _mean(self) -> Tensor:
        return self.loc + zeros_like(self._diag)

    _mode = _mean

    def _variance(self) -> Tensor:
        return square(self._stddev())

    def _stddev(self) -> Tensor:
        return abs(self._diag + zeros_like(self.loc))


@RegisterKL(MultivariateNormalDiag, MultivariateNormalDiag)
def _kl_normal(one: MultivariateNormalDiag, other: MultivariateNormalDiag, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_mvn", [one.loc, other.loc]):
        spread, wanted = one._stddev(), other._stddev()
        distance = reduce_sum(square((one.loc - other.loc) / wanted), -1)
        trace = reduce_sum(square(spread / wanted), -1)
        return 0.5 * (distance + trace - one._size()) + other._log_scale() - one._log_scale()
