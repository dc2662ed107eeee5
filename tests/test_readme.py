"""The README's programs do what it says; its C++ is what tests/consumer compiles."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[1] / "README.md"

pytestmark = pytest.mark.skipif(not README.is_file(), reason="the README is in the checkout only")


def programs() -> list[str]:
    found = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return [each for each in found if not each.startswith(">>>")]  # those are tests/test_doctests.py's


def printed(program: str, folder: Path) -> str:
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("start", ["import numpy", "import scopetrie"])
def test_programs_print_what_their_last_lines_say(start: str, tmp_path: Path) -> None:
    (program,) = [each for each in programs() if each.startswith(start)]
    said = [line.removeprefix("# ") for line in program.splitlines() if line.startswith("# ")]
    assert said
    assert printed(program, tmp_path).splitlines() == said


def test_the_lines_after_the_first_program_run(tmp_path: Path) -> None:
    first, second, *_ = programs()
    if importlib.util.find_spec("safetensors") is None:
        second = second.replace("store.save", "str")
    lines = printed(first + second, tmp_path).splitlines()
    assert lines[1:] == [
        "Store: 2 variables, 15 elements, 60 B",
        "  tower/  2 variables    60 B",
        "    w     float32[4, 3]  48 B",
        "    b     float32[3]     12 B",
    ]


def test_the_program_that_trains_learns(tmp_path: Path) -> None:
    (program,) = [each for each in programs() if "AdamOptimizer" in each]
    last = "    print(session.run(loss, {x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [[0], [1], [1], [0]]}))"
    program = f"import scopetrie as tf\ntf.set_random_seed(1)\n{program}{last}"
    assert float(printed(program, tmp_path)) < 0.05


def test_the_cpp_program_is_the_one_that_is_compiled() -> None:
    found = re.search(r"```cpp\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    compiled = (Path(__file__).parent / "consumer" / "main.cpp").read_text(encoding="utf-8")
    lines = {line.strip() for line in compiled.splitlines()}
    said = [line.strip() for line in found.group(1).splitlines()]
    assert len(said) > 5
    assert not [line for line in said if line not in lines]
