"""The C++ examples: compiled against the source tree with nothing but a compiler, and run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.cpp"))
COMPILER = next(filter(None, map(shutil.which, ("c++", "g++", "clang++"))), None)

pytestmark = [
    pytest.mark.skipif(not EXAMPLES, reason="the examples are in the checkout only"),
    pytest.mark.skipif(sys.platform == "win32" or COMPILER is None, reason="needs a C++ compiler"),
]


def build(example: Path, folder: Path) -> Path:
    """Compiles an example as its first lines say."""
    (command,) = re.findall(r"g\+\+ (.*) -o ", example.read_text("utf-8"))
    options = command.replace("-O2", "-O1")
    program = folder / example.stem
    subprocess.run(
        ["bash", "-c", f"{COMPILER} {options} -o {program}"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return program


def run(program: Path, *arguments: str) -> str:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_netlist(tmp_path: Path) -> None:
    program = build(ROOT / "examples" / "netlist.cpp", tmp_path)
    for modules in (1, 2, 5000):
        first, last = run(program, str(modules)).splitlines()
        assert first.startswith(f"{10 * modules} gates in {modules} modules, for example alu/")
        assert re.fullmatch(r"scopetrie::Names \d+ ns a name, std::unordered_map .* times as long", last)
