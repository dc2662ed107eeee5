"""A compiled fetch, ready to run many times."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Container, Sequence
from typing import Any, Final, NoReturn

from ...backends import Array
from ...graph import Graph
from ..cells import Cell
from ..failure import located
from ..state import State
from .compilation import Compilation
from .source import MANY, generate

# Generated code takes about 15 ns per step, the loop 150 ns, but generating it takes 6 us per step. So it
# does not pay for a plan that runs once (an initializer), and beyond this length it would delay the second
# run by more than a tenth of a second.
_LONGEST_GENERATED: Final = 20_000
CLOSED: Final = (
    "Attempted to use a closed Session.\n"
    "close() and the end of its `with` block close a session, and its values are gone: make another."
)


class Plan:
    """Computes the values of some tensors from those of others, in one session.

    The first run loops over the steps; later ones call a function generated for the plan.

    Thread safety: a plan may run in several threads at once. Runs share only the variables.

    Args:
        graph: The graph.
        state: The session's variables and counters.
        fetches: Ids of the tensors whose values are returned.
        targets: Ids of operations to run for their effects.
        feeds: Ids of the tensors whose values `execute` takes.
        single: Whether to return the value of the single fetch instead of a list.
        inner: Whether this is part of another plan, which gets the arrays without a copy.
        first: Operations below this id that others only wait for are done: the plan around this one ran them.
        hosted: Ids of the fed tensors whose values are on the host; None if the plan is to say it.
        keep: Whether the fetched values stay arrays of the backend's library.

    Attributes:
        execute: Runs the plan: `execute(*fed)` returns the fetched values as NumPy arrays, which share no
            memory with a variable, a constant or a feed. The feeds are arrays of the backend with the right
            dtypes and shapes.
        steps: What a run does.
        hosted: Ids of the fed tensors whose values a run takes on the host, not on the device.
    """

    __slots__ = (
        "__weakref__",
        "_backend",
        "_compiled",
        "_constants",
        "_export",
        "_fed",
        "_fetches",
        "_fused",
        "_graph",
        "_inner",
        "_outputs",
        "_replay",
        "_sequences",
        "_single",
        "_slots",
        "_state",
        "execute",
        "hosted",
        "steps",
    )

    def __init__(
        self,
        graph: Graph,
        state: State,
        fetches: Sequence[int],
        targets: Sequence[int] = (),
        feeds: Sequence[int] = (),
        single: bool = False,
        inner: bool = False,
        first: int = 0,
        hosted: Container[int] | None = None,
        keep: bool = False,
    ) -> None:
        compiled = Compilation(graph, state, fetches, targets, feeds, first, hosted, inner)
        self.hosted = compiled.hosted
        # Kept until the second run, for what fuses then.
        self._compiled: Compilation | None = compiled if compiled.may_fuse else None
        self._fetches = fetches
        self._fused: Plan | None = None
        self._graph = graph
        self._backend = state.backend
        self._export = state.backend.keep if keep else state.backend.export
        self._fed = len(feeds)
        self._slots = compiled.slots
        self._constants = compiled.constants
        self._outputs = compiled.outputs
        self._single = single
        self._inner = inner
        self._state = state if state.backend.replays else None
        self._replay: Any = None
        self.steps = compiled.steps
        # Indices of the steps whose functions return a sequence even for a single result; found by the first
        # run.
        self._sequences: set[int] = set()
        # A fetch of many variables is a loop in generated code, too.
        loops = not self.steps and len(self._outputs) > MANY and not inner
        self.execute: Callable[..., Any] = self._second if loops else self._first

    def release(self) -> None:
        """Frees the graph and the values at once: deletes `execute`, which makes a reference cycle."""
        self.execute = _released
        self._compiled = None
        self._fused = None
        if self._replay is not None:
            self._replay.release()

    def _first(self, *fed: Array) -> Any:
        looped = self._loop if self._inner else self._backend.quiet(self._checked(self._loop))
        values = looped(*fed)
        self.execute = looped if len(self.steps) > _LONGEST_GENERATED else self._second
        return values

    def kernels(self) -> list[str]:
        """Returns the sources of the plan's fused kernels, in CUDA C++.

        There are none before the second run, nor with libraries that fuse nothing. Arrays of other shapes may
        need another kernel; each is in the list once.
        """
        if self._fused is None:
            return []
        found = [getattr(step.function, "sources", None) for step in self._fused.steps]
        return [source for sources in found if sources is not None for source in sources()]

    def _as_fused(self) -> Plan:
        """Returns the plan with fused operations, where the library fuses; else the very plan."""
        compiled, self._compiled = self._compiled, None
        if compiled is None or not compiled.fuse(self._fed, self._fetches, self._backend):
            return self
        made = copy.copy(self)  # other threads may be running this one
        made.steps, made._slots = compiled.steps, compiled.slots
        made._constants, made._outputs = compiled.constants, compiled.outputs
        functions = {id(self.steps[at].function) for at in self._sequences}
        made._sequences = {at for at, step in enumerate(made.steps) if id(step.function) in functions}
        self._fused = made
        return made

    def _second(self, *fed: Array) -> Any:
        plan = self._as_fused()
        function = plan._generated()
        self._replay = plan._replay
        self.execute = function
        return function(*fed)

    def _generated(self) -> Callable[..., Any]:
        function = self._source(self._inner, self._single)
        if self._state is not None and not self._inner:
            function = self._replayed(function)
        only_reads = self._backend.on_host and all(type(step.function) is Cell for step in self.steps)
        if not self._inner and not only_reads:
            function = self._backend.quiet(self._checked(function))
        return function

    def _source(self, inner: bool, single: bool) -> Callable[..., Any]:
        constants = {slot: self._slots[slot] for slot in self._constants}
        return generate(
            self._backend,
            self._export,
            self.steps,
            self._sequences,
            self._fed,
            constants,
            self._outputs,
            single,
            inner,
            self._fail,
        )

    def _replayed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns the function with recordings of its runs, where there may be any."""
        from .replay import Replay, can_replay  # imported late: it is off by default

        if self._state is None or not can_replay(self._graph, self.steps):
            return function
        fail = lambda error, at: self._fail(error, len(self.steps) + at, {})  # noqa: E731
        inner = self._source(inner=True, single=False)
        self._replay = Replay(
            self._backend, self._state, function, inner, self._export, self._outputs, self._single, fail
        )
        return self._replay  # type: ignore[no-any-return]

    def _loop(self, *fed: Array) -> Any:
        return self._timed_loop(fed, None)

    def trace(self, fed: Sequence[Array]) -> tuple[Any, list[tuple[int, int, int]]]:
        """Runs the plan and takes the time of each step.

        Args:
            fed: What `execute` takes.

        Returns:
            What `execute` returns; and for each step the operation's id, and start and end in nanoseconds of
            `time.perf_counter_ns`.
        """
        times: list[tuple[int, int, int]] = []
        looped = self._checked(lambda *given: self._timed_loop(given, times))
        return self._backend.quiet(looped)(*fed), times

    def _timed_loop(self, fed: Sequence[Array], times: list[tuple[int, int, int]] | None) -> Any:
        slots = self._slots.copy()
        slots[: self._fed] = fed
        done, start = 0, 0
        try:
            for op_id, function, places, into, results, dead in self.steps:
                if times is not None:
                    start = time.perf_counter_ns()
                if type(function) is Cell:
                    value = function.read()
                else:
                    arguments: Any = [slots[slot] for slot in places]
                    value = function(*arguments) if into is None else function(*arguments, out=slots[into])
                if len(results) == 1:
                    if type(value) is tuple or type(value) is list:
                        self._sequences.add(done)
                        (value,) = value
                    slots[results[0]] = value
                elif results:
                    for slot, each in zip(results, value, strict=True):
                        slots[slot] = each
                done += 1
                # Free dead values before the next step runs.
                value = each = arguments = None
                for slot in dead:
                    slots[slot] = None
                if times is not None:
                    self._backend.synchronize()
                    times.append((op_id, start, time.perf_counter_ns()))
            values = []
            for output in self._outputs:
                value = output.cell.read() if output.cell is not None else slots[output.slot]
                if not self._inner and not (output.owned and self._backend.on_host):
                    value = self._export(value, fed if output.fed else ())
                values.append(value)
                done += 1
        except Exception as error:
            self._fail(error, done, slots)
        return values[0] if self._single else values

    def _checked(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns a function that, at its end, raises what its steps have noted; see `backends.deferred`."""
        backend, checks, single = self._backend, self._backend.checks, self._single
        if checks is None:
            return function

        def run(*fed: Array) -> Any:
            with checks:
                values = function(*fed)
            looks = checks.looks
            fault = checks.look(backend.gathered, backend.to_host)
            arrived = backend.arrived([values] if single else values, checks.looks != looks)
            if fault is not None:
                raise located(fault.error, self._graph.operation(fault.op_id), None, ())
            return arrived[0] if single else arrived

        return run

    def _fail(self, error: Exception, at: int, slots: Sequence[Any] | dict[int, Any]) -> NoReturn:
        """Raises v1's error for an exception in a step or, past the last step, in an output."""
        unset = error.obj if isinstance(error, AttributeError) and isinstance(error.obj, Cell) else None
        if at < len(self.steps):
            step = self.steps[at]
            op: Any = self._graph.operation(getattr(step.function, "failing", step.op_id))
            arrays = [slots[slot] for slot in step.arguments]
            found = located(error, op, step.function, arrays, self._backend)
        else:
            cell = self._outputs[at - len(self.steps)].cell
            op = None if cell is None else self._graph._find_operation(cell.name)
            found = located(error, op, None, (), self._backend)
        if found is error:  # from an inner plan, which knows the operation
            raise error
        # Chain an exception of a kernel, but not the AttributeError of an uninitialized cell.
        raise found from (error if unset is None else None)


def _released(*_: Array) -> NoReturn:
    raise RuntimeError(CLOSED)
