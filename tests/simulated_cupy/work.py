"""Work of the simulated device: it is done at once, or recorded by a stream that captures.

Recorded work keeps the arrays of NumPy, not ours: a graph does not keep its memory from others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .counts import COUNTS
from .memory import Block
from .runtime import current_work


class _Held:
    """An array of ours as recorded work has it."""

    __slots__ = ("block", "raw")

    def __init__(self, raw: np.ndarray[Any, Any], block: Block) -> None:
        self.raw = raw
        self.block = block


def _is_ours(value: Any) -> bool:
    return hasattr(value, "_memory")


def _held(value: Any) -> Any:
    """Arguments for later: ours by what they are over."""
    if _is_ours(value):
        return _Held(value._raw, value._memory.block)
    if type(value) in (list, tuple):
        return type(value)(map(_held, value))
    if isinstance(value, dict):
        return {name: _held(each) for name, each in value.items()}
    return value


def _hosts(value: Any) -> Any:
    """Arguments as NumPy takes them."""
    if isinstance(value, _Held):
        value.block.refuse_strangers()
        value.block.check()
        return value.raw
    if type(value) in (list, tuple):
        return type(value)(map(_hosts, value))
    if isinstance(value, dict):
        return {name: _hosts(each) for name, each in value.items()}
    return value


def made_by(compute: Callable[..., Any], *given: Any, wrap: Callable[[Any], Any], **named: Any) -> Any:
    """Launches a kernel that makes arrays: `compute`, a function of NumPy's arrays.

    Args:
        compute: The function.
        *given: Its arguments, with arrays of ours.
        wrap: Makes arrays of ours of its results.
        **named: Further ones.
    """
    recorded = current_work().recorded
    COUNTS.launched(recorded is not None)
    held, by_name = _held(given), _held(named)
    with np.errstate(all="ignore"):
        made = wrap(compute(*_hosts(held), **_hosts(by_name)))
    if recorded is None:
        return made
    results = _held(list(made) if isinstance(made, (list, tuple)) else [made])
    for each in results:
        _spoil(each)

    def again() -> None:
        with np.errstate(all="ignore"):
            found = compute(*_hosts(held), **_hosts(by_name))
        values: Sequence[Any] = found if isinstance(found, (list, tuple)) else [found]
        for result, value in zip(results, values, strict=True):
            if isinstance(result, _Held):
                result.block.refuse_strangers()
                result.raw[...] = value
                result.block.write()

    recorded.append(again)
    return made


def changed_by(compute: Callable[..., None], targets: Sequence[Any], *given: Any) -> None:
    """Launches a kernel that changes arrays in place: `compute(*targets, *given)`, on NumPy's.

    Args:
        compute: The function.
        targets: What it writes into.
        *given: Its other arguments.
    """
    recorded = current_work().recorded
    COUNTS.launched(recorded is not None)
    held, more = _held(list(targets)), _held(given)

    def once() -> None:
        with np.errstate(all="ignore"):
            compute(*_hosts(held), *_hosts(more))
        for each in held:
            each.block.write()

    if recorded is None:
        once()
    else:
        _hosts(held), _hosts(more)  # refused now
        recorded.append(once)


def _spoil(held: Any) -> None:
    """Fills an array with what nobody has computed yet."""
    if isinstance(held, _Held) and held.raw.size:
        held.raw[...] = np.nan if held.raw.dtype.kind in "fc" else np.array(85, held.raw.dtype)
