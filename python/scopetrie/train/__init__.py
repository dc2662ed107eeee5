"""v1's `tf.train`, without what needs gradients."""

from __future__ import annotations

from .checkpoint_manager import CheckpointManager
from .global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)
from .graph_io import write_graph
from .summary_writer import SummaryWriter

__all__ = [
    "CheckpointManager",
    "SummaryWriter",
    "assert_global_step",
    "create_global_step",
    "get_global_step",
    "get_or_create_global_step",
    "global_step",
    "write_graph",
]
