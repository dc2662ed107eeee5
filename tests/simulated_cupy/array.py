"""The simulated CuPy's array: NumPy's memory, which the host may only see by a copy that is counted.

Written from CuPy 14's documentation. An array does not convert to NumPy's by itself, does not mix with
NumPy's arrays, holds no objects or strings; indices out of range wrap around instead of being refused.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from .counts import COUNTS
from .runtime import Device, Memory, current_device, current_stream

# dtypes of the C++ side, by NumPy's characters.
KINDS = frozenset("biufc")
# Addresses of the device: whoever reads one on the host crashes.
OUT_OF_REACH = 1 << 62


def check_dtype(dtype: Any) -> Any:
    """Refuses dtypes that no device holds."""
    found = np.dtype(dtype)
    if found.kind not in KINDS or found.char in "gG":
        raise ValueError(f"Unsupported dtype {found}")
    return found


def host_of(value: Any) -> Any:
    """What is behind a value, which may be a list: NumPy's arrays for ours; NumPy's own are refused."""
    if isinstance(value, ndarray):
        return value._host
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)}")
    if type(value) in (list, tuple):
        return type(value)(map(host_of, value))
    return value


def on_device(value: Any, of: Any = None) -> Any:
    """What a function of NumPy gives, as arrays of ours; views are over the memory of another one."""
    if isinstance(value, (np.ndarray, np.generic)):
        host = np.asarray(value)
        is_view = of is not None and isinstance(value, np.ndarray) and np.may_share_memory(host, of._raw)
        return ndarray(host, of) if is_view else ndarray(host)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(on_device(each, of) for each in value))
    if isinstance(value, (tuple, list)):
        return type(value)(on_device(each, of) for each in value)
    return value


def uploaded(value: Any, dtype: Any = None) -> ndarray:
    """A copy of what is on the host; lists may hold arrays of ours, which are stacked on the device."""
    leaves: list[Any] = []

    def plain(each: Any) -> Any:
        if isinstance(each, (list, tuple)):
            return list(map(plain, each))
        leaves.append(each)
        return each._host if isinstance(each, ndarray) else each

    array = np.array(plain(value), dtype=dtype)
    check_dtype(array.dtype)
    if leaves and all(isinstance(each, ndarray) for each in leaves):
        COUNTS.launched()
    else:
        COUNTS.copied_to_device()
    return ndarray(array)


class ndarray:
    """An array in device memory."""

    __slots__ = ("__weakref__", "_base", "_memory", "_raw")
    __array_priority__ = 100
    __array_ufunc__ = None  # NumPy's arrays do not compute with it

    def __init__(self, host: np.ndarray[Any, Any], base: Any = None) -> None:
        check_dtype(host.dtype)
        self._raw = host
        self._base = base if base is None or base._base is None else base._base
        self._memory = Memory(host.nbytes) if base is None else base._memory

    @property
    def _host(self) -> np.ndarray[Any, Any]:
        """The elements, for work of the current stream."""
        self._memory.check()
        return self._raw

    # What the host knows without asking ---------------------------------------------------------------------

    @property
    def dtype(self) -> Any:
        return self._raw.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        return self._raw.shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        self._raw.shape = shape

    ndim = property(lambda self: self._raw.ndim)
    size = property(lambda self: self._raw.size)
    nbytes = property(lambda self: self._raw.nbytes)
    itemsize = property(lambda self: self._raw.itemsize)
    strides = property(lambda self: self._raw.strides)
    base = property(lambda self: self._base)
    data = property(lambda self: SimpleNamespace(ptr=self._raw.ctypes.data | OUT_OF_REACH))
    device = property(lambda self: Device(self._memory.device))

    @property
    def flags(self) -> SimpleNamespace:
        """CuPy's flags: not whether it may be written, as all may."""
        flags = self._raw.flags
        return SimpleNamespace(
            c_contiguous=flags.c_contiguous, f_contiguous=flags.f_contiguous, owndata=self._base is None,
            fnc=flags.fnc, forc=flags.forc,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self._raw)

    # What makes the host wait -------------------------------------------------------------------------------

    def get(self, stream: Any = None, order: str = "C", out: Any = None, blocking: bool = True) -> Any:
        stream = current_stream(self._memory.device) if stream is None else stream
        with Device(self._memory.device), stream:
            self._memory.check()
        COUNTS.copied_to_host(blocking or out is None)
        if blocking or out is None:
            stream.finish()
        if out is None:
            return np.array(self._raw)
        if out.dtype != self.dtype or out.shape != self.shape:
            raise ValueError(f"Shape mismatch. Expected shape: {self.shape}, actual shape: {out.shape}")
        if blocking:
            out[...] = self._raw
        else:  # it arrives by the time that somebody waits for the stream
            out.reshape(-1).view(np.uint8)[...] = 0xA5
            stream.arriving.append((out, self._raw.copy()))
        return out

    def _scalar(self) -> Any:
        COUNTS.copied_to_host()
        self._memory.check()
        current_stream().finish()
        return self._raw

    def __bool__(self) -> bool:
        return bool(self._scalar())

    def __int__(self) -> int:
        return int(self._scalar())

    def __float__(self) -> float:
        return float(self._scalar())

    def __complex__(self) -> complex:
        return complex(self._scalar())

    def __repr__(self) -> str:
        return repr(self._scalar())

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(self._scalar().item() if self.ndim == 0 else self._raw, spec)

    def item(self, *args: int) -> Any:
        return self._scalar().item(*args)

    def tolist(self) -> Any:
        return self._scalar().tolist()

    def tobytes(self, order: str = "C") -> bytes:
        return self._scalar().tobytes(order)

    def __iter__(self) -> Any:
        if not self.ndim:
            raise TypeError("iteration over a 0-d array")
        return iter([self[i] for i in range(len(self))])

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. Please use `.get()` to construct a NumPy "
            "array explicitly."
        )

    __hash__ = None  # type: ignore[assignment]

    def __dlpack_device__(self) -> tuple[int, int]:
        return 2, self._memory.device

    def __dlpack__(self, **_: Any) -> Any:
        raise BufferError("the simulated device has no DLPack capsules")

    # Places -------------------------------------------------------------------------------------------------

    def _key(self, key: Any, value_is_scalar: bool = False) -> Any:
        """An index for NumPy: masks wait, what is on the host is copied, out of range wraps around."""
        keys = list(key) if isinstance(key, tuple) else [key]
        axes = sum(
            each.ndim
            if isinstance(each, ndarray) and each.dtype == bool
            else each not in (None, Ellipsis)
            if not isinstance(each, (ndarray, np.ndarray, list))
            else 1
            for each in keys
        )
        axis, made = 0, []
        for each in keys:
            if each is Ellipsis:
                axis += self.ndim - axes
                made.append(each)
                continue
            if each is None:
                made.append(each)
                continue
            if isinstance(each, (np.ndarray, list)) and not (isinstance(each, np.ndarray) and not each.ndim):
                each = uploaded(each)
            elif isinstance(each, np.ndarray):
                each = each[()]
            if isinstance(each, ndarray):
                if each.dtype == bool:
                    if not value_is_scalar:
                        COUNTS.waited("mask")
                    made.append(each._host)
                    axis += each.ndim
                    continue
                if each.dtype.kind not in "iu":
                    raise IndexError("arrays used as indices must be of integer (or boolean) type")
                size = self.shape[axis] if axis < self.ndim else 0
                made.append(np.mod(each._host.astype(np.int64), size) if size else each._host)
            else:
                made.append(each)
            axis += 1
        return tuple(made) if isinstance(key, tuple) else made[0]

    def __getitem__(self, key: Any) -> ndarray:
        found = self._raw[self._key(key)]
        if not isinstance(found, np.ndarray):  # an element: a view, in CuPy
            found = self._raw[(*key, ...) if isinstance(key, tuple) else (key, ...)]
        if found.base is None or not np.may_share_memory(found, self._raw):
            self._memory.check()
            COUNTS.launched()
            return ndarray(found)
        return ndarray(found, self)

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(value, np.ndarray):
            COUNTS.copied_to_device()
        else:
            COUNTS.launched()
        host = value._host if isinstance(value, ndarray) else value
        scalar = not isinstance(host, np.ndarray) or host.size == 1
        self._host[self._key(key, scalar)] = host
        self._memory.write()

    def set(self, value: np.ndarray[Any, Any], stream: Any = None) -> None:
        if type(value) is not np.ndarray or value.dtype != self.dtype or value.shape != self.shape:
            raise ValueError("Cannot set to a device array of another type or shape")
        COUNTS.copied_to_device()
        with Device(self._memory.device), current_stream() if stream is None else stream:
            self._host[...] = value
            self._memory.write()

    def fill(self, value: Any) -> None:
        COUNTS.launched()
        self._host.fill(host_of(value) if isinstance(value, ndarray) else value)
        self._memory.write()

    def _scatter(self, key: Any, value: Any, ufunc: Any, kinds: str) -> None:
        if self.dtype.char not in kinds:
            raise TypeError(f"{ufunc.__name__}.at does not take {self.dtype} on a device")
        COUNTS.launched()
        ufunc.at(self._host, self._key(key), host_of(value))
        self._memory.write()

    def scatter_add(self, key: Any, value: Any) -> None:
        self._scatter(key, value, np.add, "iefdIQlqLFD")

    def scatter_max(self, key: Any, value: Any) -> None:
        self._scatter(key, value, np.maximum, "iefdIQlqL")

    def scatter_min(self, key: Any, value: Any) -> None:
        self._scatter(key, value, np.minimum, "iefdIQlqL")

    # Forms --------------------------------------------------------------------------------------------------

    def astype(
        self, dtype: Any, order: str = "K", casting: Any = None, subok: Any = None, copy: bool = True
    ) -> ndarray:
        check_dtype(dtype)
        if not copy and self.dtype == dtype:
            return self
        COUNTS.launched()
        with np.errstate(all="ignore"):
            return ndarray(self._host.astype(dtype))

    def copy(self, order: str = "C") -> ndarray:
        if self._memory.device == current_device():
            COUNTS.launched()
            return ndarray(self._host.copy())
        with self.device:  # from another device: in the stream that is current there and here
            self._memory.check()
        COUNTS.copied_between()
        return ndarray(self._raw.copy())

    def view(self, dtype: Any = None) -> ndarray:
        return ndarray(self._raw.view() if dtype is None else self._raw.view(dtype), self)

    T = property(lambda self: ndarray(self._raw.T, self))
    mT = property(lambda self: ndarray(self._raw.mT, self))
    real = property(lambda self: ndarray(self._raw.real, self))
    imag = property(lambda self: ndarray(self._raw.imag, self))


