r"""`tf.gfile`: v1's functions of files. They work on files of this machine.

>>> import scopetrie as tf
>>> with tf.gfile.GFile("notes.txt", "w") as file:
...     file.write("one\ntwo\n")
>>> tf.gfile.Exists("notes.txt"), list(tf.gfile.Open("notes.txt")), tf.gfile.Glob("*.txt")
(True, ['one\n', 'two\n'], ['notes.txt'])
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from ..errors import (
    AlreadyExistsError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    UnimplementedError,
)
from ..file_errors import errors_of_files, make_folders

__all__ = [
    "Copy",
    "DeleteRecursively",
    "Exists",
    "FastGFile",
    "FileStatistics",
    "GFile",
    "Glob",
    "IsDirectory",
    "ListDirectory",
    "MakeDirs",
    "MkDir",
    "Open",
    "Remove",
    "Rename",
    "Stat",
    "Walk",
]

_MODES = ("r", "rb", "r+", "rb+", "r+b", "w", "wb", "w+", "wb+", "w+b", "a", "ab", "a+", "ab+", "a+b")


class FileStatistics(NamedTuple):
    """What `Stat` gives of a file.

    Attributes:
        length: Its length in bytes.
        mtime_nsec: When it was changed, in nanoseconds.
        is_directory: Whether it is a folder.
    """

    length: int
    mtime_nsec: int
    is_directory: bool


def _path(path: Any) -> str:
    """A path as text.

    Raises:
        UnimplementedError: If it is of another file system.
    """
    text = os.fsdecode(path)
    scheme, colon, rest = text.partition("://")
    if not colon:
        return text
    if scheme == "file":
        return rest
    raise UnimplementedError(
        None,
        None,
        f"File system scheme '{scheme}' not implemented (file: '{text}'): copy it to this machine first",
    )


def Exists(filename: Any) -> bool:
    """Whether there is a file or folder of a path."""
    return os.path.exists(_path(filename))


def IsDirectory(dirname: Any) -> bool:
    """Whether a path is a folder."""
    return os.path.isdir(_path(dirname))


def ListDirectory(dirname: Any) -> list[str]:
    """Returns the names of what is in a folder.

    Raises:
        NotFoundError: If there is no such folder.
    """
    path = _path(dirname)
    if not os.path.isdir(path):
        raise NotFoundError(None, None, f"Could not find directory {path}")
    with errors_of_files(path):
        return os.listdir(path)


def Glob(filename: Any) -> list[str]:
    """Returns the paths that match a pattern, or one of a list of patterns."""
    patterns = filename if isinstance(filename, (list, tuple)) else [filename]
    return [path for pattern in patterns for path in sorted(glob.glob(_path(pattern)))]


def MkDir(dirname: Any) -> None:
    """Makes a folder, if there is nothing of its name.

    Raises:
        NotFoundError: If the folder is missing that it is to be in.
    """
    path = _path(dirname)
    with errors_of_files(path), suppress(FileExistsError):
        os.mkdir(path)


def MakeDirs(dirname: Any) -> None:
    """Makes a folder and those that it is in, as far as they are missing.

    Raises:
        FailedPreconditionError: If one of them is a file.
    """
    make_folders(_path(dirname))


def Remove(filename: Any) -> None:
    """Deletes a file.

    Raises:
        NotFoundError: If there is none.
    """
    path = _path(filename)
    with errors_of_files(path):
        os.unlink(path)


def DeleteRecursively(dirname: Any) -> None:
    """Deletes a folder and all that is in it, or a file.

    Raises:
        NotFoundError: If there is none.
    """
    path = _path(dirname)
    if not os.path.lexists(path):
        raise NotFoundError(None, None, f"{path} not found")
    with errors_of_files(path):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def Copy(oldpath: Any, newpath: Any, overwrite: bool = False) -> None:
    """Copies a file.

    Raises:
        NotFoundError: If there is none.
        AlreadyExistsError: If there is one of the new path, unless `overwrite`.
    """
    old, new = _path(oldpath), _path(newpath)
    _refuse_existing(new, overwrite)
    with errors_of_files(old):
        shutil.copyfile(old, new)


def Rename(oldname: Any, newname: Any, overwrite: bool = False) -> None:
    """Renames a file or folder.

    Raises:
        NotFoundError: If there is none.
        AlreadyExistsError: If there is one of the new name, unless `overwrite`.
    """
    old, new = _path(oldname), _path(newname)
    _refuse_existing(new, overwrite)
    with errors_of_files(old):
        os.replace(old, new)


def _refuse_existing(path: str, overwrite: bool) -> None:
    if not overwrite and os.path.exists(path):
        raise AlreadyExistsError(None, None, "file already exists")


def Stat(filename: Any) -> FileStatistics:
    """Returns the length of a file, and when it was changed.

    Raises:
        NotFoundError: If there is none.
    """
    path = _path(filename)
    with errors_of_files(path):
        found = os.stat(path)
    return FileStatistics(found.st_size, found.st_mtime_ns, os.path.isdir(path))


def Walk(top: Any, in_order: bool = True) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yields a folder and all beneath it: its path, the names of its folders, and of its files.

    Args:
        top: The folder.
        in_order: Whether a folder comes before what is in it.
    """
    return os.walk(_path(top), topdown=in_order)


