"""What get_variable with a partitioner asks of Python."""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from ..dtypes import DType
from ..graph import Graph, Tensor
from ..ops.array.slice import slice_
from ..ops.constant import convert_to_tensor
from ..shapes import TensorShape
from ..variables import PartitionedVariable, SaveSliceInfo


def ask_partitioner(
    partitioner: Callable[..., Sequence[int]], dims: tuple[int, ...], dtype: DType
) -> tuple[list[int], str]:
    """Calls a partitioner.

    Args:
        partitioner: The partitioner.
        dims: The variable's shape.
        dtype: The variable's dtype.

    Returns:
        The number of parts along each axis, not checked yet, and the answer as text.

    Raises:
        ValueError: If the answer is no sequence.
    """
    partitions = partitioner(shape=TensorShape(dims), dtype=dtype)
    if not isinstance(partitions, Sequence):
        raise ValueError(f"Partitioner must return a sequence, but saw: {partitions}")
    # As in v1, what is no number fails in a comparison. The core refuses what is no number of parts.
    is_refused = len(partitions) != len(dims) or any(number < 1 for number in partitions)
    numbers = [0] * len(partitions) if is_refused else [operator.index(number) for number in partitions]
    return numbers, str(partitions)


def cut_value(value: Any, offset: list[int], sizes: list[int], dtype: DType) -> Tensor:
    """Makes the nodes of a part of an initial value."""
    if not isinstance(value, Tensor):
        value = convert_to_tensor(value, dtype=dtype)
    return slice_(value, offset, sizes)


def note_part(variable: Any, name: str | None, whole: list[int], offset: list[int], sizes: list[int]) -> None:
    """Notes where a variable lies in the partitioned one called `name`."""
    variable._set_save_slice_info(SaveSliceInfo(name, whole, offset, sizes))


def partitioned(
    graph: Graph,
    name: str | None,
    dims: tuple[int, ...],
    dtype: DType,
    parts: list[Any],
    partitions: list[int],
) -> PartitionedVariable:
    """Returns the object of a partitioned variable: the same one as long as somebody holds it."""
    with graph._viewing:
        noted = graph._partitioned.get(name)
        living: PartitionedVariable | None = None if noted is None else noted()
        if living is None:  # the graph does not keep it, since it keeps the graph
            living = PartitionedVariable(name, dims, dtype, parts, partitions)
            graph._partitioned.take(graph, name, weakref.ref(living))
    return living
