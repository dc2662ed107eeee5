"""Calls of reductions, scans, sorting, counting and segments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from differential.draw import ALL, INTEGERS, Draw, Json, count
from differential.families.elementwise import Accepts

REDUCTIONS: Final = (
    "reduce_sum reduce_mean reduce_prod reduce_max reduce_min reduce_any reduce_all reduce_logsumexp "
    "math.reduce_euclidean_norm math.reduce_std math.reduce_variance count_nonzero"
).split()
SCANS: Final = "cumsum cumprod math.cumulative_logsumexp".split()
SEGMENTS: Final = "segment_sum segment_prod segment_max segment_min segment_mean".split()
UNSORTED: Final = (
    "unsorted_segment_sum unsorted_segment_prod unsorted_segment_max unsorted_segment_min "
    "unsorted_segment_mean unsorted_segment_sqrt_n"
).split()


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for name in REDUCTIONS:
        for dtype in ALL:
            for _ in range(8 if accepts(name, dtype) else 1):
                yield _reduction(draw, name, dtype)
    for name in SCANS:
        for dtype in ALL:
            for _ in range(5 if accepts(name, dtype) else 1):
                shape = draw.shape()
                kwargs = {key: True for key in ("exclusive", "reverse") if draw.chance() < 0.5}
                axis = draw.scalar(draw.axis(len(shape)))
                yield [name, [draw.tensor(dtype, shape, draw.pick(["plain", "mixed"])), axis], kwargs]
    for name in ("argmax", "argmin", "sort", "argsort", "nn.top_k"):
        for dtype in ALL:
            for _ in range(5):
                yield _ordered(draw, name, dtype)
    for dtype in ALL:
        yield from _sets(draw, dtype)
        yield from _segments(draw, dtype)
    for _ in range(60):
        yield from _counts(draw)
        yield from _nearby(draw)
    yield from _edges(draw)


def _reduction(draw: Draw, name: str, dtype: str) -> Json:
    shape = draw.shape()
    kwargs = {}
    if draw.chance() < 0.3:
        kwargs[draw.pick(["keepdims", "keep_dims"]) if "math" not in name else "keepdims"] = True
    axes = draw.axes(len(shape))
    if axes is not None:
        kwargs["axis"] = axes
    return [name, [draw.tensor(dtype, shape, draw.pick(["plain", "plain", "special", "mixed"]))], kwargs]


def _ordered(draw: Draw, name: str, dtype: str) -> Json:
    shape = draw.shape(1 if draw.chance() < 0.9 else 0)
    x = draw.tensor(dtype, shape, draw.pick(["plain", "plain", "special"]))
    if name == "nn.top_k":
        most = shape[-1] if shape else 1
        k = draw.int(0, most) if draw.chance() < 0.85 else draw.pick([-1, most + 1])
        return [name, [x, draw.scalar(k, "int32")], {} if draw.chance() < 0.7 else {"sorted": False}]
    kwargs: Json = {"axis": draw.axis(len(shape))} if draw.chance() < 0.8 else {}
    if name.startswith("arg") and name != "argsort" and draw.chance() < 0.3:
        kwargs["output_type"] = {"d": draw.pick(["int32", "int64", "int16", "uint16", "float32"])}
    elif "sort" in name and draw.chance() < 0.5:
        kwargs["direction"] = draw.pick(["ASCENDING", "DESCENDING", "descending"])
    return [name, [x], kwargs]


def _sets(draw: Draw, dtype: str) -> Iterator[Json]:
    for _ in range(4):
        x = draw.tensor(dtype, [draw.int(0, 6)], draw.pick(["plain", "unit", "mixed"]))
        y = draw.tensor(dtype, [draw.int(0, 4)], draw.pick(["plain", "unit"]))
        out = {} if draw.chance() < 0.7 else {"out_idx": {"d": draw.pick(["int64", "int32"])}}
        yield ["unique", [x], out]
        yield ["unique_with_counts", [x], out]
        yield ["setdiff1d", [x, y], {}]
    wrong = draw.tensor(dtype, draw.shape(0, 2))
    yield ["unique", [wrong], {}]
    yield ["setdiff1d", [wrong, draw.tensor(dtype, draw.shape(0, 2))], {}]
    for side in ("left", "right"):
        rows = [] if draw.chance() < 0.5 else [2]
        ordered = sorted(draw.values(dtype, 4)) if not dtype.startswith("complex") else draw.values(dtype, 4)
        values = draw.tensor(dtype, [*rows, 3], draw.pick(["plain", "special"]))
        yield [
            "searchsorted",
            [draw.tensor(dtype, [*rows, 4], values=ordered * len([0, *rows])), values, side],
            {},
        ]


def _segments(draw: Draw, dtype: str) -> Iterator[Json]:
    for name in SEGMENTS:
        for _ in range(3):
            shape = draw.shape(0 if draw.chance() < 0.1 else 1, 3)
            rows = shape[0] if shape else 1
            ids = sorted(draw.int(0, 4) for _ in range(rows))
            how = draw.chance()
            if how < 0.08:
                ids = ids[::-1]
            elif how < 0.14:
                ids = [at - 2 for at in ids]
            elif how < 0.18:
                ids = [*ids, 5]
            given = draw.tensor(draw.pick(["int32", "int64"]), [len(ids)], values=ids)
            yield [name, [draw.tensor(dtype, shape, draw.pick(["plain", "mixed"])), given], {}]
    for name in UNSORTED:
        for _ in range(3):
            shape = draw.shape(0 if draw.chance() < 0.1 else 1, 3)
            lead = shape[: draw.int(0 if draw.chance() < 0.1 else 1, max(len(shape), 1))]
            ids = draw.indices(4, count(lead))
            number = draw.pick([4, 4, 4, 5, 0, 1, -1])
            given = draw.tensor(draw.pick(["int32", "int64"]), lead, values=ids)
            data = draw.tensor(dtype, shape, draw.pick(["plain", "mixed"]))
            yield [name, [data, given, draw.scalar(number)], {}]


def _counts(draw: Draw) -> Iterator[Json]:
    dtype = draw.pick(["int32", "int32", "int64", "int8", "float32"])
    numbers = [draw.int(0, 6) for _ in range(draw.int(0, 8))]
    if draw.chance() < 0.2 and numbers:
        numbers[0] = -1
    kwargs: Json = {}
    if draw.chance() < 0.3:
        kwargs["minlength"] = draw.scalar(draw.pick([0, 3, 9, -1]), "int32")
    if draw.chance() < 0.3:
        kwargs["maxlength"] = draw.scalar(draw.pick([0, 3, 9, -1]), "int32")
    if draw.chance() < 0.3:
        weights = draw.pick(["int32", "int64", "float32", "float64"])
        length = len(numbers) + (1 if draw.chance() < 0.1 else 0)
        kwargs["weights"] = draw.tensor(weights, [length])
    elif draw.chance() < 0.3:
        kwargs["dtype"] = {"d": draw.pick(["int64", "float32", "float64", "int8"])}
    shape = [len(numbers)]
    if len(numbers) % 2 == 0 and draw.chance() < 0.2 and "weights" not in kwargs:
        shape = [2, len(numbers) // 2]
    yield [draw.pick(["bincount", "math.bincount"]), [draw.tensor(dtype, shape, values=numbers)], kwargs]
    number = draw.int(0, 5)
    order = draw.random.sample(range(number), number)
    if draw.chance() < 0.25 and order:
        order[0] = draw.pick([-1, number, order[-1], 0])
    yield ["invert_permutation", [draw.tensor(draw.pick(["int32", "int64"]), [number], values=order)], {}]
    floats = draw.pick(["float32", "float64", "int32"])
    low = draw.int(-2, 2)
    borders = draw.tensor(floats, [2], values=[low, low + draw.pick([0, 1, 4, -1])])
    values = draw.tensor(
        floats, draw.shape(0, 2), draw.pick(["plain", "mixed"]) if floats != "int32" else "plain"
    )
    bins = draw.scalar(draw.pick([1, 3, 5, 5, 0, -1]), "int32")
    yield [draw.pick(["histogram_fixed_width", "histogram_fixed_width_bins"]), [values, borders, bins], {}]


def _nearby(draw: Draw) -> Iterator[Json]:
    rows, classes = draw.int(0, 3), draw.int(1, 4)
    predictions = draw.tensor("float32", [rows, classes], draw.pick(["plain", "mixed"]))
    dtype = draw.pick(["int32", "int64"])
    targets = draw.tensor(dtype, [rows], values=draw.indices(classes, rows))
    yield ["nn.in_top_k", [predictions, targets, draw.scalar(draw.pick([0, 1, 2, 5, -1]), dtype)], {}]
    labels = draw.tensor("int32", [rows], values=draw.indices(classes, rows))
    other = draw.tensor("int32", [rows], values=draw.indices(classes, rows))
    kwargs: Json = {} if draw.chance() < 0.5 else {"num_classes": draw.pick([classes, classes + 1, 1])}
    if draw.chance() < 0.3:
        kwargs["weights"] = draw.tensor("int32", [rows])
    yield ["confusion_matrix", [labels, other], kwargs]
    dims = [draw.int(1, 4) for _ in range(draw.int(1, 3))]
    at = draw.indices(count(dims), draw.int(0, 3))
    yield [
        "unravel_index",
        [draw.tensor(dtype, [len(at)], values=at), draw.tensor(dtype, [len(dims)], values=dims)],
        {},
    ]


def _edges(draw: Draw) -> Iterator[Json]:
    """What goes wrong at the ends of the ranges: totals that are too large, entries that are no numbers."""
    for dtype in INTEGERS:
        for name in ("reduce_mean", "math.reduce_euclidean_norm", "reduce_sum", "reduce_prod"):
            for _ in range(3):
                shape = [draw.int(2, 3), draw.int(1, 3)]
                kwargs = {} if draw.chance() < 0.5 else {"axis": draw.int(-2, 1)}
                yield [name, [draw.tensor(dtype, shape, "special")], kwargs]
        ids = draw.tensor("int32", [3], values=[0, 0, 1])
        for name in SEGMENTS:
            yield [name, [draw.tensor(dtype, [3, 2], "special"), ids], {}]
        for name in UNSORTED:
            yield [name, [draw.tensor(dtype, [3, 2], "special"), ids, 3], {}]
    for dtype in ("float16", "float32", "float64"):
        for name in ("argmax", "argmin", "reduce_max", "reduce_min", "cumsum", "cumprod", "reduce_any"):
            for _ in range(8):
                x = draw.tensor(dtype, draw.shape(1, 2), draw.pick(["special", "mixed"]))
                yield [name, [x], {"axis": 0}]
        for _ in range(6):
            x = draw.tensor(dtype, [draw.int(1, 5)], draw.pick(["special", "mixed"]))
            yield ["sort", [x], {}]
            yield ["nn.top_k", [x, 1], {}]
            yield ["unique", [x], {}]
            yield ["reduce_logsumexp", [x], {}]
            yield ["math.cumulative_logsumexp", [x], {}]
    for _ in range(20):
        predictions = draw.tensor("float32", [2, 3], "mixed")
        targets = draw.tensor("int32", [2], values=draw.indices(3, 2, 0.3))
        yield ["nn.in_top_k", [predictions, targets, draw.int(1, 3)], {}]
