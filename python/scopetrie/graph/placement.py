"""What `with graph.device(...)`, `colocate_with(...)` and `container(...)` say of the operations made inside.

Devices are recorded and shown; placement is soft, as v1's `allow_soft_placement`: an operation runs where its
session runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .devices import DeviceSpec

if TYPE_CHECKING:
    from .graph import Graph
    from .handles import Operation

# A device function, given an operation, says where it goes; None ends the look outwards.
DeviceFunction = Callable[[Any], Any]


class Placement(threading.local):
    """The open device, colocation and container blocks of one graph, in each thread."""

    def __init__(self) -> None:
        self.devices: list[DeviceSpec | DeviceFunction | None] = []
        self.colocations: list[Operation] = []
        self.containers: list[str] = []

    @property
    def in_use(self) -> bool:
        """Whether new operations have to be told anything."""
        return bool(self.devices or self.colocations)

    def device_for(self, op: Operation) -> str:
        """Returns the device that the open blocks give an operation; the innermost block has the first say."""
        found = DeviceSpec()
        for each in reversed(self.devices):
            if each is None:
                break
            if callable(each):
                said = each(op)
                spec = said if isinstance(said, DeviceSpec) else DeviceSpec.from_string(said or "")
            else:
                spec = each
            found = spec.merged(found)
        return found.to_string()


@contextmanager
def device_block(graph: Graph, device: Any) -> Iterator[None]:
    """Opens a device block; see `Graph.device`."""
    if device is None or callable(device) or isinstance(device, DeviceSpec):
        entry = device
    else:
        if not isinstance(device, str):
            raise AttributeError(f"'{type(device).__name__}' object has no attribute 'split'")
        entry = DeviceSpec.from_string(device)
    with _pushed(graph, graph._placement.devices, entry):
        yield


@contextmanager
def colocation_block(graph: Graph, op: Any, ignore_existing: bool) -> Iterator[None]:
    """Opens a colocation block; see `Graph.colocate_with`."""
    if op is None and not ignore_existing:
        raise ValueError("Trying to reset colocation (op is None) but ignore_existing is not True")
    placement = graph._placement
    beside = None if op is None else graph._as_operation(op)
    devices, colocations = placement.devices, placement.colocations
    if ignore_existing:
        placement.colocations = []
    # The device of what it stands beside replaces the blocks outside.
    placement.devices = [] if beside is None or not beside.device else [DeviceSpec.from_string(beside.device)]
    try:
        if beside is None:
            _refresh(graph)
            yield
        else:
            with _pushed(graph, placement.colocations, beside):
                yield
    finally:
        placement.devices, placement.colocations = devices, colocations
        _refresh(graph)


@contextmanager
def container_block(graph: Graph, name: str) -> Iterator[str]:
    """Opens a container block; see `Graph.container`."""
    with _pushed(graph, graph._placement.containers, name):
        yield name


@contextmanager
def _pushed(graph: Graph, stack: list[Any], entry: Any) -> Iterator[None]:
    stack.append(entry)
    _refresh(graph)
    try:
        yield
    finally:
        stack.pop()
        _refresh(graph)


def _refresh(graph: Graph) -> None:
    # The extension calls back for each operation only while a block is open.
    graph._on_operation = graph._place if graph._placement.in_use else None
