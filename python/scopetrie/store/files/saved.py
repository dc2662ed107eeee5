"""Stores as files: saving, restoring, opening."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, Self, overload

import numpy as np

from ...garbage import collecting_later
from ..viewed import ViewedStore
from .parts import groups_of, joint_axis
from .restore_plan import Rename, RestorePlan, plan_restore
from .stored_file import StoredFile, StoredVariable
from .writing import write_file

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .reading import StoredSource

__all__ = ["SavedStore"]


class SavedStore(ViewedStore):
    """The part of `Store` that has to do with files."""

    __slots__ = ()

    @overload
    def save(
        self,
        path: str | os.PathLike[str],
        *,
        wait: Literal[True] = True,
        separator: str = ".",
        whole: bool = False,
    ) -> None: ...
    @overload
    def save(
        self, path: str | os.PathLike[str], *, wait: Literal[False], separator: str = ".", whole: bool = False
    ) -> Future[None]: ...
    def save(
        self, path: str | os.PathLike[str], *, wait: bool = True, separator: str = ".", whole: bool = False
    ) -> Future[None] | None:
        """Writes all variables to a file of safetensors, which many programs read.

        The file appears when it is complete and on the disk; until then, what was there before stays. Keys
        are paths with "." for "/", or another separator; the header's metadata has what keys cannot say.
        Variables that are lazy are made.

        Args:
            path: The file.
            wait: False returns at once: what is saved is a fork of the store, as it is now, and a thread
                writes it. The memory of a variable is copied only if the program changes it meanwhile, or
                has an array of it already.
            separator: What stands in keys for "/"; `open` and `restore` read it from the file.
            whole: Whether the parts of a partitioned variable, w/part_0, w/part_1 and so on, are saved as one
                variable, w, joined along the axis along which a partitioner cut it; of other parts, the one
                in which their sizes differ, or else the first. The file says which parts there were, and
                `open` gives them back.

        Returns:
            None; with wait=False a Future, whose `result()` waits and raises what went wrong.

        Raises:
            ImportError: If the package safetensors is not installed (`scopetrie[checkpoints]`).
            ValueError: If there is a dtype that no file can have, or if two paths have one key.
            TypeError: If the separator is no str.
            OSError: If the file cannot be written.

        >>> import scopetrie as st
        >>> store = st.Store(seed=0)
        >>> made = store.get_many(["tower/w", "tower/b"], [(2, 3), (3,)])
        >>> store.save("model.safetensors")
        >>> from safetensors.numpy import load_file
        >>> sorted(load_file("model.safetensors"))
        ['tower.b', 'tower.w']
        """
        if not wait:
            from .background import in_background  # imported late: most programs wait

            return in_background(path, partial(self.fork()._write, path, separator, whole))
        self._write(path, separator, whole)
        return None

    def _write(self, path: str | os.PathLike[str], separator: str, whole: bool) -> None:
        arrays: dict[str, np.ndarray[Any, Any]] = {}
        aliases, frozen, not_trainable = {}, [], []
        for name, variable in self._items():
            own = variable.path
            if name != own:
                aliases[name] = own
                continue
            arrays[name] = variable.array
            if variable._frozen:
                frozen.append(name)
            elif not variable.trainable:
                not_trainable.append(name)
        slices: dict[str, Any] = {}
        if whole:
            arrays, slices = _joined(arrays, self._axis_of)
        write_file("Store.save", path, arrays, aliases, frozen, not_trainable, separator, slices)

    def plan_restore(
        self,
        source: str | os.PathLike[str] | SavedStore,
        *,
        strict: bool = True,
        rename: Rename | None = None,
    ) -> RestorePlan:
        """Returns what `restore` would do; reads the header of a file only, and changes nothing.

        Args:
            source: What `restore` takes, as are the others.
            strict: Whether the plan's `apply` refuses to leave out anything.
            rename: Patterns of paths in the source, and what these are here.

        Returns:
            A RestorePlan: `print` it, and `apply()` it.

        Raises:
            ValueError, TypeError, OSError, ImportError: As `restore`, but for what `apply` refuses.

        >>> import scopetrie as st
        >>> saved, store = st.Store(), st.Store()
        >>> made = saved.get_many(["w", "b"], [(2,)] * 2), store.get_many(["w", "extra"], [(2,)] * 2)
        >>> saved.save("model.safetensors")
        >>> print(store.plan_restore("model.safetensors", strict=False))
        1 variable, 8 B, from model.safetensors
          w      float32[2]  8 B
        1 missing: not in the source
          extra  float32[2]  8 B
        1 unexpected: not in the store
          b      float32[2]  8 B
        """
        with collecting_later():
            return plan_restore("Store.plan_restore", self, source, strict, rename)

    def restore(
        self,
        source: str | os.PathLike[str] | SavedStore,
        *,
        strict: bool = True,
        rename: Rename | None = None,
    ) -> None:
        """Gives the variables the values of a file or another store, by their paths: all of them, or none.

        Values are copied in place: arrays that are views of a variable see them.

        Args:
            source: The path of a file, written by `save` or by another program; or a store. A file may be one
                of safetensors, NumPy's .npz, or a checkpoint of TensorFlow's ("model.ckpt").
            strict: Whether it is an error if one of the two has variables that the other has not.
            rename: Patterns of paths in the source, and what these are here: {"left/*": "tower/*"}. What
                wildcards stand for is put in place of the wildcards of the second, in order. None leaves the
                variables out. The first pattern that matches counts. Or a function that returns the path here
                of a path in the source, or None.

        Raises:
            ValueError: If a dtype or shape differs; with `strict`, if anything is missing or unexpected; if
                the file is damaged. The message names all variables. Nothing is changed then.
            TypeError: If the source is neither a path nor a store, or a pattern is no str.
            OSError: If the file cannot be read.
            ImportError: If a package is missing that reads such files (`scopetrie[checkpoints]`).

        >>> import scopetrie as st
        >>> saved, store = st.Store(seed=1), st.Store(seed=2)
        >>> made = saved.get_many(["left/w", "right/w"], [(2,)] * 2), store.get("tower/w", (2,))
        >>> store.restore(saved, rename={"left/*": "tower/*", "right/*": None})
        >>> bool((store["tower/w"].array == saved["left/w"].array).all())
        True
        """
        with collecting_later():
            plan_restore("Store.restore", self, source, strict, rename)._apply("Store.restore")

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, seed: int | None = None) -> Self:
        """Returns a new store with the variables of a file, which is mapped into memory.

        It takes the time of reading the header: values are read when somebody looks at them. What is changed
        is changed in memory; the file keeps its values.

        Args:
            path: The file: one that `restore` takes. A .npz file or a checkpoint of TensorFlow's is read as a
                whole, since it has checksums.
            seed: The seed of the store, for further variables.

        Raises:
            ValueError: If the file is damaged.
            OSError: If it cannot be read.
            ImportError: If a package is missing that reads such files (`scopetrie[checkpoints]`).

        >>> import scopetrie as st
        >>> store = st.Store(seed=0)
        >>> made = store.get("tower/w", (2, 3))
        >>> store.save("model.safetensors")
        >>> st.Store.open("model.safetensors")["tower/w"]
        <Variable 'tower/w' float32[2, 3]>
        """
        from .reading import read_stored  # imported late: most programs read no file

        store = cls(seed=seed)
        with collecting_later():
            file = read_stored("Store.open", path, private=True)
            store._fill(file)
        return store

    def _fill(self, file: StoredSource) -> None:
        """Takes the variables of a file."""
        not_trainable = file.not_trainable
        groups: Iterable[tuple[bool, Iterable[StoredVariable]]] = [(False, file.variables.values())]
        content: Any = None
        if isinstance(file, StoredFile):
            content = file.mapped()
            groups = groupby(file.variables.values(), file.is_plain)
        try:
            for is_plain, variables in groups:
                if is_plain:
                    self._put_mapped(content, list(variables), not_trainable)
                    continue
                for variable in variables:
                    self.put(variable.path, file.array(variable), variable.path not in not_trainable)
            for alias, name in file.aliases.items():
                self.alias(alias, name)
        except ValueError as error:
            raise ValueError(f"Store.open({file.name!r}): {error}") from None
        for name in file.frozen:
            self._freeze(name, True)


def _joined(
    arrays: dict[str, np.ndarray[Any, Any]], axis_of: Callable[[str], int | None]
) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
    """Arrays with one in place of the parts of each variable that is in parts; and their axes and sizes."""
    taken, slices = dict(arrays), {}
    for whole, parts in groups_of(arrays).items():
        shapes = [arrays[each].shape for each in parts]
        axis = axis_of(whole)
        if axis is None:
            axis = joint_axis(shapes)
        if whole in arrays or axis is None or len({arrays[each].dtype for each in parts}) > 1:
            continue
        slices[whole] = {"axis": axis, "sizes": [shape[axis] for shape in shapes]}
        taken[parts[0]] = np.concatenate([arrays[each] for each in parts], axis)
        for each in parts[1:]:
            del taken[each]
    names = {f"{whole}/part_0": whole for whole in slices}
    return {names.get(path, path): array for path, array in taken.items()}, slices
