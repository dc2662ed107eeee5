"""SavedModels are read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from ..file_errors import errors_of_files
from ..graph import control_dependencies
from ..ops.control.flow import group, tables_initializer
from ..public import v1, whole
from ..saved_graphs.meta_graph import restore_meta_graph
from ..summary.protos import proto
from ..train.saving.saved_variables import all_saved
from ..train.saving.saver import Saver
from ..variables import global_variables_initializer, local_variables_initializer
from .keys import ASSETS, ASSETS_KEY, FILE, INIT_OPS, TEXT_FILE, VARIABLES
from .messages import saved_model_class

__all__ = ["load"]

# TensorFlow 2 names the operation that is run after loading by a signature.
_INIT_SIGNATURE = "__saved_model_init_op"


@v1(
    "saved_model.loader.maybe_saved_model_directory", "saved_model.maybe_saved_model_directory",
    "saved_model.contains_saved_model",
)  # fmt: skip
def maybe_saved_model_directory(export_dir: str | os.PathLike[str]) -> bool:
    """Returns whether a folder has the file of a SavedModel.

    Args:
        export_dir: The folder.
    """
    return any(os.path.isfile(os.path.join(os.fsdecode(export_dir), each)) for each in (FILE, TEXT_FILE))


def _read(folder: str) -> Any:
    made = saved_model_class()()
    for name in (FILE, TEXT_FILE):
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            continue
        with errors_of_files(path), open(path, "rb") as file:
            content = file.read()
        messages: Any = import_module("google.protobuf.message")
        text: Any = import_module("google.protobuf.text_format")
        try:
            if name == FILE:
                made.ParseFromString(content)
            else:
                text.Merge(content.decode(), made)
        except (messages.DecodeError, text.ParseError, UnicodeDecodeError) as error:
            raise OSError(f"Cannot parse file {path}: {error}.") from None
        return made
    raise OSError(f"SavedModel file does not exist at: {folder}/{{{TEXT_FILE}|{FILE}}}")


@v1("saved_model.load", "saved_model.loader.load")
def load(
    sess: Any, tags: Iterable[str], export_dir: str | os.PathLike[str], import_scope: str | None = None,
    **saver_kwargs: Any,
) -> Any:  # fmt: skip
    """Adds a graph of a SavedModel to the session's graph, and restores its variables.

    Those that TensorFlow wrote are read as well, as far as their graphs have operations that are here. Its
    nodes that save and restore are left out: a Saver of this package does it.

    Args:
        sess: The session.
        tags: The tags of the graph: exactly those that it was added with.
        export_dir: The folder.
        import_scope: What comes before the names; nothing by default.
        **saver_kwargs: Accepted for v1's sake.

    Returns:
        The MetaGraphDef; its `signature_def` says which tensors to feed and to fetch.

    Raises:
        OSError: If there is no SavedModel, or it cannot be read.
        RuntimeError: If no graph has these tags.
        ValueError: As `import_graph_def`.
        ImportError: If the extra `tensorboard` is not installed.
    """
    folder = os.fsdecode(export_dir)
    graphs = _read(folder).meta_graphs
    wanted = {tags} if isinstance(tags, str) else set(tags)
    chosen = [each for each in graphs if set(each.meta_info_def.tags) == wanted]
    if not chosen:
        found = [set(each.meta_info_def.tags) for each in graphs]
        raise RuntimeError(
            f"MetaGraphDef associated with tags {str(sorted(wanted)).strip('[]')} could not be found in "
            f"SavedModel, with available tags '{found}'."
        )
    meta_graph = chosen[0]
    restored = type(meta_graph)()
    restored.CopyFrom(meta_graph)
    _drop_saver(restored)
    graph = sess.graph
    with graph.as_default(), graph.transaction():
        before = set(all_saved())
        restore_meta_graph(restored, clear_devices=False, import_scope=import_scope)
        added = [each for each in all_saved() if each not in before]
        prefix = f"{import_scope}/" if import_scope else ""
        saver = None
        if added:
            names = {each.op.name.removeprefix(prefix): each for each in added}
            saver = Saver(names if import_scope else added)
    if saver is not None:
        saver.restore(sess, os.path.join(folder, VARIABLES, VARIABLES))
    main_op = _main_op(meta_graph)
    if main_op is not None:
        feeds = {
            f"{prefix}{each.tensor_info.name}": os.path.join(folder, ASSETS, each.filename)
            for each in _assets(meta_graph)
        }
        sess.run(graph.as_graph_element(f"{prefix}{main_op}"), feeds)
    return meta_graph


def _assets(meta_graph: Any) -> list[Any]:
    """The AssetFileDefs, which TensorFlow 1 keeps in a collection, and TensorFlow 2 in a field."""
    found = list(meta_graph.asset_file_def)
    if not found and ASSETS_KEY in meta_graph.collection_def:
        kind = proto("meta_graph").AssetFileDef
        found = [kind.FromString(each.value) for each in meta_graph.collection_def[ASSETS_KEY].any_list.value]
    return found


def _main_op(meta_graph: Any) -> str | None:
    if _INIT_SIGNATURE in meta_graph.signature_def:
        outputs = meta_graph.signature_def[_INIT_SIGNATURE].outputs
        for each in outputs.values():
            return str(each.name)
    for key in INIT_OPS:
        for name in (
            meta_graph.collection_def[key].node_list.value if key in meta_graph.collection_def else ()
        ):
            return str(name)
    return None


def _drop_saver(meta_graph: Any) -> None:
    """Leaves the nodes of the Saver out that nothing else needs."""
    if not meta_graph.HasField("saver_def"):
        return
    saver = meta_graph.saver_def
    scope = saver.restore_op_name.rpartition("/")[0]
    if not scope:
        return
    own = {node.name for node in meta_graph.graph_def.node if node.name.startswith(f"{scope}/")}
    for node in meta_graph.graph_def.node:
        if node.name not in own:
            own -= {each.lstrip("^").partition(":")[0] for each in node.input}
    left = [node for node in meta_graph.graph_def.node if node.name not in own]
    kept = [type(node).FromString(node.SerializeToString()) for node in left]
    del meta_graph.graph_def.node[:]
    meta_graph.graph_def.node.extend(kept)
    meta_graph.ClearField("saver_def")


@v1("saved_model.main_op.main_op")
@whole
def main_op() -> Any:
    """Returns an operation that initializes variables and tables: to be run when a model is loaded."""
    return group(global_variables_initializer(), local_variables_initializer(), tables_initializer())


@v1("saved_model.main_op_with_restore", "saved_model.main_op.main_op_with_restore")
@whole
def main_op_with_restore(restore_op_name: Any) -> Any:
    """Returns an operation that initializes variables and tables, and then restores.

    Args:
        restore_op_name: The operation that restores.
    """
    with control_dependencies([main_op()]):
        return group(restore_op_name)
