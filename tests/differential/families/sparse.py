"""Calls of tf.sparse, and of functions that take sparse tensors."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from differential.draw import Draw, Json
from differential.families.elementwise import Accepts

DTYPES = "float32 float32 float32 float64 int32 int64 int32 float16 bfloat16 int8 uint8".split()
DTYPES += ["complex64", "bool", "string"]


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls: one in so many of those that were drawn when all of them were compared."""
    yield from itertools.islice(_drawn(Draw("sparses1")), 0, None, 6)


def _drawn(draw: Draw) -> Iterator[Json]:
    for dtype in DTYPES * 12:
        yield from _one(draw, dtype)
        yield from _two(draw, dtype)
        yield from _dense(draw, dtype)
        yield from _segments(draw, dtype)


def _shape(draw: Draw, low: int = 1) -> list[int]:
    return [draw.int(0 if draw.chance() < 0.08 else 1, 4) for _ in range(draw.pick([low, 2, 2, 2, 3]))]


def _sparse(draw: Draw, dtype: str, shape: list[int], fed: float = 0.3, wrong: float = 0.08) -> Json:
    """A sparse tensor, now and then with indices out of order, twice, or out of range."""
    places = [list(each) for each in itertools.product(*(range(size) for size in shape))]
    indices: list[Any] = sorted(draw.random.sample(places, draw.int(0, min(len(places), 5))))
    if indices and draw.chance() < wrong:
        how = draw.int(0, 3)
        if how == 0:
            indices.reverse()
        elif how == 1:
            indices.append(indices[-1])
        else:
            at = draw.int(0, len(shape) - 1)
            indices[-1] = [*indices[-1][:at], -1 if how == 2 else shape[at], *indices[-1][at + 1 :]]
    flat = [each for index in indices for each in index]
    kind = draw.pick(["plain", "plain", "mixed"])
    parts = [
        draw.tensor("int64", [len(indices), len(shape)], values=flat, fed=fed),
        draw.tensor(dtype, [len(indices)], kind, fed=fed),
        draw.tensor("int64", [len(shape)], values=shape, fed=fed),
    ]
    return {"s": parts}


def _held(sparse: Json) -> Any:
    """The dtype, shape and values of a sparse tensor's elements."""
    (held,) = sparse["s"][1].values()
    return held


