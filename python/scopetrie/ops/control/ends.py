"""The nodes that v1's control flow begins and ends in: each hands on a value.

They have v1's types, so that a graph reads as v1's does: what enters a loop is an Enter, what it gives is an
Exit, what a branch gives a Merge, and what comes of an array of rows is gathered.
"""

from __future__ import annotations

from typing import Any

from ..._core import get_default_graph
from ..declare import tensor
from ..registry import define_op


def _passed_on(xp: Any) -> Any:
    return lambda x: x


enter = define_op("Enter", tensor("data"), rule="same", kernel=_passed_on)
exit_ = define_op("Exit", tensor("data"), rule="same", kernel=_passed_on)
merge = define_op("Merge", tensor("inputs"), rule="same", kernel=_passed_on)
gathered = define_op("TensorArrayGatherV3", tensor("handle"), rule="same", kernel=_passed_on)


def take_names(*names: str) -> None:
    """Takes names of nodes that v1 has and that are not needed here, so that those which follow have v1's."""
    graph = get_default_graph()
    for name in names:
        graph.unique_name(name)


def exit_name(at: int) -> str:
    """The name of the end of a loop's variable, by its place."""
    return f"Exit_{at}" if at else "Exit"
