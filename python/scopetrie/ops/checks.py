"""Looking into a graph while it runs: printing, assertions, checks, Python functions."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from .. import dtypes
from .._core import OpFunction, name_scope, own_items
from ..backends import is_traced
from ..backends.deferred import defer, is_deferring
from ..dtypes import as_dtype
from ..errors import InternalError, InvalidArgumentError
from ..graph import Operation, Tensor
from ..public import v1
from .constant import convert_to_tensor
from .declare import BOOL, FLOATS, attr, mixed, tensor
from .registry import define_op


def on_host(state: Any, array: Any) -> np.ndarray[Any, Any]:
    """An array of the session's library as NumPy's."""
    if isinstance(array, (np.ndarray, np.generic)):
        return np.asarray(array)
    found: np.ndarray[Any, Any] = state.backend.to_host(array)
    return found


def _shown(array: np.ndarray[Any, Any], summarize: int) -> str:
    """An array as v1 prints it: the first elements, a dimension to a bracket."""
    count = array.size if summarize < 0 else summarize
    texts = [element_text(each) for each in array.ravel()[:count]]
    if not array.ndim or not array.size:
        return texts[0] if texts else ""
    return _rows(array.shape, iter(texts), count) + ("..." if array.size > count else "")


def element_text(value: Any) -> str:
    """An element of an array as v1 prints it."""
    if isinstance(value, np.floating):
        # As few digits as give the number back, of two counts that C knows for the type.
        short, long = (15, 17) if value.dtype == np.float64 else (6, 9)
        number = float(value)
        text = f"{number:.{short}g}"
        kind = np.float64 if long == 17 else np.float32  # which C prints float16 as
        return text if float(kind(text)) == number or number != number else f"{number:.{long}g}"
    if isinstance(value, np.bool_):
        return str(int(value))
    if isinstance(value, np.complexfloating):
        return "?"
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _rows(shape: tuple[int, ...], texts: Iterator[str], left: int, top: bool = True) -> str:
    """The elements of dimensions, as many as are left; v1 marks where they end in an inner one."""
    if len(shape) == 1:
        shown = " ".join(itertools.islice(texts, min(shape[0], left)))
        return shown if top or shape[0] <= left else shown + "..."
    out, size = "", math.prod(shape[1:])
    for _ in range(shape[0]):
        if left <= 0:
            break
        out += "[" + _rows(shape[1:], texts, left, top=False) + "]"
        left -= size
    return out


def _print_kernel(xp: Any, state: Any, message: str = "", first_n: int = -1, summarize: int = 3) -> Any:
    def show(value: Any, *data: Any) -> Any:
        if first_n < 0 or state.counter() < first_n:
            print(
                message + "".join(f"[{_shown(on_host(state, each), summarize)}]" for each in data),
                file=sys.stderr,
            )
        return value

    return show


_print = define_op(
    "Print", tensor("input", host=None), mixed("data"),
    kernel=_print_kernel,
    stateful=True, attributes=(attr("first_n", int), attr("message", str), attr("summarize", int)),
)  # fmt: skip


@v1("Print")
def Print(
    input_: Any,
    data: Any,
    message: str | None = None,
    first_n: int | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Hands a tensor on, and prints others to the standard error each time.

    Args:
        input_: The tensor to hand on.
        data: Tensors to print.
        message: What to print before them.
        first_n: How many times to print at most; always by default.
        summarize: How many elements to print of each; 3 by default.
        name: The operation's name.

    Returns:
        A tensor with the value of `input_`.
    """
    return _print(
        input_, list(data), message=message or "", first_n=-1 if first_n is None else int(first_n),
        summarize=3 if summarize is None else int(summarize), name=name,
    )  # fmt: skip


def _assert_kernel(xp: Any, state: Any, summarize: int = 3) -> Any:
    def check(condition: Any, *data: Any) -> Any:
        if condition.shape:
            raise InvalidArgumentError(None, None, f"In[0] should be a scalar: {list(condition.shape)}")
        if not bool(condition):
            shown = " ".join(f"[{_shown(on_host(state, each), summarize)}]" for each in data)
            raise InvalidArgumentError(None, None, f"assertion failed: {shown}")
        return ()

    return check


_assert: OpFunction[Operation] = define_op(
    "Assert", tensor("condition", BOOL, attr=None, host=True), mixed("data"),
    kernel=_assert_kernel, stateful=True,
    attributes=(attr("summarize", int),),
)  # fmt: skip


