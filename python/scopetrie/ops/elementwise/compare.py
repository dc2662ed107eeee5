"""Comparisons, logic, bits, choices and limits, element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction, Variable, name_scope, own_items
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor
from ..declare import BOOL, FLOATS, NUMBERS, REALS, Attribute, Types, attr, tensor
from ..direct import direct
from ..registry import Kernel, define_op
from .arithmetic import maximum, minimum
from .cast import as_tensor

_COMPARE_DOC = """{summary}, element by element; shapes broadcast.

    Args:
        x: A tensor.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A boolean tensor with the broadcast shape.

    Raises:
        TypeError: If the dtypes differ.
        ValueError: If the shapes do not go together.
    """


def _compare(
    type: str,
    summary: str,
    kernel: Kernel,
    types: Types | None,
    held: str | None = "T",
    attributes: tuple[Attribute, ...] = (),
) -> OpFunction[Tensor]:
    doc = _COMPARE_DOC.format(summary=summary)
    return define_op(
        type,
        tensor("x", types, held),
        tensor("y", types, held),
        kernel=kernel,
        attributes=attributes,
        doc=doc,
    )


less = _compare("Less", "Whether x < y", lambda xp: xp.less, REALS)
less_equal = _compare("LessEqual", "Whether x <= y", lambda xp: xp.less_equal, REALS)
greater = _compare("Greater", "Whether x > y", lambda xp: xp.greater, REALS)
greater_equal = _compare("GreaterEqual", "Whether x >= y", lambda xp: xp.greater_equal, REALS)
_EQUAL = (attr("incompatible_shape_error", bool, True),)
equal = _compare("Equal", "Whether x == y", lambda xp: xp.equal, None, attributes=_EQUAL)
not_equal = _compare("NotEqual", "Whether x != y", lambda xp: xp.not_equal, None, attributes=_EQUAL)
logical_and = _compare("LogicalAnd", "Whether both are true", lambda xp: xp.logical_and, BOOL, None)
logical_or = _compare("LogicalOr", "Whether one is true", lambda xp: xp.logical_or, BOOL, None)
logical_not = define_op(
    "LogicalNot", tensor("x", BOOL, attr=None), kernel=lambda xp: xp.logical_not,
    doc="""Whether x is false, element by element.

    Args:
        x: A boolean tensor.
        name: The operation's name.

    Returns:
        A boolean tensor with the shape of `x`.

    Raises:
        TypeError: If `x` is not boolean.
    """,
)  # fmt: skip
equal = v1("equal", "math.equal")(equal)
greater = v1("greater", "math.greater")(greater)
greater_equal = v1("greater_equal", "math.greater_equal")(greater_equal)
less = v1("less", "math.less")(less)
less_equal = v1("less_equal", "math.less_equal")(less_equal)
logical_and = v1("logical_and", "math.logical_and")(logical_and)
logical_not = v1("logical_not", "math.logical_not")(logical_not)
logical_or = v1("logical_or", "math.logical_or")(logical_or)
not_equal = v1("not_equal", "math.not_equal")(not_equal)


@v1("logical_xor", "math.logical_xor")
def logical_xor(x: Any, y: Any, name: str = "LogicalXor") -> Tensor:
    """Whether exactly one is true, element by element.

    Args:
        x: A boolean tensor.
        y: Another one.
        name: The operation's name.

    Returns:
        A boolean tensor with the broadcast shape.
    """
    return logical_and(logical_or(x, y), logical_not(logical_and(x, y)), name=name)


def _test(type: str, summary: str, kernel: Kernel) -> OpFunction[Tensor]:
    return define_op(
        type, tensor("x", FLOATS), kernel=kernel,
        doc=f"""{summary}, element by element.

    Args:
        x: A tensor of floats.
        name: The operation's name.

    Returns:
        A boolean tensor with the shape of `x`.
    """,
    )  # fmt: skip


is_nan = _test("IsNan", "Whether x is not a number", lambda xp: xp.isnan)
is_inf = _test("IsInf", "Whether x is infinite", lambda xp: xp.isinf)
is_finite = _test("IsFinite", "Whether x is neither infinite nor not a number", lambda xp: xp.isfinite)
is_finite = v1("is_finite", "math.is_finite", "debugging.is_finite")(is_finite)
is_inf = v1("is_inf", "math.is_inf", "debugging.is_inf")(is_inf)
is_nan = v1("is_nan", "math.is_nan", "debugging.is_nan")(is_nan)


# NumPy's where branches for each element: with a mask in no order it takes 9 ns for one. From this number of
# elements on, bits are masked instead, which takes a fifth to a tenth of that, whatever the mask.
_MANY: Final = 8192
_BITS: Final = {2: np.int16, 4: np.int32, 8: np.int64}


def selector(xp: Any) -> Callable[[Any, Any, Any], Any]:
    """The namespace's `where`, which is faster for NumPy's large arrays of one shape."""
    where = xp.where

    def select(condition: Any, t: Any, e: Any) -> Any:
        if not isinstance(condition, np.ndarray) or condition.size < _MANY:
            return where(condition, t, e)
        dtype = t.dtype
        if (
            condition.shape != t.shape
            or t.shape != e.shape
            or dtype != e.dtype
            or dtype.kind not in "fiu"
            or dtype.itemsize not in _BITS
            or not (t.flags.c_contiguous and e.flags.c_contiguous)
        ):
            return where(condition, t, e)
        bits = _BITS[dtype.itemsize]
        mask = condition.astype(bits)
        np.negative(mask, out=mask)
        other = e.view(bits)
        mask &= np.bitwise_xor(t.view(bits), other)
        mask ^= other
        return mask.view(dtype)

    return select


def _select_kernel(xp: Any) -> Any:
    where = selector(xp)

    def select(condition: Any, t: Any, e: Any) -> Any:
        if t.shape == e.shape:
            if condition.shape in ((), t.shape):
                return where(condition, t, e)
            if len(condition.shape) == 1 and condition.shape == t.shape[:1]:  # a vector chooses rows
                return xp.where(xp.reshape(condition, (-1, *(1,) * (len(t.shape) - 1))), t, e)
        raise ValueError(
            "Inputs to operation of type Select must have the same size and shape. "
            f"Input 0: {list(condition.shape)}, input 1: {list(t.shape)}, input 2: {list(e.shape)}"
        )

    return select


_select = define_op(
    "Select", tensor("condition", BOOL, None), tensor("t"), tensor("e"),
    kernel=_select_kernel,
)  # fmt: skip


select_v2 = define_op(
    "SelectV2", tensor("condition", BOOL, None), tensor("t"), tensor("e"),
    kernel=selector,
)  # fmt: skip


def _where_kernel(xp: Any) -> Any:
    def positions(x: Any) -> Any:
        if not x.shape:
            raise ValueError("WhereOp : Unhandled input dimensions: 0")
        return xp.astype(xp.stack(xp.nonzero(x), axis=1), xp.int64)

    return positions


_where = define_op(
    "Where", tensor("input", (*NUMBERS, dtypes.bool)), kernel=_where_kernel,
)  # fmt: skip


def _alike(x: Any, y: Any) -> tuple[Any, Any]:
    """Two values such that what is no tensor takes the other's dtype."""
    if isinstance(x, (Tensor, Variable)) and not isinstance(y, (Tensor, Variable)):
        return x, np.asarray(own_items(y), x.dtype.base_dtype.as_numpy_dtype)
    if isinstance(y, (Tensor, Variable)) and not isinstance(x, (Tensor, Variable)):
        return np.asarray(own_items(x), y.dtype.base_dtype.as_numpy_dtype), y
    return x, y


