"""`tf.contrib.tpu.TPUEstimatorSpec`: what a model function for TPUs returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...public import v1
from ..functions import arguments
from ..spec import EstimatorSpec

__all__ = ["TPUEstimatorSpec"]


class _Fields(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metrics: Any
    export_outputs: Any
    scaffold_fn: Any
    host_call: Any
    training_hooks: tuple[Any, ...]
    evaluation_hooks: tuple[Any, ...]
    prediction_hooks: tuple[Any, ...]


@v1("contrib.tpu.TPUEstimatorSpec", "estimator.tpu.TPUEstimatorSpec")
class TPUEstimatorSpec(_Fields):
    """What a model function for TPUs returns: as `EstimatorSpec`, with functions that a CPU calls.

    Args:
        mode: A value of ModeKeys.
        predictions: A dict of tensors; needed to predict.
        loss: The loss, a scalar; needed to train and to evaluate.
        train_op: The step of training; needed to train.
        eval_metrics: A function that returns metrics by name, and its arguments: a list of tensors, or a
        dict. export_outputs: What an exported model gives.
        scaffold_fn: A function that returns a `Scaffold`.
        host_call: A function and its arguments, called in each step of training by TPUs.
        training_hooks: Hooks of training.
        evaluation_hooks: Hooks of evaluation.
        prediction_hooks: Hooks of prediction.

    Raises:
        ValueError: If `eval_metrics` or `host_call` is no pair, or its arguments are no list or dict.
        TypeError: If the first of the pair is no function.
        RuntimeError: If the function takes another number of arguments.

    >>> import scopetrie as tf
    >>> spec = tf.contrib.tpu.TPUEstimatorSpec(
    ...     "eval", loss=tf.constant(1.0), eval_metrics=(lambda x: {"x": tf.metrics.mean(x)}, [tf.zeros([2])])
    ... )
    >>> sorted(spec.as_estimator_spec().eval_metric_ops)
    ['x']
    """

    __slots__ = ()

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metrics: Any = None,
        export_outputs: Any = None,
        scaffold_fn: Callable[[], Any] | None = None,
        host_call: Any = None,
        training_hooks: Any = None,
        evaluation_hooks: Any = None,
        prediction_hooks: Any = None,
    ) -> TPUEstimatorSpec:
        """Checks what is given."""
        for name, pair in (("eval_metrics", eval_metrics), ("host_call", host_call)):
            if pair is not None:
                _check_pair(name, pair)
        every = (training_hooks, evaluation_hooks, prediction_hooks)
        return super().__new__(
            cls, mode, predictions, loss, train_op, eval_metrics, export_outputs, scaffold_fn, host_call,
            *(tuple(each or ()) for each in every),
        )  # fmt: skip

    def as_estimator_spec(self) -> EstimatorSpec:
        """Returns the same as an `EstimatorSpec`: the metrics are made, and the scaffold.

        Raises:
            ValueError: If something that the mode needs is missing.
        """
        metrics = None
        if self.eval_metrics is not None:
            function, given = self.eval_metrics
            metrics = function(**given) if isinstance(given, dict) else function(*given)
        return EstimatorSpec(
            self.mode, self.predictions, self.loss, self.train_op, metrics, self.export_outputs,
            scaffold=None if self.scaffold_fn is None else self.scaffold_fn(),
            training_hooks=self.training_hooks, evaluation_hooks=self.evaluation_hooks,
            prediction_hooks=self.prediction_hooks,
        )  # fmt: skip


def _check_pair(name: str, pair: Any) -> None:
    if not isinstance(pair, (tuple, list)):
        raise ValueError(f"{name} should be tuple or list")
    if len(pair) != 2:
        raise ValueError(f"{name} should have two elements.")
    function, given = pair
    if not callable(function):
        raise TypeError(f"{name}[0] should be callable.")
    if not isinstance(given, (tuple, list, dict)):
        raise ValueError(f"{name}[1] should be tuple or list, or dict.")
    if isinstance(given, (tuple, list)):
        import inspect

        kinds = {each.kind for each in inspect.signature(function).parameters.values()}
        taken = arguments(function)
        if inspect.Parameter.VAR_POSITIONAL not in kinds and len(given) != len(taken):
            raise RuntimeError(
                f"In TPUEstimatorSpec.{name}, length of tensors {len(given)} does not match method args "
                f"of the "
                f"function, which takes {len(taken)}."
            )
