"""Monitored sessions and the Supervisor: initialization, hooks, checkpoints, recovery."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

train = tf.train


@pytest.fixture(autouse=True)
def graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for each in set(threading.enumerate()) - before:
        each.join(10)
        assert not each.is_alive()


def model() -> tuple[Any, Any, Any]:
    """A variable, the global step, and an operation that counts both up."""
    w, step = tf.get_variable("w", initializer=1.0), train.get_or_create_global_step()
    return tf.group(tf.assign_add(w, 1.0), tf.assign_add(step, 1)), w, step


class Log(train.SessionRunHook):
    """Notes which of its methods are called."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def begin(self) -> None:
        self.calls.append(("begin", tf.get_default_graph().finalized))

    def after_create_session(self, session: Any, coord: Any) -> None:
        self.calls.append(("after_create_session", session.graph.finalized, type(coord).__name__))

    def before_run(self, run_context: Any) -> Any:
        self.calls.append(("before_run", run_context.original_args.fetches))
        return train.SessionRunArgs({"w": "w:0"})

    def after_run(self, run_context: Any, run_values: Any) -> None:
        self.calls.append(("after_run", run_values.results))

    def end(self, session: Any) -> None:
        self.calls.append(("end", float(session.run("w:0"))))


def test_hooks_are_called_in_v1s_order() -> None:
    """Recorded from TensorFlow 2.21."""
    train_op, _, step = model()
    log = Log()
    with train.MonitoredSession(hooks=[log, train.StopAtStepHook(last_step=2)]) as session:
        assert session.graph is tf.get_default_graph()
        while not session.should_stop():
            session.run([train_op, step])
        with pytest.raises(RuntimeError, match="Run called even after should_stop requested"):
            session.run(train_op)
    assert log.calls[:2] == [("begin", False), ("after_create_session", True, "Coordinator")]
    assert log.calls[2:6] == [
        ("before_run", [train_op, step]), ("after_run", {"w": 2.0}), ("before_run", [train_op, step]),
        ("after_run", {"w": 3.0}),
    ]  # fmt: skip
    assert log.calls[-1] == ("end", 3.0)
    with pytest.raises(RuntimeError, match="Session is already closed"):
        session.run(step)
    assert not tf.get_default_graph().finalized


def test_training_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    def run(last_step: int) -> Any:
        with tf.Graph().as_default():
            train_op, w, step = model()
            stop = train.StopAtStepHook(last_step=last_step)
            options: Any = {"save_checkpoint_steps": 2, "save_checkpoint_secs": None}
            found = None
            with train.MonitoredTrainingSession(
                checkpoint_dir=str(tmp_path), hooks=[stop], **options
            ) as session:
                while not session.should_stop():
                    found = session.run([train_op, w, step])[1:]
            return found

    assert run(3) == [4.0, 3]
    names = {each.name for each in tmp_path.iterdir()}
    assert {f"model.ckpt-{step}.index" for step in (0, 2, 3)} <= names
    assert "checkpoint" in names
    assert run(5) == [6.0, 5]
    assert train.latest_checkpoint(str(tmp_path)) == str(tmp_path / "model.ckpt-5")


@pytest.mark.parametrize("error", [tf.errors.AbortedError, tf.errors.UnavailableError])
def test_recovery_from_a_checkpoint(tmp_path: Path, error: Any) -> None:
    train_op, w, step = model()
    seen = []

    class Fail(train.SessionRunHook):
        def before_run(self, run_context: Any) -> None:
            seen.append(int(run_context.session.run(step)))
            if len(seen) == 3:
                raise error(None, None, "preempted")

    hooks = [Fail(), train.StopAtStepHook(last_step=4)]
    options: Any = {"save_checkpoint_steps": 1, "save_checkpoint_secs": None, "log_step_count_steps": None}
    with train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path), hooks=hooks, **options) as session:
        while not session.should_stop():
            found = session.run([train_op, w])[1]
    assert found == 5.0
    assert seen == [0, 1, 2, 2, 3]
    with pytest.raises(error), train.SingularMonitoredSession(hooks=[Fail()]) as session:
        seen[:] = [0, 0]
        session.run(train_op)


def test_a_session_that_dies_starts_again_from_its_checkpoint(tmp_path: Path) -> None:
    options: Any = {"save_checkpoint_steps": 2, "save_checkpoint_secs": None}
    train_op, w, _ = model()
    dying = train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path), **options)
    with pytest.raises(ZeroDivisionError), dying as session:
        for _ in range(3):
            session.run(train_op)
        raise ZeroDivisionError
    with tf.Graph().as_default():
        train_op, w, step = model()
        with train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path), **options) as session:
            assert session.run([w, step]) == [3.0, 2]


