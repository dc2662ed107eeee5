"""Constant folding: values known before a run, which shape rules read from shape-like inputs."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from .._core import own_items
from ..dtypes import DType
from ..graph import Tensor
from ..public import v1
from .node_text import Dims
from .registry import OPS

# Cheap ops with which programs compute shapes, axes and sizes.
_FOLDABLE: Final = frozenset(
    {
        "Add",
        "All",
        "Any",
        "LogicalAnd",
        "LogicalNot",
        "LogicalOr",
        "AddV2",
        "BroadcastArgs",
        "BroadcastTo",
        "Cast",
        "ConcatV2",
        "Equal",
        "ExpandDims",
        "Fill",
        "FloorDiv",
        "FloorMod",
        "GatherV2",
        "Greater",
        "GreaterEqual",
        "Identity",
        "Less",
        "LessEqual",
        "Max",
        "Maximum",
        "Min",
        "Minimum",
        "Mul",
        "Neg",
        "NotEqual",
        "OnesLike",
        "Pack",
        "Prod",
        "Range",
        "Reshape",
        "ReverseV2",
        "Select",
        "SelectV2",
        "Slice",
        "Split",
        "Squeeze",
        "StopGradient",
        "StridedSlice",
        "Sub",
        "Sum",
        "Tile",
        "Transpose",
        "Unpack",
        "ZerosLike",
    }
)
# What rules of shapes look through besides, and `constant_value` does not.
_FOLDABLE_IN_SHAPES: Final = _FOLDABLE | {"Abs", "Square"}
# As in v1, larger values and deeper expressions are not folded.
_LARGEST: Final = 1 << 16
_DEEPEST: Final = 64


@v1("constant_value")
def constant_value(tensor: Any, partial: bool = False) -> np.ndarray[Any, Any] | None:
    """The value of a tensor if it is known without a session (v1's `tf.get_static_value`).

    Args:
        tensor: A tensor.
        partial: Whether a stack of which only some parts are known gives an array with None for the others.

    Returns:
        The value, or None if it depends on what a session holds or is fed.

    >>> import scopetrie as tf
    >>> constant_value(tf.shape(tf.zeros([2, 3])) * 2)
    array([4, 6], dtype=int32)
    >>> n = tf.placeholder(tf.int32, [])
    >>> constant_value(n) is None
    True
    >>> constant_value(tf.stack([n, 3]), partial=True)
    array([None, 3], dtype=object)
    """
    found = Folding()
    value = found.value(tensor)
    return found.parts(tensor) if value is None and partial and isinstance(tensor, Tensor) else value


def known_elements(tensor: Tensor) -> list[Any] | None:
    """The elements of a tensor in row-major order; None if they are not known without a session."""
    value = Folding(entries=True).value(tensor)
    return None if value is None else value.ravel().tolist()


def raw_value(value: Any, dtype: DType) -> np.ndarray[Any, Any]:
    """A constant's value as an array of the dtype's NumPy type."""
    return np.asarray(value, dtype=dtype.base_dtype.as_numpy_dtype)


class Folding:
    """The values of tensors, each computed once.

    Args:
        entries: Whether also what takes a known size out of a shape that is not wholly known has a value.
    """

    def __init__(self, entries: bool = False) -> None:
        self._entries = entries
        self._values: dict[int, np.ndarray[Any, Any] | None] = {}

    def value(self, tensor: Any, depth: int = _DEEPEST) -> np.ndarray[Any, Any] | None:
        """The value; None if it depends on what a session holds or is fed."""
        if not isinstance(tensor, Tensor):
            return None if tensor is None else np.asarray(own_items(tensor))
        if tensor._id not in self._values:
            self._values[tensor._id] = self._computed(tensor, depth)
        return self._values[tensor._id]

    def parts(self, tensor: Tensor) -> np.ndarray[Any, Any] | None:
        """The value of a stack, with None where a part is not known; None of anything else."""
        op = tensor.op
        known = self.value(tensor)
        if known is not None or op.type != "Pack" or (op._attrs or {}).get("axis"):
            return known
        parts = [self.value(each) if not each._dims else self.parts(each) for each in op.inputs]
        dims = [size for size in tensor._dims or () if size is not None]
        if all(part is None for part in parts) or _too_large(tensor._dims) or len(dims) != tensor.shape.rank:
            return None
        made = np.empty(dims, dtype=object)
        for at, part in enumerate(parts):
            if part is not None:
                made[at] = part.item() if not part.ndim else part
        return made

    def _computed(self, tensor: Tensor, depth: int) -> np.ndarray[Any, Any] | None:
        op = tensor.op
        kind = op.type
        if kind == "Const":
            attrs = op._attrs
            kept = raw_value(attrs["value"] if isinstance(attrs, dict) else attrs, tensor.dtype)
            dims: Any = tensor._dims
            # The extension stores a constant of one number as that number.
            return kept if kept.shape == dims else np.broadcast_to(kept, dims)
        if kind in ("Shape", "Size", "Rank", "ShapeN"):
            return _measure(kind, op.inputs[tensor.value_index]._dims, tensor.dtype)
        foldable = _FOLDABLE_IN_SHAPES if self._entries else _FOLDABLE
        if kind not in foldable or depth == 0 or _too_large(tensor._dims):
            return None
        if kind == "Identity" and op.inputs[0].dtype._is_ref_dtype:
            return None
        values = []
        for each in op.inputs:
            value = self.value(each, depth - 1)
            if value is None:
                size = _entry(tensor) if self._entries and each.op.type in ("Shape", "ShapeN") else None
                return None if size is None else raw_value(size, tensor.dtype)
            values.append(value)
        kernel = OPS[kind].kernel
        if kernel is None:
            return None
        from array_api_compat import numpy as xp  # imported late: most programs build their graph without it

        try:
            out = kernel(xp, **(op._attrs or {}))(*values)
        except Exception:  # what the arguments are wrong for fails when it runs
            return None
        return raw_value(out[tensor.value_index] if isinstance(out, (tuple, list)) else out, tensor.dtype)


def _measure(kind: str, dims: Dims, dtype: DType) -> np.ndarray[Any, Any] | None:
    if dims is None:
        return None
    if kind == "Rank":
        return raw_value(len(dims), dtype)
    if None in dims:
        return None
    sizes = np.asarray(dims, dtype=np.int64)
    return raw_value(sizes.prod() if kind == "Size" else sizes, dtype)


def _too_large(dims: Dims) -> bool:
    if dims is None:
        return False
    total = 1
    for size in dims:
        total *= size or 1
    return total > _LARGEST


def dims_from(tensor: Tensor) -> Dims:
    """The shape given by a tensor of sizes, as far as known: -1 and unknown sizes are None.

    Args:
        tensor: A vector of sizes.

    Returns:
        Dims with as many entries as the vector, or None if not even its length is known.

    >>> import scopetrie as tf
    >>> x = tf.placeholder(tf.float32, [None, 3])
    >>> dims_from(tf.stack([tf.shape(x)[0], 7]))
    (None, 7)
    """
    found = _sizes(tensor)
    if found is not None:
        return found
    length = tensor._dims[0] if tensor._dims else None
    return None if length is None else (None,) * length


def _sizes(tensor: Tensor) -> Dims:
    """The same; None as well where v1 knows no size, though it knows how many there are."""
    found = Folding(entries=True)
    value = found.value(tensor)
    if value is not None:
        return tuple(_size(size) for size in value.ravel().tolist())
    op = tensor.op
    kind = op.type
    if kind in ("Shape", "ShapeN"):
        measured: Dims = op.inputs[tensor.value_index]._dims
        return measured
    if kind == "Pack":
        rows = found.parts(tensor)
        if rows is not None:
            return tuple(None if size is None else _size(size) for size in rows.ravel())
        return (None,) * len(op.inputs)
    if kind == "ConcatV2":
        lists = [_sizes(each) for each in op.inputs[:-1]]
        return None if None in lists else tuple(size for each in lists for size in each or ())
    if kind == "Cast" and not op.inputs[0].dtype._is_ref_dtype:
        return _sizes(op.inputs[0])
    if kind == "StridedSlice":
        return _sliced(op)
    length = tensor._dims[0] if tensor._dims else None
    return None if length is None else (None,) * length


def _size(size: int) -> int | None:
    if size < -1:
        raise ValueError(f"Invalid value in tensor used for shape: {size}")
    return None if size < 0 else size


def _entry(tensor: Tensor) -> int | None:
    """The size for `shape[i]`, or one of `unstack(shape)`, of a partly known shape."""
    op = tensor.op
    if op.type == "Unpack":
        dims = dims_from(op.inputs[0])
        return None if dims is None else dims[tensor.value_index]
    if op.type == "StridedSlice" and (op._attrs or {}).get("shrink_axis_mask") == 1:
        begin = constant_value(op.inputs[1])
        dims = dims_from(op.inputs[0])
        if (
            begin is not None
            and dims is not None
            and begin.size == 1
            and -len(dims) <= int(begin[0]) < len(dims)
        ):
            return dims[int(begin[0])]
    return None


def _sliced(op: Any) -> Dims:
    dims = _sizes(op.inputs[0])
    begin, end, step = (constant_value(each) for each in op.inputs[1:])
    attrs = op._attrs or {}
    if dims is None or begin is None or end is None or step is None or begin.size != 1:
        return None
    if attrs.get("shrink_axis_mask") or attrs.get("new_axis_mask") or attrs.get("ellipsis_mask"):
        return None
    first = None if attrs.get("begin_mask") else int(begin[0])
    last = None if attrs.get("end_mask") else int(end[0])
    return dims[slice(first, last, int(step[0]))]
