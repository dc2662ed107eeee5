"""Functions of several outputs return v1's named tuples; names and fields are those of TensorFlow 2.21."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import scopetrie as tf

SQUARE = [[2.0, 0.0], [0.0, 3.0]]
IMAGES = [[[[1.0], [2.0]], [[3.0], [4.0]]]]
CASES: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "Unique": (lambda: tf.unique([1, 2, 2]), ("y", "idx")),
    "UniqueWithCounts": (lambda: tf.unique_with_counts([1, 2, 2]), ("y", "idx", "count")),
    "ListDiff": (lambda: tf.setdiff1d([1, 2], [2]), ("out", "idx")),
    "TopKV2": (lambda: tf.nn.top_k([1.0, 2.0], 2), ("values", "indices")),
    "Qr": (lambda: tf.qr(SQUARE), ("q", "r")),
    "LogMatrixDeterminant": (lambda: tf.linalg.slogdet(SQUARE), ("sign", "log_abs_determinant")),
    "MaxPoolWithArgmax": (
        lambda: tf.nn.max_pool_with_argmax(IMAGES, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"),
        ("output", "argmax"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_outputs_have_names(name: str) -> None:
    make, fields = CASES[name]
    with tf.Graph().as_default(), tf.Session() as session:
        made = make()
        assert (type(made).__name__, made._fields) == (name, fields)
        assert [tensor.value_index for tensor in made] == list(range(len(fields)))
        assert made[0].op.type == name
        values = session.run(made)
        assert type(values) is type(made)
        assert [value.shape for value in values] == [session.run(tensor).shape for tensor in made]


def test_the_names_are_those_of_the_outputs() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.unique_with_counts([5, 7, 7]))._asdict().keys() == {"y", "idx", "count"}
        assert session.run(tf.unique_with_counts([5, 7, 7]).count).tolist() == [1, 2]
        assert session.run(tf.nn.top_k([1.0, 9.0, 5.0], 2).indices).tolist() == [1, 2]
        assert session.run(tf.setdiff1d([4, 5, 6], [5]).idx).tolist() == [0, 2]
