"""What is read of an Example: descriptions of features."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...public import v1


@v1("FixedLenFeature", "io.FixedLenFeature")
class FixedLenFeature(NamedTuple):
    """A feature with a value of one shape in every Example.

    Fields: the shape, the dtype (float32, int64 or string), and the value of Examples that lack it.
    """

    shape: Any
    dtype: Any
    default_value: Any = None


@v1("VarLenFeature", "io.VarLenFeature")
class VarLenFeature(NamedTuple):
    """A feature with any number of values, which gives a SparseTensor. Its field is the dtype."""

    dtype: Any


@v1("FixedLenSequenceFeature", "io.FixedLenSequenceFeature")
class FixedLenSequenceFeature(NamedTuple):
    """A feature with any number of entries of one shape, padded to the longest.

    Fields: the shape of an entry, the dtype, whether it may be missing (it must), and what pads it.
    """

    shape: Any
    dtype: Any
    allow_missing: bool = False
    default_value: Any = None


@v1("SparseFeature", "io.SparseFeature")
class SparseFeature(NamedTuple):
    """A SparseTensor in two features or more: one with the values, and one with the indices of each axis.

    Fields: the key of the indices or a list of them, the key of the values, their dtype, the size or a list
    of sizes, and whether the indices are in order.
    """

    index_key: Any
    value_key: str
    dtype: Any
    size: Any
    already_sorted: bool = False
