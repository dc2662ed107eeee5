"""Hash functions of bytes, of 64 bits: what v1 makes buckets of.

`fingerprint` is FarmHash's Fingerprint64, `murmur` MurmurHash64A with v1's seed, `siphash` SipHash-2-4. All
three are published algorithms; the tests compare them with TensorFlow.
"""

from __future__ import annotations

from typing import Final

_MASK: Final = (1 << 64) - 1
_K0: Final = 0xC3A5C85C97CB3127
_K1: Final = 0xB492B66FBE98F273
_K2: Final = 0x9AE16A3B2F90404F
_MURMUR: Final = 0xC6A4A7935BD1E995
_SEED: Final = 0xDECAFCAFFE


def _word(text: bytes, at: int) -> int:
    return int.from_bytes(text[at : at + 8], "little")


def _rotated(value: int, right: int) -> int:
    value &= _MASK
    return (value >> right | value << (64 - right)) & _MASK


def _mixed(value: int) -> int:
    value &= _MASK
    return value ^ value >> 47


def _pair(u: int, v: int, by: int) -> int:
    a = _mixed(((u ^ v) & _MASK) * by)
    return _mixed(((v & _MASK) ^ a) * by) * by & _MASK


def _short(text: bytes) -> int:
    size = len(text)
    by = _K2 + size * 2
    if size >= 8:
        a, b = _word(text, 0) + _K2, _word(text, size - 8)
        return _pair(_rotated(b, 37) * by + a, (_rotated(a, 25) + b) * by, by)
    if size >= 4:
        first, last = (int.from_bytes(text[at : at + 4], "little") for at in (0, size - 4))
        return _pair(size + (first << 3), last, by)
    if size == 0:
        return _K2
    y, z = text[0] + (text[size >> 1] << 8), size + (text[-1] << 2)
    return _mixed(y * _K2 ^ z * _K0) * _K2 & _MASK


def _middle(text: bytes) -> int:
    size = len(text)
    by = _K2 + size * 2
    if size <= 32:
        a, b = _word(text, 0) * _K1, _word(text, 8)
    else:
        a, b = _word(text, 0) * _K2, _word(text, 8)
    c, d = _word(text, size - 8) * by, _word(text, size - 16) * _K2
    y = _rotated(a + b, 43) + _rotated(c, 30) + d
    z = _pair(y, a + _rotated(b + _K2, 18) + c, by)
    if size <= 32:
        return z
    e, f = _word(text, 16) * by, _word(text, 24)
    g, h = (y + _word(text, size - 32)) * by, (z + _word(text, size - 24)) * by
    return _pair(_rotated(e + f, 43) + _rotated(g, 30) + h, e + _rotated(f + a, 18) + g, by)


def _four_words(text: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = (_word(text, at + 8 * i) for i in range(4))
    a += w
    b = _rotated(b + a + z, 21)
    c = a
    a += x + y
    b += _rotated(a, 44)
    return (a + z) & _MASK, (b + c) & _MASK


class _Long:
    """The state in which more than 64 bytes are read, 64 at a time."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.x = 81 * _K2 + _word(text, 0)
        self.y = 81 * _K1 + 113
        self.z = _mixed(self.y * _K2 + 113) * _K2
        self.v, self.w = (0, 0), (0, 0)

    def read(self, at: int, by: int, nine: int) -> None:
        """Takes in 64 bytes; the last ones with other factors."""
        text, v, w = self.text, self.v, self.w
        x = _rotated(self.x + self.y + v[0] + _word(text, at + 8), 37) * by
        y = _rotated(self.y + v[1] + _word(text, at + 48), 42) * by
        x = (x & _MASK) ^ (w[1] * nine & _MASK)
        y += v[0] * nine + _word(text, at + 40)
        z = _rotated(self.z + w[0], 33) * by
        self.v = _four_words(text, at, v[1] * by, x + w[0])
        self.w = _four_words(text, at + 32, z + w[1], y + _word(text, at + 16))
        self.x, self.y, self.z = z & _MASK, y & _MASK, x & _MASK


def fingerprint(text: bytes) -> int:
    """FarmHash's Fingerprint64."""
    size = len(text)
    if size <= 16:
        return _short(text)
    if size <= 64:
        return _middle(text)
    state = _Long(text)
    end = (size - 1) // 64 * 64
    for at in range(0, end, 64):
        state.read(at, _K1, 1)
    by = _K1 + ((state.z & 0xFF) << 1)
    first = state.w[0] + ((size - 1) & 63)
    state.v = state.v[0] + first, state.v[1]
    state.w = first + state.v[0], state.w[1]
    state.read(size - 64, by, 9)
    left = _pair(state.v[0], state.w[0], by) + _mixed(state.y) * _K0 + state.z
    return _pair(left, _pair(state.v[1], state.w[1], by) + state.x, by)


def murmur(text: bytes) -> int:
    """MurmurHash64A, with v1's seed."""
    made = _SEED ^ (len(text) * _MURMUR & _MASK)
    whole = len(text) // 8 * 8
    for at in range(0, whole, 8):
        word = _mixed(_word(text, at) * _MURMUR) * _MURMUR & _MASK
        made = (made ^ word) * _MURMUR & _MASK
    if whole != len(text):
        made = (made ^ int.from_bytes(text[whole:], "little")) * _MURMUR & _MASK
    return _mixed(_mixed(made) * _MURMUR)


def siphash(text: bytes, key: tuple[int, int]) -> int:
    """SipHash-2-4."""
    low, high = (each & _MASK for each in key)
    state = [
        low ^ 0x736F6D6570736575,
        high ^ 0x646F72616E646F6D,
        low ^ 0x6C7967656E657261,
        high ^ 0x7465646279746573,
    ]

    def rounds(count: int) -> None:
        a, b, c, d = state
        for _ in range(count):
            a, c = (a + b) & _MASK, (c + d) & _MASK
            b, d = _rotated(b, 51) ^ a, _rotated(d, 48) ^ c
            a = _rotated(a, 32)
            c, a = (c + b) & _MASK, (a + d) & _MASK
            b, d = _rotated(b, 47) ^ c, _rotated(d, 43) ^ a
            c = _rotated(c, 32)
        state[:] = a, b, c, d

    whole = len(text) // 8 * 8
    words = [_word(text, at) for at in range(0, whole, 8)]
    words.append(int.from_bytes(text[whole:], "little") | (len(text) & 0xFF) << 56)
    for word in words:
        state[3] ^= word
        rounds(2)
        state[0] ^= word
    state[2] ^= 0xFF
    rounds(4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]
