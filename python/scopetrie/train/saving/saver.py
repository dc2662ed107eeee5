"""tf.train.Saver: the variables of a session as checkpoints of TensorFlow's format V2."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import Any

from ...bundles import message, open_bundle
from ...errors import FailedPreconditionError, InvalidArgumentError, NotFoundError
from ...execution import BaseSession
from ...ops.state.checkpoint import check_stored
from ...public import v1, whole
from ..steps import global_step as value_of_step
from .checkpoint_state import checkpoint_exists, get_checkpoint_mtimes, write_checkpoint_state
from .kept_checkpoints import KeptCheckpoints
from .saved_variables import SavedVariable, all_saved, saved_variables
from .saver_nodes import add_saver_nodes

__all__ = ["Saver"]

_log = logging.getLogger("scopetrie")
_V2 = 2
_MAKE_FIRST = (
    "Make variables first: a Saver saves those that are there when it is made, or those of `var_list`."
)
_WHERE_FROM = "Pass what save() returned, or tf.train.latest_checkpoint(folder): neither ends with .index."
_MISSING = (
    "Restoring from checkpoint failed. This is most likely due to a Variable name or other graph key that is "
    "missing from the checkpoint. Please ensure that you have not altered the graph expected based on the "
    "checkpoint. Original error:\n\n"
)
_MISMATCH = (
    "Restoring from checkpoint failed. This is most likely due to a mismatch between the current graph and "
    "the graph from the checkpoint. Please ensure that you have not altered the graph expected based on the "
    "checkpoint. Original error:\n\n"
)


@v1(
    "train.Saver",
    note="supported; `sharded` and `write_version` change nothing, `builder` raises `NotImplementedError`",
)
class Saver:
    """Saves the variables of a session to checkpoints, and restores them.

    Checkpoints are TensorFlow's, of format V2: TensorFlow reads them, and its own are read here. Restoring
    changes all variables or none. The parts of a partitioned variable are saved under the name of the whole.

    Args:
        var_list: A list of variables, or a dict of variables by the names that they have in checkpoints; all
            variables of the graph by default.
        reshape: Whether values of another shape may be restored that have as many elements.
        sharded: Accepted for v1's sake: there is one device, and so one file.
        max_to_keep: How many checkpoints are kept; None or 0 for all.
        keep_checkpoint_every_n_hours: After how many hours one of those that would be deleted is kept.
        name: The name scope of the Saver's operations; "save" by default.
        restore_sequentially: Whether variables are restored one after the other.
        saver_def: A SaverDef, whose operations the graph has already.
        builder: Refused.
        defer_build: Whether the operations are added by `build()` only.
        allow_empty: Whether there may be no variables; saving and restoring does nothing then.
        write_version: Accepted for v1's sake: format V2 is written, whatever it says.
        pad_step_number: Whether numbers of steps have eight digits at least.
        save_relative_paths: Whether the index has paths relative to its folder, so that this can be moved.
        filename: The path of checkpoints that operations write which are run by themselves.

    Raises:
        ValueError: If there is nothing to save; if two variables have one name, or one has two.
        TypeError: If something is no variable.
        NotImplementedError: If a builder is given.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     w = tf.get_variable("w", initializer=[1.0, 2.0])
    ...     saver = tf.train.Saver(max_to_keep=2)
    ...     session.run(w.initializer)
    ...     for step in (10, 20, 30):
    ...         path = saver.save(session, "runs/model", global_step=step)
    ...     session.run(w.assign([0.0, 0.0]))
    ...     saver.restore(session, tf.train.latest_checkpoint("runs"))
    ...     print(path, saver.last_checkpoints, session.run(w))
    array([0., 0.], dtype=float32)
    runs/model-30 ['runs/model-20', 'runs/model-30'] [1. 2.]
    """

    def __init__(
        self,
        var_list: Any = None,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        saver_def: Any = None,
        builder: Any = None,
        defer_build: bool = False,
        allow_empty: bool = False,
        write_version: int = _V2,
        pad_step_number: bool = False,
        save_relative_paths: bool = False,
        filename: str | None = None,
    ) -> None:
        if builder is not None:
            raise NotImplementedError("Saver(builder=): operations are added in v1's way only")
        if defer_build and var_list:
            raise ValueError(
                "If `var_list` is provided then build cannot be deferred. Either set defer_build=False or "
                "var_list=None."
            )
        if write_version != _V2:
            _log.warning("Saver(write_version=%s): checkpoints are written in format V2", write_version)
        self._var_list = var_list
        self._reshape = reshape
        self._sharded = sharded
        self._max_to_keep = max_to_keep or 0
        self._keep_hours = keep_checkpoint_every_n_hours
        self._name = name
        self._restore_sequentially = restore_sequentially
        self._allow_empty = allow_empty
        self._pad_step_number = pad_step_number
        self._relative = save_relative_paths
        self._filename = filename
        self._kept = KeptCheckpoints(self._max_to_keep, self._keep_hours)
        self._saved: list[SavedVariable] = []
        self._is_built = self._is_empty = False
        self._names = (
            "",
            "",
            "",
        )  # of the path's tensor, of that to be fetched, and of the restoring operation
        if saver_def is not None:
            self._read_def(saver_def)
        elif not defer_build:
            self.build()

    @whole
    def build(self) -> None:
        """Adds the operations to the default graph; a Saver does it by itself unless told otherwise.

        Raises:
            ValueError, TypeError: As the class says.
        """
        if self._is_built:
            return
        chosen = all_saved() if self._var_list is None else self._var_list
        if not chosen:
            if not self._allow_empty:
                raise ValueError(f"No variables to save\n{_MAKE_FIRST}")
            self._is_empty = self._is_built = True
            return
        self._saved = saved_variables(chosen)
        nodes = add_saver_nodes(
            self._saved,
            name=self._name,
            filename=self._filename,
            reshapes=self._reshape,
            restore_sequentially=self._restore_sequentially,
        )
        self._name = nodes.scope
        self._names = nodes[1:]
        self._is_built = True

    def _read_def(self, saver_def: Any) -> None:
        self._names = (saver_def.filename_tensor_name, saver_def.save_tensor_name, saver_def.restore_op_name)
        for attribute, name in zip(
            ("filename_tensor_name", "save_tensor_name", "restore_op_name"), self._names, strict=True
        ):
            if not name:
                raise ValueError(f"saver_def must have a {attribute}: {saver_def}")
        self._max_to_keep = saver_def.max_to_keep
        self._keep_hours = saver_def.keep_checkpoint_every_n_hours or 10000.0
        self._sharded = saver_def.sharded
        self._is_built = True

    # --- saving -------------------------------------------------------------------------

    def save(
        self,
        sess: Any,
        save_path: str | os.PathLike[str],
        global_step: Any = None,
        latest_filename: str | None = None,
        meta_graph_suffix: str = "meta",
        write_meta_graph: bool = True,
        write_state: bool = True,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> str | None:
        """Saves the variables of a session; then deletes the oldest checkpoints, if there are too many.

        The files of the checkpoint appear when they are complete and on the disk.

        Args:
            sess: The session.
            save_path: The path, to which endings are added.
            global_step: The number of the step, which becomes a part of the name; or a variable, or its name.
            latest_filename: The name of the index in the folder; "checkpoint" by default.
            meta_graph_suffix: The ending of the graph's file.
            write_meta_graph: Whether the graph is written, too. It needs the extra `tensorboard`; without it
                there is a warning and no such file.
            write_state: Whether the index is written, and old checkpoints are deleted.
            strip_default_attrs: Accepted without effect.
            save_debug_info: Accepted without effect.

        Returns:
            The path of the checkpoint, to be restored from; None if there are no variables.

        Raises:
            TypeError: If `sess` is no session.
            ValueError: If the path or `latest_filename` is none.
            RuntimeError: If the operations are not there, or the session is closed.
            FailedPreconditionError: If a variable has no value.
            OpError: If the files cannot be written, e.g. `errors.ResourceExhaustedError` if the disk is full.
            ImportError: If the package protobuf is not installed (`scopetrie[checkpoints]`).
        """
        if not self._is_built:
            raise RuntimeError("`build()` should be called before save if defer_build==True")
        if latest_filename is not None and os.path.split(latest_filename)[1] != latest_filename:
            raise ValueError("'latest_filename' must not contain path components")
        message("CheckpointState")  # says which package is missing
        path = os.fspath(save_path)
        path = os.fsdecode(path)
        folder = os.path.dirname(path)
        if not isinstance(sess, BaseSession):
            raise TypeError(f"'sess' must be a Session; {sess}")
        if global_step is not None:
            step = global_step if isinstance(global_step, int) else value_of_step(sess, global_step)
            path = f"{path}-{step:08d}" if self._pad_step_number else f"{path}-{step}"
        if not os.path.basename(path):
            raise ValueError(
                f"Parent directory of {path} doesn't exist, can't save."
                if folder and not os.path.isdir(folder)
                else f"Saver.save: {path!r} is no path of a checkpoint: give it a name in the folder"
            )
        made: str | None = None
        if not self._is_empty:
            filename, save, _ = self._names
            try:
                made = os.fsdecode(sess.run(save, {filename: path}))
            except (FailedPreconditionError, NotFoundError):
                if os.path.isdir(folder or "."):
                    raise
                raise ValueError(f"Parent directory of {path} doesn't exist, can't save.") from None
            if write_state:
                self._kept.note(made)
                write_checkpoint_state(
                    folder, made, self.last_checkpoints, latest_filename, None, None, self._relative
                )
                self._kept.delete_old(meta_graph_suffix)
        if write_meta_graph:
            self._write_meta_graph(sess, f"{path}.{meta_graph_suffix}")
        return made

    def _write_meta_graph(self, sess: Any, path: str) -> None:
        from ...saved_graphs.meta_graph import (  # imported late: many go without
            make_meta_graph,
            write_message,
        )

        try:
            made = make_meta_graph(
                graph=sess.graph, saver_def=None if self._is_empty else self.as_saver_def()
            )
        except ImportError as error:
            _log.warning("%s is not written: %s; write_meta_graph=False goes without", path, error)
            return
        write_message(made, path, as_text=False)

    def export_meta_graph(
        self,
        filename: str | os.PathLike[str] | None = None,
        collection_list: Any = None,
        as_text: bool = False,
        export_scope: str | None = None,
        clear_devices: bool = False,
        clear_extraneous_savers: bool = False,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> Any:
        """Returns the default graph as a MetaGraphDef, with this Saver: see `train.export_meta_graph`."""
        from .exporting import export_meta_graph  # imported late: few programs call it

        return export_meta_graph(
            filename,
            None,
            None,
            self.as_saver_def(),
            collection_list,
            as_text,
            None,
            export_scope,
            clear_devices,
        )

    # --- restoring ----------------------------------------------------------------------

    def restore(self, sess: Any, save_path: str | os.PathLike[str]) -> None:
        """Gives the variables of a session the values of a checkpoint: all of them, or none if it fails.

        Variables need not have been initialized.

        Args:
            sess: The session.
            save_path: The path of the checkpoint, without the endings of its files.

        Raises:
            ValueError: If there is no such checkpoint.
            NotFoundError: If it does not have a variable; the message names all that are missing.
            InvalidArgumentError: If a variable has another dtype or shape; the message names all.
            DataLossError: If it is damaged.
            ImportError: If the package protobuf is not installed (`scopetrie[checkpoints]`).
        """
        if self._is_empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        if not self._is_built:
            raise RuntimeError("`build()` should be called before restore if defer_build==True")
        message("CheckpointState")  # says which package is missing
        path = os.fsdecode(save_path)
        if not path or not checkpoint_exists(path):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {path}\n{_WHERE_FROM}")
        _log.info("Restoring parameters from %s", path)
        filename, _, restore = self._names
        try:
            self._check(path)
            sess.run(restore, {filename: path})
        except NotFoundError as error:
            raise NotFoundError(error._node_def, error.op, _MISSING + error.message) from None
        except InvalidArgumentError as error:
            raise InvalidArgumentError(error._node_def, error.op, _MISMATCH + error.message) from None

    def _check(self, path: str) -> None:
        """Refuses a checkpoint that does not fit, before anything is changed."""
        if self._saved:
            check_stored(
                open_bundle(path),
                [
                    (each.name, each.place, each.variable.dtype.base_dtype, each.variable._dims)
                    for each in self._saved
                ],
                self._reshape,
            )

    # --- which checkpoints there are ------------------------------------------------------

    @property
    def last_checkpoints(self) -> list[str]:
        """The paths of the checkpoints that are kept for now, the oldest first."""
        return [path for path, _ in self._kept.latest]

    def set_last_checkpoints(self, last_checkpoints: Sequence[str]) -> None:
        """Says which checkpoints there are, as if they had been saved at an unknown time.

        Args:
            last_checkpoints: Their paths, the oldest first.
        """
        if not isinstance(last_checkpoints, (list, tuple)):
            raise AssertionError("Saver.set_last_checkpoints: a list is needed")
        self._kept.recover([(os.fsdecode(path), float("inf")) for path in last_checkpoints])

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time: Sequence[tuple[str, float]]) -> None:
        """Says which checkpoints there are.

        Args:
            last_checkpoints_with_time: Pairs of their paths and the times of their saving, the oldest first.
        """
        if not isinstance(last_checkpoints_with_time, list):
            raise AssertionError("Saver.set_last_checkpoints_with_time: a list is needed")
        self._kept.recover(last_checkpoints_with_time)

    def recover_last_checkpoints(self, checkpoint_paths: Sequence[str]) -> None:
        """Takes over checkpoints, of an earlier process say, as if this Saver had saved them.

        Args:
            checkpoint_paths: Their paths, the oldest first; those that are not there are left out.
        """
        there = [os.fsdecode(path) for path in checkpoint_paths if checkpoint_exists(path)]
        self._kept.recover(list(zip(there, get_checkpoint_mtimes(there), strict=True)))

    # --- as a message -------------------------------------------------------------------

    def as_saver_def(self) -> Any:
        """Returns the names of the operations, and which checkpoints are kept, as a SaverDef."""
        filename, save, restore = self._names
        return message("SaverDef")(
            filename_tensor_name=filename,
            save_tensor_name=save,
            restore_op_name=restore,
            max_to_keep=self._max_to_keep,
            sharded=self._sharded,
            keep_checkpoint_every_n_hours=self._keep_hours,
            version=_V2,
        )

    saver_def = property(as_saver_def, doc="The names of the operations, as a SaverDef.")

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Returns the Saver as a SaverDef.

        Args:
            export_scope: The scope that is left out of the names; None if the Saver is not in it.
        """
        made = self.as_saver_def()
        if export_scope is None:
            return made
        if not (self._name or "").startswith(export_scope):
            return None
        for field in ("filename_tensor_name", "save_tensor_name", "restore_op_name"):
            setattr(made, field, getattr(made, field).removeprefix(f"{export_scope.rstrip('/')}/"))
        return made

    @staticmethod
    def from_proto(saver_def: Any, import_scope: str | None = None) -> Saver:
        """Returns the Saver of a SaverDef, whose operations the graph has.

        Args:
            saver_def: The SaverDef.
            import_scope: The scope in which the operations are.
        """
        made = message("SaverDef").FromString(saver_def.SerializeToString())
        if import_scope:
            for field in ("filename_tensor_name", "save_tensor_name", "restore_op_name"):
                setattr(made, field, f"{import_scope.rstrip('/')}/{getattr(made, field)}")
        return Saver(saver_def=made)