def _one(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = _shape(draw)
    sparse = _sparse(draw, dtype, shape)
    rank = len(shape)
    yield ["sparse.to_dense", [sparse], {}]
    yield ["sparse.to_dense", [sparse], {"validate_indices": False, "default_value": draw.int(0, 1)}]
    for name in ("reduce_sum", "reduce_max", "reduce_sum_sparse", "reduce_max_sparse"):
        axes = draw.axes(rank)
        kwargs = {} if axes is None else {"axis": axes}
        if draw.chance() < 0.4:
            kwargs["keepdims"] = True
        yield [f"sparse.{name}", [_sparse(draw, dtype, shape)], kwargs]
    yield ["sparse.reorder", [_sparse(draw, dtype, shape, wrong=0.4)], {}]
    yield ["sparse.transpose", [_sparse(draw, dtype, shape)], {}]
    order = draw.random.sample(range(rank), rank)
    if draw.chance() < 0.1:
        order = draw.pick([[0] * rank, order[1:], [-1 - at for at in order]])
    yield ["sparse.transpose", [sparse, order], {}]
    size = 1
    for each in shape:
        size *= each
    new = draw.pick([[size], [-1], [1, size], [size, 1], [-1, 1], [2, -1], [size + 1], [0, -1]])
    yield ["sparse.reshape", [_sparse(draw, dtype, shape), draw.ints(new, "int64")], {}]
    start, extent = [draw.int(0, 3) for _ in shape], [draw.int(0, 4) for _ in shape]
    if draw.chance() < 0.05:
        start[0] = -1
    yield ["sparse.slice", [sparse, draw.ints(start, "int64"), draw.ints(extent, "int64")], {}]
    axis = draw.axis(rank)
    yield ["sparse.split", [], {"sp_input": sparse, "num_split": draw.int(1, 3), "axis": axis}]
    yield ["sparse.softmax", [_sparse(draw, dtype, shape)], {}]
    yield ["sparse.expand_dims", [sparse], {} if draw.chance() < 0.2 else {"axis": draw.axis(rank + 1)}]
    yield ["sparse.fill_empty_rows", [sparse, draw.int(0, 1)], {}]
    more = [each + draw.int(0, 2) for each in shape]
    if draw.chance() < 0.1:
        more = [each - 1 for each in shape]
    yield [
        "sparse.reset_shape",
        [sparse],
        {} if draw.chance() < 0.4 else {"new_shape": draw.ints(more, "int64")},
    ]
    kept = [draw.int(0, 1) for _ in sparse["s"][1].get("c", sparse["s"][1].get("p"))[2]][
        : None if draw.chance() < 0.95 else -1
    ]
    if "complex" not in dtype:
        yield ["sparse.retain", [sparse, draw.tensor("bool", [len(kept)], values=kept)], {}]
    ids = _sparse(draw, draw.pick(["int32", "int64"]), shape)
    yield ["sparse.to_indicator", [ids, draw.int(0 if draw.chance() < 0.1 else 1, 8)], {}]
    yield ["sparse.eye", [draw.int(0, 3)], {} if draw.chance() < 0.5 else {"num_columns": draw.int(0, 4)}]
    yield ["cast", [sparse, {"d": draw.pick(["float32", "int32", "bool", "float64"])}], {}]
    yield ["sparse.from_dense", [draw.tensor(dtype, shape, draw.pick(["plain", "mixed"]))], {}]


def _two(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = _shape(draw)
    other = shape if draw.chance() < 0.93 else [*shape[:-1], shape[-1] + 1]
    pair = [_sparse(draw, dtype, shape), _sparse(draw, dtype, other)]
    yield ["sparse.add", pair, {} if draw.chance() < 0.6 else {"threshold": draw.pick([0, 1, 2])}]
    yield ["sparse.maximum", pair, {}]
    yield ["sparse.minimum", pair, {}]
    axis = draw.axis(len(shape))
    if -len(shape) <= axis < len(shape):
        other = list(shape)
        other[axis] += draw.int(-1 if other[axis] else 0, 2)
        if draw.chance() < 0.1:
            other[(axis + 1) % len(other)] += 1
    kwargs = {"expand_nonconcat_dim": True} if draw.chance() < 0.3 else {}
    yield ["sparse.concat", [axis, [_sparse(draw, dtype, shape), _sparse(draw, dtype, other)]], kwargs]
    ids, values = _sparse(draw, "int64", [2, 3], wrong=0), _sparse(draw, dtype, [2, 3], wrong=0)
    number = len(_held(ids)[2])
    if "complex" not in dtype:
        values = {"s": [ids["s"][0], draw.tensor(dtype, [number]), ids["s"][2]]}
        yield ["sparse.merge", [ids, values, draw.int(1, 9)], {}]


def _dense(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = [draw.int(0 if draw.chance() < 0.1 else 1, 4) for _ in range(2)]
    columns = draw.int(0 if draw.chance() < 0.1 else 1, 3)
    kwargs: Json = {}
    inner = shape[1]
    if draw.chance() < 0.3:
        kwargs["adjoint_a"], inner = True, shape[0]
    if draw.chance() < 0.1:
        inner += 1
    dense = [inner, columns]
    if draw.chance() < 0.3:
        kwargs["adjoint_b"], dense = True, [columns, inner]
    kind = draw.pick(["plain", "mixed"])
    yield ["sparse.matmul", [_sparse(draw, dtype, shape, wrong=0.2), draw.tensor(dtype, dense, kind)], kwargs]
    shape = _shape(draw)
    other = draw.broadcasting(shape)
    args = [_sparse(draw, dtype, shape), draw.tensor(dtype, other)]
    yield [draw.pick(["multiply", "divide"]), args, {}]
    yield ["sparse.add", [_sparse(draw, dtype, shape), draw.tensor(dtype, shape)], {}]
    vector = draw.int(0, 4)
    places = draw.indices(5, vector)
    if draw.chance() < 0.7:
        places = sorted(set(places))
    values = draw.tensor(dtype, [] if draw.chance() < 0.3 else [len(places)])
    args = [draw.tensor("int64", [len(places)], values=places), [5], values]
    yield ["sparse_to_dense", args, {} if draw.chance() < 0.5 else {"validate_indices": False}]
    rows, number = draw.int(1, 4), draw.int(1, 3)
    table = draw.tensor(dtype, [rows, number])
    ids = _sparse(draw, "int64", [draw.int(1, 3), 3], wrong=0)
    held = _held(ids)
    held[2] = draw.indices(rows, len(held[2]))
    weights = None
    if draw.chance() < 0.5:
        weights = {"s": [ids["s"][0], draw.tensor(dtype, [len(held[2])]), ids["s"][2]]}
    combiner = draw.pick(["mean", "sum", "sqrtn"])
    yield ["nn.embedding_lookup_sparse", [table, ids, weights], {"combiner": combiner}]
    yield ["nn.safe_embedding_lookup_sparse", [[table], ids, weights], {"combiner": combiner}]


def _segments(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = [draw.int(0 if draw.chance() < 0.1 else 1, 4), *draw.shape(0, 2)]
    number = draw.int(0, 5)
    indices = draw.tensor(draw.pick(["int32", "int64"]), [number], values=draw.indices(shape[0], number))
    ids = sorted(draw.int(0, 4) for _ in range(number))
    if number and draw.chance() < 0.1:
        ids[draw.int(0, number - 1)] = draw.pick([-1, 0, 9])
    segments = draw.tensor("int32", [number], values=ids)
    for name in ("segment_sum", "segment_mean", "segment_sqrt_n"):
        kwargs = {} if draw.chance() < 0.6 else {"num_segments": draw.scalar(draw.int(0, 6), "int32")}
        kind = draw.pick(["plain", "mixed"])
        yield [f"sparse.{name}", [draw.tensor(dtype, shape, kind), indices, segments], kwargs]
