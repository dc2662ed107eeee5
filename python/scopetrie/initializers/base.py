"""The base class of initializers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ..dtypes import DType, DTypeLike
from ..graph import Tensor

if TYPE_CHECKING:
    from ..partitioners import PartitionInfo

Self = TypeVar("Self", bound="Initializer")


class Initializer:
    """Makes the initial values of variables.

    An initializer is called once for each variable, or for each part of a partitioned one, with its shape and
    dtype. It adds operations to the graph and returns the tensor of the values.

    A class of your own needs `__call__`, and `get_config` if it is to be described by its configuration:

        >>> import scopetrie as tf
        >>> class Counting(Initializer):
        ...     def __call__(self, shape, dtype=None, partition_info=None):
        ...         return tf.cast(tf.reshape(tf.range(tf.TensorShape(shape).num_elements()), shape), dtype)
        >>> tf.get_variable("steps", [2, 2], initializer=Counting())
        <tf.Variable 'steps:0' shape=(2, 2) dtype=float32_ref>
    """

    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns the initial values of a variable.

        Args:
            shape: The shape of the variable, or of the part.
            dtype: The dtype; the initializer's own if left out.
            partition_info: The part's position in the variable; None for a whole one.

        Returns:
            A tensor.
        """
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration: the constructor's arguments, as JSON values."""
        return {}

    @classmethod
    def from_config(cls: type[Self], config: dict[str, Any]) -> Self:
        """Returns an initializer with the given configuration.

        Args:
            config: What `get_config` returned.

        Example:
            >>> import scopetrie as tf
            >>> first = tf.random_normal_initializer(stddev=0.1, seed=1)
            >>> tf.random_normal_initializer.from_config(first.get_config())
            RandomNormal(mean=0.0, stddev=0.1, seed=1, dtype='float32')
        """
        return cls(**config)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


def require_float(dtype: DType) -> DType:
    """Returns a dtype that is a floating point type.

    Raises:
        ValueError: If it is not.
    """
    if not dtype.is_floating:
        raise ValueError(f"Argument `dtype` is expected to be floating point. Received: {dtype}.")
    return dtype
