"""Subnormal numbers are zeros in a run, as in TensorFlow 1, and only there."""

from __future__ import annotations

import numpy as np
import pytest
import scopetrie as tf

TINY = np.full(5, 1e-40, np.float32)


def test_a_run_computes_as_tensorflow_does():
    x = tf.placeholder(tf.float32, [None])
    with tf.Session() as session:
        times, plus, total, zero, same, powers = session.run(
            [x * 1.0, x + 0.0, tf.reduce_sum(x), tf.equal(x, 0.0), tf.identity(x), tf.exp(x - 88.5)],
            {x: TINY},
        )
        far = tf.constant([-720.0], tf.float64) + tf.cast(x[:1], tf.float64)
        doubles = session.run(tf.exp(far), {x: TINY})
        inner = session.run(tf.py_func(lambda given: given * np.float32(1), [x], tf.float32), {x: TINY})
    # Recorded from TensorFlow 2.21.
    assert not times.any() and not plus.any() and total == 0 and zero.all() and not powers.any()
    assert (same == TINY).all() and not doubles.any() and not inner.any()


def test_outside_of_runs_they_are_what_they_were():
    def fail(_):
        raise ValueError("no")

    x = tf.placeholder(tf.float32, [None])
    with tf.Session() as session:
        for _ in range(3):  # the first run, the generated function, and that again
            session.run(x * 1.0, {x: TINY})
            assert (TINY * np.float32(0.5)).all()
        with pytest.raises(tf.errors.OpError):
            session.run(tf.py_func(fail, [x], tf.float32), {x: TINY})
    assert (TINY * np.float32(0.5)).all()


def test_a_number_that_a_program_gives_stays_what_it_is():
    """In TensorFlow, too: 1e-40 as a constant or a first value is fetched as 1e-40."""
    of_list, of_number = tf.constant([1e-40]), tf.constant(1e-40)
    w = tf.get_variable("w", [2], initializer=tf.constant_initializer(1e-40))
    v = tf.get_variable("v", initializer=[1e-40])
    for each in ([w, v], [v, w]):
        with tf.Session() as session:
            session.run(each[0].initializer)
            session.run(tf.variables_initializer([each[1]]))
            found = session.run([of_list, of_number, tf.fill([2], of_number), w, v])
            assert [np.unique(value).tolist() for value in found] == [[float(TINY[0])]] * 5
            assert session.run(of_list * 1.0) == 0
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(w).all() and session.run(v).all()
