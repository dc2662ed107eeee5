"""The GPU backend: CuPy."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from .base import Array, Backend, functions_of, namespace
from .cupy_graphs import Gate, Recorded
from .cupy_kernels import is_negative_zero, kernels
from .cupy_streams import Streams
from .deferred import Checks
from .philox import draw

_CUDA: Final = frozenset({2, 13})  # DLPack's numbers of CUDA's memory: a device's own, and managed
_NEEDS: Final = (
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
    # Whatever CuPy says: a CUDARuntimeError without a driver, and without CUDA's headers a CompileException,
    # which is no RuntimeError.
    except Exception as error:
        raise RuntimeError(_NEEDS.format(what="a working CUDA driver and device", reason=error)) from error
    return cupy


class CupyBackend(Backend):
    """CuPy on a CUDA device, in a stream of its own: sessions that are given a name have one each.

    Args:
        device: The number of the device; by default the one that is current now.
        fuse: Whether operations are fused: chains of functions of elements, and updates of variables.
        replay: Whether fetches that run again are recorded as CUDA graphs. No device has shown it yet.

    Raises:
        ImportError: If CuPy is not installed; the message names the extras.
        RuntimeError: If no kernel can run; the message says why and names the extras.
    """

    in_place = True
    keeps_variables = True
    host_types = frozenset()

    def __init__(self, device: int | None = None, fuse: bool = True, replay: bool = False) -> None:
        self._cupy = _working_cupy()
        self._at = self._cupy.cuda.Device(device)
        self.checks = Checks()
        self.fuses = fuse
        self.replays = replay
        self._library: Any = None
        import array_api_compat.cupy as xp
        import cupyx

        special = functions_of("cupyx.scipy.special")
        self._gate = Gate() if replay else None
        self._streams = Streams(self._cupy, cupyx.empty_pinned, self._at, gate=self._gate)
        # By number: the backends of all devices that are used, and what they have together.
        self._peers = {self._at.id: self}
        super().__init__("cupy", namespace(xp, special=special, **kernels(xp, self._cupy)), self._at)

    def dtype(self, dtype: np.dtype[Any]) -> Any:
        """Returns the dtype itself: CuPy uses NumPy's."""
        return dtype

    def from_host(self, array: np.ndarray[Any, Any] | np.generic) -> Array:
        """Returns the array's elements on the device; strings stay on the host."""
        if not self.holds(array.dtype):
            return array
        if array.size == 1:  # an argument of a kernel: no copy, and nothing to wait for
            number = array.item()
            # CuPy's `full` makes 0.0 of -0.0.
            if array.dtype.kind not in "fc" or number or not is_negative_zero(number):
                with self._at:
                    return self._cupy.full(array.shape, number, array.dtype)
        return self._streams.up(np.asarray(array))

    def from_device(self, value: Any) -> Array | None:
        """Returns CuPy's arrays as they are, and those of other libraries that are on a CUDA device."""
        if not isinstance(value, self._cupy.ndarray):
            where = getattr(value, "__dlpack_device__", None)
            if where is None or isinstance(value, np.ndarray) or where()[0] not in _CUDA:
                return None
            value = self._cupy.from_dlpack(value)
        return value if value.device == self._at else self.bring(value)

    def empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Returns an uninitialized array on the device."""
        with self._at:
            return self._cupy.empty(shape, dtype)

    def on(self, number: int) -> CupyBackend:
        """Returns the backend of a device; this one if there is no device of the number."""
        found = self._peers.get(number)
        if found is None:
            if not 0 <= number < self._cupy.cuda.runtime.getDeviceCount():
                return self
            found = copy.copy(self)
            found._at = found.device = self._cupy.cuda.Device(number)
            found._streams = self._streams.beside(found._at)
            found = self._peers.setdefault(number, found)
        return found

    def home(self, array: Array) -> CupyBackend:
        """Returns the backend of an array's device."""
        return self if len(self._peers) == 1 else self.on(array.device.id)

    def stepping(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns `function` with the device as the current one."""
        at = self._at

        def step(*arguments: Any) -> Any:
            with at:
                return function(*arguments)

        return step

    def bring(self, array: Array) -> Array:
        """Returns an array of any device on this one; the devices wait for each other, not the host."""
        if isinstance(array, (np.ndarray, np.generic)):
            return self.from_host(array)
        home = self.on(array.device.id)
        return array if home is self else self._streams.across(array, home._streams)

    def gathered(self, arrays: Sequence[Array]) -> np.ndarray[Any, Any]:
        """Returns the elements of arrays of rank 0, which may be on several devices."""
        own = arrays if len(self._peers) == 1 else [self.bring(each) for each in arrays]
        return super().gathered(own)

    def keep(self, array: Array, fed: Sequence[Array] = ()) -> Array:
        """Returns a copy on the array's device."""
        if isinstance(array, (np.ndarray, np.generic)):
            return super().keep(array, fed)
        with self.home(array)._at:
            return array.copy()

    def address(self, array: Array) -> int:
        """Returns the device pointer."""
        return int(array.data.ptr)

    def export(self, array: Array, fed: Sequence[Array] = ()) -> Any:
        """Returns a copy on the host; a run waits once for all, and looks at what is to be checked."""
        if isinstance(array, (np.ndarray, np.generic)):
            return super().export(array, fed)
        self.checks.is_due = True
        if self._streams.is_running:
            return self.home(array)._streams.down(array)
        return super().export(array, fed)

    def arrived(self, values: Sequence[Any], is_done: bool) -> list[Any]:
        """Waits for the copies that are on their way to the host."""
        return self._streams.arrived(values, is_done)

    def release(self) -> None:
        """Gives the blocks of CuPy's pools that nobody uses back to the device and to the host."""
        self.checks.forget()
        self._streams.forget()
        for each in list(self._peers.values()):
            with each._at:
                self._cupy.get_default_memory_pool().free_all_blocks()
        self._cupy.get_default_pinned_memory_pool().free_all_blocks()

    def failure(self, error: Exception) -> Exception:
        """Returns a MemoryError where the device is full, or where there is no more pinned memory."""
        cuda = self._cupy.cuda
        is_full = (
            isinstance(error, cuda.runtime.CUDARuntimeError)
            and getattr(error, "status", None) == cuda.runtime.errorMemoryAllocation
        )
        return MemoryError(str(error)) if is_full or isinstance(error, MemoryError) else error

    def quiet(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns `function` on the device and in the stream of the backend."""
        return super().quiet(self._streams.within(function))

    def holds(self, dtype: np.dtype[Any]) -> bool:
        """Returns whether CuPy has the dtype: it has neither strings nor bfloat16."""
        return dtype.kind in "biufc"

    def takes_numbers(self, function: Any) -> bool:
        """Returns whether this is a ufunc: numbers become arguments of its kernel."""
        return isinstance(function, self._cupy.ufunc)

    def number(self, array: Array) -> Array:
        """Returns a number of the host as NumPy's scalar, an argument of kernels."""
        on_host: Any = isinstance(array, (np.ndarray, np.generic))
        return array[()] if on_host else array

    def synchronize(self) -> None:
        """Waits for the current stream."""
        self._cupy.cuda.get_current_stream().synchronize()

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        """Returns a copy on the host."""
        if isinstance(array, (np.ndarray, np.generic)):
            return np.array(array)
        with self.home(array)._at:
            return np.asarray(self._cupy.asnumpy(array))

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Keeps other threads from the stream of this run, if none is in a run and there is one device."""
        if self._gate is None or len(self._peers) > 1:
            yield False
            return
        with self._gate.alone() as is_alone:
            yield is_alone

    def recorded(self, function: Callable[[Sequence[Any]], Any], given: Sequence[Any]) -> Recorded:
        """Returns a function of arrays as a CUDA graph."""
        return Recorded(self._cupy, function, given)

    def fusion(self) -> Any:
        """Returns what fused kernels need of CuPy."""
        if not self.fuses:
            return None
        if self._library is None:
            from .fusion.launch import Library

            cupy = self._cupy
            self._library = Library(self.xp, cupy.empty, cupy.zeros, cupy.RawKernel, {})
        return self._library

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
        """Returns random numbers, which are made on the device."""
        return draw(self.xp, kind, shape, dtype, key, counter, lo, hi)

    def overwrite(self, array: Array, value: Array) -> None:
        """Copies `value` into `array`, on the device."""
        home = self.home(array)
        if isinstance(value, (np.ndarray, np.generic)):
            value = home.from_host(value)
        elif len(self._peers) > 1:
            value = home.bring(value)
        with home._at:
            array[...] = value

    def writes_into(self, function: Any) -> int:
        """Returns the arity of a ufunc with one output."""
        if isinstance(function, self._cupy.ufunc) and function.nout == 1:
            return int(function.nin)
        return 0
