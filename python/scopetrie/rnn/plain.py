"""Cells with one vector of state: BasicRNNCell, GRUCell."""

from __future__ import annotations

from typing import Any

from ..dtypes import DTypeLike
from ..initializers import constant_initializer, zeros_initializer
from ..initializers import get as get_initializer
from ..layers.activations import activation_of
from ..layers.input_spec import InputSpec
from ..ops.array.join import concat
from ..ops.array.split import split
from ..ops.elementwise.unary import sigmoid, tanh
from ..ops.linalg.products import matmul
from ..ops.nn.activation import bias_add
from ..public import v1, whole
from .cell import RNNCell, known_depth

__all__ = ["BasicRNNCell", "GRUCell"]


class VectorCell(RNNCell):
    """A cell whose state is its last output.

    Args:
        num_units: The size of both.
        activation: The activation; tanh by default.
        reuse: Whether the variables are there already.
        **kwargs: The arguments of `RNNCell`.
    """

    _opens_again = False

    def __init__(self, num_units: int, activation: Any, reuse: Any, **kwargs: Any) -> None:
        super().__init__(_reuse=reuse, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation: Any = activation_of(activation) or tanh

    @property
    def state_size(self) -> int:
        """The size of the state."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_units


@v1("nn.rnn_cell.BasicRNNCell", "contrib.rnn.BasicRNNCell")
class BasicRNNCell(VectorCell):
    """A cell that computes activation([input, state] x kernel + bias).

    Args:
        num_units: The size of the state and the output.
        activation: The activation, or its name; tanh by default.
        reuse: Whether the variables are there already; see `tf.variable_scope`.
        name: The name of the variable scope.
        dtype: The dtype of the variables; by default that of the first input.
        **kwargs: More arguments of `RNNCell`.

    >>> import scopetrie as tf
    >>> cell = tf.nn.rnn_cell.BasicRNNCell(4)
    >>> output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
    >>> output is state, output.name, [variable.name for variable in cell.weights]
    (True, 'basic_rnn_cell/Tanh:0', ['basic_rnn_cell/kernel:0', 'basic_rnn_cell/bias:0'])
    """

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, name: str | None = None,
        dtype: DTypeLike = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(num_units, activation, reuse, name=name, dtype=dtype, **kwargs)

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias.

        Args:
            input_shape: The shape of the input.
        """
        depth = known_depth(input_shape)
        self._kernel = self.add_weight("kernel", [depth + self._num_units, self._num_units])
        self._bias = self.add_weight("bias", [self._num_units], initializer=zeros_initializer())
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: A tensor `[N, num_units]`.
        """
        sums = bias_add(matmul(concat([inputs, state], 1), self._kernel), self._bias)
        output = self._activation(sums)
        return output, output


@v1("nn.rnn_cell.GRUCell", "contrib.rnn.GRUCell")
class GRUCell(VectorCell):
    """A gated recurrent unit (Cho et al., 2014).

    Args:
        num_units: The size of the state and the output.
        activation: The activation of the candidate, or its name; tanh by default.
        reuse: Whether the variables are there already; see `tf.variable_scope`.
        kernel_initializer: The first value of the kernels; the scope's by default.
        bias_initializer: The first value of the biases; 1 for the gates and 0 for the candidate by default.
        name: The name of the variable scope.
        dtype: The dtype of the variables; by default that of the first input.
        **kwargs: More arguments of `RNNCell`.

    >>> import scopetrie as tf
    >>> cell = tf.nn.rnn_cell.GRUCell(4)
    >>> output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
    >>> [variable.name for variable in cell.weights]
    ['gru_cell/gates/kernel:0', 'gru_cell/gates/bias:0', 'gru_cell/candidate/kernel:0',
    'gru_cell/candidate/bias:0']
    """

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, kernel_initializer: Any = None,
        bias_initializer: Any = None, name: str | None = None, dtype: DTypeLike = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(num_units, activation, reuse, name=name, dtype=dtype, **kwargs)
        self._kernel_initializer = get_initializer(kernel_initializer)
        self._bias_initializer = get_initializer(bias_initializer)

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernels and the biases of gates and candidate.

        Args:
            input_shape: The shape of the input.
        """
        rows, units = known_depth(input_shape) + self._num_units, self._num_units
        made = []
        for part, columns, first in (
            ("gates", 2 * units, constant_initializer(1.0)),
            ("candidate", units, zeros_initializer()),
        ):
            made.append(
                self.add_weight(f"{part}/kernel", [rows, columns], initializer=self._kernel_initializer)
            )
            bias = first if self._bias_initializer is None else self._bias_initializer
            made.append(self.add_weight(f"{part}/bias", [columns], initializer=bias))
        self._gate_kernel, self._gate_bias, self._candidate_kernel, self._candidate_bias = made
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: A tensor `[N, num_units]`.
        """
        gates = sigmoid(bias_add(matmul(concat([inputs, state], 1), self._gate_kernel), self._gate_bias))
        reset, update = split(gates, 2, 1)
        candidate = matmul(concat([inputs, reset * state], 1), self._candidate_kernel)
        new = self._activation(bias_add(candidate, self._candidate_bias))
        output = update * state + (1 - update) * new
        return output, output
