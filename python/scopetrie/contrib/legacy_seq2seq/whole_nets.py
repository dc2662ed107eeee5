"""Encoders and decoders of symbols as one call, and buckets of them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from ...dtypes import DTypeLike, float32
from ...ops.array.join import concat
from ...ops.array.shape import reshape
from ...ops.control.branch import cond
from ...ops.control.trace import flat, packed
from ...ops.nn.embedding import embedding_lookup
from ...public import v1
from ...rnn.static import static_rnn
from ...scopes import get_variable, get_variable_scope, name_scope, variable_scope
from ..rnn.cells import OutputProjectionWrapper
from ..rnn.wrappers import EmbeddingWrapper
from .attention import embedding_attention_decoder
from .embedding import embedding_rnn_decoder, feeding_back
from .unrolled import rnn_decoder, sequence_loss, sequence_loss_by_example

__all__ = [
    "embedding_attention_seq2seq",
    "embedding_rnn_seq2seq",
    "embedding_tied_rnn_seq2seq",
    "model_with_buckets",
    "tied_rnn_seq2seq",
]


def _either(feed_previous: Any, state: Any, decode: Callable[[bool], tuple[list[Any], Any]]) -> Any:
    """What decodes as a bool says, or as a tensor says in each run, with the same variables."""
    if isinstance(feed_previous, bool):
        return decode(feed_previous)

    def branch(feeds: bool) -> list[Any]:
        with variable_scope(get_variable_scope(), reuse=None if feeds else True):
            outputs, last = decode(feeds)
            return [*outputs, *flat(last)]

    made = cond(feed_previous, lambda: branch(True), lambda: branch(False))
    count = len(made) - len(flat(state))
    return made[:count], packed(state, made[count:])


@v1("contrib.legacy_seq2seq.embedding_rnn_seq2seq")
def embedding_rnn_seq2seq(
    encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], cell: Any, num_encoder_symbols: int,
    num_decoder_symbols: int, embedding_size: int, output_projection: Any = None, feed_previous: Any = False,
    dtype: DTypeLike = None, scope: Any = None,
) -> tuple[list[Any], Any]:  # fmt: skip
    """Encodes a list of symbols, and decodes another one from the state after it.

    Args:
        encoder_inputs: A list of vectors of symbols, `[N]` of ints.
        decoder_inputs: Another.
        cell: The cell of the decoder; a copy of it is the encoder's.
        num_encoder_symbols: How many symbols the encoder knows.
        num_decoder_symbols: How many symbols the decoder knows.
        embedding_size: The size of a symbol's embedding.
        output_projection: None for outputs that are scores of symbols, or a pair (weights, biases) that makes
            such scores of an output.
        feed_previous: Whether the likeliest symbol of a step is the input of the next one: a bool, or a
            scalar tensor.
        dtype: The dtype of the state; the scope's by default.
        scope: The variable scope, or its name; "embedding_rnn_seq2seq" by default.

    Returns:
        A list of outputs, and the last state.
    """
    with variable_scope(scope or "embedding_rnn_seq2seq", dtype=dtype) as within:
        encoder = EmbeddingWrapper(copy.deepcopy(cell), num_encoder_symbols, embedding_size)
        _, state = static_rnn(encoder, encoder_inputs, dtype=within.dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
        made: tuple[list[Any], Any] = _either(
            feed_previous, state,
            lambda feeds: embedding_rnn_decoder(
                decoder_inputs, state, cell, num_decoder_symbols, embedding_size, output_projection, feeds,
                update_embedding_for_previous=isinstance(feed_previous, bool),
            ),
        )  # fmt: skip
        return made


@v1("contrib.legacy_seq2seq.embedding_attention_seq2seq")
def embedding_attention_seq2seq(
    encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], cell: Any, num_encoder_symbols: int,
    num_decoder_symbols: int, embedding_size: int, num_heads: int = 1, output_projection: Any = None,
    feed_previous: Any = False, dtype: DTypeLike = None, scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:  # fmt: skip
    """Encodes a list of symbols, and decodes another one, which looks at what the encoder gave.

    Args:
        encoder_inputs: A list of vectors of symbols, `[N]` of ints.
        decoder_inputs: Another.
        cell: The cell of the decoder; a copy of it is the encoder's.
        num_encoder_symbols: How many symbols the encoder knows.
        num_decoder_symbols: How many symbols the decoder knows.
        embedding_size: The size of a symbol's embedding.
        num_heads: How many weighted sums of the encoder's outputs there are.
        output_projection: None for outputs that are scores of symbols, or a pair (weights, biases) that makes
            such scores of an output.
        feed_previous: Whether the likeliest symbol of a step is the input of the next one: a bool, or a
            scalar tensor.
        dtype: The dtype of the state; the scope's by default.
        scope: The variable scope, or its name; "embedding_attention_seq2seq" by default.
        initial_state_attention: Whether the first step looks at what the initial state asks for.

    Returns:
        A list of outputs, and the last state.

    >>> import scopetrie as tf
    >>> words = [tf.placeholder(tf.int32, [None]) for _ in range(3)]
    >>> outputs, state = tf.contrib.legacy_seq2seq.embedding_attention_seq2seq(
    ...     words, words[:2], tf.nn.rnn_cell.GRUCell(4), 20, 30, embedding_size=5
    ... )
    >>> outputs[0].shape, len(outputs), state.shape
    (TensorShape([Dimension(None), Dimension(30)]), 2, TensorShape([Dimension(None), Dimension(4)]))
    """
    with variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as within:
        encoder = EmbeddingWrapper(copy.deepcopy(cell), num_encoder_symbols, embedding_size)
        outputs, state = static_rnn(encoder, encoder_inputs, dtype=within.dtype)
        states = concat([reshape(each, [-1, 1, cell.output_size]) for each in outputs], 1)
        size = None
        if output_projection is None:
            cell, size = OutputProjectionWrapper(cell, num_decoder_symbols), num_decoder_symbols
        made: tuple[list[Any], Any] = _either(
            feed_previous, state,
            lambda feeds: embedding_attention_decoder(
                decoder_inputs, state, states, cell, num_decoder_symbols, embedding_size, num_heads, size,
                output_projection, feeds, update_embedding_for_previous=isinstance(feed_previous, bool),
                initial_state_attention=initial_state_attention,
            ),
        )  # fmt: skip
        return made


@v1("contrib.legacy_seq2seq.tied_rnn_seq2seq")
def tied_rnn_seq2seq(
    encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], cell: Any,
    loop_function: Callable[[Any, int], Any] | None = None, dtype: DTypeLike = float32, scope: Any = None,
) -> tuple[list[Any], Any]:  # fmt: skip
    """Encodes a list of inputs, and decodes another one with the same variables.

    Args:
        encoder_inputs: A list of tensors `[N, size]`.
        decoder_inputs: Another.
        cell: The cell.
        loop_function: `f(output, i)` makes the i-th input of the output before.
        dtype: The dtype of the state.
        scope: The variable scope, or its name; "tied_rnn_seq2seq" by default.

    Returns:
        A list of outputs, and the last state.
    """
    with variable_scope(scope or "combined_tied_rnn_seq2seq"):
        name = scope or "tied_rnn_seq2seq"
        _, state = static_rnn(cell, encoder_inputs, dtype=dtype, scope=name)
        get_variable_scope().reuse_variables()
        made: tuple[list[Any], Any] = rnn_decoder(decoder_inputs, state, cell, loop_function, name)
        return made


@v1("contrib.legacy_seq2seq.embedding_tied_rnn_seq2seq")
def embedding_tied_rnn_seq2seq(
    encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], cell: Any, num_symbols: int,
    embedding_size: int, num_decoder_symbols: int | None = None, output_projection: Any = None,
    feed_previous: Any = False, dtype: DTypeLike = None, scope: Any = None,
) -> tuple[list[Any], Any]:  # fmt: skip
    """Encodes a list of symbols, and decodes another one with the same variables.

    Args:
        encoder_inputs: A list of vectors of symbols, `[N]` of ints.
        decoder_inputs: Another.
        cell: The cell.
        num_symbols: How many symbols there are.
        embedding_size: The size of a symbol's embedding.
        num_decoder_symbols: How many of them the decoder gives; all by default.
        output_projection: None for outputs that are scores of symbols, or a pair (weights, biases) that makes
            such scores of an output.
        feed_previous: Whether the likeliest symbol of a step is the input of the next one: a bool, or a
            scalar tensor.
        dtype: The dtype of the state; the scope's by default.
        scope: The variable scope, or its name; "embedding_tied_rnn_seq2seq" by default.

    Returns:
        A list of outputs, and the last state.
    """
    symbols = num_symbols if num_decoder_symbols is None else num_decoder_symbols
    with variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as within:
        kind, size = within.dtype, cell.output_size
        table = get_variable("embedding", [num_symbols, embedding_size])
        encoded = [embedding_lookup(table, each) for each in encoder_inputs]
        decoded = [embedding_lookup(table, each) for each in decoder_inputs]
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, symbols)

        def decode(feeds: bool) -> tuple[list[Any], Any]:
            update = isinstance(feed_previous, bool)
            back = feeding_back(table, output_projection, size, symbols, update) if feeds else None
            made: tuple[list[Any], Any] = tied_rnn_seq2seq(encoded, decoded, cell, back, kind)
            return made

        found: tuple[list[Any], Any] = _either(feed_previous, cell.zero_state(1, kind), decode)
        return found


@v1("contrib.legacy_seq2seq.model_with_buckets")
def model_with_buckets(
    encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], targets: Sequence[Any],
    weights: Sequence[Any], buckets: Sequence[tuple[int, int]], seq2seq: Callable[..., Any],
    softmax_loss_function: Callable[..., Any] | None = None, per_example_loss: bool = False,
    name: str | None = None,
) -> tuple[list[Any], list[Any]]:  # fmt: skip
    """Makes a net for each of several lengths, with the same variables, and its loss.

    Args:
        encoder_inputs: A list of the encoder's inputs, as long as the longest bucket.
        decoder_inputs: A list of the decoder's inputs.
        targets: A list of the numbers of the right symbols, `[N]`.
        weights: A list of their weights, `[N]`.
        buckets: Pairs of lengths: how many inputs of the encoder, and of the decoder.
        seq2seq: `f(encoder_inputs, decoder_inputs)` makes a list of outputs, and a state.
        softmax_loss_function: `f(labels=, logits=)` gives the loss of a choice instead of softmax.
        per_example_loss: Whether losses are vectors `[N]`.
        name: The operations' scope.

    Returns:
        For each bucket a list of outputs, and its loss.

    Raises:
        ValueError: If a list is shorter than the last bucket.
    """
    for what, given, least in (
        ("encoder_inputs", encoder_inputs, buckets[-1][0]), ("targets", targets, buckets[-1][1]),
        ("weights", weights, buckets[-1][1]),
    ):  # fmt: skip
        if len(given) < least:
            raise ValueError(
                f"Length of {what} ({len(given)}) must be at least that of last bucket ({least})."
            )
    loss = sequence_loss_by_example if per_example_loss else sequence_loss
    outputs: list[Any] = []
    losses: list[Any] = []
    with name_scope(name, "model_with_buckets", [*encoder_inputs, *decoder_inputs, *targets, *weights]):
        for number, (before, after) in enumerate(buckets):
            with variable_scope(get_variable_scope(), reuse=True if number > 0 else None):
                made, _ = seq2seq(list(encoder_inputs[:before]), list(decoder_inputs[:after]))
                outputs.append(made)
                losses.append(
                    loss(made, targets[:after], weights[:after], softmax_loss_function=softmax_loss_function)
                )
    return outputs, losses
