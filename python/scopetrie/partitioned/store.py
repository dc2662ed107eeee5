"""PartitionedStore: variables whose parts are on the workers of a cluster."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from types import TracebackType
from typing import Any, NoReturn, Self

import numpy as np

from ..dtypes import as_dtype
from ..graph import Graph
from ..initializers import Zeros
from ..printing import plural
from ..scopes import get_variable, get_variable_scope, variable_scope
from ..shapes import TensorShape
from ..store import Store
from ..variables import PartitionedVariable
from .errors import ClusterClosedError, SlowWorkerError, WorkerLostError
from .gate import Gate
from .generations import Saved, StoreInGenerations
from .initial import for_parts
from .routing import Cut, Slice
from .shards import Request, Shards
from .variable import LARGEST_READ, ClusterVariable

__all__ = ["PartitionedStore"]


class PartitionedStore(StoreInGenerations, Mapping[str, ClusterVariable]):
    """Variables that are larger than a machine: their parts are on the workers of a Dask cluster.

    Part k of each variable is with an actor, number k, which is at one worker and has a Store: a part and its
    slots are in one place. Messages go to all actors that are concerned at once, one to each. Variables
    without a partitioner are in `local`, a Store of the calling process.

    It is a mapping from names to the variables that `get` has made in parts. Needs `scopetrie[dask]`.

    Thread safety: any thread may use it. It stays in the process that made it.

    Args:
        client: A `distributed.Client`; None for a cluster of processes on this machine, which `close` ends. A
            client that sends through the scheduler is slower: make it with `direct_to_workers=True`.
        workers: How many processes there are without a client; 0 for none: everything is in this one.
        seed: An int; None for one that differs from store to store.
        timeout: How many seconds workers have to answer.
        largest_read: The most bytes of a variable, or of a part in a session, that are read without being
            asked for; None for any number.

    Raises:
        ImportError: If Dask is not installed.
        TypeError: If the client is none, or asynchronous.

    >>> import scopetrie as st
    >>> from scopetrie.partitioned import PartitionedStore
    >>> with PartitionedStore(workers=0, seed=0) as store:
    ...     items = store.get("items", (10, 4), partitioner=st.fixed_size_partitioner(4))
    ...     print(store, items.gather([[1, 9]]).shape)
    <PartitionedStore: 1 variable in 4 shards on 1 worker> (1, 2, 4)
    """

    def __init__(
        self,
        client: Any = None,
        *,
        workers: int | None = None,
        seed: int | None = None,
        timeout: float = 30.0,
        largest_read: int | None = LARGEST_READ,
    ) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ImportError(
                "PartitionedStore needs the package distributed: install scopetrie[dask]"
            ) from None
        if client is not None and not isinstance(client, Client):
            raise TypeError(f"PartitionedStore: a distributed.Client is needed, not {type(client).__name__}")
        if client is not None and client.asynchronous:
            raise TypeError("PartitionedStore: the client is asynchronous; make one with asynchronous=False")
        self.local = Store(seed=seed)
        self._graph = Graph()  # names, scopes and cuts are v1's: the core's code does them
        self._variables: dict[str, ClusterVariable] = {}
        self._parts: dict[str, int] = {}  # the shard of each part that a session has made
        self._saved = Saved()
        self._gate = Gate()
        cluster = None
        if client is None:
            client, cluster = _embedded(workers)
        self._client = client
        self._timeout = timeout
        self._largest_read = largest_read
        # In a list, since what ends the store must not refer to it.
        self._held = [Shards(client, self.local.seed, timeout, self._saved.last)]
        self._ending = weakref.finalize(self, _end, self._held, client if cluster else None, cluster)

    @property
    def client(self) -> Any:
        """The client of the cluster."""
        return self._client

    def scope(self, name_or_scope: Any, default_name: str | None = None, **options: Any) -> Any:
        """Opens a scope: `variable_scope`, whose initializer, partitioner and reuse the variables get.

        Args:
            name_or_scope: As `variable_scope` takes it.
            default_name: As `variable_scope` takes it.
            **options: Those of `variable_scope`.

        Returns:
            A context manager; its value is the VariableScope.
        """
        return self._scope(name_or_scope, default_name, options)

    @contextmanager
    def _scope(self, name_or_scope: Any, default_name: str | None, options: dict[str, Any]) -> Iterator[Any]:
        with self._graph.as_default(), variable_scope(name_or_scope, default_name, **options) as scope:
            yield scope

    def get(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        *,
        partitioner: Callable[..., Sequence[int]] | None = None,
        trainable: bool | None = None,
    ) -> Any:
        """Makes a variable in parts, or shares one, by v1's rules.

        Args:
            name: The name, in the current scope.
            shape: The shape of the whole.
            dtype: The dtype; float32 unless the scope says another.
            initializer: What a Store takes; an array is cut into parts. Random elements depend on the store's
                seed and the part's name. A function is called for each part, with its shape and dtype.
            partitioner: One of v1's partitioners; the scope's by default.
            trainable: Whether it is to be trained.

        Returns:
            A ClusterVariable; without a partitioner the variable of `local`.

        Raises:
            ValueError: As `get_variable`: if the name is taken, or missing under reuse, or the partitioner's
                answer does not fit the shape.
            WorkerLostError, SlowWorkerError, ClusterClosedError: If the parts cannot be made. Nothing is left
                then.
        """
        self._check_open()
        given = (
            None
            if initializer is None or callable(initializer) or isinstance(initializer, str)
            else initializer
        )
        array = None if given is None else np.asarray(given)
        if array is not None:
            shape = array.shape if shape is None else shape
            if tuple(TensorShape(shape)) != array.shape and array.ndim:
                raise ValueError(
                    f"PartitionedStore.get: {name!r} has shape {TensorShape(shape)}, and its initial value "
                    f"{TensorShape(array.shape)}"
                )
        with self._graph.as_default(), self._graph.transaction():
            scope = get_variable_scope()
            how = scope.initializer if initializer is None else initializer
            found = get_variable(name, shape, dtype, Zeros(), trainable=trainable, partitioner=partitioner)
            if not isinstance(found, PartitionedVariable):
                path = found.op.name
                if path in self.local:
                    return self.local[path]
                return self.local.get(
                    path, tuple(found.shape.as_list()), found.dtype.base_dtype, how, trainable=found.trainable
                )
            whole = str(found.name)
            if whole in self._variables:
                return self._variables[whole]
            made = self._as_variable(whole, found)
            self._make(made, array if array is not None else how)
            self._variables[whole] = made
        return made

    def _as_variable(self, name: str, found: PartitionedVariable) -> ClusterVariable:
        parts = []
        for part in found:
            place = part._get_save_slice_info()
            parts.append(Slice(part.op.name, tuple(place.var_offset), tuple(place.var_shape)))
        numbers = list(found._get_partitions())
        axis = next((at for at, number in enumerate(numbers) if number > 1), 0)
        shape = tuple(size or 0 for size in found.shape.as_list())
        dtype = np.dtype(found.dtype.base_dtype.as_numpy_dtype)
        trainable = next(iter(found)).trainable
        return ClusterVariable(self, name, shape, dtype, Cut(axis, tuple(parts)), trainable)

    def _make(self, variable: ClusterVariable, initial: Any) -> None:
        call = "PartitionedStore.get"
        self._shards.grow(len(variable.parts))
        requests = []
        for at, part in enumerate(variable.parts):
            if isinstance(initial, np.ndarray):
                value = initial if not initial.ndim else part.of(initial)
                array = np.ascontiguousarray(np.broadcast_to(value, part.sizes), variable.dtype)
                requests.append(Request(at, part.path, "put", (part.path, array, variable.trainable)))
            else:
                how = for_parts(initial, variable.shape, as_dtype(variable.dtype))
                facts = part.path, part.sizes, variable.dtype, how, variable.trainable
                requests.append(Request(at, part.path, "make", facts))
        try:
            self._shards.call(call, requests)
        except BaseException:
            with suppress(WorkerLostError, SlowWorkerError, ClusterClosedError):
                lost = set(self._shards.lost)
                left = [each for each in requests if each.shard not in lost]
                self._shards.call(
                    call, [Request(each.shard, each.part, "drop", (each.part,)) for each in left]
                )
            raise

    # What there is ------------------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> ClusterVariable:
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def __repr__(self) -> str:
        if not self._ending.alive:
            return "<PartitionedStore: closed>"
        status = self._client.status
        where = f"a cluster that is {status}"
        if status == "running":
            where = plural(len(self._shards.workers()), "worker")
        shards = plural(len(self._shards), "shard")
        return f"<PartitionedStore: {plural(len(self), 'variable')} in {shards} on {where}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a PartitionedStore stays in its process: functions at the parts get what apply() gives them"
        )

    def _path(self, variable: ClusterVariable, part: int) -> str:
        """The name of a part; an error if the variable is gone."""
        self._check_open()
        if self._variables.get(variable.name) is not variable:
            raise KeyError(
                f"{variable.name!r} is not in generation {self.generation}, to which the store went back: "
                "get() makes it"
            )
        return variable.parts[part].path

    def _begin(
        self, shard: int, path: str, function: Callable[..., Any], *arguments: Any
    ) -> Callable[[], Any]:
        """Calls a function at a shard, for a session: returns a function that waits for the result."""
        self._check_open()
        self._shards.grow(shard + 1)
        self._parts[path] = shard
        request = Request(shard, path, "ask", (function, path, (), *arguments), is_change=True)
        wait = self._shards.begin("Session.run", [request], self._gate)
        return lambda: wait()[0]

    def _check_open(self) -> None:
        if not self._ending.alive:
            raise ClusterClosedError("the PartitionedStore is closed")

    # Ending -------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Lets go of the actors, and ends the cluster if it is the store's own."""
        self._ending()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _embedded(workers: int | None) -> tuple[Any, Any]:
    """A client and a cluster on this machine."""
    distributed: Any = import_module("distributed")
    in_processes = workers != 0
    cluster = distributed.LocalCluster(
        n_workers=workers or (None if in_processes else 1), threads_per_worker=1, processes=in_processes,
        dashboard_address="127.0.0.1:0", silence_logs=logging.ERROR,
    )  # fmt: skip
    return distributed.Client(cluster, direct_to_workers=True, set_as_default=False), cluster


def _end(held: list[Shards], client: Any, cluster: Any) -> None:
    held[0].drop()
    if client is not None:
        client.close()
        cluster.close()
