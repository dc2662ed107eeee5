"""Nets over whole sequences as one object, and the cells that fit cuDNN's weights."""

from __future__ import annotations

from typing import Any

from ...dtypes import DTypeLike
from ...initializers import constant_initializer, zeros_initializer
from ...layers.input_spec import InputSpec
from ...ops.array.join import concat, stack
from ...ops.array.reverse import reverse, reverse_sequence
from ...ops.array.split import split, unstack
from ...ops.elementwise.unary import sigmoid
from ...ops.linalg.products import matmul
from ...ops.nn.activation import bias_add
from ...public import v1, whole
from ...rnn.cell import known_depth
from ...rnn.dynamic import dynamic_rnn
from ...rnn.lstm import LSTMCell
from ...rnn.plain import GRUCell
from ...rnn.static import static_rnn
from ...scopes import get_variable_scope
from .cells import LSTMBlockCell

__all__ = [
    "CudnnCompatibleGRUCell",
    "CudnnCompatibleLSTMCell",
    "FusedRNNCellAdaptor",
    "GRUBlockCell",
    "GRUBlockCellV2",
    "LSTMBlockFusedCell",
    "TimeReversedFusedRNN",
]


@v1("contrib.rnn.LSTMBlockFusedCell")
class LSTMBlockFusedCell:
    """An LSTM over whole sequences, under the name of the one that was a single operation.

    Args:
        num_units: The size of the state and the output.
        forget_bias: What is added to the forget gate.
        cell_clip: What is remembered is at most this in absolute value; None for no bound.
        use_peephole: Whether the gates see what it remembers.
        reuse: Whether the variables are there already.
        dtype: The dtype of the variables.
        name: The name of the variable scope.

    >>> import scopetrie as tf
    >>> outputs, state = tf.contrib.rnn.LSTMBlockFusedCell(4)(tf.zeros([5, 2, 3]), dtype=tf.float32)
    >>> outputs.shape.as_list(), [variable.op.name for variable in tf.global_variables()]
    ([5, 2, 4], ['lstm_fused_cell/kernel', 'lstm_fused_cell/bias'])
    """

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None,
        use_peephole: bool = False, reuse: Any = None, dtype: DTypeLike = None, name: str = "lstm_fused_cell",
    ) -> None:  # fmt: skip
        self._cell = LSTMCell(
            num_units, use_peephole, cell_clip, forget_bias=forget_bias, reuse=reuse, name=name, dtype=dtype
        )

    @property
    def num_units(self) -> int:
        """The size of the state and the output."""
        size: int = self._cell.output_size
        return size

    @whole
    def __call__(
        self, inputs: Any, initial_state: Any = None, dtype: DTypeLike = None, sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:  # fmt: skip
        """Runs over the sequences.

        Args:
            inputs: A tensor `[T, N, size]`.
            initial_state: The state to begin with; zeros by default.
            dtype: The dtype of the zeros; that of the inputs by default.
            sequence_length: How many steps each example has, `[N]`.
            scope: The variable scope around the net's.

        Returns:
            The outputs, `[T, N, num_units]`, and the last state.
        """
        return dynamic_rnn(
            self._cell, inputs, sequence_length, initial_state, dtype or inputs.dtype, time_major=True,
            scope=scope or get_variable_scope(),
        )  # fmt: skip


@v1("contrib.rnn.FusedRNNCellAdaptor")
class FusedRNNCellAdaptor:
    """A net over whole sequences of a cell.

    Args:
        cell: The cell.
        use_dynamic_rnn: Whether the steps are a loop in the graph; otherwise they stand one after another.
    """

    def __init__(self, cell: Any, use_dynamic_rnn: bool = False) -> None:
        self._cell, self._is_loop = cell, use_dynamic_rnn

    @whole
    def __call__(
        self, inputs: Any, initial_state: Any = None, dtype: DTypeLike = None, sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:  # fmt: skip
        """Runs over the sequences.

        Args:
            inputs: A tensor `[T, N, size]`, or a list of T matrices.
            initial_state: The state to begin with; zeros by default.
            dtype: The dtype of the zeros.
            sequence_length: How many steps each example has, `[N]`.
            scope: The variable scope; "rnn" by default.

        Returns:
            The outputs, `[T, N, size]` or a list, and the last state.
        """
        is_list = isinstance(inputs, list)
        if self._is_loop:
            outputs, state = dynamic_rnn(
                self._cell, stack(inputs) if is_list else inputs, sequence_length, initial_state, dtype,
                time_major=True, scope=scope,
            )  # fmt: skip
            return (unstack(outputs) if is_list else outputs), state
        steps, state = static_rnn(
            self._cell, inputs if is_list else unstack(inputs), initial_state, dtype, sequence_length, scope
        )
        return (steps if is_list else stack(steps)), state


@v1("contrib.rnn.TimeReversedFusedRNN")
class TimeReversedFusedRNN:
    """A net over whole sequences that runs backward.

    Args:
        cell: The net that runs forward.
    """

    def __init__(self, cell: Any) -> None:
        self._cell = cell

    @whole
    def __call__(
        self, inputs: Any, initial_state: Any = None, dtype: DTypeLike = None, sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:  # fmt: skip
        """Runs over the sequences from their ends.

        Args:
            inputs: A tensor `[T, N, size]`, or a list of T matrices.
            initial_state: The state to begin with; zeros by default.
            dtype: The dtype of the zeros.
            sequence_length: How many steps each example has, `[N]`.
            scope: The variable scope.

        Returns:
            The outputs in the order of the inputs, and the state at the first step.
        """

        def turned(values: Any) -> Any:
            if isinstance(values, list):
                return values[::-1] if sequence_length is None else unstack(turned(stack(values)))
            if sequence_length is None:
                return reverse(values, [0])
            return reverse_sequence(values, sequence_length, seq_axis=0, batch_axis=1)

        outputs, state = self._cell(turned(inputs), initial_state, dtype, sequence_length, scope=scope)
        return turned(outputs), state


@v1("contrib.rnn.GRUBlockCellV2")
class GRUBlockCellV2(GRUCell):
    """A GRUCell under the name of the one that was a single operation; the weights are the same.

    Args:
        num_units: The size of the state and the output.
        cell_size: Its older name.
        reuse: Whether the variables are there already.
        name: The name of the variable scope.
        dtype: The dtype of the variables.

    Raises:
        ValueError: If neither size is given, or both are and differ.
    """

    def __init__(
        self, num_units: int | None = None, cell_size: int | None = None, reuse: Any = None,
        name: str = "gru_cell", dtype: DTypeLike = None,
    ) -> None:  # fmt: skip
        size = cell_size if num_units is None else num_units
        if size is None or (cell_size is not None and cell_size != size):
            raise ValueError("One of num_units or cell_size must be provided.")
        super().__init__(size, reuse=reuse, name=name, dtype=dtype)


@v1("contrib.rnn.GRUBlockCell")
class GRUBlockCell(GRUBlockCellV2):
    """A GRUCell under the name of the one that was a single operation; the weights are the same.

    Args:
        num_units: The size of the state and the output.
        cell_size: Its older name.
        reuse: Whether the variables are there already.
        name: The name of the variable scope.
        dtype: The dtype of the variables.
    """


@v1("contrib.cudnn_rnn.CudnnCompatibleLSTMCell")
class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """An LSTM cell as cuDNN has it: nothing is added to the forget gate.

    Args:
        num_units: The size of the state and the output.
        reuse: Whether the variables are there already.
    """

    def __init__(self, num_units: int, reuse: Any = None) -> None:
        super().__init__(num_units, 0.0, reuse=reuse, name="cudnn_compatible_lstm_cell")


@v1("contrib.cudnn_rnn.CudnnCompatibleGRUCell")
class CudnnCompatibleGRUCell(GRUCell):
    """A gated recurrent unit as cuDNN has it: the reset gate stands after the candidate's kernel.

    Args:
        num_units: The size of the state and the output.
        reuse: Whether the variables are there already.
        kernel_initializer: The first value of the kernels; the scope's by default.
    """

    def __init__(self, num_units: int, reuse: Any = None, kernel_initializer: Any = None) -> None:
        super().__init__(num_units, None, reuse, kernel_initializer, name="cudnn_compatible_gru_cell")
        self.input_spec = InputSpec(ndim=2)

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernels and the biases of gates and candidate.

        Args:
            input_shape: The shape of the input.
        """
        depth, units = known_depth(input_shape), self._num_units
        made = []
        for part, rows, columns, first in (
            ("gates", depth + units, 2 * units, constant_initializer(1.0)),
            ("candidate/input_projection", depth, units, zeros_initializer()),
            ("candidate/hidden_projection", units, units, zeros_initializer()),
        ):
            kernel = self.add_weight(f"{part}/kernel", [rows, columns], initializer=self._kernel_initializer)
            made.append((kernel, self.add_weight(f"{part}/bias", [columns], initializer=first)))
        self._gates, self._from_input, self._from_state = made
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: A tensor `[N, num_units]`.

        Returns:
            The output, twice.
        """

        def applied(value: Any, weights: Any) -> Any:
            return bias_add(matmul(value, weights[0]), weights[1])

        reset, update = split(sigmoid(applied(concat([inputs, state], 1), self._gates)), 2, 1)
        new = self._activation(applied(inputs, self._from_input) + reset * applied(state, self._from_state))
        output = (1 - update) * new + update * state
        return output, output
