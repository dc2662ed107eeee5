"""Reductions: sums, means and extremes along dimensions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope, sum_channels
from ...dtypes import DTypeLike
from ...graph import Tensor
from ...public import v1
from ..array.dims import renamed
from ..array.fill import stop_gradient, zeros
from ..array.shape import rank, reshape, shape_internal
from ..constant import constant, convert_to_tensor, index_array
from ..declare import BOOL, FLOATS_HALF_FIRST, NUMBERS, ORDERED, Types, axes, flags, tensor
from ..direct import OWN, attribute, direct
from ..elementwise.arithmetic import add, multiply, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import is_finite, not_equal, where_v2
from ..elementwise.division_kernels import truncated_quotient
from ..elementwise.unary import exp, log, sqrt, square
from ..registry import Kernel, define_op
from .sequence import range_

_REDUCE_DOC = """{summary} along dimensions.

    Args:
        input_tensor: A tensor of {types}.
        axis: A dimension or a list of them; all if left out.
        keepdims: Whether reduced dimensions stay, with size 1.
        name: The operation's name.
        reduction_indices: Deprecated name of `axis`.
        keep_dims: Deprecated name of `keepdims`.

    Returns:
        A tensor with the dtype of `input_tensor`.

    Raises:
        ValueError: If a dimension is out of range, or an argument is given under both names.
        TypeError: If `input_tensor` has another dtype.
    """


def axes_of(axes: Any) -> tuple[int, ...]:
    """The axes in a host array: a scalar or a vector."""
    listed = axes.tolist()
    return (listed,) if isinstance(listed, int) else tuple(listed)


# NumPy adds rows of so few channels one after the other, which takes ten times as long as the additions.
_FEW_CHANNELS: Final = 64
_MANY: Final = 4096


def summed_along(xp: Any, x: Any, along: tuple[int, ...], keep_dims: bool) -> Any:
    """The sum along dimensions, with the dtype of `x`."""
    # dtype: the standard would widen small integers, v1 does not
    if isinstance(x, np.ndarray):
        if x.size >= _MANY and _is_of_channels(x, along):
            made = np.empty(x.shape[-1], x.dtype)
            sum_channels(x, made)
            return made.reshape((1,) * len(along) + made.shape) if keep_dims else made
        # Past NumPy's wrapper, which costs as much as some hundred elements.
        reduce: Any = np.add.reduce
        return reduce(x, axis=along, dtype=x.dtype, keepdims=keep_dims)
    return xp.sum(x, axis=along, keepdims=keep_dims, dtype=x.dtype)


def _is_of_channels(x: Any, along: tuple[int, ...]) -> bool:
    """Whether a sum is of all dimensions but the last one, which has few entries."""
    rank = x.ndim
    return (
        len(along) == rank - 1 > 0
        and x.shape[-1] <= _FEW_CHANNELS
        and x.dtype.char == "f"
        and x.flags.c_contiguous
        and {axis % rank for axis in along} == set(range(rank - 1))
    )


def _sum_kernel(xp: Any, keep_dims: bool = False) -> Any:
    return lambda x, axes: summed_along(xp, x, axes_of(axes), keep_dims)


def _prod_kernel(xp: Any, keep_dims: bool = False) -> Any:
    return lambda x, axes: xp.prod(x, axis=axes_of(axes), keepdims=keep_dims, dtype=x.dtype)


def _mean_kernel(xp: Any, keep_dims: bool = False) -> Any:
    def mean(x: Any, axes: Any) -> Any:
        along = axes_of(axes)
        if isinstance(x, np.ndarray) and x.dtype.char in "fd" and x.size:
            total = summed_along(xp, x, along, keep_dims)
            return total / x.dtype.type(x.size // max(1, total.size))
        if xp.isdtype(x.dtype, ("real floating", "complex floating")):
            if 0 in x.shape:  # the mean of nothing is not a number, and libraries warn of it
                return xp.sum(x, axis=along, keepdims=keep_dims) * float("nan")
            return xp.mean(x, axis=along, keepdims=keep_dims)
        count = math.prod(x.shape[axis] for axis in along)
        total = xp.sum(x, axis=along, keepdims=keep_dims, dtype=_wide(xp, x.dtype))
        if count:
            total = truncated_quotient(xp, total, xp.full_like(total, count))
        return xp.astype(total, x.dtype)

    return mean


def _wide(xp: Any, dtype: Any) -> Any:
    """The dtype in which ints are added up for a mean."""
    return xp.uint64 if xp.isdtype(dtype, "unsigned integer") else xp.int64


def _extreme_kernel(largest: bool) -> Kernel:
    def kernel(xp: Any, keep_dims: bool = False) -> Any:
        function = xp.max if largest else xp.min

        def extreme(x: Any, axes: Any) -> Any:
            along = axes_of(axes)
            if any(x.shape[axis] == 0 for axis in along):  # of nothing: the value that all others beat
                shape = [1 if at in [a % len(x.shape) for a in along] else n for at, n in enumerate(x.shape)]
                out = xp.full(tuple(shape), _least(xp, x.dtype, largest), dtype=x.dtype)
                return out if keep_dims else xp.squeeze(out, axis=along)
            return function(x, axis=along, keepdims=keep_dims)

        return extreme

    return kernel


def _least(xp: Any, dtype: Any, largest: bool) -> Any:
    if xp.isdtype(dtype, "real floating"):
        return float("-inf") if largest else float("inf")
    limits = xp.iinfo(dtype)
    return limits.min if largest else limits.max


def _logic_kernel(function: str) -> Kernel:
    def kernel(xp: Any, keep_dims: bool = False) -> Any:
        reduce = getattr(xp, function)
        return lambda x, axes: reduce(x, axis=axes_of(axes), keepdims=keep_dims)

    return kernel


def _norm_kernel(xp: Any, keep_dims: bool = False) -> Any:
    def norm(x: Any, axes: Any) -> Any:
        size = xp.abs(x)
        # Small ints wrap, as in v1, wherever they are added up.
        total = xp.sum(size * size, axis=axes_of(axes), keepdims=keep_dims, dtype=size.dtype)
        if xp.isdtype(total.dtype, "integral"):
            total = xp.astype(total, xp.float64)
        return xp.astype(xp.sqrt(total), x.dtype)

    return norm


def _define(type: str, kernel: Kernel, types: Types, held: str | None = "T") -> OpFunction[Tensor]:
    return define_op(
        type, tensor("input", types, held), axes("reduction_indices"),
        kernel=kernel, attributes=flags("keep_dims"),
    )  # fmt: skip


def as_index(value: Any, tensor: Any) -> Any:
    """What an index input is made of; `tensor` is the first input where the index is axes.

    v1's axes, where none are named: all of a known rank, but 0, are a constant called "Const".
    """
    if value is not None or tensor is None:
        return index_array(value)
    # A partitioned variable tells its shape, too.
    ndims = tensor.get_shape().ndims if hasattr(tensor, "get_shape") else None
    return constant(np.arange(ndims, dtype=np.int32)) if ndims else range_(0, rank(tensor))


def _reduction(op: OpFunction[Tensor], python_name: str, summary: str, types: str) -> Callable[..., Tensor]:
    def reduce(
        input_tensor: Any, axis: Any = None, keepdims: bool | None = None, name: str | None = None,
        reduction_indices: Any = None, keep_dims: bool | None = None,
    ) -> Tensor:  # fmt: skip
        if reduction_indices is not None:
            axis = renamed(axis, "axis", reduction_indices, "reduction_indices")
        if keep_dims is not None:
            keepdims = renamed(keepdims, "keepdims", keep_dims, "keep_dims")
        if keepdims:
            return op(input_tensor, axis, keep_dims=True, name=name)
        out = op(input_tensor, axis, name=name)
        if axis is None and out._dims is None:
            out.set_shape(())  # whatever the rank, nothing is left of it
        return out

    reduce.__name__ = reduce.__qualname__ = python_name
    reduce.__doc__ = _REDUCE_DOC.format(summary=summary, types=types)
    return direct(op, keepdims=attribute("keep_dims", omitted=True), keep_dims=OWN)(reduce)


_sum = _define("Sum", _sum_kernel, NUMBERS)
_mean = _define("Mean", _mean_kernel, NUMBERS)
_prod = _define("Prod", _prod_kernel, NUMBERS)
_max = _define("Max", _extreme_kernel(True), ORDERED)
_min = _define("Min", _extreme_kernel(False), ORDERED)
_any = _define("Any", _logic_kernel("any"), BOOL, None)
_all = _define("All", _logic_kernel("all"), BOOL, None)
_euclidean = _define("EuclideanNorm", _norm_kernel, NUMBERS)
reduce_sum = _reduction(_sum, "reduce_sum", "Adds elements up", "numbers")
reduce_mean = _reduction(_mean, "reduce_mean", "Averages elements (ints are rounded towards zero)", "numbers")
reduce_prod = _reduction(_prod, "reduce_prod", "Multiplies elements", "numbers")
reduce_max = _reduction(_max, "reduce_max", "Finds the largest element", "real numbers")
reduce_min = _reduction(_min, "reduce_min", "Finds the smallest element", "real numbers")
reduce_any = _reduction(_any, "reduce_any", "Whether any element is true", "booleans")
reduce_all = _reduction(_all, "reduce_all", "Whether all elements are true", "booleans")
reduce_all = v1("reduce_all", "math.reduce_all")(reduce_all)
reduce_any = v1("reduce_any", "math.reduce_any")(reduce_any)
reduce_max = v1("reduce_max", "math.reduce_max")(reduce_max)
reduce_mean = v1("reduce_mean", "math.reduce_mean")(reduce_mean)
reduce_min = v1("reduce_min", "math.reduce_min")(reduce_min)
reduce_prod = v1("reduce_prod", "math.reduce_prod")(reduce_prod)
reduce_sum = v1("reduce_sum", "math.reduce_sum")(reduce_sum)


@v1("math.reduce_euclidean_norm")
@direct(_euclidean, keepdims=attribute("keep_dims", omitted=True))
def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The square root of the sum of squares along dimensions.

    Args:
        input_tensor: A tensor of numbers.
        axis: A dimension or a list of them; all if left out.
        keepdims: Whether reduced dimensions stay, with size 1.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `input_tensor`.
    """
    if keepdims:
        return _euclidean(input_tensor, axis, keep_dims=True, name=name)
    out = _euclidean(input_tensor, axis, name=name)
    if axis is None and out._dims is None:
        out.set_shape(())
    return out


