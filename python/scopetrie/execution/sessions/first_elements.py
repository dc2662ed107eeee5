"""First elements of stores that the core does not make: those of a program's function, or of operations."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._core import own_items
from ...dtypes import as_dtype
from ...graph import Graph, Tensor
from ...initializers import Initializer
from ...scopes.asking import takes
from .default import Session

__all__ = ["make_elements"]


def make_elements(
    initializer: Any, shape: tuple[int, ...], dtype: np.dtype[Any], path: str, seed: int, part: Any
) -> np.ndarray[Any, Any]:
    """Calls an initializer for a variable's elements.

    Args:
        initializer: A function of a shape and a dtype, or an initializer that makes a tensor.
        shape: The variable's shape.
        dtype: Its dtype.
        path: Its path.
        seed: The seed of its store.
        part: The PartitionInfo of a part of a variable, for an initializer that takes it; None of others.

    Returns:
        An array of this shape; its dtype converts to the variable's.

    Raises:
        ValueError: If what the initializer gives has another shape.
        TypeError: If its dtype does not convert.
    """
    if isinstance(initializer, type):
        initializer = initializer()
    try:
        if isinstance(initializer, Initializer):
            value = _of_operations(initializer, shape, dtype, path, seed, part)
        elif part is not None and takes(initializer, "partition_info", False):
            value = np.asarray(own_items(initializer(shape, dtype, partition_info=part)))
        else:
            value = np.asarray(own_items(initializer(shape, dtype)))
    except Exception as error:
        error.add_note(f"(raised by the initializer of the variable {path!r})")
        raise
    if value.shape != shape:
        raise ValueError(
            f"the initializer of the variable {path!r} gave elements of shape {value.shape}, not {shape}"
        )
    if not np.can_cast(value.dtype, dtype, "same_kind"):
        raise TypeError(
            f"the initializer of the variable {path!r} gave elements of dtype {value.dtype}, which do not "
            f"convert to {dtype}"
        )
    return value


def _of_operations(
    initializer: Initializer, shape: tuple[int, ...], dtype: np.dtype[Any], path: str, seed: int, part: Any
) -> np.ndarray[Any, Any]:
    """Runs the operations of an initializer, in a graph of their own that the store and the path seed."""
    with Graph().as_default() as graph:
        graph.seed = hash_of(path, seed)
        told = () if part is None else (part,)
        tensor = initializer(list(shape), as_dtype(dtype), *told)
        if not isinstance(tensor, Tensor):
            return np.asarray(own_items(tensor))
        with Session(graph=graph) as session:
            return np.asarray(session.run(tensor))


def hash_of(path: str, seed: int) -> int:
    """A seed below 2**31 of a path and a seed."""
    mixed = seed
    for byte in path.encode():
        mixed = (mixed ^ byte) * 0x100_0000_01B3 % 2**64
    return (mixed ^ mixed >> 32) % 2**31
