"""The state of one `Session`: the values of its variables and the counters of its random operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..backends import Array, Backend
from ..errors import FailedPreconditionError, InvalidArgumentError
from ..locks import Lock
from ..ops.node_text import Dims, dims_text
from ..shapes import compatible_dims


class Cell:
    """The memory of one variable in one session.

    If the backend's arrays can be changed in place, a variable keeps its memory as long as its shape does not
    change. A read then aliases the variable and shows later assignments in the same run, as in v1: order
    reads and writes by control dependencies. `Session.run` returns copies.

    Thread safety: writes of several threads to a variable are not ordered, as in v1 without locking.

    Args:
        name: The variable's name, for errors.
        backend: The library of the memory.
        dtype: The dtype of the values.
        dims: The declared shape, which the first value must fit.

    Attributes:
        view: The value, as a read-only array. The attribute is missing until the first `assign`: plans read
            it without a test, and handle the AttributeError.
    """

    __slots__ = ("_array", "_backend", "_shape", "dims", "dtype", "name", "view")

    view: Array

    def __init__(self, name: str, backend: Backend, dtype: np.dtype[Any], dims: Dims) -> None:
        self.name = name
        self.dtype = dtype
        self.dims = dims
        self._backend = backend
        self._array: Array = None
        self._shape: tuple[int, ...] | None = None

    @property
    def initialized(self) -> bool:
        """Whether the variable has a value."""
        return self._array is not None

    def reset(self) -> None:
        """Removes the value."""
        if self._array is not None:
            self._array = self._shape = None
            del self.view

    def uninitialized(self) -> FailedPreconditionError:
        """Returns the error for reading the variable before it has a value."""
        return FailedPreconditionError(None, None, f"Attempting to use uninitialized value {self.name}")

    def read(self) -> Array:
        """Returns the value, as a read-only array.

        Raises:
            FailedPreconditionError: If the variable has no value yet.
        """
        if self._array is None:
            raise self.uninitialized()
        return self.view

    def writable(self) -> Array | None:
        """Returns the memory to change in place, or None if the library's arrays are immutable.

        Raises:
            FailedPreconditionError: If the variable has no value yet.
        """
        if self._array is None:
            raise self.uninitialized()
        return self._array if self._backend.in_place else None

    def assign(self, value: Array, validate_shape: bool = True) -> None:
        """Sets the variable to a copy of `value`.

        Args:
            value: An array of the variable's dtype.
            validate_shape: Whether the shape must be that of the current value, or fit the declared one.

        Raises:
            InvalidArgumentError: If the shape differs.
        """
        shape = value.shape
        if shape == self._shape:
            if self._backend.in_place:
                self._backend.overwrite(self._array, value)
            else:
                self.view = self._array = value
            return
        if validate_shape:
            self._check(shape)
        if not self._backend.in_place:
            array = value
        else:
            # Filled before it is visible: an interrupt leaves the old value intact.
            array = self._backend.empty(shape, self.dtype)
            self._backend.overwrite(array, value)
        self.view = self._backend.freeze(array)
        self._array, self._shape = array, shape

    def updater(self, function: Any) -> Callable[[Array], None]:
        """Returns a function that sets the value to `function(value, delta)`, in place if possible.

        Args:
            function: An elementwise function of two arrays.

        Returns:
            A function of delta. It raises FailedPreconditionError if the variable has no value yet, and
            InvalidArgumentError if delta has another shape than it.
        """
        # Decided once, not in each run.
        if self._backend.writes_into(function) != 2:
            return lambda delta: self.assign(function(self._operand(delta), delta))

        def update(delta: Array) -> None:
            array = self._array if delta.shape == self._shape else self._operand(delta)
            function(array, delta, array)

        return update

    def _operand(self, delta: Array) -> Array:
        if self._array is None:
            raise self.uninitialized()
        if delta.shape != self._shape:
            raise InvalidArgumentError(None, None, "Parameters and update must be the same size")
        return self._array

    def _check(self, shape: tuple[int, ...]) -> None:
        wanted = self.dims if self._shape is None else self._shape
        if wanted is None or compatible_dims(wanted, shape):
            return
        raise InvalidArgumentError(
            None,
            None,
            "Assign requires shapes of both tensors to match. "
            f"lhs shape= {dims_text(wanted)} rhs shape= {dims_text(shape)}",
        )


class State:
    """The variables and random counters of one session.

    Args:
        backend: The library that computes.
        planner: The class of plans for branches and loops: `Plan`, passed to avoid an import cycle.
        check_values: Whether every value is looked at when it is computed; see `checking`.

    Attributes:
        backend: The library that computes.
        planner: The class of plans for branches and loops.
        check_values: Whether every value is looked at when it is computed.
        xp: Its array-API namespace.
        cells: The variables that the session has used, by the id of their operation.
    """

    __slots__ = ("_counters", "_counting", "backend", "cells", "check_values", "planner", "xp")

    def __init__(self, backend: Backend, planner: Callable[..., Any], check_values: bool = False) -> None:
        self.backend = backend
        self.check_values = check_values
        self.planner = planner
        self.xp = backend.xp
        self.cells: dict[int, Cell] = {}
        self._counters: dict[int, int] = {}
        self._counting = Lock()  # held while a count is incremented: no two drawings share one

    def declare(self, op_id: int, name: str, dtype: np.dtype[Any], dims: Dims) -> Cell:
        """Returns the cell of a variable; makes it at first use."""
        cell = self.cells.get(op_id)
        if cell is None:  # atomic: another thread may be making it
            cell = self.cells.setdefault(op_id, Cell(name, self.backend, dtype, dims))
        return cell

    def count(self, op_id: int) -> int:
        """Returns the operation's count and increments it."""
        with self._counting:
            count = self._counters.get(op_id, 0)
            self._counters[op_id] = count + 1
        return count

    def reset(self) -> None:
        """Removes all variables' values, and resets all counts."""
        for cell in self.cells.values():
            cell.reset()
        self._counters.clear()

    def forget(self, operations: int) -> None:
        """Forgets what belongs to operations from a number on: they have been undone."""
        for kept in (self.cells, self._counters):
            for op_id in [each for each in tuple(kept) if each >= operations]:
                kept.pop(op_id, None)

    def clear(self) -> None:
        """Drops all values."""
        self.cells.clear()
        self._counters.clear()


