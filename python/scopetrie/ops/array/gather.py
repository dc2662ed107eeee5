"""Picking elements and slices by index: gather, gather_nd."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._core import name_scope
from ...graph import Tensor
from ...public import v1
from ..constant import constant, convert_to_tensor, index_array
from ..declare import SHORT_INDICES, attr, index, tensor
from ..direct import direct, given
from ..registry import define_op
from .indices import check_indices, check_tuples, count_up, flat_positions, nothing, rows_of
from .join import concat


def _gather_kernel(xp: Any, batch_dims: int = 0) -> Any:
    def gather_rows(params: Any, indices: Any, axis: Any) -> Any:
        rank = len(params.shape)
        along = int(axis.item())
        if not -rank <= along < rank:
            raise ValueError(f"Shape must be at least rank {along + 1} but is rank {rank}")
        along %= rank
        batch = batch_dims + len(indices.shape) if batch_dims < 0 else batch_dims
        if along < batch:
            raise ValueError(f"batch_dims ({batch}) must be less than or equal to axis ({along})")
        if params.shape[:batch] != indices.shape[:batch]:
            raise ValueError(
                f"params.shape[:{batch}]: {list(params.shape[:batch])} should be equal to "
                f"indices.shape[:{batch}]: {list(indices.shape[:batch])}"
            )
        out = (*params.shape[:along], *indices.shape[batch:], *params.shape[along + 1 :])
        if 0 in out:  # as v1: of nothing, any index will do
            return nothing(xp, params, out)
        check_indices(indices, params.shape[along])
        if batch:
            return _gather_batched(xp, params, indices, along, batch)
        if len(indices.shape) == 1:
            return xp.take(params, indices, axis=along)
        return xp.reshape(xp.take(params, rows_of(xp, indices, len(indices.shape)), axis=along), out)

    return gather_rows


def _gather_batched(xp: Any, params: Any, indices: Any, along: int, batch: int) -> Any:
    shape_p, shape_i = params.shape, indices.shape
    moved = xp.moveaxis(params, along, batch)
    size, lead = shape_p[along], shape_p[:batch]
    count = math.prod(lead)
    if count * size > xp.iinfo(indices.dtype).max:
        indices = xp.astype(indices, xp.int64)
    rest = moved.shape[batch + 1 :]
    flat = xp.reshape(moved, (count * size, *rest))
    offsets = xp.reshape(count_up(xp, indices, count) * size, (count, 1))
    each = math.prod(shape_i[batch:])
    at = xp.reshape(xp.reshape(indices, (count, each)) + offsets, (count * each,))
    out = xp.reshape(xp.take(flat, at, axis=0), (*lead, *shape_i[batch:], *rest))
    # The dimensions between batch and axis were moved behind the indices: back in front of them.
    between = along - batch
    if between:
        first = batch + len(shape_i) - batch
        perm = [
            *range(batch),
            *range(first, first + between),
            *range(batch, first),
            *range(first + between, len(out.shape)),
        ]
        out = xp.permute_dims(out, tuple(perm))
    return out


_gather = define_op(
    "GatherV2", tensor("params", attr="Tparams"), index("indices", SHORT_INDICES, "Tindices", host=False),
    index("axis", attr="Taxis"), kernel=_gather_kernel,
    attributes=(attr("batch_dims", int, 0),),
)  # fmt: skip


@v1("gather")
@direct(_gather, axis=given(2, default=0))
def gather(
    params: Any, indices: Any, validate_indices: Any = None, name: str | None = None, axis: Any = None,
    batch_dims: int = 0,
) -> Tensor:  # fmt: skip
    """Picks slices of a tensor by index.

    Args:
        params: A tensor.
        indices: A tensor of int32 or int64 indices, of any shape.
        validate_indices: Accepted for v1's sake.
        name: The operation's name.
        axis: The dimension to pick along; `batch_dims` by default.
        batch_dims: How many leading dimensions `params` and `indices` share.

    Returns:
        A tensor `params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:]`.

    Raises:
        ValueError: If the axis is out of range.
        TypeError: If the indices are no ints.

    >>> import scopetrie as tf
    >>> tf.gather(tf.zeros([5, 4]), [[0, 2], [1, 1]]).shape.as_list()
    [2, 2, 4]
    """
    if axis is None:
        axis = batch_dims
    if batch_dims:
        return _gather(params, indices, axis, batch_dims=int(batch_dims), name=name)
    return _gather(params, indices, axis, name=name)


def _gather_nd_kernel(xp: Any) -> Any:
    def gather_each(params: Any, indices: Any) -> Any:
        depth, outer = indices.shape[-1], len(indices.shape) - 1
        if 0 in params.shape and 0 not in indices.shape:
            raise ValueError(
                f"Requested more than 0 entries, but params is empty.  Params shape: {list(params.shape)}"
            )
        check_tuples(indices, params.shape, "param")
        flat = rows_of(xp, params, depth)
        at = rows_of(xp, flat_positions(xp, indices, params.shape), outer)
        return xp.reshape(xp.take(flat, at, axis=0), (*indices.shape[:-1], *params.shape[depth:]))

    return gather_each


_gather_nd = define_op(
    "GatherNd", tensor("params", attr="Tparams"), tensor("indices", SHORT_INDICES, "Tindices"),
    kernel=_gather_nd_kernel, attributes=(attr("bad_indices_policy", str, ""),),
)  # fmt: skip


@v1("gather_nd")
def gather_nd(
    params: Any, indices: Any, name: str | None = None, batch_dims: int = 0, bad_indices_policy: str = ""
) -> Tensor:
    """Picks slices of a tensor by tuples of indices.

    Args:
        params: A tensor.
        indices: A tensor of tuples `[..., depth]`, each an index into the first `depth` dimensions.
        name: The operation's name.
        batch_dims: How many leading dimensions `params` and `indices` share.
        bad_indices_policy: Accepted for v1's sake; indices out of range are errors.

    Returns:
        A tensor `indices.shape[:-1] + params.shape[depth:]`.

    Raises:
        ValueError: If tuples are longer than the rank of `params`.
    """
    at = index_array(indices)
    if batch_dims:
        with name_scope(name, "GatherNd", [params, indices]):
            x, at = convert_to_tensor(params), convert_to_tensor(at)
            outer: Any = at._dims and at._dims[:-1]
            if outer is None or None in outer:
                raise ValueError("gather_nd: with batch_dims, the shape of the indices must be known")
            lead = np.indices(outer).reshape(len(outer), -1).T[:, :batch_dims]
            lead = lead.reshape(*outer, batch_dims).astype(at.dtype.as_numpy_dtype)
            return _gather_nd(x, concat([constant(lead), at], axis=-1))
    return _gather_nd(params, at, name=name)
