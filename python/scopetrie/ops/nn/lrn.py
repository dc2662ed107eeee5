"""Normalization over nearby channels."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ...graph import Tensor
from ...public import v1
from ..declare import attr, tensor
from ..registry import define_op


def _lrn_kernel(
    xp: Any, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5
) -> Any:
    def normalize(x: Any) -> Any:
        squares, depth = xp.square(x), x.shape[-1]
        edge = [xp.zeros_like(squares[..., :1])] * depth_radius
        wide = xp.concat([*edge, squares, *edge], axis=-1)
        # Not as differences of a running sum, which loses precision for small windows next to large ones.
        total = wide[..., :depth]
        for i in range(1, 2 * depth_radius + 1):
            total = total + wide[..., i : i + depth]
        return x / xp.pow(bias + alpha * total, xp.full_like(total, beta))

    return normalize


_lrn = define_op(
    "LRN", tensor("input", (dtypes.float16, dtypes.bfloat16, dtypes.float32)),
    kernel=_lrn_kernel,
    attributes=(attr("alpha", float), attr("beta", float), attr("bias", float), attr("depth_radius", int)),
)  # fmt: skip


@v1("nn.local_response_normalization", "nn.lrn")
def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Tensor:
    """Divides each element by a power of the sum of squares over nearby channels.

    Args:
        input: A tensor `[N, H, W, C]`.
        depth_radius: How many channels on either side count.
        bias: What is added to the sum.
        alpha: What the sum is multiplied by.
        beta: The power.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `input`.
    """
    return _lrn(
        input,
        depth_radius=int(depth_radius),
        bias=float(bias),
        alpha=float(alpha),
        beta=float(beta),
        name=name,
    )
