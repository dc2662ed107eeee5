"""Cells around another one that only contrib has."""

from __future__ import annotations

import math
from typing import Any

from ...graph import Tensor
from ...initializers import constant_initializer, random_uniform_initializer
from ...ops.array.dims import expand_dims
from ...ops.array.join import concat
from ...ops.array.shape import reshape
from ...ops.control.trace import flat, packed
from ...ops.elementwise.unary import sigmoid, tanh
from ...ops.math.reduce import reduce_sum
from ...ops.nn.activation import softmax, xw_plus_b
from ...ops.nn.embedding import embedding_lookup
from ...ops.nn.windows.conv import conv2d
from ...public import v1, whole
from ...rnn.linear import linear
from ...rnn.wrappers import Wrapper
from ...scopes import get_variable, get_variable_scope, variable_scope

__all__ = ["AttentionCellWrapper", "EmbeddingWrapper", "HighwayWrapper"]


@v1("contrib.rnn.EmbeddingWrapper")
class EmbeddingWrapper(Wrapper):
    """A cell whose inputs are symbols, of which it makes rows of numbers first.

    Args:
        cell: The cell.
        embedding_classes: How many symbols there are.
        embedding_size: The size of a row.
        initializer: The first values of the rows; by default the scope's, or numbers uniform over -sqrt(3) to
            sqrt(3).
        reuse: Whether the variables are there already.

    Raises:
        ValueError: If one of the numbers is not above 0.
    """

    def __init__(
        self, cell: Any, embedding_classes: int, embedding_size: int, initializer: Any = None,
        reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(cell, _reuse=reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                "Both embedding_classes and embedding_size must be > 0: "
                f"{embedding_classes}, {embedding_size}."
            )
        self._rows, self._size, self._initializer = embedding_classes, embedding_size, initializer

    def call(self, inputs: Any, state: Any) -> Any:
        """Looks the symbols up, and makes one step of the cell.

        Args:
            inputs: A vector of symbols `[N]`, of ints.
            state: The state.

        Returns:
            The output and the next state.
        """
        first = self._initializer or get_variable_scope().initializer
        if first is None:
            first = random_uniform_initializer(-math.sqrt(3), math.sqrt(3))
        table = get_variable("embedding", [self._rows, self._size], flat(state)[0].dtype, initializer=first)
        return self.cell(embedding_lookup(table, reshape(inputs, [-1])), state)


@v1("contrib.rnn.AttentionCellWrapper")
class AttentionCellWrapper(Wrapper):
    """A cell that looks at its own last outputs (Bahdanau et al., 2014).

    Args:
        cell: The cell.
        attn_length: At how many outputs it looks.
        attn_size: The size of the output; the cell's by default.
        attn_vec_size: The size of what it compares; `attn_size` by default.
        input_size: The size of the cell's input; that of the input by default.
        state_is_tuple: Whether the state is a tuple: the cell's, what was seen, and the last outputs.
        reuse: Whether the variables are there already.

    Raises:
        ValueError: If the cell's state is a tuple and `state_is_tuple` is False, or `attn_length` is not
            above 0.
    """

    def __init__(
        self, cell: Any, attn_length: int, attn_size: int | None = None, attn_vec_size: int | None = None,
        input_size: int | None = None, state_is_tuple: bool = True, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(cell, _reuse=reuse)
        if isinstance(cell.state_size, (list, tuple)) and not state_is_tuple:
            raise ValueError(
                f"Cell returns tuple of states, but the flag state_is_tuple is not set. State size is: "
                f"{cell.state_size}"
            )
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        self._length, self._is_tuple, self._input_size = attn_length, state_is_tuple, input_size
        self._attn_size = cell.output_size if attn_size is None else attn_size
        self._vec_size = self._attn_size if attn_vec_size is None else attn_vec_size

    @property
    def state_size(self) -> Any:
        """The sizes of the cell's state, of what was seen, and of the last outputs."""
        sizes = (self.cell.state_size, self._attn_size, self._attn_size * self._length)
        return sizes if self._is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        return self._attn_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Returns a state of zeros.

        Args:
            batch_size: How many examples there are.
            dtype: The dtype.
        """
        return super(Wrapper, self).zero_state(batch_size, dtype)

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes one step of the cell, and looks.

        Args:
            inputs: A tensor `[N, size]`.
            state: The state.

        Returns:
            The output `[N, attn_size]`, and the next state.
        """
        size, keep = self._attn_size, self.cell.state_size
        if self._is_tuple:
            inner, seen, kept = state
        else:
            inner, seen = state[:, :keep], state[:, keep : keep + size]
            kept = state[:, keep + size :]
        rows = reshape(kept, [-1, self._length, size])
        width = inputs.shape.as_list()[1] if self._input_size is None else self._input_size
        output, new = self.cell(linear([inputs, seen], width, True), inner)
        seen = self._look(concat(flat(new), 1) if self._is_tuple else new, rows)
        with variable_scope("attn_output_projection"):
            output = linear([output, seen], size, True)
        kept = reshape(concat([rows[:, 1:], expand_dims(output, 1)], 1), [-1, self._length * size])
        return output, (new, seen, kept) if self._is_tuple else concat([new, seen, kept], 1)

    def _look(self, query: Tensor, rows: Tensor) -> Tensor:
        size, length = self._attn_size, self._length
        with variable_scope("attention"):
            kernel = get_variable("attn_w", [1, 1, size, self._vec_size])
            weight = get_variable("attn_v", [self._vec_size])
            hidden = reshape(rows, [-1, length, 1, size])
            features = conv2d(hidden, kernel, [1, 1, 1, 1], "SAME")
            asked = reshape(linear(query, self._vec_size, True), [-1, 1, 1, self._vec_size])
            share = softmax(reduce_sum(weight * tanh(features + asked), [2, 3]))
            return reshape(reduce_sum(reshape(share, [-1, length, 1, 1]) * hidden, [1, 2]), [-1, size])


@v1("contrib.rnn.HighwayWrapper")
class HighwayWrapper(Wrapper):
    """A cell whose output is mixed with its input by gates (Srivastava et al., 2015).

    Args:
        cell: The cell.
        couple_carry_transform_gates: Whether what is taken of the output is what is not taken of the input.
        carry_bias_init: The first value of the bias of what is taken of the input.
    """

    def __init__(
        self, cell: Any, couple_carry_transform_gates: bool = True, carry_bias_init: float = 1.0
    ) -> None:
        super().__init__(cell)
        self._couples, self._first = couple_carry_transform_gates, carry_bias_init

    @whole
    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Makes one step of the cell, and mixes.

        Args:
            inputs: A tensor `[N, size]`, or a structure of them.
            state: The state.
            scope: The cell's variable scope.
            **kwargs: What else the cell takes.

        Returns:
            The output and the next state.
        """
        outputs, new = self.cell(inputs, state, scope=scope, **kwargs)
        pairs = zip(flat(inputs), flat(outputs), strict=True)
        return packed(outputs, [self._mixed(*pair) for pair in pairs]), new

    def _mixed(self, value: Any, output: Any) -> Tensor:
        carried = self._gate("carry", value, self._first)
        taken = 1 - carried if self._couples else self._gate("transform", value, -self._first)
        made: Tensor = value * carried + output * taken
        return made

    def _gate(self, name: str, value: Any, first: float) -> Tensor:
        size = value.shape.with_rank(2)[1].value
        kernel = get_variable(f"{name}_w", [size, size])
        bias = get_variable(f"{name}_b", [size], initializer=constant_initializer(first))
        return sigmoid(xw_plus_b(value, kernel, bias))
