"""What ops of sparse tensors share: their inputs, the order of places, and checks."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from ... import dtypes
from ...graph import Tensor
from ...shapes import TensorShape
from ..declare import Input, Types, tensor
from ..sparse_tensor import SparseTensor, unchecked

Array = np.ndarray[Any, Any]
LONG: Final = (dtypes.int64,)
MOST: Final = 2**63 - 1


def parts(prefix: str, types: Types | None = None) -> tuple[Input, Input, Input]:
    """The three inputs that are a sparse tensor."""
    return (
        tensor(f"{prefix}indices", LONG, None, host=True),
        tensor(f"{prefix}values", types, host=True),
        tensor(f"{prefix}shape", LONG, None, host=True),
    )


def rank_of(indices: Tensor, sizes: Tensor) -> int | None:
    """How many dimensions a sparse tensor has, as far as it is known."""
    if indices._dims is not None and len(indices._dims) == 2 and indices._dims[1] is not None:
        return indices._dims[1]
    return sizes._dims[0] if sizes._dims else None


def vector(values: Tensor) -> tuple[int | None]:
    """The static shape of a vector, of which at least the rank is known."""
    return (values._dims[0] if values._dims else None,)


def count_of(indices: Tensor, values: Tensor) -> int | None:
    """How many elements a sparse tensor has, as far as it is known."""
    if values._dims is not None and values._dims[0] is not None:
        return values._dims[0]
    return None if indices._dims is None else indices._dims[0]


def flat(indices: Array, sizes: Array) -> Array:
    """Tuples of indices as positions in row-major order.

    Raises:
        ValueError: If an int64 does not count the positions.
    """
    if math.prod(sizes.tolist()) > MOST:
        raise ValueError(f"shape {sizes.tolist()} has more elements than an int64 counts")
    at = np.zeros(len(indices), np.int64)
    for axis, size in enumerate(sizes.tolist()):
        at = at * size + indices[:, axis]
    return at


def unflat(at: Array, sizes: Array) -> Array:
    """Positions in row-major order as tuples of indices; as v1, the first index takes whatever is left."""
    made = np.empty((len(at), len(sizes)), np.int64)
    for axis in range(len(sizes) - 1, 0, -1):
        size = max(int(sizes[axis]), 1)
        made[:, axis] = at % size
        at = at // size
    made[:, :1] = at[:, None]
    return made


def ordinals(indices: Array, sizes: Array) -> Array:
    """Numbers that stand to each other as tuples of indices do in row-major order, whatever these are."""
    inside = len(indices) == 0 or bool(((indices >= 0) & (indices < sizes)).all())
    if inside and math.prod(sizes.tolist()) <= MOST:
        return flat(indices, sizes)
    return np.asarray(np.unique(indices, axis=0, return_inverse=True)[1]).reshape(-1)


def in_order(indices: Array, sizes: Array) -> Array:
    """What puts tuples of indices into row-major order; equal ones keep theirs."""
    return np.argsort(ordinals(indices, sizes), kind="stable")


def check_places(indices: Array, sizes: Array, *, ordered: bool = True) -> None:
    """Refuses places that are out of range, not in row-major order, or twice there.

    Raises:
        ValueError: If there is such a one; the message has the first.
    """
    if indices.ndim != 2 or indices.shape[1] != len(sizes):
        raise ValueError(f"indices.shape {list(indices.shape)} does not go with shape {sizes.tolist()}")
    outside = ((indices < 0) | (indices >= sizes)).any(axis=1)
    if outside.any():
        at = int(np.argmax(outside))
        raise ValueError(
            f"{_shown(indices, at)} is out of bounds: need 0 <= index < "
            f"[{','.join(map(str, sizes.tolist()))}]"
        )
    if not ordered or len(indices) < 2:
        return
    steps = np.diff(ordinals(indices, sizes))
    if (steps <= 0).any():
        at = int(np.argmax(steps <= 0)) + 1
        if steps[at - 1] == 0:
            raise ValueError(f"{_shown(indices, at)} is repeated")
        raise ValueError(
            f"{_shown(indices, at)} is out of order. Many sparse ops require sorted indices.\n"
            "    Use `tf.sparse.reorder` to create a correctly ordered copy.\n\n"
        )


def _shown(indices: Array, at: int) -> str:
    return f"indices[{at}] = [{','.join(map(str, indices[at].tolist()))}]"


def known_shape(shape: TensorShape, otherwise: Tensor) -> Any:
    """The shape as ints if it is known, or else a tensor that gives it."""
    return np.array(shape.as_list(), np.int64) if shape.is_fully_defined() else otherwise


def unchanged(sparse: SparseTensor, values: Tensor) -> SparseTensor:
    """Other elements in the same places."""
    return unchecked(sparse.indices, values, sparse.dense_shape, sparse._static)
