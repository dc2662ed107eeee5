"""Tables from keys to values."""

from __future__ import annotations

from typing import Any

from ..dtypes import DType, DTypeLike, as_dtype, int64, string
from ..graph import Operation, Tensor
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import not_equal, where
from ..ops.sparse_tensor import SparseTensor
from ..ops.strings.buckets import to_hash_bucket_fast, to_hash_bucket_strong
from ..ops.strings.numbers import as_string
from ..public import v1, whole
from ..scopes import name_scope
from . import nodes

__all__ = ["IdTableWithHashBuckets", "MutableHashTable", "StaticHashTable", "StaticVocabularyTable"]


class _Table:
    """What tables share: a handle, dtypes, and how keys are looked up."""

    def __init__(self, handle: Tensor, key_dtype: DType, value_dtype: DType) -> None:
        self._handle, self._key_dtype, self._value_dtype = handle, key_dtype, value_dtype
        self._name = handle.op.name.rpartition("/")[2]

    @property
    def resource_handle(self) -> Tensor:
        """The tensor of the table."""
        return self._handle

    @property
    def key_dtype(self) -> DType:
        """The dtype of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The dtype of the values."""
        return self._value_dtype

    @property
    def name(self) -> str:
        """The name of the table."""
        return self._name

    def _keys(self, keys: Any) -> Tensor:
        given = convert_to_tensor(keys, None if isinstance(keys, Tensor) else self._key_dtype, name="keys")
        if given.dtype.base_dtype is not self._key_dtype:
            raise TypeError(f"Dtype of argument `keys` must be {self._key_dtype}, received: {given.dtype}")
        return given

    def _found(self, keys: Any, default: Any, name: str) -> Any:
        if isinstance(keys, SparseTensor):
            return SparseTensor(keys.indices, self._found(keys.values, default, name), keys.dense_shape)
        given = self._keys(keys)
        return nodes.find(
            self._handle, given, default, dtype=self._value_dtype, dims=self._default_dims(default),
            name=name,
        )  # fmt: skip

    def _default_dims(self, default: Tensor) -> tuple[int | None, ...]:
        """The static shape of each value."""
        return tuple(default.shape.as_list())

    @whole
    def size(self, name: str | None = None) -> Tensor:
        """How many rows there are.

        Args:
            name: The operation's scope.

        Returns:
            An int64 scalar.
        """
        with name_scope(name, f"{self._name}_Size", [self._handle]):
            made: Tensor = nodes.size(self._handle)
            return made


