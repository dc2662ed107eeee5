"""A compiled form of call to `Session.run`: its fetches, its feeds, and the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...backends import Array
from ...graph import Graph
from ..plans.plan import Plan
from ..state import State
from ..trace import RunMetadata, record
from .config import RunOptions
from .feeds import Feed, find_feed
from .fetches import Fetches


class Program:
    """Computes a structure of fetches from fed values.

    Args:
        graph: The session's graph.
        state: The session's variables and counters.
        fetches: The structure.
        keys: The keys of the feeds: tensors, variables or names.
        keep: Whether the fetched values stay arrays of the backend's library.

    Attributes:
        plan: The plan for the values.
        version: The number of operations that the graph had when the program was made.
        direct: Whether the plan's result is also the program's: a value, or a list of values.
    """

    __slots__ = ("_feeds", "_fetches", "_graph", "direct", "plan", "version")

    def __init__(
        self, graph: Graph, state: State, fetches: Any, keys: Sequence[Any], keep: bool = False
    ) -> None:
        self._graph = graph
        self.version = graph.version
        self._fetches = taken = Fetches(graph, fetches)
        # Two keys may be for the same tensor; the later one counts.
        found: dict[int, tuple[Any, Feed]] = {}
        for key in keys:
            feed = find_feed(graph, key, state.backend)
            found[feed.id] = key, feed
        self._feeds = list(found.values())
        self.direct = taken.single or taken.flat
        plan = self.plan = Plan(
            graph, state, taken.tensors, taken.targets, list(found), single=taken.single, keep=keep
        )
        for _, feed in self._feeds:
            feed.is_hosted = feed.id in plan.hosted

    def fed(self, feed_dict: Mapping[Any, Any]) -> list[Array]:
        """Returns the values of a feed_dict in the plan's order."""
        return [feed.value(feed_dict[key]) for key, feed in self._feeds]

    def run(self, fed: Sequence[Array]) -> Any:
        """Runs the plan.

        Args:
            fed: What `fed` returned.

        Returns:
            The structure of fetches, with values.
        """
        values = self.plan.execute(*fed)
        return values if self.direct else self._fetches.pack(values)

    def run_traced(self, fed: Sequence[Array], options: Any, metadata: Any) -> Any:
        """Runs the plan like `run`, and records the operations' times if the options request it."""
        if options is None or metadata is None or options.trace_level != RunOptions.FULL_TRACE:
            return self.run(fed)
        values, times = self.plan.trace(fed)
        record(self._graph, times, metadata)
        return values if self.direct else self._fetches.pack(values)


def check_options(options: Any, metadata: Any) -> None:
    """Checks the classes of options and metadata.

    Raises:
        TypeError: If `options` is not a `RunOptions`, or `metadata` not a `RunMetadata`.
    """
    if options is not None and not isinstance(options, RunOptions):
        raise TypeError(f"`options` must be a tf.RunOptions, but got {type(options).__name__!r}")
    if metadata is not None and not isinstance(metadata, RunMetadata):
        raise TypeError(f"`run_metadata` must be a tf.RunMetadata, but got {type(metadata).__name__!r}")
