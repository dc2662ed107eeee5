"""The GPU backend: CuPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._core import own_items
from .base import Array, Backend

_NEEDS = (
    "The backend 'cupy' needs {what}: {reason}\n"
    "Install the extra that goes with your driver, `pip install scopetrie[cuda12]` or "
    "`pip install scopetrie[cuda13]` (one of the two, not both), on a machine with an NVIDIA GPU."
)


def _working_cupy() -> Any:
    # Run a kernel: is_available() is also True with a driver that cannot run any.
    try:
        import cupy
    except ImportError as error:
        raise ImportError(_NEEDS.format(what="the library CuPy", reason=error)) from error
    try:
        cupy.zeros(1) + 1
    except (ImportError, RuntimeError) as error:  # CUDARuntimeError is a RuntimeError
        raise RuntimeError(_NEEDS.format(what="a working CUDA driver and device", reason=error)) from error
    return cupy


class CupyBackend(Backend):
    """CuPy on the current CUDA device.

    Raises:
        ImportError: If CuPy is not installed; the message names the extras.
        RuntimeError: If no kernel can run; the message says why and names the extras.
    """

    in_place = True

    def __init__(self) -> None:
        self._cupy = _working_cupy()
        import array_api_compat.cupy

        super().__init__("cupy", array_api_compat.cupy)

    def dtype(self, dtype: np.dtype[Any]) -> Any:
        """Returns the dtype itself: CuPy uses NumPy's."""
        return dtype

    def asarray(self, value: Any, dtype: np.dtype[Any]) -> Array:
        """Returns `value` as an array on the device; strings stay on the host."""
        if dtype.hasobject:
            return np.asarray(own_items(value), dtype)
        return self._cupy.asarray(value, dtype)

    def to_numpy(self, array: Array) -> np.ndarray[Any, Any]:
        """Returns a copy on the host."""
        if isinstance(array, (np.ndarray, np.generic)):
            return np.array(array)
        return np.asarray(self._cupy.asnumpy(array))

    def overwrite(self, array: Array, value: Array) -> None:
        """Copies `value` into `array`, on the device."""
        array[...] = value

    def writes_into(self, function: Any) -> int:
        """Returns the arity of a ufunc with one output."""
        if isinstance(function, self._cupy.ufunc) and function.nout == 1:
            return int(function.nin)
        return 0
