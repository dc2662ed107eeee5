"""The simulated CuPy's ufuncs: loops of CuPy's own, one launch a call."""

from __future__ import annotations

from typing import Any

import numpy as np

from .array import OPERATORS, ndarray, on_device
from .work import changed_by, made_by

_WEAK = (bool, int, float, complex)


# CuPy's names of what ufuncs do to elements by place.
_AT = {
    "add": "add", "subtract": "sub", "maximum": "max", "minimum": "min", "bitwise_and": "and",
    "bitwise_or": "or", "bitwise_xor": "xor",
}  # fmt: skip


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

        def compute(*hosts: Any) -> Any:
            cast = [
                np.asarray(each).astype(kind, copy=False) for each, kind in zip(hosts, taken, strict=True)
            ]
            made = self._compute(*cast)
            if self.nout > 1:
                return tuple(np.asarray(each).astype(kind) for each, kind in zip(made, given, strict=True))
            return np.asarray(made).astype(given, copy=False)

        if out is None or self.nout > 1:
            return made_by(compute, *args, wrap=on_device)
        if isinstance(out, tuple):
            (out,) = out
        if out.shape != np.broadcast_shapes(*(np.shape(each) for each in args)):
            raise ValueError("Out shape is mismatched")
        if not np.can_cast(np.dtype(given), out.dtype, casting):
            raise TypeError(f"output (typecode {given!r}) could not be coerced to {out.dtype}")

        def store(raw: Any, *hosts: Any) -> None:
            raw[...] = compute(*hosts)

        changed_by(store, [out], *args)
        return out

    def at(self, a: Any, indices: Any, b: Any = None) -> None:
        """Changes elements in place; CuPy has it for few ufuncs."""
        if self.__name__ not in _AT:
            raise NotImplementedError(f"`{self.name}.at` is not supported yet")
        a._scatter_op(indices, b, _AT[self.__name__])

    def reduce(
        self, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        if self.__name__ not in ("add", "multiply"):
            raise NotImplementedError(f"`{self.name}.reduce` is not supported yet")
        return made_by(
            lambda raw: self._compute.reduce(raw, axis=axis, dtype=dtype, keepdims=keepdims), array,
            wrap=on_device,
        )  # fmt: skip

    def accumulate(self, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
        if self.__name__ not in ("add", "multiply"):
            raise NotImplementedError(f"`{self.name}.accumulate` is not supported yet")
        return made_by(
            lambda raw: self._compute.accumulate(raw, axis=axis, dtype=dtype), array, wrap=on_device
        )


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
