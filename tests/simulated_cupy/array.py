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
from .memory import Memory, is_pinned
from .runtime import Device, RaceError, current_device, current_stream, current_work, work_of
from .signatures import signature_of
from .work import changed_by, made_by

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


def refuse_numpys(values: Any) -> None:
    """Refuses NumPy's arrays among values, or in lists of them."""
    for each in values:
        if isinstance(each, np.ndarray):
            raise TypeError(f"Unsupported type {type(each)}")
        if type(each) in (list, tuple):
            refuse_numpys(each)


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

    if leaves and all(isinstance(each, ndarray) for each in leaves):
        return made_by(lambda each: np.array(each, dtype=dtype), value, wrap=on_device)  # type: ignore[no-any-return]
    array = np.array(plain(value), dtype=dtype)
    check_dtype(array.dtype)
    current_work().refuse_copies("H2D")
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
        if base is None and current_work().recorded is not None:
            current_work().kept.append(host)

    @property
    def _host(self) -> np.ndarray[Any, Any]:
        """The elements, for work of the current stream."""
        self._memory.block.check()
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
    device = property(lambda self: Device(self._memory.block.device))

    @property
    def flags(self) -> SimpleNamespace:
        """CuPy's flags: not whether it may be written, as all may."""
        flags = self._raw.flags
        return SimpleNamespace(
            c_contiguous=flags.c_contiguous, f_contiguous=flags.f_contiguous, owndata=self._base is None,
            fnc=flags.fnc, forc=flags.forc,
        )  # fmt: skip

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return len(self._raw)

    # What makes the host wait -------------------------------------------------------------------------------

    def get(self, stream: Any = None, order: str = "C", out: Any = None, blocking: bool = True) -> Any:
        stream = current_stream() if stream is None else stream
        if out is not None:
            if not isinstance(out, np.ndarray):
                raise TypeError("Only numpy.ndarray can be obtained fromcupy.ndarray")
            if out.dtype != self.dtype:
                raise TypeError(f"{out.dtype} array cannot be obtained from {self.dtype} array")
            if out.shape != self.shape:
                raise ValueError(f"Shape mismatch. Expected shape: {self.shape}, actual shape: {out.shape}")
        elif not self.size:
            return np.empty(self.shape, self.dtype)
        raw = self._raw
        if not (raw.flags.c_contiguous if out is None else raw.flags.forc):  # a kernel first
            with self.device, stream:
                raw = self.copy()._raw
        with self.device:
            work = work_of(stream)
            work.refuse_copies("D2H")
            # In the stream: another one may have written the array.
            before = current_stream()
            stream.use()
            try:
                self._memory.block.check()
            finally:
                before.use()
        pageable = out is None or not is_pinned(out)
        COUNTS.copied_to_host(blocking or pageable)
        if blocking or pageable:
            work.finish()
        if out is None:
            return np.array(raw)
        if blocking or pageable:
            out[...] = raw
        else:  # it arrives by the time that somebody waits for the stream
            out.reshape(-1).view(np.uint8)[...] = 0xA5
            work.arriving.append((out, raw.copy()))
        return out

    def _scalar(self) -> Any:
        work = current_work()
        work.refuse_copies("D2H")
        COUNTS.copied_to_host()
        self._memory.block.check()
        work.finish()
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

    def item(self) -> Any:
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self._scalar().item()

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
        return 2, self._memory.block.device

    def __dlpack__(
        self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: Any = None
    ) -> Any:
        raise BufferError("the simulated device has no DLPack capsules")

    # Places -------------------------------------------------------------------------------------------------

    def _key(self, key: Any, value_is_scalar: bool = False) -> Any:
        """An index with arrays of ours: masks wait, what is on the host is copied."""
        made = []
        for each in list(key) if isinstance(key, tuple) else [key]:
            if isinstance(each, (np.ndarray, list)) and not (isinstance(each, np.ndarray) and not each.ndim):
                each = uploaded(each)
            elif isinstance(each, np.ndarray):
                each = each[()]
            if isinstance(each, ndarray):
                if each.dtype == bool:
                    if not value_is_scalar:
                        current_work().refuse_copies("D2H")
                        COUNTS.waited("mask")
                elif each.dtype.kind not in "iu":
                    raise IndexError("arrays used as indices must be of integer (or boolean) type")
            made.append(each)
        return tuple(made) if isinstance(key, tuple) else made[0]

    def __getitem__(self, key: Any) -> ndarray:
        places = self._key(key)
        parts = places if isinstance(places, tuple) else (places,)
        if not any(isinstance(each, ndarray) for each in parts):
            # An element is a view, in CuPy.
            return ndarray(self._raw[(*parts, ...) if Ellipsis not in parts else parts], self)
        return made_by(lambda raw, at: raw[_wrapped(raw, at)], self, places, wrap=on_device)  # type: ignore[no-any-return]

    def __setitem__(self, key: Any, value: Any) -> None:
        """Sets elements; in place of those of NumPy's arrays there are scalars only."""
        if isinstance(value, np.ndarray) and value.ndim:
            raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
        if isinstance(value, ndarray) or not np.ndim(value):
            scalar = not isinstance(value, ndarray) or value.size == 1
            places = self._key(key, scalar)
            if not isinstance(value, ndarray):
                parts = places if isinstance(places, tuple) else (places,)
                if not any(isinstance(each, ndarray) for each in parts):
                    value = _filling(self._raw[places], value)
            changed_by(_set, [self], places, value)
            return
        raise ValueError("non-scalar numpy.ndarray cannot be used for fill")

    def set(self, arr: np.ndarray[Any, Any], stream: Any = None) -> None:
        if not isinstance(arr, np.ndarray):
            raise TypeError("Only numpy.ndarray can be set to cupy.ndarray")
        if arr.dtype != self.dtype:
            raise TypeError(f"{arr.dtype} array cannot be set to {self.dtype} array")
        if arr.shape != self.shape:
            raise ValueError(f"Shape mismatch. Old shape: {self.shape}, new shape: {arr.shape}")
        if not self._raw.flags.forc:
            raise RuntimeError("Cannot set to non-contiguous array")
        stream = current_stream() if stream is None else stream
        with self.device:
            work = work_of(stream)
            work.refuse_copies("H2D")
            before = current_stream()
            stream.use()
            try:
                self._host[...] = arr
                self._memory.block.write()
            finally:
                before.use()
        COUNTS.copied_to_device()
        if arr.size and not is_pinned(arr):
            COUNTS.waited("pageable memory")

    def fill(self, value: Any) -> None:
        if isinstance(value, (ndarray, np.ndarray)) and value.shape != ():
            raise ValueError(f"non-scalar {type(value).__name__} cannot be used for fill")
        changed_by(
            lambda raw, each: raw.fill(each), [self],
            value if isinstance(value, ndarray) else _filling(self._raw, value),
        )  # fmt: skip

    def _scatter_op(self, slices: Any, value: Any, op: str) -> None:
        """What `add.at` and the like do, with the dtypes that CUDA's atomics have."""
        ufunc, kinds = _SCATTERS[op]
        if self.dtype.char not in kinds:
            raise TypeError(f"cupy.{ufunc.__name__}.at only supports {kinds} as data type")
        places = self._key(slices)
        changed_by(lambda raw, at, each: ufunc.at(raw, _wrapped(raw, at), each), [self], places, value)

    def scatter_add(self, slices: Any, value: Any) -> None:
        raise DeprecationWarning("`ndarray.scatter_add` is deprecated. Please use `cupy.add.at` instead.")

    def scatter_max(self, slices: Any, value: Any) -> None:
        raise DeprecationWarning("`ndarray.scatter_max` is deprecated Please use `cupy.maximum.at` instead.")

    def scatter_min(self, slices: Any, value: Any) -> None:
        raise DeprecationWarning("`ndarray.scatter_min` is deprecated Please use `cupy.minimum.at` instead.")

    # Forms --------------------------------------------------------------------------------------------------

    def astype(
        self, dtype: Any, order: str = "K", casting: Any = None, subok: Any = None, copy: bool = True
    ) -> ndarray:
        if subok is not None:
            raise TypeError("subok is not supported yet")
        check_dtype(dtype)
        if not copy and self.dtype == dtype:
            return self
        return made_by(lambda raw: raw.astype(dtype, order), self, wrap=on_device)  # type: ignore[no-any-return]

    def copy(self, order: str = "C") -> ndarray:
        if self._memory.block.device == current_device() or not self.size:
            return made_by(lambda raw: raw.copy(order), self, wrap=on_device)  # type: ignore[no-any-return]
        if not self._raw.flags.forc:
            raise NotImplementedError("CuPy cannot copy non-contiguous array between devices.")
        # From another device: in this one's stream, which has to wait for the writer.
        block, work = self._memory.block, current_work()
        if work.clock.get(block.stream, 0) < block.tick:
            raise RaceError("an array of another device is copied without an event")
        COUNTS.copied_between()
        return ndarray(self._raw.copy())

    def view(self, dtype: Any = None, array_class: Any = None) -> ndarray:
        return ndarray(self._raw.view() if dtype is None else self._raw.view(dtype), self)

    T = property(lambda self: ndarray(self._raw.T, self))
    mT = property(lambda self: ndarray(self._raw.mT, self))
    real = property(lambda self: ndarray(self._raw.real, self))
    imag = property(lambda self: ndarray(self._raw.imag, self))


