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

import numpy as np

from ... import dtypes
from ..._core import OpFunction, Variable, name_scope
from ...dtypes import DType, DTypeLike, as_dtype
from ...errors import UnimplementedError
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor
from ..declare import (
    ARITHMETIC,
    COMPLEX,
    FLOATS,
    FLOATS_HALF_FIRST,
    INDICES,
    INEXACT,
    INTEGERS,
    SHORT_INDICES,
    SIGNED,
    Types,
    attr,
    tensor,
)
from ..direct import Only, attribute, direct
from ..promises import elementwise
from ..registry import Kernel, define_op
from . import division_kernels

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


def _sigmoid(xp: Any) -> Any:
    @elementwise(1)
    def sigmoid(x: Any, **out: Any) -> Any:
        made = xp.negative(x, **out)
        if not isinstance(made, np.ndarray):
            return 1 / (1 + xp.exp(made))
        np.exp(made, out=made)
        made += 1
        return np.divide(1, made, out=made)

    return sigmoid


def unary(
    type: str, summary: str, kernel: Kernel, types: Types, name: str | None = None,
    scoped: bool | None = None,
) -> OpFunction[Tensor]:  # fmt: skip
    """An op of one tensor, whose result has its dtype and shape."""
    doc = _UNARY_DOC.format(summary=summary, types=_KINDS.get(types, "numbers"))
    return define_op(
        type, tensor("x", types), kernel=kernel, name=name, scoped=scoped,
        doc=doc,
    )  # fmt: skip


def binary(
    type: str, summary: str, kernel: Kernel, types: Types, name: str | None = None,
    inputs: tuple[str, str] = ("x", "y"), scoped: bool | None = None,
) -> OpFunction[Tensor]:  # fmt: skip
    """An op of two tensors of one dtype, which broadcast."""
    x, y = inputs
    doc = _BINARY_DOC.format(summary=summary, types=_KINDS.get(types, "numbers"), x=x, y=y)
    return define_op(type, tensor(x, types), tensor(y), kernel=kernel, name=name, scoped=scoped, doc=doc)


def in_scope(scope: str, op: OpFunction[Tensor], inputs: int = 1) -> Callable[..., Tensor]:
    """A function that makes the node of an op in a name scope of its own, under the type's name.

    Args:
        scope: The scope's default name, which the function is called after.
        op: The op.
        inputs: How many tensors it takes: one or two.

    Returns:
        `f(x, ..., name=None)`.
    """

    def of_one(x: Any, name: str | None = None) -> Tensor:
        with name_scope(name, scope, [x]):
            return op(x)

    def of_two(x: Any, y: Any, name: str | None = None) -> Tensor:
        with name_scope(name, scope, [x, y]):
            return op(x, y)

    function: Callable[..., Tensor] = of_one if inputs == 1 else of_two
    function.__name__ = function.__qualname__ = scope
    function.__doc__ = op.__doc__
    return function


def _squared_difference(xp: Any) -> Any:
    def square_distance(x: Any, y: Any) -> Any:
        apart = xp.subtract(x, y)
        if xp.isdtype(apart.dtype, "complex floating"):  # as v1: times its conjugate
            return xp.multiply(xp.conj(apart), apart)
        return xp.square(apart)

    return square_distance


