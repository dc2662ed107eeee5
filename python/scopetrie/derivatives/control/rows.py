"""Gradients of the operations of a TensorArray.

The gradient by the rows (by `flow`) is a value of its own in a session: a `RowGrads`, with the gradient of
each row that anything depends on. Two of them can be added; a plain 0 stands for none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ... import dtypes
from ...graph import Operation, Tensor
from ...ops.control.rows import Rows
from ...ops.declare import index, tensor
from ...ops.node_text import Dims
from ...ops.registry import Spec, define_op
from ..declare import gradient


class RowGrads:
    """Gradients of rows, by their places.

    Attributes:
        items: An array for each place; nothing depends on the others.
        shape: That of the tensor that stands for it: it is a scalar.
    """

    __slots__ = ("items",)

    shape: Final = ()

    def __init__(self, items: dict[int, Any]) -> None:
        self.items = items

    def __add__(self, other: Any) -> RowGrads:
        more = _items(other)
        if not more:
            return self
        both = dict(self.items)
        for at, each in more.items():
            both[at] = both[at] + each if at in both else each
        return RowGrads(both)

    __radd__ = __add__


def no_gradient(xp: Any, value: Any) -> Any:
    """The gradient of a value on which nothing depends, to which others can be added."""
    return RowGrads({}) if isinstance(value, Rows) else xp.zeros_like(value)


def _items(grads: Any) -> dict[int, Any]:
    """The gradients of rows; none where the gradient is a plain 0."""
    if isinstance(grads, np.ndarray) and grads.dtype == object:
        grads = grads[()]
    return grads.items if isinstance(grads, RowGrads) else {}


def _flow(*inputs: Tensor, **attrs: Any) -> Spec:
    return dtypes.float32, ()


def _like(at: int) -> Callable[..., Spec]:
    """The rule of an output with the dtype and shape of an input."""

    def rule(*inputs: Tensor) -> Spec:
        dims: Dims = inputs[at]._dims
        return inputs[at].dtype.base_dtype, dims

    return rule


def _kernel(compute: Callable[..., Any]) -> Callable[..., Any]:
    return lambda xp: lambda *values: compute(xp, *values)


def _row(xp: Any, at: Any, grads: Any, value: Any) -> Any:
    found = _items(grads).get(int(at))
    return xp.zeros_like(value) if found is None else found


def _rows(xp: Any, places: Any, grads: Any, value: Any) -> Any:
    found = _items(grads)
    if not len(places):
        return xp.zeros_like(value)
    blank = None
    rows = []
    for number, at in enumerate(places):
        row = found.get(int(at))
        if row is None:
            blank = xp.zeros_like(value[number, ...]) if blank is None else blank
            row = blank
        rows.append(xp.asarray(row))
    return xp.stack(rows)


def _spread(xp: Any, places: Any, grad: Any) -> RowGrads:
    found: dict[int, Any] = {}
    for number, at in enumerate(places):
        row = grad[number, ...]
        found[int(at)] = found[int(at)] + row if int(at) in found else row
    return RowGrads(found)


def _cut(xp: Any, grad: Any, rows: Any) -> RowGrads:
    found, start = {}, 0
    for at in range(len(rows.items)):
        end = start + rows.read(xp, at).shape[0]
        found[at] = grad[start:end, ...]
        start = end
    return RowGrads(found)


def _cut_by_lengths(xp: Any, lengths: Any, grad: Any) -> RowGrads:
    found, start = {}, 0
    for at, length in enumerate(lengths):
        found[at] = grad[start : start + int(length), ...]
        start += int(length)
    return RowGrads(found)


def _joined_like(xp: Any, grads: Any, rows: Any, value: Any) -> Any:
    return _joined(xp, [rows.read(xp, at).shape[0] for at in range(len(rows.items))], grads, value)


def _joined(xp: Any, lengths: Any, grads: Any, value: Any) -> Any:
    found, pieces, start = _items(grads), [], 0
    for at, length in enumerate(lengths):
        end = start + int(length)
        piece = found.get(at)
        pieces.append(xp.zeros_like(value[start:end, ...]) if piece is None else xp.asarray(piece))
        start = end
    return xp.concat(pieces, axis=0) if pieces else xp.zeros_like(value)


_PLACE: Final = index("index", (dtypes.int32,), None)
_PLACES: Final = index("indices", (dtypes.int32,), None)
_GRADS: Final = tensor("flow", attr=None)
_take_row = define_op(
    "TensorArrayGradRead", _PLACE, _GRADS, tensor("value"), rule=_like(2), kernel=_kernel(_row)
)
_give_row = define_op(
    "TensorArrayGradWrite", _PLACE, tensor("grad"), rule=_flow,
    kernel=_kernel(lambda xp, at, grad: RowGrads({int(at): grad})),
)  # fmt: skip
_take_rows = define_op(
    "TensorArrayGradGather", _PLACES, _GRADS, tensor("value"), rule=_like(2), kernel=_kernel(_rows)
)
_give_rows = define_op("TensorArrayGradScatter", _PLACES, tensor("grad"), rule=_flow, kernel=_kernel(_spread))
_give_pieces = define_op("TensorArrayGradSplit", tensor("grad"), _GRADS, rule=_flow, kernel=_kernel(_cut))
_take_pieces = define_op(
    "TensorArrayGradConcat", index("lengths", (dtypes.int64, dtypes.int32), None), _GRADS, tensor("value"),
    rule=_like(2), kernel=_kernel(_joined),
)  # fmt: skip
# For the gradients of gradients.
_cut_pieces = define_op(
    "TensorArrayGradCut", index("lengths", (dtypes.int64, dtypes.int32), None), tensor("grad"), rule=_flow,
    kernel=_kernel(_cut_by_lengths),
)  # fmt: skip
_join_pieces = define_op(
    "TensorArrayGradJoin", _GRADS, tensor("rows", attr=None), tensor("value"), rule=_like(2),
    kernel=_kernel(_joined_like),
)  # fmt: skip

Grads = list[Tensor | None]


@gradient("TensorArray", "TensorArraySize")
def _made(op: Operation, grad: Tensor) -> None:
    return None


@gradient("TensorArrayWrite")
def _written(op: Operation, grad: Tensor) -> Grads:
    at, value, _ = op.inputs
    return [None, _take_row(at, grad, value), grad]


@gradient("TensorArrayRead")
def _read(op: Operation, grad: Tensor) -> Grads:
    return [None, _give_row(op.inputs[0], grad)]


@gradient("TensorArrayGather")
def _gathered(op: Operation, grad: Tensor) -> Grads:
    return [None, _give_rows(op.inputs[0], grad)]


@gradient("TensorArrayScatter")
def _scattered(op: Operation, grad: Tensor) -> Grads:
    places, value, _ = op.inputs
    return [None, _take_rows(places, grad, value), grad]


@gradient("TensorArrayConcat")
def _joined_up(op: Operation, grad: Tensor) -> Tensor:
    return _give_pieces(grad, op.inputs[0])


@gradient("TensorArraySplit")
def _split(op: Operation, grad: Tensor) -> Grads:
    value, lengths, _ = op.inputs
    return [_take_pieces(lengths, grad, value), None, grad]


# Gradients of gradients: all of the above is linear in the gradients, and takes the rest only for its shape.


@gradient("TensorArrayGradRead")
def _taken_row(op: Operation, grad: Tensor) -> Grads:
    return [None, _give_row(op.inputs[0], grad), None]


@gradient("TensorArrayGradWrite")
def _given_row(op: Operation, grad: Tensor) -> Grads:
    at, value = op.inputs
    return [None, _take_row(at, grad, value)]


@gradient("TensorArrayGradGather")
def _taken_rows(op: Operation, grad: Tensor) -> Grads:
    return [None, _give_rows(op.inputs[0], grad), None]


@gradient("TensorArrayGradScatter")
def _given_rows(op: Operation, grad: Tensor) -> Grads:
    places, value = op.inputs
    return [None, _take_rows(places, grad, value)]


@gradient("TensorArrayGradSplit")
def _given_pieces(op: Operation, grad: Tensor) -> Grads:
    value, rows = op.inputs
    return [_join_pieces(grad, rows, value), None]


@gradient("TensorArrayGradConcat")
def _taken_pieces(op: Operation, grad: Tensor) -> Grads:
    return [None, _cut_pieces(op.inputs[0], grad), None]


@gradient("TensorArrayGradCut")
def _cut_again(op: Operation, grad: Tensor) -> Grads:
    lengths, value = op.inputs
    return [None, _take_pieces(lengths, grad, value)]


@gradient("TensorArrayGradJoin")
def _joined_again(op: Operation, grad: Tensor) -> Grads:
    return [_give_pieces(grad, op.inputs[1]), None, None]
