"""Gradients of each op against those that JAX finds of the same op, lowered.

All of them take minutes, in which JAX compiles: SCOPETRIE_JAX=1 asks for them. A few are always tested.
"""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import gradient_cases as cases
import numpy as np
import pytest
import scopetrie as tf

pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed"),
]

# JAX has no derivative of these, or takes other arguments.
WITHOUT = {"NextAfter", "Polygamma", "SegmentProd", "UnsortedSegmentProd"}
# Nor can it trace what NumPy computes on the host: docs/backends.md says of which types that is so.
COVERAGE = Path(__file__).parents[1] / "backends" / "coverage.json"
TRACED = {
    name for name, row in json.loads(COVERAGE.read_text("utf-8"))["jax"].items() if row["lower"] == "yes"
}
TYPES = sorted((cases.CASES.keys() & TRACED) - WITHOUT)


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


@pytest.mark.parametrize("type", TYPES if "SCOPETRIE_JAX" in os.environ else TYPES[::40])
def test_gradients(type: str) -> None:
    import jax

    case = cases.CASES[type][0]
    arrays = [np.asarray(each, np.float64) for each in case.arrays]
    with tf.Graph().as_default(), tf.Session() as session, jax.enable_x64(True):
        inputs = [tf.placeholder(tf.float64, each.shape) for each in arrays]
        out = [each for each in listed(case.build(*inputs)) if each.dtype.is_floating]
        total = tf.add_n([tf.reduce_sum(tf.sin(each)) for each in out])
        found = tf.gradients(total, inputs)
        by = [at for at, each in enumerate(found) if each is not None]
        ours = session.run(
            [tf.convert_to_tensor(found[at]) for at in by], dict(zip(inputs, arrays, strict=True))
        )
        lowered = tf.lower(total, feeds=inputs)
        theirs = jax.grad(lambda *given: lowered({}, list(given)), argnums=tuple(by))(*arrays)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)
