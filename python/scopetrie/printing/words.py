"""How names, shapes and amounts are written in a tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .excerpt import Left, Shown
from .outline import Facts, Node, Outline

__all__ = ["amount", "bytes_text", "columns", "header", "name_text", "plural", "type_text"]

_LONGEST_NAME: Final = 60
_LONGEST_SHAPE: Final = 40


def plural(number: int, one: str) -> str:
    """Returns a number and what it counts.

    >>> plural(1, "variable"), plural(1200, "variable")
    ('1 variable', '1,200 variables')
    """
    return f"{_number(number)} {one}" + ("" if number == 1 else "s")


def _number(number: int) -> str:
    """A number in digits; the power of two below it if they are many, which Python may refuse to write."""
    return f"{number:,}" if number < 1 << 70 else f"over 2^{number.bit_length() - 1}"


def bytes_text(nbytes: int) -> str:
    """Returns a number of bytes in the unit that suits it.

    >>> bytes_text(0), bytes_text(1023), bytes_text(1536), bytes_text(1 << 20), bytes_text(3 << 70)
    ('0 B', '1023 B', '1.5 KiB', '1.0 MiB', 'over 2^71 B')
    """
    if nbytes < 1024 or nbytes >= 1 << 70:
        return f"{_number(nbytes).replace(',', '')} B"
    size, unit = nbytes, -1
    while size >= 1024 and unit < 5:
        size, unit = size >> 10, unit + 1
    tenths = (nbytes * 10) >> (10 * (unit + 1))  # rounded down; a float has no room for some
    return f"{tenths // 10:,}.{tenths % 10} {'KMGTPE'[unit]}iB"


def name_text(name: str, longest: int = _LONGEST_NAME) -> str:
    r"""Returns a name in one line of printable characters, without its middle if it is long.

    >>> name_text("layer_1/w"), name_text("a\nb"), len(name_text("a" * 1000))
    ('layer_1/w', 'a\\nb', 60)
    """
    if len(name) > longest:
        head = longest // 2 - 2
        name = f"{name[:head]}...{name[head + 3 - longest :]}"
    if name.isprintable():
        return name
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in name)


def shape_text(shape: Sequence[int | None] | None) -> str:
    """Returns a shape in brackets; `?` is a size that is not known, and `...` a shape of which nothing is.

    >>> shape_text([2, None]), shape_text(None), shape_text(())
    ('[2, ?]', '[...]', '[]')
    """
    if shape is None:
        return "[...]"
    text = ", ".join("?" if size is None else str(size) for size in shape[:_LONGEST_SHAPE])
    if len(text) > _LONGEST_SHAPE:
        text = text[: _LONGEST_SHAPE - 3].rstrip(" ,") + "..."
    return f"[{text}]"


def type_text(facts: Facts) -> str:
    """Returns a variable's dtype and shape, e.g. "float32[4, 4]"."""
    return name_text(facts.dtype) + shape_text(facts.shape)


def amount(node: Node) -> str:
    """Returns the bytes of what is beneath a node; at least so many if some are not known."""
    return (">= " if node.unknown else "") + bytes_text(node.nbytes)


def header(outline: Outline) -> str:
    """Returns the first line: the title and the totals."""
    root = outline.root
    totals = [plural(root.count, "variable"), plural(root.elements, "element"), amount(root)]
    return f"{outline.title}: {', '.join([*outline.facts, *totals])}"


def columns(line: Shown | Left) -> tuple[str, str, str, str]:
    """Returns what a line says: name, dtype and shape or number of variables, bytes, notes."""
    if isinstance(line, Left):
        beneath = "" if line.variables == line.siblings else f", {plural(line.variables, 'variable')}"
        return "...", f"{line.siblings:,} more{beneath}", "", ""
    node, name = line.node, name_text(line.name)
    beneath = plural(node.count, "variable") + (" ..." if line.is_cut else "")
    if node.variable is None:
        return name + "/", beneath, amount(node), ""
    facts = node.variable
    notes = [facts.notes] if facts.notes else []
    if node.children:
        notes.append(f"beneath it {beneath}, {amount(node)}")
    return name, type_text(facts), "" if facts.nbytes is None else bytes_text(facts.nbytes), ", ".join(notes)
