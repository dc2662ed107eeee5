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
from ..array.shape import reshape, shape
from ..checks import Assert
from ..constant import convert_to_tensor, index_array
from ..declare import INDICES, attr, flags, mixed, tensor
from ..registry import define_op
from .compare import clip_by_value, greater
from .divide import truediv
from .elementwise import cast, floor, multiply, subtract


def _bincount_kernel(
    xp: Any, dtype: DType, minlength: int | None = None, maxlength: int | None = None, weighted: bool = False
) -> Any:
    def count(arr: Any, *weights: Any) -> Any:
        host = np.asarray(arr).ravel()
        if host.dtype.kind == "f":
            host = host.astype(np.int32)  # as v1: counted as ints
        if maxlength is not None:
            if maxlength < 0:
                raise ValueError(f"size ({maxlength}) must be non-negative")
            keep = host < maxlength
            weights = tuple(np.asarray(each).ravel()[keep] for each in weights)
            host = host[keep]
        if host.size and host.min() < 0:
            raise ValueError("Input arr must be non-negative!")
        each = np.asarray(weights[0]).ravel() if weights else None
        # The least length gives way to the greatest, as in v1.
        counts = np.bincount(host, each, minlength=max(minlength or 0, 0))[:maxlength]
        return xp.asarray(counts.astype(dtype.as_numpy_dtype))

    return count


_bincount = define_op(
    "DenseBincount",
    tensor("input", attr="Tidx"),
    mixed("weights", attr="T"),
    rule=lambda input, weights, dtype, **attrs: (dtype, (None,)),
    kernel=_bincount_kernel,
    name="bincount",
    attributes=flags("binary_output"),
)


@v1("bincount", "math.bincount")
def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: DTypeLike = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Counts how often each number occurs.

    Args:
        arr: A tensor of ints that are not negative.
        weights: What each counts; 1 by default.
        minlength: The length that the result has at least.
        maxlength: The length that the result has at most: larger numbers are left out.
        dtype: The dtype of the counts, where there are no weights.
        name: The operation's name.

    Returns:
        A vector.
    """
    x = convert_to_tensor(index_array(arr), name="arr")
    limits = {
        key: None if value is None else int(value)
        for key, value in (("minlength", minlength), ("maxlength", maxlength))
    }
    if weights is None:
        return _bincount(x, [], dtype=as_dtype(dtype), name=name, **limits)
    y = convert_to_tensor(weights, name="weights")
    return _bincount(x, [y], dtype=y.dtype.base_dtype, weighted=True, name=name, **limits)


def _histogram_kernel(xp: Any, dtype: DType = dtypes.int32) -> Any:
    def count(values: Any, value_range: Any, nbins: Any) -> Any:
        host, bins = np.asarray(values).ravel(), int(nbins.item())
        low, high = (float(each) for each in np.asarray(value_range))
        if not low < high:
            raise ValueError(
                f"value_range should satisfy value_range[0] < value_range[1], but got '[{low}, {high}]'"
            )
        at = np.clip(np.floor((host.astype(np.float64) - low) / (high - low) * bins), 0, bins - 1).astype(
            np.int64
        )
        return xp.asarray(np.bincount(at, minlength=bins).astype(dtype.as_numpy_dtype))

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