@v1("reduce_logsumexp", "math.reduce_logsumexp")
def reduce_logsumexp(
    input_tensor: Any, axis: Any = None, keepdims: bool | None = None, name: str | None = None,
    reduction_indices: Any = None, keep_dims: bool | None = None,
) -> Tensor:  # fmt: skip
    """log(sum(exp(x))) along dimensions, without overflow.

    Args:
        input_tensor: A tensor of floats.
        axis: A dimension or a list of them; all if left out.
        keepdims: Whether reduced dimensions stay, with size 1.
        name: The operation's name.
        reduction_indices: Deprecated name of `axis`.
        keep_dims: Deprecated name of `keepdims`.

    Returns:
        A tensor with the dtype of `input_tensor`.
    """
    axis = renamed(axis, "axis", reduction_indices, "reduction_indices")
    keepdims = bool(renamed(keepdims, "keepdims", keep_dims, "keep_dims"))
    with name_scope(name, "ReduceLogSumExp", [input_tensor]) as scope:
        x = convert_to_tensor(input_tensor)
        largest = reduce_max(x, axis, keepdims=True)
        zero = np.asarray(0, largest.dtype.base_dtype.as_numpy_dtype)
        shift = stop_gradient(where_v2(is_finite(largest), largest, zero))
        total = log(reduce_sum(exp(subtract(x, shift, name="Sub")), axis, keepdims=keepdims))
        if not keepdims:
            shift = reshape(shift, shape_internal(total, optimize=False))
        return add(total, shift, name=scope)


