"""Export of graphs and operations to protobufs and text; implemented by `scopetrie.summary`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..late import load


class Exporter(NamedTuple):
    """The functions that the higher floor provides."""

    graph_def: Callable[[Any, int | None, bool], Any]  # (graph, from_version, add_shapes) -> GraphDef
    versions: Callable[[], Any]  # () -> VersionDef
    node_def: Callable[[Any], Any]  # (operation) -> NodeDef
    op_def: Callable[[Any], Any]  # (operation) -> OpDef
    attribute: Callable[[Any, str], Any]  # (operation, name) -> the result of v1's get_attr
    text: Callable[[Any], str]  # (operation) -> its NodeDef as text


def exporter() -> Exporter:
    """Returns the functions, whose module is imported at the first export."""
    found: Exporter = load("summary.graph_messages").EXPORTER
    return found
