"""Cells of papers: NAS, UGRNN, intersection RNN, coupled gates, groups, normalized weights.

TensorFlow 2 has none of them: formulas are those of the papers that are named, variables have v1.15's names.
"""

from __future__ import annotations

from typing import Any

from ...graph import Tensor
from ...initializers import get as get_initializer
from ...initializers import zeros_initializer
from ...layers.input_spec import InputSpec
from ...ops.array.join import concat
from ...ops.array.split import split
from ...ops.elementwise.compare import clip_by_value
from ...ops.elementwise.unary import sigmoid, tanh
from ...ops.linalg.products import matmul
from ...ops.nn.activation import bias_add, relu
from ...ops.nn.norm import l2_normalize
from ...public import v1, whole
from ...rnn.cell import LSTMStateTuple, RNNCell, known_depth

__all__ = [
    "CoupledInputForgetGateLSTMCell",
    "GLSTMCell",
    "IntersectionRNNCell",
    "NASCell",
    "UGRNNCell",
    "WeightNormLSTMCell",
]


class SizedCell(RNNCell):
    """A cell of a number of units.

    Args:
        num_units: The size of what it remembers.
        initializer: The first value of all but biases; the scope's by default.
        **kwargs: The arguments of `RNNCell`.
    """

    def __init__(self, num_units: int, initializer: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._initializer = get_initializer(initializer)

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        return self._num_units

    def linear(self, rows: int, columns: int, scope: str = "") -> tuple[Any, Any]:
        """Makes a kernel and a bias.

        Args:
            rows: The size of what is multiplied.
            columns: The size of the result.
            scope: What stands before their names.
        """
        return (
            self.add_weight(f"{scope}kernel", [rows, columns], initializer=self._initializer),
            self.add_weight(f"{scope}bias", [columns], initializer=zeros_initializer()),
        )


def applied(value: Any, weights: tuple[Any, Any]) -> Tensor:
    """A value times a kernel, with a bias.

    Args:
        value: The value.
        weights: Both.
    """
    return bias_add(matmul(value, weights[0]), weights[1])


@v1("contrib.rnn.UGRNNCell")
class UGRNNCell(SizedCell):
    """A cell with one gate, for what is kept: the update gate RNN (Collins et al., arXiv:1611.09913).

    With [g, c] = [x, s] W + b the next state, and output, is k s + (1 - k) activation(c), where
    k = sigmoid(g + forget_bias).

    Args:
        num_units: The size of the state and the output.
        initializer: The first value of the kernel; the scope's by default.
        forget_bias: What is added to the gate.
        activation: The activation.
        reuse: Whether the variables are there already.

    >>> import scopetrie as tf
    >>> cell = tf.contrib.rnn.UGRNNCell(4)
    >>> output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
    >>> [variable.op.name for variable in cell.weights]
    ['ugrnn_cell/kernel', 'ugrnn_cell/bias']
    """

    def __init__(
        self, num_units: int, initializer: Any = None, forget_bias: float = 1.0, activation: Any = tanh,
        reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(num_units, initializer, _reuse=reuse)
        self._forget_bias, self._activation = forget_bias, activation

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias.

        Args:
            input_shape: The shape of the input.
        """
        self._weights = self.linear(known_depth(input_shape) + self._num_units, 2 * self._num_units)
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: A tensor `[N, num_units]`.
        """
        gate, new = split(applied(concat([inputs, state], 1), self._weights), 2, 1)
        kept = sigmoid(gate + self._forget_bias)
        output = kept * state + (1.0 - kept) * self._activation(new)
        return output, output


@v1("contrib.rnn.IntersectionRNNCell")
class IntersectionRNNCell(SizedCell):
    """A cell whose output is gated as its state is: the +RNN (Collins et al., arXiv:1611.09913).

    With [g, h, p, y] = [x, s] W + b and gates k = sigmoid(g + forget_bias), q = sigmoid(p + forget_bias) the
    next state is k s + (1 - k) tanh(h), and the output q x + (1 - q) y_activation(y).

    Args:
        num_units: The size of the state and the output.
        num_in_proj: The size to which inputs of another size are projected: `num_units`, or None for none.
        initializer: The first value of the kernels; the scope's by default.
        forget_bias: What is added to the gates.
        y_activation: The activation of the output.
        reuse: Whether the variables are there already.

    Raises:
        ValueError: When called, if the input has another size and is not projected.
    """

    def __init__(
        self, num_units: int, num_in_proj: int | None = None, initializer: Any = None,
        forget_bias: float = 1.0, y_activation: Any = relu, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(num_units, initializer, _reuse=reuse)
        self._projects, self._forget_bias, self._activation = num_in_proj, forget_bias, y_activation

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernels and biases.

        Args:
            input_shape: The shape of the input.

        Raises:
            ValueError: If the input has another size and is not projected.
        """
        size, units = known_depth(input_shape), self._num_units
        self._projection = None
        if size != units:
            if not self._projects:
                raise ValueError(
                    "Must have input size == output size for Intersection RNN. To fix, num_in_proj should be "
                    f"set to num_units at cell init. The input has {size}, num_units is {units}."
                )
            self._projection = self.linear(size, units, "in_projection/")
        self._weights = self.linear(2 * units, 4 * units)
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: A tensor `[N, num_units]`.
        """
        if self._projection is not None:
            inputs = applied(inputs, self._projection)
        of_state, new, of_output, out = split(applied(concat([inputs, state], 1), self._weights), 4, 1)
        kept, passed = sigmoid(of_state + self._forget_bias), sigmoid(of_output + self._forget_bias)
        return (
            passed * inputs + (1.0 - passed) * self._activation(out),
            kept * state + (1.0 - kept) * tanh(new),
        )


class PairCell(SizedCell):
    """A cell whose state is what it remembers and its last output.

    Args:
        num_units: The size of what it remembers.
        initializer: The first value of all but biases; the scope's by default.
        num_proj: The size of the output, which is then projected; None for `num_units`.
        **kwargs: The arguments of `RNNCell`.
    """

    def __init__(
        self, num_units: int, initializer: Any = None, num_proj: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(num_units, initializer, **kwargs)
        self._num_proj = num_proj

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        return self._num_proj or self._num_units


@v1("contrib.rnn.NASCell")
class NASCell(PairCell):
    """The cell that a search found (Zoph and Le, arXiv:1611.01578, figure 8).

    Args:
        num_units: The size of what it remembers.
        num_proj: The size of the output, which is then projected; None for `num_units`.
        use_bias: Whether a bias is added.
        reuse: Whether the variables are there already.
        **kwargs: More arguments of `RNNCell`.

    >>> import scopetrie as tf
    >>> cell = tf.contrib.rnn.NASCell(4)
    >>> output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
    >>> [variable.op.name for variable in cell.weights]
    ['nas_cell/recurrent_kernel', 'nas_cell/kernel']
    """

    _opens_again = False

    def __init__(
        self, num_units: int, num_proj: int | None = None, use_bias: bool = False, reuse: Any = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(num_units, None, num_proj, _reuse=reuse, **kwargs)
        self._use_bias = use_bias

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernels, and what else was asked for.

        Args:
            input_shape: The shape of the input.
        """
        units = self._num_units
        self._recurrent = self.add_weight("recurrent_kernel", [self.output_size, 8 * units])
        self._bias = None
        if self._use_bias:
            self._bias = self.add_weight("bias", [8 * units], initializer=zeros_initializer())
        self._kernel = self.add_weight("kernel", [known_depth(input_shape), 8 * units])
        if self._num_proj is not None:
            self._projection = self.add_weight("projection_weights", [units, self._num_proj])
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: The state.
        """
        c, h = state
        sums = matmul(h, self._recurrent)
        if self._bias is not None:
            sums = bias_add(sums, self._bias)
        m, x = split(sums, 8, 1), split(matmul(inputs, self._kernel), 8, 1)
        first = tanh(sigmoid(x[0] + m[0]) * relu(x[1] + m[1]))
        second = tanh(sigmoid(x[2] + m[2]) + relu(x[3] * m[3]))
        third = tanh(tanh(x[4] + m[4]) * sigmoid(x[5] + m[5]))
        fourth = sigmoid(tanh(x[6] + m[6]) + sigmoid(x[7] + m[7]))
        new_c = tanh(first + c) * second
        output = tanh(new_c * tanh(third + fourth))
        if self._num_proj is not None:
            output = matmul(output, self._projection)
        return output, LSTMStateTuple(new_c, output)


@v1("contrib.rnn.CoupledInputForgetGateLSTMCell")
class CoupledInputForgetGateLSTMCell(PairCell):
    """A long short-term memory that takes in what it forgets (Greff et al., arXiv:1503.04069).

    Args:
        num_units: The size of what it remembers.
        use_peepholes: Whether the gates see what it remembers.
        initializer: The first value of the kernels; the scope's by default.
        num_proj: The size of the output, which is then projected; None for `num_units`.
        proj_clip: Projected outputs are at most this in absolute value; None for no bound.
        num_unit_shards: Not offered: the kernel is in one piece.
        num_proj_shards: Not offered: the kernel is in one piece.
        forget_bias: What is added to the forget gate.
        state_is_tuple: Whether the state is an LSTMStateTuple; else its parts are columns of one tensor.
        activation: The activation.
        reuse: Whether the variables are there already.
        layer_norm: Not offered.
        norm_gain: Not offered.
        norm_shift: Not offered.

    Raises:
        ValueError: If an argument asks for what is not offered.
    """

    def __init__(
        self, num_units: int, use_peepholes: bool = False, initializer: Any = None,
        num_proj: int | None = None, proj_clip: float | None = None, num_unit_shards: int = 1,
        num_proj_shards: int = 1, forget_bias: float = 1.0, state_is_tuple: bool = True,
        activation: Any = tanh, reuse: Any = None, layer_norm: bool = False, norm_gain: float = 1.0,
        norm_shift: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(num_units, initializer, num_proj, _reuse=reuse)
        for name, value, only in (
            ("num_unit_shards", num_unit_shards, 1), ("num_proj_shards", num_proj_shards, 1),
            ("layer_norm", layer_norm, False),
        ):  # fmt: skip
            if value != only:
                raise ValueError(
                    f"CoupledInputForgetGateLSTMCell({name}={value!r}) is not offered: leave it out."
                )
        self._peeks, self._proj_clip, self._forget_bias = use_peepholes, proj_clip, forget_bias
        self._is_tuple, self._activation = state_is_tuple, activation

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        size = LSTMStateTuple(self._num_units, self.output_size)
        return size if self._is_tuple else sum(size)

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernel, the bias, and what else was asked for.

        Args:
            input_shape: The shape of the input.
        """
        units, first = self._num_units, self._initializer
        rows = known_depth(input_shape) + self.output_size
        self._kernel = self.add_weight("W_0", [rows, 3 * units], initializer=first)
        self._bias = self.add_weight("B", [3 * units], initializer=zeros_initializer())
        if self._peeks:
            self._w_f = self.add_weight("W_F_diag", [units], initializer=first)
            self._w_o = self.add_weight("W_O_diag", [units], initializer=first)
        if self._num_proj is not None:
            self._projection = self.add_weight("W_P_0", [units, self._num_proj], initializer=first)
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: The state.
        """
        c, h = state if self._is_tuple else (state[:, : self._num_units], state[:, self._num_units :])
        j, f, o = split(bias_add(matmul(concat([inputs, h], 1), self._kernel), self._bias), 3, 1)
        kept = sigmoid(f + self._forget_bias + self._w_f * c if self._peeks else f + self._forget_bias)
        c = kept * c + (1.0 - kept) * self._activation(j)
        output = sigmoid(o + self._w_o * c if self._peeks else o) * self._activation(c)
        if self._num_proj is not None:
            output = matmul(output, self._projection)
            if self._proj_clip is not None:
                output = clip_by_value(output, -self._proj_clip, self._proj_clip)
        new: Any = LSTMStateTuple(c, output) if self._is_tuple else concat([c, output], 1)
        return output, new


@v1("contrib.rnn.GLSTMCell")
class GLSTMCell(PairCell):
    """A long short-term memory in groups of its own each (Kuchaiev and Ginsburg, arXiv:1703.10722).

    Args:
        num_units: The size of what it remembers.
        initializer: The first value of the kernels; the scope's by default.
        num_proj: The size of the output, which is then projected; None for `num_units`.
        number_of_groups: How many groups there are.
        forget_bias: What is added to the forget gate.
        activation: The activation.
        reuse: Whether the variables are there already.

    Raises:
        ValueError: If a size is not a multiple of the number of groups; when called, if the input has another
            size than the output.
    """

    def __init__(
        self, num_units: int, initializer: Any = None, num_proj: int | None = None,
        number_of_groups: int = 1, forget_bias: float = 1.0, activation: Any = tanh, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(num_units, initializer, num_proj, _reuse=reuse)
        if num_units % number_of_groups or self.output_size % number_of_groups:
            raise ValueError(
                f"num_units and num_proj must be divisible by number_of_groups, {number_of_groups}: they are "
                f"{num_units} and {num_proj}."
            )
        self._groups, self._forget_bias, self._activation = number_of_groups, forget_bias, activation

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernels of groups, and the biases.

        Args:
            input_shape: The shape of the input.

        Raises:
            ValueError: If the input has another size than the output.
        """
        size, units, first = known_depth(input_shape), self._num_units, self._initializer
        if size != self.output_size:
            raise ValueError(
                f"The input of a GLSTMCell has the size of the output, {self.output_size}, not {size}."
            )
        shape = [2 * self.output_size // self._groups, 4 * units // self._groups]
        self._kernels = [
            self.add_weight(f"group{each}/kernel", shape, initializer=first) for each in range(self._groups)
        ]
        self._biases = [
            self.add_weight(f"bias_{each}", [units], initializer=zeros_initializer()) for each in "ijfo"
        ]
        if self._num_proj is not None:
            self._projection = self.add_weight(
                "projection/kernel", [units, self._num_proj], initializer=first
            )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: The state.
        """
        c, h = state
        own = [self.output_size // self._groups] * self._groups
        parts = zip(split(inputs, own, 1), split(h, own, 1), self._kernels, strict=True)
        made = [split(matmul(concat([x, m], 1), kernel), 4, 1) for x, m, kernel in parts]
        i, j, f, o = (
            bias_add(concat(gates, 1), bias)
            for gates, bias in zip(zip(*made, strict=True), self._biases, strict=True)
        )
        c = sigmoid(f + self._forget_bias) * c + sigmoid(i) * self._activation(j)
        output = sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            output = matmul(output, self._projection)
        return output, LSTMStateTuple(c, output)


@v1("contrib.rnn.WeightNormLSTMCell")
class WeightNormLSTMCell(PairCell):
    """A long short-term memory with lengths of weights trained (Salimans and Kingma, arXiv:1602.07868).

    Args:
        num_units: The size of what it remembers.
        norm: Whether the columns of weights are scaled to lengths that are trained.
        use_peepholes: Whether the gates see what it remembers.
        cell_clip: What is remembered is at most this in absolute value; None for no bound.
        initializer: The first value of the kernels; the scope's by default.
        num_proj: The size of the output, which is then projected; None for `num_units`.
        proj_clip: Projected outputs are at most this in absolute value; None for no bound.
        forget_bias: What is added to the forget gate.
        activation: The activation; tanh by default.
        reuse: Whether the variables are there already.
    """

    def __init__(
        self, num_units: int, norm: bool = True, use_peepholes: bool = False, cell_clip: float | None = None,
        initializer: Any = None, num_proj: int | None = None, proj_clip: float | None = None,
        forget_bias: float = 1, activation: Any = None, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(num_units, initializer, num_proj, _reuse=reuse)
        self._norm, self._peeks, self._cell_clip, self._proj_clip = norm, use_peepholes, cell_clip, proj_clip
        self._forget_bias, self._activation = forget_bias, activation or tanh

    def _weights(self, sizes: list[int], columns: int, scope: str = "") -> tuple[list[int], Any, list[Any]]:
        first = self._initializer
        kernel = self.add_weight(f"{scope}kernel", [sum(sizes), columns], initializer=first)
        names = [f"{scope}norm_{at}" for at in range(len(sizes))] if self._norm else []
        return sizes, kernel, [self.add_weight(each, [columns], initializer=first) for each in names]

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernels, the bias, and what else was asked for.

        Args:
            input_shape: The shape of the input.
        """
        units, first = self._num_units, self._initializer
        self._kernel = self._weights([known_depth(input_shape), self.output_size], 4 * units)
        self._bias = self.add_weight("bias", [4 * units], initializer=zeros_initializer())
        if self._peeks:
            self._w_f, self._w_i, self._w_o = (
                self.add_weight(f"w_{each}_diag", [units], initializer=first) for each in "fio"
            )
        if self._num_proj is not None:
            self._projection = self._weights([units], self._num_proj, "projection/")
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: The state.
        """
        c, h = state
        sums = matmul(concat([inputs, h], 1), _scaled(*self._kernel))
        i, j, f, o = split(bias_add(sums, self._bias), 4, 1)
        f = f + self._forget_bias
        if self._peeks:
            f, i = f + self._w_f * c, i + self._w_i * c
        c = sigmoid(f) * c + sigmoid(i) * self._activation(j)
        if self._cell_clip is not None:
            c = clip_by_value(c, -self._cell_clip, self._cell_clip)
        output = sigmoid(o + self._w_o * c if self._peeks else o) * self._activation(c)
        if self._num_proj is not None:
            output = matmul(output, _scaled(*self._projection))
            if self._proj_clip is not None:
                output = clip_by_value(output, -self._proj_clip, self._proj_clip)
        return output, LSTMStateTuple(c, output)


def _scaled(sizes: list[int], kernel: Any, lengths: list[Any]) -> Any:
    """A kernel whose columns have given lengths, in each part of its rows."""
    if not lengths:
        return kernel
    parts = split(kernel, sizes, 0)
    return concat([l2_normalize(part, 0) * g for part, g in zip(parts, lengths, strict=True)], 0)
