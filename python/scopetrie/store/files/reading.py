"""Which kind of file a path is, and reading it: safetensors, NumPy's .npz, or TensorFlow's checkpoints."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np

from ...bundles import is_bundle
from .bundle import read_bundle
from .header import read_header
from .npz import read_npz
from .stored_file import StoredVariable

__all__ = ["StoredSource", "read_stored"]

_ZIP: Final = b"PK"


class StoredSource(Protocol):
    """What a file has, whatever its kind.

    Attributes:
        name: The path of the file.
        variables: The variables by their paths, in order.
        aliases: Further paths of variables.
        frozen: The paths of those that are not to be changed.
        not_trainable: The paths of those that are not to be trained.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def variables(self) -> dict[str, StoredVariable]: ...  # noqa: D102
    @property
    def aliases(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def frozen(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def not_trainable(self) -> frozenset[str]: ...  # noqa: D102

    def array(self, variable: StoredVariable) -> np.ndarray[Any, Any]:
        """Returns the elements of a variable."""


def read_stored(call: str, name: str | os.PathLike[str], *, private: bool = False) -> StoredSource:
    """Reads what is in a file, without its values.

    Args:
        call: The public function, for errors.
        name: The path of the file; that of a checkpoint of TensorFlow's without the endings of its files.
        private: Whether its arrays may be changed: in memory, not in the file.

    Raises:
        ImportError: If a package is missing that reads such files.
        ValueError: If the file is damaged, or of no such kind.
        OSError: If it cannot be read.
    """
    text = os.fsdecode(name)
    if is_bundle(text):
        return read_bundle(call, text, private)
    return read_npz(call, text) if _is_zip(text) else read_header(call, text, private=private)


def _is_zip(name: str) -> bool:
    """Whether there is a zip file; one of safetensors may begin as one, but does not end so."""
    try:
        with open(name, "rb") as file:
            return file.read(2) == _ZIP and zipfile.is_zipfile(file)
    except OSError:
        return False  # said by who reads it
