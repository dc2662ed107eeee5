"""Times of a run's operations: `RunMetadata`, and `Timeline` to view them in a browser."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from ..public import v1

_DEVICE = "/job:localhost/replica:0/task:0/device:CPU:0"


class NodeExecStats:
    """The times of one operation, with v1's attributes.

    Args:
        node_name: The operation's name.
        op: Its type.
        inputs: Names of the operations of its inputs.
        start: Its start, in nanoseconds of the wall clock.
        took: Its duration, in nanoseconds.

    Attributes:
        all_start_nanos: When it started.
        all_end_rel_nanos: How long it took.
    """

    __slots__ = ("all_end_rel_nanos", "all_start_nanos", "inputs", "node_name", "op")

    def __init__(self, node_name: str, op: str, inputs: Sequence[str], start: int, took: int) -> None:
        self.node_name = node_name
        self.op = op
        self.inputs = inputs
        self.all_start_nanos = start
        self.all_end_rel_nanos = took

    @property
    def all_start_micros(self) -> int:
        """When it started, in microseconds."""
        return self.all_start_nanos // 1000

    @property
    def all_end_rel_micros(self) -> int:
        """Its duration, in microseconds, at least 1."""
        return max(1, round(self.all_end_rel_nanos / 1000))

    @property
    def timeline_label(self) -> str:
        """The operation, its type and its inputs."""
        return f"{self.node_name} = {self.op}({', '.join(self.inputs)})"


class DeviceStepStats:
    """The operations that ran on one device."""

    __slots__ = ("device", "node_stats")

    def __init__(self, node_stats: Iterable[NodeExecStats] = ()) -> None:
        self.device = _DEVICE
        self.node_stats = list(node_stats)


class StepStats:
    """The operations that ran, by device."""

    __slots__ = ("dev_stats",)

    def __init__(self, dev_stats: Iterable[DeviceStepStats] = ()) -> None:
        self.dev_stats = list(dev_stats)


@v1("RunMetadata")
class RunMetadata:
    """Metadata of a `Session.run`.

    Attributes:
        step_stats: Times of the operations, if the run's options had `trace_level=RunOptions.FULL_TRACE`.
    """

    __slots__ = ("step_stats",)

    def __init__(self) -> None:
        self.step_stats = StepStats()


def record(graph: Any, times: Iterable[tuple[int, int, int]], metadata: RunMetadata) -> None:
    """Stores the times of a plan's steps in a run's metadata.

    Args:
        graph: The graph.
        times: Operation id, start and end of each step, in nanoseconds of `time.perf_counter_ns`.
        metadata: The metadata; earlier times are replaced.
    """
    offset = time.time_ns() - time.perf_counter_ns()
    device = DeviceStepStats()
    for op_id, start, end in times:
        op = graph.operation(op_id)
        inputs = [tensor.op.name for tensor in op.inputs]
        device.node_stats.append(NodeExecStats(op.name, op.type, inputs, start + offset, end - start))
    metadata.step_stats = StepStats([device])


class Timeline:
    """A view of a run's times (v1's `tensorflow.python.client.timeline.Timeline`).

    Args:
        step_stats: The `step_stats` of a `RunMetadata`.
        graph: Ignored: the times have the operations' names.

    Example:
        >>> import json
        >>> device = DeviceStepStats([NodeExecStats("add", "AddV2", ["x", "y"], start=5000, took=2000)])
        >>> text = Timeline(StepStats([device])).generate_chrome_trace_format()
        >>> [event["name"] for event in json.loads(text)["traceEvents"] if event["ph"] == "X"]
        ['AddV2']
    """

    def __init__(self, step_stats: StepStats, graph: Any = None) -> None:
        self._step_stats = step_stats

    def generate_chrome_trace_format(
        self, show_dataflow: bool = True, show_memory: bool = False, op_time: str = "schedule"
    ) -> str:
        """Returns the times in the Trace Event Format, for chrome://tracing or https://ui.perfetto.dev.

        Args:
            show_dataflow: Whether to draw arrows from an operation to its users.
            show_memory: Ignored: memory is not traced.
            op_time: Ignored: each operation starts when it is scheduled.
        """
        import json  # imported late: few programs use it

        events: list[dict[str, Any]] = []
        for pid, device in enumerate(self._step_stats.dev_stats):
            events.append(
                {"name": "process_name", "ph": "M", "pid": pid, "args": {"name": f"{device.device} Compute"}}
            )
            events += [_slice(pid, node) for node in device.node_stats]
            if show_dataflow:
                events += _arrows(pid, device.node_stats)
        return json.dumps({"traceEvents": events}, indent=1)


def _slice(pid: int, node: NodeExecStats) -> dict[str, Any]:
    return {
        "ph": "X",
        "cat": "Op",
        "name": node.op,
        "pid": pid,
        "tid": 0,
        "ts": node.all_start_nanos / 1000,
        "dur": node.all_end_rel_nanos / 1000,
        "args": {"name": node.node_name, "op": node.op}
        | {f"input{at}": name for at, name in enumerate(node.inputs)},
    }


def _arrows(pid: int, nodes: Sequence[NodeExecStats]) -> list[dict[str, Any]]:
    by_name = {node.node_name: node for node in nodes}
    events: list[dict[str, Any]] = []
    for node in nodes:
        for name in node.inputs:
            source = by_name.get(name)
            if source is None:
                continue
            common = {"cat": "DataFlow", "name": name, "pid": pid, "tid": 0, "id": len(events)}
            end = (source.all_start_nanos + source.all_end_rel_nanos) / 1000
            events.append({"ph": "s", "ts": end, **common})
            events.append({"ph": "t", "ts": node.all_start_nanos / 1000, **common})
    return events
