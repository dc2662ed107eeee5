"""A variable whose parts are on the workers of a cluster."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np

from ..printing import bytes_text
from .gate import Gate
from .routing import Cut, Slice, checked_ids, route
from .shards import Request, Shards

__all__ = ["LARGEST_READ", "ClusterVariable"]

# Bytes of a variable that are read without being asked for.
LARGEST_READ: Final = 64 << 20


class Owner(Protocol):
    """What a variable needs of its store."""

    _gate: Gate
    _largest_read: int | None

    @property
    def _shards(self) -> Shards: ...

    def _path(self, variable: ClusterVariable, part: int) -> str: ...


class ClusterVariable:
    """A variable in parts, each of them on a worker; `PartitionedStore.get` makes them.

    Attributes:
        name: The name of the whole: the parts are "name/part_0" and so on.
        shape: The shape of the whole.
        dtype: Its dtype.
        parts: The parts in order: their names, offsets and sizes.
        trainable: Whether it is to be trained.

    >>> import scopetrie as st
    >>> from scopetrie.partitioned import PartitionedStore
    >>> with PartitionedStore(workers=0, seed=0) as store:
    ...     w = store.get("w", (7, 2), initializer="zeros", partitioner=st.fixed_size_partitioner(3))
    ...     w.scatter_add([0, 6, 0], [[1, 1], [2, 2], [3, 3]])
    ...     print(w, w.gather([6, 0]).tolist(), w.sum())
    <ClusterVariable 'w' float32[7, 2] in 3 parts> [[2.0, 2.0], [4.0, 4.0]] 12.0
    """

    __slots__ = ("_cut", "_store", "dtype", "name", "shape", "trainable")

    def __init__(
        self,
        store: Owner,
        name: str,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        cut: Cut,
        trainable: bool,
    ) -> None:
        self._store = store
        self._cut = cut
        self.name = name
        self.shape = shape
        self.dtype = dtype
        self.trainable = trainable

    @property
    def parts(self) -> tuple[Slice, ...]:
        """The parts in order."""
        return self._cut.parts

    @property
    def nbytes(self) -> int:
        """How many bytes the whole takes."""
        return math.prod(self.shape) * self.dtype.itemsize

    def __repr__(self) -> str:
        count = len(self.parts)
        shape = ", ".join(map(str, self.shape))
        return f"<ClusterVariable {self.name!r} {self.dtype}[{shape}] in {count} part{'s' * (count != 1)}>"

    def gather(self, ids: Any) -> np.ndarray[Any, Any]:
        """Returns rows of the variable.

        Args:
            ids: The numbers of the rows: integers of any shape.

        Returns:
            An array `ids.shape + shape[1:]`.

        Raises:
            TypeError: If the ids are no integers.
            IndexError: If one is out of range.
            WorkerLostError: If a worker is lost that has some of the rows.
            SlowWorkerError: If one does not answer in time.
            ClusterClosedError: If there is no cluster any more.
        """
        return self._gather("ClusterVariable.gather", ids, "div")

    def embedding_lookup(
        self, ids: Any, partition_strategy: str = "div", max_norm: float | None = None
    ) -> np.ndarray[Any, Any]:
        """Returns rows of the variable, as `nn.embedding_lookup` of its parts does.

        Args:
            ids: The numbers of the rows: integers of any shape.
            partition_strategy: "div": ids are rows of the whole. "mod", v1's default: id i is row i // n of
                part i % n.
            max_norm: The norm that rows have at most: longer ones are scaled.

        Returns:
            An array `ids.shape + shape[1:]`.

        Raises:
            ValueError: If there is no such strategy, or if the variable is not cut along its first axis.
            TypeError, IndexError, WorkerLostError, SlowWorkerError, ClusterClosedError: As `gather`.
        """
        call = "ClusterVariable.embedding_lookup"
        if partition_strategy not in ("div", "mod"):
            raise ValueError(
                f"Unrecognized partition strategy: {partition_strategy}. "
                "Must be one of either `mod` or `div`."
            )
        if partition_strategy == "mod" and self._cut.axis != 0:
            raise ValueError(
                f"{call}: {self.name} is cut along axis {self._cut.axis}, so it has no rows in turn"
            )
        rows = self._gather(call, ids, partition_strategy)
        if max_norm is not None:
            axes = tuple(range(rows.ndim - len(self.shape) + 1, rows.ndim))
            norms = np.sqrt(np.square(rows).sum(axes, keepdims=True))
            rows = rows * (max_norm / np.maximum(norms, max_norm)).astype(rows.dtype)
        return rows

    def _gather(self, call: str, ids: Any, strategy: str) -> np.ndarray[Any, Any]:
        wanted = checked_ids(f"{call} of {self.name}", ids, self.shape[0])
        routes = route(self._cut, wanted.reshape(-1), strategy)
        found = self._store._shards.call(
            call, [self._request(each.part, "gather", each.rows) for each in routes]
        )
        flat = np.empty((wanted.size, *self.shape[1:]), self.dtype)
        for each, rows in zip(routes, found, strict=True):
            part = self.parts[each.part]
            flat[(each.positions, *_span(part)[1:])] = rows
        return flat.reshape(*wanted.shape, *self.shape[1:])

    def scatter_add(self, ids: Any, rows: Any) -> None:
        """Adds to rows of the variable, where they are; those of an id that repeats are summed.

        A message that is sent again, since its connection broke, adds nothing twice.

        Args:
            ids: The numbers of the rows: integers of any shape.
            rows: What is added: an array that broadcasts to `ids.shape + shape[1:]`.

        Raises:
            TypeError: If the ids are no integers, or the rows do not fit the dtype.
            ValueError: If the rows have another shape.
            IndexError: If an id is out of range. Nothing is changed then.
            WorkerLostError: If a worker is lost that has some of the rows; others may have been changed.
            SlowWorkerError: If one does not answer in time.
            ClusterClosedError: If there is no cluster any more.
        """
        self._scatter("ClusterVariable.scatter_add", "add", ids, rows)

    def scatter_update(self, ids: Any, rows: Any) -> None:
        """Sets rows of the variable; arguments and errors are those of `scatter_add`.

        Of an id that repeats, the last row counts.
        """
        self._scatter("ClusterVariable.scatter_update", "update", ids, rows)

    def _scatter(self, call: str, how: str, ids: Any, rows: Any) -> None:
        wanted = checked_ids(f"{call} of {self.name}", ids, self.shape[0])
        given = self._rows(call, wanted, rows)
        requests = []
        for each in route(self._cut, wanted.reshape(-1)):
            values = given[(each.positions, *_span(self.parts[each.part])[1:])]
            requests.append(self._request(each.part, "change", each.rows, values, first=(how,)))
        self._change(call, requests)

    def _rows(self, call: str, ids: np.ndarray[Any, Any], rows: Any) -> np.ndarray[Any, Any]:
        """The rows for flat ids."""
        array = _converted(f"{call} of {self.name}", rows, self.dtype)
        shape = (*ids.shape, *self.shape[1:])
        try:
            whole = np.broadcast_to(array, shape)
        except ValueError:
            raise ValueError(
                f"{call} of {self.name}: the rows have shape {list(array.shape)}, and {list(shape)} is needed"
            ) from None
        return whole.reshape(ids.size, *self.shape[1:])

    def assign(self, value: Any) -> None:
        """Sets the whole variable.

        Args:
            value: An array that broadcasts to its shape.

        Raises:
            TypeError: If it does not fit the dtype.
            ValueError: If it has another shape.
            WorkerLostError, SlowWorkerError, ClusterClosedError: As `scatter_add`.
        """
        call = "ClusterVariable.assign"
        array = _converted(f"{call} of {self.name}", value, self.dtype)
        try:
            whole = np.broadcast_to(array, self.shape)
        except ValueError:
            raise ValueError(
                f"{call} of {self.name}: the value has shape {list(array.shape)}, "
                f"and {list(self.shape)} is needed"
            ) from None
        self._change(
            call,
            [
                self._request(at, "assign", np.ascontiguousarray(part.of(whole)))
                for at, part in enumerate(self.parts)
            ],
        )

    def apply(self, function: Callable[..., Any], *args: Any, ids: Any = None, rows: Any = None) -> list[Any]:
        """Calls a function at the parts, where their elements are; for an optimizer's update, say.

        Args:
            function: A function of a `Part` and `args`. Where there are ids, it gets the rows' numbers in the
                part and their `rows` before `args`, and is called at the parts that have some of them.
            *args: What it gets; the same at each part.
            ids: Numbers of rows of the whole; None to call it at each part.
            rows: An array that broadcasts to `ids.shape + shape[1:]`; for ids only.

        Returns:
            What it returned at each part, in order; None for parts at which it was not called.

        Raises:
            ValueError: If there are rows without ids, or rows of another shape.
            TypeError: If the rows do not fit the dtype.
            WorkerLostError, SlowWorkerError, ClusterClosedError, IndexError: As `scatter_add`.
            Exception: What the function raised; the first in order.
        """
        call = "ClusterVariable.apply"
        if ids is None:
            if rows is not None:
                raise ValueError(f"{call} of {self.name}: rows= needs ids=")
            asked = list(range(len(self.parts)))
            requests = [self._at(part, function, *args) for part in asked]
        else:
            wanted = checked_ids(f"{call} of {self.name}", ids, self.shape[0])
            given = None if rows is None else self._rows(call, wanted, rows)
            asked, requests = [], []
            for each in route(self._cut, wanted.reshape(-1)):
                values = (
                    () if given is None else (given[(each.positions, *_span(self.parts[each.part])[1:])],)
                )
                asked.append(each.part)
                requests.append(self._at(each.part, function, each.rows, *values, *args))
        answers: list[Any] = [None] * len(self.parts)
        for part, answer in zip(asked, self._change(call, requests), strict=True):
            answers[part] = answer
        return answers

    def read(self, limit: int | None = -1) -> np.ndarray[Any, Any]:
        """Returns the whole variable.

        Args:
            limit: The most bytes that are read; None for any number. By default the store's `largest_read`.

        Raises:
            ValueError: If it has more.
            WorkerLostError, SlowWorkerError, ClusterClosedError: As `gather`.
        """
        if limit is not None and limit < 0:
            limit = self._store._largest_read
        if limit is not None and self.nbytes > limit:
            raise ValueError(
                f"ClusterVariable.read: {self.name} has {bytes_text(self.nbytes)}, more than "
                f"{bytes_text(limit)}: gather(ids) reads rows, and read(limit=None) all of them"
            )
        whole = np.empty(self.shape, self.dtype)
        requests = [self._request(part, "read") for part in range(len(self.parts))]
        for part, found in zip(
            self.parts, self._store._shards.call("ClusterVariable.read", requests), strict=True
        ):
            part.of(whole)[...] = found
        return whole

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        """The whole variable, if it is not too large; see `read`."""
        if copy is False:
            raise ValueError("an array of a variable on a cluster is a copy")
        return np.asarray(self.read(), dtype)

    def sum(self) -> Any:
        """Returns the sum of all elements; floats are summed in float64."""
        return self._reduced("sum", np.sum)

    def mean(self) -> float:
        """Returns the mean of all elements."""
        return float(self.sum()) / max(1, math.prod(self.shape))

    def min(self) -> Any:
        """Returns the least element."""
        return self._reduced("min", np.min)

    def max(self) -> Any:
        """Returns the greatest element."""
        return self._reduced("max", np.max)

    def norm(self) -> float:
        """Returns the square root of the sum of the squares of all elements."""
        return math.sqrt(self._reduced("squares", np.sum))

    def _reduced(self, kind: str, together: Callable[[Any], Any]) -> Any:
        call = f"ClusterVariable.{'norm' if kind == 'squares' else kind}"
        requests = [self._request(part, "reduce", first=(kind,)) for part in range(len(self.parts))]
        return together(self._store._shards.call(call, requests)).item()

    def _request(self, part: int, method: str, *arguments: Any, first: tuple[Any, ...] = ()) -> Request:
        path = self._store._path(self, part)
        return Request(part, path, method, (*first, path, *arguments), method in ("change", "assign"))

    def _at(self, part: int, function: Callable[..., Any], *arguments: Any) -> Request:
        place = self.parts[part]
        path = self._store._path(self, part)
        return Request(part, path, "ask", (function, path, place.offset, *arguments), True)

    def _change(self, call: str, requests: list[Request]) -> list[Any]:
        with self._store._gate.passing():
            return self._store._shards.call(call, requests)


def _span(part: Slice) -> tuple[slice, ...]:
    return tuple(slice(at, at + size) for at, size in zip(part.offset, part.sizes, strict=True))


def _converted(call: str, value: Any, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    array = np.asarray(value)
    if array.dtype == dtype:
        return array
    if isinstance(value, np.ndarray) and not np.can_cast(array.dtype, dtype, "same_kind"):
        raise TypeError(f"{call}: the elements are {array.dtype}, and {dtype} is needed")
    return array.astype(dtype)
