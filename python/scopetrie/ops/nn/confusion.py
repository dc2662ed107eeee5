"""How often classes are taken for each other."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ..._core import name_scope
from ...dtypes import DTypeLike, as_dtype
from ...graph import Operation, Tensor, control_dependencies
from ...public import v1
from ..array.dims import squeeze
from ..array.fill import identity, ones_like
from ..array.join import stack
from ..array.scatter import scatter_nd
from ..constant import convert_to_tensor
from ..control.asserts import assert_less, assert_non_negative
from ..elementwise.arithmetic import maximum
from ..elementwise.cast import cast
from ..math.reduce import reduce_max


@v1("confusion_matrix", "math.confusion_matrix")
def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    dtype: DTypeLike = dtypes.int32,
    name: str | None = None,
    weights: Any = None,
) -> Tensor:
    """Counts how often each class was taken for each other one.

    Args:
        labels: The right classes, a vector of ints.
        predictions: The predicted classes, a vector of ints.
        num_classes: How many classes; one more than the largest number by default.
        dtype: The dtype of the counts.
        name: The operations' scope.
        weights: What each pair counts; 1 by default.

    Returns:
        A tensor `[classes, classes]`: rows for the right class, columns for the predicted one.

    Raises:
        InvalidArgumentError: If a class is known to be negative or too large.
        ValueError: If the shapes do not go together.
    """
    made = as_dtype(dtype)
    with name_scope(name, "confusion_matrix", [predictions, labels, num_classes, weights]):
        right, guess = _of_one_rank(
            convert_to_tensor(labels, name="labels"), convert_to_tensor(predictions, name="predictions")
        )
        guess, right = cast(guess, dtypes.int64), cast(right, dtypes.int64)
        right = _after(assert_non_negative(right, message="`labels` contains negative values"), right)
        guess = _after(assert_non_negative(guess, message="`predictions` contains negative values"), guess)
        if num_classes is None:
            num_classes = maximum(reduce_max(guess), reduce_max(right)) + 1
        else:
            limit = cast(num_classes, dtypes.int64)
            right = _after(assert_less(right, limit, message="`labels` out of bound"), right)
            guess = _after(assert_less(guess, limit, message="`predictions` out of bound"), guess)
        if weights is None:
            values = ones_like(guess, dtype=made)
        else:
            each = convert_to_tensor(weights, name="weights")
            guess.shape.assert_is_compatible_with(each.shape)
            values = cast(each, made)
        sizes = stack([num_classes, num_classes])
        return scatter_nd(stack([right, guess], axis=1), values, cast(sizes, dtypes.int64))


def _of_one_rank(labels: Tensor, predictions: Tensor) -> tuple[Tensor, Tensor]:
    """The two, where the one that has a dimension of size 1 too many loses it."""
    own, others = labels._dims, predictions._dims
    if own is None or others is None:
        return labels, predictions
    if len(others) == len(own) + 1 and others[-1] in (1, None):
        predictions = squeeze(predictions, [-1])
    elif len(own) == len(others) + 1 and own[-1] in (1, None):
        labels = squeeze(labels, [-1])
    return labels, predictions


def _after(check: Operation, tensor: Tensor) -> Tensor:
    """The tensor, behind a check."""
    with control_dependencies([check]):
        return identity(tensor, name="control_dependency")
