"""The simulated CuPy's modules, and `installed`, which puts them where `import cupy` finds them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from .array import check_dtype, host_of, ndarray, on_device, refuse_numpys, uploaded
from .counts import COUNTS, DeviceSynchronized, allow_synchronize
from .memory import (
    MemoryPool,
    OutOfMemoryError,
    PinnedMemoryPool,
    default_pinned_pool,
    default_pool,
    empty_pinned,
    reset,
    using_allocator,
)
from .raw import RawKernel
from .runtime import (
    DEVICES,
    CUDARuntimeError,
    Device,
    Event,
    Graph,
    Stream,
    current_device,
    current_stream,
    current_work,
    get_elapsed_time,
)
from .signatures import FACTS, as_signature
from .ufuncs import give_operators, ufunc
from .work import changed_by, made_by

# Functions that give views, or only look at shapes and dtypes.
VIEWS = frozenset(
    "atleast_1d atleast_2d atleast_3d broadcast_arrays broadcast_to diagonal expand_dims flip fliplr flipud "
    "matrix_transpose moveaxis permute_dims ravel real imag reshape rollaxis rot90 split array_split hsplit "
    "vsplit dsplit squeeze swapaxes transpose".split()
)
# Functions that look at values to know a shape, or whether to raise.
WAITS = frozenset(
    "argwhere bincount compress delete extract flatnonzero histogram histogram2d histogramdd intersect1d "
    "median nonzero percentile piecewise place quantile ravel_multi_index setdiff1d setxor1d trim_zeros "
    "union1d unique unique_all unique_counts unique_inverse unique_values".split()
)
# Functions that take no array first.
MAKES = frozenset("arange empty eye full identity indices linspace logspace ones tri zeros meshgrid".split())
# Functions of dtypes and shapes, which are NumPy's in CuPy, too.
PLAIN = frozenset(
    "broadcast_shapes can_cast common_type isdtype issubdtype iterable min_scalar_type ndim promote_types "
    "result_type shape size iscomplexobj isrealobj isscalar".split()
)


def _function(name: str, compute: Callable[..., Any], parameters: list[list[Any]] | None) -> Any:
    """A function of CuPy's: its parameters, its refusals and its costs, computed by NumPy."""
    signature = None if parameters is None else as_signature(parameters)

    def function(*args: Any, **kwargs: Any) -> Any:
        if signature is not None:
            signature.bind(*args, **kwargs)  # CuPy's parameters, not NumPy's
        if name not in MAKES and args and not isinstance(args[0], (ndarray, list, tuple, str)):
            raise TypeError(f"{name}: {type(args[0])} is no cupy.ndarray")
        for dtype in (kwargs.get("dtype"),):
            if dtype is not None:
                check_dtype(dtype)
        refuse_numpys([*args, *kwargs.values()])
        out = kwargs.pop("out", None)
        if name in WAITS or (name == "where" and len(args) == 1):
            current_work().refuse_copies("D2H")
            COUNTS.waited(name)
        if name in MAKES and name != "meshgrid" and any(isinstance(each, ndarray) for each in args):
            current_work().refuse_copies("D2H")
            COUNTS.copied_to_host()
        if out is not None:

            def store(raw: Any, arguments: Any, named: Any) -> None:
                raw[...] = compute(*arguments, **named)

            changed_by(store, [out], args, kwargs)
            return out
        if name in VIEWS or name in ("empty", "empty_like"):
            hosts = [each._raw if isinstance(each, ndarray) else _raws(each) for each in args]
            of = args[0] if name in VIEWS and args and isinstance(args[0], ndarray) else None
            with np.errstate(all="ignore"):
                made = compute(*hosts, **kwargs)
            if name not in VIEWS or of is None or not isinstance(made, np.ndarray) or not made.size:
                return on_device(made, of)
            if np.may_share_memory(made, of._raw):
                return on_device(made, of)
        if name in ("full", "full_like") and not isinstance(args[1], ndarray):
            args = (args[0], _filling(args[0], args[1], kwargs), *args[2:])
        return made_by(compute, *args, wrap=on_device, **kwargs)

    function.__name__ = function.__qualname__ = name
    if signature is not None:
        function.__signature__ = signature  # type: ignore[attr-defined]
    return function


