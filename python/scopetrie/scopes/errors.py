"""get_variable's errors: v1's first line, then where the variable was created, or similar names."""

from __future__ import annotations

import linecache
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Final

from ..graph import Graph
from ..similar import similar

_PACKAGE = str(Path(__file__).parent.parent)
_TWICE: Final = "The same line ran twice. In a notebook, tf.reset_default_graph() starts with an empty graph."


def _site_text(site: tuple[str, int, str]) -> str:
    file, line, function = site
    code = linecache.getline(file, line).strip()
    return f'  File "{file}", line {line}, in {function}\n' + (f"    {code}\n" if code else "")


def _caller() -> str:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    if frame is None:
        return ""
    return _site_text((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))


def word_refusal(how: str, graph: Graph, name: str, found: Any) -> ValueError:
    """Returns the error of a refusal that the core gives where places or names nearby are to be said.

    Args:
        how: Which refusal it is.
        graph: The graph.
        name: The full name that was asked for.
        found: The variable in the way, or None.
    """
    if how == "does_not_exist":
        return does_not_exist(graph, name)
    if how == "no_partitioned":
        return partitioned_does_not_exist(graph, name)
    words = {
        "already_exists": already_exists,
        "already_partitioned": is_already_partitioned,
        "has_partitions": has_partitions,
        "not_partitioned": is_not_partitioned,
    }
    return words[how](name, found)


def already_exists(name: str, found: Any) -> ValueError:
    """Returns the error for creating a variable that exists, with both places.

    Args:
        name: The variable's full name.
        found: The variable.
    """
    return ValueError(
        f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or "
        f"reuse=tf.AUTO_REUSE in VarScope? {_both_places(found)}"
    )


def is_already_partitioned(name: str, part: Any) -> ValueError:
    """Returns the error for creating a partitioned variable that exists.

    Args:
        name: The variable's full name.
        part: Its first part.
    """
    return ValueError(
        f"Partitioned variable with name {name} already exists. Did you mean to set reuse=True or "
        f"reuse=tf.AUTO_REUSE in VarScope?\n{_both_places(part)}"
    )


def is_not_partitioned(name: str, found: Any) -> ValueError:
    """Returns the error for partitioning a variable that exists unpartitioned.

    Args:
        name: The variable's full name.
        found: The variable.
    """
    return ValueError(
        f"A partitioner was provided, but an unpartitioned version of the variable was found: {name}.  "
        "Perhaps a variable of the same name was already created without "
        f"partitioning?\n{_both_places(found)}"
    )


def has_partitions(name: str, part: Any) -> ValueError:
    """Returns the error for getting an unpartitioned variable that exists partitioned.

    Args:
        name: The variable's full name.
        part: Its first part.
    """
    return ValueError(
        f"No partitioner was provided, but a partitioned version of the variable was found: {name}/part_0. "
        f"Perhaps a variable of the same name was already created with partitioning?\n{_both_places(part)}"
    )


def _both_places(found: Any) -> str:
    made = "" if found._site is None else _site_text(found._site)
    again = _caller()
    text = f"Originally defined at:\n\n{made}\nMade again at:\n\n{again}"
    return f"{text}\n{_TWICE}" if again == made else text


def does_not_exist(graph: Graph, name: str) -> ValueError:
    """Returns the error for sharing a variable that does not exist, with similar names.

    Args:
        graph: The graph.
        name: The requested full name.
    """
    names = [key for key in (variable._key for variable in graph._variables()) if key is not None]
    return ValueError(
        f"Variable {name} does not exist, or was not created with tf.get_variable(). "
        f"Did you mean to set reuse=tf.AUTO_REUSE in VarScope?{_near(name, names)}"
    )


def partitioned_does_not_exist(graph: Graph, name: str) -> ValueError:
    """Returns the error for sharing a partitioned variable that does not exist, with similar names.

    Args:
        graph: The graph.
        name: The requested full name.
    """
    return ValueError(
        f"PartitionedVariable {name} does not exist, or was not created with tf.get_variable(). Did you mean "
        f"to set reuse=False or reuse=tf.AUTO_REUSE in VarScope?{_near(name, graph._partitioned.keys())}"
    )


def _near(name: str, names: list[str]) -> str:
    near = similar(name, names)
    return f"\nVariables of similar names: {', '.join(near)}." if near else ""
