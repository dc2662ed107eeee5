"""Decoders of symbols, over lists of steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...ops.array.fill import stop_gradient
from ...ops.constant import convert_to_tensor
from ...ops.math.arg import argmax
from ...ops.nn.activation import xw_plus_b
from ...ops.nn.embedding import embedding_lookup
from ...public import v1
from ...scopes import get_variable, variable_scope
from .unrolled import rnn_decoder

__all__ = ["embedded", "embedding_rnn_decoder", "feeding_back"]


def embedded(inputs: Sequence[Any], symbols: int, size: int) -> tuple[Any, list[Any]]:
    """Makes the variable "embedding", and looks up a list of symbols."""
    table = get_variable("embedding", [symbols, size])
    return table, [embedding_lookup(table, each) for each in inputs]


def feeding_back(
    table: Any, projection: Any, size: int, symbols: int, update: bool
) -> Callable[[Any, int], Any]:
    """A function that looks up the likeliest symbol of an output.

    Args:
        table: The embedding.
        projection: None, or the weights and biases that make scores of an output.
        size: The size of an output.
        symbols: How many symbols there are.
        update: Whether gradients reach the embedding.

    Raises:
        ValueError: If weights or biases are of another shape.
    """
    if projection is not None:
        weights, biases = (convert_to_tensor(each) for each in projection)
        weights.shape.assert_is_compatible_with([size, symbols])
        biases.shape.assert_is_compatible_with([symbols])

    def back(before: Any, _: int) -> Any:
        scores = before if projection is None else xw_plus_b(before, *projection)
        row = embedding_lookup(table, argmax(scores, 1))
        return row if update else stop_gradient(row)

    return back


@v1("contrib.legacy_seq2seq.embedding_rnn_decoder")
def embedding_rnn_decoder(
    decoder_inputs: Sequence[Any], initial_state: Any, cell: Any, num_symbols: int, embedding_size: int,
    output_projection: Any = None, feed_previous: bool = False, update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> tuple[list[Any], Any]:  # fmt: skip
    """As `rnn_decoder`, of symbols.

    Args:
        decoder_inputs: A list of vectors of symbols, `[N]` of ints.
        initial_state: The state to begin with.
        cell: The cell.
        num_symbols: How many symbols there are.
        embedding_size: The size of a symbol's embedding.
        output_projection: None, or a pair (weights `[output_size, num_symbols]`, biases) that makes scores of
            symbols of an output.
        feed_previous: Whether the likeliest symbol of a step is the input of the next one.
        update_embedding_for_previous: Whether gradients reach the embedding by such inputs.
        scope: The variable scope, or its name; "embedding_rnn_decoder" by default.

    Returns:
        A list of outputs, and the last state.
    """
    with variable_scope(scope or "embedding_rnn_decoder"):
        size = cell.output_size
        table, inputs = embedded(decoder_inputs, num_symbols, embedding_size)
        back = feeding_back(table, output_projection, size, num_symbols, update_embedding_for_previous)
        made: tuple[list[Any], Any] = rnn_decoder(
            inputs, initial_state, cell, back if feed_previous else None
        )
        return made