def _wrapped(raw: np.ndarray[Any, Any], key: Any) -> Any:
    """An index of NumPy's in which places out of range wrap around."""
    keys = list(key) if isinstance(key, tuple) else [key]
    arrays = (np.ndarray,)
    axes = sum(
        each.ndim
        if isinstance(each, arrays) and each.dtype == bool
        else isinstance(each, arrays) or each not in (None, Ellipsis)
        for each in keys
    )
    axis, made = 0, []
    for each in keys:
        if isinstance(each, arrays):
            if each.dtype != bool:
                size = raw.shape[axis] if axis < raw.ndim else 0
                each = np.mod(each.astype(np.int64), size) if size else each
            axis += each.ndim if each.dtype == bool else 1
        elif each is Ellipsis:
            axis += raw.ndim - axes
        elif each is not None:
            axis += 1
        made.append(each)
    return tuple(made) if isinstance(key, tuple) else made[0]


def _set(raw: np.ndarray[Any, Any], at: Any, value: Any) -> None:
    raw[_wrapped(raw, at)] = value


def _filling(raw: np.ndarray[Any, Any], value: Any) -> Any:
    """The number that fills memory: -0.0 is 0.0, for CuPy sets all bytes to 0 where a number equals 0."""
    number = np.asarray(value).astype(raw.dtype)[()]
    return raw.dtype.type(0) if number == 0 and raw.flags.c_contiguous else number


