"""Files that are written whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from typing import Any, Final

if sys.platform == "win32":
    fcntl: Any = None  # there, a file that is open cannot be removed, nor replaced
else:
    import fcntl

__all__ = ["write_whole"]

_LONGEST: Final = 200  # bytes of a name that are part of another
_LEFT: Final = re.compile(r"\..+\.[0-9a-f]{12}\.part", re.DOTALL)


@contextlib.contextmanager
def write_whole(path: str | bytes | os.PathLike[str]) -> Iterator[str]:
    r"""Lets a block write a file that takes the place of `path` once it is complete and on the disk.

    Until then, and if the block fails, `path` is what it was before; nobody reads half of a file. If the
    process is killed meanwhile, a hidden folder is left, whose name ends with ".part"; who writes a file
    there next removes it. Where `path` is a link, the file it points to is replaced.

    Args:
        path: The file.

    Yields:
        The path of an empty file in a folder of its own next to `path`, to be written or replaced.

    Raises:
        OSError: If the file cannot be made or written.

    >>> with write_whole("greeting.txt") as part:
    ...     with open(part, "w") as file:
    ...         print("hello", file=file)
    >>> from pathlib import Path
    >>> Path("greeting.txt").read_text()
    'hello\n'
    """
    path = os.fsdecode(path)  # once: what a program's own path says may change
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    try:
        _remove_left(folder)
        own, lock = _made(folder, name)
    except OSError as error:
        error.filename = path  # the one that the program knows
        raise
    try:
        part = os.path.join(own, "file")
        # Made here and not by `tempfile`: its files are private to the user, whatever the umask says.
        made = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        mode = stat.S_IMODE(os.fstat(made).st_mode)
        os.close(made)
        yield part
        os.chmod(part, mode)  # the block may have replaced it
        _sync(part)
        try:
            os.replace(part, target)
        except OSError as error:
            if error.filename is not None:
                error.filename, error.filename2 = path, None
            raise
    finally:
        _remove(own)
        if lock is not None:
            os.close(lock)
    if os.name == "posix":
        _sync(folder)  # the new name, too, is on the disk then


def _made(folder: str, name: str) -> tuple[str, int | None]:
    """Makes a folder to write in: its path, and a descriptor that locks it as long as it is open."""
    while True:
        begin = os.fsdecode(os.fsencode(name)[:_LONGEST])
        own = os.path.join(folder, f".{begin}.{secrets.token_hex(6)}.part")
        os.mkdir(own)
        if fcntl is None:
            return own, None
        try:
            lock = os.open(own, os.O_RDONLY)
        except FileNotFoundError:
            continue  # another process took it for one that was left, before it was locked
        with contextlib.suppress(OSError):  # a file system may have no locks: nothing is removed then
            fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(own):
            return own, lock
        os.close(lock)


def _remove_left(folder: str) -> None:
    """Removes what killed processes have left of any file there: folders that nobody has locked."""
    if fcntl is None:
        return
    for each in filter(_LEFT.fullmatch, os.listdir(folder)):
        path = os.path.join(folder, each)
        with contextlib.suppress(OSError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(path)
            finally:
                os.close(lock)


def _remove(folder: str) -> None:
    with contextlib.suppress(OSError):
        for each in os.listdir(folder):
            os.unlink(os.path.join(folder, each))
        os.rmdir(folder)


def _sync(path: str) -> None:
    """Waits until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
