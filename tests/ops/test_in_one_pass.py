"""What C++ computes in one pass: the values of formulas, also for arrays with gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scopetrie as tf

RANDOM = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as made:
        yield made


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("step", [1, 2, -1])
def test_logistic_and_tanh_with_gradients(dtype: str, step: int) -> None:
    x, dy = (tf.placeholder(dtype, [5, 12]) for _ in range(2))
    cut = x[:, ::step]
    given = dy[:, ::step]
    found = []
    for function in (tf.sigmoid, tf.tanh):
        out = function(cut)
        found += [out, *tf.gradients(out, cut, given), function(cut + 0), *tf.gradients(out, cut, given * 1)]
    values = (RANDOM.normal(size=(5, 12)) * 4).astype(dtype)
    slopes = RANDOM.normal(size=(5, 12)).astype(dtype)
    wide, by = values[:, ::step].astype(float), slopes[:, ::step].astype(float)
    logistic, tangent = 1 / (1 + np.exp(-wide)), np.tanh(wide)
    expected = [logistic, by * logistic * (1 - logistic)] * 2 + [tangent, by * (1 - tangent * tangent)] * 2
    with tf.Session() as session:
        for _ in range(3):
            for one, other in zip(session.run(found, {x: values, dy: slopes}), expected, strict=True):
                np.testing.assert_allclose(
                    one,
                    other,
                    rtol=1e-5 if dtype != "float16" else 1e-2,
                    atol=5e-3 if dtype == "float16" else 1e-6,
                )


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("step", [1, 2])
def test_relu_and_leaky_relu_with_gradients(dtype: str, step: int) -> None:
    x, dy = (tf.placeholder(dtype, [5, 12]) for _ in range(2))
    cut, given = x[:, ::step], dy[:, ::step]
    found = []
    for function in (tf.nn.relu, lambda each: tf.nn.leaky_relu(each, alpha=0.25)):
        out = function(cut)
        found += [out, *tf.gradients(out, cut, given), function(cut + 0), *tf.gradients(out, cut, given * 1)]
    values = RANDOM.integers(-2, 3, (5, 12)).astype(dtype)
    values[0, 0] = np.nan
    slopes = RANDOM.integers(-4, 5, (5, 12)).astype(dtype)
    v, by = values[:, ::step], slopes[:, ::step]
    relu = np.where(v < 0, 0, v), by * (v > 0)
    leaky = np.where(v > 0, v, v * 0.25), np.where(v > 0, by, by * 0.25)
    with tf.Session() as session:
        for _ in range(3):
            all_found = session.run(found, {x: values, dy: slopes})
            for one, other in zip(all_found, (*relu, *relu, *leaky, *leaky), strict=True):
                assert one.dtype == dtype
                np.testing.assert_array_equal(one, other.astype(dtype))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
@pytest.mark.parametrize("index", ["int32", "int64"])
@pytest.mark.parametrize("width", [(), (3,), (2, 2)])
def test_rows_that_repeat(dtype: str, index: str, width: tuple[int, ...]) -> None:
    at = np.array([4, 0, 4, 4, 1], index)
    rows = np.arange(5 * np.prod(width, dtype=int)).reshape(5, *width).astype(dtype)
    v = tf.get_variable("v", [6, *width], dtype, initializer=tf.ones_initializer())
    expected = np.ones((6, *width), dtype)
    np.add.at(expected, at, rows)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(session.run(tf.scatter_add(v, at, rows)), expected)
        np.testing.assert_array_equal(session.run(tf.scatter_sub(v, at, rows)), np.ones((6, *width), dtype))
        with pytest.raises(tf.errors.InvalidArgumentError, match="is not in"):
            session.run(tf.scatter_add(v, at - 1, rows))


def test_rows_of_the_variable_itself() -> None:
    v = tf.get_variable("v", initializer=np.arange(12, dtype=np.float32).reshape(6, 2))
    added = tf.scatter_add(v, [1, 2, 3], v[:3])
    expected = np.arange(12, dtype=np.float32).reshape(6, 2)
    expected[1:4] += expected[:3].copy()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(session.run(added), expected)
