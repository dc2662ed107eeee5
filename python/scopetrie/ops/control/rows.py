"""The operations of a TensorArray: each takes rows as a value, and gives new ones.

The value that a TensorArray's `flow` has in a session is a `Rows`: a list of arrays. Writing copies the list,
not the arrays, so that what was read before stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import dtypes
from ...dtypes import DType
from ...errors import InvalidArgumentError, UnimplementedError
from ...graph import Tensor
from ..array.indices import zeros_of
from ..declare import Sizes, attr, index, tensor
from ..node_text import Dims
from ..registry import Spec, define_op

__all__ = ["Rows", "concat_rows", "make_rows", "pick_rows", "put_rows", "read_row", "row_count", "split_rows",
           "write_row"]  # fmt: skip


class Rows:
    """What a TensorArray holds in a session.

    Attributes:
        items: An array or None for each place.
        dims: The shape of all items, as far as it is known.
        dtype: Their dtype.
        grows: Whether writing beyond the end makes it longer.
        name: What errors call it.
    """

    __slots__ = ("dims", "dtype", "grows", "items", "name")

    def __init__(self, items: list[Any], dims: Dims, dtype: DType, grows: bool, name: str) -> None:
        self.items = items
        self.dims = dims
        self.dtype = dtype
        self.grows = grows
        self.name = name

    def like(self, items: list[Any]) -> Rows:
        """The same with other items."""
        return Rows(items, self.dims, self.dtype, self.grows, self.name)

    def blank(self, xp: Any) -> Any:
        """The zeros that stand in a place that was never written; None if their shape is not known."""
        dims = self.dims
        if dims is None or None in dims:
            dims = next((item.shape for item in self.items if item is not None), None)
        return None if dims is None else zeros_of(xp, self.dtype, dims)

    def read(self, xp: Any, at: int) -> Any:
        """The array of a place.

        Raises:
            InvalidArgumentError: If there is no such place, or nothing was written there.
        """
        if not 0 <= at < len(self.items):
            raise _invalid(f"Tried to read from index {at} but array size is: {len(self.items)}")
        found = self.items[at]
        if found is None:
            found = self.blank(xp)
        if found is None:
            raise _invalid(
                f"TensorArray {self.name}: Could not read from TensorArray index {at}.  Furthermore, the "
                "element "
                f"shape is not fully defined: {_text(self.dims)}. Write to the index first, or give "
                "element_shape."
            )
        return found

    def write(self, at: int, value: Any) -> Rows:
        """The rows with an array in a place that is empty.

        Raises:
            InvalidArgumentError: If there is no such place, or it is not empty, or the shape does not fit.
        """
        items = list(self.items)
        self.put(items, at, value)
        return self.like(items)

    def put(self, items: list[Any], at: int, value: Any) -> None:
        """Puts an array into a list that is to be the items; see `write`."""
        if at >= len(items) and self.grows:
            items += [None] * (at + 1 - len(items))
        if not 0 <= at < len(items):
            raise _invalid(
                f"TensorArray {self.name}: Tried to write to index {at} but array is not resizeable and "
                "size is: "
                f"{len(items)}"
            )
        if items[at] is not None:
            raise _invalid(
                f"TensorArray {self.name}: Could not write to TensorArray index {at} because it has "
                "already been "
                "written to."
            )
        shape = tuple(value.shape)
        if self.dims is not None and not _fits(shape, self.dims):
            raise _invalid(
                f"TensorArray {self.name}: Could not write to TensorArray index {at} because the value "
                "shape is "
                f"{list(shape)} which is incompatible with the TensorArray's inferred element shape: "
                f"{_text(self.dims)} (consider setting infer_shape=False)."
            )
        items[at] = value


def _fits(shape: tuple[int, ...], dims: tuple[int | None, ...]) -> bool:
    return len(shape) == len(dims) and all(b in (a, None) for a, b in zip(shape, dims, strict=True))


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)


def _text(dims: Dims) -> str:
    return "<unknown>" if dims is None else str(["?" if size is None else size for size in dims])


def _flow(*inputs: Tensor, **attrs: Any) -> Spec:
    return dtypes.float32, ()


def _kernel(compute: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that needs only the array namespace."""
    return lambda xp, **attrs: lambda *values: compute(xp, *values)


def _made(
    xp: Any,
    dtype: DType,
    dynamic_size: bool = False,
    element_shape: Dims = None,
    tensor_array_name: str = "",
) -> Any:
    return lambda size: Rows(
        [None] * max(int(size), 0), element_shape, dtype, dynamic_size, tensor_array_name or "TensorArray"
    )


make_rows = define_op(
    "TensorArray", index("size", (dtypes.int32,), None), rule=_flow, kernel=_made,
    attributes=(
        attr("dtype", DType), attr("dynamic_size", bool, False), attr("element_shape", Sizes, None),
        attr("tensor_array_name", str, ""),
    ),
)  # fmt: skip

