"""raw_rnn: a recurrent net whose inputs a function makes, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..graph import Tensor
from ..ops.array.fill import zeros
from ..ops.array.shape import shape
from ..ops.constant import constant, convert_to_tensor
from ..ops.control.loop import while_loop
from ..ops.control.tensor_array import TensorArray
from ..ops.control.trace import check_alike, flat, packed
from ..ops.elementwise.compare import logical_not, logical_or
from ..ops.math.reduce import reduce_all
from ..public import v1
from ..scopes import variable_scope
from ..shapes import TensorShape
from .steps import keep_where, known_batch, output_dims, require_cell

__all__ = ["raw_rnn"]


@v1("nn.raw_rnn")
def raw_rnn(
    cell: Any, loop_fn: Callable[..., Any], parallel_iterations: int | None = None, swap_memory: bool = False,
    scope: Any = None,
) -> tuple[Any, Any, Any]:  # fmt: skip
    """Runs a cell until a function says that all examples have ended.

    `loop_fn(time, cell_output, cell_state, loop_state)` gives five things: for each example whether it has
    ended,
    the next input, the next state, what is put out, and the next loop state. It is first called with time 0
    and
    None for output, state and loop state; what is put out there has the structure, dtypes and shapes of one
    example's outputs, and is None for the cell's output itself.

    Args:
        cell: The cell.
        loop_fn: The function.
        parallel_iterations: Accepted for v1's sake.
        swap_memory: Accepted for v1's sake.
        scope: The variable scope of the variables, or its name; "rnn" by default.

    Returns:
        A TensorArray of what was put out (or a structure of them), the last state, and the last loop state.

    Raises:
        TypeError: If `cell` is none, or `loop_fn` is no function.
    """
    require_cell(cell)
    if not callable(loop_fn):
        raise TypeError("loop_fn must be a callable")
    with variable_scope(scope or "rnn"):
        time = constant(0, dtypes.int32)
        ended, value, state, emit, loop_state = loop_fn(time, None, None, None)
        ended = convert_to_tensor(ended)
        value = packed(value, [convert_to_tensor(each) for each in flat(value)])
        state = packed(state, [_converted(each) for each in flat(state)])
        has_state = loop_state is not None
        loop_state = (
            packed(loop_state, [_converted(each) for each in flat(loop_state)]) if has_state else time
        )
        size = known_batch(value, 0)
        batch: Any = shape(flat(value)[0])[0] if size is None else size
        if emit is None:
            structure = cell.output_size
            dims = [output_dims(each) for each in flat(structure)]
            kinds = [flat(state)[0].dtype.base_dtype] * len(dims)
        else:
            structure = emit
            leaves = [convert_to_tensor(each) for each in flat(emit)]
            dims = [TensorShape(each.shape).as_list() for each in leaves]
            kinds = [each.dtype.base_dtype for each in leaves]
        arrays = [
            TensorArray(
                kind, 0, dynamic_size=True, element_shape=[size, *each], tensor_array_name=f"rnn_output_{n}"
            )
            for n, (kind, each) in enumerate(zip(kinds, dims, strict=True))
        ]
        blank = packed(structure, [
            zeros([batch, *each], kind) for kind, each in zip(kinds, dims, strict=True)
        ])  # fmt: skip

        def step(
            now: Tensor, done: Tensor, current: Any, written: list[Any], before: Any, carried: Any
        ) -> Any:
            output, after = cell(current, before)
            check_alike(before, after)
            next_done, next_value, next_state, put_out, next_carried = loop_fn(
                now + 1, output, after, carried if has_state else None
            )
            check_alike(before, next_state)
            check_alike(current, next_value)
            if next_carried is None:
                next_carried = carried
            put_out = output if emit is None else put_out
            put_out = keep_where(done, blank, put_out)
            next_state = keep_where(done, before, next_state)
            rows = [array.write(now, row) for array, row in zip(written, flat(put_out), strict=True)]
            return now + 1, logical_or(next_done, done), next_value, rows, next_state, next_carried

        _, _, _, written, last, carried = while_loop(
            lambda now, done, *_: logical_not(reduce_all(done)), step,
            (time, ended, value, arrays, state, loop_state),
        )  # fmt: skip
        return packed(structure, written), last, carried if has_state else None


def _converted(value: Any) -> Any:
    return value if isinstance(value, (Tensor, TensorArray)) else convert_to_tensor(value)
