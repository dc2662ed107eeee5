"""The interface to an array library: what execution needs beyond the array API standard."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from .._core import own_items
from ..locks import importing

# An array of the backend's library; the array API standard has no common base class.
Array: TypeAlias = Any

# Backends of our own: name -> (module of this package, class).
_OWN = {"numpy": ("numpy", "NumpyBackend"), "cupy": ("cupy", "CupyBackend")}


class Backend:
    """An array-API namespace, and what the standard leaves out: memory, aliases and transfers.

    This class serves any namespace of the standard and treats arrays as immutable: assigning a variable
    replaces its array. A subclass adds the methods for changing arrays in place.

    Args:
        name: The name of the library in error messages.
        xp: The namespace, with `array_api_compat`'s names (`xp.add`, `xp.astype`, ...).
        device: Where new arrays go; None is the library's default.

    Attributes:
        in_place: Whether `empty` makes arrays that `overwrite` can change.
        on_host: Whether the arrays are NumPy's, so that no transfer is ever needed.
        keeps_constants: Whether constants may stay arrays of the library from one run to the next.

    Example:
        >>> import array_api_strict
        >>> backend = get_backend(array_api_strict)
        >>> backend.to_numpy(backend.asarray([1.0, 2.0], np.dtype(np.float32)))
        array([1., 2.], dtype=float32)
    """

    in_place = False
    on_host = False
    keeps_constants = True

    def __init__(self, name: str, xp: Any, device: Any = None) -> None:
        self.name = name
        self.xp = xp
        self.device = device

    def __repr__(self) -> str:
        return f"<scopetrie backend {self.name}>"

    def dtype(self, dtype: np.dtype[Any]) -> Any:
        """Returns the library's dtype with the name of a NumPy dtype."""
        return getattr(self.xp, dtype.name)

    def asarray(self, value: Any, dtype: np.dtype[Any]) -> Array:
        """Returns a host value (number, list, NumPy array) as an array of the library.

        Args:
            value: Anything that `numpy.asarray` takes.
            dtype: The dtype of the result.
        """
        host = np.asarray(own_items(value), dtype)
        if host.dtype.hasobject:
            return host  # strings stay on the host: no other array library has them
        if not host.flags.writeable:
            host = host.copy()  # a constant's memory: PyTorch would make a writable alias of it
        # Through Python numbers if the library does not accept NumPy arrays (array-api-strict on a device).
        try:
            return self.xp.asarray(host, device=self.device)
        except (TypeError, ValueError, RuntimeError):
            return self.xp.asarray(host.tolist(), dtype=self.dtype(host.dtype), device=self.device)

    def to_numpy(self, array: Array) -> np.ndarray[Any, Any]:
        """Returns an array's values as a NumPy array that shares no memory with it."""
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

    def place(self, array: Array, on_host: bool) -> Array:
        """Moves an array to where it is wanted: returns NumPy's for the host, else the library's."""
        if on_host:
            return array if isinstance(array, (np.ndarray, np.generic)) else self.to_numpy(array)
        if isinstance(array, (np.ndarray, np.generic)):
            return self.asarray(array, array.dtype)
        return array

    def empty(self, shape: tuple[int, ...], dtype: Any) -> Array:
        """Returns an uninitialized array for a variable's values."""
        return self.xp.empty(shape, dtype=dtype, device=self.device)

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
        """
        host = self.to_numpy(array)
        return host if host.ndim else host[()]

    def overwrite(self, array: Array, value: Array) -> None:
        """Copies `value` into `array`, of the same shape; only where `in_place`."""
        raise NotImplementedError(f"arrays of {self.name} cannot be changed in place")

    def writes_into(self, function: Any) -> int:
        """Returns how many arrays `function` takes before an output array, or 0 if it takes none."""
        return 0

    def makes_new(self, function: Any) -> bool:
        """Returns whether `function` returns a new array of which there is no other view."""
        return False

    def takes_out_by_position(self, function: Any) -> bool:
        """Returns whether the output array may follow the arguments, which is faster than `out=`."""
        return False

    def quiet(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns `function` with the library's floating-point warnings off, since TensorFlow has none."""
        return function


def get_backend(which: Any = None) -> Backend:
    """Returns a backend by name, or the backend for an array-API namespace.

    Args:
        which: "numpy" (also None), "cupy", a `Backend`, or a module that follows the array API standard.

    Raises:
        ValueError: If no backend has the name.
        TypeError: If `which` is none of these.
        RuntimeError: If the backend needs a driver or a device that is missing.
        ImportError: If the backend's library is not installed.

    Example:
        >>> get_backend("tpu")
        Traceback (most recent call last):
        ...
        ValueError: No backend is named 'tpu'; the backends are 'numpy' and 'cupy'.
    """
    if isinstance(which, Backend):
        return which
    if which is None:
        which = "numpy"
    if isinstance(which, str):
        if which not in _OWN:
            names = " and ".join(map(repr, _OWN))
            raise ValueError(f"No backend is named {which!r}; the backends are {names}.")
        module, name = _OWN[which]
        # Imported on demand: a program that only builds graphs loads no array library.
        with importing:
            made = getattr(importlib.import_module(f".{module}", __package__), name)()
        assert isinstance(made, Backend)
        return made
    if hasattr(which, "asarray") and hasattr(which, "__name__"):
        return Backend(which.__name__, which)
    raise TypeError(
        "A backend is a name, a Backend or an array-API namespace; "
        f"{which!r} has type {type(which).__name__!r}."
    )
