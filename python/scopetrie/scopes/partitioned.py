"""Partitioned variables of get_variable: creation part by part, and look-up by name."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from .. import _core
from ..dtypes import DType, as_dtype
from ..graph import Graph, Tensor
from ..ops.array.slice import slice_
from ..ops.constant import convert_to_tensor
from ..partitioners import PartitionInfo, Slice, call_partitioner, slice_axis, slices
from ..shapes import TensorShape, as_shape
from ..variables import PartitionedVariable, SaveSliceInfo, undone_if_failed
from .errors import (
    is_already_partitioned,
    is_not_partitioned,
    partitioned_does_not_exist,
    parts_do_not_match,
    share_mismatch,
)

name_scope = _core.name_scope


class _Record(NamedTuple):
    """A graph's record of a partitioned variable: ids, since handles would keep the graph alive."""

    shape: TensorShape
    dtype: DType
    partitions: Sequence[int]
    parts: tuple[int, ...]  # the ids of the variables
    living: weakref.ref[PartitionedVariable]


def get_partitioned(
    graph: Graph, name: Any, partitioner: Callable[..., Sequence[int]] | None, arguments: dict[str, Any]
) -> PartitionedVariable:
    """Gets or makes a partitioned variable.

    Args:
        graph: The graph.
        name: The variable's full name.
        partitioner: The partitioner; None shares an existing variable however it is cut.
        arguments: The others of v1's getter, by keyword; the initializer is asked for each part, or cut into
            parts where it is a value.

    Raises:
        ValueError: With v1's texts; see `tf.get_variable`.
    """
    shape, dtype, initializer, reuse = (
        arguments.pop(each) for each in ("shape", "dtype", "initializer", "reuse")
    )
    whole = as_shape(shape)
    if isinstance(initializer, Tensor):
        whole = whole.merge_with(as_shape(initializer._dims))
    wanted = as_dtype(dtype).base_dtype
    unpartitioned = graph._find_variable(name) if isinstance(name, str) else None
    if unpartitioned is not None:
        raise is_not_partitioned(name, unpartitioned)
    partitions = None if partitioner is None else call_partitioner(partitioner, whole, wanted)
    record = graph._partitioned.get(name)
    if record is not None:
        if reuse is False:
            raise is_already_partitioned(name, graph.variable(record.parts[0]))
        return _shared(graph, name, record, whole, wanted, partitions)
    if reuse is True or partitions is None:
        raise partitioned_does_not_exist(graph, name)
    axis = slice_axis(whole, partitions)
    with _noted(graph, name), undone_if_failed(graph, made_variable=True):
        wrong = _wrong_parts(graph, name, partitions[axis])
        # Parts may be missing because another thread is making them.
        if wrong is not None and graph._note_maker(name, 0) == 1 and name not in graph._partitioned:
            raise wrong
        sizes: Any = whole.as_list()
        parts = []
        for number, part in enumerate(slices(sizes, partitions)):
            part_name = f"{name}/part_{number}"
            info = PartitionInfo(full_shape=sizes, var_offset=part.offset)
            initial: Any = initializer
            part_shape: Any = part.shape
            with name_scope(f"{part_name}/PartitionedInitializer"):
                if initializer is not None and not callable(initializer):
                    initial, part_shape = _cut(initializer, part, wanted), None
            variable = _core.part_of_variable(
                part_name, shape=part_shape, initializer=initial, partition_info=info, reuse=reuse,
                dtype=wanted if part_shape is not None else initial.dtype.base_dtype, **arguments,
            )  # fmt: skip
            variable._set_save_slice_info(SaveSliceInfo(name, sizes, part.offset, part.shape))
            parts.append(variable)
        made = PartitionedVariable(name, whole, parts[0].dtype.base_dtype, parts, partitions)
        numbers = tuple(part._id for part in parts)
        record = _Record(whole, made.dtype, partitions, numbers, weakref.ref(made))
        first = graph._partitioned.take_first(graph, name, record)
    return made if first is record else _shared(graph, name, first, whole, wanted, partitions)


@contextmanager
def _noted(graph: Graph, name: str) -> Iterator[None]:
    graph._note_maker(name, 1)
    try:
        yield
    finally:
        graph._note_maker(name, -1)


def _cut(value: Any, part: Slice, dtype: DType) -> Tensor:
    if not isinstance(value, Tensor):
        value = convert_to_tensor(value, dtype=dtype)
    return slice_(value, part.offset, part.shape)


def _shared(
    graph: Graph,
    name: str,
    record: _Record,
    whole: TensorShape,
    dtype: DType,
    partitions: Sequence[int] | None,
) -> PartitionedVariable:
    if not whole.is_compatible_with(record.shape):
        raise share_mismatch("reuse partitioned variable", name, "shape", whole, record.shape)
    if not dtype.is_compatible_with(record.dtype):
        raise share_mismatch("reuse partitioned variable", name, "dtype", dtype.name, record.dtype.name)
    if partitions is not None and list(partitions) != list(record.partitions):
        raise share_mismatch(
            "reuse partitioned variable", name, "partitions", list(partitions), list(record.partitions)
        )
    with graph._viewing:
        living: PartitionedVariable | None = graph._partitioned[name].living()
        if living is None:  # the object is gone, but its parts exist
            parts = [graph.variable(number) for number in record.parts]
            living = PartitionedVariable(name, record.shape, record.dtype, parts, record.partitions)
            graph._partitioned.take(graph, name, record._replace(living=weakref.ref(living)))
    return living


def _wrong_parts(graph: Graph, name: str, count: int) -> ValueError | None:
    """The error for existing parts, made explicitly or by a failed call, that do not match this variable."""
    if graph._find_variable(f"{name}/part_0") is None:
        return None
    if graph._find_variable(f"{name}/part_{count - 1}") is None:
        return parts_do_not_match(name, count, f"{name}/part_{count - 1} was not.")
    if graph._find_variable(f"{name}/part_{count}") is not None:
        return parts_do_not_match(name, count, f"so was the extra shard {name}/part_{count}.")
    return None
