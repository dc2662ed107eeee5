"""Unique names in scopes, without a graph: for exporters, netlists, compilers."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import TracebackType
from typing import Literal, NoReturn, Self, SupportsIndex, final

from ._core import Names as _Names
from ._core import own_methods
from .public import v1

__all__ = ["Names", "NamesTransaction"]


@v1("Names")
@own_methods
class Names(_Names):
    """Names that are unique in their scopes, under the program's own conventions.

    A name is given out as it is if it is free, else with the first number that makes it free. Names and
    scopes share one space: a path with names beneath it is taken. `name in names` says whether a name is
    taken; iteration and `len` are about the names that were given out by `unique_name`, `reserve` and
    `update`, in that order. Calls that give out names take them relative to the scope that the calling thread
    has open; `in`, `release`, `under` and `update` take full ones.

    Args:
      separator: What stands between the parts of a path.
      suffix: How a number is appended; `{}` stands for it, after a character that is no digit.
      fold: "lower" if names that differ only in case are the same name. Each keeps its own spelling.
      legal: What a part of a path must match as a whole, its number included: a regular expression, or a
        function from str to bool. Everything is legal by default.
      clean: A function from a part that is not legal (from every part, without `legal`) to what is taken
        instead; called once for each text. Without it, an illegal name is an error.
      policy: "tensorflow" for what TensorFlow 1's `Graph.unique_name` and `name_scope` do: case does not
        count, and a path with names beneath it is free.

    Raises:
      ValueError: If the options would let one text be two names, or are none of the above.
      TypeError: If one of them is of another type.

    >>> from scopetrie import Names
    >>> names = Names(separator=".", suffix="${}", fold="lower")
    >>> names.update(["top.clk"])
    >>> with names.scope("top", reopen=True):
    ...     names.unique_names(["Clk", "data", "data"])
    ['top.Clk$1', 'top.data', 'top.data$1']
    >>> "top" in names, len(names), list(names.under("top"))
    (True, 4, ['top.clk', 'top.Clk$1', 'top.data', 'top.data$1'])
    """

    __slots__ = ()

    def __new__(
        cls,
        *,
        separator: str = "/",
        suffix: str = "_{}",
        fold: Literal["lower"] | None = None,
        legal: str | re.Pattern[str] | Callable[[str], object] | None = None,
        clean: Callable[[str], str] | None = None,
        policy: Literal["tensorflow"] | None = None,
    ) -> Self:
        """Checks the options and makes the core's table."""
        for option, value in (("separator", separator), ("suffix", suffix)):
            if not isinstance(value, str):
                raise TypeError(f"Names({option}={value!r}): it must be a str, not {type(value).__name__}")
        if fold not in (None, "lower"):
            raise ValueError(f'Names(fold={fold!r}): it must be "lower" or None')
        if policy not in (None, "tensorflow"):
            raise ValueError(f'Names(policy={policy!r}): it must be "tensorflow" or None')
        before, placeholder, after = suffix.partition("{}")
        if not placeholder or "{}" in after:
            raise ValueError(f'Names(suffix={suffix!r}): it must have one "{{}}", where the number goes')
        if clean is not None and not callable(clean):
            raise TypeError(f"Names(clean={clean!r}): it must be a function from str to str")
        is_tensorflow = policy == "tensorflow"
        folds = fold == "lower" or is_tensorflow
        return super().__new__(
            cls, separator, before, after, folds, not is_tensorflow, _as_function(legal), clean
        )

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("Names is neither pickled nor copied")

    def transaction(self) -> NamesTransaction:
        """A `with` block whose names, scopes and releases are undone if it raises.

        Returns:
          A context manager; its `rollback()` undoes what was done so far, and ends it.

        >>> from scopetrie import Names
        >>> names = Names()
        >>> with names.transaction() as transaction:
        ...     print(names.unique_name("w"))
        ...     transaction.rollback()
        w
        >>> names.unique_name("w")
        'w'
        """
        return NamesTransaction(self)


@final
class NamesTransaction:
    """What `Names.transaction()` gives."""

    __slots__ = ("_names", "_number")

    def __init__(self, names: Names) -> None:
        self._names = names
        self._number = 0

    def __enter__(self) -> Self:
        if self._number:
            raise RuntimeError("Names.transaction(): it is under way; each `with` needs one of its own")
        self._number = self._names._begin()
        return self

    def rollback(self) -> None:
        """Undoes what was done since the block began, and what is done in transactions within it; ends it."""
        self._end(keep=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(keep=kind is None)

    def _end(self, *, keep: bool) -> None:
        number, self._number = self._number, 0
        if number:
            self._names._end(number, keep)


def _as_function(legal: object) -> Callable[[str], object] | None:
    """A predicate from what `Names(legal=)` takes."""
    if legal is None:
        return None
    if isinstance(legal, str | re.Pattern):
        try:
            return re.compile(legal).fullmatch
        except re.error as error:
            raise ValueError(f"Names(legal={legal!r}): it is no regular expression: {error}") from None
    if not callable(legal):
        raise TypeError(f"Names(legal={legal!r}): it must be a regular expression or a function of a str")
    return legal
