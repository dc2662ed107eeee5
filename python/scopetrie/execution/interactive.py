"""The session for notebooks and shells."""

from __future__ import annotations

import warnings
from typing import Any

from ..graph import Graph
from ..public import v1
from ..store import Store
from . import session_stack
from .config import ConfigProto
from .session import BaseSession


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
