"""Checkpoints of a store under numbers, the latest few of which are kept."""

from __future__ import annotations

import contextlib
import operator
import os
import re
from typing import Final, final

from ..files import write_whole
from ..locks import Lock
from ..public import v1
from ..store import Rename, Store

__all__ = ["CheckpointManager"]

_FILE: Final = re.compile(r"checkpoint-(0|[1-9][0-9]{0,17})\.safetensors")
_INDEX: Final = "checkpoint"  # as v1's Saver calls it
_LISTED: Final = re.compile(r'^all_model_checkpoint_paths: "([^"\n]*)"$', re.MULTILINE)


@v1("train.CheckpointManager")
@final
class CheckpointManager:
    """Saves a store under numbers in a folder, and deletes all but the latest checkpoints.

    The files are called checkpoint-STEP.safetensors. The index, a file called "checkpoint" in the form that
    v1's Saver gives it, has the order in which they were saved. Both are written whole or not at all. The
    files in the folder are what counts: a file that was deleted is gone, and one that the index does not have
    (the process ended just then) is the latest.

    Thread safety: several threads may use one manager.

    Args:
        store: The store.
        folder: The folder, created if missing. All files in it of these names are the manager's.
        max_to_keep: How many checkpoints are kept; None or 0 for all.

    Raises:
        TypeError: If `store` is no Store, or `max_to_keep` no int.
        ValueError: If `max_to_keep` is negative.
        OSError: If the folder cannot be made.

    >>> import scopetrie as st
    >>> store = st.Store()
    >>> w = store.get("w", (2,), initializer="zeros")
    >>> manager = st.train.CheckpointManager(store, "checkpoints", max_to_keep=2)
    >>> for step in (10, 20, 30):
    ...     w += 1
    ...     path = manager.save(step)
    >>> manager.steps(), manager.restore(20), w.array.tolist()
    ([20, 30], 20, [2.0, 2.0])
    """

    def __init__(self, store: Store, folder: str | os.PathLike[str], max_to_keep: int | None = 5) -> None:
        if not isinstance(store, Store):
            raise TypeError(f"CheckpointManager: a Store is needed, not {type(store).__name__}")
        self._most = 0 if max_to_keep is None else operator.index(max_to_keep)
        if self._most < 0:
            raise ValueError(f"CheckpointManager(max_to_keep={self._most}): it must not be negative")
        self._store = store
        self._folder = os.fsdecode(folder)
        os.makedirs(self._folder, exist_ok=True)
        self._writing = Lock()

    @property
    def folder(self) -> str:
        """The folder of the checkpoints."""
        return self._folder

    def save(self, step: int) -> str:
        """Saves the store; then deletes the oldest checkpoints, if there are too many.

        Args:
            step: The number of the checkpoint; one that exists is replaced, and is the latest then.

        Returns:
            The path of the file.

        Raises:
            TypeError: If the number is no int.
            ValueError: If it is negative or has more than 18 digits, or a dtype cannot be written.
            OSError: If the file cannot be written.
            ImportError: If the package safetensors is not installed.
        """
        step = operator.index(step)
        if not 0 <= step < 10**18:
            raise ValueError(f"CheckpointManager.save({step}): a step must be from 0 to 10**18 - 1")
        with self._writing:
            path = self._path(step)
            self._store.save(path)
            steps = [each for each in self.steps() if each != step] + [step]
            # The index comes last. If the process ends before, it names files that are gone, which nobody
            # misses; the other way round, files that were to be deleted would look like new ones.
            while self._most and len(steps) > self._most:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self._path(steps.pop(0)))
            self._write_index(steps)
            return path

    def steps(self) -> list[int]:
        """Returns the numbers of the checkpoints that are there, in the order in which they were saved."""
        found = set()
        with contextlib.suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                name = _FILE.fullmatch(entry.name)
                if name is not None and entry.is_file():
                    found.add(int(name[1]))
        listed = [step for step in self._listed() if step in found]
        return [*listed, *sorted(found.difference(listed))]

    def latest(self) -> str | None:
        """Returns the path of the checkpoint that was saved last, or None if there is none."""
        steps = self.steps()
        return self._path(steps[-1]) if steps else None

    def restore(
        self, step: int | None = None, *, strict: bool = True, rename: Rename | None = None
    ) -> int | None:
        """Restores the store from a checkpoint: see `Store.restore`.

        Args:
            step: Its number; the latest one by default.
            strict: Whether it is an error if one of the two has variables that the other has not.
            rename: Patterns of paths in the file, and what these are in the store.

        Returns:
            Its number; None if no number was given and there is no checkpoint. Nothing is restored then.

        Raises:
            ValueError: If there is no checkpoint of this number; if it does not fit the store, or is damaged.
            TypeError: If the number is no int.
            ImportError: If the package safetensors is not installed.
        """
        steps = self.steps()
        if step is None:
            if not steps:
                return None
            step = steps[-1]
        step = operator.index(step)
        if step not in steps:
            there = ", ".join(map(str, steps)) or "none"
            raise ValueError(f"CheckpointManager.restore({step}): there are {there} in {self._folder!r}")
        self._store.restore(self._path(step), strict=strict, rename=rename)
        return step

    def __repr__(self) -> str:
        return f"<CheckpointManager of {self._folder!r}: steps {self.steps()}>"

    def _path(self, step: int) -> str:
        return os.path.join(self._folder, f"checkpoint-{step}.safetensors")

    def _listed(self) -> list[int]:
        """The numbers in the index, each once; other text in it is not read."""
        try:
            with open(os.path.join(self._folder, _INDEX), encoding="utf-8", errors="replace") as file:
                names = _LISTED.findall(file.read())
        except OSError:
            return []
        return list(dict.fromkeys(int(name[1]) for name in map(_FILE.fullmatch, names) if name))

    def _write_index(self, steps: list[int]) -> None:
        names = [os.path.basename(self._path(step)) for step in steps]
        lines = [f'model_checkpoint_path: "{names[-1]}"']
        lines += [f'all_model_checkpoint_paths: "{name}"' for name in names]
        with (
            write_whole(os.path.join(self._folder, _INDEX)) as part,
            open(part, "w", encoding="utf-8") as file,
        ):
            file.write("\n".join(lines) + "\n")
