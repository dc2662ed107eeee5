"""Moving averages, with TensorFlow's names and values."""

from __future__ import annotations

import numpy as np
import pytest
import scopetrie as tf


def test_names_collections_and_what_is_restored() -> None:
    with tf.Graph().as_default():
        w = tf.get_variable("layer/w", [2, 3])
        total = tf.reduce_sum(w)
        average = tf.train.ExponentialMovingAverage(0.9)
        assert average.average_name(w) == "layer/w/ExponentialMovingAverage"
        assert average.average(w) is None
        operation = average.apply([w, total])
        assert operation.name == "ExponentialMovingAverage"
        assert [each.name for each in tf.global_variables()] == [
            "layer/w:0", "layer/w/ExponentialMovingAverage:0", "Sum/ExponentialMovingAverage:0",
        ]  # fmt: skip
        assert average.average(total).name == "Sum/ExponentialMovingAverage:0"
        assert tf.moving_average_variables() == [w]
        assert average.variables_to_restore() == {
            "layer/w/ExponentialMovingAverage": w,
            "Sum/ExponentialMovingAverage": average.average(total),
        }
        average.apply([w])  # again: nothing new is made
        assert len(tf.global_variables()) == 3
        with pytest.raises(TypeError, match=r"^The variables must be half, float, or double: Const_\d:0$"):
            average.apply([tf.constant(1)])


def test_values_with_a_count_of_updates() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", initializer=1.0)
        step = tf.train.get_or_create_global_step()
        average = tf.train.ExponentialMovingAverage(0.9, num_updates=step)
        update = average.apply()
        session.run(tf.global_variables_initializer())
        session.run([w.assign(2.0), step.assign(2)])
        session.run(update)
        np.testing.assert_allclose(session.run(average.average(w)), 1.75)  # decay 3 / 12


def test_tensors_begin_with_zeros_or_are_corrected_for_it() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2], name="x")
        kinds = (False, True)
        averages = [tf.train.ExponentialMovingAverage(0.5, None, each, str(each)) for each in kinds]
        updates = [each.apply([x]) for each in averages]
        assert "x/True/biased:0" in [each.name for each in tf.global_variables()]
        session.run(tf.global_variables_initializer())
        for value in (4.0, 8.0):
            session.run(updates, {x: [value, value]})
        plain, corrected = session.run([each.average(x) for each in averages])
        np.testing.assert_allclose(plain, [5.0, 5.0])
        np.testing.assert_allclose(corrected, [20 / 3, 20 / 3], rtol=1e-6)


def test_first_values_wait_for_no_step() -> None:
    """v1's pattern: averages are applied below the step of training, and initialized without running it."""
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=8.0)
        average = tf.train.ExponentialMovingAverage(0.5)
        with tf.control_dependencies([w.assign(w / 2.0)]):
            update = average.apply([w])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert session.run([w, average.average(w)]) == [8.0, 8.0]
            session.run(update)
            assert session.run([w, average.average(w)]) == [4.0, 6.0]
