"""bfloat16: what kernels give has the dtype that their operations declare, rounded once from float32."""

from __future__ import annotations

import numpy as np
import pytest
import scopetrie as tf

ml_dtypes = pytest.importorskip("ml_dtypes")


def run(build):
    with tf.Graph().as_default(), tf.Session() as session:
        made = build()
        session.run(tf.global_variables_initializer())
        return session.run(made)


def short(*values):
    return tf.constant(np.array(values, ml_dtypes.bfloat16))


@pytest.mark.parametrize(
    "build",
    [
        lambda: tf.matmul(short([1.0, 2.0]), short([3.0], [4.0])),
        lambda: tf.nn.leaky_relu(short(-1.0, 2.0)),
        lambda: tf.nn.selu(short(-1.0, 2.0)),
        lambda: tf.nn.relu6(short(-1.0, 7.0)),
        lambda: tf.nn.top_k(short(3.0, 1.0), 1)[0],
        lambda: tf.Variable(short(3.0, 1.0)) + 1,
        lambda: tf.assign_add(tf.Variable(short(3.0, 1.0)), short(1.0, 1.0)),
    ],
)
def test_dtype(build):
    assert run(build).dtype == ml_dtypes.bfloat16


def test_rounded_once():
    # In bfloat16 1 + 2^-9 is 1, so the sum would stay 1.
    values = [1.0, *[2.0**-9] * 4]
    assert float(run(lambda: tf.reduce_sum(short(*values)))) == 1.0078125


def test_the_limit_stays_finite():
    found = run(lambda: tf.unsorted_segment_max(short(1.0), [1], 2))
    assert float(found[0]) == tf.bfloat16.min


def test_bits_are_not_converted():
    assert run(lambda: tf.bitcast(short(1.0), tf.uint16)).tolist() == [0x3F80]


def test_folded_constants():
    with tf.Graph().as_default(), tf.Session(config=tf.ConfigProto(check_values=True)) as session:
        x = tf.placeholder(tf.bfloat16, [2])
        fed = {x: np.array([1.0, 2.0], ml_dtypes.bfloat16)}
        assert session.run(tf.cast(x * short(2.0, 3.0), tf.float32), fed).tolist() == [2.0, 6.0]
