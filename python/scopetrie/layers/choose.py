"""Choices that are made now where the condition is known, and in the graph where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core import Variable
from ..graph import Tensor
from ..ops.control.branch import cond
from ..ops.folding import constant_value

__all__ = ["choose", "known_bool"]


def known_bool(value: Any) -> bool | None:
    """A condition as a bool; None if only a session knows it.

    Args:
        value: A bool, an int, a tensor, a variable, or None, which is False.
    """
    if isinstance(value, Variable):
        return None
    if isinstance(value, Tensor):
        found = constant_value(value)
        return None if found is None else bool(found)
    return bool(value)


def choose(
    condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any], name: str | None = None
) -> Any:
    """What one of two functions builds; both are called, and a session chooses, if it must.

    Args:
        condition: A bool, or a boolean scalar.
        then: Builds what is given if it is true.
        otherwise: Builds what is given if it is false.
        name: The name of the operations' scope, if there have to be any.
    """
    known = known_bool(condition)
    if known is None:
        return cond(condition, then, otherwise, name=name)
    return then() if known else otherwise()