@v1("lookup.StaticHashTable", "contrib.lookup.HashTable")
class StaticHashTable(_Table):
    """A table that is filled once.

    `tf.tables_initializer()` fills all tables of a graph; each session has its own rows.

    Args:
        initializer: What it is filled with.
        default_value: The value of keys that it does not have.
        shared_name: Tables of one shared name have the same rows.
        name: The operation's name.

    >>> import scopetrie as tf
    >>> rows = tf.lookup.KeyValueTensorInitializer(["red", "blue"], [1, 2])
    >>> table = tf.lookup.StaticHashTable(rows, default_value=-1)
    >>> found = table.lookup(tf.constant([["blue", "green"]]))
    >>> with tf.Session() as session:
    ...     session.run(tf.tables_initializer())
    ...     print(session.run(found))
    [[ 2 -1]]
    """

    @whole
    def __init__(
        self, initializer: Any, default_value: Any, shared_name: str | None = None, name: str | None = None
    ) -> None:
        kind = initializer.value_dtype
        self._default = convert_to_tensor(default_value, kind)
        self._default.shape.assert_is_compatible_with([])
        handle = nodes.hash_table(
            shared_name=shared_name or "", key_dtype=initializer.key_dtype, value_dtype=kind,
            name=name or "hash_table",
        )  # fmt: skip
        super().__init__(handle, initializer.key_dtype, kind)
        self._fill: Operation = initializer.initialize(self)

    def _default_dims(self, default: Tensor) -> tuple[int | None, ...]:
        return ()

    @property
    def default_value(self) -> Tensor:
        """The value of keys that it does not have."""
        return self._default

    @property
    def initializer(self) -> Operation:
        """The operation that fills it."""
        return self._fill

    @property
    def init(self) -> Operation:
        """The operation that fills it, under its older name."""
        return self._fill

    @whole
    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Looks keys up.

        Args:
            keys: A tensor of keys, or a SparseTensor of them.
            name: The operations' scope.

        Returns:
            Their values, in the same shape.

        Raises:
            TypeError: If the keys are of another dtype.
        """
        with name_scope(name, f"{self._name}_Lookup", [self._handle]):
            return self._found(keys, self._default, "LookupTableFindV2")


class IdTableWithHashBuckets:
    """A table of ids that gives keys it does not have one of some more ids, by their hashes.

    Args:
        table: The table, or None.
        num_oov_buckets: How many more ids there are.
        hasher_spec: How keys are hashed: None, or what `strong_hash` says.
        name: The name of scopes.
        key_dtype: The dtype of the keys; the table's by default.

    Raises:
        ValueError: If there is no table and no bucket.
    """

    def __init__(
        self, table: Any, num_oov_buckets: int, hasher_spec: Any = None, name: str | None = None,
        key_dtype: DTypeLike = None,
    ) -> None:  # fmt: skip
        if table is None and num_oov_buckets <= 0:
            raise ValueError("If table is None, oov_buckets must be > 0.")
        self._table, self._buckets, self._hasher = table, num_oov_buckets, hasher_spec
        given = as_dtype(key_dtype) if key_dtype is not None else None
        self._key_dtype = given or (string if table is None else table.key_dtype)
        self._title = (name or ("hash_bucket" if table is None else table.name)).rpartition("/")[2]

    @property
    def key_dtype(self) -> DType:
        """The dtype of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The dtype of the ids: int64."""
        return int64

    @property
    def name(self) -> str:
        """The name of the table."""
        return self._title

    @property
    def resource_handle(self) -> Tensor | None:
        """The tensor of the table, if there is one."""
        return None if self._table is None else self._table.resource_handle

    @property
    def initializer(self) -> Operation | None:
        """The operation that fills the table, if there is one."""
        return None if self._table is None else self._table.initializer

    init = initializer

    @whole
    def size(self, name: str | None = None) -> Tensor:
        """How many ids there are.

        Args:
            name: The operations' scope.

        Returns:
            An int64 scalar.
        """
        with name_scope(name, f"{self._title}_Size"):
            known = convert_to_tensor(0, int64) if self._table is None else self._table.size()
            made: Tensor = known + self._buckets
            return made

    @whole
    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Looks keys up.

        Args:
            keys: A tensor of keys, or a SparseTensor of them.
            name: The operations' scope.

        Returns:
            Their ids, in the same shape.

        Raises:
            TypeError: If the keys are of another dtype.
        """
        with name_scope(name, f"{self._title}_Lookup"):
            if isinstance(keys, SparseTensor):
                return SparseTensor(keys.indices, self._ids(keys.values), keys.dense_shape)
            return self._ids(convert_to_tensor(keys, None if isinstance(keys, Tensor) else self._key_dtype))

    def _ids(self, keys: Tensor) -> Tensor:
        if keys.dtype.base_dtype is not self._key_dtype:
            raise TypeError(f"Dtype of argument `keys` must be {self._key_dtype}, received: {keys.dtype}")
        table = self._table
        given = cast(keys, int64) if table is not None and table.key_dtype is int64 else keys
        if self._buckets == 0:
            made: Tensor = table.lookup(given)
            return made
        texts = keys if keys.dtype.base_dtype is string else as_string(keys)
        buckets: Tensor = (
            to_hash_bucket_fast(texts, self._buckets, name="hash_bucket")
            if self._hasher is None
            else to_hash_bucket_strong(texts, self._buckets, list(self._hasher), name="hash_bucket")
        )
        if table is None:
            return buckets
        ids = table.lookup(given)
        return where(not_equal(ids, table.default_value), ids, buckets + table.size())


