"""Gradients against values and names recorded from TensorFlow."""

from __future__ import annotations

import json

import gradient_values
import numpy as np
import pytest
import scopetrie as tf
from training_cases import FOLDER

RECORDED = np.load(FOLDER / "gradients.npz")
INDEX = {name: (at, made, count) for at, (name, made, count) in enumerate(json.loads(str(RECORDED["index"])))}
# Inner nodes are other ones than v1's, so that the last has another name; see docs/training.md.
OTHER_NAMES = {"cond", "map", "while"}


@pytest.mark.parametrize("name", gradient_values.GRADIENTS)
def test_as_tensorflow(name: str) -> None:
    at, expected, count = INDEX[name]
    names, values = gradient_values.outcome(tf, name)
    assert len(values) == count
    for i, each in enumerate(values):
        recorded = RECORDED[f"{at} {i}"]
        assert each.dtype == recorded.dtype
        np.testing.assert_allclose(each, recorded, rtol=1e-5, atol=1e-6)
    if name not in OTHER_NAMES:
        assert names == expected
