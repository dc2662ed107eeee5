"""The pages reference/python/*.md of the site: every public name, from the package itself.

Names come from `scopetrie.exports`, signatures and docstrings from what they name.
mkdocs-gen-files runs this.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

import mkdocs_gen_files
from griffe import Docstring, DocstringSectionKind
from scopetrie.exports import EXPORTS
from scopetrie.namespaces import places
from scopetrie.public import NAMESPACES

# The top level is many names: a page for each subject. The first line whose beginning fits a module decides.
SUBJECTS = {
    "Scopes and variables": ("scopes", "variables", "partitioners", "initializers"),
    "Store, Names, transform": ("store", "names", "parameters", "partitioned"),
    "Graphs": ("graph", "dimension", "shapes", "dtypes", "errors", "summary", "saved_graphs", "describe"),
    "Sessions": ("execution", "backends", "client", "compat", "v1.behavior", "v1.logging"),
    "Gradients": ("derivatives", "train"),
    "Ops: arrays": ("ops.array", "ops.constant", "ops.placeholder"),
    "Ops: mathematics": ("ops.elementwise", "ops.math", "ops.linalg"),
    "Ops: control flow and state": ("ops.control", "ops.state", "ops.checks"),
    "Ops: random numbers": ("ops.random", "random"),
    "Ops: text, images, sparse tensors": ("ops.strings", "ops.image", "ops.sparse", "ops.parsing"),
    "Other": ("",),
}
SECTIONS = {
    DocstringSectionKind.parameters: "Arguments",
    DocstringSectionKind.returns: "Returns",
    DocstringSectionKind.yields: "Yields",
    DocstringSectionKind.raises: "Raises",
    DocstringSectionKind.attributes: "Attributes",
}


class Name(NamedTuple):
    """A public name, and where what it names is defined."""

    space: str
    name: str
    module: str
    symbol: str

    @property
    def full(self) -> str:
        """The name as programs write it."""
        return ".".join(filter(None, ("tf", self.space, self.name)))

    @property
    def page(self) -> str:
        """The title of the page on which it is."""
        if self.space:
            return f"tf.{self.space}"
        return next(
            title for title, starts in SUBJECTS.items() if f"{self.module}.".startswith(tuple(dotted(starts)))
        )

    @property
    def value(self) -> Any:
        """What it names."""
        module = import_module(f"scopetrie.{self.module}")
        return getattr(module, self.symbol)


def dotted(starts: tuple[str, ...]) -> Iterator[str]:
    """Beginnings of modules' names: "ops.math." fits "ops.math.arg." and not "ops.mathematics."."""
    for start in starts:
        yield f"{start}." if start else ""


def file_of(title: str) -> str:
    """The file of a page."""
    return re.sub(r"[^a-z0-9]+", "_", title.removeprefix("tf.").lower()).strip("_") + ".md"


def all_names() -> list[Name]:
    """Every public name but those of modules."""
    return [
        Name(space, name, module, symbol)
        for space in sorted(EXPORTS)
        for name, (module, symbol) in sorted(places(space).items())
        if symbol
    ]


def prose(text: str) -> str:
    """A docstring's text as Markdown: examples are fenced, and what looks like a tag is none."""
    lines: list[str] = []
    fenced = False
    for line in text.splitlines():
        if line.lstrip().startswith(">>>") and not fenced:
            lines += ["", "```pycon"]
            fenced = True
        elif not line.strip() and fenced:
            lines.append("```")
            fenced = False
        lines.append(line if fenced else escaped(line))
    return "\n".join([*lines, "```"] if fenced else lines)


def escaped(line: str) -> str:
    """A line outside of examples; what is in backquotes stays."""
    parts = line.split("`")
    parts[::2] = [part.replace("<", "&lt;").replace("*", r"\*").replace("_", r"\_") for part in parts[::2]]
    return "`".join(parts)


def description(value: Any) -> str:
    """A docstring as Markdown, with lists of arguments, results and errors."""
    text = inspect.getdoc(value) or ""
    if not text or (not inspect.isclass(value) and text == inspect.getdoc(type(value))):
        return f"A value: `{value!r}`." if not callable(value) else ""
    made = []
    for section in Docstring(text).parse("google", warnings=False):
        if section.kind is DocstringSectionKind.text:
            made.append(prose(section.value))
        elif section.kind in SECTIONS:
            made.append(f"**{SECTIONS[section.kind]}**\n\n" + "\n".join(map(item, section.value)))
        elif section.kind is DocstringSectionKind.examples:
            made += [prose(example) for _, example in section.value]
        elif section.kind is DocstringSectionKind.admonition:
            made.append(f"**{section.title}**\n\n" + prose(section.value.description))
    return "\n\n".join(made)


