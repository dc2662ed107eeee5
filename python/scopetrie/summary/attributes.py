"""The attributes of an operation's NodeDef."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from ..dtypes import DType
from ..graph import Operation
from ..ops.registry import node_attributes

# Attributes that are the same for all nodes of a type made by the extension, so it does not store them.
_OF_EXTENSION: Final[dict[str, dict[str, Any]]] = {"Assign": {"use_locking": True, "validate_shape": True}}


class Value(NamedTuple):
    """The attribute "value" of a constant."""

    dtype: DType
    array: np.ndarray[Any, Any]


def attributes(op: Operation) -> dict[str, Any]:
    """Returns all attributes of an operation.

    Args:
        op: The operation.

    Returns:
        By name: a DType, bool, int, float, str or bytes, a TensorShape; a tuple or list of those; dims for
        "shape"; a Value for a constant's "value"; an array; a protobuf for what stands for itself.

    >>> import scopetrie as tf
    >>> attributes(tf.constant([1, 2]).op)
    {'dtype': tf.int32, 'value': Value(dtype=tf.int32, array=array([1, 2], dtype=int32))}
    """
    if op.type == "Const":
        (constant,) = op.outputs
        dtype, kept = constant.dtype, op._attrs
        array = np.asarray(kept["value"] if isinstance(kept, dict) else kept, dtype.as_numpy_dtype)
        dims: Any = constant._dims
        if array.shape != dims:  # the extension stores one number for all elements
            array = np.broadcast_to(array, dims)
        found: dict[str, Any] = {"dtype": dtype, "value": Value(dtype, array)}
    else:
        found = dict(node_attributes(op))
        if op._attrs is None:
            found |= _OF_EXTENSION.get(op.type, {})
        if op.type == "VariableV2":
            (variable,) = op.outputs
            found |= {"dtype": variable.dtype.base_dtype, "shape": variable._dims}
    found |= op._shown
    groups = op._groups
    if groups:
        found["_class"] = groups
    return found


def is_shape(name: str, value: Any) -> bool:
    """Whether an attribute is a shape rather than a list of numbers."""
    if name == "shape":
        return value is None or isinstance(value, tuple)
    # Whatever it is called: a size that is not known makes a shape of it, as far as it is no list of shapes.
    sizes = value if isinstance(value, tuple) and not name.endswith("shapes") else ()
    return all(each is None or type(each) is int for each in sizes) and None in sizes
