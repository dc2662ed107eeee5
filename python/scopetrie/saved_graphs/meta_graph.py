"""MetaGraphDefs: a graph with its collections, and how its variables are saved."""

from __future__ import annotations

import logging
import os
from importlib import import_module
from typing import Any, Final

from ..file_errors import errors_of_files, make_folders
from ..files import write_whole
from ..graph import Graph, GraphKeys, Operation, Tensor, get_default_graph
from ..summary.graph_messages import graph_def as make_graph_def
from ..summary.protos import proto
from ..variables import SaveSliceInfo, Variable
from .graph_import import add_graph_def, is_graph_def
from .nodes import NodeImport

__all__ = ["make_meta_graph", "read_meta_graph", "restore_meta_graph", "write_message"]

_log = logging.getLogger("scopetrie")


def make_meta_graph(
    *,
    graph: Graph,
    graph_def: Any = None,
    meta_info_def: Any = None,
    saver_def: Any = None,
    collection_list: Any = None,
    clear_devices: bool = False,
) -> Any:
    """Returns a graph as a MetaGraphDef.

    Args:
        graph: The graph.
        graph_def: A GraphDef to be taken in its place.
        meta_info_def: A MetaInfoDef to be taken.
        saver_def: The SaverDef.
        collection_list: The keys of the collections; all by default.
        clear_devices: Whether the devices of nodes are left out.

    Raises:
        TypeError: If `graph_def` is no GraphDef.
        ImportError: If the extra `tensorboard` is not installed.
    """
    made = proto("meta_graph").MetaGraphDef()
    if meta_info_def is not None:
        made.meta_info_def.MergeFromString(meta_info_def.SerializeToString())
    if not made.meta_info_def.tensorflow_version:
        made.meta_info_def.tensorflow_version = "1.15.5"  # whose format it is
    if graph_def is None:
        graph_def = make_graph_def(graph, add_shapes=True)
    elif not is_graph_def(graph_def):
        raise TypeError(f"graph_def must be of type GraphDef. Received type: {type(graph_def)}")
    made.graph_def.MergeFromString(graph_def.SerializeToString())
    if clear_devices:
        for node in made.graph_def.node:
            node.device = ""
    if saver_def is not None:
        made.saver_def.MergeFromString(saver_def.SerializeToString())
    keys = graph.get_all_collection_keys() if collection_list is None else collection_list
    for key in keys:
        if isinstance(key, str) and key not in _OF_RUNS:
            _add_collection(made, key, graph.get_collection(key))
    return made


# What is in these belongs to a program that runs: it is made anew by the one that imports the graph.
_OF_RUNS: Final = frozenset({GraphKeys.QUEUE_RUNNERS, GraphKeys.SAVERS})


# TensorFlow 1 writes here what nodes are inside of branches and loops, which the nodes say themselves.
_OF_CONTEXTS: Final = frozenset({"cond_context", "while_context"})


def _add_collection(made: Any, key: str, values: list[Any]) -> None:
    if not values:
        return
    try:
        if all(isinstance(each, Variable) for each in values):
            made.collection_def[key].bytes_list.value.extend(map(_variable_bytes, values))
        elif all(isinstance(each, (str, bytes)) or hasattr(each, "SerializeToString") for each in values):
            made.collection_def[key].bytes_list.value.extend(map(_as_bytes, values))
        elif all(isinstance(each, int) for each in values):
            made.collection_def[key].int64_list.value.extend(values)
        elif all(isinstance(each, float) for each in values):
            made.collection_def[key].float_list.value.extend(values)
        else:
            if not all(isinstance(each, (Tensor, Operation, Variable)) for each in values):
                raise TypeError("they are neither tensors, operations, texts nor numbers")
            made.collection_def[key].node_list.value.extend(each.name for each in values)
    except (TypeError, ValueError) as error:
        made.collection_def.pop(key, None)
        _log.warning("The collection %r is left out of the MetaGraphDef: %s", key, error)


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    found: bytes = value if isinstance(value, bytes) else value.SerializeToString()
    return found


def _variable_bytes(variable: Any) -> bytes:
    made = proto("variable").VariableDef(
        variable_name=variable.name,
        initializer_name=variable.initializer.name,
        initial_value_name=variable.initial_value.name,
        snapshot_name=variable.value().name,
        trainable=variable.trainable,
    )
    place = variable._get_save_slice_info()
    if place is not None:
        said = made.save_slice_info_def
        said.full_name = place.full_name
        for field in ("full_shape", "var_offset", "var_shape"):
            getattr(said, field).extend(getattr(place, field))
    data: bytes = made.SerializeToString()
    return data


