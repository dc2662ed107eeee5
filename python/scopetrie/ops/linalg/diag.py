"""Diagonals of matrices: making, reading and setting them; identity matrices and bands."""

from __future__ import annotations

import functools
import math
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import Variable, name_scope, own_items
from ...dtypes import DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..array.fill import ones, zeros
from ..array.indices import nothing, readable
from ..array.join import concat
from ..constant import convert_to_tensor, index_array
from ..declare import COMPLEX, FLOATS, INDICES, attr, index, tensor
from ..direct import direct
from ..math.reduce import reduce_sum
from ..registry import define_op

_SMALL: Final = 4096  # elements of a matrix
DIAGONAL_TYPES = (*FLOATS, *INDICES, *COMPLEX)


def diagonal_range(k: Any) -> tuple[int, int]:
    """The lowest and the highest diagonal of `k`, one number or two."""
    listed = np.ravel(k).tolist()
    return listed[0], listed[-1]


def _filled_up(
    xp: Any, d: Any, rows: int, columns: int, longest: int, align: str
) -> tuple[Any, Any, Any, Any]:
    """Finds how diagonals lie in a matrix, and where they begin in rows of the longest one's length.

    Shorter ones are filled up on the side that `align` says, first for those above the main one, then for
    those below.

    Returns:
        Of each diagonal: its number where that is negative and where it is not, each 0 otherwise; its length;
        and its beginning.
    """
    nothing_ = xp.zeros_like(d)
    below = xp.where(d < 0, d, nothing_)
    above = d - below
    length = xp.where(rows + below < columns - above, rows + below, columns - above)
    to_right = [side == "RIGHT" for side in align.split("_")]
    begin = nothing_ if not any(to_right) else longest - length
    if to_right[0] != to_right[1]:
        begin = xp.where((d >= 0) if to_right[0] else (d < 0), begin, nothing_)
    return below, above, length, begin


def _diagonal_places(
    xp: Any, like: Any, rows: int, columns: int, low: int, high: int, align: str
) -> tuple[Any, int]:
    """Finds where the elements of diagonals low..high are kept; diagonals are listed from the highest.

    Computed where `like` is: a table of the host's would have to be copied.

    Returns:
        A matrix of positions in the flattened diagonals, -1 where there is none, and the length of the
        longest.
    """
    longest = min(rows + min(high, 0), columns - max(low, 0))
    row, column = _numbers(xp, like, rows)[:, None], _numbers(xp, like, columns)[None, :]
    d = column - row
    below, _, _, begin = _filled_up(xp, d, rows, columns, longest, align)
    at = (high - d) * longest + begin + row + below
    return xp.where((d >= low) & (d <= high), at, -xp.ones_like(at)), longest


def _matrix_places(
    xp: Any, like: Any, rows: int, columns: int, low: int, high: int, align: str
) -> tuple[Any, int]:
    """Finds where the elements of diagonals low..high are in the flattened matrix; see `_diagonal_places`.

    Returns:
        A row of positions for each diagonal, -1 where it is filled up, and the length of the longest.
    """
    longest = min(rows + min(high, 0), columns - max(low, 0))
    d = high - _numbers(xp, like, high - low + 1)[:, None]
    below, above, length, begin = _filled_up(xp, d, rows, columns, longest, align)
    step = _numbers(xp, like, longest)[None, :] - begin
    at = (step - below) * columns + step + above
    return xp.where((step >= 0) & (step < length), at, -xp.ones_like(at)), longest


def diagonal_places(xp: Any, like: Any, *sizes: Any) -> tuple[Any, int]:
    """The same as `_diagonal_places`; NumPy's small tables are kept."""
    known = readable(like) and sizes[0] * sizes[1] <= _SMALL
    return _known_diagonal_places(*sizes) if known else _diagonal_places(xp, like, *sizes)


