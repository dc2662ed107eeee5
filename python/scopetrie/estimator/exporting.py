"""How an estimator is exported: one graph for predictions, with a checkpoint's values, as a SavedModel."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..errors import AlreadyExistsError
from ..execution import Session
from ..file_errors import copy_file, errors_of_files, make_folders
from ..graph import GraphKeys, get_default_graph
from ..saved_model.building import Builder
from ..train.saving.checkpoint_state import checkpoint_exists
from ..train.saving.saver import Saver
from ..train.sessions.scaffold import Scaffold
from ..train.steps import create_global_step
from .export.outputs import DEFAULT, PredictOutput, signatures
from .run_config import RunConfig
from .spec import EstimatorSpec

__all__ = ["export_from_default_graph"]

_log = logging.getLogger("scopetrie")
_TRIES: Final = 10
_ASSETS: Final = "assets.extra"


def export_from_default_graph(
    build: Callable[[Any], EstimatorSpec],
    receives: Callable[[], Any],
    config: RunConfig,
    checkpoint_path: str,
    base: str | os.PathLike[str],
    assets: Mapping[str, Any] | None,
    as_text: bool,
) -> bytes:
    """Builds the model in the default graph, and writes it.

    Args:
        build: Calls the model function with features; returns its spec.
        receives: Makes the features, and what is filled by a caller.
        config: The estimator's configuration.
        checkpoint_path: The checkpoint with the variables' values.
        base: The folder in which the model's folder is made.
        assets: Paths of more files, by their places in its folder `assets.extra`.
        as_text: Whether the graph is written as text.

    Returns:
        The path of the model's folder, whose name is a time in seconds.

    Raises:
        ValueError: If there is no such checkpoint.
        OpError: If something cannot be written, of v1's class.
    """
    create_global_step(get_default_graph())
    received = receives()
    spec = build(received.features)
    outputs = spec.export_outputs or {DEFAULT: PredictOutput(spec.predictions)}
    made, left_out = signatures(outputs, received.receiver_tensors, received.receiver_tensors_alternatives)
    for name, why in left_out.items():
        _log.warning("Export does not include the signature %r: %s", name, why)
    scaffold = Scaffold() if spec.scaffold is None else spec.scaffold
    initializes = scaffold.local_init_op
    if initializes is None:
        initializes = Scaffold.default_local_init_op()
    saver = Saver(sharded=True) if scaffold.saver is None else scaffold.saver
    folder = _new_folder(os.fspath(base))
    beside = os.path.join(os.path.dirname(folder), f"temp-{os.path.basename(folder)}")
    try:
        with Session(config=config.session_config) as session:
            if not checkpoint_exists(checkpoint_path):
                raise ValueError(f"The passed save_path is not a valid checkpoint: {checkpoint_path}")
            saver.restore(session, checkpoint_path)
            builder = Builder(beside)
            builder.add_meta_graph_and_variables(
                session, ["serve"], made, get_default_graph().get_collection(GraphKeys.ASSET_FILEPATHS),
                main_op=initializes, saver=saver,
            )  # fmt: skip
            builder.save(as_text)
        for place, source in (assets or {}).items():
            copy_file(os.fspath(source), os.path.join(beside, _ASSETS, os.fspath(place)))
        with errors_of_files(folder):
            os.rename(beside, folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    _log.info("SavedModel written to: %s", folder)
    return os.fsencode(folder)


def _new_folder(base: str) -> str:
    """A path in a folder whose name is a time, that is not there yet; the folder is made."""
    make_folders(base)
    for _ in range(_TRIES):
        path = os.path.join(base, str(int(time.time())))
        if not os.path.exists(path):
            return path
        time.sleep(1)
    raise AlreadyExistsError(
        None, None, f"Failed to obtain a unique export directory name after {_TRIES} attempts, in {base}."
    )