def write_message(message: Any, path: str, as_text: bool) -> None:
    """Writes a message to a file, which appears when it is complete.

    Raises:
        OpError: If it cannot be written, of v1's class.
    """
    if as_text:
        text: Any = import_module("google.protobuf.text_format")
        content = text.MessageToString(message).encode()
    else:
        content = message.SerializeToString()
    make_folders(os.path.dirname(path) or ".")
    with errors_of_files(path), write_whole(path) as part, open(part, "wb") as file:
        file.write(content)


def read_meta_graph(path: str | os.PathLike[str]) -> Any:
    """Reads a MetaGraphDef from a file, binary or text.

    Raises:
        OSError: If there is no such file, or it is none of a MetaGraphDef.
        OpError: If it cannot be read, of v1's class.
        ImportError: If the extra `tensorboard` is not installed.
    """
    made = proto("meta_graph").MetaGraphDef()
    name = os.fsdecode(path)
    if not os.path.exists(name):
        raise OSError(f"File does not exist. Received: {name}.")
    with errors_of_files(name), open(name, "rb") as file:
        content = file.read()
    messages: Any = import_module("google.protobuf.message")
    text: Any = import_module("google.protobuf.text_format")
    try:
        made.ParseFromString(content)
    except messages.DecodeError:
        made.Clear()
        try:
            text.Merge(content.decode(), made)
        except (text.ParseError, UnicodeDecodeError) as error:
            raise OSError(f"Cannot parse file {name}: {error}.") from None
    return made


def restore_meta_graph(
    meta_graph: Any, *, clear_devices: bool, import_scope: str | None, input_map: Any = None
) -> None:
    """Adds the nodes of a MetaGraphDef to the default graph, and its collections; all or nothing.

    Args:
        meta_graph: The MetaGraphDef.
        clear_devices: Whether the devices of nodes are left out.
        import_scope: What comes before the names; nothing by default.
        input_map: Tensors of the graph that are used in place of others; see `import_graph_def`.

    Raises:
        ValueError: As `import_graph_def`.
    """
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    definition = type(meta_graph.graph_def)()
    definition.CopyFrom(meta_graph.graph_def)
    if clear_devices:
        for node in definition.node:
            node.device = ""
    variables = {
        each.variable_name.partition(":")[0]: each
        for collection in meta_graph.collection_def.values()
        for each in _variables(collection)
    }

    def trainable(name: str) -> bool:
        return name in variables and variables[name].trainable

    with graph.transaction():
        _, made = add_graph_def(definition, input_map, None, import_scope or "", trainable)
        for name, said in variables.items():
            variable = made.variables.get(name)
            if variable is not None and said.HasField("save_slice_info_def"):
                place = said.save_slice_info_def
                full = f"{import_scope}/{place.full_name}" if import_scope else place.full_name
                variable._set_save_slice_info(
                    SaveSliceInfo(full, list(place.full_shape), list(place.var_offset), list(place.var_shape))
                )
        for key, collection in meta_graph.collection_def.items():
            if key in _OF_CONTEXTS:
                continue
            for value in _restored(collection, made, key):
                graph.add_to_collection(key, value)


def _variables(collection: Any) -> list[Any]:
    """The VariableDefs of a collection; none if it has something else."""
    if collection.WhichOneof("kind") != "bytes_list":
        return []
    found = []
    kind = proto("variable").VariableDef
    messages: Any = import_module("google.protobuf.message")
    for data in collection.bytes_list.value:
        try:
            said = kind.FromString(data)
        except messages.DecodeError:
            return []
        if not said.variable_name or not said.initializer_name:
            return []
        found.append(said)
    return found


def _restored(collection: Any, made: NodeImport, key: str) -> list[Any]:
    """The values of a collection."""
    kind = collection.WhichOneof("kind")
    if kind == "node_list":
        return [made.element(name) for name in collection.node_list.value]
    if kind != "bytes_list":
        return list(getattr(collection, kind).value) if kind in ("int64_list", "float_list") else []
    variables = _variables(collection)
    if not variables:
        return list(collection.bytes_list.value)
    found = []
    for said in variables:
        name = said.variable_name.partition(":")[0]
        variable = made.variables.get(name)
        if variable is None:
            _log.warning("The variable %r of the collection %r is none here: its nodes are others", name, key)
        else:
            found.append(variable)
    return found
