"""A bar that shows how far something long has come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

__all__ = ["progress"]

_LONG: Final = 256 << 20  # bytes, which take a good part of a second


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], object]]:
    """Shows a bar while a block runs, if it is long, in a terminal, and the package tqdm is installed.

    Args:
        what: What is done.
        total: How many bytes there are.

    Yields:
        A function to be called with the number of further bytes that are done.
    """
    bars = _bars() if total >= _LONG and sys.stderr.isatty() else None
    if bars is None:
        yield _nothing
        return
    with bars(total=total, desc=what, unit="B", unit_scale=True, unit_divisor=1024, leave=False) as bar:
        yield bar.update


def _nothing(count: int) -> None:
    pass


def _bars() -> Any:
    try:
        return import_module("tqdm").tqdm
    except ImportError:
        return None
