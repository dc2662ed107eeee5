"""Arithmetic, comparisons and activations, element by element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from .. import dtypes
from .step import Held, Step, Value
from .table import converts

# ONNX's op of the same arguments.
_UNARY: Final = {
    "Abs": "Abs", "Neg": "Neg", "Exp": "Exp", "Log": "Log", "Sqrt": "Sqrt", "Reciprocal": "Reciprocal",
    "Sin": "Sin", "Cos": "Cos", "Tan": "Tan", "Asin": "Asin", "Acos": "Acos", "Atan": "Atan", "Sinh": "Sinh",
    "Cosh": "Cosh", "Asinh": "Asinh", "Acosh": "Acosh", "Atanh": "Atanh", "Tanh": "Tanh",
    "Sigmoid": "Sigmoid", "Sign": "Sign", "Ceil": "Ceil", "Floor": "Floor", "Rint": "Round", "Erf": "Erf",
    "Relu": "Relu", "Elu": "Elu", "Selu": "Selu", "Softplus": "Softplus", "Softsign": "Softsign",
    "IsNan": "IsNaN", "LogicalNot": "Not", "Invert": "BitwiseNot",
}  # fmt: skip
_BINARY: Final = {
    "AddV2": "Add", "Sub": "Sub", "Mul": "Mul", "RealDiv": "Div", "Greater": "Greater", "Less": "Less",
    "GreaterEqual": "GreaterOrEqual", "LessEqual": "LessOrEqual", "LogicalAnd": "And", "LogicalOr": "Or",
    "BitwiseAnd": "BitwiseAnd", "BitwiseOr": "BitwiseOr", "BitwiseXor": "BitwiseXor",
}  # fmt: skip


def same_order(step: Step, compute: Callable[..., Value]) -> Held:
    """Computes something element by element, with the channels where they are.

    An input that is held with its channels first leads the others: those of its rank are taken so, too;
    scalars as they are, and vectors, which are one number for each channel, with dimensions of size 1 after
    it.

    Args:
        step: The operation.
        compute: A function of the values of the inputs.
    """
    held = [step.holding(at) for at in range(len(step.inputs))]
    leaders = [at for at, each in enumerate(held) if each.plain is None]
    if not leaders:
        return Held(compute(*(each.plain for each in held)))
    rank = step.rank(leaders[0])
    ranks = [None if step.dims(at) is None else step.rank(at) for at in range(len(held))]
    if not all(each in (0, 1, rank) for each in ranks):
        return Held(compute(*step.values()))
    values = []
    for at, each in enumerate(ranks):
        if each == rank:
            values.append(step.channels_first(at))
        elif each == 0:
            values.append(step.input(at))
        else:
            values.append(per_channel(step, at, rank))
    return Held(None, compute(*values))


def per_channel(step: Step, at: int, rank: int) -> Value:
    """A vector with an entry for each channel, in the form that broadcasts with channels-first tensors."""
    value = step.input(at)
    if value.const_value is None:
        return step.emit("Unsqueeze", value, step.index(list(range(1, rank - 1))))
    array = value.const_value.numpy()
    name = step.conversion.names.unique_name(f"{value.name}/channels_first")
    return step.conversion.initializer(array.reshape(array.shape + (1,) * (rank - 2)), name)


def _direct(kind: str) -> Callable[[Step], Any]:
    return lambda step: same_order(step, lambda *values: step.emit(kind, *values))


for _type, _kind in {**_UNARY, **_BINARY}.items():
    converts(_type, to=_kind)(_direct(_kind))


def _composed(*types: str, to: str, note: str = "") -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Declares what computes one of v1's ops out of several of ONNX's: a function of the step and values."""

    def declared(function: Callable[..., Value]) -> Callable[..., Value]:
        converts(*types, to=to, note=note)(
            lambda step: same_order(step, lambda *values: function(step, *values))
        )
        return function

    return declared


@converts("Identity", "StopGradient", "GuaranteeConst", "PlaceholderWithDefault", to="",
          note="Nothing: the value itself.")  # fmt: skip
def _same(step: Step) -> Held:
    return step.holding(0)


@converts("CheckNumerics", "EnsureShape", to="", note="Nothing: the value itself, without the check.")
def _unchecked(step: Step) -> Held:
    return step.holding(0)


@converts("Print", to="", note="Nothing: the value itself; nothing is printed.")
def _unprinted(step: Step) -> Held:
    return step.holding(0)


@converts("IdentityN", to="", note="Nothing: the values themselves.")
def _same_all(step: Step) -> list[Held]:
    return [step.holding(at) for at in range(len(step.inputs))]


@_composed("IsInf", to="IsInf")
def _is_inf(step: Step, x: Value) -> Value:
    return step.emit("IsInf", x)


@_composed("IsFinite", to="IsInf IsNaN Not Or")
def _is_finite(step: Step, x: Value) -> Value:
    return step.emit("Not", step.emit("Or", step.emit("IsInf", x), step.emit("IsNaN", x)))


