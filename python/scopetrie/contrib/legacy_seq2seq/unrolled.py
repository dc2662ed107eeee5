"""Decoders and losses over lists of steps."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from ...dtypes import DTypeLike, float32
from ...graph import Tensor
from ...ops.array.shape import reshape, shape
from ...ops.elementwise.cast import cast
from ...ops.math.reduce import reduce_sum
from ...ops.math.sum import add_n
from ...ops.nn.loss import sparse_softmax_cross_entropy_with_logits
from ...public import v1
from ...rnn.static import static_rnn
from ...scopes import name_scope, variable_scope

__all__ = ["basic_rnn_seq2seq", "rnn_decoder", "sequence_loss", "sequence_loss_by_example"]


@v1("contrib.legacy_seq2seq.rnn_decoder")
def rnn_decoder(
    decoder_inputs: Sequence[Any], initial_state: Any, cell: Any,
    loop_function: Callable[[Any, int], Any] | None = None, scope: Any = None,
) -> tuple[list[Any], Any]:  # fmt: skip
    """Runs a cell over a list of inputs, or over what a function makes of the output before.

    Args:
        decoder_inputs: A list of tensors `[N, size]`.
        initial_state: The state to begin with.
        cell: The cell.
        loop_function: `f(output, i)` makes the i-th input of the output before; for the first step the list
            counts.
        scope: The variable scope, or its name; "rnn_decoder" by default.

    Returns:
        A list of outputs, and the last state.
    """
    with variable_scope(scope or "rnn_decoder") as within:
        state, outputs = initial_state, []
        before: Any = None
        for number, value in enumerate(decoder_inputs):
            if loop_function is not None and before is not None:
                with variable_scope("loop_function", reuse=True):
                    value = loop_function(before, number)
            if number > 0:
                within.reuse_variables()
            output, state = cell(value, state)
            outputs.append(output)
            if loop_function is not None:
                before = output
    return outputs, state


@v1("contrib.legacy_seq2seq.basic_rnn_seq2seq")
def basic_rnn_seq2seq(
    encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], cell: Any, dtype: DTypeLike = float32,
    scope: Any = None,
) -> tuple[list[Any], Any]:  # fmt: skip
    """Encodes a list of inputs, and decodes another one from the state after it.

    Args:
        encoder_inputs: A list of tensors `[N, size]`.
        decoder_inputs: Another.
        cell: The cell of the decoder; a copy of it is the encoder's.
        dtype: The dtype of the state.
        scope: The variable scope, or its name; "basic_rnn_seq2seq" by default.

    Returns:
        A list of outputs, and the last state.
    """
    with variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        made: tuple[list[Any], Any] = rnn_decoder(decoder_inputs, state, cell)
        return made


@v1("contrib.legacy_seq2seq.sequence_loss_by_example")
def sequence_loss_by_example(
    logits: Sequence[Any], targets: Sequence[Any], weights: Sequence[Any],
    average_across_timesteps: bool = True, softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """The weighted cross entropy of sequences of choices, for each example.

    Args:
        logits: A list of tensors `[N, classes]`.
        targets: A list of the numbers of the right classes, `[N]`.
        weights: A list of their weights, `[N]`.
        average_across_timesteps: Whether the loss of an example is divided by the sum of its weights.
        softmax_loss_function: `f(labels=, logits=)` gives the loss of a choice instead.
        name: The operations' scope.

    Returns:
        A vector `[N]`.

    Raises:
        ValueError: If the lists are not of one length.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(
            "Lengths of logits, weights, and targets must be the same "
            f"{len(logits)}, {len(weights)}, {len(targets)}."
        )
    with name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        loss = softmax_loss_function or sparse_softmax_cross_entropy_with_logits
        losses = [
            loss(labels=reshape(target, [-1]), logits=logit) * weight
            for logit, target, weight in zip(logits, targets, weights, strict=True)
        ]
        total = add_n(losses)
        made: Tensor = total / (add_n(list(weights)) + 1e-12) if average_across_timesteps else total
        return made


@v1("contrib.legacy_seq2seq.sequence_loss")
def sequence_loss(
    logits: Sequence[Any], targets: Sequence[Any], weights: Sequence[Any],
    average_across_timesteps: bool = True, average_across_batch: bool = True,
    softmax_loss_function: Callable[..., Any] | None = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """The weighted cross entropy of sequences of choices.

    Args:
        logits: A list of tensors `[N, classes]`.
        targets: A list of the numbers of the right classes, `[N]`.
        weights: A list of their weights, `[N]`.
        average_across_timesteps: Whether the loss of an example is divided by the sum of its weights.
        average_across_batch: Whether the loss is divided by the number of examples.
        softmax_loss_function: `f(labels=, logits=)` gives the loss of a choice instead.
        name: The operations' scope.

    Returns:
        A scalar.

    Raises:
        ValueError: If the lists are not of one length.
    """
    with name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        cost = reduce_sum(
            sequence_loss_by_example(
                logits, targets, weights, average_across_timesteps, softmax_loss_function
            )
        )
        made: Tensor = cost / cast(shape(targets[0])[0], cost.dtype) if average_across_batch else cost
        return made
