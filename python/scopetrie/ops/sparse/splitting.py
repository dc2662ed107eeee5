"""Strings split into parts, as the rows of a sparse tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope
from ...public import v1
from ..array.dims import expand_dims, renamed
from ..constant import convert_to_tensor
from ..declare import attr, flags, tensor
from ..registry import define_op
from ..sparse_tensor import SparseTensor
from ..strings.elements import as_bytes

Split = Callable[[bytes], list[bytes]]


def _rows(texts: Any, split: Split) -> list[Any]:
    parts = [split(as_bytes(each)) for each in texts]
    places = [(row, at) for row, each in enumerate(parts) for at in range(len(each))]
    values = np.empty(len(places), object)
    values[:] = [part for each in parts for part in each]
    longest = max(map(len, parts), default=0)
    indices = np.array(places, np.int64).reshape(-1, 2)
    return [indices, values, np.array([len(parts), longest], np.int64)]


def _shapes(input: Any, *_: Any, **attrs: Any) -> Any:
    if input._dims is not None and len(input._dims) != 1:
        raise ValueError(f"Shape must be rank 1 but is rank {len(input._dims)}")
    return [(dtypes.int64, (None, 2)), (dtypes.string, (None,)), (dtypes.int64, (2,))]


def _set_kernel(xp: Any, skip_empty: bool = True) -> Any:
    def split(text: bytes, delimiters: bytes) -> list[bytes]:
        if not delimiters:
            parts = [text[at : at + 1] for at in range(len(text))]
        else:
            for each in delimiters[1:]:
                text = text.replace(bytes([each]), delimiters[:1])
            parts = text.split(delimiters[:1]) if text else []
        return [each for each in parts if each] if skip_empty else parts

    return lambda input, delimiter: _rows(
        np.asarray(input).ravel(), lambda text: split(text, as_bytes(np.asarray(delimiter)[()]))
    )


def _text_kernel(xp: Any, maxsplit: int = -1) -> Any:
    def split(input: Any, sep: Any) -> list[Any]:
        by = as_bytes(np.asarray(sep)[()]) or None
        return _rows(np.asarray(input).ravel(), lambda text: text.split(by, maxsplit) if text or by else [])

    return split


_by_set = define_op(
    "StringSplit", tensor("input", (dtypes.string,), None, host=True),
    tensor("delimiter", (dtypes.string,), None, host=True), rule=_shapes, kernel=_set_kernel,
    attributes=flags("skip_empty"), host_outputs=True,
)  # fmt: skip
_by_text = define_op(
    "StringSplitV2", tensor("input", (dtypes.string,), None, host=True),
    tensor("sep", (dtypes.string,), None, host=True), rule=_shapes, kernel=_text_kernel,
    attributes=(attr("maxsplit", int),), host_outputs=True,
)  # fmt: skip


def _require_sparse(result_type: str, what: str) -> None:
    if result_type != "SparseTensor":
        raise ValueError(
            f"{what}: result_type must be 'SparseTensor', not {result_type!r}: there are no ragged tensors"
        )


@v1("string_split")
def string_split(
    source: Any = None, sep: str | None = None, skip_empty: bool = True, delimiter: str | None = None,
    result_type: str = "SparseTensor", name: str | None = None,
) -> SparseTensor:  # fmt: skip
    """Splits each string at any of some characters.

    Args:
        source: A vector of strings.
        sep: The characters, each of which is one to split at; a space by default, and "" for a part per byte.
        skip_empty: Whether empty parts are left out.
        delimiter: Another name of `sep`.
        result_type: "SparseTensor"; there are no ragged tensors.
        name: The operations' scope.

    Returns:
        A SparseTensor whose rows are the parts of each string, from the left.

    Raises:
        ValueError: If both names are used, `source` is no vector, or ragged tensors are asked for.

    >>> import scopetrie as tf
    >>> parts = tf.string_split(["the cat sat", "it ran"])
    >>> with tf.Session() as session:
    ...     print(session.run(tf.sparse_tensor_to_dense(parts, default_value="")))
    [[b'the' b'cat' b'sat']
     [b'it' b'ran' b'']]
    """
    _require_sparse(result_type, "string_split")
    if sep is not None and delimiter is not None:
        raise ValueError("Cannot specify both 'sep' and 'delimiter'")
    given = sep if delimiter is None else delimiter
    with name_scope(name, "StringSplit", [source]):
        by = convert_to_tensor(" " if given is None else given, dtypes.string)
        texts = convert_to_tensor(source, dtypes.string)
        return SparseTensor(*_by_set(texts, by, skip_empty=skip_empty))


@v1("strings.split")
def split(
    input: Any = None, sep: str | None = None, maxsplit: int = -1, result_type: str = "SparseTensor",
    source: Any = None, name: str | None = None,
) -> SparseTensor:  # fmt: skip
    """Splits each string as Python's `str.split` does.

    Args:
        input: A string, or a vector of them.
        sep: The text to split at; whitespace by default.
        maxsplit: How often it is split at most; -1 for no bound.
        result_type: "SparseTensor"; there are no ragged tensors.
        source: Another name of `input`.
        name: The operations' scope.

    Returns:
        A SparseTensor whose rows are the parts of each string, from the left.

    Raises:
        ValueError: If both names are used, `input` is no vector, or ragged tensors are asked for.
    """
    _require_sparse(result_type, "strings.split")
    given = renamed(input, "input", source, "source")
    with name_scope(name, "StringSplit", [given]):
        texts = convert_to_tensor(given, dtypes.string, name="input")
        by = convert_to_tensor(sep or "", dtypes.string)
        if texts.shape.ndims == 0:
            texts = expand_dims(texts, 0)
        return SparseTensor(*_by_text(texts, by, maxsplit=maxsplit))
