"""The programs that asked for this package run, where they are at hand: they lie beside a checkout, not in "
"it."""

import subprocess
import sys
from pathlib import Path

import pytest

RUNNER = Path(__file__).resolve().parents[2] / "shared" / "seeds" / "programs" / "run.py"


@pytest.mark.skipif(not RUNNER.is_file(), reason=f"needs {RUNNER}; tests/notebooks has the same cells")
def test_every_cell():
    run = subprocess.run(
        [sys.executable, str(RUNNER), "scopetrie"], capture_output=True, text=True, check=False
    )
    assert run.stdout.splitlines()[-1:] == ["cells 56 of 56"], run.stdout + run.stderr