_unsigned = (dtypes.uint8, dtypes.uint16, dtypes.uint32, dtypes.uint64)
_add_types = (*FLOATS, *_unsigned, dtypes.int8, *SHORT_INDICES, *COMPLEX)
_sub_types = (
    *FLOATS, dtypes.uint8, dtypes.int8, dtypes.uint16, *SHORT_INDICES, *COMPLEX, dtypes.uint32, dtypes.uint64,
)  # fmt: skip
_pow_types = (
    dtypes.bfloat16, dtypes.float32, dtypes.float16, dtypes.float64, dtypes.int8, *SHORT_INDICES, *COMPLEX,
)  # fmt: skip
_ordered = (
    *FLOATS, dtypes.int8, dtypes.uint8, dtypes.int16, dtypes.uint16, dtypes.int32, dtypes.uint32,
    dtypes.int64, dtypes.uint64,
)  # fmt: skip
add = binary("AddV2", "x + y", lambda xp: xp.add, _add_types, name="Add")
subtract = binary("Sub", "x - y", lambda xp: xp.subtract, _sub_types)
multiply = binary("Mul", "x * y", lambda xp: xp.multiply, ARITHMETIC)
realdiv = binary("RealDiv", "x / y for floats", division_kernels.real_div, ARITHMETIC)
floor_div = binary("FloorDiv", "x / y rounded down", division_kernels.floor_div, ARITHMETIC)
floormod = mod = binary(
    "FloorMod",
    "The remainder of x / y, with the sign of y",
    division_kernels.floor_mod,
    (*INTEGERS, *FLOATS),
)
truncatediv = binary("TruncateDiv", "x / y rounded towards zero", division_kernels.truncate_div, ARITHMETIC)
truncatemod = binary(
    "TruncateMod", "The remainder of x / y, with the sign of x",
    division_kernels.truncate_mod, (*INDICES, *FLOATS),
)  # fmt: skip
div_no_nan_node = binary(
    "DivNoNan",
    "x / y, and 0 where y is 0",
    division_kernels.div_no_nan,
    (dtypes.float16, dtypes.float32, dtypes.bfloat16, dtypes.float64, *COMPLEX),
    name="div_no_nan",
)
pow = binary("Pow", "x to the power of y", lambda xp: xp.pow, _pow_types, scoped=True)
maximum = binary("Maximum", "The larger of x and y", lambda xp: xp.maximum, _ordered)
minimum = binary("Minimum", "The smaller of x and y", lambda xp: xp.minimum, _ordered)
squared_difference = binary(
    "SquaredDifference", "(x - y) squared", _squared_difference,
    (*FLOATS, *INDICES, *COMPLEX),
)  # fmt: skip
atan2 = binary("Atan2", "The angle of the point (x, y)", lambda xp: xp.atan2, FLOATS, inputs=("y", "x"))
xdivy = in_scope(
    "xdivy",
    binary(
        "Xdivy",
        "x / y, and 0 where x is 0",
        lambda xp: lambda x, y: xp.where(x == 0, xp.zeros_like(x), xp.divide(x, y)),
        (*FLOATS_HALF_FIRST, *COMPLEX),
    ),
    inputs=2,
)
xlogy = binary(
    "Xlogy", "x * log(y), and 0 where x is 0",
    lambda xp: lambda x, y: xp.where(x == 0, xp.zeros_like(x), x * xp.log(y)), (*FLOATS_HALF_FIRST, *COMPLEX),
)  # fmt: skip
xlog1py = in_scope(
    "xlog1py",
    binary(
        "Xlog1py",
        "x * log(1 + y), and 0 where x is 0",
        lambda xp: lambda x, y: xp.where(x == 0, xp.zeros_like(x), x * xp.log1p(y)),
        (*FLOATS_HALF_FIRST, *COMPLEX),
    ),
    inputs=2,
)
_multiply_no_nan = binary(
    "MulNoNan", "x * y, and 0 where y is 0 whatever x is",
    lambda xp: lambda x, y: xp.where(y == 0, xp.zeros_like(y), xp.multiply(x, y)), INEXACT,
    name="multiply_no_nan",
)  # fmt: skip
nextafter = binary(
    "NextAfter",
    "The next float after x1 towards x2",
    lambda xp: xp.nextafter,
    (dtypes.float64, dtypes.float32),
    inputs=("x1", "x2"),
)
add = v1("add", "math.add")(add)
atan2 = v1("atan2", "math.atan2")(atan2)
floor_div = v1("floor_div")(floor_div)
floormod = v1("floormod", "math.floormod")(floormod)
maximum = v1("maximum", "math.maximum")(maximum)
minimum = v1("minimum", "math.minimum")(minimum)
mod = v1("mod", "math.mod")(mod)
multiply = v1("multiply", "math.multiply")(multiply)
pow = v1("pow", "math.pow")(pow)
realdiv = v1("realdiv")(realdiv)
squared_difference = v1("squared_difference", "math.squared_difference")(squared_difference)
subtract = v1("subtract", "math.subtract")(subtract)
truncatediv = v1("truncatediv")(truncatediv)
truncatemod = v1("truncatemod")(truncatemod)
nextafter = v1("math.nextafter")(nextafter)
xdivy = v1("math.xdivy")(xdivy)
xlog1py = v1("math.xlog1py")(xlog1py)
xlogy = v1("math.xlogy")(xlogy)

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


@v1("math.multiply_no_nan")
def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X * y, and 0 where y is 0 whatever x is, element by element; shapes broadcast.

    Args:
        x: A tensor of floats or complex numbers.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `x` and the broadcast shape.

    Raises:
        TypeError: If the dtype is another.
        ValueError: If the dtypes differ, or the shapes do not go together.
    """
    with name_scope(name, "multiply_no_nan", [x, y]) as scope:
        factor = as_tensor(x)
        return _multiply_no_nan(factor, convert_to_tensor(y, factor.dtype.base_dtype, name="y"), name=scope)


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


def as_tensor(x: Any, name: str = "x") -> Tensor:
    """A tensor of `x`, which is converted only if it is none."""
    return x if isinstance(x, Tensor) else convert_to_tensor(x, name=name)


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


def _cast_kernel(xp: Any, DstT: DType) -> Any:
    target = None if DstT is dtypes.string else namespace_dtype(xp, DstT)

    def convert(x: Any) -> Any:
        strings = getattr(x.dtype, "hasobject", False)
        if strings or target is None:
            source = "string" if strings else x.dtype
            raise UnimplementedError(None, None, f"Cast {source} to {DstT.name} is not supported")
        if xp.isdtype(x.dtype, "complex floating") and not DstT.is_complex:
            x = xp.real(x)  # as v1: the imaginary part is dropped
        return xp.astype(x, target)

    return convert


def namespace_dtype(xp: Any, dtype: DType) -> Any:
    """The object that an array namespace has for a dtype."""
    own = getattr(xp, dtype.name, None)
    return dtype.as_numpy_dtype if own is None else own


cast_node = define_op(
    "Cast", tensor("x", attr="SrcT"),
    kernel=_cast_kernel, attributes=(attr("DstT", DType), attr("Truncate", bool, False)),
)  # fmt: skip


@v1("cast", "dtypes.cast")
@direct(cast_node, only=Only.OTHER_DTYPE, dtype=attribute("DstT"))
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
    if hasattr(x, "with_values"):  # a sparse tensor, as in v1
        sparse: Tensor = x if x.dtype.base_dtype is made else x.with_values(cast(x.values, made, name))
        return sparse
    if isinstance(x, (Tensor, Variable)) and x.dtype.base_dtype is made:
        return convert_to_tensor(x)
    if isinstance(x, Tensor) and name != "":
        return cast_node(x, DstT=made, name=name)
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
to_bfloat16 = v1("to_bfloat16")(to_bfloat16)
to_complex64 = v1("to_complex64")(to_complex64)
to_complex128 = v1("to_complex128")(to_complex128)
to_double = v1("to_double")(to_double)
to_float = v1("to_float")(to_float)
to_int32 = v1("to_int32")(to_int32)
to_int64 = v1("to_int64")(to_int64)
