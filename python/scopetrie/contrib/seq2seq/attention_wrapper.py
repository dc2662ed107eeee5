"""A cell that attends to a memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ... import dtypes
from ...dtypes import DTypeLike
from ...graph import Tensor
from ...layers.matrix import Dense
from ...ops.array.dims import expand_dims, squeeze
from ...ops.array.fill import identity, zeros
from ...ops.array.join import concat
from ...ops.array.pad import tile
from ...ops.array.shape import reshape, shape
from ...ops.constant import convert_to_tensor
from ...ops.control.tensor_array import TensorArray
from ...ops.control.trace import flat, packed
from ...ops.linalg.products import matmul
from ...public import v1, whole
from ...rnn.cell import RNNCell
from ...rnn.steps import require_cell
from ...scopes import name_scope

__all__ = ["AttentionWrapper", "AttentionWrapperState", "tile_batch"]


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

    @whole
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
