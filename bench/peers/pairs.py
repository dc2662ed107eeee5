"""A peer's contender and the bare-Python equivalent that anchors it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench import calls
from bench.sampling import Names, Work, require

BARE: Mapping[str, Callable[[], Work]] = {
    "hit.name": lambda: calls.bare_hit("get_variable('w')"),
    "hit.full": lambda: calls.bare_hit("get_variable('w', shape=(3,), dtype=float32)"),
    "create": lambda: calls.bare_create("get_variable(name, (3,), float32)"),
    "scope.name": calls.bare_scope,
    "scope.captured": calls.bare_scope,
    "scope.op": calls.bare_scope,
    "unique": calls.bare_unique_name,
    "node.add": lambda: calls.bare_node("add(x, y)"),
    "node.plus": lambda: calls.bare_node("x + y"),
    "node.times": lambda: calls.bare_node("x * 2.0"),
    "node.negative": lambda: calls.bare_node("negative(x)"),
}


@dataclass(frozen=True)
class Pair:
    """Two contenders of one row.

    Attributes:
      peer: The library's.
      bare: Bare Python's.
      calls: Calls per sample, for both.
      inner: How many items one call of the peer handles, where its API wants them inside one function.
    """

    peer: Work
    bare: Work
    calls: int = 200
    inner: int = 1


def paired(key: str, peer: Work, calls: int = 200, inner: int = 1) -> Pair:
    """The pair for a row.

    Args:
      key: The row's key.
      peer: The library's contender.
      calls: See Pair.
      inner: See Pair.

    Returns:
      The pair.
    """
    return Pair(peer, BARE[key](), calls, inner)


def fresh(make: Callable[[int], Names], done: Callable[[Names, int], bool]) -> dict[str, Any]:
    """`prepare` and `check` for a Work from two plain functions.

    Args:
      make: Gives the names that the statement uses, for a number of calls.
      done: Says whether the calls left what they should.

    Returns:
      Keyword arguments for Work.
    """

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        yield make(calls)

    def check(names: Names, calls: int) -> None:
        require(done(names, calls), "the peer did not do the work")

    return {"prepare": prepare, "check": check}
