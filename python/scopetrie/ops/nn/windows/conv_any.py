"""Convolutions by the rank of the input, and dilated ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...._core import name_scope
from ....graph import Tensor
from ....public import v1
from ...array.dims import renamed
from ...constant import convert_to_tensor
from .conv import conv1d, conv2d, conv3d
from .dilated import with_holes


@v1("nn.convolution")
def convolution(
    input: Any, filter: Any = None, padding: Any = None, strides: Any = None, dilation_rate: Any = None,
    name: str | None = None, data_format: str | None = None, filters: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves sequences, images or volumes, as the input's rank says.

    Args:
        input: A tensor `[N, spatial..., C]`, or `[N, C, spatial...]` for a format that begins with "NC".
        filter: A tensor `[spatial..., C, D]` of the same dtype.
        padding: "SAME" or "VALID".
        strides: Steps, one for each spatial dimension.
        dilation_rate: Distances between the filter's entries, one for each spatial dimension.
        name: The operation's name.
        data_format: The order of the dimensions; channels last by default.
        filters: Another name of `filter`.
        dilations: Another name of `dilation_rate`.

    Returns:
        A tensor of the input's rank.

    Raises:
        ValueError: If the rank is neither of 3, 4 and 5.
    """
    filter = renamed(filter, "filter", filters, "filters")
    gaps = renamed(dilation_rate, "dilation_rate", dilations, "dilations")
    with name_scope(name, "convolution", [input, filter]) as scope:
        tensor = convert_to_tensor(input, name="input")
        taps = convert_to_tensor(filter, name="filter")
        rank = len(tensor._dims) if tensor._dims is not None else len(taps._dims or ())
        if rank not in (3, 4, 5):
            raise ValueError(f"convolution: the input must be of rank 3, 4 or 5, not {rank}")
        convolve, last, first = _BY_RANK[rank]
        order = first if data_format and data_format.startswith("NC") else last
        if gaps is None or max(gaps) <= 1:
            return convolve(tensor, taps, strides, padding, data_format=order, dilations=gaps, name=scope)

        def convolved(image: Tensor, border: Any) -> Tensor:
            return convolve(image, taps, strides, border, data_format=order, name=scope)

        return with_holes(tensor, list(gaps), padding, convolved, taps.shape, data_format=order)


_BY_RANK: Final[dict[int, tuple[Callable[..., Tensor], str, str]]] = {
    3: (conv1d, "NWC", "NCW"),
    4: (conv2d, "NHWC", "NCHW"),
    5: (conv3d, "NDHWC", "NCDHW"),
}


@v1("nn.atrous_conv2d")
def atrous_conv2d(value: Any, filters: Any, rate: int, padding: Any, name: str | None = None) -> Tensor:
    """Convolves images with a filter with holes.

    Args:
        value: A tensor `[N, H, W, C]`.
        filters: A tensor `[h, w, C, D]`.
        rate: The distance between the filter's entries.
        padding: "SAME" or "VALID".
        name: The operation's name.

    Returns:
        A tensor `[N, H', W', D]`.
    """
    return convolution(value, filters, padding, dilation_rate=[rate, rate], name=name)
