"""Ops that change parts of variables: `v[...].assign`, and rows within a batch."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ... import _core
from ..._core import OpFunction, Variable, name_scope, own_items
from ...graph import Tensor
from ...public import v1
from ..array.dims import expand_dims
from ..array.fill import ones_like
from ..array.join import concat
from ..array.shape import reshape, shape
from ..array.slice import MASKS, dense_key
from ..constant import convert_to_tensor
from ..declare import reference, tensor
from ..elementwise.cast import cast
from ..registry import OPS, define_op
from .scatter import scatter_nd_update


def _assign_kernel(xp: Any, state: Any, **masks: int) -> Any:
    cell = state.variable

    def change(begin: Any, end: Any, strides: Any, value: Any) -> Any:
        array = cell.read()
        key = tuple(dense_key(len(array.shape), begin.tolist(), end.tolist(), strides.tolist(), **masks))
        if hasattr(xp, "setitem"):
            array = xp.setitem(array, key, value)
        else:
            array = xp.asarray(array, copy=True)
            array[key] = value
        cell.assign(array)

    return change


_assign_slice: OpFunction[Tensor] = define_op(
    "StridedSliceAssign", reference("ref"), tensor("begin", attr="Index", host=True),
    tensor("end", attr="Index", host=True), tensor("strides", attr="Index", host=True),
    tensor("value"), kernel=_assign_kernel, stateful=True,
    attributes=MASKS,
)  # fmt: skip


def _assign_part(part: Tensor, val: Any, name: str | None = None) -> Tensor:
    """Makes a node that sets the part of a variable that `v[...]` gave.

    Args:
        part: What `v[...]` gave.
        val: The value.
        name: The node's name; `_assign`, beneath the part's own, by default.

    Returns:
        The whole variable after the change.
    """
    read, begin, end, strides = part.op.inputs
    ref = read.op.inputs[0]
    if not isinstance(val, (Tensor, Variable)):
        val = np.asarray(own_items(val), ref.dtype.base_dtype.as_numpy_dtype)
    if name is not None:
        return _assign_slice(ref, begin, end, strides, val, name=name, **part.op._attrs)
    with name_scope(f"{part.op.name}/"):
        return _assign_slice(ref, begin, end, strides, val, name="_assign", **part.op._attrs)


def _assign_of(tensor: Tensor) -> Any:
    """`v[...].assign(val, name=None)`, which sets that part of the variable; other tensors have none."""
    if tensor.op.type == "StridedSlice":
        read = tensor.op.inputs[0].op
        if read.type == "Identity" and read.inputs[0].op.type == "VariableV2":
            return partial(_assign_part, tensor)
    raise AttributeError("'Tensor' object has no attribute 'assign'")


_core.Tensor.assign = property(_assign_of)  # type: ignore[attr-defined]


@v1("batch_scatter_update")
def batch_scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Tensor:
    """Sets rows of a variable, counted within each element of a batch.

    Args:
        ref: The variable, `[..., rows, ...]`.
        indices: The numbers of the rows, `[..., n]`; all dimensions but the last are those of the batch.
        updates: The rows, of the variable's dtype.
        use_locking: Accepted for v1's sake.
        name: The name of the nodes' scope.

    Returns:
        The variable after the change.

    Raises:
        ValueError: If the rank of `indices` is not known.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    ...     session.run(v.initializer)
    ...     print(session.run(tf.batch_scatter_update(v, [[0], [1]], [[9.0], [8.0]])))
    [[9. 2.]
     [3. 8.]]
    """
    _range: Any = OPS["Range"].function
    with name_scope(name):
        at = convert_to_tensor(indices, name="indices")
        if at._dims is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        rank = len(at._dims)
        sizes = shape(at)
        rows = expand_dims(at, axis=-1)
        places = []
        for axis in range(rank - 1):
            size = sizes[axis]
            wide: list[Any] = [1] * (rank + 1)
            wide[axis] = size
            numbers = reshape(_range(0, size, 1, name="Range"), wide)
            places.append(cast(numbers, rows.dtype) * ones_like(rows))
        return scatter_nd_update(ref, concat([*places, rows], axis=-1), updates, use_locking=use_locking)  # type: ignore[no-any-return]
