"""The files of TensorBoard's Profile page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf
from scopetrie.bundles import message

pytest.importorskip("tensorboard")


def a_run() -> tuple[tf.RunMetadata, dict[str, str]]:
    """The times of a run, and the types of its operations by name."""
    metadata = tf.RunMetadata()
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [2], name="x")
        with tf.name_scope("model"):
            y = tf.exp(x, name="y") + 1.0
        session.run(y, {x: [1, 2]}, tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), metadata)
        return metadata, {op.name: op.type for op in graph.get_operations()}


def files(folder: Path) -> list[str]:
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*.xplane.pb"))


def test_an_event_for_each_operation(tmp_path: Path) -> None:
    metadata, types = a_run()
    with tf.summary.FileWriter(tmp_path) as writer:
        writer.add_run_metadata(metadata, "step 2", 2)
    (name,) = files(tmp_path)
    assert name == "plugins/profile/step 2/localhost.xplane.pb"
    space: Any = message("XSpace").FromString((tmp_path / name).read_bytes())
    (plane,) = space.planes
    (line,) = plane.lines
    nodes = metadata.step_stats.dev_stats[0].node_stats
    assert [node.node_name for node in nodes] == ["model/y", "model/add"]
    names = {pair.key: pair.value.name for pair in plane.event_metadata}
    found = [
        (names[event.metadata_id], line.timestamp_ns + event.offset_ps // 1000, event.duration_ps // 1000)
        for event in line.events
    ]
    assert found == [
        (f"{node.node_name}:{types[node.node_name]}", node.all_start_nanos, node.all_end_rel_nanos)
        for node in nodes
    ]
    assert line.duration_ps >= sum(event.duration_ps for event in line.events) > 0


@pytest.mark.parametrize("tag", ["..", "a/b", "a_b", "/etc", "x\0y", ".", "%2F", "c:\\d", "\udc80"])
def test_tags_that_are_no_names_of_folders(tmp_path: Path, tag: str) -> None:
    metadata, _ = a_run()
    inner = tmp_path / "outer" / "inner"
    with tf.summary.FileWriter(inner) as writer:
        try:
            writer.add_run_metadata(metadata, tag)
        except UnicodeEncodeError:
            assert not tag.isascii()
            return
    (name,) = files(tmp_path)
    assert name.startswith("outer/inner/plugins/profile/") and name.count("/") == 5


def test_a_closed_writer_writes_none(tmp_path: Path) -> None:
    metadata, _ = a_run()
    writer = tf.summary.FileWriter(tmp_path)
    writer.close()
    with pytest.warns(UserWarning, match="Attempting to use a closed FileWriter"):
        writer.add_run_metadata(metadata, "late")
    assert files(tmp_path) == []


def test_a_file_that_cannot_be_written_leaves_the_tag_free(tmp_path: Path) -> None:
    metadata, _ = a_run()
    (tmp_path / "plugins").write_text("in the way")
    with tf.summary.FileWriter(tmp_path) as writer:
        with pytest.raises(OSError, match="plugins"):
            writer.add_run_metadata(metadata, "run")
        (tmp_path / "plugins").unlink()
        writer.add_run_metadata(metadata, "run")
    assert files(tmp_path) == ["plugins/profile/run/localhost.xplane.pb"]


def test_xprof_reads_it(tmp_path: Path) -> None:
    convert = pytest.importorskip("xprof.convert.raw_to_tool_data", reason="needs the package xprof")
    metadata, _ = a_run()
    with tf.summary.FileWriter(tmp_path) as writer:
        writer.add_run_metadata(metadata, "run")
    paths = [str(tmp_path / name) for name in files(tmp_path)]
    for tool in ("trace_viewer", "framework_op_stats"):
        text, _ = convert.xspace_to_tool_data(paths, tool, {})
        text = text if isinstance(text, str) else text.decode()
        assert "model/y" in text and "model/add" in text and "AddV2" in text
