"""Saving while the program goes on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from ...locks import Lock

__all__ = ["in_background"]

# The latest save of each file that is not done, so that a later one does not overtake it.
_latest: Final[dict[str, Future[None]]] = {}
_changing: Final = Lock()


def in_background(path: str | os.PathLike[str], work: Callable[[], None]) -> Future[None]:
    """Calls a function that writes a file in a thread of its own, after those that write it already.

    The process does not end before it is done.

    Args:
        path: The file.
        work: The function.

    Returns:
        A Future: `result()` waits, and raises what the function raised.
    """
    name = os.path.realpath(os.fsdecode(path))
    done: Future[None] = Future()
    done.set_running_or_notify_cancel()
    with _changing:
        before = _latest.get(name)
        _latest[name] = done

    def run() -> None:
        if before is not None:
            before.exception()  # waits; what went wrong there is said there
        try:
            work()
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(None)
        with _changing:
            if _latest.get(name) is done:
                del _latest[name]

    threading.Thread(target=run, name=f"save {os.path.basename(name)}").start()
    return done
