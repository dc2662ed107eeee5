"""Calls of functions that work element by element."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from differential.draw import ALL, INTEGERS, Draw, Json

UNARY: Final = (
    "abs negative sign square sqrt rsqrt exp expm1 log log1p sin cos tan asin acos atan sinh cosh tanh asinh "
    "acosh atanh floor ceil rint round reciprocal sigmoid erf erfc lgamma digamma is_nan is_inf is_finite "
    "logical_not conj real imag angle zeros_like ones_like identity stop_gradient log_sigmoid to_float "
    "to_double to_int32 to_int64 to_complex64 to_complex128 to_bfloat16 "
    "math.erfinv math.ndtri math.erfcinv math.bessel_i0 math.bessel_i1 math.bessel_i0e math.bessel_i1e "
    "math.reciprocal_no_nan nn.relu nn.relu6 nn.elu nn.selu nn.softplus nn.softsign nn.leaky_relu nn.swish "
    "bitwise.invert math.softplus guarantee_const nn.l2_loss math.is_non_decreasing "
    "math.is_strictly_increasing math.zero_fraction math.lbeta"
).split()
BINARY: Final = (
    "add subtract multiply div truediv divide realdiv floor_div floordiv floormod mod truncatediv "
    "truncatemod div_no_nan pow maximum minimum squared_difference atan2 math.xdivy math.xlogy math.xlog1py "
    "math.multiply_no_nan math.nextafter less less_equal greater greater_equal equal not_equal logical_and "
    "logical_or logical_xor bitwise.bitwise_and bitwise.bitwise_or bitwise.bitwise_xor bitwise.left_shift "
    "bitwise.right_shift complex igamma igammac zeta polygamma scalar_mul"
).split()
CASTS: Final = [*ALL]

Accepts = Callable[[str, str], bool]


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls; `accepts(function, dtype)` says which dtypes a function takes."""
    for name in UNARY:
        for dtype in ALL:
            for _ in range(5 if accepts(name, dtype) else 1):
                yield [name, [_operand(draw, name, dtype)], {}]
    for name in BINARY:
        for dtype in ALL:
            for _ in range(9 if accepts(name, dtype) else 1):
                yield [name, _operands(draw, name, dtype), {}]
    yield from _casts(draw)
    yield from _three(draw)
    yield from _edges(draw)


def _kind(draw: Draw, name: str) -> str:
    if name in ("asin", "acos", "atanh", "math.erfinv", "math.ndtri", "math.erfcinv"):
        return draw.pick(["unit", "unit", "plain", "special"])
    if name in ("sqrt", "rsqrt", "log", "acosh", "lgamma", "math.lbeta"):
        return draw.pick(["positive", "plain", "special", "mixed"])
    if name in ("igamma", "igammac", "zeta", "polygamma"):
        return draw.pick(["positive", "positive", "plain", "special"])
    return draw.pick(["plain", "plain", "special", "mixed"])


def _operand(draw: Draw, name: str, dtype: str) -> Json:
    return draw.tensor(dtype, draw.shape(), _kind(draw, name))


def _operands(draw: Draw, name: str, dtype: str) -> list[Json]:
    shape = draw.shape() if name != "scalar_mul" or draw.chance() < 0.2 else []
    x = draw.tensor(dtype, shape, _kind(draw, name))
    other = draw.broadcasting(shape) if name != "scalar_mul" else draw.shape()
    kind = _kind(draw, name)
    if "shift" in name and draw.chance() < 0.7:
        y = draw.tensor(dtype, other, values=[draw.int(0, 9) for _ in range(_count(other))])
    elif name == "pow" and dtype.startswith("int") and draw.chance() < 0.8:
        y = draw.tensor(dtype, other, values=[draw.int(0, 6) for _ in range(_count(other))])
    else:
        y = draw.tensor(dtype, other, kind)
    if draw.chance() < 0.08 and not isinstance(y, list) and dtype not in ("string", "bfloat16"):
        y = draw.pick([0, 2, 1.5, True, [1, 2], -1])
    elif draw.chance() < 0.03:
        y = draw.tensor(draw.pick(["float32", "int32"]), other)
    return [x, y] if draw.chance() < 0.6 else [y, x]


