"""Named variables with their values, without a graph."""

from .errors import MissingVariableError
from .store import Store
from .variable import StoreVariable

__all__ = ["MissingVariableError", "Store", "StoreVariable"]