def _view(name: str) -> Callable[..., ndarray]:
    def method(self: ndarray, *args: Any, **kwargs: Any) -> ndarray:
        made = getattr(self._raw, name)(*args, **kwargs)
        if not np.may_share_memory(made, self._raw):
            self._memory.check()
            COUNTS.launched()
            return ndarray(made)
        return ndarray(made, self)

    return method


for _name in ("reshape", "transpose", "swapaxes", "squeeze", "ravel", "diagonal"):
    setattr(ndarray, _name, _view(_name))


def _computed(name: str) -> Callable[..., Any]:
    def method(self: ndarray, *args: Any, **kwargs: Any) -> Any:
        COUNTS.launched()
        with np.errstate(all="ignore"):
            return on_device(getattr(self._host, name)(*map(host_of, args), **kwargs))

    return method


for _name in (
    "all any argmax argmin argsort clip conj cumprod cumsum dot flatten max mean min prod round std sum "
    "take trace var".split()
):
    setattr(ndarray, _name, _computed(_name))

OPERATORS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide", "pow": "power",
    "floordiv": "floor_divide", "mod": "remainder", "and": "bitwise_and", "or": "bitwise_or",
    "xor": "bitwise_xor", "lshift": "left_shift", "rshift": "right_shift", "matmul": "matmul",
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal",
    "ne": "not_equal", "neg": "negative", "invert": "invert", "abs": "absolute",
}  # fmt: skip
assert all(hasattr(operator, f"__{name}__") for name in OPERATORS)
