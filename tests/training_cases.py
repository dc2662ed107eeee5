"""Training programs whose outcomes are recorded from TensorFlow; see recorded/record_training.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "recorded"
STEPS = 20

OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "gradient descent": lambda tf: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda tf: tf.train.MomentumOptimizer(0.05, 0.9, use_nesterov=True),
    "adam": lambda tf: tf.train.AdamOptimizer(0.05),
    "adam, other settings": lambda tf: tf.train.AdamOptimizer(0.1, 0.5, 0.9, 1e-3, name="Mine"),
    "adagrad": lambda tf: tf.train.AdagradOptimizer(0.3),
    "adagrad da": lambda tf: tf.train.AdagradDAOptimizer(
        0.3, tf.train.get_global_step(), 0.2, l1_regularization_strength=0.01, l2_regularization_strength=0.02
    ),
    "rmsprop": lambda tf: tf.train.RMSPropOptimizer(0.02, 0.8, momentum=0.5, epsilon=1e-6),
    "rmsprop, centered": lambda tf: tf.train.RMSPropOptimizer(0.02, centered=True, epsilon=1e-4),
    "adadelta": lambda tf: tf.train.AdadeltaOptimizer(1.0, 0.9, 1e-3),
    "ftrl": lambda tf: tf.train.FtrlOptimizer(
        0.3, l1_regularization_strength=0.01, l2_regularization_strength=0.02
    ),
    "ftrl, all settings": lambda tf: tf.train.FtrlOptimizer(
        0.3,
        -0.4,
        0.2,
        0.01,
        0.02,
        accum_name="A",
        linear_name="B",
        l2_shrinkage_regularization_strength=0.05,
        beta=0.1,
    ),
    "proximal": lambda tf: tf.train.ProximalGradientDescentOptimizer(0.1, 0.02, 0.03),
    "proximal adagrad": lambda tf: tf.train.ProximalAdagradOptimizer(0.3, 0.2, 0.02, 0.03),
}

# In TensorFlow these take float32 alone.
NARROW = ("ftrl", "ftrl, all settings", "proximal", "proximal adagrad")

SCHEDULES: dict[str, Callable[[Any, Any], Any]] = {
    "exponential": lambda tf, step: tf.train.exponential_decay(0.1, step, 7, 0.9),
    "exponential, in stairs": lambda tf, step: tf.train.exponential_decay(0.1, step, 7, 0.9, staircase=True),
    "natural exp": lambda tf, step: tf.train.natural_exp_decay(0.1, step, 7, 0.9),
    "natural exp, in stairs": lambda tf, step: tf.train.natural_exp_decay(0.1, step, 7, 0.9, staircase=True),
    "inverse time": lambda tf, step: tf.train.inverse_time_decay(0.1, step, 7, 0.9),
    "inverse time, in stairs": lambda tf, step: tf.train.inverse_time_decay(0.1, step, 7, 0.9, True),
    "polynomial": lambda tf, step: tf.train.polynomial_decay(0.1, step, 10, 0.01, 2.0),
    "polynomial, again": lambda tf, step: tf.train.polynomial_decay(0.1, step, 10, 0.01, 0.5, cycle=True),
    "piecewise": lambda tf, step: tf.train.piecewise_constant(step, [2, 9], [1.0, 0.5, 0.1]),
    "cosine": lambda tf, step: tf.train.cosine_decay(0.1, step, 10, 0.1),
    "cosine restarts": lambda tf, step: tf.train.cosine_decay_restarts(0.1, step, 5, 2.0, 0.5, 0.1),
    "cosine restarts, even": lambda tf, step: tf.train.cosine_decay_restarts(0.1, step, 5, t_mul=1.0),
    "linear cosine": lambda tf, step: tf.train.linear_cosine_decay(0.1, step, 10, 0.7, 0.1, 0.01),
}


def train(tf: Any, name: str, dtype: str = "float64") -> dict[str, Any]:
    """Trains a small model, with a table of which rows are looked up, some of them twice.

    Args:
        tf: The library.
        name: The optimizer's.
        dtype: The model's.

    Returns:
        The names of the variables, and all their values after each step.
    """
    numbers = np.random.default_rng(7)
    first = {
        "w": numbers.normal(size=(3, 2)).astype(dtype),
        "b": np.zeros(2, dtype),
        "table": numbers.normal(size=(6, 3)).astype(dtype),
    }
    rows = numbers.integers(0, 5, size=(STEPS, 4))
    wanted = numbers.normal(size=(STEPS, 4, 2)).astype(dtype)
    with tf.Graph().as_default():
        with tf.variable_scope("net"):
            w, b, table = (
                tf.get_variable(each, initializer=first[each], use_resource=False) for each in first
            )
        step = tf.train.get_or_create_global_step()
        ids = tf.placeholder(tf.int32, [4])
        target = tf.placeholder(dtype, [4, 2])
        out = tf.tanh(tf.matmul(tf.nn.embedding_lookup(table, ids), w) + b)
        loss = tf.reduce_mean(tf.square(out - target))
        operation = OPTIMIZERS[name](tf).minimize(loss, global_step=step)
        variables = tf.global_variables()
        values = []
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for at in range(STEPS):
                session.run(operation, {ids: rows[at], target: wanted[at]})
                values.append(np.concatenate([np.ravel(each) for each in session.run(variables)]))
        names = [operation.name, *(each.name for each in variables)]
        return {"names": names, "values": np.array(values, np.float64)}


def schedule(tf: Any, name: str) -> np.ndarray[Any, Any]:
    """The learning rates of a schedule at the first steps."""
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.placeholder(tf.int32, [])
        rate = SCHEDULES[name](tf, step)
        return np.array([session.run(rate, {step: at}) for at in range(25)], np.float64)
