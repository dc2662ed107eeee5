"""Arithmetic of two tensors, element by element.

Most functions here are made by the registry: they take tensors, variables, or Python and NumPy values, which
are converted to the dtype of the first tensor, and broadcast as NumPy does. All take `name`, the operation's
name, and raise TypeError for a dtype that they do not work on and ValueError for shapes that do not go
together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ..._core import OpFunction, name_scope
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
    tensor,
)
from ..registry import Kernel, define_op
from . import division_kernels
from .cast import as_tensor

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

# What docstrings call the dtypes that an op works on.
KINDS = {SIGNED: "signed numbers", FLOATS: "floats", INEXACT: "floats or complex numbers"}


def binary(
    type: str, summary: str, kernel: Kernel, types: Types, name: str | None = None,
    inputs: tuple[str, str] = ("x", "y"), scoped: bool | None = None,
) -> OpFunction[Tensor]:  # fmt: skip
    """An op of two tensors of one dtype, which broadcast."""
    x, y = inputs
    doc = _BINARY_DOC.format(summary=summary, types=KINDS.get(types, "numbers"), x=x, y=y)
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
