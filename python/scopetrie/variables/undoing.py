"""Rollback of a failed creation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..graph import Graph


@contextmanager
def undone_if_failed(graph: Graph, made_variable: bool = False) -> Iterator[None]:
    """Rolls back everything that a failing block has added: operations, names, variables, collection items.

    v1 undoes nothing, so the next attempt is named `w_1`. For one error we do the same, since programs
    continue after it and must get v1's names: if a value or operation of an initializer or regularizer
    refuses the variable's dtype, names stay taken, and a variable whose regularizer failed stays.

    Args:
        graph: The graph.
        made_variable: Whether the block continues after the variable is made.
    """
    token = graph._begin()
    try:
        yield
    except BaseException as error:
        refused = getattr(error, "refuses_dtype", False) is True  # see `scopetrie.ops.registry.dtype_refusal`
        graph._end(token, refused and made_variable, refused)
        raise
    graph._end(token, True)
