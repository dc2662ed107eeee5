"""Each program of docs/cpp.md compiles and prints what stands below it."""

from __future__ import annotations

import re
from pathlib import Path

import cpp_programs
import pytest

PAGE = cpp_programs.ROOT / "docs" / "cpp.md"

SKIP = cpp_programs.reason_to_skip()
pytestmark = pytest.mark.skipif(SKIP is not None, reason=str(SKIP))


def blocks() -> list[tuple[str, str]]:
    """The fenced blocks of the page: their languages and texts."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_each_program_prints_what_stands_below_it(tmp_path: Path) -> None:
    programs = {}
    expected = {}
    found = blocks()
    for at, (language, text) in enumerate(found):
        if language != "cpp":
            continue
        assert "int main()" in text, "every program on the page is complete"
        following, output = found[at + 1]
        assert following == "text", "what a program prints stands below it"
        name = f"program{len(programs)}"
        programs[name], expected[name] = text, output
    assert len(programs) > 4
    made = cpp_programs.build(tmp_path, programs)
    assert {name: cpp_programs.run([str(file)]) for name, file in made.items()} == expected
