"""Gradients of ops that put the elements of sparse tensors elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import Operation, Tensor
from ...ops.array.gather import gather
from ...ops.array.shape import shape
from ...ops.array.unique import invert_permutation
from ...ops.declare import NUMBERS, tensor
from ...ops.math.sequence import range_
from ...ops.registry import OPS, define_op
from ...ops.sparse.places import LONG
from ..declare import gradient, no_derivative

Grads = list[Tensor | None]

# As in v1. What is largest, what is cut into parts and the totals that are sparse have no gradient: they are
# refused.
no_derivative("SparseConcat", "SparseReshape")


@gradient("SparseReorder")
def _reorder(op: Operation, grad_indices: Tensor, grad: Tensor) -> Grads:
    indices, _, sizes = op.inputs
    reorder: Any = OPS["SparseReorder"].function
    order = reorder(indices, range_(shape(indices)[0]), sizes)[1]
    return [None, gather(grad, invert_permutation(order)), None]


def _looked_up(places: Any, among: Any, grad: Any) -> Any:
    """The gradients of elements by the places in which they are; 0 where an element is not there."""
    # Places as single keys; both are of one tensor.
    bounds = np.maximum(places.max(axis=0, initial=0), among.max(axis=0, initial=0)) + 1
    keys, known = np.ravel_multi_index(tuple(places.T), bounds), np.ravel_multi_index(tuple(among.T), bounds)
    if not len(known):
        return np.zeros(len(keys), grad.dtype)
    order = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known[order], keys), len(known) - 1)
    found = order[at]
    return np.where(known[found] == keys, grad[found], np.zeros((), grad.dtype))


def _add_kernel(xp: Any) -> Any:
    return lambda grad, a, b, total: (_looked_up(a, total, grad), _looked_up(b, total, grad))


_add_grad = define_op(
    "SparseAddGrad", tensor("backprop_val_grad", NUMBERS, host=True),
    *(tensor(f"{name}_indices", LONG, None, host=True) for name in ("a", "b", "sum")),
    rule=lambda grad, a, b, total: [
        (grad.dtype.base_dtype, (None if each._dims is None else each._dims[0],)) for each in (a, b)
    ],
    kernel=_add_kernel, host_outputs=True,
)  # fmt: skip


@gradient("SparseAdd")
def _add(op: Operation, grad_indices: Tensor, grad: Tensor, grad_sizes: Tensor) -> Grads:
    made: Any = _add_grad(grad, op.inputs[0], op.inputs[3], op.outputs[0])
    return [None, made[0], None, None, made[1], None, None]


def _slice_kernel(xp: Any) -> Any:
    def spread(grad: Any, indices: Any, start: Any, cut: Any) -> Any:
        return _looked_up(indices, cut + start, grad)

    return spread


_slice_grad = define_op(
    "SparseSliceGrad", tensor("backprop_val_grad", NUMBERS, host=True),
    *(tensor(name, LONG, None, host=True) for name in ("input_indices", "input_start", "output_indices")),
    rule=lambda grad, indices, start, cut: (
        grad.dtype.base_dtype, (None if indices._dims is None else indices._dims[0],)
    ),
    kernel=_slice_kernel, host_outputs=True,
)  # fmt: skip


@gradient("SparseSlice")
def _slice(op: Operation, grad_indices: Tensor, grad: Tensor, grad_sizes: Tensor) -> Grads:
    indices, _, _, start, _ = op.inputs
    return [None, _slice_grad(grad, indices, start, op.outputs[0]), None, None, None]


def _fill_kernel(xp: Any) -> Any:
    def spread(at: Any, grad: Any) -> Any:
        rest = np.ones(len(grad), bool)
        rest[at] = False
        return grad[at], np.asarray(grad[rest].sum(), grad.dtype)

    return spread


_fill_grad = define_op(
    "SparseFillEmptyRowsGrad", tensor("reverse_index_map", LONG, None, host=True),
    tensor("grad_values", host=True),
    rule=lambda at, grad: [(grad.dtype.base_dtype, at._dims), (grad.dtype.base_dtype, ())],
    kernel=_fill_kernel, host_outputs=True,
)  # fmt: skip


@gradient("SparseFillEmptyRows")
def _fill(op: Operation, grad_indices: Tensor, grad: Tensor, *rest: Tensor) -> Grads:
    made: Any = _fill_grad(op.outputs[3], grad)
    return [None, made[0], None, made[1]]
