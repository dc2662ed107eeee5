"""Shapes: asking for them, changing them, joining and cutting along an axis."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from .. import dtypes
from .conversion import Held, Step, Value
from .elementwise import filled
from .table import converts

LAST: Final = np.iinfo(np.int64).max  # an end of a slice beyond any


@converts("Shape", to="Cast Shape")
def _shape(step: Step) -> Value:
    return step.cast(step.emit("Shape", step.input(0)), step.out_dtype())


@converts("ShapeN", to="Cast Shape")
def _shape_n(step: Step) -> list[Value]:
    return [step.cast(step.emit("Shape", each), step.out_dtype()) for each in step.values()]


@converts("Size", to="Cast Size")
def _size(step: Step) -> Value:
    return step.cast(step.emit("Size", step.input(0)), step.out_dtype())


@converts("Rank", to="Cast Shape Size")
def _rank(step: Step) -> Value:
    return step.cast(step.emit("Size", step.emit("Shape", step.input(0))), step.out_dtype())


@converts("Reshape", to="Cast Reshape")
def _reshape(step: Step) -> Value:
    known = step.known(1)
    if known is not None and 0 not in known:
        return step.emit("Reshape", step.input(0), step.index(known))
    made = step.op.outputs[0]._dims
    whole = made is not None and None not in made
    return reshaped(step, step.input(0), step.index(made) if whole else step.index_input(1))


def reshaped(step: Step, value: Value, shape: Value) -> Value:
    """A value in another shape, in which 0 is a size, as in v1."""
    return step.emit("Reshape", value, shape, allowzero=1)


@converts("ExpandDims", to="Unsqueeze")
def _expand_dims(step: Step) -> Value:
    return step.emit("Unsqueeze", step.input(0), step.index(step.ints(1, "its axis")))


@converts("Squeeze", to="Squeeze")
def _squeeze(step: Step) -> Value:
    axes = step.attrs["squeeze_dims"]
    if not axes:
        return step.emit("Squeeze", step.input(0))
    return step.emit("Squeeze", step.input(0), step.index(list(axes)))


@converts("Transpose", to="Transpose", note="A known order.")
def _transpose(step: Step) -> Held | Value:
    order = step.ints(1, "the order of the dimensions")
    held, rank = step.holding(0), len(order)
    if rank > 2:
        # Orders that only move the channels cost nothing where they are to be moved anyway.
        if order == [0, rank - 1, *range(1, rank - 1)] and held.plain is None:
            return Held(held.first)
        if order == [0, *range(2, rank), 1]:
            return Held(None, step.input(0))
    return step.conversion.transposed(
        step.input(0), order, step.conversion.names.unique_name(f"{step.op.name}/Transpose")
    )


@converts("BroadcastTo", to="Cast Expand")
def _broadcast_to(step: Step) -> Value:
    return step.emit("Expand", step.input(0), step.index_input(1))


@converts("BroadcastArgs", to="Cast ConstantOfShape Expand Shape")
def _broadcast_args(step: Step) -> Value:
    blank = filled(step, step.index_input(0), 0, dtypes.bool)
    wide = step.emit("Expand", blank, step.index_input(1))
    return step.cast(step.emit("Shape", wide), step.out_dtype())


@converts("Fill", to="Cast Expand")
def _fill(step: Step) -> Value:
    return step.emit("Expand", step.input(1), step.index_input(0))


@converts("ConcatV2", to="Concat")
def _concat(step: Step) -> Held | Value:
    (axis,) = step.ints(len(step.inputs) - 1, "its axis")
    count = len(step.inputs) - 1
    held = [step.holding(at) for at in range(count)]
    if any(each.plain is None for each in held):
        rank = step.rank(0)
        axis %= rank
        place = {0: 0, rank - 1: 1}.get(axis, axis + 1)
        return Held(None, step.emit("Concat", *(step.channels_first(at) for at in range(count)), axis=place))
    return step.emit("Concat", *(step.input(at) for at in range(count)), axis=axis)


@converts("Pack", to="Concat Unsqueeze")
def _pack(step: Step) -> Value:
    axis = int(step.attrs["axis"])
    place = step.index([axis])
    return step.emit("Concat", *(step.emit("Unsqueeze", each, place) for each in step.values()), axis=axis)


@converts("Unpack", to="Split Squeeze Identity")
def _unpack(step: Step) -> list[Value]:
    axis, count = int(step.attrs["axis"]), int(step.attrs["num"])
    parts = _split(step, step.input(0), axis, [1] * count)
    return [step.emit("Squeeze", each, step.index([axis])) for each in parts]


def _split(step: Step, value: Value, axis: int, sizes: list[int]) -> list[Value]:
    if len(sizes) < 2:
        return [step.emit("Identity", value) for _ in sizes]
    return step.emit_all("Split", [value, step.index(sizes)], len(sizes), axis=axis)


@converts("Split", to="Identity Split")
def _split_evenly(step: Step) -> list[Value]:
    (axis,), count = step.ints(0, "its axis"), int(step.attrs["num_split"])
    if count == 1:
        return [step.emit("Identity", step.input(1))]
    dims = step.dims(1)
    size = None if dims is None else dims[axis]
    if size is not None:
        return _split(step, step.input(1), axis, [size // count] * count)
    return step.emit_all("Split", [step.input(1)], count, axis=axis, num_outputs=count)


@converts("SplitV", to="Cast Identity Split")
def _split_sizes(step: Step) -> list[Value]:
    (axis,), count = step.ints(2, "its axis"), int(step.attrs["num_split"])
    known = step.known(1)
    if known is not None:
        sizes = [int(each) for each in known.ravel()]
        if -1 in sizes:
            dims = step.dims(0)
            size = None if dims is None else dims[axis]
            if size is None:
                step.refuse("the size -1 stands for one that must be known: give all sizes.")
            sizes[sizes.index(-1)] = size - sum(sizes) - 1
        return _split(step, step.input(0), axis, sizes)
    if count == 1:
        return [step.emit("Identity", step.input(0))]
    return step.emit_all("Split", [step.input(0), step.index_input(1)], count, axis=axis)


def _pads(step: Step) -> Value:
    """Paddings `[rank, 2]` as ONNX has them: all before, then all after."""
    known = step.known(1)
    if known is not None:
        return step.index(known.T.ravel())
    turned = step.emit("Transpose", step.index_input(1), perm=[1, 0])
    return step.emit("Reshape", turned, step.index([-1]))


@converts("Pad", "PadV2", to="Cast Pad Reshape Transpose")
def _pad(step: Step) -> Held | Value:
    filling = [step.input(2)] if len(step.inputs) > 2 else []
    known = step.known(1)
    if known is not None and step.holding(0).plain is None:
        rows = [known[0], known[-1], *known[1:-1]]
        pads = step.index(np.stack(rows).T.ravel())
        return Held(None, step.emit("Pad", step.channels_first(0), pads, *filling))
    return step.emit("Pad", step.input(0), _pads(step), *filling)


@converts("MirrorPad", to="Cast Pad Reshape Transpose", note="The mode REFLECT.")
def _mirror_pad(step: Step) -> Value:
    if step.attrs["mode"] != "REFLECT":
        step.refuse("ONNX pads by reflection only: use the mode REFLECT, or concat with tf.reverse.")
    return step.emit("Pad", step.input(0), _pads(step), mode="reflect")


@converts("Tile", to="Cast Tile")
def _tile(step: Step) -> Value:
    return step.emit("Tile", step.input(0), step.index_input(1))


@converts("Range", to="Range")
def _range(step: Step) -> Value:
    return step.emit("Range", *step.values())


@converts("LinSpace", to="Add Cast Div Mul Range Sub", note="A known number of points.")
def _linspace(step: Step) -> Value:
    (count,) = step.ints(2, "the number of points")
    kind, first = step.dtype(0), step.input(0)
    steps = step.number(np.arange(count), kind)
    width = step.emit("Div", step.emit("Sub", step.input(1), first), step.number(max(count - 1, 1)))
    return step.emit("Add", step.emit("Mul", steps, width), first)


@converts("Slice", to="Add Cast Equal Slice Where")
def _slice(step: Step) -> Value:
    begin, size = step.known(1), step.known(2)
    if begin is not None and size is not None:
        ends = np.where(size == -1, LAST, begin.astype(np.int64) + size)
        return step.emit("Slice", step.input(0), step.index(begin), step.index(ends))
    first, count = step.index_input(1), step.index_input(2)
    whole = step.emit("Equal", count, step.index(-1))
    last = step.emit("Where", whole, step.index(LAST), step.emit("Add", first, count))
    return step.emit("Slice", step.input(0), first, last)


class _Cut:
    """What a strided slice does to a tensor: slices by axis, then axes that go, then axes that come."""

    def __init__(self, step: Step) -> None:
        masks = {
            name: int(step.attrs[f"{name}_mask"])
            for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
        }
        count = _length(step, 1)
        used = sum(1 for i in range(count) if not (masks["new_axis"] | masks["ellipsis"]) >> i & 1)
        self.entries: list[tuple[int, int]] = []  # which entry cuts which axis
        self.gone: list[int] = []
        self.come: list[int] = []
        self.masks = masks
        axis, place = 0, 0
        for i in range(count):
            bit = 1 << i
            if masks["ellipsis"] & bit:
                axis += step.rank(0) - used
                place += step.rank(0) - used
            elif masks["new_axis"] & bit:
                self.come.append(place)
                place += 1
            else:
                self.entries.append((i, axis))
                if masks["shrink_axis"] & bit:
                    self.gone.append(axis)
                else:
                    place += 1
                axis += 1


def _length(step: Step, at: int) -> int:
    dims = step.dims(at)
    if dims is None or dims[0] is None:
        step.refuse("how many slices there are must be known.")
    return dims[0]


@converts("StridedSlice", to="Add Cast Equal Gather Identity Slice Squeeze Unsqueeze Where",
          note="Known strides.")  # fmt: skip
def _strided_slice(step: Step) -> Value:
    cut, masks = _Cut(step), None
    masks = cut.masks
    strides = step.ints(3, "the strides")
    begin, end = step.known(1), step.known(2)
    value = step.input(0)
    if cut.entries:
        places = [i for i, _ in cut.entries]
        steps = [1 if masks["shrink_axis"] >> i & 1 else strides[i] for i in places]
        if begin is not None and end is not None:
            firsts, lasts = step.index(_firsts(begin, cut, steps)), step.index(_lasts(begin, end, cut, steps))
        else:
            firsts, lasts = _computed(step, cut, steps)
        axes = [axis for _, axis in cut.entries]
        value = step.emit("Slice", value, firsts, lasts, step.index(axes), step.index(steps))
    if cut.gone:
        value = step.emit("Squeeze", value, step.index(cut.gone))
    if cut.come:
        value = step.emit("Unsqueeze", value, step.index(cut.come))
    return value if cut.entries or cut.come else step.emit("Identity", value)


def _firsts(begin: Any, cut: _Cut, steps: list[int]) -> list[int]:
    made = []
    for (i, _), by in zip(cut.entries, steps, strict=True):
        open_ = cut.masks["begin"] >> i & 1 and not cut.masks["shrink_axis"] >> i & 1
        made.append((0 if by > 0 else LAST) if open_ else int(begin[i]))
    return made


def _lasts(begin: Any, end: Any, cut: _Cut, steps: list[int]) -> list[int]:
    made = []
    for (i, _), by in zip(cut.entries, steps, strict=True):
        if cut.masks["shrink_axis"] >> i & 1:
            made.append(int(begin[i]) + 1 or LAST)
        elif cut.masks["end"] >> i & 1:
            made.append(LAST if by > 0 else -LAST)
        else:
            made.append(int(end[i]))
    return made


def _computed(step: Step, cut: _Cut, steps: list[int]) -> tuple[Value, Value]:
    """Begins and ends that are computed: those that are left open, or take one index, are put in."""
    places = step.index([i for i, _ in cut.entries])
    begin = step.emit("Gather", step.index_input(1), places)
    end = step.emit("Gather", step.index_input(2), places)
    single = np.array([bool(cut.masks["shrink_axis"] >> i & 1) for i, _ in cut.entries])
    for name in ("begin", "end"):
        bits = np.array([bool(cut.masks[name] >> i & 1) for i, _ in cut.entries]) & ~single
        if not bits.any():
            continue
        far = [(0 if name == "begin" else LAST) if by > 0 else (LAST if name == "begin" else -LAST)
               for by in steps]  # fmt: skip
        chosen = step.number(bits, dtypes.bool)
        if name == "begin":
            begin = step.emit("Where", chosen, step.index(far), begin)
        else:
            end = step.emit("Where", chosen, step.index(far), end)
    if single.any():
        after = step.emit("Add", begin, step.index(1))
        after = step.emit("Where", step.emit("Equal", after, step.index(0)), step.index(LAST), after)
        end = step.emit("Where", step.number(single, dtypes.bool), after, end)
    return begin, end


@converts("ReverseV2", to="Slice Identity", note="Known axes.")
def _reverse(step: Step) -> Value:
    axes = step.ints(1, "the axes")
    if not axes:
        return step.emit("Identity", step.input(0))
    count = len(axes)
    return step.emit(
        "Slice", step.input(0), step.index([LAST] * count), step.index([-LAST] * count), step.index(axes),
        step.index([-1] * count),
    )  # fmt: skip


@converts("Roll", to="Concat Slice Identity", note="Known shifts and axes, and sizes of these.")
def _roll(step: Step) -> Value:
    value = step.input(0)
    dims = step.dims(0)
    rolled = False
    for by, axis in zip(step.ints(1, "the shifts"), step.ints(2, "the axes"), strict=False):
        size = None if dims is None else dims[axis]
        if size is None:
            step.refuse("the sizes of the axes that are rolled must be known.")
        at = -by % size if size else 0
        if not at:
            continue
        axes = step.index([axis])
        parts = [
            step.emit("Slice", value, step.index([first]), step.index([last]), axes)
            for first, last in ((at, LAST), (0, at))
        ]
        value, rolled = step.emit("Concat", *parts, axis=axis), True
    return value if rolled else step.emit("Identity", value)


@converts("ReverseSequence", to="Cast ReverseSequence", note="The axes 0 and 1.")
def _reverse_sequence(step: Step) -> Value:
    batch, time = int(step.attrs["batch_dim"]), int(step.attrs["seq_dim"])
    if {batch, time} != {0, 1}:
        step.refuse("ONNX reverses along the axes 0 and 1 only: transpose before.")
    return step.emit("ReverseSequence", step.input(0), step.index_input(1), batch_axis=batch, time_axis=time)


@converts("DepthToSpace", to="DepthToSpace", note="Channels last.")
def _depth_to_space(step: Step) -> Held:
    _channels_last(step)
    return Held(
        None, step.emit("DepthToSpace", step.channels_first(0), blocksize=int(step.attrs["block_size"]))
    )


@converts("SpaceToDepth", to="SpaceToDepth", note="Channels last.")
def _space_to_depth(step: Step) -> Held:
    _channels_last(step)
    return Held(
        None, step.emit("SpaceToDepth", step.channels_first(0), blocksize=int(step.attrs["block_size"]))
    )


def _channels_last(step: Step) -> None:
    if step.attrs["data_format"] != "NHWC":
        step.refuse("it is exported with the channels last alone: use data_format='NHWC'.")


@converts("SpaceToBatchND", to="Concat Div Mul Pad Reshape Shape Slice Transpose", note="Known blocks.")
def _space_to_batch(step: Step) -> Value:
    block, count = _blocks(step)
    rank = step.rank(0)
    pads = np.zeros((rank, 2), np.int64)
    pads[1 : count + 1] = np.reshape(step.ints(2, "the paddings"), (-1, 2))
    x = step.emit("Pad", step.input(0), step.index(pads.T.ravel()))
    shape = step.emit("Shape", x)
    sizes = [_part(step, shape, at, at + 1) for at in range(count + 1)]
    rest = [_part(step, shape, count + 1, rank)] if rank > count + 1 else []
    small = [step.emit("Div", size, step.index([by])) for size, by in zip(sizes[1:], block, strict=True)]
    inner = [each for size, by in zip(small, block, strict=True) for each in (size, step.index([by]))]
    x = reshaped(step, x, step.emit("Concat", sizes[0], *inner, *rest, axis=0))
    order = [*range(2, 2 * count + 1, 2), 0, *range(1, 2 * count, 2), *range(2 * count + 1, rank + count)]
    x = step.emit("Transpose", x, perm=order)
    batch = step.emit("Mul", sizes[0], step.index([int(np.prod(block))]))
    return reshaped(step, x, step.emit("Concat", batch, *small, *rest, axis=0))


@converts("BatchToSpaceND", to="Concat Div Mul Reshape Shape Slice Sub Transpose", note="Known blocks.")
def _batch_to_space(step: Step) -> Value:
    block, count = _blocks(step)
    rank = step.rank(0)
    crops = np.reshape(step.ints(2, "the crops"), (-1, 2))
    shape = step.emit("Shape", step.input(0))
    sizes = [_part(step, shape, at, at + 1) for at in range(count + 1)]
    rest = [_part(step, shape, count + 1, rank)] if rank > count + 1 else []
    batch = step.emit("Div", sizes[0], step.index([int(np.prod(block))]))
    shape = step.emit("Concat", step.index(block), batch, *sizes[1:], *rest, axis=0)
    x = reshaped(step, step.input(0), shape)
    pairs = [each for at in range(count) for each in (count + 1 + at, at)]
    x = step.emit("Transpose", x, perm=[count, *pairs, *range(2 * count + 1, rank + count)])
    wide = [step.emit("Mul", size, step.index([by])) for size, by in zip(sizes[1:], block, strict=True)]
    x = reshaped(step, x, step.emit("Concat", batch, *wide, *rest, axis=0))
    lasts = [
        step.emit("Sub", size, step.index([after])) for size, (_, after) in zip(wide, crops, strict=True)
    ]
    return step.emit(
        "Slice", x, step.index(crops[:, 0]), step.emit("Concat", *lasts, axis=0),
        step.index(list(range(1, count + 1))),
    )  # fmt: skip


def _blocks(step: Step) -> tuple[list[int], int]:
    block = step.ints(1, "the blocks")
    if not block:
        step.refuse("there are no blocks: leave it out.")
    return block, len(block)


def _part(step: Step, shape: Value, first: int, last: int) -> Value:
    return step.emit("Slice", shape, step.index([first]), step.index([last]))


__all__ = ["LAST", "filled"]
