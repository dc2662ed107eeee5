"""Calls of tf.losses, with weights of all shapes, and of the rates at which training learns."""

from __future__ import annotations

from collections.abc import Iterator

from differential.draw import ALL, Draw, Json, count
from differential.families.elementwise import Accepts

REDUCTIONS = (
    "none weighted_sum weighted_mean weighted_sum_over_batch_size weighted_sum_by_nonzero_weights".split()
)
PAIRS = "absolute_difference hinge_loss huber_loss log_loss mean_squared_error sigmoid_cross_entropy".split()


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for dtype in [*ALL, *["float32"] * 8, *["float64"] * 3, "float16", "int32"]:
        for _ in range(4):
            yield from _losses(draw, dtype)
            yield from _rates(draw, dtype)


def _weights(draw: Draw, kwargs: Json, shape: list[int]) -> None:
    if draw.chance() < 0.6:
        other = draw.broadcasting(shape) if draw.chance() < 0.6 else [*shape[:-1], 1]
        if draw.chance() < 0.5 and shape:
            other = [1 if draw.chance() < 0.4 else size for size in shape]
        kwargs["weights"] = draw.tensor("float32", other, draw.pick(["plain", "positive", "mixed"]))
        if draw.chance() < 0.3:
            kwargs["weights"] = draw.pick([0.0, 2.0, 1])
    if draw.chance() < 0.6:
        kwargs["reduction"] = draw.pick(REDUCTIONS)


def _losses(draw: Draw, dtype: str) -> Iterator[Json]:
    for name in PAIRS:
        shape = draw.shape(0 if draw.chance() < 0.1 else 1, 3)
        other = shape if draw.chance() < 0.93 else draw.broadcasting(shape)
        kind = draw.pick(["plain", "unit", "positive", "mixed"])
        kwargs: Json = {}
        _weights(draw, kwargs, shape)
        if name == "sigmoid_cross_entropy" and draw.chance() < 0.3:
            kwargs["label_smoothing"] = 0.25
        if name == "huber_loss" and draw.chance() < 0.5:
            kwargs["delta"] = draw.pick([0.5, 2.0])
        labels = draw.tensor(draw.pick([dtype, dtype, "int32"]), other, kind)
        yield [f"losses.{name}", [labels, draw.tensor(dtype, shape, kind)], kwargs]
    shape = draw.shape(1, 3)
    kwargs = {}
    _weights(draw, kwargs, shape)
    yield ["losses.compute_weighted_loss", [draw.tensor(dtype, shape)], kwargs]
    kwargs = {}
    _weights(draw, kwargs, shape[:-1])
    two = [draw.tensor(dtype, shape, "unit"), draw.tensor(dtype, shape)]
    smooth = {} if draw.chance() < 0.7 else {"label_smoothing": 0.25}
    yield ["losses.softmax_cross_entropy", two, kwargs | smooth]
    axis = draw.axis(len(shape))
    weights = draw.pick([1.0, 2.0, draw.tensor("float32", [1] * len(shape))])
    yield ["losses.cosine_distance", two, {"axis": axis, "weights": weights}]
    labels = draw.tensor("int32", shape[:-1], values=draw.indices(shape[-1], count(shape[:-1]), 0.05))
    yield ["losses.sparse_softmax_cross_entropy", [labels, two[1]], kwargs]
    weights = {} if draw.chance() < 0.4 else {"weights": draw.tensor("float32", [shape[0]], "plain")}
    yield ["losses.mean_pairwise_squared_error", two, weights]


def _rates(draw: Draw, dtype: str) -> Iterator[Json]:
    rate = draw.tensor(dtype, []) if draw.chance() < 0.3 else draw.pick([0.1, 1.0])
    step = draw.tensor(draw.pick(["int32", "int64", "float32"]), [], values=[draw.int(0, 30)])
    many, decay = draw.int(1, 10), draw.pick([0.5, 0.96, 0.0])
    flag = {} if draw.chance() < 0.5 else {"staircase": True}
    for name in ("exponential_decay", "natural_exp_decay", "inverse_time_decay"):
        yield [f"train.{name}", [rate, step, many, decay], flag]
    ends = {"end_learning_rate": 0.01, "power": draw.pick([1.0, 0.5, 2])}
    cycle = {} if draw.chance() < 0.5 else {"cycle": True}
    yield ["train.polynomial_decay", [rate, step, many], ends | cycle]
    yield ["train.cosine_decay", [rate, step, many], {"alpha": draw.pick([0.0, 0.1])}]
    yield ["train.cosine_decay_restarts", [rate, step, many], {"t_mul": draw.pick([2.0, 1.0]), "m_mul": 0.5}]
    yield ["train.linear_cosine_decay", [rate, step, many], {}]
    yield ["train.piecewise_constant", [step, [3, 7], [1.0, 0.5, 0.1]], {}]
