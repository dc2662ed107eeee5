"""All op types of the package, whatever has been imported before."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any

import scopetrie
from scopetrie.ops.registry import OPS

_LATER = frozenset({"scopetrie.data.nodes", "scopetrie.ops.registry"})


def every_op(package: ModuleType = scopetrie) -> dict[str, Any]:
    """The op types that the modules of a package define, after an import of them all.

    Modules are imported at their first use, so that other tests would decide which types there are. So it is
    with the types of datasets' nodes, which are defined when one is made, and with those of the registry's
    examples: these are not in.

    Args:
        package: A package of scopetrie.
    """
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return {
        name: op
        for name, op in OPS.items()
        if module_of(op).startswith(f"{package.__name__}.") and module_of(op) not in _LATER
    }


def module_of(op: Any) -> str:
    """The module of an op's kernel; `scopetrie.execution` where a session itself gives the value."""
    return str(getattr(op.kernel, "__module__", "scopetrie.execution"))
