"""What a Saver saves: variables, or parts of them, under names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ...bundles import Slice, parse_slice
from ...graph import GraphKeys, get_collection
from ...variables import PartitionedVariable, Variable

__all__ = ["SavedVariable", "all_saved", "saved_variables"]


class SavedVariable(NamedTuple):
    """A variable that is saved.

    Attributes:
        name: Its name in checkpoints; for a part, that of the whole.
        variable: The variable.
        spec: Which part of the whole it is, as v1's ops want it; "" for all of it.
    """

    name: str
    variable: Any
    spec: str

    @property
    def place(self) -> Slice | None:
        """Which part of the whole it is."""
        return parse_slice(self.spec) if self.spec else None

    @property
    def value(self) -> Any:
        """The tensor that is saved."""
        return self.variable.value() if self.spec else self.variable._ref()


def all_saved() -> list[Any]:
    """Returns what a Saver saves by default: the variables of the default graph."""
    return get_collection(GraphKeys.GLOBAL_VARIABLES) + get_collection(GraphKeys.SAVEABLE_OBJECTS)


def saved_variables(var_list: Any) -> list[SavedVariable]:
    """Returns what is saved for a Saver's `var_list`, in the order of the names.

    Raises:
        TypeError: If it is neither a list nor a dict of variables.
        ValueError: If a variable has two names, or a name two variables.
    """
    by_name = _by_name(var_list)
    made: list[SavedVariable] = []
    seen = set()
    for name, found in sorted(by_name.items()):
        for variable in found if isinstance(found, list) else [found]:
            if variable in seen:
                raise ValueError(f"The same saveable will be restored with two names: {name}")
            seen.add(variable)
            place = variable._get_save_slice_info() if isinstance(found, list) else None
            made.append(SavedVariable(name, variable, place.spec if place else ""))
    return made


def _by_name(var_list: Any) -> dict[str, Any]:
    """For each name a variable, or a list of the parts of one."""
    made: dict[str, Any] = {}
    if isinstance(var_list, Mapping):
        for name, value in var_list.items():
            if not isinstance(name, str):
                raise TypeError(
                    "names_to_saveables must be a dict mapping string names to trackable operations. Name "
                    f"is not a string: {name}"
                )
            if isinstance(value, (PartitionedVariable, list, tuple)):
                made[name] = _parts(value)
            elif isinstance(value, Variable):
                made[name] = value
            else:
                raise TypeError(
                    "names_to_saveables must be a dict mapping string names to Tensors/Variables. Not a "
                    f"variable: {value}"
                )
        return made
    if isinstance(var_list, Variable) or not isinstance(var_list, Iterable):
        raise TypeError(f"Variables to save should be passed in a dict or a list. Got {var_list}")
    for value in var_list:
        for variable in value if isinstance(value, (PartitionedVariable, list, tuple)) else [value]:
            if not isinstance(variable, Variable):
                raise TypeError(f"Variable to save is not a Variable: {variable}")
            place = variable._get_save_slice_info()
            if place is None:
                name = variable.op.name
                if name in made:
                    raise ValueError(f"At least two variables have the same name: {name}")
                made[name] = variable
                continue
            parts = made.setdefault(str(place.full_name), [])
            if not isinstance(parts, list):
                raise ValueError(f"At least two variables have the same name: {place.full_name}")
            parts.append(variable)
    return made


def _parts(value: Iterable[Any]) -> list[Any]:
    """The parts of a variable, given for one name."""
    parts = list(value)
    for part in parts:
        if not isinstance(part, Variable):
            raise TypeError(f"Variable to save is not a Variable: {part}")
        if part._get_save_slice_info() is None:
            raise ValueError(f"Slices must all be slices: {part}")
    names = {part._get_save_slice_info().full_name for part in parts}
    if len(names) > 1:
        raise ValueError(f"Slices must all be from the same tensor: {', '.join(sorted(names))}")
    return parts
