"""Regularizers of get_variable, called once for each new variable."""

from __future__ import annotations

from typing import Any

from .. import _core
from ..graph import Graph, GraphKeys


def add_regularization_loss(graph: Graph, name: str, variable: Any, regularizer: Any) -> None:
    """Calls a regularizer on a new variable and adds its loss to GraphKeys.REGULARIZATION_LOSSES.

    v1 calls it once in the root name scope as a trial, and again under "<name>/Regularizer/" at each
    conversion of the loss. Here it is called once, under that name. The names that v1's trial takes at the
    root are taken, too, so that later operations get v1's names.

    Args:
        graph: The graph.
        name: The variable's full name.
        variable: The variable.
        regularizer: A function of the variable that returns a tensor, or None for no loss.
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
        wished = _wished_names(graph, prefix, [*dict.fromkeys(each.split("/")[0] for each in relative)])
        with _core.name_scope(None):
            for name in wished:
                graph.unique_name(name)
    if loss is not None:
        graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)


def _wished_names(graph: Graph, prefix: str, names: list[str]) -> list[str]:
    """The names requested when these were made: "Const" for "Const_1" if "Const" was taken."""
    wished = []
    for at, name in enumerate(names):
        base, _, number = name.rpartition("_")
        if base and number.isdecimal():
            with _core.name_scope(prefix):
                taken = graph.unique_name(base, mark_as_used=False) != prefix + base
            if taken and base not in names[at:]:
                name = base
        wished.append(name)
    return wished


def no_regularizer(_: Any) -> None:
    """A regularizer without loss, to override the scope's regularizer."""
    return None
