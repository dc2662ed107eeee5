"""What programs import of v1's module of tables (lookup_ops)."""

from __future__ import annotations

from ..lookup.initializers import KeyValueTensorInitializer, TextFileIndex, TextFileInitializer
from ..lookup.tables import IdTableWithHashBuckets, StaticHashTable
from ..lookup.tables import StaticHashTable as HashTable
from ..lookup.vocabulary import (
    FastHashSpec,
    StrongHashSpec,
    index_table_from_file,
    index_table_from_tensor,
    index_to_string_table_from_file,
    index_to_string_table_from_tensor,
)
from ..ops.control.flow import tables_initializer

__all__ = [
    "FastHashSpec",
    "HashTable",
    "IdTableWithHashBuckets",
    "KeyValueTensorInitializer",
    "StaticHashTable",
    "StrongHashSpec",
    "TextFileIndex",
    "TextFileInitializer",
    "index_table_from_file",
    "index_table_from_tensor",
    "index_to_string_table_from_file",
    "index_to_string_table_from_tensor",
    "tables_initializer",
]
