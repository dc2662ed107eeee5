"""What v1's inner module of metrics (metrics_impl) has beside public names, as libraries of v1 call it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from .._core import name_scope
from ..graph import Tensor, add_to_collection
from ..losses.weighted import squeezed
from ..metrics.kept import divided, kept_variable, with_rank_of
from ..metrics.thresholds import counted_at
from ..ops.array.fill import identity
from ..ops.constant import convert_to_tensor

__all__ = ["metric_variable", "remove_squeezable_dimensions"]
_KINDS: Final = {
    "tp": "true_positives",
    "fn": "false_negatives",
    "tn": "true_negatives",
    "fp": "false_positives",
}


def metric_variable(shape: Any, dtype: Any, validate_shape: bool = True, name: str | None = None) -> Any:
    """Makes a variable that a metric keeps its sums in: local, not trained, zeros at first.

    Args:
        shape: Its shape.
        dtype: Its dtype.
        validate_shape: Whether later values have that shape.
        name: Its name.
    """
    return kept_variable(shape, dtype, name, validate_shape)


def remove_squeezable_dimensions(
    labels: Any, predictions: Any, expected_rank_diff: int = 0, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns labels and predictions without a last dimension of 1 that the other does not have.

    Args:
        labels: The labels.
        predictions: The predictions.
        expected_rank_diff: By how much the rank of the predictions exceeds that of the labels.
        name: The name of the operations' scope.
    """
    with name_scope(name, "remove_squeezable_dimensions", [labels, predictions]):
        truth, guess, _ = squeezed(
            convert_to_tensor(labels), convert_to_tensor(predictions), None, expected_rank_diff
        )
        return truth, guess


def _remove_squeezable_dimensions(predictions: Any, labels: Any, weights: Any) -> tuple[Any, Any, Any]:
    """Predictions, labels (or None) and weights (or None) of ranks that go together."""
    guess = convert_to_tensor(predictions)
    if labels is None:
        factors = None if weights is None else convert_to_tensor(weights)
        return guess, None, squeezed(guess, guess, with_rank_of(guess, factors))[2]
    truth, guess, factors = squeezed(convert_to_tensor(labels), guess, weights)
    guess.shape.assert_is_compatible_with(truth.shape)
    return guess, truth, with_rank_of(guess, factors)


def _aggregate_variable(v: Any, collections: Any) -> Tensor:
    """What a variable of a metric holds, after it has been added to collections."""
    found = identity(v)
    for key in [collections] if isinstance(collections, str) else collections or ():
        add_to_collection(key, found)
    return found


def _safe_scalar_div(numerator: Any, denominator: Any, name: str) -> Tensor:
    """A quotient; 0 where the divisor is 0."""
    return divided(numerator, denominator, name)


def _confusion_matrix_at_thresholds(
    labels: Any, predictions: Any, thresholds: Sequence[float], weights: Any = None, includes: Any = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Counts of kinds (tp, fn, tn, fp) at each threshold, and the operations that take a batch in."""
    kinds = tuple(_KINDS) if includes is None else tuple(includes)
    for each in kinds:
        if each not in _KINDS:
            raise ValueError(f"Invalid key: {each}")
    values, updates = counted_at(labels, predictions, thresholds, weights, [_KINDS[each] for each in kinds])
    return {each: values[_KINDS[each]] for each in kinds}, {each: updates[_KINDS[each]] for each in kinds}
