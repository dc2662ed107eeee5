"""RNNCell: what a recurrent net does at one step."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from ..dtypes import DType, DTypeLike
from ..layers.base import Layer
from ..ops.array.fill import zeros
from ..ops.array.shape import shape
from ..ops.control.trace import flat, packed
from ..public import v1, whole
from ..scopes import get_variable_scope, name_scope, variable_scope
from ..shapes import TensorShape

__all__ = ["LSTMStateTuple", "RNNCell", "known_depth", "zero_state"]


@v1("nn.rnn_cell.LSTMStateTuple", "contrib.rnn.LSTMStateTuple")
class LSTMStateTuple(NamedTuple):
    """The state of an LSTM cell, or of its size: what it remembers, and its last output.

    Attributes:
        c: What it remembers.
        h: The last output.
    """

    c: Any
    h: Any

    @property
    def dtype(self) -> DType:
        """The dtype of both.

        Raises:
            TypeError: If they differ.
        """
        if self.c.dtype is not self.h.dtype:
            raise TypeError(f"Inconsistent internal state: {self.c.dtype} vs {self.h.dtype}")
        found: DType = self.c.dtype
        return found


def zero_state(size: Any, batch: Any, dtype: Any) -> Any:
    """Zeros for a state.

    Args:
        size: The size of one example's state: an int, a shape, or a structure of them.
        batch: How many examples there are: an int or a scalar tensor.
        dtype: The dtype, or a structure of them.
    """
    sizes = flat(size)
    kinds = flat(dtype) if isinstance(dtype, (list, tuple)) else [dtype] * len(sizes)
    made = []
    for each, kind in zip(sizes, kinds, strict=True):
        dims = TensorShape(each if isinstance(each, (TensorShape, list, tuple)) else [each]).as_list()
        made.append(zeros([batch, *dims], kind))
    return packed(size, made)


@v1("nn.rnn_cell.RNNCell", "contrib.rnn.RNNCell")
class RNNCell(Layer):
    """What a recurrent net does at one step: from an input and a state it makes an output and the next state.

    A cell of your own defines `state_size`, `output_size` and `call`, or `__call__`:

        >>> import scopetrie as tf
        >>> class Sum(tf.nn.rnn_cell.RNNCell):
        ...     state_size = output_size = 3
        ...
        ...     def call(self, inputs, state):
        ...         return inputs + state, inputs + state
        >>> outputs, last = tf.nn.dynamic_rnn(Sum(), tf.ones([2, 4, 3]), dtype=tf.float32)
        >>> with tf.Session() as session:
        ...     print(session.run(last))
        [[4. 4. 4.]
         [4. 4. 4.]]

    Args:
        trainable: Whether its variables are to be trained.
        name: The name of its variable scope.
        dtype: The dtype of its variables; by default that of its first input.
        **kwargs: More arguments of `tf.layers.Layer`.
    """

    # As v1: a cell that is no layer opens the current scope again before its own, which names of operations
    # show.
    _opens_again: ClassVar[bool] = True

    def __init__(
        self, trainable: bool = True, name: str | None = None, dtype: DTypeLike = None, **kwargs: Any
    ) -> None:
        super().__init__(trainable, name, dtype, **kwargs)

    def _scope_of(self, scope: Any = None) -> Any:
        if self._scope is None and scope is None and self._opens_again:
            with variable_scope(get_variable_scope()):
                return super()._scope_of()
        return super()._scope_of(scope)

    @whole
    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Makes one step.

        Args:
            inputs: The input, a tensor `[N, size]`.
            state: The state before, in the structure of `state_size`.
            scope: The variable scope of the variables, or its name.
            **kwargs: What else `call` takes.

        Returns:
            The output and the next state.
        """
        return super().__call__(inputs, state, scope=scope, **kwargs)

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Makes the operations of one step.

        Args:
            inputs: The input.
            *args: The state.
            **kwargs: What else the cell takes.

        Returns:
            The output and the next state.

        Raises:
            NotImplementedError: If the cell does not say.
        """
        raise NotImplementedError(f"{type(self).__name__} has no `call`")

    @property
    def state_size(self) -> Any:
        """The size of one example's state: an int, a shape, or a structure of them.

        Raises:
            NotImplementedError: If the cell does not say.
        """
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The size of one example's output: an int or a shape.

        Raises:
            NotImplementedError: If the cell does not say.
        """
        raise NotImplementedError("Abstract method")

    def build(self, input_shape: Any) -> None:
        """Makes nothing.

        Args:
            input_shape: The shape of the input.
        """
        self.built = True

    @whole
    def zero_state(self, batch_size: Any, dtype: DTypeLike) -> Any:
        """Returns a state of zeros.

        Args:
            batch_size: How many examples there are: an int or a scalar tensor.
            dtype: The dtype.

        Returns:
            Tensors `[batch_size, size]` in the structure of `state_size`.
        """
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            return zero_state(self.state_size, batch_size, dtype)

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: DTypeLike = None) -> Any:
        """Returns the state to begin with: zeros.

        Args:
            inputs: A tensor whose first size and dtype count, if given.
            batch_size: How many examples there are.
            dtype: The dtype.

        Raises:
            ValueError: If neither says how many examples of which dtype there are.
        """
        if inputs is not None:
            first = flat(inputs)[0]
            known = first.shape.as_list()[0] if first.shape.ndims else None
            batch_size, dtype = shape(first)[0] if known is None else known, first.dtype
        if batch_size is None or dtype is None:
            raise ValueError(
                "batch_size and dtype cannot be None while constructing initial state: "
                f"batch_size={batch_size}, dtype={dtype}"
            )
        return self.zero_state(batch_size, dtype)


def known_depth(shape: Any) -> int:
    """The size of an input's last dimension.

    Args:
        shape: The shape of the input.

    Raises:
        ValueError: If it is not known.
    """
    found = TensorShape(shape)
    size = found[-1].value if found.ndims else None
    if size is None:
        raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {found}")
    return int(size)
