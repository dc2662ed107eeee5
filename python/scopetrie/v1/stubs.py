"""`tf.test.StubOutForTesting`: attributes that are other ones for a test, and as before after it."""

from __future__ import annotations

import inspect
from types import TracebackType
from typing import Any, Self

__all__ = ["StubOutForTesting"]


class StubOutForTesting:
    """Sets attributes of modules and classes for the time of a test.

    >>> import math
    >>> stubs = StubOutForTesting()
    >>> stubs.Set(math, "pi", 3)
    >>> math.pi
    3
    >>> stubs.CleanUp()
    >>> round(math.pi, 2)
    3.14
    """

    def __init__(self) -> None:
        self._set: list[tuple[Any, str, Any]] = []
        self._smart: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.CleanUp()

    def Set(self, parent: Any, child_name: str, new_child: Any) -> None:
        """Sets an attribute until `UnsetAll`.

        Args:
            parent: The module, class or object.
            child_name: The attribute.
            new_child: Its value.
        """
        before = vars(parent).get(child_name, getattr(parent, child_name))
        self._set.append((parent, child_name, before))
        setattr(parent, child_name, new_child)

    def SmartSet(self, obj: Any, attr_name: str, new_attr: Any) -> None:
        """Sets an attribute where it is defined: at the class of an object, or a class beneath that.

        Args:
            obj: The module, class or object.
            attr_name: The attribute.
            new_attr: Its value.

        Raises:
            AttributeError: If there is none.
        """
        places = [obj]
        if not inspect.ismodule(obj) and attr_name not in getattr(obj, "__dict__", {}):
            places = [*inspect.getmro(obj if inspect.isclass(obj) else obj.__class__)]
        for place in places:
            if attr_name in vars(place):
                self._smart.append((place, attr_name, vars(place)[attr_name]))
                setattr(place, attr_name, new_attr)
                return
        raise AttributeError(f"Attribute not found: {attr_name}.")

    def UnsetAll(self) -> None:
        """Takes back what `Set` has set, the last first."""
        while self._set:
            setattr(*self._set.pop())

    def SmartUnsetAll(self) -> None:
        """Takes back what `SmartSet` has set, the last first."""
        while self._smart:
            setattr(*self._smart.pop())

    def CleanUp(self) -> None:
        """Takes back all."""
        self.SmartUnsetAll()
        self.UnsetAll()
