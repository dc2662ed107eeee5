"""`tensorflow.contrib.eager`, as far as libraries ask in which mode they are: it is always a graph."""

from __future__ import annotations

from typing import NoReturn

from ..refused import RefusedNameError
from .tools import in_eager_mode, in_graph_mode

__all__ = ["executing_eagerly", "in_eager_mode", "in_graph_mode"]

executing_eagerly = in_eager_mode


def __getattr__(name: str) -> NoReturn:
    raise RefusedNameError(
        f"scopetrie does not offer tf.contrib.eager.{name}: it makes graphs, and runs nothing before "
        "they are made. Call the function itself, and run what it gives in a Session."
    )
