"""The sessions that are the default in this thread: for a block, or until they are closed."""

from __future__ import annotations

import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ...graph import Graph
from ...public import v1
from ...store import Store
from . import stack as session_stack
from .config import ConfigProto
from .session import BaseSession

if TYPE_CHECKING:
    from ...partitioned import PartitionedStore


@v1("Session")
class Session(BaseSession):
    """Runs the operations of a graph and holds the values of its variables.

    `with session:` makes it the default session and its graph the default graph, and closes it at the end.

    Args:
        target: Only the empty string: graphs run in this process.
        graph: The graph to run; by default the default graph.
        config: A `ConfigProto`; without effect.
        backend: The array library that computes: "numpy", "cupy", "torch", "jax", a `Backend`, or a module
            that follows the array API standard. By default that of the store, or the default backend.
        store: A `Store` that holds the values of the variables, by their op names as paths: those that it has
            already are initialized. By default a new one; backends whose arrays cannot be over the host's
            memory take none. A `PartitionedStore` holds the parts of partitioned variables at its workers,
            and the others in its `local`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If a store is given to a backend whose values no store holds.
        NotFoundError: If `target` is another one.

    Example:
        >>> import scopetrie as tf
        >>> with tf.Graph().as_default():
        ...     w = tf.get_variable("w", initializer=[1.0, 2.0])
        ...     add = tf.assign_add(w, [1.0, 1.0])
        ...     with tf.Session() as session:
        ...         session.run(tf.global_variables_initializer())
        ...         session.run(add)
        ...         w.eval()
        array([2., 3.], dtype=float32)
        array([2., 3.], dtype=float32)
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
        super().__init__(target, graph, config, backend=backend, store=store)
        self._entered: Any = None

    def __enter__(self) -> Self:
        if self._entered is not None:
            raise RuntimeError(
                "Session context managers are not re-entrant. Use `Session.as_default()` if you want to "
                "enter a session multiple times."
            )
        entered = self.graph.as_default()
        entered.__enter__()
        self._entered = entered
        session_stack.push(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        entered, self._entered = self._entered, None
        try:
            session_stack.pop(self)
            entered.__exit__(kind, error, traceback)
        finally:
            self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Does nothing: each session has its own values, and there is no server."""


@v1("InteractiveSession")
class InteractiveSession(BaseSession):
    """A session that is the default from its creation until it is closed, for notebooks and shells.

    Args:
        target: Only the empty string: graphs run in this process.
        graph: The graph to run, made the default graph; by default the default graph.
        config: A `ConfigProto`; without effect.
        backend: The array library that computes; see `Session`.
        store: Holds the values of the variables; see `Session`.

    Raises:
        TypeError: If an argument has the wrong type.
        NotFoundError: If `target` is another one.

    Example:
        >>> import scopetrie as tf
        >>> session = tf.InteractiveSession()
        >>> tf.constant(2.0).eval()
        np.float32(2.0)
        >>> session.close()
    """

    def __init__(
        self,
        target: str = "",
        graph: Graph | None = None,
        config: ConfigProto | None = None,
        *,
        backend: Any = None,
        store: Store | None = None,
    ) -> None:
        super().__init__(target, graph, config, backend=backend, store=store)
        if session_stack.stack.interactive:
            warnings.warn(
                "An interactive session is already active. This can cause out-of-memory errors or some other "
                "unexpected errors (due to the unpredictable timing of garbage collection) in some cases. "
                "You must explicitly call `InteractiveSession.close()` to release resources held by the "
                "other session(s). Please use `tf.Session()` if you intend to productionize.",
                stacklevel=2,
            )
        session_stack.stack.interactive += 1
        self._made_default: Any = None
        if graph is not None:
            self._made_default = graph.as_default()
            self._made_default.__enter__()
        session_stack.push(self)

    def close(self) -> None:
        """Frees the values of the variables, and stops being the default session."""
        if self._closed:
            return
        super().close()
        session_stack.stack.interactive -= 1
        session_stack.pop(self, enforce_nesting=False)
        if self._made_default is not None:
            self._made_default.__exit__(None, None, None)


@v1("get_default_session")
def get_default_session() -> BaseSession | None:
    """Returns the innermost session that is the default in this thread, or None.

    A session is the default inside `with session:` and `with session.as_default():`.

    Example:
        >>> get_default_session() is None
        True
    """
    return session_stack.stack.sessions[-1] if session_stack.stack.sessions else None
