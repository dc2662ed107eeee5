"""`tf.estimator.add_metrics`: an estimator with more metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..public import v1
from .estimator import Estimator
from .functions import arguments
from .spec import EstimatorSpec, ModeKeys

__all__ = ["add_metrics"]


@v1("estimator.add_metrics")
def add_metrics(estimator: Estimator, metric_fn: Callable[..., Any]) -> Estimator:
    """Makes an estimator of the same model and folder, which evaluates more metrics.

    Args:
        estimator: The estimator.
        metric_fn: A function of those of `predictions`, `features`, `labels` and `config` that it wants.
            It returns metrics by name, which take the place of the model's of the same name.

    Returns:
        The new estimator.

    Raises:
        ValueError: If `metric_fn` takes something else.
        TypeError: If `estimator` is none.

    >>> import scopetrie as tf
    >>> def model_fn(features, mode):
    ...     return tf.estimator.EstimatorSpec(mode, loss=tf.reduce_mean(features))
    >>> estimator = tf.estimator.add_metrics(
    ...     tf.estimator.Estimator(model_fn, "runs/mean"),
    ...     lambda features: {"last": tf.metrics.mean(features[-1])},
    ... )
    >>> results = estimator.evaluate(lambda: tf.constant([1.0, 3.0]), steps=1)
    >>> results["loss"], results["last"]
    (np.float32(2.0), np.float32(3.0))
    """
    if not isinstance(estimator, Estimator):
        raise TypeError(f"add_metrics: estimator must be an estimator.Estimator, given: {estimator}")
    taken = set(arguments(metric_fn)) - {"self"}
    others = taken - {"labels", "predictions", "features", "config"}
    if others:
        raise ValueError(f"metric_fn ({metric_fn}) has following not expected args: {sorted(others)}")

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        spec = estimator._call_model_fn(features, labels, mode, config)
        if mode != ModeKeys.EVAL:
            return spec
        given = {
            "features": features, "labels": labels, "predictions": spec.predictions, "config": config
        }  # fmt: skip
        more = metric_fn(**{name: each for name, each in given.items() if name in taken})
        return spec._replace(eval_metric_ops={**spec.eval_metric_ops, **(more or {})})

    return Estimator(
        model_fn, estimator.model_dir, estimator.config, warm_start_from=estimator._warm_start_settings
    )