@v1("Assert", "debugging.Assert")
def Assert(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> Operation:
    """Makes an operation that fails unless a condition holds.

    Args:
        condition: A boolean scalar.
        data: Tensors to print in the error.
        summarize: How many elements to print of each; 3 by default.
        name: The operation's name.

    Returns:
        The operation. Use `control_dependencies` to run it before others.
    """
    if isinstance(data, (str, bytes)) or not isinstance(data, (Iterable, Tensor)):
        raise TypeError("values must be a sequence.")
    limit = 3 if summarize is None else int(summarize)
    with name_scope(name, "Assert", [condition, *data]):
        tensors = [convert_to_tensor(each) for each in data]
        if not tensors:
            raise ValueError("Attr 'T' of 'Assert' Op passed list of length 0 less than minimum 1.")
        if all(each.dtype.base_dtype in (dtypes.string, dtypes.int32) for each in tensors):
            return _assert(condition, list(data), summarize=limit, name="Assert")
        checked = convert_to_tensor(condition, name="Condition")
        if checked._dims:
            raise ValueError(f"Shape must be rank 0 but is rank {len(checked._dims)} for the condition")
        # v1 has a branch here, which keeps the data where they are; this is the node at its end.
        with name_scope("AssertGuard"):
            return _assert(checked, tensors, summarize=limit, name="Merge")


def _check_kernel(xp: Any, state: Any, message: str) -> Any:
    def check(x: Any) -> Any:
        if is_deferring() and not isinstance(x, (np.ndarray, np.generic)):
            defer(x, lambda array: xp.any(~xp.isfinite(array)), lambda host: refuse(np, host))
        elif not is_traced(x):  # else there is nothing to see yet
            refuse(xp, x)
        return x

    def refuse(xp: Any, x: Any) -> None:
        faults = [text for text, test in (("Inf", xp.isinf), ("NaN", xp.isnan)) if bool(xp.any(test(x)))]
        if faults:
            raise InvalidArgumentError(None, None, f"{message} : Tensor had {' and '.join(faults)} values")

    return check


_check_numerics = define_op(
    "CheckNumerics", tensor("tensor", FLOATS),
    kernel=_check_kernel,
    stateful=True, attributes=(attr("message", str),),
)  # fmt: skip


@v1("check_numerics", "debugging.check_numerics")
def check_numerics(tensor: Any, message: str, name: str | None = None) -> Tensor:
    """Hands a tensor on, and fails if an element is infinite or not a number.

    Args:
        tensor: A tensor of floats.
        message: What the error begins with.
        name: The operation's name.

    Returns:
        A tensor with the value of `tensor`.
    """
    return _check_numerics(tensor, message=message, name=name)


def _py_kernel(xp: Any, state: Any, function: Callable[..., Any], Tout: tuple[Any, ...], single: bool) -> Any:
    def call(*arrays: Any) -> Any:
        got = function(*(np.array(on_host(state, each))[()] for each in arrays))
        if not Tout:
            return ()
        outputs = list(got) if isinstance(got, (list, tuple)) else [got]
        if got is None:
            outputs = []
        if len(outputs) != len(Tout):
            raise InvalidArgumentError(
                None, None, f"pyfunc returns {len(outputs)} values, but expects to see {len(Tout)} values."
            )
        pairs = zip(outputs, Tout, strict=True)
        made = [_made(state, value, dtype, at) for at, (value, dtype) in enumerate(pairs)]
        return tuple(made) if len(made) > 1 else made[0]

    return call


def _made(state: Any, value: Any, dtype: Any, at: int) -> Any:
    """What a Python function returned, as a value of the dtype that was promised."""
    host = np.asarray(own_items(value))
    text = host.dtype.kind in "OUS"
    if text:
        host = np.asarray([_as_bytes(each) for each in host.ravel().tolist()], object).reshape(host.shape)
    found = "string" if text else host.dtype.name
    if found != dtype.name:
        raise InvalidArgumentError(
            None, None, f"{at}-th value returned by pyfunc is {found}, but expects {dtype.name}"
        )
    return host if text else state.backend.from_host(host)


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, (str, bytes)):
        return value.encode() if isinstance(value, str) else value
    raise InternalError(None, None, f"Unsupported object type {type(value).__name__}")


_py_func = define_op(
    "PyFunc", mixed("input"), rule=lambda input, Tout, **attrs: [(dtype, None) for dtype in Tout],
    kernel=_py_kernel, stateful=True,
)  # fmt: skip


_stateless_py_func = define_op(
    "PyFuncStateless", mixed("input"), rule=lambda input, Tout, **attrs: [(dtype, None) for dtype in Tout],
    kernel=_py_kernel, stateful=True,
)  # fmt: skip


@v1("py_func")
def py_func(
    func: Callable[..., Any], inp: Any, Tout: Any, stateful: bool = True, name: str | None = None
) -> Any:
    """Makes an operation of a Python function of NumPy arrays.

    Args:
        func: The function; it returns an array, or a list of arrays.
        inp: The tensors that it takes.
        Tout: The dtype of what it returns, or a list of them.
        stateful: Accepted for v1's sake: the function is called in each run that needs it.
        name: The operation's name.

    Returns:
        A tensor, or a list of them as `Tout` is; the operation if that is empty.

    Raises:
        ValueError: If `func` cannot be called.
    """
    if not callable(func):
        raise ValueError(f"Expected func to be callable. Received func={func} of type {type(func)}.")
    single = not isinstance(Tout, (list, tuple))
    kinds: tuple[Any, ...] = tuple(as_dtype(each) for each in ([Tout] if single else Tout))
    op = _py_func if stateful else _stateless_py_func
    made = op(list(inp), function=func, Tout=kinds, single=single, name=name)
    if isinstance(made, list):
        return made[0] if single else made
    return made if single or not kinds else [made]


@v1("numpy_function")
def numpy_function(
    func: Any = None, inp: Any = None, Tout: Any = None, stateful: bool = True, name: str | None = None
) -> Any:
    """As `py_func`, under its later name.

    Args:
        func: The function; it returns an array, or a list of arrays.
        inp: The tensors that it takes.
        Tout: The dtype of what it returns, or a list of them.
        stateful: Accepted for v1's sake: the function is called in each run that needs it.
        name: The operation's name.

    Returns:
        A tensor, or a list of them as `Tout` is; the operation if that is empty.
    """
    return py_func(func, inp, Tout, stateful, name)
