"""Datasets: where elements come from, and what transformations make of them."""

from __future__ import annotations

import collections
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.summary.event_file import record

Dataset = tf.data.Dataset


@pytest.fixture(autouse=True)
def graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


def elements(dataset: Any, most: int = 50) -> list[Any]:
    """The elements that a one-shot iterator gives; arrays as lists."""
    element = dataset.make_one_shot_iterator().get_next()
    found = []
    with tf.Session() as session:
        try:
            while len(found) < most:
                found.append(plain(session.run(element)))
        except tf.errors.OutOfRangeError as error:
            assert error.message.startswith("End of sequence")
    return found


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def test_slices_of_a_nest() -> None:
    dataset = Dataset.from_tensor_slices(([[1, 2], [3, 4]], {"b": ["x", "y"], "a": np.array([0.5, 1.5])}))
    assert elements(dataset) == [([1, 2], {"b": b"x", "a": 0.5}), ([3, 4], {"b": b"y", "a": 1.5})]
    assert dataset.output_types == (tf.int32, {"b": tf.string, "a": tf.float64})
    assert dataset.output_shapes[0].as_list() == [2]
    assert dataset.output_classes == (tf.Tensor, {"b": tf.Tensor, "a": tf.Tensor})


def test_named_tuples_stay_named() -> None:
    pair = collections.namedtuple("pair", "x y")
    element = Dataset.from_tensors(pair(1, 2.0)).make_one_shot_iterator().get_next()
    assert type(element) is pair
    mapped = Dataset.from_tensors(pair(1, 2.0)).map(lambda each: each.x)
    assert elements(mapped) == [1]


def test_names_of_nodes_are_those_of_v1() -> None:
    """Recorded from TensorFlow 2.21."""
    dataset = Dataset.from_tensor_slices(np.zeros([4, 2])).map(lambda x: x + 1)
    dataset = dataset.shuffle(4).repeat(2).batch(2).prefetch(1)
    element = dataset.make_initializable_iterator().get_next()
    assert element.name == "IteratorGetNext:0"
    names = [op.name for op in tf.get_default_graph().get_operations() if "MapDataset/" not in op.name]
    assert names == [
        "normalize_element/component_0", "TensorSliceDataset", "MapDataset", "buffer_size", "seed", "seed2",
        "ShuffleDataset", "count", "RepeatDataset", "batch_size", "drop_remainder", "BatchDatasetV2",
        "buffer_size_1", "PrefetchDataset", "IteratorV2", "MakeIterator", "IteratorToStringHandle",
        "IteratorGetNext",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: Dataset.range(3), [0, 1, 2]),
        (lambda: Dataset.range(5, 0, -2), [5, 3, 1]),
        (lambda: Dataset.range(4).filter(lambda x: x % 2 > 0), [1, 3]),
        (lambda: Dataset.range(5).batch(2), [[0, 1], [2, 3], [4]]),
        (lambda: Dataset.range(5).batch(2, drop_remainder=True), [[0, 1], [2, 3]]),
        (lambda: Dataset.range(2).repeat(2), [0, 1, 0, 1]),
        (lambda: Dataset.range(0).repeat(), []),
        (lambda: Dataset.range(4).take(2).concatenate(Dataset.range(4).skip(3)), [0, 1, 3]),
        (lambda: Dataset.range(5).shard(2, 1), [1, 3]),
        (lambda: Dataset.range(4).batch(2).unbatch(), [0, 1, 2, 3]),
        (lambda: Dataset.range(2).cache().repeat(2), [0, 1, 0, 1]),
        (lambda: Dataset.zip((Dataset.range(2), Dataset.range(5))), [(0, 0), (1, 1)]),
        (lambda: Dataset.from_tensor_slices([1.5, 2.5]).enumerate(3), [(3, 1.5), (4, 2.5)]),
        (lambda: Dataset.range(3).flat_map(lambda x: Dataset.range(x)), [0, 0, 1]),
        (
            lambda: Dataset.range(3).interleave(lambda x: Dataset.from_tensors(x).repeat(3), 2, 2),
            [0, 0, 1, 1, 0, 1, 2, 2, 2],
        ),
        (lambda: Dataset.range(2).map(lambda x: [x, x + 1]), [(0, 1), (1, 2)]),
        (lambda: Dataset.range(2).map(lambda x: {"x": x, "y": (x, 5)}), [
            {"x": 0, "y": (0, 5)}, {"x": 1, "y": (1, 5)},
        ]),
        (lambda: Dataset.range(2).map(tf.as_string).padded_batch(2, []), [[b"0", b"1"]]),
        (lambda: Dataset.range(2).map(lambda x: tf.fill([x + 1], x)).padded_batch(2, [3], np.int64(-1)), [
            [[0, -1, -1], [1, 1, -1]],
        ]),
        (lambda: Dataset.range(5).window(2, 2, drop_remainder=True).flat_map(lambda w: w.batch(2)), [
            [0, 1], [2, 3],
        ]),
        (lambda: Dataset.range(6).apply(tf.data.experimental.map_and_batch(lambda x: -x, 3)), [
            [0, -1, -2], [-3, -4, -5],
        ]),
    ],
)  # fmt: skip
def test_transformations(make: Any, expected: Any) -> None:
    assert elements(make()) == expected


