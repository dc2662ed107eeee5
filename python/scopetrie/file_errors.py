"""What the operating system says about files, as v1's errors."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from typing import Any, Final

from .errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    OutOfRangeError,
    PermissionDeniedError,
    ResourceExhaustedError,
    UnimplementedError,
    UnknownError,
)

__all__ = ["copy_file", "errors_of_files", "make_folders"]

# As TensorFlow 2.21 has them; tests/recorded/file_errors.json shows most.
_CLASSES: Final[dict[int, Any]] = {
    errno.ENOENT: NotFoundError,
    errno.EEXIST: AlreadyExistsError,
    errno.EACCES: PermissionDeniedError,
    errno.EPERM: PermissionDeniedError,
    errno.EROFS: PermissionDeniedError,
    errno.EISDIR: FailedPreconditionError,
    errno.ENOTDIR: FailedPreconditionError,
    errno.ENOTEMPTY: FailedPreconditionError,
    errno.EINVAL: InvalidArgumentError,
    errno.ENAMETOOLONG: InvalidArgumentError,
    errno.EDQUOT: ResourceExhaustedError,
    errno.EMFILE: ResourceExhaustedError,
    errno.ENFILE: ResourceExhaustedError,
    errno.ENOSPC: ResourceExhaustedError,
    errno.EFBIG: OutOfRangeError,
    errno.EXDEV: UnimplementedError,
}


@contextlib.contextmanager
def errors_of_files(path: str | bytes) -> Iterator[None]:
    """Turns what the operating system says in a block about a file into v1's error.

    Args:
        path: The file, for errors that do not name it.

    Raises:
        OpError: Of the class for the system's number; `UnknownError` for numbers that v1 has no class for.

    >>> with errors_of_files("no/such/file"):
    ...     open("no/such/file")
    Traceback (most recent call last):
        ...
    scopetrie.errors.NotFoundError: no/such/file; No such file or directory
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise  # not the system's: what reads the file says that it is damaged
        kind = _CLASSES.get(error.errno, UnknownError)
        named = error.filename if isinstance(error.filename, (str, bytes)) else path
        raise kind(None, None, f"{os.fsdecode(named)}; {os.strerror(error.errno)}") from None


def make_folders(path: str) -> None:
    """Makes a folder and those that it is in, as far as they are missing.

    Raises:
        FailedPreconditionError: If one of them is a file.
        OpError: If the system refuses it for another reason.
    """
    with errors_of_files(path):
        try:
            os.makedirs(path, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            while path and not os.path.exists(path):
                path = os.path.dirname(path)
            if os.path.isfile(path):
                raise FailedPreconditionError(None, None, f"{path} is not a directory") from None


def copy_file(source: str, place: str) -> None:
    """Copies a file, and makes the folders of its new place, as far as they are missing.

    Raises:
        NotFoundError: If there is no such file.
        OpError: If the system refuses it for another reason.
    """
    make_folders(os.path.dirname(place))
    with errors_of_files(source):
        shutil.copyfile(source, place)
