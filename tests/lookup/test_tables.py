"""Tables and split strings: values and messages as TensorFlow 2.21 gives them in its v1 mode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf

lookup = tf.contrib.lookup


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def words(tmp_path: Path) -> str:
    path = tmp_path / "words.txt"
    path.write_text("a\nb\nc\n")
    return str(path)


def run(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        session.run(tf.tables_initializer())
        return session.run(fetches, feeds)


def test_words_of_a_file(words: str) -> None:
    table = lookup.index_table_from_file(words, default_value=-1)
    more = lookup.index_table_from_file(words, num_oov_buckets=2)
    back = lookup.index_to_string_table_from_file(words)
    found = [
        table.lookup(tf.constant(["a", "z"])),
        more.lookup(tf.constant(["a", "z", "q"])),
        back.lookup(tf.constant([[0, 7]], tf.int64)),
        table.lookup(tf.SparseTensor([[0, 0]], ["b"], [1, 1])),
        table.size(), more.size(),
    ]  # fmt: skip
    made = run(found)
    assert made[0].tolist() == [0, -1] and made[1].tolist() == [0, 4, 4]  # the buckets are TensorFlow's
    assert made[2].tolist() == [[b"a", b"UNK"]] and made[3].values.tolist() == [1] and made[4:] == [3, 5]
    assert found[0].name == "hash_table_Lookup/LookupTableFindV2:0"
    assert table.initializer.name == "string_to_index/hash_table/table_init/InitializeTableFromTextFileV2"
    assert [each.op.type for each in tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)] == ["Const"] * 3


def test_columns_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "counts.txt"
    path.write_text("3,three\n5,five\n")
    rows = tf.lookup.TextFileInitializer(str(path), tf.int64, 0, tf.string, 1, delimiter=",")
    table = tf.lookup.StaticHashTable(rows, "?")
    assert run(table.lookup(tf.constant([5, 4], tf.int64))).tolist() == [b"five", b"?"]


def test_words_of_a_tensor() -> None:
    table = lookup.index_table_from_tensor(tf.constant(["p", "q"]))
    back = lookup.index_to_string_table_from_tensor(["p", "q"], default_value="?")
    numbers = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer([1, 2], [3.0, 4.0]), -1.0)
    vocabulary = tf.lookup.StaticVocabularyTable(
        tf.lookup.KeyValueTensorInitializer(["a"], tf.constant([0], tf.int64)), 3
    )
    made = run(
        [table.lookup(tf.constant(["q", "x"])), back.lookup(tf.constant([1, 2], tf.int64)),
         numbers.lookup(tf.constant([[1], [9]])), vocabulary.lookup(tf.constant(["a", "bb"]))]
    )  # fmt: skip
    assert [each.tolist() for each in made] == [[1, -1], [b"q", b"?"], [[3.0], [-1.0]], [0, 3]]


def test_each_session_has_its_own_rows() -> None:
    table = lookup.MutableHashTable(tf.string, tf.float32, [0.0, 0.0])
    key, value = tf.placeholder(tf.string, [None]), tf.placeholder(tf.float32, [None, 2])
    insert, found, remove = table.insert(key, value), table.lookup(key), table.remove(["a"])
    with tf.Session() as session, tf.Session() as other:
        session.run(insert, {key: ["a", "b"], value: [[1, 2], [3, 4]]})
        assert session.run(found, {key: ["b", "x"]}).tolist() == [[3, 4], [0, 0]]
        assert session.run(table.size()) == 2 and other.run(table.size()) == 0
        session.run(remove)
        keys, values = session.run(table.export())
        assert keys.tolist() == [b"b"] and values.tolist() == [[3, 4]]


def test_sentences_of_a_file_in_batches(words: str, tmp_path: Path) -> None:
    """As programs of translation read them: split, looked up, filled up to one length."""
    path = tmp_path / "lines.txt"
    path.write_text("a b\nc\nb x a\n")
    table = lookup.index_table_from_file(words, default_value=0)
    end = tf.cast(table.lookup(tf.constant("c")), tf.int32)
    lines = tf.data.TextLineDataset(str(path)).map(lambda line: tf.string_split([line]).values)
    lines = lines.filter(lambda line: tf.size(line) > 1)
    lines = lines.map(lambda line: tf.cast(table.lookup(line), tf.int32))
    pairs = lines.map(lambda line: (tf.concat([line, [end]], 0), tf.size(line)))
    batches = pairs.padded_batch(2, (tf.TensorShape([None]), tf.TensorShape([])), padding_values=(end, 0))
    iterator = batches.make_initializable_iterator()
    tf.add_to_collection(tf.GraphKeys.TABLE_INITIALIZERS, iterator.initializer)
    following = iterator.get_next()
    with tf.Session() as session:
        session.run(tf.tables_initializer())
        found, lengths = session.run(following)
    assert found.tolist() == [[0, 1, 2, 2], [1, 0, 0, 2]] and lengths.tolist() == [2, 3]


def test_errors(words: str) -> None:
    table = lookup.index_table_from_file(words)
    with (
        tf.Session() as session,
        pytest.raises(tf.errors.FailedPreconditionError, match="Table not initialized"),
    ):
        session.run(table.lookup(tf.constant(["a"])))
    with pytest.raises(TypeError, match=r"Dtype of argument `keys` must be .*string.*, received: .*int32"):
        table.lookup(tf.constant([1]))
    with pytest.raises(ValueError, match="`vocabulary_file` must be specified and must not be empty"):
        lookup.index_table_from_file("")
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 2 and 1"):
        tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1]), 0)
    twice = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "a"], [1, 2]), 0)
    missing = lookup.index_table_from_file("/no/such/file")
    with tf.Session() as session:
        with pytest.raises(
            tf.errors.FailedPreconditionError,
            match=r"HashTable has different value for same key\. Key a has 1 and trying to add value 2",
        ):
            session.run(twice.initializer)
        with pytest.raises(tf.errors.NotFoundError, match="/no/such/file; No such file or directory"):
            session.run(missing.initializer)


@pytest.mark.parametrize(
    ("make", "indices", "values", "dims"),
    [
        (
            lambda: tf.string_split(["a b  c", "", "d"], " "),
            [[0, 0], [0, 1], [0, 2], [2, 0]], "a b c d", [3, 3],
        ),
        (
            lambda: tf.string_split(["a b  c", "", "d"], " ", skip_empty=False),
            [[0, 0], [0, 1], [0, 2], [0, 3], [2, 0]], "a b _ c d", [3, 4],
        ),
        (lambda: tf.string_split(["a-b.c"], delimiter="-."), [[0, 0], [0, 1], [0, 2]], "a b c", [1, 3]),
        (lambda: tf.string_split(["abc"], ""), [[0, 0], [0, 1], [0, 2]], "a b c", [1, 3]),
        (lambda: tf.strings.split([" a  b ", "c"]), [[0, 0], [0, 1], [1, 0]], "a b c", [2, 2]),
        (
            lambda: tf.strings.split(["a,,b", "c"], ","),
            [[0, 0], [0, 1], [0, 2], [1, 0]], "a _ b c", [2, 3],
        ),
        (lambda: tf.strings.split(["a b-c"], maxsplit=1), [[0, 0], [0, 1]], "a b-c", [1, 2]),
    ],
)  # fmt: skip
def test_split_strings(make: Any, indices: list[list[int]], values: str, dims: list[int]) -> None:
    found = run(make())
    assert found.indices.tolist() == indices and found.dense_shape.tolist() == dims
    assert [each.decode() or "_" for each in found.values] == values.split()


def test_splitting_needs_a_vector() -> None:
    with pytest.raises(ValueError, match="Shape must be rank 1 but is rank 0"):
        tf.string_split("a b")
    with pytest.raises(ValueError, match="there are no ragged tensors"):
        tf.string_split(["a b"], result_type="RaggedTensor")


def test_inner_modules(words: str) -> None:
    with tf.as_tensorflow():
        from tensorflow.python.ops import lookup_ops

        assert lookup_ops.index_table_from_file is lookup.index_table_from_file
        assert lookup_ops.HashTable is tf.lookup.StaticHashTable
