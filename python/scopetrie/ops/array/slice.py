"""Cutting parts out of tensors: slice, strided_slice, and what `x[...]` builds."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import Variable, name_scope
from ...graph import Tensor
from ...public import v1, whole
from ...shapes import Dimension
from ..constant import constant, convert_to_tensor, index_array
from ..declare import SHORT_INDICES, attr, index, tensor
from ..direct import direct
from ..registry import define_op
from .fill import ones_like
from .join import stack

_BAD_INDEX: Final = (
    "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 "
    "tensors are "
    "valid indices, got "
)
newaxis: Final = None
v1("newaxis")(newaxis)


def _slice_kernel(xp: Any) -> Any:
    def cut(x: Any, begin: Any, size: Any) -> Any:
        key = []
        for first, count, size_of_all in zip(begin.tolist(), size.tolist(), x.shape, strict=True):
            last = size_of_all if count == -1 else first + count
            if not 0 <= first <= last <= size_of_all:
                raise ValueError(f"Expected size in [0, {size_of_all - first}], but got {count}")
            key.append(slice(first, last))
        return x[tuple(key)]

    return cut


_slice = define_op(
    "Slice", tensor("input"), index("begin", attr="Index"), index("size", attr="Index"),
    kernel=_slice_kernel,
)  # fmt: skip


@v1("slice")
@direct(_slice)
def slice_(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """Cuts a box out of a tensor.

    Args:
        input_: A tensor.
        begin: Where the box begins, for each dimension.
        size: The size of the box, -1 for all that is left.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `input_`.

    Raises:
        ValueError: If there is not one entry for each dimension.
    """
    return _slice(input_, begin, size, name=name)


def dense_key(
    rank: int, begin: Any, end: Any, strides: Any, begin_mask: int, end_mask: int, ellipsis_mask: int,
    new_axis_mask: int, shrink_axis_mask: int,
) -> list[Any]:  # fmt: skip
    """The key (slices, ints, None) that a strided slice's inputs and masks stand for.

    Args:
        rank: The rank of the tensor that is cut.
        begin: A list of ints, or of None where not known.
        end: The same.
        strides: The same.
        begin_mask: Bits of entries without a begin.
        end_mask: Bits of entries without an end.
        ellipsis_mask: The bit of the entry that is `...`.
        new_axis_mask: Bits of entries that add a dimension.
        shrink_axis_mask: Bits of entries that take one index.

    Returns:
        A key with an entry for each dimension and each added one; unknown slices are the string "?", unknown
        single indices "one".

    Raises:
        ValueError: If there are too many entries.
    """
    count = len(begin)
    used = sum(1 for i in range(count) if not (new_axis_mask | ellipsis_mask) >> i & 1)
    if used > rank:
        raise ValueError(f"Index out of range using input dim {rank}; input has only {rank} dims")
    key: list[Any] = []
    has_ellipsis = False
    for i in range(count):
        bit = 1 << i
        if ellipsis_mask & bit:
            has_ellipsis = True
            key += [slice(None)] * (rank - used)
        elif new_axis_mask & bit:
            key.append(None)
        elif shrink_axis_mask & bit:
            key.append("one" if begin[i] is None else begin[i])
        elif (
            strides[i] is None
            or (begin[i] is None and not begin_mask & bit)
            or (end[i] is None and not end_mask & bit)
        ):
            key.append("?")
        else:
            first = None if begin_mask & bit else begin[i]
            last = None if end_mask & bit else end[i]
            key.append(slice(first, last, strides[i]))
    if not has_ellipsis:
        key += [slice(None)] * (rank - used)
    return key


def _strided_kernel(xp: Any, **masks: int) -> Any:
    part = getattr(xp, "getitem", operator.getitem)

    def cut(x: Any, begin: Any, end: Any, strides: Any) -> Any:
        steps, singles = strides.tolist(), masks.get("shrink_axis_mask", 0)
        added = masks.get("new_axis_mask", 0) | masks.get("ellipsis_mask", 0)
        for at, step in enumerate(steps):
            if step <= 0 and not added >> at & 1:
                if not step:
                    raise ValueError(f"strides[{at}] must be non-zero")
                if singles >> at & 1:
                    raise ValueError("only stride 1 allowed on non-range indexing.")
        key = dense_key(len(x.shape), begin.tolist(), end.tolist(), steps, **masks)
        return part(x, tuple(key) if isinstance(x, np.ndarray) else tuple(_inside(key, x.shape)))

    return cut


def _inside(key: list[Any], shape: tuple[int, ...]) -> Iterator[Any]:
    """A key whose slices do not go beyond the sizes: the array standard leaves open what those would mean."""
    sizes = iter(shape)
    for each in key:
        size = 0 if each is None else next(sizes)  # None makes an axis
        if not isinstance(each, slice):
            yield each
            continue
        first, last, step = each.indices(size)
        empty = not range(first, last, step)
        yield slice(0, 0) if empty else slice(first, last if last >= 0 else None, step)


MASKS: Final = tuple(
    attr(f"{entry}_mask", int) for entry in ("begin", "ellipsis", "end", "new_axis", "shrink_axis")
)
_strided_slice = define_op(
    "StridedSlice", tensor("input"), tensor("begin", SHORT_INDICES, "Index", host=True),
    tensor("end", attr="Index", host=True), tensor("strides", attr="Index", host=True),
    kernel=_strided_kernel,
    attributes=MASKS,
)  # fmt: skip


@v1("strided_slice")
def strided_slice(
    input_: Any, begin: Any, end: Any, strides: Any = None, begin_mask: int = 0, end_mask: int = 0,
    ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0, var: Any = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Cuts a part out of a tensor, with steps; `x[...]` is the easier way to write it.

    Args:
        input_: A tensor.
        begin: First indices.
        end: Indices to stop before.
        strides: Steps, 1 if left out.
        begin_mask: Bits of entries whose begin does not count.
        end_mask: Bits of entries whose end does not count.
        ellipsis_mask: The bit of the entry that stands for as many dimensions as are left.
        new_axis_mask: Bits of entries that add a dimension.
        shrink_axis_mask: Bits of entries that take one index, whose dimension goes away.
        var: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `input_`.

    Raises:
        ValueError: If an index is known to be out of range.
    """
    firsts, lasts = index_array(begin), index_array(end)
    steps = ones_like(firsts) if strides is None else index_array(strides)
    return _strided_slice(
        input_, firsts, lasts, steps, begin_mask=begin_mask, end_mask=end_mask, ellipsis_mask=ellipsis_mask,
        new_axis_mask=new_axis_mask, shrink_axis_mask=shrink_axis_mask, name=name,
    )  # fmt: skip


