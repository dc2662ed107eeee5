"""Graphs and summaries for TensorBoard, through the `tensorboard` package's protos and writer.

That package is an extra: `pip install scopetrie[tensorboard]`. Without it this module can be imported; the
functions that need it raise an ImportError that names the extra.
"""

from __future__ import annotations

from typing import Any

from .file_writer import FileWriter
from .graph_def import graph_def, node_def
from .protos import proto

__all__ = ["Event", "FileWriter", "SessionLog", "Summary", "graph_def", "node_def"]

# v1's names of protos: `summary.Summary(value=[summary.Summary.Value(tag="loss", simple_value=0.5)])`.
_PROTOS = {"Event": "event", "SessionLog": "event", "Summary": "summary"}


def __getattr__(name: str) -> Any:
    if name in _PROTOS:
        return getattr(proto(_PROTOS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
