"""The programs that say what a Store is, as they are: they lie beside the repository, and not everywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parents[3] / "shared" / "store" / "programs"
pytestmark = pytest.mark.skipif(not PROGRAMS.is_dir(), reason="the programs are not beside this checkout")


@pytest.mark.parametrize("path", sorted(PROGRAMS.glob("*.py")), ids=lambda path: path.stem)
def test_a_program_runs_as_it_is(path: Path) -> None:
    run = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    assert run.stdout.endswith("ok\n")
