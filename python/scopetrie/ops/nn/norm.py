"""Normalization: moments, batch normalization, and of vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, Variable, name_scope
from ...graph import Tensor
from ...public import v1
from ..array.dims import renamed, squeeze
from ..array.fill import stop_gradient, zeros_like
from ..constant import constant, convert_to_tensor
from ..declare import attr, tensor
from ..elementwise.arithmetic import add, maximum, multiply, squared_difference, subtract
from ..elementwise.cast import cast
from ..elementwise.complex import complex, imag, real
from ..elementwise.divide import div_no_nan
from ..elementwise.unary import negative, reciprocal, rsqrt, square
from ..math.reduce import reduce_mean, reduce_sum
from ..registry import define_op
from .windows.window import TO_FIRST, TO_LAST


@v1("nn.moments")
def moments(
    x: Any, axes: Any, shift: Any = None, name: str | None = None, keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The mean and the variance along dimensions.

    Args:
        x: A tensor of floats.
        axes: The dimensions.
        shift: Accepted for v1's sake.
        name: The operations' scope.
        keep_dims: Deprecated name of `keepdims`.
        keepdims: Whether reduced dimensions stay, with size 1.

    Returns:
        The mean and the variance; those of float16 are computed in float32.
    """
    keep = bool(renamed(keepdims, "keepdims", keep_dims, "keep_dims"))
    with name_scope(name, "moments", [x, axes]):
        tensor = convert_to_tensor(x, name="x")
        half = tensor.dtype.base_dtype is dtypes.float16
        y = cast(tensor, dtypes.float32) if half else tensor
        mean = reduce_mean(y, axes, keepdims=True, name="mean")
        variance = reduce_mean(
            squared_difference(y, stop_gradient(mean)), axes, keepdims=True, name="variance"
        )
        if not keep:
            mean, variance = squeeze(mean, _as_list(axes)), squeeze(variance, _as_list(axes))
        return (cast(mean, dtypes.float16), cast(variance, dtypes.float16)) if half else (mean, variance)


def _as_list(axes: Any) -> Any:
    if axes is None:
        return None
    if isinstance(axes, (Tensor, Variable)):
        raise TypeError(f"Expected list for 'axis' argument to 'squeeze' Op, not {axes!r}.")
    return [axes] if isinstance(axes, int) else list(axes)


