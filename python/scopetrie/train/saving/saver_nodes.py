"""The nodes of a Saver: an operation that writes the variables to a checkpoint, and one that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..._core import name_scope
from ...graph import control_dependencies, device
from ...ops.array.fill import identity
from ...ops.array.shape import reshape, shape
from ...ops.constant import constant
from ...ops.control.flow import group
from ...ops.placeholder import placeholder_with_default
from ...ops.state.checkpoint import restore_v2, save_v2
from ...ops.state.variable import assign
from .saved_variables import SavedVariable

__all__ = ["SaverNodes", "add_saver_nodes"]


class SaverNodes(NamedTuple):
    """The names of a Saver's nodes.

    Attributes:
        scope: Their name scope, with a slash at its end.
        filename: The tensor of the checkpoint's path.
        save: The tensor of it that waits for its being written.
        restore: The operation that reads it.
    """

    scope: str
    filename: str
    save: str
    restore: str


def add_saver_nodes(
    saved: Sequence[SavedVariable],
    *,
    name: str | None,
    filename: str | None,
    reshapes: bool,
    restore_sequentially: bool,
) -> SaverNodes:
    """Adds the nodes of a Saver to the default graph, under v1's names.

    Args:
        saved: What is saved.
        name: The name of their scope; "save" by default.
        filename: The path unless another is fed; "model" by default.
        reshapes: Whether values are given the shapes of the variables.
        restore_sequentially: Whether each variable waits for the one before it.
    """
    with name_scope(name, "save", [each.variable.op for each in saved]) as scope:
        given = placeholder_with_default(constant(filename or "model", name="filename/input"), [], "filename")
        path = placeholder_with_default(given, [], "Const")
        names = [each.name for each in saved]
        slices = [each.spec for each in saved]
        write = save_v2(path, names, slices, [each.value for each in saved])
        with control_dependencies([write]):
            written = identity(path, name="control_dependency")
        with device("/device:CPU:0"):
            dtypes = [each.variable.dtype.base_dtype for each in saved]
            values = restore_v2(path, names, slices, dtypes)
        done: list[Any] = []
        for each, value in zip(saved, values, strict=True):
            with control_dependencies(done[-1:] if restore_sequentially else []):
                done.append(_assigned(each, value, reshapes))
        restore = group(*[each.op for each in done], name="restore_all")
    return SaverNodes(str(scope), path.name, written.name, restore.name)


def _assigned(saved: SavedVariable, value: Any, reshapes: bool) -> Any:
    variable = saved.variable
    is_known = variable.get_shape().is_fully_defined()
    if reshapes:
        value = reshape(value, variable.get_shape().as_list() if is_known else shape(variable))
    return assign(variable, value, validate_shape=not reshapes and is_known)
