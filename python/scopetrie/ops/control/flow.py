"""Nodes for the order of others: no_op, group, tuple."""

from __future__ import annotations

from typing import Any

from ..._core import OpFunction, Variable, get_default_graph, name_scope
from ...graph import Graph, GraphKeys, Operation, Tensor, graph_of_values
from ...public import v1
from ..array.fill import identity
from ..constant import convert_to_tensor
from ..registry import define_op

_no_op: OpFunction[Operation] = define_op(
    "NoOp",
)  # fmt: skip


@v1("no_op")
def no_op(name: str | None = None) -> Operation:
    """Makes an operation that does nothing, and can be waited for.

    Args:
        name: The operation's name.
    """
    return _no_op(name=name)


@v1("group")
def group(*inputs: Any, **kwargs: Any) -> Operation:
    """Makes an operation that is done when all its inputs are.

    Args:
        *inputs: Operations, tensors, variables, or lists of them.
        **kwargs: `name`, the operation's name.

    Returns:
        An operation.

    Raises:
        ValueError: If an unknown keyword is given.
        TypeError: If an input is none of these.

    >>> import scopetrie as tf
    >>> a, b = tf.Variable(1.0), tf.Variable(2.0)
    >>> both = tf.group(a.initializer, b.initializer)
    >>> with tf.Session() as session:
    ...     session.run(both)
    ...     print(session.run(a + b))
    3.0
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError(f"Unknown keyword arguments: {kwargs.keys()}")
    waits = list(inputs) if set(map(type, inputs)) == {Operation} else _flat_operations(inputs)
    graph = waits[0].graph if waits else get_default_graph()
    assert isinstance(graph, Graph)
    if len({each.graph for each in waits}) > 1:
        graph_of_values(waits)  # says which
    placed: dict[str, list[Operation]] = {}
    if not graph._has_places:
        placed[""] = waits
    else:
        for each in waits:
            placed.setdefault(each.device, []).append(each)
    with graph.as_default(), name_scope(name, "group_deps", waits[:1]) as scope:
        # As v1: where they are on several devices, each device has its own.
        if len(placed) > 1:
            waits = [_done(graph, device, placed[device]) for device in sorted(placed)]
        return _done(graph, next(iter(placed)) if len(placed) == 1 else "", waits, scope)


def _done(graph: Graph, device: str, waits: list[Operation], name: str | None = None) -> Operation:
    with graph.control_dependencies(waits), graph.device(device):
        return no_op(name=name)


def _flat_operations(inputs: Any) -> list[Operation]:
    found: list[Operation] = []
    for each in inputs:
        if isinstance(each, (list, tuple)):
            found += _flat_operations(each)
        elif isinstance(each, dict):
            found += _flat_operations(each.values())
        elif hasattr(each, "graph"):
            found.append(each.op if isinstance(each, (Tensor, Variable)) else each)
        elif each is not None:
            raise TypeError(
                f"'inputs' should be zero or more (nested) Tensors. Received '{each}' with type "
                f"'{type(each)}'."
            )
    return found


@v1("tuple")
def tuple_(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list[Any]:
    """Makes tensors that are ready only when all of them are.

    Args:
        tensors: Tensors; None is passed on.
        name: The scope's name.
        control_inputs: More operations to wait for.

    Returns:
        The tensors, in a list.

    Raises:
        ValueError: If there is no tensor among them.
        TypeError: If a control input is no operation or tensor.
    """
    with name_scope(name, "tuple", tensors) as scope:
        made = [
            each
            if each is None or isinstance(each, (Operation, Tensor, Variable))
            else convert_to_tensor(each)
            for each in tensors
        ]
        waits = [each if isinstance(each, Operation) else each.op for each in made if each is not None]
        for each in control_inputs or []:
            if not isinstance(each, (Operation, Tensor, Variable)):
                raise TypeError(
                    f"'control_inputs' must only contain Operation or Tensor. Received: {type(each)}"
                )
            waits.append(each if isinstance(each, Operation) else each.op)
        if not waits:
            raise ValueError(f"'tensors' must have at least one Tensor. Received: {tensors}.")
        gate = group(*sorted(dict.fromkeys(waits), key=lambda op: op._id))
        with name_scope(scope):
            return [None if each is None else _after(gate, each) for each in made]


def _after(gate: Operation, tensor: Any) -> Any:
    """A tensor's or variable's value, or an operation, once another operation is done."""
    graph = gate.graph
    assert isinstance(graph, Graph)
    if isinstance(tensor, Operation):
        with graph.control_dependencies([gate]):
            return group(tensor)
    with graph.control_dependencies([gate]), graph.colocate_with(tensor):
        return identity(tensor.value() if isinstance(tensor, Variable) else tensor, name="control_dependency")


@v1("initialize_all_tables", "tables_initializer")
def tables_initializer(name: str = "init_all_tables") -> Operation:
    """Makes an operation that runs those in the collection TABLE_INITIALIZERS.

    They fill the tables of `tf.lookup`. Programs add the initializers of iterators, too, which a
    `MonitoredSession` then runs.

    Args:
        name: The operation's name.

    Returns:
        The operation.
    """
    found = get_default_graph().get_collection(GraphKeys.TABLE_INITIALIZERS)
    return group(*found, name=name) if found else no_op(name=name)
