"""TensorBoard's protocol buffers and event file writer, imported at first use."""

from __future__ import annotations

import importlib
from typing import Any


def load(module: str) -> Any:
    """Imports a module of the tensorboard package.

    Args:
        module: Its name below `tensorboard.`, e.g. "compat.proto.graph_pb2".

    Raises:
        ImportError: If the extra is not installed; the message says how to install it.
    """
    try:
        return importlib.import_module(f"tensorboard.{module}")
    except ImportError as error:
        raise ImportError(
            "Writing graphs and summaries needs the package tensorboard, which is an extra: "
            f"pip install scopetrie[tensorboard] ({error})"
        ) from error


def proto(name: str) -> Any:
    """Imports one of tensorboard's proto modules, e.g. "graph" for graph_pb2.

    Raises:
        ImportError: If the extra is not installed.
    """
    return load(f"compat.proto.{name}_pb2")
