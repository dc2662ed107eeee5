"""Rollback of a failed creation."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from .. import _core
from ..graph import Graph


def undone_if_failed(graph: Graph, made_variable: bool = False) -> AbstractContextManager[Any]:
    """Returns a transaction that also knows the one error after which v1's programs continue.

    v1 undoes nothing, so the next attempt is named `w_1`. For one error we do the same, since programs
    continue after it and must get v1's names: if a value or operation of an initializer or regularizer
    refuses the variable's dtype (see `scopetrie.ops.registry.dtype_refusal`), names stay taken, and a
    variable whose regularizer failed stays.

    Args:
        graph: The graph.
        made_variable: Whether the block continues after the variable is made.
    """
    return _core.Transaction(graph, 2 if made_variable else 1)
