"""Cross entropies of logits."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from .._core import name_scope
from ..graph import GraphKeys, Tensor
from ..ops.array.fill import stop_gradient
from ..ops.array.shape import shape
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.cast import cast
from ..ops.nn.loss import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
)
from ..public import v1
from .describe import described
from .weighted import BY_NONZERO, compute_weighted_loss, squeezed

_RETURNS = "A scalar; for `Reduction.NONE` a tensor of the elements' losses."
_RAISES = "ValueError: If an argument is missing, or the shapes do not go together."


def _need(**arguments: Any) -> None:
    for name, value in arguments.items():
        if value is None:
            raise ValueError(f"Argument `{name}` must not be None.")


@v1("losses.sigmoid_cross_entropy")
@described(_RETURNS, _RAISES)
def sigmoid_cross_entropy(
    multi_class_labels: Any, logits: Any, weights: Any = 1.0, label_smoothing: float = 0,
    scope: str | None = None, loss_collection: Any = GraphKeys.LOSSES, reduction: str = BY_NONZERO,
) -> Tensor:  # fmt: skip
    """The cross entropy of choices that are independent of each other."""
    _need(multi_class_labels=multi_class_labels, logits=logits)
    with name_scope(scope, "sigmoid_cross_entropy_loss", [logits, multi_class_labels, weights]) as within:
        scores = convert_to_tensor(logits)
        truth = cast(multi_class_labels, scores.dtype.base_dtype)
        scores.shape.assert_is_compatible_with(truth.shape)
        if label_smoothing > 0:
            truth = truth * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = sigmoid_cross_entropy_with_logits(labels=truth, logits=scores, name="xentropy")
        return compute_weighted_loss(losses, weights, within, loss_collection, reduction)


@v1("losses.softmax_cross_entropy")
@described(_RETURNS, _RAISES)
def softmax_cross_entropy(
    onehot_labels: Any, logits: Any, weights: Any = 1.0, label_smoothing: float = 0,
    scope: str | None = None, loss_collection: Any = GraphKeys.LOSSES, reduction: str = BY_NONZERO,
) -> Tensor:  # fmt: skip
    """The cross entropy of a choice among classes."""
    _need(onehot_labels=onehot_labels, logits=logits)
    with name_scope(scope, "softmax_cross_entropy_loss", [logits, onehot_labels, weights]) as within:
        scores = convert_to_tensor(logits)
        truth = cast(onehot_labels, scores.dtype.base_dtype)
        scores.shape.assert_is_compatible_with(truth.shape)
        if label_smoothing > 0:
            classes = cast(shape(truth)[-1], scores.dtype.base_dtype)
            rest = label_smoothing / classes
            truth = truth * (1.0 - label_smoothing) + rest
        truth = stop_gradient(truth, name="labels_stop_gradient")
        losses = softmax_cross_entropy_with_logits_v2(labels=truth, logits=scores, name="xentropy")
        return compute_weighted_loss(losses, weights, within, loss_collection, reduction)


@v1("losses.sparse_softmax_cross_entropy")
@described(_RETURNS, _RAISES, labels="The numbers of the right classes, `[N]` or `[N, 1]`.")
def sparse_softmax_cross_entropy(
    labels: Any, logits: Any, weights: Any = 1.0, scope: str | None = None,
    loss_collection: Any = GraphKeys.LOSSES, reduction: str = BY_NONZERO,
) -> Tensor:  # fmt: skip
    """The cross entropy of a choice among classes, whose right one is known.

    >>> import scopetrie as tf
    >>> loss = tf.losses.sparse_softmax_cross_entropy([1, 0], logits=[[0.0, 0.0], [0.0, 0.0]])
    >>> with tf.Session() as session:
    ...     print(f"{session.run(loss):.4f}")
    0.6931
    """
    _need(labels=labels, logits=logits)
    with name_scope(scope, "sparse_softmax_cross_entropy_loss", [logits, labels, weights]) as within:
        picked, scores, factors = squeezed(
            convert_to_tensor(labels), convert_to_tensor(logits), weights, difference=1
        )
        if picked.dtype.base_dtype not in (dtypes.int32, dtypes.int64):
            picked = cast(picked, dtypes.int64)
        losses = sparse_softmax_cross_entropy_with_logits(labels=picked, logits=scores, name="xentropy")
        return compute_weighted_loss(losses, factors, within, loss_collection, reduction)
