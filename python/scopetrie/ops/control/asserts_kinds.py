"""Assertions of ranks and dtypes among several, and of what can be iterated."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope
from ...dtypes import DType, as_dtype
from ...graph import Operation, Tensor
from ...public import v1
from ..array.shape import rank, shape
from ..checks import Assert
from ..constant import convert_to_tensor
from ..elementwise.compare import equal, logical_or
from ..folding import constant_value
from .asserts import assert_type
from .flow import no_op

__all__ = ["assert_proper_iterable", "assert_rank_in", "assert_same_float_dtype"]


@v1("assert_rank_in", "debugging.assert_rank_in")
def assert_rank_in(
    x: Any, ranks: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """Asserts that a tensor has one of several ranks.

    Args:
        x: A tensor.
        ranks: Ints, or scalars.
        data: What to print in the error.
        summarize: How many elements to print of each.
        message: What the error begins with.
        name: The operations' scope.

    Returns:
        An operation that fails if it does not hold.

    Raises:
        ValueError: If it is known not to hold.
    """
    with name_scope(name, "assert_rank_in", [x, *ranks]):
        tensor = convert_to_tensor(x, name="x")
        wanted = [convert_to_tensor(each, name="rank") for each in ranks]
        shape(tensor)  # v1 leaves this node, too
        for each in wanted:
            assert_type(each, dtypes.int32)
        numbers = [constant_value(each) for each in wanted]
        prefix = f"{message}.  " if message else ""
        if tensor._dims is not None and all(number is not None for number in numbers):
            known = tuple(int(number) for number in numbers)  # type: ignore[arg-type]
            if len(tensor._dims) not in known:
                raise ValueError(
                    f"{prefix}Tensor {tensor.name} must have rank in {known}.  "
                    f"Received rank {len(tensor._dims)}, shape {tensor.shape}"
                )
            return no_op(name="static_checks_determined_all_ok")
        found = rank(tensor)
        fits = reduce(logical_or, [equal(found, each) for each in wanted])
        fault = f"{prefix}Tensor {tensor.name} must have rank in"
        shown = [fault, *wanted] if data is None else list(data)
        return Assert(fits, shown, summarize=summarize)


@v1("assert_same_float_dtype", "debugging.assert_same_float_dtype")
def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> DType:
    """Asserts that tensors have one dtype, and a dtype of floats.

    Args:
        tensors: Tensors; None among them is passed over.
        dtype: The dtype that they should have.

    Returns:
        The dtype; float32 if there is nothing to tell it by.

    Raises:
        ValueError: If they have not, or it is none of floats.
    """
    wanted = None if dtype is None else as_dtype(dtype).base_dtype
    first = None
    for each in tensors or []:
        if each is None:
            continue
        found = each.dtype.base_dtype
        if wanted is None:
            wanted, first = found, each
        elif found is not wanted:
            of = f" as {first.name}" if first is not None else ""
            raise ValueError(f"{each.name}, type={found}, must be of the same type ({wanted}){of}.")
    wanted = wanted or dtypes.float32
    if not wanted.is_floating:
        raise ValueError(f"Expected floating point type, got {wanted}.")
    return wanted


@v1("assert_proper_iterable", "debugging.assert_proper_iterable")
def assert_proper_iterable(values: Any) -> None:
    """Asserts that a value is a list or the like: neither a tensor, an array nor a string.

    Args:
        values: The value.

    Raises:
        TypeError: If it is not.
    """
    if isinstance(values, (Tensor, np.ndarray, bytes, str)):
        raise TypeError(f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}')
    if not isinstance(values, Iterable):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')
