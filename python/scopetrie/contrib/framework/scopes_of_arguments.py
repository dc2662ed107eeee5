"""arg_scope: default arguments of functions within a block."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from ...public import v1

__all__ = ["add_arg_scope", "arg_scope", "arg_scoped_arguments", "current_arg_scope", "has_arg_scope"]

_Public = TypeVar("_Public", bound=Callable[..., Any])
Scope = dict[str, dict[str, Any]]
_SCOPE: Final[ContextVar[Scope]] = ContextVar("arg_scope", default={})  # noqa: B039  never written to


def _key(function: Any) -> str:
    found: str = getattr(function, "_arg_scope_key", None) or str(function)
    return found


@v1("contrib.framework.add_arg_scope", "contrib.slim.add_arg_scope")
def add_arg_scope(func: _Public) -> _Public:
    """Makes a function take default arguments from `arg_scope`.

    Args:
        func: The function.

    Returns:
        A function that does.
    """

    @functools.wraps(func)
    def with_defaults(*args: Any, **kwargs: Any) -> Any:
        defaults = _SCOPE.get().get(key)
        return func(*args, **(defaults | kwargs if defaults else kwargs))

    key = f"{getattr(func, '__module__', '')}.{getattr(func, '__qualname__', func)}"
    made: Any = with_defaults
    made._arg_scope_key = key
    result: _Public = made
    return result


@v1("contrib.framework.has_arg_scope", "contrib.slim.has_arg_scope")
def has_arg_scope(func: Any) -> bool:
    """Returns whether a function takes default arguments from `arg_scope`.

    Args:
        func: The function.
    """
    return hasattr(func, "_arg_scope_key")


@v1("contrib.framework.arg_scoped_arguments", "contrib.slim.arg_scoped_arguments")
def arg_scoped_arguments(func: Any) -> tuple[str, ...]:
    """Returns the arguments of a function that have defaults.

    Args:
        func: The function.
    """
    import inspect

    parameters = inspect.signature(func).parameters.values()
    return tuple(each.name for each in parameters if each.default is not each.empty)


@v1("contrib.framework.current_arg_scope", "contrib.slim.current_arg_scope")
def current_arg_scope() -> Scope:
    """Returns the default arguments of the current block, by function."""
    return {key: dict(defaults) for key, defaults in _SCOPE.get().items()}


@v1("contrib.framework.arg_scope", "contrib.slim.arg_scope")
@contextmanager
def arg_scope(list_ops_or_scope: Any, **kwargs: Any) -> Iterator[Scope]:
    """Gives functions default arguments within a block.

    Args:
        list_ops_or_scope: The functions; or what an earlier block yielded, to enter that again.
        **kwargs: The arguments; those of blocks around stay where they are not given again.

    Yields:
        What the block says, to be entered again.

    Raises:
        TypeError: If it is neither a list of functions nor a scope.
        ValueError: If a scope is given together with arguments, or a function takes no defaults.

    >>> import scopetrie as tf
    >>> slim = tf.contrib.slim
    >>> with slim.arg_scope([slim.conv2d], padding="VALID", activation_fn=None):
    ...     y = slim.conv2d(tf.zeros([2, 8, 8, 3]), 4, [3, 3])
    >>> y
    <tf.Tensor 'Conv/BiasAdd:0' shape=(2, 6, 6, 4) dtype=float32>
    """
    if isinstance(list_ops_or_scope, Mapping):
        if kwargs:
            raise ValueError(
                "When attempting to re-use a scope by suppling a dictionary, kwargs must be empty."
            )
        scope = {key: dict(defaults) for key, defaults in list_ops_or_scope.items()}
    else:
        if not isinstance(list_ops_or_scope, Sequence):
            raise TypeError("list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)")
        scope = current_arg_scope()
        for function in list_ops_or_scope:
            if not has_arg_scope(function):
                raise ValueError(
                    f"{_key(function)} is not decorated with @add_arg_scope: arg_scope cannot give it "
                    "arguments"
                )
            key = _key(function)
            scope[key] = scope.get(key, {}) | kwargs
    token = _SCOPE.set(scope)
    try:
        yield scope
    finally:
        _SCOPE.reset(token)
