"""Blocks of images, put into the depth or the batch and back."""

from __future__ import annotations

import numpy as np

from .shaping import reshaped
from .step import Held, Step, Value
from .table import converts


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
