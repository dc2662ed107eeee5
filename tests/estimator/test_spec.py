"""What model functions return."""

from __future__ import annotations

from typing import Any

import pytest
import scopetrie as tf

ModeKeys = tf.estimator.ModeKeys


def test_what_a_mode_needs() -> None:
    with tf.Graph().as_default():
        loss, step = tf.constant(1.0), tf.no_op()
        spec = tf.estimator.EstimatorSpec(ModeKeys.TRAIN, loss=loss, train_op=step)
        assert spec.loss is loss and spec.train_op is step and spec.predictions == {}
        cases: list[tuple[dict[str, Any], type[Exception], str]] = [
            ({"mode": ModeKeys.TRAIN, "loss": loss}, ValueError, "Missing train_op"),
            ({"mode": ModeKeys.EVAL}, ValueError, "Missing loss"),
            ({"mode": ModeKeys.PREDICT}, ValueError, "Missing predictions"),
            ({"mode": ModeKeys.EVAL, "loss": tf.zeros([2])}, ValueError, "Loss must be scalar"),
            ({"mode": ModeKeys.TRAIN, "loss": loss, "train_op": 3}, TypeError, "train_op must be Operation"),
            ({"mode": ModeKeys.PREDICT, "predictions": 3}, TypeError, "predictions must be Tensor"),
            (
                {"mode": ModeKeys.EVAL, "loss": loss, "eval_metric_ops": {"a": loss}},
                TypeError,
                r"must be \(metric_value, update_op\) tuples",
            ),
        ]
        for given, kind, text in cases:
            with pytest.raises(kind, match=text):
                tf.estimator.EstimatorSpec(**given)


def test_modes_are_those_of_contrib_learn() -> None:
    assert tf.contrib.learn.ModeKeys.INFER == ModeKeys.PREDICT == "infer"
