"""What tests ask of whole graphs: whether one is freed at once, and what it holds."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import scopetrie as tf


def is_freed_at_once(build: Callable[[], Any]) -> bool:
    """Whether a graph goes with the last handle, the garbage collector standing still.

    Args:
        build: Builds something in the default graph; what it returns is held until the graph is dropped.
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
    """What the default graph holds, for comparison: its operations, and its collections by name."""
    graph = tf.get_default_graph()
    keys = sorted(graph.get_all_collection_keys())
    return (
        [(op.name, op.type, [each.name for each in op.inputs]) for op in graph.get_operations()],
        [(key, [getattr(item, "name", item) for item in graph.get_collection(key)]) for key in keys],
    )