def matrix_places(xp: Any, like: Any, *sizes: Any) -> tuple[Any, int]:
    """The same as `_matrix_places`; NumPy's small tables are kept."""
    known = readable(like) and sizes[0] * sizes[1] <= _SMALL
    return _known_matrix_places(*sizes) if known else _matrix_places(xp, like, *sizes)


@functools.lru_cache(maxsize=64)
def _known_diagonal_places(*sizes: Any) -> tuple[Any, int]:
    return _diagonal_places(np, np.empty(0), *sizes)


@functools.lru_cache(maxsize=64)
def _known_matrix_places(*sizes: Any) -> tuple[Any, int]:
    return _matrix_places(np, np.empty(0), *sizes)


def _numbers(xp: Any, like: Any, count: int) -> Any:
    from array_api_compat import device

    return xp.arange(count, dtype=xp.int64, device=device(like))


def _check_range(low: int, high: int, rows: int, columns: int) -> None:
    """Refuses diagonals that a matrix has not; the main one is allowed of an empty matrix, too."""
    for at, which in ((low, "lower"), (high, "upper")):
        if at and not -rows < at < columns:
            raise ValueError(
                f"{which}_diag_index is out of bound: {at}. It must be between {-rows} and {columns}"
            )
    if low > high:
        raise ValueError(f"lower_diag_index must not be larger than upper_diag_index: {low} > {high}")


def spread_diagonals(xp: Any, flat: Any, at: Any, elsewhere: Any) -> Any:
    """Elements of `flat`, by its last dimension, at the places `at`; others where it is -1."""
    there = at >= 0
    if not flat.shape[-1]:
        return xp.where(xp.broadcast_to(there, (*flat.shape[:-1], *at.shape)), elsewhere, elsewhere)
    taken = xp.take(flat, xp.reshape(xp.where(there, at, xp.zeros_like(at)), (-1,)), axis=-1)
    return xp.where(there, xp.reshape(taken, (*flat.shape[:-1], *at.shape)), elsewhere)


def _flat_diagonals(xp: Any, diagonal: Any, count: int) -> Any:
    if count == 1:
        return diagonal
    return xp.reshape(diagonal, (*diagonal.shape[:-2], math.prod(diagonal.shape[-2:])))


def _diag_kernel(xp: Any, align: str = "RIGHT_LEFT") -> Any:
    def make(diagonal: Any, k: Any, num_rows: Any, num_cols: Any, padding_value: Any) -> Any:
        low, high = diagonal_range(k)
        least_rows, least_columns = diagonal.shape[-1] - min(high, 0), diagonal.shape[-1] + max(low, 0)
        rows, columns = int(num_rows.item()), int(num_cols.item())
        if rows == -1 and columns == -1:
            rows = columns = max(least_rows, least_columns)
        rows, columns = least_rows if rows == -1 else rows, least_columns if columns == -1 else columns
        at, _ = diagonal_places(xp, diagonal, rows, columns, low, high, align)
        return spread_diagonals(xp, _flat_diagonals(xp, diagonal, high - low + 1), at, padding_value)

    return make


_matrix_diag = define_op(
    "MatrixDiagV3",
    tensor("diagonal"),
    tensor("k", (dtypes.int32,), None, host=True),
    tensor("num_rows", (dtypes.int32,), None, host=True),
    tensor("num_cols", (dtypes.int32,), None, host=True),
    tensor("padding_value"),
    kernel=_diag_kernel,
    attributes=(attr("align", str),),
)


def _typed(value: Any, like: Any) -> Any:
    if isinstance(value, (Tensor, Variable)):
        return value
    return np.asarray(own_items(value), like.dtype.base_dtype.as_numpy_dtype)


