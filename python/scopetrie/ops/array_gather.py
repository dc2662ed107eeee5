"""Picking elements by index and putting them in place: gather, scatter, one_hot, masks, partitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dtypes
from .._core import OpFunction, Variable, name_scope
from ..dtypes import DType, DTypeLike, as_dtype
from ..graph import Tensor
from .array_join import concat
from .array_shape import expand_dims, require_rank, reshape, shape, squeeze
from .constant import constant, convert_to_tensor, index_array
from .folding import constant_value, dims_from
from .math_compare import less, merge_dims, where
from .math_elementwise import cast, cast_node, maximum
from .math_reduce import reduce_max, reduce_prod
from .registry import INDICES, Dims, ShapeError, Spec, check_dtype, define_op, dims_text, listed
from .sequence import count_up, range_

_INDEX_TYPES = "i2 i4 i8"


def _gather_rule(params: Tensor, indices: Tensor, axis: Tensor, batch_dims: int = 0) -> Spec:
    check_dtype(indices, "indices", _INDEX_TYPES)
    check_dtype(axis, "axis", INDICES)
    dtype, dims, picked = params.dtype.base_dtype, params._dims, indices._dims
    at = constant_value(axis)
    if dims is None or picked is None:
        return dtype, None
    batch = batch_dims % len(picked) if batch_dims < 0 else batch_dims
    if at is None:
        return dtype, (None,) * (len(dims) + len(picked) - 1 - batch)
    along = int(at)
    if not -len(dims) <= along < len(dims):
        need = along + 1 if along >= 0 else -along
        raise ShapeError(
            f"Shape must be at least rank {need} but is rank {len(dims)}", constants={2: str(along)}
        )
    along %= len(dims)
    lead = merge_dims(dims[:batch], picked[:batch]) or ()
    return dtype, (*lead, *dims[batch:along], *picked[batch:], *dims[along + 1 :])


def _gather_kernel(xp: Any, batch_dims: int = 0) -> Any:
    def gather_rows(params: Any, indices: Any, axis: Any) -> Any:
        along = int(axis.item()) % len(params.shape)
        if batch_dims == 0:
            if len(indices.shape) == 1:
                return xp.take(params, indices, axis=along)
            flat = xp.take(params, xp.reshape(indices, (-1,)), axis=along)
            return xp.reshape(flat, (*params.shape[:along], *indices.shape, *params.shape[along + 1 :]))
        return _gather_batched(xp, params, indices, along, batch_dims % len(indices.shape))

    return gather_rows


def _gather_batched(xp: Any, params: Any, indices: Any, along: int, batch: int) -> Any:
    shape_p, shape_i = params.shape, indices.shape
    moved = xp.moveaxis(params, along, batch)
    size, lead = shape_p[along], shape_p[:batch]
    count = int(np.prod(lead, dtype=np.int64))
    rest = moved.shape[batch + 1 :]
    flat = xp.reshape(moved, (count * size, *rest))
    offsets = xp.reshape(count_up(xp, indices, count) * size, (count, 1))
    at = xp.reshape(xp.reshape(indices, (count, -1)) + offsets, (-1,))
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
    "GatherV2", ("params", "indices", "axis"), rule=_gather_rule, kernel=_gather_kernel, same_dtype=False,
    attributes="Taxis:2 Tindices:1 Tparams batch_dims=0", host=("axis",),
)  # fmt: skip


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
    return _gather(params, index_array(indices), index_array(axis), batch_dims=int(batch_dims), name=name)


def _gather_nd_rule(params: Tensor, indices: Tensor) -> Spec:
    check_dtype(indices, "indices", _INDEX_TYPES)
    dims, at, dtype = params._dims, indices._dims, params.dtype.base_dtype
    if dims is None or at is None or not at or at[-1] is None:
        return dtype, None
    if at[-1] > len(dims):
        raise ShapeError(
            f"indices.shape[-1] must be <= params.rank, but saw indices shape: {dims_text(at)} and params "
            f"shape: "
            f"{dims_text(dims)}"
        )
    return dtype, (*at[:-1], *dims[at[-1] :])


def flat_positions(xp: Any, indices: Any, sizes: tuple[int, ...]) -> Any:
    """Index tuples `[..., depth]` as positions among the flattened first `depth` dimensions."""
    depth = indices.shape[-1]
    at = xp.zeros_like(indices[..., 0]) if depth else xp.zeros(indices.shape[:-1], dtype=indices.dtype)
    for i in range(depth):
        at = at * sizes[i] + indices[..., i]
    return at


def _check_bounds(xp: Any, indices: Any, sizes: tuple[int, ...], what: str) -> None:
    for i in range(indices.shape[-1]):
        part = indices[..., i]
        if bool(xp.any((part < 0) | (part >= sizes[i]))):
            raise IndexError(f"indices do not index into {what} of shape {list(sizes)}")


def _gather_nd_kernel(xp: Any) -> Any:
    def gather_each(params: Any, indices: Any) -> Any:
        depth = indices.shape[-1]
        if "numpy" in xp.__name__:
            _check_bounds(xp, indices, params.shape, "param")
        flat = xp.reshape(params, (-1, *params.shape[depth:]) if params.shape else (1,))
        at = xp.reshape(flat_positions(xp, indices, params.shape), (-1,))
        return xp.reshape(xp.take(flat, at, axis=0), (*indices.shape[:-1], *params.shape[depth:]))

    return gather_each


_gather_nd = define_op(
    "GatherNd", ("params", "indices"), rule=_gather_nd_rule, kernel=_gather_nd_kernel, same_dtype=False,
    attributes='Tindices:1 Tparams bad_indices_policy=""',
)  # fmt: skip


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


def _scatter_dims(
    target: Dims, indices: Dims, updates: Dims, constants: dict[int, str] | None = None
) -> None:
    if target is None or indices is None or updates is None or not indices or indices[-1] is None:
        return
    depth, outer = indices[-1], len(indices) - 1
    wanted = target[depth:]
    found = updates[outer:]
    try:
        if len(wanted) != len(found):
            raise ShapeError(f"Shapes must be equal rank, but are {len(wanted)} and {len(found)}")
        merge_dims(wanted, found)
    except ShapeError as fault:
        raise ShapeError(
            f"Dimensions [{depth},{len(target)}) of input[shape={dims_text(target)}] = "
            f"{dims_text(wanted)} must match "
            f"dimensions [{outer},{len(updates)}) of updates[shape={dims_text(updates)}] = "
            f"{dims_text(found)}: {fault}",
            constants=constants,
        ) from None


def _scatter_nd_rule(indices: Tensor, updates: Tensor, shape: Tensor) -> Spec:
    check_dtype(indices, "indices", _INDEX_TYPES)
    out = dims_from(shape)
    value = constant_value(shape)
    shown = None if value is None else {2: " ".join(map(str, value.tolist()))}
    _scatter_dims(out, indices._dims, updates._dims, shown)
    return updates.dtype.base_dtype, out


def scatter_rows(xp: Any, flat: Any, at: Any, rows: Any, how: str) -> Any:
    """Gives `flat` with rows changed at positions along its first dimension, which may repeat.

    `how` is "update" to put `rows` there, "add", "mul", "min" or "max" to combine them with what is there.
    NumPy has unbuffered updates (`ufunc.at`) and JAX `array.at`; elsewhere rows go one after the other.
    """
    if hasattr(flat, "at") and not callable(flat.at):
        update = flat.at[at]
        return {
            "update": update.set,
            "add": update.add,
            "mul": update.multiply,
            "min": update.min,
            "max": update.max,
        }[how](rows)
    out = xp.asarray(flat, copy=True)
    ufunc = {"add": xp.add, "mul": xp.multiply, "min": xp.minimum, "max": xp.maximum}.get(how)
    if ufunc is not None and hasattr(ufunc, "at"):
        ufunc.at(out, at, rows)
    elif how == "update" and "numpy" in xp.__name__:
        out[at] = rows
    else:
        for i in range(at.shape[0]):
            key = int(at[i])
            out[key, ...] = rows[i, ...] if ufunc is None else ufunc(out[key, ...], rows[i, ...])
    return out


def _scattered(xp: Any, target: Any, indices: Any, updates: Any, how: str) -> Any:
    depth = indices.shape[-1]
    if "numpy" in xp.__name__:
        _check_bounds(xp, indices, target.shape, "shape")
    rest = target.shape[depth:]
    flat = xp.reshape(target, (-1, *rest))
    at = xp.reshape(flat_positions(xp, indices, target.shape), (-1,))
    rows = xp.reshape(updates, (-1, *rest))
    return xp.reshape(scatter_rows(xp, flat, at, rows, how), target.shape)


def _scatter_nd_kernel(xp: Any) -> Any:
    def scatter(indices: Any, updates: Any, shape: Any) -> Any:
        from array_api_compat import device

        zeros = xp.zeros(tuple(shape.tolist()), dtype=updates.dtype, device=device(updates))
        return _scattered(xp, zeros, indices, updates, "add")

    return scatter


_scatter_nd = define_op(
    "ScatterNd", ("indices", "updates", "shape"), rule=_scatter_nd_rule, kernel=_scatter_nd_kernel,
    same_dtype=False, attributes='T:1 Tindices bad_indices_policy=""', host=("shape",),
)  # fmt: skip


def scatter_nd(
    indices: Any, updates: Any, shape: Any, bad_indices_policy: str = "", name: str | None = None
) -> Tensor:
    """Adds slices into a tensor of zeros at tuples of indices.

    Args:
        indices: A tensor of tuples `[..., depth]`.
        updates: The slices, `indices.shape[:-1] + shape[depth:]`.
        shape: The shape of the result.
        bad_indices_policy: Accepted for v1's sake; indices out of range are errors.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `updates`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    return _scatter_nd(index_array(indices), updates, index_array(shape), name=name)


