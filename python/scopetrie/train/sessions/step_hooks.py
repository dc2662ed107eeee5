"""Hooks that look at steps and values: stopping, logging, checking."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...graph import Graph, Operation, Tensor, get_default_graph
from ...public import v1
from ...variables import Variable
from ..steps import get_global_step
from .hooks import SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues

_log = logging.getLogger("scopetrie")


def require_global_step(hook: str) -> Any:
    """The global step of the default graph.

    Raises:
        RuntimeError: If there is none.
    """
    found = get_global_step()
    if found is None:
        raise RuntimeError(f"Global step should be created to use {hook}.")
    return found


@v1("train.SecondOrStepTimer", "estimator.SecondOrStepTimer")
class SecondOrStepTimer:
    """Says when something is due: every so many seconds, or every so many steps.

    Args:
        every_secs: The seconds.
        every_steps: The steps.

    Raises:
        ValueError: If both are given, or none.
    """

    def __init__(self, every_secs: float | None = None, every_steps: int | None = None) -> None:
        if every_secs is None and every_steps is None:
            raise ValueError("Either every_secs or every_steps should be provided.")
        if every_secs is not None and every_steps is not None:
            raise ValueError("Can not provide both every_secs and every_steps.")
        self._every_secs = every_secs
        self._every_steps = every_steps
        self.reset()

    def reset(self) -> None:
        """Forgets the last time."""
        self._last_step: int | None = None
        self._last_time: float | None = None

    def should_trigger_for_step(self, step: int) -> bool:
        """Whether it is due.

        Args:
            step: The global step.
        """
        if self._last_step is None:
            return True
        if self._last_step == step:
            return False
        if self._every_secs is not None:
            return time.time() >= (self._last_time or 0.0) + self._every_secs
        return step >= self._last_step + (self._every_steps or 1)

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        """Notes that it was done.

        Args:
            step: The global step.

        Returns:
            The seconds and the steps since the last time, or (None, None).
        """
        now = time.time()
        passed: tuple[float | None, int | None] = None, None
        if self._last_time is not None and self._last_step is not None:
            passed = now - self._last_time, step - self._last_step
        self._last_time, self._last_step = now, step
        return passed

    def last_triggered_step(self) -> int | None:
        """The step of the last time, or None."""
        return self._last_step


@v1("train.StopAtStepHook", "estimator.StopAtStepHook")
class StopAtStepHook(SessionRunHook):
    """Stops at a step.

    Args:
        num_steps: How many steps after the beginning.
        last_step: At which global step.

    Raises:
        ValueError: If both are given, or none.
    """

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps = num_steps
        self._last_step = last_step

    def begin(self) -> None:
        """Finds the global step."""
        self._step = require_global_step("StopAtStepHook")

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Counts from the first step.

        Args:
            session: The session.
            coord: Its coordinator.
        """
        if self._last_step is None:
            self._last_step = int(session.run(self._step)) + (self._num_steps or 0)

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Fetches the global step.

        Args:
            run_context: The run.
        """
        return SessionRunArgs(self._step)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Stops, if it is time.

        Args:
            run_context: The run.
            run_values: The global step.
        """
        last = self._last_step or 0
        # What was fetched may be of before the step.
        if run_values.results + 1 >= last and int(run_context.session.run(self._step)) >= last:
            run_context.request_stop()


