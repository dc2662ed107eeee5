"""Export of graphs and operations to protobufs and text; implemented by `scopetrie.summary`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Exporter(NamedTuple):
    """The functions that the higher floor provides."""

    graph_def: Callable[[Any, int | None, bool], Any]  # (graph, from_version, add_shapes) -> GraphDef
    versions: Callable[[], Any]  # () -> VersionDef
    node_def: Callable[[Any], Any]  # (operation) -> NodeDef
    attribute: Callable[[Any, str], Any]  # (operation, name) -> the result of v1's get_attr
    text: Callable[[Any], str]  # (operation) -> its NodeDef as text


_exporter: Exporter | None = None


def set_exporter(exporter: Exporter) -> None:
    """Sets the functions that export graphs and operations."""
    global _exporter
    _exporter = exporter


def exporter() -> Exporter:
    """Returns the argument of `set_exporter`.

    Raises:
        ImportError: If `scopetrie.summary` has not been imported.
    """
    if _exporter is None:
        raise ImportError("Graphs are exported by scopetrie.summary, which has not been imported")
    return _exporter
