"""Graphs and summaries in event files, read back with TensorBoard's reader; graphs as text."""

import os
import subprocess
import sys

import numpy as np
import pytest
import scopetrie as tf

pytest.importorskip("tensorboard")

from google.protobuf import text_format
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.util import tensor_util


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def read(folder):
    """The events that TensorBoard finds in a folder."""
    events = event_accumulator.EventAccumulator(str(folder), size_guidance={event_accumulator.SCALARS: 0})
    return events.Reload()


def node_named(graph_def, name):
    (node,) = [node for node in graph_def.node if node.name == name]
    return node


def sizes(shape):
    return None if shape.unknown_rank else [dim.size for dim in shape.dim]


def test_graph_read_back(tmp_path, graph):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.variable_scope("layer"):
        w = tf.get_variable("w", [2, 3])
        with tf.control_dependencies([w.initializer]):
            y = tf.matmul(x, w, name="y")
    tf.split(y, 3, axis=1, name="parts")[1] + 1.0
    with tf.summary.FileWriter(tmp_path, graph) as writer:
        assert writer.get_logdir() == str(tmp_path)
    found = GraphDef.FromString(read(tmp_path).Graph().SerializeToString())
    assert [node.name for node in found.node] == [op.name for op in graph.get_operations()]
    assert [node.op for node in found.node] == [op.type for op in graph.get_operations()]
    node = node_named(found, "layer/y")
    assert list(node.input) == ["x", "layer/w/read", "^layer/w/Assign"]
    assert node.attr["T"].type == tf.float32.as_datatype_enum
    assert not node.attr["transpose_a"].b
    assert [sizes(shape) for shape in node.attr["_output_shapes"].list.shape] == [[-1, 3]]
    assert sizes(node_named(found, "x").attr["shape"].shape) == [-1, 2]
    assert node_named(found, "x").attr["dtype"].type == tf.float32.as_datatype_enum
    assert node_named(found, "layer/w").op == "VariableV2"
    assert sizes(node_named(found, "layer/w").attr["shape"].shape) == [2, 3]
    assert node_named(found, "layer/w/Assign").attr["validate_shape"].b
    assert list(node_named(found, "add").input) == ["parts:1", "add/y"]
    assert len(node_named(found, "parts").attr["_output_shapes"].list.shape) == 3


VALUES = [
    np.float32(1.5),
    np.float64(-2.5),
    np.float16(0.5),
    np.int32(3),
    np.int64(-4),
    np.uint8(5),
    np.bool_(True),
    np.complex64(1 + 2j),
    np.complex128(3 - 4j),
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.arange(6, dtype=np.int64),
    np.array([True, False]),
    np.array([0.5, 1.5], np.float16),
    np.zeros((0, 3), np.float32),
    b"text",
    np.array([b"a", b"bc"], dtype=object),
]


@pytest.mark.parametrize("value", VALUES, ids=[f"{np.asarray(v).dtype}{np.shape(v)}" for v in VALUES])
def test_constant_read_back(graph, value):
    tf.constant(value, name="c")
    tensor = node_named(graph.as_graph_def(), "c").attr["value"].tensor
    found = tensor_util.make_ndarray(tensor)
    assert found.shape == np.shape(value)
    assert found.tolist() == np.asarray(value).tolist()


def test_one_element_stands_for_all(graph):
    tf.constant(2.5, shape=[1000, 1000], name="c")
    node = node_named(graph.as_graph_def(), "c")
    assert node.ByteSize() < 100
    assert sizes(node.attr["value"].tensor.tensor_shape) == [1000, 1000]
    assert list(node.attr["value"].tensor.float_val) == [2.5]


def test_graph_def(graph):
    with tf.device("/cpu:0"):
        a = tf.constant(1.0, name="a")
    with graph.colocate_with(a.op):
        tf.identity(a, name="b")
    version = graph.version
    tf.identity(a, name="c")
    found = graph.as_graph_def()
    assert node_named(found, "a").device == "/device:CPU:0"
    assert list(node_named(found, "b").attr["_class"].list.s) == [b"loc:@a"]
    assert "_output_shapes" not in node_named(found, "b").attr
    assert found.versions.producer > 0
    assert [node.name for node in graph.as_graph_def(from_version=version).node] == ["c"]
    assert tf.Session().graph_def == found
    assert tf.summary.node_def(a.op) == node_named(found, "a")


def test_shapes_of_unknown_rank_are_told_from_scalars(graph):
    tf.placeholder(tf.float32, name="unknown")
    tf.placeholder(tf.float32, [], name="scalar")
    found = graph.as_graph_def(add_shapes=True)
    assert node_named(found, "unknown").attr["_output_shapes"].list.shape[0].unknown_rank
    assert sizes(node_named(found, "scalar").attr["_output_shapes"].list.shape[0]) == []
    assert node_named(found, "scalar").attr["shape"].HasField("shape")