@v1("train.LoggingTensorHook", "estimator.LoggingTensorHook")
class LoggingTensorHook(SessionRunHook):
    """Logs values.

    Args:
        tensors: Tensors or their names, by tag or in a list.
        every_n_iter: Every so many runs.
        every_n_secs: Every so many seconds.
        at_end: Whether at the end, too.
        formatter: Makes the line of a dict of values.

    Raises:
        ValueError: If it is not said when, or in two ways.
    """

    def __init__(
        self,
        tensors: Mapping[str, Any] | Sequence[Any],
        every_n_iter: int | None = None,
        every_n_secs: float | None = None,
        at_end: bool = False,
        formatter: Callable[[dict[str, Any]], str] | None = None,
    ) -> None:
        only_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ValueError(
                "either at_end and/or exactly one of every_n_iter and every_n_secs must be provided."
            )
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError(f"invalid every_n_iter={every_n_iter}.")
        named = tensors if isinstance(tensors, Mapping) else {_name(each): each for each in tensors}
        self._given = dict(named)
        self._formatter = formatter
        self._at_end = at_end
        self._timer = None if only_at_end else SecondOrStepTimer(every_n_secs, every_n_iter)
        self._iter_count = 0

    def begin(self) -> None:
        """Finds the tensors."""
        if self._timer is not None:
            self._timer.reset()
        self._iter_count = 0
        graph = get_default_graph()
        self._tensors = {tag: _element(graph, each) for tag, each in self._given.items()}

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs | None:
        """Fetches the tensors, if it is time.

        Args:
            run_context: The run.
        """
        self._due = self._timer is not None and self._timer.should_trigger_for_step(self._iter_count)
        return SessionRunArgs(self._tensors) if self._due else None

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Logs them.

        Args:
            run_context: The run.
            run_values: The values.
        """
        if self._due:
            self._write(run_values.results)
        self._iter_count += 1

    def end(self, session: Any) -> None:
        """Logs them a last time.

        Args:
            session: The session.
        """
        if self._at_end:
            self._write(session.run(self._tensors))

    def _write(self, values: dict[str, Any]) -> None:
        passed = None
        if self._timer is not None:
            passed, _ = self._timer.update_last_triggered_step(self._iter_count)
        if self._formatter is not None:
            _log.info(self._formatter(values))
            return
        with np.printoptions(suppress=True):
            text = ", ".join(f"{tag} = {values[tag]}" for tag in self._given)
        _log.info(text if passed is None else f"{text} ({passed:.3f} sec)")


def _name(each: Any) -> str:
    return each if isinstance(each, str) else each.name


def _element(graph: Graph, each: Any) -> Any:
    if not isinstance(each, (str, Tensor, Variable)):
        return each
    found = graph.as_graph_element(each)
    # As v1: the name of an operation stands for its only output.
    return found.outputs[0] if isinstance(found, Operation) and len(found.outputs) == 1 else found


@v1("train.NanLossDuringTrainingError", "estimator.NanLossDuringTrainingError")
class NanLossDuringTrainingError(RuntimeError):
    """The loss is not a number."""

    def __str__(self) -> str:
        return "NaN loss during training."


@v1("train.NanTensorHook", "estimator.NanTensorHook")
class NanTensorHook(SessionRunHook):
    """Stops, or fails, when a loss is not a number.

    Args:
        loss_tensor: The loss.
        fail_on_nan_loss: Whether to raise `NanLossDuringTrainingError` then.
    """

    def __init__(self, loss_tensor: Any, fail_on_nan_loss: bool = True) -> None:
        self._loss = loss_tensor
        self._fails = fail_on_nan_loss

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Fetches the loss.

        Args:
            run_context: The run.
        """
        return SessionRunArgs(self._loss)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Looks at it.

        Args:
            run_context: The run.
            run_values: The loss.

        Raises:
            NanLossDuringTrainingError: If it is not a number.
        """
        if np.isnan(run_values.results).any():
            if self._fails:
                _log.error("Model diverged with loss = NaN.")
                raise NanLossDuringTrainingError
            _log.warning("Model diverged with loss = NaN.")
            run_context.request_stop()


@v1("train.GlobalStepWaiterHook", "estimator.GlobalStepWaiterHook")
class GlobalStepWaiterHook(SessionRunHook):
    """Waits with the first run until another session of the same values has come to a step.

    Args:
        wait_until_step: The global step.
    """

    def __init__(self, wait_until_step: int) -> None:
        self._wait_until = wait_until_step

    def begin(self) -> None:
        """Finds the global step."""
        self._waited = self._wait_until <= 0
        self._step = require_global_step("_GlobalStepWaiterHook")

    def before_run(self, run_context: SessionRunContext) -> None:
        """Waits.

        Args:
            run_context: The run.
        """
        while not self._waited:
            if int(run_context.session.run(self._step)) >= self._wait_until:
                self._waited = True
                return
            time.sleep(0.5)


@v1("train.FinalOpsHook", "estimator.FinalOpsHook")
class FinalOpsHook(SessionRunHook):
    """Runs something at the end.

    Args:
        final_ops: What: as in `Session.run`.
        final_ops_feed_dict: What to feed.
    """

    def __init__(self, final_ops: Any, final_ops_feed_dict: Any = None) -> None:
        self._ops = final_ops
        self._feeds = final_ops_feed_dict
        self._values: Any = None

    @property
    def final_ops_values(self) -> Any:
        """What it gave."""
        return self._values

    def end(self, session: Any) -> None:
        """Runs it.

        Args:
            session: The session.
        """
        if self._ops is not None:
            self._values = session.run(self._ops, feed_dict=self._feeds)


@v1("train.FeedFnHook", "estimator.FeedFnHook")
class FeedFnHook(SessionRunHook):
    """Feeds what a function returns.

    Args:
        feed_fn: Returns a `feed_dict`; called before each run.
    """

    def __init__(self, feed_fn: Callable[[], Any]) -> None:
        self.feed_fn = feed_fn

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Calls the function.

        Args:
            run_context: The run.
        """
        return SessionRunArgs(fetches=None, feed_dict=self.feed_fn())


def steps_per_second(seconds: float | None, steps: int | None) -> float:
    """The rate, or nan."""
    return steps / seconds if seconds and steps is not None else math.nan
