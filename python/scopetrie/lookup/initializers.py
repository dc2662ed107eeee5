"""What tables are filled with: tensors, or the lines of a file."""

from __future__ import annotations

from typing import Any, Final

from ..dtypes import DTypeLike, as_dtype, int64, string
from ..graph import GraphKeys, Operation, add_to_collection
from ..ops.constant import convert_to_tensor
from ..public import v1
from ..scopes import name_scope
from . import nodes

__all__ = ["KeyValueTensorInitializer", "TableInitializer", "TextFileIndex", "TextFileInitializer"]


@v1("lookup.TextFileIndex", "contrib.lookup.TextFileIndex")
class TextFileIndex:
    """What a line of a file is taken for: the number of a column, or one of these.

    Attributes:
        WHOLE_LINE: The line.
        LINE_NUMBER: Its number, from 0 on.
    """

    WHOLE_LINE: Final = nodes.WHOLE_LINE
    LINE_NUMBER: Final = nodes.LINE_NUMBER


class TableInitializer:
    """What a table is filled with."""

    def __init__(self, key_dtype: DTypeLike, value_dtype: DTypeLike) -> None:
        self._key_dtype, self._value_dtype = as_dtype(key_dtype), as_dtype(value_dtype)

    @property
    def key_dtype(self) -> Any:
        """The dtype of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> Any:
        """The dtype of the values."""
        return self._value_dtype

    def initialize(self, table: Any) -> Operation:
        """Makes the operation that fills a table, and collects it in TABLE_INITIALIZERS.

        Args:
            table: The table.

        Returns:
            The operation.
        """
        made: Operation = self._fill(table)
        add_to_collection(GraphKeys.TABLE_INITIALIZERS, made)
        return made

    def _fill(self, table: Any) -> Any:
        raise NotImplementedError


@v1("lookup.KeyValueTensorInitializer", "contrib.lookup.KeyValueTensorInitializer")
class KeyValueTensorInitializer(TableInitializer):
    """Keys and values that are tensors.

    Args:
        keys: The keys, a vector.
        values: Their values, a vector.
        key_dtype: The dtype of the keys.
        value_dtype: The dtype of the values.
        name: The operation's name.
    """

    def __init__(
        self, keys: Any, values: Any, key_dtype: DTypeLike = None, value_dtype: DTypeLike = None,
        name: str | None = None,
    ) -> None:  # fmt: skip
        self._keys = convert_to_tensor(keys, key_dtype, name="keys")
        self._values = convert_to_tensor(values, value_dtype, name="values")
        self._name = name or "key_value_init"
        super().__init__(self._keys.dtype, self._values.dtype)

    def _fill(self, table: Any) -> Any:
        with name_scope(None, self._name, [self._keys, self._values]):
            return nodes.fill(table.resource_handle, self._keys, self._values)


@v1("lookup.TextFileInitializer", "contrib.lookup.TextFileInitializer")
class TextFileInitializer(TableInitializer):
    """The lines of a file.

    Args:
        filename: Its path, a string or a tensor.
        key_dtype: The dtype of the keys.
        key_index: The number of the column that is the key, or one of `TextFileIndex`.
        value_dtype: The dtype of the values.
        value_index: The number of the column that is the value, or one of `TextFileIndex`.
        vocab_size: How many lines count; all by default.
        delimiter: What stands between columns.
        name: The operation's name.
        value_index_offset: Accepted for v1's sake.

    Raises:
        ValueError: If an index and its dtype do not go together.
    """

    def __init__(
        self, filename: Any, key_dtype: DTypeLike, key_index: int, value_dtype: DTypeLike, value_index: int,
        vocab_size: int | None = None, delimiter: str = "\t", name: str | None = None,
        value_index_offset: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(key_dtype, value_dtype)
        kinds = self._key_dtype, self._value_dtype
        for what, kind, at in zip(("key", "value"), kinds, (key_index, value_index), strict=True):
            if at == nodes.LINE_NUMBER and kind is not int64:
                raise ValueError(
                    f"`{what}_dtype` must be int64 if `{what}_index` is {nodes.LINE_NUMBER}, received: {kind}"
                )
            if at == nodes.WHOLE_LINE and not (kind is string or (what == "key" and kind.is_integer)):
                raise ValueError(
                    f"`{what}_dtype` must be either integer or string if `{what}_index` is "
                    f"{nodes.WHOLE_LINE}, received: {kind}"
                )
            if at < nodes.WHOLE_LINE:
                raise ValueError(f"`{what}_index` should be >= -2, received: {at}.")
        if vocab_size is not None and vocab_size < 1:
            raise ValueError(f"`vocab_size` should be positive, received: {vocab_size}.")
        self._filename, self._title = filename, name or "text_file_init"
        self._how = {
            "key_index": key_index, "value_index": value_index, "delimiter": delimiter,
            "vocab_size": -1 if vocab_size is None else vocab_size,
        }  # fmt: skip

    def _fill(self, table: Any) -> Any:
        with name_scope(None, self._title, [table.resource_handle]):
            path = convert_to_tensor(self._filename, string, name="asset_filepath")
            add_to_collection(GraphKeys.ASSET_FILEPATHS, path)
            return nodes.fill_from_file(
                table.resource_handle, path, kinds=(self._key_dtype, self._value_dtype), **self._how
            )