@_composed("Round", to="Identity Round")
def _round(step: Step, x: Value) -> Value:
    return step.emit("Round" if step.dtype(0).is_floating else "Identity", x)


@_composed("Square", to="Mul")
def _square(step: Step, x: Value) -> Value:
    return step.emit("Mul", x, x)


@_composed("SquaredDifference", to="Mul Sub")
def _squared_difference(step: Step, x: Value, y: Value) -> Value:
    return _square(step, step.emit("Sub", x, y))


@_composed("Rsqrt", to="Reciprocal Sqrt")
def _rsqrt(step: Step, x: Value) -> Value:
    return step.emit("Reciprocal", step.emit("Sqrt", x))


@_composed("Expm1", to="Add Exp Mul Tanh")
def _expm1(step: Step, x: Value) -> Value:
    # (e^x + 1) tanh(x / 2), which is exact near 0 as well.
    wide = step.emit("Add", step.emit("Exp", x), step.number(1))
    return step.emit("Mul", wide, step.emit("Tanh", step.emit("Mul", x, step.number(0.5))))


def log1p(step: Step, x: Value) -> Value:
    """Log(1 + x): 2 atanh(x / (2 + x)) near 0."""
    near = step.emit("Less", step.emit("Abs", x), step.number(0.5))
    inner = step.emit("Where", near, x, step.number(0))  # what is not taken must not be out of range
    part = step.emit("Div", inner, step.emit("Add", inner, step.number(2)))
    small = step.emit("Mul", step.emit("Atanh", part), step.number(2))
    return step.emit("Where", near, small, step.emit("Log", step.emit("Add", x, step.number(1))))


_composed("Log1p", to="Abs Add Atanh Div Less Log Mul Where")(log1p)


@_composed("Erfc", to="Erf Sub", note="1 - Erf: what is tiny is 0.")
def _erfc(step: Step, x: Value) -> Value:
    return step.emit("Sub", step.number(1), step.emit("Erf", x))


@_composed("Relu6", to="Clip")
def _relu6(step: Step, x: Value) -> Value:
    return step.emit("Clip", x, step.number(0), step.number(6))


@_composed("LeakyRelu", to="LeakyRelu")
def _leaky_relu(step: Step, x: Value) -> Value:
    return step.emit("LeakyRelu", x, alpha=float(step.attrs["alpha"]))


@_composed("Equal", to="Equal")
def equal(step: Step, x: Value, y: Value) -> Value:
    """Whether elements are equal."""
    if not step.attrs.get("incompatible_shape_error", True):
        step.refuse("shapes that do not go together are an error in ONNX.")
    return step.emit("Equal", x, y)


@_composed("NotEqual", to="Equal Not")
def _not_equal(step: Step, x: Value, y: Value) -> Value:
    return step.emit("Not", equal(step, x, y))


@_composed("Maximum", to="Max")
def _maximum(step: Step, x: Value, y: Value) -> Value:
    return step.emit("Max", x, y)


@_composed("Minimum", to="Min")
def _minimum(step: Step, x: Value, y: Value) -> Value:
    return step.emit("Min", x, y)


@_composed("ClipByValue", to="Max Min")
def _clip_by_value(step: Step, x: Value, low: Value, high: Value) -> Value:
    return step.emit("Max", step.emit("Min", x, high), low)


@_composed("AddN", to="Add Identity")
def _add_n(step: Step, first: Value, *rest: Value) -> Value:
    total = first if rest else step.emit("Identity", first)
    for each in rest:
        total = step.emit("Add", total, each)
    return total


@_composed("Pow", to="Pow")
def _pow(step: Step, x: Value, y: Value) -> Value:
    return step.emit("Pow", x, y)


def floor_mod(step: Step, x: Value, y: Value) -> Value:
    """The remainder that has the sign of `y`."""
    if not step.dtype(0).is_floating:
        return step.emit("Mod", x, y)
    rest = step.emit("Mod", x, y, fmod=1)
    zero = step.number(0)
    below, down = step.emit("Less", rest, zero), step.emit("Less", y, zero)
    wrong = step.emit("And", step.emit("Xor", below, down), step.emit("Not", step.emit("Equal", rest, zero)))
    return step.emit("Where", wrong, step.emit("Add", rest, y), rest)


_composed("FloorMod", to="Add And Equal Less Mod Not Where Xor")(floor_mod)


@_composed("FloorDiv", to="Div Floor Mod Sub")
def _floor_div(step: Step, x: Value, y: Value) -> Value:
    if step.dtype(0).is_floating:
        return step.emit("Floor", step.emit("Div", x, y))
    return step.emit("Div", step.emit("Sub", x, floor_mod(step, x, y)), y)


@_composed("TruncateMod", to="Mod")
def _truncate_mod(step: Step, x: Value, y: Value) -> Value:
    return step.emit("Mod", x, y, fmod=1)


