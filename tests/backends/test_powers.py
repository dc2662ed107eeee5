"""Powers with one exponent: those of NumPy, whatever the base."""

from __future__ import annotations

import numpy as np
import pytest
import scopetrie as tf

BASES = [-np.inf, -3.5, -2.0, -1.0, -0.0, 0.0, 0.25, 1.0, 2.5, 7.0, np.inf, np.nan]
EXPONENTS = [
    -np.inf,
    -3.0,
    -2.5,
    -2.0,
    -1.0,
    -0.5,
    0.0,
    0.5,
    1.0,
    2.0,
    3.0,
    3.5,
    4.0,
    5.0,
    1e4,
    np.inf,
    np.nan,
]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_powers_of_all_bases(dtype: str, exponent: float) -> None:
    bases, power = np.array(BASES, dtype), np.array(exponent, dtype)
    with np.errstate(all="ignore"):
        expected = np.power(bases, power)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(dtype, [None])
        alone = tf.pow(x, power)
        in_place = tf.pow(x * 1, tf.constant(power))  # where the product was
        for found in session.run([alone, in_place], {x: bases}):
            np.testing.assert_allclose(found, expected, rtol=4 * np.finfo(dtype).eps)
            np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


def test_powers_of_integers() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.int32, [None])
        bases = np.array([-3, -1, 0, 2], np.int32)
        for exponent in (0, 1, 2, 3, 5):
            np.testing.assert_array_equal(session.run(tf.pow(x, exponent), {x: bases}), bases**exponent)