_INTS: Final = (int, np.integer, Dimension)
_LAST: Final = np.iinfo(np.int32).max


@whole
def getitem(tensor: Any, key: Any) -> Tensor:
    """What `tensor[key]` builds.

    Args:
        tensor: A tensor or variable.
        key: An int, slice, `...`, None or scalar tensor, or a tuple of those.

    Returns:
        A tensor.

    Raises:
        TypeError: If the key is none of these.
        ValueError: If an index is known to be out of range.
    """
    if isinstance(tensor, Variable):
        tensor = tensor.value()
    begin: list[Any] = []
    end: list[Any] = []
    strides: list[Any] = []
    masks = {"begin_mask": 0, "end_mask": 0, "ellipsis_mask": 0, "new_axis_mask": 0, "shrink_axis_mask": 0}
    for i, each in enumerate(key if isinstance(key, (tuple, list)) else (key,)):
        bit = 1 << i
        if isinstance(each, slice):
            for value, into, mask, default in (
                (each.start, begin, "begin_mask", 0), (each.stop, end, "end_mask", 0),
            ):  # fmt: skip
                if value is None or (isinstance(value, Dimension) and value.value is None):
                    masks[mask] |= bit
                into.append(default if masks[mask] & bit else _index(value))
            strides.append(1 if each.step is None else _index(each.step))
        elif each is Ellipsis or each is None:
            masks["ellipsis_mask" if each is Ellipsis else "new_axis_mask"] |= bit
            begin.append(0)
            end.append(0 if each is Ellipsis else 1)
            strides.append(1)
        else:
            first = _index(each)
            begin.append(first)
            end.append(first + 1)
            strides.append(1)
            masks["shrink_axis_mask"] |= bit
    if begin and masks["ellipsis_mask"].bit_count() > 1:
        raise ValueError("Multiple ellipses in slice spec not allowed")
    with name_scope(None, "strided_slice", [tensor, *begin, *end, *strides]) as scope:
        dtype = next((x.dtype for x in (*begin, *end, *strides) if isinstance(x, Tensor)), None)
        firsts, lasts, steps = (
            _bounds(values, name, dtype)
            for values, name in ((begin, "stack"), (end, "stack_1"), (strides, "stack_2"))
        )
        return _strided_slice(tensor, firsts, lasts, steps, name=scope, **masks)


def _bounds(values: list[Any], name: str, dtype: Any) -> Tensor:
    if dtype is None or not any(isinstance(each, Tensor) for each in values):
        wide = any(abs(each) > _LAST for each in values)
        made = dtypes.int64 if wide else dtypes.int32 if dtype is None else dtype
        return constant(np.asarray(values, made.as_numpy_dtype), name=name)
    return stack(
        [convert_to_tensor(each, dtype) if not isinstance(each, int) else each for each in values], name=name
    )


def _index(value: Any) -> Any:
    if isinstance(value, _INTS) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, Variable):
        value = value.value()
    if isinstance(value, Tensor):
        if value.dtype.base_dtype in (dtypes.int16, dtypes.int32, dtypes.int64) and value._dims in ((), None):
            return value
    elif isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "iu":
        return int(value)
    raise TypeError(f"{_BAD_INDEX}{value!r}")
