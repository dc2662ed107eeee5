"""Rows that pair a peer with bare Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bench.results import Result, Row
from bench.rows import calls, variables
from bench.sampling import Effort, Names, Samples, Work, interleave, paired_ratios, require

BARE: Mapping[str, Callable[[], Work]] = {
    "hit.name": lambda: variables.bare_hit("get_variable('w')"),
    "hit.full": lambda: variables.bare_hit("get_variable('w', shape=(3,), dtype=float32)"),
    "create": lambda: variables.bare_create("get_variable(name, (3,), float32)"),
    "scope.op": calls.bare_scope,
    "node.add": lambda: calls.bare_node("add(x, y)"),
}


def paired(key: str, peer: Work, calls: int = 200, inner: int = 1) -> Row:
    """The row of a peer, relative to bare Python.

    Args:
      key: The row's key.
      peer: The library's contender.
      calls: Calls per sample, for both.
      inner: How many items one call of the peer handles, for APIs that work inside one function.

    Returns:
      The row.
    """

    def measure(effort: Effort) -> Result:
        whole, bare = interleave([peer, BARE[key]()], calls, effort)
        ours = Samples(tuple(value / inner for value in whole.values))
        return Result(key, key, "ns", ours, bare, "bare Python", paired_ratios(ours, bare), calls=calls)

    return Row(key, key, measure)


def fresh(make: Callable[[int], Names], done: Callable[[Names, int], bool]) -> dict[str, Any]:
    """`prepare` and `check` for a Work from two plain functions.

    Args:
      make: Returns the names that the statement uses, for a number of calls.
      done: Whether the calls did their work.

    Returns:
      Keyword arguments for Work.
    """

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        yield make(calls)

    def check(names: Names, calls: int) -> None:
        require(done(names, calls), "the peer did not do the work")

    return {"prepare": prepare, "check": check}
