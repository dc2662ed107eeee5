"""Saving a store on a cluster, and going back."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import numpy as np

from ..dtypes import as_dtype
from ..graph import Graph
from ..initializers import Zeros
from ..scopes import get_variable
from ..store import Store
from .errors import ClusterClosedError, SlowWorkerError, WorkerLostError
from .gate import Gate
from .manifest import Manifest, file_names, generations, keep_latest, read_manifest, write_manifest
from .shards import Request, Shards
from .variable import ClusterVariable

if TYPE_CHECKING:
    from typing import Any

__all__ = ["Saved", "StoreInGenerations"]

_RECOVERY: Final = 5.0  # seconds that recover() waits for workers that a cluster brings up again
_TRIES: Final = 2  # of recover(), before the last one
_WRITING: Final = 3600.0  # seconds that workers have to write their files


class Saved:
    """Where the last generation is."""

    __slots__ = ("folder", "generation")

    def __init__(self) -> None:
        self.folder: str | None = None
        self.generation: int | None = None

    def last(self) -> int | None:
        """The number of the last generation."""
        return self.generation


class StoreInGenerations:
    """The part of `PartitionedStore` that has to do with generations."""

    local: Store
    _client: Any
    _gate: Gate
    _graph: Graph
    _held: list[Shards]
    _largest_read: int | None
    _parts: dict[str, int]
    _saved: Saved
    _timeout: float
    _variables: dict[str, ClusterVariable]

    @property
    def generation(self) -> int | None:
        """The number of the last generation that was saved or restored; None if there is none."""
        return self._saved.generation

    @property
    def _shards(self) -> Shards:
        return self._held[0]

    def _check_open(self) -> None:
        raise NotImplementedError

    def _path(self, variable: ClusterVariable, part: int) -> str:
        raise NotImplementedError

    def save(self, folder: str | os.PathLike[str], *, keep: int = 2) -> int:
        """Saves all variables as the next generation: a file for each shard, and a manifest at last.

        Workers write their own files, so the folder must be one that they share. Changes by this process are
        in it as a whole or not at all; while files are written, the store can be used.

        Args:
            folder: The folder; made if it is not there.
            keep: How many generations are kept: older ones are removed.

        Returns:
            The generation's number.

        Raises:
            ImportError: If the package safetensors is not installed (`scopetrie[checkpoints]`).
            ValueError: If `keep` is less than 1.
            OSError: If a file cannot be written. The last generation stays then.
            WorkerLostError, SlowWorkerError, ClusterClosedError: If a worker is lost or too slow, or there is
                none. The last generation stays.
        """
        call = "PartitionedStore.save"
        self._check_open()
        if keep < 1:
            raise ValueError(f"{call}: keep={keep}: at least one generation is kept")
        folder = os.path.realpath(os.fsdecode(folder))
        os.makedirs(folder, exist_ok=True)
        number = max([*generations(folder), self._saved.generation or 0], default=0) + 1
        word = secrets.token_hex(6)
        count = len(self._shards)
        files, whole_file = file_names(folder, number, word, count)
        names = [self._name_of(at) for at in range(count)]
        try:
            with self._gate.held():
                self._shards.call(call, [Request(at, names[at], "fork", (word,)) for at in range(count)])
                local = self.local.fork()
                variables = {
                    name: (each.shape, each.dtype, each._cut, each.trainable)
                    for name, each in self._variables.items()
                }
            writes = [
                Request(at, names[at], "write", (word, file), is_long=True) for at, file in enumerate(files)
            ]
            sizes = self._shards.call(call, writes, timeout=max(self._timeout, _WRITING))
            local.save(whole_file)
            whole = whole_file, os.path.getsize(whole_file)
            pairs = list(zip(files, sizes, strict=True))
            write_manifest(folder, Manifest(number, self.local.seed, pairs, whole, variables))
        except BaseException:
            for file in (*files, whole_file):
                with suppress(OSError):
                    os.unlink(file)
            raise
        finally:
            with suppress(WorkerLostError, SlowWorkerError, ClusterClosedError):
                self._shards.call(call, [Request(at, names[at], "end", (word,)) for at in range(count)])
        self._saved.folder, self._saved.generation = folder, number
        keep_latest(folder, keep)
        return number

    def _name_of(self, shard: int) -> str:
        """A part that a shard has, for errors."""
        parts = [each.parts[shard].path for each in self._variables.values() if shard < len(each.parts)]
        parts += [path for path, at in self._parts.items() if at == shard]
        return ", ".join(parts[:3]) if parts else f"shard {shard}"

    def restore(self, folder: str | os.PathLike[str], generation: int | None = None) -> int:
        """Takes all variables of a generation, or none: on as many workers as there are.

        Variables that the generation does not have are gone then. Arrays and sessions of `local` go on with
        its variables.

        Args:
            folder: The folder that `save` was given.
            generation: The number; None for the last one.

        Returns:
            The generation's number.

        Raises:
            FileNotFoundError: If there is no such generation.
            ValueError: If it is damaged, or a file is missing. Nothing is changed then.
            WorkerLostError, SlowWorkerError, ClusterClosedError: If a worker is lost meanwhile, is too slow,
                or there is none. Nothing is changed.
        """
        self._check_open()
        call = "PartitionedStore.restore"
        return self._take(call, os.path.realpath(os.fsdecode(folder)), generation)

    def _take(self, call: str, folder: str, generation: int | None) -> int:
        manifest = read_manifest(call, folder, generation)
        local = Store.open(manifest.whole[0], seed=manifest.seed)
        made = Shards(self._client, manifest.seed, self._timeout, self._saved.last)
        try:
            made.grow(len(manifest.shards))
            loads = [
                Request(at, f"shard {at}", "load", (file,)) for at, (file, _) in enumerate(manifest.shards)
            ]
            made.call(call, loads)
        except BaseException:
            made.drop()
            raise
        with self._gate.held():
            old, self._held[0] = self._shards, made
            self._replace_local(local)
            graph = Graph()
            self._graph = graph
            before, self._variables = self._variables, {}
            for name, (shape, dtype, cut, trainable) in manifest.variables.items():
                known = before.get(name)
                if known is None or (known.shape, known.dtype, known._cut) != (shape, dtype, cut):
                    known = ClusterVariable(self, name, shape, dtype, cut, trainable)
                self._variables[name] = known
                self._declare(graph, known)
            self._parts = {}
            self._saved.folder, self._saved.generation = folder, manifest.generation
        old.drop()
        return manifest.generation

    def _declare(self, graph: Graph, variable: ClusterVariable) -> None:
        """Makes a variable that is restored known to the names."""
        numbers = [1] * len(variable.shape)
        numbers[variable._cut.axis] = len(variable.parts)
        with graph.as_default():
            get_variable(
                variable.name, variable.shape, as_dtype(variable.dtype), Zeros(),
                trainable=variable.trainable, partitioner=lambda **_: numbers,
            )  # fmt: skip

    def _replace_local(self, saved: Store) -> None:
        for path in [each for each in self.local if each not in saved]:
            del self.local[path]
        for path in [each for each in saved if each not in self.local]:
            variable = saved[path]
            self.local.put(path, np.array(variable.array), variable.trainable)
        self.local.restore(saved, strict=False)

    def recover(self, *, workers: int | None = None) -> int:
        """After a loss: makes new actors, and takes all parts of the last generation, together.

        What changed since that generation is undone, at the workers that were not lost, too.

        Args:
            workers: How many workers to wait for, up to the store's timeout; by default for as many as there
                were, for a few seconds at most.

        Returns:
            The generation's number.

        Raises:
            RuntimeError: If nothing was saved.
            WorkerLostError, SlowWorkerError, ClusterClosedError: If another worker is lost meanwhile, is too
                slow, or there is none. It may be called again.
            FileNotFoundError, ValueError: If the generation is not whole any more.
        """
        self._check_open()
        folder, generation = self._saved.folder, self._saved.generation
        if folder is None or generation is None:
            raise RuntimeError(
                "PartitionedStore.recover: nothing was saved, so there is nothing to go back to"
            )
        wanted = self._shards.homes() if workers is None else workers
        begun = time.monotonic()
        while (found := len(self._shards.workers())) < wanted:
            waited = time.monotonic() - begun
            # For the first one as long as for an answer.
            if waited > self._timeout or (found and workers is None and waited > _RECOVERY):
                break
            time.sleep(0.05)
        for _ in range(_TRIES):
            # The scheduler may not know yet of a worker that went.
            with suppress(WorkerLostError):
                return self._take("PartitionedStore.recover", folder, generation)
        return self._take("PartitionedStore.recover", folder, generation)
