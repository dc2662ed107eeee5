"""TFRecord files and what is in them."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest
import scopetrie as tf
from scopetrie.bundles.checksum import crc32c, masked

pytest.importorskip("google.protobuf")
DATA = [b"", b"a", b"bc" * 1000, bytes(range(256))]


@pytest.mark.parametrize("kind", ["", "GZIP", "ZLIB"])
def test_what_is_written_is_read(kind: str, tmp_path: Path) -> None:
    path, options = tmp_path / "x", tf.python_io.TFRecordOptions(kind)
    writer = tf.python_io.TFRecordWriter(path, options)
    for each in DATA:
        writer.write(each)
    writer.flush()
    writer.close()
    writer.close()
    assert list(tf.python_io.tf_record_iterator(path, options)) == DATA
    with pytest.raises(RuntimeError, match="closed"):
        writer.write(b"more")


def test_a_record_as_tensorflow_writes_it(tmp_path: Path) -> None:
    """The bytes were written by TensorFlow 2.21."""
    with tf.python_io.TFRecordWriter(tmp_path / "x") as writer:
        writer.write("hello")
    assert (tmp_path / "x").read_bytes().hex() == "0500000000000000eab2043e68656c6c6fbb1f1c19"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda data: data[:20], "truncated record at 17"),
        (lambda data: data[:-1], "truncated record at 17"),
        (lambda data: data[:12] + b"X" + data[13:], "corrupted record at 0"),
        (lambda data: b"\2" + data[1:], "corrupted record at 0"),
    ],
)
def test_what_is_broken_is_data_loss(change, text: str, tmp_path: Path) -> None:
    with tf.python_io.TFRecordWriter(tmp_path / "x") as writer:
        writer.write(b"a")
        writer.write(b"bc")
    (tmp_path / "x").write_bytes(change((tmp_path / "x").read_bytes()))
    with pytest.raises(tf.errors.DataLossError, match=text):
        list(tf.python_io.tf_record_iterator(tmp_path / "x"))


@pytest.mark.parametrize("kind", ["", "GZIP", "ZLIB"])
def test_a_length_beyond_the_file_takes_no_memory(kind: str, tmp_path: Path) -> None:
    head = (2**62).to_bytes(8, "little")
    data = head + masked(crc32c(head)).to_bytes(4, "little") + b"few"
    pack = {"": bytes, "GZIP": gzip.compress, "ZLIB": zlib.compress}[kind]
    (tmp_path / "x").write_bytes(pack(data))
    with pytest.raises(tf.errors.DataLossError, match="truncated record at 0"):
        list(tf.python_io.tf_record_iterator(tmp_path / "x", kind))


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(tf.errors.NotFoundError):
        tf.python_io.tf_record_iterator(tmp_path / "none")
    with pytest.raises(tf.errors.NotFoundError):
        tf.python_io.TFRecordWriter(tmp_path / "none" / "x")
    with pytest.raises(ValueError, match="Not a valid compression_type"):
        tf.python_io.TFRecordOptions("LZMA")
    with tf.python_io.TFRecordWriter(tmp_path / "x") as writer, pytest.raises(TypeError):
        writer.write(3)


def test_messages() -> None:
    feature = tf.train.Feature(float_list=tf.train.FloatList(value=[1.5]))
    example = tf.train.Example(features=tf.train.Features(feature={"x": feature}))
    # As TensorFlow 2.21 writes it: floats are packed.
    assert example.SerializeToString().hex() == "0a0f0a0d0a0178120812060a040000c03f"
    assert example.features.feature["x"].WhichOneof("kind") == "float_list"
    steps = tf.train.FeatureLists(feature_list={"s": tf.train.FeatureList(feature=[feature, feature])})
    sequence = tf.train.SequenceExample(feature_lists=steps, context=example.features)
    read = tf.train.SequenceExample.FromString(sequence.SerializeToString())
    assert len(read.feature_lists.feature_list["s"].feature) == 2


def test_files_within_a_graph(tmp_path: Path) -> None:
    name = tf.placeholder(tf.string, [])
    with tf.Session() as session:
        session.run(tf.write_file(name, "text"), {name: str(tmp_path / "new" / "a.txt")})
        read = tf.read_file(str(tmp_path / "new" / "a.txt"))
        assert session.run(read) == b"text"
        (tmp_path / "new" / "a.txt").write_bytes(b"other")
        assert session.run(read) == b"other"  # it is read in each run
        assert session.run(tf.matching_files(str(tmp_path / "new" / "*"))).tolist() == [
            str(tmp_path / "new" / "a.txt").encode()
        ]
        with pytest.raises(tf.errors.NotFoundError):
            session.run(tf.read_file(str(tmp_path / "none")))
