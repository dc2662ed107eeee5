"""Arithmetic, element by element.

Most functions here are made by the registry: they take tensors, variables, or Python and NumPy values,
which are
converted to the dtype of the first tensor, and broadcast as NumPy does. All take `name`, the operation's
name, and
raise TypeError for a dtype that they do not work on and ValueError for shapes that do not go together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import dtypes
from .._core import OpFunction, Variable, name_scope
from ..dtypes import DType, DTypeLike, as_dtype
from ..graph import Tensor
from .constant import convert_to_tensor
from .registry import (
    ARITHMETIC,
    FLOATS,
    INEXACT,
    NUMBERS,
    SIGNED,
    Dims,
    Kernel,
    ShapeError,
    Spec,
    define_op,
    dims_text,
)
from .special import special

_UNARY_DOC = """{summary}, element by element.

    Args:
        x: A tensor of {types}.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.

    Raises:
        TypeError: If `x` has another dtype.
    """
_BINARY_DOC = """{summary}, element by element; shapes broadcast.

    Args:
        {x}: A tensor of {types}.
        {y}: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `{x}` and the broadcast shape.

    Raises:
        TypeError: If the dtypes differ or are others.
        ValueError: If the shapes do not go together.
    """
_KINDS = {SIGNED: "signed numbers", FLOATS: "floats", INEXACT: "floats or complex numbers"}


def unary(type: str, summary: str, kernel: Kernel, codes: str, name: str | None = None) -> OpFunction[Tensor]:
    """An op of one tensor, whose result has its dtype and shape."""
    doc = _UNARY_DOC.format(summary=summary, types=_KINDS.get(codes, "numbers"))
    return define_op(type, ("x",), kernel=kernel, dtypes=codes, name=name, doc=doc)


def binary(
    type: str,
    summary: str,
    kernel: Kernel,
    codes: str,
    name: str | None = None,
    inputs: tuple[str, str] = ("x", "y"),
) -> OpFunction[Tensor]:
    """An op of two tensors of one dtype, which broadcast."""
    x, y = inputs
    doc = _BINARY_DOC.format(summary=summary, types=_KINDS.get(codes, "numbers"), x=x, y=y)
    return define_op(type, inputs, rule="broadcast", kernel=kernel, dtypes=codes, name=name, doc=doc)


def _truncate_div(xp: Any) -> Any:
    def divide_towards_zero(x: Any, y: Any) -> Any:
        if xp.isdtype(x.dtype, "integral"):
            return xp.sign(x) * xp.sign(y) * xp.floor_divide(xp.abs(x), xp.abs(y))
        return xp.trunc(xp.divide(x, y))

    return divide_towards_zero


def _real_div(xp: Any) -> Any:
    def divide_exactly(x: Any, y: Any) -> Any:
        return xp.floor_divide(x, y) if xp.isdtype(x.dtype, "integral") else xp.divide(x, y)

    return divide_exactly


def div_no_nan_kernel(xp: Any) -> Any:
    """X / y, and 0 where y is 0."""

    def divide_or_zero(x: Any, y: Any) -> Any:
        zero = y == 0
        return xp.where(zero, xp.zeros_like(x), xp.divide(x, xp.where(zero, xp.ones_like(y), y)))

    return divide_or_zero


_add_types = "bf f2 f4 f8 u1 u2 u4 u8 i1 i2 i4 i8 c8 c16"
_sub_types = "bf f2 f4 f8 u1 i1 u2 i2 i4 i8 c8 c16 u4 u8"
_ordered = "bf f2 f4 f8 i1 u1 i2 u2 i4 u4 i8 u8"
add = binary("AddV2", "x + y", lambda xp: xp.add, _add_types, name="Add")
subtract = binary("Sub", "x - y", lambda xp: xp.subtract, _sub_types)
multiply = binary("Mul", "x * y", lambda xp: xp.multiply, ARITHMETIC)
realdiv = binary("RealDiv", "x / y for floats", lambda xp: xp.divide, ARITHMETIC)
floor_div = binary("FloorDiv", "x / y rounded down", lambda xp: xp.floor_divide, ARITHMETIC)
floormod = mod = binary(
    "FloorMod",
    "The remainder of x / y, with the sign of y",
    lambda xp: xp.remainder,
    "i1 i2 i4 i8 u1 u2 u4 u8 bf f2 f4 f8",
)
truncatediv = binary("TruncateDiv", "x / y rounded towards zero", _truncate_div, ARITHMETIC)
truncatemod = binary(
    "TruncateMod", "The remainder of x / y, with the sign of x",
    lambda xp: lambda x, y: xp.sign(x) * xp.remainder(xp.abs(x), xp.abs(y)), "i4 i8 bf f2 f4 f8",
)  # fmt: skip
_div_no_nan = binary(
    "DivNoNan", "x / y, and 0 where y is 0", div_no_nan_kernel, "f2 f4 bf f8 c8 c16", name="div_no_nan"
)
pow = binary("Pow", "x to the power of y", lambda xp: xp.pow, "bf f4 f2 f8 i1 i2 i4 i8 c8 c16")
maximum = binary("Maximum", "The larger of x and y", lambda xp: xp.maximum, _ordered)
minimum = binary("Minimum", "The smaller of x and y", lambda xp: xp.minimum, _ordered)
squared_difference = binary(
    "SquaredDifference", "(x - y) squared", lambda xp: lambda x, y: xp.square(xp.subtract(x, y)),
    "bf f2 f4 f8 i4 i8 c8 c16",
)  # fmt: skip
atan2 = binary("Atan2", "The angle of the point (x, y)", lambda xp: xp.atan2, FLOATS, inputs=("y", "x"))
xdivy = binary(
    "Xdivy", "x / y, and 0 where x is 0",
    lambda xp: lambda x, y: xp.where(x == 0, xp.zeros_like(x), xp.divide(x, y)), "f2 bf f4 f8 c8 c16",
)  # fmt: skip
xlogy = binary(
    "Xlogy", "x * log(y), and 0 where x is 0",
    lambda xp: lambda x, y: xp.where(x == 0, xp.zeros_like(x), x * xp.log(y)), "f2 bf f4 f8 c8 c16",
)  # fmt: skip
xlog1py = binary(
    "Xlog1py", "x * log(1 + y), and 0 where x is 0",
    lambda xp: lambda x, y: xp.where(x == 0, xp.zeros_like(x), x * xp.log1p(y)), "f2 bf f4 f8 c8 c16",
)  # fmt: skip
multiply_no_nan = binary(
    "MulNoNan", "x * y, and 0 where y is 0 whatever x is",
    lambda xp: lambda x, y: xp.where(y == 0, xp.zeros_like(y), xp.multiply(x, y)), "bf f2 f4 f8 c8 c16",
)  # fmt: skip
nextafter = binary(
    "NextAfter", "The next float after x1 towards x2", lambda xp: xp.nextafter, "f8 f4", inputs=("x1", "x2")
)

negative = unary("Neg", "-x", lambda xp: xp.negative, SIGNED)
sign = unary("Sign", "-1, 0 or 1, as x is negative, zero or positive", lambda xp: xp.sign, SIGNED)
square = unary("Square", "x squared", lambda xp: xp.square, "bf f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 c8 c16")
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
reciprocal = unary("Reciprocal", "1 / x", lambda xp: lambda x: 1 / x, SIGNED)
sigmoid = unary(
    "Sigmoid", "1 / (1 + exp(-x))", lambda xp: lambda x: 1 / (1 + xp.exp(xp.negative(x))), INEXACT
)
erf = unary("Erf", "The error function of x", special("erf"), FLOATS)
erfc = unary("Erfc", "1 - erf(x), precise for large x", special("erfc"), FLOATS)
erfinv = unary("Erfinv", "The number whose error function is x", special("erfinv"), FLOATS, name="erfinv")
ndtri = unary(
    "Ndtri", "The quantile x of the standard normal distribution", special("ndtri"), FLOATS, name="ndtri"
)
lgamma = unary("Lgamma", "log |gamma(x)|", special("gammaln"), FLOATS)
digamma = unary("Digamma", "The derivative of log gamma at x", special("digamma"), FLOATS)
bessel_i0e = unary("BesselI0e", "exp(-|x|) I0(x), the scaled Bessel function", special("i0e"), FLOATS)
bessel_i1e = unary("BesselI1e", "exp(-|x|) I1(x), the scaled Bessel function", special("i1e"), FLOATS)
igamma = binary(
    "Igamma",
    "The lower regularized incomplete gamma function",
    special("gammainc"),
    FLOATS,
    inputs=("a", "x"),
)
igammac = binary(
    "Igammac",
    "The upper regularized incomplete gamma function",
    special("gammaincc"),
    FLOATS,
    inputs=("a", "x"),
)
zeta = binary("Zeta", "The Hurwitz zeta function of x and q", special("zeta"), "f4 f8", inputs=("x", "q"))
polygamma = binary(
    "Polygamma", "Derivative a of digamma at x", special("polygamma"), "f4 f8", inputs=("a", "x")
)
betainc = define_op(
    "Betainc", ("a", "b", "x"), rule="broadcast", kernel=special("betainc"), dtypes="f4 f8",
    doc="""The regularized incomplete beta function of `x` with parameters `a` and `b`, element by element.

    Args:
        a: A tensor of floats.
        b: A tensor of the same dtype.
        x: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor.
    """,
)  # fmt: skip

_round = unary("Round", "x rounded, halves to even", lambda xp: xp.round, SIGNED)
_abs = unary("Abs", "|x|", lambda xp: xp.abs, "bf f2 f4 f8 i1 i2 i4 i8")


def _real_of(x: Tensor) -> Spec:
    return (dtypes.float32 if x.dtype.base_dtype is dtypes.complex64 else dtypes.float64), x._dims


def _complex_part(type: str, kernel: Kernel, input: str = "input") -> OpFunction[Tensor]:
    return define_op(type, (input,), rule=_real_of, kernel=kernel, dtypes="c8 c16", attributes="T Tout")


_complex_abs = _complex_part("ComplexAbs", lambda xp: xp.abs, "x")
_real = _complex_part("Real", lambda xp: xp.real)
_imag = _complex_part("Imag", lambda xp: xp.imag)
_angle = _complex_part("Angle", lambda xp: lambda x: xp.atan2(xp.imag(x), xp.real(x)))
_conj = define_op("Conj", ("input",), kernel=lambda xp: xp.conj, dtypes="c8 c16 V")


def as_tensor(x: Any, name: str = "x") -> Tensor:
    """A tensor of `x`, which is converted only if it is none."""
    return x if isinstance(x, Tensor) else convert_to_tensor(x, name=name)


def abs(x: Any, name: str | None = None) -> Tensor:
    """|x|, element by element; for complex numbers, their distance from 0.

    Args:
        x: A tensor of signed numbers.
        name: The operation's name.

    Returns:
        A tensor with the shape of `x` and its dtype, or that of its real part.
    """
    complex_valued = isinstance(x, (Tensor, Variable)) and x.dtype.is_complex
    return _complex_abs(x, name=name or "Abs") if complex_valued else _abs(x, name=name)


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


def _truediv(x: Any, y: Any, name: str | None, default: str = "truediv") -> Tensor:
    """Division as Python 3 has it: ints are cast to floats first."""
    tensor = x if isinstance(x, Tensor) else y if isinstance(y, Tensor) else None
    if tensor is not None and tensor.dtype.is_floating and not isinstance(x, Variable):
        other = y if tensor is x else x
        if not isinstance(other, Tensor) or other.dtype is tensor.dtype:
            return realdiv(x, y, name=name or default)
    with name_scope(name, default, [x, y]) as scope:
        x, y = _same_type(x, y)
        if x.dtype.base_dtype is not y.dtype.base_dtype:
            raise TypeError(f"`x` and `y` must have the same dtype, got {x.dtype!r} != {y.dtype!r}.")
        wider = _DIVISION_TYPES.get(x.dtype.base_dtype)
        if wider is not None:
            x, y = cast(x, wider), cast(y, wider)
        return realdiv(x, y, name=scope)


def _same_type(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    if isinstance(y, (Tensor, Variable)) and not isinstance(x, (Tensor, Variable)):
        y = convert_to_tensor(y)
        return convert_to_tensor(x, y.dtype.base_dtype, name="x"), y
    x = as_tensor(x)
    if isinstance(y, (Tensor, Variable)):
        return x, convert_to_tensor(y)
    return x, convert_to_tensor(y, x.dtype.base_dtype, name="y")


_DIVISION_TYPES = {
    dtypes.uint8: dtypes.float32, dtypes.int8: dtypes.float32, dtypes.uint16: dtypes.float32,
    dtypes.int16: dtypes.float32, dtypes.int32: dtypes.float64, dtypes.uint32: dtypes.float64,
    dtypes.int64: dtypes.float64, dtypes.uint64: dtypes.float64,
}  # fmt: skip


def truediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X / y as Python 3 divides: ints give floats (float32 up to 16 bits, else float64).

    Args:
        x: A tensor of numbers.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the broadcast shape.

    Raises:
        TypeError: If the dtypes differ.

    >>> import scopetrie as tf
    >>> tf.truediv(tf.constant([1, 2]), 2)
    <tf.Tensor 'truediv:0' shape=(2,) dtype=float64>
    """
    return _truediv(x, y, name)


