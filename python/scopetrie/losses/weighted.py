"""Losses with weights, and what becomes of the losses of many elements."""

from __future__ import annotations

from typing import Any, Final

from .. import dtypes
from .._core import name_scope
from ..graph import GraphKeys, Tensor, control_dependencies
from ..ops.array.dims import squeeze
from ..ops.array.fill import ones_like, zeros_like
from ..ops.array.shape import rank, shape, size
from ..ops.checks import Assert
from ..ops.constant import convert_to_tensor
from ..ops.control.branch import cond
from ..ops.elementwise.arithmetic import multiply
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import equal, logical_or, where
from ..ops.elementwise.divide import div_no_nan
from ..ops.math.reduce import reduce_all, reduce_sum
from ..ops.math.sequence import range_
from ..public import v1
from .kept import add_loss

__all__ = [
    "Reduction",
    "all_but_first",
    "checked_weights",
    "compute_weighted_loss",
    "num_present",
    "squeezed",
]

BY_NONZERO: Final = "weighted_sum_by_nonzero_weights"


@v1("losses.Reduction")
class Reduction:
    """What becomes of the losses of many elements."""

    NONE = "none"
    SUM = "weighted_sum"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    MEAN = "weighted_mean"
    SUM_BY_NONZERO_WEIGHTS = BY_NONZERO
    SUM_OVER_NONZERO_WEIGHTS = BY_NONZERO

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """All of them."""
        return (
            cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_OVER_NONZERO_WEIGHTS,
            cls.SUM_BY_NONZERO_WEIGHTS,
        )  # fmt: skip

    @classmethod
    def validate(cls, key: Any) -> None:
        """Refuses what is none of them.

        Args:
            key: The reduction.

        Raises:
            ValueError: If it is none.
        """
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}. Key should be one of {cls.all()}.")


def checked_weights(weights: Tensor, values: Tensor) -> list[Any]:
    """Refuses weights that do not broadcast to values: of the same rank, with sizes of 1 or theirs.

    Args:
        weights: The weights; a scalar goes with everything.
        values: The values.

    Returns:
        What has to be waited for, where shapes are known only in a session.

    Raises:
        ValueError: If they surely do not.
    """
    a, b = weights._dims, values._dims
    if a == ():
        return []
    said = f"Received weights={weights}, values={values}"
    if a is not None and b is not None:
        if len(a) != len(b):
            raise ValueError(
                f"weights can not be broadcast to values. values.rank={len(b)}. weights.rank={len(a)}. "
                f"values.shape={values.shape}. weights.shape={weights.shape}. {said}"
            )
        for axis, (own, wanted) in enumerate(zip(a, b, strict=True)):
            if own not in (1, None) and wanted is not None and own != wanted:
                raise ValueError(
                    f"weights can not be broadcast to values. Mismatch at dim {axis}. "
                    f"values.shape={_sizes(b)}, weights.shape={_sizes(a)}. {said}"
                )
        if None not in a and None not in b:
            return []
    own_shape, wanted_shape = shape(weights), shape(values)
    own_rank, wanted_rank = rank(weights), rank(values)
    truth = convert_to_tensor(True)

    def fits() -> Tensor:
        return reduce_all(logical_or(equal(own_shape, wanted_shape), equal(own_shape, 1)))

    def of_rank() -> Any:
        return cond(equal(own_rank, wanted_rank), fits, lambda: convert_to_tensor(False))

    valid = cond(equal(own_rank, 0), lambda: truth, of_rank)
    words = [
        "weights can not be broadcast to values.",
        "weights.shape=",
        own_shape,
        "values.shape=",
        wanted_shape,
    ]
    return [Assert(valid, words)]


def _checked(weights: Any, values: Tensor) -> list[Any]:
    return checked_weights(convert_to_tensor(weights, name="weights"), values)


def _sizes(dims: tuple[int | None, ...]) -> str:
    return f"[{' '.join('?' if size is None else str(size) for size in dims)}]"


def num_present(losses: Tensor, weights: Tensor, per_batch: bool = False) -> Tensor:
    """How many elements have a weight that is not 0.

    Args:
        losses: The elements.
        weights: Their weights.
        per_batch: Whether to count for each example.
    """
    with name_scope(None, "num_present", [losses, weights]) as scope:
        present = where(equal(weights, 0.0), zeros_like(weights), ones_like(weights))
        spread = multiply(present, ones_like(losses), name="broadcast_weights")
        if per_batch:
            return reduce_sum(spread, all_but_first(spread), keepdims=True, name=scope)
        return reduce_sum(spread, name=scope)


