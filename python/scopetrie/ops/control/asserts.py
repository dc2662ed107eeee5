"""Assertions about tensors: checked when the graph is built where possible, else when it runs.

Each returns an operation that fails if the assertion does not hold. Use `control_dependencies` to run it
before others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._core import name_scope
from ...dtypes import DType, as_dtype, bfloat16
from ...errors import InvalidArgumentError
from ...graph import Operation, Tensor
from ...public import v1
from ..array.shape import rank
from ..checks import Assert
from ..constant import constant, convert_to_tensor
from ..elementwise.arithmetic import add, multiply, subtract
from ..elementwise.compare import equal, greater, greater_equal, less, less_equal, not_equal
from ..elementwise.unary import abs
from ..folding import constant_value
from ..math.reduce import reduce_all
from .flow import no_op

_COMPARE_DOC = """Asserts that x {sign} y holds for all elements.

    Args:
        x: A tensor.
        y: A tensor of the same dtype; the shapes broadcast.
        data: What to print in the error; the tensors by default.
        summarize: How many elements to print of each.
        message: What the error begins with.
        name: The operations' scope.

    Returns:
        An operation that fails if it does not hold.

    Raises:
        InvalidArgumentError: If it is known not to hold.
    """


def _checked(
    condition: Tensor,
    data: list[Any],
    summarize: int | None,
    message: str | None,
    fault: str,
) -> Operation:
    holds = reduce_all(condition)
    known = constant_value(holds)
    if known is not None and not known:
        raise InvalidArgumentError(None, None, "\n".join([*([message] if message else []), fault]))
    return Assert(holds, data, summarize=summarize)


def _comparison(python_name: str, sign: str, holds: Callable[..., Tensor]) -> Callable[..., Operation]:
    def check(
        x: Any,
        y: Any,
        data: Any = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        if python_name == "assert_equal":  # v1 opens its scope twice
            with name_scope(name, python_name, [x, y, data]):
                if x is y:
                    return no_op()
        with name_scope(name, python_name, [x, y, data]):
            left = convert_to_tensor(x, name="x")
            right = convert_to_tensor(y, None if isinstance(y, Tensor) else left.dtype.base_dtype, name="y")
            fault = f"Condition x {sign} y did not hold element-wise:"
            shown = data
            if data is None:
                shown = [message or "", fault, f"x ({left.name}) = ", left, f"y ({right.name}) = ", right]
            return _checked(holds(left, right), list(shown), summarize, message, fault)

    check.__name__ = check.__qualname__ = python_name
    check.__doc__ = _COMPARE_DOC.format(sign=sign)
    return check


assert_equal = _comparison("assert_equal", "==", equal)
assert_none_equal = _comparison("assert_none_equal", "!=", not_equal)
assert_less = _comparison("assert_less", "<", less)
assert_less_equal = _comparison("assert_less_equal", "<=", less_equal)
assert_greater = _comparison("assert_greater", ">", greater)
assert_greater_equal = _comparison("assert_greater_equal", ">=", greater_equal)
assert_equal = v1("assert_equal", "debugging.assert_equal")(assert_equal)
assert_greater = v1("assert_greater", "debugging.assert_greater")(assert_greater)
assert_greater_equal = v1("assert_greater_equal", "debugging.assert_greater_equal")(assert_greater_equal)
assert_less = v1("assert_less", "debugging.assert_less")(assert_less)
assert_less_equal = v1("assert_less_equal", "debugging.assert_less_equal")(assert_less_equal)
assert_none_equal = v1("assert_none_equal", "debugging.assert_none_equal")(assert_none_equal)

_SIGN_DOC = """Asserts that x {sign} 0 holds for all elements.

    Args:
        x: A tensor of numbers.
        data: What to print in the error; the tensor by default.
        summarize: How many elements to print of each.
        message: What the error begins with.
        name: The operations' scope.

    Returns:
        An operation that fails if it does not hold.

    Raises:
        InvalidArgumentError: If it is known not to hold.
    """


def _sign(python_name: str, sign: str, holds: Callable[..., Tensor]) -> Callable[..., Operation]:
    def check(
        x: Any,
        data: Any = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        # v1's asks the comparison with 0, in a scope of its own.
        inner = "assert_less" if sign in "<>" else "assert_less_equal"
        with name_scope(name, python_name, [x, data]), name_scope(inner):
            tensor = convert_to_tensor(x, name="x")
            zero = constant(np.asarray(0, tensor.dtype.base_dtype.as_numpy_dtype))
            fault = f"Condition x {sign} 0 did not hold element-wise:"
            shown = [message or "", fault, f"x ({tensor.name}) = ", tensor] if data is None else data
            return _checked(
                holds(*((zero, tensor) if sign[0] == ">" else (tensor, zero))),
                list(shown),
                summarize,
                message,
                fault,
            )

    check.__name__ = check.__qualname__ = python_name
    check.__doc__ = _SIGN_DOC.format(sign=sign)
    return check


assert_positive = _sign("assert_positive", ">", less)
assert_negative = _sign("assert_negative", "<", less)
assert_non_negative = _sign("assert_non_negative", ">=", less_equal)
assert_non_positive = _sign("assert_non_positive", "<=", less_equal)
assert_negative = v1("assert_negative", "debugging.assert_negative")(assert_negative)
assert_non_negative = v1("assert_non_negative", "debugging.assert_non_negative")(assert_non_negative)
assert_non_positive = v1("assert_non_positive", "debugging.assert_non_positive")(assert_non_positive)
assert_positive = v1("assert_positive", "debugging.assert_positive")(assert_positive)


def _precision(dtype: DType) -> float:
    """The distance from 1 to the next number."""
    return 2.0**-7 if dtype is bfloat16 else float(np.finfo(dtype.as_numpy_dtype).eps)


@v1("assert_near", "debugging.assert_near")
def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Asserts that |x - y| < atol + rtol |y| holds for all elements.

    Args:
        x: A tensor of floats.
        y: A tensor of the same dtype; the shapes broadcast.
        rtol: Ten times the dtype's precision by default.
        atol: The same.
        data: What to print in the error; the tensors by default.
        summarize: How many elements to print of each.
        message: What the error begins with.
        name: The operations' scope.

    Returns:
        An operation that fails if it does not hold.

    Raises:
        InvalidArgumentError: If it is known not to hold.
    """
    with name_scope(name, "assert_near", [x, y, rtol, atol, data]):
        left = convert_to_tensor(x, name="x")
        dtype = left.dtype.base_dtype
        right = convert_to_tensor(y, None if isinstance(y, Tensor) else dtype, name="y")
        real = dtype.real_dtype
        default = 10 * _precision(real)
        relative = convert_to_tensor(default if rtol is None else rtol, real, name="rtol")
        absolute = convert_to_tensor(default if atol is None else atol, real, name="atol")
        allowed = add(absolute, multiply(relative, abs(right), name="mul"), name="add")
        fault = "x and y not equal to tolerance"
        shown = [message or "", fault, f"x ({left.name}) = ", left, f"y ({right.name}) = ", right]
        near = less(abs(subtract(left, right, name="sub")), allowed)
        return _checked(near, list(shown if data is None else data), summarize, message, fault)


