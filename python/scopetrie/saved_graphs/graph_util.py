"""tf.graph_util: GraphDefs cut down to what computes something, and with constants for variables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..dtypes import as_dtype
from ..public import v1
from ..summary.graph_messages import fill_tensor
from .bodies import body_names
from .graph_import import is_graph_def
from .v1_contexts import split_input

__all__ = ["convert_variables_to_constants", "extract_sub_graph", "remove_training_nodes"]


@v1("graph_util.extract_sub_graph")
def extract_sub_graph(graph_def: Any, dest_nodes: Iterable[str]) -> Any:
    """Returns the part of a GraphDef that some nodes need.

    Args:
        graph_def: The GraphDef.
        dest_nodes: The names of the nodes.

    Returns:
        Another GraphDef, with the nodes in the same order.

    Raises:
        TypeError: If `graph_def` is no GraphDef, or `dest_nodes` no list.
        AssertionError: If there is no node of a name.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default() as graph:
    ...     a, b = tf.constant(1.0, name="a"), tf.constant(2.0, name="b")
    ...     c = tf.negative(a, name="c")
    >>> [node.name for node in tf.graph_util.extract_sub_graph(graph.as_graph_def(), ["c"]).node]
    ['a', 'c']
    """
    if not is_graph_def(graph_def):
        raise TypeError(f"graph_def must be a graph_pb2.GraphDef proto, but got type {type(graph_def)}.")
    if isinstance(dest_nodes, str):
        raise TypeError(f"dest_nodes must be an iterable of strings, but got type {type(dest_nodes)}.")
    inputs = {
        node.name: [split_input(each)[0] for each in (*node.input, *body_names(node))]
        for node in graph_def.node
    }
    wanted = list(dest_nodes)
    for name in wanted:
        if name not in inputs:
            raise AssertionError(f"{name} is not in graph")
    needed: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted += inputs.get(name, [])
    made = type(graph_def)()
    made.node.extend([node for node in graph_def.node if node.name in needed])
    made.library.CopyFrom(graph_def.library)
    made.versions.CopyFrom(graph_def.versions)
    return made


@v1("graph_util.convert_variables_to_constants")
def convert_variables_to_constants(
    sess: Any,
    input_graph_def: Any,
    output_node_names: Iterable[str],
    variable_names_whitelist: Iterable[str] | None = None,
    variable_names_blacklist: Iterable[str] | None = None,
) -> Any:
    """Returns the part of a GraphDef that some nodes need, with constants in place of variables.

    Args:
        sess: The session that has the values.
        input_graph_def: The GraphDef.
        output_node_names: The names of the nodes.
        variable_names_whitelist: The names of the variables that become constants; all by default.
        variable_names_blacklist: The names of variables that stay.

    Returns:
        Another GraphDef.

    Raises:
        TypeError, AssertionError: As `extract_sub_graph`.
        FailedPreconditionError: If a variable has no value.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default() as graph, tf.Session() as session:
    ...     w = tf.get_variable("w", initializer=3.0)
    ...     y = tf.negative(w, name="y")
    ...     session.run(w.initializer)
    ...     frozen = tf.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["y"])
    >>> [(node.name, node.op) for node in frozen.node]
    [('w', 'Const'), ('w/read', 'Identity'), ('y', 'Neg')]
    """
    made = extract_sub_graph(input_graph_def, output_node_names)
    only = None if variable_names_whitelist is None else set(variable_names_whitelist)
    never = set(variable_names_blacklist or ())
    variables = [
        node
        for node in made.node
        if node.op in ("Variable", "VariableV2")
        and node.name not in never
        and (only is None or node.name in only)
    ]
    values = sess.run([f"{node.name}:0" for node in variables]) if variables else []
    for node, value in zip(variables, values, strict=True):
        dtype = as_dtype(node.attr["dtype"].type)
        node.op = "Const"
        node.ClearField("attr")
        node.attr["dtype"].type = dtype.as_datatype_enum
        fill_tensor(node.attr["value"].tensor, dtype, value)
    names = {node.name for node in variables}
    for node in made.node:
        if "_class" in node.attr and any(
            each.decode().removeprefix("loc:@") in names for each in node.attr["_class"].list.s
        ):
            del node.attr["_class"]  # there is no memory of a variable to be near to
    return made


@v1("graph_util.remove_training_nodes")
def remove_training_nodes(input_graph: Any, protected_nodes: Iterable[str] | None = None) -> Any:
    """Returns a GraphDef without nodes that only hand a tensor on: Identity and CheckNumerics.

    Args:
        input_graph: The GraphDef.
        protected_nodes: The names of nodes that stay.

    Returns:
        Another GraphDef.
    """
    protected = set(protected_nodes or ())
    passed = {
        node.name: node.input[0]
        for node in input_graph.node
        if node.op in ("CheckNumerics", "Identity")
        and node.name not in protected
        and len(node.input) == 1
        and not node.input[0].startswith("^")
    }
    waited = {each[1:] for node in input_graph.node for each in node.input if each.startswith("^")}
    named = {split_input(each)[0] for node in input_graph.node for each in body_names(node)}
    for name in waited | named:
        passed.pop(name, None)
    made = type(input_graph)()
    made.CopyFrom(input_graph)
    del made.node[:]
    for node in input_graph.node:
        if node.name in passed:
            continue
        copy = made.node.add()
        copy.CopyFrom(node)
        for at, source in enumerate(copy.input):
            while source in passed:
                source = passed[source]
            copy.input[at] = source
    return made