@v1("matrix_diag", "linalg.diag")
def matrix_diag(
    diagonal: Any, name: str | None = "diag", k: Any = 0, num_rows: Any = -1, num_cols: Any = -1,
    padding_value: Any = 0, align: str = "RIGHT_LEFT",
) -> Tensor:  # fmt: skip
    """Makes matrices with given diagonals.

    Args:
        diagonal: A tensor `[..., n]`, or `[..., diagonals, n]` for several diagonals.
        name: The operation's name.
        k: Which diagonal: 0 is the main one, positive ones are above; two numbers stand for all between.
        num_rows: The number of rows; as few as do by default.
        num_cols: The number of columns; as few as do by default.
        padding_value: What is elsewhere.
        align: On which side shorter diagonals are filled up, above and below the main one.

    Returns:
        A tensor `[..., rows, columns]`.
    """
    x = convert_to_tensor(diagonal)
    return _matrix_diag(
        x,
        index_array(k),
        index_array(num_rows),
        index_array(num_cols),
        _typed(padding_value, x),
        align=align,
        name=name,
    )


def _part_kernel(xp: Any, align: str = "RIGHT_LEFT") -> Any:
    def read(x: Any, k: Any, padding_value: Any) -> Any:
        low, high = diagonal_range(k)
        rows, columns = x.shape[-2:]
        _check_range(low, high, rows, columns)
        at, longest = matrix_places(xp, x, rows, columns, low, high, align)
        shape = (longest,) if low == high else (high - low + 1, longest)
        flat = xp.reshape(x, (*x.shape[:-2], rows * columns))
        if not rows * columns:
            return nothing(xp, x, (*x.shape[:-2], *shape))
        return spread_diagonals(xp, flat, xp.reshape(at, shape), padding_value)

    return read


_matrix_diag_part = define_op(
    "MatrixDiagPartV3", tensor("input"), tensor("k", (dtypes.int32,), None, host=True),
    tensor("padding_value"), kernel=_part_kernel,
    attributes=(attr("align", str),),
)  # fmt: skip


@v1("matrix_diag_part", "linalg.diag_part")
def matrix_diag_part(
    input: Any, name: str | None = "diag_part", k: Any = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT"
) -> Tensor:
    """Reads diagonals of matrices.

    Args:
        input: A tensor `[..., rows, columns]`.
        name: The operation's name.
        k: Which diagonal: 0 is the main one, positive ones are above; two numbers stand for all between.
        padding_value: What shorter diagonals are filled up with.
        align: On which side they are, above and below the main one.

    Returns:
        A tensor `[..., n]`, or `[..., diagonals, n]` for several diagonals.
    """
    x = convert_to_tensor(input)
    return _matrix_diag_part(x, index_array(k), _typed(padding_value, x), align=align, name=name)


def _set_kernel(xp: Any, align: str = "RIGHT_LEFT") -> Any:
    def put(x: Any, diagonal: Any, k: Any) -> Any:
        low, high = diagonal_range(k)
        _check_range(low, high, *x.shape[-2:])
        at, longest = diagonal_places(xp, x, x.shape[-2], x.shape[-1], low, high, align)
        wanted = (*x.shape[:-2], *([high - low + 1] if high > low else []), longest)
        if tuple(diagonal.shape) != wanted:
            raise ValueError(
                "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[-1] is "
                f"not the longest diagonal: it is {list(diagonal.shape)}, and has to be {list(wanted)}"
            )
        if 0 in x.shape:
            return x
        return spread_diagonals(xp, _flat_diagonals(xp, diagonal, high - low + 1), at, x)

    return put


_matrix_set_diag = define_op(
    "MatrixSetDiagV3", tensor("input"), tensor("diagonal"), tensor("k", (dtypes.int32,), None, host=True),
    kernel=_set_kernel,
    attributes=(attr("align", str),),
)  # fmt: skip


@v1("matrix_set_diag", "linalg.set_diag")
def matrix_set_diag(
    input: Any, diagonal: Any, name: str | None = "set_diag", k: Any = 0, align: str = "RIGHT_LEFT"
) -> Tensor:
    """Gives a copy of matrices with diagonals set.

    Args:
        input: A tensor `[..., rows, columns]`.
        diagonal: A tensor `[..., n]`, or `[..., diagonals, n]` for several diagonals.
        name: The operation's name.
        k: Which diagonal: 0 is the main one, positive ones are above; two numbers stand for all between.
        align: On which side shorter diagonals are filled up, above and below the main one.

    Returns:
        A tensor with the dtype and shape of `input`.
    """
    x = convert_to_tensor(input)
    return _matrix_set_diag(x, _typed(diagonal, x), index_array(k), align=align, name=name)


