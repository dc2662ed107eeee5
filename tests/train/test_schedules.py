"""Schedules of learning rates against values recorded from TensorFlow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scopetrie as tf
import training_cases as cases

RECORDED = np.load(cases.FOLDER / "training.npz")


@pytest.mark.parametrize("name", cases.SCHEDULES)
def test_as_tensorflow(name: str) -> None:
    np.testing.assert_allclose(cases.schedule(tf, name), RECORDED[f"schedule {name}"], rtol=2e-5, atol=1e-8)


NAMED = {
    "ExponentialDecay:0": lambda step: tf.train.exponential_decay(0.1, step, 1, 1.0),
    "InverseTimeDecay:0": lambda step: tf.train.inverse_time_decay(0.1, step, 1, 1.0),
    "PolynomialDecay:0": lambda step: tf.train.polynomial_decay(0.1, step, 1),
    "SGDRDecay:0": lambda step: tf.train.cosine_decay_restarts(0.1, step, 1),
    "LinearCosineDecay:0": lambda step: tf.train.linear_cosine_decay(0.1, step, 1),
    "NoisyLinearCosineDecay:0": lambda step: tf.train.noisy_linear_cosine_decay(0.1, step, 1),
    "lr:0": lambda step: tf.train.exponential_decay(0.1, step, 1, 1.0, name="lr"),
}


@pytest.mark.parametrize("name", NAMED)
def test_names(name: str) -> None:
    with tf.Graph().as_default():
        assert NAMED[name](tf.placeholder(tf.int32, [])).name == name


def test_noise_is_around_the_line() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(3)
        step = tf.placeholder(tf.int64, [])
        noisy = tf.train.noisy_linear_cosine_decay(1.0, step, 10, initial_variance=0.01)
        plain = tf.train.linear_cosine_decay(1.0, step, 10)
        drawn = [session.run(noisy, {step: 3}) for _ in range(200)]
        assert np.std(drawn) > 0.01
        assert abs(np.mean(drawn) - session.run(plain, {step: 3})) < 0.02


@pytest.mark.parametrize(
    ("build", "fault"),
    [
        (lambda: tf.train.exponential_decay(0.1, None, 1, 1.0), "None values not supported."),
        (
            lambda: tf.train.piecewise_constant(1, [1, 2], [0.1]),
            "The length of boundaries should be 1 less than the length of values",
        ),
        (
            lambda: tf.train.piecewise_constant(tf.constant(1.5), [1, 2], [0.1, 0.2, 0.3]),
            r"Boundaries \(tf.int32\) must have the same dtype as x \(tf.float32\).",
        ),
        (
            lambda: tf.train.piecewise_constant(tf.constant(1), [1, 2], [0.1, 2, 0.3]),
            r"Values must have elements all with the same dtype \(tf.float32 vs tf.int32\).",
        ),
    ],
)
def test_refusals(build: Any, fault: str) -> None:
    with tf.Graph().as_default(), pytest.raises(ValueError, match=f"^{fault}$"):
        build()


def test_a_schedule_drives_an_optimizer() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", initializer=0.0)
        step = tf.train.get_or_create_global_step()
        rate = tf.train.piecewise_constant(step, [0, 1], [1.0, 10.0, 100.0])
        train = tf.train.GradientDescentOptimizer(rate).minimize(-w, global_step=step)
        session.run(tf.global_variables_initializer())
        seen = []
        for _ in range(3):
            session.run(train)
            seen.append(session.run(w))
        assert seen == [1.0, 11.0, 111.0]
