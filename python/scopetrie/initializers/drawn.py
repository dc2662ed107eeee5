"""Random initial values whose distribution does not depend on the shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import dtypes
from ..dtypes import DTypeLike, as_dtype
from ..graph import Tensor
from ..ops.random.draws import random_normal, random_uniform, truncated_normal
from ..public import v1
from .base import Initializer, require_float

if TYPE_CHECKING:
    from ..partitioners import PartitionInfo


@v1("random_uniform_initializer")
class RandomUniform(Initializer):
    """Numbers uniform over [minval, maxval).

    Args:
        minval: The least number.
        maxval: The upper bound, exclusive; 1 for floats if left out, required for integers.
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none.

    Example:
        >>> import scopetrie as tf
        >>> tf.get_variable("w", [3], initializer=tf.random_uniform_initializer(-1.0, 1.0, seed=1))
        <tf.Variable 'w:0' shape=(3,) dtype=float32_ref>
    """

    __slots__ = ("dtype", "maxval", "minval", "seed")

    def __init__(
        self,
        minval: Any = 0.0,
        maxval: Any = None,
        seed: int | None = None,
        dtype: DTypeLike = dtypes.float32,
    ) -> None:
        self.minval = minval
        self.maxval = maxval
        self.seed = seed
        self.dtype = as_dtype(dtype)

    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns the numbers; see `Initializer`."""
        return random_uniform(
            shape, self.minval, self.maxval, self.dtype if dtype is None else dtype, seed=self.seed
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed, "dtype": self.dtype.name}


@v1("random_normal_initializer")
class RandomNormal(Initializer):
    """Normally distributed numbers.

    Args:
        mean: The mean.
        stddev: The standard deviation.
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none; a floating point type.

    Raises:
        ValueError: If the dtype is another one.

    Example:
        >>> import scopetrie as tf
        >>> tf.get_variable("w", [3], initializer=tf.random_normal_initializer(stddev=0.1))
        <tf.Variable 'w:0' shape=(3,) dtype=float32_ref>
    """

    __slots__ = ("dtype", "mean", "seed", "stddev")

    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        seed: int | None = None,
        dtype: DTypeLike = dtypes.float32,
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = require_float(as_dtype(dtype))

    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns the numbers; see `Initializer`."""
        return random_normal(
            shape, self.mean, self.stddev, self.dtype if dtype is None else dtype, seed=self.seed
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed, "dtype": self.dtype.name}


@v1("truncated_normal_initializer")
class TruncatedNormal(Initializer):
    """Normally distributed numbers within two standard deviations of the mean.

    Args:
        mean: The mean.
        stddev: The standard deviation before cutting off.
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none; a floating point type.

    Raises:
        ValueError: If the dtype is another one.

    Example:
        >>> import scopetrie as tf
        >>> tf.get_variable("w", [3], initializer=tf.truncated_normal_initializer(stddev=0.1))
        <tf.Variable 'w:0' shape=(3,) dtype=float32_ref>
    """

    __slots__ = ("dtype", "mean", "seed", "stddev")

    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        seed: int | None = None,
        dtype: DTypeLike = dtypes.float32,
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = require_float(as_dtype(dtype))

    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns the numbers; see `Initializer`."""
        return truncated_normal(
            shape, self.mean, self.stddev, self.dtype if dtype is None else dtype, seed=self.seed
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed, "dtype": self.dtype.name}


random_uniform_initializer = RandomUniform
random_normal_initializer = RandomNormal
truncated_normal_initializer = TruncatedNormal
