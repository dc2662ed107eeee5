"""TensorFlow's checkpoints as the source of a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np

from ...bundles import Bundle, open_bundle
from ...dtypes import DType
from ...errors import DataLossError, OpError
from .stored_file import StoredVariable

__all__ = ["BundleFile", "read_bundle"]

# TensorFlow 2 describes the objects that own variables in one entry, and ends the names of values with this.
_OBJECTS: Final = "_CHECKPOINTABLE_OBJECT_GRAPH"
_VALUE: Final = "/.ATTRIBUTES/VARIABLE_VALUE"


class BundleFile(NamedTuple):
    """What a checkpoint has.

    Attributes:
        name: The path of the files, without their endings.
        variables: The variables by their paths, in the order of these.
        names: The names in the checkpoint of the variables, by their paths.
        bundle: The checkpoint.
        aliases: Further paths of variables: there are none.
        frozen: The paths of those that are not to be changed: none.
        not_trainable: The paths of those that are not to be trained: a checkpoint does not say.
    """

    name: str
    variables: dict[str, StoredVariable]
    names: dict[str, str]
    bundle: Bundle
    aliases: Mapping[str, str] = MappingProxyType({})
    frozen: Sequence[str] = ()
    not_trainable: frozenset[str] = frozenset()

    def array(self, variable: StoredVariable) -> np.ndarray[Any, Any]:
        """Returns the elements of a variable, after a look at their checksum.

        Raises:
            ImportError: If its dtype needs the package ml_dtypes.
            ValueError: If the elements are damaged, or none of numbers.
            OSError: If they cannot be read.
        """
        if variable.dtype_name == "string":
            raise ValueError(
                f"{self.name}: {variable.path!r} is made of strings, and a store has numbers only: "
                f"train.load_variable({self.name!r}, {self.names[variable.path]!r}) reads it; "
                "rename= with None leaves it out"
            )
        if variable.dtype is None:
            raise ImportError(
                f"{self.name}: {variable.path!r} is {variable.dtype_name}, of which NumPy has no elements; "
                "if it is a small float, install the package ml_dtypes"
            )
        try:
            return self.bundle.array(self.names[variable.path])
        except OpError as error:
            raise _worded("", error) from None


def read_bundle(call: str, name: str, private: bool) -> BundleFile:
    """Reads what is in a checkpoint, without its values.

    Args:
        call: The public function, for errors.
        name: The path of the files, without their endings; or that of the index.
        private: Whether its arrays may be changed: in memory, not in the file.

    Raises:
        ValueError: If it is damaged, or of a kind that is not read.
        OSError: If it cannot be read.
        ImportError: If the package protobuf is not installed, or one for its compression.
    """
    try:
        bundle = open_bundle(name, private)
    except OpError as error:
        raise _worded(f"{call}: ", error) from None
    variables: dict[str, StoredVariable] = {}
    names: dict[str, str] = {}
    for key, entry in bundle.entries.items():
        if key == _OBJECTS:
            continue
        path = key.removesuffix(_VALUE)
        if path in variables:
            raise ValueError(
                f"{call}: {name!r} has both {names[path]!r} and {key!r}, which are one variable here"
            )
        dtype = _numpy_dtype(entry.dtype)
        nbytes = entry.stored.size
        variables[path] = StoredVariable(path, entry.dtype.name, dtype, entry.shape, 0, nbytes)
        names[path] = key
    return BundleFile(bundle.name, variables, names, bundle)


def _numpy_dtype(dtype: DType) -> np.dtype[Any] | None:
    try:
        found = np.dtype(dtype.as_numpy_dtype)
    except (TypeError, KeyError):
        return None
    return None if found.hasobject or found.names else found


def _worded(before: str, error: OpError) -> Exception:
    """An error of a checkpoint as errors of files are."""
    kind = "damaged: " if isinstance(error, DataLossError) else ""
    return ValueError(f"{before}{kind}{error.message}")
