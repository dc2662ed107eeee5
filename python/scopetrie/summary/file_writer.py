"""Writing graphs and summaries for TensorBoard."""

from __future__ import annotations

import os
import time
import warnings
from types import TracebackType
from typing import Any, Self

from ..graph import Graph
from .graph_def import graph_def as make_graph_def
from .protos import load, proto


class FileWriter:
    """Writes an event file, which TensorBoard shows.

    Args:
        logdir: The folder of the file, created if missing.
        graph: A graph to write at once.
        max_queue: The number of events to buffer.
        flush_secs: Seconds after which buffered events are written.
        graph_def: A GraphDef to write instead of `graph`.
        filename_suffix: The end of the file's name.
        session: Ignored; v1 has it.

    Raises:
        ImportError: If the extra `tensorboard` is not installed.
        TypeError: If `graph` is neither a `Graph` nor a GraphDef.

    Example:
        >>> import os, tempfile
        >>> import scopetrie as tf
        >>> with tf.Graph().as_default() as graph, tempfile.TemporaryDirectory() as folder:
        ...     x = tf.placeholder(tf.float32, name="x")
        ...     with tf.summary.FileWriter(folder, graph):
        ...         pass
        ...     print([name.startswith("events.out.tfevents.") for name in os.listdir(folder)])
        [True]
    """

    def __init__(
        self,
        logdir: str | os.PathLike[str],
        graph: Any = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        graph_def: Any = None,
        filename_suffix: str | None = None,
        session: Any = None,
    ) -> None:
        if graph is not None and not isinstance(graph, Graph) and not _is_graph_def(graph):
            raise TypeError("The passed graph must be an instance of `Graph` or the deprecated `GraphDef`")
        self._logdir = os.fspath(logdir)
        self._settings = (max_queue, flush_secs, filename_suffix or "")
        self._writer: Any = self._opened()
        self._closed = False
        if graph is not None or graph_def is not None:
            self.add_graph(graph, graph_def=graph_def)

    def _opened(self) -> Any:
        max_queue, flush_secs, suffix = self._settings
        writers = load("summary.writer.event_file_writer")
        return writers.EventFileWriter(self._logdir, max_queue, flush_secs, suffix)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def get_logdir(self) -> str:
        """Returns the folder of the event file."""
        return self._logdir

    def add_graph(self, graph: Any, global_step: int | None = None, graph_def: Any = None) -> None:
        """Writes a graph, with the shapes of its tensors.

        Args:
            graph: A `Graph`; or None, with a `graph_def`.
            global_step: Ignored: TensorBoard shows the latest graph.
            graph_def: A GraphDef, instead of `graph`.

        Raises:
            ValueError: If neither is given.
            TypeError: If `graph` is neither a `Graph` nor a GraphDef.
        """
        if graph is None:
            graph = graph_def
        elif graph_def is not None:
            raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
        if isinstance(graph, Graph):
            graph = make_graph_def(graph, add_shapes=True)
        elif not _is_graph_def(graph):
            raise TypeError("The passed graph must be an instance of `Graph` or the deprecated `GraphDef`")
        self._add(global_step, graph_def=graph.SerializeToString())

    def add_summary(self, summary: Any, global_step: int | None = None) -> None:
        """Writes a summary.

        Args:
            summary: A Summary proto, or the bytes of one, as summary operations compute them.
            global_step: The training step of the summary.
        """
        if isinstance(summary, bytes):
            summary = proto("summary").Summary.FromString(summary)
        self._add(global_step, summary=summary)

    def add_session_log(self, session_log: Any, global_step: int | None = None) -> None:
        """Writes a SessionLog proto."""
        self._add(global_step, session_log=session_log)

    def add_event(self, event: Any) -> None:
        """Writes an Event proto."""
        if self._closed:
            warnings.warn(
                "Attempting to use a closed FileWriter. The operation will be a noop unless the FileWriter "
                "is explicitly reopened.",
                stacklevel=3,
            )
            return
        self._writer.add_event(event)

    def _add(self, global_step: int | None, **content: Any) -> None:
        event = proto("event").Event(wall_time=time.time(), **content)
        if global_step is not None:
            event.step = int(global_step)
        self.add_event(event)

    def flush(self) -> None:
        """Writes the buffered events."""
        if not self._closed:
            self._writer.flush()

    def close(self) -> None:
        """Writes the buffered events and closes the file. Closing twice is harmless."""
        if not self._closed:
            self._closed = True
            self._writer.close()

    def reopen(self) -> None:
        """Opens a new file in the same folder, if this one is closed."""
        if self._closed:
            self._writer = self._opened()
            self._closed = False


def _is_graph_def(graph: Any) -> bool:
    # Compare names, not classes: the object may come from another copy of the protos.
    return getattr(getattr(graph, "DESCRIPTOR", None), "name", None) == "GraphDef"
