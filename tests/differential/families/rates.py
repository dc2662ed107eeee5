"""Calls of the rates at which training learns, at extreme steps."""

from __future__ import annotations

from collections.abc import Iterator

from differential.draw import Draw, Json
from differential.families.elementwise import Accepts

DTYPES = "float32 float32 float64 float16 int32".split()


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for dtype in DTYPES:
        for _ in range(9):
            yield from _rates(draw, dtype)


def _rates(draw: Draw, dtype: str) -> Iterator[Json]:
    rate = draw.tensor(dtype, []) if draw.chance() < 0.4 else draw.pick([0.1, 1.0, 1, 0.0, -2.0])
    kind = draw.pick(["int32", "int64", "float32", "float64", "uint8"])
    step = draw.tensor(kind, [] if draw.chance() < 0.9 else [2], draw.pick(["positive", "special"]))
    if draw.chance() < 0.1:
        step = draw.pick([None, 3, {"v": ["int64", [], [7]]}])
    many = draw.pick([1, 10, 0, 3, 2.5, -1, draw.tensor("int32", [], "positive")])
    decay = draw.pick([0.5, 0.96, 0.0, 1, -0.5, draw.tensor(dtype, [])])
    flag = {} if draw.chance() < 0.5 else {"staircase": True}
    for name in ("exponential_decay", "natural_exp_decay", "inverse_time_decay"):
        yield [f"train.{name}", [rate, step, many, decay], flag]
    ends = {"end_learning_rate": draw.pick([0.01, 0.0, 2]), "power": draw.pick([1.0, 0.5, 2, 0, -1.0])}
    yield [
        "train.polynomial_decay",
        [rate, step, many],
        ends | ({} if draw.chance() < 0.5 else {"cycle": True}),
    ]
    yield ["train.cosine_decay", [rate, step, many], {"alpha": draw.pick([0.0, 0.1, 1, -1.0])}]
    more = {
        "t_mul": draw.pick([2.0, 1.0, 0.5]),
        "m_mul": draw.pick([1.0, 0.5]),
        "alpha": draw.pick([0.0, 0.5]),
    }
    yield ["train.cosine_decay_restarts", [rate, step, many], more]
    yield ["train.linear_cosine_decay", [rate, step, many], {"num_periods": 0.5, "beta": 0.01}]
    yield ["train.noisy_linear_cosine_decay", [rate, step, many], {}, "shape"]
    places = draw.pick([[3, 7], [0], [], [7, 3], [3.0, 7.0], [1, 2, 3]])
    values = [each / 2 for each in range(len(places) + (1 if draw.chance() < 0.9 else 0))]
    values = draw.pick([values, [draw.tensor(dtype, []) for _ in values]])
    yield ["train.piecewise_constant", [step, places, values], {}]
