"""`tf.train.Scaffold`: the operations that a monitored session needs, and what makes the session by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ..._core import name_scope
from ...execution import Session
from ...graph import GraphKeys, Operation, get_default_graph
from ...ops.array.join import concat
from ...ops.constant import constant
from ...ops.control.flow import group, no_op, tables_initializer
from ...public import v1, whole
from ...summary.ops import merge_all
from ...variables import (
    global_variables,
    global_variables_initializer,
    local_variables_initializer,
    report_uninitialized_variables,
)
from ..saving.saver import Saver
from .session_manager import SessionManager


@v1("train.Scaffold")
class Scaffold:
    """The operations that a monitored session needs; others than the given are made, or found in collections.

    Args:
        init_op: Initializes the variables.
        init_feed_dict: What to feed to it.
        init_fn: Called with the scaffold and the session after it.
        ready_op: A tensor of the names of what is not initialized.
        ready_for_local_init_op: The same of what has to be initialized before `local_init_op`.
        local_init_op: Initializes local variables and tables.
        summary_op: All summaries.
        saver: Saves and restores.
        copy_from_scaffold: A scaffold, whose operations are taken.
        local_init_feed_dict: What to feed to `local_init_op`.

    Attributes:
        saver: Saves and restores.
        init_op: Initializes the variables.
        local_init_op: Initializes local variables and tables.
        ready_op: A tensor of the names of what is not initialized.
        ready_for_local_init_op: The same of what has to be initialized before `local_init_op`.
        summary_op: All summaries, or None.
    """

    def __init__(
        self,
        init_op: Any = None,
        init_feed_dict: Any = None,
        init_fn: Callable[[Any, Any], Any] | None = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        local_init_op: Any = None,
        summary_op: Any = None,
        saver: Any = None,
        copy_from_scaffold: Scaffold | None = None,
        local_init_feed_dict: Any = None,
    ) -> None:
        given: dict[str, Any] = {
            "init_op": init_op,
            "ready_op": ready_op,
            "ready_for_local_init_op": ready_for_local_init_op,
            "local_init_op": local_init_op,
            "summary_op": summary_op,
            "saver": saver,
            "init_feed_dict": init_feed_dict,
            "local_init_feed_dict": local_init_feed_dict,
        }
        if copy_from_scaffold is not None:
            if not isinstance(copy_from_scaffold, Scaffold):
                raise TypeError("copy_from_scaffold is not a Scaffold instance.")
            for name, value in given.items():
                given[name] = getattr(copy_from_scaffold, name) if value is None else value
            if init_fn is None and copy_from_scaffold._init_fn is not None:
                init_fn = copy_from_scaffold._init_fn
        self.init_op = given["init_op"]
        self.ready_op = given["ready_op"]
        self.ready_for_local_init_op = given["ready_for_local_init_op"]
        self.local_init_op = given["local_init_op"]
        self.summary_op = given["summary_op"]
        self.saver = given["saver"]
        self.init_feed_dict = given["init_feed_dict"]
        self.local_init_feed_dict = given["local_init_feed_dict"]
        self._init_fn: Callable[[Any, Any], Any] | None = init_fn

    @property
    def init_fn(self) -> Callable[[Any], Any] | None:
        """A function of the session, called after `init_op`."""
        function = self._init_fn
        return None if function is None else lambda session: function(self, session)

    @whole
    def finalize(self) -> Scaffold:
        """Makes what is missing, and finalizes the graph.

        Returns:
            The scaffold.
        """
        get = Scaffold.get_or_default
        if self.init_op is None:
            self.init_op = get("init_op", GraphKeys.INIT_OP, _default_init_op)
        if self.ready_op is None:
            self.ready_op = get("ready_op", GraphKeys.READY_OP, _default_ready_op)
        if self.ready_for_local_init_op is None:
            self.ready_for_local_init_op = get(
                "ready_for_local_init_op", GraphKeys.READY_FOR_LOCAL_INIT_OP, _default_ready_for_local_init_op
            )
        if self.local_init_op is None:
            self.local_init_op = get("local_init_op", GraphKeys.LOCAL_INIT_OP, Scaffold.default_local_init_op)
        if self.summary_op is None:
            self.summary_op = get("summary_op", GraphKeys.SUMMARY_OP, merge_all)
        if self.saver is None:
            self.saver = get("saver", GraphKeys.SAVERS, lambda: Saver(allow_empty=True))
        if isinstance(self.saver, Saver):
            self.saver.build()
        get_default_graph().finalize()
        return self

    @staticmethod
    def get_or_default(arg_name: str, collection_key: str, default_constructor: Callable[[], Any]) -> Any:
        """Returns the only element of a collection, or makes one and adds it.

        Args:
            arg_name: What it is called in an error.
            collection_key: The collection.
            default_constructor: Makes one.

        Raises:
            RuntimeError: If the collection has several.
        """
        graph = get_default_graph()
        found = graph.get_collection(collection_key)
        if len(found) > 1:
            raise RuntimeError(
                f"More than one item in the collection {collection_key!r}. Please indicate which one to use "
                f"by passing it to the tf.Scaffold constructor as:  tf.Scaffold({arg_name}=item to use)"
            )
        if found:
            return found[0]
        made = default_constructor()
        if made is not None:
            graph.add_to_collection(collection_key, made)
        return made

    @staticmethod
    @whole
    def default_local_init_op() -> Operation:
        """Makes an operation that initializes local variables and tables."""
        return group(local_variables_initializer(), tables_initializer(), no_op(name="init"))


def _default_init_op() -> Operation:
    return group(global_variables_initializer(), no_op(name="init"))


def _default_ready_op() -> Any:
    missing = report_uninitialized_variables()
    with name_scope("report_uninitialized_resources"):
        resources = constant([], dtype=dtypes.string)
    return concat([missing, resources], 0)


def _default_ready_for_local_init_op() -> Any:
    missing = report_uninitialized_variables(global_variables())
    with name_scope("report_uninitialized_resources"):
        resources = constant([], dtype=dtypes.string)
    return concat([missing, resources], 0)


@v1("train.SessionCreator")
class SessionCreator:
    """The base class of what makes a monitored session's sessions, also after a recovery."""

    def create_session(self) -> Any:
        """Makes one.

        Raises:
            NotImplementedError: Unless a subclass overrides it.
        """
        raise NotImplementedError("create_session is not implemented.")