@v1("nn.weighted_moments")
def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, name: str | None = None, keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The mean and the variance along dimensions, of elements that count with weights.

    Args:
        x: A tensor of floats.
        axes: The dimensions.
        frequency_weights: The weights; they broadcast to `x`.
        name: The operations' scope.
        keep_dims: Deprecated name of `keepdims`.
        keepdims: Whether reduced dimensions stay, with size 1.

    Returns:
        The mean and the variance.
    """
    keep = bool(renamed(keepdims, "keepdims", keep_dims, "keep_dims"))
    with name_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        y = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(frequency_weights, name="frequency_weights")
        short = y.dtype.base_dtype is dtypes.float16
        if short:  # as v1: computed in float32
            y = cast(y, dtypes.float32)
        weights = cast(weights, y.dtype.base_dtype)
        total = reduce_sum(multiply(weights, y, name="mul"), axes, name="weighted_input_sum", keepdims=True)
        spread_weights = add(weights, zeros_like(y), name="add")
        sums = reduce_sum(spread_weights, axes, name="sum_of_weights", keepdims=True)
        mean = div_no_nan(total, sums)
        distances = multiply(weights, squared_difference(y, mean), name="mul")
        variance = div_no_nan(reduce_sum(distances, axes, name="weighted_distsq", keepdims=True), sums)
        if not keep:
            mean, variance = squeeze(mean, _as_list(axes)), squeeze(variance, _as_list(axes))
        if short:
            mean, variance = cast(mean, dtypes.float16), cast(variance, dtypes.float16)
        return mean, variance


@v1("nn.sufficient_statistics")
def sufficient_statistics(
    x: Any, axes: Any, shift: Any = None, keep_dims: bool | None = None, name: str | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:  # fmt: skip
    """Count, sum and sum of squares along dimensions, which `normalize_moments` makes moments of.

    Args:
        x: A tensor of floats.
        axes: The dimensions.
        shift: What to subtract from the elements first, close to their mean.
        keep_dims: Deprecated name of `keepdims`.
        name: The operations' scope.
        keepdims: Whether reduced dimensions stay, with size 1.

    Returns:
        The count, the sum, the sum of squares, and the shift.
    """
    keep = bool(renamed(keepdims, "keepdims", keep_dims, "keep_dims"))
    listed = sorted({axes} if isinstance(axes, int) else set(axes))
    with name_scope(name, "sufficient_statistics", [x, shift]):
        y = convert_to_tensor(x, name="x")
        dims = y._dims
        outside = [axis for axis in listed if dims is not None and not -len(dims) <= axis < len(dims)]
        if outside:
            raise ValueError(f"axes {outside} are out of range: x has the rank {len(dims or ())}")
        if dims is not None and all(dims[axis] is not None for axis in listed):
            number = np.prod([dims[axis] for axis in listed], dtype=np.int64)
            count = constant(np.asarray(number, y.dtype.base_dtype.as_numpy_dtype))
        else:
            from ..array.gather import gather
            from ..array.shape import shape
            from ..math.reduce import reduce_prod

            count = reduce_prod(cast(gather(shape(y), listed), y.dtype.base_dtype), name="count")
        if shift is None:
            first, second = y, square(y)
        else:
            shift = convert_to_tensor(shift, name="shift")
            first, second = subtract(y, shift, name="sub"), squared_difference(y, shift)
        means = reduce_sum(first, listed, keepdims=keep, name="mean_ss")
        squares = reduce_sum(second, listed, keepdims=keep, name="var_ss")
        return count, means, squares, shift


@v1("nn.normalize_moments")
def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """The mean and the variance that sufficient statistics stand for.

    Args:
        counts: How many elements.
        mean_ss: Their (shifted) sum.
        variance_ss: Their (shifted) sum of squares.
        shift: The shift, or None.
        name: The operations' scope.

    Returns:
        The mean and the variance.
    """
    with name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = reciprocal(counts, name="divisor")
        if shift is not None:
            offset = multiply(mean_ss, divisor, name="shifted_mean")
            mean = add(offset, shift, name="mean")
        else:
            offset = mean = multiply(mean_ss, divisor, name="mean")
        variance = subtract(multiply(variance_ss, divisor), square(offset), name="variance")
        return mean, variance


@v1("nn.batch_normalization")
def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any, name: str | None = None
) -> Tensor:
    """Scale (x - mean) / sqrt(variance + epsilon) + offset.

    Args:
        x: A tensor of floats.
        mean: The mean; it broadcasts to `x`.
        variance: The variance, likewise.
        offset: The offset, likewise, or None.
        scale: The scale, likewise, or None.
        variance_epsilon: A small number that keeps the divisor from 0.
        name: The operations' scope.

    Returns:
        A tensor with the dtype and shape of `x`.
    """
    with name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        factor = rsqrt(add(variance, variance_epsilon, name="add"))
        if scale is not None:
            factor = multiply(factor, scale, name="mul")
        scaled = multiply(x, factor, name="mul")
        moved = multiply(mean, factor, name="mul")
        return add(
            scaled, negative(moved) if offset is None else subtract(offset, moved, name="sub"), name="add"
        )


@v1("nn.batch_norm_with_global_normalization")
def batch_norm_with_global_normalization(
    t: Any = None, m: Any = None, v: Any = None, beta: Any = None, gamma: Any = None,
    variance_epsilon: Any = None, scale_after_normalization: Any = None, name: str | None = None,
    input: Any = None, mean: Any = None, variance: Any = None,
) -> Tensor:  # fmt: skip
    """As `batch_normalization`, under its first name.

    Args:
        t: A tensor of floats.
        m: The mean.
        v: The variance.
        beta: The offset.
        gamma: The scale.
        variance_epsilon: A small number that keeps the divisor from 0.
        scale_after_normalization: Whether to scale.
        name: The operations' scope.
        input: Another name of `t`.
        mean: Another name of `m`.
        variance: Another name of `v`.

    Returns:
        A tensor with the dtype and shape of `t`.
    """
    return batch_normalization(
        renamed(t, "t", input, "input"), renamed(m, "m", mean, "mean"), renamed(v, "v", variance, "variance"),
        beta, gamma if scale_after_normalization else None, variance_epsilon, name,
    )  # fmt: skip


def channels_in_one_pass(xp: Any, scale: Any) -> bool:
    """Whether the namespace normalizes channels in one pass: NumPy's floats."""
    return hasattr(xp, "normalize_channels") and scale.dtype.char == "f"


def _batch_moments(xp: Any, y: Any, in_rows: bool) -> tuple[Any, Any]:
    """The mean and the variance of each channel."""
    over = tuple(range(len(y.shape) - 1))
    if not in_rows or not y.size:
        mean = xp.mean(y, axis=over)
        return mean, xp.mean(xp.square(y - mean), axis=over)
    mean, variance = (np.empty(y.shape[-1:], y.dtype) for _ in range(2))
    xp.channel_moments(np.ascontiguousarray(y), mean, variance)
    return mean, variance


