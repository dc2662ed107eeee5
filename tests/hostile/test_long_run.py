"""A short run of the long one, and that it finds what grows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile.long_run import SLACK, Sample, growing

SCRIPT = Path(__file__).with_name("long_run.py")
LEVEL = Sample(memory=100 << 20, graphs=0, threads=1, files=5, objects=50_000)


@pytest.mark.parametrize("name", SLACK)
def test_growth_is_found(name: str) -> None:
    def samples(step: float) -> list[Sample]:
        return [LEVEL._replace(**{name: int(getattr(LEVEL, name) + step * i)}) for i in range(100)]

    assert growing(samples(0)) == []
    (found,) = growing(samples((SLACK[name] + 1) / 25))
    assert found.startswith(name)


def test_growth_during_the_warm_up_is_none() -> None:
    samples = [LEVEL._replace(memory=min(i, 20) << 24) for i in range(100)]
    assert growing(samples) == []


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc, which this system has not")
def test_a_short_run_is_level(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--seconds", "3"],
        capture_output=True, text=True, timeout=300, cwd=tmp_path, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "forked children" in done.stdout
