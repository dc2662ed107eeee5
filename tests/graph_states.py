"""Whether a graph is freed at once, and what it holds; for tests."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import scopetrie as tf


def is_freed_at_once(build: Callable[[], Any]) -> bool:
    """Whether a graph is freed with its last handle, while the garbage collector is off.

    Args:
        build: Builds something in the default graph; its result is held until the graph is dropped.
    """
    gc.disable()
    try:
        graph = tf.Graph()
        with graph.as_default():
            kept = build()
        reference = weakref.ref(graph)
        del graph, kept
        return reference() is None
    finally:
        gc.enable()


def contents() -> tuple[Any, ...]:
    """The default graph's operations, and its collections by name, for comparison."""
    graph = tf.get_default_graph()
    keys = sorted(graph.get_all_collection_keys())
    return (
        [(op.name, op.type, [each.name for each in op.inputs]) for op in graph.get_operations()],
        [(key, [getattr(item, "name", item) for item in graph.get_collection(key)]) for key in keys],
    )
