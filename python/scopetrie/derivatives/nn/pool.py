"""Gradients of poolings and patches."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from ...graph import Operation, Tensor
from ...ops.array.fill import zeros_like
from ...ops.array.indices import readable
from ...ops.array.shape import shape
from ...ops.declare import FLOATS_HALF_FIRST, REALS, Ints, attr, tensor
from ...ops.folding import dims_from
from ...ops.nn.pool import lowest
from ...ops.nn.window import (
    TO_FIRST,
    TO_LAST,
    Geometry,
    added_at,
    borders,
    cropped,
    filled_like,
    geometry,
    padded,
    spatial_axes,
    window_counts,
    window_keys,
)
from ...ops.promises import makes_new
from ...ops.registry import OPS, define_op
from ..declare import attributes, gradient

Grads = list[Tensor | None]


# Places of up to so many bytes are copied as one element each: NumPy's loop over a few channels costs more.
_PLACE: Final = 128


def _as_places(array: Any) -> Any:
    """NumPy's array `[..., C]` with a place's channels as one element, `[..., 1]`; others as they are."""
    size = array.shape[-1] * array.dtype.itemsize if readable(array) and array.flags.c_contiguous else 0
    return array.view(np.dtype((np.void, size))) if 0 < size <= _PLACE else array


def _at(array: Any, key: tuple[slice, ...]) -> Any:
    """A view or a copy of a part of an array, which takes all channels."""
    places = _as_places(array)
    return array[key] if places is array else np.ascontiguousarray(places[key]).view(array.dtype)


def _set_at(array: Any, key: tuple[slice, ...], part: Any) -> None:
    places = _as_places(array)
    if places is array or not part.flags.c_contiguous:
        array[key] = part
    else:
        places[key] = part.view(places.dtype)


def _chosen(xp: Any, x: Any, out: Any, window: tuple[int, ...], how: Geometry) -> Any:
    """For each entry of a window, its key in the padded array, and where it is the first that is largest."""
    edges = borders(x.shape[1:-1], window, how)
    wide = padded(xp, x, edges, lowest(xp, x.dtype))
    free = None  # windows whose largest element is still to come
    for key in window_keys(window, out.shape[1:-1], how):
        here = _at(wide, key) == out
        if free is None:
            free = ~here
        else:
            here &= free
            free ^= here
        yield key, here


def _by_input(xp: Any, x: Any, out: Any, grad: Any, window: tuple[int, ...], how: Geometry) -> Any:
    spatial = x.shape[1:-1]
    edges = borders(spatial, window, how)
    wide = [size + sum(edge) for size, edge in zip(spatial, edges, strict=True)]
    made = filled_like(xp, grad, (x.shape[0], *wide, x.shape[-1]), 0)
    apart = not hasattr(made, "at") and all(a <= b for a, b in zip(window, how.strides, strict=True))
    for key, here in _chosen(xp, x, out, window, how):
        # A product: many times as fast as xp.where with NumPy.
        part = grad * xp.astype(here, grad.dtype)
        if apart:  # windows do not overlap
            _set_at(made, key, part)
        else:
            made = added_at(made, key, part)
    return cropped(made, edges, spatial)


def _picked(xp: Any, x: Any, out: Any, grad: Any, window: tuple[int, ...], how: Geometry) -> Any:
    """What `grad`, of the shape of the input, has where the largest elements are."""
    wide = padded(xp, grad, borders(x.shape[1:-1], window, how))
    made = filled_like(xp, out, out.shape, 0)
    for key, here in _chosen(xp, x, out, window, how):
        made = made + wide[key] * xp.astype(here, made.dtype)
    return made


def _kernel(function: Any) -> Any:
    def kernel(
        xp: Any, ksize: tuple[int, ...], strides: tuple[int, ...], padding: str, data_format: str = "NHWC",
        explicit_paddings: tuple[int, ...] = (), **rest: Any,
    ) -> Any:  # fmt: skip
        how = geometry(data_format, strides, (1,) * len(ksize), padding, explicit_paddings)
        window = tuple(ksize[axis] for axis in spatial_axes(data_format, len(ksize)))

        def backward(*arrays: Any) -> Any:
            if not data_format.startswith("NC"):
                return function(xp, *arrays, window, how)
            made = function(
                xp, *(xp.permute_dims(each, TO_LAST[len(each.shape)]) for each in arrays), window, how
            )
            return xp.permute_dims(made, TO_FIRST[len(made.shape)])

        return makes_new(backward)

    return kernel


def _attributes(data_format: str) -> Any:
    return (
        attr("data_format", str, data_format), attr("explicit_paddings", Ints, ()), attr("ksize", Ints),
        attr("padding", str), attr("strides", Ints),
    )  # fmt: skip


for _wide in ("", "3D"):
    _format = "NDHWC" if _wide else "NHWC"
    for _name, _function, _rule in (
        ("Grad", _by_input, lambda x, out, grad, **attrs: (x.dtype.base_dtype, x._dims)),
        ("GradGrad", _picked, lambda x, out, grad, **attrs: (x.dtype.base_dtype, out._dims)),
    ):
        define_op(
            f"MaxPool{_wide}{_name}", tensor("orig_input", REALS), tensor("orig_output"), tensor("grad"),
            rule=_rule, kernel=_kernel(_function), attributes=_attributes(_format),
        )  # fmt: skip


def _spread_mean(xp: Any, sizes: tuple[int, ...], grad: Any, window: tuple[int, ...], how: Geometry) -> Any:
    spatial = sizes[1:-1]
    edges = borders(spatial, window, how)
    keys = window_keys(window, window_counts(spatial, window, how), how)
    wide = [size + sum(edge) for size, edge in zip(spatial, edges, strict=True)]
    if how.padding == "VALID":
        each = grad / math.prod(window)
    else:  # as v1: places outside the image do not count
        inside = padded(xp, filled_like(xp, grad, (1, *spatial, 1), 1), edges)
        count = inside[keys[0]]
        for key in keys[1:]:
            count = count + inside[key]
        each = grad / count
    made = filled_like(xp, grad, (sizes[0], *wide, sizes[-1]), 0)
    for key in keys:
        made = added_at(made, key, each)
    return cropped(made, edges, spatial)


def _mean_kernel(
    xp: Any, ksize: tuple[int, ...], strides: tuple[int, ...], padding: str, data_format: str = "NHWC"
) -> Any:
    how = geometry(data_format, strides, (1,) * len(ksize), padding)
    window = tuple(ksize[axis] for axis in spatial_axes(data_format, len(ksize)))

    def backward(orig_sizes: Any, grad: Any) -> Any:
        sizes = tuple(orig_sizes.tolist())
        if not data_format.startswith("NC"):
            return _spread_mean(xp, sizes, grad, window, how)
        sizes = (sizes[0], *sizes[2:], sizes[1])
        made = _spread_mean(xp, sizes, xp.permute_dims(grad, TO_LAST[len(sizes)]), window, how)
        return xp.permute_dims(made, TO_FIRST[len(sizes)])

    return backward


for _wide in ("", "3D"):
    define_op(
        f"AvgPool{_wide}Grad", tensor("orig_input_shape", attr=None, host=True),
        tensor("grad", FLOATS_HALF_FIRST), kernel=_mean_kernel,
        rule=lambda sizes, grad, **attrs: (grad.dtype.base_dtype, dims_from(sizes)),
        attributes=tuple(each for each in _attributes("NDHWC" if _wide else "NHWC")
                         if each.name != "explicit_paddings"),
    )  # fmt: skip


def _built(type: str, *inputs: Any, like: Operation) -> Tensor:
    op_def = OPS[type]
    function: Any = op_def.function
    known = {each.name for each in op_def.attributes}
    made: Tensor = function(*inputs, **{k: each for k, each in attributes(like).items() if k in known})
    return made


@gradient("MaxPool", "MaxPool3D")
def _max_pool(op: Operation, grad: Tensor) -> Tensor:
    return _built(f"{op.type}Grad", op.inputs[0], op.outputs[0], grad, like=op)


@gradient("MaxPoolWithArgmax")
def _max_pool_with_argmax(op: Operation, grad: Tensor, _: Tensor | None) -> Tensor:
    return _built("MaxPoolGrad", op.inputs[0], op.outputs[0], grad, like=op)


@gradient("MaxPoolGrad", "MaxPool3DGrad")
def _of_max_pool_grad(op: Operation, grad: Tensor) -> Grads:
    x, out, _ = op.inputs
    return [zeros_like(x), zeros_like(out), _built(f"{op.type}Grad", x, out, grad, like=op)]


@gradient("MaxPoolGradGrad", "MaxPool3DGradGrad")
def _of_max_pool_grad_grad(op: Operation, grad: Tensor) -> Grads:
    x, out, _ = op.inputs
    return [zeros_like(x), zeros_like(out), _built(op.type.removesuffix("Grad"), x, out, grad, like=op)]


@gradient("AvgPool", "AvgPool3D")
def _avg_pool(op: Operation, grad: Tensor) -> Tensor:
    return _built(f"{op.type}Grad", shape(op.inputs[0]), grad, like=op)


@gradient("AvgPoolGrad", "AvgPool3DGrad")
def _of_avg_pool_grad(op: Operation, grad: Tensor) -> Grads:
    return [None, _built(op.type.removesuffix("Grad"), grad, like=op)]


def _patch_kernel(
    xp: Any, ksizes: tuple[int, ...], strides: tuple[int, ...], rates: tuple[int, ...], padding: str
) -> Any:
    how, window = geometry("NHWC", strides, rates, padding), tuple(ksizes[1:3])

    def put_back(orig_sizes: Any, grad: Any) -> Any:
        sizes = tuple(orig_sizes.tolist())
        edges = borders(sizes[1:3], window, how)
        wide = [size + sum(edge) for size, edge in zip(sizes[1:3], edges, strict=True)]
        made, depth = filled_like(xp, grad, (sizes[0], *wide, sizes[3]), 0), sizes[3]
        for at, key in enumerate(window_keys(window, grad.shape[1:3], how)):
            made = added_at(made, key, grad[..., at * depth : (at + 1) * depth])
        return cropped(made, edges, sizes[1:3])

    return put_back


# v1 has no such op: it multiplies by a sparse matrix of ones.
_patches_grad = define_op(
    "ExtractImagePatchesGrad", tensor("orig_input_shape", attr=None, host=True),
    tensor("grad", FLOATS_HALF_FIRST), kernel=_patch_kernel,
    rule=lambda sizes, grad, **attrs: (grad.dtype.base_dtype, dims_from(sizes)),
    attributes=(attr("ksizes", Ints), attr("padding", str), attr("rates", Ints), attr("strides", Ints)),
)  # fmt: skip


@gradient("ExtractImagePatches")
def _extract_patches(op: Operation, grad: Tensor) -> Tensor:
    return _patches_grad(shape(op.inputs[0]), grad, **attributes(op))


@gradient("ExtractImagePatchesGrad")
def _of_patches_grad(op: Operation, grad: Tensor) -> Grads:
    return [None, _built("ExtractImagePatches", grad, like=op)]
