"""Convolutions by the rank of the input, and dilated ones."""

from __future__ import annotations

from typing import Any

from ..graph import Tensor
from .array_dims import renamed
from .constant import convert_to_tensor
from .nn_conv import conv1d, conv2d, conv3d


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
    tensor = convert_to_tensor(input)
    taps = convert_to_tensor(filter)
    rank = len(tensor._dims) if tensor._dims is not None else len(taps._dims or ())
    if rank not in (3, 4, 5):
        raise ValueError(f"convolution: the input must be of rank 3, 4 or 5, not {rank}")
    first = bool(data_format and data_format.startswith("NC"))
    if rank == 3:
        return conv1d(
            tensor, taps, strides, padding, data_format="NCW" if first else "NWC", dilations=gaps, name=name
        )
    if rank == 4:
        return conv2d(
            tensor, taps, strides, padding, data_format="NCHW" if first else "NHWC", dilations=gaps,
            name=name or "convolution",
        )  # fmt: skip
    return conv3d(
        tensor, taps, strides, padding, data_format="NCDHW" if first else "NDHWC", dilations=gaps,
        name=name or "convolution",
    )  # fmt: skip


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