def test_the_end_of_input_ends_the_block() -> None:
    element = tf.data.Dataset.range(3).make_one_shot_iterator().get_next()
    found = []
    with train.MonitoredSession() as session:
        while not session.should_stop():
            found.append(session.run(element))
    assert found == [0, 1, 2]
    with pytest.raises(KeyError), train.MonitoredSession() as session:
        raise KeyError


def test_initializers_of_iterators_are_run_as_those_of_tables() -> None:
    iterator = tf.data.Dataset.range(3).make_initializable_iterator()
    element = iterator.get_next()
    tf.add_to_collection(tf.GraphKeys.TABLE_INITIALIZERS, iterator.initializer)
    with train.MonitoredSession() as session:
        assert session.run(element) == 0


def test_queues_are_filled_and_their_threads_end() -> None:
    number = train.range_input_producer(4, num_epochs=1, shuffle=False).dequeue()
    pair = train.batch([number], 2)
    found = []
    with train.MonitoredSession() as session:
        while not session.should_stop():
            found.append(session.run(pair).tolist())
    assert found == [[0, 1], [2, 3]]
    with tf.Graph().as_default():
        number = train.range_input_producer(4).dequeue()  # without end
        with train.MonitoredSession(stop_grace_period_secs=5) as session:
            session.run(number)


def test_an_error_of_a_queue_is_the_one_that_is_raised() -> None:
    queue = tf.FIFOQueue(10, tf.float32)
    bad = tf.check_numerics(tf.log(tf.constant(-1.0)), "no number")
    train.add_queue_runner(train.QueueRunner(queue, [queue.enqueue(bad)]))
    take = queue.dequeue()
    failing = pytest.raises(tf.errors.InvalidArgumentError, match="no number")
    with failing, train.MonitoredSession() as session:
        session.run(take)


def test_feeds_of_hooks() -> None:
    x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    total = x + y
    feed_x = train.FeedFnHook(lambda: {x: 3.0})
    with train.MonitoredSession(hooks=[feed_x]) as session:
        assert session.run(total, {y: 1.0}) == 4.0
        with pytest.raises(RuntimeError, match="Same tensor is fed by a hook and user"):
            session.run(total, {x: 1.0, y: 1.0})
    failing = pytest.raises(RuntimeError, match="Same tensor is fed by two hooks")
    with failing, train.MonitoredSession(hooks=[feed_x, feed_x]) as session:
        session.run(total, {y: 1.0})


def test_step_functions() -> None:
    train_op, w, _ = model()
    log = Log()
    with train.MonitoredSession(hooks=[log]) as session:

        def step(step_context: Any) -> Any:
            step_context.session.run(train_op)
            return step_context.run_with_hooks(w)

        assert session.run_step_fn(step) == 2.0
        assert [name for name, *_ in log.calls].count("before_run") == 1
        with pytest.raises(ValueError, match="`step_fn` may either have one `step_context` argument"):
            session.run_step_fn(lambda other: other)
        session.run_step_fn(lambda step_context: step_context.request_stop())
    assert log.calls[-1][0] == "end"


def test_logging_and_checking(caplog: pytest.LogCaptureFixture) -> None:
    train_op, w, _ = model()
    loss = tf.log(3.0 - w, name="loss")
    hooks = [
        train.LoggingTensorHook({"w": w}, every_n_iter=2, at_end=True),
        train.LoggingTensorHook(
            ["loss"], every_n_iter=100, formatter=lambda values: f"<{values['loss']:.1f}>"
        ),
    ]
    with caplog.at_level(logging.INFO, "scopetrie"), train.MonitoredSession(hooks=hooks) as session:
        for _ in range(3):
            session.run(train_op)
    lines = [each.getMessage().split(" (")[0] for each in caplog.records]
    assert lines == ["w = 2.0", "<0.0>", "w = 4.0", "w = 4.0"]
    failing = pytest.raises(train.NanLossDuringTrainingError, match=r"^NaN loss during training\.$")
    with failing, train.MonitoredSession(hooks=[train.NanTensorHook(loss)]) as session:
        for _ in range(3):
            session.run(train_op)
    with train.MonitoredSession(hooks=[train.NanTensorHook(loss, fail_on_nan_loss=False)]) as session:
        while not session.should_stop():
            session.run(train_op)
        assert session._live.session.run(w) == 4.0


def test_what_runs_at_the_end() -> None:
    _, w, _ = model()
    last = train.FinalOpsHook({"w": w})
    with train.MonitoredSession(hooks=[last, train.GlobalStepWaiterHook(0)]) as session:
        session.run(w)
    assert last.final_ops_values == {"w": 1.0}