def _tensor_scatter(type: str, how: str) -> Callable[..., Tensor]:
    def rule(tensor: Tensor, indices: Tensor, updates: Tensor) -> Spec:
        check_dtype(indices, "indices", _INDEX_TYPES)
        _scatter_dims(tensor._dims, indices._dims, updates._dims)
        return tensor.dtype.base_dtype, tensor._dims

    def kernel(xp: Any) -> Any:
        if how == "sub":
            return lambda x, indices, updates: _scattered(xp, x, indices, -updates, "add")
        return lambda x, indices, updates: _scattered(xp, x, indices, updates, how)

    op = define_op(
        type, ("tensor", "indices", "updates"), rule=rule, kernel=kernel, same_dtype=False,
        attributes='T Tindices:1 bad_indices_policy=""',
    )  # fmt: skip

    def scatter(
        tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = "", name: str | None = None
    ) -> Tensor:
        if bad_indices_policy not in ("", "DEFAULT", "ERROR"):
            raise NotImplementedError(
                f"{scatter.__name__}: indices out of range are an error; "
                f"bad_indices_policy={bad_indices_policy!r} is not supported"
            )
        tensor = convert_to_tensor(tensor, name="tensor")
        if not isinstance(updates, (Tensor, Variable)):
            updates = np.asarray(updates, tensor.dtype.base_dtype.as_numpy_dtype)
        return op(tensor, index_array(indices), updates, name=name)

    scatter.__name__ = scatter.__qualname__ = f"tensor_scatter_nd_{how}"
    scatter.__doc__ = f"""Gives a copy of a tensor with slices changed ({how}) at tuples of indices.

    Args:
        tensor: A tensor.
        indices: A tensor of tuples `[..., depth]`.
        updates: The slices, `indices.shape[:-1] + tensor.shape[depth:]`.
        bad_indices_policy: What becomes of indices out of range; they are an error here.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `tensor`.

    Raises:
        ValueError: If the shapes do not go together.
        NotImplementedError: If indices out of range are to be passed over.
    """
    return scatter


