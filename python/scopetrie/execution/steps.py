"""What a plan consists of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..dtypes import DType
from ..ops.registry import Dims
from .state import Cell


class Step:
    """One call of a plan.

    Attributes:
        op_id: The operation that it computes, for errors and traces.
        function: What is called with the arguments' values; or a `Cell`, whose value is read.
        arguments: Slots of the arguments.
        into: The slot, also that of the result, whose array the function writes into; None for a new array.
        results: Slots of the results.
        dead: Slots to clear afterwards.
        sequence: Whether the function gives a sequence even for its one result; known after the first run.
    """

    __slots__ = ("arguments", "dead", "function", "into", "op_id", "results", "sequence")

    def __init__(
        self,
        op_id: int,
        function: Any,
        arguments: Sequence[int],
        into: int | None,
        results: Sequence[int],
        dead: Sequence[int],
    ) -> None:
        self.op_id = op_id
        self.function = function
        self.arguments = arguments
        self.into = into
        self.results = results
        self.dead = dead
        self.sequence = False


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
        spec: Gives the dtype and the static shape of a value.
    """

    def __init__(self, spec: Callable[[int], tuple[DType, Dims]]) -> None:
        self._spec = spec
        # Kinds of elementwise functions' results: dtype, and the shape; if sizes in it are unknown, the value
        # whose shape it is; None for rank 0 (NumPy makes such values scalars, which nothing can write into).
        self._kinds: dict[int, tuple[DType, Any] | None] = {}

    def derive(self, result: int, arguments: Sequence[int]) -> tuple[DType, Any] | None:
        """Returns the kind of an elementwise function's result; equal kinds are equal dtypes and shapes."""
        dtype, dims = self._spec(result)
        kind: tuple[DType, Any] | None
        if dims is not None and None not in dims:
            kind = (dtype, dims) if dims else None
        else:
            shape: Any = result
            for large in arguments:
                if all(small == large or self._fits(small, large) for small in arguments):
                    shape = self._shape(large)
                    break
            kind = (dtype, shape) if dims is not None else None
        self._kinds[result] = kind
        return kind

    def kind(self, result: int) -> tuple[DType, Any] | None:
        """Returns what `derive` returned."""
        return self._kinds[result]

    def _shape(self, value: int) -> Any:
        kind = self._kinds.get(value)
        if kind is not None:
            return kind[1]
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
