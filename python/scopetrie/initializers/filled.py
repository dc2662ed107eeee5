"""Fixed initial values: zeros, ones, constants, the identity matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..dtypes import DTypeLike, as_dtype
from ..graph import Tensor
from ..ops.array.fill import ones, zeros
from ..ops.array.slice import slice_ as slice
from ..ops.constant import constant
from ..ops.linalg.diag import eye
from ..public import v1, whole
from .base import Initializer, require_float

if TYPE_CHECKING:
    from ..partitioners import PartitionInfo


@v1("zeros_initializer")
class Zeros(Initializer):
    """Zeros; False for booleans, empty strings for strings.

    Args:
        dtype: The dtype where a variable says none.

    Example:
        >>> import scopetrie as tf
        >>> zeros_initializer()([2, 3])
        <tf.Tensor 'zeros:0' shape=(2, 3) dtype=float32>
    """

    def __init__(self, dtype: DTypeLike = dtypes.float32) -> None:
        self.dtype = as_dtype(dtype)

    @whole
    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns zeros; see `Initializer`."""
        return zeros(shape, self.dtype if dtype is None else dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"dtype": self.dtype.name}


@v1("ones_initializer")
class Ones(Initializer):
    """Ones; True for booleans.

    Args:
        dtype: The dtype where a variable says none.

    Example:
        >>> import scopetrie as tf
        >>> ones_initializer()([2, 3], tf.int32)
        <tf.Tensor 'ones:0' shape=(2, 3) dtype=int32>
    """

    def __init__(self, dtype: DTypeLike = dtypes.float32) -> None:
        self.dtype = as_dtype(dtype)

    @whole
    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns ones; see `Initializer`."""
        return ones(shape, self.dtype if dtype is None else dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"dtype": self.dtype.name}


@v1("constant_initializer")
class Constant(Initializer):
    """Given values, in row-major order (the last axis varies fastest).

    If there are fewer values than elements, the last value is repeated; the shapes need not agree.

    Args:
        value: A number, a string, an array, or a list or tuple of values.
        dtype: The dtype where a variable says none.
        verify_shape: Whether the shape of `value` must be that of the variable.

    Raises:
        TypeError: If `value` is of another kind; when called, if a verified shape differs, or a value does
            not fit the dtype.
        ValueError: When called, if there are more values than elements.

    Example:
        >>> import scopetrie as tf
        >>> table = tf.get_variable("table", [2, 3], initializer=tf.constant_initializer([1, 2, 3, 4]))
        >>> with tf.Session() as session:
        ...     session.run(table.initializer)
        ...     print(session.run(table))
        [[1. 2. 3.]
         [4. 4. 4.]]
    """

    __slots__ = ("_verify_shape", "dtype", "value")

    def __init__(self, value: Any = 0, dtype: DTypeLike = dtypes.float32, verify_shape: bool = False) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value={value} of type: {type(value).__name__}. "
                "Expected Python scalar, list or tuple of values, or numpy.ndarray."
            )
        self.value = value
        self.dtype = as_dtype(dtype)
        self._verify_shape = verify_shape

    @whole
    def __call__(
        self,
        shape: Any,
        dtype: DTypeLike = None,
        partition_info: PartitionInfo | None = None,
        verify_shape: bool | None = None,
    ) -> Tensor:
        """Returns the values; see `Initializer`."""
        return constant(
            self.value,
            dtype=self.dtype if dtype is None else dtype,
            shape=shape,
            verify_shape=self._verify_shape if verify_shape is None else verify_shape,
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration; as in v1 without `verify_shape`."""
        # v1 leaves out `verify_shape`, which the argument of the call replaced.
        return {"value": self.value, "dtype": self.dtype.name}


class Identity(Initializer):
    """The identity matrix times a factor; only for matrices.

    Args:
        gain: The factor.
        dtype: The dtype where a variable says none; a floating point type.

    Raises:
        ValueError: If the dtype is another one; when called, if the shape is not a matrix's.

    Example:
        >>> import scopetrie as tf
        >>> weights = tf.get_variable("weights", [2, 3], initializer=tf.initializers.identity(2.0))
        >>> with tf.Session() as session:
        ...     session.run(weights.initializer)
        ...     print(session.run(weights))
        [[2. 0. 0.]
         [0. 2. 0.]]
    """

    __slots__ = ("dtype", "gain")

    def __init__(self, gain: float = 1.0, dtype: DTypeLike = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = require_float(as_dtype(dtype))

    @whole
    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns the matrix, or the part given by `partition_info`; see `Initializer`."""
        full_shape = shape if partition_info is None else partition_info.full_shape
        if len(full_shape) != 2:
            # The text is v1's; what is meant is "two-dimensional".
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be at least two-dimensional. "
                f"Received shape={shape}"
            )
        rows, columns = full_shape
        matrix = eye(rows, columns, dtype=self.dtype if dtype is None else as_dtype(dtype))
        if partition_info is not None:
            matrix = slice(matrix, partition_info.var_offset, shape)
        return self.gain * matrix

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"gain": self.gain, "dtype": self.dtype.name}


zeros_initializer = Zeros
ones_initializer = Ones
constant_initializer = Constant
identity_initializer = Identity
