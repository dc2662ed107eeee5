"""The interface to an array library: what execution needs beyond the array API standard.

A backend is a subclass of `Backend`, in a file of its own, and a line in `registry.py`. It says how arrays
come from the host and go back, what of them can be changed in place, and where it computes an operation in
another way than the op's own kernel. docs/backends.md writes one, step by step.

A kernel is written once, against the array API standard. It never asks which library it has. What a kernel
wants beyond the standard it takes from the namespace, where a backend may put it (see `namespace`):

| function | what it gives | without it |
|---|---|---|
| `special(name)` | SciPy's special function of that name, or None | a formula, for the most frequent ones |
| `einsum(equation, *arrays)` | NumPy's | one large product |
| `scatter(target, at, rows, how)` | rows changed, as by `ops.array.scatter_rows` | rows in order, each once |
| `getitem(x, key)` | `x[key]`, for steps below 0, too | `x[key]` |
| `setitem(x, key, value)` | a copy of `x` with `x[key]` set | a copy that is changed |
| `scatter_into(target, at, rows, how)` | the same in place | a changed copy |
| `update_adam(variable, mean, square, grad, ...)` and its kin | an update in place, in one pass | a formula |
| `tanh_gradient(y, dy, made)`, `logistic_gradient` | a gradient in one pass | a formula |
| `channel_moments(x, mean, variance)` and its kin | batch normalization in few passes | formulas |
| `pool_largest(x, made, window, ...)`, `pool_mean` | a pooling in one pass | a pass for each entry |
| `unfold(x, matrix, ...)`, `fold(matrix, x, ...)` | windows as rows, and back | passes |
| `spread_largest(x, grad, made, ...)`, `spread_mean` | the gradient of a pooling in one pass | likewise |
"""

from __future__ import annotations

import copy
import functools
import importlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType, ModuleType
from typing import Any, ClassVar, Final, TypeAlias

import numpy as np

from .._core import InRun, own_items, random_fill

# An array of the backend's library; the array API standard has no common base class.
Array: TypeAlias = Any
# What DLPack calls the host's memory.
_HOST: Final = 1


