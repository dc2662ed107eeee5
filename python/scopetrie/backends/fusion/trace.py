"""Arrays that note what is asked of them.

A kernel that is written once against the array API is run with such arrays. What it asks for, element by
element or as a reduction, becomes a node; anything else is `NotTraceableError`, and the operation is left to
the library. So there is no second definition of any operation, and a new one is fused as soon as it has a
kernel.

Thread safety: a trace belongs to the thread that makes it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from ..base import is_traced
from .expressions import COMPARES, EXPRESSIONS, LOGICAL, TESTS
from .types import TYPES, ctype

# Of SciPy; "special" in the namespace of kernels.
SPECIAL: Final = ("erf", "erfc", "erfinv", "gammaln")


@functools.cache
def _is_held(dtype: np.dtype[Any]) -> bool:
    """Whether kernels have elements of a dtype."""
    return dtype.name in TYPES


class NotTraceableError(Exception):
    """A kernel has asked for something that is no function of elements."""


class Node:
    """A value of a trace; a trace has equal nodes once, so that they are compared by identity.

    Attributes:
        kind: "input", "const", "map" (a function of elements), "cast", "reduce", or "view" (a value in
            another shape).
        name: The function's name; for an input "array", "number" (on the host) or "cell" (a variable's).
        inputs: Its arguments.
        dtype: Its dtype.
        shape: Its shape.
        value: An input's place, a constant's number; a reduction's axes, whether it keeps
            them, and whether it is computed in the dtype of its argument.
    """

    __slots__ = ("dtype", "inputs", "kind", "name", "shape", "value")

    def __init__(
        self,
        kind: str,
        name: str,
        inputs: tuple[Node, ...],
        dtype: np.dtype[Any],
        shape: tuple[int, ...],
        value: Any = None,
    ) -> None:
        self.kind = kind
        self.name = name
        self.inputs = inputs
        self.dtype = dtype
        self.shape = shape
        self.value = value

    @property
    def size(self) -> int:
        """The number of elements."""
        size = 1
        for each in self.shape:
            size *= each
        return size


class Noted(NamedTuple):
    """A check of values that a kernel has put off; see `backends.deferred`.

    Attributes:
        op_id: The operation.
        flag: Elements that are True where there is a fault.
        array: What is checked.
        check: Raises the error, with the array's elements on the host.
    """

    op_id: int
    flag: Node
    array: Node
    check: Callable[[Any], None]


class Trace:
    """The nodes of one trace."""

    __slots__ = ("_known", "noted")

    def __init__(self) -> None:
        self._known: dict[Any, Node] = {}
        self.noted: list[Noted] = []

    def node(
        self,
        kind: str,
        name: str,
        inputs: tuple[Node, ...],
        dtype: np.dtype[Any],
        shape: tuple[int, ...],
        value: Any = None,
    ) -> Node:
        """Returns the node of this description."""
        if not _is_held(dtype):
            raise NotTraceableError(f"{name}: {dtype} is computed by the library")
        shown = (type(value), value, str(value)) if kind == "const" else value  # -0.0 is not 0
        key = kind, name, tuple(map(id, inputs)), dtype, shape, shown
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Node(kind, name, inputs, dtype, shape, value)
        return found

    def nodes(self) -> list[Node]:
        """Returns all nodes."""
        return list(self._known.values())

    def input(self, at: int, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Traced:
        """Returns the array for an input."""
        return Traced(self, self.node("input", name, (), dtype, shape, at))

    def const(self, value: Any, dtype: np.dtype[Any], shape: tuple[int, ...] = ()) -> Node:
        """Returns the node of a number, or of an array full of it."""
        return self.node("const", "const", (), dtype, shape, np.asarray(value).astype(dtype).item())

    def cast(self, node: Node, dtype: np.dtype[Any]) -> Node:
        """Returns a node in another dtype."""
        if node.dtype == dtype:
            return node
        if node.kind == "const":
            with np.errstate(all="ignore"):
                return self.const(node.dtype.type(node.value), dtype, node.shape)
        return self.node("cast", "cast", (node,), dtype, node.shape)


class Traced:
    """An array of a trace. Operations in place give it another node, for all that hold it.

    Attributes:
        trace: The trace.
        node: What it holds now.
    """

    __slots__ = ("node", "trace")
    __array_ufunc__ = None  # NumPy's own functions do not take it
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, trace: Trace, node: Node) -> None:
        self.trace = trace
        self.node = node

    dtype = property(lambda self: self.node.dtype)
    shape = property(lambda self: self.node.shape)
    ndim = property(lambda self: len(self.node.shape))
    size = property(lambda self: self.node.size)
    device = property(lambda self: None)

    def __len__(self) -> int:
        return int(self.node.shape[0])

    def __bool__(self) -> bool:
        raise NotTraceableError("a kernel looks at values")

    __int__ = __float__ = __index__ = __iter__ = __getitem__ = __setitem__ = item = tolist = __bool__

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise NotTraceableError("a kernel looks at values")

    def astype(self, dtype: Any, copy: bool = True) -> Traced:
        """Returns the array in another dtype."""
        return Traced(self.trace, self.trace.cast(self.node, np.dtype(dtype)))

    def any(self, axis: Any = None, keepdims: bool = False) -> Traced:
        """Returns whether any element is true."""
        return reduced("any", self, axis, keepdims)

    def all(self, axis: Any = None, keepdims: bool = False) -> Traced:
        """Returns whether all elements are true."""
        return reduced("all", self, axis, keepdims)

    def copy(self) -> Traced:
        """Returns another array of the same elements."""
        return Traced(self.trace, self.node)


@is_traced.register(Traced)
def _(array: Traced) -> bool:
    return True


def mapped(name: str, *args: Any, out: Any = None) -> Traced:
    """Returns a function of elements of some arrays and numbers, which broadcast.

    Args:
        name: The function's name in `expressions`.
        *args: The arrays, at least one of them traced, and numbers.
        out: An array that gets the result.

    Raises:
        NotTraceableError: If the function is not for these dtypes.
    """
    trace = next(each.trace for each in args if isinstance(each, Traced))
    given = [_plain(trace, each) for each in args]
    try:
        wanted, dtype = _dtypes(name, given)
        shape = np.broadcast_shapes(*[each.shape for each in given if isinstance(each, Node)])
    except TypeError as error:
        raise NotTraceableError(f"{name}: {error}") from None
    nodes = tuple(
        trace.cast(each, kind) if isinstance(each, Node) else trace.const(each, kind)
        for each, kind in zip(given, wanted, strict=True)
    )
    if ctype(wanted[-1]).kind not in EXPRESSIONS[name] or (name == "nextafter" and wanted[-1].itemsize == 2):
        raise NotTraceableError(f"{name} of {wanted[-1]} is the library's")
    node = trace.node("map", name, nodes, dtype, shape)
    if out is None:
        return Traced(trace, node)
    if out.shape != shape:
        raise NotTraceableError(f"{name}: the output has another shape")
    out.node = trace.cast(node, out.dtype)
    made: Traced = out
    return made


def _plain(trace: Trace, each: Any) -> Any:
    """An argument as a node, or as a number of Python's, whose dtype is that of the others."""
    if isinstance(each, Traced):
        if each.trace is not trace:
            raise NotTraceableError("arrays of two traces")
        return each.node
    if type(each) in (bool, int, float):
        return each
    if isinstance(each, (np.ndarray, np.generic)) and each.ndim == 0:
        return trace.const(np.asarray(each)[()], each.dtype)
    raise NotTraceableError(f"{type(each).__name__} among traced arrays")


