"""Figures of the k classes that have the highest predictions: precision, recall, average precision.

The labels of an entry are a set, and so are its predicted classes: a class counts once.
"""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..graph import Tensor, get_default_graph
from ..losses.weighted import checked_weights
from ..ops.array.dims import expand_dims
from ..ops.array.fill import identity, ones_like
from ..ops.array.shape import shape
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.arithmetic import add, minimum, multiply
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import equal, greater_equal, less, logical_and, logical_not, not_equal
from ..ops.elementwise.divide import div_no_nan, divide
from ..ops.linalg.diag import matrix_band_part
from ..ops.math.reduce import reduce_any, reduce_sum
from ..ops.math.scan import cumsum
from ..ops.math.sort import top_k
from ..ops.sparse.dense import sparse_tensor_to_dense
from ..ops.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from ..ops.state.variable import assign_add
from ..public import v1, whole
from ..scopes import name_scope
from .describe import RETURNS, described
from .kept import kept_variable, published

_RAISES = "ValueError: If the shapes do not go together."
# What stands where a sparse tensor of labels has none.
_NO_LABEL = -(1 << 63)
_SPARSE = (SparseTensor, SparseTensorValue)


def _names(what: str, k: Any, class_id: Any = None) -> str:
    own = f"{what}_at_k" if k is None else f"{what}_at_{k}"
    return own if class_id is None else f"{own}_class{class_id}"


def _sets(labels: Any, places: Tensor) -> tuple[Tensor, Tensor]:
    """Labels `[D1, ..., DN, L]`, and which of them count: those that there are, at their first place."""
    if isinstance(labels, _SPARSE):
        found = sparse_tensor_to_dense(as_sparse(labels), _NO_LABEL, validate_indices=False)
    else:
        found = convert_to_tensor(labels)
    wanted, given = places.dtype.base_dtype, found.dtype.base_dtype
    if given != wanted:
        raise TypeError(
            f"Types don't match, <dtype: '{wanted.name}'> vs <dtype: '{given.name}'>.\n"
            "The labels of a figure at k are int64: convert them with tf.cast."
        )
    if found._dims is not None and places._dims is not None and len(found._dims) == len(places._dims) - 1:
        found = expand_dims(found, -1)
    return found, logical_and(_first(found), not_equal(found, _NO_LABEL))


def _first(values: Tensor) -> Tensor:
    """Whether a value is the first of its equals, along the last dimension."""
    same = equal(expand_dims(values, -1), expand_dims(values, -2))
    earlier = matrix_band_part(cast(same, dtypes.int32), -1, 0) - matrix_band_part(
        cast(same, dtypes.int32), 0, 0
    )
    return logical_not(reduce_any(cast(earlier, dtypes.bool), -1))


def _among(values: Tensor, others: Tensor) -> Tensor:
    """Whether each of some values is one of others."""
    return reduce_any(equal(expand_dims(values, -1), expand_dims(others, -2)), -1)


def _kept_sum(which: Tensor, weights: Any, name: str) -> tuple[Any, Any]:
    """Keeps how many are true, each entry with its weight."""
    counts = reduce_sum(cast(which, dtypes.float64), -1)
    if weights is not None:
        factors = cast(weights, dtypes.float64)
        checked_weights(factors, counts)
        counts = multiply(counts, factors)
    kept = kept_variable([], dtypes.float64, name=name)
    return kept, assign_add(kept, reduce_sum(counts))


def _share(
    labels: Any, places: Any, k: Any, class_id: Any, weights: Any, metrics: Any, updates: Any, scope: str,
    by_labels: bool,
) -> tuple[Any, Any]:  # fmt: skip
    """Precision, or recall `by_labels`, of predicted classes."""
    chosen = cast(convert_to_tensor(places), dtypes.int64)
    wanted, are_labels = _sets(labels, chosen)
    are_chosen = _first(chosen)
    if class_id is not None:
        are_labels = logical_and(are_labels, equal(wanted, cast(class_id, dtypes.int64)))
        are_chosen = logical_and(are_chosen, equal(chosen, cast(class_id, dtypes.int64)))
    right, more_right = _kept_sum(
        logical_and(are_chosen, _among(chosen, wanted)), weights, _names("true_positive", k, class_id)
    )
    if by_labels:
        missed = logical_and(are_labels, logical_not(_among(wanted, chosen)))
        wrong, more_wrong = _kept_sum(missed, weights, _names("false_negative", k, class_id))
    else:
        missed = logical_and(are_chosen, logical_not(_among(chosen, wanted)))
        wrong, more_wrong = _kept_sum(missed, weights, _names("false_positive", k, class_id))
    value = divide(identity(right), add(right, wrong), name=scope)
    update = divide(more_right, add(more_right, more_wrong), name="update")
    return published(value, update, metrics, updates)


