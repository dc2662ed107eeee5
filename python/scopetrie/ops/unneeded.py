"""Attributes of v1's nodes that a kernel does not take: it computes the same whatever most of them say."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from ..errors import UnimplementedError
from .declare import Attribute

__all__ = ["with_all"]

# Those that change what is computed, and what they may say here.
_TOLD: Final[dict[str, tuple[Any, ...]]] = {
    "Truncate": (False,),
    "bad_indices_policy": ("", "DEFAULT", "ERROR"),
    "incompatible_shape_error": (True,),
}
_TAKES_ALL: Final = 8  # CO_VARKEYWORDS


def with_all(
    type: str, kernel: Callable[..., Any] | None, attributes: tuple[Attribute, ...]
) -> Callable[..., Any] | None:
    """A kernel that takes all attributes of its type.

    Args:
        type: The type of the op.
        kernel: The kernel, which takes those that it needs.
        attributes: What nodes of the type have.

    Returns:
        The kernel itself if it takes all; else one that raises UnimplementedError for a value of an attribute
        by which it would compute something else.
    """
    code = getattr(kernel, "__code__", None)
    if kernel is None or code is None or code.co_flags & _TAKES_ALL:
        return kernel
    taken = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    others = [each.name for each in attributes if each.name not in taken]
    if not others:
        return kernel

    @wraps(kernel)
    def all_taken(*args: Any, **attrs: Any) -> Any:
        for name in others:
            value = attrs.pop(name, None)
            allowed = _TOLD.get(name)
            if value is not None and allowed is not None and value not in allowed:
                raise UnimplementedError(None, None, f"{type} is not computed with {name}={value!r} here")
        return kernel(*args, **attrs)

    return all_taken
