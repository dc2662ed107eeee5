"""`tensorflow.python.util`: what v1's code decorates its functions with, and so do some programs."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from inspect import getmembers, getmodule, isclass, isfunction, ismethod, ismodule, signature, stack
from typing import Any, TypeVar

__all__ = [
    "contextmanager",
    "deprecated",
    "deprecated_alias",
    "deprecated_arg_values",
    "deprecated_args",
    "deprecated_argument_lookup",
    "getargspec",
    "getcallargs",
    "getfullargspec",
    "getmembers",
    "getmodule",
    "isclass",
    "isfunction",
    "ismethod",
    "ismodule",
    "make_decorator",
    "signature",
    "silence",
    "stack",
    "tf_export",
    "unwrap",
]

_Target = TypeVar("_Target")

contextmanager = contextlib.contextmanager
getcallargs = inspect.getcallargs
getfullargspec = inspect.getfullargspec
getargspec = inspect.getfullargspec


def _as_it_is(*args: Any, **kwargs: Any) -> Callable[[_Target], _Target]:
    """Returns a decorator that changes nothing: nothing is deprecated here, or exported by decorators."""
    return lambda target: target


deprecated = deprecated_args = deprecated_arg_values = tf_export = _as_it_is


def deprecated_alias(
    deprecated_name: str, name: str, func_or_class: _Target, warn_once: bool = True
) -> _Target:
    """Returns the function or class itself, for another name of it.

    Args:
        deprecated_name: The other name.
        name: The name.
        func_or_class: The function or class.
        warn_once: Accepted for v1's sake: there is no warning.
    """
    return func_or_class


def deprecated_argument_lookup(new_name: str, new_value: Any, old_name: str, old_value: Any) -> Any:
    """Returns the value of an argument that has two names, of which one is given.

    Args:
        new_name: The one name.
        new_value: What is given under it, or None.
        old_name: The other name.
        old_value: What is given under that, or None.

    Raises:
        ValueError: If both are given.

    >>> deprecated_argument_lookup("axis", None, "dim", 3)
    3
    """
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old_value


def make_decorator(
    target: Any, decorator_func: Any, decorator_name: str | None = None, decorator_doc: str = "",
    decorator_argspec: Any = None,
) -> Any:  # fmt: skip
    """Gives what a decorator made the name and the text of the function that it stands for.

    Args:
        target: The function.
        decorator_func: What the decorator made of it.
        decorator_name: Accepted for v1's sake.
        decorator_doc: Accepted for v1's sake.
        decorator_argspec: Accepted for v1's sake.

    Returns:
        What the decorator made.

    >>> def twice(x):
    ...     return 2 * x
    >>> make_decorator(twice, lambda *args: twice(*args)).__name__
    'twice'
    """
    return functools.update_wrapper(decorator_func, target)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Does nothing: calls of what is deprecated do not warn here."""
    yield


def unwrap(maybe_tf_decorator: Any) -> tuple[list[Any], Any]:
    """Returns the wrappers of a function, and the function.

    Args:
        maybe_tf_decorator: A function, which `make_decorator` may have wrapped.
    """
    found, wrappers = maybe_tf_decorator, []
    while hasattr(found, "__wrapped__"):
        wrappers.append(found)
        found = found.__wrapped__
    return wrappers, found