def _fused_kernel(
    xp: Any, epsilon: float = 1e-4, exponential_avg_factor: float = 1.0, data_format: str = "NHWC",
    is_training: bool = True,
) -> Any:  # fmt: skip
    def normalize(x: Any, scale: Any, offset: Any, mean: Any, variance: Any) -> Any:
        first = data_format.startswith("NC")
        y = xp.permute_dims(x, TO_LAST[len(x.shape)]) if first else x
        y = xp.astype(y, scale.dtype, copy=False)
        if tuple(scale.shape) != tuple(y.shape[-1:]):
            raise ValueError(f"scale must have the same number of elements as channels: {scale.shape}")
        out_mean, out_variance = mean, variance
        in_rows = channels_in_one_pass(xp, scale)
        if is_training:
            count = 1
            for size in y.shape[:-1]:
                count *= size
            batch_mean, batch_variance = _batch_moments(xp, y, in_rows)
            unbiased = batch_variance * (count / max(count - 1, 1))
            out_mean, out_variance = batch_mean, unbiased
            if exponential_avg_factor != 1.0:
                keep = 1 - exponential_avg_factor
                out_mean = mean * keep + batch_mean * exponential_avg_factor
                out_variance = variance * keep + unbiased * exponential_avg_factor
        else:
            batch_mean, batch_variance = mean, variance
        factor = scale / xp.sqrt(batch_variance + epsilon)
        if in_rows:
            made = np.empty(y.shape, y.dtype)
            given = [np.ascontiguousarray(each) for each in (y, batch_mean, factor, offset)]
            xp.normalize_channels(*given, made)
            y = made
        else:
            y = (y - batch_mean) * factor + offset
        y = xp.astype(y, x.dtype, copy=False)
        if first:
            y = xp.permute_dims(y, TO_FIRST[len(y.shape)])
        return y, out_mean, out_variance, batch_mean, batch_variance, xp.zeros((0,), dtype=scale.dtype)

    return normalize


_fused: OpFunction[list[Tensor]] = define_op(
    "FusedBatchNormV3",
    tensor("x", (dtypes.float16, dtypes.bfloat16, dtypes.float32)),
    tensor("scale", attr="U"),
    tensor("offset", attr="U"),
    tensor("mean", attr="U"),
    tensor("variance", attr="U"),
    kernel=_fused_kernel,
    attributes=(
        attr("data_format", str),
        attr("epsilon", float),
        attr("exponential_avg_factor", float),
        attr("is_training", bool),
    ),
)


@v1("nn.fused_batch_norm")
def fused_batch_norm(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any = None,
    variance: Any = None,
    epsilon: float = 0.001,
    data_format: str = "NHWC",
    is_training: bool = True,
    name: str | None = None,
    exponential_avg_factor: float = 1.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """Normalizes each channel of images by its own mean and variance, in one node.

    Args:
        x: A tensor `[N, H, W, C]`, or `[N, C, H, W]` for "NCHW".
        scale: A tensor `[C]`.
        offset: A tensor `[C]`.
        mean: The mean to use, or to average the batch's with.
        variance: The variance to use, or to average the batch's with.
        epsilon: A small number that keeps the divisor from 0.
        data_format: "NHWC" or "NCHW".
        is_training: Whether to use the batch's own mean and variance.
        name: The operation's name.
        exponential_avg_factor: The weight of the batch in the running averages.

    Returns:
        The normalized tensor, the (running) mean and the (running) variance.

    Raises:
        ValueError: If mean and variance are missing where they are needed.
    """
    if (not is_training or exponential_avg_factor != 1.0) and (mean is None or variance is None):
        raise ValueError(
            "Both `mean` and `variance` must be a 1D tensor when `is_training` is False or "
            f"`exponential_avg_factor` != 1.0. Received: `mean` {mean!r} and `variance` {variance!r}"
        )
    mean = constant(np.zeros((0,), np.float32)) if mean is None else mean
    variance = constant(np.zeros((0,), np.float32)) if variance is None else variance
    out = _fused(
        x, scale, offset, mean, variance, epsilon=float(epsilon), data_format=data_format,
        is_training=bool(is_training), exponential_avg_factor=float(exponential_avg_factor), name=name,
    )  # fmt: skip
    return out[0], out[1], out[2]


@v1("linalg.l2_normalize", "math.l2_normalize", "nn.l2_normalize")
def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Tensor:
    """X / sqrt(max(sum(x squared), epsilon)) along dimensions.

    Args:
        x: A tensor of floats.
        axis: The dimension, or a list of them; all if left out.
        epsilon: What the sum is at least.
        name: The operation's name.
        dim: Deprecated name of `axis`.

    Returns:
        A tensor with the dtype and shape of `x`.
    """
    axis = renamed(axis, "axis", dim, "dim")
    with name_scope(name, "l2_normalize", [x]) as scope:
        y = convert_to_tensor(x, name="x")
        if y.dtype.is_complex:
            parts = real(y), imag(y)
            total = reduce_sum(add(square(parts[0]), square(parts[1])), axis, keepdims=True)
            inverse = rsqrt(maximum(total, epsilon))
            return complex(multiply(parts[0], inverse), multiply(parts[1], inverse), name=scope)
        total = reduce_sum(square(y), axis, keepdims=True)
        return multiply(y, rsqrt(maximum(total, epsilon)), name=scope)