def divide(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X / y as Python 3 divides; see `truediv`.

    Args:
        x: A tensor of numbers.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the broadcast shape.
    """
    if not isinstance(x, (Tensor, Variable)) and not isinstance(y, (Tensor, Variable)):
        x = convert_to_tensor(x)
    return _truediv(x, y, name)


def div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X / y as Python 2 divides: ints give ints, rounded down.

    Args:
        x: A tensor of numbers.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `x` and the broadcast shape.
    """
    with name_scope(name, "div", [x, y]) as scope:
        x, y = _same_type(x, y)
        exact = x.dtype.is_floating or x.dtype.is_complex
        return realdiv(x, y, name=scope) if exact else floor_div(x, y, name=scope)


def div_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X / y, and 0 where y is 0.

    Args:
        x: A tensor of floats.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the broadcast shape.
    """
    return _div_no_nan(x, y, name=name)


def floordiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X / y rounded down.

    Args:
        x: A tensor of numbers.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `x` and the broadcast shape.
    """
    return floor_div(x, y, name=name or "floordiv")


def _cast_kernel(xp: Any, DstT: DType) -> Any:
    if DstT is dtypes.string:
        raise NotImplementedError("Cast to string is not supported. Use tf.as_string.")
    target = namespace_dtype(xp, DstT)
    if DstT.is_complex or not hasattr(xp, "real"):
        return lambda x: xp.astype(x, target)

    def convert(x: Any) -> Any:
        if xp.isdtype(x.dtype, "complex floating"):
            x = xp.real(x)  # as v1: the imaginary part is dropped
        return xp.astype(x, target)

    return convert


def namespace_dtype(xp: Any, dtype: DType) -> Any:
    """The object that an array namespace has for a dtype."""
    own = getattr(xp, dtype.name, None)
    return dtype.as_numpy_dtype if own is None else own


cast_node = define_op(
    "Cast",
    ("x",),
    rule=lambda x, DstT: (DstT, x._dims),
    kernel=_cast_kernel,
    attributes="DstT SrcT Truncate=false",
)


def cast(x: Any, dtype: DTypeLike, name: str | None = None) -> Tensor:
    """Gives a tensor another dtype.

    Args:
        x: A tensor.
        dtype: The dtype; floats are cut off to make ints.
        name: The operation's name.

    Returns:
        A tensor with the shape of `x`; `x` itself if it has the dtype.

    >>> import scopetrie as tf
    >>> tf.cast(tf.constant([1.8, 2.2]), tf.int32)
    <tf.Tensor 'Cast:0' shape=(2,) dtype=int32>
    """
    made = as_dtype(dtype).base_dtype
    if isinstance(x, (Tensor, Variable)) and x.dtype.base_dtype is made:
        return convert_to_tensor(x)
    with name_scope(name, "Cast", [x]) as scope:
        tensor = as_tensor(x)
        return tensor if tensor.dtype.base_dtype is made else cast_node(tensor, DstT=made, name=scope)


def _caster(python_name: str, name: str, dtype: DType) -> Callable[..., Tensor]:
    def to(x: Any, name: str = name) -> Tensor:
        return cast(x, dtype, name=name)

    to.__name__ = to.__qualname__ = python_name
    to.__doc__ = f"""Casts a tensor to {dtype.name}; deprecated in v1 for `cast`.

    Args:
        x: A tensor.
        name: The operation's name.

    Returns:
        A tensor with the shape of `x`.
    """
    return to


to_float = _caster("to_float", "ToFloat", dtypes.float32)
to_double = _caster("to_double", "ToDouble", dtypes.float64)
to_int32 = _caster("to_int32", "ToInt32", dtypes.int32)
to_int64 = _caster("to_int64", "ToInt64", dtypes.int64)
to_bfloat16 = _caster("to_bfloat16", "ToBFloat16", dtypes.bfloat16)
to_complex64 = _caster("to_complex64", "ToComplex64", dtypes.complex64)
to_complex128 = _caster("to_complex128", "ToComplex128", dtypes.complex128)


def _complex_rule(real: Tensor, imag: Tensor) -> Spec:
    from ..shapes import broadcast_dims

    made = dtypes.complex64 if real.dtype.base_dtype is dtypes.float32 else dtypes.complex128
    return made, broadcast_dims(real._dims, imag._dims)


_complex = define_op(
    "Complex",
    ("real", "imag"),
    rule=_complex_rule,
    kernel=lambda xp: lambda a, b: a + 1j * b,
    dtypes="f4 f8",
    attributes="T Tout",
)


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
    return part


real = _part(_real, "real", "The real part", lambda x: x)
imag = _part(_imag, "imag", "The imaginary part", lambda x: multiply(x, 0))


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


def _merged(dims: Dims, other: Dims, at: int) -> Dims:
    if dims is None or other is None:
        return other if dims is None else dims
    where = f"\n\tFrom merging shape {at} with other shapes."
    if len(dims) != len(other):
        raise ShapeError(f"Shapes must be equal rank, but are {len(dims)} and {len(other)}{where}")
    for axis, (a, b) in enumerate(zip(dims, other, strict=True)):
        if a is not None and b is not None and a != b:
            raise ShapeError(
                f"Dimension {axis} in both shapes must be equal, but are {a} and {b}. "
                f"Shapes are {dims_text(dims)} and {dims_text(other)}.{where}"
            )
    return tuple(b if a is None else a for a, b in zip(dims, other, strict=True))


def merge_all(tensors: list[Tensor]) -> Dims:
    """The shape that all tensors of a list have, as far as any of them knows it.

    Raises:
        ShapeError: If they differ, with v1's text.
    """
    dims = tensors[-1]._dims
    for at in range(len(tensors) - 2, -1, -1):
        dims = _merged(tensors[at]._dims, dims, at)
    return dims


def _add_n_kernel(xp: Any) -> Any:
    def total(first: Any, *rest: Any) -> Any:
        for each in rest:
            first = xp.add(first, each)
        return first

    return total


_add_n = define_op(
    "AddN",
    ("inputs*",),
    rule=lambda inputs: (inputs[0].dtype.base_dtype, merge_all(inputs)),
    kernel=_add_n_kernel,
    dtypes=NUMBERS + " V",
    attributes="N T",
)


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """Adds tensors of one shape.

    Args:
        inputs: The tensors, at least one.
        name: The operation's name.

    Returns:
        A tensor; the only input itself if there is just one.

    Raises:
        ValueError: If there is none, or the shapes differ.
        TypeError: If the dtypes differ.
    """
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(
            "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape."
        )
    tensors = [convert_to_tensor(each) for each in inputs]
    if len(tensors) == 1:
        return tensors[0] if name is None else add_n_identity(tensors[0], name)
    return _add_n(tensors, name=name)


def add_n_identity(tensor: Tensor, name: str) -> Tensor:
    """The only tensor of a sum, under the name that was asked for."""
    from .registry import OPS

    identity: Callable[..., Tensor] | None = OPS["Identity"].function
    assert identity is not None
    return identity(tensor, name=name)


def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Tensor:
    """Adds tensors of one shape; see `add_n`.

    Args:
        inputs: The tensors, at least one.
        shape: Accepted for v1's sake.
        tensor_dtype: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        A tensor.
    """
    return add_n(inputs, name=name)


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Tensor:
    """Multiplies a tensor by a scalar.

    Args:
        scalar: The scalar, of the tensor's dtype.
        x: The tensor.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.

    Raises:
        ValueError: If `scalar` is not a scalar.
    """
    tensor = as_tensor(x)
    factor = convert_to_tensor(scalar, tensor.dtype.base_dtype, name="scalar")
    if factor._dims not in ((), None):
        raise ValueError(f"The input scalar must be a 0-D value. Received shape {factor.shape}.")
    return multiply(factor, tensor, name=name)
