"""The attributes that a program gives to `Graph.create_op`, in the form in which nodes keep them.

v1's AttrValue protobufs are read by their fields, so that those of any package will do.

Example:
    >>> import scopetrie as tf
    >>> op = tf.Graph().create_op("Mine", [], [tf.float32], attrs={"shape": [2, None], "label": "a"})
    >>> op.outputs[0].shape.as_list(), op.get_attr("label")
    ([2, None], b'a')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from ..dtypes import DType, as_dtype
from ..graph import Tensor
from ..shapes import TensorShape, as_dims, as_shape
from .declare import Attribute, Given, Ints, Sizes
from .node_text import Dims, attribute_values
from .registry import OpDef

Attributes = dict[str, Any]

_LISTS: Final = (list, tuple)
_DT_NAMES: Final = {"float16": "HALF", "float32": "FLOAT", "float64": "DOUBLE"}


def read_attributes(
    op_def: OpDef | None, attrs: Mapping[str, Any] | None, inputs: Sequence[Tensor]
) -> tuple[Attributes | None, Attributes | None, list[Dims] | None]:
    """Reads the attributes of a new node.

    Args:
        op_def: Its type, None for one that nobody has registered.
        attrs: What the program gives.
        inputs: Its inputs.

    Returns:
        The attributes that the node keeps: those of which a registered type's kernel is made, or all of them;
        those that are only shown; and the outputs' shapes, if the attributes of a type that nobody has
        registered say them. None for nothing.

    Raises:
        ValueError: If a registered type takes another number of inputs, or needs an attribute that is not
            given, or one contradicts the inputs.
        TypeError: If something is no attribute.
    """
    read = {name: _plain(name, value) for name, value in (attrs or {}).items()}
    if op_def is None:
        return read or None, None, _shapes(read)
    _check_count(op_def, len(inputs))
    kept: Attributes = {}
    for each in op_def.attributes:
        if each.name in read:
            kept[each.name] = _declared(each, read.pop(each.name))
        elif isinstance(each.default, Given) and each.type is Sizes:
            kept[each.name] = None  # v1's default: unknown
        elif isinstance(each.default, Given):
            raise ValueError(f"NodeDef missing attr '{each.name}' from Op<name={op_def.type}>")
    _check_derived(op_def, read, inputs, kept)
    if op_def.type == "Const":
        kept = {"value": _own(kept["value"], kept["dtype"].as_numpy_dtype)}
    return kept or None, read or None, None


def _own(given: Any, dtype: Any) -> np.ndarray[Any, Any]:
    """A copy, of a dtype; of one element that stands for all, a copy of that."""
    value = np.asarray(given)
    if value.size > 1 and not any(value.strides):
        return np.broadcast_to(value[(slice(0, 1),) * value.ndim].astype(dtype), value.shape)
    return np.array(given, dtype)


def is_message(value: Any) -> bool:
    """Whether a value is a protobuf."""
    return hasattr(value, "SerializeToString")


def _shapes(read: Attributes) -> list[Dims] | None:
    if "_output_shapes" in read:
        return [as_dims(each) for each in read["_output_shapes"]]
    return [as_dims(read["shape"])] if "shape" in read else None


def _plain(name: str, value: Any) -> Any:
    """An attribute as a bool, number, text, DType, TensorShape, array, list of those, or message."""
    if hasattr(value, "WhichOneof") and not hasattr(value, "tensor_shape"):  # an AttrValue
        kind = value.WhichOneof("value")
        if kind == "list":
            return [each for field in ("s", "i", "f", "b", "type", "shape", "tensor", "func")
                    for each in (_field(field, one) for one in getattr(value.list, field))]  # fmt: skip
        return None if kind is None else _field(kind, getattr(value, kind))
    if name == "shape":
        return as_shape(value)
    if name == "_output_shapes":
        return [as_shape(each) for each in value]
    if isinstance(value, _LISTS):
        return [_plain("", each) for each in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return _own(value, value.dtype)
    if isinstance(value, type) or hasattr(value, "as_datatype_enum"):
        return as_dtype(value)
    known = (bool, int, float, str, bytes, TensorShape)
    if value is not None and not isinstance(value, known) and not is_message(value) and not callable(value):
        raise TypeError(f"create_op: {value!r} is no attribute")
    return value


def _field(kind: str, value: Any) -> Any:
    if kind == "type":
        return as_dtype(value)
    return as_shape(value) if kind == "shape" else value


def _declared(attribute: Attribute, value: Any) -> Any:
    """An attribute in the form that its type's rule and kernel take."""
    if attribute.type is str and isinstance(value, bytes):
        return value.decode()
    if attribute.type is DType:
        return as_dtype(value)
    if attribute.type is Sizes:
        return as_dims(value)
    if attribute.type is float and isinstance(value, int):
        return float(value)
    if attribute.type is Ints or isinstance(value, list):
        return tuple(value)
    return value


def _check_count(op_def: OpDef, count: int) -> None:
    has_list = any(each.is_list for each in op_def.inputs)
    least = len(op_def.inputs)
    if count < least if has_list else count != least:
        takes = f"{'at least ' if has_list else ''}{least} input{'s' if least != 1 else ''}"
        raise ValueError(f"create_op: {op_def.type} takes {takes}, but {count} were given")


def _check_derived(op_def: OpDef, read: Attributes, inputs: Sequence[Tensor], kept: Attributes) -> None:
    """Takes those attributes out of `read` that follow from the inputs, if they agree with them."""
    at = 0
    found: dict[str | None, DType] = {}
    for each in op_def.inputs:
        count = len(inputs) - len(op_def.inputs) + 1 if each.is_list else 1
        for tensor in inputs[at : at + count] if each.attr is not None and each.kind != "mixed" else ():
            if found.setdefault(each.attr, tensor.dtype.base_dtype) != tensor.dtype.base_dtype:
                raise _inconsistent(op_def, each.attr, found[each.attr], tensor.dtype.base_dtype)
        at += count
    for name, value, _ in attribute_values((*op_def.inputs, *op_def.attributes), inputs, kept):
        given = read.pop(name, None) if name not in kept else None
        if given is not None and given != value:
            raise _inconsistent(op_def, name, given, value)


def _inconsistent(op_def: OpDef, name: str | None, one: Any, other: Any) -> ValueError:
    return ValueError(
        f"Inconsistent values for attr '{name}' {_text(one)} vs. {_text(other)} while building NodeDef "
        f"'{op_def.type}'"
    )


def _text(value: Any) -> str:
    if not isinstance(value, DType):
        return str(value)
    return "DT_" + _DT_NAMES.get(value.name, value.name.upper())
