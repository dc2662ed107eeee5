"""Optimizers of tf.contrib.opt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


def nadam(start: Any, grads: Any, rate: float = 0.1, beta1: float = 0.9, beta2: float = 0.999) -> Any:
    """What Nadam makes of a table and the gradients of its rows: each step is {row: gradient}."""
    x = np.array(start, np.float64)
    m, v = np.zeros_like(x), np.zeros_like(x)
    for at, step in enumerate(grads, 1):
        m, v = m * beta1, v * beta2
        scaled = rate * np.sqrt(1 - beta2**at) / (1 - beta1**at)
        for row, grad in step.items():
            m[row] += (1 - beta1) * grad
            v[row] += (1 - beta2) * grad**2
        for row, grad in step.items():
            x[row] -= scaled * (beta1 * m[row] + (1 - beta1) * grad) / (np.sqrt(v[row]) + 1e-8)
    return x


def test_a_dense_step_is_as_tensorflow_s() -> None:
    w = tf.get_variable("w", initializer=[1.0, -2.0, 0.5])
    step = tf.contrib.opt.NadamOptimizer(0.1).minimize(tf.reduce_sum(tf.square(w)))
    assert [each.name for each in tf.global_variables()] == [
        "w:0", "beta1_power:0", "beta2_power:0", "w/Adam:0", "w/Adam_1:0"
    ]  # fmt: skip
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(5):
            session.run(step)
        # Recorded from TensorFlow 2.21: ApplyAdam with use_nesterov.
        np.testing.assert_allclose(session.run(w), [0.3517766, -1.3250415, -0.05875874], rtol=0, atol=5e-6)


def test_rows_of_a_sparse_gradient_move() -> None:
    table = tf.get_variable("table", initializer=np.ones([4, 2], np.float32))
    rows = tf.placeholder(tf.int32, [None])
    loss = tf.reduce_sum(tf.gather(table, rows) * [[1.0, -2.0]])
    step = tf.contrib.opt.NadamOptimizer(0.1).minimize(loss)
    given = [[0, 2], [2, 3], [2, 1], [0, 3]]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for each in given:
            session.run(step, {rows: each})
        grads = [dict.fromkeys(each, np.array([1.0, -2.0])) for each in given]
        np.testing.assert_allclose(session.run(table), nadam(np.ones([4, 2]), grads), rtol=1e-5)
