"""Times of a run's operations: `RunMetadata`, and `Timeline` to look at them in a browser."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

_DEVICE = "/job:localhost/replica:0/task:0/device:CPU:0"


@dataclass
class NodeExecStats:
    """When one operation ran; the fields are v1's.

    Attributes:
        node_name: The operation's name.
        op: Its type.
        inputs: Names of the operations that it takes values from.
        all_start_micros: When it started, in microseconds of the wall clock.
        all_start_nanos: The same in nanoseconds.
        all_end_rel_micros: How long it took, in microseconds.
        all_end_rel_nanos: The same in nanoseconds.
    """

    node_name: str
    op: str
    inputs: tuple[str, ...]
    all_start_micros: int
    all_start_nanos: int
    all_end_rel_micros: int
    all_end_rel_nanos: int

    @property
    def timeline_label(self) -> str:
        """The operation, its type and its inputs, as v1's proto has them."""
        return f"{self.node_name} = {self.op}({', '.join(self.inputs)})"


@dataclass
class DeviceStepStats:
    """What ran on one device."""

    device: str = _DEVICE
    node_stats: list[NodeExecStats] = field(default_factory=list)


@dataclass
class StepStats:
    """What ran, by device."""

    dev_stats: list[DeviceStepStats] = field(default_factory=list)


@dataclass
class RunMetadata:
    """What `Session.run` tells of a run beyond the values.

    Attributes:
        step_stats: Times of the operations, if the run's options had `trace_level=RunOptions.FULL_TRACE`.
    """

    step_stats: StepStats = field(default_factory=StepStats)


def record(graph: Any, times: Iterable[tuple[int, int, int]], metadata: RunMetadata) -> None:
    """Puts the times of a plan's steps into a run's metadata.

    Args:
        graph: The graph.
        times: Operation id, start and end of each step, in nanoseconds of `time.perf_counter_ns`.
        metadata: Where they go; earlier times are replaced.
    """
    offset = time.time_ns() - time.perf_counter_ns()
    device = DeviceStepStats()
    for op_id, start, end in times:
        op = graph.operation(op_id)
        inputs = tuple(tensor.op.name for tensor in op.inputs)
        wall, took = start + offset, end - start
        device.node_stats.append(
            NodeExecStats(op.name, op.type, inputs, wall // 1000, wall, max(1, round(took / 1000)), took)
        )
    metadata.step_stats = StepStats([device])


class Timeline:
    """A view of a run's times (v1's `tensorflow.python.client.timeline.Timeline`).

    Args:
        step_stats: The `step_stats` of a `RunMetadata`.

    Example:
        >>> stats = NodeExecStats("add", "AddV2", ("x", "y"), 5, 5000, 2, 2000)
        >>> text = Timeline(StepStats([DeviceStepStats(node_stats=[stats])])).generate_chrome_trace_format()
        >>> [event["name"] for event in json.loads(text)["traceEvents"] if event["ph"] == "X"]
        ['AddV2']
    """

    def __init__(self, step_stats: StepStats) -> None:
        self._step_stats = step_stats

    def generate_chrome_trace_format(self, show_dataflow: bool = True) -> str:
        """Returns the times in the Trace Event Format, for chrome://tracing or https://ui.perfetto.dev.

        Args:
            show_dataflow: Whether to draw arrows from an operation to those that take its values.
        """
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
