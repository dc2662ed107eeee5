"""tf.train.import_meta_graph."""

from __future__ import annotations

from typing import Any

from ...graph import get_default_graph
from ...public import v1
from ...saved_graphs.meta_graph import read_meta_graph, restore_meta_graph
from .saved_variables import all_saved
from .saver import Saver

__all__ = ["import_meta_graph"]


@v1("train.import_meta_graph")
def import_meta_graph(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    *,
    input_map: Any = None,
    return_elements: Any = None,
) -> Saver | None:
    """Adds a graph and its collections to the default graph, as `Saver.save` and its like wrote them.

    Its variables are variables again: `tf.global_variables()` lists them.

    Args:
        meta_graph_or_file: The path of a file ("model-7.meta"), or a MetaGraphDef.
        clear_devices: Whether the devices of nodes are left out.
        import_scope: What comes before the names; nothing by default.
        input_map: Tensors that are used in place of others: see `import_graph_def`.
        return_elements: Accepted without effect, as in v1.

    Returns:
        The Saver that the graph was saved with; a new one if there was none; None if there are no variables.

    Raises:
        OSError: If there is no such file, or it is none of a MetaGraphDef.
        ValueError: As `import_graph_def`.
        ImportError: If the extra `tensorboard` is not installed.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     w = tf.get_variable("w", initializer=[1.0, 2.0])
    ...     y = tf.reduce_sum(w, name="y")
    ...     session.run(w.initializer)
    ...     path = tf.train.Saver().save(session, "runs/model")
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     saver = tf.train.import_meta_graph("runs/model.meta")
    ...     saver.restore(session, "runs/model")
    ...     print(session.run("y:0"), tf.trainable_variables())
    3.0 [<tf.Variable 'w:0' shape=(2,) dtype=float32_ref>]
    """
    is_message = hasattr(meta_graph_or_file, "graph_def")
    meta_graph = meta_graph_or_file if is_message else read_meta_graph(meta_graph_or_file)
    graph = get_default_graph()
    with graph.transaction():
        restore_meta_graph(
            meta_graph, clear_devices=clear_devices, import_scope=import_scope, input_map=input_map
        )
        if meta_graph.HasField("saver_def"):
            return Saver.from_proto(meta_graph.saver_def, import_scope)
        return Saver() if all_saved() else None
