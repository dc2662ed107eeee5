"""What a variable's creation asks of Python: the open creators, and words about a shape that does not fit."""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

from .. import _core
from ..graph import Tensor, get_default_graph
from ..modes import resource_variables_enabled
from ..ops.state.variable import check_initial_shape as _check_shape
from ..shapes import Dims, as_dims


def create_through(arguments: dict[str, Any], key: str | None = None, wanted: Dims | None = None) -> Any:
    """Makes a variable by way of the open variable creators (`tf.variable_creator_scope`).

    Args:
        arguments: The arguments of v1's Variable, by keyword.
        key: The variable's name in the store of get_variable, if it has one.
        wanted: The shape that its initializer was asked for, if it was.

    Returns:
        What the outermost creator returns; a Variable where none is open.
    """
    if key is not None and arguments["use_resource"] is None:  # of get_variable, which says one
        arguments["use_resource"] = resource_variables_enabled()
    make: Any = partial(_default_creator, key, wanted)
    for creator in get_default_graph()._creators or ():
        make = partial(creator, make)
    return make(**arguments)


def _default_creator(key: str | None, wanted: Dims | None, /, **arguments: Any) -> Any:
    return _core.create_variable(**arguments, key=key, wanted=wanted)


def check_initial_shape(asked: Any, initial: Tensor, name: str) -> None:
    """Refuses an initial value whose shape is not the one that was asked for.

    Args:
        asked: The shape.
        initial: The initial value.
        name: The variable's name.

    Raises:
        ValueError: If the two do not go together.
    """
    _check_shape(as_dims(asked), initial, name)


def warn_of_shape(asked: Any, initial: Tensor, name: str) -> None:
    """Warns that an initializer's plain value decides the shape, as it did in TensorFlow 1.

    Args:
        asked: The shape that the initializer was asked for.
        initial: The initial value.
        name: The variable's name.
    """
    warnings.warn(
        f"get_variable: the initializer of {name} was asked for shape {as_dims(asked)} and returned a value "
        f"of shape {initial._dims}; the variable has the value's shape. Return a value of the shape asked "
        "for, or pass the value itself as the initializer.",
        UserWarning,
        stacklevel=2,
    )
