"""The simulated CuPy's devices, streams, events and memory pools.

Work of two streams has no order but by an event, or by a wait of the host: who uses an array that another
stream made, without either, gets a `RaceError`, where CuPy would compute with what is there. A device refuses
the arrays of another one, as CuPy does where the two have no access to each other; `copy` is the way across.
Memory is counted by device, in CuPy's blocks of 512 bytes, and runs out where a test says so.

Thread safety: that of `counts`.
"""

from __future__ import annotations

from typing import Any

from .counts import COUNTS

DEVICES = 2
_BLOCK = 512


class OutOfMemoryError(MemoryError):
    """The device is full."""


class RaceError(AssertionError):
    """An array is used in a stream that does not wait for the one which made it."""


class CUDARuntimeError(RuntimeError):
    """What the runtime refuses."""


class Clock(dict[int, int]):
    """How much of each stream's work is known to be done before what comes."""

    def learn(self, other: Clock) -> None:
        """Takes what another one knows."""
        for number, tick in other.items():
            if self.get(number, 0) < tick:
                self[number] = tick


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
            raise OutOfMemoryError(
                f"Out of memory allocating {size:,} bytes (allocated so far: {self.used:,})"
            )
        self.left -= self.left > 0 and size > 0
        self.used += size
        self.kept = max(0, self.kept - size)
        return size

    def give_back(self, size: int) -> None:
        """Takes a block back, and keeps it."""
        self.used -= size
        self.kept += size


POOLS = [Pool() for _ in range(DEVICES)]


class MemoryPool:
    """CuPy's face of the pools: that of the current device."""

    def used_bytes(self) -> int:
        return POOLS[current_device()].used

    def total_bytes(self) -> int:
        return self.used_bytes() + POOLS[current_device()].kept

    def free_bytes(self) -> int:
        return POOLS[current_device()].kept

    def free_all_blocks(self, stream: Any = None) -> None:
        POOLS[current_device()].kept = 0

    def set_limit(self, size: int | None = None, fraction: float | None = None) -> None:
        POOLS[current_device()].most = size or 0


class PinnedMemoryPool:
    """The pool of pinned memory."""

    def free_all_blocks(self) -> None:
        return None

    def n_free_blocks(self) -> int:
        return 0


class Device:
    """A device."""

    def __init__(self, number: Any = None) -> None:
        self.id = current_device() if number is None else int(getattr(number, "id", number))
        self._before: list[int] = []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __int__(self) -> int:
        return self.id

    def __enter__(self) -> Device:
        self._before.append(current_device())
        self.use()
        return self

    def __exit__(self, *_: object) -> None:
        _now.device = self._before.pop()

    def use(self) -> None:
        """Makes it the current one."""
        if not 0 <= self.id < DEVICES:
            raise CUDARuntimeError("cudaErrorInvalidDevice: invalid device ordinal")
        _now.device = self.id

    def synchronize(self) -> None:
        """Waits for all that it does."""
        COUNTS.waited("synchronize")
        for stream in _now.all:
            if stream.device_id == self.id:
                stream.finish()

    def __repr__(self) -> str:
        return f"<CUDA Device {self.id}>"


class Stream:
    """A stream of one device, on which work is done in order, and at once."""

    null: Any = None

    def __init__(self, null: bool = False, non_blocking: bool = False, ptds: bool = False) -> None:
        _now.streams += 1
        self.ptr = 0 if null else _now.streams
        self.number = _now.streams
        self.device_id = current_device()
        self.clock = Clock({self.number: 0})
        self.arriving: list[tuple[Any, Any]] = []
        self._before: list[Stream] = []
        _now.all.append(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and other.number == self.number

    def __hash__(self) -> int:
        return hash(self.number)

    def finish(self) -> None:
        """What a wait of the host does: what was on its way arrives."""
        HOST.learn(self.clock)
        for out, value in self.arriving:
            out[...] = value
        self.arriving.clear()

    def __enter__(self) -> Stream:
        self._before.append(_now.stream[self.device_id])
        self.use()
        return self

    def __exit__(self, *_: object) -> None:
        _now.stream[self.device_id] = self._before.pop()

    def use(self) -> Stream:
        _now.stream[self.device_id] = self
        return self

    def record(self, event: Event | None = None) -> Event:
        """Records an event; a new one by default."""
        event = Event() if event is None else event
        event.record(self)
        return event

    def wait_event(self, event: Event) -> None:
        """Lets what comes wait for an event; the host does not."""
        self.clock.learn(event.clock)

    def synchronize(self) -> None:
        COUNTS.waited("synchronize")
        self.finish()


class Event:
    """A point in the work of a stream."""

    def __init__(self, block: bool = False, disable_timing: bool = False, interprocess: bool = False) -> None:
        self.clock = Clock()

    def record(self, stream: Stream | None = None) -> None:
        self.clock = Clock((current_stream() if stream is None else stream).clock)

    @property
    def done(self) -> bool:
        """Whether its stream has come so far."""
        return True

    def synchronize(self) -> None:
        COUNTS.waited("event")
        HOST.learn(self.clock)


class _Now:
    """What is current."""

    def __init__(self) -> None:
        self.device = 0
        self.streams = 0
        self.all: list[Stream] = []
        self.stream: list[Any] = []


_now = _Now()
HOST = Clock()


def current_device() -> int:
    """The number of the current device."""
    return _now.device


def current_stream(device_id: int | None = None) -> Stream:
    """The current stream of a device; by default the current one."""
    found: Stream = _now.stream[current_device() if device_id is None else device_id]
    return found


def reset() -> None:
    """Begins with empty devices, the first of which is the current one, and their null streams."""
    _now.__init__()  # type: ignore[misc]
    HOST.clear()
    for at in range(DEVICES):
        POOLS[at] = Pool()  # arrays of before give back to the one that they are of
        _now.device = at
        _now.stream.append(Stream(null=True))
    _now.device = 0
    Stream.null = _now.stream[0]


class Memory:
    """The memory of an array: where it is, and which work has written it last.

    Args:
        size: Its bytes.
    """

    __slots__ = ("_pool", "_size", "device", "stream", "tick")

    def __init__(self, size: int) -> None:
        self.device = current_device()
        self._pool = POOLS[self.device]
        self._size = 0
        self._size = self._pool.take(size)
        self.write()

    def write(self) -> None:
        """Notes that the current stream writes it."""
        stream = _now.stream[self.device]
        self.stream, self.tick = stream.number, stream.clock[stream.number] + 1
        stream.clock[stream.number] = self.tick

    def check(self) -> None:
        """Refuses a use on another device, or by a stream that does not wait for its writer."""
        if self.device != _now.device:
            raise ValueError(
                "Array device must be same as the current device: "
                f"array device = {self.device} while current = {_now.device}"
            )
        clock = _now.stream[self.device].clock
        if clock.get(self.stream, 0) < self.tick and HOST.get(self.stream, 0) < self.tick:
            raise RaceError("an array of another stream is used without an event")

    def __del__(self) -> None:
        self._pool.give_back(self._size)


reset()
