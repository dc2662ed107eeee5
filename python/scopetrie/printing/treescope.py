"""A tree for the notebook library treescope: `__treescope_repr__`. Only treescope calls it."""

from __future__ import annotations

from typing import Any, Final

from .excerpt import Left, Shown, excerpt
from .outline import Outline
from .words import columns, header

__all__ = ["treescope_parts"]

_LINES: Final = 1000


def treescope_parts(outline: Outline, path: str | None) -> Any:
    """Returns treescope's rendering of a tree, which folds.

    Args:
        outline: The tree.
        path: Where it is in what treescope shows; it goes with the button that copies it.
    """
    from treescope import rendering_parts as parts

    def made(line: Shown | Left) -> Any:
        said = "  ".join(filter(None, columns(line)))
        if isinstance(line, Left) or not line.lines:
            return parts.build_one_line_tree_node(parts.text(said))
        return _foldable(parts, said, [made(each) for each in line.lines], None)

    shown = excerpt(outline.root, _LINES)
    return _foldable(parts, header(outline), [made(line) for line in shown.lines], path)


def _foldable(parts: Any, first: str, children: list[Any], path: str | None) -> Any:
    return parts.build_foldable_tree_node_from_children(
        parts.text(first + " {"), children, parts.text("}"), comma_separated=True, path=path
    )