def _band_kernel(xp: Any) -> Any:
    def keep(x: Any, num_lower: Any, num_upper: Any) -> Any:
        low, high = int(num_lower.item()), int(num_upper.item())
        for bound, size, what in ((low, x.shape[-2], "lower"), (high, x.shape[-1], "upper")):
            if bound > size:
                named = "rows" if what == "lower" else "columns"
                raise ValueError(
                    f"num_{what} must be negative or less or equal to number of {named} ({size}) got: {bound}"
                )
        if low >= 0:
            x = xp.triu(x, k=-low)
        return xp.tril(x, k=high) if high >= 0 else x

    return keep


_band_part = define_op(
    "MatrixBandPart", tensor("input"), index("num_lower", attr="Tindex"), index("num_upper", attr="Tindex"),
    kernel=_band_kernel,
)  # fmt: skip


@v1("matrix_band_part", "linalg.band_part")
@direct(_band_part)
def matrix_band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Tensor:
    """Gives a copy of matrices with all but a band about the diagonal set to 0.

    Args:
        input: A tensor `[..., rows, columns]`.
        num_lower: How many diagonals below the main one stay; all if negative.
        num_upper: How many diagonals above the main one stay; all if negative.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `input`.
    """
    return _band_part(input, num_lower, num_upper, name=name)


@v1("eye", "linalg.eye")
def eye(
    num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: DTypeLike = dtypes.float32,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Makes identity matrices.

    Args:
        num_rows: The number of rows.
        num_columns: The number of columns; as many by default.
        batch_shape: The shape of the batch of them; one by default.
        dtype: The dtype.
        name: The operation's name.

    Returns:
        A tensor `batch_shape + [num_rows, num_columns]`.

    >>> import scopetrie as tf
    >>> tf.eye(3)
    <tf.Tensor 'eye/diag:0' shape=(3, 3) dtype=float32>
    """
    made = as_dtype(dtype)
    with name_scope(name, "eye", [num_rows, num_columns, batch_shape]):
        columns = num_rows if num_columns is None else num_columns
        fixed = isinstance(num_rows, (int, np.integer)) and isinstance(columns, (int, np.integer))
        square = num_columns is None or (fixed and num_rows == num_columns)
        if not fixed:
            from ..elementwise.arithmetic import minimum

            shortest: Any = num_rows if square else minimum(num_rows, columns)
        else:
            shortest = min(num_rows, columns)
        lead: Any = [] if batch_shape is None else batch_shape
        if isinstance(lead, Tensor) or not fixed:
            lead = convert_to_tensor(index_array(lead), name="shape")
            ends = [[shortest]], [num_rows, columns]
            diagonal_shape: Any = concat([lead, ends[0][0]], 0)
            shape: Any = None if square else concat([lead, ends[1]], 0)
        else:
            sizes = [int(each) for each in lead]
            diagonal_shape, shape = [*sizes, shortest], [*sizes, num_rows, columns]
        elements = ones(diagonal_shape, dtype=made)
        return matrix_diag(elements) if square else matrix_set_diag(zeros(shape, dtype=made), elements)


@v1("trace", "linalg.trace")
def trace(x: Any, name: str | None = None) -> Tensor:
    """The sums of the diagonals of matrices.

    Args:
        x: A tensor `[..., rows, columns]`.
        name: The operation's name.

    Returns:
        A tensor `[...]`.
    """
    with name_scope(name, "Trace", [x]) as scope:
        return reduce_sum(matrix_diag_part(convert_to_tensor(x, name="x")), [-1], name=scope)