write_row = define_op(
    "TensorArrayWrite", index("index", (dtypes.int32,), None), tensor("value"), tensor("flow_in", attr=None),
    name="TensorArrayWriteV3", scoped=False, rule=_flow,
    kernel=_kernel(lambda xp, at, value, rows: rows.write(int(at), value)),
)  # fmt: skip


def _element(at: Tensor, flow: Tensor, dtype: DType, element_shape: Dims) -> Spec:
    return dtype, element_shape


_ELEMENTS = (attr("dtype", DType), attr("element_shape", Sizes, None))
read_row = define_op(
    "TensorArrayRead", index("index", (dtypes.int32,), None), tensor("flow_in", attr=None),
    name="TensorArrayReadV3", scoped=False, rule=_element, attributes=_ELEMENTS,
    kernel=_kernel(lambda xp, at, rows: rows.read(xp, int(at))),
)  # fmt: skip


def _stack(xp: Any, places: Any, rows: Rows) -> Any:
    items = [rows.read(xp, int(at)) for at in places]
    if not items:
        if rows.dims is None or None in rows.dims:
            raise UnimplementedError(
                None,
                None,
                f"TensorArray has size zero, but element shape {_text(rows.dims)} is not fully defined. "
                "Currently "
                "only static shapes are supported when packing zero-size TensorArrays.",
            )
        return zeros_of(xp, rows.dtype, (0, *rows.dims))
    for at, item in enumerate(items):
        if item.shape != items[0].shape:
            raise _invalid(
                f"TensorArray has inconsistent shapes.  Index 0 has shape: {list(items[0].shape)} but "
                f"index {at} "
                f"has shape: {list(item.shape)}"
            )
    return xp.stack([xp.asarray(item) for item in items])


def _stacked(places: Tensor, flow: Tensor, dtype: DType, element_shape: Dims) -> Spec:
    # As v1, which does not look at how many places there are.
    return dtype, None if element_shape is None else (None, *element_shape)


pick_rows = define_op(
    "TensorArrayGather", index("indices", (dtypes.int32,), None), tensor("flow_in", attr=None),
    name="TensorArrayGatherV3", scoped=False, rule=_stacked, attributes=_ELEMENTS, kernel=_kernel(_stack),
)  # fmt: skip


def _scatter(xp: Any, places: Any, value: Any, rows: Rows) -> Rows:
    if len(places) > value.shape[0]:
        raise _invalid(
            f"Expected {len(places)} values for {len(places)} indices, but there are {value.shape[0]}"
        )
    last = int(np.max(places, initial=-1))
    if last >= len(rows.items) and not rows.grows:
        raise _invalid(f"Max scatter index must be < array size ({last} vs. {len(rows.items)})")
    items = list(rows.items)
    for number, at in enumerate(places):
        rows.put(items, int(at), value[number, ...])
    return rows.like(items)


put_rows = define_op(
    "TensorArrayScatter", index("indices", (dtypes.int32,), None), tensor("value"),
    tensor("flow_in", attr=None), name="TensorArrayScatterV3", scoped=False, rule=_flow,
    kernel=_kernel(_scatter),
)  # fmt: skip


def _concat(xp: Any, rows: Rows) -> Any:
    items = [rows.read(xp, at) for at in range(len(rows.items))]
    for at, item in enumerate(items):
        if not item.shape:
            raise _invalid(
                f"Concat saw a scalar shape at index {at} but requires at least vectors.  Did you mean to "
                "call pack?"
            )
    if not items:
        return _stack(xp, [], rows)
    return xp.concat(items, axis=0)


def _joined(flow: Tensor, dtype: DType, element_shape: Dims) -> Spec:
    return dtype, None if not element_shape else (None, *element_shape[1:])


concat_rows = define_op(
    "TensorArrayConcat", tensor("flow_in", attr=None), name="TensorArrayConcatV3", scoped=False, rule=_joined,
    attributes=_ELEMENTS, kernel=_kernel(_concat),
)  # fmt: skip


def _split(xp: Any, value: Any, lengths: Any, rows: Rows) -> Rows:
    total = int(np.sum(lengths))
    if total != value.shape[0]:
        raise _invalid(
            "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is "
            f"{total} and value's shape is: {list(value.shape)}"
        )
    items, start = list(rows.items), 0
    for at, length in enumerate(lengths):
        rows.put(items, at, value[start : start + int(length), ...])
        start += int(length)
    return rows.like(items)


split_rows = define_op(
    "TensorArraySplit", tensor("value"), index("lengths", (dtypes.int64, dtypes.int32), None),
    tensor("flow_in", attr=None), name="TensorArraySplitV3", scoped=False, rule=_flow, kernel=_kernel(_split),
)  # fmt: skip

row_count = define_op(
    "TensorArraySize", tensor("flow_in", attr=None), name="TensorArraySizeV3", scoped=False,
    rule=lambda flow: (dtypes.int32, ()), host_outputs=True,
    kernel=_kernel(lambda xp, rows: np.asarray(len(rows.items), np.int32)),
)  # fmt: skip
