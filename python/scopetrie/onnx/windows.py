"""Convolutions and poolings: v1 has the channels last, ONNX has them first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..ops.nn.windows.window import Geometry, borders, geometry, spatial_axes
from .step import Held, Step, Value
from .table import converts


def _is_first(step: Step) -> bool:
    return str(step.attrs["data_format"]).startswith("NC")


def _result(step: Step, made: Value) -> Held:
    return Held(made) if _is_first(step) else Held(None, made)


def _image(step: Step, at: int) -> Value:
    return step.input(at) if _is_first(step) else step.channels_first(at)


def _geometry(step: Step) -> Geometry:
    attrs = step.attrs
    strides = attrs["strides"]
    return geometry(
        attrs["data_format"], strides, attrs.get("dilations") or [1] * len(strides), attrs["padding"],
        attrs.get("explicit_paddings") or (),
    )  # fmt: skip


def _padding(step: Step, shape: Geometry, window: Sequence[int], dims: Any) -> dict[str, Any]:
    """The attributes of ONNX that say how an image is padded."""
    if shape.padding == "VALID" or (shape.padding == "SAME" and set(window) == {1}):
        return {}
    if shape.padding == "EXPLICIT":
        pairs = list(shape.explicit)
    else:
        axes = spatial_axes(step.attrs["data_format"], len(window) + 2)
        sizes = [None] * len(axes) if dims is None else [dims[axis] for axis in axes]
        if None in sizes:
            if any(by > 1 and reach > 1 for by, reach in zip(shape.dilations, window, strict=True)):
                step.refuse("with dilations, SAME needs images of known sizes.")
            if any(by > reach for by, reach in zip(shape.strides, window, strict=True)):
                step.refuse("with strides that are larger than the window, SAME needs images of known sizes.")
            return {"auto_pad": "SAME_UPPER"}
        pairs = borders([size for size in sizes if size is not None], window, shape)
    return {"pads": [before for before, _ in pairs] + [after for _, after in pairs]}


def _filters(step: Step, at: int, order: list[int]) -> Value:
    """Filters with their dimensions in ONNX's order; of a variable or constant at once."""
    value = step.input(at)
    name = f"{value.name}/channels_first"
    return step.conversion.transposed(value, order, step.conversion.names.unique_name(name))


def _window(step: Step, at: int) -> list[int]:
    dims = step.dims(at)
    sizes = None if dims is None else [each for each in dims[:-2] if each is not None]
    if dims is None or sizes is None or len(sizes) < len(dims) - 2:
        step.refuse("the size of its window must be known.")
    return sizes


@converts("Conv2D", "Conv3D", to="Conv Transpose")
def _conv(step: Step) -> Held:
    window, shape = _window(step, 1), _geometry(step)
    count = len(window)
    image, filters = step.dims(0), step.dims(1)
    axis = 1 if _is_first(step) else -1
    depth = None if image is None else image[axis]
    inner = None if filters is None else filters[-2]
    groups = 1 if depth is None or inner is None or not inner else max(depth // inner, 1)
    made = step.emit(
        "Conv", _image(step, 0), _filters(step, 1, [count + 1, count, *range(count)]),
        strides=list(shape.strides), dilations=list(shape.dilations), kernel_shape=window, group=groups,
        **_padding(step, shape, window, step.dims(0)),
    )  # fmt: skip
    return _result(step, made)


@converts("DepthwiseConv2dNative", to="Conv Reshape Transpose")
def _depthwise(step: Step) -> Held:
    window, shape = _window(step, 1), _geometry(step)
    dims = step.dims(1) or ()
    depth, times = dims[2], dims[3]
    if depth is None or times is None:
        step.refuse("the number of its channels must be known.")
    filters = _filters(step, 1, [2, 3, 0, 1])
    sizes = [depth * times, 1, *window]
    if filters.const_value is not None:
        name = step.conversion.names.unique_name(f"{filters.name}/depthwise")
        filters = step.conversion.initializer(filters.const_value.numpy().reshape(sizes), name)
    else:
        filters = step.emit("Reshape", filters, step.index(sizes))
    made = step.emit(
        "Conv", _image(step, 0), filters, strides=list(shape.strides), dilations=list(shape.dilations),
        kernel_shape=window, group=depth, **_padding(step, shape, window, step.dims(0)),
    )  # fmt: skip
    return _result(step, made)


@converts("Conv2DBackpropInput", "Conv3DBackpropInputV2", to="ConvTranspose Transpose",
          note="Images and results of known sizes.")  # fmt: skip
def _conv_transpose(step: Step) -> Held:
    window, shape = _window(step, 1), _geometry(step)
    count = len(window)
    axes = spatial_axes(step.attrs["data_format"], count + 2)
    dims, made_dims = step.dims(2), step.op.outputs[0]._dims
    if dims is None or made_dims is None:
        step.refuse("the sizes of its images must be known.")
    small, large = [dims[axis] for axis in axes], [made_dims[axis] for axis in axes]
    if None in small or None in large:
        step.refuse("the sizes of its images must be known.")
    wide = [each for each in large if each is not None]
    pads = borders(wide, window, shape)
    extra = []
    for at, (size, total) in enumerate(zip(small, wide, strict=True)):
        assert size is not None
        reach = (window[at] - 1) * shape.dilations[at] + 1
        extra.append(total - ((size - 1) * shape.strides[at] + reach - sum(pads[at])))
    # Where windows do not reach the end, ONNX's output_padding is limited to the stride; so it is here.
    made = step.emit(
        "ConvTranspose", _image(step, 2), _filters(step, 1, [count + 1, count, *range(count)]),
        strides=list(shape.strides), dilations=list(shape.dilations), kernel_shape=window,
        pads=[before for before, _ in pads] + [after for _, after in pads], output_padding=extra,
    )  # fmt: skip
    return _result(step, made)


def _pool(kind: str, **more: int) -> Callable[[Step], Held]:
    def convert(step: Step) -> Held:
        attrs = step.attrs
        rank = len(attrs["ksize"])
        axes = spatial_axes(attrs["data_format"], rank)
        others = [axis for axis in range(rank) if axis not in axes]
        if any(attrs[each][axis] != 1 for each in ("ksize", "strides") for axis in others):
            step.refuse("ONNX pools over the spatial dimensions alone: transpose before.")
        window, shape = [attrs["ksize"][axis] for axis in axes], _geometry(step)
        made = step.emit(
            kind, _image(step, 0), kernel_shape=window, strides=list(shape.strides),
            **_padding(step, shape, window, step.dims(0)), **more,
        )  # fmt: skip
        return _result(step, made)

    return convert


converts("MaxPool", "MaxPool3D", to="MaxPool Transpose")(_pool("MaxPool"))
converts("AvgPool", "AvgPool3D", to="AveragePool Transpose")(_pool("AveragePool", count_include_pad=0))
