"""Shapes: asking for them, changing them, joining and cutting along an axis."""

from __future__ import annotations

import numpy as np

from .. import dtypes
from .elementwise import filled
from .step import Held, Step, Value
from .table import converts


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
