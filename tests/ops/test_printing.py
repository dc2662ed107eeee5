"""tf.print: what it writes, as TensorFlow 2.21 did."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

NESTED = "{'a': 1, 'b': [[1 2], 's'], 'c': (1, (2,))}\n"
SPARSE = "'SparseTensor(indices=[[0 1]\n [1 0]], values=[1 2], shape=[2 2])'\n"
ROWS = "[[0 1 2 3]\n [4 5 6 7]\n [8 9 10 11]]\n"
# A function that makes the inputs, the other arguments, and what is written.
WRITTEN: list[tuple[Any, dict[str, Any], str]] = [
    (lambda: [tf.constant(np.arange(10))], {}, "[0 1 2 ... 7 8 9]\n"),
    (lambda: ["a", tf.constant(1.5), tf.constant([True, False]), 3, None, "x"], {}, "a 1.5 [1 0] 3 None x\n"),
    (lambda: [tf.constant(np.arange(10))], {"summarize": 2}, "[0 1 ... 8 9]\n"),
    (lambda: [tf.constant(np.arange(12).reshape(3, 4))], {"summarize": -1}, ROWS),
    (lambda: [{"a": tf.constant(1.0), "b": [tf.constant([1, 2]), "s"], "c": (1, (tf.constant(2),))}], {},
     NESTED),
    (lambda: [tf.constant(["x", "y"]), tf.constant("z")], {}, '["x" "y"] "z"\n'),
    (lambda: [tf.constant("z")], {}, "z\n"),
    (lambda: ["t{}", tf.constant(1)], {"end": ""}, "t{} 1"),
    (lambda: ["a", "b"], {"sep": ","}, "a,b\n"),
    (lambda: ["a", tf.constant(1)], {"sep": ", ", "end": "!"}, "a, 1!"),
    (lambda: [tf.SparseTensor([[0, 1], [1, 0]], [1.0, 2.0], [2, 2])], {}, SPARSE),
    (lambda: [[1, 2], np.arange(3), []], {}, "[1, 2] array([0, 1, 2]) []\n"),
    (lambda: [tf.constant([1.0, 2.123456789, 1e10, np.nan, np.inf])], {"summarize": 5},
     "[1 2.12345672 1e+10 nan inf]\n"),
    (lambda: [tf.constant([["a", "b"], ["c", "d"]]), tf.constant(['q"u'])], {},
     '[["a" "b"]\n ["c" "d"]] ["q\\"u"]\n'),
]  # fmt: skip


def printed(inputs: Any, **given: Any) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.print(*inputs(), **given)) is None


@pytest.mark.parametrize("at", range(len(WRITTEN)))
def test_writes(at: int, tmp_path: Path) -> None:
    inputs, given, expected = WRITTEN[at]
    path = tmp_path / "printed"
    for _ in range(2):  # it writes to the end of the file
        printed(inputs, output_stream=f"file://{path}", **given)
    assert path.read_text() == 2 * expected


def test_streams(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    printed(lambda: ["by default"])
    printed(lambda: ["to stdout"], output_stream=sys.stdout)
    printed(lambda: ["to stderr"], output_stream=sys.stderr)
    found = capsys.readouterr()
    assert found.out == "to stdout\n"
    assert found.err == "by default\nto stderr\n"
    streams = tf.logging.info, tf.logging.warn, tf.logging.error
    with caplog.at_level(logging.INFO, "scopetrie"):
        for each in streams:
            printed(lambda: ["to the log"], output_stream=each)
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        (level, "to the log") for level in ("INFO", "WARNING", "ERROR")
    ]


def test_nodes() -> None:
    with tf.Graph().as_default() as graph:
        made = tf.print("x", tf.constant(1), name="shown")
        assert [(each.type, each.name) for each in graph.get_operations()] == [
            ("Const", "Const"), ("StringFormat", "shown_format"), ("PrintV2", "shown")
        ]  # fmt: skip
        assert isinstance(made, tf.Operation)


@pytest.mark.parametrize("stream", ["bad", 3])
def test_other_streams_are_refused(stream: Any) -> None:
    with tf.Graph().as_default() as graph:
        with pytest.raises(ValueError, match=f"logging level, or file.{stream}. Supported streams"):
            tf.print("x", output_stream=stream)
        with pytest.raises(ValueError, match=r"Unrecognized keyword arguments for tf.print: \{'foo': 1\}"):
            tf.print("x", foo=1)
        with pytest.raises(TypeError, match=r"Expected int for argument 'summarize' not 'a'\."):
            tf.print("x", summarize="a")
        assert not graph.get_operations()


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(tf.errors.NotFoundError):
        printed(lambda: ["x"], output_stream=f"file://{tmp_path}/no/such/file")
