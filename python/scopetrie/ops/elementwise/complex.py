"""Complex numbers: made of their parts, and taken apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...dtypes import DType
from ...graph import Tensor
from ...public import v1
from ..array.fill import ones_like, zeros_like
from ..declare import COMPLEX, attr, tensor
from ..direct import direct
from ..registry import define_op
from .arithmetic import multiply
from .cast import as_tensor
from .compare import less, where
from .unary import complex_part

_real = complex_part("Real", lambda xp: xp.real)
_imag = complex_part("Imag", lambda xp: xp.imag)
_angle = complex_part("Angle", lambda xp: lambda x: xp.atan2(xp.imag(x), xp.real(x)))
_conj = define_op(
    "Conj", tensor("input", (*COMPLEX, dtypes.variant)), kernel=lambda xp: xp.conj, scoped=True,
)  # fmt: skip


def _complex_kernel(xp: Any) -> Any:
    def join(real: Any, imag: Any) -> Any:
        # Adding 1j times the imaginary part would make NaN of an infinite one.
        made = xp.complex64 if real.dtype == xp.float32 else xp.complex128
        real, imag = xp.broadcast_arrays(real, imag)
        if isinstance(real, np.ndarray):
            out = np.empty(real.shape, made)
            out.real, out.imag = real, imag
            return out
        finite = xp.isfinite(imag)
        return xp.where(finite, real + 1j * xp.where(finite, imag, xp.zeros_like(imag)), real + 1j * imag)

    return join


_complex = define_op(
    "Complex",
    tensor("real", (dtypes.float32, dtypes.float64)),
    tensor("imag"),
    kernel=_complex_kernel,
    scoped=True,
    attributes=(attr("Tout", DType, dtypes.complex64),),
)


@v1("complex", "dtypes.complex")
@direct(_complex)
def complex(real: Any, imag: Any, name: str | None = None) -> Tensor:
    """Makes complex numbers of their parts.

    Args:
        real: A tensor of float32 or float64.
        imag: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A complex64 or complex128 tensor.
    """
    return _complex(real, imag, name=name)


def _part(op: OpFunction[Tensor], python_name: str, summary: str, of_real: Any) -> Any:
    def part(input: Any, name: str | None = None) -> Tensor:
        tensor = as_tensor(input, "input")
        return op(tensor, name=name) if tensor.dtype.is_complex else of_real(tensor, name)

    part.__name__ = part.__qualname__ = python_name
    part.__doc__ = f"""{summary}, element by element.

    Args:
        input: A tensor of numbers.
        name: The operation's name.

    Returns:
        A tensor with the shape of `input`.
    """
    return direct(op)(part)


def _real_of(x: Tensor, name: str | None) -> Tensor:
    """The real part of a real tensor: itself.

    Raises:
        TypeError: If it holds no numbers.
    """
    if not _is_number(x):
        raise TypeError(f"input must be a numeric tensor, but got tensor with dtype {x.dtype!r}")
    return x


def _imag_of(x: Tensor, name: str | None) -> Tensor:
    with name_scope(name, "Imag", [x]):
        return zeros_like(x)


def _angle_of(x: Tensor, name: str | None) -> Tensor:
    with name_scope(name, "Angle", [x]):
        return where(less(x, 0), multiply(math.pi, ones_like(x), name="mul"), zeros_like(x))


def _is_number(x: Tensor) -> bool:
    return x.dtype.is_floating or x.dtype.is_integer or x.dtype.is_complex


real = _part(_real, "real", "The real part", _real_of)
imag = _part(_imag, "imag", "The imaginary part", _imag_of)
imag = v1("imag", "math.imag")(imag)
real = v1("real", "math.real")(real)


@v1("conj", "math.conj")
@direct(_conj)
def conj(x: Any, name: str | None = None) -> Tensor:
    """The complex conjugate, element by element.

    Args:
        x: A tensor of numbers.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`; `x` itself if it is real.
    """
    tensor = as_tensor(x)
    if tensor.dtype.is_complex:
        return _conj(tensor, name=name)
    if not _is_number(tensor):
        raise TypeError(f"Expected numeric or variant tensor, got dtype {tensor.dtype!r}.")
    return tensor


angle = _part(_angle, "angle", "The angle in radians", _angle_of)
angle = v1("angle", "math.angle")(angle)