def _rank_check(
    python_name: str, says: str, holds: Callable[[int, int], bool], compare: Callable[..., Tensor]
) -> Callable[..., Operation]:
    def check(
        x: Any,
        rank: Any,
        data: Any = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        with name_scope(name, python_name, [x, rank]):
            tensor = convert_to_tensor(x, name="x")
            wanted = convert_to_tensor(rank, name="rank")
            number = constant_value(wanted)
            prefix = f"{message}.  " if message else ""
            if number is not None and tensor._dims is not None:
                found = len(tensor._dims)
                if not holds(found, int(number)):
                    raise ValueError(
                        f"{prefix}Tensor {tensor.name} must have rank {says}{int(number)}.  "
                        f"Received rank {found}, shape {tensor.shape}"
                    )
                return no_op(name="static_checks_determined_all_ok")
            fault = f"{prefix}Tensor {tensor.name} must have rank {says}"
            shown = [fault, wanted] if data is None else list(data)
            return Assert(compare(_rank_of(tensor), wanted), shown, summarize=summarize)

    check.__name__ = check.__qualname__ = python_name
    check.__doc__ = f"""Asserts that a tensor has rank {says}`rank`.

    Args:
        x: A tensor.
        rank: An int, or a scalar.
        data: What to print in the error.
        summarize: How many elements to print of each.
        message: What the error begins with.
        name: The operations' scope.

    Returns:
        An operation that fails if it does not hold.

    Raises:
        ValueError: If it is known not to hold.
    """
    return check


def _rank_of(tensor: Tensor) -> Tensor:
    return rank(tensor)


assert_rank = _rank_check("assert_rank", "", lambda found, wanted: found == wanted, equal)
assert_rank_at_least = _rank_check(
    "assert_rank_at_least", "at least ", lambda found, wanted: found >= wanted, greater_equal
)
assert_rank = v1("assert_rank", "debugging.assert_rank")(assert_rank)
assert_rank_at_least = v1("assert_rank_at_least", "debugging.assert_rank_at_least")(assert_rank_at_least)


@v1("assert_type", "debugging.assert_type")
def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> Operation:
    """Asserts that a tensor has a dtype.

    Args:
        tensor: A tensor.
        tf_type: The dtype.
        message: What the error begins with.
        name: The operation's name.

    Returns:
        An operation that does nothing.

    Raises:
        TypeError: If it has another one.
    """
    wanted = as_dtype(tf_type)
    with name_scope(name, "assert_type", [tensor]):
        made = convert_to_tensor(tensor)
        if made.dtype.base_dtype is not wanted:
            prefix = f"{message}  " if message else ""
            raise TypeError(f"{prefix}{made.name} must be of type {wanted!r}; got {made.dtype!r}")
        return no_op(name="statically_determined_correct_type")


@v1("assert_integer", "debugging.assert_integer")
def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> Operation:
    """Asserts that a tensor holds integers.

    Args:
        x: A tensor.
        message: What the error begins with.
        name: The operation's name.

    Returns:
        An operation that does nothing.

    Raises:
        TypeError: If it does not.
    """
    with name_scope(name, "assert_integer", [x]):
        tensor = convert_to_tensor(x, name="x")
        if not tensor.dtype.is_integer:
            prefix = f"{message}  " if message else ""
            raise TypeError(
                f'{prefix}Expected "x" to be integer type.  Found: {tensor.name} of dtype {tensor.dtype}'
            )
        return no_op(name="statically_determined_was_integer")


@v1("assert_scalar", "debugging.assert_scalar")
def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Tensor:
    """Asserts that a tensor is a scalar.

    Args:
        tensor: A tensor.
        name: The operation's name.
        message: What the error begins with.

    Returns:
        The tensor.

    Raises:
        ValueError: If it is known to be none.
    """
    with name_scope(name, "assert_scalar", [tensor]):
        made = convert_to_tensor(tensor)
        if made._dims != ():
            prefix = f"{message}  " if message else ""
            raise ValueError(f"{prefix}Expected scalar shape for {made.name}, saw shape: {made.shape}.")
        return made
