"""Metrics of v1's first years: those of tf.metrics, with what is predicted before what is true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import metrics
from ..._core import name_scope
from ...dtypes import float32
from ...graph import Tensor
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import equal
from ...ops.math.reduce import reduce_mean
from ...public import v1, whole

Pair = tuple[Any, Any]


def _of_pair(plain: Callable[..., Any], name: str) -> Callable[..., Pair]:
    @whole
    def metric(predictions: Any, labels: Any, *args: Any, **kwargs: Any) -> Pair:
        made: Pair = plain(labels, predictions, *args, **kwargs)
        return made

    metric.__name__ = metric.__qualname__ = f"streaming_{name}"
    metric.__doc__ = f"""The metric `tf.metrics.{name}`.

    Args:
        predictions: What is predicted.
        labels: What is true.
        *args: The other arguments of `tf.metrics.{name}`, in its order.
        **kwargs: The same by name.

    Returns:
        The metric's value, and the operation that takes in a batch.
    """
    return metric


streaming_accuracy = v1("contrib.metrics.streaming_accuracy")(_of_pair(metrics.accuracy, "accuracy"))
streaming_auc = v1("contrib.metrics.streaming_auc")(_of_pair(metrics.auc, "auc"))
streaming_false_negatives = v1("contrib.metrics.streaming_false_negatives")(
    _of_pair(metrics.false_negatives, "false_negatives")
)
streaming_false_positives = v1("contrib.metrics.streaming_false_positives")(
    _of_pair(metrics.false_positives, "false_positives")
)
streaming_mean = v1("contrib.metrics.streaming_mean")(metrics.mean)
streaming_mean_absolute_error = v1("contrib.metrics.streaming_mean_absolute_error")(
    _of_pair(metrics.mean_absolute_error, "mean_absolute_error")
)
streaming_mean_iou = v1("contrib.metrics.streaming_mean_iou")(_of_pair(metrics.mean_iou, "mean_iou"))
streaming_mean_squared_error = v1("contrib.metrics.streaming_mean_squared_error")(
    _of_pair(metrics.mean_squared_error, "mean_squared_error")
)
streaming_mean_tensor = v1("contrib.metrics.streaming_mean_tensor")(metrics.mean_tensor)
streaming_percentage_less = v1("contrib.metrics.streaming_percentage_less")(metrics.percentage_below)
streaming_precision = v1("contrib.metrics.streaming_precision")(_of_pair(metrics.precision, "precision"))
streaming_recall = v1("contrib.metrics.streaming_recall")(_of_pair(metrics.recall, "recall"))
streaming_root_mean_squared_error = v1("contrib.metrics.streaming_root_mean_squared_error")(
    _of_pair(metrics.root_mean_squared_error, "root_mean_squared_error")
)
streaming_sparse_recall_at_k = v1("contrib.metrics.streaming_sparse_recall_at_k")(
    _of_pair(metrics.recall_at_k, "recall_at_k")
)
streaming_true_negatives = v1("contrib.metrics.streaming_true_negatives")(
    _of_pair(metrics.true_negatives, "true_negatives")
)
streaming_true_positives = v1("contrib.metrics.streaming_true_positives")(
    _of_pair(metrics.true_positives, "true_positives")
)


@v1("contrib.metrics.accuracy")
@whole
def accuracy(predictions: Any, labels: Any, weights: Any = None, name: str | None = None) -> Tensor:
    """The share of predictions of a batch that are right.

    Args:
        predictions: What is predicted: strings, integers or bools.
        labels: What is true, of the same shape and dtype.
        weights: What each counts.
        name: The operations' scope.

    Returns:
        A scalar.

    Raises:
        ValueError: If the dtypes differ, or are those of numbers with fractions.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(
    ...         session.run(tf.contrib.metrics.accuracy(tf.constant([1, 2, 3, 4]), tf.constant([1, 2, 0, 4])))
    ...     )
    0.75
    """
    with name_scope(name, "accuracy", [predictions, labels, weights]):
        if not (labels.dtype.is_integer or labels.dtype.name in ("bool", "string")):
            raise ValueError(f"Labels should have bool, integer, or string dtype, not {labels.dtype}.")
        if labels.dtype.base_dtype != predictions.dtype.base_dtype:
            raise ValueError(
                f"Labels and predictions should have the same dtype, but are {labels.dtype} and "
                f"{predictions.dtype}."
            )
        right = cast(equal(predictions, labels), float32)
        if weights is None:
            return reduce_mean(right)
        count = cast(weights, float32)
        weighed = right * count
        return reduce_mean(weighed) / reduce_mean(count + 0.0 * right)


@v1("contrib.metrics.aggregate_metrics")
def aggregate_metrics(*value_update_tuples: Pair) -> tuple[list[Any], list[Any]]:
    """Takes apart pairs of values and update operations.

    Args:
        *value_update_tuples: The pairs.

    Returns:
        A list of the values, and one of the operations.

    Raises:
        ValueError: If there are no pairs.
    """
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples, strict=True)
    return list(values), list(updates)


@v1("contrib.metrics.aggregate_metric_map")
def aggregate_metric_map(names_to_tuples: dict[str, Pair]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Takes apart pairs of values and update operations that have names.

    Args:
        names_to_tuples: The pairs.

    Returns:
        A dict of the values, and one of the operations.

    >>> aggregate_metric_map({"a": (1, 2), "b": (3, 4)})
    ({'a': 1, 'b': 3}, {'a': 2, 'b': 4})
    """
    values = {name: pair[0] for name, pair in names_to_tuples.items()}
    return values, {name: pair[1] for name, pair in names_to_tuples.items()}
