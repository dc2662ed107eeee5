"""The feeds of `Session.run`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..._core import Variable, own_items
from ...backends import Array, Backend
from ...errors import InternalError
from ...graph import Graph, Tensor
from ..failure import made_at
from .conversions import conversion_of, has_conversions


class Feed:
    """A fed tensor, and the conversion of its values.

    Args:
        tensor: The tensor.
        backend: The library of the arrays.

    Attributes:
        id: The tensor's id.
        is_hosted: Whether the plan takes the value on the host.
    """

    __slots__ = ("_backend", "_dims", "_dtype", "_known", "_tensor", "id", "is_hosted")

    def __init__(self, tensor: Tensor, backend: Backend) -> None:
        self.id = tensor._id
        self._tensor = tensor
        self._dtype = np.dtype(tensor.dtype.base_dtype.as_numpy_dtype)
        self._dims = tensor._dims
        self._known = self._dims is not None and None not in self._dims
        self._backend = backend
        self.is_hosted = backend.on_host

    def value(self, given: Any) -> Array:
        """Converts a value to an array for the plan.

        Args:
            given: An array, number, string, or nested lists of those.

        Raises:
            TypeError: If the value is a tensor, or an int that the dtype cannot hold.
            ValueError: If it cannot be converted to the dtype, or does not fit the tensor's shape.
        """
        if type(given) is np.ndarray and given.dtype == self._dtype and not given.dtype.hasobject:
            array = given
        else:
            adopted = None if self._backend.on_host else self._backend.from_device(given)
            array = self._converted(given) if adopted is None else self._of_dtype(adopted)
        if self._known:
            if array.shape != self._dims:
                raise self._wrong_shape(array.shape)
        elif self._dims is not None and not _agree(array.shape, self._dims):
            raise self._wrong_shape(array.shape)
        return array if self._backend.on_host else self._backend.place(array, self.is_hosted)

    def _of_dtype(self, array: Array) -> Any:
        """Converts an array of the library to the tensor's dtype, where it is."""
        dtype = self._backend.dtype(self._dtype)
        return array if array.dtype == dtype else self._backend.xp.astype(array, dtype)

    def _converted(self, given: Any) -> np.ndarray[Any, Any]:
        dtype = self._dtype
        if isinstance(given, Tensor):
            raise TypeError(
                "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python "
                "scalars, strings, lists, numpy ndarrays, or TensorHandles. For reference, the tensor object "
                f"was {given} which was passed to the argument `feed_dict` with key {self._tensor}.\n"
                "Compute its value first: session.run of it returns an array."
            )
        if isinstance(given, Variable):
            raise ValueError("setting an array element with a sequence.")
        if dtype.hasobject:
            return self._strings(given)
        try:
            array = np.asarray(own_items(given)).astype(dtype, copy=False)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{error}\n{self._named()}") from None
        # Only plain Python ints are checked for overflow: v1 lets arrays and lists wrap around.
        if type(given) is int and int(array) != given:
            raise self._incompatible(given)
        return array

    def _strings(self, given: Any) -> np.ndarray[Any, Any]:
        if isinstance(given, int):
            raise self._incompatible(given)
        array = np.asarray(own_items(given), dtype=object)
        if all(type(each) is bytes for each in array.flat):
            return array
        strings = np.empty(array.size, dtype=object)
        strings[:] = [_as_bytes(each) for each in array.flat]
        return strings.reshape(array.shape)

    def _incompatible(self, given: Any) -> TypeError:
        return TypeError(
            f"Type of feed value {given} with type {type(given)} is not compatible with Tensor type "
            f"{object if self._dtype.hasobject else self._dtype.type}. Try explicitly setting the type "
            "of the feed tensor to a larger type (e.g. int64)."
        )

    def _wrong_shape(self, shape: tuple[int, ...]) -> ValueError:
        dims = self._dims or ()
        text = ", ".join("?" if size is None else str(size) for size in dims) + (
            "," if len(dims) == 1 else ""
        )
        return ValueError(
            f"Cannot feed value of shape {shape} for Tensor {self._tensor.name}, which has shape ({text})\n"
            f"{self._named()}"
        )

    def _named(self) -> str:
        tensor = self._tensor
        return f"It was fed for {tensor}{made_at(tensor.op)}."


def find_feed(graph: Graph, key: Any, backend: Backend) -> Feed:
    """Returns the feed for a key of `feed_dict`.

    Args:
        graph: The session's graph.
        key: A tensor, a variable, or a tensor's name.
        backend: The library of the arrays.

    Raises:
        TypeError: If the key is not a tensor of the graph.
        ValueError: If the tensor may not be fed.
    """
    try:
        tensor = graph.as_graph_element(key, allow_operation=False)
    except (TypeError, ValueError, KeyError) as error:
        text = error.args[0] if error.args else error
        raise TypeError(f"Cannot interpret feed_dict key as Tensor: {text}") from None
    assert isinstance(tensor, Tensor)
    if not graph.is_feedable(tensor):
        raise ValueError(f"Tensor {tensor.name} may not be fed.")
    return Feed(tensor, backend)


def flatten_feeds(feed_dict: Any) -> Mapping[Any, Any]:
    """Returns a feed_dict in which tuples of keys, and sparse tensors, and their values are flattened.

    Raises:
        TypeError: If `feed_dict` is not a mapping.
        ValueError: If a tuple of keys has another number of values.
    """
    if not isinstance(feed_dict, Mapping):
        raise TypeError(
            "FlattenDictItems: 'dict' must be a dictionary or collection.Mapping type object, instead of "
            f"'{type(feed_dict).__name__}'."
        )
    fed: Mapping[Any, Any] = _converted_feeds(feed_dict) if has_conversions() else feed_dict
    for key in fed:
        if isinstance(key, tuple) or hasattr(key, "_components"):
            break
    else:
        return fed
    flat: dict[Any, Any] = {}
    for key, value in fed.items():
        if hasattr(key, "_components"):
            flat.update(zip(key._components(), value, strict=False))
            continue
        if not isinstance(key, tuple):
            flat[key] = value
            continue
        keys, values = list(_leaves(key)), list(_leaves(value))
        if len(keys) != len(values):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(keys)} elements, but value had {len(values)} "
                f"elements. Key: {keys}, value: {values}."
            )
        flat.update(zip(keys, values, strict=True))
    return flat


def _converted_feeds(feed_dict: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Puts the tensors of objects of types that a program has registered in their place."""
    made: dict[Any, Any] = {}
    for key, value in feed_dict.items():
        found = conversion_of(key)
        if found is None:
            made[key] = value
        elif found.feed is None:
            raise TypeError(
                f"Session.run: an object of {type(key)} cannot be fed: "
                "register_session_run_conversion_functions was given no feed_function for it"
            )
        else:
            made.update(found.feed(key, value))
    return made


def _leaves(structure: Any) -> Iterable[Any]:
    if not isinstance(structure, (list, tuple)):
        yield structure
        return
    for each in structure:
        yield from _leaves(each)


def _agree(shape: tuple[int, ...], dims: tuple[int | None, ...]) -> bool:
    if len(shape) != len(dims):
        return False
    return all(wanted is None or size == wanted for size, wanted in zip(shape, dims, strict=True))


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return bytes(value)
    raise InternalError(None, None, f"Unsupported object type {type(value).__name__}")
