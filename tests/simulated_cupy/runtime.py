"""The simulated CuPy's devices, streams, events and graphs, as CuPy 14.2's source has them.

Work of two streams has no order but by an event, or by a wait of the host: who uses an array that another
stream made, without either, gets a `RaceError`, where CuPy would compute with what is there.

A stream that captures computes nothing: what is asked of it is recorded, and each launch of the graph does it
with what is then in the same memory. New arrays have rubbish in them until then. In a capture, CUDA's own
errors come for waits and copies of the host, and one of ours for memory that would be given to others.

Thread safety: that of `counts`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .counts import COUNTS

DEVICES = 2
# What CUDA calls its errors, by status.
_NAMES = {
    2: "cudaErrorMemoryAllocation: out of memory",
    101: "cudaErrorInvalidDevice: invalid device ordinal",
    400: "cudaErrorInvalidResourceHandle: invalid resource handle",
    900: "cudaErrorStreamCaptureUnsupported: operation not permitted when stream is capturing",
    901: "cudaErrorStreamCaptureInvalidated: operation failed due to a previous error during capture",
    905: "cudaErrorStreamCaptureIsolation: dependency created on uncaptured work in another stream",
    907: "cudaErrorCapturedEvent: operation not permitted on an event last recorded in a capturing stream",
}


class RaceError(AssertionError):
    """An array is used in a stream that does not wait for the one which made it."""


class CUDARuntimeError(RuntimeError):
    """What the runtime refuses.

    Args:
        status: The number of the error.
    """

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(_NAMES[status])


class Clock(dict[int, int]):
    """How much of each stream's work is known to be done before what comes."""

    def learn(self, other: Clock) -> None:
        """Takes what another one knows."""
        for number, tick in other.items():
            if self.get(number, 0) < tick:
                self[number] = tick


class Device:
    """A device."""

    def __init__(self, device: Any = None) -> None:
        self.id = current_device() if device is None else int(device)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and other.id == self.id

    __hash__ = None  # type: ignore[assignment]  # CuPy's class compares, and so has no hash

    def __int__(self) -> int:
        return self.id

    def __enter__(self) -> Device:
        _now.devices.append(current_device())
        self.use()
        return self

    def __exit__(self, *args: object) -> None:
        _now.device = _now.devices.pop()

    def use(self) -> Device:
        """Makes it the current one."""
        if not 0 <= self.id < DEVICES:
            raise CUDARuntimeError(101)
        _now.device = self.id
        return self

    def synchronize(self) -> None:
        """Waits for all that it does."""
        COUNTS.waited("synchronize")
        for work in _now.all:
            if work.device == self.id:
                work.refuse_waiting()
                work.finish()

    def __repr__(self) -> str:
        return f"<CUDA Device {self.id}>"


class Work:
    """What a stream of a device has been asked for.

    Attributes:
        recorded: The parts of the graph that is captured; None while nothing is.
        kept: The elements of the arrays that it has made: a kernel may have their addresses.
        is_invalid: Whether an error has spoilt the capture.
    """

    def __init__(self, device: int) -> None:
        self.number = len(_now.all) + 1
        self.device = device
        self.clock = Clock({self.number: 0})
        self.arriving: list[tuple[Any, Any]] = []
        self.recorded: list[Callable[[], None]] | None = None
        self.kept: list[Any] = []
        self.is_invalid = False
        _now.all.append(self)

    def finish(self) -> None:
        """What a wait of the host does: what was on its way arrives."""
        HOST.learn(self.clock)
        for out, value in self.arriving:
            out[...] = value
        self.arriving.clear()

    def refuse_waiting(self) -> None:
        """Refuses a wait of the host while it captures, and spoils the capture."""
        if self.recorded is not None:
            self.is_invalid = True
            raise CUDARuntimeError(900)

    def refuse_copies(self, which: str) -> None:
        """Refuses copies of the host while it captures, as CuPy does itself."""
        if self.recorded is not None:
            raise RuntimeError(f"the current stream is capturing, so {which} transfers are disallowed")