def all_but_first(tensor: Tensor) -> Any:
    """The axes of a tensor behind the first."""
    return range_(1, rank(tensor)) if tensor._dims is None else list(range(1, len(tensor._dims)))


def squeezed(labels: Tensor, others: Tensor, weights: Any, difference: int = 0) -> tuple[Tensor, Tensor, Any]:
    """Labels, predictions and weights without a last dimension of 1 that the others do not have.

    Args:
        labels: The labels.
        others: The predictions.
        weights: The weights, or None.
        difference: By how much the rank of the predictions exceeds that of the labels.

    Returns:
        The three.
    """
    a, b = labels._dims, others._dims
    if a is not None and b is not None:
        excess = len(b) - len(a) - difference
        if excess == 1 and b[-1] in (1, None):
            others = squeeze(others, [-1])
        elif excess == -1 and a[-1] in (1, None):
            labels = squeeze(labels, [-1])
    else:  # when it runs
        more = rank(others) - rank(labels)
        others = _without_last(others, equal(more, difference + 1))
        labels = _without_last(labels, equal(more, difference - 1))
    if weights is None:
        return labels, others, None
    weights = convert_to_tensor(weights)
    a, w = labels._dims, weights._dims
    if a is None or w is None:
        return labels, others, _without_last(weights, equal(rank(weights) - rank(labels), 1))
    if w and len(w) - len(a) == 1 and w[-1] in (1, None):
        weights = squeeze(weights, [-1])
    return labels, others, weights


def _without_last(value: Tensor, condition: Tensor) -> Tensor:
    """A tensor without its last dimension, if a condition holds when it runs; itself if that cannot be 1."""
    dims = value._dims
    if dims is not None and (not dims or dims[-1] not in (1, None)):
        return value
    chosen: Tensor = cond(condition, lambda: squeeze(value, [-1]), lambda: value)
    return chosen


@v1("losses.compute_weighted_loss")
def compute_weighted_loss(
    losses: Any, weights: Any = 1.0, scope: str | None = None, loss_collection: Any = GraphKeys.LOSSES,
    reduction: str = BY_NONZERO,
) -> Tensor:  # fmt: skip
    """Makes one loss of those of many elements.

    Args:
        losses: The elements' losses.
        weights: Their weights: a scalar, or a tensor of the same rank whose sizes are 1 or the losses'.
        scope: The operations' scope.
        loss_collection: The collection that the loss is added to; None for none.
        reduction: One of `Reduction`: by default the weighted sum divided by how many weights are not 0.

    Returns:
        A scalar; for `Reduction.NONE` a tensor of the shape of `losses`.

    Raises:
        ValueError: If the weights do not broadcast to the losses, or there is no such reduction.

    >>> import scopetrie as tf
    >>> loss = tf.losses.compute_weighted_loss([1.0, 2.0, 6.0], weights=[1.0, 1.0, 0.0])
    >>> with tf.Session() as session:
    ...     print(session.run(loss), loss.name)
    1.5 weighted_loss/value:0
    """
    Reduction.validate(reduction)
    with name_scope(scope, "weighted_loss", [losses, weights]):
        values = convert_to_tensor(losses)
        own = values.dtype.base_dtype
        with name_scope(None, "assert_broadcastable", [values, weights]):
            checked = [] if isinstance(weights, (int, float)) else _checked(weights, values)
        with control_dependencies(checked):
            values, factors = cast(values, dtypes.float32), cast(weights, dtypes.float32)
            weighted = multiply(values, factors, name="Mul")
            result = weighted
            if reduction != Reduction.NONE:
                result = reduce_sum(weighted)
                if reduction == Reduction.MEAN:
                    count = reduce_sum(ones_like(values) * factors)
                    result = div_no_nan(result, count, name="value")
                elif reduction == BY_NONZERO:
                    result = div_no_nan(result, num_present(values, factors), name="value")
                elif reduction == Reduction.SUM_OVER_BATCH_SIZE:
                    with name_scope(None, "num_elements", [values]) as scope:
                        count = cast(size(values, name=scope), dtypes.float32)
                    result = div_no_nan(result, count, name="value")
            result = cast(result, own)
            add_loss(result, loss_collection)
            return result
