"""Where the largest and the smallest elements are."""

from __future__ import annotations

import math
from typing import Any

from ... import dtypes
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..array.dims import renamed
from ..declare import INDICES, ORDERED, SHORT_INDICES, attr, index, tensor
from ..direct import direct, given
from ..elementwise.cast import namespace_dtype
from ..faults import check_choice_of_dtype
from ..registry import Kernel, define_op


def _arg_kernel(function: str) -> Kernel:
    def kernel(xp: Any, output_type: DType = dtypes.int64) -> Any:
        find, made = getattr(xp, function), namespace_dtype(xp, output_type)
        worst = -math.inf if function == "argmax" else math.inf
        floats = ("real floating",)

        def place(x: Any, axis: Any) -> Any:
            along, rank = int(axis.item()), len(x.shape)
            if not -rank <= along < rank:
                raise ValueError(f"Expected dimension in the range [{-rank}, {rank}), but got {along}")
            if x.shape[along] == 0:
                raise ValueError(f"Reduction axis {along} is empty in shape {list(x.shape)}")
            if xp.isdtype(x.dtype, "bool"):
                x = xp.astype(x, xp.int8)
            elif xp.isdtype(x.dtype, floats):  # as v1: what is no number is no extreme
                x = xp.where(xp.isnan(x), xp.full_like(x, worst), x)
            return xp.astype(find(x, axis=along), made, copy=False)

        return place

    return kernel


_ARG_INPUTS = (tensor("input", (*ORDERED, dtypes.bool)), index("dimension", SHORT_INDICES))
_ARG_TYPE = (attr("output_type", DType, dtypes.int64),)
_argmax = define_op("ArgMax", *_ARG_INPUTS, kernel=_arg_kernel("argmax"), attributes=_ARG_TYPE)
_argmin = define_op("ArgMin", *_ARG_INPUTS, kernel=_arg_kernel("argmin"), attributes=_ARG_TYPE)


_LARGEST_TYPES = (dtypes.int16, dtypes.uint16, *INDICES)


@v1("argmax", "math.argmax")
@direct(_argmax, axis=given(1, default=0))
def argmax(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: DTypeLike = dtypes.int64,
) -> Tensor:
    """The position of the largest element along a dimension; of the first, if there are several.

    Args:
        input: A tensor of real numbers.
        axis: The dimension, 0 by default.
        name: The operation's name.
        dimension: Deprecated name of `axis`.
        output_type: int32 or int64.

    Returns:
        A tensor of one rank less.

    Raises:
        ValueError: If the dimension is out of range.
    """
    axis = renamed(axis, "axis", dimension, "dimension")
    made = check_choice_of_dtype(as_dtype(output_type), _LARGEST_TYPES, "output_type")
    return _argmax(input, 0 if axis is None else axis, output_type=made, name=name)


@v1("argmin", "math.argmin")
@direct(_argmin, axis=given(1, default=0))
def argmin(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: DTypeLike = dtypes.int64,
) -> Tensor:
    """The position of the smallest element along a dimension; of the first, if there are several.

    Args:
        input: A tensor of real numbers.
        axis: The dimension, 0 by default.
        name: The operation's name.
        dimension: Deprecated name of `axis`.
        output_type: int32 or int64.

    Returns:
        A tensor of one rank less.

    Raises:
        ValueError: If the dimension is out of range.
    """
    axis = renamed(axis, "axis", dimension, "dimension")
    made = check_choice_of_dtype(as_dtype(output_type), INDICES, "output_type")
    return _argmin(input, 0 if axis is None else axis, output_type=made, name=name)


@v1("arg_max")
def arg_max(
    input: Any, dimension: Any, output_type: DTypeLike = dtypes.int64, name: str | None = None
) -> Tensor:
    """As `argmax`, under its first name.

    Args:
        input: A tensor of real numbers.
        dimension: The dimension.
        output_type: int32 or int64.
        name: The operation's name.

    Returns:
        A tensor of one rank less.

    Raises:
        ValueError: If the dimension is out of range.
    """
    return argmax(input, dimension, name=name, output_type=output_type)


@v1("arg_min")
def arg_min(
    input: Any, dimension: Any, output_type: DTypeLike = dtypes.int64, name: str | None = None
) -> Tensor:
    """As `argmin`, under its first name.

    Args:
        input: A tensor of real numbers.
        dimension: The dimension.
        output_type: int32 or int64.
        name: The operation's name.

    Returns:
        A tensor of one rank less.

    Raises:
        ValueError: If the dimension is out of range.
    """
    return argmin(input, dimension, name=name, output_type=output_type)
