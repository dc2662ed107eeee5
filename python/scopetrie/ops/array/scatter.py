"""Scattering: slices put at tuples of indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from ..._core import add_rows
from ...backends.segments import running
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor, index_array
from ..declare import SHORT_INDICES, attr, index, tensor
from ..registry import define_op
from .indices import check_tuples, count_up, flat_positions, rows_of, zeros_beside

_NOTE = 'supported: indices out of range are an error, `bad_indices_policy="IGNORE"` is refused'


def scatter_rows(xp: Any, flat: Any, at: Any, rows: Any, how: str) -> Any:
    """Gives `flat` with rows changed at positions along its first dimension, which may repeat.

    `how` is "update" to put `rows` there, "add", "mul", "min" or "max" to combine them with what is there.
    NumPy has unbuffered updates (`ufunc.at`), and a backend may have its own.
    """
    if hasattr(xp, "scatter"):
        return xp.scatter(flat, at, rows, how)
    if isinstance(flat, np.ndarray):
        out = flat.copy()
        change_rows(out, at, rows, how)
        return out
    return _by_sorting(xp, flat, at, rows, how)


def _by_sorting(xp: Any, flat: Any, at: Any, rows: Any, how: str) -> Any:
    """The same by functions of the standard, without a look at the positions: in order, each once."""
    count = flat.shape[0]
    if 0 in rows.shape or not count:
        return flat
    order = xp.argsort(at, stable=True)
    at, rows = xp.take(at, order), xp.take(rows, order, axis=0)
    combine = {"add": xp.add, "mul": xp.multiply, "min": xp.minimum, "max": xp.maximum}.get(how)
    if combine is not None:
        rows = running(xp, combine, rows, at)
    places = count_up(xp, at, count)
    ends = xp.searchsorted(at, places, side="right") - 1  # the last row for each place
    ends = xp.where(ends < 0, xp.zeros_like(ends), ends)
    found = xp.reshape(xp.take(at, ends) == places, (count, *(1,) * (len(flat.shape) - 1)))
    new = xp.take(rows, ends, axis=0)
    return xp.where(found, new if combine is None else combine(flat, new), flat)


def change_rows(out: np.ndarray[Any, Any], at: Any, rows: Any, how: str) -> None:
    """Changes rows of NumPy's array in place; see `scatter_rows`."""
    if how == "update":
        out[at] = rows
    elif how == "add" and _added_in_order(out, at, rows):
        return
    elif how == "add" and out.ndim > 1 and out.dtype.kind in "fc":
        _add_rows(out, at, rows)
    else:
        ufunc: Any = {"add": np.add, "mul": np.multiply, "min": np.minimum, "max": np.maximum}[how]
        ufunc.at(out, at, rows)


def _added_in_order(out: Any, at: Any, rows: Any) -> bool:
    """Adds rows of floats or doubles one after the other; returns whether the arrays are such."""
    if out.dtype.char not in "fd" or rows.dtype != out.dtype or at.dtype.char not in "ilq":
        return False
    if not out.flags.carray or at.ndim != 1 or rows.shape != (len(at), *out.shape[1:]):
        return False
    if np.may_share_memory(out, rows):
        rows = rows.copy()
    try:
        add_rows(out, np.require(at, requirements=["C", "A"]), np.require(rows, requirements=["C", "A"]))
    except IndexError:  # before anything is changed
        return False
    return True


# Rows of one position that are added one after the other; more are summed first.
_TURNS: Final = 8


def _add_rows(out: Any, at: Any, rows: Any) -> None:
    """Adds rows, of different positions at a time, which takes less time than `numpy.add.at`."""
    order, firsts, counts = _repeated(at)
    if len(firsts) == len(at):
        out[at] += rows
    elif counts.max() > _TURNS:
        out[at[order[firsts]]] += np.add.reduceat(rows[order], firsts, axis=0)
    else:
        for turn in turns(at):
            out[at[turn]] += rows[turn]


def _repeated(at: Any) -> tuple[Any, Any, Any]:
    """The order that sorts positions; where in it each position comes first, and how often it comes."""
    order = np.argsort(at, kind="stable")
    begins = np.ones(len(at), bool)
    np.not_equal(at[order[1:]], at[order[:-1]], out=begins[1:])
    firsts = np.flatnonzero(begins)
    return order, firsts, np.diff(firsts, append=len(at))


def turns(at: Any) -> Iterator[Any]:
    """Which of some positions to take at a time, so that no two are the same: each's first, and so on."""
    order, firsts, counts = _repeated(at)
    for turn in range(counts.max(initial=0)):
        yield order[firsts[counts > turn] + turn]


def _scattered(xp: Any, target: Any, indices: Any, updates: Any, how: str) -> Any:
    depth, outer = indices.shape[-1], len(indices.shape) - 1
    if 0 in target.shape and not (0 in indices.shape and 0 in updates.shape):
        raise ValueError("Indices and updates specified for empty output shape")
    wanted = (*indices.shape[:-1], *target.shape[depth:])
    if tuple(updates.shape) != wanted:
        raise ValueError(f"Must have updates.shape = {list(wanted)}, but got {list(updates.shape)}")
    check_tuples(indices, target.shape, "shape")
    at = rows_of(xp, flat_positions(xp, indices, target.shape), outer)
    rows = rows_of(xp, updates, outer)
    return xp.reshape(scatter_rows(xp, rows_of(xp, target, depth), at, rows, how), target.shape)