@_composed("TruncateDiv", to="Abs Div Floor Mul Sign")
def _truncate_div(step: Step, x: Value, y: Value) -> Value:
    found = step.emit("Div", x, y)
    if not step.dtype(0).is_floating:
        return found
    return step.emit("Mul", step.emit("Sign", found), step.emit("Floor", step.emit("Abs", found)))


def _unless_zero(step: Step, guard: Value, value: Value) -> Value:
    zero = step.number(0)
    return step.emit("Where", step.emit("Equal", guard, zero), zero, value)


@_composed("DivNoNan", to="Div Equal Where")
def _div_no_nan(step: Step, x: Value, y: Value) -> Value:
    return _unless_zero(step, y, step.emit("Div", x, y))


@_composed("MulNoNan", to="Equal Mul Where")
def _mul_no_nan(step: Step, x: Value, y: Value) -> Value:
    return _unless_zero(step, y, step.emit("Mul", x, y))


@_composed("Xlogy", to="Equal Log Mul Where")
def _xlogy(step: Step, x: Value, y: Value) -> Value:
    return _unless_zero(step, x, step.emit("Mul", x, step.emit("Log", y)))


@_composed("Xlog1py", to="Abs Add Atanh Div Equal Less Log Mul Where")
def _xlog1py(step: Step, x: Value, y: Value) -> Value:
    return _unless_zero(step, x, step.emit("Mul", x, log1p(step, y)))


@_composed("Xdivy", to="Div Equal Where")
def _xdivy(step: Step, x: Value, y: Value) -> Value:
    return _unless_zero(step, x, step.emit("Div", x, y))


@_composed("Atan2", to="Add Atan Div Equal Less Mul Sign Where", note="-0 counts as 0.")
def _atan2(step: Step, y: Value, x: Value) -> Value:
    zero, pi = step.number(0), step.number(math.pi)
    straight = step.emit("Mul", step.emit("Sign", y), step.number(math.pi / 2))
    up = step.emit("Equal", x, zero)
    angle = step.emit("Atan", step.emit("Div", y, step.emit("Where", up, step.number(1), x)))
    turn = step.emit("Where", step.emit("Less", y, zero), step.number(-math.pi), pi)
    left = step.emit("Where", step.emit("Less", x, zero), step.emit("Add", angle, turn), angle)
    return step.emit("Where", up, straight, left)


def _shift(direction: str) -> Callable[[Step], Any]:
    return lambda step: same_order(step, lambda x, y: step.emit("BitShift", x, y, direction=direction))


converts("LeftShift", to="BitShift", note="Unsigned integers.")(_shift("LEFT"))
converts("RightShift", to="BitShift", note="Unsigned integers.")(_shift("RIGHT"))


@converts("Cast", to="Cast")
def _cast(step: Step) -> Held:
    to = step.conversion.dtype_of(step.out_dtype())
    if to is None or step.out_dtype().is_complex or dtypes.string in (step.dtype(0), step.out_dtype()):
        step.refuse(f"ONNX has no numbers of {step.out_dtype().name}.")
    return same_order(step, lambda x: step.emit("Cast", x, dtype=to, to=to))


@converts("BiasAdd", to="Add Unsqueeze")
def _bias_add(step: Step) -> Held:
    if not step.attrs["data_format"].startswith("NC"):
        return same_order(step, lambda *values: step.emit("Add", *values))
    bias = step.emit("Unsqueeze", step.input(1), step.index(list(range(1, step.rank(0) - 1))))
    return Held(step.emit("Add", step.input(0), bias))


@converts("SelectV2", to="Where")
def _select_v2(step: Step) -> Held:
    return same_order(step, lambda *values: step.emit("Where", *values))


@converts("Select", to="Unsqueeze Where")
def _select(step: Step) -> Held:
    dims = step.dims(0)
    if dims is None:
        step.refuse("the rank of its condition must be known: use tf.where_v2.")
    if len(dims) != 1 or step.rank(1) == 1:
        return same_order(step, lambda *values: step.emit("Where", *values))
    # A vector of conditions chooses whole rows.
    rows = step.emit("Unsqueeze", step.input(0), step.index(list(range(1, step.rank(1)))))
    return Held(step.emit("Where", rows, step.input(1), step.input(2)))


@converts("ZerosLike", to="ConstantOfShape Shape")
def _zeros_like(step: Step) -> Value:
    return filled(step, step.emit("Shape", step.input(0)), 0)


@converts("OnesLike", to="ConstantOfShape Shape")
def _ones_like(step: Step) -> Value:
    return filled(step, step.emit("Shape", step.input(0)), 1)


def filled(step: Step, shape: Value, value: Any, dtype: dtypes.DType | None = None) -> Value:
    """An array of one number: `shape` is a vector of int64."""
    ir = step.conversion.ir
    made = dtype or step.dtype(0)
    kind = step.conversion.dtype_of(made)
    if kind is None or made is dtypes.string:
        step.refuse(f"ONNX has no arrays of {made.name}.")
    return step.emit(
        "ConstantOfShape", shape, dtype=kind, value=ir.tensor(np.full([1], value, made.as_numpy_dtype))
    )
