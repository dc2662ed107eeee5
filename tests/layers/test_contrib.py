"""contrib's layers, as documented: names, collections, values; there is no TensorFlow 2 that has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

layers, slim, framework = tf.contrib.layers, tf.contrib.slim, tf.contrib.framework


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def names(variables: Any) -> list[str]:
    return [each.op.name for each in variables]


def run(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


def test_a_layer_of_each_kind() -> None:
    x = tf.ones([2, 8, 8, 3])
    y = layers.conv2d(x, 4, [3, 3], weights_initializer=tf.ones_initializer(), scope="a")
    assert y.name == "a/Relu:0"
    np.testing.assert_allclose(run(y)[0, 1, 1], [27.0] * 4)
    assert layers.conv2d(x, 4, 3, stride=2, padding="VALID", activation_fn=None).shape.as_list() == [
        2,
        3,
        3,
        4,
    ]
    assert layers.conv2d_transpose(x, 4, 3, stride=2).shape.as_list() == [2, 16, 16, 4]
    assert layers.separable_conv2d(x, 5, 3).shape.as_list() == [2, 8, 8, 5]
    assert layers.separable_conv2d(x, None, 3, depth_multiplier=2).shape.as_list() == [2, 8, 8, 6]
    assert layers.max_pool2d(x, 2).name == "MaxPool2D/MaxPool:0"
    assert layers.avg_pool2d(x, 2, scope="pool").name == "pool/AvgPool:0"
    assert layers.flatten(x).name == "Flatten/flatten/Reshape:0"
    assert layers.dropout(x, 0.9, is_training=False).name == "Dropout/Identity:0"
    assert layers.fully_connected(layers.flatten(x), 7).name == "fully_connected/Relu:0"
    assert layers.layer_norm(x).shape.as_list() == [2, 8, 8, 3]
    assert layers.linear(tf.ones([2, 3]), 4, scope="l").name == "l/BiasAdd:0"
    assert names(tf.trainable_variables()) == [
        "a/weights", "a/biases", "Conv/weights", "Conv/biases", "Conv2d_transpose/weights",
        "Conv2d_transpose/biases", "SeparableConv2d/depthwise_weights", "SeparableConv2d/pointwise_weights",
        "SeparableConv2d/biases", "SeparableConv2d_1/depthwise_weights", "SeparableConv2d_1/biases",
        "fully_connected/weights", "fully_connected/biases", "LayerNorm/beta", "LayerNorm/gamma", "l/weights",
        "l/biases",
    ]  # fmt: skip
    assert names(tf.model_variables()) == names(tf.trainable_variables())


def test_collections_and_reuse() -> None:
    x = tf.ones([2, 3])
    y = layers.fully_connected(
        x, 4, variables_collections={"weights": ["mine"]}, outputs_collections="out", scope="fc",
        weights_regularizer=layers.l2_regularizer(0.5),
    )  # fmt: skip
    again = layers.fully_connected(x, 4, reuse=True, scope="fc")
    assert names(tf.get_collection("mine")) == ["fc/weights"]
    assert tf.get_collection("out") == [y]
    assert names(tf.trainable_variables()) == ["fc/weights", "fc/biases"]
    assert [each.name for each in tf.losses.get_regularization_losses()] == [
        "fc/weights/Regularizer/l2_regularizer:0"
    ]
    first, second = run([y, again])
    np.testing.assert_array_equal(first, second)
    with pytest.raises(ValueError, match="Variable fc/weights already exists, disallowed"):
        layers.fully_connected(x, 4, scope="fc")


@pytest.mark.parametrize("shape", [[5, 3], [2, 4, 4, 3]])
@pytest.mark.parametrize("by_tensor", [False, True])
def test_batch_norm(shape: list[int], by_tensor: bool) -> None:
    data = np.random.default_rng(0).normal(2.0, 3.0, shape).astype(np.float32)
    over = tuple(range(len(shape) - 1))
    flag = tf.placeholder(tf.bool, []) if by_tensor else True
    y = layers.batch_norm(
        tf.constant(data), decay=0.9, is_training=flag, updates_collections=None, scope="bn"
    )
    assert names(tf.global_variables()) == ["bn/beta", "bn/moving_mean", "bn/moving_variance"]
    assert tf.get_collection(tf.GraphKeys.UPDATE_OPS) == []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run(y, {flag: True} if by_tensor else None)
        spread = data.var(over)
        np.testing.assert_allclose(
            found, (data - data.mean(over)) / np.sqrt(spread + 0.001), rtol=1e-3, atol=1e-4
        )
        mean, variance = session.run(["bn/moving_mean:0", "bn/moving_variance:0"])
        np.testing.assert_allclose(mean, 0.1 * data.mean(over), rtol=1e-4)
        count = data.size // 3
        np.testing.assert_allclose(variance, 0.9 + 0.1 * spread * count / (count - 1), rtol=1e-4)
        if by_tensor:
            found = session.run(y, {flag: False})
            np.testing.assert_allclose(found, (data - mean) / np.sqrt(variance + 0.001), rtol=1e-3, atol=1e-4)
            np.testing.assert_array_equal(session.run("bn/moving_mean:0"), mean)


def test_batch_norm_collects_its_updates() -> None:
    layers.batch_norm(tf.ones([2, 4, 4, 3]), scale=True, updates_collections="mine", activation_fn=tf.nn.relu)
    assert [op.name for op in tf.get_collection("mine")] == [
        "BatchNorm/AssignMovingAvg",
        "BatchNorm/AssignMovingAvg_1",
    ]
    assert sorted(names(tf.trainable_variables())) == ["BatchNorm/beta", "BatchNorm/gamma"]


def test_layer_norm_and_instance_norm() -> None:
    data = np.random.default_rng(0).normal(2.0, 3.0, [2, 4, 4, 3]).astype(np.float32)
    by_example, by_channel = run([layers.layer_norm(data), layers.instance_norm(data)])
    for found, over in ((by_example, (1, 2, 3)), (by_channel, (1, 2))):
        wanted = (data - data.mean(over, keepdims=True)) / data.std(over, keepdims=True)
        np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4)


def test_initializers() -> None:
    uniform = run(tf.get_variable("u", [300, 200], initializer=layers.xavier_initializer(seed=1)))
    limit = np.sqrt(6.0 / 500)
    assert -limit <= uniform.min() < -0.9 * limit and 0.9 * limit < uniform.max() <= limit
    normal = run(
        tf.get_variable("n", [5, 5, 30, 20], initializer=layers.variance_scaling_initializer(seed=1))
    )
    assert normal.std() == pytest.approx(np.sqrt(2.0 / (25 * 30)), rel=0.05)
    assert layers.xavier_initializer_conv2d is layers.xavier_initializer
    with pytest.raises(TypeError, match="Unknown mode FAN"):
        layers.variance_scaling_initializer(mode="FAN")


def test_regularizers() -> None:
    w = tf.constant([1.0, -2.0])
    made = [
        layers.l1_regularizer(0.5)(w),
        layers.l2_regularizer(0.5)(w),
        layers.l1_l2_regularizer(0.5, 0.5)(w),
    ]
    assert run(made) == [1.5, 1.25, 2.75]
    assert layers.l2_regularizer(0.0)(w) is None
    assert run(layers.apply_regularization(layers.l1_regularizer(1.0), [w, w])) == 6.0
    with pytest.raises(ValueError, match="scale cannot be an integer: 1"):
        layers.l2_regularizer(1)
    with pytest.raises(ValueError, match=r"Setting a scale less than 0 on a regularizer: -0\.5\."):
        layers.l1_regularizer(-0.5)


def test_arg_scope() -> None:
    x = tf.ones([2, 8, 8, 3])
    with slim.arg_scope([slim.conv2d, slim.fully_connected], activation_fn=None) as outer:
        with slim.arg_scope([slim.conv2d], padding="VALID", kernel_size=3):
            assert slim.conv2d(x, 4, scope="a").name == "a/BiasAdd:0"
            assert slim.conv2d(x, 4, scope="b", activation_fn=tf.nn.relu).name == "b/Relu:0"
        assert slim.fully_connected(tf.ones([2, 3]), 4, scope="c").name == "c/BiasAdd:0"
    assert slim.conv2d(x, 4, 3, scope="d").name == "d/Relu:0"
    with slim.arg_scope(outer):
        assert slim.conv2d(x, 4, 3, scope="e").shape.as_list() == [2, 8, 8, 4]
        assert slim.conv2d(x, 4, 3, scope="f").name == "f/BiasAdd:0"
    with (
        pytest.raises(ValueError, match="is not decorated with @add_arg_scope"),
        slim.arg_scope([tf.nn.relu], a=1),
    ):
        pass
    with pytest.raises(TypeError, match="must either be a list/tuple or reused scope"), slim.arg_scope(3):
        pass

    @slim.add_arg_scope
    def mine(a: int, b: int = 2) -> tuple[int, int]:
        return a, b

    with slim.arg_scope([mine], b=5):
        assert mine(1) == (1, 5) and mine(1, b=3) == (1, 3)
    assert mine(1) == (1, 2) and slim.has_arg_scope(mine)


def test_a_net_of_slim() -> None:
    flag = tf.placeholder(tf.bool, [])
    with slim.arg_scope(
        [slim.conv2d], normalizer_fn=slim.batch_norm, normalizer_params={"is_training": flag},
        weights_regularizer=slim.l2_regularizer(1e-4),
    ):  # fmt: skip
        net = slim.repeat(tf.ones([2, 8, 8, 3]), 2, slim.conv2d, 4, [3, 3], scope="conv1")
        net = slim.max_pool2d(net, [2, 2], scope="pool1")
        net = slim.stack(slim.flatten(net), slim.fully_connected, [8, 6], scope="fc")
    logits = slim.fully_connected(net, 10, activation_fn=None, scope="logits")
    assert names(slim.get_model_variables())[:4] == [
        "conv1/conv1_1/weights", "conv1/conv1_1/BatchNorm/beta", "conv1/conv1_1/BatchNorm/moving_mean",
        "conv1/conv1_1/BatchNorm/moving_variance",
    ]  # fmt: skip
    assert names(tf.trainable_variables("fc")) == [
        "fc/fc_1/weights",
        "fc/fc_1/biases",
        "fc/fc_2/weights",
        "fc/fc_2/biases",
    ]
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 4
    assert len(tf.losses.get_regularization_losses()) == 2
    assert run(logits, {flag: True}).shape == (2, 10)


def test_variables_and_steps() -> None:
    v = framework.model_variable("m/v", [2], initializer=tf.ones_initializer(), device="/cpu:0")
    w = framework.variable("m/w", [2], trainable=False)
    assert framework.get_variables("m") == [v, w] and framework.get_model_variables() == [v]
    assert framework.get_variables(suffix="w") == [w]
    assert framework.get_variables_by_name("v") == [v]
    assert framework.get_variables_to_restore(exclude=["m/v"]) == [w]
    step = framework.get_or_create_global_step()
    assert step is not None and tf.train.get_global_step() == step
    assert framework.smart_cond(True, lambda: 1, lambda: 2) == 1


def test_the_same_cells() -> None:
    assert tf.contrib.rnn.BasicLSTMCell is tf.nn.rnn_cell.BasicLSTMCell
    assert tf.contrib.rnn.static_rnn is tf.nn.static_rnn


def test_optimize_loss_refuses_what_is_no_optimizer() -> None:
    with pytest.raises(ValueError, match="Optimizer name should be one of"):
        layers.optimize_loss(tf.constant(1.0), None, 0.1, "Nothing")
    with pytest.raises(ValueError, match="Unrecognized optimizer"):
        layers.optimize_loss(tf.constant(1.0), None, 0.1, 3)
    assert tf.global_variables() == []


@pytest.mark.skipif(not hasattr(tf.train, "AdamOptimizer"), reason="there are no optimizers")
@pytest.mark.parametrize("kind", ["SGD", "Adam", "a class", "an object", "a function"])
def test_optimize_loss(kind: str) -> None:
    sgd = tf.train.GradientDescentOptimizer
    optimizer = {"a class": sgd, "an object": sgd(0.1), "a function": lambda rate: sgd(rate)}.get(kind, kind)
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", initializer=[3.0, 4.0])
    averages = tf.get_variable("average", initializer=0.0, trainable=False)
    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.assign_add(averages, 1.0).op)
    trained = layers.optimize_loss(
        tf.reduce_sum(w * w) / 2.0, step, 0.1, optimizer, clip_gradients=1.0, gradient_multipliers={"w": 2.0}
    )
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(trained) == 12.5
        found, count, moved = session.run([w, step, averages])
    assert count == 1 and moved == 1.0
    wanted = [2.9, 3.9] if kind == "Adam" else [3 - 0.06, 4 - 0.08]
    np.testing.assert_allclose(found, wanted, rtol=1e-4)