def _dtypes(name: str, given: Sequence[Any]) -> tuple[list[np.dtype[Any]], np.dtype[Any]]:
    """The dtypes that a function computes with, for each argument, and its result's."""
    known = [each.dtype if isinstance(each, Node) else each for each in given]
    for each in known:
        if isinstance(each, np.dtype) and not _is_held(each):
            raise NotTraceableError(f"{name} of {each} is the library's")
    boolean = np.dtype(bool)
    if name == "where":
        common = np.result_type(*known[1:])
        return [boolean, common, common], common
    if name in LOGICAL:
        return [boolean] * len(given), boolean
    if name in COMPARES or name in TESTS:
        return [np.result_type(*known)] * len(given), boolean
    if any(isinstance(each, np.dtype) and each.name == "bfloat16" for each in known):
        result = np.result_type(*known)
    else:
        samples = [np.ones(1, each) if isinstance(each, np.dtype) else each for each in known]
        with np.errstate(all="ignore"):
            result = _NUMPY[name](*samples).dtype
    return [result] * len(given), result


def _as_floats(x: Any) -> Any:
    return np.exp(x)


_NUMPY: Final[dict[str, Callable[..., Any]]] = {
    name: getattr(np, name, _as_floats) for name in EXPRESSIONS
} | dict.fromkeys(SPECIAL, _as_floats)


