"""Figures of choices among classes: mean_iou, mean_per_class_accuracy."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..graph import Tensor
from ..ops.array.fill import ones, ones_like
from ..ops.array.shape import reshape, shape
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.arithmetic import maximum, multiply
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import equal, greater, not_equal, where
from ..ops.elementwise.divide import div_no_nan, divide
from ..ops.linalg.tensor_diag import tensor_diag_part
from ..ops.math.reduce import reduce_mean, reduce_sum
from ..ops.nn.confusion import confusion_matrix
from ..ops.state.scatter import scatter_add
from ..ops.state.variable import assign_add
from ..public import v1
from ..scopes import variable_scope
from .describe import described
from .kept import kept_variable, published

_RAISES = "ValueError: If the shapes do not go together."


def _in_a_row(value: Any, dtype: Any = None) -> Tensor:
    tensor = convert_to_tensor(value) if dtype is None else cast(value, dtype)
    return reshape(tensor, [-1]) if tensor.shape.ndims != 1 else tensor


@v1("metrics.mean_iou")
@described("The figure so far, and an operation that takes a batch in.", _RAISES)
def mean_iou(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the mean over classes of intersection over union, of which a confusion matrix is kept."""
    with variable_scope(name, "mean_iou", (predictions, labels, weights)):
        convert_to_tensor(predictions).shape.assert_is_compatible_with(convert_to_tensor(labels).shape)
        truth, guess = _in_a_row(labels, dtypes.int64), _in_a_row(predictions, dtypes.int64)
        factors = None if weights is None else _in_a_row(weights)
        total = kept_variable([num_classes, num_classes], dtypes.float64, name="total_confusion_matrix")
        update = assign_add(
            total, confusion_matrix(truth, guess, num_classes, dtypes.float64, weights=factors)
        )
        rows, columns = (cast(reduce_sum(total, axis), dtypes.float32) for axis in (0, 1))
        common = cast(tensor_diag_part(total), dtypes.float32)
        union = rows + columns - common
        found = reduce_sum(cast(not_equal(union, 0), dtypes.float32))
        shares = divide(common, where(greater(union, 0), union, ones_like(union)))
        value = where(greater(found, 0), reduce_sum(shares, name="mean_iou") / found, 0.0)
        return published(value, update, metrics_collections, updates_collections)


@v1("metrics.mean_per_class_accuracy")
@described("The figure so far, and an operation that takes a batch in.", _RAISES)
def mean_per_class_accuracy(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the mean over classes of how often predictions are right."""
    with variable_scope(name, "mean_accuracy", (predictions, labels, weights)):
        truth, guess = _in_a_row(labels, dtypes.int64), _in_a_row(predictions)
        guess.shape.assert_is_compatible_with(truth.shape)
        total, count = kept_variable([num_classes], name="total"), kept_variable([num_classes], name="count")
        each = ones(shape(truth))
        right = cast(equal(truth, cast(guess, dtypes.int64)), dtypes.float32)
        if weights is not None:
            factors = cast(_in_a_row(weights), dtypes.float32)
            each, right = multiply(each, factors), multiply(right, factors)
        summed, counted = scatter_add(total, truth, right), scatter_add(count, truth, each)
        shares = div_no_nan(total, maximum(count, 0))
        value = reduce_mean(shares, name="mean_accuracy")
        update = div_no_nan(summed, maximum(counted, 0), name="update_op")
        return published(value, update, metrics_collections, updates_collections)
