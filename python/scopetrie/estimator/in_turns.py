"""`tf.estimator.train_and_evaluate`: training, with an evaluation now and then, in this process."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from ..public import v1
from ..train.sessions.file_hooks import CheckpointSaverListener
from ..train.sessions.hooks import SessionRunHook
from ..train.sessions.step_hooks import SecondOrStepTimer
from .checks import all_of
from .estimator import Estimator
from .exporters import checked_exporters

__all__ = ["EvalSpec", "TrainSpec", "train_and_evaluate"]

_log = logging.getLogger("scopetrie")
_HOOKS: Final = "All hooks must be `SessionRunHook` instances, given: "
_LISTENERS: Final = "All saving_listeners must be `CheckpointSaverListener` instances, given: "


class _TrainFields(NamedTuple):
    input_fn: Callable[..., Any]
    max_steps: int | None
    hooks: tuple[Any, ...]
    saving_listeners: tuple[Any, ...]


@v1("estimator.TrainSpec")
class TrainSpec(_TrainFields):
    """How `train_and_evaluate` trains.

    Args:
        input_fn: As for `Estimator.train`.
        max_steps: Until the global step is so large; without it, until the input ends.
        hooks: Hooks of the session.
        saving_listeners: What is called when a checkpoint is saved.

    Raises:
        ValueError: If max_steps is not positive.
        TypeError: If `input_fn` is no function, or a hook or listener is none.

    >>> import scopetrie as tf
    >>> tf.estimator.TrainSpec(lambda: {"x": tf.zeros([2])}, max_steps=100).max_steps
    100
    """

    __slots__ = ()

    def __new__(
        cls,
        input_fn: Callable[..., Any],
        max_steps: int | None = None,
        hooks: Iterable[Any] | None = None,
        saving_listeners: Iterable[Any] | None = None,
    ) -> TrainSpec:
        """Checks what is given."""
        _check_function(input_fn)
        if max_steps is not None and max_steps <= 0:
            raise ValueError(f"Must specify max_steps > 0, given: {max_steps}")
        listeners = all_of(saving_listeners, CheckpointSaverListener, _LISTENERS)
        return super().__new__(cls, input_fn, max_steps, all_of(hooks, SessionRunHook, _HOOKS), listeners)


class _EvalFields(NamedTuple):
    input_fn: Callable[..., Any]
    steps: int | None
    name: str | None
    hooks: tuple[Any, ...]
    exporters: tuple[Any, ...]
    start_delay_secs: float
    throttle_secs: float


@v1("estimator.EvalSpec")
class EvalSpec(_EvalFields):
    """How `train_and_evaluate` evaluates.

    Args:
        input_fn: As for `Estimator.evaluate`.
        steps: So many batches; None for all of the input.
        name: A name by which results are told apart.
        hooks: Hooks of the session.
        exporters: An `Exporter`, or several, which are called with each checkpoint that was evaluated.
        start_delay_secs: Accepted for v1's sake, which waits so long in a cluster only.
        throttle_secs: Between two evaluations are at least so many seconds.

    Raises:
        ValueError: If steps are not positive, seconds are negative, or two exporters have one name.
        TypeError: If `input_fn` is no function, the name no text, or a hook or an exporter none.

    >>> import scopetrie as tf
    >>> tf.estimator.EvalSpec(lambda: {"x": tf.zeros([2])}, throttle_secs=60).steps
    100
    """

    __slots__ = ()

    def __new__(
        cls,
        input_fn: Callable[..., Any],
        steps: int | None = 100,
        name: str | None = None,
        hooks: Iterable[Any] | None = None,
        exporters: Any = None,
        start_delay_secs: float = 120,
        throttle_secs: float = 600,
    ) -> EvalSpec:
        """Checks what is given."""
        _check_function(input_fn)
        if steps is not None and steps <= 0:
            raise ValueError(f"Must specify steps > 0, given: {steps}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"`name` must be string, given: {name}")
        every = all_of(hooks, SessionRunHook, _HOOKS)
        for field, seconds in (("start_delay_secs", start_delay_secs), ("throttle_secs", throttle_secs)):
            if seconds < 0:
                raise ValueError(f"Must specify {field} >= 0, given: {seconds}")
        return super().__new__(
            cls, input_fn, steps, name, every, checked_exporters(exporters), start_delay_secs, throttle_secs
        )


class _Evaluates(CheckpointSaverListener):
    """Evaluates when a checkpoint was saved and enough time has gone by, and the last one in any case."""

    def __init__(self, estimator: Estimator, spec: EvalSpec, last: int | None) -> None:
        self._estimator, self._spec, self._last = estimator, spec, last
        self.results: dict[str, Any] | None = None
        self.exported: list[Any] = []

    def begin(self) -> None:
        """Begins to measure the time."""
        self._timer = SecondOrStepTimer(every_secs=self._spec.throttle_secs)
        self._is_first = True

    def after_save(self, session: Any, global_step_value: int) -> None:
        """Evaluates, if it is time; not what the training has begun with."""
        if self._is_first:
            self._is_first = False
        elif self._timer.should_trigger_for_step(global_step_value):
            self._evaluate(global_step_value)
        else:
            seconds = self._spec.throttle_secs
            _log.info("Skip the current checkpoint eval due to throttle secs (%s secs).", seconds)

    def end(self, session: Any, global_step_value: int) -> None:
        """Evaluates the last checkpoint, if that has not been done."""
        if global_step_value != self._timer.last_triggered_step():
            self._evaluate(global_step_value)

    def _evaluate(self, step: int) -> None:
        self._timer.update_last_triggered_step(step)
        estimator, spec = self._estimator, self._spec
        self.results = estimator.evaluate(spec.input_fn, spec.steps, spec.hooks, name=spec.name)
        is_final = self._last is not None and step >= self._last
        self.exported = [
            each.export(
                estimator,
                export_path=os.path.join(estimator.model_dir, "export", each.name),
                checkpoint_path=estimator.latest_checkpoint(),
                eval_result=self.results,
                is_the_final_export=is_final,
            )
            for each in spec.exporters
        ]


@v1("estimator.train_and_evaluate")
def train_and_evaluate(
    estimator: Estimator, train_spec: TrainSpec, eval_spec: EvalSpec
) -> tuple[dict[str, Any] | None, list[Any]]:
    """Trains, and evaluates checkpoints when they were saved, and the last one in any case.

    How often checkpoints are saved is said by the estimator's `RunConfig`.

    Args:
        estimator: The estimator.
        train_spec: How it trains.
        eval_spec: How it evaluates.

    Returns:
        The results of the last evaluation, and what the exporters returned then. If the global step was
        large enough before, None and nothing.

    Raises:
        TypeError: If something is of another type.
        ValueError: If the `RunConfig` says that no checkpoints are saved.

    >>> import scopetrie as tf
    >>> def model_fn(features, mode):
    ...     w = tf.get_variable("w", initializer=1.0)
    ...     step = tf.train.get_global_step()
    ...     train_op = tf.group(w.assign_sub(0.25), step.assign_add(1))
    ...     return tf.estimator.EstimatorSpec(mode, loss=w, train_op=train_op)
    >>> estimator = tf.estimator.Estimator(model_fn, "runs/halves")
    >>> train = tf.estimator.TrainSpec(lambda: tf.zeros([1]), max_steps=2)
    >>> results, _ = tf.estimator.train_and_evaluate(
    ...     estimator, train, tf.estimator.EvalSpec(lambda: tf.zeros([1]), steps=1)
    ... )
    >>> results["loss"], results["global_step"]
    (np.float32(0.5), np.int64(2))
    """
    for name, given, kind in (
        ("estimator", estimator, Estimator), ("train_spec", train_spec, TrainSpec),
        ("eval_spec", eval_spec, EvalSpec),
    ):  # fmt: skip
        if not isinstance(given, kind):
            raise TypeError(f"`{name}` must have type `tf.estimator.{kind.__name__}`. Got: {type(given)}")
    evaluates = _Evaluates(estimator, eval_spec, train_spec.max_steps)
    listeners = [*train_spec.saving_listeners, evaluates]
    estimator.train(
        train_spec.input_fn, train_spec.hooks, max_steps=train_spec.max_steps, saving_listeners=listeners
    )
    return evaluates.results, evaluates.exported


def _check_function(input_fn: Any) -> None:
    if not callable(input_fn):
        raise TypeError(f"`input_fn` must be callable, given: {input_fn}")
