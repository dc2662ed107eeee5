"""Gradients of what is in boxes of images."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ...graph import Operation, Tensor
from ...ops.array.shape import shape
from ...ops.declare import REALS, attr, index, tensor
from ...ops.elementwise.cast import cast
from ...ops.folding import dims_from
from ...ops.image.boxes import box_places
from ...ops.registry import define_op
from ..declare import attributes, gradient

Grads = list[Tensor | None]
_FLOAT = (dtypes.float32,)


def _corners(boxes: Any, size: Any, crop: Any) -> Any:
    """Where the pixels of crops lie, those that lie inside, their four neighbours and how near these are."""
    high, wide = int(size[1]), int(size[2])
    ys = box_places(boxes[:, 0], boxes[:, 2], high, crop[0])[:, :, None]
    xs = box_places(boxes[:, 1], boxes[:, 3], wide, crop[1])[:, None, :]
    inside = (ys >= 0) & (ys <= high - 1) & (xs >= 0) & (xs <= wide - 1)
    y, x = np.clip(ys, 0, high - 1), np.clip(xs, 0, wide - 1)
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    return inside, y, x, top, np.ceil(y).astype(int), left, np.ceil(x).astype(int)


def _image_kernel(xp: Any, T: Any = None, method: str = "bilinear") -> Any:
    def back(grad: Any, boxes: Any, which: Any, size: Any) -> Any:
        made = np.zeros([int(each) for each in size], np.float64)
        inside, y, x, top, bottom, left, right = _corners(boxes, size, grad.shape[1:3])
        at = np.broadcast_to(which[:, None, None], inside.shape)
        part = np.where(inside[..., None], grad, 0)
        if method == "nearest":
            half = np.float32(0.5)
            np.add.at(made, (at, np.floor(y + half).astype(int), np.floor(x + half).astype(int)), part)
            return made.astype(np.float32)
        down, across = (y - top)[..., None], (x - left)[..., None]
        np.add.at(made, (at, top, left), part * (1 - down) * (1 - across))
        np.add.at(made, (at, top, right), part * (1 - down) * across)
        np.add.at(made, (at, bottom, left), part * down * (1 - across))
        np.add.at(made, (at, bottom, right), part * down * across)
        return made.astype(np.float32)

    return back


_image_grad = define_op(
    "CropAndResizeGradImage", tensor("grads", _FLOAT, None, host=True),
    tensor("boxes", _FLOAT, None, host=True), index("box_ind", (dtypes.int32,), None),
    index("image_size", (dtypes.int32,), None),
    rule=lambda grad, boxes, which, size, **attrs: (dtypes.float32, dims_from(size)), kernel=_image_kernel,
    attributes=(attr("method", str, "bilinear"),), host_outputs=True,
)  # fmt: skip


def _boxes_kernel(xp: Any, method: str = "bilinear") -> Any:
    def back(grad: Any, image: Any, boxes: Any, which: Any) -> Any:
        image = np.asarray(image, np.float32)
        rows, columns = grad.shape[1:3]
        high, wide = image.shape[1:3]
        inside, y, x, top, bottom, left, right = _corners(boxes, image.shape, (rows, columns))
        at = which[:, None, None]
        down, across = (y - top)[..., None], (x - left)[..., None]
        first, second = image[at, top, left], image[at, top, right]
        third, fourth = image[at, bottom, left], image[at, bottom, right]
        by_y = (1 - across) * (third - first) + across * (fourth - second)
        by_x = (1 - down) * (second - first) + down * (fourth - third)
        by_y = np.where(inside, (by_y * grad).sum(-1), 0)
        by_x = np.where(inside, (by_x * grad).sum(-1), 0)
        made = np.zeros_like(boxes)
        for low, total, count, size in ((0, by_y, rows, high), (1, by_x, columns, wide)):
            along = np.arange(count) / max(count - 1, 1) if count > 1 else np.full(1, 0.5)
            part = total.sum(axis=2 if low == 0 else 1)
            made[:, low] = (part * (1 - along)).sum(1) * (size - 1)
            made[:, low + 2] = (part * along).sum(1) * (size - 1)
        return made.astype(np.float32)

    return back


_boxes_grad = define_op(
    "CropAndResizeGradBoxes", tensor("grads", _FLOAT, None, host=True), tensor("image", REALS, host=True),
    tensor("boxes", _FLOAT, None, host=True), index("box_ind", (dtypes.int32,), None),
    rule=lambda grad, image, boxes, which, **attrs: (dtypes.float32, boxes._dims), kernel=_boxes_kernel,
    attributes=(attr("method", str, "bilinear"),), host_outputs=True,
)  # fmt: skip


@gradient("CropAndResize")
def _crop(op: Operation, grad: Tensor) -> Grads:
    image, boxes, which, _ = op.inputs
    method = attributes(op).get("method", "bilinear")
    dims = image._dims
    known = dims is not None and None not in dims
    size: Any = list(dims) if known and dims is not None else shape(image)
    by_image: Tensor | None = None
    if image.dtype.base_dtype.is_floating:
        by_image = cast(_image_grad(grad, boxes, which, size, method=method), image.dtype.base_dtype)
    # As v1, which knows no derivative of "nearest" by the boxes, and takes that of "bilinear".
    return [by_image, _boxes_grad(grad, image, boxes, which), None, None]
