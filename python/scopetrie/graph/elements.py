"""Look-up of the tensor or operation for what a user passes: "scope/op:0", a tensor, a variable."""

from __future__ import annotations

from typing import Any

from .. import _core
from ..similar import similar
from ..tracebacks import shorten
from .handles import Operation, Tensor

_FORM = 'Tensor names must be of the form "<op_name>:<output_index>".'
_OTHER_GRAPH = "Run it in a session of its own graph: tf.Session(graph=x.graph)."
_MOST_COMPARED = 300  # operations, so that trying names one after the other stays fast


def find_element(
    graph: _core.Graph, obj: Any, allow_tensor: bool, allow_operation: bool
) -> Tensor | Operation:
    """Finds an element of a graph; see `Graph.as_graph_element`."""
    if not (allow_tensor or allow_operation):
        raise ValueError("allow_tensor and allow_operation can't both be False.")
    kinds = " or ".join(["Tensor"] * allow_tensor + ["Operation"] * allow_operation)
    element = obj
    convert = getattr(obj, "_as_graph_element", None)
    if convert is not None:
        element = convert()
    if isinstance(element, bytes):
        element = element.decode()
    if isinstance(element, str):
        try:
            return _find_name(graph, element, kinds)
        except (KeyError, ValueError) as error:
            shorten(error)
            raise
    if isinstance(element, Tensor) and allow_tensor:
        if element.graph is not graph:
            raise ValueError(f"Tensor {element} is not an element of this graph.\n{_OTHER_GRAPH}")
        return element
    if isinstance(element, Operation) and allow_operation:
        if element.graph is not graph:
            raise ValueError(f"Operation {element} is not an element of this graph.\n{_OTHER_GRAPH}")
        return element
    raise TypeError(f"Can not convert a {type(obj).__name__} into a {kinds}.")


def _find_name(graph: _core.Graph, name: str, kinds: str) -> Tensor | Operation:
    allow_tensor, allow_operation = "Tensor" in kinds, "Operation" in kinds
    if ":" in name and allow_tensor:
        try:
            op_name, index_text = name.split(":")
            index = int(index_text)
        except ValueError:
            raise ValueError(
                f"The name {name!r} looks a like a Tensor name, but is not a valid one. {_FORM}"
            ) from None
        op: Operation | None = graph._find_operation(op_name)
        if op is None:
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. "
                f"The operation, {op_name!r}, does not exist in the graph.{_near(graph, op_name, ':0')}"
            )
        outputs = op.outputs
        try:
            found_output: Tensor = outputs[index]
            return found_output
        except IndexError:
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. "
                f"The operation, {op_name!r}, exists but only has {len(outputs)} outputs."
            ) from None
    if ":" in name:
        raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a {kinds}.")
    found: Operation | None = graph._find_operation(name)
    if allow_operation:
        if found is None:
            raise KeyError(f"The name {name!r} refers to an Operation not in the graph.{_near(graph, name)}")
        return found
    if found is not None:
        means = f"\nIts first output is {f'{name}:0'!r}." if found.outputs else ""
        raise ValueError(f"The name {name!r} refers to an Operation, not a {kinds}. {_FORM}{means}")
    raise ValueError(
        f"The name {name!r} looks like an (invalid) Operation name, not a {kinds}. {_FORM}"
        f"{_near(graph, name, ':0')}"
    )


def _near(graph: _core.Graph, name: str, end: str = "") -> str:
    last = graph.version
    names = (graph.operation(op_id).name for op_id in range(max(0, last - _MOST_COMPARED), last))
    near = similar(name, names)
    return f"\nOf similar names: {', '.join(repr(each + end) for each in near)}." if near else ""
