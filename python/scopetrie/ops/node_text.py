"""Text of nodes: their attributes in a GraphDef, and their form in v1's messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from ..dtypes import DType
from ..graph import Tensor
from .declare import Attribute, Given, Input, Sizes

Dims: TypeAlias = tuple[int | None, ...] | None

_DT_NAMES: Final = {"float16": "HALF", "float32": "FLOAT", "float64": "DOUBLE"}


def dims_text(dims: Dims) -> str:
    """A shape in the notation of v1's messages: `[2,?]`, or `<unknown>`."""
    if dims is None:
        return "<unknown>"
    return "[" + ",".join("?" if size is None else str(size) for size in dims) + "]"


def node_text(
    type: str,
    words: Sequence[Input | Attribute],
    name: str,
    inputs: Sequence[Tensor],
    attrs: Mapping[str, Any],
) -> str:
    """A node in the notation of v1's messages: `{{node add}} = AddV2[T=DT_FLOAT](a, b)`."""
    shown = [f"{key}={_text(value, kind)}" for key, value, kind in attribute_values(words, inputs, attrs)]
    sources = (x.name.removesuffix(":0") for x in inputs)
    return f"{{{{node {name}}}}} = {type}[{', '.join(shown)}]({', '.join(sources)})"


def attribute_values(
    words: Sequence[Input | Attribute], inputs: Sequence[Tensor], attrs: Mapping[str, Any]
) -> list[tuple[str, Any, type | None]]:
    """The attributes that a node has in a GraphDef, in the order of their names.

    Args:
        words: The declarations of its op type's inputs and attributes.
        inputs: Its input tensors, lists flattened.
        attrs: The attributes stored in the node.

    Returns:
        Name, value and declared type of each.
    """
    found: dict[str, tuple[Any, type | None]] = {}
    ends = len(inputs) - sum(isinstance(each, Input) for each in words)  # the length of a list, less 1
    at = 0
    for each in words:
        if isinstance(each, Attribute):
            value = attrs.get(each.name, each.default)
            if not isinstance(value, Given):
                found[each.name] = (value, each.type)
            continue
        count = ends + 1 if each.is_list else 1
        if each.attr is not None and each.attr not in found and count:
            held = inputs[at + count - 1 if each.kind == "mixed" else at]
            found[each.attr] = (held.dtype.base_dtype, DType)
        if each.kind == "list":
            found["N"] = (count, int)
        at += count
    return [(name, *found[name]) for name in sorted(found)]


def _text(value: Any, kind: type | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, DType):
        return "DT_" + _DT_NAMES.get(value.name, value.name.upper())
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, float):
        return f"{value:g}"
    if kind is Sizes:
        return dims_text(value)
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_text(each, None) for each in value) + "]"
    return str(value)
