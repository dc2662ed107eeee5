"""Python's memory may run out in any call: that is a MemoryError, and nothing is left of the call."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import scopetrie as tf
from hostile import memory

TESTS = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(memory._testcapi is None, reason="this build of Python has no _testcapi")


def test_nothing_is_left_of_a_call_without_memory(tmp_path: Path) -> None:
    last = tmp_path / "last"
    paths = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    wrong: list[str] = []
    ended: list[str] = []  # calls with which the process ended
    first, returned = 0, -1
    while returned != 0 and len(ended) < 10:
        last.write_bytes(b"-1 at once".ljust(memory.SIZE))
        ran = subprocess.run(
            [sys.executable, "-X", "faulthandler", "-m", "hostile.memory", str(last), str(first)],
            capture_output=True,
            text=True,
            timeout=280,  # under the sanitizers it takes minutes
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": paths},
            check=False,
        )
        returned = ran.returncode
        wrong += ran.stdout.splitlines()
        at, name = last.read_text().strip().split(" ", 1)
        first = int(at) + 1
        if returned != 0:
            ended.append(name)
            assert first > len(memory.CALLS), f"{name}: {ran.stderr[-3000:]}"
    assert wrong == [], "\n".join(wrong)
    assert first > 600, ended
    assert len(ended) < 5, ended  # Python 3.11 and NumPy may end it, too: with exceptions and warnings


def test_an_operation_that_stays_is_seen() -> None:
    def leaves(world: memory.World) -> None:
        tf.negative(world.x)
        bytearray(100)

    assert any("Neg" in line for line in memory.play("leaves", lambda world: partial(leaves, world)))


def test_another_error_is_seen() -> None:
    def fails(world: memory.World) -> None:
        try:
            bytearray(100)
        except MemoryError:
            raise SystemError("no memory") from None

    assert any("SystemError" in line for line in memory.play("fails", lambda world: partial(fails, world)))


def test_calls_have_many_allocations() -> None:
    world = memory.World()
    call = partial(memory.CALLS["get_variable, partitioner"], world)
    failures = [memory.attempt(call, at, 1) for at in range(1, 40)]
    assert sum(isinstance(error, MemoryError) for error, _ in failures) > 20
