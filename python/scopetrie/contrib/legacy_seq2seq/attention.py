"""Decoders that look at what an encoder gave, over lists of steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...dtypes import DTypeLike
from ...graph import Tensor
from ...ops.array.fill import zeros
from ...ops.array.join import concat, stack
from ...ops.array.shape import reshape, shape
from ...ops.constant import convert_to_tensor
from ...ops.control.trace import flat
from ...ops.elementwise.unary import tanh
from ...ops.math.reduce import reduce_sum
from ...ops.nn.activation import softmax
from ...ops.nn.windows.conv import conv2d
from ...public import v1
from ...rnn.linear import linear
from ...scopes import get_variable, get_variable_scope, variable_scope
from .embedding import embedded, feeding_back

__all__ = ["attention_decoder", "embedding_attention_decoder"]


class _Attention:
    """Weighted sums of what the encoder gave, several at once: as Vinyals et al., 2014."""

    def __init__(self, states: Tensor, length: Any, size: int, heads: int) -> None:
        self._hidden = reshape(states, [-1, length, 1, size])
        self._length, self._size = length, size
        self._features, self._weights = [], []
        for head in range(heads):
            kernel = get_variable(f"AttnW_{head}", [1, 1, size, size])
            self._features.append(conv2d(self._hidden, kernel, [1, 1, 1, 1], "SAME"))
            self._weights.append(get_variable(f"AttnV_{head}", [size]))

    def __call__(self, query: Any) -> list[Tensor]:
        parts = flat(query)
        for each in parts if isinstance(query, (list, tuple)) else []:
            if each.shape.ndims is not None and each.shape.ndims != 2:
                raise ValueError(f"attention_decoder: a part of the state is {each.shape}, not a matrix")
        joined = concat(parts, 1) if isinstance(query, (list, tuple)) else query
        found = []
        for head, (features, weight) in enumerate(zip(self._features, self._weights, strict=True)):
            with variable_scope(f"Attention_{head}"):
                asked = reshape(linear(joined, self._size, True), [-1, 1, 1, self._size])
                share = softmax(reduce_sum(weight * tanh(features + asked), [2, 3]))
                seen = reduce_sum(reshape(share, [-1, self._length, 1, 1]) * self._hidden, [1, 2])
                found.append(reshape(seen, [-1, self._size]))
        return found


@v1("contrib.legacy_seq2seq.attention_decoder")
def attention_decoder(
    decoder_inputs: Sequence[Any], initial_state: Any, attention_states: Any, cell: Any,
    output_size: int | None = None, num_heads: int = 1,
    loop_function: Callable[[Any, int], Any] | None = None, dtype: DTypeLike = None, scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:  # fmt: skip
    """Runs a cell over a list of inputs, and lets it look at what an encoder gave.

    Args:
        decoder_inputs: A list of tensors `[N, size]`.
        initial_state: The state to begin with.
        attention_states: What the encoder gave, `[N, T, features]`.
        cell: The cell.
        output_size: The size of the outputs; the cell's by default.
        num_heads: How many weighted sums of `attention_states` there are.
        loop_function: `f(output, i)` makes the i-th input of the output before; for the first step the list
            counts.
        dtype: The dtype of zeros; the scope's by default.
        scope: The variable scope, or its name; "attention_decoder" by default.
        initial_state_attention: Whether the first step looks at what the initial state asks for, and not at
            zeros.

    Returns:
        A list of outputs `[N, output_size]`, and the last state.

    Raises:
        ValueError: If there are no inputs, no heads, or the sizes of `attention_states` or of an input are
            not known.
    """
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    states = convert_to_tensor(attention_states)
    features = states.shape[2].value
    if features is None:
        raise ValueError(f"Shape[2] of attention_states must be known: {states.shape}")
    size = cell.output_size if output_size is None else output_size
    with variable_scope(scope or "attention_decoder", dtype=dtype) as within:
        kind = within.dtype
        batch, length = shape(decoder_inputs[0])[0], states.shape[1].value
        attend = _Attention(states, shape(states)[1] if length is None else length, features, num_heads)
        rows = stack([batch, features])
        seen = [zeros(rows, kind) for _ in range(num_heads)]
        for each in seen:
            each.set_shape([None, features])
        state, outputs = initial_state, []
        before: Any = None
        if initial_state_attention:
            seen = attend(initial_state)
        for number, value in enumerate(decoder_inputs):
            if number > 0:
                get_variable_scope().reuse_variables()
            if loop_function is not None and before is not None:
                with variable_scope("loop_function", reuse=True):
                    value = loop_function(before, number)
            width = convert_to_tensor(value).shape.with_rank(2)[1].value
            if width is None:
                raise ValueError(f"Could not infer input size from input: {value}")
            output, state = cell(linear([value, *seen], width, True), state)
            if number == 0 and initial_state_attention:
                with variable_scope(get_variable_scope(), reuse=True):
                    seen = attend(state)
            else:
                seen = attend(state)
            with variable_scope("AttnOutputProjection"):
                output = linear([output, *seen], size, True)
            if loop_function is not None:
                before = output
            outputs.append(output)
    return outputs, state


@v1("contrib.legacy_seq2seq.embedding_attention_decoder")
def embedding_attention_decoder(
    decoder_inputs: Sequence[Any], initial_state: Any, attention_states: Any, cell: Any, num_symbols: int,
    embedding_size: int, num_heads: int = 1, output_size: int | None = None, output_projection: Any = None,
    feed_previous: bool = False, update_embedding_for_previous: bool = True, dtype: DTypeLike = None,
    scope: Any = None, initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:  # fmt: skip
    """As `attention_decoder`, of symbols.

    Args:
        decoder_inputs: A list of vectors of symbols, `[N]` of ints.
        initial_state: The state to begin with.
        attention_states: What the encoder gave, `[N, T, features]`.
        cell: The cell.
        num_symbols: How many symbols there are.
        embedding_size: The size of a symbol's embedding.
        num_heads: How many weighted sums of `attention_states` there are.
        output_size: The size of the outputs; the cell's by default.
        output_projection: None, or a pair (weights `[output_size, num_symbols]`, biases) that makes scores of
            symbols of an output.
        feed_previous: Whether the likeliest symbol of a step is the input of the next one. The list counts
            for the first step alone then.
        update_embedding_for_previous: Whether gradients reach the embedding by such inputs.
        dtype: The dtype of zeros; the scope's by default.
        scope: The variable scope, or its name; "embedding_attention_decoder" by default.
        initial_state_attention: Whether the first step looks at what the initial state asks for.

    Returns:
        A list of outputs, and the last state.
    """
    size = cell.output_size if output_size is None else output_size
    with variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
        table, inputs = embedded(decoder_inputs, num_symbols, embedding_size)
        back = feeding_back(table, output_projection, size, num_symbols, update_embedding_for_previous)
        made: tuple[list[Any], Any] = attention_decoder(
            inputs, initial_state, attention_states, cell, size, num_heads, back if feed_previous else None,
            initial_state_attention=initial_state_attention,
        )  # fmt: skip
        return made
