"""Moving blocks between space, depth and batch; patches of images; other forms of the same bytes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope, own_items
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..constant import constant, convert_to_tensor, index_array
from ..declare import COMPLEX, FLOATS, INTEGERS, attr, tensor
from ..faults import check_choice, check_choice_of_dtype, check_least
from ..folding import constant_value
from ..registry import define_op
from .dims import renamed
from .fill import zeros
from .indices import zeros_beside
from .join import stack
from .pad import pad_constant

_FORMATS = ("NHWC", "NCHW")


def _need_multiples(sizes: Sequence[int], blocks: Sequence[int]) -> None:
    for size, block in zip(sizes, blocks, strict=True):
        if size % block:
            raise ValueError(f"Dimension size must be evenly divisible by {block} but is {size}")


def _blocks_of(x: Any, block_shape: Any, edges: Any) -> tuple[list[int], list[tuple[int, int]]]:
    """The sizes of the blocks, and pairs of paddings or crops, one for each blocked dimension."""
    blocks, pairs = block_shape.tolist(), [tuple(edge) for edge in edges.tolist()]
    if len(blocks) != len(pairs) or len(x.shape) < len(blocks) + 1:
        raise ValueError(
            f"input rank should be >= {len(blocks) + 1} and there should be {len(blocks)} pairs, "
            f"not {len(x.shape)} and {len(pairs)}"
        )
    if any(block < 1 for block in blocks) or any(size < 0 for pair in pairs for size in pair):
        raise ValueError(f"blocks must be positive, paddings and crops not negative: {blocks}, {pairs}")
    return blocks, pairs


def _to_depth_kernel(xp: Any, block_size: int, data_format: str = "NHWC") -> Any:
    b = block_size

    def fold(x: Any) -> Any:
        if data_format == "NCHW":
            n, c, h, w = x.shape
            _need_multiples((h, w), (b, b))
            x = xp.permute_dims(xp.reshape(x, (n, c, h // b, b, w // b, b)), (0, 3, 5, 1, 2, 4))
            return xp.reshape(x, (n, c * b * b, h // b, w // b))
        n, h, w, c = x.shape
        _need_multiples((h, w), (b, b))
        x = xp.permute_dims(xp.reshape(x, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
        return xp.reshape(x, (n, h // b, w // b, c * b * b))

    return fold


def _to_space_kernel(xp: Any, block_size: int, data_format: str = "NHWC") -> Any:
    b = block_size

    def unfold(x: Any) -> Any:
        if data_format == "NCHW":
            n, c, h, w = x.shape
            _need_multiples((c,), (b * b,))
            x = xp.permute_dims(xp.reshape(x, (n, b, b, c // b**2, h, w)), (0, 3, 4, 1, 5, 2))
            return xp.reshape(x, (n, c // b**2, h * b, w * b))
        n, h, w, c = x.shape
        _need_multiples((c,), (b * b,))
        x = xp.permute_dims(xp.reshape(x, (n, h, w, b, b, c // b**2)), (0, 1, 3, 2, 4, 5))
        return xp.reshape(x, (n, h * b, w * b, c // b**2))

    return unfold


_BLOCK_ATTRIBUTES = (attr("block_size", int), attr("data_format", str))
_space_to_depth = define_op(
    "SpaceToDepth",
    tensor("input"),
    kernel=_to_depth_kernel,
    attributes=_BLOCK_ATTRIBUTES,
)
_depth_to_space = define_op(
    "DepthToSpace",
    tensor("input"),
    kernel=_to_space_kernel,
    attributes=_BLOCK_ATTRIBUTES,
)


@v1("space_to_depth", "nn.space_to_depth")
def space_to_depth(input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Tensor:
    """Moves square blocks of an image into the depth.

    Args:
        input: A tensor `[N, H, W, C]`, or `[N, C, H, W]` for "NCHW".
        block_size: The side of the blocks.
        name: The operation's name.
        data_format: "NHWC" or "NCHW".

    Returns:
        A tensor `[N, H / b, W / b, C * b * b]`.

    Raises:
        ValueError: If a side is no multiple of the block's.
    """
    check_choice(data_format, "data_format", "SpaceToDepth", _FORMATS)
    check_least(block_size, 2, "block_size", "SpaceToDepth")
    return _space_to_depth(input, block_size=int(block_size), data_format=data_format, name=name)


@v1("depth_to_space", "nn.depth_to_space")
def depth_to_space(input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Tensor:
    """Moves parts of the depth into square blocks of an image: undoes `space_to_depth`.

    Args:
        input: A tensor `[N, H, W, C * b * b]`, or with channels second for "NCHW".
        block_size: The side of the blocks.
        name: The operation's name.
        data_format: "NHWC" or "NCHW".

    Returns:
        A tensor `[N, H * b, W * b, C]`.

    Raises:
        ValueError: If the depth is no multiple of the block's size.
    """
    check_choice(data_format, "data_format", "DepthToSpace", _FORMATS)
    check_least(block_size, 2, "block_size", "DepthToSpace")
    return _depth_to_space(input, block_size=int(block_size), data_format=data_format, name=name)


def _to_batch_kernel(xp: Any) -> Any:
    def fold(x: Any, block_shape: Any, paddings: Any) -> Any:
        blocks, pairs = _blocks_of(x, block_shape, paddings)
        count = len(blocks)
        x = pad_constant(
            xp, x, [(0, 0), *pairs, *[(0, 0)] * (len(x.shape) - count - 1)], zeros_beside(xp, x, ())
        )
        _need_multiples(x.shape[1 : count + 1], blocks)
        n, spatial, rest = x.shape[0], x.shape[1 : count + 1], x.shape[count + 1 :]
        parts = [size for s, b in zip(spatial, blocks, strict=True) for size in (s // b, b)]
        x = xp.reshape(x, (n, *parts, *rest))
        inner = [2 * i + 2 for i in range(count)]
        outer = [2 * i + 1 for i in range(count)]
        last = list(range(2 * count + 1, len(x.shape)))
        x = xp.permute_dims(x, (*inner, 0, *outer, *last))
        return xp.reshape(
            x, (n * int(np.prod(blocks)), *(s // b for s, b in zip(spatial, blocks, strict=True)), *rest)
        )

    return fold


def _from_batch_kernel(xp: Any) -> Any:
    def unfold(x: Any, block_shape: Any, crops: Any) -> Any:
        blocks, cuts = _blocks_of(x, block_shape, crops)
        count, total = len(blocks), math.prod(blocks)
        _need_multiples(x.shape[:1], [total])
        n, spatial, rest = x.shape[0] // total, x.shape[1 : count + 1], x.shape[count + 1 :]
        x = xp.reshape(x, (*blocks, n, *spatial, *rest))
        order = [count]
        for i in range(count):
            order += [count + 1 + i, i]
        x = xp.permute_dims(x, (*order, *range(2 * count + 1, len(x.shape))))
        sizes = [s * b for s, b in zip(spatial, blocks, strict=True)]
        x = xp.reshape(x, (n, *sizes, *rest))
        for size, cut in zip(sizes, cuts, strict=True):
            if sum(cut) > size:
                raise ValueError(f"cropped_shape={size - sum(cut)} must be non-negative")
        keep = tuple(slice(first, size - last) for size, (first, last) in zip(sizes, cuts, strict=True))
        return x[(slice(None), *keep, ...)]

    return unfold


_space_to_batch = define_op(
    "SpaceToBatchND", tensor("input"), tensor("block_shape", attr="Tblock_shape", host=True),
    tensor("paddings", attr="Tpaddings", host=True), kernel=_to_batch_kernel,
)  # fmt: skip
_batch_to_space = define_op(
    "BatchToSpaceND", tensor("input"), tensor("block_shape", attr="Tblock_shape", host=True),
    tensor("crops", attr="Tcrops", host=True), kernel=_from_batch_kernel,
)  # fmt: skip


@v1("space_to_batch_nd")
def space_to_batch_nd(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Tensor:
    """Moves blocks of the spatial dimensions into the batch.

    Args:
        input: A tensor `[N, spatial..., rest...]`.
        block_shape: Sizes of the blocks, one for each spatial dimension.
        paddings: Pairs (before, after): zeros to add first.
        name: The operation's name.

    Returns:
        A tensor with a larger batch and smaller spatial dimensions.

    Raises:
        ValueError: If a padded size is no multiple of the block's.
    """
    return _space_to_batch(input, index_array(block_shape), index_array(paddings), name=name)


@v1("batch_to_space_nd")
def batch_to_space_nd(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Tensor:
    """Moves parts of the batch into the spatial dimensions: undoes `space_to_batch_nd`.

    Args:
        input: A tensor `[N * blocks, spatial..., rest...]`.
        block_shape: Sizes of the blocks, one for each spatial dimension.
        crops: Pairs (before, after): what to cut off in the end.
        name: The operation's name.

    Returns:
        A tensor with a smaller batch and larger spatial dimensions.

    Raises:
        ValueError: If the batch is no multiple of the blocks' size.
    """
    return _batch_to_space(input, index_array(block_shape), index_array(crops), name=name)


@v1("required_space_to_batch_paddings")
def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """The paddings that make an image's sizes multiples of the blocks', and the crops that undo them.

    Args:
        input_shape: The image's sizes.
        block_shape: The blocks' sizes.
        base_paddings: Pairs of paddings that there are in any case; none by default.
        name: The operations' scope.

    Returns:
        The paddings `[n, 2]` and the crops `[n, 2]`, both int32.

    Raises:
        ValueError: If it is not known how many there are.
    """
    with name_scope(name, "required_space_to_batch_paddings", [input_shape, block_shape]):
        sizes = convert_to_tensor(input_shape, dtype=dtypes.int32, name="input_shape")
        blocks = convert_to_tensor(block_shape, dtype=dtypes.int32, name="block_shape")
        blocks.shape.assert_is_fully_defined()
        blocks.shape.assert_has_rank(1)
        count = int(blocks.shape.num_elements() or 0)
        if base_paddings is None:
            base = zeros([count, 2], dtypes.int32)
        else:
            base = convert_to_tensor(base_paddings, dtype=dtypes.int32, name="base_paddings")
        known = [constant_value(each) for each in (sizes, blocks, base)]
        if any(each is None for each in known):
            return _needed_paddings(sizes, blocks, base, count)
        size, block, paddings = (np.asarray(each) for each in known)
        before, end = paddings[:, 0], paddings[:, 1]
        extra = (block - (size + before + end) % block) % block
        padded = np.stack([before, end + extra], axis=1).astype(np.int32)
        cropped = np.stack([np.zeros_like(extra), extra], axis=1).astype(np.int32)
        return constant(padded, name="paddings"), constant(cropped, name="crops")


def _needed_paddings(sizes: Tensor, blocks: Tensor, base: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The paddings and the crops of sizes that are known when run."""
    before, end = base[:, 0], base[:, 1]
    padded = sizes + before + end
    extra = (blocks - padded % blocks) % blocks
    behind = end + extra
    paddings = stack([[before[i], behind[i]] for i in range(count)], name="paddings")
    return paddings, stack([[0, extra[i]] for i in range(count)], name="crops")


