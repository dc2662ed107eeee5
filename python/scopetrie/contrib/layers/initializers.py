"""Initializers by the sizes of a layer."""

from __future__ import annotations

import math
from typing import Any

from ...dtypes import DTypeLike, as_dtype, float32
from ...graph import Tensor
from ...initializers import Initializer, VarianceScaling
from ...ops.random.draws import random_uniform, truncated_normal
from ...public import v1
from ...shapes import TensorShape

__all__ = ["variance_scaling_initializer", "xavier_initializer"]


class ScaledToFans(Initializer):
    """Random numbers whose spread is scaled to the sizes of a layer.

    Args:
        factor: What is divided by the size.
        mode: "FAN_IN", "FAN_OUT" or "FAN_AVG": which size.
        uniform: Whether they are uniform; else they are normal, and truncated.
        seed: The operation's seed.
        dtype: The dtype where a variable says none.
    """

    def __init__(self, factor: float, mode: str, uniform: bool, seed: int | None, dtype: DTypeLike) -> None:
        self.factor = factor
        self.mode = mode
        self.uniform = uniform
        self.seed = seed
        self.dtype = as_dtype(dtype)

    def __call__(self, shape: Any, dtype: DTypeLike = None, partition_info: Any = None) -> Tensor:
        """Returns the numbers; see `Initializer`."""
        kind = self.dtype if dtype is None else as_dtype(dtype)
        if not kind.is_floating:
            raise TypeError("Cannot create initializer for non-floating point type.")
        whole = shape if partition_info is None else partition_info.full_shape
        dims = [each or 0 for each in TensorShape(whole).as_list()]
        area = math.prod(dims[:-2])
        into = area * (dims[-2] if len(dims) > 1 else dims[-1]) if dims else 1.0
        out = area * dims[-1] if dims else 1.0
        fan = {"FAN_IN": into, "FAN_OUT": out, "FAN_AVG": (into + out) / 2.0}[self.mode]
        if self.uniform:
            limit = math.sqrt(3.0 * self.factor / fan)
            return random_uniform(shape, -limit, limit, kind, seed=self.seed)
        # A normal distribution that is cut at two standard deviations has a smaller one.
        return truncated_normal(shape, 0.0, math.sqrt(1.3 * self.factor / fan), kind, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {
            "factor": self.factor, "mode": self.mode, "uniform": self.uniform, "seed": self.seed,
            "dtype": self.dtype.name,
        }  # fmt: skip


@v1("contrib.layers.variance_scaling_initializer", "contrib.slim.variance_scaling_initializer")
def variance_scaling_initializer(
    factor: float = 2.0, mode: str = "FAN_IN", uniform: bool = False, seed: int | None = None,
    dtype: DTypeLike = float32,
) -> Initializer:  # fmt: skip
    """Returns an initializer whose numbers keep the scale of what passes through the layer.

    Args:
        factor: What is divided by the size of the layer: 2 for rectified linear units (He et al., 2015).
        mode: "FAN_IN", "FAN_OUT" or "FAN_AVG": which size.
        uniform: Whether the numbers are uniform; else they are normal, and truncated.
        seed: The operation's seed.
        dtype: The dtype where a variable says none.

    Raises:
        TypeError: If the dtype is none of floats, or there is no such mode.
    """
    if not as_dtype(dtype).is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")
    if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        raise TypeError(f"Unknown mode {mode} [FAN_IN, FAN_OUT, FAN_AVG]")
    if uniform:
        return VarianceScaling(factor, mode.lower(), "uniform", seed, dtype)
    return ScaledToFans(factor, mode, uniform, seed, dtype)


@v1(
    "contrib.layers.xavier_initializer", "contrib.layers.xavier_initializer_conv2d",
    "contrib.slim.xavier_initializer", "contrib.slim.xavier_initializer_conv2d",
)  # fmt: skip
def xavier_initializer(
    uniform: bool = True, seed: int | None = None, dtype: DTypeLike = float32
) -> Initializer:
    """Returns an initializer whose numbers keep the scale of values and gradients (Glorot and Bengio, 2010).

    Args:
        uniform: Whether the numbers are uniform; else they are normal, and truncated.
        seed: The operation's seed.
        dtype: The dtype where a variable says none.

    >>> import scopetrie as tf
    >>> tf.get_variable("w", [3, 4], initializer=tf.contrib.layers.xavier_initializer())
    <tf.Variable 'w:0' shape=(3, 4) dtype=float32_ref>
    """
    return variance_scaling_initializer(1.0, "FAN_AVG", uniform, seed, dtype)
