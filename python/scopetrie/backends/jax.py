"""JAX: immutable arrays, on the device that JAX has chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .base import Array, Backend, functions_of, namespace


def _scatter(target: Array, at: Array, rows: Array, how: str) -> Array:
    update = target.at[at]
    kinds = {
        "update": update.set, "add": update.add, "mul": update.multiply, "min": update.min, "max": update.max,
    }  # fmt: skip
    return kinds[how](rows)


class JaxBackend(Backend):
    """JAX.

    A session computes with `jax_enable_x64` on, whatever the program has set: the dtypes of a graph are
    exact, and JAX would make float32 of its float64.

    Raises:
        ImportError: If JAX is not installed.
    """

    def __init__(self) -> None:
        try:
            import jax
        except ImportError as error:
            raise ImportError(
                f"The backend 'jax' needs the library JAX: {error}\nInstall it: `pip install jax`."
            ) from error
        self._jax = jax
        super().__init__(
            "jax", namespace(jax.numpy, special=functions_of("jax.scipy.special"), scatter=_scatter)
        )

    def from_host(self, array: np.ndarray[Any, Any] | np.generic) -> Array:
        """Returns a copy of the array with the same dtype; strings stay on the host."""
        if array.dtype.hasobject:
            return array
        with self._jax.enable_x64(True):
            return self._jax.numpy.array(array, device=self.device)

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        """Returns a copy on the host."""
        return np.array(array)

    def quiet(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns `function` with 64-bit dtypes on."""

        def run(*arguments: Any) -> Any:
            with self._jax.enable_x64(True):
                return function(*arguments)

        return run
