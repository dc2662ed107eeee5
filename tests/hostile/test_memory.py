"""Python's memory may run out in any call: that is a MemoryError, and nothing is left of the call."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import scopetrie as tf
from hostile import memory

TESTS = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(memory._testcapi is None, reason="this build of Python has no _testcapi")


def test_nothing_is_left_of_a_call_without_memory(tmp_path: Path) -> None:
    name = tmp_path / "name"
    name.write_bytes(b" " * memory.SIZE)
    paths = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    ran = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "hostile.memory", str(name)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    assert ran.returncode == 0, f"{name.read_text().strip()}: {ran.stderr[-3000:]}"
    *wrong, played = ran.stdout.splitlines()
    assert wrong == []
    assert int(played.split()[0]) > 600


def test_an_operation_that_stays_is_seen() -> None:
    def leaves(world: memory.World) -> None:
        tf.negative(world.x)
        bytearray(100)

    assert any("Neg" in line for line in memory.play("leaves", leaves))


def test_another_error_is_seen() -> None:
    def fails(world: memory.World) -> None:
        try:
            bytearray(100)
        except MemoryError:
            raise SystemError("no memory") from None

    assert any("SystemError" in line for line in memory.play("fails", fails))


def test_calls_have_many_allocations() -> None:
    world = memory.World()
    failures = [
        memory.attempt(memory.CALLS["get_variable, partitioner"], world, at, 1) for at in range(1, 40)
    ]
    assert sum(isinstance(error, MemoryError) for error, _ in failures) > 20
