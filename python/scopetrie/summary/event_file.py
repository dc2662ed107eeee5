"""Event files, as TensorBoard reads them: records, each with its length and checksums."""

from __future__ import annotations

import itertools
import os
import socket
import time
import weakref
from typing import Any, final

from ..bundles.records import record
from ..file_errors import errors_of_files, make_folders
from ..locks import Lock
from .protos import proto

__all__ = ["EventFile"]

_numbers = itertools.count()


@final
class EventFile:
    """A new event file in a folder. Each event is in the file when `add` returns.

    Thread safety: several threads may add events.

    Args:
        folder: The folder, created if missing.
        suffix: The end of the file's name.

    Raises:
        ImportError: If the extra `tensorboard` is not installed.
        OpError: If the file cannot be made, of v1's class.
    """

    def __init__(self, folder: str, suffix: str) -> None:
        first = proto("event").Event(wall_time=time.time(), file_version="brain.Event:2")
        make_folders(folder)
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}"
        path = os.path.join(folder, f"{name}.{next(_numbers)}{suffix}")
        with errors_of_files(path):
            self._descriptor = os.open(
                path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666
            )
        self._path = path
        # Programs seldom close their writers.
        self._closing = weakref.finalize(self, os.close, self._descriptor)
        self._writing = Lock()
        self.add(first)

    def add(self, event: Any) -> None:
        """Writes an Event proto.

        Raises:
            OpError: If it cannot be written, of v1's class.
        """
        data = record(event.SerializeToString())
        with self._writing, errors_of_files(self._path):
            while data:
                data = data[os.write(self._descriptor, data) :]

    def close(self) -> None:
        """Closes the file."""
        with self._writing:
            self._closing()