@v1("train.ChiefSessionCreator")
class ChiefSessionCreator(SessionCreator):
    """Makes sessions that are initialized, or restored from a checkpoint.

    Args:
        scaffold: The operations; made by default.
        master: Only the empty string: graphs run in this process.
        config: The sessions' `ConfigProto`.
        checkpoint_dir: The folder of checkpoints, of which the latest is taken.
        checkpoint_filename_with_path: A checkpoint, instead.
    """

    def __init__(
        self,
        scaffold: Scaffold | None = None,
        master: str = "",
        config: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:
        self._scaffold = Scaffold() if scaffold is None else scaffold
        self._manager: SessionManager | None = None
        self._master = master
        self._config = config
        self._folder = checkpoint_dir
        self._path = checkpoint_filename_with_path

    def create_session(self) -> Session:
        """Makes one."""
        scaffold = self._scaffold.finalize()
        if self._manager is None:
            self._manager = SessionManager(
                local_init_op=scaffold.local_init_op,
                local_init_feed_dict=scaffold.local_init_feed_dict,
                ready_op=scaffold.ready_op,
                ready_for_local_init_op=scaffold.ready_for_local_init_op,
                graph=get_default_graph(),
            )
        return self._manager.prepare_session(
            self._master,
            saver=scaffold.saver,
            checkpoint_dir=self._folder,
            checkpoint_filename_with_path=self._path,
            config=self._config,
            init_op=scaffold.init_op,
            init_feed_dict=scaffold.init_feed_dict,
            init_fn=scaffold.init_fn,
        )
