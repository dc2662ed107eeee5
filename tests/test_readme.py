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


def test_the_first_program_prints_what_its_last_line_says(tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    program = found.group(1)
    said = [line.removeprefix("# ") for line in program.splitlines() if line.startswith("# ")]
    assert said
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines() == said


def test_the_program_of_a_store_runs(tmp_path: Path) -> None:
    programs = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (program,) = [each for each in programs if "Store(" in each]
    if importlib.util.find_spec("safetensors") is None:
        program = program.replace("store.save", "str")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import scopetrie as tf\n{program}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith("Store: 1 variable, 12 elements, 48 B\n")


def test_the_program_that_trains_learns(tmp_path: Path) -> None:
    programs = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (program,) = [each for each in programs if "AdamOptimizer" in each]
    last = "    print(session.run(loss, {x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [[0], [1], [1], [0]]}))"
    run = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            f"import scopetrie as tf\ntf.set_random_seed(1)\n{program}{last}",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(run.stdout) < 0.05


def test_the_cpp_program_is_the_one_that_is_compiled() -> None:
    found = re.search(r"```cpp\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    compiled = (Path(__file__).parent / "consumer" / "main.cpp").read_text(encoding="utf-8")
    lines = {line.strip() for line in compiled.splitlines()}
    said = [line.strip() for line in found.group(1).splitlines()]
    assert len(said) > 5
    assert not [line for line in said if line not in lines]
