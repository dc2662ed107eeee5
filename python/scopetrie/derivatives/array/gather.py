"""Gradients of picking by index, and of putting in places."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import Operation, Tensor
from ...ops.array.dims import squeeze
from ...ops.array.fill import identity, zeros_like
from ...ops.array.gather import gather, gather_nd
from ...ops.array.indices import count_up, rows_of, zeros_beside
from ...ops.array.join import concat
from ...ops.array.partition import dynamic_partition, dynamic_stitch
from ...ops.array.scatter import scatter_nd, scatter_rows, tensor_scatter_update
from ...ops.array.shape import reshape, shape, size
from ...ops.declare import SHORT_INDICES, attr, index, tensor
from ...ops.elementwise.arithmetic import add, multiply, realdiv
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import equal
from ...ops.elementwise.unary import negative
from ...ops.folding import constant_value, dims_from
from ...ops.indexed_slices import IndexedSlices
from ...ops.math.reduce import reduce_prod
from ...ops.math.sequence import range_
from ...ops.registry import OPS, define_op
from ..declare import attributes, gradient

Grads = list[Any]


def _gather_grad_kernel(xp: Any, batch_dims: int = 0) -> Any:
    def spread(grad: Any, indices: Any, sizes: Any, axis: Any) -> Any:
        whole = tuple(sizes.tolist())
        along = int(axis.item()) % len(whole)
        batch = batch_dims % len(indices.shape) if batch_dims < 0 else batch_dims
        inner = len(indices.shape) - batch
        # The dimensions of the indices go behind those of the batch, and what lies between follows them.
        order = [*range(batch), *range(along, along + inner), *range(batch, along)]
        moved = xp.permute_dims(grad, (*order, *range(along + inner, len(grad.shape))))
        lead = whole[:batch]
        count = int(np.prod(lead, dtype=np.int64))
        rest = (*whole[batch:along], *whole[along + 1 :])
        offsets = xp.reshape(count_up(xp, indices, count) * whole[along], (*lead, *(1,) * inner))
        at = rows_of(xp, indices + offsets, len(indices.shape))
        rows = xp.reshape(moved, (at.shape[0], *rest))
        total = scatter_rows(xp, zeros_beside(xp, grad, (count * whole[along], *rest)), at, rows, "add")
        made = xp.reshape(total, (*lead, whole[along], *rest))
        return xp.moveaxis(made, batch, along)

    return spread


# v1 has no such op: it transposes, adds segments up and transposes back.
_gather_grad = define_op(
    "GatherGrad", tensor("grad", attr="Tparams"), index("indices", SHORT_INDICES, "Tindices", host=False),
    index("shape", attr="Tshape"), index("axis", attr="Taxis"),
    rule=lambda grad, indices, sizes, axis, batch_dims=0: (grad.dtype.base_dtype, dims_from(sizes)),
    kernel=_gather_grad_kernel, attributes=(attr("batch_dims", int, 0),),
)  # fmt: skip


@gradient("GatherV2")
def _gather(op: Operation, grad: Tensor) -> Grads:
    params, indices, axis = op.inputs
    batch = attributes(op).get("batch_dims", 0)
    along = constant_value(axis)
    if batch or along is None or int(along) != 0:
        return [_gather_grad(grad, indices, shape(params), axis, batch_dims=batch), None, None]
    dims = params._dims
    sizes = shape(params)
    if indices._dims is not None and len(indices._dims) == 1:  # nothing to reshape, but for v1's names
        rows, places = identity(grad, name="Reshape"), identity(indices, name="Reshape_1")
        return [IndexedSlices(rows, places, sizes), None, None]
    if dims is not None and None not in dims[1:]:
        rows = reshape(grad, np.array([-1, *dims[1:]], np.int32))
    else:
        rows = reshape(grad, concat([reshape(size(indices), [1]), sizes[1:]], 0))
    return [IndexedSlices(rows, reshape(indices, [-1]), sizes), None, None]


@gradient("GatherGrad")
def _of_gather_grad(op: Operation, grad: Tensor) -> Grads:
    _, indices, _, axis = op.inputs
    return [OPS["GatherV2"].function(grad, indices, axis, **attributes(op)), None, None, None]  # type: ignore[misc]


@gradient("GatherNd")
def _gather_nd(op: Operation, grad: Tensor) -> Grads:
    params, indices = op.inputs
    sizes = shape(params, out_type=indices.dtype.base_dtype)
    if indices._dims is not None and len(indices._dims) == 2 and indices._dims[-1] == 1:
        return [IndexedSlices(grad, squeeze(indices, axis=-1), sizes), None]
    return [scatter_nd(indices, grad, sizes), None]


@gradient("ScatterNd")
def _scatter_nd(op: Operation, grad: Tensor) -> Grads:
    return [None, gather_nd(grad, op.inputs[0]), None]


@gradient("TensorScatterUpdate")
def _scatter_update(op: Operation, grad: Tensor) -> Grads:
    _, indices, updates = op.inputs
    return [tensor_scatter_update(grad, indices, zeros_like(updates)), None, gather_nd(grad, indices)]


@gradient("TensorScatterAdd")
def _scatter_add(op: Operation, grad: Tensor) -> Grads:
    return [grad, None, gather_nd(grad, op.inputs[1])]


@gradient("TensorScatterSub")
def _scatter_sub(op: Operation, grad: Tensor) -> Grads:
    return [grad, None, negative(gather_nd(grad, op.inputs[1]))]


@gradient("TensorScatterMin", "TensorScatterMax")
def _scatter_extreme(op: Operation, grad: Tensor) -> Grads:
    # As v1: what is equal to the result shares its gradient.
    given, indices, updates = op.inputs
    out, dtype = op.outputs[0], grad.dtype.base_dtype
    kept = cast(equal(given, out), dtype)
    taken = cast(equal(updates, gather_nd(out, indices)), dtype)
    count = add(kept, scatter_nd(indices, taken, shape(out, out_type=indices.dtype.base_dtype)))
    share = realdiv(grad, count)
    return [multiply(share, kept), None, multiply(gather_nd(share, indices), taken)]


@gradient("DynamicPartition")
def _dynamic_partition(op: Operation, *grads: Tensor) -> Grads:
    data, partitions = op.inputs
    lead = shape(partitions)
    places = reshape(range_(reduce_prod(lead)), lead)
    parts = dynamic_partition(places, partitions, attributes(op)["num_partitions"])
    return [reshape(dynamic_stitch(parts, list(grads)), shape(data)), None]


@gradient("DynamicStitch", "ParallelDynamicStitch")
def _dynamic_stitch(op: Operation, grad: Tensor) -> Grads:
    count = len(op.inputs) // 2
    return [*[None] * count, *(gather(grad, each) for each in op.inputs[:count])]
