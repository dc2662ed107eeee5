"""What a model function is told, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ..graph import Operation, Tensor, get_default_graph
from ..ops.constant import convert_to_tensor
from ..public import v1, whole
from ..train.sessions.hooks import SessionRunHook
from ..train.sessions.scaffold import Scaffold
from .checks import all_of
from .export.outputs import checked_outputs

__all__ = ["EstimatorSpec", "ModeKeys"]


@v1("estimator.ModeKeys")
class ModeKeys:
    """What a model function is called for.

    >>> import scopetrie as tf
    >>> tf.estimator.ModeKeys.TRAIN, tf.estimator.ModeKeys.EVAL, tf.estimator.ModeKeys.PREDICT
    ('train', 'eval', 'infer')
    """

    TRAIN: Final = "train"
    EVAL: Final = "eval"
    PREDICT: Final = "infer"


@v1("contrib.learn.ModeKeys")
class LearnModeKeys:
    """What a model function of contrib.learn is called for.

    >>> import scopetrie as tf
    >>> tf.contrib.learn.ModeKeys.INFER == tf.estimator.ModeKeys.PREDICT
    True
    """

    TRAIN: Final = "train"
    EVAL: Final = "eval"
    INFER: Final = "infer"


class _Fields(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: Any
    export_outputs: Any
    training_chief_hooks: tuple[Any, ...]
    training_hooks: tuple[Any, ...]
    scaffold: Any
    evaluation_hooks: tuple[Any, ...]
    prediction_hooks: tuple[Any, ...]


@v1("estimator.EstimatorSpec")
class EstimatorSpec(_Fields):
    """What a model function returns: the operations that are run to train, evaluate and predict.

    Args:
        mode: A value of ModeKeys.
        predictions: A tensor, or a dict of tensors; needed to predict.
        loss: The loss, a scalar; needed to train and to evaluate.
        train_op: The step of training; needed to train.
        eval_metric_ops: Pairs of value and update operation, by the metrics' names.
        export_outputs: What an exported model gives: outputs of `tf.estimator.export`, by the names of
            signatures; the predictions if left out.
        training_chief_hooks: Hooks of training.
        training_hooks: Hooks of training.
        scaffold: The operations by which sessions are prepared.
        evaluation_hooks: Hooks of evaluation.
        prediction_hooks: Hooks of prediction.

    Raises:
        ValueError: If something that the mode needs is missing, or the loss is no scalar.
        TypeError: If something is neither a tensor nor an operation.

    >>> import scopetrie as tf
    >>> spec = tf.estimator.EstimatorSpec(tf.estimator.ModeKeys.PREDICT, predictions={"y": tf.zeros([2])})
    >>> spec.mode, spec.loss
    ('infer', None)
    """

    __slots__ = ()

    @whole
    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: Mapping[str, Any] | None = None,
        export_outputs: Any = None,
        training_chief_hooks: Any = None,
        training_hooks: Any = None,
        scaffold: Any = None,
        evaluation_hooks: Any = None,
        prediction_hooks: Any = None,
    ) -> EstimatorSpec:
        """Checks what is given."""
        if train_op is None and mode == ModeKeys.TRAIN:
            raise ValueError("Missing train_op.")
        if train_op is not None and not isinstance(train_op, (Tensor, Operation)):
            raise TypeError(f"train_op must be Operation or Tensor, given: {train_op}")
        if loss is None:
            if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
                raise ValueError("Missing loss.")
        else:
            if not isinstance(loss, Tensor):
                loss = convert_to_tensor(loss)
            if loss.shape.num_elements() not in (None, 1):
                raise ValueError(f"Loss must be scalar, given: {loss}")
        if predictions is None and mode == ModeKeys.PREDICT:
            raise ValueError("Missing predictions.")
        given = {} if predictions is None else predictions
        for each in given.values() if isinstance(given, Mapping) else [given]:
            if not isinstance(each, Tensor):
                raise TypeError(f"predictions must be Tensor, given: {each}")
        for name, pair in (eval_metric_ops or {}).items():
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise TypeError(
                    "Values of eval_metric_ops must be (metric_value, update_op) tuples, given: "
                    f"{pair} for key: {name}"
                )
        _check_graph("loss", loss)
        _check_graph("train_op", train_op)
        for name, each in [*given.items()] if isinstance(given, Mapping) else [("predictions", given)]:
            _check_graph("prediction values", each, name)
        for name, pair in (eval_metric_ops or {}).items():
            for each in pair:
                _check_graph("eval_metric_ops", each, name)
        every = (training_chief_hooks, training_hooks, evaluation_hooks, prediction_hooks)
        chief, training, evaluation, prediction = (tuple(each or ()) for each in every)
        hooks = (*training, *chief, *evaluation, *prediction)
        all_of(hooks, SessionRunHook, "All hooks must be SessionRunHook instances, given: ")
        if scaffold is not None and not isinstance(scaffold, Scaffold):
            raise TypeError(f"scaffold must be tf.train.Scaffold. Given: {scaffold}")
        return super().__new__(
            cls, mode, given, loss, train_op, dict(eval_metric_ops or {}), checked_outputs(export_outputs),
            chief, training, scaffold, evaluation, prediction,
        )  # fmt: skip

    def _replace(self, **kwds: Any) -> EstimatorSpec:
        """Returns a copy with other values of some fields.

        Raises:
            ValueError: If the mode is another, or the values do not fit together.
        """
        if kwds.get("mode", self.mode) != self.mode:
            raise ValueError("mode of EstimatorSpec cannot be changed.")
        return EstimatorSpec(**{**self._asdict(), **kwds})


def _check_graph(what: str, each: Any, name: str | None = None) -> None:
    """Checks that something is of the default graph."""
    if each is None or not isinstance(each, (Tensor, Operation)):
        return
    if each.graph != get_default_graph():
        said = each.name if name is None else f"{name}: {each.name}"
        raise ValueError(
            f'{what} with "{said}" must be from the default graph. Possible causes of this error include: '
            f"\n\n"
            f"1) {what} was created outside the context of the default graph.\n\n2) The object passed "
            f"through "
            'to EstimatorSpec was not created in the most recent call to "model_fn".'
        )
