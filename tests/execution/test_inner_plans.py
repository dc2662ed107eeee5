"""Branches and loops: plans inside plans, which share a session's variables."""

import numpy as np
import pytest
import scopetrie as tf
from scopetrie import errors


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_only_the_chosen_branch_runs():
    x = tf.placeholder(tf.float32, [])
    w = tf.get_variable("w", initializer=10.0)
    y = tf.cond(x > 0, lambda: tf.assign_add(w, x), lambda: tf.identity(w))
    with tf.Session() as session:
        session.run(w.initializer)
        for _ in range(3):
            before = session.run(w)
            assert session.run(y, {x: -1.0}) == before
            assert session.run([y, w], {x: 2.0}) == [before + 2, before + 2]


def test_what_a_branch_hands_out_is_not_written_into():
    x = tf.placeholder(tf.float32, [3])
    flag = tf.placeholder(tf.bool, [])
    w = tf.get_variable("w", initializer=[1.0, 2.0, 3.0])
    y = tf.tanh(tf.cond(flag, lambda: x, lambda: w) * 1.0)
    kept = tf.cond(flag, lambda: x, lambda: w)
    fed = np.array([4, 5, 6], np.float32)
    with tf.Session() as session:
        session.run(w.initializer)
        for _ in range(4):
            for choice, value in ((True, fed), (False, np.array([1, 2, 3], np.float32))):
                found, same = session.run([y, kept], {x: fed, flag: choice})
                assert np.allclose(found, np.tanh(value), rtol=1e-5)
                assert same.tolist() == value.tolist()
                same[:] = 0
            assert fed.tolist() == [4, 5, 6]
            assert session.run(w).tolist() == [1, 2, 3]


def test_loops():
    n = tf.placeholder(tf.int32, [])
    w = tf.get_variable("w", initializer=1.0)

    def body(i, total):
        with tf.control_dependencies([tf.assign_add(w, 1.0)]):
            return i + 1, total + tf.cast(i, tf.float32) * tf.identity(w)

    _, total = tf.while_loop(lambda i, _: i < n, body, [0, 0.0])
    with tf.Session() as session:
        for count in (3, 5, 0, 4):
            session.run(w.initializer)
            assert session.run(total, {n: count}) == sum(i * (i + 2) for i in range(count))
            assert session.run(w) == count + 1


def test_errors_inside_name_the_operation_inside():
    x = tf.placeholder(tf.float32)
    y = tf.cond(tf.size(x) > 1, lambda: tf.reshape(x, [2], name="inside") + 1.0, lambda: x)
    with tf.Session() as session:
        for _ in range(3):
            assert session.run(y, {x: [1, 2]}).tolist() == [2, 3]
            with pytest.raises(errors.InvalidArgumentError) as caught:
                session.run(y, {x: [1, 2, 3]})
            assert caught.value.op.name == "cond/inside"
            assert __file__ in caught.value.message
