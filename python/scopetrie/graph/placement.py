"""What `with graph.device(...)`, `colocate_with(...)` and `container(...)` say of the operations made inside.

Devices are recorded and shown; placement is soft, as v1's `allow_soft_placement`: an operation runs where
its session runs, on the GPU that is named if there is one. Most of what v1 records stands beside a variable:
its initializer, its reads, what assigns it. That is not kept for each operation but found when it is asked
for (`groups_of`, `device_of`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from .devices import DeviceSpec
from .leaving import leave_surely

if TYPE_CHECKING:
    from .graph import Graph
    from .handles import Operation

# A device function, given an operation, says where it goes.
DeviceFunction: TypeAlias = Callable[[Any], Any]
Entry: TypeAlias = DeviceSpec | DeviceFunction | None


class Placement(threading.local):
    """The open blocks of one graph, in each thread: devices, colocation, containers, control flow."""

    def __init__(self) -> None:
        self.devices: tuple[Entry, ...] = ()
        # v1 lifts a variable out of colocation blocks to the device blocks that the last `as_default` or
        # variable scope sees: those outside, if it was entered there, else none.
        self.outside: tuple[Entry, ...] = ()
        self.colocated_at = -1  # the graph's `_depth` when the last colocation block was entered
        self.colocations: tuple[Operation, ...] = ()
        self.containers: tuple[str, ...] = ()
        self.gradients: dict[str, str] = {}  # names of gradients by the types of ops that they are for
        self.controls: list[list[Any]] = []  # the blocks, and what ends each in the extension
        self.branches: list[int] = []  # the last operation outside each open branch or loop
        self.loops: list[int] = []  # that outside each open loop

    def in_use(self, **changes: Any) -> bool:
        """Whether a block applies to new operations, with these fields in place of what is there."""
        now = vars(self) | changes
        devices = now["devices"] or now["outside"]
        device = devices[-1] if devices else None
        return bool(now["colocations"] or now["containers"] or now["gradients"] or device is not None)


class _Block:
    """A `with` block that changes one thread's Placement. It can be entered repeatedly."""

    __slots__ = ("_before", "_graph")

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._before: list[dict[str, Any]] = []  # the state to restore, for each entry

    def _open(self, **changes: Any) -> None:
        placement = self._graph._placement
        # The extension calls the hook for each operation only while a block applies.
        if placement.in_use(**changes):
            self._graph._on_operation = self._graph._place
        self._before.append({field: getattr(placement, field) for field in changes})
        # Last: what fails before, for want of memory or by an interrupt, has entered nothing.
        vars(placement).update(changes)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        leave_surely(self)

    def _leave(self) -> None:
        # At once, in a call of C. Where the rest fails, all can be done again.
        placement = self._graph._placement
        vars(placement).update(self._before[-1])
        if not placement.in_use():
            self._graph._on_operation = None
        self._before.pop()


class DeviceBlock(_Block):
    """`with graph.device(device)`; see `Graph.device`."""

    __slots__ = ("_device",)

    def __init__(self, graph: Graph, device: Any) -> None:
        super().__init__(graph)
        self._device = device

    def __enter__(self) -> None:
        self._open(devices=(*self._graph._placement.devices, entry_of(self._device)))

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        # As in v1, a block that is not the innermost stays open. Not so where something has failed: without
        # memory, Python may leave out the end of an inner one.
        if error is None:
            self._check_is_innermost()
        leave_surely(self)

    def _check_is_innermost(self) -> None:
        before, now = self._before[-1]["devices"], self._graph._placement.devices
        if len(now) != len(before) + 1:
            raise RuntimeError("Exiting device scope without proper scope nesting.")


class ColocationBlock(_Block):
    """`with graph.colocate_with(op)`; see `Graph.colocate_with`."""

    __slots__ = ("_ignore_existing", "_op")

    def __init__(self, graph: Graph, op: Any, ignore_existing: bool) -> None:
        super().__init__(graph)
        self._op = op
        self._ignore_existing = ignore_existing

    def __enter__(self) -> None:
        if self._op is None and not self._ignore_existing:
            raise ValueError("Trying to reset colocation (op is None) but ignore_existing is not True")
        placement = self._graph._placement
        colocations = () if self._ignore_existing else placement.colocations
        if self._op is not None:
            colocations = (*colocations, self._graph._as_operation(self._op))
        # Colocation determines the device; outer device blocks are ignored.
        depth = self._graph._depth
        outside = placement.devices if depth > max(placement.colocated_at, 0) else placement.outside
        self._open(devices=(), colocations=colocations, outside=outside, colocated_at=depth)


class VariableBlock(_Block):
    """Applies the device blocks outside the colocation blocks to the operations of a new variable."""

    __slots__ = ()

    def __enter__(self) -> None:
        self._open(devices=self._graph._placement.outside)


class ContainerBlock(_Block):
    """`with graph.container(name)`; see `Graph.container`."""

    __slots__ = ("_name",)

    def __init__(self, graph: Graph, name: str) -> None:
        super().__init__(graph)
        self._name = name

    def __enter__(self) -> str:
        self._open(containers=(*self._graph._placement.containers, self._name))
        return self._name


