"""Counts at thresholds of a probability, and what is made of them: curves and the areas below them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from .. import dtypes
from ..graph import Tensor, control_dependencies
from ..ops.array.dims import expand_dims
from ..ops.array.fill import identity, ones_like
from ..ops.array.shape import reshape
from ..ops.checks import Assert
from ..ops.constant import constant, convert_to_tensor
from ..ops.elementwise.arithmetic import maximum, minimum, multiply
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import equal, greater, logical_and, logical_not, where
from ..ops.elementwise.divide import div_no_nan, divide
from ..ops.elementwise.unary import abs as absolute
from ..ops.elementwise.unary import log
from ..ops.math.arg import argmax, argmin
from ..ops.math.reduce import reduce_all, reduce_min, reduce_sum
from ..ops.math.scan import cumsum
from ..ops.state.variable import assign_add
from ..public import v1
from ..scopes import variable_scope
from .describe import RETURNS, described
from .kept import aligned, kept_variable, published, spread_weights

_RAISES = "ValueError: If the shapes do not go together."
_SMALL: Final = 1e-7
_SIDES: Final = {
    "true_positives": (True, True), "false_negatives": (True, False), "true_negatives": (False, False),
    "false_positives": (False, True),
}  # fmt: skip


def counted_at(
    labels: Any, predictions: Any, thresholds: Sequence[float], weights: Any, wanted: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Counts of kinds at each threshold, and the operations that take a batch in."""
    guess = cast(predictions, dtypes.float32)
    truth, guess, factors = aligned(cast(convert_to_tensor(labels), dtypes.bool), guess, weights)
    inside = reduce_all(logical_and(greater(guess, -_SMALL), greater(1 + _SMALL, guess)))
    with control_dependencies([Assert(inside, ["predictions must be in [0, 1]"])]):
        guess = identity(guess, name="checked")
    above = greater(reshape(guess, [1, -1]), expand_dims(constant(list(thresholds), dtypes.float32), 1))
    is_true = logical_and(reshape(truth, [1, -1]), ones_like(above))
    each = None if factors is None else reshape(spread_weights(factors, guess), [1, -1])
    values, updates = {}, {}
    for name in wanted:
        truth_is, guess_is = _SIDES[name]
        kept = kept_variable([len(thresholds)], name=name)
        which = cast(
            logical_and(
                is_true if truth_is else logical_not(is_true), above if guess_is else logical_not(above)
            ),
            dtypes.float32,
        )
        if each is not None:
            which = multiply(which, each)
        values[name], updates[name] = identity(kept), assign_add(kept, reduce_sum(which, 1))
    return values, updates


def _evenly(count: int) -> list[float]:
    """Thresholds from just below 0 to just above 1."""
    inner = [(at + 1) * 1.0 / (count - 1) for at in range(count - 2)]
    return [0.0 - _SMALL, *inner, 1.0 + _SMALL]


