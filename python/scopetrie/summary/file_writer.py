"""Writing graphs and summaries for TensorBoard."""

from __future__ import annotations

import os
import time
import warnings
from types import TracebackType
from typing import Any, ClassVar, Self

from ..graph import Graph, get_default_graph
from ..locks import Lock
from ..public import v1
from .event_file import EventFile
from .graph_messages import graph_def as make_graph_def
from .profile import write_profile
from .protos import proto


@v1("summary.FileWriter", note="supported; `max_queue` and `flush_secs` change nothing")
class FileWriter:
    """Writes an event file, which TensorBoard shows.

    Args:
        logdir: The folder of the file, created if missing.
        graph: A graph to write at once.
        max_queue: Accepted for v1's sake: an event is in the file when it has been added.
        flush_secs: Accepted for v1's sake, as `max_queue`.
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
        logdir: str | bytes | os.PathLike[str],
        graph: Any = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        graph_def: Any = None,
        filename_suffix: str | None = None,
        session: Any = None,
    ) -> None:
        if graph is not None and not isinstance(graph, Graph) and not _is_graph_def(graph):
            raise TypeError("The passed graph must be an instance of `Graph` or the deprecated `GraphDef`")
        self._logdir = os.fsdecode(logdir)
        self._suffix = filename_suffix or ""
        self._file = EventFile(self._logdir, self._suffix)
        self._closed = False
        self._described: set[str] = set()  # tags
        self._runs: set[str] = set()  # tags
        if graph is not None or graph_def is not None:
            self.add_graph(graph, graph_def=graph_def)

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
        for value in summary.value:
            # As v1: what shows the values of a tag is said once.
            if value.HasField("metadata") and value.tag in self._described:
                value.ClearField("metadata")
            elif value.HasField("metadata"):
                self._described.add(value.tag)
        self._add(global_step, summary=summary)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: int | None = None) -> None:
        """Writes the times of a run, which TensorBoard shows with the graph and on its Profile page.

        Args:
            run_metadata: A RunMetadata that `Session.run` has filled.
            tag: The name of the run; a new one. The Profile page's file is below `plugins/profile`, in a
                folder of this name.
            global_step: The training step of the run.

        Raises:
            ValueError: If there is a run of this name.
            OSError: If the Profile page's file cannot be written.
        """
        if tag in self._runs:
            raise ValueError("The provided tag was already used for this event type")
        times = _times(run_metadata)
        if not self._closed:
            write_profile(self._logdir, tag, times)
        self._runs.add(tag)
        tagged = proto("event").TaggedRunMetadata(tag=tag, run_metadata=times.SerializeToString())
        self._add(global_step, tagged_run_metadata=tagged)

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
        self._file.add(event)

    def _add(self, global_step: int | None, **content: Any) -> None:
        event = proto("event").Event(wall_time=time.time(), **content)
        if global_step is not None:
            event.step = int(global_step)
        self.add_event(event)

    def flush(self) -> None:
        """Does nothing: events are in the file when they have been added."""

    def close(self) -> None:
        """Closes the file. Closing twice is harmless."""
        if not self._closed:
            self._closed = True
            self._file.close()

    def reopen(self) -> None:
        """Opens a new file in the same folder, if this one is closed."""
        if self._closed:
            self._file = EventFile(self._logdir, self._suffix)
            self._closed = False


def _times(metadata: Any) -> Any:
    """A RunMetadata as a proto."""
    if hasattr(metadata, "SerializeToString"):
        return metadata
    made = proto("config").RunMetadata()
    for device in metadata.step_stats.dev_stats:
        devices = made.step_stats.dev_stats.add(device=device.device)
        for node in device.node_stats:
            devices.node_stats.add(
                node_name=node.node_name,
                timeline_label=node.timeline_label,
                all_start_micros=node.all_start_micros,
                all_start_nanos=node.all_start_nanos,
                op_end_rel_micros=node.all_end_rel_micros,
                all_end_rel_micros=node.all_end_rel_micros,
                all_end_rel_nanos=node.all_end_rel_nanos,
            )
    return made


@v1("summary.FileWriterCache")
class FileWriterCache:
    """One FileWriter for each folder.

    >>> import scopetrie as tf
    >>> tf.summary.FileWriterCache.get("logs") is tf.summary.FileWriterCache.get("logs")
    True
    >>> tf.summary.FileWriterCache.clear()
    """

    _writers: ClassVar[dict[str, FileWriter]] = {}
    _lock: ClassVar[Lock] = Lock()

    @staticmethod
    def get(logdir: str | bytes | os.PathLike[str]) -> FileWriter:
        """Returns the writer of a folder."""
        name = os.fsdecode(logdir)
        with FileWriterCache._lock:
            found = FileWriterCache._writers.get(name)
            if found is None:
                graph = get_default_graph()
                found = FileWriterCache._writers[name] = FileWriter(name, graph if graph.version else None)
            return found

    @staticmethod
    def clear() -> None:
        """Closes all writers, and forgets them."""
        with FileWriterCache._lock:
            for writer in FileWriterCache._writers.values():
                writer.close()
            FileWriterCache._writers.clear()


def _is_graph_def(graph: Any) -> bool:
    # Compare names, not classes: the object may come from another copy of the protos.
    return getattr(getattr(graph, "DESCRIPTOR", None), "name", None) == "GraphDef"
