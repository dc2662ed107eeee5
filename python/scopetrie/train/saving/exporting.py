"""tf.train.export_meta_graph."""

from __future__ import annotations

import os
from typing import Any

from ...graph import Graph, get_default_graph
from ...public import v1
from ...saved_graphs.meta_graph import make_meta_graph, write_message

__all__ = ["export_meta_graph"]


@v1(
    "train.export_meta_graph",
    note="supported; `export_scope` raises `NotImplementedError`, the last three change nothing",
)
def export_meta_graph(
    filename: str | os.PathLike[str] | None = None,
    meta_info_def: Any = None,
    graph_def: Any = None,
    saver_def: Any = None,
    collection_list: Any = None,
    as_text: bool = False,
    graph: Graph | None = None,
    export_scope: str | None = None,
    clear_devices: bool = False,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
    save_debug_info: bool = False,
) -> Any:
    """Returns a graph with its collections as a MetaGraphDef, and writes it to a file.

    Args:
        filename: The file; None for none.
        meta_info_def: A MetaInfoDef that it gets.
        graph_def: A GraphDef in place of the graph's.
        saver_def: The SaverDef that it gets.
        collection_list: The keys of the collections; all by default.
        as_text: Whether the file is text.
        graph: The graph; the default one if left out.
        export_scope: Refused: graphs are written whole.
        clear_devices: Whether the devices of nodes are left out.
        clear_extraneous_savers: Accepted without effect.
        strip_default_attrs: Accepted without effect.
        save_debug_info: Accepted without effect.

    Returns:
        A MetaGraphDef.

    Raises:
        NotImplementedError: If a scope is given.
        TypeError: If `graph_def` is none.
        OpError: If the file cannot be written, of v1's class.
        ImportError: If the extra `tensorboard` is not installed.
    """
    if export_scope is not None:
        raise NotImplementedError(
            "export_meta_graph(export_scope=): graphs are written whole; graph_util.extract_sub_graph cuts a "
            "GraphDef down"
        )
    chosen = get_default_graph() if graph is None else graph
    assert isinstance(chosen, Graph)
    made = make_meta_graph(
        graph=chosen,
        graph_def=graph_def,
        meta_info_def=meta_info_def,
        saver_def=saver_def,
        collection_list=collection_list,
        clear_devices=clear_devices,
    )
    if filename is not None:
        write_message(made, os.fsdecode(filename), as_text)
    return made
