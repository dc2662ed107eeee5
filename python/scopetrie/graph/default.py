"""The default graph, and v1's functions on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .. import _core
from ..public import v1
from .blocks import ControlBlock
from .collection import CollectionView
from .graph import Graph
from .handles import Tensor
from .placement import ColocationBlock, ContainerBlock, DeviceBlock


@v1("get_default_graph")
def get_default_graph() -> Graph:
    """Returns this thread's default graph, to which operations are added."""
    graph = _core.get_default_graph()
    assert isinstance(graph, Graph)
    return graph


@v1("reset_default_graph")
def reset_default_graph() -> None:
    """Drops the process's default graph; the next operation makes a new one.

    Raises:
        AssertionError: Inside `with graph.as_default()`.
    """
    if _core.default_graph_depth():
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared graph, "
            "exit the nesting and create a new graph."
        )
    _core.drop_global_graph()


@v1("control_dependencies")
def control_dependencies(control_inputs: Any) -> ControlBlock:
    """`Graph.control_dependencies` of the default graph."""
    return get_default_graph().control_dependencies(control_inputs)


@v1("init_scope")
@contextlib.contextmanager
def init_scope() -> Iterator[None]:
    """Opens a block whose operations depend on no control inputs, and belong to no branch and no loop.

    Name scopes and variable scopes stay. Initializers are built in such a block: they run once, wherever the
    variable is made.

    >>> import scopetrie as tf
    >>> first = tf.no_op("first")
    >>> with tf.name_scope("layer"), tf.control_dependencies([first]), tf.init_scope():
    ...     start = tf.constant(1.0) + 1.0
    >>> start.op.name, start.op.control_inputs
    ('layer/add', [])
    """
    with control_dependencies(None):
        yield


@v1("device")
def device(device_name_or_function: Any) -> DeviceBlock:
    """`Graph.device` of the default graph."""
    return get_default_graph().device(device_name_or_function)


@v1("colocate_with")
def colocate_with(op: Any, ignore_existing: bool = False) -> ColocationBlock:
    """`Graph.colocate_with` of the default graph."""
    return get_default_graph().colocate_with(op, ignore_existing)


@v1("container")
def container(container_name: str) -> ContainerBlock:
    """`Graph.container` of the default graph."""
    return get_default_graph().container(container_name)


@v1("add_to_collection")
def add_to_collection(name: Any, value: Any) -> None:
    """`Graph.add_to_collection` of the default graph."""
    get_default_graph().add_to_collection(name, value)


@v1("add_to_collections")
def add_to_collections(names: Any, value: Any) -> None:
    """`Graph.add_to_collections` of the default graph."""
    get_default_graph().add_to_collections(names, value)


@v1("get_collection")
def get_collection(key: Any, scope: str | None = None) -> list[Any]:
    """`Graph.get_collection` of the default graph."""
    return get_default_graph().get_collection(key, scope)


@v1("get_collection_ref")
def get_collection_ref(key: Any) -> CollectionView:
    """`Graph.get_collection_ref` of the default graph."""
    return get_default_graph().get_collection_ref(key)


@v1("get_all_collection_keys")
def get_all_collection_keys() -> list[Any]:
    """`Graph.get_all_collection_keys` of the default graph."""
    return get_default_graph().get_all_collection_keys()


def graph_of_values(values: Any) -> Graph:
    """Returns the graph of a list of values; the default graph if no value has one.

    Args:
        values: A tensor, operation or variable, or a list of values; nested lists are ignored.

    Raises:
        ValueError: If two of them belong to different graphs.
        TypeError: If `values` is not iterable.
    """
    first = None
    for value in [values] if isinstance(getattr(values, "graph", None), Graph) else values:
        graph = getattr(value, "graph", None)
        if not isinstance(graph, Graph):
            continue
        if first is None:
            first = value
        elif graph is not first.graph:
            raise graphs_differ(value._as_graph_element() if _is_variable(value) else value, first)
    if first is None:
        return get_default_graph()
    graph = first.graph
    assert isinstance(graph, Graph)
    return graph


def graphs_differ(item: Any, other: Any) -> ValueError:
    """Returns v1's error for inputs of two graphs."""
    graphs = f"(graphs are {item.graph!r} and {other.graph!r})"
    return ValueError(f"{_shown(item)} must be from the same graph as {_shown(other)} {graphs}.")


def _shown(item: Any) -> str:
    if _is_variable(item):
        item = item.value()
    return str(item) if isinstance(item, Tensor) else repr(item)


def _is_variable(item: Any) -> bool:
    return isinstance(item, _core.Variable)
