"""Rows by numbers: dynamic_partition and dynamic_stitch."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ...graph import Tensor
from ...public import v1
from ..constant import index_array
from ..declare import attr, mixed, tensor
from ..faults import check_least
from ..registry import define_op, listed
from .indices import check_indices, rows_of, zeros_beside
from .scatter import scatter_rows


def _partition_kernel(xp: Any, num_partitions: int) -> Any:
    def divide_rows(data: Any, partitions: Any) -> Any:
        outer = len(partitions.shape)
        if tuple(data.shape[:outer]) != tuple(partitions.shape):
            raise ValueError(
                f"data.shape must start with partitions.shape, got data.shape = {list(data.shape)}, "
                f"partitions.shape = {list(partitions.shape)}"
            )
        check_indices(partitions, num_partitions, "partitions")
        rows, at = rows_of(xp, data, outer), rows_of(xp, partitions, outer)
        return tuple(xp.take(rows, xp.nonzero(at == i)[0], axis=0) for i in range(num_partitions))

    return divide_rows


_dynamic_partition = define_op(
    "DynamicPartition", tensor("data"), tensor("partitions", (dtypes.int32,), None),
    kernel=_partition_kernel, attributes=(attr("num_partitions", int),),
)  # fmt: skip


@v1("dynamic_partition")
def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: str | None = None
) -> list[Tensor]:
    """Deals the rows of a tensor out to several.

    Args:
        data: A tensor.
        partitions: For each row, the number of the tensor that it goes to.
        num_partitions: How many tensors.
        name: The operation's name.

    Returns:
        A list of tensors.
    """
    check_least(num_partitions, 1, "num_partitions", "DynamicPartition")
    return listed(
        _dynamic_partition(data, index_array(partitions), num_partitions=int(num_partitions), name=name)
    )


def _stitch_kernel(xp: Any) -> Any:
    def stitch(*arrays: Any) -> Any:
        half = len(arrays) // 2
        pairs = list(zip(arrays[:half], arrays[half:], strict=True))
        rest = tuple(arrays[half].shape[len(arrays[0].shape) :])
        for indices, data in pairs:
            if tuple(data.shape) != (*indices.shape, *rest):
                raise ValueError(
                    f"data.shape must be indices.shape + {list(rest)}, got data.shape = {list(data.shape)}, "
                    f"indices.shape = {list(indices.shape)}"
                )
        rows = xp.concat([rows_of(xp, data, len(indices.shape)) for indices, data in pairs], axis=0)
        places = xp.concat([rows_of(xp, indices, len(indices.shape)) for indices, _ in pairs], axis=0)
        if not places.shape[0]:
            return rows
        count = int(xp.max(places)) + 1
        check_indices(places, count)
        out = zeros_beside(xp, rows, (count, *rest))
        return scatter_rows(xp, out, places, rows, "update")

    return stitch


# Places first, then as many tensors: one list, of two dtypes.
_dynamic_stitch = define_op("DynamicStitch", mixed("indices", attr="T", host=False), kernel=_stitch_kernel)
parallel_stitch = define_op(
    "ParallelDynamicStitch", mixed("indices", attr="T", host=False), kernel=_stitch_kernel
)


@v1("dynamic_stitch")
def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """Puts the rows of several tensors in their places in one.

    Args:
        indices: For each tensor, the places of its rows.
        data: The tensors.
        name: The operation's name.

    Returns:
        A tensor.
    """
    return _dynamic_stitch([*(index_array(each) for each in indices), *data], name=name)