def item(each: Any) -> str:
    """One argument, result or error."""
    name = getattr(each, "name", "") or (each.annotation if hasattr(each, "annotation") else "")
    text = prose(each.description).replace("\n", "\n    ")
    return f"- `{name}`: {text}" if name else f"- {text}"


def signature(name: str, value: Any) -> str:
    """The call, as a block of code; "" where there is none to see."""
    if not callable(value):
        return ""
    try:
        shown = inspect.signature(value)
    except (TypeError, ValueError):
        return ""
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in shown.parameters.values()]
    text = str(shown.replace(parameters=plain, return_annotation=inspect.Signature.empty))
    call = name + re.sub(r" at 0x[0-9a-f]+", "", text)
    lines = textwrap.wrap(call, 78, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return "```python\n" + "\n".join(lines) + "\n```\n"


def members(value: type, public: set[type]) -> Iterator[tuple[str, Any]]:
    """The public members that a class does not have of another public class."""
    theirs = {name for base in value.__mro__[1:] if base in public for name in vars(base)}
    ours = [base for base in value.__mro__ if base not in public or base is value]
    seen = set()
    for base in ours:
        if not str(base.__module__).startswith("scopetrie"):
            continue
        for name, member in vars(base).items():
            text = inspect.getdoc(member)
            if name.startswith("_") or name in seen or name in theirs or not text:
                continue
            if text.startswith("Alias for field number"):  # a named tuple's: the class says what it is
                continue
            seen.add(name)
            yield name, member


def entry(name: Name, others: list[Name], public: dict[type, Name]) -> str:
    """What a page says of a name."""
    value = name.value
    lines = [f"## `{name.full}` {{ #{name.full} }}", ""]
    if others:
        lines += ["Also " + ", ".join(f"`{each.full}`" for each in others) + ".", ""]
    lines += [signature(name.full, value), description(value), ""]
    if isinstance(value, type):
        bases = [public[base] for base in value.__mro__[1:] if base in public]
        if bases:
            links = ", ".join(f"[`{each.full}`]({file_of(each.page)}#{each.full})" for each in bases)
            lines += [f"It has the members of {links}, too.", ""]
        for each, member in sorted(members(value, set(public)), key=lambda pair: pair[0]):
            lines += [f"### `{name.name}.{each}` {{ #{name.full}.{each} }}", ""]
            function = getattr(member, "__func__", member)
            lines += [signature(each, function) if callable(function) else "", description(function), ""]
    return "\n".join(lines)


def main() -> None:
    """Writes the pages, their index and their menu."""
    by_place: dict[tuple[str, str], list[Name]] = defaultdict(list)
    for each in all_names():
        by_place[each.module, each.symbol].append(each)
    homes = {
        place: min(found, key=lambda each: (each.space.count(".") + bool(each.space), each.full))
        for place, found in by_place.items()
    }
    public = {home.value: home for home in homes.values() if isinstance(home.value, type)}
    pages: dict[str, list[Name]] = defaultdict(list)
    for home in homes.values():
        pages[home.page].append(home)
    rows = []
    for title, names in sorted(pages.items()):
        with mkdocs_gen_files.open(f"reference/python/{file_of(title)}", "w") as page:
            print(f"# {title}\n", file=page)
            space = title.removeprefix("tf.")
            if space in NAMESPACES and (text := import_module(f"scopetrie.{NAMESPACES[space]}").__doc__):
                print(prose(text), file=page)
            for each in sorted(names):
                others = [other for other in by_place[each.module, each.symbol] if other is not each]
                print(entry(each, others, public), file=page)
    for found in by_place.values():
        home = homes[found[0].module, found[0].symbol]
        summary = (inspect.getdoc(home.value) or "").partition("\n")[0] if callable(home.value) else ""
        cell = escaped(summary).replace("|", "&#124;")
        rows += [f"| [`{each.full}`]({file_of(home.page)}#{home.full}) | {cell} |" for each in found]
    with mkdocs_gen_files.open("reference/python/index.md", "w") as page:
        print("# All names of Python\n", file=page)
        print(
            "`tf` is scopetrie: `import scopetrie as tf`. Links lead to arguments, results, errors", file=page
        )
        print("and examples, which the tests run.\n\n| name | |\n|---|---|", file=page)
        print("\n".join(sorted(rows, key=str.lower)), file=page)
    with mkdocs_gen_files.open("reference/python/SUMMARY.md", "w") as page:
        print("- [All names](index.md)", file=page)
        for title in [*(each for each in SUBJECTS if each in pages), *sorted(pages.keys() - SUBJECTS.keys())]:
            print(f"- [{title}]({file_of(title)})", file=page)


main()
