"""Nodes that run bodies of branches and loops, read from GraphDefs; see `scopetrie.summary.bodies`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any, Final, NamedTuple

from ..derivatives.control.bodies import Backward
from ..derivatives.control.products import Product
from ..dtypes import as_dtype
from ..graph import Graph, Operation, Tensor
from ..ops.control.trace import Body
from ..ops.node_text import Dims
from ..ops.registry import OPS
from ..shapes import as_dims
from ..summary.bodies import BODY_TYPES

__all__ = ["Places", "body_attributes", "body_names", "has_bodies", "own_shapes"]

# What of a body is names of tensors; the others are those of operations.
_TENSORS: Final = ("outputs", "feeds", "kept")


# The bodies that nodes run.
_RUN: Final = ("otherwise", "step", "test", "then")


class Places(NamedTuple):
    """Where a body finds what it names.

    Attributes:
        graph: The graph.
        tensor: The tensor of a name such as "x:0".
        operation: The operation of a name.
    """

    graph: Graph
    tensor: Callable[[str], Tensor]
    operation: Callable[[str], Operation]


def has_bodies(node: Any) -> bool:
    """Whether a node says what bodies it runs."""
    return node.op in BODY_TYPES and any(_functions(node))


def _functions(node: Any) -> Iterator[Any]:
    """The bodies of a node."""
    for attribute in node.attr.values():
        if attribute.WhichOneof("value") == "func":
            if attribute.func.name == "Body":
                yield attribute.func
            elif attribute.func.name == "Backward":
                yield attribute.func.attr["body"].func


def body_names(node: Any) -> list[str]:
    """The tensors and operations that the bodies of a node name; none if it has no bodies."""
    found: list[str] = []
    if not has_bodies(node):
        return found
    for function in _functions(node):
        for field in (*_TENSORS, "targets"):
            found += _names(function, field)
        found += filter(None, [function.attr["first"].s.decode()])
    return list(dict.fromkeys(found))


def own_shapes(node: Any) -> dict[str, Dims]:
    """What a node that runs bodies says of the shapes of tensors that are a loop's own; {} for others."""
    found: dict[str, Dims] = {}
    for function in _functions(node) if has_bodies(node) else ():
        shapes = function.attr["own"].list.shape
        for name, dims in zip(_names(function, "own"), shapes, strict=False):
            found[name] = as_dims(dims)
    return found


def _names(function: Any, field: str) -> list[str]:
    return [each.decode() for each in function.attr[field].list.s]


def body_attributes(node: Any, places: Places) -> dict[str, Any]:
    """The attributes of a node that runs bodies, for the function of its type.

    Args:
        node: The NodeDef.
        places: Where its bodies find what they name.

    Raises:
        ValueError: If it lacks a body, or has one of another kind.
    """
    known = signature(OPS[node.op].kernel or _read).parameters
    kind = "Backward" if node.op.endswith("Grad") else "Body"
    for name, value in node.attr.items():
        if name in known and value.WhichOneof("value") == "func" and value.func.name != kind:
            raise ValueError(f"Node {node.name!r}: attribute {name!r} is to be a function {kind!r}")
    missing = [each for each in _RUN if each in known and not node.attr[each].HasField("func")]
    if missing:
        raise ValueError(f"NodeDef missing attr '{missing[0]}' from Op<name={node.op}>")
    return {name: _read(name, value, places) for name, value in node.attr.items() if name in known}


def _read(name: str, value: Any, places: Places) -> Any:
    kind = value.WhichOneof("value")
    if kind == "func":
        function = value.func
        if function.name == "Body":
            return _body(function, places)
        ints = {each: tuple(function.attr[each].list.i) for each in ("taken", "places")}
        return Backward(_body(function.attr["body"].func, places), **ints)
    if name == "specs":
        return tuple(
            (as_dtype(dtype), as_dims(dims))
            for dtype, dims in zip(value.list.type, value.list.shape, strict=True)
        )
    if name == "products":
        return tuple(None if each < 0 else Product(each >= 2, each % 2 == 1) for each in value.list.i)
    return tuple(value.list.i) if kind == "list" else getattr(value, kind)


def _body(function: Any, places: Places) -> Body:
    outputs, feeds, kept = (
        [places.tensor(each)._id for each in _names(function, field)] for field in _TENSORS
    )
    first = function.attr["first"].s.decode()
    return Body(
        places.graph,
        tuple(outputs),
        tuple(places.operation(each)._id for each in _names(function, "targets")),
        tuple(feeds),
        tuple(function.attr["places"].list.i),
        places.operation(first)._id if first else places.graph.version,
        kept,
    )
