"""Files and rows of text, read and written within a graph."""

from __future__ import annotations

import csv
import glob
import itertools
import os
from contextlib import suppress
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...file_errors import errors_of_files
from ...graph import Operation, Tensor
from ...public import v1
from ..constant import convert_to_tensor
from ..declare import attr, mixed, tensor
from ..registry import Spec, define_op, listed

Array = np.ndarray[Any, Any]
_TEXT = (dtypes.string,)


def _scalar(value: bytes) -> Array:
    made = np.empty((), object)
    made[()] = value
    return made


def _path(value: Any) -> str:
    found = np.asarray(value, dtype=object).item()
    return found.decode() if isinstance(found, bytes) else str(found)


def _read_kernel(xp: Any, state: Any) -> Any:
    def read(filename: Any) -> Any:
        path = _path(filename)
        with errors_of_files(path), open(path, "rb") as file:
            return _scalar(file.read())

    return read


_read_file: OpFunction[Tensor] = define_op(
    "ReadFile", tensor("filename", _TEXT, None, host=True), rule=lambda filename: (dtypes.string, ()),
    kernel=_read_kernel, stateful=True, host_outputs=True,
)  # fmt: skip


@v1("read_file", "io.read_file")
def read_file(filename: Any, name: str | None = None) -> Tensor:
    """Reads a file in each run.

    Args:
        filename: The file, a scalar string.
        name: The operation's name.

    Returns:
        Its bytes, a scalar string.
    """
    return _read_file(filename, name=name)


def _write_kernel(xp: Any, state: Any) -> Any:
    def write(filename: Any, contents: Any) -> Any:
        path = _path(filename)
        data = np.asarray(contents, dtype=object).item()
        with errors_of_files(path):
            with suppress(OSError):  # then the file cannot be written, either, and its error names it
                os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data if isinstance(data, bytes) else str(data).encode())
        return ()

    return write


_write_file: OpFunction[Operation] = define_op(
    "WriteFile", tensor("filename", _TEXT, None, host=True), tensor("contents", _TEXT, None, host=True),
    rule=lambda filename, contents: [], kernel=_write_kernel, stateful=True,
)  # fmt: skip


@v1("write_file", "io.write_file")
def write_file(filename: Any, contents: Any, name: str | None = None) -> Operation:
    """Writes a file in each run; its folder is made, if it is missing.

    Args:
        filename: The file, a scalar string.
        contents: The bytes, a scalar string.
        name: The operation's name.

    Returns:
        The operation.
    """
    return _write_file(filename, contents, name=name)


def _match_kernel(xp: Any, state: Any) -> Any:
    def match(pattern: Any) -> Any:
        found = []
        for each in np.asarray(pattern, dtype=object).ravel():
            found += glob.glob(each.decode() if isinstance(each, bytes) else str(each))
        made = np.empty(len(found), object)
        made[:] = [path.encode() for path in sorted(found)]
        return made

    return match


_matching: OpFunction[Tensor] = define_op(
    "MatchingFiles", tensor("pattern", _TEXT, None, host=True), rule=lambda pattern: (dtypes.string, (None,)),
    kernel=_match_kernel, stateful=True, host_outputs=True,
)  # fmt: skip


@v1("matching_files", "io.matching_files")
def matching_files(pattern: Any, name: str | None = None) -> Tensor:
    """Finds files in each run.

    Args:
        pattern: A pattern like "data/*.csv", or several.
        name: The operation's name.

    Returns:
        The files in order, a vector of strings.
    """
    return _matching(pattern, name=name)


def _fields(text: bytes, delimiter: str, quotes: bool, row: int) -> list[str]:
    if not text:
        return [""]
    quoting: Any = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    try:
        (fields,) = csv.reader([text.decode("latin-1")], delimiter=delimiter, quoting=quoting, strict=True)
    except (csv.Error, ValueError) as error:
        raise ValueError(f"Unquoted fields cannot have quotes/CRLFs inside: record {row} ({error})") from None
    return fields


def _number(field: str, dtype: Any, at: int, row: int) -> Any:
    kind = np.dtype(dtype.as_numpy_dtype)
    try:
        if kind.kind == "f":
            return kind.type(field)
        whole = int(field.strip())
        limits = np.iinfo(kind)
        if limits.min <= whole <= limits.max:
            return whole
    except ValueError:
        pass
    word = {"float32": "float", "float64": "double"}.get(dtype.name, dtype.name)
    raise ValueError(f"Field {at} in record {row} is not a valid {word}: {field}")


