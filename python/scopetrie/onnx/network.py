"""Softmax, losses, normalization."""

from __future__ import annotations

from .step import Held, Step, Value
from .table import converts


@converts("Softmax", to="Softmax")
def _softmax(step: Step) -> Value:
    return step.emit("Softmax", step.input(0), axis=-1)


@converts("LogSoftmax", to="LogSoftmax")
def _log_softmax(step: Step) -> Value:
    return step.emit("LogSoftmax", step.input(0), axis=-1)


@converts("SoftmaxCrossEntropyWithLogits", to="LogSoftmax Mul Neg ReduceSum Softmax Sub")
def _softmax_cross_entropy(step: Step) -> list[Value]:
    logits, labels = step.input(0), step.input(1)
    each = step.emit("Mul", labels, step.emit("LogSoftmax", logits, axis=-1))
    loss = step.emit("Neg", step.emit("ReduceSum", each, step.index([-1]), keepdims=0))
    return [loss, step.emit("Sub", step.emit("Softmax", logits, axis=-1), labels)]


_SPARSE = "Cast Equal Gather GatherElements LogSoftmax Neg Range Shape Softmax Squeeze Sub Unsqueeze"


@converts("SparseSoftmaxCrossEntropyWithLogits", to=_SPARSE)  # fmt: skip
def _sparse_softmax_cross_entropy(step: Step) -> list[Value]:
    logits, labels = step.input(0), step.cast(step.input(1), None)
    last = step.index([-1])
    chosen = step.emit(
        "GatherElements", step.emit("LogSoftmax", logits, axis=-1), step.emit("Unsqueeze", labels, last),
        axis=-1,
    )  # fmt: skip
    loss = step.emit("Neg", step.emit("Squeeze", chosen, last))
    depth = step.emit("Gather", step.emit("Shape", logits), step.index(-1))
    places = step.emit("Range", step.index(0), depth, step.index(1))
    wanted = step.emit("Equal", step.emit("Unsqueeze", labels, last), places)
    wanted = step.cast(wanted, step.dtype(0))
    return [loss, step.emit("Sub", step.emit("Softmax", logits, axis=-1), wanted)]


@converts("FusedBatchNormV3", to="BatchNormalization",
          note="Not in training: is_training=False.")  # fmt: skip
def _fused_batch_norm(step: Step) -> list[Held | Value | None]:
    if step.attrs["is_training"]:
        step.refuse("it is built for training: build it with is_training=False, as for inference.")
    first = not step.attrs["data_format"].startswith("NC")
    x = step.channels_first(0) if first else step.input(0)
    made = step.emit(
        "BatchNormalization", x, *(step.input(at) for at in range(1, 5)),
        epsilon=float(step.attrs["epsilon"]),
    )  # fmt: skip
    result = Held(None, made) if first else Held(made)
    return [result, step.input(3), step.input(4)]


@converts("LRN", to="LRN")
def _lrn(step: Step) -> Held:
    size = 2 * int(step.attrs["depth_radius"]) + 1
    made = step.emit(
        "LRN", step.channels_first(0), size=size, alpha=float(step.attrs["alpha"]) * size,
        beta=float(step.attrs["beta"]), bias=float(step.attrs["bias"]),
    )  # fmt: skip
    return Held(None, made)


def _resize(step: Step, **mode: object) -> Held:
    align, half = step.attrs["align_corners"], step.attrs["half_pixel_centers"]
    how = "align_corners" if align else "half_pixel" if half else "asymmetric"
    x = step.channels_first(0)
    if step.out_dtype() is not step.dtype(0):
        x = step.cast(x, step.out_dtype())
    batch = step.emit("Slice", step.emit("Shape", x), step.index([0]), step.index([2]))
    sizes = step.emit("Concat", batch, step.index_input(1), axis=0)
    return Held(None, step.emit("Resize", x, None, None, sizes, coordinate_transformation_mode=how, **mode))


@converts("ResizeNearestNeighbor", to="Cast Concat Resize Shape Slice")
def _resize_nearest(step: Step) -> Held:
    rounded = step.attrs["align_corners"] or step.attrs["half_pixel_centers"]
    return _resize(step, mode="nearest", nearest_mode="round_prefer_ceil" if rounded else "floor")


@converts("ResizeBilinear", to="Cast Concat Resize Shape Slice")
def _resize_bilinear(step: Step) -> Held:
    return _resize(step, mode="linear")
