"""What `x + y`, `-x`, `x[...]` and the other operators of tensors and variables build."""

from __future__ import annotations

from typing import Any

from .. import _core
from .._core import Variable, name_scope
from ..graph import Tensor
from . import math_elementwise as elementwise
from .array_slice import getitem
from .constant import convert_to_tensor
from .math_compare import (
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    greater,
    greater_equal,
    invert,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
)  # fmt: skip
from .math_linalg import matmul


def _is_bool(x: Any) -> bool:
    return isinstance(x, (Tensor, Variable)) and x.dtype.base_dtype.is_bool


def _logical(name: str, on_bools: Any, on_ints: Any) -> Any:
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


def _pow(x: Any, y: Any) -> Tensor:
    return elementwise.pow(x, y, name="pow")


def _matmul(x: Any, y: Any) -> Tensor:
    return matmul(x, y, name="matmul")


def _truediv(x: Any, y: Any) -> Tensor:
    return elementwise.truediv(x, y)


_core.register_hooks(convert=convert_to_tensor)
# A pair names an op function and the node that the operator makes; the extension calls it without further
# ado.
_core.register_operators({
    "add": (elementwise.add, "add"),
    "sub": (elementwise.subtract, "sub"),
    "mul": (elementwise.multiply, "mul"),
    "floordiv": (elementwise.floor_div, "floordiv"),
    "mod": (elementwise.floormod, "mod"),
    "neg": (elementwise.negative, "Neg"),
    "lt": (less, "Less"),
    "le": (less_equal, "LessEqual"),
    "gt": (greater, "Greater"),
    "ge": (greater_equal, "GreaterEqual"),
    "truediv": _truediv,
    "pow": _pow,
    "matmul": _matmul,
    "abs": elementwise.abs,
    "and": _logical("and", logical_and, bitwise_and),
    "or": _logical("or", logical_or, bitwise_or),
    "xor": _xor,
    "invert": _invert,
    "getitem": getitem,
})  # fmt: skip
