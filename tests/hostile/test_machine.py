"""Long sequences of calls agree with a model; `python tests/hostile/machine.py --seconds 600` plays more."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from hostile import machine

EXAMPLES = int(os.environ.get("SCOPETRIE_SEQUENCES", "8"))


def test_the_corpus() -> None:
    sequences = [json.loads(line) for line in machine.CORPUS.read_text(encoding="utf-8").splitlines()]
    assert len(sequences) >= 20
    for steps in sequences:
        machine.replay(steps)


def test_sequences() -> None:
    machine.play(EXAMPLES, steps=25)


def test_a_wrong_value_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(machine.BINARY, "add", np.subtract)
    monkeypatch.setitem(machine.BINARY, "multiply", np.add)
    with pytest.raises(AssertionError):
        machine.play(25, steps=12, shrinks=False)


def test_what_stays_of_a_failing_call_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def leaves(x: object) -> None:
        machine.tf.negative(x)
        raise ValueError

    monkeypatch.setattr(machine, "FAILING", dict.fromkeys(machine.FAILING, leaves))
    with pytest.raises(AssertionError):
        machine.play(30, steps=12, shrinks=False)
