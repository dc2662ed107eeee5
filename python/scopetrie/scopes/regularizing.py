"""Regularizers of get_variable: run once for each new variable, their losses collected."""

from __future__ import annotations

from typing import Any

from .. import _core
from ..graph import Graph, GraphKeys


def add_regularization_loss(graph: Graph, name: str, variable: Any, regularizer: Any) -> None:
    """Runs a regularizer on a new variable and adds what it gives to GraphKeys.REGULARIZATION_LOSSES.

    v1 runs it once in the root name scope to see whether it gives anything, and again under
    "<name>/Regularizer/" at each conversion of the loss. Here it runs once, under that name; the names that
    v1's first run takes at the root are taken all the same, so that later operations are named as there.

    Args:
        graph: The graph.
        name: The variable's full name.
        variable: The variable.
        regularizer: A function of the variable that gives a tensor, or None for no loss.
    """
    before = graph.version
    prefix = f"{name}/Regularizer/"
    try:
        with graph.colocate_with(variable), _core.name_scope(prefix):
            loss = regularizer(variable)
    finally:
        # Other threads may have added operations meanwhile.
        made = (graph.operation(number).name for number in range(before, graph.version))
        relative = [name.removeprefix(prefix) for name in made if name.startswith(prefix)]
        with _core.name_scope(None):
            for first in dict.fromkeys(each.split("/")[0] for each in relative):
                graph.unique_name(first)
    if loss is not None:
        graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)


def no_regularizer(_: Any) -> None:
    """A regularizer that gives no loss: keeps a variable from the scope's regularizer."""
    return None
