"""Datasets of what a generator of the program yields."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator as Elements
from typing import Any

import numpy as np

from .. import dtypes
from ..execution import of_program
from .sources import Element
from .structure import Component, Structure, leaves_of


class Generated:
    """The elements of a generator. As v1, it ends with an error of the generator's."""

    def __init__(self, function: Callable[..., Any], arguments: list[Any], structure: Structure) -> None:
        self._start: Callable[[], Any] | None = lambda: iter(function(*arguments))
        self._structure = structure
        self._values: Any = iter(())

    def __iter__(self) -> Elements[Element]:
        return self

    def __next__(self) -> Element:
        try:
            if self._start is not None:
                start, self._start = self._start, None
                self._values = start()
            value = next(self._values)
        except StopIteration:
            raise
        except Exception as error:
            self._values = iter(())
            raise of_program(error) from error
        try:
            return self._checked(value)
        except (TypeError, ValueError) as error:
            self._values = iter(())
            raise of_program(error) from error

    def _checked(self, value: Any) -> Element:
        structure = self._structure
        parts = structure.components
        if len(parts) == 1 and not isinstance(structure.nest, (tuple, dict)):
            leaves = [value]
        else:
            if isinstance(structure.nest, tuple) and isinstance(value, list):
                value = tuple(value)
            leaves = leaves_of(value)
        if len(leaves) != len(parts):
            raise _unexpected(structure, value)
        return tuple([_array(leaf, part, structure, value) for leaf, part in zip(leaves, parts, strict=True)])


def _array(leaf: Any, part: Component, structure: Structure, value: Any) -> Any:
    wanted: Any = np.dtype(part.dtype.as_numpy_dtype)
    try:
        if part.dtype is dtypes.string:
            made = np.asarray(leaf, object)
            kinds = {type(each) for each in made.ravel().tolist()}
            if not kinds <= {str, bytes, np.str_, np.bytes_}:
                raise _unexpected(structure, value)
            if kinds - {bytes}:
                flat_bytes = [
                    each.encode() if isinstance(each, str) else bytes(each) for each in made.ravel()
                ]
                shape, made = made.shape, np.empty(made.size, object)
                made[:] = flat_bytes
                made = made.reshape(shape)
        else:
            made = np.array(leaf)
            if not _fits(made, wanted):
                raise _unexpected(structure, value)
            made = made.astype(wanted, copy=False)
    except (ValueError, OverflowError):
        raise _unexpected(structure, value) from None
    dims = part.dims
    if dims is not None and (
        len(dims) != made.ndim
        or any(size is not None and size != found for size, found in zip(dims, made.shape, strict=True))
    ):
        raise TypeError(
            f"`generator` yielded an element of shape {made.shape} where an element of shape "
            f"{part.shape} was expected."
        )
    return made


def _fits(made: Any, wanted: Any) -> bool:
    """Whether an array may be taken for one of another dtype."""
    if made.dtype == wanted or not made.size:
        return True
    if made.dtype.kind in "iu" and wanted.kind in "iu":
        return True
    return made.dtype.kind not in "OSU" and bool(np.can_cast(made.dtype, wanted, "same_kind"))


def _unexpected(structure: Structure, value: Any) -> TypeError:
    return TypeError(
        "`generator` yielded an element that did not match the expected structure. The expected "
        f"structure was {structure.types}, but the yielded element was {value!r}."
    )
