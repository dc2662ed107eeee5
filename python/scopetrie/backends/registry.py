"""The backends by name, the one that is the default, and why one cannot be used."""

from __future__ import annotations

import importlib
import os
from typing import Any, Final

from ..locks import importing
from ..public import v1
from .base import Backend

# Backends of our own: name -> (module of this package, class).
_OWN: Final = {
    "numpy": ("numpy", "NumpyBackend"),
    "cupy": ("cupy", "CupyBackend"),
    "torch": ("torch", "TorchBackend"),
    "jax": ("jax", "JaxBackend"),
}
_VARIABLE: Final = "SCOPETRIE_BACKEND"


class _Default:
    """What `get_backend()` returns: what the program has set, else what the environment says.

    Attributes:
        which: What the program has set.
        named: What the environment says, read at the first use.
        numpy: NumPy's backend, which has no state: each session takes this one.
    """

    __slots__ = ("named", "numpy", "which")

    def __init__(self) -> None:
        self.which: Any = None
        self.named: str | None = None
        self.numpy: Backend | None = None


_default: Final = _Default()


def names() -> tuple[str, ...]:
    """Returns the names that `get_backend` knows.

    Example:
        >>> "numpy" in names()
        True
    """
    return tuple(_OWN)


def available() -> dict[str, str]:
    """Returns for each name an empty string if the backend works here, else the reason why it does not.

    Example:
        >>> available()["numpy"]
        ''
    """
    reasons = {}
    for name in _OWN:
        try:
            get_backend(name)
            reasons[name] = ""
        except (ImportError, RuntimeError) as error:
            reasons[name] = str(error)
    return reasons


@v1("set_default_backend")
def set_default_backend(which: Any) -> None:
    """Sets the backend of the sessions that are made from now on and name none.

    Without this call, it is the one that the environment variable SCOPETRIE_BACKEND names, else "numpy".

    Args:
        which: What `Session(backend=...)` takes; None takes back what was set.

    Raises:
        TypeError: If `which` is no backend.
        ValueError: If no backend has the name.
        ImportError: If the backend's library is not installed.
        RuntimeError: If the backend needs a driver or a device that is missing.

    Example:
        >>> import scopetrie as tf
        >>> tf.set_default_backend("numpy")
        >>> with tf.Graph().as_default():
        ...     tf.Session().backend
        <scopetrie backend numpy>
        >>> tf.set_default_backend(None)
    """
    if which is not None:
        get_backend(which)  # now, not in the first session
    _default.which = which


def get_backend(which: Any = None) -> Backend:
    """Returns a backend by name, or the backend for an array-API namespace.

    Args:
        which: A name, a `Backend`, or a module that follows the array API standard; for a library that has a
            backend of its own (the modules `numpy`, `cupy`, `torch`, `jax.numpy`) it is that backend. None is
            the default: see `set_default_backend`.

    Raises:
        ValueError: If no backend has the name.
        TypeError: If `which` is none of these.
        RuntimeError: If the backend needs a driver or a device that is missing.
        ImportError: If the backend's library is not installed.

    Example:
        >>> get_backend("tpu")
        Traceback (most recent call last):
        ...
        ValueError: No backend is named 'tpu'; the backends are 'numpy', 'cupy', 'torch' and 'jax'.
    """
    if isinstance(which, Backend):
        return which
    if which is None:
        which = _default.which
        if which is None:
            return _from_environment()
        return get_backend(which)
    if isinstance(which, str):
        if which not in _OWN:
            raise ValueError(_unknown(which))
        return _own(which)
    name = getattr(which, "__name__", None)
    if isinstance(name, str) and hasattr(which, "asarray"):
        library = _library(name)
        if library in _OWN:
            return _own(library)
        return Backend(name, which)
    raise TypeError(
        "A backend is a name, a Backend or an array-API namespace; "
        f"{which!r} has type {type(which).__name__!r}."
    )


def _from_environment() -> Backend:
    which = _default.named
    if which is None:
        which = os.environ.get(_VARIABLE) or "numpy"
        if which not in _OWN:
            raise ValueError(f"{_VARIABLE}: {_unknown(which)}")
        _default.named = which
    return _own(which)


def _own(name: str) -> Backend:
    if name == "numpy" and _default.numpy is not None:
        return _default.numpy
    module, kind = _OWN[name]
    # Imported on demand: a program that only builds graphs loads no array library.
    with importing:
        made = getattr(importlib.import_module(f".{module}", __package__), kind)()
    assert isinstance(made, Backend)
    if name == "numpy":
        _default.numpy = made
    return made


def _library(name: str) -> str:
    """Returns the library of a module: "torch" for torch and array_api_compat.torch, "jax" for jax.numpy."""
    parts = name.split(".")
    return parts[1] if parts[0] == "array_api_compat" and len(parts) > 1 else parts[0]


def _unknown(name: str) -> str:
    *first, last = map(repr, _OWN)
    return f"No backend is named {name!r}; the backends are {', '.join(first)} and {last}."
