"""Cells and nets that only contrib has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...dtypes import DTypeLike
from ...graph import Tensor
from ...initializers import constant_initializer
from ...layers.input_spec import InputSpec
from ...layers.matrix import Dense
from ...ops.array.join import concat
from ...ops.array.split import split
from ...ops.elementwise.unary import sigmoid, tanh
from ...ops.linalg.products import matmul
from ...ops.nn.activation import bias_add
from ...ops.nn.embedding import dropout
from ...ops.nn.norm import batch_normalization, moments
from ...public import v1, whole
from ...rnn.cell import LSTMStateTuple, RNNCell, known_depth
from ...rnn.dynamic import bidirectional_dynamic_rnn
from ...rnn.lstm import LSTMCell
from ...rnn.wrappers import Wrapper
from ...scopes import variable_scope

__all__ = ["InputProjectionWrapper", "LSTMBlockCell", "LayerNormBasicLSTMCell", "OutputProjectionWrapper",
           "stack_bidirectional_dynamic_rnn"]  # fmt: skip


@v1("contrib.rnn.LSTMBlockCell")
class LSTMBlockCell(LSTMCell):
    """An LSTMCell under the name of the one that was a single operation; the weights are the same.

    Args:
        num_units: The size of the state and the output.
        forget_bias: What is added to the forget gate.
        cell_clip: What is remembered is at most this in absolute value; None for no bound.
        use_peephole: Whether the gates see what it remembers.
        dtype: The dtype of the variables.
        reuse: Whether the variables are there already.
        name: The name of the variable scope.
    """

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None,
        use_peephole: bool = False, dtype: DTypeLike = None, reuse: Any = None, name: str = "lstm_cell",
    ) -> None:  # fmt: skip
        super().__init__(
            num_units, use_peephole, cell_clip, forget_bias=forget_bias, reuse=reuse, name=name, dtype=dtype
        )


@v1("contrib.rnn.LayerNormBasicLSTMCell")
class LayerNormBasicLSTMCell(RNNCell):
    """A long short-term memory with layer normalization (Ba et al., 2016) and recurrent dropout.

    Args:
        num_units: The size of the state and the output.
        forget_bias: What is added to the forget gate.
        input_size: Accepted for v1's sake.
        activation: The activation.
        layer_norm: Whether to normalize.
        norm_gain: The first value of scales.
        norm_shift: The first value of offsets.
        dropout_keep_prob: The probability that an element of the new memory stays.
        dropout_prob_seed: The seed.
        reuse: Whether the variables are there already.
    """

    _opens_again = False

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, input_size: Any = None, activation: Any = tanh,
        layer_norm: bool = True, norm_gain: float = 1.0, norm_shift: float = 0.0,
        dropout_keep_prob: Any = 1.0, dropout_prob_seed: int | None = None, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation
        self._forget_bias = forget_bias
        self._keep = dropout_keep_prob
        self._seed = dropout_prob_seed
        self._layer_norm = layer_norm
        self._gain = norm_gain
        self._shift = norm_shift

    @property
    def state_size(self) -> LSTMStateTuple:
        """The size of the state."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_units

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernel, and the bias or what normalizes.

        Args:
            input_shape: The shape of the input.
        """
        units = self._num_units
        self._kernel = self.add_weight("kernel", [known_depth(input_shape) + units, 4 * units])
        self._bias = None if self._layer_norm else self.add_weight("bias", [4 * units])
        self._norms = {}
        for part in ("input", "transform", "forget", "output", "state") if self._layer_norm else ():
            self._norms[part] = [
                self.add_weight(f"{part}/{name}", [units], initializer=constant_initializer(first))
                for name, first in (("gamma", self._gain), ("beta", self._shift))
            ]
        self.built = True

    def _normal(self, value: Tensor, part: str) -> Tensor:
        if not self._layer_norm:
            return value
        mean, variance = moments(value, [1], keep_dims=True)
        gamma, beta = self._norms[part]
        return batch_normalization(value, mean, variance, beta, gamma, 1e-12)

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: The state.
        """
        c, h = state
        sums = matmul(concat([inputs, h], 1), self._kernel)
        if self._bias is not None:
            sums = bias_add(sums, self._bias)
        parts = zip(split(sums, 4, 1), ("input", "transform", "forget", "output"), strict=True)
        i, j, f, o = (self._normal(each, part) for each, part in parts)
        g = self._activation(j)
        if not isinstance(self._keep, float) or self._keep < 1:
            g = dropout(g, self._keep, seed=self._seed)
        new_c = self._normal(c * sigmoid(f + self._forget_bias) + sigmoid(i) * g, "state")
        new_h = self._activation(new_c) * sigmoid(o)
        return new_h, LSTMStateTuple(new_c, new_h)