def _raws(value: Any) -> Any:
    if type(value) in (list, tuple):
        return type(value)(map(_raws, value))
    return value._raw if isinstance(value, ndarray) else value


def _filling(like: Any, value: Any, named: dict[str, Any]) -> Any:
    """The number that `full` writes: -0.0 is 0.0, as for `ndarray.fill`."""
    dtype = named.get("dtype")
    if dtype is None:
        dtype = like.dtype if isinstance(like, ndarray) else np.asarray(value).dtype
    number = np.asarray(value).astype(dtype)[()]
    return number.dtype.type(0) if number == 0 else value


def _array(
    obj: Any, dtype: Any = None, copy: Any = True, order: str = "K", subok: bool = False, ndmin: int = 0, *,
    blocking: bool = False,
) -> ndarray:  # fmt: skip
    if dtype is not None:
        dtype = check_dtype(dtype)
    if isinstance(obj, ndarray):
        if obj.device.id != current_device():
            return obj.copy() if dtype is None or dtype == obj.dtype else obj.copy().astype(dtype)
        return obj.astype(obj.dtype if dtype is None else dtype, copy=bool(copy))
    return uploaded(obj, dtype)


def _asarray(
    a: Any, dtype: Any = None, order: Any = None, *, copy: Any = None, blocking: bool = False
) -> ndarray:
    return _array(a, dtype, copy=bool(copy))


def _asnumpy(a: Any, stream: Any = None, order: str = "C", out: Any = None, *, blocking: bool = True) -> Any:
    return a.get(stream, order, out, blocking) if isinstance(a, ndarray) else np.asarray(a)


def _take(a: ndarray, indices: Any, axis: Any = None, out: Any = None) -> ndarray:
    if axis is None:
        a, axis = a.reshape(-1), 0  # type: ignore[attr-defined]
    return a[(slice(None),) * (axis % a.ndim) + (indices,)]


def _repeat(a: ndarray, repeats: Any, axis: Any = None) -> Any:
    if isinstance(repeats, (ndarray, np.ndarray)):
        current_work().refuse_copies("D2H")
        COUNTS.waited("repeat")
        repeats = repeats._host if isinstance(repeats, ndarray) else repeats
    return made_by(lambda raw: np.repeat(raw, repeats, axis), a, wrap=on_device)


def _copyto(dst: ndarray, src: Any, casting: str = "same_kind", where: Any = None) -> None:
    def store(raw: Any, each: Any, mask: Any) -> None:
        np.copyto(raw, each, casting, **({} if mask is None else {"where": mask}))

    refuse_numpys([src])
    changed_by(store, [dst], src, where)


def _copy(a: ndarray, order: str = "K") -> ndarray:
    return a.copy(order)


def _from_dlpack(array: Any, *, device: Any = None, copy: Any = None) -> Any:
    where, number = array.__dlpack_device__()
    if device is not None:
        raise NotImplementedError("from_dlpack() does not support device yet.")
    if where not in (2, 13):
        raise TypeError("CPU arrays cannot be directly imported to CuPy.")
    with Device(number):  # the array is ordered before what this stream of its device does next
        return array.__dlpack__(stream=current_stream().ptr or 1, max_version=(1, 0), copy=copy)


def _scatter(method: str) -> Any:
    def scatter(a: Any, slices: Any, value: Any) -> None:
        getattr(a, method)(slices, value)  # deprecated, and says so

    return scatter


OWN: dict[str, Any] = {
    "array": _array, "copy": _copy, "asarray": _asarray, "asanyarray": _asarray, "asnumpy": _asnumpy,
    "take": _take, "repeat": _repeat, "copyto": _copyto, "from_dlpack": _from_dlpack,
}  # fmt: skip
TYPES = (
    "bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128 "
    "intp number integer floating inexact generic complexfloating signedinteger unsignedinteger dtype finfo "
    "iinfo newaxis inf nan pi e"
).split()


