"""Elements of variables in the memory of a device, which only the store's backend reaches.

Such a memory is one array of the backend with no base, which the core keeps: its *owner*. All other arrays
over it are views that keep the owner, so whether somebody has one shows in its count of references.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import _core
from ..backends import Array, Backend

__all__ = ["flatten_on_device", "owned_copy", "set_elements", "value_on_device"]


def owned_copy(backend: Backend, value: Array, dtype: np.dtype[Any]) -> tuple[Array, int]:
    """Returns a copy that is an owner, and its address.

    Args:
        backend: The backend.
        value: An array of the backend, or of NumPy.
        dtype: The dtype of the copy.
    """
    made = backend.empty(value.shape, dtype)
    backend.overwrite(made, value)
    return made, backend.address(made)


def value_on_device(variable: Any, backend: Backend) -> Array:
    """Returns an array over a variable's elements, which go to the device if they are not there yet."""
    if not variable._on_device:
        owner, address = owned_copy(backend, variable.array, variable.dtype)
        if variable._frozen:
            return owner
        variable.store._set(variable.path, owner, variable.trainable, address)
    return variable._elements


def flatten_on_device(store: Any, backend: Backend, variables: tuple[Any, ...]) -> Array:
    """Moves the elements of variables into one memory of a device; returns it as an array of one axis."""
    dtypes = {variable.dtype for variable in variables}
    if not variables or len(dtypes) > 1:
        return store._flatten(variables)  # which says what is wrong
    values = [value_on_device(variable, backend) for variable in variables]
    homes = {backend.home(value) for value in values}
    if len(homes) > 1:
        raise ValueError("Store.flat: the variables are on several devices: use where=")
    (backend,) = homes
    whole = backend.empty((sum(variable.size for variable in variables),), variables[0].dtype)
    at = 0
    for value in values:
        size = math.prod(value.shape)
        backend.overwrite(whole[at : at + size], backend.xp.reshape(value, (-1,)))
        at += size
    values.clear()
    value = None  # or it would count as somebody's array
    return store._flatten(variables, whole, backend.address(whole))


def set_elements(backend: Backend, array: Array, value: Any) -> None:
    """Sets the elements of an array of a device to a value of either side, which may be broadcast."""
    given = backend.from_device(value)
    if given is None:
        given = np.asarray(_core.own_items(value)).astype(array.dtype, copy=False)
    backend.overwrite(array, given)


# What the core asks for.


def device_array(store: Any, owner: Array, offset: int, shape: tuple[int, ...], copied: bool) -> Array:
    """Returns an array over a part of an owner's elements.

    Args:
        store: The store.
        owner: The owner.
        offset: The byte with which the part begins.
        shape: Its shape.
        copied: Whether it is to be a copy.
    """
    backend: Backend = store.backend
    begin, size = offset // owner.dtype.itemsize, math.prod(shape)
    flat = backend.xp.reshape(owner, (-1,))
    array = backend.xp.reshape(flat[begin : begin + size], shape)
    return owned_copy(backend.home(owner), array, array.dtype)[0] if copied else array


def device_copy(store: Any, array: Array) -> tuple[Array, int]:
    """Returns a copy of an array as an owner, and its address."""
    return owned_copy(store.backend.home(array), array, array.dtype)


def device_fetch(store: Any, array: Array) -> np.ndarray[Any, Any]:
    """Returns NumPy's array with the same elements, read-only: what is written to it would be lost."""
    made: np.ndarray[Any, Any] = store.backend.to_host(array)
    made.setflags(write=False)
    return made


def device_set(store: Any, array: Array, value: Any, path: str) -> None:
    """Sets all elements of the array of a variable.

    Args:
        store: The store.
        array: An array over the variable's elements.
        value: An array of any library, or what NumPy makes one of.
        path: The variable's path.

    Raises:
        ValueError: If the shape differs.
        TypeError: If the dtype does not convert as NumPy's casting="same_kind" does.
    """
    backend: Backend = store.backend
    given = backend.from_device(value)
    if given is None:
        given = np.asarray(_core.own_items(value))
    if given.shape != array.shape:
        raise ValueError(f"the variable {path!r} has shape {array.shape}, and the value shape {given.shape}")
    if not np.can_cast(given.dtype, array.dtype, "same_kind"):
        raise TypeError(
            f"Cannot cast array data from {given.dtype!r} to {array.dtype!r} according to the rule "
            "'same_kind'"
        )
    backend.overwrite(array, given.astype(array.dtype, copy=False))
