"""Interleaved, checked samples of several contenders doing the same work.

A contender's statement is compiled into a loop, as timeit does, and every name that it uses is a local
variable; all contenders of a row get the same loop. A sample is the time of some thousand calls divided by
their number. The contenders take turns, sample by sample, because a machine's speed drifts by more than the
differences of interest: a row's ratio is the median of the ratios *within* each round.

Unless a row says otherwise, the garbage collector is off while a sample runs, as in timeit. It has run just
before, and older objects are frozen.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

Names = dict[str, Any]

REPEATED = "_ in turns"
"""The loop for a statement that is too slow to unroll; every sample has the name `turns`."""

UNROLLED = 20
"""Statements per turn of a loop without loop variable: the loop costs under half a nanosecond per call."""


class WrongResult(Exception):
    """Raised when a contender did not do the work for which it was timed."""


def require(condition: bool, message: str) -> None:
    """Raises WrongResult unless `condition` holds.

    Args:
      condition: What must hold before a sample may count.
      message: What is wrong otherwise.

    Raises:
      WrongResult: if it does not hold.
    """
    if not condition:
        raise WrongResult(message)


@dataclass(frozen=True)
class Work:
    """One contender of a row.

    Attributes:
      statement: Python source of one call.
      prepare: `prepare(calls)` returns a context manager, entered untimed before each sample. Its value holds
        the names that the statement uses (and those that `check` needs).
      over: `"name in names"` if each call needs a value of its own; the prepared `names` then has one entry
        per call. None for a statement that is the same each time, REPEATED for a slow one.
      check: Called after each sample, untimed, with the prepared names and the number of calls; raises
        WrongResult.
      collect: Whether the garbage collector stays on during the sample.
    """

    statement: str
    prepare: Callable[[int], AbstractContextManager[Names]]
    over: str | None = None
    check: Callable[[Names, int], None] | None = None
    collect: bool = False
    _loops: dict[tuple[str, ...], Callable[..., int]] = field(default_factory=dict, repr=False, compare=False)

    def sample(self, calls: int) -> float:
        """Runs `calls` calls on fresh state and checks what they did.

        Args:
          calls: How many, a multiple of `UNROLLED` where there is no loop variable.

        Returns:
          Nanoseconds per call.

        Raises:
          WrongResult: if the check fails, or some of the calls would not be made.
        """
        message = f"{calls} calls of {self.statement!r} are no whole turns of {UNROLLED}: say over=REPEATED"
        require(self.over is not None or calls % UNROLLED == 0, message)
        with self.prepare(calls) as names:
            names["turns"] = range(calls)
            loop = self.loop(names)
            gc.collect()
            if self.collect:
                gc.enable()
            try:
                spent = loop(names, time.perf_counter_ns, repeat, calls)
            finally:
                gc.disable()
            if self.check is not None:
                self.check(names, calls)
        return spent / calls

    def loop(self, names: Names) -> Callable[..., int]:
        """The compiled loop for these names, the same function each time."""
        key = tuple(names)
        made = self._loops.get(key)
        if made is None:
            made = self._loops[key] = compile_loop(self.statement, key, self.over)
        return made


def compile_loop(statement: str, names: Iterable[str], over: str | None) -> Callable[..., int]:
    """The loop `f(names, clock, repeat, calls) -> ns` around a statement.

    Args:
      statement: Source of one call.
      names: The names made local before the clock starts.
      over: `"name in names"`, or None.

    Returns:
      The compiled function.
    """
    lines = ["def loop(_names, _clock, _repeat, _calls):"]
    lines += [f"    {name} = _names[{name!r}]" for name in names]
    body = [f"        {line}" for line in statement.splitlines()]
    if over is None:
        lines += [
            f"    _turns = _repeat(None, _calls // {UNROLLED})",
            "    _start = _clock()",
            "    for _ in _turns:",
        ]
        lines += body * UNROLLED
    else:
        lines += ["    _start = _clock()", f"    for {over}:", *body]
    lines.append("    return _clock() - _start")
    space: Names = {}
    exec(compile("\n".join(lines), f"<bench: {statement.splitlines()[0]}>", "exec"), space)
    made: Callable[..., int] = space["loop"]
    return made


@dataclass(frozen=True)
class Samples:
    """The cost per call of one contender, one value for each round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The lower and the upper quartile; with a single sample, both are its value."""
        if len(self.values) < 2:
            return self.values[0], self.values[0]
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return low, high


@dataclass(frozen=True)
class Effort:
    """How long to measure: `seconds` for each row, at least `least` rounds and at most `most`."""

    seconds: float
    least: int
    most: int
    quick: bool = False


FULL = Effort(seconds=1.5, least=7, most=301)
QUICK = Effort(seconds=0.05, least=3, most=25, quick=True)


def interleave(works: Sequence[Work], calls: int, effort: Effort) -> list[Samples]:
    """Samples of each contender, taken in turns.

    Args:
      works: The contenders.
      calls: Calls per sample.
      effort: When to stop.

    Returns:
      The samples, in the order of `works`; entry i of each comes from the same round.

    Raises:
      WrongResult: if any contender's check fails in any round.
    """
    taken: list[list[float]] = [[] for _ in works]
    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for work in works:
            work.sample(calls)  # fills caches, specialises byte code; not counted
        end = time.perf_counter() + effort.seconds
        order = list(range(len(works)))
        for turn in range(effort.most):
            for i in order:
                taken[i].append(works[i].sample(calls))
            order.reverse()  # so that no contender always runs after the same other one
            if turn + 1 >= effort.least and time.perf_counter() > end:
                break
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
    return [Samples(tuple(values)) for values in taken]


def paired_ratios(ours: Samples, reference: Samples) -> Samples:
    """The ratio of each round.

    >>> paired_ratios(Samples((2.0, 3.0)), Samples((1.0, 6.0))).values
    (2.0, 0.5)
    """
    return Samples(tuple(a / b for a, b in zip(ours.values, reference.values, strict=True)))


def constant(names: Mapping[str, Any]) -> Callable[[int], AbstractContextManager[Names]]:
    """A `prepare` for work that needs no fresh state.

    Args:
      names: What the statement uses.

    Returns:
      A function for `Work.prepare`.
    """
    return lambda calls: nullcontext(dict(names))
