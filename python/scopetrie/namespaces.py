"""The modules that are v1's namespaces: names are looked up where they are defined, when first asked for.

Example:
    >>> import scopetrie as tf
    >>> tf.nn.relu is tf.math.abs, tf.random.normal is tf.random_normal
    (False, True)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from .exports import EXPORTS
from .late import load
from .public import NAMESPACES

_PACKAGE: Final = __package__


def places(name: str) -> dict[str, tuple[str, str]]:
    """For each name of a namespace the module that defines it, and its name there ("": the module itself)."""
    found = {}
    for line in EXPORTS.get(name, "").splitlines():
        module, *names = line.split() or [""]
        for each in names:
            public, _, symbol = each.partition("=")
            found[public] = (module, symbol or public)
    for each, module in NAMESPACES.items():
        owner, _, last = each.rpartition(".")
        if owner == name:
            found[last] = (module, "")
    return found


def namespace(name: str = "", *extra: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """What a module that is a namespace consists of.

    Args:
        name: The namespace as v1 calls it: `"nn"`, and "" for v1's top level.
        *extra: Names that the module defines itself.

    Returns:
        Its `__getattr__`, `__dir__` and `__all__`.
    """
    module = f"{_PACKAGE}.{NAMESPACES[name]}" if name else _PACKAGE
    known = places(name)

    def __getattr__(attribute: str) -> Any:
        place = known.get(attribute)
        if place is None:
            from .refused import refusal  # imported late: most programs are not refused a name

            raise refusal(name, attribute)
        found: Any = load(place[0])
        if place[1]:
            found = getattr(found, place[1])
        setattr(sys.modules[module], attribute, found)
        return found

    names = sorted((*known, *extra))
    return __getattr__, lambda: names, names