ROWS = {
    "take": lambda d: d.take(5),
    "skip": lambda d: d.skip(3),
    "repeat": lambda d: d.repeat(3),
    "both": lambda d: d.skip(1).repeat(2).take(9).skip(2),
    "nothing": lambda d: d.take(0).repeat(),
}


@pytest.mark.parametrize("size", [1, 3, 4, 7, 50])
@pytest.mark.parametrize("kind", ROWS)
def test_batches_of_rows_are_those_of_elements(kind: str, size: int) -> None:
    """Batches of rows are taken at once; a mapped dataset has no rows, only elements."""
    data = np.arange(8)
    rows = ROWS[kind](Dataset.from_tensor_slices(data)).batch(size)
    others = ROWS[kind](Dataset.from_tensor_slices(data).map(lambda x: x)).batch(size)
    assert elements(rows) == elements(others)


@pytest.mark.parametrize("buffer", [1, 3, 10, 30])
@pytest.mark.parametrize("mapped", [False, True])
def test_shuffling(buffer: int, mapped: bool) -> None:
    def make(seed: int, **options: Any) -> Any:
        dataset = Dataset.from_tensor_slices(np.arange(20))
        if mapped:
            dataset = dataset.map(lambda x: x)
        return dataset.shuffle(buffer, seed=seed, **options)

    found = elements(make(1))
    assert sorted(found) == list(range(20))
    assert all(number <= place + buffer for place, number in enumerate(found))
    assert (found == list(range(20))) == (buffer == 1)
    assert elements(make(1)) == found
    if buffer > 1:
        assert elements(make(2)) != found
        twice = elements(make(1).repeat(2))
        assert twice[:20] != twice[20:]
        assert sorted(twice[20:]) == list(range(20))
        same = elements(make(1, reshuffle_each_iteration=False).repeat(2))
        assert same[:20] == same[20:]


def test_all_orders_are_equally_likely() -> None:
    dataset = Dataset.from_tensor_slices([0, 1, 2]).map(lambda x: x).shuffle(3, seed=1).repeat(120)
    found = elements(dataset, 360)
    counts = collections.Counter(tuple(found[at : at + 3]) for at in range(0, 360, 3))
    assert len(counts) == 6
    assert min(counts.values()) > 8


def test_static_shapes() -> None:
    dataset = Dataset.from_tensor_slices(np.zeros([4, 2]))
    assert dataset.batch(2).output_shapes.as_list() == [None, 2]
    assert dataset.batch(2, drop_remainder=True).output_shapes.as_list() == [2, 2]
    assert dataset.map(lambda x: tf.reshape(x, [-1])[:1]).output_shapes.as_list() == [1]


def test_a_function_is_traced_once_and_captures() -> None:
    calls = []
    scale = tf.placeholder(tf.int64, [])

    def function(x: Any) -> Any:
        calls.append(x)
        return x * scale

    iterator = Dataset.range(3).map(function).make_initializable_iterator()
    element = iterator.get_next()
    with tf.Session() as session:
        session.run(iterator.initializer, {scale: 10})
        assert [session.run(element) for _ in range(3)] == [0, 10, 20]
        session.run(iterator.initializer, {scale: 2})
        assert session.run(element, {scale: 99}) == 0
        assert session.run(element) == 2
    assert len(calls) == 1


def test_elements_do_not_share_memory_with_variables_or_feeds() -> None:
    fed = tf.placeholder(tf.float32, [2])
    v = tf.get_variable("v", initializer=[1.0, 2.0])
    iterator = (
        Dataset.from_tensors((fed, v)).repeat().map(lambda x, y: (x, y, v)).make_initializable_iterator()
    )
    element = iterator.get_next()
    value = np.array([5.0, 6.0], np.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(iterator.initializer, {fed: value})
        value[:] = 0
        first = session.run(element)
        session.run(tf.assign(v, [7.0, 7.0]))
        assert plain(first) == ([5, 6], [1, 2], [1, 2])
        assert plain(session.run(element))[:2] == ([5, 6], [1, 2])


def test_generator_with_arguments_and_shapes() -> None:
    def count(stop: Any) -> Iterator[Any]:
        for number in range(stop):
            yield {"n": number, "text": "x" * number}

    dataset = Dataset.from_generator(count, {"n": tf.int32, "text": tf.string}, {"n": [], "text": []}, [3])
    assert elements(dataset.batch(2)) == [{"n": [0, 1], "text": [b"", b"x"]}, {"n": [2], "text": [b"xx"]}]


@pytest.mark.parametrize(
    ("yields", "types", "shapes", "message"),
    [
        (["a"], tf.int32, None, "did not match the expected structure"),
        ([[1, 2, 3]], tf.int32, [2], "of shape (3,) where an element of shape (2,) was expected"),
        ([(1, 2, 3)], (tf.int32, tf.int32), None, "did not match the expected structure"),
    ],
)
def test_what_a_generator_must_not_yield(yields: Any, types: Any, shapes: Any, message: str) -> None:
    element = Dataset.from_generator(lambda: iter(yields), types, shapes).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match="TypeError: ") as caught:
            session.run(element)
        assert message in caught.value.message
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(element)


