"""docs/gpu.md says what the tests count."""

from __future__ import annotations

import re
from pathlib import Path

from device_programs import WAITING, programs

PAGE = (Path(__file__).parents[2] / "docs" / "gpu.md").read_text(encoding="utf-8")


def test_what_waits() -> None:
    assert dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, flags=re.MULTILINE)) == WAITING


def test_the_number_of_programs() -> None:
    assert f"({len(list(programs())):,} of them)" in PAGE


def test_there_is_a_place_for_the_report() -> None:
    assert PAGE.count("<!-- gpu report: begin -->") == PAGE.count("<!-- gpu report: end -->") == 1
