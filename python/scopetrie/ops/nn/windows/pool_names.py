"""Poolings under their later names: of sequences, and with sizes that may be one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ...._core import name_scope
from ....graph import Tensor
from ....public import v1
from ...array.dims import expand_dims, squeeze
from ...constant import convert_to_tensor
from .pool import avg_pool, avg_pool3d, max_pool, max_pool3d

__all__ = ["avg_pool1d", "avg_pool_v2", "max_pool1d", "max_pool2d", "max_pool_v2"]

_Pools: TypeAlias = dict[int, tuple[Callable[..., Tensor], str]]  # by the number of spatial dimensions


def _wide(sizes: Any, at: int) -> list[int]:
    """The sizes for images of one row, of those for sequences."""
    one = [sizes] if isinstance(sizes, int) else list(sizes)
    if len(one) == 3:
        return [*one[:at], 1, *one[at:]]
    return [1, 1, one[0], 1] if at == 1 else [1, 1, 1, one[0]]


def _pool1d(
    function: Callable[..., Tensor], title: str, input: Any, ksize: Any, strides: Any, padding: str,
    data_format: str, name: str | None,
) -> Tensor:  # fmt: skip
    with name_scope(name, title, [input]) as scope:
        rows = 1 if data_format == "NWC" else 2
        image = expand_dims(convert_to_tensor(input, name="input"), rows)
        made = function(
            image, _wide(ksize, rows), _wide(strides, rows), padding,
            data_format="NHWC" if rows == 1 else "NCHW", name=scope,
        )  # fmt: skip
        return squeeze(made, [rows])


_POOL1D_DOC = """Takes {what} of each window of sequences.

    Args:
        input: A tensor `[N, W, C]`, or `[N, C, W]` for "NCW".
        ksize: The size of the window, one number or three.
        strides: The step of the window, one number or three.
        padding: "SAME" or "VALID".
        data_format: "NWC" or "NCW".
        name: The operation's name.

    Returns:
        A tensor of the same rank and dtype.

    Raises:
        ValueError: If the window does not fit.
    """


@v1("nn.max_pool1d")
def max_pool1d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NWC", name: str | None = None
) -> Tensor:
    """Pools; see below."""
    return _pool1d(max_pool, "MaxPool1d", input, ksize, strides, padding, data_format, name)


@v1("nn.avg_pool1d")
def avg_pool1d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NWC", name: str | None = None
) -> Tensor:
    """Pools; see below."""
    return _pool1d(avg_pool, "AvgPool1D", input, ksize, strides, padding, data_format, name)


max_pool1d.__doc__ = _POOL1D_DOC.format(what="the largest element")
avg_pool1d.__doc__ = _POOL1D_DOC.format(what="the mean")


@v1("nn.max_pool2d")
def max_pool2d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC", name: str | None = None
) -> Tensor:
    """As `max_pool`, with another default name.

    Args:
        input: A tensor `[N, H, W, C]`, or `[N, C, H, W]` for "NCHW".
        ksize: Sizes of the window: one number, two or four.
        strides: Steps of the window, likewise.
        padding: "SAME", "VALID", or pairs (before, after) for each dimension.
        data_format: "NHWC" or "NCHW".
        name: The operation's name.

    Returns:
        A tensor of the same rank and dtype.

    Raises:
        ValueError: If the window does not fit.
    """
    return max_pool(
        input, ksize, strides, padding, data_format=data_format, name="MaxPool2d" if name is None else name
    )


def _pool_by_rank(
    functions: _Pools, input: Any, ksize: Any, strides: Any,
    padding: Any, data_format: str | None, name: str | None,
) -> Tensor:  # fmt: skip
    x = convert_to_tensor(input, name="input")
    if x._dims is not None:
        spatial = len(x._dims) - 2
    else:
        spatial = len(data_format) - 2 if data_format else 2
    if spatial not in functions:
        raise ValueError(
            f"`input.shape.rank` must be 3, 4 or 5. Received: input.shape={x.shape} of rank {spatial + 2}."
        )
    function, last = functions[spatial]
    return function(x, ksize, strides, padding, data_format=data_format or last, name=name)


_POOL_V2_DOC = """Takes {what} of each window of sequences, images or volumes, as the input's rank says.

    Args:
        input: A tensor `[N, spatial..., C]`, or `[N, C, spatial...]`.
        ksize: Sizes of the window, or one for all spatial dimensions.
        strides: Steps of the window, likewise.
        padding: "SAME" or "VALID".
        data_format: The order of the dimensions; channels last by default.
        name: The operation's name.

    Returns:
        A tensor of the same rank and dtype.

    Raises:
        ValueError: If the rank is neither of 3, 4 and 5, or the window does not fit.
    """


@v1("nn.max_pool_v2")
def max_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """Pools; see below."""
    known: _Pools = {1: (max_pool1d, "NWC"), 2: (max_pool2d, "NHWC"), 3: (max_pool3d, "NDHWC")}
    return _pool_by_rank(known, input, ksize, strides, padding, data_format, name)


@v1("nn.avg_pool_v2")
def avg_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """Pools; see below."""
    known: _Pools = {1: (avg_pool1d, "NWC"), 2: (avg_pool, "NHWC"), 3: (avg_pool3d, "NDHWC")}
    return _pool_by_rank(known, input, ksize, strides, padding, data_format, name)


max_pool_v2.__doc__ = _POOL_V2_DOC.format(what="the largest element")
avg_pool_v2.__doc__ = _POOL_V2_DOC.format(what="the mean")
