"""Recurrent nets as loops in the graph: dynamic_rnn, bidirectional_dynamic_rnn."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..dtypes import DTypeLike
from ..graph import Tensor
from ..ops.array.fill import zeros
from ..ops.array.reverse import reverse, reverse_sequence
from ..ops.array.shape import shape
from ..ops.constant import constant
from ..ops.control.loop import while_loop
from ..ops.control.tensor_array import TensorArray
from ..ops.control.trace import check_alike, flat, packed
from ..ops.elementwise.arithmetic import maximum, minimum
from ..ops.elementwise.compare import greater_equal, less
from ..ops.math.reduce import reduce_max
from ..public import v1
from ..scopes import variable_scope
from .steps import (
    as_inputs,
    checked_lengths,
    first_state,
    keep_where,
    known_batch,
    lengths_of,
    output_dims,
    require_cell,
    swapped,
)

__all__ = ["bidirectional_dynamic_rnn", "dynamic_rnn"]


@v1("nn.dynamic_rnn")
def dynamic_rnn(
    cell: Any, inputs: Any, sequence_length: Any = None, initial_state: Any = None, dtype: DTypeLike = None,
    parallel_iterations: int | None = None, swap_memory: bool = False, time_major: bool = False,
    scope: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Runs a cell over time, in a loop in the graph.

    Args:
        cell: The cell.
        inputs: A tensor `[N, T, ...]`, or a structure of such tensors.
        sequence_length: How many steps each example has, a vector `[N]` of ints; `T` by default. Outputs
            beyond
            are zeros, and the state stays.
        initial_state: The state to begin with; zeros by default.
        dtype: The dtype of the zeros; needed without `initial_state`.
        parallel_iterations: Accepted for v1's sake.
        swap_memory: Accepted for v1's sake.
        time_major: Whether inputs and outputs are `[T, N, ...]`.
        scope: The variable scope of the variables, or its name; "rnn" by default.

    Returns:
        The outputs, `[N, T, size]`, and the last state.

    Raises:
        TypeError: If `cell` is none.
        ValueError: If there is neither `initial_state` nor `dtype`, or the size of an input is not known.

    >>> import scopetrie as tf
    >>> x = tf.placeholder(tf.float32, [None, 5, 3])
    >>> outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(4), x, dtype=tf.float32)
    >>> outputs
    <tf.Tensor 'rnn/transpose_1:0' shape=(?, 5, 4) dtype=float32>
    >>> [variable.name for variable in tf.trainable_variables()]
    ['rnn/basic_lstm_cell/kernel:0', 'rnn/basic_lstm_cell/bias:0']
    """
    require_cell(cell)
    with variable_scope(scope or "rnn"):
        values = as_inputs(inputs)
        if not time_major:
            values = packed(values, [swapped(each) for each in flat(values)])
        lengths = None if sequence_length is None else lengths_of(sequence_length)
        size = known_batch(values, 1)
        batch: Any = shape(flat(values)[0])[1] if size is None else size
        state = first_state(cell, initial_state, batch, dtype)
        if lengths is not None:
            lengths = checked_lengths(lengths, batch)
        outputs, last = _looped(cell, values, state, lengths, batch, size, dtype)
        if not time_major:
            outputs = packed(outputs, [swapped(each) for each in flat(outputs)])
        return outputs, last


def _looped(
    cell: Any, inputs: Any, state: Any, lengths: Tensor | None, batch: Any, size: int | None, dtype: Any
) -> tuple[Any, Any]:
    leaves = flat(inputs)
    for each in leaves:
        dims = each.shape.as_list() if each.shape.ndims is not None else [None] * 3
        if None in dims[2:]:
            raise ValueError(
                "Input size (depth of inputs) must be accessible via shape inference, but saw value None for "
                f"input={each}."
            )
    times = {each.shape.as_list()[0] for each in leaves} - {None}
    if len(times) > 1:
        raise ValueError("Time steps is not the same for all the elements in the input in a batch.")
    known = next(iter(times), None)
    steps: Any = shape(leaves[0])[0] if known is None else known
    states = [each if isinstance(each, TensorArray) else _as_row(each) for each in flat(state)]
    state = packed(state, states)
    kinds = _dtypes(cell.output_size, dtype, states)
    arrays = [
        TensorArray(
            kind, steps, element_shape=[size, *output_dims(each)], tensor_array_name=f"output_{number}"
        )
        for number, (each, kind) in enumerate(zip(flat(cell.output_size), kinds, strict=True))
    ]
    read = [
        TensorArray(each.dtype, steps, element_shape=each.shape[1:], tensor_array_name=f"input_{number}")
        .unstack(each)
        for number, each in enumerate(leaves)
    ]  # fmt: skip
    blank = bound = None
    if lengths is not None:
        blank = packed(cell.output_size, [
            zeros([batch, *output_dims(each)], kind)
            for each, kind in zip(flat(cell.output_size), kinds, strict=True)
        ])  # fmt: skip
        bound = minimum(steps, maximum(1, reduce_max(lengths)))
    end = steps if bound is None else bound

    def step(time: Tensor, written: list[TensorArray], before: Any) -> Any:
        entries = [each.read(time) for each in read]
        for entry, each in zip(entries, leaves, strict=True):
            entry.set_shape(each.shape[1:])
        output, after = cell(packed(inputs, entries), before)
        check_alike(cell.output_size, output)
        if lengths is not None:
            ended = greater_equal(time, lengths)
            output, after = keep_where(ended, blank, output), keep_where(ended, before, after)
        rows = [array.write(time, row) for array, row in zip(written, flat(output), strict=True)]
        return time + 1, rows, packed(before, flat(after))

    _, written, last = while_loop(
        lambda time, *_: less(time, end), step, (constant(0, dtypes.int32, name="time"), arrays, state),
        maximum_iterations=steps,
    )  # fmt: skip
    outputs = []
    for array, each in zip(written, flat(cell.output_size), strict=True):
        stacked = array.stack()
        stacked.set_shape([known, size, *output_dims(each)])
        outputs.append(stacked)
    return packed(cell.output_size, outputs), last


