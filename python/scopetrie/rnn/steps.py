"""What running a cell over time has in common: structures, lengths, states to begin with."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..dtypes import DTypeLike
from ..graph import Tensor
from ..ops.array.fill import identity
from ..ops.array.join import stack
from ..ops.array.shape import shape, transpose
from ..ops.checks import Assert
from ..ops.constant import convert_to_tensor
from ..ops.control.tensor_array import TensorArray
from ..ops.control.trace import check_alike, flat, packed
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import equal, where
from ..ops.math.reduce import reduce_all
from ..shapes import TensorShape

__all__ = [
    "as_inputs",
    "checked_lengths",
    "first_state",
    "keep_where",
    "known_batch",
    "lengths_of",
    "output_dims",
    "require_cell",
    "swapped",
]


def require_cell(cell: Any, name: str = "cell") -> None:
    """Refuses what is no cell.

    Args:
        cell: The cell.
        name: The argument's name.

    Raises:
        TypeError: If it cannot be called, or has no sizes.
    """
    lacks = [each for each in ("state_size", "output_size") if not hasattr(cell, each)]
    if lacks or not callable(cell):
        raise TypeError(
            f"The argument {name!r} ({cell}) is not an RNNCell: "
            f"{f'{lacks[0]!r} property is missing' if lacks else 'it cannot be called'}."
        )


def as_inputs(inputs: Any) -> Any:
    """Inputs as tensors, in the same structure."""
    return packed(inputs, [convert_to_tensor(each) for each in flat(inputs)])


def swapped(value: Any) -> Any:
    """A tensor with its first two dimensions exchanged; of an unknown rank, or a smaller one, as it is."""
    value = convert_to_tensor(value)
    rank = value.shape.ndims
    if rank is not None and rank < 2:
        return value
    if rank is None:
        raise ValueError(
            "Expected input tensor to have rank at least 2, but saw shape: <unknown>. Set its shape, or give "
            "time_major=True."
        )
    return transpose(value, [1, 0, *range(2, rank)])


def lengths_of(sequence_length: Any) -> Tensor:
    """Lengths as an int32 tensor.

    Args:
        sequence_length: A vector of ints.

    Raises:
        ValueError: If it is no vector.
    """
    lengths = cast(sequence_length, dtypes.int32)
    if lengths.shape.ndims not in (None, 1):
        raise ValueError(
            f"sequence_length must be a vector of length batch_size, but saw shape: {lengths.shape}"
        )
    return identity(lengths, name="sequence_length")


def checked_lengths(lengths: Tensor, batch: Any) -> Tensor:
    """Lengths whose number is checked when they are computed.

    Args:
        lengths: The lengths.
        batch: How many there have to be.
    """
    from ..graph import control_dependencies

    found, wanted = shape(lengths), stack([batch])
    words = [f"Expected shape for Tensor {lengths.name} is ", wanted, " but saw shape: ", found]
    with control_dependencies([Assert(reduce_all(equal(found, wanted)), words)]):
        return identity(lengths, name="CheckSeqLen")


def known_batch(inputs: Any, axis: int) -> int | None:
    """How many examples there are, if that is known.

    Args:
        inputs: The inputs.
        axis: The dimension of the examples.
    """
    for each in flat(inputs):
        dims = each.shape.as_list() if each.shape.ndims is not None else []
        if len(dims) > axis and dims[axis] is not None:
            size: int = dims[axis]
            return size
    return None


def first_state(cell: Any, state: Any, batch: Any, dtype: DTypeLike) -> Any:
    """The state to begin with: the one that is given, or zeros.

    Args:
        cell: The cell.
        state: The state, or None.
        batch: How many examples there are.
        dtype: The dtype of zeros.

    Raises:
        ValueError: If neither is given.
    """
    if state is not None:
        return state
    if not dtype:
        raise ValueError("If no initial_state is provided, argument `dtype` must be specified")
    return cell.zero_state(batch, dtype)


def output_dims(size: Any) -> list[int | None]:
    """The dimensions of one example's output."""
    found: list[int | None] = TensorShape(
        size if isinstance(size, (TensorShape, list, tuple)) else [size]
    ).as_list()
    return found


def keep_where(ended: Tensor, old: Any, new: Any) -> Any:
    """A structure with old rows where an example has ended, and new ones elsewhere.

    Args:
        ended: For each example whether it has ended.
        old: The old tensors; scalars and TensorArrays are not kept.
        new: The new ones.
    """
    check_alike(old, new)
    made = []
    for before, after in zip(flat(old), flat(new), strict=True):
        if isinstance(before, TensorArray) or before.shape.ndims == 0:
            made.append(after)
        else:
            row = where(ended, before, after)
            row.set_shape(after.shape)
            made.append(row)
    return packed(new, made)
