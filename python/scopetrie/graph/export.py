"""How graphs and operations become protobufs and text, which `scopetrie.summary`, floors above, says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Exporter(NamedTuple):
    """What the floor above does for graphs and operations."""

    graph_def: Callable[[Any, int | None, bool], Any]  # (graph, from_version, add_shapes) -> GraphDef
    versions: Callable[[], Any]  # () -> VersionDef
    node_def: Callable[[Any], Any]  # (operation) -> NodeDef
    attribute: Callable[[Any, str], Any]  # (operation, name) -> what v1's get_attr gives
    text: Callable[[Any], str]  # (operation) -> its NodeDef as text


_exporter: Exporter | None = None


def set_exporter(exporter: Exporter) -> None:
    """Tells graphs and operations how they are exported."""
    global _exporter
    _exporter = exporter


def exporter() -> Exporter:
    """Returns what `set_exporter` was told.

    Raises:
        ImportError: If `scopetrie.summary` has not been imported.
    """
    if _exporter is None:
        raise ImportError("Graphs are exported by scopetrie.summary, which has not been imported")
    return _exporter
