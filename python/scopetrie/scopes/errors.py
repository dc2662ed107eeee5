"""What get_variable says when it refuses: v1's first line, then where the variable came from and what is near."""

from __future__ import annotations

import difflib
import linecache
import sys
from pathlib import Path
from typing import Any

from ..graph import Graph

_PACKAGE = str(Path(__file__).parent.parent)


def _site_text(site: tuple[str, int, str]) -> str:
    file, line, function = site
    code = linecache.getline(file, line).strip()
    return f'  File "{file}", line {line}, in {function}\n' + (f"    {code}\n" if code else "")


def _caller() -> str:
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        if frame.f_back is None:
            return ""
        frame = frame.f_back
    return _site_text((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))


def already_exists(name: str, found: Any) -> ValueError:
    """Returns the error for making a variable that exists, with both places.

    Args:
        name: The variable's full name.
        found: The variable.
    """
    made = "" if found._site is None else _site_text(found._site)
    return ValueError(
        f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or "
        f"reuse=tf.AUTO_REUSE in VarScope? Originally defined at:\n\n{made}\nMade again at:\n\n{_caller()}"
    )


def does_not_exist(graph: Graph, name: str) -> ValueError:
    """Returns the error for sharing a variable that does not exist, with the names nearest to it.

    Args:
        graph: The graph.
        name: The full name that was asked for.
    """
    names = [key for key in (variable._key for variable in graph._variables()) if key is not None]
    near = difflib.get_close_matches(name, names, n=3)
    hint = f"\nVariables of similar names: {', '.join(near)}." if near else ""
    return ValueError(
        f"Variable {name} does not exist, or was not created with tf.get_variable(). "
        f"Did you mean to set reuse=tf.AUTO_REUSE in VarScope?{hint}"
    )


def tuple_text(dims: tuple[int | None, ...] | None) -> str:
    """A shape as v1's sharing errors write it: `(1,)`, `(?, 3)`."""
    if dims is None:
        return "<unknown>"
    return "(" + ", ".join("?" if size is None else str(size) for size in dims) + ("," if len(dims) == 1 else "") + ")"
