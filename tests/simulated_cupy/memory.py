"""The simulated CuPy's memory: pools by device, and who has written what.

A device refuses the arrays of another one, as CuPy does where the two have no access to each other; `copy` is
the way across. Memory is counted by device, in CuPy's blocks of 512 bytes, and runs out where a test says so.
A graph does not own the memory it works on: a launch is refused once that could be somebody else's.

Thread safety: that of `counts`.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from . import runtime
from .runtime import DEVICES, HOST, CUDARuntimeError, RaceError, current_device, current_work, work_on

_BLOCK = 512


class OutOfMemoryError(MemoryError):
    """The device is full.

    Args:
        size: What was asked for.
        total: What there is already.
        limit: The limit that was set, if there is one.
    """

    def __init__(self, size: int, total: int, limit: int = 0) -> None:
        super().__init__(f"Out of memory allocating {size:,} bytes (allocated so far: {total:,} bytes).")


class Pool:
    """The memory pool of a device.

    Attributes:
        used: Bytes of arrays that are there.
        kept: Bytes of blocks that are free.
        most: How many bytes there are; 0 for any number.
        left: How many more arrays there is room for; below 0 for any number.
    """

    def __init__(self) -> None:
        self.used = self.kept = self.most = 0
        self.left = -1

    def take(self, size: int) -> int:
        """Takes a block; returns its size."""
        size = -(-size // _BLOCK) * _BLOCK
        full = 0 < self.most < self.used + size
        if size and (full or not self.left):
            raise OutOfMemoryError(size, self.used)
        self.left -= self.left > 0 and size > 0
        self.used += size
        self.kept = max(0, self.kept - size)
        return size

    def give_back(self, size: int) -> None:
        """Takes a block back, and keeps it."""
        self.used -= size
        self.kept += size


# Those of the default pool; all other pools have some of their own.
POOLS = [Pool() for _ in range(DEVICES)]


class MemoryPool:
    """CuPy's pool: a pool for each device, of which the current one's is meant."""

    def __init__(self, allocator: Any = None) -> None:
        self._pools = [Pool() for _ in range(DEVICES)]

    def malloc(self, size: int) -> Any:
        raise AssertionError("memory of the simulation comes with arrays")

    def device_pool(self) -> Pool:
        return self._pools[current_device()]

    def used_bytes(self) -> int:
        return self.device_pool().used

    def total_bytes(self) -> int:
        return self.used_bytes() + self.device_pool().kept

    def free_bytes(self) -> int:
        return self.device_pool().kept

    def n_free_blocks(self) -> int:
        return int(self.device_pool().kept > 0)

    def free_all_blocks(self, stream: Any = None) -> None:
        self.device_pool().kept = 0

    def free_all_free(self) -> None:
        raise DeprecationWarning("free_all_free is deprecated. Use free_all_blocks instead.")

    def set_limit(self, size: Any = None, fraction: Any = None) -> None:
        self.device_pool().most = size or 0

    def get_limit(self) -> int:
        return self.device_pool().most


class PinnedMemoryPool:
    """The pool of pinned memory."""

    def __init__(self, allocator: Any = None) -> None:
        pass

    def malloc(self, size: int) -> Any:
        raise AssertionError("pinned memory of the simulation comes with arrays")

    def free_all_blocks(self) -> None:
        return None

    def n_free_blocks(self) -> int:
        return 0


class _Pinned(np.ndarray[Any, Any]):
    """Page-locked memory, of which views are, too."""


class _Pools:
    """Which pools are in use.

    Attributes:
        default: The pool of all.
        current: The one of the `using_allocator` block, if there is one.
        pinned: Pinned arrays that are there still: how many more there may be; below 0 for any number.
    """

    def __init__(self) -> None:
        self.default = MemoryPool()
        self.default._pools = POOLS
        self.current: MemoryPool | None = None
        self.pinned = -1


_pools = _Pools()


def default_pool() -> MemoryPool:
    """The pool of all."""
    return _pools.default


def default_pinned_pool() -> PinnedMemoryPool:
    """The pool of pinned memory of all."""
    return PinnedMemoryPool()


def limit_pinned(count: int) -> None:
    """Lets there be room for so many more pinned arrays; below 0 for any number."""
    _pools.pinned = count


def empty_pinned(shape: Any, dtype: Any = float, order: str = "C") -> np.ndarray[Any, Any]:
    """An array in pinned memory, of which there is little."""
    if not _pools.pinned:
        raise CUDARuntimeError(2)
    _pools.pinned -= _pools.pinned > 0
    return np.empty(shape, dtype, order).view(_Pinned)  # type: ignore[call-overload,no-any-return]


def is_pinned(array: np.ndarray[Any, Any]) -> bool:
    """Whether an array is in pinned memory, so that copies need not wait."""
    return isinstance(array, _Pinned)


@contextmanager
def using_allocator(allocator: Any = None) -> Iterator[None]:
    """Takes memory by `MemoryPool.malloc` of another pool, in the block."""
    pool = getattr(allocator, "__self__", None)
    assert isinstance(pool, MemoryPool) and allocator.__name__ == "malloc", "only pools are simulated"
    before, _pools.current = _pools.current, pool
    try:
        yield
    finally:
        _pools.current = before


class Block:
    """A block of memory: where it is, and which work has written it last.

    Attributes:
        is_free: Whether no array is over it any more.
    """

    __slots__ = ("__weakref__", "_owner", "device", "is_free", "stream", "tick")

    def __init__(self, owner: MemoryPool | None) -> None:
        self.device = current_device()
        self._owner = None if owner is None else weakref.ref(owner)
        self.is_free = False
        self.write()

    def write(self) -> None:
        """Notes that the current work writes it."""
        work = work_on(self.device)
        self.stream, self.tick = work.number, work.clock[work.number] + 1
        work.clock[work.number] = self.tick

    def check(self) -> None:
        """Refuses a use on another device, or by a stream that does not wait for its writer."""
        work = work_on(self.device)
        if self.device != current_device():
            raise ValueError(
                f"The device where the array resides ({self.device}) is different from the current device "
                f"({current_device()})."
            )
        if work.clock.get(self.stream, 0) < self.tick and HOST.get(self.stream, 0) < self.tick:
            raise RaceError("an array of another stream is used without an event")

    def refuse_strangers(self) -> None:
        """Refuses that a graph works on memory which may have been given to others."""
        if self.is_free and (self._owner is None or self._owner() is None):
            raise AssertionError("a graph works on memory that it has not kept")


class Memory:
    """The memory of an array, which goes back to its pool with the last array over it.

    Args:
        size: Its bytes.
    """

    __slots__ = ("_pool", "_size", "block")

    def __init__(self, size: int) -> None:
        current = _pools.current
        self._pool = (_pools.default if current is None else current).device_pool()
        self._size = 0
        if current is None and current_work().recorded is not None:
            raise AssertionError("memory of a graph that others may get: it is not of a pool of its own")
        self._size = self._pool.take(size)
        self.block = Block(current)

    def __del__(self) -> None:
        self._pool.give_back(self._size)
        if hasattr(self, "block"):
            self.block.is_free = True


def reset() -> None:
    """Begins with empty devices and pools."""
    runtime.reset()
    _pools.current, _pools.pinned = None, -1
    for at in range(DEVICES):
        POOLS[at] = Pool()  # arrays of before give back to the one that they are of
