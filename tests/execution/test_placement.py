"""Where values live: counted on the simulated CuPy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from simulated_cupy import counted, installed


@pytest.fixture(autouse=True)
def _graph() -> Iterator[None]:
    with installed(), tf.Graph().as_default():
        yield


def copies(session: tf.Session, fetches: Any, feeds: Any = None) -> tuple[int, int, int]:
    """Copies to the device and to the host, and waits, of a run."""
    with counted() as counts:
        session.run(fetches, feeds)
    return counts.all


def test_a_shape_stays_on_the_host() -> None:
    x, sizes = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.int32, [2])
    y = tf.reshape(x, tf.stack([sizes[1], tf.shape(x)[0]]))
    with tf.Session(backend="cupy") as session:
        for _ in range(3):
            assert copies(session, y, {x: np.ones((3, 2)), sizes: [0, 2]}) == (1, 1, 1)


def test_constants_go_up_once_in_a_session() -> None:
    x, c = tf.placeholder(tf.float32, [3]), tf.constant([1.0, 2.0, 3.0])
    with tf.Session(backend="cupy") as session:
        assert copies(session, x * c, {x: np.ones(3)}) == (2, 1, 1)
        assert copies(session, x + c, {x: np.ones(3)}) == (1, 1, 1)
    with tf.Session(backend="cupy") as session:
        assert copies(session, x + c, {x: np.ones(3)}) == (2, 1, 1)


def test_a_number_is_an_argument_of_a_kernel() -> None:
    x, rate = tf.placeholder(tf.float32, [3]), tf.placeholder(tf.float32, [])
    y = x * (rate * 0.5) + tf.cast(tf.size(x), tf.float32)
    with tf.Session(backend="cupy") as session:
        for launches in (2, 1, 1):  # fused from the second run on
            with counted() as counts:
                assert session.run(y, {x: np.ones(3), rate: 4.0}).tolist() == [5.0, 5.0, 5.0]
            assert (counts.all, counts.launches) == ((1, 1, 1), launches)


def test_an_initial_value_is_not_kept() -> None:
    w = tf.get_variable("w", initializer=np.arange(4, dtype=np.float32))
    with tf.Session(backend="cupy") as session:
        assert copies(session, tf.global_variables_initializer()) == (1, 0, 0)
        assert not session._state.constants
        assert copies(session, w.assign_add(np.ones(4)).op) == (1, 0, 0)
        assert session.run(w).tolist() == [1.0, 2.0, 3.0, 4.0]


def test_a_loop_counts_on_the_host() -> None:
    x = tf.placeholder(tf.float32, [3])
    made = tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s * x), (0, x))
    with tf.Session(backend="cupy") as session:
        for _ in range(3):
            assert copies(session, made, {x: np.full(3, 2.0)}) == (1, 1, 1)
        assert session.run(made[1], {x: np.full(3, 2.0)}).tolist() == [64.0] * 3


def test_a_predicate_of_the_device_waits() -> None:
    x = tf.placeholder(tf.float32, [3])
    y = tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2, lambda: -x)
    with tf.Session(backend="cupy") as session:
        for _ in range(2):
            assert copies(session, y, {x: np.ones(3)}) == (1, 2, 2)


def test_a_value_that_is_only_fetched_is_not_moved() -> None:
    x, n = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int32, [])
    with tf.Session(backend="cupy") as session:
        assert copies(session, [x, n + 1], {x: np.ones(3), n: 2}) == (0, 0, 0)


def test_text_stays_on_the_host() -> None:
    words, at = tf.placeholder(tf.string, [None]), tf.placeholder(tf.int32, [None])
    name = tf.get_variable("name", initializer="x", dtype=tf.string)
    y = tf.strings.join([tf.gather(words, at), name])
    with tf.Session(backend="cupy") as session:
        session.run(tf.global_variables_initializer())
        for _ in range(2):
            assert session.run(y, {words: ["a", "b"], at: [1, 1]}).tolist() == [b"bx", b"bx"]
            assert copies(session, y, {words: ["a", "b"], at: [1]}) == (0, 0, 0)
