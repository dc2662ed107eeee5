"""An interrupt, or the end of Python's stack, in the middle of a call leaves nothing of the call.

SCOPETRIE_INTERRUPTS says which of the calls are played: each so-manieth, all with 1.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import scopetrie as tf
from hostile import interrupts, memory

TESTS = Path(__file__).parents[1]
EVERY = int(os.environ.get("SCOPETRIE_INTERRUPTS", "32"))


@pytest.mark.parametrize("kind", interrupts.FAULTS, ids=lambda kind: kind.__name__)
def test_nothing_is_left_of_a_call_that_is_broken_off(kind: type[BaseException], tmp_path: Path) -> None:
    """In a process of its own: among the calls are switches of the process."""
    paths = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    ran = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "hostile.interrupts", kind.__name__, str(EVERY)],
        capture_output=True,
        text=True,
        timeout=280,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert ran.stdout == "", ran.stdout


def _leaves(world: memory.World) -> None:
    tf.negative(world.x)
    tf.sort([1.0])


def test_an_operation_that_stays_is_seen() -> None:
    wrong = interrupts.play("leaves", lambda world: partial(_leaves, world), KeyboardInterrupt)
    assert any("Neg" in line for line in wrong)


def _fails_otherwise(world: memory.World) -> None:
    try:
        tf.sort([1.0])
    except BaseException:
        raise ValueError from None


def test_another_error_is_seen() -> None:
    wrong = interrupts.play("other", lambda world: partial(_fails_otherwise, world), KeyboardInterrupt)
    assert any("ValueError" in line for line in wrong)
