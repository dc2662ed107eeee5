"""What runs at a worker: a Store with one part of each variable."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from ..ops.array.scatter import change_rows
from ..store import Store

__all__ = ["Answer", "Message", "Part", "Shard"]

_REDUCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "sum": np.sum,
    "min": np.min,
    "max": np.max,
    "squares": lambda array: np.square(np.abs(array)).sum(),
}


class Part(NamedTuple):
    """What a function of `ClusterVariable.apply` gets: a part of the variable, where it is.

    Attributes:
        store: The Store of the worker; slots of an optimizer belong there.
        path: The part's name: "w/part_0".
        offset: Where the part begins in the whole, along each axis.
    """

    store: Store
    path: str
    offset: tuple[int, ...]

    @property
    def array(self) -> np.ndarray[Any, Any]:
        """The elements, to be changed in place."""
        array: np.ndarray[Any, Any] = self.store[self.path].array
        return array

    def slot(self, name: str, initializer: Any = "zeros") -> np.ndarray[Any, Any]:
        """Returns the elements of a further variable of the part's shape, made at first use."""
        path = f"{self.path}/{name}"
        if path not in self.store:
            like = self.store[self.path]
            self.store.get(path, like.shape, like.dtype, initializer, trainable=False)
        array: np.ndarray[Any, Any] = self.store[path].array
        return array


class Message(NamedTuple):
    """What an actor is asked: as one object, since the cluster's library looks at each argument by itself.

    Attributes:
        method: What it is to do.
        arguments: With what.
        client: Who has numbered the message.
        number: The number of a change, so that it is made once; -1 for no change.
        floor: All changes up to this number are done, and their answers have arrived.
    """

    method: str
    arguments: tuple[Any, ...]
    client: str = ""
    number: int = -1
    floor: int = -1


class _Done:
    """Which numbered changes of a client have been made, with what they returned.

    Numbers up to `floor` are done, and the client has the answers.
    """

    __slots__ = ("answers", "floor")

    def __init__(self) -> None:
        self.floor = -1
        self.answers: dict[int, Any] = {}

    def forget(self, floor: int) -> None:
        if floor > self.floor:
            self.floor = floor
            for number in [each for each in self.answers if each <= floor]:
                del self.answers[number]


class Answer(NamedTuple):
    """What an actor answers: its result, or what it raised."""

    succeeded: bool
    result: Any


class Shard:
    """An actor: a Store with the part of one number of each variable.

    All calls come through `call` or `wait`, whose answer says whether it is an exception: what these raise
    themselves is the cluster's.

    Thread safety: a worker runs the calls of its actors one after the other, in one thread.

    Args:
        seed: The seed of the store.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._store = Store(seed=seed)
        self._done: dict[str, _Done] = {}
        self._forks: dict[str, Store] = {}

    def call(self, message: Message) -> Answer:
        """Does what a message asks."""
        try:
            return Answer(True, self._do(message))
        except Exception as error:
            return Answer(False, error)

    async def wait(self, message: Message) -> Answer:
        """Does it in another thread, so that the worker goes on with other calls."""
        return await asyncio.to_thread(self.call, message)

    def _do(self, message: Message) -> Any:
        """Makes a change, unless it has been made: then returns what it returned."""
        method = getattr(self, f"_{message.method}")
        if message.number < 0:
            return method(*message.arguments)
        done = self._done.setdefault(message.client, _Done())
        done.forget(message.floor)
        if message.number in done.answers:
            return done.answers[message.number]
        if message.number <= done.floor:
            return None  # the message came twice, and its answer has arrived
        answer = done.answers[message.number] = method(*message.arguments)
        return answer

    def _make(self, path: str, shape: tuple[int, ...], dtype: Any, initializer: Any, trainable: bool) -> None:
        self._store.get(path, shape, dtype, initializer, trainable=trainable)

    def _put(self, path: str, array: np.ndarray[Any, Any], trainable: bool) -> None:
        self._store._set(path, array, trainable)

    def _drop(self, path: str) -> None:
        if path in self._store:
            del self._store[path]

    def _has(self, path: str) -> bool:
        return path in self._store

    def _gather(self, path: str, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        array: np.ndarray[Any, Any] = self._store[path].array
        return array.take(rows, axis=0)

    def _read(self, path: str) -> np.ndarray[Any, Any]:
        # The worker sends the array while other calls may change it.
        return np.array(self._store[path].array)

    def _reduce(self, kind: str, path: str) -> Any:
        array = self._store[path].array
        if kind in ("sum", "squares") and array.dtype.kind == "f":
            array = array.astype(np.float64)
        return _REDUCTIONS[kind](array)

    def _ask(self, function: Callable[..., Any], path: str, offset: tuple[int, ...], *arguments: Any) -> Any:
        return function(Part(self._store, path, offset), *arguments)

    def _change(self, how: str, path: str, rows: np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> None:
        change_rows(self._store[path].array, rows, values, how)

    def _assign(self, path: str, value: np.ndarray[Any, Any]) -> None:
        self._store[path].assign(value)

    def _fork(self, token: str) -> None:
        self._forks[token] = self._store.fork()

    def _write(self, token: str, file: str) -> int:
        self._forks[token].save(file)
        return os.path.getsize(file)

    def _end(self, token: str) -> None:
        self._forks.pop(token, None)

    def _load(self, file: str) -> None:
        # Opened, and not restored: what is read of a table is what somebody looks at.
        self._store = Store.open(file, seed=self._seed)
