"""Elements in groups: those of one key, so many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .. import dtypes
from .._core import get_default_graph, name_scope
from ..errors import InvalidArgumentError
from ..ops.control.trace import taped
from .dataset import Dataset
from .derived import int64_tensor
from .nodes import Function, dataset_node, traced
from .sources import Element, Listed, Opened, Source
from .structure import Component, Structure, dataset_component

__all__ = ["grouped"]

_KEY = Structure(0, (Component(dtypes.int64, ()),))


def grouped(
    dataset: Any, key_func: Callable[..., Any], reduce_func: Callable[..., Any], window_size: Any,
    window_size_func: Callable[..., Any] | None,
) -> Any:  # fmt: skip
    """A dataset of what `reduce_func` makes of groups of elements of one key.

    Args:
        dataset: The elements.
        key_func: A function of an element that gives its key.
        reduce_func: A function of a key and a dataset that returns a dataset.
        window_size: How many elements a group has, or None.
        window_size_func: A function of a key that says so, or None.

    Raises:
        ValueError: If a function gives something else.
        TypeError: If `reduce_func` does.
    """
    of, structure = dataset._of, dataset._structure
    graph = get_default_graph()
    with name_scope(None, "GroupByWindowDataset") as scope:
        keys = _number(traced(key_func, [structure], of), "key_func")
        groups = Structure(0, (dataset_component(structure),))
        reduced = traced(reduce_func, [_KEY, groups], of)
        sizes = None
        if window_size_func is not None:
            sizes = _number(traced(window_size_func, [_KEY], of), "window_size_func")
    (first, *others) = reduced.structure.components
    if first.inner is None or others:
        raise TypeError(f"`reduce_func` must return a `Dataset` object. Got {reduced.structure.types}.")
    size = [int64_tensor(window_size, "window_size")] if sizes is None else []
    functions: list[Function] = [keys, reduced, *([] if sizes is None else [sizes])]

    def build(state: Any, source: Source, *values: Any) -> Source:
        compiled, rest = [], list(values)
        for each in functions:
            count = len(each.captured)
            compiled.append(each.code.compiled(state, rest[:count]))
            rest = rest[count:]

        def size_of(key: Any) -> int:
            return int(rest[0]) if sizes is None else int(compiled[2]((key,))[0])

        return Opened(lambda: _groups(source.open(), compiled[0], compiled[1], size_of))

    inputs = [dataset._variant_tensor, *(one for each in functions for one in each.captured), *size]
    with graph.control_dependencies([one for each in functions for one in each.awaited]):
        node = dataset_node("GroupByWindowDataset", inputs, build, name=scope)
    return Dataset._of(node, first.inner)


def _number(found: Function, name: str) -> Function:
    parts = found.structure.components
    if len(parts) != 1 or parts[0].dtype is not dtypes.int64 or parts[0].dims:
        raise ValueError(
            f"Invalid `{name}`. `{name}` must return a single `tf.int64` scalar tensor, but its return type "
            f"is {found.structure.types} with shapes {found.structure.shapes}."
        )
    return found


def _groups(
    elements: Iterator[Element], key_of: Callable[[Element], Element],
    reduce: Callable[[Element], Element], size_of: Callable[[Any], int],
) -> Iterator[Element]:  # fmt: skip
    """What is made of each group once it is full, and of the rest at the end, the least key first."""
    waiting: dict[int, list[Element]] = {}

    def made(key: Any) -> Iterator[Element]:
        inner: Source = reduce((key, taped(Listed(waiting.pop(int(key))))))[0][()]
        return inner.open()

    for element in elements:
        (key,) = key_of(element)
        group = waiting.setdefault(int(key), [])
        group.append(element)
        size = size_of(key)
        if size <= 0:
            raise InvalidArgumentError(None, None, f"Window size must be greater than zero, but got {size}.")
        if len(group) >= size:
            yield from made(key)
    for number in sorted(waiting):
        yield from made(dtypes.int64.as_numpy_dtype(number))
