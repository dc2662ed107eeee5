"""A graph's variables, as they are printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .. import _core
from ..printing import Facts, Outline, facts_of, grow, plural


def graph_facts(graph: _core.Graph) -> tuple[str, ...]:
    """Returns what is said of a graph before its variables."""
    facts = [plural(graph.version, "operation")]
    if graph.finalized:
        facts.append("finalized")
    return tuple(facts)


def graph_line(graph: _core.Graph) -> str:
    """Returns a graph's totals in one line, without a look at its operations and variables."""
    return ", ".join([*graph_facts(graph), plural(graph._variable_count, "variable")])


def variables_outline(
    title: str,
    facts: tuple[str, ...],
    graph: _core.Graph,
    scope: str = "",
    note: Callable[[_core.Variable], str] | None = None,
) -> Outline:
    """Returns the tree of a graph's variables.

    Args:
        title: What is printed.
        facts: What is said of it before the totals.
        graph: The graph.
        scope: The scope whose variables are shown; all by default.
        note: What is not ordinary about a variable, or "".
    """
    return Outline(title, facts, grow(_rows(graph, scope + "/" if scope else "", note)))


def _rows(graph: _core.Graph, prefix: str, note: Callable[[Any], str] | None) -> Iterator[tuple[str, Facts]]:
    known: dict[Any, Facts] = {}  # many variables have the same
    for variable in graph._variables():
        try:
            name = variable.name
            if not name.startswith(prefix):
                continue
            noted = "" if note is None else note(variable)
            key = variable.dtype, variable._dims, variable.trainable, noted
        except RuntimeError:  # another thread has undone it meanwhile
            continue
        facts = known.get(key)
        if facts is None:
            dtype = key[0].base_dtype
            trained = "" if key[2] else "not trainable"
            facts = known[key] = facts_of(dtype.name, dtype.size, key[1], trained, noted)
        yield name[len(prefix) : -2], facts
