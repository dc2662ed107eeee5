"""The fetches of `Session.run`: tensors and operations, nested in containers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from ..._core import Variable
from ...graph import Graph, Operation, Tensor
from .conversions import conversion_of, has_conversions

# What is no container, and hashable.
_HANDLES: Final = frozenset({Tensor, Variable})
# Puts the fetched values, in the order of `Fetches.tensors`, into the caller's structure.
Pack: TypeAlias = Callable[[Sequence[Any]], Any]


class Fetches:
    """A flattened structure of fetches.

    Args:
        graph: The session's graph.
        structure: Tensors, operations, variables or their names, nested in lists, tuples, named tuples,
            dicts.

    Attributes:
        tensors: Ids of the tensors to compute, each once.
        targets: Ids of the operations to run; their result is None.
        single: Whether the structure is one tensor, so that the result is its value.
        flat: Whether the result is just the list of the tensors' values.

    Raises:
        TypeError: If something in the structure is neither a tensor, an operation nor a name.
        ValueError: If a name is unknown, or something is of another graph.
    """

    __slots__ = ("_graph", "_index", "_pack", "flat", "single", "targets", "tensors")

    def __init__(self, graph: Graph, structure: Any) -> None:
        self._graph = graph
        self._index: dict[int, int] = {}
        self.tensors: list[int] = []
        self.targets: list[int] = []
        if self._takes_many(structure):
            return
        self._pack = self._take(structure)
        count = len(self.tensors)
        plain = not self.targets
        converted = has_conversions() and _has_converted(structure)
        self.single = (
            plain and count == 1 and not isinstance(structure, (list, tuple, Mapping)) and not converted
        )
        self.flat = plain and type(structure) is list and count == len(structure) and is_flat(structure)
        self.flat = self.flat and not converted

    def _takes_many(self, structure: Any) -> bool:
        """Takes a list of tensors and variables, each of them once; does nothing for anything else."""
        graph = self._graph
        if type(structure) is not list or not structure or not _HANDLES.issuperset(map(type, structure)):
            return False
        if graph._unfetchable.keys() or any(each.graph is not graph for each in structure):
            return False
        tensors = [each._id if type(each) is Tensor else each._ref()._id for each in structure]
        if len(set(tensors)) < len(tensors):
            return False
        self.tensors = tensors
        self._pack = list
        self.single, self.flat = False, True
        return True

    def pack(self, values: Sequence[Any]) -> Any:
        """Returns the caller's structure with values in place of tensors, and None in place of operations.

        Args:
            values: The values of `tensors`.
        """
        return self._pack(values)

    def _take(self, structure: Any) -> Pack:
        if isinstance(structure, (list, tuple)):
            return _sequence_pack(structure, [self._take(each) for each in structure])
        if isinstance(structure, Mapping):
            return _mapping_pack(structure, {key: self._take(each) for key, each in structure.items()})
        components = getattr(structure, "_components", None)
        if components is not None:  # a sparse tensor or some rows: their tensors, in a named tuple
            return self._take_components(components())
        conversion = conversion_of(structure) if has_conversions() else None
        if conversion is not None:
            tensors, contract = conversion.fetch(structure)
            packs = [self._take(each) for each in tensors]
            return lambda values: contract([pack(values) for pack in packs])
        element = self._element(structure)
        if isinstance(element, Operation):
            self.targets.append(element._id)
            return _none
        at = self._index.get(element._id)
        if at is None:
            at = self._index[element._id] = len(self.tensors)
            self.tensors.append(element._id)
        return lambda values: values[at]

    def _take_components(self, components: Any) -> Pack:
        taken = [None if each is None else self._take(each) for each in components]
        return _sequence_pack(components, [_none if each is None else each for each in taken])

    def _element(self, fetch: Any) -> Tensor | Operation:
        if fetch is None:
            raise TypeError(
                f'Argument `fetch` = {fetch} has invalid type "{type(fetch).__name__}". Cannot be None\n'
                "tf.gradients gives None for what a result does not depend on: leave it out."
            )
        graph = self._graph
        try:
            element = graph.as_graph_element(fetch, allow_tensor=True, allow_operation=True)
        except TypeError as error:
            raise TypeError(
                f'Argument `fetch` = {fetch} has invalid type "{type(fetch).__name__}" must be a string or '
                f"Tensor. ({error})"
            ) from None
        except (ValueError, KeyError) as error:
            text, _, hint = str(error.args[0]).partition("\n")
            text = repr(text) if isinstance(error, KeyError) else text
            hint = hint and f"\n{hint}"
            raise ValueError(
                f"Argument `fetch` = {fetch} cannot be interpreted as a Tensor. ({text}){hint}"
            ) from None
        if not graph.is_fetchable(element):
            name = element.op.name if isinstance(element, Tensor) else element.name
            raise InaccessibleTensorError(
                f"Operation {name} has been marked as not fetchable. Typically this happens when it is "
                "defined in another function or code block. Use return values, explicit Python locals or "
                "TensorFlow collections to access it."
            )
        assert isinstance(element, (Tensor, Operation))
        return element


class InaccessibleTensorError(ValueError):
    """Raised for a tensor that is inaccessible from where it is used."""


def is_flat(structure: Sequence[Any]) -> bool:
    """Whether a list has no nested containers."""
    return not any(isinstance(each, (list, tuple, Mapping)) for each in structure)


def _has_converted(structure: Any) -> bool:
    """Whether something in a flat structure is of a type that a program has registered."""
    if isinstance(structure, (list, tuple)):
        return any(_has_converted(each) for each in structure)
    return conversion_of(structure) is not None


def _none(values: Sequence[Any]) -> None:
    return None


def _sequence_pack(structure: Sequence[Any], packs: list[Pack]) -> Pack:
    kind: Any = type(structure)
    if kind is list:
        return lambda values: [pack(values) for pack in packs]
    if hasattr(structure, "_fields"):  # a named tuple, whose constructor takes separate arguments
        return lambda values: kind(*[pack(values) for pack in packs])
    return lambda values: kind([pack(values) for pack in packs])


def _mapping_pack(structure: Mapping[Any, Any], packs: dict[Any, Pack]) -> Pack:
    kind: Any = type(structure)
    factory = getattr(structure, "default_factory", None)

    def pack_mapping(values: Sequence[Any]) -> Any:
        packed = {key: pack(values) for key, pack in packs.items()}
        return packed if kind is dict else kind(packed) if factory is None else kind(factory, packed)

    return pack_mapping


def signature(structure: Any) -> Any:
    """Returns a hashable key that is equal exactly for structures of the same fetches.

    A tuple and a named tuple compare equal in Python, so the types of containers are part of the key.

    Raises:
        TypeError: If the structure has an unhashable element, which cannot be a fetch.
    """
    if isinstance(structure, (list, tuple)):
        if _HANDLES.issuperset(map(type, structure)):
            return (type(structure), *structure)
        return (type(structure), *map(signature, structure))
    if isinstance(structure, Mapping):
        return (type(structure), tuple(structure), *map(signature, structure.values()))
    hash(structure)
    return structure
