"""What a variable's making leaves in the graph when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..graph import Graph


@contextmanager
def undone_if_failed(graph: Graph, made_variable: bool = False) -> Iterator[None]:
    """Undoes everything that a failing block has added: operations, names, variables, collection entries.

    v1 undoes nothing, and names the next try `w_1`. That is kept for one error, since programs go on after it
    and what they build then is to have v1's names: where an initializer's or a regularizer's value or
    operation does not take the variable's dtype, names stay taken, and a variable that was made before its
    regularizer failed stays.

    Args:
        graph: The graph.
        made_variable: Whether the block goes on after the variable is made.
    """
    token = graph._begin()
    try:
        yield
    except BaseException as error:
        refused = getattr(error, "refuses_dtype", False) is True  # see `scopetrie.ops.registry.dtype_refusal`
        graph._end(token, refused and made_variable, refused)
        raise
    graph._end(token, True)
