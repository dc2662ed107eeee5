"""The text of an operation's NodeDef, as v1 prints it, without protobuf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from ..dtypes import DType, as_dtype
from ..graph import Operation
from ..ops.given import is_message
from ..shapes import TensorShape
from .attributes import Value, attributes, is_shape
from .values import field_values

_ESCAPES: Final = {ord(a): f"\\{b}" for a, b in ("\nn", "\rr", "\tt", '""', "''", "\\\\")}
_ENUM_NAMES: Final = {"float16": "HALF", "float32": "FLOAT", "float64": "DOUBLE"}


def node_text(op: Operation) -> str:
    """Returns an operation as text.

    Example:
        >>> import scopetrie as tf
        >>> with tf.Graph().as_default():
        ...     print(node_text(tf.negative(tf.placeholder(tf.float32, name="x"), name="y").op))
        name: "y"
        op: "Neg"
        input: "x"
        attr {
          key: "T"
          value {
            type: DT_FLOAT
          }
        }
        <BLANKLINE>
    """
    return "".join(f"{line}\n" for line in _node(op))


def _node(op: Operation) -> Iterator[str]:
    yield f"name: {_quoted(op.name)}"
    yield f"op: {_quoted(op.type)}"
    for tensor in op.inputs:
        yield f"input: {_quoted(tensor.op.name if tensor.value_index == 0 else tensor.name)}"
    for control in op.control_inputs:
        yield f"input: {_quoted('^' + control.name)}"
    if op.device:
        yield f"device: {_quoted(op.device)}"
    for name, value in sorted(attributes(op).items(), reverse=True):  # v1's order
        yield from _block("attr", [f"key: {_quoted(name)}", *_block("value", _attribute(name, value))])


def _block(name: str, lines: Any) -> list[str]:
    return [f"{name} {{", *(f"  {line}" for line in lines), "}"]


def _attribute(name: str, value: Any) -> list[str]:
    if isinstance(value, np.ndarray):
        value = Value(as_dtype(value.dtype), value)
    if isinstance(value, Value):
        return _block("tensor", _tensor(value))
    if isinstance(value, TensorShape):
        return _block("shape", _shape(value._dims))
    if is_shape(name, value):
        return _block("shape", _shape(value))
    if isinstance(value, (tuple, list)):
        return _block("list", [line for each in value for line in _attribute("", each)])
    if isinstance(value, DType):
        return [f"type: {_enum(value)}"]
    if isinstance(value, bool):
        return [f"b: {str(value).lower()}"]
    if isinstance(value, int):
        return [f"i: {value}"]
    if isinstance(value, float):
        return [f"f: {_number(np.float32(value))}"]
    if isinstance(value, (str, bytes)):
        return [f"s: {_quoted(value)}"]
    if is_message(value):
        return _block("tensor" if hasattr(value, "tensor_shape") else "func", str(value).splitlines())
    return []  # e.g. a function of the program: a NodeDef cannot represent it


def _shape(dims: tuple[int | None, ...] | None) -> list[str]:
    if dims is None:
        return ["unknown_rank: true"]
    sizes = [-1 if size is None else size for size in dims]
    return [line for size in sizes for line in _block("dim", [f"size: {size}"] if size else [])]


def _tensor(value: Value) -> list[str]:
    field, elements = field_values(value.dtype, value.array)
    lines = [f"dtype: {_enum(value.dtype)}", *_block("tensor_shape", _shape(value.array.shape))]
    if field == "tensor_content":
        return [*lines, f"{field}: {_quoted(elements)}"] if elements else lines
    if field in ("float_val", "scomplex_val"):  # single precision, with its short decimal form
        elements = map(np.float32, elements)
    return [*lines, *(f"{field}: {_number(each)}" for each in elements)]


def _enum(dtype: DType) -> str:
    return "DT_" + _ENUM_NAMES.get(dtype.name, dtype.name.upper())


def _number(value: Any) -> str:
    if isinstance(value, (str, bytes)):
        return _quoted(value)
    if isinstance(value, (bool, np.bool_)):
        return str(value).lower()
    return str(value).removesuffix(".0")


def _quoted(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return '"' + "".join(_ESCAPES.get(c) or (chr(c) if 32 <= c < 127 else f"\\{c:03o}") for c in raw) + '"'
