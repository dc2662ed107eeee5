"""The state of one `Session`: its store, what plans use of it, and the counters of its random operations."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

import numpy as np

from ..backends import Array, Backend, get_backend
from ..dtypes import DType
from ..errors import CancelledError
from ..graph import DeviceSpec, Graph
from ..locks import Lock
from ..ops.node_text import Dims
from ..store import Store
from .cells import Cell, StoredValues

Made = TypeVar("Made", bound="Resource")


class _Deadline(threading.local):
    """When the run of this thread has to give up waiting, by `time.monotonic`; None for never."""

    at: float | None = None


class Resource(Protocol):
    """What an operation keeps in a session from run to run: a queue, an iterator, a reader.

    Thread safety: `close` is called while other threads use it; they end with `CancelledError`.
    """

    def close(self) -> None:
        """Ends it: who waits for it is told so."""


class State:
    """The variables, resources and random counters of one session.

    Args:
        backend: The library that computes.
        planner: The class of plans for branches and loops: `Plan`, passed to avoid an import cycle.
        check_values: Whether every value is looked at when it is computed; see `checking`.
        store: Holds the values of variables; None for no store, as where values are not NumPy's arrays.
        parts: Holds those of the parts of partitioned variables: a PartitionedStore.

    Attributes:
        backend: The library that computes.
        planner: The class of plans for branches and loops.
        check_values: Whether every value is looked at when it is computed.
        host: The backend for what is computed on the host.
        xp: Its array-API namespace.
        timeout: The seconds that an operation waits at most, for a queue; 0 for any time.
        cells: The variables that the session has used, by the id of their operation.
        constants: The device's copies of constant tensors, by their number.
        parts: A PartitionedStore, where the values of parts are, or None.
        loaded: The memory of variables that `load` has set, by their number, as long as the store keeps it.
    """

    __slots__ = (
        "__weakref__",
        "_counters",
        "_counting",
        "_deadline",
        "_dtypes",
        "_is_closed",
        "_resources",
        "_values",
        "backend",
        "cells",
        "check_values",
        "constants",
        "host",
        "loaded",
        "parts",
        "planner",
        "timeout",
        "xp",
    )

    def __init__(
        self,
        backend: Backend,
        planner: Callable[..., Any],
        check_values: bool = False,
        store: Store | None = None,
        parts: Any = None,
    ) -> None:
        self.parts = parts
        self.backend = backend
        self.host = backend if backend.on_host else get_backend("numpy")
        self.check_values = check_values
        self.planner = planner
        self.xp = backend.xp
        self.cells: dict[int, Cell] = {}
        self.loaded: dict[int, Any] = {}
        self.constants: dict[int, Any] = {}
        self._dtypes: dict[DType, tuple[np.dtype[Any], bool]] = {}  # NumPy's, and whether a store holds it
        self._counters: dict[int, int] = {}
        # By name: the operation that made it, and what it is.
        self._resources: dict[str, tuple[int, Resource]] = {}
        self._is_closed = False
        self._deadline = _Deadline()
        self.timeout = 0.0
        # Held while a count is incremented, or a resource made: no two drawings share a count.
        self._counting = Lock()
        self._values = None if store is None else StoredValues(store)
        if store is not None:
            store._watch(self)

    @property
    def store(self) -> Store | None:
        """The store of the values; None if there is none, or it was closed."""
        return None if self._values is None else self._values.store

    @property
    def changes(self) -> int:
        """How often a variable has got another memory or name; 0 without a store."""
        return 0 if self._values is None else self._values.changes

    def declare(self, graph: Graph, op_id: int, ref: int, dtype: DType, dims: Dims) -> Cell:
        """Returns the cell of a variable; makes it at first use.

        Args:
            graph: The graph.
            op_id: The variable's operation.
            ref: The tensor that the operation gives.
            dtype: The tensor's dtype.
            dims: Its static shape.
        """
        cell = self.cells.get(op_id)
        if cell is None:
            known = self._dtypes.get(dtype)
            if known is None:
                array_dtype = np.dtype(dtype.base_dtype.as_numpy_dtype)
                known = self._dtypes[dtype] = array_dtype, Store._holds(array_dtype)
            array_dtype, is_held = known
            name, trainable = graph.operation(op_id).name, graph._is_trainable(ref)
            made: Cell | None = None
            if self.parts is not None and is_held:
                from .part_cells import part_cell  # imported late: few programs use a cluster

                made = part_cell(name, self.backend, array_dtype, dims, self.parts, trainable)
            if made is None:
                # Values that the library cannot hold are on the host.
                library = self.device_of(graph, op_id) if self.backend.holds(array_dtype) else self.host
                made = Cell(name, library, array_dtype, dims, self._values if is_held else None, trainable)
            cell = self.cells.setdefault(op_id, made)  # atomic: another thread may be making it
        return cell

    def device_of(self, graph: Graph, op_id: int) -> Backend:
        """Returns the backend for the device of an operation: that of "/gpu:1", where the library has one."""
        if not self.backend.keeps_variables or not graph._has_places:
            return self.backend
        op = graph.operation(op_id)
        spec = DeviceSpec.from_string(op.device)
        if spec.device_type == "GPU" and spec.device_index is not None:
            return self.backend.on(spec.device_index)
        if op.outputs and op.outputs[0].dtype._is_ref_dtype:
            # An optimizer's slot: what changes several variables at once has them on the device of the first.
            for each in op.outputs[0].consumers():
                first = each.inputs[0].op
                if first is not op and each.inputs[0].dtype._is_ref_dtype and first.device:
                    return self.device_of(graph, first._id)
        return self.backend

    def has_value(self, op_id: int, name: str) -> bool:
        """Whether a variable has a value."""
        cell = self.cells.get(op_id)
        if cell is not None:
            return cell.initialized
        return self._values is not None and name in self._values.store

    def load(self, variable: Any, array: Array, validate_shape: bool) -> None:
        """Sets a variable to an array of its dtype.

        Raises:
            InvalidArgumentError: If it does not fit.
        """
        ref = variable._ref()
        cell = self.declare(variable.graph, ref.op._id, ref._id, ref.dtype, ref._dims)
        cell.assign(array, validate_shape)
        values = self._values
        if values is None or not cell.is_stored or not validate_shape or not self.backend.on_host:
            return
        changes = values.changes
        self.loaded[variable._id] = cell.adopted()
        if values.changes != changes:
            self.loaded.clear()

    def let_go(self) -> None:
        """Forgets what is known of the store's memory: the store calls it when that has changed."""
        values = self._values
        if values is None:
            return
        values.changes += 1
        self.loaded.clear()
        if values.is_adopted:
            values.is_adopted = False
            for cell in tuple(self.cells.values()):
                if cell.is_stored:
                    cell.let_go()

    def count(self, op_id: int) -> int:
        """Returns the operation's count and increments it."""
        with self._counting:
            count = self._counters.get(op_id, 0)
            self._counters[op_id] = count + 1
        return count

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Lets the runs of this thread in a block wait for so long at most."""
        before = self._deadline.at
        self._deadline.at = time.monotonic() + seconds
        try:
            yield
        finally:
            self._deadline.at = before

    def deadline(self) -> float | None:
        """When an operation that begins to wait has to give up, by `time.monotonic`; None for never."""
        if self._deadline.at is None and self.timeout:
            return time.monotonic() + self.timeout
        return self._deadline.at

    def resource(self, op_id: int, name: str, make: Callable[[], Made]) -> Made:
        """Returns what an operation keeps under a name; makes it at first use.

        Args:
            op_id: The operation.
            name: The name; operations that give the same one share it.
            make: Makes it.

        Raises:
            CancelledError: If the session has been closed.
        """
        with self._counting:
            if self._is_closed:
                raise CancelledError(None, None, "Session has been closed.")
            found = self._resources.get(name)
            if found is None:
                found = self._resources[name] = op_id, make()
        kept: Any = found[1]
        same: Made = kept
        return same

    def resources(self) -> list[Resource]:
        """Returns all that operations keep in the session."""
        return [each for _, each in tuple(self._resources.values())]

    def end_waiting(self) -> None:
        """Lets those who wait for a resource end, as closing does."""
        for each in self.resources():
            each.close()

    def _drop_resources(self, operations: int = 0) -> None:
        with self._counting:
            dropped = [name for name, (op_id, _) in self._resources.items() if op_id >= operations]
            closed = [self._resources.pop(name)[1] for name in dropped]
        for each in closed:
            each.close()

    def reset(self) -> None:
        """Removes all variables' values, and resets all counts."""
        for cell in self.cells.values():
            cell.reset()
        self._counters.clear()
        self._drop_resources()

    def forget(self, operations: int) -> None:
        """Forgets what belongs to operations from a number on: they have been undone."""
        self.loaded.clear()
        self.constants.clear()
        self._drop_resources(operations)
        for op_id in [each for each in tuple(self._counters) if each >= operations]:
            self._counters.pop(op_id, None)
        for op_id in [each for each in tuple(self.cells) if each >= operations]:
            cell = self.cells.pop(op_id, None)
            if cell is not None:
                cell.remove()

    def clear(self) -> None:
        """Drops all values, resources and the store."""
        self._is_closed = True
        self._drop_resources()
        self.let_go()
        if self._values is not None and self.backend.keeps_variables:
            # Plans are cycles that have cells: the device's memory does not wait for the collector.
            self._values.store = Store(seed=0)
        self._values = None
        self.cells.clear()
        self.constants.clear()
        self._counters.clear()
