"""`scopetrie.as_tensorflow`: `import tensorflow` gives this package."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType, TracebackType
from typing import Any, Final, Self, final

from ..public import v1
from .places import is_folder, places_of

__all__ = ["AsTensorFlow", "as_tensorflow"]

_TENSORFLOW: Final = "tensorflow"
# v1's last version, of which the names are that this package has.
_VERSION: Final = "1.15.5"
# Where this module is there, TensorBoard does without TensorFlow, and does not take us for that.
_WITHOUT: Final = "tensorboard.compat.notf"


class _Stand(ModuleType):
    """A module of TensorFlow's: its names are those of namespaces of this package."""

    def __init__(self, name: str, places: Sequence[str]) -> None:
        super().__init__(name, f"Stands for {name}, with the names that scopetrie has.")
        self.__path__: list[str] = []
        self.__dict__["_places"] = places
        if name in (_TENSORFLOW, f"{_TENSORFLOW}.compat.v1"):
            self.__dict__.update(__version__=_VERSION, VERSION=_VERSION, GIT_VERSION=f"v{_VERSION}")

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return [each for each in dir(self) if not each.startswith("_")]  # for `import *`
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if is_folder(self.__name__.partition(".")[2]):  # what is in it comes before what v1 has elsewhere
            with contextlib.suppress(ImportError):
                return import_module(f"{self.__name__}.{name}")
        first: AttributeError | None = None
        for place in self._places:
            found = _namespace(place)
            if found is None:
                continue
            try:
                value = getattr(found, name)
            except AttributeError as error:
                first = first or error
            else:
                if isinstance(value, ModuleType) and name not in found.__all__:
                    continue  # a module of this package that is none of v1's
                self.__dict__[name] = value
                return value
        # `tf.python` and its like are modules that nobody may have imported yet.
        with contextlib.suppress(ImportError):
            return import_module(f"{self.__name__}.{name}")
        raise first or AttributeError(f"scopetrie does not offer {self.__name__}.{name}")

    def __dir__(self) -> list[str]:
        names = set(self.__dict__)
        for place in self._places:
            found = _namespace(place)
            names |= set(getattr(found, "__all__", [] if found is None else dir(found)))
        return sorted(names)


def _namespace(place: str) -> Any:
    """A namespace of this package; None if it does not have it."""
    root: Any = import_module(__package__.partition(".")[0])
    if place.startswith(":"):
        return import_module(f"{root.__name__}.{place[1:]}")
    found = root
    for part in filter(None, place.split(".")):
        if found is root and part not in (*root.__all__, "compat"):
            return None  # a module of this package that is none of v1's
        try:
            found = getattr(found, part)
        except AttributeError:
            return None
    return found


@final
class AsTensorFlow(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """What `as_tensorflow` gives: `undo()` takes it back, and so does the end of a `with` block."""

    def __init__(self) -> None:
        self._before = {
            name: module
            for name, module in sys.modules.items()
            if name == _WITHOUT or name.split(".")[0] == _TENSORFLOW
        }
        for name in self._before:
            del sys.modules[name]
        sys.modules[_WITHOUT] = ModuleType(_WITHOUT)
        sys.meta_path.insert(0, self)
        self._is_undone = False

    def undo(self) -> None:
        """Makes `import tensorflow` do again what it did before. Modules keep what they have imported."""
        if self._is_undone:
            return
        self._is_undone = True
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self)
        for name in [each for each in sys.modules if each == _WITHOUT or each.split(".")[0] == _TENSORFLOW]:
            del sys.modules[name]
        sys.modules.update(self._before)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.undo()

    # --- as the import system calls it --------------------------------------------------

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Finds modules of the name tensorflow, and those beneath it."""
        top, _, rest = fullname.partition(".")
        if top != _TENSORFLOW:
            return None
        places = places_of(rest) if rest else [""]
        if places is None or not (is_folder(rest) or any(_namespace(each) is not None for each in places)):
            raise ModuleNotFoundError(
                f"scopetrie stands for TensorFlow here, and does not have {fullname}{_reason(rest)}",
                name=fullname,
            )
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True, loader_state=places)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Makes a module."""
        return _Stand(spec.name, spec.loader_state)

    def exec_module(self, module: ModuleType) -> None:
        """Does nothing: names are looked up when they are asked for."""

    def __repr__(self) -> str:
        return f"<scopetrie stands for tensorflow{': undone' if self._is_undone else ''}>"


def _reason(name: str) -> str:
    """Why a namespace is not there, where the package says it."""
    try:
        getattr(import_module(__package__.partition(".")[0]), name.partition(".")[0])
    except AttributeError as error:
        return f": {error}"
    return ""


@v1("as_tensorflow")
def as_tensorflow() -> AsTensorFlow:
    """Lets `import tensorflow` give this package, for programs that are not to be changed.

    Modules beneath it are there, too, as far as this package has their names: `tensorflow.contrib...`,
    `tensorflow.python.framework.ops` and other inner modules that programs of v1 import. `tf.__version__` is
    that of v1's last version.

    Returns:
        An object whose `undo()` takes it back; it can be used as a `with` block.

    Raises:
        RuntimeError: If TensorFlow itself has been imported.

    >>> import scopetrie
    >>> with scopetrie.as_tensorflow():
    ...     import tensorflow as tf
    ...     from tensorflow.python.framework import ops
    >>> tf.get_variable is scopetrie.get_variable is ops.get_variable or tf.Graph is ops.Graph
    True
    """
    found = sys.modules.get(_TENSORFLOW)
    if found is not None and not isinstance(found, _Stand) and found is not _namespace(""):
        raise RuntimeError(
            "as_tensorflow: TensorFlow itself has been imported; call as_tensorflow before anything does that"
        )
    return AsTensorFlow()
