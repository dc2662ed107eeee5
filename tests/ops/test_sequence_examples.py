"""What SequenceExamples are refused with; TensorFlow 2.21 said the messages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

sys.path.insert(0, str(Path(__file__).parents[1]))

from recorded import parsing_cases

F, V, L = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature


def run(make: Any) -> Any:
    with tf.Graph().as_default(), tf.Session() as session:
        names, feeds = parsing_cases.names(tf)
        return session.run(make(names["Q"], names["Q1"]), feeds)


_CONTEXT = "Name: {name}, Context feature: n.  Data types don't match. Expected type: "
_LIST = "Name: {name}, Feature list: f, Index: 0.  Data types don't match. Expected type: "
_COUNT = "Inconsistent max number of elements for feature "
_TOTAL = "Feature list 'f' has an unexpected number of values.  Total values size: 4 is not consistent with "
_SIZE = "Name: {name}, Key: v, Index: 1.  Number of values != expected.  values size: 2 but output shape: [1]"
_MISSING = (
    "Name: {name}, Feature list 'z' is required but could not be found.  Did you mean to include it in "
    "feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?"
)


@pytest.mark.parametrize(
    "context, lists, message",
    [
        ({"n": F([], tf.float32)}, None, _CONTEXT + "float"),
        ({"n": V(tf.string)}, None, _CONTEXT + "string"),
        ({"n": F([2], tf.int64)}, None, _COUNT + "n: expected 2, but found 1"),
        ({"z": F([], tf.int64)}, None, _COUNT + "z: expected 1, but found 0"),
        (None, {"f": L([2], tf.int64)}, _LIST + "int64"),
        (None, {"f": V(tf.int64)}, _LIST + "int64"),
        (None, {"f": L([3], tf.float32)}, _TOTAL + "output shape: [?,3]"),
        (None, {"v": L([1], tf.int64)}, _SIZE),
        (None, {"z": L([2], tf.float32)}, _MISSING),
    ],
)
def test_messages(context: Any, lists: Any, message: str) -> None:
    for names, name in ((None, "<unknown>"), (["one", "two"], "one")):
        with pytest.raises(tf.errors.InvalidArgumentError) as found:
            run(lambda many, _, names=names: tf.io.parse_sequence_example(many, context, lists, names))
        assert str(found.value).split("\n")[0] == message.format(name=name)
        alone = None if names is None else names[0]
        with pytest.raises(tf.errors.InvalidArgumentError) as found:
            run(lambda _, one, alone=alone: tf.parse_single_sequence_example(one, context, lists, alone))
        assert str(found.value).split("\n")[0] == message.format(name=name)


def test_messages_that_are_none() -> None:
    for kind in (tf.io.parse_sequence_example, tf.parse_single_sequence_example):
        data = b"\xff\xff" if kind is tf.parse_single_sequence_example else [b"\xff\xff"]
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=r"^Invalid protocol message input, example id: <unknown>"
        ):
            run(lambda *_, kind=kind, data=data: kind(data, {"n": F([], tf.int64)}))
    with pytest.raises(ValueError, match=r"^Shape \[\?\] is not fully defined"):
        tf.io.parse_sequence_example(["x"], None, {"f": L([None], tf.float32)})


def test_no_sequences_at_all() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        wanted = {"f": L([2], tf.float32), "v": V(tf.int64)}
        context, lists, lengths = tf.io.parse_sequence_example(
            tf.constant([], tf.string), {"n": F([], tf.int64)}, wanted
        )
        found = session.run([context["n"], lists["f"], lists["v"].dense_shape, lengths["f"]])
    assert [np.shape(each) for each in found] == [(0,), (0, 0, 2), (3,), (0,)]
    assert found[2].tolist() == [0, 0, 0]
