"""The loss of sequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import Tensor
from ...ops.array.shape import reshape, shape
from ...ops.constant import convert_to_tensor
from ...ops.math.reduce import reduce_sum
from ...ops.nn.loss import sparse_softmax_cross_entropy_with_logits
from ...public import v1
from ...scopes import name_scope

__all__ = ["sequence_loss"]


@v1("contrib.seq2seq.sequence_loss")
def sequence_loss(
    logits: Any, targets: Any, weights: Any, average_across_timesteps: bool = True,
    average_across_batch: bool = True, softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """The weighted cross entropy of sequences of choices.

    Args:
        logits: The logits, `[N, T, classes]`.
        targets: The numbers of the right classes, `[N, T]`.
        weights: Their weights, `[N, T]`.
        average_across_timesteps: Whether the loss of an example is divided by the sum of its weights.
        average_across_batch: Whether the loss of a step is divided by the sum of its weights.
        softmax_loss_function: `f(labels=, logits=)` gives the loss of a choice instead.
        name: The operations' scope.

    Returns:
        A scalar if both are averaged, else a vector or a matrix.

    Raises:
        ValueError: If a rank is another one.
    """
    scores, picked = convert_to_tensor(logits), convert_to_tensor(targets)
    factors = convert_to_tensor(weights)
    for value, rank, said in (
        (scores, 3, "Logits must be a [batch_size x sequence_length x logits] tensor"),
        (picked, 2, "Targets must be a [batch_size x sequence_length] tensor"),
        (factors, 2, "Weights must be a [batch_size x sequence_length] tensor"),
    ):
        if value.shape.ndims != rank:
            raise ValueError(said)
    with name_scope(name, "sequence_loss", [scores, picked, factors]):
        classes = shape(scores)[2]
        rows, labels = reshape(scores, [-1, classes]), reshape(picked, [-1])
        loss = softmax_loss_function or sparse_softmax_cross_entropy_with_logits
        losses = loss(labels=labels, logits=rows) * reshape(factors, [-1])
        if average_across_timesteps and average_across_batch:
            return reduce_sum(losses) / (reduce_sum(factors) + 1e-12)
        losses = reshape(losses, shape(scores)[:2])
        for wanted, axis in ((average_across_timesteps, 1), (average_across_batch, 0)):
            if wanted:
                losses = reduce_sum(losses, [axis]) / (reduce_sum(factors, [axis]) + 1e-12)
        made: Tensor = losses
        return made
