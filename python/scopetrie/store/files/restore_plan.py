"""What restoring a store from a file or from another store would do, and the doing of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, final

import numpy as np

from ... import _core
from ...printing import Facts, aligned, bytes_text, facts_of, name_text, plural, type_text
from ..globs import Glob, glob
from ..outline import variable_facts
from .parts import fit_parts
from .progress import progress
from .stored_file import StoredFile

__all__ = ["Rename", "RestorePlan", "plan_restore"]

# Patterns of paths in the source, and what these are in the store; or a function of a path. None leaves out.
Rename: TypeAlias = Mapping[str, str | None] | Callable[[str], str | None]

_MOST_NAMED: Final = 20  # paths in an error
_MOST_LINES: Final = 8  # lines of one kind in a table


class Source(Protocol):
    """What the elements come from."""

    def array(self, variable: Any) -> np.ndarray[Any, Any]:
        """Returns the elements of a variable of the source."""


class Offered(NamedTuple):
    """A path of the source: its variable there, what is said of that, and what has the elements."""

    path: str
    variable: Any
    facts: Facts
    source: Source

    def elements(self) -> np.ndarray[Any, Any]:
        """Returns the elements."""
        return self.source.array(self.variable)


@final
class RestorePlan:
    """What `Store.plan_restore` gives: what a restore would do. Nothing is changed before `apply`.

    `print(plan)` shows it as a table.

    Attributes:
        source: The path of the file, or "another store".
        strict: Whether `apply` refuses to leave out anything.
        restored: The paths of the variables that would get their values from the source.
        missing: The paths of the variables that the source does not have; they keep their values.
        unexpected: The paths, after `rename`, that the source has and the store does not.
        mismatched: The paths of variables of another dtype or shape than in the source, or that are frozen,
            with what is wrong. `apply` refuses if there are any.
        sources: The path in the source of each variable that would be restored.
    """

    __slots__ = (
        "_facts", "_origins", "_pairs", "_unused", "mismatched", "missing", "restored", "source", "sources",
        "strict", "unexpected",
    )  # fmt: skip

    def __init__(
        self, store: Any, source: str, strict: bool, offered: Mapping[str, Offered], unused: list[str]
    ) -> None:
        self.source = source
        self.strict = strict
        self.missing: list[str] = []
        self.mismatched: dict[str, str] = {}
        self.sources: dict[str, str] = {}
        self._unused = unused  # patterns of `rename` that nothing matches
        self._pairs: list[tuple[Any, Offered]] = []
        variables = _variables(store)
        self._facts: dict[str, Facts] = {
            names[0]: variable_facts(variable) for variable, names in variables.items()
        }
        offered = fit_parts(self._facts, offered, _offered, store._axis_of)
        used = set()
        for variable, names in variables.items():
            path = names[0]
            facts = self._facts[path]
            there = [name for name in names if name in offered]
            if not there:
                self.missing.append(path)
                continue
            found = offered[there[0]]
            if len(there) == 1:
                used.add(there[0])
            else:
                used.update(name for name in there if offered[name].variable is found.variable)
            if wrong := _mismatch(path, variable, facts, found.facts):
                self.mismatched[path] = wrong
            else:
                self.sources[path] = found.path
                self._pairs.append((variable, found))
        self.restored = list(self.sources)
        self.unexpected: list[str] = [path for path in offered if path not in used]
        self._facts |= {path: offered[path].facts for path in self.unexpected}
        self._origins = {path: offered[path].path for path in self.unexpected}

    def apply(self) -> None:
        """Gives the variables their values: all of them, or none if it fails.

        Raises:
            ValueError: If a variable has another dtype or shape than in the source, or is frozen; with
                `strict`, if anything is missing or unexpected; or if the file is damaged.
            RuntimeError: If a variable has been deleted since the plan was made.
            ImportError: If a dtype needs the package ml_dtypes.
        """
        self._apply("RestorePlan.apply()")

    def _apply(self, call: str) -> None:
        if problems := self._problems():
            raise ValueError(f"{call}: nothing was restored from {self.source!r}: {'; '.join(problems)}")
        _assign_all(call, self._pairs)

    def _problems(self) -> list[str]:
        problems = []
        if self.mismatched:
            problems.append(_named(self.mismatched.values()))
        if self.strict and self.missing:
            problems.append(f"it does not have {_named(self.missing)}")
        if self.strict and self.unexpected:
            problems.append(f"the store does not have {_named(self.unexpected)}")
        if self.strict and problems:
            if self._unused:
                problems.append(f"nothing is called {_named(map(repr, self._unused))}, as rename= says")
            if self.missing or self.unexpected:
                problems.append("strict=False leaves out what one of them does not have")
        return problems

    def __repr__(self) -> str:
        counts = [f"{len(getattr(self, kind)):,} {kind}" for kind in ("restored", "missing", "unexpected")]
        if self.mismatched:
            counts.append(f"{len(self.mismatched):,} mismatched")
        return f"<RestorePlan: {', '.join(counts)}>"

    def __str__(self) -> str:
        total = sum(self._facts[path].nbytes or 0 for path in self.restored)
        first = (
            f"{plural(len(self.restored), 'variable')}, {bytes_text(total)}, from {name_text(self.source)}"
        )
        rows = list(self._rows(self.restored))
        for title, paths in (
            ("missing: not in the source", self.missing),
            ("unexpected: not in the store", self.unexpected),
            ("mismatched", list(self.mismatched)),
        ):
            if paths:
                rows += [(f"{len(paths):,} {title}", "", "", ""), *self._rows(paths)]
        return "\n".join([first, *aligned(rows)])

    def _rows(self, paths: list[str]) -> Iterator[tuple[str, str, str, str]]:
        for path in islice(paths, _MOST_LINES):
            facts = self._facts[path]
            origin = self.sources.get(path) or self._origins.get(path, path)
            note = self.mismatched.get(path, "" if origin == path else f"from {name_text(origin)}")
            yield f"  {name_text(path)}", type_text(facts), bytes_text(facts.nbytes or 0), note
        if len(paths) > _MOST_LINES:
            yield f"  ... {len(paths) - _MOST_LINES:,} more", "", "", ""


def plan_restore(call: str, store: Any, source: Any, strict: bool, rename: Rename | None) -> RestorePlan:
    """Returns what a restore would do.

    Args:
        call: The public function, for errors.
        store: The store to be restored.
        source: The path of a file, or a store.
        strict: Whether `apply` refuses to leave out anything.
        rename: Patterns of paths in the source, and what these are in the store; or a function of a path.

    Raises:
        TypeError: If the source is neither a path nor a store, or a pattern no str.
        ValueError: If the file is damaged; if a pattern is wrong; if two variables get one path.
        OSError: If the file cannot be read.
        ImportError: If a package is missing that reads such files.
    """
    if isinstance(source, _core.Store):
        text, entries = "another store", _of_store(source, is_own=source is store)
    elif isinstance(source, str | bytes | os.PathLike):
        text = os.fsdecode(source)
        entries = _of_file(call, text)
    else:
        raise TypeError(f"{call}: a path or a Store is needed, not {type(source).__name__}")
    if rename is None:
        return RestorePlan(store, text, bool(strict), {entry.path: entry for entry in entries}, [])
    return RestorePlan(store, text, bool(strict), *_renamed(call, text, entries, rename))


def _renamed(
    call: str, source: str, entries: Iterable[Offered], rename: Rename
) -> tuple[dict[str, Offered], list[str]]:
    """What the source offers, by the paths in the store; and the patterns that nothing matches."""
    named = rename if callable(rename) else None
    rules = [] if callable(rename) else [_rule(call, *each) for each in dict(rename).items()]
    offered: dict[str, Offered] = {}
    used = set()
    for entry in entries:
        path: str | None = entry.path if named is None else _named_by(call, named, entry.path)
        for number, (pattern, target) in enumerate(rules):
            captured = pattern.match(entry.path)
            if captured is not None:
                used.add(number)
                path = None if target is None else target.fill(captured)
                break
        if path is None:
            continue
        if path in offered:
            both = f"{offered[path].path!r} and {entry.path!r}"
            raise ValueError(f"{call}: rename= makes {path!r} of both {both} of {source!r}")
        offered[path] = entry
    return offered, [pattern.pattern for number, (pattern, _) in enumerate(rules) if number not in used]


def _named_by(call: str, rename: Callable[[str], str | None], path: str) -> str | None:
    """What a function makes of a path."""
    found = rename(path)
    if found is not None and not isinstance(found, str):
        raise TypeError(f"{call}: rename({path!r}) gave {type(found).__name__}: a path is a str, or None")
    return found


def _offered(path: str, facts: Facts, elements: Callable[[], np.ndarray[Any, Any]]) -> Offered:
    """Something that is made of other things in the source."""
    return Offered(path, elements, facts, _MADE)


def _rule(call: str, pattern: Any, target: Any) -> tuple[Glob, Glob | None]:
    for each in (pattern, target):
        if not isinstance(each, str) and (each is not None or each is pattern):
            raise TypeError(
                f"{call}: rename={{{pattern!r}: {target!r}}}: patterns are str, or None to leave out"
            )
    if target is None:
        return glob(pattern), None
    read, made = glob(pattern), glob(target)
    if made.wildcards > read.wildcards:
        raise ValueError(
            f"{call}: rename={{{pattern!r}: {target!r}}}: there are more wildcards in the second"
        )
    return read, made


def _of_file(call: str, name: str) -> Iterator[Offered]:
    from .reading import read_stored  # imported late: most programs read no file

    file = read_stored(call, name)
    made: dict[str, Offered] = {}
    new = tuple.__new__
    known: dict[Any, Facts] = {}  # many variables have the same
    for path, variable in file.variables.items():
        kind = variable.dtype_name, variable.shape
        facts = known.get(kind)
        if facts is None:
            itemsize = 0 if variable.dtype is None else variable.dtype.itemsize
            facts = known[kind] = facts_of(variable.dtype_name, itemsize, variable.shape)
        # The class itself takes twice as long.
        made[path] = new(Offered, (path, variable, facts, file))
    yield from made.values()
    for alias, path in file.aliases.items():
        yield made[path]._replace(path=alias)


def _of_store(store: Any, is_own: bool) -> Iterator[Offered]:
    source = _OfStore(is_own)
    for path, variable in store._items():
        yield Offered(path, variable, variable_facts(variable), source)


class _OfStore(NamedTuple):
    """A store as a source; that which is restored gives copies, since it changes meanwhile."""

    is_copied: bool

    def array(self, variable: Any) -> np.ndarray[Any, Any]:
        return np.array(variable.array, copy=self.is_copied or None)


class _Made:
    """The source of what is made of other things in it: each by a function."""

    def array(self, variable: Callable[[], np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
        return variable()


_MADE: Final = _Made()


def _variables(store: Any) -> dict[Any, list[str]]:
    """The variables of a store with their paths: the own one first, then aliases."""
    names: dict[Any, list[str]] = {}
    for path, variable in store._items():
        own = names.setdefault(variable, [variable.path])
        if path != own[0]:
            own.append(path)
    return names


def _mismatch(path: str, variable: Any, wanted: Facts, found: Facts) -> str:
    if wanted.dtype != found.dtype or tuple(wanted.shape or ()) != tuple(found.shape or ()):
        return f"{path} is {type_text(wanted)}, and {type_text(found)} in the source"
    if variable._frozen:
        return f"{path} is frozen, and freeze(False) lets it be changed"
    return ""


def _named(paths: Iterable[str]) -> str:
    names = [name_text(each, 200) for each in paths]
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _assign_all(call: str, pairs: list[tuple[Any, Offered]]) -> None:
    """Gives variables their elements: all or none."""
    ready: list[tuple[Any, np.ndarray[Any, Any]]] = []
    plain: list[tuple[Any, np.ndarray[Any, Any]]] = []  # what a file is read into: the one of the plan
    file: StoredFile | None = None
    made = []
    total = sum(found.facts.nbytes or 0 for _, found in pairs)
    try:
        # What needs memory, or may be refused, comes first.
        for variable, found in pairs:
            source = found.source
            if not variable.ready:
                made.append(variable.assign(found.elements()))
            elif (
                isinstance(source, StoredFile) and source.is_plain(found.variable) and not variable._on_device
            ):
                file = source
                plain.append((found.variable, variable._elements))
            else:
                elements = found.elements()
                variable._elements  # noqa: B018  # no longer shared with a fork
                ready.append((variable, elements))
    except BaseException:
        for variable in made:
            variable._unmake()
        raise
    with progress("restoring", total) as done:
        done(sum(variable.nbytes for variable in made))
        if file is not None:
            file.read_into(call, plain, done)
        for variable, elements in ready:
            variable.assign(elements)
            done(elements.nbytes)
