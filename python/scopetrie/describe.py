"""Docstrings of families of functions, which share most of their arguments: each is described once.

Example:
    >>> described = describer({"x": "A number."})
    >>> @described("Its half.")
    ... def half(x):
    ...     "Half of x."
    >>> print(half.__doc__)
    Half of x.
    <BLANKLINE>
    Args:
        x: A number.
    <BLANKLINE>
    Returns:
        Its half.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

__all__ = ["describer"]

_Public = TypeVar("_Public", bound=Callable[..., Any])


def describer(arguments: Mapping[str, str]) -> Callable[..., Callable[[_Public], _Public]]:
    """Returns a function that makes decorators which describe arguments.

    Args:
        arguments: Descriptions by name.

    Returns:
        `described(returns="", raises="", **own)`: what is returned, what is raised when, and descriptions of
        arguments that are special to one function or class.
    """

    def described(returns: str = "", raises: str = "", **own: str) -> Callable[[_Public], _Public]:
        return lambda public: _write(public, {**arguments, **own}, returns, raises)

    return described


def _write(public: _Public, known: Mapping[str, str], returns: str, raises: str) -> _Public:
    text = inspect.cleandoc(public.__doc__ or "")
    summary, example, rest = text.partition("\n>>> ")
    lines = [summary.rstrip(), "", "Args:"]
    for name, parameter in inspect.signature(public).parameters.items():
        stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
        lines.append(f"    {stars}{name}: {known[name]}")
    for heading, said in (("Returns", returns), ("Raises", raises)):
        if said:
            lines += ["", f"{heading}:", f"    {said}"]
    if example:
        lines += ["", f">>> {rest}"]
    public.__doc__ = "\n".join(lines)
    return public
