"""Functions of one tensor, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, Variable, logistic_of_negative
from ...dtypes import DType
from ...graph import Tensor
from ...public import v1
from ..declare import (
    COMPLEX,
    FLOATS,
    INEXACT,
    INTEGERS,
    SHORT_INDICES,
    SIGNED,
    Types,
    attr,
    tensor,
)
from ..direct import direct
from ..promises import elementwise
from ..registry import Kernel, define_op
from . import division_kernels
from .arithmetic import KINDS, div_no_nan_node
from .cast import as_tensor, cast

_UNARY_DOC = """{summary}, element by element.

    Args:
        x: A tensor of {types}.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.

    Raises:
        TypeError: If `x` has another dtype.
    """


def _sigmoid(xp: Any) -> Any:
    @elementwise(1)
    def sigmoid(x: Any, **out: Any) -> Any:
        made = xp.negative(x, **out)
        if not isinstance(made, np.ndarray):
            return 1 / (1 + xp.exp(made))
        if made.dtype.char == "f" and made.flags.c_contiguous:
            logistic_of_negative(made)
            return made
        np.exp(made, out=made)
        made += 1
        return np.divide(1, made, out=made)

    return sigmoid


def unary(
    type: str, summary: str, kernel: Kernel, types: Types, name: str | None = None,
    scoped: bool | None = None,
) -> OpFunction[Tensor]:  # fmt: skip
    """An op of one tensor, whose result has its dtype and shape."""
    doc = _UNARY_DOC.format(summary=summary, types=KINDS.get(types, "numbers"))
    return define_op(
        type, tensor("x", types), kernel=kernel, name=name, scoped=scoped,
        doc=doc,
    )  # fmt: skip


negative = unary("Neg", "-x", lambda xp: xp.negative, SIGNED)
_sign = unary("Sign", "-1, 0 or 1, as x is negative, zero or positive", lambda xp: xp.sign, SIGNED)
square = unary("Square", "x squared", lambda xp: xp.square, (*FLOATS, *INTEGERS, *COMPLEX))
sqrt = unary("Sqrt", "The square root of x", lambda xp: xp.sqrt, INEXACT)
rsqrt = unary("Rsqrt", "1 / the square root of x", lambda xp: lambda x: 1 / xp.sqrt(x), INEXACT)
exp = unary("Exp", "e to the power of x", lambda xp: xp.exp, INEXACT)
expm1 = unary("Expm1", "exp(x) - 1, precise near 0", lambda xp: xp.expm1, INEXACT)
log = unary("Log", "The natural logarithm of x", lambda xp: xp.log, INEXACT)
log1p = unary("Log1p", "log(1 + x), precise near 0", lambda xp: xp.log1p, INEXACT)
sin = unary("Sin", "The sine of x in radians", lambda xp: xp.sin, INEXACT)
cos = unary("Cos", "The cosine of x in radians", lambda xp: xp.cos, INEXACT)
tan = unary("Tan", "The tangent of x in radians", lambda xp: xp.tan, INEXACT)
asin = unary("Asin", "The angle in radians whose sine is x", lambda xp: xp.asin, INEXACT)
acos = unary("Acos", "The angle in radians whose cosine is x", lambda xp: xp.acos, INEXACT)
atan = unary("Atan", "The angle in radians whose tangent is x", lambda xp: xp.atan, INEXACT)
sinh = unary("Sinh", "The hyperbolic sine of x", lambda xp: xp.sinh, INEXACT)
cosh = unary("Cosh", "The hyperbolic cosine of x", lambda xp: xp.cosh, INEXACT)
tanh = unary("Tanh", "The hyperbolic tangent of x", lambda xp: xp.tanh, INEXACT)
asinh = unary("Asinh", "The number whose hyperbolic sine is x", lambda xp: xp.asinh, INEXACT)
acosh = unary("Acosh", "The number whose hyperbolic cosine is x", lambda xp: xp.acosh, INEXACT)
atanh = unary("Atanh", "The number whose hyperbolic tangent is x", lambda xp: xp.atanh, INEXACT)
floor = unary("Floor", "x rounded down", lambda xp: xp.floor, FLOATS)
ceil = unary("Ceil", "x rounded up", lambda xp: xp.ceil, FLOATS)
rint = unary("Rint", "x rounded to the nearest whole number, halves to even", lambda xp: xp.round, FLOATS)
reciprocal = unary("Reciprocal", "1 / x", division_kernels.reciprocal, SIGNED)
sigmoid = unary(
    "Sigmoid", "1 / (1 + exp(-x))", _sigmoid, INEXACT, scoped=True,
)  # fmt: skip
acos = v1("acos", "math.acos")(acos)
acosh = v1("acosh", "math.acosh")(acosh)
asin = v1("asin", "math.asin")(asin)
asinh = v1("asinh", "math.asinh")(asinh)
atan = v1("atan", "math.atan")(atan)
atanh = v1("atanh", "math.atanh")(atanh)
ceil = v1("ceil", "math.ceil")(ceil)
cos = v1("cos", "math.cos")(cos)
cosh = v1("cosh", "math.cosh")(cosh)
exp = v1("exp", "math.exp")(exp)
expm1 = v1("expm1", "math.expm1")(expm1)
floor = v1("floor", "math.floor")(floor)
log = v1("log", "math.log")(log)
log1p = v1("log1p", "math.log1p")(log1p)
negative = v1("negative", "math.negative")(negative)
reciprocal = v1("reciprocal", "math.reciprocal")(reciprocal)
rint = v1("rint", "math.rint")(rint)
rsqrt = v1("rsqrt", "math.rsqrt")(rsqrt)
sigmoid = v1("sigmoid", "math.sigmoid", "nn.sigmoid")(sigmoid)
sin = v1("sin", "math.sin")(sin)
sinh = v1("sinh", "math.sinh")(sinh)
sqrt = v1("sqrt", "math.sqrt")(sqrt)
square = v1("square", "math.square")(square)
tan = v1("tan", "math.tan")(tan)
tanh = v1("tanh", "math.tanh", "nn.tanh")(tanh)


_round = unary("Round", "x rounded, halves to even", lambda xp: xp.round, SIGNED)
_abs = unary("Abs", "|x|", lambda xp: xp.abs, (*FLOATS, dtypes.int8, *SHORT_INDICES), scoped=True)


def complex_part(type: str, kernel: Kernel, input: str = "input") -> OpFunction[Tensor]:
    """Defines an op of complex numbers that gives real ones."""
    return define_op(
        type,
        tensor(input, COMPLEX),
        kernel=kernel,
        scoped=True,
        attributes=(attr("Tout", DType, dtypes.float32),),
    )


_complex_abs = complex_part("ComplexAbs", lambda xp: xp.abs, "x")


@v1("sign", "math.sign")
def sign(x: Any, name: str | None = None) -> Tensor:
    """-1, 0 or 1, as x is negative, zero or positive; of a complex number, what points where it does.

    Args:
        x: A tensor of signed numbers.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.
    """
    tensor = as_tensor(x)
    if tensor.dtype.is_complex:
        return div_no_nan_node(
            tensor, cast(_complex_abs(tensor), tensor.dtype.base_dtype), name=name or "DivNoNan"
        )
    return _sign(tensor, name=name)


@v1("abs", "math.abs")
@direct(_abs)
def abs(x: Any, name: str | None = None) -> Tensor:
    """|x|, element by element; for complex numbers, their distance from 0.

    Args:
        x: A tensor of signed numbers.
        name: The operation's name.

    Returns:
        A tensor with the shape of `x` and its dtype, or that of its real part.
    """
    complex_valued = isinstance(x, (Tensor, Variable)) and x.dtype.is_complex
    return _complex_abs(x, name="Abs" if name is None else name) if complex_valued else _abs(x, name=name)


@v1("round", "math.round")
def round(x: Any, name: str | None = None) -> Tensor:
    """Rounds to whole numbers, halves to even; whole numbers are returned as they are.

    Args:
        x: A tensor of numbers.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.
    """
    if isinstance(x, Tensor) and x.dtype.is_integer:
        return x
    return _round(x, name=name)
