"""What a plan consists of."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from .resolution import Resolution
from .state import Cell

# Stands for kinds that differ although the dtypes and static shapes are the same: some sizes are unknown.
_DYNAMIC: Final = -1
# What is equal for equal dtypes and shapes only; None for rank 0 (NumPy makes such values scalars, which
# nothing can write into) and for unknown ranks.
Kind: TypeAlias = Hashable | None


class Step(NamedTuple):
    """One call of a plan.

    Attributes:
        op_id: The operation that it computes, for errors and traces.
        function: What is called with the arguments' values; or a `Cell`, whose value is read.
        arguments: Slots of the arguments.
        into: The slot, also that of the result, whose array the function writes into; None for a new array.
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
    """How a fetched value leaves a plan.

    Attributes:
        slot: Where the value lies at the end of the run; -1 for a variable's.
        cell: The variable whose value is fetched, or None.
        owned: Whether the value is known to be an array or scalar that nobody else sees.
        fed: Whether the value might share memory with a fed array.
    """

    __slots__ = ("cell", "fed", "owned", "slot")

    def __init__(self, slot: int, cell: Cell | None = None, owned: bool = False, fed: bool = False) -> None:
        self.slot = slot
        self.cell = cell
        self.owned = owned
        self.fed = fed


class Shapes:
    """Which values of a plan are sure to have the same dtype and shape, unknown sizes included.

    Args:
        resolved: Gives the dtypes and the static shapes of values.
    """

    def __init__(self, resolved: Resolution) -> None:
        self._spec = resolved.spec
        self._number = resolved.spec_number
        # The kinds of what has the same number; _DYNAMIC where they depend on the arguments.
        self._kinds: dict[int, int | None] = {}
        # Of results with unknown sizes, the value whose shape they have.
        self._shapes: dict[int, Any] = {}

    def derive(self, result: int, arguments: Sequence[int]) -> Kind:
        """Returns the kind of an elementwise function's result."""
        number = self._number(result)
        try:
            kind = self._kinds[number]
        except KeyError:
            dims = self._spec(result)[1]
            kind = self._kinds[number] = _DYNAMIC if dims and None in dims else number if dims else None
        return self._like(result, arguments) if kind == _DYNAMIC else kind

    def _like(self, result: int, arguments: Sequence[int]) -> Kind:
        shape: Any = result
        for large in arguments:
            if all(small == large or self._fits(small, large) for small in arguments):
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
        """Whether broadcasting `small` with `large` gives the shape of `large`, for sure."""
        if self._shape(small) == self._shape(large):
            return True
        dims, into = self._spec(small)[1], self._spec(large)[1]
        if dims is None or into is None or len(dims) > len(into):
            return False
        return all(
            size == 1 or (size is not None and size == wanted)
            for size, wanted in zip(reversed(dims), reversed(into), strict=False)
        )
