"""The lists of variables, and the operations that initialize them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._core import name_scope
from ..graph import Graph, GraphKeys, Operation, Tensor, get_collection, get_default_graph
from ..ops.control.flow import group, no_op
from ..ops.state.variable import is_variable_initialized as _is_initialized
from ..public import v1
from .variable import Variable


@v1("global_variables")
def global_variables(scope: str | None = None) -> list[Variable]:
    """Returns the variables of GraphKeys.GLOBAL_VARIABLES.

    Args:
        scope: A regular expression that a variable's name has to match at its start.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default():
    ...     a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
    ...     print(tf.global_variables(), [v.name for v in tf.global_variables("b")])
    [<tf.Variable 'a:0' shape=() dtype=float32_ref>, <tf.Variable 'b:0' shape=() dtype=float32_ref>] ['b:0']
    """
    return get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


@v1("all_variables")
def all_variables() -> list[Variable]:
    """v1's old name of `global_variables`."""
    return global_variables()


@v1("trainable_variables")
def trainable_variables(scope: str | None = None) -> list[Variable]:
    """Returns the variables of GraphKeys.TRAINABLE_VARIABLES, filtered as in `global_variables`."""
    return get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


@v1("local_variables")
def local_variables(scope: str | None = None) -> list[Variable]:
    """Returns the variables of GraphKeys.LOCAL_VARIABLES, filtered as in `global_variables`."""
    return get_collection(GraphKeys.LOCAL_VARIABLES, scope)


@v1("model_variables")
def model_variables(scope: str | None = None) -> list[Variable]:
    """Returns the variables of GraphKeys.MODEL_VARIABLES, filtered as in `global_variables`."""
    return get_collection(GraphKeys.MODEL_VARIABLES, scope)


@v1("moving_average_variables")
def moving_average_variables(scope: str | None = None) -> list[Variable]:
    """Returns the variables of GraphKeys.MOVING_AVERAGE_VARIABLES, filtered as in `global_variables`."""
    return get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


@v1("initialize_variables", "variables_initializer")
def variables_initializer(var_list: Iterable[Any], name: str = "init") -> Operation:
    """Makes an operation that gives variables their initial values.

    Args:
        var_list: The variables.
        name: The operation's name.
    """
    variables = list(var_list)
    if not variables:
        return no_op(name=name)
    if type(variables[0]) is Variable:
        grouped = _initializers_grouped(variables[0].graph, variables, name)
        if grouped is not None:
            return grouped
    return group(*[variable.initializer for variable in variables], name=name)


def _initializers_grouped(graph: Graph, variables: list[Variable] | str, name: str) -> Operation | None:
    """What `group` makes of the initializers of plain variables, without a handle for each; None of others.

    Args:
        graph: Their graph.
        variables: A list, or the key of a collection.
        name: The operation's name.
    """
    # A variable from a file has another initializer, which is noted.
    if graph._has_places or len(graph._variable_notes):
        return None
    with graph.as_default():
        if not graph._enter_initializers(variables):
            return None
        try:
            with name_scope(name, "group_deps") as scope:
                return no_op(name=scope)
        finally:
            graph._exit_controls(None)


@v1("global_variables_initializer", "initialize_all_variables")
def global_variables_initializer() -> Operation:
    """Makes an operation that initializes `global_variables()`.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     v = tf.Variable([1.0, 2.0])
    ...     session.run(tf.global_variables_initializer())
    ...     print(session.run(v))
    [1. 2.]
    """
    return _initializer_of(GraphKeys.GLOBAL_VARIABLES)


@v1("initialize_local_variables", "local_variables_initializer")
def local_variables_initializer() -> Operation:
    """Makes an operation that initializes `local_variables()`."""
    return _initializer_of(GraphKeys.LOCAL_VARIABLES)


def _initializer_of(collection: str) -> Operation:
    grouped = _initializers_grouped(get_default_graph(), collection, "init")
    return variables_initializer(get_collection(collection)) if grouped is None else grouped


@v1("is_variable_initialized")
def is_variable_initialized(variable: Any) -> Tensor:
    """Makes a node for whether the session has initialized a variable."""
    return _is_initialized(variable)


initialize_variables = variables_initializer
initialize_all_variables = global_variables_initializer
initialize_local_variables = local_variables_initializer
