"""Cells made of other cells: several in a row, with dropout, with a residual, on a device."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from ..dtypes import DTypeLike, as_dtype
from ..graph import Tensor, device
from ..ops.array.join import concat
from ..ops.array.slice import slice_
from ..ops.constant import convert_to_tensor
from ..ops.control.tensor_array import TensorArray
from ..ops.control.trace import check_alike, flat, packed
from ..ops.elementwise.unary import floor
from ..ops.folding import constant_value
from ..ops.nn.embedding import dropout
from ..ops.random.draws import random_uniform
from ..public import v1, whole
from ..scopes import name_scope, variable_scope
from ..shapes import TensorShape
from .cell import LSTMStateTuple, RNNCell

__all__ = ["DeviceWrapper", "DropoutWrapper", "MultiRNNCell", "ResidualWrapper"]


@v1("nn.rnn_cell.MultiRNNCell", "contrib.rnn.MultiRNNCell")
class MultiRNNCell(RNNCell):
    """Cells in a row: each takes the output of the one before.

    Args:
        cells: The cells.
        state_is_tuple: Whether the state is a tuple of the cells' states; else they are columns of one
            tensor.

    Raises:
        ValueError: If there are no cells, or states are tuples where they must not be.
        TypeError: If `cells` is no list.

    >>> import scopetrie as tf
    >>> cells = [tf.nn.rnn_cell.GRUCell(size) for size in (4, 2)]
    >>> cell = tf.nn.rnn_cell.MultiRNNCell(cells)
    >>> output, state = cell(tf.zeros([3, 5]), cell.zero_state(3, tf.float32))
    >>> output.shape.as_list(), cell.state_size, tf.trainable_variables()[0].name
    ([3, 2], (4, 2), 'multi_rnn_cell/cell_0/gru_cell/gates/kernel:0')
    """

    def __init__(self, cells: Any, state_is_tuple: bool = True) -> None:
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not isinstance(cells, Sequence):
            raise TypeError(f"cells must be a list or tuple, but saw: {cells}.")
        if len({id(cell) for cell in cells}) < len(cells):
            _warn_of_one_cell(cells)
        self._cells = list(cells)
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(isinstance(cell.state_size, (list, tuple)) for cell in cells):
            raise ValueError(
                "Some cells return tuples of states, but the flag state_is_tuple is not set. State sizes "
                "are: "
                f"{[cell.state_size for cell in cells]}"
            )

    @property
    def cells(self) -> list[Any]:
        """The cells."""
        return self._cells

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The size of the last cell's output."""
        return self._cells[-1].output_size

    @whole
    def zero_state(self, batch_size: Any, dtype: DTypeLike) -> Any:
        """Returns the cells' states of zeros.

        Args:
            batch_size: How many examples there are.
            dtype: The dtype.
        """
        if not self._state_is_tuple:
            return super().zero_state(batch_size, dtype)
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)

    def call(self, inputs: Any, state: Any) -> Any:
        """Makes one step of each cell.

        Args:
            inputs: The first cell's input.
            state: The states.
        """
        if self._state_is_tuple:
            if not isinstance(state, (list, tuple)) or len(state) != len(self._cells):
                raise ValueError(
                    f"Expected state to be a tuple of length {len(self._cells)}, but received: {state}"
                )
            states = list(state)
        else:
            states, start = [], 0
            for cell in self._cells:
                states.append(slice_(state, [0, start], [-1, cell.state_size]))
                start += cell.state_size
        made = []
        output = inputs
        for number, (cell, each) in enumerate(zip(self._cells, states, strict=True)):
            with variable_scope(f"cell_{number}"):
                output, new = cell(output, each)
            made.append(new)
        return output, tuple(made) if self._state_is_tuple else concat(made, 1)


def _warn_of_one_cell(cells: Any) -> None:
    import warnings

    warnings.warn(
        "At least two cells provided to MultiRNNCell are the same object and will share weights.",
        UserWarning,
        stacklevel=4,
    )


