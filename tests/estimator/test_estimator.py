"""tf.estimator beside what TensorFlow 2.15, the last that has it, did with the same programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

from ..estimator_programs import MISTAKES, PROGRAMS, run

RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "estimator.json").read_text())
# What is said otherwise than in v1: the words, of the same class.
OTHER_WORDS = {
    "input_fn_that_is_no_function": "input_fn must be callable, given: input",
    "loss_that_is_a_vector": "Loss must be scalar, given: ",
}


@pytest.fixture(autouse=True)
def no_writers() -> Any:
    yield
    tf.summary.FileWriterCache.clear()


def same(found: Any, expected: Any, where: str) -> None:
    """Compares nests, numbers to 1e-4."""
    if isinstance(expected, dict):
        assert sorted(found) == sorted(expected), where
        for key, each in expected.items():
            same(found[key], each, f"{where}.{key}")
    elif isinstance(expected, list):
        assert isinstance(found, (list, tuple)) and len(found) == len(expected), (where, found, expected)
        for at, each in enumerate(expected):
            same(found[at], each, f"{where}[{at}]")
    elif isinstance(expected, float):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4, err_msg=where)
    else:
        assert found == expected, where


@pytest.mark.parametrize("name", PROGRAMS)
def test_does_what_v1_does(name: str, tmp_path: Path) -> None:
    same(json.loads(json.dumps(run(tf, PROGRAMS[name], str(tmp_path)))), RECORDED[name], name)


@pytest.mark.parametrize("name", MISTAKES)
def test_refuses_what_v1_refuses(name: str, tmp_path: Path) -> None:
    kind, text = RECORDED[name]
    found = run(tf, MISTAKES[name], str(tmp_path))
    assert found is not None, "nothing was raised"
    if name in OTHER_WORDS:
        assert found[0] == kind
        assert OTHER_WORDS[name] in found[1]
    else:
        assert found == [kind, text]


def test_everything_is_recorded() -> None:
    assert RECORDED.keys() == PROGRAMS.keys() | MISTAKES.keys()