@v1("contrib.rnn.OutputProjectionWrapper")
class OutputProjectionWrapper(Wrapper):
    """A cell with a dense layer after it.

    Args:
        cell: The cell.
        output_size: The size of the output.
        activation: The activation, or None.
        reuse: Whether the variables are there already.
    """

    def __init__(self, cell: Any, output_size: int, activation: Any = None, reuse: Any = None) -> None:
        super().__init__(cell, _reuse=reuse)
        self._layer = Dense(output_size, activation, name="output_projection_wrapper", _reuse=reuse)

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._layer.units

    @whole
    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Makes one step of the cell, and applies the layer.

        Args:
            inputs: The input.
            state: The state.
            scope: The cell's variable scope.
            **kwargs: What else the cell takes.
        """
        output, new = self.cell(inputs, state, scope=scope, **kwargs)
        return self._layer(output), new


@v1("contrib.rnn.InputProjectionWrapper")
class InputProjectionWrapper(Wrapper):
    """A cell with a dense layer before it.

    Args:
        cell: The cell.
        num_proj: The size of what goes in.
        activation: The activation, or None.
        input_size: Accepted for v1's sake.
        reuse: Whether the variables are there already.
    """

    def __init__(
        self, cell: Any, num_proj: int, activation: Any = None, input_size: Any = None, reuse: Any = None
    ) -> None:
        super().__init__(cell, _reuse=reuse)
        self._layer = Dense(num_proj, activation, name="input_projection_wrapper", _reuse=reuse)

    @whole
    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Applies the layer, and makes one step of the cell.

        Args:
            inputs: The input.
            state: The state.
            scope: The cell's variable scope.
            **kwargs: What else the cell takes.
        """
        return self.cell(self._layer(inputs), state, scope=scope, **kwargs)


@v1("contrib.rnn.stack_bidirectional_dynamic_rnn")
def stack_bidirectional_dynamic_rnn(
    cells_fw: Sequence[Any], cells_bw: Sequence[Any], inputs: Any, initial_states_fw: Any = None,
    initial_states_bw: Any = None, dtype: DTypeLike = None, sequence_length: Any = None,
    parallel_iterations: int | None = None, time_major: bool = False, scope: Any = None,
    swap_memory: bool = False,
) -> tuple[Tensor, tuple[Any, ...], tuple[Any, ...]]:  # fmt: skip
    """Runs layers of cells forward and backward over time, each layer over both outputs of the one before.

    Args:
        cells_fw: The cells that run forward.
        cells_bw: The cells that run backward.
        inputs: A tensor `[N, T, ...]`.
        initial_states_fw: The states to begin with forward.
        initial_states_bw: The states to begin with backward.
        dtype: The dtype of zeros to begin with.
        sequence_length: How many steps each example has.
        parallel_iterations: Accepted for v1's sake.
        time_major: Whether inputs and outputs are `[T, N, ...]`.
        scope: The variable scope, or its name.
        swap_memory: Accepted for v1's sake.

    Returns:
        Both outputs of the last layer side by side; the last states forward; the last states backward.

    Raises:
        ValueError: If there are not as many cells in one direction as in the other.
    """
    if not cells_fw or len(cells_fw) != len(cells_bw):
        raise ValueError(
            "Forward and Backward cells must have the same depth, and there must be at least one."
        )
    forward, backward = [], []
    value = inputs
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for number, cells in enumerate(zip(cells_fw, cells_bw, strict=True)):
            first_fw = None if initial_states_fw is None else initial_states_fw[number]
            first_bw = None if initial_states_bw is None else initial_states_bw[number]
            with variable_scope(f"cell_{number}"):
                outputs, states = bidirectional_dynamic_rnn(
                    *cells, value, sequence_length, first_fw, first_bw, dtype, time_major=time_major
                )
            value = concat(outputs, 2)
            forward.append(states[0])
            backward.append(states[1])
    return value, tuple(forward), tuple(backward)
