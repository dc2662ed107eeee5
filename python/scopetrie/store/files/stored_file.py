"""What is in a file of safetensors, and reading the elements."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["StoredFile", "StoredVariable"]


class StoredVariable(NamedTuple):
    """A variable in a file.

    Attributes:
        path: Its path.
        dtype_name: The name of its dtype.
        dtype: The dtype, or None if it needs a package that is not installed.
        shape: Its shape.
        begin: Where its elements begin in the file, or those of the whole that it is a part of.
        nbytes: How many bytes they take.
        piece: For a part of what is kept as one: the shape of the whole, the axis, and where it begins there.
    """

    path: str
    dtype_name: str
    dtype: np.dtype[Any] | None
    shape: tuple[int, ...]
    begin: int
    nbytes: int
    piece: tuple[tuple[int, ...], int, int] | None = None


class StoredFile(NamedTuple):
    """What a file has, and the file itself, mapped into memory: whoever replaces it does not change this one.

    Attributes:
        name: The path of the file.
        variables: The variables by their paths, in the order in which they were made.
        aliases: Further paths of variables.
        frozen: The paths of those that are not to be changed.
        not_trainable: The paths of those that are not to be trained.
        content: The whole file.
        stat: Which file that is.
    """

    name: str
    variables: dict[str, StoredVariable]
    aliases: dict[str, str]
    frozen: list[str]
    not_trainable: frozenset[str]
    content: mmap.mmap
    stat: os.stat_result

    @staticmethod
    def is_plain(variable: StoredVariable) -> bool:
        """Whether the elements of a variable lie in the file as they do in memory, and may be any bytes."""
        return variable.dtype is not None and variable.dtype_name != "bool" and variable.piece is None

    def mapped(self) -> np.ndarray[Any, Any]:
        """Returns the whole file as bytes, without a copy."""
        return np.frombuffer(self.content, np.uint8)

    def read_into(
        self,
        call: str,
        wanted: list[tuple[StoredVariable, np.ndarray[Any, Any]]],
        done: Callable[[int], object],
    ) -> None:
        """Reads variables that are plain into arrays of their dtypes and shapes.

        It takes less time than copying from the map, where each page is met for the first time.

        Args:
            call: The public function, for errors.
            wanted: The variables, and the arrays.
            done: Called with the number of further bytes that are read.

        Raises:
            OSError: If the file cannot be read to the end that it had when it was opened.
        """
        with open(self.name, "rb", buffering=0) as file:
            read_into: Any = file.readinto  # NumPy's stubs know of buffers in newer versions of Python only
            if not os.path.samestat(os.fstat(file.fileno()), self.stat):
                for variable, array in wanted:  # the file was replaced, and the map is of the one before
                    np.copyto(array, self.array(variable))
                    done(variable.nbytes)
                return
            at = 0
            for number, (variable, array) in enumerate(sorted(wanted, key=_begin)):
                begin, nbytes = variable.begin, variable.nbytes
                if at != begin:
                    file.seek(begin)
                read = read_into(array)
                while read < nbytes:
                    more = read_into(array.reshape(-1).view(np.uint8)[read:])
                    if not more:
                        raise OSError(
                            f"{call}: {self.name!r} was cut while it was read: "
                            f"{number:,} of {len(wanted):,} variables have its values"
                        )
                    read += more
                at = begin + nbytes
                done(nbytes)

    def array(self, variable: StoredVariable) -> np.ndarray[Any, Any]:
        """Returns the elements of a variable, without a copy.

        Raises:
            ImportError: If its dtype needs the package ml_dtypes.
            ValueError: If the elements are none of its dtype.
        """
        path, dtype_name, dtype, shape, begin, nbytes, piece = variable
        if dtype is None:
            raise ImportError(
                f"{self.name}: {path!r} is {dtype_name}, of which NumPy has no elements; "
                "if it is a small float, install the package ml_dtypes"
            )
        if not nbytes:
            return np.empty(shape, dtype)
        array: np.ndarray[Any, Any]
        if piece is None:
            array = np.ndarray(shape, dtype, self.content, begin)
        else:
            whole, axis, first = piece
            array = np.ndarray(whole, dtype, self.content, begin)
            at = (slice(None),) * axis + (slice(first, first + shape[axis]),)
            array = np.ascontiguousarray(array[at])  # no copy along the first axis
        if dtype.kind == "b" and array.view(np.uint8).max() > 1:
            raise ValueError(f"{self.name!r} is damaged: {path!r} is bool and has other bytes than 0 and 1")
        return array


def _begin(pair: tuple[StoredVariable, object]) -> int:
    return pair[0].begin
