"""Operations that compute summaries; TensorFlow 2.21 said what is expected, TensorBoard reads them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

pytest.importorskip("tensorboard")
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from tensorboard.compat.proto import config_pb2
from tensorboard.util import tensor_util

LARGEST = sys.float_info.max


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def read(folder: Path) -> Any:
    """The events that TensorBoard finds in a folder."""
    sizes = dict.fromkeys(event_accumulator.DEFAULT_SIZE_GUIDANCE, 0)
    return event_accumulator.EventAccumulator(str(folder), size_guidance=sizes).Reload()


def run(summary: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        return tf.summary.Summary.FromString(session.run(summary, feeds))


def test_nodes_names_and_tags(graph: tf.Graph) -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.summary.scalar("loss", tf.reduce_sum(x))
    with tf.name_scope("net"):
        family = tf.summary.scalar("loss", 2.0, family="fam")
        tf.summary.histogram("a b!", x)
    tf.summary.scalar("", 3)
    tf.summary.scalar("/x:y", 3)
    tf.summary.image("img", tf.zeros([1, 2, 2, 3]))
    tf.summary.audio("aud", tf.zeros([1, 4]), 8000.0)
    tf.summary.text("txt", tf.constant("hello"))
    everything = tf.summary.merge_all()
    part = tf.summary.merge_all(scope="net")
    assert tf.summary.merge_all("no such key") is None
    names = ["loss", "net/fam/loss", "net/a_b_", "ScalarSummary", "x_y", "img", "aud", "txt"]
    assert [each.op.name for each in tf.get_collection(tf.GraphKeys.SUMMARIES)] == names
    assert everything is not None and part is not None
    assert (everything.name, part.name) == ("Merge/MergeSummary:0", "Merge_1/MergeSummary:0")
    assert [x.op.name for x in part.op.inputs] == ["net/fam/loss", "net/a_b_"]
    nodes = {op.name: (op.type, [x.name for x in op.inputs]) for op in graph.get_operations()}
    assert nodes["net/fam/loss"] == ("ScalarSummary", ["net/fam/loss/tags:0", "net/fam/loss/values:0"])
    assert nodes["net/a_b_"] == ("HistogramSummary", ["net/a_b_/tag:0", "x:0"])
    assert nodes["aud"] == ("AudioSummaryV2", ["aud/tag:0", "zeros_1:0", "aud/sample_rate:0"])
    assert nodes["txt"][1] == ["txt/tag:0", "Const_1:0", "txt/serialized_summary_metadata:0"]
    assert graph.get_operation_by_name("img").get_attr("max_images") == 3
    assert family.shape == [] and family.dtype is tf.string
    assert run(family).value[0].tag == "fam/net/fam/loss"
    assert len(run(everything, {x: [1.0]}).value) == 8
    assert tf.summary.scalar("alone", 1, collections=["mine"]) in tf.get_collection("mine")


HISTOGRAMS: list[tuple[list[float], list[float], list[float]]] = [
    (
        [1, 2, -3],
        [
            -3.1665833053880363,
            -2.8787120958073054,
            0.917246389039776,
            1.0089710279437536,
            1.9661990955585713,
            2.1628190051144287,
            LARGEST,
        ],
        [0, 1, 0, 1, 0, 1, 0],
    ),
    ([0], [0, 1e-12, LARGEST], [0, 1, 0]),
    ([], [LARGEST], [0]),
    (
        [1e-15, 1e25, -1e25, 1e-12, 0, 0, 5, 5, 5.1],
        [
            -LARGEST,
            -9.9207756218597835e19,
            0,
            1e-12,
            4.6361946174186253,
            5.0998140791604882,
            5.6097954870765374,
            9.9207756218597835e19,
            LARGEST,
        ],
        [0, 1, 0, 4, 0, 2, 1, 0, 1],
    ),
]


@pytest.mark.parametrize("values, limits, counts", HISTOGRAMS)
def test_histograms(values: list[float], limits: list[float], counts: list[float]) -> None:
    x = tf.placeholder(tf.float32, [None])
    (value,) = run(tf.summary.histogram("h", x), {x: values}).value
    assert list(value.histo.bucket_limit) == limits and list(value.histo.bucket) == counts
    assert value.histo.num == len(values)
    numbers = np.array(values, np.float32).astype(np.float64)
    assert value.histo.min == numbers.min(initial=LARGEST) and value.histo.max == numbers.max(
        initial=-LARGEST
    )
    assert np.isclose(value.histo.sum, numbers.sum()) and np.isclose(
        value.histo.sum_squares, (numbers**2).sum()
    )


@pytest.mark.parametrize(
    "wrong, text", [(np.nan, "Nan in summary histogram for: h"), (-np.inf, "Infinity in Hist")]
)
def test_histograms_of_what_is_no_number(wrong: float, text: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"^{text}"):
        run(tf.summary.histogram("h", [1.0, wrong]))


def pixels(encoded: bytes) -> Any:
    image = pytest.importorskip("PIL.Image")
    return np.array(image.open(io.BytesIO(encoded))).tolist()


def test_images() -> None:
    x = tf.reshape(tf.range(24.0), [2, 2, 2, 3]) / 3 - 2
    first, second = run(tf.summary.image("img", tf.cast(x, tf.float64), max_outputs=2)).value
    assert (first.tag, second.tag) == ("img/image/0", "img/image/1")
    assert (first.image.height, first.image.width, first.image.colorspace) == (2, 2, 3)
    assert pixels(first.image.encoded_image_string) == [
        [[1, 22, 43], [64, 85, 106]],
        [[128, 149, 170], [191, 212, 233]],
    ]
    cases: list[tuple[Any, Any]] = [
        (np.array([[[[0], [1]], [[2], [3]]]], np.uint8), [[0, 1], [2, 3]]),
        (np.array([[[[0.5], [1]], [[2], [4]]]], np.float32), [[31, 63], [127, 255]]),
        (np.array([[[[np.nan], [1]], [[2], [-1]]]], np.float32), [[255, 191], [255, 64]]),
        (np.zeros((1, 1, 2, 4), np.float16), [[[0, 0, 0, 0]] * 2]),
        (np.full((1, 1, 1, 3), np.inf, np.float32), [[[255, 0, 0]]]),
    ]
    for image, wanted in cases:
        (value,) = run(tf.summary.image("one", image, max_outputs=1)).value
        assert value.tag.endswith("/image") and pixels(value.image.encoded_image_string) == wanted
    for shape in ([2, 3, 3], [2, 3, 3, 2]):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"must be 4-D with last dim 1, 3, or 4"):
            run(tf.summary.image("wrong", tf.zeros(shape)))


def test_audio() -> None:
    (value,) = run(tf.summary.audio("aud", [[0.0, 0.5, -1.0, 1.2]], 8000)).value
    assert value.tag == "aud/audio/0" and value.audio.content_type == "audio/wav"
    assert (value.audio.sample_rate, value.audio.num_channels, value.audio.length_frames) == (8000, 1, 4)
    with wave.open(io.BytesIO(value.audio.encoded_audio_string)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
        assert np.frombuffer(file.readframes(4), "<i2").tolist() == [0, 16384, -32768, 32767]
    with pytest.raises(tf.errors.InvalidArgumentError, match="sample_rate must be > 0"):
        run(tf.summary.audio("aud", [[0.0]], 0))


def test_faults() -> None:
    with pytest.raises(
        ValueError, match=r"^List argument 'inputs' to 'MergeSummary' Op with length 0 shorter"
    ):
        tf.summary.merge([])
    with pytest.raises(ValueError, match="to have dtype string, got"):
        tf.summary.text("t", tf.constant(1.0))
    with pytest.raises(
        TypeError, match=r"^Value passed to parameter 'values' has DataType string not in list of"
    ):
        tf.summary.scalar("v", "text")
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"^tags and values are not the same shape: \[\] != \[2\]"
    ):
        run(tf.summary.scalar("v", [1.0, 2.0]))
    one = tf.summary.scalar("loss", 1.0)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"^Duplicate tag loss found in summary inputs"):
        run(tf.summary.merge([one, one]))


def test_tensorboard_reads_them_back(tmp_path: Path, graph: tf.Graph) -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    tf.summary.scalar("loss", x)
    tf.summary.histogram("weights", [1.0, 2.0, 2.0])
    tf.summary.image("picture", tf.ones([1, 4, 5, 1]), max_outputs=1)
    tf.summary.audio("sound", tf.zeros([1, 10]), 100.0, max_outputs=1)
    tf.summary.text("words", tf.constant(["a", "b"]))
    tf.summary.tensor_summary("tensor", tf.constant([[1, 2]]), display_name="shown")
    merged = tf.summary.merge_all()
    metadata = tf.RunMetadata()
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    with tf.Session() as session, tf.summary.FileWriter(tmp_path, graph) as writer:
        for step in range(3):
            writer.add_summary(session.run(merged, {x: step / 2}, options, metadata), step)
        writer.add_run_metadata(metadata, "step 2", 2)
        with pytest.raises(ValueError, match=r"^The provided tag was already used for this event type$"):
            writer.add_run_metadata(metadata, "step 2", 2)
        # All of it is in the file already.
        assert [event.value for event in read(tmp_path).Scalars("loss")] == [0.0, 0.5, 1.0]
    found = read(tmp_path)
    assert [event.histogram_value.num for event in found.Histograms("weights")] == [3] * 3
    assert [(event.height, event.width) for event in found.Images("picture/image")] == [(4, 5)] * 3
    assert [event.length_frames for event in found.Audio("sound/audio")] == [10] * 3
    assert tensor_util.make_ndarray(found.Tensors("words")[0].tensor_proto).tolist() == [b"a", b"b"]
    assert found.SummaryMetadata("words").plugin_data.plugin_name == "text"
    assert found.SummaryMetadata("tensor").display_name == "shown"
    times = config_pb2.RunMetadata.FromString(found.RunMetadata("step 2").SerializeToString())
    assert "Merge/MergeSummary" in {node.node_name for node in times.step_stats.dev_stats[0].node_stats}
    (name,) = (each for each in os.listdir(tmp_path) if each != "plugins")
    events = list(LegacyEventFileLoader(str(tmp_path / name)).Load())
    assert events[0].file_version == "brain.Event:2"
    # What shows a tag is said once.
    described = [event for event in events for value in event.summary.value if value.tag == "words"]
    assert [event.summary.value[4].HasField("metadata") for event in described] == [True, False, False]


def test_another_array_library() -> None:
    strict = pytest.importorskip("array_api_strict")
    x = tf.reshape(tf.range(4.0), [1, 2, 2, 1])
    tf.summary.scalar("s", tf.reduce_sum(x))
    tf.summary.histogram("h", x)
    tf.summary.image("i", x, max_outputs=1)
    tf.summary.text("t", tf.constant("a"))
    merged = tf.summary.merge_all()
    values = []
    for backend in (None, strict):
        with tf.Session(backend=backend) as session:
            values.append(session.run(merged))
    assert values[0] == values[1] and len(tf.summary.Summary.FromString(values[0]).value) == 4


def test_one_writer_for_a_folder(tmp_path: Path) -> None:
    try:
        writer = tf.summary.FileWriterCache.get(tmp_path)
        assert tf.summary.FileWriterCache.get(str(tmp_path)) is writer
    finally:
        tf.summary.FileWriterCache.clear()
    assert tf.summary.FileWriterCache.get(tmp_path / "other") is not writer
    tf.summary.FileWriterCache.clear()


def test_writers_where_the_package_stands_for_tensorflow(tmp_path: Path) -> None:
    program = (
        "import sys, scopetrie as tf\nsys.modules['tensorflow'] = tf\n"
        "x = tf.summary.scalar('loss', 0.5)\n"
        "with tf.Session() as s, tf.summary.FileWriter(sys.argv[1], s.graph) as w:\n"
        "    w.add_summary(s.run(x), 1)\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program, tmp_path], check=True)
    assert [event.value for event in read(tmp_path).Scalars("loss")] == [0.5]


def test_programs_that_do_not_close_their_writers(tmp_path: Path) -> None:
    writer = tf.summary.FileWriter(tmp_path)
    writer.add_summary(run(tf.summary.scalar("loss", 2.0)), 7)
    del writer
    assert [(event.step, event.value) for event in read(tmp_path).Scalars("loss")] == [(7, 2.0)]
