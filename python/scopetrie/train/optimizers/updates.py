"""Ops that change a variable and its slots by a gradient: of the whole, or of some rows.

An update is a function written once against the array API. With arrays that can be changed in place it is
applied block by block, so that what it makes on the way stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from ..._core import OpFunction
from ...backends import host_view
from ...errors import InvalidArgumentError
from ...graph import Tensor
from ...ops.array.indices import check_indices
from ...ops.array.scatter import scatter_rows
from ...ops.declare import INDICES, Input, attr, reference, tensor
from ...ops.registry import Spec, define_op

# `update(xp, grad, numbers, variable, *slots)` returns the new values of the variable and the slots.
# `numbers` are the other inputs of the node, scalars.
Update: TypeAlias = Callable[..., Sequence[Any]]
# `fused(xp, grad, numbers, variable, *slots)` changes NumPy's arrays, C-contiguous and apart from each
# other, and returns whether it did: it may be made for some dtypes only.
Fused: TypeAlias = Callable[..., bool]

# Elements of a block: a handful of blocks of float32 fit into a cache.
_BLOCK: Final = 1 << 16


class Updates(NamedTuple):
    """The nodes of an update.

    Attributes:
        dense: Takes the gradient of the whole variable.
        sparse: Takes the gradient of some rows, and `indices` as the last input.
    """

    dense: OpFunction[Tensor]
    sparse: OpFunction[Tensor]


def define_updates(
    type: str, inputs: str, update: Update, flag: str = "", longs: tuple[str, ...] = (),
    fused: Fused | None = None, in_one_pass: str = "",
) -> Updates:  # fmt: skip
    """Defines the two ops of an update.

    Args:
        type: What follows "Apply" in v1's names of the types.
        inputs: The names of the inputs in v1's order, the variable's and the slots' in capitals; one is
            `grad`.
        update: The update; see `Update`. Where there is a flag, it is given as a keyword.
        flag: The name of a boolean attribute.
        longs: The names of inputs that are int64.
        fused: The same in place, in one pass over memory, where the namespace has a function for it.
        in_one_pass: The name of such a function that takes variable and slots, the gradient, the numbers and
            the flag, instead of `fused`.

    Returns:
        The ops.
    """
    words = inputs.split()
    declared: list[Input] = []
    for word in words:
        if word.isupper():
            declared.append(reference(word.lower()))
        else:
            where = False if word == "grad" else None  # numbers come from where they are
            declared.append(tensor(word, attr=None if word in longs else "T", host=where))
    attributes = (attr("use_locking", bool, False), *((attr(flag, bool, False),) if flag else ()))
    at = [word for word in words if not word.isupper()].index("grad")
    if in_one_pass:
        fused = _fused(in_one_pass, flag)
    dense: OpFunction[Tensor] = define_op(
        f"Apply{type}", *declared, rule=_rule, kernel=_dense_kernel(update, at, fused), stateful=True,
        attributes=attributes,
    )  # fmt: skip
    rows = tensor("indices", INDICES, "Tindices")
    sparse: OpFunction[Tensor] = define_op(
        f"SparseApply{type}", *declared, rows, rule=_rule, kernel=_sparse_kernel(update, at), stateful=True,
        attributes=attributes,
    )  # fmt: skip
    return Updates(dense, sparse)


def _fused(name: str, flag: str) -> Fused:
    def change(xp: Any, grad: Any, numbers: Any, *memory: Any, **flags: bool) -> bool:
        if memory[0].dtype.char not in "fd":
            return False
        flagged = (flags.get(flag, False),) if flag else ()
        getattr(xp, name)(*memory, np.ascontiguousarray(grad), *numbers, *flagged)
        return True

    return change


def _rule(variable: Tensor, *rest: Any, **attrs: Any) -> Spec:
    return variable.dtype.base_dtype, variable._dims


def _dense_kernel(update: Update, at: int, fused: Fused | None) -> Callable[..., Any]:
    def kernel(xp: Any, state: Any, use_locking: bool = False, **flags: bool) -> Any:
        cells, on_host = state.variables, state.backend.on_host

        def apply(*given: Any) -> Any:
            grad, numbers = given[at], (*given[:at], *given[at + 1 :])
            if not on_host:
                numbers = tuple(map(state.backend.number, numbers))
            memory = [cell.writable() for cell in cells]
            values = [cell.view for cell in cells]
            if grad.shape != values[0].shape:
                raise InvalidArgumentError(
                    None, None,
                    f"var and grad do not have the same shape{list(values[0].shape)} {list(grad.shape)}",
                )  # fmt: skip
            if not all(isinstance(each, np.ndarray) and each.flags.c_contiguous for each in memory):
                # All of them first: an assignment may change what the others are computed of.
                made = list(update(xp, grad, numbers, *values, **flags))
                for cell, new in zip(cells, made, strict=True):
                    cell.assign(new)
            else:
                if any(np.may_share_memory(grad, each) for each in memory):
                    grad = grad.copy()  # none of it must be changed before it is used
                if fused is None or not fused(xp, grad, numbers, *memory, **flags):
                    _in_blocks(xp, update, grad, numbers, memory, flags)
            return cells[0].view

        return apply

    return kernel


def _in_blocks(
    xp: Any, update: Update, grad: Any, numbers: Any, memory: list[Any], flags: dict[str, bool]
) -> None:
    """Applies an update to NumPy's arrays in place."""
    size = memory[0].size
    numbers = [np.asarray(each)[()] for each in numbers]
    flat = [each.reshape(-1) for each in memory]
    grad = grad.reshape(-1)
    for first in range(0, size, _BLOCK):
        part = slice(first, first + _BLOCK)
        blocks = [each[part] for each in flat]
        for block, new in zip(blocks, update(xp, grad[part], numbers, *blocks, **flags), strict=True):
            block[...] = new


def _sparse_kernel(update: Update, at: int) -> Callable[..., Any]:
    def kernel(xp: Any, state: Any, use_locking: bool = False, **flags: bool) -> Any:
        cells, on_host = state.variables, state.backend.on_host

        def apply(*given: Any) -> Any:
            *given_numbers, indices = given
            grad = given_numbers.pop(at)
            if not on_host:
                given_numbers = list(map(state.backend.number, given_numbers))
            memory = [cell.writable() for cell in cells]
            values = [cell.view for cell in cells]
            wanted = (*indices.shape, *values[0].shape[1:])
            if tuple(grad.shape) != wanted:
                raise InvalidArgumentError(
                    None, None,
                    f"grad must have the shape of the rows of var {list(wanted)}, not {list(grad.shape)}",
                )  # fmt: skip
            if 0 in wanted:
                return cells[0].view
            check_indices(indices, values[0].shape[0])
            parts = [xp.take(each, indices, axis=0) for each in values]
            made = update(xp, grad, given_numbers, *parts, **flags)
            for cell, array, part, new in zip(cells, memory, parts, made, strict=True):
                if array is None:
                    cell.assign(scatter_rows(xp, cell.view, indices, new - part, "add"))
                else:
                    array[indices] = new
            return cells[0].view

        return apply

    return kernel


def power(xp: Any, x: Any, exponent: Any) -> Any:
    """An array to the power of a scalar, which is one half mostly."""
    return xp.sqrt(x) if host_view(exponent) == 0.5 else xp.pow(x, exponent)


def shrunk(xp: Any, x: Any, by: Any) -> Any:
    """An array whose elements are drawn to 0 by an amount, not beyond it."""
    size = xp.abs(x) - by
    return xp.sign(x) * xp.where(size > 0, size, xp.zeros_like(size))
