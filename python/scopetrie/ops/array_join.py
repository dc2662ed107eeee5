"""Putting tensors together and taking them apart: concat, stack, split, tile, pad, reverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._core import Variable, name_scope
from ..graph import Tensor
from .array_shape import require_rank
from .constant import convert_to_tensor, index_array
from .creation import identity
from .folding import constant_value
from .math_elementwise import merge_all
from .registry import INDICES, Dims, ShapeError, Spec, check_dtype, define_op, dims_text, listed
from .sequence import count_up


def _merge_except(dims: Dims, other: Dims, axis: int | None) -> Dims:
    """One shape for two that agree but along `axis`, where sizes add up (None: any one axis may differ)."""
    if dims is None or other is None:
        given = other if dims is None else dims
        if given is None or axis is None:
            return None if given is None else (None,) * len(given)
        return tuple(None if at == axis else size for at, size in enumerate(given))
    if len(dims) != len(other):
        raise ShapeError(f"Shape must be rank {len(dims)} but is rank {len(other)}")
    out: list[int | None] = []
    for at, (a, b) in enumerate(zip(dims, other, strict=True)):
        if axis is None:
            out.append(None)
        elif at == axis:
            out.append(None if a is None or b is None else a + b)
        elif a is not None and b is not None and a != b:
            left, right = _around(dims, axis, at), _around(other, axis, at)
            raise ShapeError(
                f"Dimension {at if at < axis else at - axis - 1} in both shapes must be equal, but are "
                f"{a} and {b}. "
                f"Shapes are {left} and {right}.",
                constants={-1: str(axis)},
            )
        else:
            out.append(b if a is None else a)
    return tuple(out)


def _around(dims: tuple[int | None, ...], axis: int, at: int) -> str:
    return dims_text(dims[:axis] if at < axis else dims[axis + 1 :])


def _concat_rule(values: list[Tensor], axis: Tensor) -> Spec:
    check_dtype(axis, "axis", INDICES)
    require_rank(axis, 0)
    dtype = values[0].dtype.base_dtype
    given = constant_value(axis)
    rank = next((len(each._dims) for each in values if each._dims is not None), None)
    if rank is None:
        return dtype, None
    position = {len(values): "" if given is None else str(int(given))}
    at = None if given is None else int(given)
    if at is not None:
        need = at + 1 if at >= 0 else -at
        if rank < need:
            raise ShapeError(f"Shape must be at least rank {need} but is rank {rank}", constants=position)
        at %= rank
    dims = values[0]._dims
    for each in values[1:]:
        try:
            dims = _merge_except(dims, each._dims, at)
        except ShapeError as fault:
            raise ShapeError(str(fault), constants=position if fault.constants else None) from None
    return dtype, dims


_concat = define_op(
    "ConcatV2",
    ("values*", "axis"),
    name="concat",
    rule=_concat_rule,
    same_dtype=False,
    attributes="N T Tidx:-1",
    host=("axis",),
    kernel=lambda xp: lambda *values: xp.concat(values[:-1], axis=int(values[-1].item())),
)


def concat(values: Any, axis: Any, name: str | None = "concat") -> Tensor:
    """Joins tensors along a dimension that they have.

    Args:
        values: Tensors of one dtype whose shapes agree but along `axis`.
        axis: The dimension.
        name: The operation's name.

    Returns:
        A tensor.

    Raises:
        ValueError: If the shapes do not go together.
        TypeError: If the dtypes differ.

    >>> import scopetrie as tf
    >>> tf.concat([tf.zeros([2, 3]), tf.ones([4, 3])], 0).shape.as_list()
    [6, 3]
    """
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) == 1:
        with name_scope(name, "concat"):
            at = convert_to_tensor(index_array(axis), name="concat_dim")
            if at._dims not in ((), None):
                raise ValueError(f"Shape {at.shape} must have rank 0")
            return identity(values[0], name="concat")
    if not values:
        raise ValueError(
            "List argument 'values' to 'ConcatV2' Op with length 0 shorter than minimum length 2."
        )
    return _concat(values, index_array(axis), name=name or "concat")


def _pack_rule(values: list[Tensor], axis: int = 0) -> Spec:
    dims = merge_all(values)
    if dims is None:
        return values[0].dtype.base_dtype, None
    at = axis % (len(dims) + 1)
    return values[0].dtype.base_dtype, (*dims[:at], len(values), *dims[at:])


_pack = define_op(
    "Pack", ("*",), name="stack", rule=_pack_rule, attributes="N T axis=0",
    kernel=lambda xp, axis=0: lambda *values: xp.stack(values, axis=axis),
)  # fmt: skip


def stack(values: Any, axis: int = 0, name: str | None = "stack") -> Tensor:
    """Joins tensors along a new dimension.

    Args:
        values: Tensors of one shape and dtype.
        axis: Where the new dimension goes.
        name: The operation's name.

    Returns:
        A tensor of one rank more.

    Raises:
        ValueError: If the shapes differ or the axis is out of range.

    >>> import scopetrie as tf
    >>> tf.stack([tf.zeros([2]), tf.ones([2]), tf.zeros([2])], axis=1).shape.as_list()
    [2, 3]
    """
    if axis == 0:
        if isinstance(values, (Tensor, Variable)):
            return identity(values, name=name)
        if not any(isinstance(each, (Tensor, Variable)) for each in values):
            try:
                return convert_to_tensor(values, name=name or "stack")
            except (TypeError, ValueError):
                pass  # tensors further in: packed below
    first = (
        next((each for each in values if isinstance(each, Tensor)), None)
        if not isinstance(values, Tensor)
        else None
    )
    dims = first._dims if first is not None else convert_to_tensor(values[0])._dims if axis else None
    if dims is not None and not -len(dims) - 1 <= axis <= len(dims):
        raise ValueError(f"Argument `axis` = {axis} not in range [{-len(dims) - 1}, {len(dims) + 1})")
    return _pack(values, axis=axis, name=name or "stack")


def parallel_stack(values: Any, name: str | None = "parallel_stack") -> Tensor:
    """Joins tensors along a new first dimension; see `stack`.

    Args:
        values: Tensors of one shape and dtype.
        name: The operation's name.

    Returns:
        A tensor of one rank more.
    """
    return stack(values, name=name)


def _unpack_rule(value: Tensor, num: int, axis: int = 0) -> list[Spec]:
    dims = value._dims
    if dims is None:
        return [(value.dtype.base_dtype, None)] * num
    at = axis % len(dims) if dims else 0
    if dims[at] not in (num, None):
        raise ShapeError(f"Dimension must be {num} but is {dims[at]}")
    return [(value.dtype.base_dtype, (*dims[:at], *dims[at + 1 :]))] * num


def _unpack_kernel(xp: Any, num: int, axis: int = 0) -> Any:
    def unpack(x: Any) -> Any:
        lead = (slice(None),) * (axis % len(x.shape))
        if x.shape[axis] != num:
            raise ValueError(f"Input shape axis {axis} must equal {num}, got shape {list(x.shape)}")
        return tuple(x[(*lead, i, ...)] for i in range(num))

    return unpack


_unpack = define_op(
    "Unpack", ("value",), name="unstack", rule=_unpack_rule, kernel=_unpack_kernel, attributes="T axis=0 num"
)


def unstack(value: Any, num: int | None = None, axis: int = 0, name: str | None = "unstack") -> list[Tensor]:
    """Takes a tensor apart along a dimension, which goes away.

    Args:
        value: A tensor.
        num: The size of the dimension; needed where it is not known.
        axis: The dimension.
        name: The operation's name.

    Returns:
        A list of tensors.

    Raises:
        ValueError: If `num` is left out and not known, or the axis is out of range.
    """
    tensor = convert_to_tensor(value)
    if num is None:
        dims = tensor._dims
        if dims is not None and not -len(dims) <= axis < len(dims):
            raise ValueError(f"Argument `axis` = {axis} not in range [{-len(dims)}, {len(dims)})")
        num = None if dims is None else dims[axis]
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {tensor.shape}")
    return listed(_unpack(tensor, num=num, axis=axis, name=name))


def _split_rule(split_dim: Tensor, value: Tensor, num_split: int) -> list[Spec]:
    dims, dtype = value._dims, value.dtype.base_dtype
    axis = constant_value(split_dim)
    if dims is None or axis is None:
        return [(dtype, None if dims is None else (None,) * len(dims))] * num_split
    at = int(axis)
    if not -len(dims) <= at < len(dims):
        raise ShapeError(f"Shape must be at least rank {at + 1} but is rank {len(dims)}")
    at %= len(dims)
    size = dims[at]
    if size is not None and size % num_split:
        raise ShapeError(
            f"Dimension size must be evenly divisible by {num_split} but is {size}\n"
            f"\tNumber of ways to split should evenly divide the split dimension",
            constants={0: str(at)},
        )
    part = None if size is None else size // num_split
    return [(dtype, (*dims[:at], part, *dims[at + 1 :]))] * num_split


def _split_kernel(xp: Any, num_split: int) -> Any:
    def split_evenly(split_dim: Any, x: Any) -> Any:
        axis = int(split_dim.item()) % len(x.shape)
        size, rest = divmod(x.shape[axis], num_split)
        if rest:
            raise ValueError(f"Dimension size {x.shape[axis]} is not evenly divisible by {num_split}")
        lead = (slice(None),) * axis
        return tuple(x[(*lead, slice(i * size, (i + 1) * size), ...)] for i in range(num_split))

    return split_evenly


_split = define_op(
    "Split", ("split_dim", "value"), name="split", rule=_split_rule, kernel=_split_kernel, same_dtype=False,
    attributes="T:1 num_split", host=("split_dim",),
)  # fmt: skip


def _split_v_rule(value: Tensor, size_splits: Tensor, split_dim: Tensor, num_split: int) -> list[Spec]:
    check_dtype(size_splits, "size_splits", "i1 i4 i8")
    dims, dtype = value._dims, value.dtype.base_dtype
    axis, sizes = constant_value(split_dim), constant_value(size_splits)
    if dims is None or axis is None:
        return [(dtype, None if dims is None else (None,) * len(dims))] * num_split
    at = int(axis) % len(dims)
    if sizes is None:
        return [(dtype, (*dims[:at], None, *dims[at + 1 :]))] * num_split
    parts: list[int | None] = [int(size) if size >= 0 else None for size in sizes.tolist()]
    total = dims[at]
    if total is not None:
        known = sum(part or 0 for part in parts)
        if None in parts:
            parts = [total - known if part is None else part for part in parts]
        elif known != total:
            text = ",".join(str(size) for size in sizes.tolist())
            raise ShapeError(
                f"can't split axis of size {total} into pieces of size [{text}]",
                constants={1: text.replace(",", " "), 2: str(int(axis))},
            )
    return [(dtype, (*dims[:at], part, *dims[at + 1 :])) for part in parts]


def _split_v_kernel(xp: Any, num_split: int) -> Any:
    def split_by_sizes(x: Any, size_splits: Any, split_dim: Any) -> Any:
        axis = int(split_dim.item()) % len(x.shape)
        sizes = size_splits.tolist()
        if -1 in sizes:
            sizes[sizes.index(-1)] = x.shape[axis] - sum(sizes) - 1
        if sum(sizes) != x.shape[axis]:
            raise ValueError(f"can't split axis of size {x.shape[axis]} into pieces of size {sizes}")
        lead, parts, at = (slice(None),) * axis, [], 0
        for size in sizes:
            parts.append(x[(*lead, slice(at, at + size), ...)])
            at += size
        return tuple(parts)

    return split_by_sizes


_split_v = define_op(
    "SplitV", ("value", "size_splits", "split_dim"), name="split", rule=_split_v_rule, kernel=_split_v_kernel,
    same_dtype=False, attributes="T Tlen:1 num_split", host=("size_splits", "split_dim"),
)  # fmt: skip


def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: int | None = None, name: str | None = "split"
) -> list[Tensor]:
    """Cuts a tensor into pieces along a dimension.

    Args:
        value: A tensor.
        num_or_size_splits: The number of equal pieces, or the size of each; -1 for one that is the rest.
        axis: The dimension.
        num: The number of pieces, where the sizes are a tensor of unknown length.
        name: The operation's name.

    Returns:
        A list of tensors.

    Raises:
        ValueError: If the sizes do not add up.

    >>> import scopetrie as tf
    >>> [part.shape.as_list() for part in tf.split(tf.zeros([5, 4]), [1, -1])]
    [[1, 4], [4, 4]]
    """
    if isinstance(num_or_size_splits, (int, np.integer)) or (
        hasattr(num_or_size_splits, "value") and isinstance(num_or_size_splits.value, int)
    ):
        return listed(_split(index_array(axis), value, num_split=int(num_or_size_splits), name=name))
    sizes = convert_to_tensor(index_array(num_or_size_splits))
    if sizes._dims == ():
        raise ValueError(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to split. "
            f"Argument provided: {_shown(sizes)}"
        )
    if num is None:
        num = sizes._dims[0] if sizes._dims else None
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {sizes.shape}")
    return listed(_split_v(value, sizes, index_array(axis), num_split=num, name=name))


def _shown(tensor: Tensor) -> str:
    return f'Tensor("{tensor.name}", shape={tensor.shape}, dtype={tensor.dtype.name})'


def _tile_rule(input: Tensor, multiples: Tensor) -> Spec:
    check_dtype(multiples, "multiples", INDICES)
    require_rank(multiples, 1)
    dims, dtype = input._dims, input.dtype.base_dtype
    length = multiples._dims[0] if multiples._dims else None
    if dims is not None and length is not None and len(dims) != length:
        raise ShapeError(f"Shape must be rank {len(dims)} but is rank {length}")
    times = constant_value(multiples)
    if dims is None or times is None:
        rank = length if dims is None else len(dims)
        return dtype, None if rank is None else (None,) * rank
    return dtype, tuple(None if a is None else a * b for a, b in zip(dims, times.tolist(), strict=True))


tile = define_op(
    "Tile", ("input", "multiples"), rule=_tile_rule, same_dtype=False, attributes="T Tmultiples:1",
    host=("multiples",), kernel=lambda xp: lambda x, multiples: xp.tile(x, tuple(multiples.tolist())),
    doc="""Repeats a tensor along each of its dimensions.

    Args:
        input: A tensor.
        multiples: How often, for each dimension.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `input`.

    Raises:
        ValueError: If there is not one number for each dimension.
    """,
)  # fmt: skip


def _pad_rule(input: Tensor, paddings: Tensor, constant_values: Tensor | None = None, mode: str = "") -> Spec:
    check_dtype(paddings, "paddings", INDICES)
    require_rank(paddings, 2)
    dims, dtype = input._dims, input.dtype.base_dtype
    rows = paddings._dims[0] if paddings._dims else None
    if paddings._dims is not None and paddings._dims[1] not in (2, None):
        raise ShapeError(f"Dimension must be 2 but is {paddings._dims[1]}")
    if dims is not None and rows is not None and rows != len(dims):
        raise ShapeError(f"Shape must be rank {rows} but is rank {len(dims)}")
    amounts = constant_value(paddings)
    if amounts is None or dims is None:
        rank = rows if dims is None else len(dims)
        return dtype, None if rank is None else (None,) * rank
    return dtype, tuple(
        None if a is None else a + low + high for a, (low, high) in zip(dims, amounts.tolist(), strict=True)
    )


def pad_constant(xp: Any, x: Any, amounts: Any, value: Any = 0) -> Any:
    """`x` with a border of `value`; `amounts` has a pair (before, after) for each dimension."""
    out = x
    for axis, (low, high) in enumerate(amounts):
        parts = []
        shape = list(out.shape)
        for count in (low, high):
            shape[axis] = count
            parts.append(
                xp.broadcast_to(xp.astype(xp.asarray(value), x.dtype), tuple(shape)) if count else None
            )
        pieces = [each for each in (parts[0], out, parts[1]) if each is not None]
        out = xp.concat(pieces, axis=axis) if len(pieces) > 1 else out
    return out


def _pad_kernel(xp: Any) -> Any:
    if hasattr(xp, "pad"):  # not in the standard, but most libraries have it
        return lambda x, paddings: xp.pad(x, [tuple(each) for each in paddings.tolist()])
    return lambda x, paddings: pad_constant(
        xp, x, paddings.tolist(), xp.zeros_like(xp.reshape(x, (-1,))[:1])[0]
    )


_pad = define_op(
    "Pad",
    ("input", "paddings"),
    rule=_pad_rule,
    kernel=_pad_kernel,
    same_dtype=False,
    attributes="T Tpaddings:1",
    host=("paddings",),
)
_pad_v2 = define_op(
    "PadV2", ("input", "paddings", "constant_values"), rule=_pad_rule, same_dtype=False,
    attributes="T Tpaddings:1", host=("paddings",),
    kernel=lambda xp: lambda x, paddings, value: pad_constant(xp, x, paddings.tolist(), value),
)  # fmt: skip


def _mirror_kernel(xp: Any, mode: str) -> Any:
    skip = 1 if mode == "REFLECT" else 0

    def mirror(x: Any, paddings: Any) -> Any:
        for axis, (low, high) in enumerate(paddings.tolist()):
            size = x.shape[axis]
            if max(low, high) > size - skip:
                raise ValueError(
                    f"paddings must be no greater than the dimension size: {low}, {high} greater than {size}"
                )
            lead = (slice(None),) * axis
            front = xp.flip(x[(*lead, slice(skip, skip + low), ...)], axis=axis)
            back = xp.flip(x[(*lead, slice(size - skip - high, size - skip), ...)], axis=axis)
            x = xp.concat([front, x, back], axis=axis)
        return x

    return mirror


_mirror_pad = define_op(
    "MirrorPad", ("input", "paddings"), rule=_pad_rule, kernel=_mirror_kernel, same_dtype=False,
    attributes="T Tpaddings:1 mode", host=("paddings",),
)  # fmt: skip


def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", name: str | None = None, constant_values: Any = 0
) -> Tensor:
    """Puts a border around a tensor.

    Args:
        tensor: A tensor.
        paddings: Sizes of the border `[rank, 2]`, before and after, for each dimension.
        mode: "CONSTANT", "REFLECT" (mirrored, without the edge) or "SYMMETRIC" (with the edge).
        name: The operation's name.
        constant_values: What a constant border is made of.

    Returns:
        A tensor with the dtype of `tensor`.

    Raises:
        ValueError: If the mode is none of these, or `paddings` has another shape.
    """
    kind = mode.upper()
    amounts = index_array(paddings)
    if kind == "CONSTANT":
        if isinstance(constant_values, Tensor) or np.any(np.asarray(constant_values) != 0):
            dtype = tensor.dtype.base_dtype if isinstance(tensor, (Tensor, Variable)) else None
            if not isinstance(constant_values, Tensor) and dtype is not None:
                constant_values = np.asarray(constant_values, dtype=dtype.as_numpy_dtype)
            return _pad_v2(tensor, amounts, constant_values, name=name)
        return _pad(tensor, amounts, name=name)
    if kind not in ("REFLECT", "SYMMETRIC"):
        raise ValueError(
            f'Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". '
            f"Received `mode` = {mode}"
        )
    return _mirror_pad(tensor, amounts, mode=kind, name=name)


def _reverse_rule(tensor: Tensor, axis: Tensor) -> Spec:
    check_dtype(axis, "axis", INDICES)
    require_rank(axis, 1)
    dims, axes = tensor._dims, constant_value(axis)
    if dims is not None and axes is not None:
        for at, each in enumerate(axes.tolist()):
            if not -len(dims) <= each < len(dims):
                raise ShapeError(
                    f"'axis'[{at}] = {each} is out of valid range [0, {len(dims) - 1}",
                    constants={1: " ".join(map(str, axes.tolist()))},
                )
    return tensor.dtype.base_dtype, dims


_reverse = define_op(
    "ReverseV2",
    ("tensor", "axis"),
    rule=_reverse_rule,
    same_dtype=False,
    attributes="T Tidx:1",
    host=("axis",),
    dtypes="u1 i1 u2 i2 i4 u4 i8 u8 b1 bf f2 f4 f8 c8 c16 S",
    kernel=lambda xp: lambda x, axis: xp.flip(x, axis=tuple(axis.tolist())) if axis.size else x,
)


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """Reverses a tensor along dimensions.

    Args:
        tensor: A tensor.
        axis: A list of dimensions.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `tensor`.

    Raises:
        ValueError: If a dimension is out of range.
    """
    return _reverse(tensor, index_array(axis), name=name)


reverse_v2 = reverse


def _reverse_sequence_kernel(xp: Any, seq_dim: int, batch_dim: int = 0) -> Any:
    def reverse_parts(x: Any, lengths: Any) -> Any:
        x = xp.moveaxis(x, (batch_dim, seq_dim), (0, 1))
        steps = count_up(xp, lengths, x.shape[1])[None, :]
        ends = lengths[:, None]
        at = xp.where(steps < ends, ends - 1 - steps, steps)
        rows = xp.stack([xp.take(x[i, ...], at[i, ...], axis=0) for i in range(x.shape[0])], axis=0)
        return xp.moveaxis(rows, (0, 1), (batch_dim, seq_dim))

    return reverse_parts


_reverse_sequence = define_op(
    "ReverseSequence", ("input", "seq_lengths"), same_dtype=False, kernel=_reverse_sequence_kernel,
    attributes="T Tlen:1 batch_dim seq_dim",
    rule=lambda input, seq_lengths, seq_dim, batch_dim=0: (input.dtype.base_dtype, input._dims),
)  # fmt: skip


def reverse_sequence(
    input: Any, seq_lengths: Any, seq_axis: int | None = None, batch_axis: int | None = None,
    name: str | None = None, seq_dim: int | None = None, batch_dim: int | None = None,
) -> Tensor:  # fmt: skip
    """Reverses the first `seq_lengths[i]` steps of each sequence `i`.

    Args:
        input: A tensor.
        seq_lengths: A vector, one length for each entry along `batch_axis`.
        seq_axis: The dimension of the steps.
        batch_axis: The dimension of the sequences, 0 by default.
        name: The operation's name.
        seq_dim: Deprecated name of `seq_axis`.
        batch_dim: Deprecated name of `batch_axis`.

    Returns:
        A tensor with the dtype and shape of `input`.
    """
    from .array_shape import renamed

    along = renamed(seq_axis, "seq_axis", seq_dim, "seq_dim")
    batch = renamed(batch_axis, "batch_axis", batch_dim, "batch_dim")
    return _reverse_sequence(input, index_array(seq_lengths), seq_dim=along, batch_dim=batch or 0, name=name)


def _roll_kernel(xp: Any) -> Any:
    def shifted(x: Any, shift: Any, axis: Any) -> Any:
        return xp.roll(x, tuple(np.atleast_1d(shift).tolist()), axis=tuple(np.atleast_1d(axis).tolist()))

    return shifted


_roll = define_op(
    "Roll",
    ("input", "shift", "axis"),
    same_dtype=False,
    kernel=_roll_kernel,
    attributes="T Taxis:2 Tshift:1",
    rule=lambda input, shift, axis: (input.dtype.base_dtype, input._dims),
    host=("shift", "axis"),
)


def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Tensor:
    """Shifts the elements of a tensor around in a circle.

    Args:
        input: A tensor.
        shift: By how many places, for each dimension of `axis`.
        axis: A dimension, or a list of them.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `input`.
    """
    return _roll(input, index_array(shift), index_array(axis), name=name)


def _repeat_rule(input: Tensor, repeats: Tensor, axis: int) -> Spec:
    dims, dtype = input._dims, input.dtype.base_dtype
    if dims is None:
        return dtype, None
    at, counts = axis % len(dims), constant_value(repeats)
    size = dims[at]
    total: int | None = None
    if counts is not None and (counts.size != 1 or size is not None):
        total = int(counts.sum()) if counts.size != 1 else int(counts.ravel()[0]) * (size or 0)
    return dtype, (*dims[:at], total, *dims[at + 1 :])


def _repeat_kernel(xp: Any, axis: int) -> Any:
    def repeated(x: Any, repeats: Any) -> Any:
        counts = np.broadcast_to(np.atleast_1d(repeats), (x.shape[axis],))
        from array_api_compat import device

        at = xp.asarray(np.repeat(np.arange(x.shape[axis]), counts), device=device(x))
        return xp.take(x, at, axis=axis)

    return repeated


_repeat = define_op(
    "Repeat", ("input", "repeats"), same_dtype=False, rule=_repeat_rule, kernel=_repeat_kernel,
    attributes="T axis", host=("repeats",),
)  # fmt: skip


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """Repeats each entry of a tensor.

    Args:
        input: A tensor.
        repeats: How often: a number, or one for each entry along `axis`.
        axis: The dimension; the tensor is flattened if left out.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `input`.
    """
    from .array_shape import reshape

    tensor = convert_to_tensor(input)
    if axis is None:
        tensor, axis = reshape(tensor, [-1]), 0
    return _repeat(tensor, index_array(repeats), axis=axis, name=name)


def meshgrid(*args: Any, **kwargs: Any) -> list[Tensor]:
    """Makes coordinate grids of coordinate vectors.

    Args:
        *args: One vector for each dimension.
        **kwargs: `indexing`, "xy" (the default: the first two dimensions change places) or "ij"; `name`.

    Returns:
        A list with a tensor of the grid's shape for each vector.

    Raises:
        TypeError: If there is an unknown keyword.
        ValueError: If `indexing` is neither.
    """
    from .array_shape import reshape, size
    from .creation import ones
    from .math_elementwise import multiply

    indexing = kwargs.pop("indexing", "xy")
    name = kwargs.pop("name", "meshgrid")
    if kwargs:
        raise TypeError(f"'{next(iter(kwargs))}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` parameter must be either 'xy' or 'ij', got '{indexing}'")
    with name_scope(name, "meshgrid", args):
        count = len(args)
        if not count:
            return []
        flat = [reshape(stack(x), [1] * i + [-1] + [1] * (count - i - 1)) for i, x in enumerate(args)]
        shapes: list[Any] = [size(x) for x in args]
        if indexing == "xy" and count > 1:
            flat[0] = reshape(flat[0], [1, -1] + [1] * (count - 2))
            flat[1] = reshape(flat[1], [-1, 1] + [1] * (count - 2))
            shapes[0], shapes[1] = shapes[1], shapes[0]
        dims = [x._dims[0] if x._dims else None for x in map(convert_to_tensor, args)]
        filler = ones(shapes if None in dims else stack(shapes), dtype=flat[0].dtype.base_dtype)
        return [multiply(x, filler, name="mul") for x in flat]