def test_scalars(tmp_path):
    with tf.summary.FileWriter(tmp_path, filename_suffix=".mine") as writer:
        for step in range(3):
            value = tf.summary.Summary.Value(tag="loss", simple_value=step / 2)
            summary = tf.summary.Summary(value=[value])
            writer.add_summary(summary if step else summary.SerializeToString(), step)
        writer.add_session_log(tf.summary.SessionLog(status=tf.summary.SessionLog.START), 3)
        writer.flush()
    assert [event.value for event in read(tmp_path).Scalars("loss")] == [0.0, 0.5, 1.0]
    assert [event.step for event in read(tmp_path).Scalars("loss")] == [0, 1, 2]
    (name,) = os.listdir(tmp_path)
    assert name.startswith("events.out.tfevents.")
    assert name.endswith(".mine")


def test_closed_and_reopened(tmp_path, graph):
    tf.constant(1.0)
    writer = tf.summary.FileWriter(tmp_path)
    writer.close()
    writer.close()
    with pytest.warns(
        UserWarning, match=r"^Attempting to use a closed FileWriter\. The operation will be a noop"
    ):
        writer.add_graph(graph)
    writer.reopen()
    writer.reopen()
    writer.add_graph(graph)
    writer.close()
    assert read(tmp_path).Graph().node


def test_wrong_graph(tmp_path, graph):
    text = r"^The passed graph must be an instance of `Graph` or the deprecated `GraphDef`$"
    with pytest.raises(TypeError, match=text):
        tf.summary.FileWriter(tmp_path, graph=3)
    assert not os.listdir(tmp_path)
    with tf.summary.FileWriter(tmp_path, graph_def=graph.as_graph_def()) as writer:
        with pytest.raises(TypeError, match=text):
            writer.add_graph(3)
        with pytest.raises(ValueError, match=r"^Please pass only graph, or graph_def"):
            writer.add_graph(graph, graph_def=graph.as_graph_def())


def test_summary_writer_with_a_text_file(tmp_path, graph):
    tf.constant(1.0, name="c")
    folder = tmp_path / "new" / "folder"
    tf.train.SummaryWriter(str(folder), graph, "graph.pbtxt").close()
    assert len(os.listdir(folder)) == 2
    found = text_format.Parse((folder / "graph.pbtxt").read_text(), GraphDef())
    assert found == graph.as_graph_def()
    assert [node.name for node in read(folder).Graph().node] == ["c"]
    tf.train.SummaryWriter(tmp_path, max_queue=5, flush_secs=1).close()


def test_a_graph_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path, monkeypatch, graph):
    path = tmp_path / "a.pb"
    path.write_bytes(b"before")

    def fail(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="no space"):
        tf.train.write_graph(graph, tmp_path, "a.pb", as_text=False)
    assert [each.name for each in tmp_path.iterdir()] == ["a.pb"]
    assert path.read_bytes() == b"before"


def test_write_graph(tmp_path, graph):
    tf.constant(1.0, name="c")
    wanted = graph.as_graph_def()
    assert tf.train.write_graph(graph, str(tmp_path), "a.pb", as_text=False) == str(tmp_path / "a.pb")
    assert GraphDef.FromString((tmp_path / "a.pb").read_bytes()) == wanted
    tf.train.write_graph(wanted, tmp_path / "deeper", "b.pbtxt")
    assert text_format.Parse((tmp_path / "deeper" / "b.pbtxt").read_text(), GraphDef()) == wanted


def test_without_the_extra(monkeypatch, tmp_path, graph):
    tf.constant(1.0)
    for name in [name for name in sys.modules if name.split(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    calls = [
        lambda: tf.summary.FileWriter(tmp_path, graph),
        lambda: tf.train.SummaryWriter(tmp_path, graph, "graph.pbtxt"),
        lambda: tf.train.write_graph(graph, tmp_path, "graph.pbtxt"),
        graph.as_graph_def,
    ]
    for call in calls:
        with pytest.raises(ImportError, match=r"pip install scopetrie\[tensorboard\]"):
            call()
    assert not os.listdir(tmp_path)
    with pytest.raises(AttributeError):
        _ = tf.summary.NoSuchName


def test_messages_without_the_packages_that_have_them():
    code = """
import sys
sys.modules["tensorboard"] = sys.modules["google.protobuf"] = None
import scopetrie as tf
for message in (tf.summary.Summary, tf.Summary, tf.train.Example):
    try:
        message()
    except ImportError as error:
        print(error)
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.count("pip install scopetrie[tensorboard]") == 2
    assert printed.count("scopetrie[checkpoints]") == 1
