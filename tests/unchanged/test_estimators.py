"""Programs that import estimators from TensorFlow's inner modules, and as contrib's."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
import scopetrie as tf

PLACES = {
    "tensorflow.python.estimator.estimator": ("Estimator", tf.estimator.Estimator),
    "tensorflow.python.estimator.estimator_lib": ("Estimator", tf.estimator.Estimator),
    "tensorflow.python.estimator.model_fn": ("EstimatorSpec", tf.estimator.EstimatorSpec),
    "tensorflow.python.estimator.run_config": ("RunConfig", tf.estimator.RunConfig),
    "tensorflow.python.estimator.inputs.numpy_io": ("numpy_input_fn", tf.estimator.inputs.numpy_input_fn),
    "tensorflow.estimator": ("train_and_evaluate", tf.estimator.train_and_evaluate),
    "tensorflow.contrib.tpu": ("TPUEstimator", tf.contrib.tpu.TPUEstimator),
    "tensorflow.contrib.tpu.python.tpu.tpu_config": ("TPUConfig", tf.contrib.tpu.TPUConfig),
    "tensorflow.contrib.tpu.python.tpu.tpu_estimator": ("TPUEstimatorSpec", tf.contrib.tpu.TPUEstimatorSpec),
    "tensorflow.contrib.tpu.python.tpu.tpu_optimizer": (
        "CrossShardOptimizer", tf.contrib.tpu.CrossShardOptimizer
    ),
}  # fmt: skip


@pytest.fixture
def as_tensorflow() -> Iterator[None]:
    with tf.as_tensorflow():
        yield


@pytest.mark.parametrize("module", PLACES)
def test_inner_module(as_tensorflow: None, module: str) -> None:
    name, expected = PLACES[module]
    assert getattr(importlib.import_module(module), name) is expected
