"""Gradients of poolings and patches."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from array_api_compat import device

from ...errors import InvalidArgumentError
from ...graph import Operation, Tensor
from ...ops.array.fill import zeros_like
from ...ops.array.shape import shape
from ...ops.declare import FLOATS_HALF_FIRST, REALS, Ints, attr, tensor
from ...ops.folding import dims_from
from ...ops.nn.windows.pool import lowest
from ...ops.nn.windows.window import (
    Geometry,
    added_at,
    borders,
    channels_apart,
    cropped,
    filled_like,
    geometry,
    in_one_pass,
    padded,
    spatial_axes,
    window_counts,
    window_keys,
)
from ...ops.promises import makes_new
from ...ops.registry import OPS, define_op
from ..declare import attributes, gradient

Grads = list[Tensor | None]


def _check_shapes(x: Any, out: Any, grad: Any, window: tuple[int, ...], how: Geometry) -> None:
    wanted = (x.shape[0], *window_counts(x.shape[1:-1], window, how), x.shape[-1])
    for name, given in (("orig_output", out), ("grad", grad)):
        if tuple(given.shape) != wanted:
            raise InvalidArgumentError(
                None, None, f"Expected {name} shape to be {[*wanted]}, but got {[*given.shape]}"
            )


def _by_input(xp: Any, x: Any, out: Any, grad: Any, window: tuple[int, ...], how: Geometry) -> Any:
    _check_shapes(x, out, grad, window, how)
    spatial = x.shape[1:-1]
    edges = borders(spatial, window, how)
    if spread := in_one_pass(xp, "spread_largest", x):
        x, grad = np.ascontiguousarray(x), np.ascontiguousarray(grad)
        made = np.zeros(x.shape, x.dtype)
        spread(x, grad, made, window, how.strides, tuple(before for before, _ in edges))
        return made
    wide = padded(xp, x, edges)
    is_inside = padded(xp, filled_like(xp, x, (1, *spatial, 1), 1), edges) == 1
    # The first element of each window, or the first that is larger than what went before.
    keys = window_keys(window, out.shape[1:-1], how)
    best, chosen = xp.zeros_like(out), xp.full(out.shape, -1, dtype=xp.int32, device=device(out))
    for at, key in enumerate(keys):
        is_better = is_inside[key] & ((chosen < 0) | (wide[key] > best))
        best = xp.where(is_better, wide[key], best)
        chosen = xp.where(is_better, filled_like(xp, chosen, (), at), chosen)
    made = filled_like(xp, grad, wide.shape, 0)
    for at, key in enumerate(keys):
        made = added_at(made, key, grad * xp.astype(chosen == at, grad.dtype))
    return cropped(made, edges, spatial)


def _picked(xp: Any, x: Any, out: Any, grad: Any, window: tuple[int, ...], how: Geometry) -> Any:
    """What `grad`, of the shape of the input, has at the first element that is the window's largest."""
    edges = borders(x.shape[1:-1], window, how)
    wide, by_input = padded(xp, x, edges, lowest(xp, x.dtype)), padded(xp, grad, edges)
    made = filled_like(xp, out, out.shape, 0)
    is_found = made != 0
    for key in window_keys(window, out.shape[1:-1], how):
        here = (wide[key] == out) & ~is_found
        is_found = is_found | here
        made = made + by_input[key] * xp.astype(here, made.dtype)
    return made


def _kernel(function: Any) -> Any:
    def kernel(
        xp: Any, ksize: tuple[int, ...], strides: tuple[int, ...], padding: str, data_format: str = "NHWC",
        explicit_paddings: tuple[int, ...] = (), **rest: Any,
    ) -> Any:  # fmt: skip
        how = geometry(data_format, strides, (1,) * len(ksize), padding, explicit_paddings)
        window = tuple(ksize[axis] for axis in spatial_axes(data_format, len(ksize)))

        def backward(*arrays: Any) -> Any:
            return function(xp, *arrays, window, how)

        return makes_new(channels_apart(xp, backward, data_format))

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
    wanted = (sizes[0], *window_counts(spatial, window, how), sizes[-1])
    if (spread := in_one_pass(xp, "spread_mean", grad)) and tuple(grad.shape) == wanted:
        made = np.zeros(sizes, grad.dtype)
        spread(np.ascontiguousarray(grad), made, window, how.strides, tuple(before for before, _ in edges))
        return made
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
        if data_format.startswith("NC"):
            sizes = (sizes[0] * sizes[1], *sizes[2:], 1)
        return channels_apart(xp, lambda g: _spread_mean(xp, sizes, g, window, how), data_format)(grad)

    return makes_new(backward)


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