_update = _tensor_scatter("TensorScatterUpdate", "update")


def tensor_scatter_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """Gives a copy of a tensor with slices replaced at tuples of indices.

    Args:
        tensor: A tensor.
        indices: A tensor of tuples `[..., depth]`.
        updates: The slices, `indices.shape[:-1] + tensor.shape[depth:]`.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `tensor`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    return _update(tensor, indices, updates, name=name)


tensor_scatter_nd_update = tensor_scatter_update
tensor_scatter_nd_add = tensor_scatter_add = _tensor_scatter("TensorScatterAdd", "add")
tensor_scatter_nd_sub = tensor_scatter_sub = _tensor_scatter("TensorScatterSub", "sub")
tensor_scatter_nd_min = tensor_scatter_min = _tensor_scatter("TensorScatterMin", "min")
tensor_scatter_nd_max = tensor_scatter_max = _tensor_scatter("TensorScatterMax", "max")


def _one_hot_rule(
    indices: Tensor, depth: Tensor, on_value: Tensor, off_value: Tensor, axis: int = -1
) -> Spec:
    check_dtype(indices, "indices", "u1 i1 i4 i8")
    dims, count = indices._dims, constant_value(depth)
    dtype = on_value.dtype.base_dtype
    if count is not None and int(count) < 0:
        raise ShapeError(f"depth must be non-negative, got {int(count)}", constants={1: str(int(count))})
    if dims is None:
        return dtype, None
    at = len(dims) if axis == -1 else axis
    return dtype, (*dims[:at], None if count is None else int(count), *dims[at:])


def _one_hot_kernel(xp: Any, axis: int = -1) -> Any:
    def spread(indices: Any, depth: Any, on: Any, off: Any) -> Any:
        at = len(indices.shape) if axis == -1 else axis
        levels = count_up(xp, indices, int(depth.item()))
        levels = xp.reshape(levels, (-1, *(1,) * (len(indices.shape) - at)))
        return xp.where(xp.expand_dims(indices, axis=at) == levels, on, off)

    return spread


_one_hot = define_op(
    "OneHot", ("indices", "depth", "on_value", "off_value"), name="one_hot", rule=_one_hot_rule,
    kernel=_one_hot_kernel, same_dtype=False, attributes="T:2 TI axis=-1", host=("depth",),
)  # fmt: skip


def one_hot(
    indices: Any, depth: Any, on_value: Any = None, off_value: Any = None, axis: int | None = None,
    dtype: DTypeLike = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Makes of each index a vector with one entry on.

    Args:
        indices: A tensor of ints; an index out of range gives a vector with no entry on.
        depth: The length of the vectors.
        on_value: What "on" is, 1 by default.
        off_value: What "off" is, 0 by default.
        axis: Where the new dimension goes; last by default.
        dtype: The dtype; by default that of the values, or float32.
        name: The operation's name.

    Returns:
        A tensor of one rank more than `indices`.

    Raises:
        TypeError: If the values are of different dtypes.
    """
    with name_scope(name, "one_hot", [indices, depth, on_value, off_value, axis, dtype]) as scope:
        made = None if dtype is None else as_dtype(dtype)
        on = None if on_value is None else convert_to_tensor(on_value, made)
        off = None if off_value is None else convert_to_tensor(off_value, made)
        for value, label in ((on, "on_value"), (off, "off_value")):
            if value is not None and made is not None and value.dtype.base_dtype is not made:
                raise TypeError(f"dtype {value.dtype} of {label} does not match dtype parameter {made}")
        if made is None:
            made = on.dtype if on is not None else off.dtype if off is not None else dtypes.float32
        if on is None:
            on = convert_to_tensor(1 if made is not dtypes.bool else True, made, name="on_value")
        if off is None:
            off = convert_to_tensor(0 if made is not dtypes.bool else False, made, name="off_value")
        if on.dtype.base_dtype is not off.dtype.base_dtype:
            raise TypeError(f"dtype {on.dtype} of on_value does not match dtype {off.dtype} of off_value")
        return _one_hot(
            index_array(indices), index_array(depth), on, off, axis=-1 if axis is None else axis, name=scope
        )


