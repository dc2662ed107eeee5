"""Variables in one buffer, on which one array operation does for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, final

from .. import _core
from ..backends import Array, Backend
from .device import flatten_on_device, set_elements
from .variable import StoreVariable

__all__ = ["Flat", "flatten"]


@final
class Flat(Mapping[str, Any]):
    """What `Store.flat()` gives: a mapping from paths, relative to the scope, to views of `data`.

    The variables' arrays are the same memory for as long as they are not deleted. They are NumPy's, or of a
    store whose variables are in the memory of a device, its backend's.
    """

    __slots__ = ("_arrays", "_backend", "_data")

    def __init__(self, data: Array, arrays: dict[str, Array], backend: Backend | None = None) -> None:
        self._data = data
        self._arrays = arrays
        self._backend = backend  # that of a device

    @property
    def data(self) -> Any:
        """All elements, in an array of one axis; what is set is copied into it."""
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        if value is self._data:  # `flat.data -= x` sets what was changed in place
            return
        if self._backend is None:
            self._data[...] = value
        else:
            set_elements(self._backend, self._data, value)

    def __getitem__(self, path: str) -> Any:
        return self._arrays[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        return f"<Flat: {len(self)} variables, {self._data.dtype}[{self._data.size}]>"


def flatten(store: _core.Store, path: str, where: Callable[[StoreVariable], object] | None) -> Flat:
    """Implements `Store.flat()`."""
    chosen: dict[StoreVariable, str] = {}
    for name, variable in zip(store._paths(path), store._variables(path), strict=True):
        if variable not in chosen and (where is None or where(variable)):
            chosen[variable] = name
    variables, backend = tuple(chosen), getattr(store, "_backend", None)
    if backend is None or not backend.keeps_variables:
        data, backend = store._flatten(variables), None
    else:
        data = flatten_on_device(store, backend, variables)
    return Flat(data, {name: variable._elements for variable, name in chosen.items()}, backend)
