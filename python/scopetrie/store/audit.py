"""Which variables a block makes, where it might have reused others."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final, NamedTuple, Self, final

from .. import _core
from ..printing import aligned, bytes_text, name_text, plural, type_text
from ..similar import similar
from .outline import variable_facts
from .why import Place, place_of

__all__ = ["Audit", "Made"]

_MOST_LINES: Final = 30


class Made(NamedTuple):
    """A variable that an audited block has made.

    Attributes:
        path: Its path.
        variable: The variable.
        place: Where it was made.
        near: The paths that were there before and are like its own, the nearest first.
    """

    path: str
    variable: Any
    place: Place
    near: list[str]


@final
class Audit:
    """What `Store.audit` gives: a `with` block that notes which variables it makes, rather than reuses.

    Variables that other threads make meanwhile count, too.

    Attributes:
        made: The variables that the block has made and not deleted, in the order of their creation; empty
            before it ends.
    """

    __slots__ = ("_before", "_store", "made")

    def __init__(self, store: _core.Store) -> None:
        self._store = store
        self._before: list[str] | None = None
        self.made: list[Made] = []

    def __enter__(self) -> Self:
        if self._before is not None:
            raise RuntimeError("Store.audit(): the block is under way; each `with` needs one of its own")
        self._before = self._store._paths()
        self.made = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        before, self._before = self._before or [], None
        known = set(before)
        for path in self._store._paths():
            variable = None if path in known else self._store._find(path)
            if variable is not None and variable.path == path:
                near = similar(path, before, cutoff=0.8)
                self.made.append(Made(path, variable, place_of(variable), near))

    def __repr__(self) -> str:
        return f"<Audit: {plural(len(self.made), 'variable')} made>"

    def __str__(self) -> str:
        rows = []
        for path, variable, place, near in self.made[:_MOST_LINES]:
            facts = variable_facts(variable)
            at = f"at {place.file}:{place.line}" if place.file else ""
            like = f"near to {', '.join(map(name_text, near))}" if near else ""
            rows.append(
                (
                    f"  {name_text(path)}",
                    type_text(facts),
                    bytes_text(facts.nbytes or 0),
                    "; ".join(filter(None, [at, like])),
                )
            )
        if len(self.made) > _MOST_LINES:
            rows.append((f"  ... {len(self.made) - _MOST_LINES:,} more", "", "", ""))
        count = (
            "no variable was"
            if not self.made
            else plural(len(self.made), "variable") + (" was" if len(self.made) == 1 else " were")
        )
        return "\n".join([f"{count} made", *aligned(rows)])