def boolean_mask(tensor: Any, mask: Any, name: str | None = "boolean_mask", axis: Any = None) -> Tensor:
    """Picks the slices of a tensor where a mask is true.

    Args:
        tensor: A tensor.
        mask: A boolean tensor whose rank is known, of the shape of `tensor` from `axis` on.
        name: The operation's name.
        axis: The first dimension that the mask is for, 0 by default.

    Returns:
        A tensor with the masked dimensions made into one.

    Raises:
        ValueError: If the mask is a scalar or of unknown rank, or the shapes do not go together.
    """
    with name_scope(name, "boolean_mask", [tensor, mask]):
        x = convert_to_tensor(tensor, name="tensor")
        chosen = convert_to_tensor(mask, name="mask")
        if chosen._dims is None:
            raise ValueError(
                "Number of mask dimensions must be specified, even if some dimensions are None.  "
                "E.g. shape=[None] is ok, but shape=None is not."
            )
        count = len(chosen._dims)
        if count == 0:
            raise ValueError("mask cannot be scalar.")
        at = 0 if axis is None else int(axis)
        x.shape[at : at + count].assert_is_compatible_with(chosen.shape)
        leading = reduce_prod(shape(x)[at : at + count], [0])
        flat = reshape(x, concat([shape(x)[:at], [leading], shape(x)[at + count :]], 0))
        positions = squeeze(where(reshape(chosen, [-1])), axis=[1])
        return gather(flat, positions, axis=at)


