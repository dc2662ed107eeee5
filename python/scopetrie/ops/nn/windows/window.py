"""What convolutions and poolings share: windows that slide over the spatial dimensions of a tensor.

Kernels work on channels-last arrays `[N, spatial..., C]`; channels-first tensors are permuted on the way in
and out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple


class Geometry(NamedTuple):
    """How windows slide along the spatial dimensions: one entry for each.

    Attributes:
        strides: Steps.
        dilations: Distances between a window's entries.
        padding: "SAME", "VALID", or "EXPLICIT".
        explicit: Pairs (before, after), for "EXPLICIT".
    """

    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    padding: str
    explicit: tuple[tuple[int, int], ...] = ()


def channel_axis(data_format: str, rank: int) -> int:
    """The position of the channels: 1 for "NC...", the last one otherwise."""
    return 1 if data_format.startswith("NC") else rank - 1


def spatial_axes(data_format: str, rank: int) -> tuple[int, ...]:
    """The positions of the spatial dimensions."""
    return tuple(range(2, rank)) if data_format.startswith("NC") else tuple(range(1, rank - 1))


def geometry(
    data_format: str,
    strides: Sequence[int],
    dilations: Sequence[int],
    padding: str,
    explicit: Sequence[int] = (),
) -> Geometry:
    """The geometry of a node, from attributes with an entry for each dimension."""
    axes = spatial_axes(data_format, len(strides))
    pairs = tuple((explicit[2 * i], explicit[2 * i + 1]) for i in axes) if explicit else ()
    return Geometry(tuple(strides[i] for i in axes), tuple(dilations[i] for i in axes), padding, pairs)


def window_counts(sizes: Sequence[int], window: Sequence[int], shape: Geometry) -> list[int]:
    """How many windows fit along each spatial dimension of an array; none where it is a little too small.

    Raises:
        ValueError: If a size would be negative.
    """
    counts = []
    for at, (size, length) in enumerate(zip(sizes, window, strict=True)):
        stride = shape.strides[at]
        if shape.padding == "SAME":
            counts.append(-(-size // stride))
            continue
        around = sum(shape.explicit[at]) if shape.padding == "EXPLICIT" else 0
        room = size + around - (length - 1) * shape.dilations[at] - 1 + stride
        if room <= -stride:
            raise ValueError(
                f"Computed output size would be negative: {-(-room // stride)} [input_size: {size}, "
                f"effective_filter_size: {(length - 1) * shape.dilations[at] + 1}, stride: {stride}]"
            )
        counts.append(max(room // stride, 0))
    return counts


def borders(sizes: Sequence[int], window: Sequence[int], shape: Geometry) -> list[tuple[int, int]]:
    """How much padding goes before and after each spatial dimension; SAME puts the odd one after, as v1."""
    out = []
    for at, (size, length) in enumerate(zip(sizes, window, strict=True)):
        if shape.padding == "SAME":
            stride, reach = shape.strides[at], (length - 1) * shape.dilations[at] + 1
            total = max((-(-size // stride) - 1) * stride + reach - size, 0)
            out.append((total // 2, total - total // 2))
        elif shape.padding == "EXPLICIT":
            out.append(shape.explicit[at])
        else:
            out.append((0, 0))
    return out


def padded(xp: Any, x: Any, edges: Sequence[tuple[int, int]], value: Any = 0) -> Any:
    """A channels-last array with a border of `value` around its spatial dimensions; itself without one."""
    if not any(before or after for before, after in edges):
        return x
    # In one go where the library lets us write into an array.
    if strides_of(xp) is not None:
        pairs = [*zip(x.shape[1:-1], edges, strict=True)]
        sizes = [before + size + after for size, (before, after) in pairs]
        out = filled_like(xp, x, (x.shape[0], *sizes, x.shape[-1]), value)
        out[(slice(None), *[slice(before, before + size) for size, (before, _) in pairs])] = x
        return out
    for axis, (before, after) in enumerate(edges, 1):
        if before or after:
            parts = [x]
            for count, place in ((before, 0), (after, 2)):
                if count:
                    shape = (*x.shape[:axis], count, *x.shape[axis + 1 :])
                    parts.insert(min(place, len(parts)), filled_like(xp, x, shape, value))
            x = xp.concat(parts, axis=axis)
    return x


def filled_like(xp: Any, x: Any, shape: tuple[int, ...], value: Any) -> Any:
    """An array of `value` with the dtype of `x`, on its device."""
    from array_api_compat import device

    return xp.full(shape, value, dtype=x.dtype, device=device(x))


def window_keys(window: Sequence[int], counts: Sequence[int], shape: Geometry) -> list[tuple[slice, ...]]:
    """For each entry of a window, in row-major order, the key of it in all windows, `[N, counts..., C]`."""
    views: list[Any] = [()]
    for at, length in enumerate(window):
        stride, dilation = shape.strides[at], shape.dilations[at]
        reach = (counts[at] - 1) * stride + 1 if counts[at] else 0
        spans = [slice(i * dilation, i * dilation + reach, stride) for i in range(length)]
        views = [(*key, span) for key in views for span in spans]
    return [(slice(None), *key, slice(None)) for key in views]


def window_slices(x: Any, window: Sequence[int], counts: Sequence[int], shape: Geometry) -> list[Any]:
    """For each entry of a window, in row-major order, the view `[N, counts..., C]` of it in all windows."""
    return [x[key] for key in window_keys(window, counts, shape)]


def in_one_pass(xp: Any, name: str, x: Any) -> Any:
    """The namespace's function of that name, which takes NumPy's floats and doubles in C order; else None."""
    function = getattr(xp, name, None)
    return function if function is not None and x.dtype.char in "fd" else None


def added_at(out: Any, key: tuple[slice, ...], part: Any) -> Any:
    """An array with a part added, in place where its library lets us."""
    if hasattr(out, "at") and not callable(out.at):
        return out.at[key].add(part)
    out[key] += part
    return out


def cropped(x: Any, edges: Sequence[tuple[int, int]], sizes: Sequence[int]) -> Any:
    """A channels-last array without the borders around its spatial dimensions."""
    spans = (slice(before, before + size) for (before, _), size in zip(edges, sizes, strict=True))
    return x[(slice(None), *spans, slice(None))]


def strides_of(xp: Any) -> Any:
    """The library's `as_strided`, which those have whose arrays can be viewed and written to; else None."""
    return getattr(getattr(getattr(xp, "lib", None), "stride_tricks", None), "as_strided", None)


