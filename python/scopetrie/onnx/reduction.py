"""Reductions, sums along an axis, the largest elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .. import dtypes
from .step import Held, Step, Value
from .table import converts

_KINDS: Final = {
    "Sum": "ReduceSum", "Mean": "ReduceMean", "Max": "ReduceMax", "Min": "ReduceMin", "Prod": "ReduceProd",
    "EuclideanNorm": "ReduceL2",
}  # fmt: skip


def _reduced(step: Step, reduce: Callable[[Value, Value, int], Value]) -> Held | Value:
    """A reduction: with the channels first, if they are, and only the dimensions between are reduced."""
    keep = int(step.attrs["keep_dims"])
    known = step.known(1)
    if known is not None and step.holding(0).plain is None:
        rank = step.rank(0)
        if sorted(int(each) % rank for each in known.ravel()) == list(range(1, rank - 1)):
            made = reduce(step.channels_first(0), step.index(list(range(2, rank))), keep)
            return Held(None, made) if keep else made
    axes = step.index_input(1)
    if known is not None and known.ndim == 0:
        axes = step.index(known.reshape(1))
    elif known is None:
        axes = step.emit("Reshape", axes, step.index([-1]))
    return reduce(step.input(0), axes, keep)


def _plain(kind: str) -> Callable[[Step], Any]:
    def convert(step: Step) -> Any:
        return _reduced(
            step, lambda x, axes, keep: step.emit(kind, x, axes, keepdims=keep, noop_with_empty_axes=1)
        )

    return convert


for _type, _kind in _KINDS.items():
    converts(_type, to=f"{_kind} Reshape")(_plain(_kind))


def _any(step: Step, x: Value, axes: Value, keep: int) -> Value:
    ones = step.cast(x, dtypes.int32)
    count = step.emit("ReduceSum", ones, axes, keepdims=keep, noop_with_empty_axes=1)
    return step.cast(count, dtypes.bool)


@converts("Any", to="Cast ReduceSum Reshape")
def _any_of(step: Step) -> Any:
    return _reduced(step, lambda x, axes, keep: _any(step, x, axes, keep))


@converts("All", to="Cast Not ReduceSum Reshape")
def _all_of(step: Step) -> Any:
    return _reduced(step, lambda x, axes, keep: step.emit("Not", _any(step, step.emit("Not", x), axes, keep)))


@converts("L2Loss", to="Div Mul ReduceSum")
def _l2_loss(step: Step) -> Value:
    x = step.input(0)
    total = step.emit("ReduceSum", step.emit("Mul", x, x), keepdims=0)
    return step.emit("Div", total, step.number(2))


def _position(kind: str) -> Callable[[Step], Value]:
    def convert(step: Step) -> Value:
        (axis,) = step.ints(1, "its dimension")
        found = step.emit(kind, step.input(0), axis=axis, keepdims=0)
        return step.cast(found, step.out_dtype())

    return convert


converts("ArgMax", to="ArgMax Cast")(_position("ArgMax"))
converts("ArgMin", to="ArgMin Cast")(_position("ArgMin"))


@converts("Cumsum", to="CumSum")
def _cumsum(step: Step) -> Value:
    return step.emit(
        "CumSum", step.input(0), step.index_input(1),
        exclusive=int(step.attrs["exclusive"]), reverse=int(step.attrs["reverse"]),
    )  # fmt: skip


@converts("TopKV2", to="Cast Reshape TopK")
def _top_k(step: Step) -> list[Value]:
    count = step.emit("Reshape", step.index_input(1), step.index([1]))
    values, places = step.emit_all(
        "TopK", [step.input(0), count], 2, axis=-1, sorted=int(step.attrs["sorted"])
    )
    return [values, step.cast(places, step.out_dtype(1))]
