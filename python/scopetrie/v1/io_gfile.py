"""`tf.io.gfile`: the functions of `tf.gfile`, by the names that TensorFlow 2 kept.

>>> import scopetrie as tf
>>> tf.io.gfile.makedirs("runs/first")
>>> with tf.io.gfile.GFile("runs/first/notes.txt", "w") as file:
...     file.write("one")
>>> tf.io.gfile.glob("runs/*/*.txt"), tf.io.gfile.isdir("runs"), tf.io.gfile.exists("missing")
(['runs/first/notes.txt'], True, False)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from . import gfile
from .gfile import FileStatistics, GFile

__all__ = [
    "GFile",
    "copy",
    "exists",
    "glob",
    "isdir",
    "join",
    "listdir",
    "makedirs",
    "mkdir",
    "remove",
    "rename",
    "rmtree",
    "stat",
    "walk",
]


def exists(path: Any) -> bool:
    """Whether there is a file or folder of a path."""
    return gfile.Exists(path)


def isdir(path: Any) -> bool:
    """Whether a path is a folder."""
    return gfile.IsDirectory(path)


def join(path: Any, *paths: Any) -> str:
    """Returns the parts of a path as one; what comes before an absolute one is left out."""
    return os.path.join(os.fsdecode(path), *map(os.fsdecode, paths))


def listdir(path: Any) -> list[str]:
    """Returns the names of what is in a folder.

    Raises:
        NotFoundError: If there is no such folder.
    """
    return gfile.ListDirectory(path)


def glob(pattern: Any) -> list[str]:
    """Returns the paths that match a pattern, or one of a list of patterns."""
    return gfile.Glob(pattern)


def mkdir(path: Any) -> None:
    """Makes a folder, if there is nothing of its name.

    Raises:
        NotFoundError: If the folder is missing that it is to be in.
    """
    gfile.MkDir(path)


def makedirs(path: Any) -> None:
    """Makes a folder and those that it is in, as far as they are missing.

    Raises:
        FailedPreconditionError: If one of them is a file.
    """
    gfile.MakeDirs(path)


def remove(path: Any) -> None:
    """Deletes a file.

    Raises:
        NotFoundError: If there is none.
    """
    gfile.Remove(path)


def rmtree(path: Any) -> None:
    """Deletes a folder and all that is in it.

    Raises:
        NotFoundError: If there is none.
    """
    gfile.DeleteRecursively(path)


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copies a file.

    Raises:
        NotFoundError: If there is none.
        AlreadyExistsError: If there is one of the new path, unless `overwrite`.
    """
    gfile.Copy(src, dst, overwrite)


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Renames a file or folder.

    Raises:
        NotFoundError: If there is none.
        AlreadyExistsError: If there is one of the new name, unless `overwrite`.
    """
    gfile.Rename(src, dst, overwrite)


def stat(path: Any) -> FileStatistics:
    """Returns the length of a file, and when it was changed.

    Raises:
        NotFoundError: If there is none.
    """
    return gfile.Stat(path)


def walk(
    top: Any, topdown: bool = True, onerror: Callable[[OSError], Any] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yields a folder and all beneath it: its path, the names of its folders, and of its files.

    Args:
        top: The folder.
        topdown: Whether a folder comes before what is in it.
        onerror: Accepted for v1's sake: folders that cannot be read are left out.
    """
    return gfile.Walk(top, topdown)
