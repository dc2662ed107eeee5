"""One size of a tensor's shape, which may be unknown, and arithmetic with it.

Example:
    >>> Dimension(3) * 2, Dimension(3) + None
    (Dimension(6), Dimension(None))
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

from .public import v1

# Whatever v1 takes for a dimension: a Dimension, None, or a value with __index__.
DimensionLike: TypeAlias = Any


def as_dimension_value(value: DimensionLike) -> int | None:
    """Returns the size that a value stands for, None if it is unknown.

    Args:
        value: A `Dimension`, None, or an integer of any kind.

    Returns:
        The size or None.

    Raises:
        TypeError: If the value is not a size.
        ValueError: If the size is negative.
    """
    if value is None:
        return None
    if isinstance(value, Dimension):
        return value._value
    try:
        size = operator.index(value)
    except TypeError:
        raise TypeError(
            "Dimension value must be integer or None or have an __index__ method, "
            f"got value '{value!r}' with type '{type(value)!r}'"
        ) from None
    if size < 0:
        raise ValueError(f"Dimension {size} must be >= 0")
    return size


@v1("Dimension")
class Dimension:
    """One size of a shape: a number, or unknown.

    Arithmetic with an unknown dimension, or with None, gives an unknown dimension. Comparing with one gives
    None, which counts as false. A known dimension can be used as an index.

    Args:
        value: The size: an integer, None for unknown, or another dimension.

    Raises:
        TypeError: If `value` is not a size.
        ValueError: If `value` is negative.

    Example:
        >>> Dimension(3) == 3, Dimension(None) == 3, list(range(Dimension(2)))
        (True, None, [0, 1])
    """

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]  # an unknown dimension does not even equal itself

    _value: int | None

    def __init__(self, value: DimensionLike) -> None:
        self._value = as_dimension_value(value)

    @property
    def value(self) -> int | None:
        """The size; None if unknown."""
        return self._value

    def is_compatible_with(self, other: DimensionLike) -> bool:
        """Returns whether this dimension and `other` are equal or either is unknown."""
        size = as_dimension_value(other)
        return self._value is None or size is None or self._value == size

    def assert_is_compatible_with(self, other: DimensionLike) -> None:
        """Raises ValueError unless `is_compatible_with(other)`."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {other} are not compatible")

    def merge_with(self, other: DimensionLike) -> Dimension:
        """Returns the dimension that knows what this one and `other` know.

        Raises:
            ValueError: If both are known and differ.
        """
        self.assert_is_compatible_with(other)
        return Dimension(other if self._value is None else self._value)

    def _apply(self, function: Callable[[int, int], int], other: DimensionLike, swap: bool = False) -> Any:
        try:
            size = as_dimension_value(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or size is None:
            return Dimension(None)
        return Dimension(function(size, self._value) if swap else function(self._value, size))

    def __add__(self, other: DimensionLike) -> Dimension:
        return self._apply(operator.add, other)  # type: ignore[no-any-return]

    def __radd__(self, other: DimensionLike) -> Dimension:
        return self._apply(operator.add, other, swap=True)  # type: ignore[no-any-return]

    def __sub__(self, other: DimensionLike) -> Dimension:
        return self._apply(operator.sub, other)  # type: ignore[no-any-return]

    def __rsub__(self, other: DimensionLike) -> Dimension:
        return self._apply(operator.sub, other, swap=True)  # type: ignore[no-any-return]

    def __mul__(self, other: DimensionLike) -> Dimension:
        return self._apply(operator.mul, other)  # type: ignore[no-any-return]

    def __rmul__(self, other: DimensionLike) -> Dimension:
        return self._apply(operator.mul, other, swap=True)  # type: ignore[no-any-return]

    def __floordiv__(self, other: DimensionLike) -> Dimension:
        return self._apply(operator.floordiv, other)  # type: ignore[no-any-return]

    def __rfloordiv__(self, other: DimensionLike) -> Dimension:
        return self._apply(operator.floordiv, other, swap=True)  # type: ignore[no-any-return]

    def __mod__(self, other: DimensionLike) -> Dimension:
        return self._apply(operator.mod, other)  # type: ignore[no-any-return]

    def __rmod__(self, other: DimensionLike) -> Dimension:
        return self._apply(operator.mod, other, swap=True)  # type: ignore[no-any-return]

    def __truediv__(self, other: object) -> NoReturn:
        raise _no_true_division("Dimension", type(other).__name__)

    def __rtruediv__(self, other: object) -> NoReturn:
        raise _no_true_division(type(other).__name__, "Dimension")

    def _compare(self, function: Callable[[int, int], bool], size: int | None) -> Any:
        # v1's comparison has three values: None where a size is unknown.
        return None if self._value is None or size is None else function(self._value, size)

    def __eq__(self, other: object) -> bool:
        try:
            size = as_dimension_value(other)
        except (TypeError, ValueError):
            return NotImplemented
        return self._compare(operator.eq, size)  # type: ignore[no-any-return]

    def __ne__(self, other: object) -> bool:
        try:
            size = as_dimension_value(other)
        except (TypeError, ValueError):
            return NotImplemented
        return self._compare(operator.ne, size)  # type: ignore[no-any-return]

    def __lt__(self, other: DimensionLike) -> bool | None:
        return self._compare(operator.lt, as_dimension_value(other))  # type: ignore[no-any-return]

    def __le__(self, other: DimensionLike) -> bool | None:
        return self._compare(operator.le, as_dimension_value(other))  # type: ignore[no-any-return]

    def __gt__(self, other: DimensionLike) -> bool | None:
        return self._compare(operator.gt, as_dimension_value(other))  # type: ignore[no-any-return]

    def __ge__(self, other: DimensionLike) -> bool | None:
        return self._compare(operator.ge, as_dimension_value(other))  # type: ignore[no-any-return]

    def __bool__(self) -> bool:
        return bool(self._value)

    def __int__(self) -> int:
        return self._value  # type: ignore[return-value]  # None makes int() raise TypeError

    def __index__(self) -> int:
        return self._value  # type: ignore[return-value]  # as above

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)

    def __repr__(self) -> str:
        return f"Dimension({self._value})"

    def __reduce__(self) -> tuple[type[Dimension], tuple[int | None]]:
        return Dimension, (self._value,)


def _no_true_division(left: str, right: str) -> TypeError:
    return TypeError(f"unsupported operand type(s) for /: '{left}' and '{right}', please use // instead")
