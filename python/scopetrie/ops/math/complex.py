"""Complex numbers: made of their parts, and taken apart."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ..._core import OpFunction
from ...dtypes import DType
from ...graph import Tensor
from ..declare import COMPLEX, attr, tensor
from ..direct import direct
from ..registry import Spec, define_op
from .elementwise import as_tensor, atan2, complex_part, multiply

_real = complex_part("Real", lambda xp: xp.real)
_imag = complex_part("Imag", lambda xp: xp.imag)
_angle = complex_part("Angle", lambda xp: lambda x: xp.atan2(xp.imag(x), xp.real(x)))
_conj = define_op(
    "Conj", tensor("input", (*COMPLEX, dtypes.variant)), kernel=lambda xp: xp.conj, scoped=True,
)  # fmt: skip


def _complex_rule(real: Tensor, imag: Tensor) -> Spec:
    from ...shapes import broadcast_dims

    made = dtypes.complex64 if real.dtype.base_dtype is dtypes.float32 else dtypes.complex128
    return made, broadcast_dims(real._dims, imag._dims)


_complex = define_op(
    "Complex",
    tensor("real", (dtypes.float32, dtypes.float64)),
    tensor("imag"),
    rule=_complex_rule,
    kernel=lambda xp: lambda a, b: a + 1j * b,
    scoped=True,
    attributes=(attr("Tout", DType, dtypes.complex64),),
)


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
        return op(tensor, name=name) if tensor.dtype.is_complex else of_real(tensor)

    part.__name__ = part.__qualname__ = python_name
    part.__doc__ = f"""{summary}, element by element.

    Args:
        input: A tensor of numbers.
        name: The operation's name.

    Returns:
        A tensor with the shape of `input`.
    """
    return direct(op)(part)


real = _part(_real, "real", "The real part", lambda x: x)
imag = _part(_imag, "imag", "The imaginary part", lambda x: multiply(x, 0))


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
    return _conj(tensor, name=name) if tensor.dtype.is_complex else tensor


angle = _part(_angle, "angle", "The angle in radians", lambda x: atan2(multiply(x, 0), x))
