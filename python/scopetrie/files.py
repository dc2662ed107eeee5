"""Files that are written whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator

__all__ = ["write_whole"]


@contextlib.contextmanager
def write_whole(path: str | os.PathLike[str]) -> Iterator[str]:
    r"""Lets a block write a file that takes the place of `path` once it is complete and on the disk.

    Until then, and if the block fails, `path` is what it was before; nobody reads half of a file. If the
    process is killed meanwhile, a hidden file is left, whose name ends with ".part". Where `path` is a link,
    the file it points to is replaced.

    Args:
        path: The file.

    Yields:
        The path of an empty file in the same folder, to be written.

    Raises:
        OSError: If the file cannot be made or written.

    >>> with write_whole("greeting.txt") as part:
    ...     with open(part, "w") as file:
    ...         print("hello", file=file)
    >>> from pathlib import Path
    >>> Path("greeting.txt").read_text()
    'hello\n'
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    # Made here and not by `tempfile`: its files are private to the user, whatever the umask says.
    part = os.path.join(folder, f".{name[:200]}.{secrets.token_hex(6)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        error.filename = os.fspath(path)  # the one that the program knows
        raise
    try:
        yield part
        _sync(part)
        os.replace(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise
    if os.name == "posix":
        _sync(folder)  # the new name, too, is on the disk then


def _sync(path: str) -> None:
    """Waits until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
