"""The namespace that kernels get with arrays that note what is asked of them (`trace`).

Thread safety: a namespace belongs to the thread that makes its trace.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

import numpy as np

from .expressions import EXPRESSIONS
from .trace import SPECIAL, NotTraceableError, Trace, Traced, mapped, reduced, reshaped

# Names of NumPy and of the array API that mean the same.
_ALIASES: Final = {
    "power": "pow", "true_divide": "divide", "absolute": "abs", "arcsin": "asin", "arccos": "acos",
    "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "arctan2": "atan2",
    "rint": "round", "invert": "bitwise_invert", "mod": "remainder", "concat": "concatenate",
}  # fmt: skip
_REDUCTIONS: Final = ("sum", "max", "min", "prod", "any", "all", "mean")


def _is_traced(args: Any) -> bool:
    return any(isinstance(each, Traced) for each in args)


def _function(name: str) -> Callable[..., Any]:
    def function(*args: Any, out: Any = None) -> Any:
        if not _is_traced(args):
            return getattr(np, name)(*args)
        return mapped(name, *args, out=out)

    return function


def _reduction(name: str) -> Callable[..., Any]:
    def function(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Any:
        return reduced(name, x, axis, keepdims, dtype)

    return function


def _full_like(x: Any, value: Any, dtype: Any = None, device: Any = None) -> Any:
    kind = x.dtype if dtype is None else np.dtype(dtype)
    return Traced(x.trace, x.trace.const(value, kind, x.shape))


def _refused(name: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise NotTraceableError(f"{name} is the library's")

    return function


def _dtype_of(each: Any) -> Any:
    return each.dtype if isinstance(each, Traced) else each


def _clip(x: Any, min: Any = None, max: Any = None) -> Any:
    if min is not None:
        x = mapped("maximum", x, min)
    return x if max is None else mapped("minimum", x, max)


def _special(name: str) -> Callable[..., Any]:
    return _function(name) if name in SPECIAL else _refused(name)


def _filled(trace: Trace, fill: Any) -> Callable[..., Any]:
    def function(shape: Any, dtype: Any = None, device: Any = None) -> Any:
        return _full(trace, shape, fill, np.float64 if dtype is None else dtype)

    return function


def _full(trace: Trace, shape: Any, value: Any, dtype: Any = None) -> Any:
    sizes = tuple(int(each) for each in (shape if np.iterable(shape) else (shape,)))
    if isinstance(value, Traced):
        made = value if dtype is None else value.astype(dtype)
        return _broadcast_to(made, sizes)
    array = np.asarray(value, dtype)
    return array if not sizes else Traced(trace, trace.const(array[()], array.dtype, sizes))


def _broadcast_to(x: Any, shape: Any) -> Any:
    sizes = tuple(int(each) for each in shape)
    if x.shape == sizes:
        return x
    try:
        if np.broadcast_shapes(x.shape, sizes) != sizes:
            raise NotTraceableError("an array that does not broadcast")
    except ValueError as error:
        raise NotTraceableError(str(error)) from None
    node = x.node
    if node.kind == "const":
        return Traced(x.trace, x.trace.const(node.value, node.dtype, sizes))
    return Traced(x.trace, x.trace.node("map", "positive", (node,), node.dtype, sizes))


def _asarray(x: Any, dtype: Any = None, copy: Any = None, device: Any = None) -> Any:
    if isinstance(x, Traced):
        return x if dtype is None or np.dtype(dtype) == x.dtype else x.astype(dtype)
    made = np.asarray(x, dtype)
    if made.ndim:
        raise NotTraceableError("an array that a kernel makes")
    return made


def _expand_dims(x: Any, axis: int = 0) -> Any:
    at = axis % (x.ndim + 1)
    return reshaped(x, (*x.shape[:at], 1, *x.shape[at:]))


@functools.cache
def _names() -> dict[str, Any]:
    """What the namespaces of all traces have."""
    import array_api_compat.numpy as library

    functions: dict[str, Any] = {name: _refused(name) for name in vars(library) if name[:1] != "_"}
    kept = "inf pi nan e newaxis isdtype finfo iinfo can_cast"
    functions |= {
        name: each for name, each in vars(library).items() if isinstance(each, type) or name in kept.split()
    }
    functions |= {name: _function(name) for name in EXPRESSIONS}
    functions |= {name: _reduction(name) for name in _REDUCTIONS}
    functions |= {name: functions[known] for name, known in _ALIASES.items() if known in functions}
    functions |= {
        "astype": lambda x, dtype, copy=True, device=None: x.astype(dtype),
        "asarray": _asarray,
        "broadcast_to": _broadcast_to,
        "clip": _clip,
        "conj": lambda x: x,
        "empty_like": lambda x, dtype=None, device=None: _full_like(x, 0, dtype),
        "expand_dims": _expand_dims,
        "full_like": _full_like,
        "ones_like": lambda x, dtype=None, device=None: _full_like(x, 1, dtype),
        "real": lambda x: x,
        "reciprocal": lambda x: mapped("divide", 1, x),
        "reshape": reshaped,
        "result_type": lambda *args: np.result_type(*map(_dtype_of, args)),
        "special": _special,
        "zeros_like": lambda x, dtype=None, device=None: _full_like(x, 0, dtype),
    }
    for name in SPECIAL:
        del functions[name]
    return functions


def tracing_namespace(trace: Trace) -> Any:
    """Returns the namespace for kernels with arrays of a trace.

    Example:
        >>> trace = Trace()
        >>> xp = tracing_namespace(trace)
        >>> x = trace.input(0, "array", np.dtype(np.float32), (3,))
        >>> xp.exp(x * 2).node.inputs[0].name
        'multiply'
    """
    made = ModuleType("traced")
    vars(made).update(_names())
    made.full = lambda shape, value, dtype=None, device=None: _full(trace, shape, value, dtype)  # type: ignore[attr-defined]
    made.ones, made.zeros = _filled(trace, 1), _filled(trace, 0)  # type: ignore[attr-defined]
    return made