def _csv_kernel(
    xp: Any, field_delim: str, use_quote_delim: bool, na_value: str, select_cols: Any, out_types: Any
) -> Any:
    def decode(records: Any, *defaults: Any) -> Any:
        texts = np.asarray(records, dtype=object)
        columns = [np.empty(texts.size, object) for _ in defaults]
        for row, text in enumerate(texts.ravel()):
            data = text if isinstance(text, bytes) else str(text).encode()
            fields = _fields(data, field_delim, use_quote_delim, row)
            if select_cols:
                if max(select_cols) >= len(fields):
                    raise ValueError(f"Expect {len(defaults)} fields but have {len(fields)} in record {row}")
                fields = [fields[at] for at in select_cols]
            if len(fields) != len(defaults):
                raise ValueError(f"Expect {len(defaults)} fields but have {len(fields)} in record {row}")
            for at, (field, dtype, default) in enumerate(zip(fields, out_types, defaults, strict=True)):
                if field in ("", na_value):
                    given = np.ravel(default)
                    if not given.size:
                        raise ValueError(f"Field {at} is required but missing in record {row}!")
                    columns[at][row] = given[0]
                elif dtype is dtypes.string:
                    columns[at][row] = field.encode("latin-1")
                else:
                    columns[at][row] = _number(field, dtype, at, row)
        made = [
            column.reshape(texts.shape) if dtype is dtypes.string
            else column.astype(dtype.as_numpy_dtype).reshape(texts.shape)
            for column, dtype in zip(columns, out_types, strict=True)
        ]  # fmt: skip
        return tuple(made) if len(made) > 1 else made[0]

    return decode


def _csv_rule(records: Tensor, defaults: list[Tensor], out_types: Any, **attrs: Any) -> list[Spec] | Spec:
    for each in defaults:
        if each._dims is not None and (len(each._dims) > 1 or (each._dims and (each._dims[0] or 0) > 1)):
            raise ValueError("Shape of a default must be a length-0 or length-1 vector, or a scalar.")
    made = [(dtype, records._dims) for dtype in out_types]
    return made if len(made) > 1 else made[0]


_decode_csv: OpFunction[list[Tensor]] = define_op(
    "DecodeCSV", tensor("records", _TEXT, None, host=True), mixed("record_defaults")._replace(host=True),
    rule=_csv_rule, kernel=_csv_kernel, host_outputs=True,
    attributes=(
        attr("field_delim", str), attr("use_quote_delim", bool), attr("na_value", str),
        attr("select_cols", object), attr("out_types", object),
    ),
)  # fmt: skip


@v1("decode_csv", "io.decode_csv")
def decode_csv(
    records: Any, record_defaults: Any, field_delim: str = ",", use_quote_delim: bool = True,
    name: str | None = None, na_value: str = "", select_cols: Any = None,
) -> list[Tensor]:  # fmt: skip
    """Reads rows of comma-separated values.

    Args:
        records: The rows, strings of any shape.
        record_defaults: For each column its value where it is empty, which has its dtype; `[]`, or an empty
            tensor of the dtype, for a column that must not be.
        field_delim: What stands between the columns.
        use_quote_delim: Whether double quotes have a meaning.
        name: The operation's name.
        na_value: Another text that counts as empty.
        select_cols: The numbers of the columns to read, in order; all of them by default.

    Returns:
        A tensor for each column, of the shape of `records`.

    Raises:
        ValueError: If the columns are not in order, or as many as the defaults.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(session.run(tf.decode_csv(["1,a", "2,"], [[0], ["none"]])))
    [array([1, 2], dtype=int32), array([b'a', b'none'], dtype=object)]
    """
    chosen = () if select_cols is None else tuple(int(each) for each in select_cols)
    if chosen and any(a >= b for a, b in itertools.pairwise(chosen)):
        raise ValueError("select_cols is not strictly increasing.")
    if chosen and chosen[0] < 0:
        raise ValueError("select_cols contains negative values.")
    if chosen and len(chosen) != len(record_defaults):
        raise ValueError("Length of select_cols and record_defaults do not match.")
    defaults = [convert_to_tensor(each) for each in record_defaults]
    types = tuple(each.dtype.base_dtype for each in defaults)
    return listed(
        _decode_csv(
            records, defaults, field_delim=field_delim, use_quote_delim=bool(use_quote_delim),
            na_value=na_value, select_cols=chosen, out_types=types, name=name,
        )
    )  # fmt: skip
