"""What a simulated device has been asked for: copies, waits, launches.

Thread safety: one device, whose counts all threads share; the tests use it from one thread.
"""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class DeviceSynchronized(RuntimeError):
    """A copy to the host in a block that disallows it."""


@dataclass
class Counts:
    """How often the host and the device met.

    Attributes:
        to_device: Copies from the host.
        to_host: Copies to the host; each of them waits, too.
        waits: How often the host waited for the device.
        launches: Kernels, but for those of graphs.
        captured: Kernels that a graph has recorded.
        graphs: Launches of graphs.
        between: Copies from a device to another one.
        places: For each copy and wait, what it was, and the line that asked for it.
        keeps_places: Whether to note the places, which takes time.
        may_synchronize: Whether copies to the host are allowed; CuPy asks at no other waits.
    """

    to_device: int = 0
    to_host: int = 0
    waits: int = 0
    launches: int = 0
    captured: int = 0
    graphs: int = 0
    between: int = 0
    places: list[str] = field(default_factory=list)
    keeps_places: bool = False
    may_synchronize: bool = True

    def clear(self) -> None:
        """Begins anew."""
        self.to_device = self.to_host = self.waits = self.launches = self.between = 0
        self.captured = self.graphs = 0
        self.places.clear()

    @property
    def all(self) -> tuple[int, int, int]:
        """Copies to the device, copies to the host, waits."""
        return self.to_device, self.to_host, self.waits

    def _note(self, what: str) -> None:
        if self.keeps_places:
            frames = [each for each in traceback.extract_stack() if "simulated_cupy" not in each.filename]
            frames = [each for each in frames if "/scopetrie/" in each.filename] or frames
            last = frames[-1]
            self.places.append(f"{what} {'/'.join(last.filename.split('/')[-2:])}:{last.lineno} {last.line}")

    def copied_to_device(self) -> None:
        """Notes a copy."""
        self.to_device += 1
        self._note("to device")

    def copied_between(self) -> None:
        """Notes a copy between devices."""
        self.between += 1
        self._note("between devices")

    def copied_to_host(self, waits: bool = True) -> None:
        """Notes a copy, and whether the host waited for it."""
        if not self.may_synchronize:
            raise DeviceSynchronized("Device synchronization was detected while disallowed.")
        self.to_host += 1
        self.waits += waits
        self._note("to host")

    def waited(self, for_what: str) -> None:
        """Notes that the host waited without a copy that the program has asked for."""
        if not self.may_synchronize and for_what not in ("event", "synchronize"):
            raise DeviceSynchronized("Device synchronization was detected while disallowed.")
        self.waits += 1
        self._note(f"wait ({for_what})")

    def launched(self, is_captured: bool = False) -> None:
        """Notes a kernel."""
        self.captured += is_captured
        self.launches += not is_captured

    def launched_graph(self) -> None:
        """Notes the launch of a graph."""
        self.graphs += 1


COUNTS = Counts()


@contextmanager
def allow_synchronize(allow: bool) -> Iterator[None]:
    """Allows copies to the host in a block, or does not; deprecated, since CuPy does not find all waits."""
    warnings.warn("cupyx.allow_synchronize will be removed in future releases", stacklevel=3)
    before, COUNTS.may_synchronize = COUNTS.may_synchronize, allow
    try:
        yield
    finally:
        COUNTS.may_synchronize = before


@contextmanager
def counted(keeps_places: bool = False) -> Iterator[Counts]:
    """Counts what happens in the block."""
    COUNTS.clear()
    COUNTS.keeps_places = keeps_places
    try:
        yield COUNTS
    finally:
        COUNTS.keeps_places = False
