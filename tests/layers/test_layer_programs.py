"""Layers, cells, losses and metrics make what TensorFlow's make: names, shapes, collections, values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import scopetrie as tf
from layers import example_programs, layer_programs, loss_programs, metric_programs, rnn_programs
from layers.observing import close, observe, recorded

KINDS = {
    "example": example_programs,
    "layer": layer_programs,
    "loss": loss_programs,
    "metric": metric_programs,
    "rnn": rnn_programs,
}
if not example_programs.FOLDER.is_dir():  # the examples are in the checkout only
    del KINDS["example"]
RECORDED = {kind: recorded(f"{kind}_recorded.json") for kind in KINDS}
PROGRAMS = [(kind, title, program) for kind in KINDS for title, program in KINDS[kind].PROGRAMS.items()]


@pytest.mark.parametrize("kind", KINDS)
def test_all_are_recorded(kind: str) -> None:
    assert RECORDED[kind].keys() == KINDS[kind].PROGRAMS.keys()


@pytest.mark.parametrize(("kind", "title", "program"), PROGRAMS, ids=[title for _, title, _ in PROGRAMS])
def test_program(kind: str, title: str, program: Callable[[Any, Any], Any]) -> None:
    found, wanted = observe(program, tf), RECORDED[kind][title]
    assert found.keys() == wanted.keys(), (found, wanted)
    for key in wanted:
        assert close(found[key], wanted[key]), (key, found[key], wanted[key])
