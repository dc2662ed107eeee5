"""Gradients and updates on a strict namespace, with arrays on a device of their own, are those of NumPy."""

from __future__ import annotations

from typing import Any

import array_api_strict
import gradient_cases as cases
import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends import Backend

pytestmark = pytest.mark.filterwarnings("ignore")

# What the strict namespace does not compute forwards: special functions, and an ellipsis of einsum.
WITHOUT = {
    "BesselI0",
    "BesselI0e",
    "BesselI1",
    "BesselI1e",
    "Betainc",
    "Digamma",
    "Einsum",
    "Erfinv",
    "Igamma",
    "Igammac",
    "Ndtri",
    "Polygamma",
    "Zeta",
}


def strict() -> tf.Session:
    return tf.Session(backend=Backend("strict", array_api_strict, array_api_strict.Device("device1")))


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


@pytest.mark.parametrize("type", sorted((cases.CASES.keys() | cases.NARROW.keys()) - WITHOUT))
def test_gradients(type: str) -> None:
    narrow = type in cases.NARROW
    dtype = tf.float32 if narrow else tf.float64
    case = (cases.NARROW if narrow else cases.CASES)[type][0]
    with tf.Graph().as_default():
        arrays = [np.asarray(each, dtype.as_numpy_dtype) for each in case.arrays]
        inputs = [tf.placeholder(dtype, each.shape) for each in arrays]
        out = [tf.square(each) for each in listed(case.build(*inputs)) if each.dtype.is_floating]
        grads = [tf.convert_to_tensor(each) for each in tf.gradients(out, inputs) if each is not None]
        feeds = dict(zip(inputs, arrays, strict=True))
        expected, found = tf.Session().run(grads, feeds), strict().run(grads, feeds)
        for one, other in zip(expected, found, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


def test_control_flow() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2])
        made = [
            tf.while_loop(lambda i, _: i < 3, lambda i, s: (i + 1, tf.sin(s) * x), (0, x))[1],
            tf.cond(x[0] > 0, lambda: x * x, lambda: -x),
            tf.map_fn(lambda e: e * e, x),
            tf.scan(lambda total, e: total * e, x, initializer=1.0),
        ]
        grads = [tf.gradients(each, x)[0] for each in made]
        values = [session.run(grads, {x: [0.5, 0.7]}) for session in (tf.Session(), strict())]
        np.testing.assert_allclose(*values, rtol=1e-5)


OPTIMIZERS = {
    "adam": lambda: tf.train.AdamOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "adagrad": lambda: tf.train.AdagradOptimizer(0.1),
    "ftrl": lambda: tf.train.FtrlOptimizer(0.1),
    "rmsprop": lambda: tf.train.RMSPropOptimizer(0.1, centered=True),
    "descent": lambda: tf.train.GradientDescentOptimizer(0.1),
    "adadelta": lambda: tf.train.AdadeltaOptimizer(0.1),
    "averaging": lambda: tf.train.AdagradDAOptimizer(0.1, tf.train.create_global_step()),
    "proximal": lambda: tf.train.ProximalAdagradOptimizer(0.1),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name: str) -> None:
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=[1.0, 2.0])
        table = tf.get_variable("table", initializer=np.ones((4, 2), np.float32))
        loss = tf.reduce_sum(w * w) + tf.reduce_sum(tf.gather(table, [1, 1, 3]) * w)
        step = OPTIMIZERS[name]().minimize(loss)
        values = []
        for session in (tf.Session(), strict()):
            session.run(tf.global_variables_initializer())
            for _ in range(3):
                session.run(step)
            values.append(np.concatenate([np.ravel(each) for each in session.run([w, table])]))
        np.testing.assert_allclose(*values, rtol=1e-5)