def reduced(name: str, x: Traced, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Traced:
    """Returns a reduction of an array, which the library computes."""
    if dtype is not None and (np.dtype(dtype) != x.dtype or name not in ("sum", "prod")):
        raise NotTraceableError(f"{name} in another dtype")
    node = x.node
    rank = len(node.shape)
    if axis is None:
        axes = tuple(range(rank))
    else:
        axes = tuple(sorted(int(each) % max(rank, 1) for each in (axis if np.iterable(axis) else (axis,))))
    if any(not 0 <= each < rank for each in axes) or not rank or node.dtype.name == "bfloat16":
        raise NotTraceableError(f"{name} over {axis}")
    same = {} if dtype is None else {"dtype": node.dtype}
    result = getattr(np, name)(np.ones((1,) * rank, node.dtype), **same).dtype
    shape = tuple(
        1 if at in axes else size for at, size in enumerate(node.shape) if keepdims or at not in axes
    )
    value = axes, bool(keepdims), bool(same)
    return Traced(x.trace, x.trace.node("reduce", name, (node,), result, shape, value))


def reshaped(x: Traced, shape: Any) -> Traced:
    """Returns an array in another shape: a view of it."""
    node = x.node
    sizes = [int(each) for each in (shape if np.iterable(shape) else (shape,))]
    if -1 in sizes:
        rest = 1
        for each in sizes:
            rest *= each if each != -1 else 1
        sizes[sizes.index(-1)] = node.size // max(rest, 1)
    made = tuple(sizes)
    if made == node.shape:
        return x
    if node.kind == "const":
        return Traced(x.trace, x.trace.const(node.value, node.dtype, made))
    size = 1
    for each in made:
        size *= each
    if size == node.size == 1:
        return Traced(x.trace, x.trace.node("map", "positive", (node,), node.dtype, made))
    if node.name == "cell" or size != node.size:
        raise NotTraceableError("a variable that changes in another shape")
    source = node.inputs[0] if node.kind == "view" else node
    return Traced(x.trace, x.trace.node("view", "array", (source,), node.dtype, made))


# Operators --------------------------------------------------------------------------------------------------

_OPERATORS: Final = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "floordiv": "floor_divide",
    "mod": "remainder", "pow": "pow", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
}  # fmt: skip
_COMPARISONS: Final = {
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal",
    "ne": "not_equal",
}  # fmt: skip


def _give_operators() -> None:
    def binary(name: str) -> Any:
        return lambda self, other: mapped(name, self, other)

    def reflected(name: str) -> Any:
        return lambda self, other: mapped(name, other, self)

    def in_place(name: str) -> Any:
        return lambda self, other: mapped(name, self, other, out=self)

    for short, name in _OPERATORS.items():
        setattr(Traced, f"__{short}__", binary(name))
        setattr(Traced, f"__r{short}__", reflected(name))
        setattr(Traced, f"__i{short}__", in_place(name))
    for short, name in _COMPARISONS.items():
        setattr(Traced, f"__{short}__", binary(name))
    for short, name in (("neg", "negative"), ("abs", "abs"), ("invert", "bitwise_invert")):
        setattr(Traced, f"__{short}__", lambda self, name=name: mapped(name, self))


_give_operators()
