"""The index of the checkpoints of a folder: a file called "checkpoint" that says which is the latest."""

from __future__ import annotations

import contextlib
import glob
import logging
import os
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ...bundles import message
from ...file_errors import errors_of_files
from ...files import write_whole
from ...public import v1

__all__ = [
    "checkpoint_exists",
    "generate_checkpoint_state_proto",
    "get_checkpoint_mtimes",
    "get_checkpoint_state",
    "latest_checkpoint",
    "remove_checkpoint",
    "update_checkpoint_state",
    "write_checkpoint_state",
]

_log = logging.getLogger("scopetrie")


@v1("train.generate_checkpoint_state_proto")
def generate_checkpoint_state_proto(
    save_dir: str | os.PathLike[str],
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> Any:
    """Makes a CheckpointState, in which paths beneath the folder are relative to it.

    Args:
        save_dir: The folder of the checkpoints.
        model_checkpoint_path: The latest one.
        all_model_checkpoint_paths: All that are kept, the oldest first.
        all_model_checkpoint_timestamps: When they were saved, in seconds.
        last_preserved_timestamp: When the last one was saved that is kept for ever.

    Returns:
        A CheckpointState.

    Raises:
        ValueError: If there are not as many times as paths.
        ImportError: If the package protobuf is not installed.

    >>> print(generate_checkpoint_state_proto("runs", "runs/model-3"))
    model_checkpoint_path: "model-3"
    all_model_checkpoint_paths: "model-3"
    <BLANKLINE>
    """
    folder, latest = os.fsdecode(save_dir), os.fsdecode(model_checkpoint_path)
    paths = [os.fsdecode(each) for each in all_model_checkpoint_paths or []]
    if all_model_checkpoint_timestamps is not None and len(all_model_checkpoint_timestamps) != len(paths):
        raise ValueError(
            "Checkpoint timestamps, if provided, must match checkpoint paths (got paths "
            f"{paths} and timestamps {all_model_checkpoint_timestamps})"
        )
    if latest not in paths:
        paths.append(latest)
    if not os.path.isabs(folder):
        # What is not absolute already is relative to the process's folder, not to this one.
        latest, *paths = (
            each if os.path.isabs(each) else os.path.relpath(each, folder) for each in (latest, *paths)
        )
    made = message("CheckpointState")(model_checkpoint_path=latest, all_model_checkpoint_paths=paths)
    made.all_model_checkpoint_timestamps.extend(all_model_checkpoint_timestamps or [])
    if last_preserved_timestamp is not None:
        made.last_preserved_timestamp = last_preserved_timestamp
    return made


@v1("train.update_checkpoint_state")
def update_checkpoint_state(
    save_dir: str | os.PathLike[str],
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    latest_filename: str | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> None:
    """Writes the index of a folder.

    Args:
        save_dir: The folder.
        model_checkpoint_path: The latest checkpoint.
        all_model_checkpoint_paths: All that are kept, the oldest first.
        latest_filename: The index's name; "checkpoint" by default.
        all_model_checkpoint_timestamps: When they were saved, in seconds.
        last_preserved_timestamp: When the last one was saved that is kept for ever.

    Raises:
        RuntimeError: If the latest checkpoint has the name of the index.
        ValueError: If there are not as many times as paths.
        OpError: If it cannot be written, of v1's class.
        ImportError: If the package protobuf is not installed.
    """
    write_checkpoint_state(
        save_dir, model_checkpoint_path, all_model_checkpoint_paths, latest_filename,
        all_model_checkpoint_timestamps, last_preserved_timestamp,
    )  # fmt: skip


def write_checkpoint_state(
    save_dir: str | os.PathLike[str],
    model_checkpoint_path: str,
    paths: Sequence[str] | None,
    latest_filename: str | None,
    timestamps: Sequence[float] | None,
    last_preserved_timestamp: float | None,
    is_relative: bool = False,
) -> None:
    """Writes the index of a folder."""
    folder = os.fsdecode(save_dir)
    index = _index_path(folder, latest_filename)
    latest, paths = os.fsdecode(model_checkpoint_path), [os.fsdecode(each) for each in paths or []]
    if is_relative:  # to this folder, so that it can be moved
        latest, *paths = (
            each if os.path.isabs(folder) > os.path.isabs(each) else os.path.relpath(each, folder)
            for each in (latest, *paths)
        )
        folder = os.sep
    made = generate_checkpoint_state_proto(folder, latest, paths, timestamps, last_preserved_timestamp)
    if index == made.model_checkpoint_path:
        raise RuntimeError(
            f"Save path '{model_checkpoint_path}' conflicts with path used for checkpoint state.  Please "
            "use a different save path."
        )
    content = _text_format().MessageToString(made, as_utf8=True)
    with errors_of_files(index), write_whole(index) as part, open(part, "w", encoding="utf-8") as file:
        file.write(content)


@v1("train.get_checkpoint_state")
def get_checkpoint_state(
    checkpoint_dir: str | os.PathLike[str], latest_filename: str | None = None
) -> Any | None:
    """Reads the index of a folder.

    Args:
        checkpoint_dir: The folder.
        latest_filename: The index's name; "checkpoint" by default.

    Returns:
        A CheckpointState, whose `model_checkpoint_path` is the latest checkpoint and
        `all_model_checkpoint_paths` are all that are kept, the oldest first; None, with a warning, if
        there is no index or it cannot be read.

    Raises:
        ValueError: If the index names no checkpoint.
        ImportError: If the package protobuf is not installed.
    """
    folder = os.fsdecode(checkpoint_dir)
    index = _index_path(folder, latest_filename)
    made = message("CheckpointState")()
    text_format = _text_format()
    try:
        with open(index, encoding="utf-8") as file:
            text_format.Merge(file.read(), made)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        _log.warning("%s: %s", type(error).__name__, error)
        _log.warning("%s: Checkpoint ignored", index)
        return None
    except (text_format.ParseError, UnicodeDecodeError) as error:
        _log.warning("%s: %s", type(error).__name__, error)
        _log.warning("%s: Checkpoint ignored", index)
        return None
    if not made.model_checkpoint_path:
        raise ValueError(f"Invalid checkpoint state loaded from {folder}")
    made.model_checkpoint_path = os.path.join(folder, made.model_checkpoint_path)
    for at, path in enumerate(made.all_model_checkpoint_paths):
        made.all_model_checkpoint_paths[at] = os.path.join(folder, path)
    return made


@v1("train.latest_checkpoint")
def latest_checkpoint(
    checkpoint_dir: str | os.PathLike[str], latest_filename: str | None = None
) -> str | None:
    """Returns the path of the latest checkpoint in a folder.

    Args:
        checkpoint_dir: The folder.
        latest_filename: The index's name; "checkpoint" by default.

    Returns:
        The path, without the endings of the checkpoint's files; None if there is none.

    Raises:
        ImportError: If the package protobuf is not installed.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     w = tf.get_variable("w", initializer=1.0)
    ...     session.run(w.initializer)
    ...     path = tf.train.Saver().save(session, "runs/model", global_step=7)
    >>> tf.train.latest_checkpoint("runs"), tf.train.latest_checkpoint("elsewhere")
    ('runs/model-7', None)
    """
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None:
        return None
    path: str = state.model_checkpoint_path
    if not checkpoint_exists(path):
        _log.error("Couldn't match files for checkpoint %s", path)
        return None
    return path


@v1("train.checkpoint_exists")
def checkpoint_exists(checkpoint_prefix: str | os.PathLike[str]) -> bool:
    """Whether there is a checkpoint.

    Args:
        checkpoint_prefix: Its path, without the endings of its files; it may have wildcards.
    """
    return bool(_files(checkpoint_prefix))


@v1("train.get_checkpoint_mtimes")
def get_checkpoint_mtimes(checkpoint_prefixes: Sequence[str | os.PathLike[str]]) -> list[float]:
    """Returns when checkpoints were written, in seconds; those that are not there are left out.

    Args:
        checkpoint_prefixes: Their paths, without the endings of their files.
    """
    return [os.path.getmtime(found[0]) for found in map(_files, checkpoint_prefixes) if found]


@v1("train.remove_checkpoint")
def remove_checkpoint(
    checkpoint_prefix: str | os.PathLike[str],
    checkpoint_format_version: int = 2,
    meta_graph_suffix: str = "meta",
) -> None:
    """Deletes the files of a checkpoint; those that are not there are nobody's loss.

    Args:
        checkpoint_prefix: Its path, without the endings of its files.
        checkpoint_format_version: Accepted for v1's sake: files of either format are deleted.
        meta_graph_suffix: The ending of the file of its graph.
    """
    prefix = os.fsdecode(checkpoint_prefix)
    base = glob.escape(prefix)
    # The index goes first: without it, nobody takes the rest for a checkpoint.
    for path in [
        f"{prefix}.index",
        *glob.glob(f"{base}.data-?????-of-?????"),
        f"{prefix}.{meta_graph_suffix}",
    ]:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _files(prefix: str | os.PathLike[str]) -> list[str]:
    """What says that there is a checkpoint: the index of format V2, or a file of another format."""
    path = os.fsdecode(prefix)
    return glob.glob(f"{path}.index") or [each for each in glob.glob(path) if os.path.isfile(each)]


def _index_path(folder: str, latest_filename: str | None) -> str:
    return os.path.join(folder, latest_filename or "checkpoint")


def _text_format() -> Any:
    message("CheckpointState")  # says which package is missing
    return import_module("google.protobuf.text_format")
