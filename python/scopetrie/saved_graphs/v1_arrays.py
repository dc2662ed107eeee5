"""TensorFlow 1's TensorArrays, as nodes whose rows are a value.

TensorFlow 1 keeps the rows of a TensorArray in a resource: its nodes take the handle, and a scalar ("flow")
that says what was written before. Here the flow is the rows themselves, and there are no handles.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .v1_contexts import split_input

__all__ = ["with_rows"]

# By v1's type the one without a handle, and which attributes it has.
_KINDS: Final = {
    "TensorArrayV3": ("TensorArray", ("dtype", "dynamic_size", "element_shape", "tensor_array_name")),
    "TensorArrayReadV3": ("TensorArrayRead", ("dtype", "element_shape")),
    "TensorArrayWriteV3": ("TensorArrayWrite", ()),
    "TensorArrayGatherV3": ("TensorArrayGather", ("dtype", "element_shape")),
    "TensorArrayScatterV3": ("TensorArrayScatter", ()),
    "TensorArrayConcatV3": ("TensorArrayConcat", ("dtype", "element_shape")),
    "TensorArraySplitV3": ("TensorArraySplit", ()),
    "TensorArraySizeV3": ("TensorArraySize", ()),
    "TensorArrayCloseV3": ("NoOp", ()),
}
_RESOURCE: Final = 20  # in TensorFlow's enumeration of dtypes


def with_rows(nodes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the nodes of a GraphDef without handles of TensorArrays.

    Args:
        nodes: The nodes by their names.

    Returns:
        The same if there are none of v1's TensorArrays; else other nodes, with the same names.

    Raises:
        ValueError: If the lengths of what is concatenated are taken.
    """
    if not any(node.op == "TensorArrayV3" for node in nodes.values()):
        return nodes
    return {name: _without_handle(nodes, node) for name, node in nodes.items()}


def _without_handle(nodes: Mapping[str, Any], node: Any) -> Any:
    # A node of this package's that only hands a tensor on has one of these types, too.
    is_array = node.op in _KINDS and (node.op == "TensorArrayV3" or len(node.input) > 1 or "Close" in node.op)
    inputs = [_as_rows(nodes, each) for each in node.input]
    hands_on = "T" in node.attr and node.attr["T"].type == _RESOURCE
    if not is_array and not hands_on and inputs == list(node.input):
        return node
    made = type(node)(name=node.name, op=node.op, device=node.device)
    if not is_array:
        made.CopyFrom(node)
        if hands_on:
            del made.attr["T"]
        del made.input[:]
        made.input.extend(inputs)
        return made
    made.op, kept = _KINDS[node.op]
    made.input.extend(inputs if node.op == "TensorArrayV3" else inputs[1:])
    for each in kept:
        source = node
        if each == "element_shape" and not _says_shape(node):
            source = _array_of(nodes, node)
        name = each
        if each not in source.attr and node.op == "TensorArrayConcatV3":
            name = "element_shape_except0"
        if name in source.attr:
            made.attr[each].CopyFrom(source.attr[name])
    return made


def _as_rows(nodes: Mapping[str, Any], text: str) -> str:
    """An input; of the two outputs of a TensorArray's node only the flow is left."""
    source, output = split_input(text)
    node = nodes.get(source)
    if node is None or output < 0:
        return text
    if node.op == "TensorArrayConcatV3" and output == 1 and len(node.input) > 1:
        raise ValueError(f"Node {source!r} of type {node.op}: the lengths of what it joins are not kept")
    return source if node.op == "TensorArrayV3" else text


def _says_shape(node: Any) -> bool:
    return "element_shape" in node.attr and not node.attr["element_shape"].shape.unknown_rank


def _array_of(nodes: Mapping[str, Any], node: Any) -> Any:
    """The node that made the TensorArray that a node takes; else the node itself."""
    found, seen = node, set()
    while found.op != "TensorArrayV3":
        seen.add(found.name)
        source = nodes.get(split_input(found.input[0])[0]) if found.input else None
        if source is None or source.name in seen:
            return node
        found = source
    return found
