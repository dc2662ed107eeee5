"""Numbers as strings, and strings as numbers: as_string, to_number, decode_raw."""

from __future__ import annotations

import math
import re
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..array.dims import renamed
from ..declare import BOOL, COMPLEX, FLOATS, INTEGERS, attr, tensor
from ..registry import define_op
from .elements import as_bytes, each

_NUMBER: Final = re.compile(rb"[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|inf|infinity|nan)", re.I)
_HEXADECIMAL: Final = re.compile(rb"[+-]?0[xX][0-9a-fA-F]+(\.[0-9a-fA-F]*)?([pP][+-]?\d+)?")
_WHOLE: Final = re.compile(rb"[+-]?\d+")


_FILLS: Final = ("", " ", "0", "+", "-", "#")


def _string_kernel(
    xp: Any, precision: int = -1, scientific: bool = False, shortest: bool = False, width: int = -1,
    fill: str = "",
) -> Any:  # fmt: skip
    def shown(x: Any) -> Any:
        values = np.asarray(x)
        kind = values.dtype.kind
        if scientific and shortest:
            raise ValueError("Cannot select both scientific and shortest notation")
        if kind in "iub" and (scientific or shortest or precision > -1):
            raise ValueError(f"scientific, shortest and precision are not supported for {values.dtype.name}")
        if fill not in _FILLS:
            raise ValueError(f"Fill argument not supported: {fill!r}")
        size = str(width) if width > -1 else ""
        tail = (f".{precision}" if precision > -1 else "") + ("e" if scientific else "g" if shortest else "f")
        # As C's printf: numbers without a sign take none, and only digits are filled up with zeros.
        whole = f"%{'' if kind == 'u' and fill == '+' else fill}{size}d"
        digits, others = f"%{fill}{size}{tail}", f"%{fill.replace('0', '')}{size}{tail}"

        def text(number: float) -> str:
            return (digits if math.isfinite(number) else others) % number

        out = np.empty(values.shape, dtype=object)
        for at in np.ndindex(values.shape):
            value = values[at]
            if kind == "b":
                made = "true" if value else "false"
            elif kind == "c":
                made = f"({text(float(value.real))},{text(float(value.imag))})"
            else:
                made = whole % int(value) if kind in "iu" else text(float(value))
            out[at] = made.encode()
        return out

    return shown


_as_string = define_op(
    "AsString", tensor("input", (*FLOATS, *INTEGERS, *COMPLEX, *BOOL), host=True),
    rule=lambda x, **attrs: (dtypes.string, x._dims), kernel=_string_kernel,
    attributes=(
        attr("fill", str), attr("precision", int), attr("scientific", bool), attr("shortest", bool),
        attr("width", int),
    ),
    host_outputs=True,
)  # fmt: skip


