"""Which of a Saver's checkpoints are kept, and which are deleted."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from .checkpoint_state import remove_checkpoint

__all__ = ["KeptCheckpoints"]

_log = logging.getLogger("scopetrie")


class KeptCheckpoints:
    """The latest few checkpoints of a Saver, and one every so many hours for ever.

    Args:
        most: How many are kept; 0 for all, which are not noted then.
        hours: After how many hours one is kept for ever.

    Attributes:
        latest: The checkpoints that are kept for now, the oldest first, each with the time of its saving.
    """

    def __init__(self, most: int, hours: float) -> None:
        self._most = most
        self._seconds = hours * 3600
        self._next_kept = time.time() + self._seconds
        self._to_delete: list[tuple[str, float]] = []
        self.latest: list[tuple[str, float]] = []

    def note(self, path: str) -> None:
        """Notes that a checkpoint was saved."""
        if not self._most:
            return
        self.latest = [each for each in self.latest if each[0] != path]
        self.latest.append((path, time.time()))
        while len(self.latest) > self._most:
            self._to_delete.append(self.latest.pop(0))

    def delete_old(self, meta_graph_suffix: str) -> None:
        """Deletes the checkpoints that are too many, unless they are to be kept for ever."""
        while self._to_delete:
            path, saved_at = self._to_delete.pop(0)
            if saved_at > self._next_kept:
                self._next_kept += self._seconds
                continue
            if any(path == each for each, _ in self.latest):
                continue  # saved again since
            try:
                remove_checkpoint(path, meta_graph_suffix=meta_graph_suffix)
            except OSError as error:
                _log.warning("Ignoring: %s", error)

    def recover(self, paths: Sequence[tuple[str, float]]) -> None:
        """Takes over checkpoints that another process has saved."""
        self.latest = list(paths)
