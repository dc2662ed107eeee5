"""Calls of batch normalization: functions, layers, and their gradients."""

from __future__ import annotations

from collections.abc import Iterator

from differential.draw import Draw, Json
from differential.families.elementwise import Accepts

DTYPES = "float32 float32 float32 float64 float16 bfloat16 int32 complex64".split()


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for dtype in DTYPES * 3:
        for _ in range(4):
            yield from _fused(draw, dtype)
            yield from _plain(draw, dtype)
            yield from _statistics(draw, dtype)
        layers = list(_layers(draw, dtype))
        if dtype != "complex64":
            yield from layers


def _kind(draw: Draw) -> str:
    return draw.pick(["plain", "plain", "unit", "mixed"])


def _vector(draw: Draw, dtype: str, size: int, kind: str = "plain") -> Json:
    if draw.chance() < 0.06:
        return draw.tensor(dtype, draw.pick([[size + 1], [], [1, size], [0]]), kind)
    return draw.tensor(dtype, [size], kind)


def _fused(draw: Draw, dtype: str) -> Iterator[Json]:
    layout = draw.pick(["NHWC", "NHWC", "NHWC", "NCHW", "NDHWC"])
    shape = [draw.int(1, 3) for _ in layout]
    if draw.chance() < 0.12:
        shape[draw.int(0, len(shape) - 1)] = 0
    if draw.chance() < 0.05:
        shape = shape[1:]
    channels = shape[-1 if layout[-1] == "C" else 1]
    other = "float32" if dtype in ("float16", "bfloat16") or draw.chance() < 0.1 else dtype
    args = [draw.tensor(dtype, shape, _kind(draw)), *(_vector(draw, other, channels) for _ in range(2))]
    kwargs: Json = {}
    if draw.chance() < 0.5:
        kwargs["is_training"] = False
    if draw.chance() < (0.1 if kwargs == {} else 0.85):
        kwargs["mean"] = _vector(draw, other, channels)
        kwargs["variance"] = _vector(draw, other, channels, draw.pick(["positive", "positive", "mixed"]))
    if layout != "NHWC":
        kwargs["data_format"] = layout if draw.chance() < 0.95 else "NHCW"
    if draw.chance() < 0.4:
        kwargs["epsilon"] = draw.pick([0.0, 1e-5, 0.1, 1e-7, -1.0])
    if draw.chance() < 0.2:
        kwargs["exponential_avg_factor"] = draw.pick([0.5, 1.0, 0.0])
    yield ["nn.fused_batch_norm", args, kwargs]
    if draw.chance() < 0.5 and "NCHW" not in kwargs.values():
        yield ["~gradients", ["nn.fused_batch_norm", args, [list(each) for each in kwargs.items()]], {}]