class Backend:
    """An array-API namespace, and what the standard leaves out: memory, aliases and transfers.

    This class serves any namespace of the standard and treats arrays as immutable: assigning a variable
    replaces its array. A subclass adds what its library can do beyond that.

    Thread safety: methods may be called from several threads at once.

    Args:
        name: The name of the library in error messages.
        xp: The namespace, with `array_api_compat`'s names (`xp.add`, `xp.astype`, ...).
        device: Where new arrays go; None is the library's default.

    Attributes:
        in_place: Whether `empty` makes arrays that `overwrite` can change.
        shares_memory: Whether arrays may be over the host's memory, as those of a Store: see `adopt`.
        keeps_variables: Whether the variables of a Store are in the library's memory, where the host does not
            reach them: then there are `empty`, `overwrite` and `address`.
        on_host: Whether the arrays are NumPy's, so that no transfer is ever needed.
        keeps_constants: Whether constants may stay arrays of the library from one run to the next.
        exports_own: Whether `export` gives arrays of the library.
        kernels: Kernels that replace those of the ops, by op type: functions of the namespace (for stateful
            ops also of the state) and the attributes that return a function of arrays.
        checks: The checks of values that wait until a run is done (`deferred.Checks`), or None: where kernels
            cannot look at values for nothing, they do not check them.
        fuses: Whether `fusion` gives anything.
        replays: Whether plans that run again are recorded, by `recorded`, while the run is `alone`.
        host_types: Op types that the library has no means for: they are computed by NumPy.

    Example:
        >>> import array_api_strict
        >>> from scopetrie.backends import get_backend
        >>> backend = get_backend(array_api_strict)
        >>> backend.to_host(backend.from_host(np.array([1.0, 2.0], np.float32)))
        array([1., 2.], dtype=float32)
    """

    in_place = False
    on_host = False
    shares_memory = False
    keeps_variables = False
    keeps_constants = True
    exports_own = False
    kernels: ClassVar[Mapping[str, Callable[..., Any]]] = MappingProxyType({})
    host_types: ClassVar[frozenset[str]] = frozenset({"Bitcast"})
    checks: Any = None
    fuses = False
    replays = False

    def __init__(self, name: str, xp: Any, device: Any = None) -> None:
        self.name = name
        self.xp = xp
        self.device = device

    def __repr__(self) -> str:
        return f"<scopetrie backend {self.name}>"

    # Transfers ----------------------------------------------------------------------------------------------

    def holds(self, dtype: np.dtype[Any]) -> bool:
        """Returns whether arrays of the library can have a dtype; values of others stay NumPy's."""
        return not dtype.hasobject

    def dtype(self, dtype: np.dtype[Any]) -> Any:
        """Returns the library's dtype with the name of a NumPy dtype."""
        return getattr(self.xp, dtype.name)

    def from_host(self, array: np.ndarray[Any, Any] | np.generic) -> Array:
        """Returns a NumPy array or scalar as an array of the library, which may share its memory.

        Arrays of strings stay NumPy's: no other library has them.
        """
        if array.dtype.hasobject:
            return array
        if isinstance(array, np.ndarray) and not array.flags.writeable:
            array = array.copy()  # a constant's memory, of which no writable alias may be made
        # Through Python numbers if the library does not accept NumPy arrays (array-api-strict on a device).
        try:
            return self.xp.asarray(array, device=self.device)
        except (TypeError, ValueError, RuntimeError):
            return self.xp.asarray(array.tolist(), dtype=self.dtype(array.dtype), device=self.device)

    def taken(self, value: Any) -> Any:
        """Returns a value of the host, an array or bytes, as kernels take it: the library's if possible."""
        if isinstance(value, bytes) or not self.holds(value.dtype):
            return value
        return self.from_host(value)

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        """Returns an array's elements as a NumPy array that shares no memory with it."""
        if isinstance(array, (np.ndarray, np.generic)):
            return np.array(array)
        try:
            return np.array(array)
        except (TypeError, RuntimeError):  # the array is on a device
            import array_api_compat

            try:
                host = array_api_compat.to_device(array, "cpu")
            except ValueError:  # the library has another name for the host
                host = array_api_compat.to_device(array, self.xp.__array_namespace_info__().default_device())
            return np.array(host)

    def synchronize(self) -> None:
        """Waits until everything that was asked of the library is computed."""

    # Devices ------------------------------------------------------------------------------------------------

    def on(self, number: int) -> Backend:
        """Returns the backend for another device of the library, by its number; itself if there is none.

        It shares all else with this one: `stepping` and `bring` belong to it.
        """
        return self

    def home(self, array: Array) -> Backend:
        """Returns the backend for the device of an array of the library."""
        return self

    def stepping(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns a function that computes on the device, in a run of a session on another one."""
        return function

    def bring(self, array: Array) -> Array:
        """Returns an array of any device of the library on the device."""
        return array

    def gathered(self, arrays: Sequence[Array]) -> np.ndarray[Any, Any]:
        """Returns the elements of arrays of rank 0, on the host; only where there are `checks`."""
        return self.to_host(self.xp.stack(list(arrays)))

    # Memory -------------------------------------------------------------------------------------------------

    def empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Returns an uninitialized array for a variable's values; only where `in_place`."""
        return self.xp.empty(shape, dtype=self.dtype(dtype), device=self.device)

    def address(self, array: Array) -> int:
        """Returns where an array's elements begin in the library's memory; only where `keeps_variables`."""
        raise NotImplementedError(f"{self.name} keeps no variables")

    def from_device(self, value: Any) -> Array | None:
        """Returns an array of a device, whatever its library, as one of this library, without a copy.

        None for anything else: the host converts it.
        """
        return None

    def keep(self, array: Array, fed: Sequence[Array] = ()) -> Array:
        """Returns a computed value as an array of the library that shares no memory with anything else.

        Args:
            array: The value.
            fed: The fed arrays with which the value may share memory.
        """
        return self.xp.asarray(self.place(array, on_host=False), copy=True)

    def release(self) -> None:
        """Gives memory back that the library keeps for later; a session that closes calls it."""

    def overwrite(self, array: Array, value: Array) -> None:
        """Copies `value` into `array`, of the same shape; only where `in_place`."""
        raise NotImplementedError(f"arrays of {self.name} cannot be changed in place")

    def adopt(self, array: np.ndarray[Any, Any]) -> Array:
        """Returns an array over the memory of NumPy's array; a copy if that is read-only.

        Only where `shares_memory`.
        """
        raise NotImplementedError(f"arrays of {self.name} cannot be over the host's memory")

    # Computing ----------------------------------------------------------------------------------------------

    def computes(self, op_type: str, dtypes: Sequence[np.dtype[Any]]) -> bool:
        """Returns whether the library computes an op without effects; otherwise NumPy does, on the host.

        Ops with a dtype that the library does not hold are NumPy's in any case.

        Args:
            op_type: The op's type.
            dtypes: The dtypes of its inputs and outputs.

        Raises:
            NotImplementedError: If nobody is to compute it; the error names the operation.
        """
        return op_type not in self.host_types

    def draw(
        self,
        kind: str,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        key: tuple[int, int],
        counter: int,
        lo: int = 0,
        hi: int = 0,
    ) -> Array:
        """Returns random numbers: a pure function of the arguments, the same with every backend.

        Args:
            kind: "uniform" (from 0 to below 1), "normal", "truncated_normal" or "integers" (from `lo` to
                below `hi`).
            shape: The shape of the result.
            dtype: Its dtype: float32 or float64, for integers int32 or int64.
            key: The seeds of graph and operation, the key of the counter-based generator (Philox).
            counter: How often the operation has drawn with this key.
            lo: The lower bound of integers.
            hi: The upper bound of integers.
        """
        out = np.empty(shape, dtype)
        random_fill(kind, out, *key, counter, lo, hi)
        return self.from_host(out)

    def fusion(self) -> Any:
        """Returns what fused kernels need of the library (`fusion.launch.Library`); None if it fuses nothing.

        Plans ask at their second run.
        """
        return None

    def alone(self) -> AbstractContextManager[bool]:
        """Keeps other threads from what this run computes with, in a block; gives whether it could."""
        return nullcontext(False)

    def recorded(self, function: Callable[[Sequence[Any]], Any], given: Sequence[Any]) -> Any:
        """Returns a function of arrays as a recording, which `launch` computes; only where it `replays`.

        It has `values`, what the function has returned, `launch(given)`, and `release()`.

        Args:
            function: The function, of a list of arrays and values of the host.
            given: Arguments like those of later launches.
        """
        raise NotImplementedError(f"{self.name} records nothing")

    def pure(self) -> Backend:
        """Returns the backend for a function without side effects, as `lower` makes it.

        It changes nothing in place, keeps nothing from call to call, and exports its own arrays, which may be
        traced.
        """
        made = copy.copy(self)
        made.in_place = made.on_host = made.shares_memory = made.keeps_constants = made.fuses = False
        made.keeps_variables = made.replays = False
        made.exports_own = True
        return made

    def failure(self, error: Exception) -> Exception:
        """Returns what an exception of the library means, as Python says it.

        A ValueError, TypeError or IndexError for arguments that do not fit, a MemoryError where memory ran
        out, a NotImplementedError for what the library does not have; any other as it is.
        """
        return error

    def number(self, array: Array) -> Array:
        """Returns a scalar as a kernel takes it beside arrays of the library, wherever it is."""
        return self.place(array, on_host=False)

    # Aliases, and what plans do to make fewer arrays --------------------------------------------------------

    def place(self, array: Array, on_host: bool) -> Array:
        """Moves an array to where it is wanted: returns NumPy's for the host, else the library's."""
        if on_host:
            return array if isinstance(array, (np.ndarray, np.generic)) else self.to_host(array)
        return self.from_host(array) if isinstance(array, (np.ndarray, np.generic)) else array

    def freeze(self, array: Array) -> Array:
        """Marks an array as owned by a variable or constant: `export` copies it and all its views."""
        return array

    def export(self, array: Array, fed: Sequence[Array] = ()) -> Any:
        """Returns a computed value in the form that `run` returns.

        Args:
            array: The value.
            fed: The fed arrays with which the value may share memory.

        Returns:
            A NumPy array that shares no memory with anything else; for rank 0 a NumPy scalar (or bytes).
            Where `exports_own`, an array of the library.
        """
        if self.exports_own:
            return self.place(array, on_host=False)
        host = self.to_host(array)
        return host if host.ndim else host[()]

    def arrived(self, values: Sequence[Any], is_done: bool) -> list[Any]:
        """Returns what a run gives, after `export`: a library may begin its copies there, and end them here.

        It is only asked where there are `checks`.

        Args:
            values: What the run gives.
            is_done: Whether the host has waited for the device since.
        """
        return list(values)

    def writes_into(self, function: Any) -> int:
        """Returns how many arrays `function` takes before an output array, or 0 if it takes none."""
        return 0

    def makes_new(self, function: Any) -> bool:
        """Returns whether `function` returns a new array of which there is no other view."""
        return False

    def takes_out_by_position(self, function: Any) -> bool:
        """Returns whether the output array may follow the arguments, which is faster than `out=`."""
        return False

    def takes_numbers(self, function: Any) -> bool:
        """Returns whether NumPy's scalars may be arguments of `function`, beside arrays of the library."""
        return False

    def quiet(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns `function` in the library's state for a run: floating-point warnings off, for one.

        NumPy's are off with every library: it computes what stays on the host. As in v1, subnormal numbers
        are zeros there.
        """
        return InRun(np.errstate(all="ignore")(function))


def host_view(array: Array) -> np.ndarray[Any, Any] | None:
    """Returns an array's elements as NumPy's, where a look at them costs nothing; else None.

    A kernel that checks the values of its arguments asks here. None says that a look would wait for a device,
    or that there is nothing to see yet: the array stands for those of a later run, as in `jax.jit`.

    Example:
        >>> host_view(np.arange(3))
        array([0, 1, 2])
    """
    if isinstance(array, np.ndarray):
        return array
    if isinstance(array, np.generic):
        return np.asarray(array)
    return seen(array)


@functools.singledispatch
def seen(array: Array) -> np.ndarray[Any, Any] | None:
    """What `host_view` returns for arrays that are not NumPy's: a backend registers a function of its type.

    Arrays of other libraries are looked at where they are on the library's default device, and DLPack says
    that this is the host.

    Example:
        >>> import array_api_strict
        >>> seen(array_api_strict.asarray([1, 2]))
        array([1, 2])
        >>> seen(object()) is None
        True
    """
    if not hasattr(type(array), "__dlpack_device__") or is_traced(array):
        return None
    try:
        own = array.__array_namespace__().__array_namespace_info__().default_device()
        if array.device != own or array.__dlpack_device__()[0] != _HOST:
            return None
        return np.from_dlpack(array)
    except (AttributeError, BufferError, NotImplementedError, RuntimeError, TypeError, ValueError):
        return None  # not of the standard, or of a dtype that DLPack lacks


@functools.singledispatch
def is_traced(array: Array) -> bool:
    """Returns whether an array has no elements yet: it stands for those of a later run, as in `jax.jit`.

    A kernel that has to look at values whatever it costs asks here first. A backend registers the type of
    such arrays, if its library has them.

    Example:
        >>> is_traced(np.arange(3))
        False
    """
    return False


def host_array(value: Any, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Returns anything that `numpy.asarray` takes as an array of a dtype; not a copy if it is one.

    Example:
        >>> host_array([1, 2], np.dtype(np.float32))
        array([1., 2.], dtype=float32)
    """
    return np.asarray(own_items(value), dtype)


def checked_pow(pow: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    """Returns a library's `pow` with NumPy's error for integers to negative powers.

    Args:
        pow: The library's function.

    Example:
        >>> checked_pow(np.pow)(2, 3)
        np.int64(8)
    """

    def checked(x: Array, y: Array) -> Array:
        powers = host_view(y)
        if powers is not None and powers.dtype.kind == "i" and (powers < 0).any():
            raise ValueError("Integers to negative integer powers are not allowed.")
        return pow(x, y)

    return checked


def functions_of(module: str) -> Callable[[str], Any]:
    """Returns a function that gives a module's functions by name, None for what is not there.

    Args:
        module: The module's name. It is imported at the first use, and may be missing.

    Example:
        >>> functions_of("math")("gamma")(5), functions_of("maths")("gamma")
        (24.0, None)
    """

    def find(name: str) -> Any:
        try:
            return getattr(importlib.import_module(module), name, None)
        except ImportError:
            return None

    return find


def namespace(library: Any, **functions: Any) -> ModuleType:
    """Returns a library's namespace with more functions, as kernels see it: a module of the same name.

    Args:
        library: A module that follows the array API standard.
        **functions: What is added, or replaces the library's own.

    Example:
        >>> import array_api_strict
        >>> xp = namespace(array_api_strict, twice=lambda x: x + x)
        >>> xp.twice(xp.asarray([1, 2]))
        Array([2, 4], dtype=array_api_strict.int64)
    """
    made = ModuleType(library.__name__)
    # A copy of the attributes, not a search through two objects: kernels look functions up in each run.
    vars(made).update({name: each for name, each in vars(library).items() if name != "__all__"}, **functions)
    return made
