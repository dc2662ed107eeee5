"""Sessions forget what was undone: its numbers are given out again."""

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


class Failure(Exception):
    pass


def test_a_session_that_ran_within_a_failing_initializer(graph):
    with tf.Session() as session:

        def initializer(shape, **_):
            session.run(tf.constant(1.0))
            session.run([tf.constant(1.0)])
            raise Failure

        with pytest.raises(Failure):
            tf.get_variable("w", [2], initializer=initializer)
        assert session.run(tf.constant(2.0)) == 2.0
        assert session.run([tf.constant(3.0)]) == [3.0]
        assert session.run("Const:0") == 2.0


def test_a_new_variable_has_not_the_value_of_an_undone_one(graph):
    with tf.Session() as session:
        with graph.transaction() as attempt:
            w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
            session.run(w.initializer)
            session.run(w)
            attempt.rollback()
        again = tf.get_variable("w", [2])
        with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value w"):
            session.run(again)
        with pytest.raises(RuntimeError, match="This variable was undone"):
            session.run(w)


def test_random_operations_count_from_the_start(graph):
    tf.set_random_seed(3)

    def draws(attempts):
        with tf.Graph().as_default() as graph, tf.Session() as session:
            tf.set_random_seed(3)
            for _ in range(attempts):
                with graph.transaction() as attempt:
                    session.run(tf.random_uniform([2]))
                    attempt.rollback()
            return session.run(tf.random_uniform([2]))

    np.testing.assert_array_equal(draws(0), draws(3))


def test_older_variables_keep_their_values_and_plans(graph):
    w = tf.get_variable("w", initializer=1.0)
    with tf.Session() as session:
        session.run(w.initializer)
        more = tf.assign_add(w, 1.0)
        assert session.run(more) == 2.0
        programs = len(session._programs)
        with graph.transaction() as attempt:
            session.run(w * 2.0)
            attempt.rollback()
        assert len(session._programs) == programs
        assert session.run(more) == 3.0


def test_a_lowered_function_of_what_was_undone(graph):
    x = tf.placeholder(tf.float32, [2])
    old = tf.lower(x * 3.0, feeds=[x])
    with graph.transaction() as attempt:
        undone = tf.lower(x * 2.0, feeds=[x])
        values = np.ones(2, np.float32)
        np.testing.assert_array_equal(undone(None, [values]), 2 * values)
        attempt.rollback()
    x * 5.0
    np.testing.assert_array_equal(old(None, [values]), 3 * values)
    with pytest.raises(RuntimeError, match="was undone"):
        undone(None, [values])
