"""The members by which Python, notebooks, rich and treescope ask for an object's tree."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from .html import html
from .outline import Outline
from .rich import rich_tree
from .text import text
from .treescope import treescope_parts

__all__ = ["printed"]


class _Outlined(Protocol):
    def _outline(self) -> Outline: ...


def _str(self: _Outlined) -> str:
    """Returns the tree as text, in fewer than 40 lines."""
    return text(self._outline())


def _html(self: _Outlined) -> str:
    """Returns the tree as HTML."""
    return html(self._outline())


def _rich(self: _Outlined) -> Any:
    """Returns the tree as a `rich.tree.Tree`."""
    return rich_tree(self._outline())


def _treescope(self: _Outlined, path: str | None, subtree_renderer: Any) -> Any:
    """Returns the tree as treescope renders it."""
    return treescope_parts(self._outline(), path)


T = TypeVar("T")


def printed(outlined: type[T]) -> type[T]:
    """Class decorator: adds the forms of output to a class that has a method `_outline`.

    >>> from scopetrie.printing import Outline, facts_of, grow
    >>> @printed
    ... class Weights:
    ...     def _outline(self):
    ...         return Outline("Weights", (), grow([("w", facts_of("int8", 1, [3]))]))
    >>> print(Weights())
    Weights: 1 variable, 3 elements, 3 B
      w  int8[3]  3 B
    """
    added: Any = outlined
    added.__str__ = _str
    added._repr_html_ = _html
    added.__rich__ = _rich
    added.__treescope_repr__ = _treescope
    return outlined