def _top(predictions: Any, k: int) -> Tensor:
    return cast(top_k(convert_to_tensor(predictions), k)[1], dtypes.int64)


@v1("metrics.precision_at_top_k")
@whole
@described(RETURNS, _RAISES)
def precision_at_top_k(
    labels: Any, predictions_idx: Any, k: int | None = None, class_id: int | None = None, weights: Any = None,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps how much of what is predicted is true, of the classes `predictions_idx`."""
    with name_scope(name, _names("precision", k, class_id), (predictions_idx, labels, weights)) as scope:
        return _share(
            labels, predictions_idx, k, class_id, weights, metrics_collections, updates_collections, scope,
            by_labels=False,
        )  # fmt: skip


@v1("metrics.precision_at_k", "metrics.sparse_precision_at_k")
@whole
@described(RETURNS, _RAISES)
def precision_at_k(
    labels: Any, predictions: Any, k: int, class_id: int | None = None, weights: Any = None,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps how many of the k classes with the highest predictions are labels.

    >>> import scopetrie as tf
    >>> labels = tf.constant([[1], [0]], tf.int64)
    >>> precision, update = tf.metrics.precision_at_k(labels, [[0.1, 0.7, 0.2], [0.2, 0.5, 0.3]], k=1)
    >>> with tf.Session() as session:
    ...     session.run(tf.local_variables_initializer())
    ...     print(session.run(update))
    0.5
    """
    with name_scope(name, _names("precision", k, class_id), (predictions, labels, weights)) as scope:
        return _share(
            labels, _top(predictions, k), k, class_id, weights, metrics_collections, updates_collections,
            scope, by_labels=False,
        )  # fmt: skip


@v1("metrics.recall_at_top_k")
@whole
@described(RETURNS, _RAISES)
def recall_at_top_k(
    labels: Any, predictions_idx: Any, k: int | None = None, class_id: int | None = None, weights: Any = None,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps how many of the labels are predicted, among the classes `predictions_idx`."""
    with name_scope(name, _names("recall", k, class_id), (predictions_idx, labels, weights)) as scope:
        return _share(
            labels, predictions_idx, k, class_id, weights, metrics_collections, updates_collections, scope,
            by_labels=True,
        )  # fmt: skip


@v1("metrics.recall_at_k")
@whole
@described(RETURNS, _RAISES)
def recall_at_k(
    labels: Any, predictions: Any, k: int, class_id: int | None = None, weights: Any = None,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps how many of the labels are among the k classes with the highest predictions."""
    with name_scope(name, _names("recall", k, class_id), (predictions, labels, weights)) as scope:
        return _share(
            labels, _top(predictions, k), k, class_id, weights, metrics_collections, updates_collections,
            scope, by_labels=True,
        )  # fmt: skip


@v1("metrics.average_precision_at_k", "metrics.sparse_average_precision_at_k")
@whole
@described(RETURNS, "ValueError: If k is below 1, or the shapes do not go together.")
def average_precision_at_k(
    labels: Any, predictions: Any, k: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Keeps the mean of precisions at each place among the first k at which there is a label."""
    if k < 1:
        raise ValueError(f"Invalid k={k}. `k` should be >= 1.")
    with name_scope(name, _names("average_precision", k), (predictions, labels, weights)) as scope:
        chosen = _top(predictions, k)
        wanted, are_labels = _sets(labels, chosen)
        right = cast(_among(chosen, wanted), dtypes.float64)
        shares = multiply(divide(cumsum(right, -1), cumsum(ones_like(right), -1)), right)
        if not isinstance(labels, _SPARSE):  # as v1: equal ones count each, and only classes count
            classes = shape(convert_to_tensor(predictions), out_type=dtypes.int64)[-1]
            are_labels = logical_and(greater_equal(wanted, cast(0, dtypes.int64)), less(wanted, classes))
        possible = minimum(reduce_sum(cast(are_labels, dtypes.float64), -1), cast(k, dtypes.float64))
        figures = divide(reduce_sum(shares, -1), possible)
        factors = ones_like(figures)
        if weights is not None:
            given = cast(weights, dtypes.float64)
            checked_weights(given, figures)
            factors = multiply(given, factors)
        get_default_graph().unique_name("max")  # v1 has an operation of that name
        most = kept_variable([], dtypes.float64, name="max")
        total = kept_variable([], dtypes.float64, name="total")
        update_total = assign_add(total, reduce_sum(multiply(figures, factors)))
        update_most = assign_add(most, reduce_sum(factors))
        value = div_no_nan(total, most, name="mean")
        update = div_no_nan(update_total, update_most, name=scope)
        return published(value, update, metrics_collections, updates_collections)
