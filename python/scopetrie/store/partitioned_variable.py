"""A variable of a Store in parts, as a partitioner cut it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, final

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .. import _core
from .variable import StoreVariable

__all__ = ["PartitionedStoreVariable"]


@final
class PartitionedStoreVariable(NDArrayOperatorsMixin):
    """A variable in parts, which `Store.get` with a partitioner gives.

    The parts are variables of the store: "w/part_0", "w/part_1" and so on. They have the elements that the
    variable would have in one piece. NumPy's functions and operators take it as the whole, of which they get
    a copy each time; operators in place set the parts. As that of TensorFlow 1, it is iterated part by part.

    Attributes:
        store: The store.
        shape: The shape of the whole.
        dtype: NumPy's dtype.
        parts: The parts, in order.
        partitions: The number of parts along each axis.

    >>> import scopetrie as st
    >>> store = st.Store(seed=0)
    >>> w = store.get("w", (7, 2), initializer="ones", partitioner=st.fixed_size_partitioner(3))
    >>> w, [part.shape for part in w.parts]
    (<PartitionedStoreVariable 'w' float32[7, 2] in 3 parts>, [(3, 2), (2, 2), (2, 2)])
    >>> w -= 0.5
    >>> float((w * 2).sum()), store["w/part_2"].array.tolist()
    (14.0, [[0.5, 0.5], [0.5, 0.5]])
    """

    __slots__ = ("__weakref__", "dtype", "partitions", "parts", "shape", "store")

    def __init__(
        self,
        store: _core.Store,
        shape: tuple[int, ...],
        partitions: tuple[int, ...],
        parts: tuple[StoreVariable, ...],
    ) -> None:
        self.store = store
        self.shape = shape
        self.partitions = partitions
        self.parts = parts
        self.dtype: np.dtype[Any] = parts[0].dtype

    @property
    def path(self) -> str:
        """The path of the whole, beneath which its parts are."""
        return self.parts[0].path.rpartition("/")[0]

    @property
    def axis(self) -> int:
        """The axis along which it is cut."""
        return next((axis for axis, number in enumerate(self.partitions) if number > 1), 0)

    @property
    def slices(self) -> tuple[tuple[slice, ...], ...]:
        """Where each part lies in the whole: `array[slices[0]]` is the first."""
        axis, begin, found = self.axis, 0, []
        for part in self.parts:
            end = begin + part.shape[axis]
            found.append((slice(None),) * axis + (slice(begin, end),))
            begin = end
        return tuple(found)

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many elements it has."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """How many bytes its elements take, ready or not."""
        return self.size * self.dtype.itemsize

    @property
    def trainable(self) -> bool:
        """Whether it is to be trained: all its parts are."""
        return all(part.trainable for part in self.parts)

    @property
    def ready(self) -> bool:
        """Whether the elements of all parts were made."""
        return all(part.ready for part in self.parts)

    @property
    def array(self) -> np.ndarray[Any, Any]:
        """A copy of the whole, which cannot be changed: `assign` sets the parts, as their own arrays do."""
        whole = np.concatenate([part.array for part in self.parts], self.axis)
        whole.flags.writeable = False
        return whole

    def assign(self, value: Any) -> PartitionedStoreVariable:
        """Sets all elements, in place: arrays that are views of the parts see them.

        Args:
            value: An array, or what NumPy makes one of, of the shape of the whole; its dtype must convert as
                NumPy's casting="same_kind" does.

        Returns:
            The variable.

        Raises:
            ValueError: If the shape differs, or a part is frozen. Nothing is changed then.
            TypeError: If the dtype does not convert.

        >>> import scopetrie as st
        >>> store = st.Store(seed=0)
        >>> w = store.get("w", (3,), partitioner=st.fixed_size_partitioner(2))
        >>> w.assign([1, 2, 3]).array, store["w/part_1"].array
        (array([1., 2., 3.], dtype=float32), array([3.], dtype=float32))
        """
        call = f"PartitionedStoreVariable.assign: {self.path}"
        given = np.asarray(_core.own_items(value))
        if given.shape != self.shape:
            raise ValueError(f"{call} has shape {self.shape}, and the value {given.shape}")
        if isinstance(value, np.ndarray) and not np.can_cast(given.dtype, self.dtype, "same_kind"):
            raise TypeError(f"{call} is {self.dtype}, to which {given.dtype} does not convert")
        for part in self.parts:
            if part._frozen:
                raise ValueError(f"{call}: {part.path} is frozen: freeze(False) lets it be changed")
        whole = given.astype(self.dtype)  # a copy: the value may be of the parts
        for part, place in zip(self.parts, self.slices, strict=True):
            part.assign(whole[place])
        return self

    def load(self, value: Any, session: Any = None) -> None:
        """The same as `assign`, under the name that TensorFlow 1 has for it.

        Args:
            value: What `assign` takes.
            session: Ignored: the values are the store's.

        Raises:
            ValueError: As `assign`.
            TypeError: Likewise.
        """
        self.assign(value)

    def __iter__(self) -> Iterator[StoreVariable]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    # Equality is identity, as of other variables; NDArrayOperatorsMixin would compare the elements.
    def __eq__(self, other: object) -> Any:
        return self is other if isinstance(other, PartitionedStoreVariable) else NotImplemented

    def __ne__(self, other: object) -> Any:
        return self is not other if isinstance(other, PartitionedStoreVariable) else NotImplemented

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        if copy is False:
            raise ValueError("an array of a variable in parts is a copy")
        whole = np.concatenate([part.array for part in self.parts], self.axis)
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        own = _core.own_items  # NumPy reads lists in place
        arrays = [each.array if isinstance(each, PartitionedStoreVariable) else own(each) for each in inputs]
        targets = options.pop("out", None)
        options = {name: own(option) for name, option in options.items()}
        if targets is None:
            return getattr(ufunc, method)(*arrays, **options)
        places = tuple(
            np.array(each) if isinstance(each, PartitionedStoreVariable) else each for each in targets
        )
        getattr(ufunc, method)(*arrays, out=places, **options)
        for target, place in zip(targets, places, strict=True):
            if isinstance(target, PartitionedStoreVariable):
                target.assign(place)
        return targets[0] if len(targets) == 1 else targets

    def __reduce__(self) -> Any:
        return np.asarray(self).__reduce__()

    def __repr__(self) -> str:
        shape, count = ", ".join(map(str, self.shape)), len(self.parts)
        parts = f"{count} part{'s' * (count != 1)}"
        return f"<PartitionedStoreVariable {self.path!r} {self.dtype}[{shape}] in {parts}>"