def _count(shape: list[int]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def _casts(draw: Draw) -> Iterator[Json]:
    for name in ("cast", "saturate_cast"):
        for dtype in CASTS:
            for target in CASTS:
                for kind in ("plain", "special"):
                    yield [name, [draw.tensor(dtype, draw.shape(0, 2), kind), {"d": target}], {}]
    for dtype in ALL:
        for target in ALL:
            yield ["bitcast", [draw.tensor(dtype, draw.shape(1, 3), "mixed"), {"d": target}], {}]


def _three(draw: Draw) -> Iterator[Json]:
    def operands(dtype: str, number: int, kind: str = "mixed") -> list[Any]:
        shape = draw.shape()
        found = [draw.tensor(dtype, shape, kind)]
        for _ in range(number - 1):
            same = draw.chance() < 0.5
            found.append(draw.tensor(dtype, shape if same else draw.broadcasting(shape), kind))
        return found

    for dtype in ALL:
        for _ in range(8):
            condition = draw.tensor("bool", draw.shape())
            shape = condition[next(iter(condition))][1]
            picked = draw.pick(["where", "where", "where_v2"])
            other = shape if draw.chance() < 0.6 else draw.broadcasting(shape)
            x = draw.tensor(dtype, shape if draw.chance() < 0.8 else draw.broadcasting(shape), "mixed")
            yield [picked, [condition, x, draw.tensor(dtype, other, "mixed")], {}]
        for _ in range(3):
            yield ["where", [draw.tensor(dtype, draw.shape(), "mixed")], {}]
            yield ["clip_by_value", operands(dtype, 3), {}]
            yield ["clip_by_value", [draw.tensor(dtype, draw.shape(), "mixed"), 0, 3], {}]
            yield ["add_n", [operands(dtype, draw.int(1, 3))], {}]
            yield ["accumulate_n", [operands(dtype, draw.int(1, 3))], {}]
        shape = draw.shape()
        for _ in range(3):
            same = [draw.tensor(dtype, shape, "mixed") for _ in range(draw.int(1, 3))]
            yield ["add_n", [same], {}]
            yield ["accumulate_n", [same], {}]
        yield ["identity_n", [operands(dtype, 2)], {}]
        yield ["tuple", [operands(dtype, 2)], {}]
        yield ["check_numerics", [draw.tensor(dtype, draw.shape(), "mixed"), "text"], {}]
        yield ["check_numerics", [draw.tensor(dtype, draw.shape(), "plain"), "text"], {}]
        yield ["math.polyval", [operands(dtype, draw.int(1, 4), "plain"), draw.tensor(dtype, [2])], {}]
    for dtype in ("float32", "float64", "float16", "int32"):
        for _ in range(10):
            shape = draw.shape()
            a, b = (draw.tensor(dtype, shape, "positive") for _ in range(2))
            half = [draw.int(0, 16) / 16 for _ in range(_count(shape))]
            yield [
                "betainc",
                [a, b, draw.tensor(dtype, shape, values=half if "float" in dtype else None)],
                {},
            ]
    for _ in range(30):
        kind = draw.pick(["plain", "mixed"])
        args = [draw.tensor("float32", draw.shape(), kind), draw.pick([0.0, 1.0, 2.5, -1.0])]
        yield [draw.pick(["clip_by_norm", "clip_by_average_norm"]), args, {}]
        tensors = [draw.tensor("float32", draw.shape(), kind) for _ in range(draw.int(0, 3))]
        yield ["clip_by_global_norm", [tensors, draw.pick([0.0, 1.0, 2.5])], {}]
        yield ["global_norm", [tensors], {}]
        yield [
            "nn.leaky_relu",
            [draw.tensor("float32", draw.shape(), "mixed"), draw.pick([0.0, 0.3, 2.0])],
            {},
        ]
    for dtype in ("float32", "float64", "complex64", "int32"):
        for _ in range(3):
            yield ["clip_by_norm", [draw.tensor(dtype, draw.shape(1, 3)), 2.0], {"axes": draw.int(-1, 1)}]


def _edges(draw: Draw) -> Iterator[Json]:
    """Poles, infinities, and whole numbers by which nothing is divided."""
    ends = [float("inf"), float("-inf"), 0.0, -0.0, -1.0, -2.0, -0.5, 1.0, 0.5, 2.0, 3.0, float("nan")]
    for dtype in ("float32", "float64"):
        for name in UNARY:
            yield [name, [{"c": [dtype, [len(ends)], ends]}], {}]
        pairs = [(x, y) for x in ends for y in ends]
        for name in BINARY:
            if name not in ("polygamma", "scalar_mul"):
                yield [
                    name,
                    [
                        {"c": [dtype, [144], [x for x, _ in pairs]]},
                        {"c": [dtype, [144], [y for _, y in pairs]]},
                    ],
                    {},
                ]
        for order in (0, 1, 2, 3, 0.5, -1):
            yield ["polygamma", [{"c": [dtype, [], [order]]}, {"c": [dtype, [len(ends)], ends]}], {}]
    for dtype in INTEGERS:
        for name in ("div", "floordiv", "floormod", "truncatediv", "truncatemod", "realdiv", "truediv"):
            for zero in (True, False):
                y = [0, 1, 2] if zero else [1, 2, 3]
                yield [name, [draw.tensor(dtype, [3], "special"), draw.tensor(dtype, [3], values=y)], {}]
                yield [name, [draw.tensor(dtype, [0]), draw.tensor(dtype, [], values=y[:1])], {}]
        yield ["reciprocal", [draw.tensor(dtype, [3], "nonzero")], {}]
        for name in ("floordiv", "floormod", "truncatediv", "truncatemod", "pow"):
            y = draw.tensor(dtype, [4], values=[1, 2, 3, 5])
            yield [name, [draw.tensor(dtype, [4], "special"), y], {}]
