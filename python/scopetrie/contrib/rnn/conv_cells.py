"""Cells over images, and one that opens by the clock.

TensorFlow 2 has none of them: formulas are those of the papers that are named, variables have v1.15's names.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from ...graph import Tensor
from ...initializers import constant_initializer, random_uniform_initializer, zeros_initializer
from ...ops.array.join import concat
from ...ops.array.split import split
from ...ops.elementwise.arithmetic import floormod
from ...ops.elementwise.compare import less, where_v2
from ...ops.elementwise.unary import exp, sigmoid, tanh
from ...ops.nn.windows.conv import conv1d, conv2d, conv3d
from ...ops.random.draws import random_uniform
from ...public import v1, whole
from ...rnn.cell import LSTMStateTuple, RNNCell, known_depth
from ...shapes import TensorShape
from .gated_cells import PairCell, applied

__all__ = ["Conv1DLSTMCell", "Conv2DLSTMCell", "Conv3DLSTMCell", "ConvLSTMCell", "PhasedLSTMCell"]

_CONVOLUTIONS: Final[dict[int, Any]] = {1: conv1d, 2: conv2d, 3: conv3d}


@v1("contrib.rnn.ConvLSTMCell")
class ConvLSTMCell(RNNCell):
    """A long short-term memory by convolutions (Shi et al., arXiv:1506.04214).

    Args:
        conv_ndims: Along how many dimensions: 1, 2 or 3.
        input_shape: The shape of one input, with its channels last.
        output_channels: How many channels the output has.
        kernel_shape: Sizes of the window.
        use_bias: Whether a bias is added.
        skip_connection: Whether the input's channels stand beside the output's.
        forget_bias: What is added to the forget gate.
        initializers: Accepted for v1's sake: first values are the scope's.
        name: The name of the variable scope.

    Raises:
        ValueError: If `input_shape` does not go with `conv_ndims`.

    >>> import scopetrie as tf
    >>> cell = tf.contrib.rnn.Conv2DLSTMCell(input_shape=[8, 8, 3], output_channels=4, kernel_shape=[3, 3])
    >>> output, state = cell(tf.zeros([2, 8, 8, 3]), cell.zero_state(2, tf.float32))
    >>> output.shape.as_list(), [variable.op.name for variable in tf.trainable_variables()]
    ([2, 8, 8, 4], ['conv_2d_lstm_cell/kernel', 'conv_2d_lstm_cell/biases'])
    """

    def __init__(
        self, conv_ndims: int, input_shape: Sequence[int], output_channels: int, kernel_shape: Sequence[int],
        use_bias: bool = True, skip_connection: bool = False, forget_bias: float = 1.0,
        initializers: Any = None, name: str = "conv_lstm_cell",
    ) -> None:  # fmt: skip
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(
                f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}: give the sizes and "
                "the channels."
            )
        self._rank, self._sizes, self._channels = conv_ndims, list(input_shape), output_channels
        self._window, self._use_bias, self._skips = list(kernel_shape), use_bias, skip_connection
        self._forget_bias = forget_bias

    @property
    def output_size(self) -> TensorShape:
        """The shape of one output."""
        channels = self._channels + (self._sizes[-1] if self._skips else 0)
        return TensorShape([*self._sizes[:-1], channels])

    @property
    def state_size(self) -> LSTMStateTuple:
        """The shapes of one state."""
        return LSTMStateTuple(TensorShape([*self._sizes[:-1], self._channels]), self.output_size)

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias.

        Args:
            input_shape: The shape of the input.
        """
        depth = self._sizes[-1] + self._channels + (self._sizes[-1] if self._skips else 0)
        self._kernel = self.add_weight("kernel", [*self._window, depth, 4 * self._channels])
        self._bias = None
        if self._use_bias:
            self._bias = self.add_weight("biases", [4 * self._channels], initializer=zeros_initializer())
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, spatial..., C]`.
            state: The state.
        """
        c, h = state
        steps: Any = 1 if self._rank == 1 else [1] * (self._rank + 2)
        sums = _CONVOLUTIONS[self._rank](concat([inputs, h], -1), self._kernel, steps, "SAME")
        if self._bias is not None:
            sums = sums + self._bias
        i, j, f, o = split(sums, 4, self._rank + 1)
        c = sigmoid(f + self._forget_bias) * c + sigmoid(i) * tanh(j)
        output: Tensor = tanh(c) * sigmoid(o)
        if self._skips:
            output = concat([output, inputs], -1)
        return output, LSTMStateTuple(c, output)


@v1("contrib.rnn.Conv1DLSTMCell")
class Conv1DLSTMCell(ConvLSTMCell):
    """A long short-term memory over sequences `[N, W, C]`; see `ConvLSTMCell`.

    Args:
        name: The name of the variable scope.
        **kwargs: The arguments of `ConvLSTMCell`.
    """

    def __init__(self, name: str = "conv_1d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(1, name=name, **kwargs)


@v1("contrib.rnn.Conv2DLSTMCell")
class Conv2DLSTMCell(ConvLSTMCell):
    """A long short-term memory over images `[N, H, W, C]`; see `ConvLSTMCell`.

    Args:
        name: The name of the variable scope.
        **kwargs: The arguments of `ConvLSTMCell`.
    """

    def __init__(self, name: str = "conv_2d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(2, name=name, **kwargs)


@v1("contrib.rnn.Conv3DLSTMCell")
class Conv3DLSTMCell(ConvLSTMCell):
    """A long short-term memory over volumes `[N, D, H, W, C]`; see `ConvLSTMCell`.

    Args:
        name: The name of the variable scope.
        **kwargs: The arguments of `ConvLSTMCell`.
    """

    def __init__(self, name: str = "conv_3d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(3, name=name, **kwargs)


@v1("contrib.rnn.PhasedLSTMCell")
class PhasedLSTMCell(PairCell):
    """A long short-term memory that changes at times of its own (Neil et al., arXiv:1610.09513).

    Inputs are a pair: the times `[N, 1]`, and the features `[N, size]`.

    Args:
        num_units: The size of the state and the output.
        use_peepholes: Whether the gates see what it remembers.
        leak: How much changes while a unit is closed.
        ratio_on: How much of a period a unit is open.
        trainable_ratio_on: Whether that is trained.
        period_init_min: The shortest period at first.
        period_init_max: The longest period at first; logarithms are uniform in between.
        reuse: Whether the variables are there already.
    """

    def __init__(
        self, num_units: int, use_peepholes: bool = False, leak: float = 0.001, ratio_on: float = 0.1,
        trainable_ratio_on: bool = True, period_init_min: float = 1.0, period_init_max: float = 1000.0,
        reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(num_units, _reuse=reuse)
        self.input_spec = None
        self._peeks, self._leak, self._open, self._learns = use_peepholes, leak, ratio_on, trainable_ratio_on
        self._shortest, self._longest = period_init_min, period_init_max

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes kernels and biases, periods, phases and shares.

        Args:
            input_shape: The shapes of times and features.
        """
        units = self._num_units
        rows = known_depth(input_shape[1]) + units
        peek = units if self._peeks else 0
        self._gates = self.linear(rows + peek, 2 * units, "mask_gates/")
        self._new = self.linear(rows, units, "new_input/")
        self._out = self.linear(rows + peek, units, "output_gate/")

        def periods(shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
            low, high = math.log(self._shortest), math.log(self._longest)
            return exp(random_uniform(shape, low, high, dtype))

        self._period = self.add_weight("period", [units], initializer=periods)
        first = random_uniform_initializer(0.0, self._shortest)
        self._phase = self.add_weight("phase", [units], initializer=first)
        self._ratio = self.add_weight(
            "ratio_on", [units], initializer=constant_initializer(self._open), trainable=self._learns
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: Times `[N, 1]` and features `[N, size]`.
            state: The state.
        """
        (time, x), (c, h) = inputs, state
        seen = [x, h]
        i, f = split(sigmoid(applied(concat([*seen, c] if self._peeks else seen, 1), self._gates)), 2, 1)
        new_c = c * f + i * tanh(applied(concat(seen, 1), self._new))
        out = sigmoid(applied(concat([*seen, new_c] if self._peeks else seen, 1), self._out))
        new_h = tanh(new_c) * out
        turned = floormod(time - self._phase, self._period) / self._period
        rising = 2 * turned / self._ratio
        opened = where_v2(
            less(turned, 0.5 * self._ratio), rising,
            where_v2(less(turned, self._ratio), 2 - rising, self._leak * turned),
        )  # fmt: skip
        new_c = opened * new_c + (1 - opened) * c
        new_h = opened * new_h + (1 - opened) * h
        return new_h, LSTMStateTuple(new_c, new_h)
