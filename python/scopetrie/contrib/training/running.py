"""Training and evaluating in one call, by sessions that tf.train has."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ...graph import get_default_graph
from ...ops.elementwise.compare import equal
from ...public import v1
from ...summary.file_writer import FileWriter
from ...train.saving.saver import Saver
from ...train.sessions.hooks import SessionRunHook
from ...train.sessions.monitored import MonitoredSession, MonitoredTrainingSession
from ...train.sessions.scaffold import ChiefSessionCreator, Scaffold
from ...train.sessions.supervisor import Supervisor
from ...train.steps import get_global_step

__all__ = ["slim_evaluate_once", "slim_train", "train", "train_step"]

_log = logging.getLogger("scopetrie")
_DEFAULT: Final = 0


@v1("contrib.training.train")
def train(
    train_op: Any, logdir: str | None, master: str = "", is_chief: bool = True,
    scaffold: Scaffold | None = None, hooks: Sequence[SessionRunHook] | None = None,
    chief_only_hooks: Sequence[SessionRunHook] | None = None, save_checkpoint_secs: float | None = 600,
    save_summaries_steps: int | None = 100, config: Any = None, max_wait_secs: float = 7200,
) -> Any:  # fmt: skip
    """Runs a step of training until a hook ends it, in a `MonitoredTrainingSession`.

    Args:
        train_op: The step, as `create_train_op` makes it.
        logdir: The folder of checkpoints and summaries; None to save nothing.
        master: Only the empty string.
        is_chief: Only True.
        scaffold: The operations; made by default.
        hooks: The hooks, one of which has to end the training.
        chief_only_hooks: More of them.
        save_checkpoint_secs: Every so many seconds a checkpoint is saved.
        save_summaries_steps: Every so many steps summaries are saved.
        config: The session's `ConfigProto`.
        max_wait_secs: Accepted for v1's sake.

    Returns:
        What the last step gave, or None.

    Raises:
        ValueError: If there is no folder, but something to save.
    """
    if logdir is None and is_chief:
        if save_summaries_steps:
            raise ValueError("logdir cannot be None when save_summaries_steps is not None")
        if save_checkpoint_secs:
            raise ValueError("logdir cannot be None when save_checkpoint_secs is not None")
    loss = None
    with MonitoredTrainingSession(
        master, is_chief, logdir, scaffold, hooks, chief_only_hooks, save_checkpoint_secs,
        save_summaries_steps, config=config, max_wait_secs=max_wait_secs,
    ) as session:  # fmt: skip
        while not session.should_stop():
            loss = session.run(train_op)
    return loss


@v1("contrib.slim.learning.train_step")
def train_step(
    sess: Any, train_op: Any, global_step: Any, train_step_kwargs: Mapping[str, Any]
) -> tuple[Any, bool]:
    """Runs a step of training, and logs it.

    Args:
        sess: The session.
        train_op: The step.
        global_step: The variable that counts steps.
        train_step_kwargs: What `slim.learning.train` says: "should_stop" and "should_log", tensors, and
            "logdir".

    Returns:
        The loss, and whether this was the last step.
    """
    start = time.time()
    loss, step = sess.run([train_op, global_step])
    if "should_log" in train_step_kwargs and sess.run(train_step_kwargs["should_log"]):
        _log.info("global step %d: loss = %.4f (%.3f sec/step)", step, loss, time.time() - start)
    stop = train_step_kwargs.get("should_stop")
    return loss, bool(sess.run(stop)) if stop is not None else False


@v1("contrib.slim.learning.train")
def slim_train(
    train_op: Any, logdir: str | None, train_step_fn: Callable[..., Any] = train_step,
    train_step_kwargs: Any = _DEFAULT, log_every_n_steps: int | None = 1, graph: Any = None, master: str = "",
    is_chief: bool = True, global_step: Any = None, number_of_steps: int | None = None,
    init_op: Any = _DEFAULT, init_feed_dict: Any = None, local_init_op: Any = _DEFAULT,
    init_fn: Callable[[Any], Any] | None = None, ready_op: Any = _DEFAULT, summary_op: Any = _DEFAULT,
    save_summaries_secs: float = 600, summary_writer: Any = _DEFAULT, startup_delay_steps: int = 0,
    saver: Any = None, save_interval_secs: float = 600, sync_optimizer: Any = None,
    session_config: Any = None,
    session_wrapper: Callable[[Any], Any] | None = None, trace_every_n_steps: int | None = None,
    ignore_live_threads: bool = False,
) -> Any:  # fmt: skip
    """Trains until a number of steps or the end of the data, by a `Supervisor`.

    Args:
        train_op: The step, as `create_train_op` makes it.
        logdir: The folder of checkpoints and summaries; None to save nothing.
        train_step_fn: Called for each step, as `train_step`.
        train_step_kwargs: What it is given; made by default.
        log_every_n_steps: Every so many steps the loss is logged.
        graph: The graph; the default one by default.
        master: Only the empty string.
        is_chief: Only True.
        global_step: The variable that counts steps; the graph's by default.
        number_of_steps: The number of steps; None for no end.
        init_op: As `Supervisor` takes it.
        init_feed_dict: As `Supervisor` takes it.
        local_init_op: As `Supervisor` takes it.
        init_fn: Called with the session once it is initialized.
        ready_op: As `Supervisor` takes it.
        summary_op: As `Supervisor` takes it; None for no summaries.
        save_summaries_secs: The seconds from one summary to the next.
        summary_writer: As `Supervisor` takes it.
        startup_delay_steps: Accepted for v1's sake: there are no other workers.
        saver: Saves and restores; made by default.
        save_interval_secs: The seconds from one checkpoint to the next.
        sync_optimizer: Only None: there are no other workers.
        session_config: The session's `ConfigProto`.
        session_wrapper: A function of the session that gives the one to run steps in.
        trace_every_n_steps: Accepted for v1's sake.
        ignore_live_threads: Accepted for v1's sake.

    Returns:
        The last loss, or None.

    Raises:
        ValueError: If there is no operation or no step, if the number of steps is not positive, or if there
            is more than one worker.
    """
    if train_op is None:
        raise ValueError("train_op cannot be None.")
    if logdir is None and summary_op not in (None, _DEFAULT):
        raise ValueError("Cannot provide summary_op because logdir=None")
    if sync_optimizer is not None:
        raise ValueError("slim.learning.train(sync_optimizer=...): training is in one process. Leave it out.")
    if number_of_steps is not None and number_of_steps <= 0:
        raise ValueError("`number_of_steps` must be either None or a positive number.")
    graph = graph or get_default_graph()
    with graph.as_default():
        step: Any = get_global_step() if global_step is None else global_step
        if step is None:
            raise ValueError("global_step is required: call tf.train.get_or_create_global_step() before.")
        saver = saver or Saver(allow_empty=True)
        given = train_step_kwargs
        if given is _DEFAULT:
            given = {} if logdir is None else {"logdir": logdir}
            if number_of_steps:
                given["should_stop"] = step >= number_of_steps
            if log_every_n_steps:
                given["should_log"] = equal(step % log_every_n_steps, 0)
        supervisor = Supervisor(
            graph=graph, is_chief=is_chief, logdir=logdir, init_op=init_op, init_feed_dict=init_feed_dict,
            local_init_op=local_init_op, ready_op=ready_op, global_step=step, saver=saver, init_fn=init_fn,
            summary_op=None if logdir is None else summary_op,
            summary_writer=None if logdir is None else summary_writer,
            save_summaries_secs=save_summaries_secs, save_model_secs=save_interval_secs,
        )  # fmt: skip
    loss = None
    with supervisor.managed_session(master, config=session_config, start_standard_services=False) as session:
        services = [] if logdir is None else supervisor.start_standard_services(session)
        used = session if session_wrapper is None else session_wrapper(session)
        ends = False
        while not (ends or supervisor.should_stop()):
            loss, ends = train_step_fn(used, train_op, step, given)
        if logdir is not None:
            supervisor.request_stop()
            for each in services:
                each.join()  # their last checkpoint comes before that of the end
            saver.save(session, supervisor.save_path, global_step=supervisor.global_step)
    return loss


@v1("contrib.slim.evaluation.evaluate_once")
def slim_evaluate_once(
    master: str, checkpoint_path: str, logdir: str | None, num_evals: int = 1, initial_op: Any = None,
    initial_op_feed_dict: Any = None, eval_op: Any = None, eval_op_feed_dict: Any = None,
    final_op: Any = None, final_op_feed_dict: Any = None, summary_op: Any = None,
    summary_op_feed_dict: Any = None, variables_to_restore: Any = None, session_config: Any = None,
    hooks: Sequence[SessionRunHook] | None = None,
) -> Any:  # fmt: skip
    """Restores a checkpoint, runs operations a number of times, and writes a summary.

    Args:
        master: Only the empty string.
        checkpoint_path: The path of the checkpoint.
        logdir: The folder of the summary; None for none.
        num_evals: How often `eval_op` is run.
        initial_op: What is run first.
        initial_op_feed_dict: What is fed to it.
        eval_op: What is run over and over.
        eval_op_feed_dict: What is fed to it.
        final_op: What is run at the end.
        final_op_feed_dict: What is fed to it.
        summary_op: The summary, which is run at the end.
        summary_op_feed_dict: What is fed to it.
        variables_to_restore: What the checkpoint has; all variables by default.
        session_config: The session's `ConfigProto`.
        hooks: The hooks.

    Returns:
        What `final_op` gave, or None.
    """
    saver = Saver(variables_to_restore) if variables_to_restore is not None else None
    scaffold = Scaffold(saver=saver)
    creator = ChiefSessionCreator(
        scaffold, master, session_config, checkpoint_filename_with_path=checkpoint_path
    )
    summary, value = None, None
    with MonitoredSession(creator, hooks) as session:
        if initial_op is not None:
            session.run(initial_op, initial_op_feed_dict)
        for _ in range(num_evals if eval_op is not None else 0):
            session.run(eval_op, eval_op_feed_dict)
        if summary_op is not None:
            summary = session.run(summary_op, summary_op_feed_dict)
        if final_op is not None:
            value = session.run(final_op, final_op_feed_dict)
    if logdir is not None and summary is not None:
        at = int(os.path.basename(checkpoint_path).rpartition("-")[2] or 0) if "-" in checkpoint_path else 0
        with FileWriter(logdir) as writer:
            writer.add_summary(summary, at)
    return value
