"""Groups of elements of one key, as TensorFlow 2.21 gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import scopetrie as tf

Dataset, experimental = tf.data.Dataset, tf.data.experimental


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def elements(dataset: Any) -> list[Any]:
    iterator = dataset.make_initializable_iterator()
    following, found = iterator.get_next(), []
    with tf.Session() as session:
        session.run([tf.tables_initializer(), iterator.initializer])
        while True:
            try:
                found.append(session.run(following))
            except tf.errors.OutOfRangeError:
                return found


def test_groups_are_full_or_at_the_end() -> None:
    """Full ones come at once; the rest by their keys."""
    parity = experimental.group_by_window(lambda x: (x + 1) % 3, lambda key, group: group.batch(2), 2)
    found = elements(Dataset.range(8).apply(parity))
    assert [each.tolist() for each in found] == [[0, 3], [1, 4], [2, 5], [6], [7]]
    with pytest.raises(ValueError, match=r"must return a single `tf\.int64` scalar"):
        Dataset.range(3).apply(
            experimental.group_by_window(lambda x: tf.cast(x, tf.int32), lambda key, group: group, 2)
        )
    with pytest.raises(TypeError, match="`reduce_func` must return a `Dataset`"):
        Dataset.range(3).apply(experimental.group_by_window(lambda x: x, lambda key, group: key, 2))
    with pytest.raises(ValueError, match="must be specified"):
        experimental.group_by_window(lambda x: x, lambda key, group: group)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Window size must be greater than zero"):
        elements(Dataset.range(3).apply(experimental.group_by_window(lambda x: x, lambda k, g: g, 0)))


def test_the_key_and_what_is_outside_are_seen() -> None:
    outside = tf.constant(10, tf.int64)
    sums = experimental.group_by_window(
        lambda x, y: x % 2 + 0 * outside,
        lambda key, group: group.map(lambda x, y: x + y + outside * key),
        window_size_func=lambda key: key + 1,
    )
    found = elements(Dataset.range(4).map(lambda x: (x, 2 * x)).apply(sums))
    assert [int(each) for each in found] == [0, 6, 13, 19]


def test_buckets_of_about_one_length() -> None:
    lengths = Dataset.from_tensor_slices([1, 5, 2, 6, 9, 1])
    rows = lengths.map(lambda n: (tf.fill([n], n), n))
    buckets = tf.contrib.data.bucket_by_sequence_length(
        lambda row, n: tf.size(row), [3, 8], [2, 2, 1], padding_values=(-1, 0)
    )
    found = elements(rows.apply(buckets))
    assert [each[0].tolist() for each in found] == [
        [[1, -1], [2, 2]], [[5, 5, 5, 5, 5, -1], [6] * 6], [[9] * 9], [[1]],
    ]  # fmt: skip
    assert [each[1].tolist() for each in found] == [[1, 2], [5, 6], [9], [1]]
    with pytest.raises(ValueError, match="must equal"):
        experimental.bucket_by_sequence_length(tf.size, [3], [2])
    with pytest.raises(NotImplementedError, match="pad_to_bucket_boundary"):
        experimental.bucket_by_sequence_length(tf.size, [3], [2, 2], pad_to_bucket_boundary=True)


def test_names_that_programs_look_up() -> None:
    """Faces of contrib, and inner attributes."""
    assert tf.contrib.data.map_and_batch is experimental.map_and_batch
    assert tf.contrib.framework.list_variables is tf.train.list_variables
    assert tf.contrib.framework.nest.flatten is tf.nest.flatten and tf.contrib.learn.ModeKeys.INFER == "infer"
    with tf.variable_scope("outer", reuse=tf.AUTO_REUSE) as scope:
        assert scope._name == "outer" and scope._reuse is scope.reuse
