"""Tables of a vocabulary: from words to their numbers, and back."""

from __future__ import annotations

from typing import Any, Final

from ..dtypes import DTypeLike, as_dtype, int64, string
from ..ops.array.shape import size
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.cast import cast
from ..ops.math.sequence import range_
from ..public import v1
from ..scopes import name_scope
from .initializers import KeyValueTensorInitializer, TextFileInitializer
from .nodes import LINE_NUMBER, WHOLE_LINE
from .tables import IdTableWithHashBuckets, StaticHashTable

__all__ = [
    "FastHashSpec",
    "StrongHashSpec",
    "index_table_from_file",
    "index_table_from_tensor",
    "index_to_string_table_from_file",
    "index_to_string_table_from_tensor",
]

# How `index_table_from_*` hash the keys that a table does not have.
FastHashSpec: Final = None


@v1("contrib.lookup.StrongHashSpec")
class StrongHashSpec(tuple[int, ...]):
    """A hash with a key of two numbers.

    Args:
        key: The two numbers.
    """


def _ids(rows: Any, default_value: Any, buckets: int, hasher_spec: Any, key_dtype: Any) -> Any:
    table = StaticHashTable(rows, default_value, name="hash_table")
    if not buckets:
        return table
    return IdTableWithHashBuckets(table, buckets, hasher_spec, key_dtype=key_dtype)


@v1("contrib.lookup.index_table_from_file")
def index_table_from_file(
    vocabulary_file: Any = None, num_oov_buckets: int = 0, vocab_size: int | None = None,
    default_value: int = -1, hasher_spec: Any = None, key_dtype: DTypeLike = string, name: str | None = None,
    key_column_index: int = WHOLE_LINE, value_column_index: int = LINE_NUMBER, delimiter: str = "\t",
) -> Any:  # fmt: skip
    r"""A table from the words of a file to the numbers of their lines.

    Args:
        vocabulary_file: The path of the file, a string or a tensor.
        num_oov_buckets: How many more numbers there are, of words that the file does not have.
        vocab_size: How many lines count; all by default.
        default_value: The number of other words, if there are no such buckets.
        hasher_spec: How such words are hashed: None, or a `StrongHashSpec`.
        key_dtype: The dtype of the words: string, or an integer.
        name: The operations' scope.
        key_column_index: The number of the column that is the word, or one of `TextFileIndex`.
        value_column_index: The number of the column that is the number, or one of `TextFileIndex`.
        delimiter: What stands between columns.

    Returns:
        The table.

    Raises:
        ValueError: If there is no path, or a count is below 0.

    >>> import scopetrie as tf
    >>> with open("words.txt", "w") as file:
    ...     _ = file.write("the\ncat\n")
    >>> table = tf.contrib.lookup.index_table_from_file("words.txt", num_oov_buckets=1)
    >>> words = tf.string_split(["the cat sat"]).values
    >>> with tf.Session() as session:
    ...     session.run(tf.tables_initializer())
    ...     print(session.run(table.lookup(words)))
    [0 1 2]
    """
    if vocabulary_file is None or (isinstance(vocabulary_file, (str, bytes)) and not vocabulary_file):
        raise ValueError("`vocabulary_file` must be specified and must not be empty.")
    if num_oov_buckets < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, received: {num_oov_buckets}.")
    kind = as_dtype(key_dtype)
    if kind is not string and not kind.is_integer:
        raise TypeError(f"Dtype for `keys` should be either integer or string, received: {kind}.")
    with name_scope(name, "string_to_index"), name_scope("hash_table"):
        rows = TextFileInitializer(
            vocabulary_file, int64 if kind.is_integer else kind, key_column_index, int64, value_column_index,
            vocab_size, delimiter, name="table_init",
        )  # fmt: skip
        return _ids(rows, default_value, num_oov_buckets, hasher_spec, kind)


