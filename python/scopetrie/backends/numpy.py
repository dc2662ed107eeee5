"""The default backend: NumPy, which computes in place where possible."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

import array_api_compat.numpy
import numpy as np

from .._core import (
    InRun,
    channel_gradient,
    channel_moments,
    channel_sums,
    fold,
    logistic_gradient,
    normalize_channels,
    pool_largest,
    pool_mean,
    spread_largest,
    spread_mean,
    tanh_gradient,
    trim_pool,
    unfold,
    update_adagrad,
    update_adam,
    update_descent,
    update_momentum,
    update_rmsprop,
)
from .base import Array, Backend, functions_of, namespace
from .powers import power
from .products import matmul_transposed


def _einsum(equation: str, *arrays: Array) -> Array:
    return np.einsum(equation, *arrays, optimize=len(arrays) > 1)


# What kernels get as their namespace.
XP: Final = namespace(
    array_api_compat.numpy,
    special=functions_of("scipy.special"),
    einsum=_einsum,
    matmul_transposed=matmul_transposed,
    pow=power,
    update_adagrad=update_adagrad,
    update_adam=update_adam,
    update_descent=update_descent,
    update_momentum=update_momentum,
    update_rmsprop=update_rmsprop,
    channel_gradient=channel_gradient,
    channel_moments=channel_moments,
    channel_sums=channel_sums,
    normalize_channels=normalize_channels,
    logistic_gradient=logistic_gradient,
    tanh_gradient=tanh_gradient,
    pool_largest=pool_largest,
    pool_mean=pool_mean,
    spread_largest=spread_largest,
    spread_mean=spread_mean,
    unfold=unfold,
    fold=fold,
)


class NumpyBackend(Backend):
    """NumPy.

    Kernels see the memory of a variable or a constant as read-only arrays, and views inherit that flag. So
    `export` can distinguish such an array from one that a kernel has just made.
    """

    in_place = True
    on_host = True
    shares_memory = True

    def __init__(self) -> None:
        super().__init__("numpy", XP)

    def dtype(self, dtype: np.dtype[Any]) -> Any:
        """Returns the dtype itself."""
        return dtype

    def from_host(self, array: np.ndarray[Any, Any] | np.generic) -> Array:
        """Returns the array itself."""
        return array

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        """Returns a copy."""
        return np.array(array)

    def empty(self, shape: tuple[int, ...], dtype: Any) -> Array:
        """Returns an array of NumPy."""
        return np.empty(shape, dtype)

    def freeze(self, array: Array) -> Array:
        """Returns a read-only view (a NumPy scalar is read-only already)."""
        if not isinstance(array, np.ndarray):
            return array
        view = array.view()
        view.setflags(write=False)
        return view

    def export(self, array: Array, fed: Sequence[Array] = ()) -> Any:
        """Returns the array itself if a kernel made it and nothing else aliases its memory, else a copy."""
        if not isinstance(array, np.ndarray):
            return array if isinstance(array, (np.generic, bytes)) else np.asarray(array)[()]
        if array.ndim == 0:
            return array[()]
        # A view may alias a variable, a constant or another fetched value. A read-only array belongs to a
        # variable or constant, or is a broadcast of one element.
        if array.base is not None or not array.flags.writeable:
            return np.array(array)
        for other in fed:
            if array is other or array is getattr(other, "base", None):
                return np.array(array)
        return array

    def pure(self) -> Backend:
        """Returns a backend that treats NumPy's arrays as immutable."""
        made = Backend(self.name, self.xp)
        made.keeps_constants = False
        made.exports_own = True
        return made

    def adopt(self, array: np.ndarray[Any, Any]) -> Array:
        """Returns the array itself."""
        return array

    def overwrite(self, array: Array, value: Array) -> None:
        """Copies `value` into `array`."""
        array[...] = value

    def writes_into(self, function: Any) -> int:
        """Returns the arity of a ufunc with one output, less the arguments that are bound."""
        bound = 0
        if isinstance(function, functools.partial) and not function.keywords:
            bound = len(function.args)
            function = function.func
        # The output of a generalized ufunc (matmul) has another shape than its inputs.
        if isinstance(function, np.ufunc) and function.nout == 1 and function.signature is None:
            return function.nin - bound
        return int(getattr(function, "takes_out", 0))

    def makes_new(self, function: Any) -> bool:
        """Returns whether this is a ufunc, or a function whose attribute `makes_new` is set."""
        return isinstance(function, np.ufunc) or bool(getattr(function, "makes_new", False))

    def takes_out_by_position(self, function: Any) -> bool:
        """Returns whether this is a ufunc other than maximum and minimum, where NumPy deprecates it."""
        if isinstance(function, functools.partial):
            function = function.func
        return isinstance(function, np.ufunc) and function is not np.maximum and function is not np.minimum

    def quiet(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns `function` with warnings off, subnormals as zeros, and memory kept for later runs."""
        # errstate costs half as much as a decorator as in a with statement.
        return InRun(np.errstate(all="ignore")(function), pooled=True)

    def release(self) -> None:
        """Frees the memory that is kept for later runs."""
        trim_pool()
