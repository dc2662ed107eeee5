"""Graphs and summaries for TensorBoard, through the `tensorboard` package's protos and writer.

That package is an extra: `pip install scopetrie[tensorboard]`. Without it this module can be imported; the
functions that need it raise an ImportError that names the extra.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .graph_def import graph_def, node_def
from .protos import proto

if TYPE_CHECKING:
    from .file_writer import FileWriter, FileWriterCache
    from .ops import audio, histogram, image, merge, merge_all, scalar, tensor_summary, text

__all__ = [
    "Event",
    "FileWriter",
    "FileWriterCache",
    "SessionLog",
    "Summary",
    "SummaryDescription",
    "TaggedRunMetadata",
    "audio",
    "graph_def",
    "histogram",
    "image",
    "merge",
    "merge_all",
    "node_def",
    "scalar",
    "tensor_summary",
    "text",
]

# v1's names of protos: `summary.Summary(value=[summary.Summary.Value(tag="loss", simple_value=0.5)])`.
_PROTOS = {
    "Event": "event",
    "SessionLog": "event",
    "Summary": "summary",
    "SummaryDescription": "summary",
    "TaggedRunMetadata": "event",
}
# Imported at first use, since every program imports this module.
_PLACES = {
    "file_writer": ("FileWriter", "FileWriterCache"),
    "ops": ("audio", "histogram", "image", "merge", "merge_all", "scalar", "tensor_summary", "text"),
}


if TYPE_CHECKING:
    Event: Any
    SessionLog: Any
    Summary: Any
    SummaryDescription: Any
    TaggedRunMetadata: Any
else:

    def __getattr__(name: str) -> Any:
        if name in _PROTOS:
            return getattr(proto(_PROTOS[name]), name)
        for module, names in _PLACES.items():
            if name in names:
                found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
