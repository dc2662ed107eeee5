"""Partitioned variables of get_variable."""

from __future__ import annotations

from typing import Any

from ..graph import Graph


def is_partitioned(graph: Graph, name: str) -> bool:
    """Whether get_variable made a partitioned variable of this name."""
    return False


def has_parts(graph: Graph, name: str) -> bool:
    """Whether the first part of a partitioned variable of this name exists."""
    return graph._find_variable(f"{name}/part_0") is not None


def get_partitioned(graph: Graph, name: str, partitioner: Any, **arguments: Any) -> Any:
    """Gets or makes a partitioned variable."""
    raise NotImplementedError("partitioned variables: being written")
