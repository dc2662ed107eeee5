"""Calls of control flow, checks and Python functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from differential.draw import ALL, Draw, Json
from differential.families.elementwise import Accepts

COMPARING: Final = (
    "assert_equal assert_none_equal assert_less assert_less_equal assert_greater assert_greater_equal "
    "assert_near"
).split()
CHECKING: Final = "assert_negative assert_positive assert_non_negative assert_non_positive".split()
RESULTS: Final = (
    "np square,np float64,np list,np text,np bytes,np None,np dict,np pair,np object,np texts,np raises"
).split(",")


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for dtype in [*ALL, "float32", "int32", "float32"]:
        for _ in range(3):
            yield from _maps(draw, dtype)
            yield from _loops(draw, dtype)
        for name in COMPARING:
            shape = draw.shape(0, 2)
            x = draw.tensor(dtype, shape, "unit")
            y = draw.tensor(dtype, draw.pick([shape, [], draw.broadcasting(shape)]), "unit")
            yield [name, [x, x if draw.chance() < 0.3 else y], {}]
        for name in CHECKING:
            yield [name, [draw.tensor(dtype, draw.shape(0, 2), draw.pick(["plain", "positive"]))], {}]
        yield from _ranks(draw, dtype)
        for name in RESULTS:
            yield from _functions(draw, name, dtype)
    for _ in range(40):
        how = draw.pick(
            [True, False, {"c": ["bool", [], [1]]}, {"p": ["bool", [], [0], []]}, {"c": ["bool", [1], [1]]}]
        )
        branches = [{"fn": draw.pick(["one", "two", "three"])} for _ in range(2)]
        yield ["cond", [how, *branches], {}]
        pairs = [
            {"t": [draw.tensor("bool", []), {"fn": draw.pick(["one", "one", "two"])}]}
            for _ in range(draw.int(0, 2))
        ]
        yield ["case", [pairs], {"default": {"fn": "one"}} if draw.chance() < 0.7 else {}]
    yield from _others(draw)


def _others(draw: Draw) -> Iterator[Json]:
    for dtype in ALL:
        x = draw.tensor(dtype, draw.shape(0, 2))
        yield ["Print", [x, [x]], {}]
        yield ["py_func", [{"fn": "np square"}, [x], {"d": dtype}], {"stateful": False}]
        yield ["is_variable_initialized", [{"v": [dtype, [2], draw.values(dtype, 2)]}], {}]
        a, b = draw.tensor(dtype, [2, 3]), draw.tensor(dtype, [3, 2])
        yield ["matmul", [a, b], {"a_is_sparse": True}]
        yield ["sparse_matmul", [a, b], {"b_is_sparse": True}]
        filters, small = draw.tensor(dtype, [2, 1, 2, 1, 2]), draw.tensor(dtype, [1, 2, 2, 2, 2])
        shape = [1, 4, 2, 2, 1] if draw.chance() < 0.8 else [1, 5, 2, 2, 1]
        yield ["nn.conv3d_transpose", [small, filters, shape, [1, 2, 1, 1, 1]], {}]


def _maps(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape(1 if draw.chance() < 0.95 else 0, 3)
    x = draw.tensor(dtype, shape)
    yield ["map_fn", [{"fn": draw.pick(["square", "twice", "negate", "sum"])}, x], {}]
    kwargs = {"dtype": {"t": [{"d": dtype}, {"d": dtype}]}} if draw.chance() < 0.8 else {}
    yield ["map_fn", [{"fn": "pair"}, x], kwargs]
    for name in ("foldl", "foldr", "scan"):
        more: list[Any] = []
        if draw.chance() < 0.5:
            more = [draw.tensor(dtype, shape[1:] if draw.chance() < 0.9 else [2])]
        yield [name, [{"fn": draw.pick(["add", "multiply"])}, x, *more], {}]


def _loops(draw: Draw, dtype: str) -> Iterator[Json]:
    condition = draw.pick(["below 10", "below 10", "never"])
    x = draw.tensor(dtype, draw.shape(0, 2), "positive")
    kwargs = {"maximum_iterations": draw.pick([0, 1, 3, 5, -1, 4])}
    yield ["while_loop", [{"fn": condition}, {"fn": draw.pick(["twice", "square"])}, [x]], kwargs]
    yield ["while_loop", [{"fn": "always"}, {"fn": "twice"}, [x]], kwargs]


def _ranks(draw: Draw, dtype: str) -> Iterator[Json]:
    x = draw.tensor(dtype, draw.shape(0, 3))
    yield ["assert_rank", [x, draw.scalar(draw.int(0, 3), "int32")], {}]
    yield ["assert_rank_at_least", [x, draw.scalar(draw.int(0, 3), "int32")], {}]
    yield ["assert_rank_in", [x, [draw.int(0, 3), draw.int(0, 3)]], {}]
    yield ["assert_scalar", [x], {}]
    yield ["assert_integer", [x], {}]
    yield ["assert_type", [x, {"d": draw.pick(ALL)}], {}]
    yield [
        "verify_tensor_all_finite",
        [draw.tensor(dtype, draw.shape(0, 2), draw.pick(["plain", "mixed"])), "text"],
        {},
    ]
    yield ["Assert", [draw.tensor("bool", draw.pick([[], [1], [2]])), [x]], {}]
    yield ["no_op", [], {}]
    yield ["is_numeric_tensor", [x], {}]


def _functions(draw: Draw, name: str, dtype: str) -> Iterator[Json]:
    x = draw.tensor(dtype, draw.shape(0, 2))
    given: Json = {
        "d": dtype if draw.chance() < 0.5 else draw.pick(["float32", "float64", "string", "int64", "int32"])
    }
    if draw.chance() < 0.2:
        given = [given, given] if "pair" in name else [given]
    how = draw.pick(["py_func", "py_func", "numpy_function"])
    yield [how, [{"fn": name}, [x], given], {}]