@v1("metrics.true_positives_at_thresholds")
@described(RETURNS, _RAISES)
def true_positives_at_thresholds(
    labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Counts true positives at thresholds of a probability."""
    with variable_scope(name, "true_positives", (predictions, labels, weights)):
        values, updates = counted_at(labels, predictions, thresholds, weights, ["true_positives"])
        return published(
            values["true_positives"], updates["true_positives"], metrics_collections, updates_collections
        )


@v1("metrics.true_negatives_at_thresholds")
@described(RETURNS, _RAISES)
def true_negatives_at_thresholds(
    labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Counts true negatives at thresholds of a probability."""
    with variable_scope(name, "true_negatives", (predictions, labels, weights)):
        values, updates = counted_at(labels, predictions, thresholds, weights, ["true_negatives"])
        return published(
            values["true_negatives"], updates["true_negatives"], metrics_collections, updates_collections
        )


@v1("metrics.false_positives_at_thresholds")
@described(RETURNS, _RAISES)
def false_positives_at_thresholds(
    labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Counts false positives at thresholds of a probability."""
    with variable_scope(name, "false_positives", (predictions, labels, weights)):
        values, updates = counted_at(labels, predictions, thresholds, weights, ["false_positives"])
        return published(
            values["false_positives"], updates["false_positives"], metrics_collections, updates_collections
        )


@v1("metrics.false_negatives_at_thresholds")
@described(RETURNS, _RAISES)
def false_negatives_at_thresholds(
    labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Counts false negatives at thresholds of a probability."""
    with variable_scope(name, "false_negatives", (predictions, labels, weights)):
        values, updates = counted_at(labels, predictions, thresholds, weights, ["false_negatives"])
        return published(
            values["false_negatives"], updates["false_negatives"], metrics_collections, updates_collections
        )


@v1("metrics.precision_at_thresholds")
@described(RETURNS, _RAISES)
def precision_at_thresholds(
    labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the precision at thresholds of a probability."""
    with variable_scope(name, "precision_at_thresholds", (predictions, labels, weights)):
        both = ["true_positives", "false_positives"]
        made = [
            divide(kept[both[0]], _SMALL + kept[both[0]] + kept[both[1]], name=f"precision_{kind}")
            for kept, kind in zip(
                counted_at(labels, predictions, thresholds, weights, both),
                ("value", "update_op"),
                strict=True,
            )
        ]
        return published(made[0], made[1], metrics_collections, updates_collections)


@v1("metrics.recall_at_thresholds")
@described(RETURNS, _RAISES)
def recall_at_thresholds(
    labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the recall at thresholds of a probability."""
    with variable_scope(name, "recall_at_thresholds", (predictions, labels, weights)):
        both = ["true_positives", "false_negatives"]
        made = [
            divide(kept[both[0]], _SMALL + kept[both[0]] + kept[both[1]], name=f"recall_{kind}")
            for kept, kind in zip(
                counted_at(labels, predictions, thresholds, weights, both),
                ("value", "update_op"),
                strict=True,
            )
        ]
        return published(made[0], made[1], metrics_collections, updates_collections)


def _area(kept: dict[str, Any], curve: str, method: str, name: str) -> Tensor:
    """The area below a curve through the points of all thresholds."""
    hit, miss, reject, alarm = (kept[each] for each in _SIDES)
    if curve == "PR" and method == "careful_interpolation":
        return _interpolated(hit, alarm, miss)
    recall = divide(hit + 1e-6, hit + miss + 1e-6)
    if curve == "ROC":
        x, y = divide(alarm, alarm + reject + 1e-6), recall
    else:
        x, y = recall, divide(hit + 1e-6, hit + alarm + 1e-6)
    width = x[:-1] - x[1:]
    if method == "trapezoidal":
        height = (y[:-1] + y[1:]) / 2.0
    else:
        height = (minimum if method == "minoring" else maximum)(y[:-1], y[1:])
    return reduce_sum(multiply(width, height), name=name)


def _interpolated(hit: Any, alarm: Any, miss: Any) -> Tensor:
    """The area below a curve of precision and recall, between whose points precision is not linear.

    Davis and Goadrich, The relationship between precision-recall and ROC curves, 2006.
    """
    gain, positive = hit[:-1] - hit[1:], hit + alarm
    slope = div_no_nan(gain, maximum(positive[:-1] - positive[1:], 0), name="prec_slope")
    offset = hit[1:] - multiply(slope, positive[1:])
    both = logical_and(positive[:-1] > 0, positive[1:] > 0)
    ratio = where(
        both, div_no_nan(positive[:-1], maximum(positive[1:], 0), name="recall_relative_ratio"),
        ones_like(positive[1:]),
    )  # fmt: skip
    parts = div_no_nan(
        slope * (gain + offset * log(ratio)), maximum(hit[1:] + miss[1:], 0), name="pr_auc_increment"
    )
    return reduce_sum(parts, name="interpolate_pr_auc")


@v1("metrics.auc")
@described(
    RETURNS, "ValueError: If there is no such curve or method, or the shapes do not go together.",
    predictions="Probabilities, of the shape of `labels`.", thresholds="Thresholds, instead of even ones.",
)  # fmt: skip
def auc(
    labels: Any, predictions: Any, weights: Any = None, num_thresholds: int = 200,
    metrics_collections: Any = None, updates_collections: Any = None, curve: str = "ROC",
    name: str | None = None, summation_method: str = "trapezoidal", thresholds: Any = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the area below the curve of a classifier, approximated by thresholds.

    >>> import scopetrie as tf
    >>> auc, update = tf.metrics.auc([0, 0, 1, 1], predictions=[0.1, 0.4, 0.35, 0.8])
    >>> with tf.Session() as session:
    ...     session.run(tf.local_variables_initializer())
    ...     print(f"{session.run(update):.3f}")
    0.750
    """
    if curve not in ("ROC", "PR"):
        raise ValueError(f"Curve must be either ROC or PR. Curve {curve} is unknown.")
    methods = ("trapezoidal", "minoring", "majoring", "careful_interpolation")
    if summation_method not in methods or (curve == "ROC" and summation_method == methods[-1]):
        raise ValueError(f"Invalid summation_method: {summation_method}")
    with variable_scope(name, "auc", (labels, predictions, weights)):
        if thresholds is None:
            points = _evenly(num_thresholds)
        else:
            points = [0.0 - _SMALL, *sorted(thresholds), 1.0 + _SMALL]
        values, updates = counted_at(labels, predictions, points, weights, list(_SIDES))
        return published(
            _area(values, curve, summation_method, "value"),
            _area(updates, curve, summation_method, "update_op"), metrics_collections, updates_collections,
        )  # fmt: skip


def _near(
    labels: Any, predictions: Any, weights: Any, count: int, metrics: Any, updates: Any, name: str | None,
    default: str, pick: Callable[[dict[str, Any], str], Tensor],
) -> tuple[Any, Any]:  # fmt: skip
    with variable_scope(name, default, (predictions, labels, weights)):
        kept, more = counted_at(labels, predictions, _evenly(count), weights, list(_SIDES))
        return published(pick(kept, "value"), pick(more, "update_op"), metrics, updates)


@v1("metrics.sensitivity_at_specificity")
@described(RETURNS, _RAISES)
def sensitivity_at_specificity(
    labels: Any, predictions: Any, specificity: float, weights: Any = None, num_thresholds: int = 200,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the sensitivity at the threshold whose specificity is the nearest."""

    def pick(kept: dict[str, Any], kind: str) -> Tensor:
        found = divide(kept["true_negatives"], kept["true_negatives"] + kept["false_positives"] + _SMALL)
        at = cast(argmin(absolute(found - specificity), 0), dtypes.int32)
        hit, miss = kept["true_positives"][at], kept["false_negatives"][at]
        return divide(hit, hit + miss + _SMALL, name=kind)

    return _near(
        labels, predictions, weights, num_thresholds, metrics_collections, updates_collections, name,
        "sensitivity_at_specificity", pick,
    )  # fmt: skip


@v1("metrics.specificity_at_sensitivity")
@described(RETURNS, _RAISES)
def specificity_at_sensitivity(
    labels: Any, predictions: Any, sensitivity: float, weights: Any = None, num_thresholds: int = 200,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the specificity at the last threshold whose sensitivity is the nearest."""

    def pick(kept: dict[str, Any], kind: str) -> Tensor:
        found = divide(kept["true_positives"], kept["true_positives"] + kept["false_negatives"] + _SMALL)
        gaps = absolute(found - sensitivity)
        nearest = equal(reduce_min(gaps), gaps)
        at = cast(argmax(cumsum(cast(nearest, dtypes.int64)), 0), dtypes.int32)
        reject, alarm = kept["true_negatives"][at], kept["false_positives"][at]
        return divide(reject, reject + alarm + _SMALL, name=kind)

    return _near(
        labels, predictions, weights, num_thresholds, metrics_collections, updates_collections, name,
        "specificity_at_sensitivity", pick,
    )  # fmt: skip