class GradientBlock(_Block):
    """`with graph.gradient_override_map(names)`; see `Graph.gradient_override_map`."""

    __slots__ = ("_names",)

    def __init__(self, graph: Graph, names: Any) -> None:
        if not isinstance(names, dict) or not all(
            isinstance(each, str) for pair in names.items() for each in pair
        ):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        super().__init__(graph)
        self._names = names

    def __enter__(self) -> None:
        self._open(gradients=self._graph._placement.gradients | self._names)


def entry_of(device: Any) -> Entry:
    """Reads a device argument: a function as it is, a string parsed.

    Raises:
        ValueError: If the string is not a device.
        AttributeError: If it is no string (as in v1).
    """
    if device is None or callable(device) or isinstance(device, DeviceSpec):
        entry: Entry = device
        return entry
    if not isinstance(device, str):
        raise AttributeError(f"'{type(device).__name__}' object has no attribute 'split'")
    return DeviceSpec.from_string(device)


def place(graph: Graph, op: Operation, caching_device: Any = None) -> None:
    """Records the device, the colocation and the gradient of a new operation from the open blocks.

    Args:
        graph: The operation's graph.
        op: The operation.
        caching_device: For a variable's read: its device, instead of the variable's.
    """
    placement, number = graph._placement, op._id
    if placement.gradients and op.type in placement.gradients:
        graph._gradient_names.take(graph, number, placement.gradients[op.type])
    beside = None if caching_device is not None else _stands_beside(op)
    if caching_device is not None:
        graph._devices.drop(graph, number)  # recorded when it was made
        _apply_devices(graph, op, (*placement.devices, entry_of(caching_device)))
    elif beside is None:
        _apply_devices(graph, op, placement.devices)
    if caching_device is None and not placement.colocations:
        return
    others = (*placement.colocations, beside) if beside is not None else placement.colocations
    groups = sorted({group for each in others for group in each.colocation_groups()})
    graph._colocations.take(graph, number, groups)
    for each in reversed(others):
        if each.device:
            graph._devices.take(graph, number, each.device)
            break


def _apply_devices(graph: Graph, op: Operation, entries: tuple[Entry, ...]) -> None:
    # Inner blocks come first. A device function sees the result of inner blocks, and overrides it.
    for entry in reversed(entries):
        if entry is None:
            return
        said = graph._devices.get(op._id, "")
        if isinstance(entry, DeviceSpec):
            if entry != DeviceSpec():
                graph._devices.take(graph, op._id, entry.merged(DeviceSpec.from_string(said)).to_string())
        else:
            graph._devices.take(graph, op._id, device_text(entry(op)))


def device_text(device: Any) -> str:
    """The text to record for a device: of a DeviceSpec, or the string itself.

    Raises:
        TypeError: If it is neither.
    """
    if isinstance(device, DeviceSpec):
        return device.to_string()
    if not isinstance(device, str):
        raise TypeError(f"Expected binary or unicode string, got {device!r}")
    return device


def device_of(graph: Graph, op: Operation) -> str:
    """The device of an operation: the recorded one, or that of the operation it is colocated with."""
    recorded: str | None = graph._devices.get(op._id)
    if recorded is not None:
        return recorded
    beside = None if op._id in graph._colocations else _stands_beside(op)
    return "" if beside is None else device_of(graph, beside)


def groups_of(graph: Graph, op: Operation) -> list[bytes]:
    """The colocation groups of an operation (v1's attribute "_class"), as `b"loc:@name"`, if it has any."""
    recorded: list[bytes] | None = graph._colocations.get(op._id)
    if recorded is not None:
        return recorded
    beside = _stands_beside(op)
    if beside is not None:
        return beside.colocation_groups()
    variable = _variable_initialized_by(graph, op)
    return [] if variable is None else [f"loc:@{variable}".encode()]


def _stands_beside(op: Operation) -> Operation | None:
    """The variable that an operation is implicitly colocated with: it changes it, or is its read."""
    definition = op._def
    if definition is None or not op.inputs:
        return None
    if any(each.kind == "reference" for each in definition.inputs):
        changed: Operation = op.inputs[0].op
        return changed
    if op.type != "Identity":
        return None
    # A variable's own read comes right after it and its initializer.
    source: Operation = op.inputs[0].op
    distance = op._id - source._id
    if source.type != "VariableV2" or distance > 2:
        return None
    between = op.graph.operation(source._id + 1)
    return source if distance == 1 or between.type == "Assign" else None


def _variable_initialized_by(graph: Graph, op: Operation) -> str | None:
    """The name of the variable whose initializer made this operation, or that this operation is."""
    name = _initialized_by_name(op)
    if name is not None:
        variable: Operation | None = graph._find_operation(name)
        if variable is not None and variable.type == "VariableV2":
            return name
    if op.type != "VariableV2":
        return None
    # The node before a variable is the last one of its initializer.
    before: Operation | None = graph.operation(op._id - 1) if op._id else None
    return op.name if before is not None and _initialized_by_name(before) == op.name else None


def _initialized_by_name(op: Operation) -> str | None:
    # "Initializer_1" if an earlier attempt failed because of a dtype.
    found = re.match(r"(.*)/Initializer(?:_\d+)?/", op.name)
    return None if found is None else found[1]
