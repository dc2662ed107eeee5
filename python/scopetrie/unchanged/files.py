"""v1's inner module of files (tensorflow.python.lib.io.file_io): functions of `tf.gfile` by older names."""

from __future__ import annotations

import os
import uuid
from typing import Any, Final

from ..v1 import gfile

__all__ = [
    "FileIO",
    "atomic_write_string_to_file",
    "copy",
    "create_dir",
    "delete_file",
    "delete_recursively",
    "file_exists",
    "get_matching_files",
    "is_directory",
    "list_directory",
    "read_file_to_string",
    "recursive_create_dir",
    "rename",
    "stat",
    "walk",
    "write_string_to_file",
]
FileIO: Final = gfile.GFile
copy: Final = gfile.Copy
create_dir: Final = gfile.MkDir
delete_file: Final = gfile.Remove
delete_recursively: Final = gfile.DeleteRecursively
file_exists: Final = gfile.Exists
get_matching_files: Final = gfile.Glob
is_directory: Final = gfile.IsDirectory
list_directory: Final = gfile.ListDirectory
recursive_create_dir: Final = gfile.MakeDirs
rename: Final = gfile.Rename
stat: Final = gfile.Stat
walk: Final = gfile.Walk


def read_file_to_string(filename: Any, binary_mode: bool = False) -> Any:
    """Returns what a file holds.

    Args:
        filename: Its path.
        binary_mode: Whether it is bytes.
    """
    with gfile.GFile(filename, "rb" if binary_mode else "r") as file:
        return file.read()


def write_string_to_file(filename: Any, file_content: Any) -> None:
    """Writes a file.

    Args:
        filename: Its path.
        file_content: A text or bytes.
    """
    with gfile.GFile(filename, "wb" if isinstance(file_content, bytes) else "w") as file:
        file.write(file_content)


def atomic_write_string_to_file(filename: Any, contents: Any, overwrite: bool = True) -> None:
    """Writes a file that is there as a whole or not at all.

    Args:
        filename: Its path.
        contents: A text or bytes.
        overwrite: Whether one that is there is replaced.
    """
    beside = f"{os.fspath(filename)}.tmp{uuid.uuid4().hex}"
    write_string_to_file(beside, contents)
    try:
        gfile.Rename(beside, filename, overwrite)
    except BaseException:
        gfile.Remove(beside)
        raise
