"""What arguments of Keras name: a class or a function by its name, or by its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["described", "found"]


def found(kind: str, identifier: Any, known: Mapping[str, Any], base: type) -> Any:
    """Returns what an identifier stands for.

    Args:
        kind: What it is to be, for the text of an error: "initializer".
        identifier: None, a name, a class, a dictionary with `class_name` and `config`, or an object that can
            be called, which is returned as it is.
        known: What can be named. Of a class, an object is made.
        base: The class of what is made.

    Raises:
        ValueError: If there is none of that name, or the identifier is none of these.
    """
    if identifier is None:
        return None
    if isinstance(identifier, Mapping) and "class_name" in identifier:
        made = _named(kind, str(identifier["class_name"]), known)
        return made(**identifier.get("config", {})) if callable(made) else made
    if isinstance(identifier, str):
        made = _named(kind, identifier, known)
        return made() if isinstance(made, type) else made
    if isinstance(identifier, type) and issubclass(identifier, base):
        return identifier()
    if callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret {kind} identifier: {identifier!r}")


def described(value: Any) -> Any:
    """Returns the dictionary with `class_name` and `config` of an object, or the name of a function.

    Args:
        value: The object, the function, or None.

    Raises:
        ValueError: If it has neither a configuration nor a name.
    """
    if value is None:
        return None
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    name = getattr(value, "__name__", getattr(value, "name", None))
    if name is None:
        raise ValueError(f"Cannot serialize {value!r}: it has neither a get_config nor a name.")
    return name


def _named(kind: str, name: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        names = ", ".join(sorted(each for each in known if each.islower()))
        raise ValueError(f"Unknown {kind}: {name!r}. There are: {names}.")
    return known[name]
