"""Graphs as files."""

from __future__ import annotations

import importlib
import os
from typing import Any

from ..file_errors import errors_of_files, make_folders
from ..files import write_whole
from ..graph import Graph
from ..public import v1
from ..summary.graph_messages import graph_def


@v1("train.write_graph")
def write_graph(
    graph_or_graph_def: Any, logdir: str | os.PathLike[str], name: str, as_text: bool = True
) -> str:
    """Writes a graph as a GraphDef to a file.

    Args:
        graph_or_graph_def: A `Graph`, or a GraphDef.
        logdir: The folder, created if missing.
        name: The file's name.
        as_text: Whether to write text instead of the binary form.

    Returns:
        The path of the file.

    Raises:
        OpError: If the file cannot be written, of v1's class.
        ImportError: If the extra `tensorboard` is not installed.

    Example:
        >>> import tempfile
        >>> import scopetrie as tf
        >>> with tf.Graph().as_default() as graph, tempfile.TemporaryDirectory() as folder:
        ...     x = tf.placeholder(tf.float32, name="x")
        ...     with open(tf.train.write_graph(graph, folder, "graph.pbtxt")) as file:
        ...         print(file.readlines()[1].strip())
        name: "x"
    """
    made = graph_or_graph_def
    if isinstance(made, Graph):
        made = graph_def(made)
    folder = os.fsdecode(logdir)
    make_folders(folder)
    path = os.path.join(folder, name)
    if as_text:
        # Comes with tensorboard, which made the GraphDef.
        text_format: Any = importlib.import_module("google.protobuf.text_format")
        content = text_format.MessageToString(made).encode()
    else:
        content = made.SerializeToString()
    with errors_of_files(path), write_whole(path) as part, open(part, "wb") as file:
        file.write(content)
    return path
