"""Strings one by one: length, lower, upper, strip, substr, Base64."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...graph import Tensor
from ...public import v1
from ...shapes import TensorShape, broadcast_static_shape
from ..declare import attr, tensor
from ..node_text import Dims
from ..registry import define_op
from .elements import as_bytes, characters, each

_TEXT: Final = (dtypes.string,)
_UNITS: Final = ("BYTE", "UTF8_CHAR")


def check_unit(unit: str, type: str) -> None:
    """Refuses a unit that v1 does not know.

    Raises:
        ValueError: If it is one.
    """
    if unit not in _UNITS:
        choices = ", ".join(f'"{each}"' for each in _UNITS)
        raise ValueError(f"Attr 'unit' of '{type}' Op passed string '{unit}' not in: {choices}.")


def _length_kernel(xp: Any, unit: str = "BYTE") -> Any:
    return each(len if unit == "BYTE" else lambda value: len(characters(value)), np.int32)


_length = define_op(
    "StringLength", tensor("input", _TEXT, None, host=True), rule=lambda x, unit: (dtypes.int32, x._dims),
    kernel=_length_kernel, attributes=(attr("unit", str),), host_outputs=True,
)  # fmt: skip


@v1("strings.length")
def length(input: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """How long strings are.

    Args:
        input: A tensor of strings.
        name: The operation's name.
        unit: "BYTE", or "UTF8_CHAR" for characters.

    Returns:
        An int32 tensor of the shape of `input`.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(
    ...         session.run(tf.strings.length(["ab", "ü"])),
    ...         session.run(tf.strings.length("ü", unit="UTF8_CHAR")),
    ...     )
    [2 2] 1
    """
    check_unit(unit, "StringLength")
    return _length(input, unit=unit, name=name)


def _cased(change: str) -> Any:
    def kernel(xp: Any, encoding: str = "") -> Any:
        of_bytes, of_text = getattr(bytes, change), getattr(str, change)

        def changed(value: bytes) -> Any:
            if encoding not in ("", "utf-8"):
                raise ValueError(f"only utf-8 or '' (no encoding) is supported, received {encoding}")
            return of_text(value.decode("utf-8", "replace")).encode() if encoding else of_bytes(value)

        return each(changed)

    return kernel


_lower, _upper = (
    define_op(
        type, tensor("input", _TEXT, None, host=True), rule="same", kernel=_cased(change),
        attributes=(attr("encoding", str),), host_outputs=True,
    )
    for type, change in (("StringLower", "lower"), ("StringUpper", "upper"))
)  # fmt: skip


@v1("strings.lower")
def lower(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """Makes letters small.

    Args:
        input: A tensor of strings.
        encoding: "" for the letters of ASCII, "utf-8" for all.
        name: The operation's name.
    """
    return _lower(input, encoding=encoding, name=name)


@v1("strings.upper")
def upper(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """Makes letters capital.

    Args:
        input: A tensor of strings.
        encoding: "" for the letters of ASCII, "utf-8" for all.
        name: The operation's name.
    """
    return _upper(input, encoding=encoding, name=name)


strip = define_op(
    "StringStrip", tensor("input", _TEXT, None, host=True), rule="same",
    kernel=lambda xp: each(bytes.strip), host_outputs=True,
    doc="""Takes blanks off both ends of strings.

    Args:
        input: A tensor of strings.
        name: The operation's name.
    """,
)  # fmt: skip
strip = v1("strings.strip", "string_strip")(strip)


def _part(value: bytes, first: int, count: int, unit: str, at: tuple[int, ...]) -> bytes:
    items: Any = value if unit == "BYTE" else characters(value)
    if not -len(items) <= first <= len(items):
        where = f" at index {', '.join(map(str, at))}" if at else ""
        raise ValueError(f"pos {first} out of range for string{where}")
    if count < 0:  # as v1
        if unit != "BYTE" and first < 0:
            raise ValueError(f"pos {first} out of range for string with a negative len")
        count = len(items) if unit == "BYTE" else 0
    begin = first + len(items) if first < 0 else first
    part: Any = items[begin : begin + count]
    return part if unit == "BYTE" else b"".join(part)


def _substr_kernel(xp: Any, unit: str = "BYTE") -> Any:
    def cut(x: Any, pos: Any, count: Any) -> Any:
        values, firsts, counts = np.broadcast_arrays(np.asarray(x, dtype=object), pos, count)
        made = np.empty(values.shape, dtype=object)
        for at in np.ndindex(values.shape):
            made[at] = _part(as_bytes(values[at]), int(firsts[at]), int(counts[at]), unit, at)
        return made

    return cut


def _substr_rule(input: Tensor, pos: Tensor, len: Tensor, unit: str) -> Any:
    first, count = pos.shape, len.shape
    if first.rank is not None and count.rank is not None and first.rank != count.rank:
        raise ValueError(f"Shape must be rank {count.rank} but is rank {first.rank}")
    return dtypes.string, _broadcast(input.shape, first.merge_with(count))


def _broadcast(a: TensorShape, b: TensorShape) -> Dims:
    if a.rank is None or b.rank is None:
        return None
    made = broadcast_static_shape(a, b)
    return None if made.rank is None else tuple(made.as_list())


_substr: OpFunction[Tensor] = define_op(
    "Substr", tensor("input", _TEXT, None, host=True), tensor("pos", (dtypes.int32, dtypes.int64), host=True),
    tensor("len", (dtypes.int32, dtypes.int64), host=True), rule=_substr_rule, kernel=_substr_kernel,
    attributes=(attr("unit", str),), host_outputs=True,
)  # fmt: skip


@v1("strings.substr", "substr")
def substr(input: Any, pos: Any, len: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """Cuts a part out of each string.

    Args:
        input: A tensor of strings.
        pos: Where each part begins; from the end, if negative. It broadcasts with `input`.
        len: How long each part is, at most; of the shape of `pos`.
        name: The operation's name.
        unit: "BYTE", or "UTF8_CHAR" for characters.

    Returns:
        The parts.
    """
    check_unit(unit, "Substr")
    return _substr(input, pos, len, unit=unit, name=name)


def _encode_kernel(xp: Any, pad: bool = False) -> Any:
    def encode(value: bytes) -> bytes:
        made = base64.urlsafe_b64encode(value)
        return made if pad else made.rstrip(b"=")

    return each(encode)


_encode = define_op(
    "EncodeBase64", tensor("input", _TEXT, None, host=True), rule="same", kernel=_encode_kernel,
    attributes=(attr("pad", bool),), host_outputs=True,
)  # fmt: skip


@v1("encode_base64", "io.encode_base64")
def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Tensor:
    """Encodes strings in the Base64 that is safe in web addresses.

    Args:
        input: A tensor of strings.
        pad: Whether to fill up with "=".
        name: The operation's name.
    """
    return _encode(input, pad=bool(pad), name=name)


def _decoded(value: bytes) -> bytes:
    bare = value.rstrip(b"=")
    allowed = bare.replace(b"-", b"").replace(b"_", b"")
    if len(bare) % 4 == 1 or not (allowed.isalnum() or not allowed) or b"+" in value or b"/" in value:
        raise ValueError("Invalid character found in base64.")
    try:
        return base64.urlsafe_b64decode(bare + b"=" * (-len(bare) % 4))
    except binascii.Error:
        raise ValueError("Invalid character found in base64.") from None


decode_base64 = define_op(
    "DecodeBase64", tensor("input", _TEXT, None, host=True), rule="same",
    kernel=lambda xp: each(_decoded), host_outputs=True,
    doc="""Decodes strings in the Base64 that is safe in web addresses.

    Args:
        input: A tensor of strings, with or without "=" at their ends.
        name: The operation's name.
    """,
)  # fmt: skip
decode_base64 = v1("decode_base64", "io.decode_base64")(decode_base64)