def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: DTypeLike = dtypes.bool, name: str | None = None
) -> Tensor:
    """Makes of each length n a vector with n true entries in front.

    Args:
        lengths: A tensor of ints.
        maxlen: The length of the vectors; the largest of `lengths` by default.
        dtype: The dtype of the result.
        name: The operation's name.

    Returns:
        A tensor `lengths.shape + [maxlen]`.

    Raises:
        ValueError: If `maxlen` is no scalar.
    """
    with name_scope(name, "SequenceMask", [lengths, maxlen]):
        counts = convert_to_tensor(lengths)
        if maxlen is None:
            limit = reduce_max(counts)
            limit = maximum(constant(np.asarray(0, limit.dtype.as_numpy_dtype)), limit)
        else:
            limit = convert_to_tensor(maxlen)
        if limit._dims not in ((), None):
            raise ValueError(
                f"Argument `maxlen` must be scalar for sequence_mask, received `maxlen` = {maxlen} "
                f"with shape '{limit.shape}' instead"
            )
        made = limit.dtype.base_dtype.as_numpy_dtype
        steps = range_(constant(np.asarray(0, made)), limit, constant(np.asarray(1, made)), name="Range")
        mask = less(steps, cast_node(expand_dims(counts, -1), DstT=limit.dtype.base_dtype))
        return cast(mask, dtype)


def _partition_rule(data: Tensor, partitions: Tensor, num_partitions: int) -> list[Spec]:
    dims, at = data._dims, partitions._dims
    if dims is not None and at is not None:
        merge_dims(dims[: len(at)], at)
    rest = None if dims is None or at is None else (None, *dims[len(at) :])
    return [(data.dtype.base_dtype, rest)] * num_partitions


def _partition_kernel(xp: Any, num_partitions: int) -> Any:
    def divide_rows(data: Any, partitions: Any) -> Any:
        rest = data.shape[len(partitions.shape) :]
        rows = xp.reshape(data, (-1, *rest)) if partitions.shape else data[None, ...]
        at = xp.reshape(partitions, (-1,))
        return tuple(xp.take(rows, xp.nonzero(at == i)[0], axis=0) for i in range(num_partitions))

    return divide_rows


_dynamic_partition = define_op(
    "DynamicPartition",
    ("data", "partitions"),
    rule=_partition_rule,
    kernel=_partition_kernel,
    same_dtype=False,
    attributes="T num_partitions",
)


def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: str | None = None
) -> list[Tensor]:
    """Deals the rows of a tensor out to several.

    Args:
        data: A tensor.
        partitions: For each row, the number of the tensor that it goes to.
        num_partitions: How many tensors.
        name: The operation's name.

    Returns:
        A list of tensors.
    """
    return listed(
        _dynamic_partition(data, index_array(partitions), num_partitions=int(num_partitions), name=name)
    )