class Graph:
    """What a stream has captured; made by `Stream.end_capture` only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "currently this class cannot be initiated by the user and must be created via stream capture"
        )

    _parts: list[Callable[[], None]]
    _kept: list[Any]

    def launch(self, stream: Any = None) -> None:
        """Does all of it, in a stream; the current one by default."""
        work = work_of(current_stream() if stream is None else stream)
        if work.recorded is not None:
            raise AssertionError("a graph within a graph is not simulated")
        before, _now.launching = _now.launching, work
        try:
            for part in self._parts:
                part()
        finally:
            _now.launching = before
        COUNTS.launched_graph()

    def upload(self, stream: Any = None) -> None:
        """Takes it to the device ahead of its first launch."""

    def debug_dot_str(self, flags: int = 0) -> str:
        """Its nodes."""
        return "digraph {" + "".join(f" {at};" for at in range(len(self._parts))) + " }"


class Stream:
    """A stream of one device, on which work is done in order, and at once."""

    null: Any = None
    ptds: Any = None

    def __init__(
        self, null: bool = False, non_blocking: bool = False, ptds: bool = False, priority: Any = None
    ) -> None:
        if null or ptds:  # one for each device: the current one is meant
            self.ptr, self.device_id = (0, -1) if null else (2, -1)
            return
        self.device_id = current_device()
        self._work = Work(self.device_id)
        self.ptr = 1000 + self._work.number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and other.ptr == self.ptr

    def __hash__(self) -> int:
        return self.ptr

    def _check_device(self) -> int:
        current = current_device()
        if self.device_id not in (-1, current):
            raise RuntimeError(
                f"The device that the stream is created on ({self.device_id}) does not match with the "
                f"current device ({current})"
            )
        return current

    def __enter__(self) -> Stream:
        device = self._check_device()
        _now.stacks[device].append(self)
        _now.entered.append(device)
        _now.stream[device] = self
        return self

    def __exit__(self, *args: object) -> None:
        # The stream of the block around this one: what `use` has chosen since is forgotten.
        device = _now.entered.pop()
        _now.stacks[device].pop()
        before = _now.stacks[device][-1]
        _now.stream[current_device() if before.device_id == -1 else before.device_id] = before

    def use(self) -> Stream:
        _now.stream[self._check_device()] = self
        return self

    def record(self, event: Event | None = None) -> Event:
        """Records an event; a new one by default."""
        event = Event() if event is None else event
        event.record(self)
        return event

    def wait_event(self, event: Event) -> None:
        """Lets what comes wait for an event; the host does not."""
        work = work_of(self)
        if work.recorded is not None and event.work is not work:
            work.is_invalid = True
            raise CUDARuntimeError(905)
        if event.work is not None and event.work.recorded is not None and event.work is not work:
            raise AssertionError("a stream that joins a capture is not simulated")
        work.clock.learn(event.clock)

    @property
    def done(self) -> bool:
        work_of(self).refuse_waiting()
        return True

    def synchronize(self) -> None:
        work = work_of(self)
        work.refuse_waiting()
        COUNTS.waited("synchronize")
        work.finish()

    def begin_capture(self, mode: Any = None) -> None:
        if self.ptr in (0, 1):
            raise RuntimeError("cannot capture on the default (legacy) stream")
        work = work_of(self)
        work.refuse_waiting()
        work.recorded, work.kept, work.is_invalid = [], [], False

    def end_capture(self) -> Graph:
        work = work_of(self)
        recorded, work.recorded = work.recorded, None
        if recorded is None or work.is_invalid:
            raise CUDARuntimeError(901)
        made: Graph = Graph.__new__(Graph)
        made._parts, made._kept = recorded, work.kept
        return made

    def is_capturing(self) -> bool:
        work = work_of(self)
        if work.is_invalid and work.recorded is not None:
            raise RuntimeError("the stream was capturing, but an error has invalidated the capture sequence")
        return work.recorded is not None


class Event:
    """A point in the work of a stream."""

    def __init__(self, block: bool = False, disable_timing: bool = False, interprocess: bool = False) -> None:
        if interprocess and not disable_timing:
            raise ValueError("Timing must be disabled for interprocess events")
        self._device = current_device()
        self.work: Work | None = None
        self.clock = Clock()

    def record(self, stream: Stream | None = None) -> None:
        work = work_of(current_stream() if stream is None else stream)
        if work.device != self._device:
            raise CUDARuntimeError(400)
        self.work = work
        self.clock = Clock(work.clock)

    def _refuse_captured(self) -> None:
        if self.work is not None and self.work.recorded is not None:
            raise CUDARuntimeError(907)

    @property
    def done(self) -> bool:
        """Whether its stream has come so far."""
        self._refuse_captured()
        return True

    def synchronize(self) -> None:
        self._refuse_captured()
        COUNTS.waited("event")
        HOST.learn(self.clock)


def get_elapsed_time(start_event: Event, end_event: Event) -> float:
    """Milliseconds between two events: so many of theirs, for nothing here takes any."""
    return 1.0


class _Now:
    """What is current."""

    def __init__(self) -> None:
        self.device = 0
        self.devices: list[int] = []  # those of the blocks around
        self.all: list[Work] = []
        self.null: list[Work] = []  # the work of each device's null stream
        self.stream: list[Stream] = []
        self.stacks: list[list[Stream]] = []
        self.entered: list[int] = []
        self.launching: Work | None = None  # where a graph does its work


_now = _Now()
HOST = Clock()


def current_device() -> int:
    """The number of the current device."""
    return _now.device


def current_stream(device_id: int = -1) -> Stream:
    """The current stream of a device; by default the current one."""
    return _now.stream[current_device() if device_id == -1 else device_id]


def work_of(stream: Stream) -> Work:
    """The work of a stream; for a null stream that of the current device's."""
    return _now.null[current_device()] if stream.device_id == -1 else stream._work


def work_on(device: int) -> Work:
    """The work that goes on now on a device."""
    if _now.launching is not None and _now.launching.device == device:
        return _now.launching
    stream = _now.stream[device]
    return _now.null[device] if stream.device_id == -1 else stream._work


def current_work() -> Work:
    """The work that goes on now on the current device."""
    return work_on(current_device())


def reset() -> None:
    """Begins with empty devices, the first of which is the current one, and their null streams."""
    _now.__init__()  # type: ignore[misc]
    HOST.clear()
    Stream.null = Stream(null=True)
    Stream.ptds = Stream(ptds=True)
    for at in range(DEVICES):
        _now.null.append(Work(at))
        _now.stream.append(Stream.null)
        _now.stacks.append([Stream.null])


reset()
