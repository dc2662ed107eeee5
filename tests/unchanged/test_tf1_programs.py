"""The programs of examples/tf1 train as with TensorFlow: same values and data, same losses."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scopetrie
from tf1_programs import RECORDED, losses, programs

RECORDS = json.loads(RECORDED.read_text())


@pytest.mark.parametrize("name", programs())
def test_losses_are_those_of_tensorflow(name: str) -> None:
    with scopetrie.as_tensorflow():
        import tensorflow as tf

        found = losses(tf, name)
    np.testing.assert_allclose(found, RECORDS[name], rtol=1e-4, atol=1e-4)
