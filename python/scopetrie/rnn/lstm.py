"""Long short-term memory: BasicLSTMCell, LSTMCell."""

from __future__ import annotations

from typing import Any

from ..dtypes import DTypeLike, int32
from ..initializers import get as get_initializer
from ..initializers import zeros_initializer
from ..layers.activations import activation_of
from ..layers.input_spec import InputSpec
from ..ops.array.join import concat
from ..ops.array.slice import slice_
from ..ops.array.split import split
from ..ops.constant import constant
from ..ops.elementwise.arithmetic import add, multiply
from ..ops.elementwise.compare import clip_by_value
from ..ops.elementwise.unary import sigmoid, tanh
from ..ops.linalg.products import matmul
from ..ops.nn.activation import bias_add
from ..partitioners import fixed_size_partitioner
from ..public import v1, whole
from .cell import LSTMStateTuple, RNNCell, known_depth

__all__ = ["BasicLSTMCell", "LSTMCell"]


@v1("nn.rnn_cell.BasicLSTMCell", "contrib.rnn.BasicLSTMCell")
class BasicLSTMCell(RNNCell):
    """A long short-term memory without peepholes, projection or clipping (Hochreiter and Schmidhuber, 1997).

    Args:
        num_units: The size of the state and the output.
        forget_bias: What is added to the forget gate.
        state_is_tuple: Whether the state is an LSTMStateTuple; else its parts are columns of one tensor.
        activation: The activation, or its name; tanh by default.
        reuse: Whether the variables are there already; see `tf.variable_scope`.
        name: The name of the variable scope.
        dtype: The dtype of the variables; by default that of the first input.
        **kwargs: More arguments of `RNNCell`.

    >>> import scopetrie as tf
    >>> cell = tf.nn.rnn_cell.BasicLSTMCell(4)
    >>> output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
    >>> state.h is output, state.c.shape.as_list(), cell.state_size
    (True, [2, 4], LSTMStateTuple(c=4, h=4))
    """

    _opens_again = False

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, state_is_tuple: bool = True, activation: Any = None,
        reuse: Any = None, name: str | None = None, dtype: DTypeLike = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation: Any = activation_of(activation) or tanh

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        units = self._num_units
        return LSTMStateTuple(units, units) if self._state_is_tuple else 2 * units

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_units

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias.

        Args:
            input_shape: The shape of the input.
        """
        rows = known_depth(input_shape) + self._num_units
        self._kernel = self.add_weight("kernel", [rows, 4 * self._num_units])
        self._bias = self.add_weight("bias", [4 * self._num_units], initializer=zeros_initializer())
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: The state.
        """
        one = constant(1, int32)
        c, h = state if self._state_is_tuple else split(state, 2, one)
        sums = bias_add(matmul(concat([inputs, h], 1), self._kernel), self._bias)
        i, j, f, o = split(sums, 4, one)
        kept = multiply(c, sigmoid(add(f, constant(self._forget_bias, f.dtype.base_dtype))))
        new_c = add(kept, multiply(sigmoid(i), self._activation(j)))
        new_h = multiply(self._activation(new_c), sigmoid(o))
        new_state: Any = LSTMStateTuple(new_c, new_h) if self._state_is_tuple else concat([new_c, new_h], 1)
        return new_h, new_state


@v1("nn.rnn_cell.LSTMCell", "contrib.rnn.LSTMCell")
class LSTMCell(RNNCell):
    """A long short-term memory with peepholes, projection and clipping as asked (Sak et al., 2014).

    Args:
        num_units: The size of what it remembers.
        use_peepholes: Whether the gates see what it remembers.
        cell_clip: What is remembered is at most this in absolute value; None for no bound.
        initializer: The first value of all but the bias; the scope's by default.
        num_proj: The size of the output, which is then projected; None for `num_units`.
        proj_clip: The projected output is at most this in absolute value; None for no bound.
        num_unit_shards: Deprecated: into how many parts the kernel is cut.
        num_proj_shards: Deprecated: the same of the projection.
        forget_bias: What is added to the forget gate.
        state_is_tuple: Whether the state is an LSTMStateTuple; else its parts are columns of one tensor.
        activation: The activation, or its name; tanh by default.
        reuse: Whether the variables are there already; see `tf.variable_scope`.
        name: The name of the variable scope.
        dtype: The dtype of the variables; by default that of the first input.
        **kwargs: More arguments of `RNNCell`.

    >>> import scopetrie as tf
    >>> cell = tf.nn.rnn_cell.LSTMCell(4, num_proj=3, use_peepholes=True)
    >>> outputs, state = tf.nn.dynamic_rnn(cell, tf.zeros([2, 5, 3]), dtype=tf.float32)
    >>> outputs.shape.as_list(), state.c.shape.as_list(), state.h.shape.as_list()
    ([2, 5, 3], [2, 4], [2, 3])
    """

    _opens_again = False

    def __init__(
        self, num_units: int, use_peepholes: bool = False, cell_clip: float | None = None,
        initializer: Any = None, num_proj: int | None = None, proj_clip: float | None = None,
        num_unit_shards: int | None = None, num_proj_shards: int | None = None, forget_bias: float = 1.0,
        state_is_tuple: bool = True, activation: Any = None, reuse: Any = None, name: str | None = None,
        dtype: DTypeLike = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = get_initializer(initializer)
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation: Any = activation_of(activation) or tanh

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        size = LSTMStateTuple(self._num_units, self.output_size)
        return size if self._state_is_tuple else sum(size)

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_proj or self._num_units

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernel, the bias, and what else was asked for.

        Args:
            input_shape: The shape of the input.
        """
        units, first = self._num_units, self._initializer
        rows = known_depth(input_shape) + self.output_size
        self._kernel = self.add_weight(
            "kernel", [rows, 4 * units], initializer=first, partitioner=_parts(self._num_unit_shards)
        )
        self._bias = self.add_weight("bias", [4 * units], initializer=zeros_initializer())
        if self._use_peepholes:
            self._w_f, self._w_i, self._w_o = (
                self.add_weight(f"w_{gate}_diag", [units], initializer=first) for gate in "fio"
            )
        if self._num_proj is not None:
            self._projection = self.add_weight(
                "projection/kernel", [units, self._num_proj], initializer=first,
                partitioner=_parts(self._num_proj_shards),
            )  # fmt: skip
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: A tensor `[N, size]`.
            state: The state.
        """
        if self._state_is_tuple:
            c, h = state
        else:
            c = slice_(state, [0, 0], [-1, self._num_units])
            h = slice_(state, [0, self._num_units], [-1, self.output_size])
        sums = bias_add(matmul(concat([inputs, h], 1), self._kernel), self._bias)
        i, j, f, o = split(sums, 4, 1)
        peeks = self._use_peepholes
        forget = f + self._forget_bias
        if peeks:
            forget = forget + self._w_f * c
        kept = sigmoid(forget) * c
        c = kept + sigmoid(i + self._w_i * c if peeks else i) * self._activation(j)
        if self._cell_clip is not None:
            c = clip_by_value(c, -self._cell_clip, self._cell_clip)
        output = sigmoid(o + self._w_o * c if peeks else o) * self._activation(c)
        if self._num_proj is not None:
            output = matmul(output, self._projection)
            if self._proj_clip is not None:
                output = clip_by_value(output, -self._proj_clip, self._proj_clip)
        new_state: Any = LSTMStateTuple(c, output) if self._state_is_tuple else concat([c, output], 1)
        return output, new_state


def _parts(count: int | None) -> Any:
    return None if count is None else fixed_size_partitioner(count)
