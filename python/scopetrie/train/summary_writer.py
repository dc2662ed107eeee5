"""`tf.train.SummaryWriter`, the name of `tf.summary.FileWriter` before TensorFlow 1.0."""

from __future__ import annotations

import os
from typing import Any

from ..public import v1
from ..summary.file_writer import FileWriter
from .graph_io import write_graph


@v1("train.SummaryWriter")
class SummaryWriter(FileWriter):
    """Writes an event file; see `summary.FileWriter`.

    Args:
        logdir: The folder of the file, created if missing.
        graph: A graph, or a GraphDef, to write at once.
        max_queue: The number of events to buffer. Or, as in notebooks of that time, the name of a file in
            `logdir` to which the graph is also written as text.
        flush_secs: Seconds after which buffered events are written.
        graph_def: A GraphDef to write instead of `graph`.

    Raises:
        ImportError: If the extra `tensorboard` is not installed.
        TypeError: If `graph` is neither a `Graph` nor a GraphDef.

    Example:
        >>> import os, tempfile
        >>> import scopetrie as tf
        >>> with tf.Graph().as_default() as graph, tempfile.TemporaryDirectory() as folder:
        ...     x = tf.placeholder(tf.float32, name="x")
        ...     tf.train.SummaryWriter(folder, graph, "graph.pbtxt").close()
        ...     print(os.path.exists(os.path.join(folder, "graph.pbtxt")))
        True
    """

    def __init__(
        self,
        logdir: str | os.PathLike[str],
        graph: Any = None,
        max_queue: int | str = 10,
        flush_secs: int = 120,
        graph_def: Any = None,
    ) -> None:
        name = max_queue if isinstance(max_queue, str) else None
        super().__init__(
            logdir,
            graph,
            10 if isinstance(max_queue, str) else max_queue,
            flush_secs,
            graph_def,
        )
        written = graph if graph is not None else graph_def
        if name is not None and written is not None:
            write_graph(written, logdir, name)
