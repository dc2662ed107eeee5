"""Recurrent nets make the variables, names and values that TensorFlow's make; see record.py."""

from __future__ import annotations

import pytest
import scopetrie as tf
from layers.observing import close, observe, recorded
from layers.rnn_programs import PROGRAMS

RECORDED = recorded("rnn_recorded.json")


def test_all_are_recorded() -> None:
    assert RECORDED.keys() == PROGRAMS.keys()


@pytest.mark.parametrize("title", PROGRAMS)
def test_program(title: str) -> None:
    found, wanted = observe(PROGRAMS[title], tf), RECORDED[title]
    assert found.keys() == wanted.keys(), (found, wanted)
    for key in wanted:
        assert close(found[key], wanted[key]), (key, found[key], wanted[key])