def test_listeners_of_savers(tmp_path: Path) -> None:
    train_op, w, _ = model()
    calls: list[Any] = []

    class Listener(train.CheckpointSaverListener):
        def begin(self) -> None:
            calls.append("begin")

        def before_save(self, session: Any, global_step_value: int) -> None:
            calls.append(("before", global_step_value))

        def after_save(self, session: Any, global_step_value: int) -> bool:
            calls.append(("after", float(session.run(w))))
            return global_step_value >= 2

        def end(self, session: Any, global_step_value: int) -> None:
            calls.append(("end", global_step_value))

    scaffold = train.Scaffold()
    hook = train.CheckpointSaverHook(str(tmp_path), save_steps=1, scaffold=scaffold, listeners=[Listener()])
    with train.MonitoredSession(train.ChiefSessionCreator(scaffold), [hook]) as session:
        while not session.should_stop():
            session.run(train_op)
    assert calls == [
        "begin", ("before", 0), ("after", 1.0), ("before", 1), ("after", 2.0), ("before", 2), ("after", 3.0),
        ("end", 2),
    ]  # fmt: skip


def events(folder: Path) -> dict[str, list[int]]:
    """The steps of the summaries in a folder, by tag."""
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader")
    found: dict[str, list[int]] = {}
    for path in sorted(folder.glob("events*")):
        for event in reader.EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                if not value.tag.startswith("__"):
                    found.setdefault(value.tag, []).append(event.step)
    return found


def test_summaries_rates_and_timelines(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    train_op, w, _ = model()
    tf.summary.scalar("value", w)
    hooks = [
        train.StopAtStepHook(num_steps=5),
        train.ProfilerHook(save_steps=2, output_dir=str(tmp_path / "times")),
    ]
    options: Any = {"save_summaries_steps": 2, "log_step_count_steps": 2}
    with train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path), hooks=hooks, **options) as session:
        while not session.should_stop():
            session.run(train_op)
    assert events(tmp_path) == {"value": [1, 3, 5], "global_step/sec": [3, 5]}
    times = sorted((tmp_path / "times").iterdir())
    assert times
    assert json.loads(times[0].read_text())["traceEvents"]


def test_scaffolds() -> None:
    fed = tf.placeholder(tf.float32, [])
    v = tf.get_variable("v", initializer=fed)
    u = tf.get_variable("u", [2], collections=[tf.GraphKeys.LOCAL_VARIABLES])
    calls = []
    scaffold = train.Scaffold(
        init_feed_dict={fed: 5.0}, init_fn=lambda scaffold, session: calls.append(session.run(v))
    )
    with train.MonitoredSession(train.ChiefSessionCreator(scaffold)) as session:
        assert session.run(v) == 5.0
        assert session.run(u).shape == (2,)
    assert calls == [5.0]
    assert tf.get_collection(tf.GraphKeys.SAVERS) == [scaffold.saver]
    again = train.Scaffold(copy_from_scaffold=scaffold)
    assert again.init_op is scaffold.init_op
    tf.get_default_graph().add_to_collection(tf.GraphKeys.READY_OP, v)
    tf.get_default_graph().add_to_collection(tf.GraphKeys.READY_OP, v)
    with pytest.raises(RuntimeError, match="More than one item in the collection"):
        train.Scaffold().finalize()


def test_session_managers(tmp_path: Path) -> None:
    _, w, _ = model()
    saver, init = train.Saver(), tf.global_variables_initializer()
    manager = train.SessionManager(ready_op=tf.report_uninitialized_variables())
    with pytest.raises(RuntimeError, match="Model is not initialized and no init_op"):
        manager.prepare_session("")
    with pytest.raises(RuntimeError, match=r"did not make model ready\..*not initialized: global_step"):
        manager.prepare_session("", init_op=w.initializer)
    session, is_ready = manager.recover_session("", saver=saver, checkpoint_dir=str(tmp_path))
    assert not is_ready
    session.close()
    with manager.prepare_session("", init_op=init, saver=saver, checkpoint_dir=str(tmp_path)) as session:
        session.run(tf.assign(w, 7.0))
        saver.save(session, str(tmp_path / "model"))
    session, is_ready = manager.recover_session("", saver=saver, checkpoint_dir=str(tmp_path))
    with session:
        assert is_ready
        assert session.run(w) == 7.0
    with pytest.raises(NotImplementedError, match="prepare_session"):
        manager.wait_for_session("")


def test_supervisor(tmp_path: Path) -> None:
    def run(until: float) -> tuple[Any, Any]:
        with tf.Graph().as_default():
            train_op, w, step = model()
            supervisor = train.Supervisor(logdir=str(tmp_path), save_model_secs=0)
            with supervisor.managed_session() as session:
                while not supervisor.should_stop():
                    if session.run([train_op, w])[1] >= until:
                        supervisor.saver.save(session, supervisor.save_path, global_step=step)
                        supervisor.request_stop()
                return session.run([w, step])

    assert run(3.0) == [3.0, 2]
    assert run(6.0) == [6.0, 5]


