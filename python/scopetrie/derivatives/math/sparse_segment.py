"""Gradients of totals of rows that are picked by index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...graph import Operation
from ...ops.array.scatter import scatter_rows
from ...ops.array.shape import shape
from ...ops.declare import FLOATS, INDICES, index, tensor
from ...ops.folding import known_elements
from ...ops.indexed_slices import IndexedSlices
from ...ops.math.sparse_segment import scales
from ...ops.registry import define_op
from ..declare import attributes, gradient

Grads = list[Any]


def _spread(xp: Any, how: str, grad: Any, ids: Any) -> Any:
    """The gradient of each row that was picked."""
    from array_api_compat import device

    own = device(grad)
    at = xp.asarray(ids, device=own)
    rows = xp.take(grad, at, axis=0)
    if how == "sum":
        return rows
    return rows * xp.take(scales(xp, ids, grad.shape[0], how, grad), at, axis=0)


def _dense_kernel(how: str) -> Callable[..., Any]:
    def kernel(xp: Any) -> Any:
        from array_api_compat import device

        def spread(grad: Any, indices: Any, ids: Any, size: Any) -> Any:
            own = device(grad)
            out = xp.zeros((int(size.item()), *grad.shape[1:]), dtype=grad.dtype, device=own)
            if not indices.shape[0]:
                return out
            return scatter_rows(xp, out, xp.asarray(indices, device=own), _spread(xp, how, grad, ids), "add")

        return spread

    return kernel


def _sparse_kernel(how: str) -> Callable[..., Any]:
    def kernel(xp: Any) -> Any:
        from array_api_compat import device

        def spread(grad: Any, indices: Any, ids: Any, size: Any) -> Any:
            own = device(grad)
            places, at = np.unique(indices, return_inverse=True)
            out = xp.zeros((len(places), *grad.shape[1:]), dtype=grad.dtype, device=own)
            if len(indices):
                rows = _spread(xp, how, grad, ids)
                out = scatter_rows(xp, out, xp.asarray(at.reshape(-1), device=own), rows, "add")
            return out, xp.asarray(places, device=own)

        return spread

    return kernel


def _dense_rule(grad: Any, indices: Any, ids: Any, size: Any) -> Any:
    known = known_elements(size)
    rest = None if grad._dims is None else (known[0] if known else None, *grad._dims[1:])
    return grad.dtype.base_dtype, rest


def _declare(type: str, how: str) -> None:
    inputs = (
        tensor("grad", FLOATS), index("indices", INDICES, "Tidx"),
        index("segment_ids", INDICES, "Tsegmentids"),
        index("output_dim0", (INDICES[0],), None),
    )  # fmt: skip
    on_device = (
        inputs[0], index("indices", INDICES, "Tidx", host=False),
        index("segment_ids", INDICES, "Tsegmentids", host=False), inputs[3],
    )  # fmt: skip
    dense = define_op(f"{type}Grad", *on_device, rule=_dense_rule, kernel=_dense_kernel(how))
    sparse = define_op(
        f"{type}GradV2", *inputs,
        rule=lambda grad, indices, ids, size: [
            (grad.dtype.base_dtype, None if grad._dims is None else (None, *grad._dims[1:])),
            (indices.dtype.base_dtype, (None,)),
        ],
        kernel=_sparse_kernel(how),
    )  # fmt: skip

    @gradient(type, f"{type}WithNumSegments")
    def _grad(op: Operation, grad: Any) -> Grads:
        data, indices, ids, *rest = op.inputs
        sizes = shape(data)
        if attributes(op).get("sparse_gradient"):
            rows, places = sparse(grad, indices, ids, sizes[0])
            return [IndexedSlices(rows, places, sizes), None, None, *(None for _ in rest)]
        return [dense(grad, indices, ids, sizes[0]), None, None, *(None for _ in rest)]


_declare("SparseSegmentSum", "sum")
_declare("SparseSegmentMean", "mean")
_declare("SparseSegmentSqrtN", "sqrt_n")
