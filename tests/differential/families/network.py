"""Calls of tf.nn: activations, losses, normalization, convolution, pooling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from differential.draw import ALL, Draw, Json, count
from differential.families.elementwise import Accepts

POOLS: Final = "nn.max_pool nn.avg_pool nn.max_pool_with_argmax".split()


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for dtype in [*ALL, *["float32"] * 8, "float64", "float64"]:
        for _ in range(4):
            yield from _rows(draw, dtype)
        for _ in range(3):
            yield from _losses(draw, dtype)
            yield from _norms(draw, dtype)
    for dtype in ["float32", "float32", "float64", "float16", "int32", "float32", "bfloat16", "int8"] * 4:
        for _ in range(4):
            yield from _convolutions(draw, dtype)
            yield from _pools(draw, dtype)
    for dtype in ("float32", "float64", "float16"):
        for kind in ("special", "mixed", "mixed"):
            logits, labels = draw.tensor(dtype, [2, 3], kind), draw.tensor(dtype, [2, 3], "unit")
            for name in ("nn.softmax", "nn.log_softmax", "nn.relu", "nn.relu6", "nn.elu", "nn.selu"):
                yield [name, [logits], {}]
            for name in ("sigmoid_cross_entropy_with_logits", "softmax_cross_entropy_with_logits_v2"):
                yield [f"nn.{name}", [], {"labels": labels, "logits": logits}]
            for classes in ([0, 2], [3, 0], [-1, 1]):
                sparse = draw.tensor("int64", [2], values=classes)
                yield [
                    "nn.sparse_softmax_cross_entropy_with_logits",
                    [],
                    {"labels": sparse, "logits": logits},
                ]
            image = draw.tensor(dtype, [1, 3, 3, 1], kind)
            for name in POOLS:
                yield [name, [image, [1, 2, 2, 1], [1, 1, 1, 1], "SAME"], {}]


def _rows(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape(0 if draw.chance() < 0.1 else 1, 3)
    kind = draw.pick(["plain", "plain", "mixed"])
    kwargs = {"axis": draw.axis(len(shape))} if draw.chance() < 0.5 else {}
    yield ["nn.softmax", [draw.tensor(dtype, shape, kind)], kwargs]
    yield ["nn.log_softmax", [draw.tensor(dtype, shape, kind)], kwargs]
    yield ["nn.crelu", [draw.tensor(dtype, shape, kind)], kwargs]
    bias = [shape[-1] if shape else 1]
    if draw.chance() < 0.12:
        bias = [draw.pick([1, 5])]
    value = [*shape] if len(shape) > 1 else [2, *bias]
    formats = {} if draw.chance() < 0.7 else {"data_format": draw.pick(["NHWC", "NCHW", "N...C", "NC..."])}
    yield ["nn.bias_add", [draw.tensor(dtype, value), draw.tensor(dtype, bias)], formats]
    rows, inner, columns = draw.size(), draw.size(), draw.size()
    args = [
        draw.tensor(dtype, [rows, inner]),
        draw.tensor(dtype, [inner, columns]),
        draw.tensor(dtype, [columns]),
    ]
    yield [draw.pick(["nn.xw_plus_b", "nn.relu_layer"]), args, {}]


def _losses(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape(0 if draw.chance() < 0.05 else 1, 3)
    kind = draw.pick(["plain", "plain", "mixed"])
    labels = draw.tensor(dtype, shape if draw.chance() < 0.9 else draw.broadcasting(shape), "unit")
    logits = draw.tensor(dtype, shape, kind)
    both = {"labels": labels, "logits": logits}
    axis = {} if draw.chance() < 0.7 else {"axis": draw.axis(len(shape))}
    yield ["nn.softmax_cross_entropy_with_logits_v2", [], both | axis]
    yield ["nn.softmax_cross_entropy_with_logits", [], both]
    yield ["nn.sigmoid_cross_entropy_with_logits", [], both]
    yield ["nn.weighted_cross_entropy_with_logits", [], both | {"pos_weight": draw.pick([0.5, 2])}]
    yield ["nn.log_poisson_loss", [labels, logits, draw.chance() < 0.5], {}]
    classes = shape[-1] if shape else 2
    lead = shape[:-1] if draw.chance() < 0.95 else shape
    sparse = draw.tensor(draw.pick(["int32", "int64"]), lead, values=draw.indices(classes, count(lead)))
    yield ["nn.sparse_softmax_cross_entropy_with_logits", [], {"labels": sparse, "logits": logits}]


def _norms(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape(1, 4)
    x = draw.tensor(dtype, shape, draw.pick(["plain", "plain", "mixed"]))
    axes = sorted(draw.random.sample(range(len(shape)), draw.int(1, len(shape))))
    keep = {"keep_dims": True} if draw.chance() < 0.3 else {}
    yield ["nn.moments", [x, axes], keep]
    yield ["nn.sufficient_statistics", [x, axes], keep]
    yield ["nn.weighted_moments", [x, axes, draw.tensor(dtype, shape, "positive")], keep]
    channels = [shape[-1]]
    mean, offset = (draw.tensor(dtype, channels) for _ in range(2))
    variance, scale = (draw.tensor(dtype, channels, "positive") for _ in range(2))
    yield ["nn.batch_normalization", [x, mean, variance, offset, scale, 0.001], {}]
    image = [draw.int(0, 2), draw.int(1, 3), draw.int(1, 3), draw.int(1, 3)]
    wide = [image[-1]]
    mean, offset = (draw.tensor(dtype, wide) for _ in range(2))
    variance, scale = (draw.tensor(dtype, wide, "positive") for _ in range(2))
    kwargs: Json = {"is_training": True}
    if draw.chance() < 0.5:
        kwargs = {"is_training": False, "mean": mean, "variance": variance}
    if draw.chance() < 0.2:
        kwargs["data_format"] = "NCHW"
    yield ["nn.fused_batch_norm", [draw.tensor(dtype, image), scale, offset], kwargs]
    kwargs = (
        {}
        if draw.chance() < 0.3
        else {"depth_radius": draw.int(0, 2), "bias": draw.pick([1, 2]), "alpha": 0.5}
    )
    yield ["nn.lrn", [draw.tensor(dtype, image)], kwargs]


def _format(draw: Draw, kwargs: Json, image: list[int]) -> list[int]:
    if draw.chance() < 0.08:
        kwargs["data_format"] = "NCHW"
        return [image[0], image[3], image[1], image[2]]
    return image


def _convolutions(draw: Draw, dtype: str) -> Iterator[Json]:
    deep, out = draw.int(1, 2), draw.int(1, 2)
    image = [draw.int(0, 2), draw.int(1, 5), draw.int(1, 5), deep]
    taps = [draw.int(1, 3), draw.int(1, 3), deep if draw.chance() < 0.93 else deep + 1, out]
    step = draw.pick([1, 1, 2, 2, 3, 0 if draw.chance() < 0.3 else 1])
    padding = draw.pick(["SAME", "VALID"])
    kwargs: Json = {} if draw.chance() < 0.8 else {"dilations": [1, draw.int(1, 2), draw.int(1, 2), 1]}
    filters = draw.tensor(dtype, taps)
    yield ["nn.conv2d", [draw.tensor(dtype, image), filters, [1, step, step, 1], padding], kwargs]
    kwargs = {} if draw.chance() < 0.8 else {"rate": [2, 2]}
    yield ["nn.depthwise_conv2d", [draw.tensor(dtype, image), filters, [1, step, step, 1], padding], kwargs]
    given = draw.tensor(dtype, [image[0], image[1], deep])
    yield ["nn.conv1d", [given, draw.tensor(dtype, [taps[0], deep, out]), step, padding], {}]
    cube = [draw.int(0, 1), draw.int(1, 3), draw.int(1, 3), draw.int(1, 3), deep]
    yield [
        "nn.conv3d",
        [draw.tensor(dtype, cube), draw.tensor(dtype, [2, 1, 2, deep, out]), [1, 1, 1, 1, 1], padding],
        {},
    ]
    step = max(step, 1)
    rows, columns = (
        size * step if padding == "SAME" else size * step + max(tap - step, 0)
        for size, tap in zip(image[1:3], taps[:2], strict=True)
    )
    if draw.chance() < 0.06:
        rows += 2
    small = draw.tensor(dtype, [image[0], image[1], image[2], out])
    target = draw.ints([image[0], rows, columns, deep], "int32")
    taps[2] = deep
    filters = draw.tensor(dtype, taps)
    yield ["nn.conv2d_transpose", [small, filters, target, [1, step, step, 1], padding], {}]
    yield ["nn.atrous_conv2d", [draw.tensor(dtype, image), filters, draw.int(1, 2), padding], {}]
    kwargs = {"padding": padding, "strides": [step, step]} if draw.chance() < 0.5 else {"padding": padding}
    yield ["nn.convolution", [draw.tensor(dtype, image), filters], kwargs]
    point = draw.tensor(dtype, [1, 1, deep * out, 2])
    yield [
        "nn.separable_conv2d",
        [draw.tensor(dtype, image), filters, point, [1, step, step, 1], padding],
        {},
    ]


def _pools(draw: Draw, dtype: str) -> Iterator[Json]:
    image = [draw.int(0, 2), draw.int(1, 5), draw.int(1, 5), draw.int(1, 2)]
    padding = draw.pick(["SAME", "VALID"])
    window = [1, draw.int(1, 3), draw.int(1, 3), 1]
    strides = [1, draw.int(1, 3), draw.int(1, 2), 1]
    if draw.chance() < 0.08:
        draw.pick([window, strides])[1] = draw.pick([0, -1])
    for name in POOLS:
        kwargs: Json = {}
        shape = _format(draw, kwargs, image) if "argmax" not in name else image
        if kwargs:
            window = strides = [1, 1, 2, 2]
        x = draw.tensor(dtype, shape, draw.pick(["plain", "plain", "mixed"]))
        yield [name, [x, window, strides, padding], kwargs]
    cube = [draw.int(0, 1), draw.int(1, 3), draw.int(1, 3), draw.int(1, 3), 1]
    name = draw.pick(["nn.max_pool3d", "nn.avg_pool3d"])
    yield [name, [draw.tensor(dtype, cube), [1, 2, 2, 1, 1], [1, draw.int(1, 2), 1, 1, 1], padding], {}]
    row = draw.tensor(dtype, image[1:])
    yield [draw.pick(["nn.max_pool1d", "nn.avg_pool1d"]), [row, draw.int(1, 2), draw.int(1, 2), padding], {}]
    kind = draw.pick(["MAX", "AVG"])
    kwargs = (
        {"strides": [2, 1]} if draw.chance() < 0.5 else {"dilation_rate": [draw.int(1, 2), draw.int(1, 2)]}
    )
    yield ["nn.pool", [draw.tensor(dtype, image), [2, 2], kind, padding], kwargs]
