"""slim.learning, slim.losses and other parts of contrib that train, as documented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

layers, slim, framework = tf.contrib.layers, tf.contrib.slim, tf.contrib.framework
training = tf.contrib.training


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        return session.run(fetches, feeds)


def test_a_net_in_slim_s_style(tmp_path: Path) -> None:
    x, labels = tf.constant(np.eye(4, dtype=np.float32)), tf.constant([0, 1, 1, 0])
    with (
        slim.arg_scope(
            [slim.fully_connected],
            weights_initializer=slim.initializers.xavier_initializer(seed=1),
            weights_regularizer=slim.regularizers.l2_regularizer(0.1),
            outputs_collections="ends",
        ),
        tf.variable_scope("net"),
    ):
        hidden = slim.fully_connected(x, 3, scope="fc1")
        logits = slim.layers.fully_connected(hidden, 2, activation_fn=None, scope="fc2")
    ends = slim.utils.convert_collection_to_dict("ends", clear_collection=True)
    assert list(ends.items()) == [("net/fc1", hidden), ("net/fc2", logits)]
    assert tf.get_collection("ends") == []
    loss = slim.losses.sparse_softmax_cross_entropy(logits, labels)
    total = slim.losses.get_total_loss()
    assert slim.losses.get_losses() == [loss] and len(slim.losses.get_regularization_losses()) == 2
    step = slim.learning.create_train_op(
        total, tf.train.GradientDescentOptimizer(0.5), clip_gradient_norm=4, summarize_gradients=True,
        gradient_multipliers={"net/fc1/weights": 2.0},
    )  # fmt: skip
    assert step.name == "train_op/control_dependency:0"
    assert "summarize_grads/net/fc1/weights_gradient:0" in [
        each.name for each in tf.get_collection(tf.GraphKeys.SUMMARIES)
    ]
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP)[-1] == step
    first = run(total)
    last = slim.learning.train(step, str(tmp_path), number_of_steps=5, log_every_n_steps=2)
    assert last < first
    path = tf.train.latest_checkpoint(str(tmp_path))
    assert path == str(tmp_path / "model.ckpt-5")


def test_steps_that_are_refused() -> None:
    w = tf.get_variable("w", initializer=2.0)
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    with pytest.raises(ValueError, match="`gradient_multipliers` is empty"):
        training.multiply_gradients([(w, w)], {})
    with pytest.raises(ValueError, match="Requested multiple of `None` gradient"):
        training.multiply_gradients([(None, w)], {w: 2.0})
    with pytest.raises(ValueError, match="train_op cannot be None"):
        slim.learning.train(None, None)
    step = training.create_train_op(w / 0.0, optimizer, global_step=None)
    assert tf.train.get_global_step() is None
    with pytest.raises(tf.errors.InvalidArgumentError, match="LossTensor is inf or nan"):
        run(step)
    with pytest.raises(ValueError, match="number_of_steps"):
        slim.learning.train(step, None, number_of_steps=0)


def test_moving_averages_are_updated_before_the_loss() -> None:
    x = tf.constant([[1.0], [3.0]])
    y = layers.batch_norm(x, decay=0.5, scope="bn")
    step = training.create_train_op(tf.reduce_sum(y * y), tf.train.GradientDescentOptimizer(0.1))
    mean = tf.get_default_graph().get_tensor_by_name("bn/moving_mean:0")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        np.testing.assert_allclose(session.run(mean), [1.0])


def test_training_and_evaluating_in_one_call(tmp_path: Path) -> None:
    w = tf.get_variable("w", initializer=4.0)
    seen = tf.get_variable("seen", initializer=0.0, collections=[tf.GraphKeys.LOCAL_VARIABLES])
    step = training.create_train_op(w * w, tf.train.GradientDescentOptimizer(0.25))
    hooks = [tf.train.StopAtStepHook(num_steps=2)]
    assert training.train(step, str(tmp_path), hooks=hooks, save_summaries_steps=0) == 4.0
    path = tf.train.latest_checkpoint(str(tmp_path))
    assert path is not None
    assert training.evaluate_once(path, final_ops=w) == 1.0
    found = slim.evaluation.evaluate_once(
        "", path, None, num_evals=3, eval_op=tf.assign_add(seen, 1.0), final_op=[w, seen]
    )
    assert found == [1.0, 3.0]


def test_losses_take_predictions_first() -> None:
    logits, labels = tf.constant([[1.0, 2.0], [0.0, 3.0]]), tf.constant([[0.0, 1.0], [1.0, 0.0]])
    pairs = [
        (slim.losses.mean_squared_error(logits, labels), tf.losses.mean_squared_error(labels, logits)),
        (slim.losses.absolute_difference(logits, labels), tf.losses.absolute_difference(labels, logits)),
        (slim.losses.softmax_cross_entropy(logits, labels), tf.losses.softmax_cross_entropy(labels, logits)),
        (
            slim.losses.sigmoid_cross_entropy(logits, labels, label_smoothing=0.1),
            tf.losses.sigmoid_cross_entropy(labels, logits, label_smoothing=0.1),
        ),
        (slim.losses.log_loss(tf.sigmoid(logits), labels), tf.losses.log_loss(labels, tf.sigmoid(logits))),
    ]
    for one, other in run(pairs):
        np.testing.assert_allclose(one, other)
    assert tf.contrib.losses is slim.losses
    hinge = slim.losses.hinge_loss(logits, labels)
    np.testing.assert_allclose(run(hinge), [[2.0, 0.0], [1.0, 4.0]])


def test_metrics_take_predictions_first() -> None:
    predictions, labels = tf.constant([1, 2, 0]), tf.constant([1, 2, 2])
    values, updates = slim.metrics.aggregate_metric_map(
        {
            "accuracy": slim.metrics.streaming_accuracy(predictions, labels),
            "recall": slim.metrics.streaming_recall(tf.constant([True, False]), tf.constant([True, True])),
        }
    )
    assert run(updates) == {"accuracy": np.float32(2 / 3), "recall": np.float32(0.5)}
    assert list(values) == ["accuracy", "recall"]
    assert run(tf.contrib.metrics.accuracy(predictions, labels, weights=[1.0, 0.0, 1.0])) == 0.5
    with pytest.raises(ValueError, match="Labels should have bool, integer, or string dtype"):
        tf.contrib.metrics.accuracy(tf.zeros([2]), tf.zeros([2]))


def test_values_of_checkpoints(tmp_path: Path) -> None:
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    with tf.Session() as session:
        session.run(w.initializer)
        path = tf.train.Saver().save(session, str(tmp_path / "model"))
    v = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        framework.assign_from_checkpoint_fn(path, {"w": v})(session)
        assert session.run(v).tolist() == [1.0, 2.0]
        framework.assign_from_values_fn({"v": [5.0, 6.0]})(session)
        assert session.run(v).tolist() == [5.0, 6.0]
        op, feeds = framework.assign_from_checkpoint(path, [w, v], ignore_missing_vars=True)
        session.run(op, feeds)
        assert session.run(v).tolist() == [5.0, 6.0]
        slim.assign_from_checkpoint_fn(path, [w, v], ignore_missing_vars=True)(session)
    with pytest.raises(ValueError, match=r"Checkpoint is missing variable \[v\]"):
        framework.assign_from_checkpoint(path, [v])
    with pytest.raises(ValueError, match="Variable u was not found"):
        framework.assign_from_values({"u": 1.0})
    assert framework.list_variables(path) == [("w", [2])] and framework.load_variable(path, "w")[1] == 2.0


def test_variables_that_are_found() -> None:
    a = framework.local_variable(0, name="count")
    b = framework.model_variable("net/w", [2])
    assert a in tf.local_variables() and framework.get_unique_variable("net/w") is b
    assert framework.filter_variables([a, b], exclude_patterns=["net"]) == [a]
    assert framework.filter_variables([a, b], ["w"], reg_search=False) == []
    with pytest.raises(ValueError, match="Variable x does not match any variable"):
        framework.get_unique_variable("x")


def test_groups_and_biases() -> None:
    x = tf.constant(np.random.default_rng(1).normal(size=[2, 3, 3, 4]).astype(np.float32))
    value, normal = run([x, layers.group_norm(x, groups=2)])
    grouped = value.reshape(2, 9, 2, 2)
    mean, spread = grouped.mean((1, 3), keepdims=True), grouped.var((1, 3), keepdims=True)
    expected = ((grouped - mean) / np.sqrt(spread + 1e-6)).reshape(value.shape)
    np.testing.assert_allclose(normal, expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="Invalid groups 3 for 4 channels"):
        layers.group_norm(x, groups=3)
    y = layers.bias_add(x, initializer=tf.ones_initializer(), scope="add")
    np.testing.assert_allclose(run(y), value + 1)
    assert y.name == "add/BiasAdd:0" and layers.max_pool3d(x[..., None], 2).shape.as_list() == [2, 1, 1, 2, 1]


def test_sizes_of_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    tf.get_variable("w", [2, 3])
    assert slim.model_analyzer.analyze_vars(tf.trainable_variables(), print_info=True) == (6, 24)
    assert "w:0 (float32_ref 2x3) [6, bytes: 24]\n" in capsys.readouterr().out
    graph = tf.Graph()
    with graph.as_default():
        tf.zeros([2, 3]) + 1.0
    assert slim.model_analyzer.analyze_ops(graph, print_info=True) == 13
    assert "add \t-> (float32 2x3) [6]\n" in capsys.readouterr().out
