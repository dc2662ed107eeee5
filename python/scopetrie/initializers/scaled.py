"""Random initial values whose variance depends on the number of inputs or outputs of a layer.

The fan-in of a matrix [inputs, outputs] is `inputs`, its fan-out `outputs`; of a convolution kernel
[..., inputs, outputs], each times the number of positions that the kernel covers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import dtypes
from ..dtypes import DTypeLike, as_dtype
from ..graph import Tensor
from ..public import v1
from ..shapes import dimension_value
from .base import Initializer, require_float
from .drawn import RandomNormal, RandomUniform, TruncatedNormal

if TYPE_CHECKING:
    from ..partitioners import PartitionInfo

# The standard deviation of a standard normal distribution that is cut off at -2 and 2:
# sqrt(1 - 4 f(2) / (2 F(2) - 1)), with f the density and F the distribution function.
_TRUNCATED_DEVIATION = 0.87962566103423978

_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("normal", "uniform", "truncated_normal", "untruncated_normal")


@v1("variance_scaling_initializer")
class VarianceScaling(Initializer):
    """Numbers with mean 0 and the variance scale / n, for n the fan-in, the fan-out, or the average of both.

    Args:
        scale: The factor, positive.
        mode: What n is: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal" (also, deprecated, "normal"), where the standard deviation is that
            after truncation; "untruncated_normal"; or "uniform".
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none; a floating point type.

    Raises:
        ValueError: If an argument is another one.

    Example:
        >>> import scopetrie as tf
        >>> tf.get_variable("w", [784, 10], initializer=tf.variance_scaling_initializer(2.0))
        <tf.Variable 'w:0' shape=(784, 10) dtype=float32_ref>
    """

    __slots__ = ("distribution", "dtype", "mode", "scale", "seed")

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        dtype: DTypeLike = dtypes.float32,
    ) -> None:
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be a positive float. Received: {scale}")
        if mode not in _MODES:
            raise ValueError(f"Argument `mode` should be one of {_MODES}. Received: {mode}")
        distribution = distribution.lower()
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(
                "Argument `distribution` should be one of "
                f"('normal', uniform', 'truncated_normal', 'untruncated_normal'). Received: {distribution}"
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed
        self.dtype = require_float(as_dtype(dtype))

    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns the numbers; the fans of a part are those of the whole variable. See `Initializer`."""
        whole = shape if partition_info is None else partition_info.full_shape
        return self._for_whole(whole)(shape, self.dtype if dtype is None else dtype)

    def _for_whole(self, shape: Sequence[Any]) -> Initializer:
        """Returns what draws the same for a variable of a shape, and for each part of it."""
        fan_in, fan_out = _fans(shape)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2.0}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution in ("normal", "truncated_normal"):
            return TruncatedNormal(0.0, math.sqrt(variance) / _TRUNCATED_DEVIATION, self.seed)
        if self.distribution == "untruncated_normal":
            return RandomNormal(0.0, math.sqrt(variance), self.seed)
        limit = math.sqrt(3.0 * variance)
        return RandomUniform(-limit, limit, self.seed)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "seed": self.seed,
            "dtype": self.dtype.name,
        }


def _fans(shape: Sequence[Any]) -> tuple[int, int]:
    sizes = [int(dimension_value(size)) for size in shape]  # type: ignore[arg-type]  # None is refused by int()
    if not sizes:
        return 1, 1
    if len(sizes) == 1:
        return sizes[0], sizes[0]
    positions = math.prod(sizes[:-2])
    return sizes[-2] * positions, sizes[-1] * positions


@v1("glorot_uniform_initializer")
class GlorotUniform(VarianceScaling):
    """Uniform numbers within sqrt(6 / (fan_in + fan_out)) of 0; v1's default.

    Also known as Xavier initialization: Glorot and Bengio, "Understanding the difficulty of training deep
    feedforward neural networks", AISTATS 2010.

    Args:
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none.

    Example:
        >>> import scopetrie as tf
        >>> tf.get_variable("w", [784, 10], initializer=tf.glorot_uniform_initializer())
        <tf.Variable 'w:0' shape=(784, 10) dtype=float32_ref>
    """

    def __init__(self, seed: int | None = None, dtype: DTypeLike = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)
        # v1 ignores this argument, so any dtype is accepted here; an unsuitable one is refused when called.
        self.dtype = as_dtype(dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"seed": self.seed, "dtype": self.dtype.name}


@v1("glorot_normal_initializer")
class GlorotNormal(VarianceScaling):
    """Truncated normal numbers with the standard deviation sqrt(2 / (fan_in + fan_out)).

    Also known as Xavier initialization; see `GlorotUniform`.

    Args:
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none.
    """

    def __init__(self, seed: int | None = None, dtype: DTypeLike = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)
        self.dtype = as_dtype(dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"seed": self.seed, "dtype": self.dtype.name}


@v1("uniform_unit_scaling_initializer")
class UniformUnitScaling(Initializer):
    """Uniform numbers within factor * sqrt(3 / inputs) of 0, `inputs` the product of all sizes but one.

    Deprecated in v1 in favour of `VarianceScaling`; Sussillo and Abbott, "Random walk initialization for
    training very deep feedforward networks", arXiv:1412.6558, has factors for several activation functions.

    Args:
        factor: The factor.
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none; a floating point type.

    Raises:
        ValueError: If the dtype is another one.
    """

    __slots__ = ("dtype", "factor", "seed")

    def __init__(
        self, factor: float = 1.0, seed: int | None = None, dtype: DTypeLike = dtypes.float32
    ) -> None:
        self.factor = factor
        self.seed = seed
        self.dtype = require_float(as_dtype(dtype))

    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns the numbers; the inputs of a part are those of the whole variable. See `Initializer`."""
        whole = shape if partition_info is None else partition_info.full_shape
        return self._for_whole(whole)(shape, self.dtype if dtype is None else dtype)

    def _for_whole(self, shape: Sequence[Any]) -> Initializer:
        """Returns what draws the same for a variable of a shape, and for each part of it."""
        inputs = 1.0
        for size in list(shape)[:-1]:
            inputs *= float(dimension_value(size))  # type: ignore[arg-type]  # None is refused by float()
        limit = math.sqrt(3 / max(inputs, 1.0)) * self.factor
        return RandomUniform(-limit, limit, self.seed)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"factor": self.factor, "seed": self.seed, "dtype": self.dtype.name}


def he_normal(seed: int | None = None) -> VarianceScaling:
    """Returns an initializer of truncated normal numbers with the standard deviation sqrt(2 / fan_in).

    He et al., "Delving deep into rectifiers", ICCV 2015.

    Args:
        seed: The seed; see `set_random_seed`.

    Example:
        >>> he_normal()
        VarianceScaling(scale=2.0, mode='fan_in', distribution='truncated_normal', seed=None, dtype='float32')
    """
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed)


def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Returns an initializer of uniform numbers within sqrt(6 / fan_in) of 0; see `he_normal`.

    Args:
        seed: The seed; see `set_random_seed`.
    """
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """Returns an initializer of truncated normal numbers with the standard deviation sqrt(1 / fan_in).

    LeCun et al., "Efficient backprop", 1998.

    Args:
        seed: The seed; see `set_random_seed`.
    """
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed)


def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Returns an initializer of uniform numbers within sqrt(3 / fan_in) of 0; see `lecun_normal`.

    Args:
        seed: The seed; see `set_random_seed`.
    """
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


variance_scaling_initializer = VarianceScaling
glorot_uniform_initializer = GlorotUniform
glorot_normal_initializer = GlorotNormal
uniform_unit_scaling_initializer = UniformUnitScaling
