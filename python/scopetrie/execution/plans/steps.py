"""The parts of a plan."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Final, NamedTuple

from ..cells import Cell
from .resolution import Resolution


class Step(NamedTuple):
    """One call of a plan.

    Attributes:
        op_id: The operation, for errors and traces.
        function: The function to call with the arguments' values; or a `Cell` to read.
        arguments: Slots of the arguments.
        into: The slot whose array is the output array, which is also the result's slot; None for a new array.
        results: Slots of the results.
        dead: Slots to clear afterwards.
    """

    op_id: int
    function: Any
    arguments: Sequence[int]
    into: int | None
    results: Sequence[int]
    dead: Sequence[int]


class Output:
    """The export of a fetched value from a plan.

    Attributes:
        slot: The slot of the value at the end of the run; -1 for a variable.
        cell: The variable whose value is fetched, or None.
        owned: Whether the value is known to have no alias.
        fed: Whether the value might share memory with a fed array.
    """

    __slots__ = ("cell", "fed", "owned", "slot")

    def __init__(self, slot: int, cell: Cell | None = None, owned: bool = False, fed: bool = False) -> None:
        self.slot = slot
        self.cell = cell
        self.owned = owned
        self.fed = fed


# Types of elementwise ops that take only inputs of one shape: NumPy says so where a run has others.
_OF_ONE_SHAPE: Final = frozenset({"ReluGrad", "Relu6Grad"})


class Shapes:
    """Finds values of a plan with certainly equal dtype and shape, although some sizes are unknown.

    Args:
        resolved: Has the dtypes and the static shapes of values.
    """

    def __init__(self, resolved: Resolution) -> None:
        self._spec = resolved.spec
        self._type = resolved.type_of
        # For results with unknown sizes, the value that has the same shape.
        self._shapes: dict[int, Any] = {}

    def like(self, result: int, arguments: Sequence[int]) -> Hashable:
        """Returns what is equal only for values of equal dtype and shape.

        Args:
            result: The result of an elementwise function, whose static shape has unknown sizes.
            arguments: The function's arguments.
        """
        shape: Any = result
        for large in arguments:
            if self._type(result) in _OF_ONE_SHAPE or all(
                small == large or self._fits(small, large) for small in arguments
            ):
                shape = self._shape(large)
                break
        self._shapes[result] = shape
        return self._spec(result)[0], shape

    def _shape(self, value: int) -> Any:
        shape = self._shapes.get(value)
        if shape is not None:
            return shape
        dims = self._spec(value)[1]
        return value if dims is None or None in dims else dims

    def _fits(self, small: int, large: int) -> bool:
        """Whether broadcasting `small` with `large` certainly gives the shape of `large`."""
        if self._shape(small) == self._shape(large):
            return True
        dims, into = self._spec(small)[1], self._spec(large)[1]
        if dims is None or into is None or len(dims) > len(into):
            return False
        return all(
            size == 1 or (size is not None and size == wanted)
            for size, wanted in zip(reversed(dims), reversed(into), strict=False)
        )
