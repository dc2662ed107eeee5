"""Numbers as bytes: of any length, low bits first (varints), and in the order of their size (keys)."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["ordered_number", "ordered_signed", "ordered_text", "read_varint", "varint"]

_SPECIAL: Final = re.compile(rb"[\x00\xff]")  # what ends a text, and what would look like it


def varint(number: int) -> bytes:
    """Returns a number in groups of 7 bits.

    >>> varint(300).hex()
    'ac02'
    """
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    made.append(number)
    return bytes(made)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Returns the number at a place, and the place after it.

    Raises:
        ValueError: If it ends too early, or has more than 64 bits.
    """
    number = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("a number in it has no end")
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7


def ordered_number(number: int) -> bytes:
    """Returns a number from 0 up such that larger ones sort later: the count of its bytes, and those."""
    length = (number.bit_length() + 7) // 8
    return bytes([length]) + number.to_bytes(length, "big")


def ordered_text(text: bytes) -> bytes:
    """Returns a text with an end, such that it sorts as the text does."""
    return (
        _SPECIAL.sub(lambda found: found[0] + (b"\x00" if found[0] == b"\xff" else b"\xff"), text)
        + b"\x00\x01"
    )


def ordered_signed(number: int) -> bytes:
    """Returns a number of up to 64 bits such that larger ones sort later.

    The first bits say by their count how many bytes there are: 1xxxxxxx is one, 11xxxxxx xxxxxxxx two.

    >>> [ordered_signed(each).hex() for each in (0, 1, -1, 63, 64, -65)]
    ['80', '81', '7f', 'bf', 'c040', '3fbf']
    """
    length = next(count for count in range(1, 11) if -(1 << 7 * count - 1) <= number < 1 << 7 * count - 1)
    header = ((1 << length) - 1) << (8 * length - length)
    return ((number & ((1 << 8 * length) - 1)) ^ header).to_bytes(length, "big")
