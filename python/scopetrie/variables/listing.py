"""The lists of variables, and the operations that initialize them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..graph import GraphKeys, Operation, Tensor, get_collection
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
    return group(*[variable.initializer for variable in variables], name=name)


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
    return variables_initializer(global_variables())


@v1("initialize_local_variables", "local_variables_initializer")
def local_variables_initializer() -> Operation:
    """Makes an operation that initializes `local_variables()`."""
    return variables_initializer(local_variables())


@v1("is_variable_initialized")
def is_variable_initialized(variable: Any) -> Tensor:
    """Makes a node for whether the session has initialized a variable."""
    return _is_initialized(variable)


initialize_variables = variables_initializer
initialize_all_variables = global_variables_initializer
initialize_local_variables = local_variables_initializer
