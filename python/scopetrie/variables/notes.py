"""Rare properties of variables, outside the graph's rows: constraint, policies, slice."""

from __future__ import annotations

from typing import Any, NamedTuple

from .. import _core
from ..locks import Lock
from ..modes import VariableAggregation, VariableSynchronization
from .save_slice import SaveSliceInfo


class Notes(NamedTuple):
    """The rare properties of a variable."""

    constraint: Any = None
    synchronization: VariableSynchronization = VariableSynchronization.AUTO
    aggregation: VariableAggregation = VariableAggregation.NONE
    save_slice: SaveSliceInfo | None = None  # of a part of a partitioned variable
    restored: tuple[int, int] | None = None  # operation and tensor that initialize it from a checkpoint


_NOTHING = Notes()
_noting = Lock()  # threads that make a variable together may set different properties


def notes_of(variable: _core.Variable) -> Notes:
    """Returns the rare properties of a variable."""
    found: Notes = variable.graph._variable_notes.get(variable._id, _NOTHING)
    return found


def take_note(variable: _core.Variable, **changes: Any) -> None:
    """Sets rare properties of a variable."""
    with _noting:
        before = notes_of(variable)
        after = before._replace(**changes)
        if any(new is not old for new, old in zip(after, before, strict=True)):
            variable.graph._variable_notes.take(variable.graph, variable._id, after)


def note_policy(variable: _core.Variable, constraint: Any, synchronization: Any, aggregation: Any) -> None:
    """Notes what a new variable was given beyond the ordinary."""
    take_note(variable, constraint=constraint, synchronization=synchronization, aggregation=aggregation)