@v1("space_to_batch", "nn.space_to_batch")
def space_to_batch(
    input: Any, paddings: Any, block_size: int | None = None, name: str | None = None, block_shape: Any = None
) -> Tensor:
    """As `space_to_batch_nd`, for square blocks of images.

    Args:
        input: A tensor `[N, H, W, C]`.
        paddings: Pairs (before, after): zeros to add first.
        block_size: The side of the blocks.
        name: The operation's name.
        block_shape: Another name of `block_size`.

    Returns:
        A tensor `[N * b * b, H / b, W / b, C]`.
    """
    size = renamed(block_size, "block_size", block_shape, "block_shape")
    made = space_to_batch_nd(input, np.asarray(own_items([size, size]), np.int32), paddings, name)
    made.set_shape(made.shape.with_rank(4))
    return made


@v1("batch_to_space")
def batch_to_space(
    input: Any, crops: Any, block_size: int | None = None, name: str | None = None, block_shape: Any = None
) -> Tensor:
    """As `batch_to_space_nd`, for square blocks of images.

    Args:
        input: A tensor `[N * b * b, H, W, C]`.
        crops: Pairs (before, after): what to cut off in the end.
        block_size: The side of the blocks.
        name: The operation's name.
        block_shape: Another name of `block_size`.

    Returns:
        A tensor `[N, H * b, W * b, C]`.
    """
    size = renamed(block_size, "block_size", block_shape, "block_shape")
    made = batch_to_space_nd(input, np.asarray(own_items([size, size]), np.int32), crops, name)
    made.set_shape(made.shape.with_rank(4))
    return made


