"""Ops that change rows or slices of variables."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._core import Variable, own_items
from ...backends import host_view
from ...graph import Tensor
from ...public import v1
from ..array.indices import check_indices, check_tuples, flat_positions, rows_of
from ..array.scatter import change_rows, scatter_rows, turns
from ..constant import index_array
from ..declare import FLOATS_HALF_FIRST, INDICES, NUMBERS, Types, attr, reference, tensor
from ..elementwise.division_kernels import real_div, refuse_zero
from ..registry import define_op

_EXTREME = (*FLOATS_HALF_FIRST, *INDICES)


def _inverted(rows: Any, how: str) -> tuple[Any, str]:
    """What is subtracted as what is added."""
    return (-rows, "add") if how == "sub" else (rows, how)


def _divide_rows(xp: Any, cell: Any, value: Any, at: Any, rows: Any) -> None:
    """Divides rows of a variable; ints as v1 does, towards zero.

    Of rows for one place, one divides after the other. Where the places are not to be seen, on a device or in
    a trace, their product divides: it rounds once more, and that of integers may wrap around.
    """
    divide, memory = real_div(xp), cell.writable()
    if not isinstance(memory, np.ndarray):
        seen = host_view(at)
        if seen is None:
            cell.assign(divide(value, scatter_rows(xp, xp.ones_like(value), at, rows, "mul")))
            return
        from array_api_compat import device

        for turn in turns(seen):
            own = xp.asarray(turn, device=device(at))
            places = xp.take(at, own)
            quotients = divide(xp.take(value, places, axis=0), xp.take(rows, own, axis=0))
            value = scatter_rows(xp, value, places, quotients, "update")
        cell.assign(value)
        return
    if memory.dtype.kind in "iu":
        refuse_zero(rows)  # before anything is changed
    for turn in turns(at):
        places = at[turn]
        memory[places] = divide(memory[places], rows[turn])


def _rows_kernel(how: str) -> Any:
    def kernel(xp: Any, state: Any, use_locking: bool = False) -> Any:
        cell = state.variable

        def scatter(indices: Any, updates: Any) -> Any:
            value = cell.read()
            outer = len(indices.shape)
            check_indices(indices, value.shape[0])
            wanted = (*indices.shape, *value.shape[1:])
            if updates.shape and tuple(updates.shape) != wanted:
                raise ValueError(
                    "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
                    f"updates.shape {list(updates.shape)}, indices.shape {list(indices.shape)}, "
                    f"params.shape {list(value.shape)}"
                )
            rows = rows_of(xp, xp.broadcast_to(updates, wanted), outer)
            at = rows_of(xp, indices, outer)
            if how == "div":
                _divide_rows(xp, cell, value, at, rows)
                return cell.view
            memory = cell.writable()
            if isinstance(memory, np.ndarray):
                change_rows(memory, at, *_inverted(rows, how))
            elif memory is not None and hasattr(xp, "scatter_into"):
                xp.scatter_into(memory, at, *_inverted(rows, how))
            else:
                cell.assign(scatter_rows(xp, value, at, *_inverted(rows, how)))
            return cell.view

        return scatter

    return kernel


def _slices_kernel(how: str) -> Any:
    def kernel(xp: Any, state: Any, use_locking: bool = False) -> Any:
        cell = state.variable

        def scatter(indices: Any, updates: Any) -> Any:
            value = cell.read()
            if not value.shape:
                raise ValueError("Output must be at least 1-D, got shape: []")
            depth, outer = indices.shape[-1], len(indices.shape) - 1
            if 0 in value.shape and not (0 in indices.shape and 0 in updates.shape):
                raise ValueError(
                    f"Indices and updates specified for empty output.  indices shape: {list(indices.shape)}"
                )
            wanted = (*indices.shape[:-1], *value.shape[depth:])
            if tuple(updates.shape) != wanted:
                raise ValueError(f"Must have updates.shape = {list(wanted)}, but got {list(updates.shape)}")
            check_tuples(indices, value.shape, "shape")
            at = rows_of(xp, flat_positions(xp, indices, value.shape), outer)
            rows = rows_of(xp, updates, outer)
            if hasattr(xp, "scatter_into"):
                xp.scatter_into(rows_of(xp, cell.writable(), depth), at, *_inverted(rows, how))
                return cell.view
            changed = scatter_rows(xp, rows_of(xp, value, depth), at, *_inverted(rows, how))
            cell.assign(xp.reshape(changed, value.shape))
            return cell.view

        return scatter

    return kernel


_DOC = """Changes {what} of a variable ({how}).

    Args:
        ref: The variable.
        indices: {indices}; {whats} may be named more than once.
        updates: A tensor {shape} of the variable's dtype.
        use_locking: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        The variable as it is after the update, as a tensor.

    Raises:
        ValueError: If the shapes do not go together.
        TypeError: If the dtypes differ, or `ref` is no variable.
    """


def _scatter(type: str, how: str, types: Types | None, locking: bool = False, slices: bool = False) -> Any:
    """A function that changes a variable in places: rows by number, or slices by tuples of indices."""
    attributes = (attr("use_locking", bool, locking),)
    op = define_op(
        type, reference("ref", types), tensor("indices", INDICES, "Tindices"), tensor("updates"),
        stateful=True, kernel=_slices_kernel(how) if slices else _rows_kernel(how),
        attributes=(attr("bad_indices_policy", str, ""), *attributes) if slices else attributes,
    )  # fmt: skip

    def scatter(
        ref: Any, indices: Any, updates: Any, use_locking: bool = locking, name: str | None = None
    ) -> Tensor:
        if not isinstance(updates, (Tensor, Variable)) and isinstance(ref, Variable):
            updates = np.asarray(own_items(updates), ref.dtype.base_dtype.as_numpy_dtype)
        return op(ref, index_array(indices), updates, use_locking=bool(use_locking), name=name)

    scatter.__name__ = scatter.__qualname__ = f"scatter_nd_{how}" if slices else f"scatter_{how}"
    scatter.__doc__ = _DOC.format(
        how=how,
        what="slices" if slices else "rows",
        whats="slices" if slices else "rows",
        indices="Tuples of indices `[..., depth]`" if slices else "The numbers of the rows, int32 or int64",
        shape="`indices.shape[:-1] + ref.shape[depth:]`"
        if slices
        else "`indices.shape + ref.shape[1:]`, or a scalar,",
    )
    return scatter


scatter_update = _scatter("ScatterUpdate", "update", None, True)
scatter_add = _scatter("ScatterAdd", "add", NUMBERS)
scatter_sub = _scatter("ScatterSub", "sub", NUMBERS)
scatter_mul = _scatter("ScatterMul", "mul", NUMBERS)
scatter_div = _scatter("ScatterDiv", "div", NUMBERS)
scatter_min = _scatter("ScatterMin", "min", _EXTREME)
scatter_max = _scatter("ScatterMax", "max", _EXTREME)
scatter_nd_update = _scatter("ScatterNdUpdate", "update", None, True, slices=True)
scatter_nd_add = _scatter("ScatterNdAdd", "add", NUMBERS, slices=True)
scatter_nd_sub = _scatter("ScatterNdSub", "sub", NUMBERS, slices=True)
scatter_add = v1("scatter_add")(scatter_add)
scatter_div = v1("scatter_div")(scatter_div)
scatter_max = v1("scatter_max")(scatter_max)
scatter_min = v1("scatter_min")(scatter_min)
scatter_mul = v1("scatter_mul")(scatter_mul)
scatter_nd_add = v1("scatter_nd_add")(scatter_nd_add)
scatter_nd_sub = v1("scatter_nd_sub")(scatter_nd_sub)
scatter_nd_update = v1("scatter_nd_update")(scatter_nd_update)
scatter_sub = v1("scatter_sub")(scatter_sub)
scatter_update = v1("scatter_update")(scatter_update)