def _scatter_nd_kernel(xp: Any) -> Any:
    def scatter(indices: Any, updates: Any, shape: Any) -> Any:
        sizes = tuple(shape.tolist())
        if any(size < 0 for size in sizes):
            raise ValueError(f"Invalid shape: {list(sizes)}")
        return _scattered(xp, zeros_beside(xp, updates, sizes), indices, updates, "add")

    return scatter


_scatter_nd = define_op(
    "ScatterNd", index("indices", SHORT_INDICES, "Tindices", host=False), tensor("updates"),
    index("shape", SHORT_INDICES, "Tindices"), kernel=_scatter_nd_kernel,
    attributes=(attr("bad_indices_policy", str, ""),),
)  # fmt: skip


@v1("scatter_nd")
def scatter_nd(
    indices: Any, updates: Any, shape: Any, bad_indices_policy: str = "", name: str | None = None
) -> Tensor:
    """Adds slices into a tensor of zeros at tuples of indices.

    Args:
        indices: A tensor of tuples `[..., depth]`.
        updates: The slices, `indices.shape[:-1] + shape[depth:]`.
        shape: The shape of the result.
        bad_indices_policy: Accepted for v1's sake; indices out of range are errors.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `updates`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    return _scatter_nd(indices, updates, shape, name=name)


def _tensor_scatter(type: str, how: str) -> Callable[..., Tensor]:
    def kernel(xp: Any) -> Any:
        if how == "sub":
            return lambda x, indices, updates: _scattered(xp, x, indices, -updates, "add")
        return lambda x, indices, updates: _scattered(xp, x, indices, updates, how)

    op = define_op(
        type, tensor("tensor"), tensor("indices", SHORT_INDICES, "Tindices"), tensor("updates"),
        kernel=kernel, attributes=(attr("bad_indices_policy", str, ""),),
    )  # fmt: skip

    def scatter(
        tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = "", name: str | None = None
    ) -> Tensor:
        if bad_indices_policy not in ("", "DEFAULT", "ERROR"):
            raise NotImplementedError(
                f"{scatter.__name__}: indices out of range are an error; "
                f"bad_indices_policy={bad_indices_policy!r} is not supported"
            )
        tensor = convert_to_tensor(tensor, name="tensor")
        return op(tensor, index_array(indices), updates, name=name)

    scatter.__name__ = scatter.__qualname__ = f"tensor_scatter_nd_{how}"
    scatter.__doc__ = f"""Gives a copy of a tensor with slices changed ({how}) at tuples of indices.

    Args:
        tensor: A tensor.
        indices: A tensor of tuples `[..., depth]`.
        updates: The slices, `indices.shape[:-1] + tensor.shape[depth:]`.
        bad_indices_policy: What becomes of indices out of range; they are an error here.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `tensor`.

    Raises:
        ValueError: If the shapes do not go together.
        NotImplementedError: If indices out of range are to be passed over.
    """
    return scatter


_update = _tensor_scatter("TensorScatterUpdate", "update")


@v1("tensor_scatter_nd_update", "tensor_scatter_update")
def tensor_scatter_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """Gives a copy of a tensor with slices replaced at tuples of indices.

    Args:
        tensor: A tensor.
        indices: A tensor of tuples `[..., depth]`.
        updates: The slices, `indices.shape[:-1] + tensor.shape[depth:]`.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `tensor`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    return _update(tensor, indices, updates, name=name)


tensor_scatter_nd_add = tensor_scatter_add = _tensor_scatter("TensorScatterAdd", "add")
tensor_scatter_nd_sub = tensor_scatter_sub = _tensor_scatter("TensorScatterSub", "sub")
tensor_scatter_nd_min = tensor_scatter_min = _tensor_scatter("TensorScatterMin", "min")
tensor_scatter_nd_max = tensor_scatter_max = _tensor_scatter("TensorScatterMax", "max")
tensor_scatter_add = v1(
    "tensor_scatter_add",
    note=_NOTE,
)(tensor_scatter_add)
tensor_scatter_nd_add = v1(
    "tensor_scatter_nd_add",
    note=_NOTE,
)(tensor_scatter_nd_add)
tensor_scatter_nd_max = v1(
    "tensor_scatter_nd_max",
    note=_NOTE,
)(tensor_scatter_nd_max)
tensor_scatter_nd_min = v1(
    "tensor_scatter_nd_min",
    note=_NOTE,
)(tensor_scatter_nd_min)
tensor_scatter_nd_sub = v1(
    "tensor_scatter_nd_sub",
    note=_NOTE,
)(tensor_scatter_nd_sub)
tensor_scatter_sub = v1(
    "tensor_scatter_sub",
    note=_NOTE,
)(tensor_scatter_sub)
