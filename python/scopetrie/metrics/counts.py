"""Counts of what is right and wrong, and what is made of them: precision, recall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..graph import Tensor
from ..ops.array.fill import zeros_like
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.arithmetic import add
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import equal, greater, logical_and, where
from ..ops.elementwise.divide import divide
from ..public import v1
from ..scopes import variable_scope
from .describe import RETURNS, described
from .kept import aligned, count_where, published

_RAISES = "ValueError: If the shapes do not go together."


def _bools(labels: Any, predictions: Any, weights: Any) -> tuple[Tensor, Tensor, Any]:
    truth, guess = (cast(convert_to_tensor(each), dtypes.bool) for each in (labels, predictions))
    return aligned(truth, guess, weights)


def _counted(
    labels: Any, predictions: Any, weights: Any, metrics: Any, updates: Any, name: str | None, default: str,
    truth_is: bool, guess_is: bool,
) -> tuple[Any, Any]:  # fmt: skip
    with variable_scope(name, default, (predictions, labels, weights)):
        truth, guess, factors = _bools(labels, predictions, weights)
        which = logical_and(equal(truth, truth_is), equal(guess, guess_is))
        return count_where(which, factors, metrics, updates)


@v1("metrics.true_positives")
@described(RETURNS, _RAISES)
def true_positives(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Counts what is true and predicted so."""
    return _counted(
        labels, predictions, weights, metrics_collections, updates_collections, name, "true_positives",
        truth_is=True, guess_is=True,
    )  # fmt: skip


@v1("metrics.true_negatives")
@described(RETURNS, _RAISES)
def true_negatives(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Counts what is false and predicted so."""
    return _counted(
        labels, predictions, weights, metrics_collections, updates_collections, name, "true_negatives",
        truth_is=False, guess_is=False,
    )  # fmt: skip


@v1("metrics.false_positives")
@described(RETURNS, _RAISES)
def false_positives(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Counts what is predicted true but is false."""
    return _counted(
        labels, predictions, weights, metrics_collections, updates_collections, name, "false_positives",
        truth_is=False, guess_is=True,
    )  # fmt: skip


@v1("metrics.false_negatives")
@described(RETURNS, _RAISES)
def false_negatives(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Counts what is predicted false but is true."""
    return _counted(
        labels, predictions, weights, metrics_collections, updates_collections, name, "false_negatives",
        truth_is=True, guess_is=False,
    )  # fmt: skip


def _share(part: Any, rest: Any, name: str) -> Tensor:
    """A count divided by its sum with another one; 0 if that is 0."""
    whole_one = add(part, rest, name="add")
    share = divide(part, whole_one)
    return where(greater(whole_one, 0), share, zeros_like(share), name=name)


def _ratio(
    labels: Any, predictions: Any, weights: Any, metrics: Any, updates: Any, name: str | None, default: str,
    other: Callable[..., Any],
) -> tuple[Any, Any]:  # fmt: skip
    with variable_scope(name, default, (predictions, labels, weights)):
        truth, guess, factors = _bools(labels, predictions, weights)
        right, more_right = true_positives(truth, guess, factors)
        wrong, more_wrong = other(truth, guess, factors)
        return published(
            _share(right, wrong, "value"), _share(more_right, more_wrong, "update_op"), metrics, updates
        )


@v1("metrics.precision")
@described(RETURNS, _RAISES)
def precision(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps how much of what is predicted true is true.

    >>> import scopetrie as tf
    >>> precision, update = tf.metrics.precision([1, 0, 1, 1], predictions=[1, 1, 1, 0])
    >>> with tf.Session() as session:
    ...     session.run(tf.local_variables_initializer())
    ...     print(f"{session.run(update):.4f}")
    0.6667
    """
    return _ratio(
        labels, predictions, weights, metrics_collections, updates_collections, name, "precision",
        false_positives,
    )  # fmt: skip


@v1("metrics.recall")
@described(RETURNS, _RAISES)
def recall(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps how much of what is true is predicted so."""
    return _ratio(
        labels,
        predictions,
        weights,
        metrics_collections,
        updates_collections,
        name,
        "recall",
        false_negatives,
    )
