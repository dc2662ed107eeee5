"""`tf.bitwise`: bits of integers."""

from ..ops.math.bits import bitwise_and, bitwise_or, bitwise_xor, invert, left_shift, right_shift
from ..ops.refused import refuser

__getattr__ = refuser("bitwise")

__all__ = [
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "invert",
    "left_shift",
    "right_shift",
]
