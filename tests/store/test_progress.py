"""The bar of long restores: in terminals only, and where tqdm is installed."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any, ClassVar, Self

import numpy as np
import pytest
import scopetrie as st
from scopetrie.store.files import progress as bars


class Bar:
    """Stands for tqdm's."""

    made: ClassVar[list[Bar]] = []

    def __init__(self, total: int, desc: str, **options: Any) -> None:
        self.total, self.desc, self.done = total, desc, 0
        Bar.made.append(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.left = True

    def update(self, count: int) -> None:
        self.done += count


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("long", [True, False])
@pytest.mark.parametrize("installed", [True, False])
def test_when_there_is_a_bar(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, long: bool, installed: bool
) -> None:
    Bar.made.clear()
    monkeypatch.setitem(sys.modules, "tqdm", SimpleNamespace(tqdm=Bar) if installed else None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr(bars, "_LONG", 40 if long else 41)
    saved, store = st.Store(seed=1), st.Store(seed=2)
    for each in (saved, store):
        each.get_many(["a", "b"], [(4,), (6,)])
    store["a"].array[...] = 0  # has its memory already; the other is made
    store.restore(saved)
    assert all(np.array_equal(store[name].array, saved[name].array) for name in ("a", "b"))
    wanted = [(40, "restoring", 40, True)] if terminal and long and installed else []
    assert [(bar.total, bar.desc, bar.done, bar.left) for bar in Bar.made] == wanted
