"""Running sums and products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._core import OpFunction
from ...graph import Tensor
from ...public import v1
from ..declare import FLOATS, NUMBERS, Types, flags, index, tensor
from ..direct import attribute, direct
from ..registry import Kernel, define_op


def _running(xp: Any, x: Any, axis: int, step: Any, first: Any, exclusive: bool, reverse: bool) -> Any:
    """A running total: `step(x, axis)` gives it, `first(shape)` the total of nothing."""
    rank = len(x.shape)
    if not -rank <= axis < rank:
        raise ValueError(f"ScanOp: Expected scan axis in the range [{-rank}, {rank}), but got {axis}")
    if 0 in x.shape:
        return xp.zeros_like(x)
    if reverse:
        x = xp.flip(x, axis=axis)
    out = step(x, axis)
    if exclusive and x.shape[axis]:
        lead = (slice(None),) * (axis % len(x.shape))
        out = xp.concat([first(x[(*lead, slice(0, 1), ...)]), out[(*lead, slice(0, -1), ...)]], axis=axis)
    return xp.flip(out, axis=axis) if reverse else out


def _cumsum_kernel(xp: Any, exclusive: bool = False, reverse: bool = False) -> Any:
    def step(x: Any, axis: int) -> Any:
        return xp.cumulative_sum(x, axis=axis, dtype=x.dtype)

    return lambda x, axis: _running(xp, x, int(axis.item()), step, xp.zeros_like, exclusive, reverse)


def _cumprod_kernel(xp: Any, exclusive: bool = False, reverse: bool = False) -> Any:
    def step(x: Any, axis: int) -> Any:
        return xp.cumulative_prod(x, axis=axis, dtype=x.dtype)

    return lambda x, axis: _running(xp, x, int(axis.item()), step, xp.ones_like, exclusive, reverse)


def _cumlogsumexp_kernel(xp: Any, exclusive: bool = False, reverse: bool = False) -> Any:
    def step(x: Any, axis: int) -> Any:
        lead = (slice(None),) * (axis % len(x.shape))
        total, parts = x[(*lead, 0, ...)], []
        for i in range(x.shape[axis]):
            total = xp.logaddexp(total, x[(*lead, i, ...)]) if i else total
            parts.append(total)
        return xp.stack(parts, axis=axis) if parts else x

    def nothing(x: Any) -> Any:
        return xp.full_like(x, float("-inf"))

    return lambda x, axis: _running(xp, x, int(axis.item()), step, nothing, exclusive, reverse)


def _scan_op(type: str, kernel: Kernel, types: Types) -> OpFunction[Tensor]:
    return define_op(
        type, tensor("x", types), index("axis"), kernel=kernel,
        scoped=True,
        attributes=flags("exclusive", "reverse"),
    )  # fmt: skip


_cumsum = _scan_op("Cumsum", _cumsum_kernel, NUMBERS)
_cumprod = _scan_op("Cumprod", _cumprod_kernel, NUMBERS)
_cumlogsumexp = _scan_op("CumulativeLogsumexp", _cumlogsumexp_kernel, FLOATS)


def _scan(op: OpFunction[Tensor], python_name: str, summary: str) -> Callable[..., Tensor]:
    def running(
        x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
    ) -> Tensor:
        if not exclusive and not reverse:
            return op(x, axis, name=name)
        return op(x, axis, exclusive=bool(exclusive), reverse=bool(reverse), name=name)

    running.__name__ = running.__qualname__ = python_name
    running.__doc__ = f"""{summary} along a dimension.

    Args:
        x: A tensor of numbers.
        axis: The dimension.
        exclusive: Whether an element's own value is left out.
        reverse: Whether to run from the end.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.
    """
    return direct(op, exclusive=attribute(omitted=True), reverse=attribute(omitted=True))(running)


cumsum = _scan(_cumsum, "cumsum", "Running sums")
cumprod = _scan(_cumprod, "cumprod", "Running products")
cumulative_logsumexp = _scan(_cumlogsumexp, "cumulative_logsumexp", "Running log(sum(exp(x)))")
cumprod = v1("cumprod", "math.cumprod")(cumprod)
cumsum = v1("cumsum", "math.cumsum")(cumsum)
cumulative_logsumexp = v1("math.cumulative_logsumexp")(cumulative_logsumexp)
