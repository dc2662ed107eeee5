"""PartitionedVariable: several variables that are the parts of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .. import _core
from ..dtypes import DType, as_dtype
from ..graph import Graph, Operation, Tensor
from ..ops.array.fill import identity
from ..ops.array.join import concat
from ..ops.array.split import split
from ..ops.constant import register_tensor_conversion_function
from ..public import whole
from ..shapes import TensorShape, as_shape

name_scope = _core.name_scope
_NO_CONCAT = (
    "Cannot concatenate along more than one dimension: {}.  Multi-axis partition concat is not supported"
)
_NO_ASSIGN = (  # the space at its end is v1's
    "Cannot do assign action along more than one dimension: {}.  Multi-axis partition assign action is not "
    "supported "
)


class PartitionedVariable:
    """A partitioned variable, made by `tf.get_variable` with a partitioner.

    Ops use it as one tensor, which is concatenated at each use. As in v1 it has no operators: `tf.add(w,
    1.0)` works and `w + 1.0` does not.

    Args:
        name: The name of the whole.
        shape: The shape of the whole.
        dtype: The dtype of the parts.
        variable_list: The parts, in order; each has its `Variable.SaveSliceInfo`.
        partitions: The number of parts along each axis.

    Raises:
        TypeError: If the parts or the partitions are no lists.
        ValueError: If there is no part, or they are not the parts of such a variable.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default():
    ...     w = tf.get_variable("w", [3, 2], partitioner=tf.fixed_size_partitioner(2))
    ...     print(w.name, w.shape, [part.name for part in w], tf.shape(w))
    w (3, 2) ['w/part_0:0', 'w/part_1:0'] Tensor("Shape:0", shape=(2,), dtype=int32)
    """

    def __init__(
        self,
        name: str | None,
        shape: Any,
        dtype: Any,
        variable_list: Sequence[Any],
        partitions: Sequence[int],
    ) -> None:
        if not isinstance(variable_list, (list, tuple)):
            raise TypeError(f"variable_list is not a list or tuple: {variable_list}")
        if not isinstance(partitions, (list, tuple)):
            raise TypeError(f"partitions is not a list or tuple: {partitions}")
        if any(number < 1 for number in partitions):
            raise ValueError(f"partition values must be positive: {partitions}")
        if not variable_list:
            raise ValueError("variable_list may not be empty")
        places = [part._get_save_slice_info() for part in variable_list]
        if any(place is None for place in places):
            raise ValueError(
                "All variables must have a save_slice_info available: "
                f"{[part.name for part in variable_list]}"
            )
        if any(as_shape(place.full_shape) != as_shape(shape) for place in places):
            raise ValueError(
                f"All variables' full shapes must match shape: {shape}; but full shapes were: "
                f"{[place.full_shape for place in places]}"
            )
        self._name = name
        self._shape = as_shape(shape)
        self._dtype = as_dtype(dtype)
        self._variable_list = sorted(variable_list, key=lambda part: part._get_save_slice_info().var_offset)
        self._partitions = partitions

    def __iter__(self) -> Iterator[Any]:
        return iter(self._variable_list)

    def __len__(self) -> int:
        return len(self._variable_list)

    @property
    def name(self) -> str | None:
        """The name of the whole, without ":0"."""
        return self._name

    @property
    def dtype(self) -> DType:
        """The dtype of the parts."""
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole."""
        return self._shape

    def get_shape(self) -> TensorShape:
        """Returns the shape of the whole."""
        return self._shape

    def _get_variable_list(self) -> list[Any]:
        return self._variable_list

    def _get_partitions(self) -> Sequence[int]:
        return self._partitions

    def _partition_axes(self) -> list[int]:
        axes = [axis for axis, number in enumerate(self._partitions) if number > 1]
        return axes or [0]

    def _partition_axis(self, refusal: str) -> int:
        axes = self._partition_axes()
        if len(axes) > 1:
            raise NotImplementedError(refusal.format(axes))
        return axes[0]

    @whole
    def as_tensor(self) -> Tensor:
        """Makes nodes that concatenate the parts.

        Returns:
            A tensor of the shape of the whole, named after the variable, in any name scope.

        Raises:
            NotImplementedError: If the variable is cut along several axes.
        """
        parts = self._variable_list
        axis = self._partition_axis(_NO_CONCAT) if len(parts) > 1 else 0
        graph: Graph = parts[0].graph
        with graph.as_default(), graph.control_dependencies(None):
            if len(parts) == 1:
                whole = parts[0].value()
            else:
                with name_scope(f"{self._name}/ConcatPartitions/"):
                    whole = concat(parts, axis)
            with name_scope(None):
                return identity(whole, name=self._name)

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Tensor | Operation]:
        """Makes nodes that set the parts.

        Args:
            value: The new value of the whole; a list of one value for each part; or another partitioned
                variable.
            use_locking: As in v1; not needed here.
            name: The nodes' name, made unique.
            read_value: Whether the parts are returned as tensors, not the operations.

        Returns:
            For each part its value after the change, or the operation.

        Raises:
            AssertionError: If a list has another length than there are parts.
            NotImplementedError: If the variable is cut along several axes.

        >>> import scopetrie as tf
        >>> with tf.Graph().as_default(), tf.Session() as session:
        ...     w = tf.get_variable("w", [3], partitioner=tf.fixed_size_partitioner(2))
        ...     _ = session.run(w.assign(tf.constant([1.0, 2.0, 3.0])))
        ...     print(session.run(w.as_tensor()))
        [1. 2. 3.]
        """
        return self._each(lambda part, new: part.assign(new, use_locking, name, read_value), value)

    def assign_add(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Tensor | Operation]:
        """Makes nodes that add to the parts; arguments, result and errors are those of `assign`."""
        return self._each(lambda part, new: part.assign_add(new, use_locking, name, read_value), value)

    def assign_sub(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Tensor | Operation]:
        """Makes nodes that subtract from the parts; arguments, result and errors are those of `assign`."""
        return self._each(lambda part, new: part.assign_sub(new, use_locking, name, read_value), value)

    def _each(self, change: Callable[[Any, Any], Any], value: Any) -> list[Any]:
        parts = self._variable_list
        axis = self._partition_axis(_NO_ASSIGN)
        if isinstance(value, (list, PartitionedVariable)):
            values = list(value)
            if len(values) != len(parts):
                text = (
                    f"PartitionedVariable {self._name}: there has to be one value for each of the "
                    f"{len(parts)} parts, but there are {len(values)}; the value of the whole may be given "
                    "as a tensor instead."
                )
                # The first line of v1's error for lists is empty.
                raise AssertionError(f"\n{text}") if isinstance(value, list) else ValueError(text)
        else:
            values = split(value, [part.shape[axis].value for part in parts], axis=axis)
        return [change(part, new) for part, new in zip(parts, values, strict=True)]


def _as_one_tensor(
    value: PartitionedVariable, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(value.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtype.name}' for variable of type "
            f"'{value.dtype.name}'"
        )
    if as_ref:
        raise NotImplementedError("PartitionedVariable doesn't support being used as a reference.")
    return value.as_tensor()


register_tensor_conversion_function(PartitionedVariable, _as_one_tensor)
