"""docs/gpu.md says what the tests count."""

from __future__ import annotations

import re
from pathlib import Path

import scopetrie as tf
from device_programs import WAITING, programs, types_of

PAGE = (Path(__file__).parents[2] / "docs" / "gpu.md").read_text(encoding="utf-8")


def test_what_waits() -> None:
    assert dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, flags=re.MULTILINE)) == WAITING


def test_the_number_of_programs() -> None:
    clean = 0
    for program in programs():
        with tf.Graph().as_default() as graph:
            program.build()
            clean += types_of(graph).isdisjoint(WAITING)
    assert f"({len(list(programs())):,} of them)" in PAGE
    assert f"The {clean:,} without" in PAGE


def test_there_is_a_place_for_the_report() -> None:
    assert PAGE.count("<!-- gpu report: begin -->") == PAGE.count("<!-- gpu report: end -->") == 1
