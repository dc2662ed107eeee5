"""Datasets by functions of the elements of another one: `map`, `filter`, `flat_map`, `interleave`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from .. import dtypes
from ..public import whole
from . import sources
from .derived import Derived
from .nodes import Function
from .sources import Source
from .structure import Structure


class Functions(Derived):
    """The methods of a dataset that call a function with its elements."""

    @whole
    def map(
        self, map_func: Callable[..., Any], num_parallel_calls: Any = None, deterministic: bool | None = None
    ) -> Self:
        """Applies a function to each element.

        The function is called once, with tensors that stand for an element: a tuple's components as several
        arguments. What it builds runs for each element; what it takes from outside has the value of the time
        when the iterator starts.

        Args:
            map_func: The function.
            num_parallel_calls: Accepted for v1's sake: elements are computed one after the other.
            deterministic: Accepted for v1's sake: their order is always that of the dataset.

        Returns:
            A dataset of what the function returns.

        Raises:
            ValueError: If `map_func` is no function.

        >>> import scopetrie as tf
        >>> dataset = tf.data.Dataset.range(3).map(lambda x: 10 * x)
        >>> element = dataset.make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print([int(session.run(element)) for _ in range(3)])
        [0, 10, 20]
        """
        type, inputs = "MapDataset", []
        if num_parallel_calls is not None:
            type, inputs = "ParallelMapDatasetV2", [("num_parallel_calls", num_parallel_calls)]

        def make(source: Source, function: Any, *_: int) -> Source:
            return sources.mapped(source, function)

        return self._applied(type, map_func, make, inputs, argument="func")

    @whole
    def filter(self, predicate: Callable[..., Any]) -> Self:
        """Keeps the elements for which a function gives true.

        Args:
            predicate: A function of an element that builds a boolean scalar.

        Returns:
            A dataset of those elements.

        Raises:
            ValueError: If `predicate` is no function, or gives something else.
        """

        def check(found: Function) -> Structure:
            parts = found.structure.components
            if len(parts) != 1 or parts[0].dtype is not dtypes.bool or parts[0].dims:
                raise ValueError(
                    "Invalid `predicate`. `predicate` must return a `tf.bool` scalar tensor, but its return "
                    f"type is {found.structure.types} with shapes {found.structure.shapes}."
                )
            return self._structure

        return self._applied("FilterDataset", predicate, sources.filtered, check=check, argument="predicate")

    @whole
    def flat_map(self, map_func: Callable[..., Any]) -> Self:
        """Puts the datasets that a function makes of the elements one after the other.

        Args:
            map_func: A function of an element that returns a dataset.

        Returns:
            A dataset of their elements.

        Raises:
            ValueError: If `map_func` is no function.
            TypeError: If it returns something else.
        """

        def make(source: Source, function: Any) -> Source:
            return sources.in_turn(source, lambda element: function(element)[0][()])

        return self._applied("FlatMapDataset", map_func, make, check=_inner_of)

    @whole
    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = None,
        block_length: Any = None,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
    ) -> Self:
        """Takes turns between the datasets that a function makes of the elements.

        Args:
            map_func: A function of an element that returns a dataset.
            cycle_length: How many of them take turns; by default one, or `num_parallel_calls`.
            block_length: How many elements each gives in its turn; 1 by default.
            num_parallel_calls: Accepted for v1's sake: elements are computed one after the other.
            deterministic: Accepted for v1's sake: their order is always the same.

        Returns:
            A dataset of their elements.

        Raises:
            ValueError: If `map_func` is no function.
            TypeError: If it returns something else.
        """
        parallel = num_parallel_calls is not None
        if cycle_length is None or (isinstance(cycle_length, int) and cycle_length == -1):
            cycle_length = (
                num_parallel_calls if isinstance(num_parallel_calls, int) and num_parallel_calls > 0 else 1
            )
        inputs = [
            ("cycle_length", cycle_length),
            ("block_length", 1 if block_length is None else block_length),
        ]
        if parallel:
            inputs += [
                ("buffer_output_elements", -1),
                ("prefetch_input_elements", -1),
                ("num_parallel_calls", num_parallel_calls),
            ]

        def make(source: Source, function: Any, cycle: int, block: int, *_: int) -> Source:
            return sources.Interleaved(source, lambda element: function(element)[0][()], cycle, block)

        type = "ParallelInterleaveDatasetV4" if parallel else "InterleaveDataset"
        return self._applied(type, map_func, make, inputs, check=_inner_of)


def _inner_of(found: Function) -> Structure:
    (first, *others) = found.structure.components
    if first.inner is None or others:
        raise TypeError(
            f"The `map_func` argument must return a `Dataset` object. Got tensors of {found.structure.types}."
        )
    return first.inner
