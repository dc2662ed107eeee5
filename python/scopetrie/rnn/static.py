"""Recurrent nets that are unrolled: static_rnn, static_bidirectional_rnn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..dtypes import DTypeLike
from ..graph import Tensor
from ..ops.array.fill import zeros
from ..ops.array.join import concat, stack
from ..ops.array.reverse import reverse_sequence
from ..ops.array.shape import shape
from ..ops.array.split import unstack
from ..ops.control.branch import cond
from ..ops.control.trace import flat, packed
from ..ops.elementwise.compare import less_equal
from ..ops.math.reduce import reduce_max, reduce_min
from ..public import v1
from ..scopes import variable_scope
from .steps import as_inputs, first_state, keep_where, known_batch, lengths_of, output_dims, require_cell

__all__ = ["static_bidirectional_rnn", "static_rnn"]


@v1("nn.static_rnn", "contrib.rnn.static_rnn")
def static_rnn(
    cell: Any, inputs: Any, initial_state: Any = None, dtype: DTypeLike = None, sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:  # fmt: skip
    """Runs a cell over a list of inputs, with operations of its own for each step.

    Args:
        cell: The cell.
        inputs: A list of tensors `[N, ...]`, or of structures of such tensors.
        initial_state: The state to begin with; zeros by default.
        dtype: The dtype of the zeros; needed without `initial_state`.
        sequence_length: How many steps each example has, a vector `[N]` of ints. Outputs beyond are zeros,
            and
            the state stays.
        scope: The variable scope of the variables, or its name; "rnn" by default.

    Returns:
        A list of outputs `[N, size]`, and the last state.

    Raises:
        TypeError: If `cell` is none, or the inputs are no list.
        ValueError: If there are no inputs, or neither `initial_state` nor `dtype`.

    >>> import scopetrie as tf
    >>> steps = [tf.zeros([2, 3]) for _ in range(2)]
    >>> outputs, state = tf.nn.static_rnn(tf.nn.rnn_cell.BasicLSTMCell(4), steps, dtype=tf.float32)
    >>> [output.name for output in outputs], len(tf.trainable_variables())
    (['rnn/basic_lstm_cell/Mul_2:0', 'rnn/basic_lstm_cell/Mul_5:0'], 2)
    """
    require_cell(cell)
    if not isinstance(inputs, Sequence):
        raise TypeError(f"Argument `inputs` must be a sequence. Received: {inputs}")
    if not inputs:
        raise ValueError("Argument `inputs` must not be empty.")
    outputs = []
    with variable_scope(scope or "rnn") as within:
        values = [as_inputs(each) for each in inputs]
        size = known_batch(values, 0)
        batch: Any = shape(flat(values[0])[0])[0] if size is None else size
        lengths = None if sequence_length is None else lengths_of(sequence_length)
        state = first_state(cell, initial_state, batch, dtype)
        masked: Callable[..., Any] | None = None
        if lengths is not None:
            masked = _masked(cell, lengths, batch, size, flat(state)[0].dtype)
        for time, value in enumerate(values):
            if time > 0:
                within.reuse_variables()
            if masked is None:
                output, state = cell(value, state)
            else:
                output, state = masked(time, value, state)
            outputs.append(output)
    return outputs, state


def _masked(cell: Any, lengths: Tensor, batch: Any, size: int | None, dtype: Any) -> Callable[..., Any]:
    """A step that leaves examples alone that have ended, and computes nothing when all have."""
    dims = [output_dims(each) for each in flat(cell.output_size)]
    blanks = [zeros([batch, *each], dtype) for each in dims]
    blank = packed(cell.output_size, blanks)
    shortest, longest = reduce_min(lengths), reduce_max(lengths)

    def step(time: int, value: Any, state: Any) -> Any:
        ended = less_equal(lengths, time)

        def computed() -> list[Any]:
            output, new = cell(value, state)

            def partly() -> list[Any]:
                return flat(keep_where(ended, blank, output)) + flat(keep_where(ended, state, new))

            return cond(time < shortest, lambda: flat(output) + flat(new), partly, strict=True)  # type: ignore[no-any-return]

        made = cond(less_equal(longest, time), lambda: [*blanks, *flat(state)], computed, strict=True)
        count = len(blanks)
        for each, known in zip(made[:count], dims, strict=True):
            each.set_shape([size, *known])
        for each, before in zip(made[count:], flat(state), strict=True):
            each.set_shape(before.shape)
        return packed(cell.output_size, made[:count]), packed(state, made[count:])

    return step


def _turned(values: list[Any], lengths: Any) -> list[Any]:
    """A list of steps in reverse, each example's within its length."""
    if lengths is None:
        return values[::-1]
    columns = list(zip(*(flat(each) for each in values), strict=True))
    made = []
    for column in columns:
        whole_one = reverse_sequence(stack(column), lengths, seq_axis=0, batch_axis=1)
        made.append(unstack(whole_one, num=len(values)))
    return [packed(like, row) for like, row in zip(values, zip(*made, strict=True), strict=True)]


@v1("nn.static_bidirectional_rnn", "contrib.rnn.static_bidirectional_rnn")
def static_bidirectional_rnn(
    cell_fw: Any, cell_bw: Any, inputs: Any, initial_state_fw: Any = None, initial_state_bw: Any = None,
    dtype: DTypeLike = None, sequence_length: Any = None, scope: Any = None,
) -> tuple[list[Any], Any, Any]:  # fmt: skip
    """Runs one cell forward and another one backward over a list of inputs.

    Args:
        cell_fw: The cell that runs forward.
        cell_bw: The cell that runs backward.
        inputs: A list of tensors `[N, ...]`.
        initial_state_fw: The state to begin with forward; zeros by default.
        initial_state_bw: The state to begin with backward; zeros by default.
        dtype: The dtype of the zeros.
        sequence_length: How many steps each example has, a vector `[N]` of ints.
        scope: The variable scope, or its name; "bidirectional_rnn" by default.

    Returns:
        A list of outputs, forward and backward ones side by side; the last state forward, and backward.

    Raises:
        TypeError: If one of the cells is none, or the inputs are no list.
        ValueError: If there are no inputs.
    """
    require_cell(cell_fw, "cell_fw")
    require_cell(cell_bw, "cell_bw")
    if not isinstance(inputs, Sequence):
        raise TypeError(f"Argument `inputs` must be a sequence. Received: {inputs}")
    if not inputs:
        raise ValueError("Argument `inputs` must not be empty.")
    values = [as_inputs(each) for each in inputs]
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as forward:
            output_fw, state_fw = static_rnn(
                cell_fw, values, initial_state_fw, dtype, sequence_length, scope=forward
            )
        with variable_scope("bw") as backward:
            turned = _turned(values, sequence_length)
            output_bw, state_bw = static_rnn(
                cell_bw, turned, initial_state_bw, dtype, sequence_length, scope=backward
            )
    output_bw = _turned(output_bw, sequence_length)
    outputs = [
        packed(a, [concat([x, y], 1) for x, y in zip(flat(a), flat(b), strict=True)])
        for a, b in zip(output_fw, output_bw, strict=True)
    ]
    return outputs, state_fw, state_bw