def _stitch_rule(inputs: list[Tensor]) -> Spec:
    indices, data = inputs[: len(inputs) // 2], inputs[len(inputs) // 2 :]
    largest: int | None = 0
    for each in indices:
        value = constant_value(each)
        largest = (
            None
            if value is None or largest is None
            else max(largest, int(value.max()) + 1 if value.size else 0)
        )
    rest: Dims = None
    for at, each in zip(indices, data, strict=True):
        if at._dims is not None and each._dims is not None:
            rest = merge_dims(rest, each._dims[len(at._dims) :])
    return data[0].dtype.base_dtype, None if rest is None else (largest, *rest)


def _stitch_kernel(xp: Any) -> Any:
    def stitch(*arrays: Any) -> Any:
        half = len(arrays) // 2
        at = [xp.reshape(each, (-1,)) for each in arrays[:half]]
        rest = arrays[half].shape[len(arrays[0].shape) :]
        rows = xp.concat([xp.reshape(each, (-1, *rest)) for each in arrays[half:]], axis=0)
        places = xp.concat(at, axis=0)
        if not places.shape[0]:
            return rows
        out = xp.zeros_like(xp.broadcast_to(rows[:1, ...], (int(xp.max(places)) + 1, *rest)))
        return scatter_rows(xp, out, places, rows, "update")

    return stitch


# Places first, then as many tensors: one list, of two dtypes.
_STITCH: dict[str, Any] = {
    "rule": _stitch_rule,
    "kernel": _stitch_kernel,
    "same_dtype": False,
    "attributes": "T:-1",
}
_dynamic_stitch = define_op("DynamicStitch", ("indices**",), **_STITCH)
parallel_stitch = define_op("ParallelDynamicStitch", ("indices**",), **_STITCH)


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """Puts the rows of several tensors in their places in one.

    Args:
        indices: For each tensor, the places of its rows.
        data: The tensors.
        name: The operation's name.

    Returns:
        A tensor.
    """
    return _dynamic_stitch([*(index_array(each) for each in indices), *data], name=name)


def _unique_kernel(counts: bool) -> Any:
    def kernel(xp: Any, out_idx: DType = dtypes.int32) -> Any:
        made = out_idx.as_numpy_dtype

        def find(x: Any) -> Any:
            # In the order of first appearance, as v1 gives them; sorted order is what libraries offer.
            host = np.asarray(x)
            values, first, inverse, count = np.unique(
                host, return_index=True, return_inverse=True, return_counts=True
            )
            order = np.argsort(first, kind="stable")
            place = np.empty_like(order)
            place[order] = np.arange(order.size)
            found = values[order], place[inverse.reshape(-1)].astype(made), count[order].astype(made)
            return tuple(xp.asarray(each) for each in found[: 3 if counts else 2])

        return find

    return kernel


def _unique_rule(x: Tensor, out_idx: DType = dtypes.int32) -> list[Spec]:
    require_rank(x, 1)
    return [(x.dtype.base_dtype, (None,)), (out_idx, x._dims)]


_unique: OpFunction[list[Tensor]] = define_op(
    "Unique", ("x",), rule=_unique_rule, kernel=_unique_kernel(False), attributes="T out_idx", host=("x",)
)
_unique_with_counts: OpFunction[list[Tensor]] = define_op(
    "UniqueWithCounts", ("x",), kernel=_unique_kernel(True), attributes="T out_idx", host=("x",),
    rule=lambda x, out_idx=dtypes.int32: [*_unique_rule(x, out_idx), (out_idx, (None,))],
)  # fmt: skip


def unique(x: Any, out_idx: DTypeLike = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """Finds the different elements of a vector, in order of first appearance.

    Args:
        x: A vector.
        out_idx: The dtype of the indices.
        name: The operation's name.

    Returns:
        A list of the elements and, for each entry of `x`, the index of its element.
    """
    return _unique(x, out_idx=as_dtype(out_idx), name=name)


def unique_with_counts(x: Any, out_idx: DTypeLike = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """As `unique`, with how often each element occurs.

    Args:
        x: A vector.
        out_idx: The dtype of the indices and counts.
        name: The operation's name.

    Returns:
        A list of the elements, the indices and the counts.
    """
    return _unique_with_counts(x, out_idx=as_dtype(out_idx), name=name)


def _difference_kernel(xp: Any, out_idx: DType = dtypes.int32) -> Any:
    def keep(x: Any, y: Any) -> Any:
        at = np.flatnonzero(~np.isin(x, y))
        return xp.asarray(x[at]), xp.asarray(at.astype(out_idx.as_numpy_dtype))

    return keep


_list_diff: OpFunction[list[Tensor]] = define_op(
    "ListDiff", ("x", "y"), kernel=_difference_kernel, attributes="T out_idx", host=("x", "y"),
    rule=lambda x, y, out_idx=dtypes.int32: [(x.dtype.base_dtype, (None,)), (out_idx, (None,))],
)  # fmt: skip


def setdiff1d(x: Any, y: Any, index_dtype: DTypeLike = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """Finds the entries of a vector that another one has not.

    Args:
        x: A vector.
        y: Another one.
        index_dtype: The dtype of the indices.
        name: The operation's name.

    Returns:
        A list of the entries and their indices in `x`.
    """
    return _list_diff(x, y, out_idx=as_dtype(index_dtype), name=name)


def _invert_kernel(xp: Any) -> Any:
    return lambda x: xp.astype(xp.argsort(x), x.dtype)


invert_permutation = define_op(
    "InvertPermutation", ("x",), kernel=_invert_kernel, dtypes=INDICES,
    doc="""The permutation that undoes another.

    Args:
        x: A vector with each of 0, 1, ... once.
        name: The operation's name.

    Returns:
        A vector with the dtype of `x`.
    """,
)  # fmt: skip
