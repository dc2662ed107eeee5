"""How an estimator trains: one graph, and a session that saves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from ..graph import GraphKeys, get_default_graph
from ..summary.ops import scalar
from ..train.saving.saver import Saver
from ..train.saving.warm_starting import warm_start
from ..train.sessions.file_hooks import CheckpointSaverHook, CheckpointSaverListener
from ..train.sessions.hooks import SessionRunHook
from ..train.sessions.monitored import MonitoredTrainingSession
from ..train.sessions.scaffold import Scaffold
from ..train.sessions.step_hooks import LoggingTensorHook, NanTensorHook, StopAtStepHook
from ..train.steps import create_global_step
from .run_config import RunConfig
from .spec import EstimatorSpec

__all__ = ["stop_hooks", "train_in_default_graph", "warmly"]

_log = logging.getLogger("scopetrie")


def stop_hooks(steps: int | None, max_steps: int | None) -> list[SessionRunHook]:
    """The hook that ends the training after so many steps, where that is said."""
    return [] if steps is None and max_steps is None else [StopAtStepHook(steps, max_steps)]


def warmly(settings: Any) -> None:
    """Lets the variables of the default graph begin with the values that settings name, if there are some."""
    if settings is not None:
        _log.info("Warm-starting with WarmStartSettings: %s", settings)
        warm_start(*settings)


def train_in_default_graph(
    build: Callable[[], tuple[EstimatorSpec, list[SessionRunHook]]],
    config: RunConfig,
    hooks: Sequence[SessionRunHook],
    listeners: Sequence[CheckpointSaverListener],
    settings: Any,
) -> Any:
    """Trains in the default graph.

    Args:
        build: Makes the inputs and calls the model function; returns its spec, and the hooks of the inputs.
        config: The estimator's configuration.
        hooks: The caller's hooks.
        listeners: What is called when a checkpoint is saved.
        settings: With which values the variables begin, or None.

    Returns:
        The loss of the last step; None if there was no step.

    Raises:
        ValueError: If there are listeners, but nothing is saved.
    """
    graph = get_default_graph()
    step = create_global_step(graph)
    spec, input_hooks = build()
    warmly(settings)
    if not any(each.op.name == "loss" for each in graph.get_collection(GraphKeys.SUMMARIES)):
        scalar("loss", spec.loss)
    graph.add_to_collection(GraphKeys.LOSSES, spec.loss)
    workers = [*input_hooks, *hooks, NanTensorHook(spec.loss)]
    if config.log_step_count_steps is not None:
        logged = {"loss": spec.loss, "step": step}
        workers.append(LoggingTensorHook(logged, every_n_iter=config.log_step_count_steps))
    workers += spec.training_hooks
    scaffold = Scaffold() if spec.scaffold is None else spec.scaffold
    _give_saver(scaffold, config)
    chief = _saving(scaffold, config, [*workers, *spec.training_chief_hooks], listeners)
    with MonitoredTrainingSession(
        checkpoint_dir=config.model_dir,
        scaffold=scaffold,
        hooks=workers,
        chief_only_hooks=[*chief, *spec.training_chief_hooks],
        save_checkpoint_secs=0,  # by the hook that is added here
        save_summaries_steps=config.save_summary_steps,
        config=config.session_config,
        log_step_count_steps=config.log_step_count_steps,
        save_graph_def=config.checkpoint_save_graph_def,
    ) as session:
        loss, has_trained = None, False
        while not session.should_stop():
            _, loss = session.run([spec.train_op, spec.loss])
            has_trained = True
    if not has_trained:
        _log.warning("Training with estimator made no steps. Perhaps input is empty or misspecified.")
    return loss


def _give_saver(scaffold: Scaffold, config: RunConfig) -> None:
    """Adds a saver that keeps as many checkpoints as is said, where the program has made none."""
    graph = get_default_graph()
    if scaffold.saver is None and not graph.get_collection(GraphKeys.SAVERS):
        saver = Saver(
            sharded=True,
            max_to_keep=config.keep_checkpoint_max,
            keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours,
            defer_build=True,
            save_relative_paths=True,
        )
        graph.add_to_collection(GraphKeys.SAVERS, saver)


def _saving(
    scaffold: Scaffold,
    config: RunConfig,
    hooks: Sequence[SessionRunHook],
    listeners: Sequence[CheckpointSaverListener],
) -> list[SessionRunHook]:
    """The hook that saves, unless one of the others does; it gets the listeners."""
    savers = [each for each in hooks if isinstance(each, CheckpointSaverHook)]
    added: list[SessionRunHook] = []
    folder = config.model_dir
    if (config.save_checkpoints_secs or config.save_checkpoints_steps) and not savers and folder:
        made = CheckpointSaverHook(
            folder,
            save_secs=config.save_checkpoints_secs,
            save_steps=config.save_checkpoints_steps,
            scaffold=scaffold,
            save_graph_def=config.checkpoint_save_graph_def,
        )
        savers, added = [made], [made]
    if listeners:
        if not savers:
            raise ValueError(
                "There should be a CheckpointSaverHook to use saving_listeners. Please set one of the "
                "RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs."
            )
        savers[0]._listeners.extend(listeners)
    return added