def test_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo\nlast")
    (tmp_path / "b.txt").write_bytes(b"")
    with gzip.open(tmp_path / "c.gz", "wb") as file:
        file.write(b"packed\n")
    (tmp_path / "r").write_bytes(record(b"first") + record(b"second"))
    (tmp_path / "f").write_bytes(b"HHabcdefT")
    names = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert elements(tf.data.TextLineDataset(names)) == [b"one", b"two", b"last"]
    assert elements(tf.data.TextLineDataset(Dataset.from_tensor_slices(names[:1]))) == [
        b"one",
        b"two",
        b"last",
    ]
    assert elements(tf.data.TextLineDataset(str(tmp_path / "c.gz"), "GZIP")) == [b"packed"]
    assert elements(tf.data.TFRecordDataset(str(tmp_path / "r"))) == [b"first", b"second"]
    fixed = tf.data.FixedLengthRecordDataset(str(tmp_path / "f"), 3, 2, 1)
    assert elements(fixed) == [b"abc", b"def"]
    listed = Dataset.list_files(str(tmp_path / "*.txt"), shuffle=False)
    assert elements(listed) == [each.encode() for each in names]
    lines = listed.flat_map(tf.data.TextLineDataset)
    assert elements(lines) == [b"one", b"two", b"last"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (record(b"first")[:-1], tf.errors.DataLossError),
        (b"x" * 20, tf.errors.DataLossError),
        (None, tf.errors.NotFoundError),
    ],
)
def test_files_that_are_wrong(tmp_path: Path, content: Any, error: Any) -> None:
    if content is not None:
        (tmp_path / "r").write_bytes(content)
    element = tf.data.TFRecordDataset(str(tmp_path / "r")).make_one_shot_iterator().get_next()
    with tf.Session() as session, pytest.raises(error):
        session.run(element)


def test_reduce() -> None:
    total = Dataset.range(5).reduce(
        (0, tf.constant(1.0)), lambda s, x: (s[0] + tf.cast(x, tf.int32), s[1] * 2.0)
    )
    with tf.Session() as session:
        assert plain(session.run(total)) == (10, 32.0)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dataset.from_tensor_slices(1.0), ValueError, "rank >= 1"),
        (lambda: Dataset.from_tensor_slices(([1, 2], [3])), ValueError, "2 and 1 are not compatible"),
        (lambda: Dataset.range(3).filter(lambda x: x), ValueError, "Invalid `predicate`"),
        (lambda: Dataset.range(3).flat_map(lambda x: x), TypeError, "must return a `Dataset` object"),
        (lambda: Dataset.zip([Dataset.range(2)]), TypeError, "Python `list` is not supported"),
        (lambda: Dataset.range(2).concatenate(Dataset.from_tensors(1.0)), TypeError, "Incompatible dataset"),
        (lambda: Dataset.range(2).map(3), ValueError, "must be a callable"),
        (lambda: Dataset.range(2).map(lambda x: None), ValueError, "returns no tensors"),
        (lambda: Dataset.range(2).unbatch(), ValueError, "Cannot unbatch an input with scalar components."),
        (lambda: Dataset.range(2).cache("file"), ValueError, "keeps elements in memory"),
        (lambda: Dataset.range(2).padded_batch(2, [3]), ValueError, "not compatible"),
        (lambda: iter(Dataset.range(2)), RuntimeError, "only supports Python-style iteration in eager mode"),
        (lambda: Dataset.range(2).reduce(0.0, lambda s, x: x), TypeError, "must match the initial state"),
        (lambda: Dataset.range(2).apply(lambda d: 3), TypeError, "must return a `tf.data.Dataset`"),
    ],
)  # fmt: skip
def test_what_is_refused(make: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Dataset.range(3).batch(0), "Batch size must be greater than zero."),
        (lambda: Dataset.range(3).shard(2, 2), r"Index must be between 0 and 1 \(currently index = 2\)."),
        (lambda: Dataset.range(3).shuffle(0), "buffer_size must be greater than zero"),
        (lambda: Dataset.range(1, 3).map(lambda x: tf.fill([x], x)).batch(2), "Cannot batch tensors with"),
    ],
)  # fmt: skip
def test_what_a_run_refuses(make: Any, message: str) -> None:
    element = make().make_one_shot_iterator().get_next()
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        session.run(element)


def test_an_element_that_fails_is_lost_and_the_next_one_follows() -> None:
    dataset = Dataset.from_tensor_slices([1.0, 0.0, 2.0]).map(lambda x: tf.check_numerics(1 / x, "bad"))
    element = dataset.make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run(element) == 1.0
        with pytest.raises(tf.errors.InvalidArgumentError, match="bad : Tensor had Inf values"):
            session.run(element)
        assert session.run(element) == 0.5
    assert elements(dataset.apply(tf.data.experimental.ignore_errors())) == [1.0, 0.5]