@v1("as_string", "dtypes.as_string", "strings.as_string")
def as_string(
    input: Any, precision: int = -1, scientific: bool = False, shortest: bool = False, width: int = -1,
    fill: str = "", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Writes numbers as strings, as C's printf does.

    Args:
        input: A tensor of numbers or booleans.
        precision: How many digits follow the point of a float; as many as printf writes if -1.
        scientific: Whether floats are written with an exponent.
        shortest: Whether the shorter one of both is taken.
        width: How many places there are at least.
        fill: What fills them, before the number: one of " ", "0", "+", "-" and "#".
        name: The operation's name.

    Returns:
        A tensor of strings of the shape of `input`.

    Raises:
        ValueError: If the arguments contradict each other.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(
    ...         session.run(tf.as_string([1, 22], width=3, fill="0")),
    ...         session.run(tf.as_string(1.5, precision=2)),
    ...     )
    [b'001' b'022'] b'1.50'
    """
    return _as_string(
        input, precision=precision, scientific=bool(scientific), shortest=bool(shortest), width=width,
        fill=fill, name=name,
    )  # fmt: skip


def _number_kernel(xp: Any, out_type: DType = dtypes.float32) -> Any:
    made = np.dtype(out_type.as_numpy_dtype)

    def read(value: bytes) -> Any:
        text = value.strip()
        if made.kind == "f" and _NUMBER.fullmatch(text):
            return made.type(text.decode())
        if made.kind == "f" and _HEXADECIMAL.fullmatch(text):
            return made.type(float.fromhex(text.decode()))
        if made.kind in "iu" and _WHOLE.fullmatch(text):
            limits = np.iinfo(made)
            if limits.min <= int(text) <= limits.max:
                return int(text)
        shown = value.decode("utf-8", "backslashreplace")
        raise ValueError(f"StringToNumberOp could not correctly convert string: {shown}")

    return each(read, made)


_to_number = define_op(
    "StringToNumber", tensor("string_tensor", (dtypes.string,), None, host=True),
    rule=lambda x, out_type: (out_type, x._dims), kernel=_number_kernel,
    attributes=(attr("out_type", DType),), host_outputs=True,
)  # fmt: skip
_NUMBERS: Final = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64)


@v1("strings.to_number", "string_to_number")
def to_number(
    string_tensor: Any = None,
    out_type: DTypeLike = dtypes.float32,
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """Reads numbers from strings.

    Args:
        string_tensor: A tensor of strings.
        out_type: The numbers' dtype: float32, float64, int32 or int64.
        name: The operation's name.
        input: Another name of `string_tensor`.

    Returns:
        A tensor of the shape of the strings; running it fails over one that is no number.

    Raises:
        TypeError: If it reads no numbers of the dtype.
    """
    made = as_dtype(out_type)
    if made not in _NUMBERS:
        listed = ", ".join(each.name for each in _NUMBERS)
        raise TypeError(
            f"Value passed to parameter 'out_type' has DataType {made.name} not in list of allowed values: "
            f"{listed}"
        )
    given = renamed(string_tensor, "string_tensor", input, "input")
    return _to_number(given, out_type=made, name=name)


def _raw_kernel(xp: Any, out_type: DType = dtypes.uint8, little_endian: bool = True) -> Any:
    item = np.dtype(out_type.as_numpy_dtype).newbyteorder("<" if little_endian else ">")

    def decode(x: Any) -> Any:
        values = np.asarray(x, dtype=object)
        texts = [as_bytes(value) for value in values.ravel()]
        size = len(texts[0]) if texts else 0
        for at, text in enumerate(texts):
            if len(text) != size:
                raise ValueError(
                    "DecodeRaw requires input strings to all be the same size, but element "
                    f"{at} has size {size} != {len(text)}"
                )
        if size % item.itemsize:
            raise ValueError(
                f"Input to DecodeRaw has length {size} that is not a multiple of {item.itemsize}, the size "
                f"of {out_type.name}"
            )
        flat = np.frombuffer(b"".join(texts), item).astype(out_type.as_numpy_dtype)
        return flat.reshape(*values.shape, size // item.itemsize)

    return decode


_decode_raw: OpFunction[Tensor] = define_op(
    "DecodeRaw", tensor("bytes", (dtypes.string,), None, host=True),
    rule=lambda x, out_type, little_endian: (out_type, None if x._dims is None else (*x._dims, None)),
    kernel=_raw_kernel, attributes=(attr("little_endian", bool), attr("out_type", DType)), host_outputs=True,
)  # fmt: skip


@v1("decode_raw", "io.decode_raw")
def decode_raw(
    input_bytes: Any = None, out_type: DTypeLike = None, little_endian: bool = True, name: str | None = None,
    bytes: Any = None,
) -> Tensor:  # fmt: skip
    """Takes the bytes of strings for numbers.

    Args:
        input_bytes: A tensor of strings of one length.
        out_type: The numbers' dtype.
        little_endian: Whether a number's first byte is its lowest one.
        name: The operation's name.
        bytes: Another name of `input_bytes`.

    Returns:
        A tensor of the shape of the strings, with the numbers along one axis more.
    """
    given = renamed(input_bytes, "input_bytes", bytes, "bytes")
    if given is None or out_type is None:
        raise ValueError("decode_raw_v1() missing 1 positional argument: 'out_type'" if given is not None else
                         "decode_raw: `input_bytes` must be given")  # fmt: skip
    return _decode_raw(given, out_type=as_dtype(out_type), little_endian=bool(little_endian), name=name)