@v1("contrib.lookup.index_table_from_tensor")
def index_table_from_tensor(
    vocabulary_list: Any = None, num_oov_buckets: int = 0, default_value: int = -1, hasher_spec: Any = None,
    dtype: DTypeLike = string, name: str | None = None, mapping: Any = None,
) -> Any:  # fmt: skip
    """A table from the words of a vector to their places.

    Args:
        vocabulary_list: The words.
        num_oov_buckets: How many more numbers there are, of other words.
        default_value: The number of other words, if there are no such buckets.
        hasher_spec: How such words are hashed: None, or a `StrongHashSpec`.
        dtype: The dtype of the words: string, or an integer.
        name: The operations' scope.
        mapping: The words, under contrib's name.

    Returns:
        The table.

    Raises:
        ValueError: If there are no words, or a count is below 0.
    """
    given = mapping if vocabulary_list is None else vocabulary_list
    if given is None:
        raise ValueError("`vocabulary_list` must be specified.")
    if num_oov_buckets < 0:
        raise ValueError(f"`num_oov_buckets` must be greater or equal than 0, received: {num_oov_buckets}.")
    with name_scope(name, "string_to_index"):
        words = convert_to_tensor(given)
        kind = as_dtype(dtype)
        if words.dtype.is_integer != kind.is_integer:
            wanted = "integer" if words.dtype.is_integer else "non-integer"
            raise ValueError(f"Invalid `dtype`: Expected {wanted}, got {kind}.")
        numbers = cast(range_(size(words)), int64)
        with name_scope("hash_table"):
            keys = cast(words, int64) if words.dtype.is_integer else words
            rows = KeyValueTensorInitializer(keys, numbers, name="table_init")
            return _ids(rows, default_value, num_oov_buckets, hasher_spec, kind)


@v1("contrib.lookup.index_to_string_table_from_file")
def index_to_string_table_from_file(
    vocabulary_file: Any, vocab_size: int | None = None, default_value: str = "UNK", name: str | None = None,
    key_column_index: int = LINE_NUMBER, value_column_index: int = WHOLE_LINE, delimiter: str = "\t",
) -> StaticHashTable:  # fmt: skip
    """A table from the numbers of lines of a file to the words that stand there.

    Args:
        vocabulary_file: The path of the file, a string or a tensor.
        vocab_size: How many lines count; all by default.
        default_value: The word of other numbers.
        name: The operations' scope.
        key_column_index: The number of the column that is the number, or one of `TextFileIndex`.
        value_column_index: The number of the column that is the word, or one of `TextFileIndex`.
        delimiter: What stands between columns.

    Returns:
        The table.

    Raises:
        ValueError: If there is no path.
    """
    if vocabulary_file is None or (isinstance(vocabulary_file, (str, bytes)) and not vocabulary_file):
        raise ValueError("`vocabulary_file` must be specified and must not be empty.")
    with name_scope(name, "index_to_string"):
        rows = TextFileInitializer(
            vocabulary_file, int64, key_column_index, string, value_column_index, vocab_size, delimiter,
            name="table_init",
        )  # fmt: skip
        return StaticHashTable(rows, default_value, name="hash_table")


@v1("contrib.lookup.index_to_string_table_from_tensor")
def index_to_string_table_from_tensor(
    vocabulary_list: Any = None, default_value: str = "UNK", name: str | None = None, mapping: Any = None
) -> StaticHashTable:
    """A table from places in a vector to the words that stand there.

    Args:
        vocabulary_list: The words.
        default_value: The word of other numbers.
        name: The operations' scope.
        mapping: The words, under contrib's name.

    Returns:
        The table.

    Raises:
        ValueError: If there are no words.
    """
    given = mapping if vocabulary_list is None else vocabulary_list
    if given is None:
        raise ValueError("`vocabulary_list` argument must be specified.")
    with name_scope(name, "index_to_string"):
        words = convert_to_tensor(given, string)
        rows = KeyValueTensorInitializer(cast(range_(size(words)), int64), words, name="table_init")
        return StaticHashTable(rows, default_value, name="hash_table")
