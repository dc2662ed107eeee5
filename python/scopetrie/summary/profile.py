"""The times of a run as a file of TensorBoard's Profile page, which the package xprof shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..bundles import message
from ..files import write_whole

# The page knows operations by it: TensorFlow's name of a host's processors.
_PLANE = "/host:CPU"


def write_profile(logdir: str, tag: str, metadata: Any) -> Path:
    """Writes the times of a run where TensorBoard's Profile page looks for them.

    Args:
        logdir: The folder that TensorBoard shows.
        tag: The name of the run. The page shows it, with "%2F" and the like for what folders cannot have.
        metadata: The times, as a RunMetadata proto.

    Returns:
        The file.

    Raises:
        OSError: If it cannot be written.
    """
    name = quote(tag, safe=" ").replace(".", "%2E")
    file = Path(logdir, "plugins", "profile", name, "localhost.xplane.pb")
    file.parent.mkdir(parents=True, exist_ok=True)
    with write_whole(file) as part:
        Path(part).write_bytes(_space(metadata).SerializeToString())
    return file


def _space(metadata: Any) -> Any:
    """An XSpace: a line for each device, an event for each operation. Its times are in picoseconds."""
    space = message("XSpace")(hostnames=["localhost"])
    plane = space.planes.add(name=_PLANE)
    for number, device in enumerate(metadata.step_stats.dev_stats, 1):
        nodes = device.node_stats
        start = min((node.all_start_nanos for node in nodes), default=0)
        end = max((node.all_start_nanos + node.all_end_rel_nanos for node in nodes), default=0)
        line = plane.lines.add(
            id=number, name=device.device, timestamp_ns=start, duration_ps=1000 * (end - start)
        )
        for node in nodes:
            key = len(plane.event_metadata) + 1
            op_type = node.timeline_label.partition(" = ")[2].partition("(")[0]
            described = plane.event_metadata.add(key=key).value
            described.id, described.name = key, f"{node.node_name}:{op_type}" if op_type else node.node_name
            described.display_name = node.node_name
            line.events.add(
                metadata_id=key,
                offset_ps=1000 * (node.all_start_nanos - start),
                duration_ps=1000 * node.all_end_rel_nanos,
            )
    return space
