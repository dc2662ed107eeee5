"""How an estimator evaluates: one graph, a session from a checkpoint, and results as summaries."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..dtypes import as_dtype, string
from ..graph import GraphKeys, get_default_graph
from ..metrics import mean
from ..ops.control.flow import group
from ..ops.state.variable import assign_add
from ..summary.file_writer import FileWriterCache
from ..summary.graph_messages import fill_tensor
from ..summary.messages import Summary
from ..train.sessions.hooks import SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues
from ..train.sessions.monitored import MonitoredSession
from ..train.sessions.scaffold import ChiefSessionCreator, Scaffold
from ..train.sessions.step_hooks import FinalOpsHook
from ..train.steps import create_global_step, get_or_create_eval_step
from .run_config import RunConfig
from .spec import EstimatorSpec

__all__ = ["evaluate_in_default_graph"]

_log = logging.getLogger("scopetrie")
_NOT_ALLOWED = (
    "Metric with name {} is not allowed, because Estimator already defines a default metric with the same "
    "name."
)


class _StopAfter(SessionRunHook):
    """Stops after so many runs."""

    def __init__(self, most: int | None, step: Any) -> None:
        self._most, self._step = most, step

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Fetches the number of runs."""
        return SessionRunArgs(self._step)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Stops, if it is time."""
        done = int(run_values.results)
        _log.info("Evaluation [%d/%s]", done, "inf" if self._most is None else self._most)
        if self._most is not None and done >= self._most:
            run_context.request_stop()


def evaluate_in_default_graph(
    build: Callable[[], tuple[EstimatorSpec, list[SessionRunHook]]],
    config: RunConfig,
    hooks: Sequence[SessionRunHook],
    steps: int | None,
    checkpoint_path: str | None,
    output_dir: str,
    before: Callable[[], None],
) -> dict[str, Any]:
    """Evaluates in the default graph.

    Args:
        build: Makes the inputs and calls the model function; returns its spec, and the hooks of the inputs.
        config: The estimator's configuration.
        hooks: The caller's hooks.
        steps: After so many runs it stops; None for the end of the input.
        checkpoint_path: The checkpoint, or None: variables are initialized.
        output_dir: Where the results are written.
        before: Called when the graph is built.

    Returns:
        The results by the metrics' names, among them "loss" and "global_step".
    """
    graph = get_default_graph()
    global_step = create_global_step(graph)
    spec, input_hooks = build()
    wanted, updates = _metrics(spec)
    if GraphKeys.GLOBAL_STEP in wanted:
        raise ValueError(_NOT_ALLOWED.format("`global_step`"))
    wanted[GraphKeys.GLOBAL_STEP] = global_step
    before()
    counted = assign_add(get_or_create_eval_step(), 1, use_locking=True)
    final = FinalOpsHook(wanted)
    every = [*input_hooks, *hooks, *spec.evaluation_hooks, _StopAfter(steps, counted), final]
    creator = ChiefSessionCreator(
        Scaffold() if spec.scaffold is None else spec.scaffold,
        config=config.session_config,
        checkpoint_filename_with_path=checkpoint_path,
    )
    _log.info("Starting evaluation at %s", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    with MonitoredSession(creator, every) as session:
        while not session.should_stop():
            session.run(updates)
    _log.info("Finished evaluation at %s", time.strftime("%Y-%m-%d-%H:%M:%S", time.gmtime()))
    results: dict[str, Any] = final.final_ops_values
    at = int(results[GraphKeys.GLOBAL_STEP])
    _write(output_dir, results, at, checkpoint_path)
    return results


def _metrics(spec: EstimatorSpec) -> tuple[dict[str, Any], Any]:
    """The metrics' values by name, and the operation that updates them."""
    metrics = dict(spec.eval_metric_ops)
    if "loss" in metrics:
        raise ValueError(_NOT_ALLOWED.format('"loss"'))
    metrics["loss"] = mean(spec.loss)
    names = sorted(metrics)
    return {each: metrics[each][0] for each in names}, group(*(metrics[each][1] for each in names))


def _write(folder: str, results: dict[str, Any], step: int, checkpoint_path: str | None) -> None:
    """Writes the results as summaries; nothing where the extra is not installed."""
    said = ", ".join(f"{key} = {value}" for key, value in sorted(results.items()))
    _log.info("Saving dict for global step %d: %s", step, said)
    try:
        writer = FileWriterCache.get(folder)
        summary = Summary()
    except ImportError:
        _log.warning("No results are written to %s: this needs the extra `tensorboard`", folder)
        return
    for key, value in results.items():
        if value is None or key == GraphKeys.GLOBAL_STEP:
            continue
        if isinstance(value, bytes):
            try:
                parts = Summary.FromString(value).value
            except Exception:
                _log.warning("Skipping summary for %s, cannot parse string to Summary.", key)
                continue
            for at, part in enumerate(parts):
                summary.value.add().CopyFrom(part)
                summary.value[-1].tag = f"{key}/{at}"
        elif isinstance(value, (float, int, np.floating, np.integer)):
            summary.value.add(tag=key, simple_value=float(value))
        elif isinstance(value, np.ndarray):
            fill_tensor(summary.value.add(tag=key).tensor, as_dtype(value.dtype), value)
        else:
            _log.warning(
                "Skipping summary for %s, must be a float, np.float32, np.int64, np.int32 or int or "
                "np.ndarray "
                "or a serialized string of Summary.", key,
            )  # fmt: skip
    writer.add_summary(summary, step)
    if checkpoint_path:
        _log.info("Saving 'checkpoint_path' summary for global step %d: %s", step, checkpoint_path)
        path = Summary()
        said_path = np.array(checkpoint_path.encode(), object)
        fill_tensor(path.value.add(tag="checkpoint_path").tensor, string, said_path)
        writer.add_summary(path, step)
    writer.flush()
