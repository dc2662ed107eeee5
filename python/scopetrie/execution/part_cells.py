"""The parts of partitioned variables whose values are at the workers of a cluster, in a session."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import numpy as np

from ..backends import Array, Backend, get_backend
from ..errors import ResourceExhaustedError
from ..ops.node_text import Dims
from ..ops.registry import OPS
from ..printing import bytes_text
from .cells import Cell, StoredValues

__all__ = ["PartCell", "part_cell", "run_at_part"]

# v1's names of parts, and of what belongs to one: the slots of an optimizer.
_PART: Final = re.compile(r".+?/part_(\d{1,6})(?:/|$)", re.DOTALL)


def shard_of(name: str) -> int | None:
    """The number of the part that a variable is, or belongs to; None for one that is not in parts.

    >>> shard_of("w/part_2"), shard_of("w/part_12/Adam_1"), shard_of("w"), shard_of("part_1")
    (2, 12, None, None)
    """
    match = _PART.match(name)
    return None if match is None else int(match[1])


class PartCell(Cell):
    """A part whose memory is a Store's at a worker. Kernels that change it run there: see `run_at_part`.

    Args:
        name: The part's name: its path in the worker's store.
        backend: NumPy's.
        dtype: The dtype of the values.
        dims: The declared shape.
        parts: The PartitionedStore.
        shard: The number of the part.
        trainable: Whether the variable is to be trained.
    """

    def __init__(
        self,
        name: str,
        backend: Backend,
        dtype: np.dtype[Any],
        dims: Dims,
        parts: Any,
        shard: int,
        trainable: bool,
    ) -> None:
        super().__init__(name, backend, dtype, dims, None, trainable)
        self.shard = shard
        self._parts = parts

    @property
    def facts(self) -> tuple[Any, ...]:
        """What a worker needs to make a cell of its own."""
        return self.name, self.dtype, self.dims, self._trainable

    def begin(self, function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
        """Calls a function at the part: returns a function that waits for the result."""
        wait: Callable[[], Any] = self._parts._begin(self.shard, self.name, function, *arguments)
        return wait

    @property
    def view(self) -> Array:
        """The value, which is sent."""
        limit = self._parts._largest_read
        size = math.prod(size or 1 for size in self.dims or ()) * self.dtype.itemsize
        if limit is not None and size > limit:
            raise ResourceExhaustedError(
                None,
                None,
                f"reading {self.name} would send {bytes_text(size)} from its worker, more than "
                f"{bytes_text(limit)}: look rows up by tf.gather or tf.nn.embedding_lookup, or make the "
                "PartitionedStore with largest_read=None",
            )
        return self.backend.freeze(self.begin(_read, self.facts)())

    @property
    def initialized(self) -> bool:
        """Whether the variable has a value."""
        return bool(self.begin(_has)())

    def read(self) -> Array:
        """Returns the value, which is sent."""
        return self.view

    def assign(self, value: Array, validate_shape: bool = True) -> None:
        """Sets the variable, at its worker."""
        kernel = "Assign", "", {"validate_shape": validate_shape}
        self.begin(run_at_part, kernel, [self.facts], False, value)()

    def remove(self) -> None:
        """Does nothing: others may have found the part at its worker."""

    def gather(self, indices: Array, axis: Any = None) -> Callable[[], Any]:
        """Asks for rows: returns a function that waits for them."""
        return self.begin(_gather, self.facts, indices)


def part_cell(
    name: str, backend: Backend, dtype: np.dtype[Any], dims: Dims, parts: Any, trainable: bool
) -> Cell | None:
    """Returns the cell of a variable that is a part, or belongs to one; None for other variables."""
    shard = shard_of(name)
    return None if shard is None else PartCell(name, backend, dtype, dims, parts, shard, trainable)


def run_at_part(
    part: Any, kernel: tuple[str, str, Any], cells: list[Any], is_wanted: bool, *arrays: Array
) -> Any:
    """Runs the kernel of an operation that changes variables, at the worker that has them.

    Args:
        part: The part.
        kernel: The operation's type, the module of its kernel, and its attributes.
        cells: The `facts` of the variables that it refers to.
        is_wanted: Whether its output is wanted.
        *arrays: Its other inputs.
    """
    type, module, attrs = kernel
    if type not in OPS:  # types are defined where their modules are imported
        import_module(module)
    op_def = OPS[type]
    assert op_def.kernel is not None  # the client has looked
    state = _AtPart(part.store, cells)
    function = op_def.kernel(state.xp, state, **(attrs or {}))
    found = state.backend.quiet(function)(*arrays)
    return np.array(found) if is_wanted else None


class _AtPart:
    """What the kernel of a stateful operation gets at a worker; see `OpState`."""

    __slots__ = ("backend", "op_id", "variables", "xp")

    def __init__(self, store: Any, cells: list[Any]) -> None:
        self.backend = get_backend()
        self.xp = self.backend.xp
        self.op_id = 0
        values = StoredValues(store)
        self.variables = [
            Cell(name, self.backend, dtype, dims, values, trainable) for name, dtype, dims, trainable in cells
        ]

    @property
    def variable(self) -> Cell:
        """The only variable that the operation references."""
        (cell,) = self.variables
        return cell


def _cell(part: Any, facts: Any) -> Cell:
    return _AtPart(part.store, [facts]).variable


def _has(part: Any) -> bool:
    return part.path in part.store


def _read(part: Any, facts: Any) -> Array:
    return np.array(_cell(part, facts).read())


def _gather(part: Any, facts: Any, indices: Array) -> Array:
    """The kernel of a look-up of rows."""
    kernel: Any = OPS["GatherV2"].kernel
    return kernel(np)(_cell(part, facts).read(), indices, np.int32(0))