def _module(name: str, **names: Any) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(names)
    made.__spec__ = ModuleSpec(name, None)
    made.__dict__["__all__"] = [each for each in names if each[0] != "_"]
    return made


def _part(label: str, numpy: Any) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for name, types in FACTS["ufuncs"][label].items():
        if hasattr(numpy, name):
            names[name] = ufunc(name, types, getattr(numpy, name))
    for name, parameters in FACTS["functions"][label].items():
        compute = getattr(numpy, name, None)
        if name in OWN and label == "cupy":
            names[name] = OWN[name]
        elif name in PLAIN and label == "cupy":
            names[name] = _plain(compute)
        elif compute is not None and not isinstance(compute, type):
            names[name] = _function(name, compute, parameters)
    return names


def _plain(compute: Any) -> Any:
    return lambda *args, **kwargs: compute(*map(host_of, args), **kwargs)


def modules() -> dict[str, ModuleType]:
    """The modules by name."""
    names = _part("cupy", np)
    give_operators(names)
    names |= {name: getattr(np, name) for name in TYPES}
    names |= {"ndarray": ndarray, "ufunc": ufunc, "bool": np.bool_, "__version__": FACTS["version"]}
    names["RawKernel"] = RawKernel
    names["get_default_memory_pool"] = default_pool
    names["get_default_pinned_memory_pool"] = default_pinned_pool
    linalg = _module("cupy.linalg", **_part("linalg", np.linalg), LinAlgError=np.linalg.LinAlgError)
    fft = _module("cupy.fft", **_part("fft", np.fft))
    memory = SimpleNamespace(OutOfMemoryError=OutOfMemoryError)
    runtime = SimpleNamespace(
        getDeviceCount=lambda: DEVICES,
        CUDARuntimeError=CUDARuntimeError,
        errorMemoryAllocation=2,
        getDeviceProperties=lambda device: {"name": b"a simulation"},
    )
    cuda = _module(
        "cupy.cuda", Device=Device, Stream=Stream, memory=memory, runtime=runtime, is_available=lambda: True,
        get_current_stream=current_stream, Event=Event, Graph=Graph, MemoryPool=MemoryPool,
        PinnedMemoryPool=PinnedMemoryPool, using_allocator=using_allocator, get_elapsed_time=get_elapsed_time,
    )  # fmt: skip
    cuda.__path__ = []
    cupy = _module("cupy", **names, linalg=linalg, fft=fft, cuda=cuda)
    cupy.__path__ = []
    try:
        import scipy.special
    except ImportError:
        special = _module("cupyx.scipy.special")
    else:
        special = _module("cupyx.scipy.special", **_part("special", scipy.special))
    scipy_ = _module("cupyx.scipy", special=special)
    scatters = {name: _scatter(name) for name in ("scatter_add", "scatter_max", "scatter_min")}
    cupyx = _module(
        "cupyx", scipy=scipy_, empty_pinned=empty_pinned, allow_synchronize=allow_synchronize,
        DeviceSynchronized=DeviceSynchronized, **scatters,
    )  # fmt: skip
    cupyx.__path__ = scipy_.__path__ = []
    return {
        "cupy": cupy, "cupy.linalg": linalg, "cupy.fft": fft, "cupy.cuda": cuda,
        "cupy.cuda.device": _module("cupy.cuda.device", Device=Device), "cupyx": cupyx,
        "cupyx.scipy": scipy_, "cupyx.scipy.special": special,
    }  # fmt: skip


def _ours(name: str) -> bool:
    return name.split(".")[0] in ("cupy", "cupyx") or name.startswith("array_api_compat.cupy")


@contextmanager
def installed() -> Iterator[Any]:
    """Makes `import cupy` give the simulation, in the block; gives the module."""
    reset()
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if _ours(name)}
    made = modules()
    sys.modules.update(made)
    try:
        yield made["cupy"]
    finally:
        for name in [each for each in sys.modules if _ours(each)]:
            del sys.modules[name]
        sys.modules.update(hidden)
