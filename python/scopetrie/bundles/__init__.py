"""TensorFlow's checkpoints, the "bundles" of format V2: read and written without TensorFlow.

A bundle of the name `model` is several files. `model.index` is a table from keys to messages that say where
the elements of each variable are; `model.data-00000-of-00001`, and so on, have the elements.
"""

from __future__ import annotations

from .bundle import Bundle, Entry, is_bundle, open_bundle
from .messages import MissingMessage, message
from .slices import Slice, parse_slice
from .writing import Part, write_bundle

__all__ = [
    "Bundle",
    "Entry",
    "MissingMessage",
    "Part",
    "Slice",
    "is_bundle",
    "message",
    "open_bundle",
    "parse_slice",
    "write_bundle",
]