def strided_windows(xp: Any, x: Any, window: Sequence[int], counts: Sequence[int], shape: Geometry) -> Any:
    """All windows as one view `[N, counts..., window..., C]`, of a library that has `strides_of`."""
    as_strided = strides_of(xp)
    first, *spatial, last = x.strides
    steps = [step * n for step, n in zip(spatial, shape.strides, strict=True)]
    inner = [step * n for step, n in zip(spatial, shape.dilations, strict=True)]
    sizes = (x.shape[0], *counts, *window, x.shape[-1])
    return as_strided(x, sizes, (first, *steps, *inner, last))


# Permutations between channels first and last, by rank.
TO_LAST: Final = {3: (0, 2, 1), 4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}
TO_FIRST: Final = {3: (0, 2, 1), 4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}


def channels_last(xp: Any, function: Any, data_format: str) -> Any:
    """A function of a channels-last array as one of arrays of `data_format`."""
    if not data_format.startswith("NC"):
        return function

    def call(x: Any, *rest: Any) -> Any:
        out = function(xp.permute_dims(x, TO_LAST[len(x.shape)]), *rest)
        return xp.permute_dims(out, TO_FIRST[len(out.shape)])

    return call


def channels_apart(xp: Any, function: Any, data_format: str) -> Any:
    """A function of channels-last arrays that takes each channel alone, as one of arrays of `data_format`.

    Channels that come first are as good as images, so nothing is permuted.
    """
    if not data_format.startswith("NC"):
        return function

    def call(*arrays: Any) -> Any:
        images, channels = arrays[0].shape[:2]
        out = function(*(xp.reshape(x, (images * channels, *x.shape[2:], 1)) for x in arrays))
        return xp.reshape(out, (images, channels, *out.shape[1:-1]))

    return call


def spread(value: Any, count: int, channel: int, name: str) -> tuple[int, ...]:
    """An argument with one entry, one for each spatial dimension, or one for each dimension, as the latter.

    Args:
        value: An int or a list; None stands for 1.
        count: The number of spatial dimensions.
        channel: The position of the channels.
        name: The argument's name, for the error.

    Raises:
        ValueError: If the list has another length.
    """
    if value is None:
        given = [1]
    elif isinstance(value, int):
        given = [value]
    else:
        given = [int(each) for each in value]
        if len(given) == count + 2:
            return tuple(given)
    if len(given) == 1:
        given = given * count
    if len(given) != count:
        raise ValueError(
            f"{name} should be of length 1, {count} or {count + 2}. Received: {name}={value} of length "
            f"{len(value)}"
        )
    return (1, 1, *given) if channel == 1 else (1, *given, 1)


def convert_padding(padding: Any) -> tuple[Any, tuple[int, ...]]:
    """v1's padding argument as the attributes `padding` and `explicit_paddings`."""
    if isinstance(padding, (list, tuple)):
        return "EXPLICIT", tuple(int(size) for pair in padding for size in pair)
    return padding, ()
