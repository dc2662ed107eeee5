"""A tree for the terminal library rich: `rich.print(x)`. Only rich calls it, so it is installed then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .excerpt import Left, Shown, excerpt
from .outline import Outline
from .words import columns, header

if TYPE_CHECKING:
    from rich.tree import Tree

__all__ = ["rich_tree"]

_LINES: Final = 36


def rich_tree(outline: Outline) -> Tree:
    """Returns a `rich.tree.Tree`. Names are not read as rich's markup."""
    from rich.text import Text
    from rich.tree import Tree

    def add(parent: Tree, line: Shown | Left) -> None:
        name, said, nbytes, notes = columns(line)
        label = Text(name, style="bold" if name.endswith("/") else "")
        for each, style in ((said, "cyan"), (nbytes, "green"), (notes, "yellow")):
            if each:
                label.append(f"  {each}", style=style)
        made = parent.add(label)
        if isinstance(line, Shown):
            for each_line in line.lines:
                add(made, each_line)

    tree = Tree(Text(header(outline)))
    for line in excerpt(outline.root, _LINES).lines:
        add(tree, line)
    return tree
