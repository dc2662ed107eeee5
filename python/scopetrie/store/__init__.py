"""Named variables with their values, without a graph."""

from .device import owned_copy, value_on_device
from .errors import MissingVariableError
from .files.restore_plan import Rename, RestorePlan
from .partitioned_variable import PartitionedStoreVariable
from .pytrees import register_later
from .store import Store
from .subtree import Subtree
from .variable import StoreVariable

__all__ = [
    "MissingVariableError",
    "PartitionedStoreVariable",
    "Rename",
    "RestorePlan",
    "Store",
    "StoreVariable",
    "Subtree",
    "owned_copy",
    "value_on_device",
]

register_later(Store, Store.tree)
register_later(Subtree, Subtree.tree)
register_later(StoreVariable, lambda variable: variable.array)
