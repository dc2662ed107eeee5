"""contrib's optimizers beside NumPy, by the formulas of the papers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

opt = tf.contrib.opt


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


FIRST = np.array([[1.0, -2.0], [0.5, 3.0], [2.0, 1.0]])


def trained(optimizer: Any, rows: Any = None, steps: int = 5, **how: Any) -> np.ndarray:
    """The variable after steps on the loss that is half the sum of squares of its rows."""
    w = tf.get_variable("w", initializer=FIRST)
    used = w if rows is None else tf.gather(w, rows)
    step = optimizer.minimize(0.5 * tf.reduce_sum(tf.square(used)), **how)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(steps):
            session.run(step)
        return session.run(w)


def adam(decay: float = 0.0, only: Any = None, lazy: bool = False) -> np.ndarray:
    w, m, v = FIRST.copy(), np.zeros_like(FIRST), np.zeros_like(FIRST)
    for t in range(1, 6):
        g = np.zeros_like(w)
        rows = slice(None) if only is None else only
        g[rows] = w[rows]
        w[rows] -= decay * w[rows]
        kept = rows if lazy else slice(None)
        m[kept], v[kept] = 0.9 * m[kept] + 0.1 * g[kept], 0.999 * v[kept] + 0.001 * g[kept] ** 2
        rate = 0.1 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        w[kept] -= rate * m[kept] / (np.sqrt(v[kept]) + 1e-8)
    return w


def test_adams() -> None:
    for make, wanted, rows in (
        (lambda: opt.LazyAdamOptimizer(0.1), adam(), None),
        (lambda: opt.LazyAdamOptimizer(0.1), adam(only=[0, 2], lazy=True), [0, 2]),
        (lambda: opt.AdamWOptimizer(0.01, 0.1), adam(decay=0.01), None),
        (lambda: opt.AdamWOptimizer(0.01, 0.1), adam(decay=0.01, only=[0, 2]), [0, 2]),
    ):
        with tf.Graph().as_default():
            np.testing.assert_allclose(trained(make(), rows), wanted, rtol=1e-4, atol=1e-5)


def test_decay_beside_momentum_and_of_chosen_variables() -> None:
    w, m = FIRST.copy(), np.zeros_like(FIRST)
    for _ in range(5):
        g = w.copy()
        w -= 0.01 * w
        m = 0.9 * m + g
        w -= 0.1 * m
    np.testing.assert_allclose(trained(opt.MomentumWOptimizer(0.01, 0.1, 0.9)), w, rtol=1e-5)
    with tf.Graph().as_default():
        plain = trained(tf.train.MomentumOptimizer(0.1, 0.9))
    with tf.Graph().as_default():
        same = trained(opt.MomentumWOptimizer(0.01, 0.1, 0.9), decay_var_list=[])
    np.testing.assert_allclose(same, plain)


def test_averages_and_the_saver_that_swaps(tmp_path: Path) -> None:
    w = tf.get_variable("w", initializer=8.0)
    optimizer = opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.5), average_decay=0.5)
    with pytest.raises(RuntimeError, match="before creating the swapping_saver"):
        optimizer.swapping_saver()
    step = optimizer.minimize(w * w / 2.0)
    saver = optimizer.swapping_saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        assert session.run([w, "w/ExponentialMovingAverage:0"]) == [4.0, 6.0]
        path = saver.save(session, tmp_path / "m")
        tf.train.Saver().restore(session, path)
        assert session.run([w, "w/ExponentialMovingAverage:0"]) == [6.0, 4.0]
        saver.restore(session, path)
        assert session.run([w, "w/ExponentialMovingAverage:0"]) == [4.0, 6.0]


@pytest.mark.parametrize("rows", [None, [1]])
def test_norms_are_bounded(rows: Any) -> None:
    w = tf.get_variable("w", initializer=FIRST)
    optimizer = opt.VariableClippingOptimizer(tf.train.GradientDescentOptimizer(0.0), {w: [1]}, 2.0)
    used = w if rows is None else tf.gather(w, rows)
    step = optimizer.minimize(tf.reduce_sum(used))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        found = session.run(w)
    norms = np.sqrt((FIRST**2).sum(1, keepdims=True))
    wanted = FIRST * np.minimum(1, 2 / norms)
    if rows is not None:
        wanted[[0, 2]] = FIRST[[0, 2]]
    np.testing.assert_allclose(found, wanted)


def test_scipy() -> None:
    pytest.importorskip("scipy")
    x, y = tf.get_variable("x", initializer=7.0), tf.get_variable("y", initializer=[1.0, 1.0])
    goal = tf.placeholder(tf.float32, [])
    loss = tf.square(x - goal) + tf.reduce_sum(tf.square(y - goal))
    seen: list[Any] = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        opt.ScipyOptimizerInterface(loss, var_to_bounds={y: (-np.inf, [2.0, 9.0])}).minimize(
            session, {goal: 3.0}, [loss], loss_callback=seen.append
        )
        np.testing.assert_allclose(session.run(x), 3.0, rtol=1e-4)
        np.testing.assert_allclose(session.run(y), [2.0, 3.0], rtol=1e-4)
        assert len(seen) > 1
        opt.ScipyOptimizerInterface(loss, [x], inequalities=[x - 4.0]).minimize(feed_dict={goal: 3.0})
        np.testing.assert_allclose(session.run(x), 4.0, rtol=1e-4)
    with pytest.raises(ValueError, match="takes no constraints"):
        opt.ScipyOptimizerInterface(loss, equalities=[x], method="L-BFGS-B")
    with pytest.raises(ValueError, match="needs a session"):
        opt.ScipyOptimizerInterface(loss).minimize()
