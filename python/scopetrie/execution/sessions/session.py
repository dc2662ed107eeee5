"""Sessions, which run a graph and hold the values of its variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self, TypeAlias, TypeVar, overload

import numpy as np

from ...backends import Backend, get_backend
from ...errors import CancelledError, FailedPreconditionError, NotFoundError, OpError, UnimplementedError
from ...graph import Graph, Operation, Tensor, get_default_graph, graph_facts, graph_line, variables_outline
from ...ops.indexed_slices import IndexedSlices
from ...printing import Outline, printed
from ...store import Store
from ...tracebacks import shorten
from ...variables import Variable
from ..plans.plan import CLOSED, Plan
from ..state import State
from . import stack as session_stack
from .config import ConfigProto
from .feeds import find_feed, flatten_feeds
from .fetches import is_flat, signature
from .program import Program, check_options

if TYPE_CHECKING:
    from ...partitioned import PartitionedStore

# For type checkers: what `run` takes, and what it gives for a tensor: for rank 0 a NumPy scalar, which has
# all that an array has.
Fetch: TypeAlias = (
    "Tensor | Variable | Operation | IndexedSlices | str | Sequence[Fetch] | Mapping[Any, Fetch]"
)
Array: TypeAlias = np.ndarray[Any, Any]
Value = TypeVar("Value", bound="Tensor | Variable")
Item = TypeVar("Item", bound=Fetch)
Key = TypeVar("Key")

# As options of `run`: the fetched values stay where they were computed.
_ON_DEVICE: Final = object()
# The cache of programs, by form of call, is bounded: a script may build new operations for every run.
_MOST_PROGRAMS: Final = 4096


@printed
class BaseSession:
    """The base class of `Session` and `InteractiveSession`.

    `print(session)` shows the variables of its graph as a tree, and which of them have no value yet.

    Thread safety: `run` may be called from several threads at once.

    Its arguments and what it raises are those of `Session`.
    """

    def __init__(
        self,
        target: str = "",
        graph: Graph | None = None,
        config: ConfigProto | None = None,
        *,
        backend: Any = None,
        store: Store | PartitionedStore | None = None,
    ) -> None:
        if graph is not None and not isinstance(graph, Graph):
            raise TypeError(f'Argument `graph` must be a tf.Graph, but got "{type(graph).__name__}"')
        if not isinstance(target, (str, bytes, type(None))):
            raise TypeError(f'Argument `target` must be a string, but got "{type(target).__name__}"')
        if config is not None and not isinstance(config, ConfigProto):
            raise TypeError(f'Argument `config` must be a tf.ConfigProto, but got "{type(config).__name__}"')
        if target:
            raise NotFoundError(
                None,
                None,
                f'No session factory registered for the given session options: {{target: "{target}" config: '
                f"{str(config or '').strip()}}} Registered factories are {{DIRECT_SESSION}}.\n"
                "scopetrie runs a graph in its own process only: leave out `target`.",
            )
        self._graph = get_default_graph() if graph is None else graph
        check_values = config is not None and bool(config.check_values)
        if backend is None and isinstance(store, Store):
            backend = getattr(store, "_backend", None)  # None if it was given none
        computing = get_backend(backend)
        self._state: State = State(computing, Plan, check_values, *_stores_for(computing, store))
        if config is not None and config.operation_timeout_in_ms > 0:
            self._state.timeout = config.operation_timeout_in_ms / 1000
        self._closed = False
        # Three caches: calls without feeds by single fetch; the latest such call with a list of fetches; all
        # forms of call by `signature`. Any thread fills them; each operation on them is atomic.
        self._plans: dict[Any, Plan] = {}
        self._latest: tuple[list[Any], Program] = ([], _NOTHING)
        self._programs: dict[Any, Program] = {}
        # The memory of variables that were loaded, by number: see Variable.load.
        self._loaded = self._state.loaded
        self._graph._keepers.add(self)

    def forget(self, operations: int) -> None:
        """Forgets operations from a number on: the graph calls it where it has undone them."""
        self._state.forget(operations)
        for key, program in tuple(self._programs.items()):
            if program.version > operations:
                self._programs.pop(key, None)
        left = {id(program.plan) for program in tuple(self._programs.values())}
        for fetch, plan in tuple(self._plans.items()):
            if id(plan) not in left:
                self._plans.pop(fetch, None)
        self._latest = ([], _NOTHING)

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"{graph_line(self._graph)}, on {self.backend.name}"
        return f"<tf.{type(self).__name__} at {id(self):#x}: {state}>"

    def _outline(self) -> Outline:
        facts = (*graph_facts(self._graph), "closed" if self._closed else f"on {self.backend.name}")
        return variables_outline(type(self).__name__, facts, self._graph, note=self._note)

    def _note(self, variable: Any) -> str:
        op = variable.op
        return "" if self._state.has_value(op._id, op.name) else "no value yet"

    @property
    def graph(self) -> Graph:
        """The graph that the session runs."""
        return self._graph

    @property
    def graph_def(self) -> Any:
        """The graph as a GraphDef proto; needs the extra `tensorboard`."""
        return self._graph.as_graph_def()

    @property
    def sess_str(self) -> bytes:
        """The target, as bytes."""
        return b""

    @property
    def backend(self) -> Backend:
        """The array library that computes."""
        return self._state.backend

    @property
    def store(self) -> Store:
        """The store that holds the values: each variable that has one, by its op name as path.

        It is the values, no copy of them. Variables without a value are not in it, nor are those of strings,
        which no store holds: the session has them for itself.

        Raises:
            RuntimeError: If the session is closed.
            UnimplementedError: If the backend's arrays are not over the memory of a store.

        Example:
            >>> import scopetrie as tf
            >>> with tf.Graph().as_default(), tf.Session() as session:
            ...     w = tf.get_variable("tower/w", initializer=[1.0, 2.0])
            ...     session.run(w.initializer)
            ...     session.store["tower/w"].array
            array([1., 2.], dtype=float32)
        """
        store = self._state.store
        if store is not None:
            return store
        if self._closed:
            raise RuntimeError(CLOSED)
        raise UnimplementedError(None, None, f"Session.store: {_NOT_HELD.format(self._state.backend.name)}")

    @overload
    def run(
        self, fetches: Tensor | Variable, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Array: ...
    @overload
    def run(
        self, fetches: Operation, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> None: ...
    @overload
    def run(
        self, fetches: str, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any: ...
    @overload
    def run(
        self, fetches: tuple[Fetch, ...], feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> tuple[Any, ...]: ...
    @overload
    def run(
        self,
        fetches: list[Value],
        feed_dict: Any = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> list[Array]: ...
    @overload
    def run(
        self, fetches: list[Item], feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> list[Any]: ...
    @overload
    def run(
        self,
        fetches: Mapping[Key, Tensor | Variable],
        feed_dict: Any = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> dict[Key, Array]: ...
    @overload
    def run(
        self,
        fetches: Mapping[Key, Fetch],
        feed_dict: Any = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> dict[Key, Any]: ...
    def run(
        self,
        fetches: Any,
        feed_dict: Any = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> Any:
        """Computes tensors and runs operations.

        The first call of a form (the same fetches, the same keys fed) compiles what the fetches need; later
        calls reuse it. Adding to the graph does not invalidate it.

        Args:
            fetches: A tensor, an operation, a variable, the name of one ("add:0", "add"), or lists, tuples,
                named tuples or dicts of those, nested in any way.
            feed_dict: Values by tensor (or variable, or name), used instead of the computed ones: arrays,
                numbers, strings, nested lists. They are converted to the tensor's dtype.
            options: A `RunOptions`; with `trace_level=RunOptions.FULL_TRACE`, the times of the operations are
                recorded, and `timeout_in_ms` ends a run that waits for a queue.
            run_metadata: A `RunMetadata` to receive them.

        Returns:
            The structure of `fetches`, with a NumPy array for each tensor or variable (for rank 0 a NumPy
            scalar, or bytes) and None for each operation. The caller owns the arrays.

        Raises:
            RuntimeError: If the session is closed or the graph is empty.
            TypeError: If a fetch or a key of `feed_dict` is of the wrong type.
            ValueError: If a fetch or key is of another graph or unknown, or a fed value has the wrong shape.
            OpError: If an operation fails, e.g. `errors.InvalidArgumentError` for a placeholder that is not
                fed and `errors.FailedPreconditionError` for an uninitialized variable.

        Example:
            >>> import scopetrie as tf
            >>> x = tf.placeholder(tf.float32, [None])
            >>> y = 2.0 * x
            >>> with tf.Session() as session:
            ...     session.run({"x": x, "both": [y, y.op]}, feed_dict={x: [1.0, 2.0]})
            {'x': array([1., 2.], dtype=float32), 'both': [array([2., 4.], dtype=float32), None]}
        """
        try:
            if not feed_dict and options is None and run_metadata is None:
                # The fast path of `_run` for the most frequent calls.
                if type(fetches) is list:
                    known, program = self._latest
                    try:
                        again = known == fetches
                    except ValueError:  # an array among them, which is not a fetch
                        again = False
                    if again and fetches:
                        return program.run(())
                else:
                    try:
                        plan = self._plans.get(fetches)
                    except TypeError:  # a dict, or something that is not a fetch
                        plan = None
                    if plan is not None:
                        return plan.execute()
            return self._run(fetches, feed_dict or {}, options, run_metadata)
        except Exception as error:
            shorten(error)
            if self._closed and isinstance(error, FailedPreconditionError):  # by another thread, meanwhile
                raise CancelledError(None, None, "Session has been closed.") from None
            raise

    def run_on_device(self, fetches: Any, feed_dict: Any = None) -> Any:
        """Runs operations like `run`, and leaves the fetched values where they were computed.

        Args:
            fetches: What `run` takes.
            feed_dict: What `run` takes. With every backend that has a device, arrays of it are fed without a
                copy: CuPy's, and those of libraries that know DLPack.

        Returns:
            What `run` returns, with arrays of the backend's library, which the caller owns.

        Raises:
            Exception: What `run` raises.

        Example:
            >>> import array_api_strict
            >>> import scopetrie as tf
            >>> y = tf.constant([1.0, 2.0]) + 1.0
            >>> with tf.Session(backend=array_api_strict) as session:
            ...     session.run_on_device(y)
            Array([2., 3.], dtype=array_api_strict.float32)
        """
        return self.run(fetches, feed_dict, None if self.backend.on_host else _ON_DEVICE)

    def _run(self, fetches: Any, feed_dict: Any, options: Any, run_metadata: Any) -> Any:
        keep = options is _ON_DEVICE
        if keep:
            options = None
        if self._closed:
            raise RuntimeError(CLOSED)
        if self._graph.version == 0:
            raise RuntimeError(
                "The Session graph is empty. Add operations to the graph before calling run().\n"
                "A session runs the graph that was the default one when it was made; tf.Session(graph=...) "
                "runs another."
            )
        check_options(options, run_metadata)
        feed_dict = flatten_feeds(feed_dict)
        key: Any = None
        program = None
        try:
            key = (signature(fetches), *feed_dict)
            if keep:
                key = keep, key
            program = self._programs.get(key)
        except TypeError:  # something unhashable is not a fetch; the error says so
            pass
        if program is None:
            program = Program(self._graph, self._state, fetches, list(feed_dict), keep)
            if key is not None:
                self._keep(key, program, fetches, not feed_dict and not keep)
        fed = program.fed(feed_dict)
        if options is None and run_metadata is None:
            return program.run(fed)
        if options is not None and options.timeout_in_ms > 0:
            with self._state.within(options.timeout_in_ms / 1000):
                return program.run_traced(fed, options, run_metadata)
        return program.run_traced(fed, options, run_metadata)

    def _keep(self, key: Any, program: Program, fetches: Any, unfed: bool) -> None:
        for kept in (self._programs, self._plans):
            if len(kept) >= _MOST_PROGRAMS:
                kept.clear()
        self._programs[key] = program
        if not unfed:
            return
        if type(fetches) is list:
            if is_flat(fetches):  # nested ones that differ may be equal
                self._latest = (list(fetches), program)
        elif program.direct and not isinstance(fetches, tuple):  # a tuple equals a named tuple
            self._plans[fetches] = program.plan

    def _load(self, variable: Any, value: Any) -> bool:
        """Sets a variable as its initializer would, with a value in place of the initial one.

        Returns:
            Whether it did so. Otherwise, also for a value that does not fit, nothing is changed: run the
            initializer.
        """
        op = variable.initializer
        if self._closed or op.type != "Assign" or op.control_inputs or self._state.check_values:
            return False
        try:
            array = find_feed(self._graph, op.inputs[1], self._state.backend).value(value)
            self._state.load(variable, array, (op._attrs or {}).get("validate_shape", True))
        except (OpError, TypeError, ValueError):
            return False
        return True

    def make_callable(
        self, fetches: Any, feed_list: Sequence[Any] | None = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """Returns a function that runs a fetch.

        Args:
            fetches: What `run` takes.
            feed_list: The keys of the feeds: tensors, variables or names.
            accept_options: Whether the function takes `options` and `run_metadata` by keyword, as `run` does.

        Returns:
            A function of the fed values, in the order of `feed_list`, that returns what `run` would.

        Raises:
            TypeError: If `feed_list` is neither a list nor a tuple.

        Example:
            >>> import scopetrie as tf
            >>> x = tf.placeholder(tf.float32, [])
            >>> with tf.Session() as session:
            ...     double = session.make_callable(2.0 * x, [x])
            ...     double(1.5)
            np.float32(3.0)
        """
        if feed_list is not None and not isinstance(feed_list, (list, tuple)):
            raise TypeError(f"Argument `feed_list` must be a list or tuple. Received: feed_list={feed_list}")
        keys = list(feed_list or ())

        def call(*values: Any, options: Any = None, run_metadata: Any = None) -> Any:
            return self.run(fetches, dict(zip(keys, values, strict=False)), options, run_metadata)

        if accept_options:
            return call
        return lambda *values: call(*values)

    def _end_waiting(self) -> None:
        """Ends the runs of other threads that wait for a queue; the session can still run."""
        self._state.end_waiting()

    def close(self) -> None:
        """Frees the values of the variables; the session cannot run any more. Closing twice is harmless."""
        self._closed = True
        self._latest = ([], _NOTHING)
        for program in list(self._programs.values()):  # other threads may be adding to it
            program.plan.release()
        self._plans.clear()
        self._programs.clear()
        self._state.clear()
        self._state.backend.release()

    @contextmanager
    def as_default(self) -> Iterator[Self]:
        """Makes this the default session inside `with`; neither closes it nor changes the default graph."""
        session_stack.push(self)
        try:
            yield self
        finally:
            session_stack.pop(self)

    def list_devices(self) -> list[str]:
        """Returns the names of the devices that operations run on: one, in v1's notation."""
        kind = "CPU" if self._state.backend.on_host else "GPU"
        return [f"/job:localhost/replica:0/task:0/device:{kind}:0"]

    def kernels(self) -> list[str]:
        """Returns the sources of the fused kernels that the session has made, in CUDA C++, each once.

        There are none with libraries that fuse nothing, nor before a fetch runs for the second time.

        Example:
            >>> import scopetrie as tf
            >>> with tf.Session(backend="numpy") as session:
            ...     session.kernels()
            []
        """
        programs = tuple(self._programs.values())
        return list(dict.fromkeys(source for each in programs for source in each.plan.kernels()))

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> NoReturn:
        """Not supported: use `run`, and feed intermediate tensors with results of an earlier `run`.

        Raises:
            UnimplementedError: Always.
        """
        raise UnimplementedError(None, None, _REFUSED.format("partial_run_setup"))

    def partial_run(self, handle: Any, fetches: Any, feed_dict: Any = None) -> NoReturn:
        """Not supported: see `partial_run_setup`.

        Raises:
            UnimplementedError: Always.
        """
        raise UnimplementedError(None, None, _REFUSED.format("partial_run"))


