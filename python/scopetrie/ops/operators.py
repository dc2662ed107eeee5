"""The ops behind `x + y`, `-x`, `x[...]` and other operators of tensors and variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from .._core import Variable, name_scope, wire
from ..dtypes import bool as bool_
from ..dtypes import int32
from ..graph import Tensor
from .array.slice import getitem
from .elementwise import arithmetic, unary
from .elementwise import divide as math_divide
from .elementwise.bits import bitwise_and, bitwise_or, bitwise_xor, invert
from .elementwise.cast import cast_node
from .elementwise.compare import (
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
)
from .linalg.products import matmul
from .math.masks import boolean_mask


def _is_bool(x: Any) -> bool:
    return isinstance(x, (Tensor, Variable)) and x.dtype.base_dtype.is_bool


def _logical(name: str, on_bools: Callable[..., Tensor], on_ints: Callable[..., Tensor]) -> Any:
    def operator(x: Any, y: Any) -> Tensor:
        if _is_bool(x) or _is_bool(y):
            return on_bools(x, y, name=name)
        with name_scope(None, name, [x, y]):
            return on_ints(x, y)

    return operator


def _xor(x: Any, y: Any) -> Tensor:
    with name_scope(None, "xor", [x, y]) as scope:
        if _is_bool(x) or _is_bool(y):
            return logical_and(logical_or(x, y), logical_not(logical_and(x, y)), name=scope)
        return bitwise_xor(x, y)


def _invert(x: Any) -> Tensor:
    return logical_not(x) if _is_bool(x) else invert(x)


def _multiply_bools(x: Any, y: Any) -> Tensor:
    """`x * y` for a bool `x`: v1 multiplies as int32."""
    with name_scope(None, "mul", [x, y]) as scope:
        product = arithmetic.multiply(cast_node(x, DstT=int32), cast_node(y, DstT=int32), name=scope)
        return cast_node(product, DstT=bool_)


def _pow(x: Any, y: Any) -> Tensor:
    return arithmetic.pow(x, y, name="pow")


def _matmul(x: Any, y: Any) -> Tensor:
    return matmul(x, y, name="matmul")


def _truediv(x: Any, y: Any) -> Tensor:
    return math_divide.truediv(x, y)


def _getitem(x: Any, key: Any) -> Tensor:
    if (isinstance(key, Tensor) and key.dtype.is_bool) or (isinstance(key, np.ndarray) and key.dtype == bool):
        return boolean_mask(x.value() if isinstance(x, Variable) else x, key)
    return getitem(x, key)


# What the extension calls for `x + y` and its like: a function of the operands, or an op function and the
# default name of its nodes; a third element is the function for a bool as left operand.
OPERATORS: Final[dict[str, Any]] = {
    "add": (arithmetic.add, "add"),
    "sub": (arithmetic.subtract, "sub"),
    "mul": (arithmetic.multiply, "mul", _multiply_bools),
    "floordiv": (arithmetic.floor_div, "floordiv"),
    "mod": (arithmetic.floormod, "mod"),
    "neg": (unary.negative, "Neg"),
    "lt": (less, "Less"),
    "le": (less_equal, "LessEqual"),
    "gt": (greater, "Greater"),
    "ge": (greater_equal, "GreaterEqual"),
    "truediv": _truediv,
    "pow": _pow,
    "matmul": _matmul,
    "abs": unary.abs,
    "and": _logical("and", logical_and, bitwise_and),
    "or": _logical("or", logical_or, bitwise_or),
    "xor": _xor,
    "invert": _invert,
    "getitem": _getitem,
}  # fmt: skip

wire(operators=OPERATORS)
