"""docs/architecture.md is true: the functions of its walks exist, and those in Python run in that order."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import scopetrie as tf

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
PACKAGE = str(Path(tf.__file__).parent)

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the page is in the checkout only")


class Row(NamedTuple):
    """One step of a walk."""

    function: str
    file: str


def walks() -> dict[str, list[Row]]:
    """The tables of the page, by the heading above them."""
    if not PAGE.is_file():
        return {}
    found: dict[str, list[Row]] = {}
    for section in PAGE.read_text("utf-8").split("\n## ")[1:]:
        rows = re.findall(r"^\|[^|]*\| `([^`|]+)` \| `([^`|]+)` \|$", section, re.MULTILINE)
        if rows:
            found[section.partition("\n")[0]] = [Row(*row) for row in rows]
    return found


WALKS = walks()


def is_defined(row: Row, text: str) -> bool:
    """Whether a file defines a function or class, as far as a search can tell."""
    *owner, name = row.function.split("::")
    if row.file.endswith(".py"):
        return re.search(rf"^\s*(def|class) {name}\b", text, re.MULTILINE) is not None
    if owner and row.file.endswith(".cpp"):
        return re.search(rf"^[^/\n]*\b{owner[0]}::{name}\(", text, re.MULTILINE) is not None
    if owner and re.search(rf"^(class|struct) {owner[0]}\b", text, re.MULTILINE) is None:
        return False
    return re.search(rf"^[^/\n]*(\b{name}\(|(class|struct) {name}\b)", text, re.MULTILINE) is not None


def python_calls(program: Callable[[], object]) -> list[Row]:
    """The calls of the package's Python functions that a program makes, in order."""
    calls = []

    def profile(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            calls.append(Row(frame.f_code.co_qualname, frame.f_code.co_filename))

    sys.setprofile(profile)
    try:
        program()
    finally:
        sys.setprofile(None)
    return calls


def is_call_of(call: Row, row: Row) -> bool:
    return call.file.endswith(row.file.removeprefix("python/scopetrie")) and (
        call.function.split(".")[-1] == row.function or call.function == f"{row.function}.__init__"
    )


def test_there_are_five_walks_and_one_more_for_a_miss() -> None:
    assert len(WALKS) == 5 and all(len(rows) > 5 for rows in WALKS.values())


@pytest.mark.parametrize("walk", WALKS)
def test_the_functions_exist(walk: str) -> None:
    missing = [row for row in WALKS[walk] if not is_defined(row, (ROOT / row.file).read_text("utf-8"))]
    assert missing == []


def test_functions_named_in_the_text_exist() -> None:
    named = re.findall(r"`(\w+)` in `([\w./]+)`", PAGE.read_text("utf-8"))
    assert named
    missing = [row for row in named if not is_defined(Row(*row), (ROOT / row[1]).read_text("utf-8"))]
    assert missing == []


def refused_and_by_a_creator() -> None:
    with (
        tf.Graph().as_default(),
        tf.variable_creator_scope(lambda creator, **arguments: creator(**arguments)),
    ):
        with pytest.raises(ValueError, match="does not exist"), tf.variable_scope("layer", reuse=True):
            tf.get_variable("w", [3])
        tf.get_variable("w", [3])


def three_runs() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2], name="x")
        w = tf.get_variable("w", initializer=1.0)
        session.run(w.initializer)
        y = x + w
        for _ in range(3):
            session.run({"y": y}, {x: [1.0, 2.0]})


@pytest.mark.parametrize(
    ("walk", "program"), [("get_variable: a miss", refused_and_by_a_creator), ("Session.run", three_runs)]
)
def test_python_functions_run_in_the_order_of_the_walk(walk: str, program: Callable[[], None]) -> None:
    calls = iter(python_calls(program))
    for row in WALKS[walk]:
        if row.file.endswith(".py"):
            assert any(is_call_of(call, row) for call in calls), f"{row} does not run after the rows above it"


@pytest.mark.parametrize("reuse", [False, True])
def test_no_python_runs_in_a_hit_a_creation_an_operator_or_a_scope(reuse: bool) -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2])
        with tf.variable_scope("layer"):
            tf.get_variable("v", [3])

        def program() -> None:
            with tf.variable_scope("layer", reuse=reuse):
                tf.get_variable("v" if reuse else "w", [3])
            x + x

        assert python_calls(program) == []
