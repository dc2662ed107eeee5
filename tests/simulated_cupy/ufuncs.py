"""The simulated CuPy's ufuncs: loops of CuPy's own, one launch a call."""

from __future__ import annotations

from typing import Any

import numpy as np

from .array import OPERATORS, ndarray, on_device
from .counts import COUNTS

_WEAK = (bool, int, float, complex)


def _scatter_method(name: str) -> str | None:
    return {"add": "scatter_add", "maximum": "scatter_max", "minimum": "scatter_min"}.get(name)


class ufunc:
    """A function of elements.

    Args:
        name: Its name.
        types: Its loops, such as `ff->f`: the first one that all arguments convert to safely is taken.
        compute: NumPy's (or SciPy's) function of the same name.
    """

    def __init__(self, name: str, types: list[str], compute: Any) -> None:
        self.__name__ = name
        self.name = f"cupy_{name}"
        self.types = types
        self.nin, self.nout = map(len, types[0].split("->"))
        self.nargs = self.nin + self.nout
        self._compute = compute

    def __repr__(self) -> str:
        return f"<ufunc '{self.name}'>"

    def _loop(self, args: list[Any]) -> tuple[str, str]:
        strong = [each.dtype for each in args if type(each) not in _WEAK]
        weak = [each for each in args if type(each) in _WEAK]
        wanted = []
        for each in args:
            if type(each) not in _WEAK:
                wanted.append(each.dtype)
            elif strong:
                wanted.append(np.result_type(*strong, each))
            else:
                wanted.append(np.result_type(*weak))
        for loop in self.types:
            taken, given = loop.split("->")
            if all(np.can_cast(dtype, kind) for dtype, kind in zip(wanted, taken, strict=True)):
                return taken, given
        names = ", ".join(map(str, wanted))
        raise TypeError(f"Wrong type ({names}) of arguments for {self.name}")

    def __call__(self, *args: Any, out: Any = None, dtype: Any = None, casting: str = "same_kind") -> Any:
        if len(args) > self.nin:
            (*args_, out) = args
            args = tuple(args_)
        if len(args) != self.nin:
            raise TypeError(f"Wrong number of arguments for {self.name}")
        for each in args:
            if not isinstance(each, (ndarray, np.generic, *_WEAK)):
                raise TypeError(f"Unsupported type {type(each)}")
        taken, given = self._loop(list(args))
        if dtype is not None:
            given = np.dtype(dtype).char
            taken = (
                next((each.split("->")[0] for each in self.types if each.endswith(f">{given}")), None)
                or self._loop([np.zeros((), dtype)] * self.nin)[0]
            )
        hosts = [
            np.asarray(each._host if isinstance(each, ndarray) else each).astype(kind, copy=False)
            for each, kind in zip(args, taken, strict=True)
        ]
        COUNTS.launched()
        with np.errstate(all="ignore"):
            made = self._compute(*hosts)
        if self.nout > 1:
            return tuple(
                ndarray(np.asarray(each).astype(kind)) for each, kind in zip(made, given, strict=True)
            )
        array = np.asarray(made).astype(given, copy=False)
        if out is None:
            return ndarray(array)
        if isinstance(out, tuple):
            (out,) = out
        if out.shape != array.shape:
            raise ValueError("Out shape is mismatched")
        if not np.can_cast(array.dtype, out.dtype, casting):
            raise TypeError(f"output (typecode {array.dtype.char!r}) could not be coerced to {out.dtype}")
        out._host[...] = array
        out._memory.write()
        return out

    def at(self, a: Any, indices: Any, b: Any = None) -> None:
        """Changes elements in place; CuPy has it for few ufuncs."""
        method = _scatter_method(self.__name__)
        if method is None and self.__name__ == "subtract":
            method, b = "scatter_add", negative(b)
        if method is None:
            raise NotImplementedError(f"`{self.name}.at` is not supported yet")
        getattr(a, method)(indices, b)

    def reduce(
        self, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        if self.__name__ not in ("add", "multiply", "maximum", "minimum", "logical_and", "logical_or"):
            raise NotImplementedError(f"`{self.name}.reduce` is not supported yet")
        COUNTS.launched()
        return on_device(self._compute.reduce(array._host, axis=axis, dtype=dtype, keepdims=keepdims))

    def accumulate(self, array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        if self.__name__ not in ("add", "multiply"):
            raise NotImplementedError(f"`{self.name}.accumulate` is not supported yet")
        COUNTS.launched()
        return on_device(self._compute.accumulate(array._host, axis=axis, dtype=dtype))


def negative(value: Any) -> Any:
    """Minus a value."""
    COUNTS.launched()
    return ndarray(-value._host) if isinstance(value, ndarray) else -value


def give_operators(functions: dict[str, Any]) -> None:
    """Gives the array the operators, which are ufuncs."""

    def operator(name: str, function: Any) -> None:
        def unary(self: ndarray) -> Any:
            return function(self)

        def binary(self: ndarray, other: Any) -> Any:
            return NotImplemented if other is None else function(self, other)

        def reflected(self: ndarray, other: Any) -> Any:
            return function(other, self)

        def in_place(self: ndarray, other: Any) -> Any:
            return function(self, other, out=self)

        if name in ("neg", "invert", "abs"):
            setattr(ndarray, f"__{name}__", unary)
            return
        setattr(ndarray, f"__{name}__", binary)
        if name not in ("lt", "le", "gt", "ge", "eq", "ne"):
            setattr(ndarray, f"__r{name}__", reflected)
            if name != "matmul":
                setattr(ndarray, f"__i{name}__", in_place)

    for name, function in OPERATORS.items():
        operator(name, functions[function])
