"""Calls of functions that pick and place by index, and of variables' updates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from differential.draw import ALL, Draw, Json, count
from differential.families.elementwise import Accepts

TENSOR_SCATTERS: Final = (
    "tensor_scatter_update tensor_scatter_add tensor_scatter_sub tensor_scatter_nd_min tensor_scatter_nd_max"
).split()
SCATTERS: Final = (
    "scatter_update scatter_add scatter_sub scatter_mul scatter_div scatter_min scatter_max"
).split()
ND_SCATTERS: Final = "scatter_nd_update scatter_nd_add scatter_nd_sub".split()


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for dtype in [*ALL, *["float32", "int32"] * 4]:
        for _ in range(14):
            yield _gather(draw, dtype)
        for _ in range(8):
            yield _gather_nd(draw, dtype)
            yield _scatter_nd(draw, dtype)
        for name in TENSOR_SCATTERS:
            for _ in range(3):
                yield _placed(draw, name, "c", dtype)
        for name in ND_SCATTERS:
            for _ in range(3):
                yield _placed(draw, name, "v", dtype)
        for name in SCATTERS:
            for _ in range(3):
                yield _scatter(draw, name, dtype)
        for _ in range(4):
            yield from _dynamic(draw, dtype)
            yield from _variables(draw, dtype)
        for _ in range(5):
            yield from _masks(draw, dtype)


def _gather(draw: Draw, dtype: str) -> Json:
    shape = draw.shape(1 if draw.chance() < 0.93 else 0)
    rank = len(shape)
    kwargs: Json = {}
    axis = draw.axis(rank) if draw.chance() < 0.6 else 0
    picked = draw.shape(0, 2)
    batch = 0
    if draw.chance() < 0.25 and rank > 1:
        batch = draw.int(0, rank - 1)
        picked = [*shape[:batch], *picked[:1]]
        kwargs["batch_dims"] = batch if draw.chance() < 0.8 else batch - len(picked)
        axis = draw.int(batch, rank - 1)
        if axis == batch and draw.chance() < 0.5:
            axis = 0
    if axis or draw.chance() < 0.2:
        kwargs["axis"] = draw.scalar(axis)
    size = shape[axis] if -rank <= axis < rank else 1
    if not axis and batch:
        size = shape[batch]
    indices = draw.indices(size, count(picked))
    given = draw.tensor(draw.pick(["int32", "int32", "int64", "int16"]), picked, values=_fit(indices))
    return [draw.pick(["gather", "gather", "gather"]), [draw.tensor(dtype, shape, "mixed"), given], kwargs]


def _fit(indices: list[int]) -> list[int]:
    return [max(-(2**15), min(2**15 - 1, at)) for at in indices]


def _tuples(draw: Draw, shape: list[int]) -> tuple[list[int], list[int], int]:
    depth = draw.int(0, len(shape)) if draw.chance() < 0.95 else len(shape) + 1
    outer = draw.shape(0, 2)
    columns = [draw.indices(shape[at] if at < len(shape) else 1, count(outer), 0.06) for at in range(depth)]
    return [*outer, depth], [at for row in zip(*columns, strict=True) for at in row], depth


def _gather_nd(draw: Draw, dtype: str) -> Json:
    shape = draw.shape()
    at, values, _ = _tuples(draw, shape)
    indices = draw.tensor(draw.pick(["int32", "int64"]), at, values=values)
    return ["gather_nd", [draw.tensor(dtype, shape, "mixed"), indices], {}]


def _scatter_nd(draw: Draw, dtype: str) -> Json:
    shape = draw.shape(1 if draw.chance() < 0.9 else 0, 3)
    at, values, depth = _tuples(draw, shape)
    updates = [*at[:-1], *shape[depth:]]
    if draw.chance() < 0.08:
        updates = draw.shape(0, 2)
    kind = draw.pick(["int32", "int64"])
    wanted = draw.ints(shape if draw.chance() < 0.95 else [-1, *shape], kind)
    return ["scatter_nd", [draw.tensor(kind, at, values=values), draw.tensor(dtype, updates), wanted], {}]


def _placed(draw: Draw, name: str, target: str, dtype: str) -> Json:
    shape = draw.shape(1 if draw.chance() < 0.9 else 0, 3)
    at, values, depth = _tuples(draw, shape)
    updates = [*at[:-1], *shape[depth:]]
    if draw.chance() < 0.08:
        updates = draw.shape(0, 2)
    whole = draw.tensor(dtype, shape, "mixed")
    if target == "v":
        whole = {"v": [dtype, shape, draw.values(dtype, count(shape))]}
    return [
        name,
        [whole, draw.tensor(draw.pick(["int32", "int64"]), at, values=values), draw.tensor(dtype, updates)],
        {},
    ]


def _scatter(draw: Draw, name: str, dtype: str) -> Json:
    shape = draw.shape(1 if draw.chance() < 0.95 else 0, 3)
    picked = draw.shape(0, 2)
    rows = shape[0] if shape else 1
    updates = [*picked, *shape[1:]]
    if draw.chance() < 0.2:
        updates = []
    elif draw.chance() < 0.06:
        updates = draw.shape(0, 2)
    indices = draw.tensor(draw.pick(["int32", "int64"]), picked, values=draw.indices(rows, count(picked)))
    variable = {"v": [dtype, shape, draw.values(dtype, count(shape))]}
    return [name, [variable, indices, draw.tensor(dtype, updates, draw.pick(["plain", "nonzero"]))], {}]


def _dynamic(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape(1 if draw.chance() < 0.9 else 0, 3)
    lead = shape[: draw.int(0, len(shape))]
    parts = draw.indices(3, count(lead))
    yield [
        "dynamic_partition",
        [draw.tensor(dtype, shape), draw.tensor("int32", lead, values=parts), draw.pick([3, 3, 3, 1, 0])], {},
    ]  # fmt: skip
    rest = draw.shape(0, 1)
    indices, data = [], []
    order = draw.random.sample(range(6), 6)
    for _ in range(draw.int(1, 3)):
        picked = draw.shape(0, 1)
        at = [order.pop() if order and draw.chance() < 0.7 else draw.int(0, 6) for _ in range(count(picked))]
        if at and draw.chance() < 0.06:
            at[0] = -1
        indices.append(draw.tensor("int32", picked, values=at))
        wrong = [1] if draw.chance() < 0.04 else []
        data.append(draw.tensor(dtype, [*picked, *rest, *wrong]))
    yield ["dynamic_stitch", [indices, data], {}]


def _variables(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape(0, 3)
    variable = {"v": [dtype, shape, draw.values(dtype, count(shape), "mixed")]}
    other = shape if draw.chance() < 0.8 else draw.broadcasting(shape)
    for name in ("assign", "assign_add", "assign_sub"):
        yield [name, [variable, draw.tensor(dtype, other, "mixed")], {}]
    yield ["count_up_to", [{"v": [dtype, [], draw.values(dtype, 1)]}, draw.int(-8, 8)], {}]
    kept = {"validate_shape": False}
    yield ["assign", [variable, draw.tensor(dtype, draw.shape(0, 2))], kept if draw.chance() < 0.5 else {}]


def _masks(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape(1 if draw.chance() < 0.95 else 0, 3)
    first = draw.int(0, max(len(shape) - 1, 0)) if draw.chance() < 0.3 else 0
    mask = shape[first : first + draw.int(1, 2)]
    if draw.chance() < 0.05:
        mask = [size + 1 for size in mask]
    kwargs = {"axis": first} if first else {}
    yield ["boolean_mask", [draw.tensor(dtype, shape, "mixed"), draw.tensor("bool", mask)], kwargs]
    at = draw.shape(0, 2)
    depth = draw.pick([0, 1, 3, 4])
    kwargs = {"axis": draw.axis(len(at) + 1)} if draw.chance() < 0.5 else {}
    if draw.chance() < 0.3:
        kwargs |= {"on_value": draw.tensor(dtype, [], fed=0.1), "off_value": draw.tensor(dtype, [], fed=0.1)}
    else:
        kwargs["dtype"] = {"d": dtype}
    kind = draw.pick(["int32", "int64", "uint8"])
    values = (
        draw.indices(depth, count(at), 0.4) if kind != "uint8" else [draw.int(0, 4) for _ in range(count(at))]
    )
    yield ["one_hot", [draw.tensor(kind, at, values=values), draw.scalar(depth, "int32")], kwargs]
    shape = draw.shape(1, 3)
    ids = draw.shape(0, 2)
    given = draw.tensor(draw.pick(["int32", "int64"]), ids, values=draw.indices(shape[0], count(ids)))
    kwargs = {} if draw.chance() < 0.7 or "float" not in dtype else {"max_norm": 1.5}
    yield ["nn.embedding_lookup", [draw.tensor(dtype, shape), given], kwargs]
    if shape[0] > 1:
        params = [draw.tensor(dtype, shape), draw.tensor(dtype, shape)]
        given = draw.tensor("int32", ids, values=draw.indices(2 * shape[0], count(ids)))
        yield ["nn.embedding_lookup", [params, given], {"partition_strategy": draw.pick(["mod", "div"])}]
    lengths = [draw.int(-1, 4) for _ in range(count(at))]
    kwargs = {"maxlen": draw.scalar(draw.pick([3, 5, 0]), "int32")} if draw.chance() < 0.6 else {}
    yield ["sequence_mask", [draw.tensor("int32", at, values=lengths)], {**kwargs, "dtype": {"d": dtype}}]
