"""The operations of tables."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from .. import dtypes
from ..errors import FailedPreconditionError, InvalidArgumentError, NotFoundError
from ..ops.checks import on_host
from ..ops.control.trace import taped
from ..ops.declare import tensor
from ..ops.registry import define_op
from ..ops.strings.elements import as_bytes

# What a line of a file is taken for, beside the number of a column: v1's numbers.
WHOLE_LINE: Final = -2
LINE_NUMBER: Final = -1


def _plain(value: Any) -> Any:
    """An element of an array as a key: bytes, or a number."""
    return (
        value.item()
        if isinstance(value, np.generic)
        else value
        if isinstance(value, int)
        else as_bytes(value)
    )


class Table:
    """What a session keeps of a table.

    Thread safety: runs of several threads may use it at the same time.

    Args:
        fixed: Whether it is filled once, and has to be before it is used.
    """

    def __init__(self, fixed: bool) -> None:
        self._rows: dict[Any, Any] = {}
        self._lock = threading.Lock()
        self._fixed = fixed
        self._is_filled = not fixed

    def close(self) -> None:
        """Forgets all; nobody waits for a table."""

    def rows(self) -> dict[Any, Any]:
        """The rows, for reading."""
        if not self._is_filled:
            raise FailedPreconditionError(
                None, None, "Table not initialized. Run tf.tables_initializer() once in this session before."
            )
        return self._rows

    def fill(self, keys: Any, values: Any) -> None:
        """Adds rows; to a fixed table once: filling it again changes nothing."""
        with self._lock:
            if self._fixed and self._is_filled:
                return
            if self._fixed and not keys:
                raise InvalidArgumentError(None, None, "keys and values cannot be empty tensors.")
            made = {} if self._fixed else dict(self._rows)
            for key, value in zip(keys, values, strict=True):
                if self._fixed and made.get(key, value) != value:
                    raise FailedPreconditionError(
                        None, None,
                        f"HashTable has different value for same key. Key {_text(key)} has "
                        f"{_text(made[key])} and trying to add value {_text(value)}",
                    )  # fmt: skip
                made[key] = value
            self._rows, self._is_filled = made, True

    def remove(self, keys: Any) -> None:
        """Removes rows."""
        with self._lock:
            gone = set(keys)
            self._rows = {key: value for key, value in self._rows.items() if key not in gone}


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _making(fixed: bool) -> Callable[..., Any]:
    def kernel(xp: Any, state: Any, shared_name: str = "", **attrs: Any) -> Any:
        name = f"table {shared_name}" if shared_name else f"table {state.op_id}"
        return lambda: taped(state.resource(name, lambda: Table(fixed)))

    return kernel


_HANDLE: Final = (dtypes.resource, ())
hash_table = define_op("HashTableV2", rule=lambda **attrs: _HANDLE, kernel=_making(True), stateful=True)
mutable_table = define_op(
    "MutableHashTableV2", rule=lambda **attrs: _HANDLE, kernel=_making(False), stateful=True
)


def _array(state: Any, value: Any) -> Any:
    """A value as an array on the host; a string alone is bytes here."""
    return np.array(value, object) if isinstance(value, (bytes, str)) else on_host(state, value)


def _flat(state: Any, value: Any) -> list[Any]:
    return [_plain(each) for each in _array(state, value).ravel()]


def _import_kernel(xp: Any, state: Any) -> Any:
    def fill(handle: Any, keys: Any, values: Any) -> Any:
        rows = _array(state, values)
        kept = _flat(state, rows) if rows.ndim == np.ndim(keys) else list(rows.reshape(np.size(keys), -1))
        handle[()].fill(_flat(state, keys), kept)
        return ()

    return fill


def _same_count(handle: Any, keys: Any, values: Any) -> Any:
    count, other = keys.shape.with_rank(1)._dims, values._dims
    if count and other and None not in (count[0], other[0]) and count[0] != other[0]:
        raise ValueError(f"Dimensions must be equal, but are {count[0]} and {other[0]}")
    return []


fill = define_op(
    "LookupTableImportV2", tensor("table_handle", attr=None), tensor("keys", None, "Tin", host=True),
    tensor("values", None, "Tout", host=True), rule=_same_count, kernel=_import_kernel, stateful=True,
)  # fmt: skip
insert = define_op(
    "LookupTableInsertV2", tensor("table_handle", attr=None), tensor("keys", None, "Tin", host=True),
    tensor("values", None, "Tout", host=True), rule=lambda handle, keys, values: [], kernel=_import_kernel,
    stateful=True,
)  # fmt: skip


def _remove_kernel(xp: Any, state: Any) -> Any:
    def remove(handle: Any, keys: Any) -> Any:
        handle[()].remove(_flat(state, keys))
        return ()

    return remove


remove = define_op(
    "LookupTableRemoveV2", tensor("table_handle", attr=None), tensor("keys", None, "Tin", host=True),
    rule=lambda handle, keys: [], kernel=_remove_kernel, stateful=True,
)  # fmt: skip


def _as(kind: Any) -> Callable[[bytes], Any]:
    """Reads what stands in a column of a file."""
    if kind is dtypes.string:
        return lambda text: text  # bytes, as strings are
    read: Any = int if kind.is_integer else float

    def number(text: Any) -> Any:
        try:
            return read(text)
        except ValueError:
            raise InvalidArgumentError(
                None, None, f"Field {_text(text)} in line is not a valid {kind.name}."
            ) from None

    return number


def _too_few(path: str, line: int, text: bytes, wanted: int, found: int) -> str:
    return (
        f"Invalid number of columns in {path} line {line} ({_text(text)}) : "
        f"expected at least {wanted} got {found}"
    )


def _file_kernel(
    xp: Any, state: Any, key_index: int, value_index: int, vocab_size: int, delimiter: str, kinds: Any
) -> Any:
    readers = [_as(kind) for kind in kinds]

    def read(handle: Any, filename: Any) -> Any:
        path = as_bytes(np.asarray(filename)[()]).decode("utf-8", "surrogateescape")
        columns: tuple[list[Any], list[Any]] = ([], [])
        try:
            with open(path, "rb") as file:
                for number, line in enumerate(itertools.islice(file, None if vocab_size < 0 else vocab_size)):
                    text = line.rstrip(b"\r\n")
                    fields = text.split(delimiter.encode())
                    for column, at, reader in zip(columns, (key_index, value_index), readers, strict=True):
                        if at >= len(fields):
                            raise InvalidArgumentError(
                                None, None, _too_few(path, number, text, at + 1, len(fields))
                            )
                        column.append(
                            number if at == LINE_NUMBER else reader(text if at == WHOLE_LINE else fields[at])
                        )
        except OSError as error:
            raise NotFoundError(None, None, f"{path}; {error.strerror}") from None
        if len(columns[0]) < vocab_size:
            raise InvalidArgumentError(
                None, None,
                f"Invalid vocab_size in {path}: expected {vocab_size} but got {len(columns[0])}",
            )  # fmt: skip
        handle[()].fill(*columns)
        return ()

    return read


fill_from_file = define_op(
    "InitializeTableFromTextFileV2", tensor("table_handle", attr=None),
    tensor("filename", (dtypes.string,), None, host=True), rule=lambda handle, filename, **attrs: [],
    kernel=_file_kernel, stateful=True,
)  # fmt: skip


def _find_kernel(xp: Any, state: Any, dtype: Any, dims: Any) -> Any:
    kind = object if dtype is dtypes.string else dtype.as_numpy_dtype

    def find(handle: Any, keys: Any, default: Any) -> Any:
        given, other = _array(state, keys), _array(state, default)
        rows = handle[()].rows()
        made = np.empty((given.size, *other.shape), kind)
        for at, key in enumerate(given.ravel()):
            made[at] = rows.get(_plain(key), other if other.ndim else other[()])
        return made.reshape((*given.shape, *other.shape))

    return find


def _found(handle: Any, keys: Any, default: Any, dtype: Any, dims: Any) -> Any:
    return dtype, None if keys._dims is None else (*keys._dims, *dims)


find = define_op(
    "LookupTableFindV2", tensor("table_handle", attr=None), tensor("keys", None, "Tin", host=True),
    tensor("default_value", None, "Tout", host=True), rule=_found, kernel=_find_kernel, stateful=True,
    host_outputs=True,
)  # fmt: skip
size = define_op(
    "LookupTableSizeV2", tensor("table_handle", attr=None), rule=lambda handle: (dtypes.int64, ()),
    kernel=lambda xp, state: lambda handle: np.int64(len(handle[()].rows())), stateful=True,
    host_outputs=True,
)  # fmt: skip


def _export_kernel(xp: Any, state: Any, kinds: Any, dims: Any) -> Any:
    def export(handle: Any) -> Any:
        rows = handle[()].rows()
        made = []
        for kind, values, inner in zip(kinds, (rows.keys(), rows.values()), ((), dims), strict=True):
            array = np.empty((len(rows), *inner), object if kind is dtypes.string else kind.as_numpy_dtype)
            for at, value in enumerate(values):
                array[at] = value
            made.append(array)
        return made

    return export


export = define_op(
    "LookupTableExportV2", tensor("table_handle", attr=None),
    rule=lambda handle, kinds, dims: [(kinds[0], (None,)), (kinds[1], (None, *dims))], kernel=_export_kernel,
    stateful=True, host_outputs=True,
)  # fmt: skip
