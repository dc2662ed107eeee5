"""What get_variable's errors say beside the core's words: where the variable was made, or similar names."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any, Final, Literal

from ..graph import Graph
from ..similar import similar

_PACKAGE = str(Path(__file__).parent.parent)
_ORIGINALLY: Final = "Originally defined at:"
_SHARE_OR_RENAME: Final = "Ask for what it has, or give the new variable another name or scope."
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


def word_refusal(
    text: str, graph: Graph, name: str, found: Any, kind: Literal["", "differs", "missing", "missing whole"]
) -> ValueError:
    """Returns the error of get_variable where the core refuses.

    Args:
        text: The core's words, which begin with v1's, without the place where `found` was made.
        graph: The graph.
        name: The full name that was asked for.
        found: The variable in the way (its first part where it is partitioned), or None.
        kind: What is wrong: the variable is there and differs from what is asked for, no variable has the
            name, or no variable in parts has it; or something else.
    """
    if found is not None:
        return ValueError(_with_places(text, found, kind == "differs"))
    if kind == "missing whole":
        return ValueError(text + _near(name, graph._partitioned.keys()))
    if kind == "missing":
        keys = (variable._key for variable in graph._variables())
        return ValueError(text + _near(name, [key for key in keys if key is not None]))
    return ValueError(text)


def _with_places(text: str, found: Any, differs: bool) -> str:
    made = "" if found._site is None else _site_text(found._site)
    again = _caller()
    if differs:
        return f"{text}\n{_SHARE_OR_RENAME}\n{_ORIGINALLY}\n\n{made}\nAsked for at:\n\n{again}"
    text = text if text.endswith(" ") else f"{text}\n"
    text = f"{text}{_ORIGINALLY}\n\n{made}\nMade again at:\n\n{again}"
    return f"{text}\n{_TWICE}" if again == made else text


def _near(name: str, names: Iterable[str]) -> str:
    near = similar(name, names)
    return f"\nVariables of similar names: {', '.join(near)}." if near else ""
