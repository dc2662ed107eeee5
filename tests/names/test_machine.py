"""Names: any sequence of calls gives what the rule gives, written out plainly."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from scopetrie import Names


class Model:
    """The rule in its plainest form: what was given out, which scopes were opened, and a search."""

    def __init__(self, separator: str, suffix: str, fold: bool) -> None:
        self.separator, self.suffix, self.fold = separator, suffix, fold
        self.listed: list[str] = []
        self.opened: set[str] = set()

    def key(self, name: str) -> str:
        return name.lower() if self.fold else name

    def beneath(self, path: str) -> list[str]:
        prefix = self.key(path) + self.separator if path else ""
        return [name for name in self.listed if self.key(name).startswith(prefix)]

    def taken(self, name: str) -> bool:
        key = self.key(name)
        inside = key + self.separator
        return (
            any(self.key(other) == key or self.key(other).startswith(inside) for other in self.listed)
            or key in self.opened
            or any(other.startswith(inside) for other in self.opened)
        )

    def peek(self, name: str) -> str:
        numbered = (name + self.suffix.format(number) for number in itertools.count(1))
        return next(each for each in itertools.chain([name], numbered) if not self.taken(each))


CONVENTIONS = [
    ("/", "_{}", None),
    (".", "${}", "lower"),
    ("::", " ({})", None),
    ("->", "#{}!", "lower"),
    ("ж", "_{}", None),
]
PARTS = st.sampled_from(["w", "W", "add", "é", "É", "", "w2"])

ASKED: dict[str, Any] = {"parts": st.lists(PARTS, min_size=1, max_size=2), "number": st.integers(0, 3)}


class NamesMachine(RuleBasedStateMachine):
    """Any sequence of calls gives what the model gives."""

    def __init__(self) -> None:
        super().__init__()
        self.names: Names | None = None
        self.scopes: list[tuple[str, Any]] = []
        self.spans: list[tuple[Any, list[str], set[str]]] = []

    @rule(convention=st.sampled_from(CONVENTIONS))
    @precondition(lambda self: self.names is None)
    def start(self, convention: tuple[str, str, Any]) -> None:
        separator, suffix, fold = convention
        self.names = Names(separator=separator, suffix=suffix, fold=fold)
        self.model = Model(separator, suffix, fold == "lower")

    def full(self, name: str) -> str:
        return self.scopes[-1][0] + self.model.separator + name if self.scopes else name

    def spelt(self, parts: list[str], number: int) -> str:
        name = self.model.separator.join(parts)
        return name + self.model.suffix.format(number) if number else name

    started = precondition(lambda self: self.names is not None)

    @started
    @rule(**ASKED)
    def unique(self, parts: list[str], number: int) -> None:
        name = self.spelt(parts, number)
        wanted = self.model.peek(self.full(name))
        assert self.names.peek(name) == wanted == self.names.unique_name(name)
        self.model.listed.append(wanted)

    @started
    @rule(names=st.lists(PARTS, max_size=5))
    def several(self, names: list[str]) -> None:
        wanted = []
        for name in names:
            wanted.append(self.model.peek(self.full(name)))
            self.model.listed.append(wanted[-1])
        assert self.names.unique_names(iter(names)) == wanted

    @started
    @rule(**ASKED)
    def reserve(self, parts: list[str], number: int) -> None:
        name = self.spelt(parts, number)
        if self.model.taken(self.full(name)):
            with pytest.raises(ValueError, match="is taken"):
                self.names.reserve(name)
        else:
            assert self.names.reserve(name) == self.full(name)
            self.model.listed.append(self.full(name))

    @started
    @rule(**ASKED)
    def take_over(self, parts: list[str], number: int) -> None:
        name = self.spelt(parts, number)
        self.names.update([name, name])
        if self.model.key(name) not in map(self.model.key, self.model.listed):
            self.model.listed.append(name)

    @started
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        candidates = [*self.model.listed, *sorted(self.model.opened), "free"]
        name = data.draw(st.sampled_from(candidates))
        key = self.model.key(name)
        listed = [each for each in self.model.listed if self.model.key(each) == key]
        if listed:
            self.model.listed.remove(listed[0])
        elif key in self.model.opened:
            self.model.opened.remove(key)
        else:
            with pytest.raises(ValueError, match=r"free|beneath"):
                self.names.release(name)
            return
        self.names.release(name)

    @started
    @rule(parts=st.lists(PARTS, min_size=1, max_size=2), reopen=st.booleans())
    def enter(self, parts: list[str], reopen: bool) -> None:
        name = self.model.separator.join(parts)
        block = self.names.scope(name, reopen)
        path = block.__enter__()
        wanted = self.full(name) if reopen else self.model.peek(self.full(name))
        assert path == wanted
        if not self.model.taken(wanted):
            self.model.opened.add(self.model.key(wanted))
        self.scopes.append((path, block))

    @started
    @precondition(lambda self: self.scopes)
    @rule()
    def leave(self) -> None:
        self.scopes.pop()[1].__exit__(None, None, None)

    @started
    @rule()
    def begin(self) -> None:
        transaction = self.names.transaction()
        transaction.__enter__()
        self.spans.append((transaction, list(self.model.listed), set(self.model.opened)))

    @started
    @precondition(lambda self: self.spans)
    @rule(keep=st.booleans())
    def end(self, keep: bool) -> None:
        transaction, listed, opened = self.spans.pop()
        if keep:
            transaction.__exit__(None, None, None)
        else:
            transaction.rollback()
            self.model.listed, self.model.opened = listed, opened

    @started
    @rule(**ASKED)
    def look(self, parts: list[str], number: int) -> None:
        name = self.spelt(parts, number)
        assert (name in self.names) == self.model.taken(name)
        assert list(self.names.under(name)) == self.model.beneath(name)

    @invariant()
    def same(self) -> None:
        if self.names is None:
            return
        assert list(self.names) == self.model.listed
        assert len(self.names) == len(self.model.listed)
        fork = self.names.fork()
        assert list(fork) == self.model.listed and all(name in fork for name in self.model.opened)


TestNamesMachine = NamesMachine.TestCase
TestNamesMachine.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