def _bitcast_kernel(xp: Any, type: DType) -> Any:
    target = np.dtype(type.as_numpy_dtype)

    def reinterpret(x: Any) -> Any:
        # Libraries have this as a method, which the standard has not.
        old, new, before = x.dtype.itemsize, target.itemsize, tuple(x.shape)
        if old < new and (not before or before[-1] != new // old):
            raise ValueError(f"Cannot bitcast from {x.dtype} to {target}")
        shape = (*before, old // new) if old > new else before[:-1] if old < new else before
        flat = xp.reshape(x, (-1,))
        return xp.reshape(flat.view(getattr(xp, target.name, target)), shape)

    return reinterpret


_BITS = (
    *FLOATS, dtypes.int64, dtypes.int32, dtypes.uint8, dtypes.uint16, dtypes.int8, dtypes.int16,
    *COMPLEX, dtypes.uint32, dtypes.uint64, dtypes.qint8,
    dtypes.quint8, dtypes.qint16, dtypes.quint16, dtypes.qint32,
)  # fmt: skip
_bitcast = define_op(
    "Bitcast", tensor("input", _BITS), kernel=_bitcast_kernel,
    attributes=(attr("type", DType),),
)  # fmt: skip


@v1("bitcast")
def bitcast(input: Any, type: DTypeLike, name: str | None = None) -> Tensor:
    """Takes a tensor's bytes for elements of another dtype.

    Args:
        input: A tensor of numbers.
        type: The dtype.
        name: The operation's name.

    Returns:
        A tensor of that dtype; a wider one takes up the last dimension, a narrower one adds one.

    Raises:
        ValueError: If the last dimension is not what a wider dtype takes up.
    """
    made = check_choice_of_dtype(as_dtype(type), (*FLOATS, *INTEGERS, *COMPLEX), "type")
    return _bitcast(input, type=made, name=name)
