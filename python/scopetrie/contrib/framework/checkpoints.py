"""Variables that take values of checkpoints and arrays, as contrib does it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..._core import name_scope
from ...ops.control.flow import group
from ...ops.placeholder import placeholder
from ...ops.state.variable import assign
from ...public import v1, whole
from ...train.saving.checkpoint_reader import list_variables, load_checkpoint, load_variable
from ...train.saving.initializing import init_from_checkpoint
from ...train.saving.saver import Saver
from ...variables import global_variables, local_variables

__all__ = [
    "assign_from_checkpoint",
    "assign_from_checkpoint_fn",
    "assign_from_values",
    "assign_from_values_fn",
    "filter_variables",
    "init_from_checkpoint",
    "list_variables",
    "load_checkpoint",
    "load_variable",
]

_log = logging.getLogger("scopetrie")
Feeds = dict[Any, Any]


def _assigned(pairs: Iterable[tuple[Any, Any]], scope: str) -> tuple[Any, Feeds]:
    """An operation that sets variables to values, and what to feed to it."""
    made, feeds = [], {}
    with name_scope(scope):
        for variable, value in pairs:
            fed = placeholder(variable.dtype.base_dtype, np.shape(value))
            made.append(assign(variable, fed))
            feeds[fed] = value
        return group(*made), feeds


@v1("contrib.framework.assign_from_values", "contrib.slim.assign_from_values")
@whole
def assign_from_values(var_names_to_values: Mapping[str, Any]) -> tuple[Any, Feeds]:
    """Makes an operation that sets variables to values that are fed.

    Args:
        var_names_to_values: The values by the names of variables, without ":0".

    Returns:
        The operation, and what to feed to it.

    Raises:
        ValueError: If there is no such variable.

    >>> import scopetrie as tf
    >>> w = tf.get_variable("w", [2])
    >>> op, feeds = tf.contrib.framework.assign_from_values({"w": [1.0, 2.0]})
    >>> with tf.Session() as session:
    ...     session.run(op, feeds)
    ...     print(session.run(w))
    [1. 2.]
    """
    known = {each.op.name: each for each in [*global_variables(), *local_variables()]}
    for name in var_names_to_values:
        if name not in known:
            raise ValueError(f"Variable {name} was not found among the variables of the graph.")
    pairs = [(known[name], value) for name, value in var_names_to_values.items()]
    return _assigned(pairs, "assign_from_values")


@v1("contrib.framework.assign_from_values_fn", "contrib.slim.assign_from_values_fn")
@whole
def assign_from_values_fn(var_names_to_values: Mapping[str, Any]) -> Callable[[Any], None]:
    """Makes a function of a session that sets variables to values.

    Args:
        var_names_to_values: The values by the names of variables, without ":0".

    Returns:
        The function.

    Raises:
        ValueError: If there is no such variable.
    """
    operation, feeds = assign_from_values(var_names_to_values)

    def give(session: Any) -> None:
        session.run(operation, feeds)

    return give


def _by_name(var_list: Any) -> dict[str, Any]:
    return dict(var_list) if isinstance(var_list, Mapping) else {each.op.name: each for each in var_list}


def _stored(model_path: Any, var_list: Any, ignores_missing: bool) -> tuple[Any, dict[str, Any]]:
    """A checkpoint, and the variables that it has."""
    reader = load_checkpoint(model_path)
    found = {}
    for name, variable in _by_name(var_list).items():
        if reader.has_tensor(name):
            found[name] = variable
        elif ignores_missing:
            _log.warning("Variable %s missing in checkpoint %s", name, model_path)
        else:
            raise ValueError(f"Checkpoint is missing variable [{name}]")
    return reader, found


@v1("contrib.framework.assign_from_checkpoint", "contrib.slim.assign_from_checkpoint")
@whole
def assign_from_checkpoint(
    model_path: Any, var_list: Any, ignore_missing_vars: bool = False
) -> tuple[Any, Feeds]:
    """Makes an operation that sets variables to the values of a checkpoint.

    Args:
        model_path: The path of the checkpoint.
        var_list: The variables, or a dict of them by their names in the checkpoint.
        ignore_missing_vars: Whether variables that the checkpoint does not have stay as they are.

    Returns:
        The operation, and what to feed to it.

    Raises:
        ValueError: If the checkpoint does not have a variable, or has it in another shape.
    """
    reader, found = _stored(model_path, var_list, ignore_missing_vars)
    pairs = []
    for name, variable in found.items():
        value = reader.get_tensor(name)
        if not variable.get_shape().is_compatible_with(value.shape):
            raise ValueError(
                f"Total size of new array must be unchanged for {name} lh_shape: [{value.shape}], rh_shape: "
                f"[{variable.get_shape()}]"
            )
        pairs.append((variable, value))
    return _assigned(pairs, "assign_from_checkpoint")


@v1("contrib.framework.assign_from_checkpoint_fn", "contrib.slim.assign_from_checkpoint_fn")
@whole
def assign_from_checkpoint_fn(
    model_path: Any, var_list: Any, ignore_missing_vars: bool = False, reshape_variables: bool = False
) -> Any:
    """Makes a function of a session that sets variables to the values of a checkpoint.

    Args:
        model_path: The path of the checkpoint.
        var_list: The variables, or a dict of them by their names in the checkpoint.
        ignore_missing_vars: Whether variables that the checkpoint does not have stay as they are.
        reshape_variables: Whether values of another shape may be taken that have as many elements.

    Returns:
        The function; None if there is nothing to restore.

    Raises:
        ValueError: If there are no variables.
    """
    if not var_list:
        raise ValueError("var_list cannot be empty")
    found: Any = var_list
    if ignore_missing_vars:
        found = _stored(model_path, var_list, True)[1]
    if not found:
        _log.warning("No Variables to restore")
        return None
    saver = Saver(found, reshape=reshape_variables)

    def restore(session: Any) -> None:
        saver.restore(session, model_path)

    return restore


@v1("contrib.framework.filter_variables", "contrib.slim.filter_variables")
def filter_variables(
    var_list: Iterable[Any], include_patterns: Any = None, exclude_patterns: Any = None,
    reg_search: bool = True,
) -> list[Any]:  # fmt: skip
    """Returns the variables whose names match.

    Args:
        var_list: The variables.
        include_patterns: Regular expressions of which a name has to match one; None for all.
        exclude_patterns: Those of which a name may match none.
        reg_search: Whether an expression may match anywhere in a name, not only at its start.

    >>> import scopetrie as tf
    >>> w, b = tf.get_variable("a/w", [1]), tf.get_variable("a/b", [1])
    >>> tf.contrib.framework.filter_variables([w, b], ["a/"], ["b$"]) == [w]
    True
    """
    matches = re.search if reg_search else re.match

    def is_any(patterns: Any, name: str) -> bool:
        return any(matches(each, name) for each in patterns or ())

    kept = [each for each in var_list if not include_patterns or is_any(include_patterns, each.op.name)]
    return [each for each in kept if not is_any(exclude_patterns, each.op.name)]
