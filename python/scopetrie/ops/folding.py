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
# As in v1, larger values and deeper expressions are not folded.
_LARGEST: Final = 1 << 16
_DEEPEST: Final = 64


@v1("constant_value")
def constant_value(tensor: Any, partial: bool = False) -> np.ndarray[Any, Any] | None:
    """The value of a tensor if it is known without a session (v1's `tf.get_static_value`).

    Args:
        tensor: A tensor.
        partial: Accepted for v1's sake.

    Returns:
        The value, or None if it depends on what a session holds or is fed.

    >>> import scopetrie as tf
    >>> constant_value(tf.shape(tf.zeros([2, 3])) * 2)
    array([4, 6], dtype=int32)
    >>> constant_value(tf.placeholder(tf.int32, [])) is None
    True
    """
    return _value(tensor, _DEEPEST)


def known_elements(tensor: Tensor) -> list[Any] | None:
    """The elements of a tensor in row-major order; None if they are not known without a session."""
    value = _value(tensor, _DEEPEST, entries=True)
    return None if value is None else value.ravel().tolist()


def raw_value(value: Any, dtype: DType) -> np.ndarray[Any, Any]:
    """A constant's value as an array of the dtype's NumPy type."""
    return np.asarray(value, dtype=dtype.base_dtype.as_numpy_dtype)


def _value(tensor: Any, depth: int, entries: bool = False) -> np.ndarray[Any, Any] | None:
    """The value; if `entries`, also of what takes a known size out of a shape that is not wholly known."""
    if not isinstance(tensor, Tensor):
        return None if tensor is None else np.asarray(own_items(tensor))
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
    if kind not in _FOLDABLE or depth == 0 or _too_large(tensor._dims):
        return None
    if kind == "Identity" and op.inputs[0].dtype._is_ref_dtype:
        return None
    values = []
    for each in op.inputs:
        value = _value(each, depth - 1, entries)
        if value is None:
            size = _entry(tensor) if entries and each.op.type == "Shape" else None
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
    value = _value(tensor, _DEEPEST, entries=True)
    if value is not None:
        return tuple(_size(size) for size in value.ravel().tolist())
    op = tensor.op
    kind = op.type
    if kind == "Shape":
        measured: Dims = op.inputs[0]._dims
        return measured
    if kind == "Pack":
        sizes = (constant_value(each) if _is_known(each) else _entry(each) for each in op.inputs)
        return tuple(None if size is None else _size(int(size)) for size in sizes)
    if kind == "ConcatV2":
        parts = [_sizes(each) for each in op.inputs[:-1]]
        return None if None in parts else tuple(size for part in parts for size in part or ())
    if kind in ("Cast", "Identity", "StopGradient") and not op.inputs[0].dtype._is_ref_dtype:
        return _sizes(op.inputs[0])
    if kind == "StridedSlice":
        return _sliced(op)
    length = tensor._dims[0] if tensor._dims else None
    return None if length is None else (None,) * length


def _size(size: int) -> int | None:
    if size < -1:
        raise ValueError(f"Invalid value in tensor used for shape: {size}")
    return None if size < 0 else size


def _is_known(tensor: Tensor) -> bool:
    return constant_value(tensor) is not None


def _entry(tensor: Tensor) -> int | None:
    """The size for `shape[i]` of a partly known shape."""
    op = tensor.op
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