def _as_row(value: Any) -> Tensor:
    from ..ops.constant import convert_to_tensor

    return value if isinstance(value, Tensor) else convert_to_tensor(value)


def _dtypes(size: Any, dtype: Any, states: list[Any]) -> list[Any]:
    """The dtype of each output: the one that is given, or that of the state."""
    count = len(flat(size))
    if dtype is not None:
        given = flat(dtype) if isinstance(dtype, (list, tuple, dict)) else [dtype] * count
        return [dtypes.as_dtype(each) for each in given]
    kinds = {each.dtype.base_dtype for each in states}
    if len(kinds) != 1:
        raise ValueError(
            "State has tensors of different inferred_dtypes. Unable to infer a single representative dtype."
        )
    return list(kinds) * count


def _reversed(values: Any, lengths: Any, time: int) -> Any:
    """Tensors with their steps in reverse, each example's within its length."""
    made = []
    for each in flat(values):
        if lengths is None:
            made.append(reverse(each, [time]))
        else:
            made.append(reverse_sequence(each, lengths, seq_axis=time, batch_axis=1 - time))
    return packed(values, made)


@v1("nn.bidirectional_dynamic_rnn")
def bidirectional_dynamic_rnn(
    cell_fw: Any, cell_bw: Any, inputs: Any, sequence_length: Any = None, initial_state_fw: Any = None,
    initial_state_bw: Any = None, dtype: DTypeLike = None, parallel_iterations: int | None = None,
    swap_memory: bool = False, time_major: bool = False, scope: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Runs one cell forward and another one backward over time.

    Args:
        cell_fw: The cell that runs forward.
        cell_bw: The cell that runs backward.
        inputs: A tensor `[N, T, ...]`, or a structure of such tensors.
        sequence_length: How many steps each example has, a vector `[N]` of ints; `T` by default.
        initial_state_fw: The state to begin with forward; zeros by default.
        initial_state_bw: The state to begin with backward; zeros by default.
        dtype: The dtype of the zeros.
        parallel_iterations: Accepted for v1's sake.
        swap_memory: Accepted for v1's sake.
        time_major: Whether inputs and outputs are `[T, N, ...]`.
        scope: The variable scope, or its name; "bidirectional_rnn" by default.

    Returns:
        A pair of outputs, forward and backward, both in the order of the inputs; and a pair of last states.

    Raises:
        TypeError: If one of the cells is none.
        ValueError: If a state to begin with and `dtype` are both missing.

    >>> import scopetrie as tf
    >>> cells = tf.nn.rnn_cell.GRUCell(4), tf.nn.rnn_cell.GRUCell(4)
    >>> (forward, backward), _ = tf.nn.bidirectional_dynamic_rnn(
    ...     *cells, tf.zeros([2, 5, 3]), dtype=tf.float32
    ... )
    >>> tf.concat([forward, backward], 2).shape.as_list()
    [2, 5, 8]
    """
    require_cell(cell_fw, "cell_fw")
    require_cell(cell_bw, "cell_bw")
    time = 0 if time_major else 1
    values = as_inputs(inputs)
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as forward:
            output_fw, state_fw = dynamic_rnn(
                cell_fw,
                values,
                sequence_length,
                initial_state_fw,
                dtype,
                time_major=time_major,
                scope=forward,
            )
        with variable_scope("bw") as backward:
            turned = _reversed(values, sequence_length, time)
            output_bw, state_bw = dynamic_rnn(
                cell_bw,
                turned,
                sequence_length,
                initial_state_bw,
                dtype,
                time_major=time_major,
                scope=backward,
            )
    return (output_fw, _reversed(output_bw, sequence_length, time)), (state_fw, state_bw)
