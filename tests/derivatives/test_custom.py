"""Functions with a gradient of the program's own, and second derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as made:
        yield made


def values(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


def test_custom_gradient() -> None:
    @tf.custom_gradient
    def tripled(x: Any) -> Any:
        return x * x, lambda dy: dy * 3.0

    x = tf.placeholder(tf.float32, [])
    y = tripled(x)
    assert y.name == "IdentityN:0"
    assert tripled.__name__ == "tripled"
    (found,) = tf.gradients(y, x)
    assert found.name == "gradients/IdentityN_grad/mul:0"
    assert values([y, found], {x: 5.0}) == [25.0, 3.0]


def test_of_several_arguments_and_results() -> None:
    @tf.custom_gradient
    def both(x: Any, y: Any) -> Any:
        return (x * y, [y]), lambda dx, dy: (dx * 2.0, dy * 5.0)

    x, y = (tf.placeholder(tf.float32, []) for _ in range(2))
    product, (other,) = both(x, y)
    assert values(tf.gradients([product, other], [x, y]), {x: 1.0, y: 1.0}) == [2.0, 5.0]
    assert values(tf.gradients(product, [x, y]), {x: 1.0, y: 1.0}) == [2.0, 0.0]


def test_variables() -> None:
    w = tf.get_variable("w", initializer=2.0)
    x = tf.placeholder(tf.float32, [])

    @tf.custom_gradient
    def deaf(x: Any) -> Any:
        return x * w, lambda dy: dy

    with pytest.raises(
        TypeError, match=r"^@tf.custom_gradient grad_fn must accept keyword argument 'variables'"
    ):
        deaf(x)

    @tf.custom_gradient
    def scaled(x: Any) -> Any:
        def slope(dy: Any, variables: Any) -> Any:
            assert variables == [w]
            return dy * w, [dy * 7.0]

        return x * w, slope

    assert values(tf.gradients(scaled(x), [x, w]), {x: 1.0}) == [2.0, 7.0]
    assert values(tf.gradients(scaled(w.value() * x), [x]), {x: 1.0}) == [4.0]


def test_refusals() -> None:
    @tf.custom_gradient
    def one(x: Any, y: Any = None) -> Any:
        return x * x, lambda dy: dy

    x = tf.placeholder(tf.float32, [])
    with pytest.raises(ValueError, match=r"^The custom_gradient decorator currently supports keywords"):
        one(x, y=x)
    with pytest.raises(ValueError, match=r"^Num gradients 2 generated for op IdentityN"):
        tf.gradients(one(x, x), x)


def test_grad_pass_through() -> None:
    x = tf.placeholder(tf.float32, [])
    y = tf.grad_pass_through(tf.sign)(x * 3.0)
    assert values([y, *tf.gradients(y, x)], {x: -2.0}) == [-1.0, 3.0]


def test_hessians() -> None:
    x = tf.placeholder(tf.float64, [2, 2])
    y = tf.placeholder(tf.float64, [3])
    total = tf.reduce_sum(x * x * x) + tf.reduce_prod(y)
    by_x, by_y = tf.hessians(total, [x, y])
    assert by_x.shape.as_list() == [2, 2, 2, 2]
    feeds = {x: [[1.0, 2.0], [3.0, 4.0]], y: [2.0, 3.0, 5.0]}
    by_x, by_y = values([by_x, by_y], feeds)
    np.testing.assert_allclose(by_x.reshape(4, 4), np.diag([6.0, 12.0, 18.0, 24.0]))
    np.testing.assert_allclose(by_y, [[0.0, 5.0, 3.0], [5.0, 0.0, 2.0], [3.0, 2.0, 0.0]])
    with pytest.raises(ValueError, match=r"^None values not supported\.$"):
        tf.hessians(total, [x, tf.placeholder(tf.float64, [1])])


def test_a_gradient_penalty() -> None:
    x = tf.placeholder(tf.float32, [4, 3])
    w = tf.get_variable("w", initializer=np.ones([3, 2], np.float32))
    score = tf.reduce_sum(tf.tanh(tf.matmul(x, w)))
    (slope,) = tf.gradients(score, x)
    penalty = tf.reduce_mean(tf.square(tf.sqrt(tf.reduce_sum(tf.square(slope), 1)) - 1.0))
    train = tf.train.AdamOptimizer(0.05).minimize(penalty)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        feeds = {x: np.random.default_rng(0).normal(size=(4, 3))}
        first = session.run(penalty, feeds)
        for _ in range(100):
            session.run(train, feeds)
        assert session.run(penalty, feeds) < first / 2
