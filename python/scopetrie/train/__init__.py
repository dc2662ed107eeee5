"""v1's `tf.train`, without what needs gradients."""

from __future__ import annotations

from typing import Any

from ..bundles import message
from .checkpoint_manager import CheckpointManager
from .checkpoint_reader import (
    CheckpointReader,
    NewCheckpointReader,
    list_variables,
    load_checkpoint,
    load_variable,
)
from .checkpoint_state import (
    checkpoint_exists,
    generate_checkpoint_state_proto,
    get_checkpoint_mtimes,
    get_checkpoint_state,
    latest_checkpoint,
    remove_checkpoint,
    update_checkpoint_state,
)
from .global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)
from .graph_io import write_graph
from .saver import Saver
from .summary_writer import SummaryWriter

__all__ = [
    "CheckpointManager",
    "CheckpointReader",
    "NewCheckpointReader",
    "Saver",
    "SummaryWriter",
    "assert_global_step",
    "checkpoint_exists",
    "create_global_step",
    "generate_checkpoint_state_proto",
    "get_checkpoint_mtimes",
    "get_checkpoint_state",
    "get_global_step",
    "get_or_create_global_step",
    "global_step",
    "latest_checkpoint",
    "list_variables",
    "load_checkpoint",
    "load_variable",
    "remove_checkpoint",
    "update_checkpoint_state",
    "write_graph",
]


def __getattr__(name: str) -> Any:
    if name in ("SaverDef", "CheckpointState"):  # messages, which need the package protobuf
        return message(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
