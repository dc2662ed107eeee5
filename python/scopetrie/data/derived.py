"""How the methods of `tf.data.Dataset` make a dataset of another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from .. import dtypes
from .._core import get_default_graph, name_scope
from ..graph import Tensor
from ..ops.constant import convert_to_tensor
from .nodes import Function, dataset_node, traced
from .sources import Source
from .structure import Structure


class Derived:
    """A dataset, and how its methods make another one of it.

    Args:
        variant: The tensor of the dataset.
        structure: The structure of its elements.
    """

    def __init__(self, variant: Tensor, structure: Structure) -> None:
        self._variant_tensor = variant
        self._structure = structure

    def _like(self, variant: Tensor, structure: Structure | None = None) -> Self:
        return type(self)._of(variant, self._structure if structure is None else structure)

    @classmethod
    def _of(cls, variant: Tensor, structure: Structure) -> Self:
        raise NotImplementedError

    def _node(self, type: str, inputs: Sequence[Tensor], make: Callable[..., Source]) -> Self:
        return self._like(dataset_node(type, [self._variant_tensor, *inputs], make))

    def _traced(self, function: Any, argument: str = "func") -> Function:
        if not callable(function):
            raise ValueError(
                f"Argument `{argument}` must be a callable. Received {argument}={function} (of type "
                f"{type(function)})"
            )
        return traced(function, [self._structure], self._of)

    def _applied(
        self,
        type: str,
        function: Any,
        make: Callable[..., Source],
        inputs: Sequence[tuple[str, Any]] = (),
        check: Callable[[Function], Structure] = lambda found: found.structure,
        argument: str = "func",
    ) -> Self:
        """A node that runs a function of elements.

        Args:
            type: The node's type.
            function: The function.
            make: Called with the source, the compiled function and the values of `inputs`.
            inputs: Integers that the node takes, with their names.
            check: Refuses what the function returns, or gives the structure of the new elements.
            argument: What the public method calls the function.
        """
        graph = get_default_graph()
        with name_scope(None, type) as scope:
            found = self._traced(function, argument)
        structure = check(found)
        numbers = [int64_tensor(value, name) for name, value in inputs]
        count, code = len(found.captured), found.code

        def build(state: Any, source: Source, *values: Any) -> Source:
            compiled = code.compiled(state, values[:count])
            return make(source, compiled, *(int(each) for each in values[count:]))

        with graph.control_dependencies(found.awaited):
            node = dataset_node(type, [self._variant_tensor, *found.captured, *numbers], build, name=scope)
        return self._like(node, structure)


def int64_tensor(value: Any, name: str) -> Tensor:
    """An argument that is a number."""
    return convert_to_tensor(value, dtypes.int64, name=name)


def bool_tensor(value: Any, name: str) -> Tensor:
    """An argument that is true or false."""
    return convert_to_tensor(value, dtypes.bool, name=name)
