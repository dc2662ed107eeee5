"""An interrupt, or the end of Python's stack, in the middle of a call leaves nothing of the call.

SCOPETRIE_INTERRUPTS says which of the calls are played: each so-manieth, all with 1.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import pytest
import scopetrie as tf
from hostile import interrupts, memory

EVERY = int(os.environ.get("SCOPETRIE_INTERRUPTS", "32"))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Files go to a folder of the test, and what generators are broken off with is not shown."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", interrupts.FAULTS, ids=lambda kind: kind.__name__)
def test_nothing_is_left_of_a_call_that_is_broken_off(kind: type[BaseException]) -> None:
    every = memory.calls()
    assert len(every) > 600
    wrong = [line for name, prepare in every[::EVERY] for line in interrupts.play(name, prepare, kind)]
    assert wrong == [], "\n".join(wrong)


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
