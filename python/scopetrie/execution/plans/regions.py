"""Which calls of a plan are fused, and in which order calls then run.

Calls run in phases: what the library computes, then a region, and so on. A call is in the earliest phase
that its arguments allow, and a call of a region in a later one if only that needs it: then both are one
kernel. Updates of variables are in the last region that they may be in, so that those of many variables come
together.

Invariants: a call follows the calls whose results it takes. Uses of a variable's memory keep their order with
its changes; so do operations with effects among themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from ...backends.deferred import noted_by
from ...backends.fusion.launch import Library
from ...backends.fusion.namespace import tracing_namespace
from ...backends.fusion.trace import NotTraceableError, Trace, Traced
from ...dtypes import DType, variant
from ...ops.node_text import Dims
from ..cells import Cell
from .placement import is_of_rows
from .region import Member, Region, TracedCell, run_traced
from .resolution import Known

# A size that is not known until the plan runs; all such are taken for the same.
_SOME_SIZE: Final = 7
_ALL: Final = -1  # every variable
_NOBODY: Final[frozenset[int]] = frozenset()


class Regions:
    """The regions of a plan.

    Args:
        calls: The calls, in order.
        operations: What is known of them, by their place.
        constants: Known values.
        numbers: Those of rank 0 that are on the device, as they are on the host.
        reads: Values that are read from variables.
        spec: Gives dtype and static shape of a value.
        kept: Values that are wanted at the end.
        place: The function that moves values to the device.

    Attributes:
        calls: The calls in their new order, those of a region as one.
        regions: The regions.
    """

    def __init__(
        self,
        library: Library,
        calls: Sequence[Any],
        operations: Mapping[int, Known],
        constants: Mapping[int, Any],
        numbers: Mapping[int, Any],
        reads: Mapping[int, Cell],
        spec: Callable[[int], tuple[DType, Dims]],
        kept: Container[int],
        place: Callable[..., Any],
    ) -> None:
        self._calls = calls
        self._operations = operations
        self._constants = constants
        self._numbers = numbers
        self._reads = reads
        self._spec = spec
        self._place = place
        self._cells: dict[Cell, int] = {}
        self._trace = Trace()
        self._xp = tracing_namespace(self._trace)
        self._inputs = 0
        self._members = [self._member(at) for at in range(len(calls))]
        self._work = [0 if each is None else self._work_of(each) for each in self._members]
        self._before, self._aliases = self._order()
        self._phases = self._find_phases()
        self.regions: list[Region] = []
        self.calls: list[Any] = list(self._joined(library, kept))

    # Members ------------------------------------------------------------------------------------------------

    def _is_upload(self, function: Any) -> bool:
        return (
            isinstance(function, partial)
            and function.func == self._place
            and not function.keywords["on_host"]
        )

    def _member(self, at: int) -> Member | None:
        op_id, function, arguments, results, _ = self._calls[at]
        if self._is_upload(function):
            dims = self._spec(results[0])[1]
            return Member(op_id, None, {}, (), function, arguments, results) if dims == () else None
        known = self._operations.get(at)
        if known is None:
            return None
        op_def, attrs, cells, is_plain = known
        if not is_plain or (op_def.stateful and not cells) or is_of_rows(op_def):
            return None
        return Member(op_id, op_def, attrs, cells, function, arguments, results)

    def _work_of(self, member: Member) -> int:
        """Returns how many functions of elements an operation is; 0 if it cannot be traced."""
        done = len(self._trace.nodes())
        try:
            taken = [self._stand_in(each) for each in member.arguments]
            cells = []
            for cell in member.cells:
                if cell.dims is None:
                    return 0
                cells.append(TracedCell(self._input("cell", cell.dtype, cell.dims)))
            made: list[Any] = []
            noted_by(lambda: made.extend(run_traced(member, self._xp, taken, cells)))
        except NotTraceableError:
            return 0
        for value, each in zip(member.results, made, strict=True):
            dtype, dims = self._spec(value)
            if each.dtype != np.dtype(dtype.base_dtype.as_numpy_dtype) or dims is None:
                return 0
        return max(1, sum(node.kind in ("map", "cast") for node in self._trace.nodes()[done:]))

    def _input(self, name: str, dtype: Any, dims: Sequence[int | None]) -> Traced:
        """Returns an array of its own that stands for a value."""
        self._inputs += 1
        shape = tuple([_SOME_SIZE if size is None else size for size in dims])
        return self._trace.input(self._inputs, name, np.dtype(dtype), shape)

    def _stand_in(self, value: int) -> Any:
        constant = self._known_value(value)
        if constant is not None:
            return constant
        dtype, dims = self._spec(value)
        if dtype is variant or dims is None:
            raise NotTraceableError("a value of unknown rank")
        return self._input("array", dtype.base_dtype.as_numpy_dtype, dims)

    def _known_value(self, value: int) -> Any:
        """Returns a constant that is on the host (an axis, a shape) or is a number; None for all else."""
        constant = self._numbers.get(value, self._constants.get(value))
        return constant if isinstance(constant, (np.ndarray, np.generic)) else None

    # Order --------------------------------------------------------------------------------------------------

    def _bit(self, cell: Cell) -> int:
        return 1 << self._cells.setdefault(cell, len(self._cells))

    def _order(self) -> tuple[list[list[int]], list[int]]:
        """Returns for each call those that it follows, and the variables whose memory it uses by a view."""
        makers: dict[int, int] = {}
        seen: dict[int, int] = {}  # the variables of which a value may be a view
        writers: dict[int, int] = {}
        readers: dict[int, list[int]] = {}
        wall, effect = -1, -1
        before: list[list[int]] = []
        views: list[int] = []
        for at, (_, function, arguments, results, arity) in enumerate(self._calls):
            after = [makers[each] for each in arguments if each in makers]
            used = own = 0
            for each in arguments:
                used |= seen.get(each, 0)
                if each not in self._reads:
                    own |= seen.get(each, 0)
            views.append(own)
            known = self._operations.get(at)
            written = 0
            if type(function) is Cell:
                used |= self._bit(function)
            elif known is not None and known[0].stateful:
                if known[2]:
                    for cell in known[2]:
                        written |= self._bit(cell)
                else:
                    written = _ALL
                if self._work[at] == 0:
                    after.append(effect)
                    effect = at
            if used or written:
                after.append(wall)
            if written == _ALL:
                after += [*writers.values(), *(each for found in readers.values() for each in found)]
                writers.clear()
                readers.clear()
                wall = at
            else:
                for bit in _bits(used | written):
                    after.append(writers.get(bit, -1))
                    if written >> bit & 1:
                        after += readers.pop(bit, ())
                        writers[bit] = at
                    else:
                        readers.setdefault(bit, []).append(at)
            before.append([each for each in set(after) if 0 <= each != at])
            for each in results:
                makers[each] = at
                seen[each] = 0 if arity > 0 else used | max(written, 0)
        return before, views

    def _find_phases(self) -> list[int]:
        """Returns the phase of each call: even ones are the library's, odd ones regions."""
        phases: list[int] = []
        for at, before in enumerate(self._before):
            parity = 1 if self._work[at] else 0
            phase = parity
            for each in before:
                phase = max(phase, phases[each] + (phases[each] % 2 != parity))
            phases.append(phase)
        there = {phase for phase in phases if phase % 2}
        last = max(there, default=0)
        limits: dict[int, int] = {}
        for at in range(len(phases) - 1, -1, -1):
            if self._work[at]:
                member = self._members[at]
                limit = limits.get(at, last if member is not None and member.cells else phases[at])
                while limit > phases[at] and limit not in there:
                    limit -= 2
                phases[at] = max(phases[at], limit)
            for each in self._before[at]:
                own = phases[at] if phases[at] % 2 else phases[at] - 1
                limits[each] = min(limits.get(each, own), own)
        return phases

    # Regions ------------------------------------------------------------------------------------------------

    def _joined(self, library: Library, kept: Container[int]) -> Iterable[Any]:
        order = sorted(range(len(self._calls)), key=lambda at: (self._phases[at], at))
        users: dict[int, set[int]] = {}
        for at, (_, _, arguments, _, _) in enumerate(self._calls):
            for each in arguments:
                users.setdefault(each, set()).add(at)
        first = 0
        while first < len(order):
            phase = self._phases[order[first]]
            end = first
            while end < len(order) and self._phases[order[end]] == phase:
                end += 1
            part = order[first:end]
            first = end
            if phase % 2:
                for each in self._parted(part):
                    yield from self._region(library, each, users, kept)
            else:
                yield from (self._calls[at] for at in part)

    def _parted(self, part: Sequence[int]) -> list[list[int]]:
        """Returns the calls of a phase as regions: in none, a call uses a view of what another changes."""
        parts: list[list[int]] = [[]]
        written = used = 0
        for at in part:
            member = self._members[at]
            assert member is not None
            changed = sum({self._bit(cell) for cell in member.cells})
            if (written | changed) & (used | self._aliases[at]):
                parts.append([])
                written = used = 0
            parts[-1].append(at)
            written |= changed
            used |= self._aliases[at]
        return [each for each in parts if each]

    def _region(
        self,
        library: Library,
        part: Sequence[int],
        users: Mapping[int, set[int]],
        kept: Container[int],
    ) -> Iterable[Any]:
        if len(part) == 1 and self._work[part[0]] == 1:
            yield self._calls[part[0]]
            return
        members = [self._members[at] for at in part]
        made: dict[int, None] = {}
        taken: dict[int, None] = {}
        known: dict[int, tuple[Any, Any]] = {}
        cells = {cell for member in members if member is not None for cell in member.cells}
        for member in members:
            assert member is not None
            for each in member.arguments:
                constant = self._known_value(each)
                if each in made or self._reads.get(each) in cells:
                    continue
                if constant is not None:
                    known[each] = constant, self._constants[each]
                else:
                    taken[each] = None
            made.update(dict.fromkeys(member.results))
        results = [each for each in made if each in kept or not users.get(each, _NOBODY).issubset(part)]
        region = Region(
            library, [each for each in members if each is not None], list(taken), results, known, self._reads
        )
        self.regions.append(region)
        yield region.failing, region, tuple(taken), tuple(results), 0


def _bits(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
