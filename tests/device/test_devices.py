"""Graphs on several devices: tf.device says where values are; what goes from one to another is counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends.cupy import CupyBackend
from simulated_cupy import counted, installed
from simulated_cupy.memory import POOLS


@pytest.fixture(autouse=True)
def cupy() -> Iterator[Any]:
    with installed() as module, tf.Graph().as_default():
        yield module


def where(session: tf.Session, *fetches: Any) -> list[int]:
    """The devices that values are on."""
    return [each.device.id for each in session.run_on_device(list(fetches))]


def test_values_are_where_their_device_says() -> None:
    x = tf.constant([1.0, 2.0]) + tf.random_uniform([2], 1.0, 1.0)
    with tf.device("/gpu:1"):
        y = x * 2.0
        n = tf.random_normal([2], seed=1)
    with tf.device("/gpu:0"):
        z = y + x
    with tf.device("/gpu:7"):  # placement is soft
        far = x + 1.0
    with tf.Session(backend="cupy") as session, tf.Session(backend="numpy") as other:
        for _ in range(3):
            assert where(session, x, y, n, z, far) == [0, 1, 1, 0, 0]
            with counted() as counts:
                found = session.run([y, z])
            assert counts.between == 2
            assert counts.all == (0, 2, 2)  # one wait for each device
            for one, expected in zip(found, other.run([y, z]), strict=True):
                assert one.tolist() == expected.tolist()


def test_a_value_goes_to_a_device_once() -> None:
    x = tf.placeholder(tf.float32, [2])
    constant = tf.constant([3.0, 4.0])
    with tf.device("/gpu:1"):
        y = tf.exp(x) + tf.sin(x) * constant
    with tf.Session(backend="cupy") as session, tf.Session(backend="numpy") as other:
        for _ in range(3):
            with counted() as counts:
                found = session.run(y, {x: [1.0, 2.0]})
            np.testing.assert_allclose(found, other.run(y, {x: [1.0, 2.0]}), rtol=1e-6)
        assert counts.between == 1  # what was fed; the constant is there already
        assert counts.all == (1, 1, 1)


def test_variables_are_on_their_device_and_so_are_their_updates(cupy: Any) -> None:
    with tf.device("/gpu:1"):
        w = tf.get_variable("w", initializer=[1.0, 2.0])
    v = tf.get_variable("v", initializer=[10.0, 20.0])
    step = tf.group(w.assign_add(v), v.assign_sub(w * 0.5))
    with tf.Session(backend="cupy") as session, tf.Session(backend="numpy") as other:
        for each in (session, other):
            each.run(tf.global_variables_initializer())
        for _ in range(3):
            with counted() as counts:
                session.run(step)
            assert counts.all == (0, 0, 0)
            other.run(step)
        np.testing.assert_allclose(session.run([w, v]), other.run([w, v]))
        assert session.store["w"].value.device.id == 1
        assert session.store["v"].value.device.id == 0
        assert where(session, w, v) == [1, 0]
        w.load([5.0, 6.0], session)

        assert session.store["w"].array.tolist() == session.run(w).tolist() == [5.0, 6.0]
        fork = session.store.fork()
        assert fork["w"].value.device.id == 1
        with pytest.raises(ValueError, match="on several devices"):
            fork.flat()
        assert POOLS[1].used > 0
        del fork
    assert POOLS[1].used == POOLS[1].kept == 0


def test_training_on_two_devices() -> None:
    x = tf.placeholder(tf.float32, [4, 3])
    with tf.device("/gpu:0"):
        w = tf.get_variable("w", initializer=np.full((3, 2), 0.5, np.float32))
        h = tf.tanh(tf.matmul(x, w))
    with tf.device("/gpu:1"):
        u = tf.get_variable("u", initializer=np.full((2, 1), 0.25, np.float32))
        loss = tf.reduce_mean(tf.square(tf.matmul(h, u)))
    step = tf.train.AdamOptimizer(0.1).minimize(loss)
    given = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
    with tf.Session(backend="cupy") as session, tf.Session(backend="numpy") as other:
        for each in (session, other):
            each.run(tf.global_variables_initializer())
            for _ in range(4):
                each.run(step, {x: given})
        np.testing.assert_allclose(session.run(loss, {x: given}), other.run(loss, {x: given}), rtol=1e-5)
        assert session.store["u/Adam"].value.device.id == 1


def test_loops_and_checks_on_another_device() -> None:
    x, at = tf.placeholder(tf.float32, [3]), tf.placeholder(tf.int32, [2])
    with tf.device("/gpu:1"):
        looped = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * 2.0 + x), (0, x))[1]
        rows = tf.gather(x, at)
    y = looped + 1.0
    with tf.Session(backend="cupy") as session, tf.Session(backend="numpy") as other:
        for _ in range(3):
            given = {x: [1.0, 2.0, 3.0], at: [0, 2]}
            for one, expected in zip(session.run([y, rows], given), other.run([y, rows], given), strict=True):
                assert one.tolist() == expected.tolist()
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 5 is not in \[0, 3\)"):
                session.run(rows, {x: [1.0, 2.0, 3.0], at: [0, 5]})


def test_a_session_may_have_another_first_device(cupy: Any) -> None:
    x = tf.placeholder(tf.float32, [2])
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    y = x * w
    with tf.Session(backend=CupyBackend(device=1)) as session:
        session.run(w.initializer)
        for _ in range(2):
            assert session.run(y, {x: cupy.ones(2, np.float32)}).tolist() == [1.0, 2.0]
        assert where(session, w) == [1]
        assert session.store["w"].value.device.id == 1


def test_a_stores_variable_on_another_device_than_the_graphs() -> None:
    store = tf.Store(backend="cupy")
    assert store.get("w", (2,)).value.device.id == 0
    with tf.device("/gpu:1"):
        w = tf.get_variable("w", [2])
    text = r"'w' is in the memory of <CUDA Device 0>"
    with tf.Session(store=store) as session, pytest.raises(tf.errors.InvalidArgumentError, match=text):
        session.run(w)
