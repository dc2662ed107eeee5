"""v1's `Tensor.ref()`: a hashable reference to a tensor or a variable."""

from __future__ import annotations

from typing import Any


class Reference:
    """A tensor or variable as a dictionary key; references to the same one are equal.

    Args:
        wrapped: The tensor or variable.

    >>> import scopetrie as tf
    >>> x = tf.constant(1.0)
    >>> {x.ref(): "found"}[x.ref()], x.ref().deref() == x
    ('found', True)
    """

    __slots__ = ("_wrapped",)

    def __init__(self, wrapped: Any) -> None:
        self._wrapped = wrapped

    def deref(self) -> Any:
        """Returns the tensor or variable."""
        return self._wrapped

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and bool(self._wrapped == other._wrapped)

    def __hash__(self) -> int:
        return hash(self._wrapped)

    def __repr__(self) -> str:
        return f"<Reference wrapping {self._wrapped!r}>"
