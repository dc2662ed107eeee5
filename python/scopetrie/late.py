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

    Folders come before what is in them, as statements elsewhere import them: threads that import a folder and
    a module of it at once would otherwise hold what the other one waits for.

    Args:
        module: Its name below the package: `"ops.math.reduce"`.
    """
    name = f"{_PACKAGE}.{module}"
    with importing:
        for end in range(len(_PACKAGE) + 1, len(name)):
            if name[end] == ".":
                import_module(name[:end])
        return import_module(name)
