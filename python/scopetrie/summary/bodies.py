"""The bodies of branches and loops in GraphDefs: what a node runs, by the names of other nodes.

The operations of a body are nodes of the graph like all others. The node that runs them says which tensors
the body gives and is fed with, so that a graph can be read again as it was.

An attribute that is a body is a `func`: its name says its type (`"Body"`, or `"Backward"` for one that
computes gradients), its attributes are those of the type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from ..graph import Graph, Operation
from ..ops.control.trace import Body
from ..ops.node_text import Dims

__all__ = ["BODY_TYPES", "fill_body", "write_bodies"]

# The types of nodes that run bodies.
BODY_TYPES: Final = frozenset({
    "If", "While", "Map", "Fold", "IfGrad", "WhileGrad", "MapGrad", "FoldGrad",
})  # fmt: skip


def write_bodies(node: Any, op: Operation, set_shape: Callable[[Any, Dims], None]) -> None:
    """Writes the attributes of an operation that runs bodies into its NodeDef.

    Args:
        node: The NodeDef.
        op: The operation, of one of `BODY_TYPES`.
        set_shape: Writes a shape into a message of one.
    """
    inputs = {each._id for each in op.inputs}
    for name, value in op._attrs.items():
        attribute = node.attr[name]
        if isinstance(value, Body):
            _write_body(attribute.func, value, inputs, set_shape)
        elif hasattr(value, "body"):
            attribute.func.name = "Backward"
            _write_body(attribute.func.attr["body"].func, value.body, inputs, set_shape)
            _write_ints(attribute.func.attr["taken"], value.taken)
            _write_ints(attribute.func.attr["places"], value.places)
        elif name == "specs":
            attribute.list.SetInParent()
            for dtype, dims in value:
                attribute.list.type.append(dtype.as_datatype_enum)
                set_shape(attribute.list.shape.add(), dims)
        elif name == "products":
            # A product of matrices by which of them are transposed; -1 where there is none.
            found = [-1 if each is None else 2 * each.transpose_a + each.transpose_b for each in value]
            _write_ints(attribute, found)
        elif isinstance(value, tuple):
            _write_ints(attribute, value)
        elif isinstance(value, bool):
            attribute.b = value
        else:
            attribute.i = value


def _write_ints(attribute: Any, values: Sequence[int]) -> None:
    attribute.list.SetInParent()
    attribute.list.i.extend(values)


def _write_body(function: Any, body: Body, inputs: set[int], set_shape: Callable[[Any, Dims], None]) -> None:
    graph = body.graph

    def names(tensors: Iterable[int]) -> list[str]:
        return [graph.tensor(each).name for each in tensors]

    fill_body(
        function,
        outputs=names(body.outputs),
        feeds=names(body.feeds),
        places=body.places,
        kept=names(body.kept),
        targets=[graph.operation(each).name for each in body.targets],
        first=_first_inside(graph, body),
    )
    # What a loop says of the shapes of its own tensors does not follow from the nodes before them.
    own = [graph.tensor(each) for each in body.feeds if each not in inputs]
    _write_names(function.attr["own"], [each.name for each in own])
    for tensor in own:
        set_shape(function.attr["own"].list.shape.add(), tensor._dims)


def fill_body(
    function: Any,
    outputs: Sequence[str],
    feeds: Sequence[str],
    places: Sequence[int],
    first: str,
    kept: Sequence[str] = (),
    targets: Sequence[str] = (),
) -> None:
    """Writes a body into a `func` attribute; its arguments are those of `Body`, by name."""
    function.name = "Body"
    for name, found in (("outputs", outputs), ("feeds", feeds), ("kept", kept), ("targets", targets)):
        _write_names(function.attr[name], found)
    _write_ints(function.attr["places"], places)
    function.attr["first"].s = first.encode()


def _write_names(attribute: Any, names: Sequence[str]) -> None:
    attribute.list.SetInParent()
    attribute.list.s.extend(each.encode() for each in names)


def _first_inside(graph: Graph, body: Body) -> str:
    """The name of the first operation that the body runs; "" if it runs none of its own."""
    nodes = graph.prune(body.outputs, body.targets, body.feeds, body.first)
    inside = [node[0] for node in nodes if node[0] >= body.first]
    return graph.operation(min(inside)).name if inside else ""