_REFUSED: Final = (
    "Session.{} is not supported by scopetrie. Use Session.run: it takes the values of intermediate "
    "tensors, as an earlier run returned them, in feed_dict."
)


_NOT_HELD: Final = "a Store holds NumPy's arrays, and those of the backend {!r} are elsewhere"


def _stores_for(backend: Backend, store: Any) -> tuple[Store | None, Any]:
    """Returns the store of a new session: the given one, or a new one if the backend's values go into one.

    The second is the PartitionedStore that has the parts of partitioned variables, or None.
    """
    parts = None
    if store is not None and not isinstance(store, Store):
        from ...partitioned import PartitionedStore  # imported late: few programs use a cluster

        if not isinstance(store, PartitionedStore):
            raise TypeError(f'Argument `store` must be a tf.Store, but got "{type(store).__name__}"')
        parts = store
        store = parts.local
    if store is not None and parts is None:
        own = getattr(store, "_backend", None)
        of_device = own if own is not None and own.keeps_variables else None
        if (of_device is not None) != backend.keeps_variables or (
            of_device is not None and of_device.device != backend.device
        ):
            where = "in the host's memory"
            if of_device is not None:
                where = f"in the memory of a device, that of {own!r}"
            raise ValueError(
                f"Session(store=...): the variables of the store are {where}, and {backend!r} computes "
                "elsewhere: give the Store the same backend when it is made, or leave out the session's"
            )
    if backend.keeps_variables and parts is None:
        return Store(seed=0, backend=backend) if store is None else store, None
    if backend.shares_memory:
        return Store(seed=0) if store is None else store, parts
    if store is not None:
        raise ValueError(f"Session(store=...): {_NOT_HELD.format(backend.name)}")
    return None, None


# The latest program before there is one; never run.
_NOTHING: Any = None