@v1("where")
@direct(_select)
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """Chooses elements of `x` or `y`; without them, finds the elements that are true.

    Args:
        condition: A boolean tensor of the shape of `x`, a vector that chooses rows, or a scalar.
        x: What to take where the condition is true.
        y: What to take elsewhere, of the same dtype and shape.
        name: The operation's name.

    Returns:
        A tensor like `x`; without `x` and `y`, the indices of true elements `[count, rank]`, int64.

    Raises:
        ValueError: If just one of `x` and `y` is given, or the shapes do not go together.

    >>> import scopetrie as tf
    >>> tf.where(tf.constant([True, False]), tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0]))
    <tf.Tensor 'Select:0' shape=(2,) dtype=float32>
    """
    if x is None and y is None:
        if isinstance(condition, Tensor) and name != "":
            return _where(condition, name=name)
        with name_scope(name, "Where", [condition]) as scope:
            return _where(
                convert_to_tensor(condition, preferred_dtype=dtypes.bool, name="condition"), name=scope
            )
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    x, y = _alike(x, y)
    return _select(condition, x, y, name=name)


@v1("where_v2")
def where_v2(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """As `where`, but condition, `x` and `y` broadcast.

    Args:
        condition: A boolean tensor.
        x: What to take where the condition is true.
        y: What to take elsewhere, of the same dtype.
        name: The operation's name.

    Returns:
        A tensor.

    Raises:
        ValueError: If just one of `x` and `y` is given, or the shapes do not go together.
    """
    if x is None or y is None:
        return where(condition, x, y, name)
    x, y = _alike(x, y)
    return select_v2(condition, x, y, name=name)


@v1("clip_by_value")
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Tensor:
    """Limits a tensor's elements to a range.

    Args:
        t: A tensor of numbers.
        clip_value_min: The least value; a scalar or a tensor that broadcasts to `t`.
        clip_value_max: The largest value, likewise.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `t`.

    Raises:
        ValueError: If the limits make the shape larger.

    >>> import scopetrie as tf
    >>> tf.clip_by_value(tf.constant([-1.0, 0.5, 2.0]), 0.0, 1.0)
    <tf.Tensor 'clip_by_value:0' shape=(3,) dtype=float32>
    """
    with name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as scope:
        tensor = as_tensor(t, "t")
        low = minimum(tensor, clip_value_max)
        tensor.shape.assert_is_compatible_with(low.shape)
        high = convert_to_tensor(clip_value_min, tensor.dtype.base_dtype, name="y")
        _fits(tensor, high)
        return maximum(low, high, name=scope)


def _fits(tensor: Tensor, limit: Tensor) -> None:
    if tensor._dims is not None and limit._dims is not None and len(limit._dims) > len(tensor._dims):
        raise ValueError(f"Shapes {tensor.shape} and {limit.shape} are incompatible")


clip_node = define_op(
    "ClipByValue", tensor("t", NUMBERS), tensor("clip_value_min"), tensor("clip_value_max"),
    kernel=lambda xp: lambda x, low, high: xp.maximum(xp.minimum(x, high), low),
)  # fmt: skip