_ATOMIC = "iIlLqQfd"
_SCATTERS: dict[str, tuple[Any, str]] = {
    "add": (np.add, f"{_ATOMIC}e"), "sub": (np.subtract, "iI"),
    "max": (np.maximum, _ATOMIC), "min": (np.minimum, _ATOMIC),
    "and": (np.bitwise_and, "iIlLqQ"), "or": (np.bitwise_or, "iIlLqQ"), "xor": (np.bitwise_xor, "iIlLqQ"),
}  # fmt: skip


def _view(name: str) -> Callable[..., ndarray]:
    signature = signature_of(f"ndarray.{name}")

    def method(self: ndarray, *args: Any, **kwargs: Any) -> ndarray:
        signature.bind(*args, **kwargs)
        made = getattr(self._raw, name)(*args, **kwargs)
        if not np.may_share_memory(made, self._raw):
            return made_by(lambda raw: getattr(raw, name)(*args, **kwargs), self, wrap=on_device)  # type: ignore[no-any-return]
        return ndarray(made, self)

    method.__signature__ = signature  # type: ignore[attr-defined]
    return method


for _name in ("reshape", "transpose", "swapaxes", "squeeze", "ravel", "diagonal"):
    setattr(ndarray, _name, _view(_name))


def _computed(name: str) -> Callable[..., Any]:
    signature = signature_of(f"ndarray.{name}")

    def method(self: ndarray, *args: Any, **kwargs: Any) -> Any:
        kwargs = signature.bind(*args, **kwargs).arguments
        refuse_numpys(kwargs.values())
        out = kwargs.pop("out", None)
        if out is None:
            return made_by(lambda raw, **named: getattr(raw, name)(**named), self, wrap=on_device, **kwargs)

        def store(raw: Any, own: Any, named: Any) -> None:
            raw[...] = getattr(own, name)(**named)

        changed_by(store, [out], self, kwargs)
        return out

    method.__signature__ = signature  # type: ignore[attr-defined]
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