@v1("math.reduce_variance")
def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The mean squared distance from the mean along dimensions.

    Args:
        input_tensor: A tensor of floats.
        axis: A dimension or a list of them; all if left out.
        keepdims: Whether reduced dimensions stay, with size 1.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `input_tensor`.

    Raises:
        TypeError: If the input holds ints.
    """
    with name_scope(name or "reduce_variance"):
        x = convert_to_tensor(input_tensor)
        means = reduce_mean(x, axis=axis, keepdims=True)
        if means.dtype.is_integer:
            raise TypeError(f"Input must be either real or complex. Received integer type {means.dtype!r}.")
        apart = subtract(x, means, name="sub")
        if apart.dtype.is_complex:
            from ..elementwise.complex import conj, real

            squares = real(multiply(conj(apart), apart, name="mul"))
        else:
            squares = square(apart)
        return reduce_mean(squares, axis=axis, keepdims=keepdims)


@v1("math.reduce_std")
def reduce_std(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The standard deviation along dimensions.

    Args:
        input_tensor: A tensor of floats.
        axis: A dimension or a list of them; all if left out.
        keepdims: Whether reduced dimensions stay, with size 1.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `input_tensor`.
    """
    with name_scope(name or "reduce_std"):
        return sqrt(reduce_variance(convert_to_tensor(input_tensor), axis=axis, keepdims=keepdims))


@v1("count_nonzero", "math.count_nonzero")
def count_nonzero(
    input_tensor: Any = None, axis: Any = None, keepdims: bool | None = None, dtype: DTypeLike = dtypes.int64,
    name: str | None = None, reduction_indices: Any = None, keep_dims: bool | None = None, input: Any = None,
) -> Tensor:  # fmt: skip
    """Counts elements that are not zero (not empty) along dimensions.

    Args:
        input_tensor: A tensor.
        axis: A dimension or a list of them; all if left out.
        keepdims: Whether reduced dimensions stay, with size 1.
        dtype: The dtype of the counts.
        name: The operation's name.
        reduction_indices: Deprecated name of `axis`.
        keep_dims: Deprecated name of `keepdims`.
        input: Another name of `input_tensor`.

    Returns:
        A tensor of `dtype`.
    """
    keepdims = renamed(keepdims, "keepdims", keep_dims, "keep_dims")
    axis = renamed(axis, "axis", reduction_indices, "reduction_indices")
    with name_scope(name, "count_nonzero", [input_tensor]):
        x = convert_to_tensor(renamed(input_tensor, "input_tensor", input, "input"))
        zero = zeros([], dtype=x.dtype.base_dtype)
        ones_and_zeros = cast(not_equal(x, zero), dtypes.int64)
        return cast(reduce_sum(ones_and_zeros, axis=axis, keepdims=keepdims), dtype)


l2_loss = define_op(
    "L2Loss", tensor("t", FLOATS_HALF_FIRST),
    kernel=lambda xp: lambda x: xp.sum(x * x) / 2,
    doc="""Half the sum of squares of a tensor's elements.

    Args:
        t: A tensor of floats.
        name: The operation's name.

    Returns:
        A scalar.
    """,
)  # fmt: skip
l2_loss = v1("nn.l2_loss")(l2_loss)