def test_what_a_supervisor_starts(tmp_path: Path) -> None:
    train_op, w, _ = model()
    tf.summary.scalar("w", w)
    number = train.range_input_producer(4, shuffle=False).dequeue()
    supervisor = train.Supervisor(logdir=str(tmp_path), save_model_secs=0.02, save_summaries_secs=0.02)
    with pytest.raises(RuntimeError, match="finalized"):
        tf.constant(1)
    calls: list[int] = []
    with supervisor.managed_session() as session:
        supervisor.loop(0.01, lambda: calls.append(1))
        assert session.run(number) == 0
        while train.latest_checkpoint(str(tmp_path)) is None or not calls:
            session.run(train_op)
    assert session._closed
    with tf.Graph().as_default(), pytest.raises(ZeroDivisionError):
        model()
        with train.Supervisor().managed_session():
            raise ZeroDivisionError


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: train.StopAtStepHook(), ValueError, "One of num_steps or last_step must be specified."),
        (lambda: train.StopAtStepHook(1, 2), ValueError, "Only one of num_steps or last_step"),
        (lambda: train.StopAtStepHook(1).begin(), RuntimeError, "Global step should be created"),
        (lambda: train.LoggingTensorHook(["a"]), ValueError, "either at_end and/or exactly one of"),
        (lambda: train.SummarySaverHook(), ValueError, "Exactly one of scaffold or summary_op"),
        (lambda: train.CheckpointSaverHook("x"), ValueError, "Either every_secs or every_steps"),
        (lambda: train.MonitoredTrainingSession("grpc://x"), tf.errors.NotFoundError, "its own process only"),
        (lambda: train.MonitoredTrainingSession(is_chief=False), ValueError, "trains in one process"),
        (lambda: train.Supervisor(is_chief=False), ValueError, "trains in one process"),
        (lambda: train.Server, AttributeError, "does not offer tf.train.Server: it trains in one process"),
        (lambda: train.ClusterSpec, AttributeError, "it trains in one process"),
        (lambda: train.SyncReplicasOptimizer, AttributeError, "Take a larger batch"),
    ],
)  # fmt: skip
def test_what_is_refused(make: Any, error: Any, message: str) -> None:
    if "grpc" in message or error is tf.errors.NotFoundError:
        model()
    with pytest.raises(error, match=message):
        make()


def test_timers() -> None:
    timer = train.SecondOrStepTimer(every_steps=3)
    assert timer.should_trigger_for_step(0)
    assert timer.update_last_triggered_step(0) == (None, None)
    assert [step for step in range(5) if timer.should_trigger_for_step(step)] == [3, 4]
    seconds, steps = timer.update_last_triggered_step(4)
    assert steps == 4
    assert np.isfinite(seconds)
    assert timer.last_triggered_step() == 4


class Refusing(train.SessionRunHook):
    """Builds, and fails once the session is there."""

    def begin(self) -> None:
        tf.constant(1.0, name="of_the_hook")

    def after_create_session(self, session: Any, coord: Any) -> None:
        raise KeyError("refused")


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: train.MonitoredSession(hooks=[Refusing()]), KeyError),
        (lambda: train.SingularMonitoredSession(config="wrong"), TypeError),
        (lambda: train.MonitoredTrainingSession(stop_grace_period_secs="soon"), TypeError),
        (lambda: train.Supervisor(saver=None, summary_op=None, logdir=3), TypeError),
    ],
    ids=["a hook", "a config", "a grace period", "a folder"],
)
def test_a_constructor_that_fails_leaves_the_graph_as_it_was(make: Any, error: type[Exception]) -> None:
    model()
    train.input_producer([1.0, 2.0])
    graph = tf.get_default_graph()
    before = [op.name for op in graph.get_operations()], graph.get_all_collection_keys()
    with pytest.raises(error):
        make()
    assert ([op.name for op in graph.get_operations()], graph.get_all_collection_keys()) == before
    assert not graph.finalized
    tf.constant(2.0)
    with train.MonitoredSession() as session:
        assert session.run(tf.get_collection("variables")[0]) == 1.0


def test_the_session_itself_is_there_by_v1s_inner_name() -> None:
    with tf.Graph().as_default():
        v = tf.get_variable("v", initializer=2.0)
        for kind in (train.MonitoredTrainingSession, train.SingularMonitoredSession):
            with kind(hooks=[]) as session:
                assert isinstance(session._tf_sess(), tf.Session) and session._tf_sess().run(v) == 2.0
