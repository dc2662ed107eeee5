"""Calls of convolutions and pooling with odd windows, dilations, strides, paddings, and their gradients."""

from __future__ import annotations

from collections.abc import Iterator

from differential.draw import Draw, Json
from differential.families.elementwise import Accepts

DTYPES = "float32 float32 float32 float32 float64 float16 bfloat16 int32 int8".split()


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for dtype in DTYPES * 9:
        yield from _planes(draw, dtype)
        yield from _others(draw, dtype)
        yield from _pools(draw, dtype)


def _padding(draw: Draw, explicit: float = 0.25) -> Json:
    if draw.chance() < explicit:
        low = -1 if draw.chance() < 0.06 else 0
        return [[0, 0], [draw.int(low, 3), draw.int(0, 2)], [draw.int(0, 2), draw.int(0, 3)], [0, 0]]
    return draw.pick(["SAME", "VALID"])


def _size(size: int, tap: int, step: int, rate: int, padding: Json, axis: int) -> int:
    reach = (tap - 1) * rate + 1
    if padding == "SAME":
        return -(-size // step)
    more = 0 if padding == "VALID" else sum(padding[axis])
    return max((size + more - reach) // step + 1, 0)


def _planes(draw: Draw, dtype: str) -> Iterator[Json]:
    deep, out = draw.int(1, 4), draw.int(1, 4)
    image = [draw.int(1, 2), draw.int(1, 8), draw.int(1, 8), deep]
    taps = [draw.int(1, 4), draw.int(1, 4), deep, out]
    steps, rates = [1, draw.int(1, 3), draw.int(1, 3), 1], [1, draw.int(1, 3), draw.int(1, 3), 1]
    if draw.chance() < 0.6:
        rates = [1, 1, 1, 1]
    padding = _padding(draw)
    if deep % 2 == 0 and draw.chance() < 0.3:  # in groups
        taps[2] //= 2
    if draw.chance() < 0.04:
        image[draw.int(0, 3)] = 0
    kwargs: Json = {"strides": steps, "padding": padding, "dilations": rates}
    x, filters = draw.tensor(dtype, image), draw.tensor(dtype, taps)
    yield ["nn.conv2d", [x, filters], kwargs]
    rows, columns = (_size(image[at], taps[at - 1], steps[at], rates[at], padding, at) for at in (1, 2))
    if draw.chance() < 0.06:
        rows += 1
    above = draw.tensor(dtype, [image[0], rows, columns, out])
    yield ["nn.conv2d_backprop_input", [draw.ints(image, "int32"), filters, above], kwargs]
    yield ["nn.conv2d_backprop_filter", [x, draw.ints(taps, "int32"), above], kwargs]
    if isinstance(padding, str):
        more = {"strides": steps, "padding": padding}
        yield ["nn.conv2d_transpose", [above, filters, draw.ints(image, "int32")], more]
    taps = [*taps[:2], deep, draw.int(1, 2)]
    filters = draw.tensor(dtype, taps)
    same = [1, steps[1], steps[1], 1] if draw.chance() < 0.9 else steps
    kwargs = {"strides": same, "padding": padding, "dilations": rates}
    yield ["nn.depthwise_conv2d_native", [x, filters], kwargs]
    rows, columns = (_size(image[at], taps[at - 1], same[at], rates[at], padding, at) for at in (1, 2))
    above = draw.tensor(dtype, [image[0], rows, columns, deep * taps[3]])
    yield ["nn.depthwise_conv2d_backprop_input", [draw.ints(image, "int32"), filters, above], kwargs]
    yield ["nn.depthwise_conv2d_backprop_filter", [x, draw.ints(taps, "int32"), above], kwargs]
    rate = [draw.int(1, 3), draw.int(1, 3)]
    plain = padding if isinstance(padding, str) else "SAME"
    yield ["nn.depthwise_conv2d", [x, filters, [1, 1, 1, 1], plain], {"rate": rate}]
    point = draw.tensor(dtype, [1, 1, deep * taps[3], 2])
    yield ["nn.separable_conv2d", [x, filters, point, [1, 1, 1, 1], plain], {"rate": rate}]


def _others(draw: Draw, dtype: str) -> Iterator[Json]:
    padding = draw.pick(["SAME", "VALID"])
    deep, out = draw.int(1, 3), draw.int(1, 3)
    row = [draw.int(1, 2), draw.int(1, 9), deep]
    tap, step, rate = draw.int(1, 4), draw.int(1, 3), draw.int(1, 3)
    x, filters = draw.tensor(dtype, row), draw.tensor(dtype, [tap, deep, out])
    yield ["nn.conv1d", [x, filters, step, padding], {"dilations": rate}]
    small = draw.tensor(dtype, [row[0], _size(row[1], tap, step, 1, padding, 1), out])
    yield ["nn.conv1d_transpose", [small, filters, draw.ints(row, "int32"), step, padding], {}]
    yield ["nn.convolution", [x, filters, padding], {"dilation_rate": [rate]}]
    cube = [1, draw.int(1, 5), draw.int(1, 4), draw.int(1, 4), deep]
    taps = [draw.int(1, 3), draw.int(1, 2), draw.int(1, 3), deep, out]
    steps = [1, *(draw.int(1, 3) for _ in range(3)), 1]
    rates = [1, *(draw.int(1, 2) for _ in range(3)), 1] if draw.chance() < 0.2 else [1] * 5
    x, filters = draw.tensor(dtype, cube), draw.tensor(dtype, taps)
    yield ["nn.conv3d", [x, filters], {"strides": steps, "padding": padding, "dilations": rates}]
    above = [_size(cube[at], taps[at - 1], steps[at], rates[at], padding, at) for at in (1, 2, 3)]
    above = draw.tensor(dtype, [1, *above, out])
    args = [x, draw.ints(taps, "int32"), above]
    yield ["nn.conv3d_backprop_filter", args, {"strides": steps, "padding": padding, "dilations": rates}]
    yield ["nn.conv3d_transpose", [above, filters, draw.ints(cube, "int32"), steps, padding], {}]


def _pools(draw: Draw, dtype: str) -> Iterator[Json]:
    image = [draw.int(1, 2), draw.int(1, 8), draw.int(1, 8), draw.int(1, 4)]
    padding = draw.pick(["SAME", "VALID"])
    window, steps = [1, draw.int(1, 4), draw.int(1, 4), 1], [1, draw.int(1, 4), draw.int(1, 4), 1]
    if draw.chance() < 0.1:
        window, steps = [1, 1, 1, draw.int(1, 2)], [1, 1, 1, draw.int(1, 2)]
    kind = draw.pick(["plain", "plain", "mixed"])
    for name in ("nn.max_pool", "nn.avg_pool", "nn.max_pool_v2", "nn.avg_pool_v2", "nn.max_pool_with_argmax"):
        yield [name, [draw.tensor(dtype, image, kind), window, steps, padding], {}]
    if draw.chance() < 0.5:
        yield ["nn.max_pool", [draw.tensor(dtype, image, kind), window, steps, _padding(draw, 1.0)], {}]
    rates = [draw.int(1, 3), draw.int(1, 3)]
    for kind in ("MAX", "AVG"):
        args = [draw.tensor(dtype, image), [draw.int(1, 3), draw.int(1, 3)], kind, padding]
        yield ["nn.pool", args, {"dilation_rate": rates}]
        if draw.chance() < 0.3:
            yield ["nn.pool", args, {"strides": [draw.int(1, 3), draw.int(1, 3)]}]
    cube = [1, draw.int(1, 5), draw.int(1, 5), draw.int(1, 4), draw.int(1, 2)]
    for name in ("nn.max_pool3d", "nn.avg_pool3d"):
        window = [1, *(draw.int(1, 3) for _ in range(3)), 1]
        steps = [1, *(draw.int(1, 3) for _ in range(3)), 1]
        yield [name, [draw.tensor(dtype, cube), window, steps, padding], {}]