def _plain(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape(1, 4)
    given = [draw.broadcasting(shape) if draw.chance() < 0.4 else shape[-1:] for _ in range(4)]
    args = [draw.tensor(dtype, shape, _kind(draw)), draw.tensor(dtype, given[0])]
    args.append(draw.tensor(dtype, given[1], draw.pick(["positive", "mixed", "plain"])))
    args += [None if draw.chance() < 0.3 else draw.tensor(dtype, each) for each in given[2:]]
    args.append(draw.pick([1e-3, 0.0, 1e-5, 0.5]))
    yield ["nn.batch_normalization", args, {}]
    if draw.chance() < 0.3:
        yield ["~gradients", ["nn.batch_normalization", args, []], {}]
    shape = [draw.int(0 if draw.chance() < 0.1 else 1, 3) for _ in range(4 if draw.chance() < 0.9 else 3)]
    args = [draw.tensor(dtype, shape), *(_vector(draw, dtype, shape[-1], "positive") for _ in range(4))]
    flags = {"scale_after_normalization": draw.pick([True, False]), "variance_epsilon": 1e-3}
    yield ["nn.batch_norm_with_global_normalization", args, flags]


def _statistics(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape(0, 4)
    axes = draw.axes(len(shape))
    keep = {"keepdims": True} if draw.chance() < 0.4 else {}
    shift = {"shift": draw.tensor(dtype, [])} if draw.chance() < 0.3 else {}
    x = draw.tensor(dtype, shape, _kind(draw))
    yield ["nn.moments", [x, axes], keep]
    yield ["nn.sufficient_statistics", [x, axes], {**keep, **shift}]
    weights = draw.tensor(dtype, draw.broadcasting(shape), draw.pick(["positive", "plain"]))
    yield ["nn.weighted_moments", [x, axes, weights], keep]
    one = [draw.tensor(dtype, shape) for _ in range(2)]
    count = draw.tensor(dtype, [], draw.pick(["positive", "mixed"]))
    yield ["nn.normalize_moments", [count, *one, shift.get("shift")], {}]


def _layers(draw: Draw, dtype: str) -> Iterator[Json]:
    constant = ["kernel_initializer", {"f": ["constant_initializer", [0.5], {}]}]
    rank = draw.int(1, 4)
    shape = [draw.int(1, 3) for _ in range(rank)]
    if draw.chance() < 0.1:
        shape[0] = 0
    x = {"p": [dtype, shape, draw.values(dtype, _size(shape)), _dims(draw, shape)]}
    options: list[Json] = []
    for name, choices in (
        ("training", [True, True, False, {"p": ["bool", [], [1], []]}]),
        ("axis", [-1, -1, 1, 5, [1], 0]),
        ("momentum", [0.9, 0.0, 1.0]),
        ("epsilon", [1e-3, 0.1]),
        ("center", [True, False]),
        ("scale", [True, False]),
        ("fused", [None, False, True]),
        ("renorm", [False, False, True]),
        ("virtual_batch_size", [None, None, None, 1]),
        ("gamma_initializer", [{"f": ["constant_initializer", [2.0], {}]}]),
    ):
        if draw.chance() < 0.45:
            options.append([name, draw.pick(choices)])
    # What is refused with a word on it is not compared.
    options = [each for each in options if each[0] not in ("renorm", "virtual_batch_size")]
    yield ["~layer", ["batch_normalization", x, [], options], {}, "turns"]
    extra = [constant] + ([["use_bias", False]] if draw.chance() < 0.3 else [])
    yield ["~layer", ["dense", x, [draw.int(0, 3)], extra], {}, "turns"]
    yield ["~layer", ["flatten", x, [], []], {}, "turns"]
    flag = [["training", draw.pick([False, False, {"c": ["bool", [], [0]]}])]]
    yield ["~layer", ["dropout", x, [draw.pick([0.5, 0.0, 1.0])], flag], {}, "turns"]
    for name, deep in (("conv1d", 3), ("conv2d", 4), ("conv3d", 5)):
        shape = [draw.int(1, 4) for _ in range(deep if draw.chance() < 0.9 else 3)]
        x = {"p": [dtype, shape, draw.values(dtype, _size(shape)), _dims(draw, shape)]}
        many = draw.pick([1, 2, [2] * (deep - 2)])
        extra = [constant, ["padding", draw.pick(["same", "valid", "SAME"])]]
        if draw.chance() < 0.4:
            extra.append(
                [draw.pick(["strides", "dilation_rate"]), draw.int(0 if draw.chance() < 0.1 else 1, 2)]
            )
        yield ["~layer", [name, x, [draw.int(1, 2), many], extra], {}, "turns"]
        pool = draw.pick(["average_pooling", "max_pooling"]) + name[4:]
        yield ["~layer", [pool, x, [many, draw.int(1, 2)], extra[1:2]], {}, "turns"]


def _size(shape: list[int]) -> int:
    size = 1
    for each in shape:
        size *= each
    return size


def _dims(draw: Draw, shape: list[int]) -> Json:
    how = draw.chance()
    if how < 0.5:
        return list(shape)
    return [None, *shape[1:]] if how < 0.9 else draw.dims(shape)
