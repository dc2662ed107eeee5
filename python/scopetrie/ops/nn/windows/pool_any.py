"""Poolings by the number of the window's dimensions, with or without holes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...._core import name_scope
from ....graph import Tensor
from ....public import v1
from ...array.dims import expand_dims, renamed, squeeze
from ...constant import convert_to_tensor
from .dilated import with_holes
from .pool import avg_pool, avg_pool3d, max_pool, max_pool3d

_POOLINGS: Final[dict[tuple[str, int], Callable[..., Tensor]]] = {
    ("MAX", 1): max_pool,
    ("MAX", 2): max_pool,
    ("MAX", 3): max_pool3d,
    ("AVG", 1): avg_pool,
    ("AVG", 2): avg_pool,
    ("AVG", 3): avg_pool3d,
}
_LAST: Final = {1: "NWC", 2: "NHWC", 3: "NDHWC"}


@v1("nn.pool")
def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    padding: Any,
    dilation_rate: Any = None,
    strides: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """Pools sequences, images or volumes, as the window's rank says.

    Args:
        input: A tensor `[N, spatial..., C]`, or `[N, C, spatial...]`.
        window_shape: Sizes of the window, one to three.
        pooling_type: "MAX" or "AVG".
        padding: "SAME" or "VALID".
        dilation_rate: Distances between the window's entries, 1s by default.
        strides: Steps of the window, 1s by default.
        name: The operations' scope.
        data_format: The order of the dimensions; channels last by default.
        dilations: Another name of `dilation_rate`.

    Returns:
        A tensor of the same rank and dtype.

    Raises:
        ValueError: If there is no such pooling, or the arguments do not go together.
    """
    rate = renamed(dilation_rate, "dilation_rate", dilations, "dilations")
    with name_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        x = convert_to_tensor(input, name="input")
        window = [int(each) for each in window_shape]
        count = len(window)
        if not 1 <= count <= 3:
            raise ValueError(
                "`len(window_shape)` must be 1, 2, or 3. "
                f"Received: window_shape={window_shape} of length {count}"
            )
        x.shape.with_rank(count + 2)
        steps, gaps = _of_each(strides, count, "strides"), _of_each(rate, count, "dilation_rate")
        if max(gaps) > 1:
            _check_holes(padding, gaps, steps)
        if any(step > size for step, size in zip(steps, window, strict=True)):
            raise ValueError(
                "`strides` > `window_shape` not supported due to inconsistency between CPU and GPU "
                f"implementations. Received: strides={steps} and window_shape={window}"
            )
        function = _POOLINGS.get((pooling_type, count))
        if function is None:
            raise ValueError(f"{count}-D {pooling_type} pooling is not supported.")
        order = data_format or _LAST[count]
        first = 2 if order.startswith("NC") else 1

        def pooled(image: Tensor, border: Any) -> Tensor:
            if count > 1:
                return function(image, window, steps, border, data_format=order, name=scope)
            wide = function(
                expand_dims(image, first), [1, *window], [1, *steps], border,
                data_format="NCHW" if first == 2 else "NHWC", name=scope,
            )  # fmt: skip
            return squeeze(wide, [first])

        return with_holes(x, gaps, padding, pooled, window, range(first, first + count))


def _of_each(given: Any, count: int, what: str) -> list[int]:
    """A number for each spatial dimension."""
    numbers = [1] * count if given is None else [int(each) for each in given]
    if len(numbers) != count:
        raise ValueError(
            f"`len({what})` should be {count}. Received: {what}={given} of length {len(numbers)}"
        )
    if min(numbers) < 1:
        raise ValueError(f"all values of `{what}` must be positive. Received: {what}={given}")
    return numbers


def _check_holes(padding: Any, gaps: list[int], steps: list[int]) -> None:
    """Refuses what windows with holes do not go with."""
    if max(steps) > 1:
        raise ValueError(
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
            f"Received: strides={steps} and dilation_rate={gaps}"
        )
    if padding == "SAME":
        raise ValueError(
            "pooling with 'SAME' padding is not implemented for `dilation_rate` > 1. "
            f"Received: padding={padding} and dilation_rate={gaps}"
        )
