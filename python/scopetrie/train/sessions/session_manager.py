"""`tf.train.SessionManager`: sessions whose variables have their values, from a checkpoint or initialized."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ...errors import FailedPreconditionError
from ...execution import Session
from ...graph import Graph, get_default_graph
from ...public import v1
from ..saving.checkpoint_state import checkpoint_exists, get_checkpoint_state, latest_checkpoint


@v1("train.SessionManager")
class SessionManager:
    """Makes sessions in which a model is ready to run.

    Args:
        local_init_op: Initializes local variables and the like, after a restoration, too.
        ready_op: A tensor of the names of what is not initialized yet.
        ready_for_local_init_op: The same of what has to be initialized before `local_init_op`.
        graph: The graph; the default one if left out.
        recovery_wait_secs: The seconds between two looks for a checkpoint.
        local_init_run_options: The `RunOptions` of `local_init_op`.
        local_init_feed_dict: What to feed to it.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default():
    ...     w = tf.get_variable("w", initializer=2.0)
    ...     manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
    ...     with manager.prepare_session("", init_op=tf.global_variables_initializer()) as session:
    ...         print(session.run(w))
    2.0
    """

    def __init__(
        self,
        local_init_op: Any = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        graph: Graph | None = None,
        recovery_wait_secs: float = 30,
        local_init_run_options: Any = None,
        local_init_feed_dict: Any = None,
    ) -> None:
        self._graph: Any = get_default_graph() if graph is None else graph
        self._local_init_op = local_init_op
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._wait_secs = recovery_wait_secs
        self._local_init_run_options = local_init_run_options
        self._local_init_feed_dict = local_init_feed_dict

    def prepare_session(
        self,
        master: str,
        init_op: Any = None,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
        init_feed_dict: Any = None,
        init_fn: Callable[[Any], Any] | None = None,
    ) -> Session:
        """Makes a session, restores it from a checkpoint or else initializes it, and sees that it is ready.

        Args:
            master: Only the empty string: graphs run in this process.
            init_op: Initializes, if there is no checkpoint.
            saver: Restores.
            checkpoint_dir: The folder of checkpoints, of which the latest is taken.
            checkpoint_filename_with_path: A checkpoint, instead.
            wait_for_checkpoint: Whether to wait for a checkpoint.
            max_wait_secs: The seconds to wait at most.
            config: The session's `ConfigProto`.
            init_feed_dict: What to feed to `init_op`.
            init_fn: Called with the session after `init_op`.

        Returns:
            The session.

        Raises:
            RuntimeError: If there is nothing to initialize by, or the model is not ready afterwards.
        """
        session, is_loaded = self._restored(
            master,
            saver,
            checkpoint_dir,
            checkpoint_filename_with_path,
            wait_for_checkpoint,
            max_wait_secs,
            config,
        )
        try:
            if not is_loaded:
                if init_op is None and init_fn is None and self._local_init_op is None:
                    raise RuntimeError(
                        "Model is not initialized and no init_op or init_fn or local_init_op was given"
                    )
                if init_op is not None:
                    session.run(init_op, feed_dict=init_feed_dict)
                if init_fn is not None:
                    init_fn(session)
            ready, why = self._initialized_locally(session)
            title = "local_init_op did not make model ready for local_init."
            if ready:
                ready, why = self._asked(session, self._ready_op)
                title = "did not make model ready."
            if not ready:
                raise RuntimeError(
                    f"Init operations {title}  Init op: {_named(init_op)}, init fn: {init_fn}, "
                    f"local_init_op: {_named(self._local_init_op)}, error: {why}"
                )
        except BaseException:
            session.close()
            raise
        return session

    def recover_session(
        self,
        master: str,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
    ) -> tuple[Session, bool]:
        """Makes a session and restores it from a checkpoint, if there is one.

        Args:
            master: Only the empty string: graphs run in this process.
            saver: Restores.
            checkpoint_dir: The folder of checkpoints, of which the latest is taken.
            checkpoint_filename_with_path: A checkpoint, instead.
            wait_for_checkpoint: Whether to wait for a checkpoint.
            max_wait_secs: The seconds to wait at most.
            config: The session's `ConfigProto`.

        Returns:
            The session, and whether it is ready.
        """
        session, is_loaded = self._restored(
            master,
            saver,
            checkpoint_dir,
            checkpoint_filename_with_path,
            wait_for_checkpoint,
            max_wait_secs,
            config,
        )
        if not is_loaded:
            return session, False
        ready, _ = self._initialized_locally(session)
        return session, ready and self._asked(session, self._ready_op)[0]

    def wait_for_session(
        self, master: str, config: Any = None, max_wait_secs: float = float("inf")
    ) -> Session:
        """Not supported: no other process initializes this one's variables.

        Args:
            master: The other process.
            config: The session's `ConfigProto`.
            max_wait_secs: The seconds to wait at most.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(
            "SessionManager.wait_for_session is not supported by scopetrie: a session has its variables for "
            "itself, so no other process initializes them. Use prepare_session."
        )

    def _restored(
        self,
        master: str,
        saver: Any,
        folder: str | None,
        path: str | None,
        waits: bool,
        most: float,
        config: Any,
    ) -> tuple[Session, bool]:
        if folder and path:
            raise ValueError("Can not provide both checkpoint_dir and checkpoint_filename_with_path.")
        session = Session(master, graph=self._graph, config=config)
        if saver is None or not (folder or path):
            return session, False
        until = time.monotonic() + most
        while True:
            if path and checkpoint_exists(path):
                saver.restore(session, path)
                return session, True
            state = get_checkpoint_state(folder) if folder else None
            latest = latest_checkpoint(folder) if state is not None and folder else None
            if state is not None and latest is not None:
                saver.restore(session, latest)
                saver.recover_last_checkpoints(list(state.all_model_checkpoint_paths))
                return session, True
            if not waits or time.monotonic() >= until:
                return session, False
            time.sleep(min(self._wait_secs, max(until - time.monotonic(), 0)))

    def _initialized_locally(self, session: Session) -> tuple[bool, Any]:
        if self._local_init_op is None:
            return True, None
        ready, why = self._asked(session, self._ready_for_local_init_op)
        if ready:
            session.run(
                self._local_init_op,
                feed_dict=self._local_init_feed_dict,
                options=self._local_init_run_options,
            )
        return ready, why

    def _asked(self, session: Session, op: Any) -> tuple[bool, Any]:
        """Whether a tensor says that the model is ready, and otherwise why it is not."""
        if op is None:
            return True, None
        try:
            missing = session.run(op)
        except FailedPreconditionError as error:
            return False, str(error)
        if missing is None or not missing.size:
            return True, None
        return False, f"Variables not initialized: {', '.join(each.decode() for each in missing.tolist())}"


def _named(op: Any) -> str:
    return "None" if op is None else getattr(op, "name", str(op))
