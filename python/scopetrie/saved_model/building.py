"""SavedModels are written: the builder, and the one call that saves a graph for serving."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ..execution import BaseSession
from ..file_errors import copy_file, make_folders
from ..graph import Operation, Tensor, get_default_graph
from ..ops.folding import constant_value
from ..public import v1
from ..saved_graphs.meta_graph import make_meta_graph, write_message
from ..summary.protos import proto
from ..train.saving.saved_variables import all_saved
from ..train.saving.saver import Saver
from .keys import ASSETS, ASSETS_KEY, FILE, INIT_OPS, MAIN_OP, SCHEMA, TEXT_FILE, VARIABLES
from .messages import saved_model_class
from .signatures import predict_signature_def

__all__ = ["Builder", "simple_save"]

_NOT_YET = (
    "Graph state including variables and assets has not been saved yet. Please invoke "
    "`add_meta_graph_and_variables()` first."
)
_ALREADY = (
    "Graph state including variables and assets has already been saved. Please invoke `add_meta_graph()` "
    "instead."
)


@v1("saved_model.Builder", "saved_model.builder.SavedModelBuilder")
class Builder:
    """Writes a SavedModel: a folder with graphs, the values of their variables, and files that they read.

    TensorFlow and TensorFlow Serving load what it writes, as far as they have the graph's operations.

    Args:
        export_dir: The folder, which must not have files.

    Raises:
        AssertionError: If it has.
        ImportError: If the extra `tensorboard` is not installed.

    >>> import scopetrie as tf
    >>> x = tf.placeholder(tf.float32, [None], name="x")
    >>> y = tf.multiply(x, tf.get_variable("w", initializer=2.0), name="y")
    >>> builder = tf.saved_model.builder.SavedModelBuilder("exported/1")
    >>> signature = tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y})
    >>> with tf.Session() as session:
    ...     session.run(tf.global_variables_initializer())
    ...     builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
    >>> builder.save()
    b'exported/1/saved_model.pb'
    >>> with tf.Session(graph=tf.Graph()) as session:
    ...     model = tf.saved_model.loader.load(session, ["serve"], "exported/1")
    ...     inputs = model.signature_def["serving_default"].inputs
    ...     session.run("y:0", {inputs["x"].name: [3.0]})
    array([6.], dtype=float32)
    """

    def __init__(self, export_dir: str | os.PathLike[str]) -> None:
        self._folder = os.fsdecode(export_dir)
        if os.path.isdir(self._folder) and os.listdir(self._folder):
            raise AssertionError(
                f"Export directory {self._folder} already exists, and isn't empty. Please choose a different "
                "export directory, or delete all the contents of the specified directory."
            )
        self._message = saved_model_class()(saved_model_schema_version=SCHEMA)
        make_folders(self._folder)
        self._has_values = False

    def add_meta_graph_and_variables(
        self, sess: Any, tags: Iterable[str], signature_def_map: Mapping[str, Any] | None = None,
        assets_collection: Any = None, legacy_init_op: Any = None, clear_devices: bool = False,
        main_op: Any = None, strip_default_attrs: bool = False, saver: Saver | None = None,
    ) -> None:  # fmt: skip
        """Adds the session's graph, and writes the values of its variables.

        Args:
            sess: The session.
            tags: The names by which the graph is chosen, e.g. `[tag_constants.SERVING]`.
            signature_def_map: SignatureDefs by name.
            assets_collection: Constant tensors of strings: paths of files, which are copied.
            legacy_init_op: The same as `main_op`, by its older name.
            clear_devices: Whether the devices of nodes are left out.
            main_op: An operation that is run when the model is loaded.
            strip_default_attrs: Accepted for v1's sake.
            saver: What saves the variables; one of all by default.

        Raises:
            AssertionError: If the values are written already.
            TypeError: If an argument is none that it takes.
        """
        if self._has_values:
            raise AssertionError(_ALREADY)
        if not isinstance(sess, BaseSession):
            raise TypeError(f"add_meta_graph_and_variables: `sess` must be a Session, not {sess!r}.")
        with sess.graph.as_default():
            made, kept, assets = self._made(
                tags, signature_def_map, assets_collection, main_op or legacy_init_op, clear_devices, saver
            )
        folder = os.path.join(self._folder, VARIABLES)
        make_folders(folder)
        kept.save(sess, os.path.join(folder, VARIABLES), write_meta_graph=False, write_state=False)
        for path, name in assets:
            copy_file(path, os.path.join(self._folder, ASSETS, name))
        self._message.meta_graphs.append(made)
        self._has_values = True

    def add_meta_graph(
        self, tags: Iterable[str], signature_def_map: Mapping[str, Any] | None = None,
        assets_collection: Any = None, legacy_init_op: Any = None, clear_devices: bool = False,
        main_op: Any = None, strip_default_attrs: bool = False, saver: Saver | None = None,
    ) -> None:  # fmt: skip
        """Adds the default graph, whose variables have the values that are written already.

        Args:
            tags: The names by which the graph is chosen.
            signature_def_map: SignatureDefs by name.
            assets_collection: Constant tensors of strings: paths of files that are copied already.
            legacy_init_op: The same as `main_op`, by its older name.
            clear_devices: Whether the devices of nodes are left out.
            main_op: An operation that is run when the model is loaded.
            strip_default_attrs: Accepted for v1's sake.
            saver: What restores the variables; one of all by default.

        Raises:
            AssertionError: If no values are written yet.
            TypeError: If an argument is none that it takes.
        """
        if not self._has_values:
            raise AssertionError(_NOT_YET)
        made, _, _ = self._made(
            tags, signature_def_map, assets_collection, main_op or legacy_init_op, clear_devices, saver
        )
        self._message.meta_graphs.append(made)

    def _made(
        self, tags: Iterable[str], signatures: Mapping[str, Any] | None, assets: Any, main_op: Any,
        clear_devices: bool, saver: Saver | None,
    ) -> tuple[Any, Saver, list[tuple[str, str]]]:  # fmt: skip
        kind = proto("meta_graph").SignatureDef
        for name, each in (signatures or {}).items():
            if not isinstance(each, kind):
                raise TypeError(
                    f"signature_def_map[{name!r}] must be a SignatureDef of build_signature_def, not "
                    f"{type(each).__name__}."
                )
        if main_op is not None and not isinstance(main_op, (Operation, Tensor)):
            raise TypeError(f"Expected {main_op} to be an Operation or a Tensor, found {type(main_op)}")
        files = [_asset(each) for each in assets or ()]
        kept = Saver(all_saved(), sharded=True, allow_empty=True) if saver is None else saver
        made = make_meta_graph(
            graph=get_default_graph(), saver_def=kept.as_saver_def() if all_saved() else None,
            clear_devices=clear_devices,
        )  # fmt: skip
        made.meta_info_def.tags.extend([tags] if isinstance(tags, str) else tags)
        for name, each in (signatures or {}).items():
            made.signature_def[name].CopyFrom(each)
        for key in INIT_OPS:
            made.collection_def.pop(key, None)
        if main_op is not None:
            made.collection_def[MAIN_OP].node_list.value.append(main_op.name)
        for tensor, (_, name) in zip(assets or (), files, strict=True):
            asset = proto("meta_graph").AssetFileDef(filename=name)
            asset.tensor_info.name = tensor.name
            made.collection_def[ASSETS_KEY].any_list.value.add(
                type_url="type.googleapis.com/tensorflow.AssetFileDef", value=asset.SerializeToString()
            )
        return made, kept, files

    def save(self, as_text: bool = False) -> bytes:
        """Writes the graphs.

        Args:
            as_text: Whether as text: "saved_model.pbtxt".

        Returns:
            The path of the file.

        Raises:
            OpError: If it cannot be written, of v1's class.
        """
        path = os.path.join(self._folder, TEXT_FILE if as_text else FILE)
        write_message(self._message, path, as_text)
        return os.fsencode(path)


def _asset(tensor: Any) -> tuple[str, str]:
    """The path of a file, and the name that it gets."""
    value = constant_value(tensor) if isinstance(tensor, Tensor) else None
    if value is None or value.size != 1:
        raise TypeError(f"Asset filepath tensor must be a constant with one path, not {tensor!r}.")
    path = os.fsdecode(value.ravel()[0])
    return path, os.path.basename(path)


@v1("saved_model.simple_save")
def simple_save(
    session: Any, export_dir: str | os.PathLike[str], inputs: Mapping[str, Any], outputs: Mapping[str, Any],
    legacy_init_op: Any = None,
) -> None:  # fmt: skip
    """Writes a session's graph and variables as a SavedModel that TensorFlow Serving serves.

    Args:
        session: The session.
        export_dir: The folder, which must not have files.
        inputs: Tensors by the names of arguments.
        outputs: Tensors by the names of results.
        legacy_init_op: An operation that is run when the model is loaded.

    Raises:
        AssertionError: If the folder has files.
        ValueError: If there are no inputs or no outputs.

    >>> import scopetrie as tf
    >>> x = tf.placeholder(tf.float32, [None])
    >>> with tf.Session() as session:
    ...     tf.saved_model.simple_save(session, "served", {"x": x}, {"y": x + 1.0})
    """
    signatures = {"serving_default": predict_signature_def(inputs, outputs)}
    builder = Builder(export_dir)
    builder.add_meta_graph_and_variables(
        session, ["serve"], signatures, get_default_graph().get_collection("asset_filepaths"),
        main_op=legacy_init_op, clear_devices=True,
    )  # fmt: skip
    builder.save()
