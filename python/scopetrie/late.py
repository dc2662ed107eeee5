"""Modules that are imported at their first use: `import scopetrie` reads a table of names, and little else.

What is below a module may only be known to it by name: the core asks for functions of Python's, a tensor for
the session that evaluates it. `load` is the one way from a name to a module.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Final

from .locks import importing

_PACKAGE: Final = __package__


def load(module: str) -> ModuleType:
    """Returns a module of the package, imported if need be.

    Args:
        module: Its name below the package: `"ops.math.reduce"`.
    """
    with importing:
        return import_module(f"{_PACKAGE}.{module}")