class Wrapper(RNNCell):
    """A cell around another one; it makes no variables of its own.

    Args:
        cell: The other cell.
        **kwargs: The arguments of `RNNCell`.
    """

    def __init__(self, cell: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not (hasattr(cell, "state_size") and hasattr(cell, "output_size") and callable(cell)):
            raise TypeError(f"The parameter cell must be an RNNCell, received: {cell!r}")
        self.cell = cell

    @property
    def state_size(self) -> Any:
        """The size of the cell's state."""
        return self.cell.state_size

    @property
    def output_size(self) -> Any:
        """The size of the cell's output."""
        return self.cell.output_size

    @whole
    def zero_state(self, batch_size: Any, dtype: DTypeLike) -> Any:
        """Returns the cell's state of zeros.

        Args:
            batch_size: How many examples there are.
            dtype: The dtype.
        """
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            return self.cell.zero_state(batch_size, dtype)


@v1("nn.rnn_cell.DropoutWrapper", "contrib.rnn.DropoutWrapper")
class DropoutWrapper(Wrapper):
    """A cell with dropout of inputs, outputs and state.

    Args:
        cell: The cell.
        input_keep_prob: The probability that an element of the input stays: a number, or a scalar tensor.
        output_keep_prob: The same of the output.
        state_keep_prob: The same of the next state; of an LSTMStateTuple, `h` alone is changed.
        variational_recurrent: Whether the same elements go at every step.
        input_size: The size of one example's input, which `variational_recurrent` needs.
        dtype: The dtype of input, output and state, which `variational_recurrent` needs.
        seed: The seed.
        dropout_state_filter_visitor: A function of a state that says, in its structure or by a bool, which
            parts are changed.
        **kwargs: More arguments of `RNNCell`.

    Raises:
        TypeError: If `cell` is none.
        ValueError: If a probability is out of range, or something is missing.

    >>> import scopetrie as tf
    >>> keep = tf.placeholder_with_default(1.0, [])
    >>> cell = tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.GRUCell(4), output_keep_prob=keep)
    >>> output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
    >>> output.shape.as_list()
    [2, 4]
    """

    def __init__(
        self, cell: Any, input_keep_prob: Any = 1.0, output_keep_prob: Any = 1.0, state_keep_prob: Any = 1.0,
        variational_recurrent: bool = False, input_size: Any = None, dtype: DTypeLike = None,
        seed: int | None = None, dropout_state_filter_visitor: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(cell, **kwargs)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError(
                f"dropout_state_filter_visitor must be callable. Received: {dropout_state_filter_visitor}"
            )
        self._filter = dropout_state_filter_visitor or _all_but_memories
        self._seed = seed
        with name_scope("DropoutWrapperInit"):
            self._input_keep, self._state_keep, self._output_keep = (
                _checked(each, name)
                for each, name in (
                    (input_keep_prob, "input_keep_prob"), (state_keep_prob, "state_keep_prob"),
                    (output_keep_prob, "output_keep_prob"),
                )
            )  # fmt: skip
            self._variational = variational_recurrent
            self._noise: dict[str, list[Any]] = {}
            if variational_recurrent:
                self._draw(input_size, dtype)

    def _draw(self, input_size: Any, dtype: DTypeLike) -> None:
        if dtype is None:
            raise ValueError("When variational_recurrent=True, dtype must be provided")
        kind = as_dtype(dtype)
        wanted = [("state", self.cell.state_size), ("output", self.cell.output_size)]
        if _drops(self._input_keep):
            if input_size is None:
                raise ValueError(
                    "When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, input_size "
                    "must "
                    "be provided"
                )
            wanted.insert(0, ("input", input_size))
        for salt, size in wanted:
            self._noise[salt] = [
                random_uniform([1, *TensorShape(each).as_list()] if not isinstance(each, int) else [1, each],
                               seed=self._seed_of(salt, number), dtype=kind)
                for number, each in enumerate(flat(size))
            ]  # fmt: skip

    @property
    def wrapped_cell(self) -> Any:
        """The cell."""
        return self.cell

    def _seed_of(self, salt: str, number: int) -> int | None:
        """A seed of its own for each tensor that is changed."""
        if self._seed is None:
            return None
        text = f"{self._seed}{salt}_{number}".encode()
        return int(hashlib.md5(text).hexdigest()[:8], 16) & 0x7FFFFFFF

    def _dropped(self, values: Any, salt: str, keep: Any, allowed: Any = None) -> Any:
        if not _drops(keep):
            return values
        leaves = flat(values)
        changes = [True] * len(leaves) if allowed is None else _spread(allowed, values)
        made = []
        for number, (value, change) in enumerate(zip(leaves, changes, strict=True)):
            if not change or isinstance(value, TensorArray):
                made.append(value)
            elif self._variational:
                kept = (value / keep) * floor(keep + self._noise[salt][number])
                kept.set_shape(value.shape)
                made.append(kept)
            else:
                made.append(dropout(value, keep, seed=self._seed_of(salt, number)))
        return packed(values, made)

    @whole
    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Makes one step of the cell, with dropout.

        Args:
            inputs: The input.
            state: The state.
            scope: The cell's variable scope.
            **kwargs: What else the cell takes.
        """
        inputs = self._dropped(inputs, "input", self._input_keep)
        output, new = self.cell(inputs, state, scope=scope, **kwargs)
        if _drops(self._state_keep):
            new = self._dropped(new, "state", self._state_keep, self._filter(new))
        return self._dropped(output, "output", self._output_keep), new


def _checked(keep: Any, name: str) -> Any:
    """A probability, as a number if it is known."""
    known = constant_value(keep) if isinstance(keep, Tensor) else keep
    if known is None:
        return convert_to_tensor(keep)
    if not isinstance(known, (int, float)) and getattr(known, "ndim", None) != 0:
        return convert_to_tensor(keep)
    number = float(known)
    if not 0 < number <= 1:
        raise ValueError(f"Parameter {name} must be between 0 and 1. Received {number}")
    return number


def _drops(keep: Any) -> bool:
    return not isinstance(keep, float) or keep < 1


def _all_but_memories(state: Any) -> Any:
    """Which parts of a state dropout changes by default."""
    if isinstance(state, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    if isinstance(state, (list, tuple)):
        return [_all_but_memories(each) for each in state]
    return not isinstance(state, TensorArray)


def _spread(allowed: Any, values: Any) -> list[bool]:
    """A bool for each leaf of a structure, from a structure that may be shallower."""
    if isinstance(allowed, (list, tuple)) and isinstance(values, (list, tuple)):
        return [bit for a, each in zip(allowed, values, strict=True) for bit in _spread(a, each)]
    return [bool(allowed)] * len(flat(values))


@v1("nn.rnn_cell.ResidualWrapper", "contrib.rnn.ResidualWrapper")
class ResidualWrapper(Wrapper):
    """A cell whose input is added to its output.

    Args:
        cell: The cell.
        residual_fn: `f(input, output)` gives the output instead.
        **kwargs: More arguments of `RNNCell`.

    Raises:
        TypeError: If `cell` is none.
    """

    def __init__(
        self, cell: Any, residual_fn: Callable[[Any, Any], Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn or _added

    @whole
    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Makes one step of the cell, and adds the input.

        Args:
            inputs: The input.
            state: The state.
            scope: The cell's variable scope.
            **kwargs: What else the cell takes.

        Raises:
            ValueError: If the structures or the shapes of input and output differ.
        """
        output, new = self.cell(inputs, state, scope=scope, **kwargs)
        result = self._residual_fn(inputs, output)
        check_alike(inputs, result)
        return result, new


def _added(inputs: Any, outputs: Any) -> Any:
    check_alike(inputs, outputs)
    made = []
    for a, b in zip(flat(inputs), flat(outputs), strict=True):
        a.shape.assert_is_compatible_with(b.shape)
        made.append(a + b)
    return packed(inputs, made)


@v1("nn.rnn_cell.DeviceWrapper", "contrib.rnn.DeviceWrapper")
class DeviceWrapper(Wrapper):
    """A cell whose operations are on a device.

    Args:
        cell: The cell.
        device: The device, as `tf.device` takes it.
        **kwargs: More arguments of `RNNCell`.

    Raises:
        TypeError: If `cell` is none.
    """

    def __init__(self, cell: Any, device: Any, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._device = device

    @whole
    def zero_state(self, batch_size: Any, dtype: DTypeLike) -> Any:
        """Returns the cell's state of zeros, on the device.

        Args:
            batch_size: How many examples there are.
            dtype: The dtype.
        """
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]), device(self._device):
            return self.cell.zero_state(batch_size, dtype)

    @whole
    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Makes one step of the cell, on the device.

        Args:
            inputs: The input.
            state: The state.
            scope: The cell's variable scope.
            **kwargs: What else the cell takes.
        """
        with device(self._device):
            return self.cell(inputs, state, scope=scope, **kwargs)
