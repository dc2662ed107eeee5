"""Ops make the nodes and compute the values recorded from TensorFlow's v1 mode."""

from __future__ import annotations

import numpy as np
import pytest
import scopetrie as tf
from op_expressions import nodes, recorded_nodes, recorded_values, values

NODES = recorded_nodes()
VALUES = recorded_values()


@pytest.mark.parametrize("expression", list(NODES))
def test_nodes(expression: str) -> None:
    """Names, types, order, shapes, dtypes, and the first lines of errors."""
    assert nodes(expression, tf) == NODES[expression]


@pytest.mark.parametrize("expression", list(VALUES))
def test_values(expression: str) -> None:
    """Values, dtypes and shapes."""
    found, wanted = values(expression, tf), VALUES[expression]
    assert [(each.dtype, each.shape) for each in found] == [(each.dtype, each.shape) for each in wanted]
    for each, other in zip(found, wanted, strict=True):
        if each.dtype.kind in "fc":
            np.testing.assert_allclose(each, other, rtol=2e-4, atol=2e-5)
        else:
            np.testing.assert_array_equal(each, other)
