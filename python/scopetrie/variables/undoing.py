"""What a variable's making leaves in the graph when it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ..graph import Graph

# A value, or a tensor, of a dtype that an operation does not take.
_REFUSED_DTYPE = re.compile(r"Expected \w+, but got |Value passed to parameter '")


@contextmanager
def undone_if_failed(graph: Graph) -> Iterator[None]:
    """Undoes everything that a failing block has added: operations, names, variables, collection entries.

    v1 undoes nothing, and names the next try `w_1`. That is kept for one error, since programs go on after it
    and what they build then is to have v1's names: an initializer or regularizer whose value or operation
    does not take the variable's dtype leaves what it leaves in v1.

    Args:
        graph: The graph.
    """
    token = graph._begin()
    try:
        yield
    except BaseException as error:
        graph._end(token, isinstance(error, TypeError) and _REFUSED_DTYPE.match(str(error)) is not None)
        raise
    graph._end(token, True)