class GFile:
    """A file, opened when it is first read or written.

    Args:
        name: Its path.
        mode: As that of Python's `open`: "r", "w", "a", with "b" for bytes and "+" for both.

    Raises:
        InvalidArgumentError: If the mode is none.
        NotFoundError: Where it is read, if it is not there.

    >>> import scopetrie as tf
    >>> with tf.gfile.FastGFile("data.bin", "wb") as file:
    ...     file.write(b"abc")
    >>> tf.gfile.GFile("data.bin", "rb").read(2), tf.gfile.GFile("data.bin").size()
    (b'ab', 3)
    """

    _opened: IO[Any] | None = None

    def __init__(self, name: Any, mode: str = "r") -> None:
        if mode not in _MODES:
            raise InvalidArgumentError(None, None, f"mode is not 'r' or 'w' or 'a': {mode!r}")
        self._name = name
        self._mode = mode

    @property
    def name(self) -> Any:
        """The path, as it was given."""
        return self._name

    @property
    def mode(self) -> str:
        """The mode."""
        return self._mode

    def _file(self, way: str) -> IO[Any]:
        if self._opened is None:
            path = _path(self._name)
            with errors_of_files(path):
                encoding = None if "b" in self._mode else "utf-8"
                self._opened = open(path, self._mode, encoding=encoding)  # noqa: SIM115  # see close
        if not (self._opened.readable() if way == "read" else self._opened.writable()):
            text = "reading" if way == "read" else "writing"
            raise PermissionDeniedError(None, None, f"File isn't open for {text}")
        return self._opened

    def read(self, n: int = -1) -> Any:
        """Returns the rest of the file, or at most n characters or bytes."""
        file = self._file("read")
        with errors_of_files(_path(self._name)):
            return file.read(n)

    def readline(self) -> Any:
        """Returns the next line, with its end; nothing at the end of the file."""
        file = self._file("read")
        with errors_of_files(_path(self._name)):
            return file.readline()

    def readlines(self) -> list[Any]:
        """Returns the lines that are left."""
        return list(self)

    def write(self, file_content: Any) -> None:
        """Writes text, or bytes."""
        file = self._file("write")
        if "b" in self._mode and isinstance(file_content, str):
            file_content = file_content.encode()
        elif "b" not in self._mode and isinstance(file_content, bytes):
            file_content = file_content.decode()
        with errors_of_files(_path(self._name)):
            file.write(file_content)

    def seek(self, offset: int = 0, whence: int = 0) -> None:
        """Moves to a place in the file."""
        self._file("read").seek(offset, whence)

    def tell(self) -> int:
        """Returns the place in the file."""
        return self._file("read" if self._mode[0] == "r" else "write").tell()

    def size(self) -> int:
        """Returns the length of the file in bytes."""
        return Stat(self._name).length

    def flush(self) -> None:
        """Hands what was written to the operating system."""
        if self._opened is not None:
            with errors_of_files(_path(self._name)):
                self._opened.flush()

    def close(self) -> None:
        """Closes the file; it is opened again when it is used again."""
        file, self._opened = self._opened, None
        if file is not None:
            with errors_of_files(_path(self._name)):
                file.close()

    __del__ = close  # programs of v1 seldom close a file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if not line:
            raise StopIteration
        return line


Open = FastGFile = GFile
