"""Gradients of images in another size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ...graph import Operation, Tensor
from ...ops.array.shape import shape
from ...ops.declare import FLOATS, attr, index, tensor
from ...ops.folding import dims_from
from ...ops.image.resampling import Kept, matrix, taps
from ...ops.registry import OPS, define_op
from ..declare import attributes, gradient

Grads = list[Tensor | None]


def _steps(method: str, corners: bool, half: bool) -> Kept:
    """The matrices that resized an axis of a size to another one."""

    def make(xp: Any, grad: Any, before: int, along: int) -> list[Any]:
        from array_api_compat import device

        weights = matrix(*taps(method, before, along, corners, half), before)
        return [xp.asarray(weights, dtype=grad.dtype, device=device(grad))]

    return Kept(make)


def _back(xp: Any, grad: Any, sizes: tuple[int, int], steps: Kept) -> Any:
    """The gradient by images of a size: each axis by the matrix that resized it."""
    for axis, before in ((1, sizes[0]), (2, sizes[1])):
        (step,) = steps(xp, grad, before, grad.shape[axis])
        moved = xp.moveaxis(grad, axis, -1)
        grad = xp.moveaxis(xp.matmul(moved, step), -1, axis)
    return grad


def _like_kernel(method: str) -> Callable[..., Any]:
    def kernel(xp: Any, align_corners: bool = False, half_pixel_centers: bool = False) -> Any:
        steps = _steps(method, align_corners, half_pixel_centers)

        def back(grad: Any, images: Any) -> Any:
            made = _back(xp, grad, (int(images.shape[1]), int(images.shape[2])), steps)
            return xp.astype(made, images.dtype)

        return back

    return kernel


def _size_kernel(xp: Any, align_corners: bool = False, half_pixel_centers: bool = False) -> Any:
    steps = _steps("nearest", align_corners, half_pixel_centers)

    def back(grad: Any, size: Any) -> Any:
        return _back(xp, grad, (int(size[0]), int(size[1])), steps)

    return back


_OPTIONS = (attr("align_corners", bool, False), attr("half_pixel_centers", bool, False))
for _type, _method in (("ResizeBilinear", "bilinear"), ("ResizeBicubic", "bicubic")):
    define_op(
        f"{_type}Grad", tensor("grads", (dtypes.float32,), None), tensor("original_image", FLOATS),
        rule=lambda grad, images, **attrs: (images.dtype.base_dtype, images._dims),
        kernel=_like_kernel(_method), attributes=_OPTIONS,
    )  # fmt: skip
_nearest_grad = define_op(
    "ResizeNearestNeighborGrad", tensor("grads", FLOATS), index("size", (dtypes.int32,), None),
    rule=lambda grad, size, **attrs: (
        grad.dtype.base_dtype,
        None if grad._dims is None else (grad._dims[0], *(dims_from(size) or (None, None)), grad._dims[3]),
    ),
    kernel=_size_kernel, attributes=_OPTIONS,
)  # fmt: skip


@gradient("ResizeBilinear", "ResizeBicubic")
def _like(op: Operation, grad: Tensor) -> Grads:
    images = op.inputs[0]
    if not images.dtype.base_dtype.is_floating:
        return [None, None]
    back: Any = OPS[f"{op.type}Grad"].function
    return [back(grad, images, **attributes(op)), None]


@gradient("ResizeNearestNeighbor")
def _nearest(op: Operation, grad: Tensor) -> Grads:
    dims = op.inputs[0]._dims
    known = dims is not None and None not in dims[1:3]
    size: Any = list(dims[1:3]) if known and dims is not None else shape(op.inputs[0])[1:3]
    return [_nearest_grad(grad, size, **attributes(op)), None]


# The second gradients: resizing is linear.


@gradient("ResizeBilinearGrad", "ResizeBicubicGrad")
def _of_like(op: Operation, grad: Tensor) -> Grads:
    forward: Any = OPS[op.type.removesuffix("Grad")].function
    return [forward(grad, shape(op.inputs[0])[1:3], **attributes(op)), None]


@gradient("ResizeNearestNeighborGrad")
def _of_nearest(op: Operation, grad: Tensor) -> Grads:
    forward: Any = OPS["ResizeNearestNeighbor"].function
    return [forward(grad, shape(op.inputs[0])[1:3], **attributes(op)), None]
