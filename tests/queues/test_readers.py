"""Readers of files whose names come from a queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf
from scopetrie.summary.event_file import record


@pytest.fixture(autouse=True)
def graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


def read(reader: Any, names: list[str], tmp_path: Path) -> list[tuple[str, bytes]]:
    """All that a reader gives of some files; keys without their folder."""
    queue = tf.FIFOQueue(10, tf.string, [[]])
    put, close = queue.enqueue_many([[str(tmp_path / each) for each in names]]), queue.close()
    key, value = reader.read(queue)
    counts = reader.num_records_produced(), reader.num_work_units_completed()
    found = []
    with tf.Session() as session:
        session.run(put)
        session.run(close)
        with pytest.raises(tf.errors.OutOfRangeError, match="is closed and has insufficient elements"):
            while True:
                pair = session.run([key, value])
                found.append((pair[0].decode().removeprefix(f"{tmp_path}/"), pair[1]))
        assert session.run(counts) == (len(found), len(names))
        session.run(reader.reset())
        assert session.run(counts) == (0, 0)
    return found


def test_readers(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"head\none\ntwo\n")
    (tmp_path / "b").write_bytes(b"")
    (tmp_path / "c").write_bytes(b"HHabcdef")
    (tmp_path / "r").write_bytes(record(b"first") + record(b"second"))
    lines = read(tf.TextLineReader(skip_header_lines=1), ["a", "b", "a"], tmp_path)
    assert lines == [("a:2", b"one"), ("a:3", b"two")] * 2
    assert read(tf.WholeFileReader(), ["c", "b"], tmp_path) == [("c", b"HHabcdef"), ("b", b"")]
    assert [value for _, value in read(tf.TFRecordReader(), ["r"], tmp_path)] == [b"first", b"second"]
    fixed = tf.FixedLengthRecordReader(3, header_bytes=2)
    assert read(fixed, ["c"], tmp_path) == [("c:0", b"abc"), ("c:1", b"def")]
    assert read(tf.IdentityReader(), ["x"], tmp_path) == [("x", str(tmp_path / "x").encode())]


def test_several_at_once_and_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one\ntwo\nthree\n")
    queue = tf.FIFOQueue(10, tf.string, [[]])
    put = queue.enqueue_many([[str(tmp_path / "none"), str(tmp_path / "a")]])
    some = tf.TextLineReader().read_up_to(queue, 2)
    with tf.Session() as session:
        session.run(put)
        with pytest.raises(tf.errors.NotFoundError, match="none; No such file"):
            session.run(some)
        assert session.run(some.values).tolist() == [b"one", b"two"]
        assert session.run(some.values).tolist() == [b"three"]
