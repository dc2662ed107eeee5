"""How a `with` block ends where memory is short, or the program is interrupted."""

from __future__ import annotations

from typing import Any, Final

_MOST_TRIES: Final = 250  # an int that Python has already


def leave_surely(block: Any) -> None:
    """Ends a block by its `_leave()`, again and again while memory is short or the program is interrupted.

    A block that stayed open would be one of all that follows. An interrupt is raised once it has ended.

    Args:
        block: What has a function `_leave`, which may be called again after it has failed.

    Raises:
        MemoryError: If there is none for good.
        KeyboardInterrupt: If one came meanwhile.
    """
    tries, interrupt = 0, None
    while True:
        try:
            block._leave()
            break
        except MemoryError:
            tries += 1
            if tries > _MOST_TRIES:
                raise
        except KeyboardInterrupt as error:
            interrupt = error
    if interrupt is not None:
        raise interrupt
