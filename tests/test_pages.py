"""What the pages say of v1's names is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import scopetrie as tf

DOCS = Path(__file__).resolve().parents[1] / "docs"

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the pages are in the checkout only")


def rows(state: str) -> Iterator[str]:
    """Names of `tf` on the left side of rows of the guide whose right side begins with a word."""
    for line in (DOCS / "migration.md").read_text("utf-8").splitlines():
        left, _, right = line.removeprefix("| ").partition(" | ")
        if right.startswith(state):
            yield from re.findall(r"`tf\.(\w+(?:\.\w+)*)", left)


def found(name: str) -> object:
    value: object = tf
    for part in name.split("."):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize("name", sorted(set(rows("the same"))))
def test_what_is_the_same_is_here(name: str) -> None:
    found(name)


@pytest.mark.parametrize("name", sorted({*rows("refused")} - {"Session"}))
def test_what_is_refused_says_what_to_use(name: str) -> None:
    with pytest.raises(AttributeError, match="scopetrie does not offer tf"):
        found(name)


def test_the_guide_has_rows() -> None:
    assert len(set(rows("the same"))) > 40
    assert len(set(rows("refused"))) > 4
