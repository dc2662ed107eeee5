"""Bits of integers."""

from __future__ import annotations

from typing import Any

from ..._core import OpFunction
from ...graph import Tensor
from ...public import v1
from ..declare import INTEGERS, tensor
from ..registry import Kernel, define_op


def _bitwise(type: str, summary: str, kernel: Kernel) -> OpFunction[Tensor]:
    return define_op(
        type, tensor("x", INTEGERS), tensor("y"), kernel=kernel,
        doc=f"""{summary}, element by element; shapes broadcast.

    Args:
        x: A tensor of integers.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `x`.
    """,
    )  # fmt: skip


def _shift(name: str) -> Kernel:
    def kernel(xp: Any) -> Any:
        shift = getattr(xp, name)

        def move(x: Any, y: Any) -> Any:
            # Shifts by less than nothing or by more than there are bits are undefined: v1 takes the nearest.
            bits = xp.iinfo(x.dtype).bits
            return shift(x, xp.clip(y, 0, bits - 1))

        return move

    return kernel


bitwise_and = _bitwise("BitwiseAnd", "The bits that both have", lambda xp: xp.bitwise_and)
bitwise_or = _bitwise("BitwiseOr", "The bits that one has", lambda xp: xp.bitwise_or)
bitwise_xor = _bitwise("BitwiseXor", "The bits that exactly one has", lambda xp: xp.bitwise_xor)
left_shift = _bitwise("LeftShift", "The bits of x moved up by y places", _shift("bitwise_left_shift"))
right_shift = _bitwise("RightShift", "The bits of x moved down by y places", _shift("bitwise_right_shift"))
invert = define_op(
    "Invert", tensor("x", INTEGERS), kernel=lambda xp: xp.bitwise_invert,
    doc="""The bits that x has not, element by element.

    Args:
        x: A tensor of integers.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.
    """,
)  # fmt: skip
bitwise_and = v1("bitwise.bitwise_and")(bitwise_and)
bitwise_or = v1("bitwise.bitwise_or")(bitwise_or)
bitwise_xor = v1("bitwise.bitwise_xor")(bitwise_xor)
invert = v1("bitwise.invert")(invert)
left_shift = v1("bitwise.left_shift")(left_shift)
right_shift = v1("bitwise.right_shift")(right_shift)
