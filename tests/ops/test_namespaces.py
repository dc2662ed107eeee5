"""Kernels on array-api-strict, which has only the standard's functions, on a device other than the host."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from op_expressions import leaves, names, recorded_values

strict = pytest.importorskip("array_api_strict")
# array-api-strict computes with NumPy, whose warnings it does not switch off.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
VALUES = recorded_values()
# Functions that the standard lacks and that have no formula here.
BEYOND = ("erfinv", "ndtri", "igamma", "zeta", "polygamma", "betainc", "'...ij")


def fed(expression: str) -> tuple[Any, dict[Any, np.ndarray]]:
    """The tensors of an expression whose arrays are placeholders (nothing is folded), and their values."""
    feeds: dict[Any, np.ndarray] = {}
    space = names(tf)
    for letter in "API":
        constant = space[letter]

        def placeholder(*args: int, seed: int = 1, constant: Any = constant) -> Any:
            value = tf.constant_value(constant(*args, seed=seed))
            made = tf.placeholder(value.dtype, value.shape)
            feeds[made] = value
            return made

        space[letter] = placeholder
    return eval(expression, space), feeds


@pytest.mark.parametrize("expression", [each for each in VALUES if not any(name in each for name in BEYOND)])
def test_values(expression: str) -> None:
    """Arrays on this device do not convert to NumPy's implicitly, so a kernel that leaves it fails."""
    with tf.Graph().as_default():
        made, feeds = fed(expression)
        backend = tf.backends.Backend("strict", strict, strict.Device("device1"))
        with tf.Session(backend=backend) as session:
            found = [np.asarray(value) for value in session.run(leaves(made), feeds)]
    for each, wanted in zip(found, VALUES[expression], strict=True):
        assert (each.dtype, each.shape) == (wanted.dtype, wanted.shape)
        np.testing.assert_allclose(each, wanted, rtol=1e-3, atol=1e-4)
