"""Counting: how often values occur, and in which bins they fall."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope, own_items
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor, control_dependencies
from ...public import v1
from ..array.fill import identity
from ..array.indices import readable
from ..array.scatter import scatter_rows
from ..array.shape import reshape, shape, size
from ..checks import Assert
from ..constant import constant, convert_to_tensor, index_array
from ..declare import INDICES, attr, flags, tensor
from ..elementwise.arithmetic import add, maximum, minimum, multiply, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import clip_by_value, greater
from ..elementwise.divide import truediv
from ..elementwise.unary import floor
from ..registry import define_op
from .reduce import reduce_max


def _bincount_kernel(xp: Any, binary_output: bool = False) -> Any:
    def count(numbers: Any, size: Any, weights: Any) -> Any:
        length, shape = int(size.item()), tuple(numbers.shape)
        if length < 0:
            raise ValueError(f"size ({length}) must be non-negative")
        if readable(numbers) and numbers.size and numbers.min() < 0:
            raise ValueError("Input arr must be non-negative!")
        has_weights = 0 not in weights.shape
        if has_weights and tuple(weights.shape) != shape:
            raise ValueError(
                "`weights` must be the same shape as `arr` or a length-0 `Tensor`, in which case it acts as "
                f"all weights equal to 1. Received {list(weights.shape)}"
            )
        if not readable(numbers):
            return _counts_by_scatter(
                xp, numbers, weights if has_weights else None, length, binary_output, weights
            )
        if len(shape) < 2:
            return _counts(numbers, weights, length, binary_output)
        own = weights if has_weights else [weights] * len(numbers)
        rows = [_counts(*pair, length, binary_output) for pair in zip(numbers, own, strict=True)]
        return np.stack(rows) if rows else np.zeros((0, length), weights.dtype)

    return count


def _counts_by_scatter(xp: Any, numbers: Any, weights: Any, length: int, binary: bool, like: Any) -> Any:
    """The counts of each row, without a look at the numbers: those too large go where it is cut off."""
    from array_api_compat import device

    rows = numbers.shape[0] if len(numbers.shape) > 1 else 1
    places = xp.reshape(xp.where(numbers < length, numbers, length), (rows, -1))
    start = xp.arange(rows, dtype=places.dtype, device=device(places))[:, None] * (length + 1)
    one = (
        xp.ones_like(places, dtype=like.dtype)
        if weights is None or binary
        else xp.reshape(weights, (rows, -1))
    )
    out = xp.zeros((rows * (length + 1),), dtype=like.dtype, device=device(places))
    at = xp.reshape(places + start, (-1,))
    out = scatter_rows(xp, out, at, xp.reshape(one, (-1,)), "update" if binary else "add")
    out = xp.reshape(out, (rows, length + 1))[:, :length]
    return out if len(numbers.shape) > 1 else xp.reshape(out, (length,))


def _counts(numbers: Any, weights: Any, length: int, binary: bool) -> Any:
    flat = numbers.ravel()
    keep = flat < length
    if binary:
        out = np.zeros(length, weights.dtype)
        out[flat[keep]] = 1
        return out
    if not weights.size:
        return np.bincount(flat[keep], minlength=length).astype(weights.dtype)
    out = np.zeros(length, weights.dtype)  # in the weights' own dtype: large ints are no floats
    np.add.at(out, flat[keep], weights.ravel()[keep])
    return out


_bincount = define_op(
    "DenseBincount",
    tensor("input", INDICES, attr="Tidx"),
    tensor("size", attr="Tidx", host=True),
    tensor("weights", (*INDICES, dtypes.float32, dtypes.float64)),
    kernel=_bincount_kernel,
    attributes=flags("binary_output"),
)


@v1("bincount", "math.bincount")
def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: DTypeLike = dtypes.int32,
) -> Tensor:
    """Counts how often each number occurs.

    Args:
        arr: A tensor of numbers that are not negative; floats are cut off.
        weights: What each counts; 1 by default.
        minlength: The length that the result has at least.
        maxlength: The length that the result has at most: larger numbers are left out.
        dtype: The dtype of the counts, where there are no weights.

    Returns:
        A vector.

    Raises:
        TypeError: If a dtype is none that can be counted or added up.
        ValueError: If `minlength` or `maxlength` is a tensor of another dtype.
    """
    with name_scope("bincount"):
        x = convert_to_tensor(index_array(arr), name="arr")
        each = None if weights is None else convert_to_tensor(weights, name="weights")
        if not x.dtype.is_integer:
            x = cast(x, dtypes.int32)
        kind = x.dtype.base_dtype
        some = greater(size(x), 0)
        length = multiply(cast(some, kind), add(reduce_max(x), 1, name="add"), name="mul")
        if minlength is not None:
            length = maximum(convert_to_tensor(minlength, kind, name="minlength"), length)
        if maxlength is not None:
            length = minimum(convert_to_tensor(maxlength, kind, name="maxlength"), length)
        if each is not None:
            each = reshape(each, [-1])
        flat = reshape(x, [-1])
        if each is None:
            each = constant([], dtype=as_dtype(dtype))
        return _bincount(flat, length, each)


def _histogram_kernel(xp: Any, dtype: DType = dtypes.int32) -> Any:
    def count(values: Any, value_range: Any, nbins: Any) -> Any:
        bins = int(nbins.item())
        low, high = (float(each) for each in value_range)
        if not low < high:
            raise ValueError(
                f"value_range should satisfy value_range[0] < value_range[1], but got '[{low}, {high}]'"
            )
        flat = xp.reshape(xp.astype(values, xp.float64), (-1,))
        at = xp.astype(xp.clip(xp.floor((flat - low) / (high - low) * bins), 0, bins - 1), xp.int64)
        if readable(at):
            return np.bincount(at, minlength=bins).astype(dtype.as_numpy_dtype)
        kind = getattr(xp, dtype.name)
        start = xp.zeros_like(at[:1], dtype=kind)
        start = xp.broadcast_to(start, (bins,)) if flat.shape[0] else xp.zeros((bins,), dtype=kind)
        return scatter_rows(xp, start, at, xp.ones_like(at, dtype=kind), "add")

    return count


_histogram = define_op(
    "HistogramFixedWidth", tensor("values", (*INDICES, dtypes.float32, dtypes.float64)),
    tensor("value_range", host=True), tensor("nbins", (dtypes.int32,), None, host=True),
    name="histogram_fixed_width", kernel=_histogram_kernel,
    attributes=(attr("dtype", DType),),
)  # fmt: skip


@v1("histogram_fixed_width")
def histogram_fixed_width(
    values: Any, value_range: Any, nbins: Any = 100, dtype: DTypeLike = dtypes.int32, name: str | None = None
) -> Tensor:
    """Counts values in bins of equal width; what lies outside counts in the first or the last one.

    Args:
        values: A tensor of numbers.
        value_range: Where the bins begin and end, two numbers of the same dtype.
        nbins: How many bins.
        dtype: The dtype of the counts.
        name: The operation's name.

    Returns:
        A vector of `nbins` counts.
    """
    x = convert_to_tensor(values, name="values")
    ends = (
        value_range
        if isinstance(value_range, Tensor)
        else np.asarray(own_items(value_range), x.dtype.as_numpy_dtype)
    )
    return _histogram(x, ends, index_array(nbins), dtype=as_dtype(dtype), name=name)


@v1("histogram_fixed_width_bins")
def histogram_fixed_width_bins(
    values: Any, value_range: Any, nbins: Any = 100, dtype: DTypeLike = dtypes.int32, name: str | None = None
) -> Tensor:
    """The bins, of equal width, that values fall into; the first or the last one for what lies outside.

    Args:
        values: A tensor of numbers.
        value_range: Where the bins begin and end, two numbers of the same dtype.
        nbins: How many bins.
        dtype: The dtype of the bins' numbers.
        name: The operations' scope.

    Returns:
        A tensor with the shape of `values`.

    Raises:
        InvalidArgumentError: When run, if there are no bins.
    """
    with name_scope(name, "histogram_fixed_width_bins", [values, value_range, nbins]):
        x = convert_to_tensor(values, name="values")
        sizes = shape(x)
        flat = reshape(x, [-1])
        ends = convert_to_tensor(value_range, name="value_range")
        bins = convert_to_tensor(nbins, dtype=dtypes.int32, name="nbins")
        check = Assert(greater(bins, 0), [f"nbins {nbins} must be > 0"])
        with control_dependencies([check]):
            bins = identity(bins, name="control_dependency")
        count = cast(bins, flat.dtype)
        scaled = truediv(
            subtract(flat, ends[0], name="sub"), subtract(ends[1], ends[0], name="sub"), name="scaled_values"
        )
        at = floor(multiply(count, scaled, name="mul"), name="indices")
        at = clip_by_value(at, 0, subtract(count, 1, name="sub"))
        return reshape(cast(at, as_dtype(dtype)), sizes)
