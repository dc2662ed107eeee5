"""Attention: which rows of a memory a step looks at."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ... import dtypes
from ...dtypes import DTypeLike
from ...graph import Tensor
from ...initializers import constant_initializer, ones_initializer, zeros_initializer
from ...layers.matrix import Dense
from ...ops.array.dims import expand_dims, squeeze
from ...ops.array.fill import fill, identity, zeros
from ...ops.array.join import concat
from ...ops.array.pad import tile
from ...ops.array.shape import reshape, shape
from ...ops.constant import convert_to_tensor
from ...ops.control.tensor_array import TensorArray
from ...ops.control.trace import flat, packed
from ...ops.elementwise.compare import where
from ...ops.elementwise.unary import rsqrt, square, tanh
from ...ops.linalg.products import matmul
from ...ops.math.masks import sequence_mask
from ...ops.math.reduce import reduce_sum
from ...ops.nn.activation import softmax
from ...public import v1
from ...rnn.cell import RNNCell
from ...rnn.steps import require_cell
from ...scopes import get_variable, name_scope, variable_scope

__all__ = ["AttentionMechanism", "AttentionWrapper", "AttentionWrapperState", "BahdanauAttention",
"LuongAttention",
           "tile_batch"]  # fmt: skip


@v1("contrib.seq2seq.AttentionMechanism")
class AttentionMechanism:
    """What scores the rows of a memory for a query.

    Args:
        memory: The memory, `[N, T, ...]`.
        memory_sequence_length: How many rows of each example count, a vector `[N]` of ints.
        query_layer: A layer that is applied to the query, or None.
        memory_layer: A layer that is applied to the memory, or None.
        probability_fn: What makes probabilities of scores; softmax by default.
        score_mask_value: What the score of rows is that do not count; minus infinity by default.
    """

    def __init__(
        self, memory: Any, memory_sequence_length: Any, query_layer: Any, memory_layer: Any,
        probability_fn: Callable[[Any], Any] | None, score_mask_value: Any,
    ) -> None:  # fmt: skip
        self.query_layer = query_layer
        self.memory_layer = memory_layer
        self._probability_fn: Callable[[Any], Any] = probability_fn or softmax
        self._lengths = memory_sequence_length
        with name_scope(None, "AttentionMechanismInit", [memory]):
            values = convert_to_tensor(memory, name="memory")
            if memory_sequence_length is not None:
                self._lengths = convert_to_tensor(memory_sequence_length, name="memory_sequence_length")
                mask = sequence_mask(self._lengths, shape(values)[1], dtype=values.dtype.base_dtype)
                values = values * reshape(
                    mask, concat([shape(mask), [1] * (len(values.shape.dims or ()) - 2)], 0)
                )
            self._values = values
            self._keys = values if memory_layer is None else memory_layer(values)
            known = self._keys.shape[0].value
            self._batch: Any = shape(self._keys)[0] if known is None else known
            rows = self._keys.shape[1].value
            self._size: Any = shape(self._keys)[1] if rows is None else rows
            self._mask_value = score_mask_value

    @property
    def keys(self) -> Tensor:
        """What queries are compared with, `[N, T, size]`."""
        return self._keys

    @property
    def values(self) -> Tensor:
        """The memory, with zeros where it does not count."""
        return self._values

    @property
    def batch_size(self) -> Any:
        """How many examples there are."""
        return self._batch

    @property
    def alignments_size(self) -> Any:
        """How many rows the memory has."""
        return self._size

    @property
    def state_size(self) -> Any:
        """The size of the state: how many rows the memory has."""
        return self._size

    def initial_alignments(self, batch_size: Any, dtype: DTypeLike) -> Tensor:
        """Returns the probabilities to begin with: zeros.

        Args:
            batch_size: How many examples there are.
            dtype: The dtype.
        """
        return zeros([batch_size, self._size], dtype)

    def initial_state(self, batch_size: Any, dtype: DTypeLike) -> Tensor:
        """Returns the state to begin with: the probabilities.

        Args:
            batch_size: How many examples there are.
            dtype: The dtype.
        """
        return identity(self.initial_alignments(batch_size, dtype))

    def _probabilities(self, score: Tensor) -> Tensor:
        if self._lengths is not None:
            low = self._mask_value
            if low is None:
                low = np.asarray(-np.inf, score.dtype.as_numpy_dtype)
            rows = sequence_mask(self._lengths, shape(score)[1])
            score = where(
                rows, score, fill(shape(score), convert_to_tensor(low, dtype=score.dtype.base_dtype))
            )
        found: Tensor = self._probability_fn(score)
        return found

    def __call__(self, query: Any, state: Any) -> tuple[Tensor, Any]:
        """Scores the rows for a query.

        Args:
            query: The query, `[N, size]`.
            state: The state.

        Returns:
            The probabilities, `[N, T]`, and the next state.
        """
        raise NotImplementedError


@v1("contrib.seq2seq.BahdanauAttention")
class BahdanauAttention(AttentionMechanism):
    """Attention by a sum of query and keys (Bahdanau et al., 2015).

    Args:
        num_units: The size of queries and keys.
        memory: The memory, `[N, T, ...]`.
        memory_sequence_length: How many rows of each example count, a vector `[N]` of ints.
        normalize: Whether the weights have a length of their own (Salimans and Kingma, 2016).
        probability_fn: What makes probabilities of scores; softmax by default.
        score_mask_value: What the score of rows is that do not count; minus infinity by default.
        dtype: The dtype of the layers.
        custom_key_value_fn: Not offered: must be None.
        name: The name of the operations' scope.
    """

    def __init__(
        self, num_units: int, memory: Any, memory_sequence_length: Any = None, normalize: bool = False,
        probability_fn: Callable[[Any], Any] | None = None, score_mask_value: Any = None,
        dtype: DTypeLike = None, custom_key_value_fn: Any = None, name: str = "BahdanauAttention",
    ) -> None:  # fmt: skip
        kind = dtype or dtypes.float32
        super().__init__(
            memory, memory_sequence_length, Dense(num_units, name="query_layer", use_bias=False, dtype=kind),
            Dense(num_units, name="memory_layer", use_bias=False, dtype=kind), probability_fn,
            score_mask_value,
        )  # fmt: skip
        self._num_units = num_units
        self._normalize = normalize

    def __call__(self, query: Any, state: Any) -> tuple[Tensor, Any]:
        """Scores the rows for a query.

        Args:
            query: The query, `[N, size]`.
            state: The state.
        """
        with variable_scope(None, "bahdanau_attention", [query]):
            wanted = expand_dims(self.query_layer(query), 1)
            dtype, units = query.dtype.base_dtype, self._num_units
            v: Any = get_variable("attention_v", [units], dtype=dtype)
            sums = self._keys + wanted
            if self._normalize:
                g = get_variable(
                    "attention_g",
                    shape=(),
                    dtype=dtype,
                    initializer=constant_initializer(math.sqrt(1.0 / units)),
                )
                b = get_variable("attention_b", [units], dtype=dtype, initializer=zeros_initializer())
                v = g * v * rsqrt(reduce_sum(square(v)))
                sums = sums + b
            found = self._probabilities(reduce_sum(v * tanh(sums), [2]))
        return found, found


@v1("contrib.seq2seq.LuongAttention")
class LuongAttention(AttentionMechanism):
    """Attention by products of query and keys (Luong et al., 2015).

    Args:
        num_units: The size of keys, which is that of queries.
        memory: The memory, `[N, T, ...]`.
        memory_sequence_length: How many rows of each example count, a vector `[N]` of ints.
        scale: Whether scores are multiplied by a variable.
        probability_fn: What makes probabilities of scores; softmax by default.
        score_mask_value: What the score of rows is that do not count; minus infinity by default.
        dtype: The dtype of the layer.
        custom_key_value_fn: Not offered: must be None.
        name: The name of the operations' scope.
    """

    def __init__(
        self, num_units: int, memory: Any, memory_sequence_length: Any = None, scale: bool = False,
        probability_fn: Callable[[Any], Any] | None = None, score_mask_value: Any = None,
        dtype: DTypeLike = None, custom_key_value_fn: Any = None, name: str = "LuongAttention",
    ) -> None:  # fmt: skip
        super().__init__(
            memory, memory_sequence_length, None,
            Dense(num_units, name="memory_layer", use_bias=False, dtype=dtype or dtypes.float32),
            probability_fn, score_mask_value,
        )  # fmt: skip
        self._num_units = num_units
        self._scale = scale

    def __call__(self, query: Any, state: Any) -> tuple[Tensor, Any]:
        """Scores the rows for a query.

        Args:
            query: The query, `[N, num_units]`.
            state: The state.

        Raises:
            ValueError: If query and keys are of different sizes.
        """
        depth, units = query.shape[-1].value, self._keys.shape[-1].value
        if depth != units:
            raise ValueError(
                "Incompatible or unknown inner dimensions between query and keys. Query "
                f"({query}) has units: {depth}. Keys ({self._keys}) have units: {units}. Perhaps you need "
                "to set "
                f"num_units to the keys' dimension ({units})?"
            )
        with variable_scope(None, "luong_attention", [query]):
            score = squeeze(matmul(expand_dims(query, 1), self._keys, transpose_b=True), [1])
            if self._scale:
                g = get_variable(
                    "attention_g", dtype=query.dtype.base_dtype, initializer=ones_initializer(), shape=()
                )
                score = g * score
            found = self._probabilities(score)
        return found, found


@v1("contrib.seq2seq.AttentionWrapperState")
class AttentionWrapperState(NamedTuple):
    """The state of an AttentionWrapper.

    Attributes:
        cell_state: The state of the cell.
        attention: What was attended to at the last step.
        time: The number of the step.
        alignments: The probabilities of the memory's rows, for each mechanism.
        alignment_history: TensorArrays of them, or () if they are not kept.
        attention_state: The states of the mechanisms.
    """

    cell_state: Any
    attention: Any
    time: Any
    alignments: Any
    alignment_history: Any
    attention_state: Any

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """Returns the state with other parts.

        Args:
            **kwargs: The parts.
        """
        return self._replace(**kwargs)


@v1("contrib.seq2seq.AttentionWrapper")
class AttentionWrapper(RNNCell):
    """A cell that attends to a memory: what it looked at goes in with its input.

    Args:
        cell: The cell.
        attention_mechanism: The mechanism, or a list of them.
        attention_layer_size: The size of what is attended to, after a layer; or a list of sizes.
        alignment_history: Whether the probabilities of all steps are kept.
        cell_input_fn: `f(input, attention)` makes the cell's input; side by side by default.
        output_attention: Whether the output is what is attended to, and not the cell's.
        initial_cell_state: The state that the cell begins with.
        name: The name of the variable scope.
        attention_layer: A layer, instead of one of `attention_layer_size`; or a list of them.
        attention_fn: Not offered: must be None.
        dtype: The dtype of the cell.

    Raises:
        TypeError: If `cell` is none.
        ValueError: If layers and mechanisms differ in number.

    >>> import scopetrie as tf
    >>> seq2seq = tf.contrib.seq2seq
    >>> attention = seq2seq.BahdanauAttention(4, memory=tf.zeros([2, 6, 3]))
    >>> cell = seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(5), attention, attention_layer_size=7)
    >>> output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
    >>> output.shape.as_list(), state.alignments.shape.as_list()
    ([2, 7], [2, 6])
    """

    def __init__(
        self, cell: Any, attention_mechanism: Any, attention_layer_size: Any = None,
        alignment_history: bool = False, cell_input_fn: Callable[[Any, Any], Any] | None = None,
        output_attention: bool = True, initial_cell_state: Any = None, name: str | None = None,
        attention_layer: Any = None, attention_fn: Any = None, dtype: DTypeLike = None,
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=dtype)
        require_cell(cell)
        self._is_many = isinstance(attention_mechanism, (list, tuple))
        self._mechanisms = list(attention_mechanism) if self._is_many else [attention_mechanism]
        self._attention_layers: list[Any] | None = None
        if attention_layer is not None:
            self._attention_layers = list(attention_layer) if self._is_many else [attention_layer]
        elif attention_layer_size is not None:
            sizes = list(attention_layer_size) if self._is_many else [attention_layer_size]
            self._attention_layers = [
                Dense(size, name="attention_layer", use_bias=False, dtype=dtype) for size in sizes
            ]
        if self._attention_layers is not None and len(self._attention_layers) != len(self._mechanisms):
            raise ValueError(
                "If provided, attention_layer_size must contain exactly one integer per attention_mechanism, "
                f"saw: {len(self._attention_layers)} vs {len(self._mechanisms)}"
            )
        self._cell = cell
        self._cell_input_fn = cell_input_fn or _side_by_side
        self._output_attention = output_attention
        self._has_history = alignment_history
        self._initial_cell_state = initial_cell_state

    def _attention_size(self) -> int:
        if self._attention_layers is None:
            return sum(each.values.shape[-1].value or 0 for each in self._mechanisms)
        return sum(layer.units for layer in self._attention_layers)

    def _given(self, values: list[Any]) -> Any:
        return tuple(values) if self._is_many else values[0]

    def _listed(self, values: Any) -> list[Any]:
        return list(values) if self._is_many else [values]

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        return self._attention_size() if self._output_attention else self._cell.output_size

    @property
    def state_size(self) -> AttentionWrapperState:
        """The size of the state."""
        sizes = self._given([each.alignments_size for each in self._mechanisms])
        history = sizes if self._has_history else ()
        return AttentionWrapperState(
            self._cell.state_size, self._attention_size(), (), sizes, history,
            self._given([each.state_size for each in self._mechanisms]),
        )  # fmt: skip

    def zero_state(self, batch_size: Any, dtype: DTypeLike) -> AttentionWrapperState:
        """Returns the state to begin with.

        Args:
            batch_size: How many examples there are.
            dtype: The dtype.
        """
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            first = self._initial_cell_state
            if first is None:
                first = self._cell.zero_state(batch_size, dtype)
            else:
                first = packed(first, [identity(each, name="checked_cell_state") for each in flat(first)])
            alignments = [each.initial_alignments(batch_size, dtype) for each in self._mechanisms]
            history = [
                TensorArray(dtype, 0, dynamic_size=True, element_shape=each.shape) for each in alignments
            ]
            return AttentionWrapperState(
                first, zeros([batch_size, self._attention_size()], dtype), zeros([], dtypes.int32),
                self._given(alignments), self._given(history) if self._has_history else (),
                self._given([each.initial_state(batch_size, dtype) for each in self._mechanisms]),
            )  # fmt: skip

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes one step of the cell, and attends.

        Args:
            inputs: The input.
            state: The state.

        Raises:
            TypeError: If the state is none of an AttentionWrapper.
        """
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(
                f"Expected state to be instance of AttentionWrapperState. Received type {type(state)} "
                "instead."
            )
        given = self._cell_input_fn(inputs, state.attention)
        output, after = self._cell(given, state.cell_state)
        attended, alignments, states = [], [], []
        for number, (mechanism, before) in enumerate(
            zip(self._mechanisms, self._listed(state.attention_state), strict=True)
        ):
            found, following = mechanism(output, before)
            context = squeeze(matmul(expand_dims(found, 1), mechanism.values), [1])
            if self._attention_layers is not None:
                context = self._attention_layers[number](concat([output, context], 1))
            attended.append(context)
            alignments.append(found)
            states.append(following)
        history: Any = ()
        if self._has_history:
            history = self._given([
                array.write(state.time, each)
                for array, each in zip(self._listed(state.alignment_history), alignments, strict=True)
            ])  # fmt: skip
        attention = attended[0] if len(attended) == 1 else concat(attended, 1)
        new = AttentionWrapperState(
            after, attention, state.time + 1, self._given(alignments), history, self._given(states)
        )
        return (attention if self._output_attention else output), new


def _side_by_side(inputs: Any, attention: Any) -> Tensor:
    return concat([inputs, attention], -1)


@v1("contrib.seq2seq.tile_batch")
def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Repeats each example.

    Args:
        t: A tensor `[N, ...]`, or a structure of such tensors.
        multiplier: How often.
        name: The operations' scope.

    Returns:
        The same with `[N * multiplier, ...]`.
    """
    with name_scope(name, "tile_batch", [*flat(t), multiplier]):
        made = []
        for each in flat(t):
            value = convert_to_tensor(each)
            dims, sizes = value.shape.as_list(), shape(value)
            spread = tile(expand_dims(value, 1), [1, multiplier, *[1] * (len(dims) - 1)])
            rows = reshape(spread, concat([[sizes[0] * multiplier], sizes[1:]], 0))
            rows.set_shape([None if dims[0] is None else dims[0] * multiplier, *dims[1:]])
            made.append(rows)
        return packed(t, made)