@v1("lookup.StaticVocabularyTable")
class StaticVocabularyTable(IdTableWithHashBuckets):
    """A table of ids, filled once, that gives keys it does not have one of some more ids, by their hashes.

    Args:
        initializer: What it is filled with, or None.
        num_oov_buckets: How many more ids there are.
        lookup_key_dtype: The dtype of keys that are looked up; the initializer's by default.
        name: The name of the table.

    Raises:
        ValueError: If there is no bucket.
    """

    @whole
    def __init__(
        self, initializer: Any, num_oov_buckets: int, lookup_key_dtype: DTypeLike = None,
        name: str | None = None,
    ) -> None:  # fmt: skip
        if num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0.")
        table = None
        if initializer is not None:
            table = StaticHashTable(initializer, -1, name=name)
        super().__init__(table, num_oov_buckets, None, name, lookup_key_dtype)


@v1("contrib.lookup.MutableHashTable")
class MutableHashTable(_Table):
    """A table that a program adds rows to.

    Args:
        key_dtype: The dtype of the keys.
        value_dtype: The dtype of the values.
        default_value: The value of keys that it does not have; its shape is that of each value.
        shared_name: Tables of one shared name have the same rows.
        name: The operation's name.
        checkpoint: Accepted for v1's sake: a Saver does not save tables.
    """

    @whole
    def __init__(
        self, key_dtype: DTypeLike, value_dtype: DTypeLike, default_value: Any,
        shared_name: str | None = None, name: str = "MutableHashTable", checkpoint: bool = True,
    ) -> None:  # fmt: skip
        kinds = as_dtype(key_dtype), as_dtype(value_dtype)
        self._default = convert_to_tensor(default_value, kinds[1])
        self._inner = tuple(self._default.shape.as_list())
        handle = nodes.mutable_table(
            shared_name=shared_name or "", key_dtype=kinds[0], value_dtype=kinds[1], name=name
        )
        super().__init__(handle, *kinds)

    @whole
    def lookup(self, keys: Any, name: str | None = None) -> Tensor:
        """Looks keys up.

        Args:
            keys: A tensor of keys.
            name: The operations' scope.

        Returns:
            Their values.

        Raises:
            TypeError: If the keys are of another dtype.
        """
        with name_scope(name, f"{self._name}_lookup_table_find", [self._handle]):
            made: Tensor = self._found(keys, self._default, "LookupTableFindV2")
            return made

    @whole
    def insert(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """Adds rows, or changes their values.

        Args:
            keys: A tensor of keys.
            values: Their values.
            name: The operations' scope.

        Returns:
            The operation.
        """
        with name_scope(name, f"{self._name}_lookup_table_insert", [self._handle]):
            given = convert_to_tensor(values, self._value_dtype, name="values")
            done: Any = nodes.insert(self._handle, self._keys(keys), given)
            made: Operation = done
            return made

    @whole
    def remove(self, keys: Any, name: str | None = None) -> Operation:
        """Removes rows.

        Args:
            keys: A tensor of keys.
            name: The operations' scope.

        Returns:
            The operation.
        """
        with name_scope(name, f"{self._name}_lookup_table_remove", [self._handle]):
            done: Any = nodes.remove(self._handle, self._keys(keys))
            made: Operation = done
            return made

    @whole
    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """Gives all rows.

        Args:
            name: The operations' scope.

        Returns:
            The keys and the values.
        """
        with name_scope(name, f"{self._name}_lookup_table_export_values", [self._handle]):
            kinds = self._key_dtype, self._value_dtype
            keys, values = nodes.export(self._handle, kinds=kinds, dims=self._inner)
            return keys, values