class OpState:
    """The view of a session for the kernel of one stateful operation.

    Args:
        state: The session's state.
        op_id: The operation's id in the graph.
        variables: The variables that the operation references (its "ref:" inputs), in order.

    Attributes:
        op_id: The operation's id in the graph.
        variables: The variables that it refers to.
        backend: The library that computes.
        xp: Its array namespace.
    """

    __slots__ = ("_state", "backend", "op_id", "variables", "xp")

    def __init__(self, state: State, op_id: int, variables: Sequence[Cell] = ()) -> None:
        self._state = state
        self.backend = state.backend
        self.op_id = op_id
        self.variables = variables
        self.backend = state.backend
        self.xp = state.xp

    @property
    def variable(self) -> Cell:
        """The only variable that the operation references."""
        (cell,) = self.variables
        return cell

    def plan(
        self, graph: Any, fetches: Sequence[int], targets: Sequence[int], feeds: Sequence[int]
    ) -> Callable[..., Any]:
        """Returns a function for a branch or a loop's body, which runs in the same session.

        Args:
            graph: The graph.
            fetches: Ids of the tensors to compute.
            targets: Ids of operations to run for their effects.
            feeds: Ids of the tensors whose values are passed.

        Returns:
            A function of the fed values, which returns a list.
        """
        plan = self._state.planner(graph, self._state, fetches, targets, feeds, inner=True)
        return lambda *values: plan.execute(*values)

    def counter(self) -> int:
        """Returns how often this operation has drawn in this session, and increments it."""
        return self._state.count(self.op_id)
