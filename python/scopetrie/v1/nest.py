"""`tf.nest`: nested lists, tuples, named tuples and dicts, taken apart and put together.

>>> import scopetrie as tf
>>> state = {"h": [1, 2], "c": (3, [4])}
>>> tf.nest.flatten(state), tf.nest.map_structure(lambda each: 10 * each, state)
([3, 4, 1, 2], {'h': [10, 20], 'c': (30, [40])})
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ops.control.trace import flat, packed

__all__ = [
    "assert_same_structure",
    "flatten",
    "is_nested",
    "is_sequence",
    "map_structure",
    "pack_sequence_as",
]


def is_nested(seq: Any) -> bool:
    """Whether something is a list, a tuple or a dict, which is taken apart."""
    return isinstance(seq, (list, tuple, dict))


is_sequence = is_nested  # as v1's inner module calls it


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """Returns the leaves of a structure in order, those of dicts in the order of their keys.

    Args:
        structure: Lists, tuples and dicts of anything; anything else is a leaf.
        expand_composites: Whether a SparseTensor, or IndexedSlices, is the tensors that it consists of.
    """
    return flat(structure, expand_composites)


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """Returns a structure like another one, with other leaves.

    Args:
        structure: The structure.
        flat_sequence: The leaves, in the order of `flatten`.
        expand_composites: As for `flatten`.

    Raises:
        ValueError: If there are not as many leaves as in the structure.
        TypeError: If the leaves are no list.
    """
    if not is_nested(flat_sequence):
        raise TypeError(
            f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found incompatible type "
            f"`{type(flat_sequence)}` instead."
        )
    leaves = list(flat_sequence)
    count = len(flatten(structure, expand_composites))
    if len(leaves) != count:
        raise ValueError(
            f"Could not pack sequence. Structure had {count} atoms, but flat_sequence had {len(leaves)} "
            f"items.  Structure: {structure}, flat_sequence: {flat_sequence}."
        )
    return packed(structure, leaves, expand_composites)


def map_structure(func: Callable[..., Any], *structure: Any, check_types: bool = True) -> Any:
    """Calls a function with the leaves of structures that are alike; returns what it returns, in their form.

    Args:
        func: The function; it takes as many arguments as there are structures.
        *structure: The structures.
        check_types: Whether lists, tuples and dicts must be of the same types.

    Raises:
        TypeError: If `func` cannot be called, or types differ.
        ValueError: If there is no structure, or they are not alike.
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types)
    leaves = [flatten(each) for each in structure]
    return pack_sequence_as(structure[0], [func(*each) for each in zip(*leaves, strict=True)])


def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Refuses two structures that are not alike.

    Args:
        nest1: A structure.
        nest2: Another one.
        check_types: Whether lists, tuples and dicts must be of the same types.
        expand_composites: Accepted without effect.

    Raises:
        ValueError: If one has more parts than the other, or other keys.
        TypeError: If types differ.
    """
    fault = _difference(nest1, nest2, check_types)
    if fault is not None:
        kind, text = fault
        raise kind(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_shown(nest1)}\n\nSecond structure: {_shown(nest2)}\n\n"
            f"More specifically: {text}"
        )


def _difference(one: Any, other: Any, check_types: bool) -> tuple[type[Exception], str] | None:
    if is_nested(one) != is_nested(other):
        first, second = (one, other) if is_nested(one) else (other, one)
        return (
            ValueError,
            f'Substructure "{_shown(first)}" is a sequence, while substructure "{_shown(second)}" is not',
        )
    if not is_nested(one):
        return None
    are_dicts = isinstance(one, dict), isinstance(other, dict)
    alike = type(one) is type(other) or all(are_dicts)
    if not alike and (check_types or any(are_dicts)):
        return TypeError, (
            f"The two namedtuples don't have the same sequence type. First structure {_shown(one)} has type "
            f"{type(one).__name__}, while second structure {_shown(other)} has type {type(other).__name__}"
        )
    if len(one) != len(other):
        return ValueError, (
            "The two structures don't have the same number of elements. First structure: "
            f"{_shown(one)}. Second structure: {_shown(other)}"
        )
    if isinstance(one, dict):
        if set(one) != set(other):
            return ValueError, (
                "The two dictionaries don't have the same set of keys. First structure has keys "
                f"{_shown(sorted(one))}, while second structure has keys {_shown(sorted(other))}"
            )
        pairs = [(one[key], other[key]) for key in sorted(one)]
    else:
        pairs = list(zip(one, other, strict=True))
    return next(filter(None, (_difference(*pair, check_types) for pair in pairs)), None)


def _shown(structure: Any) -> str:
    return f"type={type(structure).__name__} str={structure}"
