"""`tf.contrib.framework.nest`: `tf.nest`, and what takes structures apart down to the leaves of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...v1.nest import (
    assert_same_structure,
    flatten,
    is_nested,
    is_sequence,
    map_structure,
    pack_sequence_as,
)

__all__ = [
    "assert_same_structure",
    "assert_shallow_structure",
    "flatten",
    "flatten_dict_items",
    "flatten_up_to",
    "flatten_with_joined_string_paths",
    "flatten_with_tuple_paths",
    "is_nested",
    "is_sequence",
    "map_structure",
    "map_structure_up_to",
    "map_structure_with_paths",
    "map_structure_with_tuple_paths",
    "pack_sequence_as",
]


def _children(structure: Any) -> list[tuple[Any, Any]]:
    """What is in a list, tuple or dict, and where: by field, key or number."""
    if isinstance(structure, dict):
        return [(key, structure[key]) for key in sorted(structure)]
    fields = getattr(structure, "_fields", None)
    return list(zip(fields, structure, strict=True)) if fields else list(enumerate(structure))


def assert_shallow_structure(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Asserts that a structure begins as another one does.

    Args:
        shallow_tree: The one that may end sooner.
        input_tree: The other one.
        check_types: Whether lists, tuples and dicts must be of the same types.
        expand_composites: Accepted for v1's sake.

    Raises:
        TypeError: If the types of what is nested differ.
        ValueError: If lengths or keys differ.
    """
    if not is_nested(shallow_tree):
        return
    if not is_nested(input_tree):
        raise TypeError(
            "If shallow structure is a sequence, input must also be a sequence. "
            f"Input has type: {type(input_tree)}."
        )
    if check_types and type(shallow_tree) is not type(input_tree):
        both_dicts = isinstance(shallow_tree, Mapping) and isinstance(input_tree, Mapping)
        if not both_dicts:
            raise TypeError(
                "The two structures don't have the same sequence type. Input structure has type "
                f"{type(input_tree)}, while shallow structure has type {type(shallow_tree)}."
            )
    if len(shallow_tree) != len(input_tree):
        raise ValueError(
            "The two structures don't have the same sequence length. Input structure has length "
            f"{len(input_tree)}, while shallow structure has length {len(shallow_tree)}."
        )
    if isinstance(shallow_tree, dict):
        missing = [key for key in sorted(shallow_tree) if key not in input_tree]
        if missing:
            raise ValueError(
                "The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree has the "
                f"following keys that are not in the input_tree: {missing}."
            )
    for (_, one), (_, other) in zip(_children(shallow_tree), _children(input_tree), strict=True):
        assert_shallow_structure(one, other, check_types)


def flatten_up_to(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> list[Any]:
    """Returns what stands in a structure where another one has its leaves.

    Args:
        shallow_tree: The one that says how deep.
        input_tree: The other one.
        check_types: Whether lists, tuples and dicts must be of the same types.
        expand_composites: Accepted for v1's sake.

    Raises:
        TypeError: If the types of what is nested differ.
        ValueError: If lengths or keys differ.

    >>> flatten_up_to([0, (0, 0)], [[1, 2], (3, [4])])
    [[1, 2], 3, [4]]
    """
    assert_shallow_structure(shallow_tree, input_tree, check_types)
    return list(_down(shallow_tree, input_tree))


def _down(shallow: Any, deep: Any) -> Iterator[Any]:
    if not is_nested(shallow):
        yield deep
        return
    for (_, one), (_, other) in zip(_children(shallow), _children(deep), strict=True):
        yield from _down(one, other)


def map_structure_up_to(shallow_tree: Any, func: Callable[..., Any], *inputs: Any, **kwargs: Any) -> Any:
    """Calls a function with what stands in structures where another one has its leaves.

    Args:
        shallow_tree: The one that says how deep.
        func: The function.
        *inputs: The other ones.
        **kwargs: `check_types`, as in `flatten_up_to`.

    Returns:
        What it returned, in the shape of `shallow_tree`.

    Raises:
        TypeError: If the types of what is nested differ.
        ValueError: If lengths or keys differ, or there are no structures.
    """
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    check = kwargs.get("check_types", True)
    rows = [flatten_up_to(shallow_tree, each, check) for each in inputs]
    results = [func(*each) for each in zip(*rows, strict=True)]
    return pack_sequence_as(shallow_tree, results)


def _paths(structure: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if not is_nested(structure):
        yield path
        return
    for key, each in _children(structure):
        yield from _paths(each, (*path, key))


def flatten_with_tuple_paths(
    structure: Any, expand_composites: bool = False
) -> list[tuple[tuple[Any, ...], Any]]:
    """Returns the leaves of a structure, each with the keys and numbers that lead to it.

    Args:
        structure: The structure.
        expand_composites: Accepted for v1's sake.

    >>> flatten_with_tuple_paths({"a": [1, (2,)]})
    [(('a', 0), 1), (('a', 1, 0), 2)]
    """
    return list(zip(_paths(structure), flatten(structure), strict=True))


def flatten_with_joined_string_paths(
    structure: Any, separator: str = "/", expand_composites: bool = False
) -> list[tuple[str, Any]]:
    """Returns the leaves of a structure, each with the path that leads to it.

    Args:
        structure: The structure.
        separator: What stands between keys.
        expand_composites: Accepted for v1's sake.
    """
    return [(separator.join(map(str, path)), leaf) for path, leaf in flatten_with_tuple_paths(structure)]


def map_structure_with_tuple_paths(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """Calls a function with the keys that lead to a leaf, and the leaves there.

    Args:
        func: The function.
        *structure: Structures that are alike.
        **kwargs: Accepted for v1's sake.
    """
    leaves = zip(*map(flatten, structure), strict=True)
    made = [func(path, *each) for path, each in zip(_paths(structure[0]), leaves, strict=True)]
    return pack_sequence_as(structure[0], made)


def map_structure_with_paths(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """Calls a function with the path that leads to a leaf, and the leaves there.

    Args:
        func: The function.
        *structure: Structures that are alike.
        **kwargs: Accepted for v1's sake.
    """
    return map_structure_with_tuple_paths(
        lambda path, *leaves: func("/".join(map(str, path)), *leaves), *structure
    )


def flatten_dict_items(dictionary: Any) -> dict[Any, Any]:
    """Returns a dict whose keys and values are taken apart: `{(4, 5): (1, 2)}` becomes `{4: 1, 5: 2}`.

    Args:
        dictionary: The dict.

    Raises:
        TypeError: If it is none.
        ValueError: If a key has another number of leaves than its value, or is there twice.
    """
    if not isinstance(dictionary, Mapping):
        raise TypeError(f"input must be a dictionary, not {type(dictionary).__name__}")
    made: dict[Any, Any] = {}
    for key, value in dictionary.items():
        keys, values = (flatten(key), flatten(value)) if is_nested(key) else ([key], [value])
        if len(keys) != len(values):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(keys)} elements, but value had {len(values)} "
                f"elements. Key: {keys}, value: {values}."
            )
        for one, other in zip(keys, values, strict=True):
            if one in made:
                raise ValueError(f"Cannot flatten dict because this key is not unique: {one}")
            made[one] = other
    return made
