"""Coordinators, queue runners, and the batches of v1's input pipelines."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf


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


def names() -> list[str]:
    return [op.name for op in tf.get_default_graph().get_operations()]


def all_of(*fetches: Any) -> list[Any]:
    """Runs a pipeline until its end; what the fetches gave."""
    found = []
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            while not coordinator.should_stop():
                found.append([np.asarray(each).tolist() for each in session.run(fetches)])
        except tf.errors.OutOfRangeError:
            pass
        finally:
            coordinator.request_stop()
            coordinator.join(threads, stop_grace_period_secs=10)
    return found


def test_lines_of_files_in_batches(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text("".join(f"{name}{n}\n" for n in range(3)))
    files = tf.train.string_input_producer(
        [str(tmp_path / "a"), str(tmp_path / "b")], num_epochs=1, shuffle=False
    )
    _, line = tf.TextLineReader().read(files)
    batch = tf.train.batch([line], 4, allow_smaller_final_batch=True)
    assert all_of(batch) == [[[b"a0", b"a1", b"a2", b"b0"]], [[b"b1", b"b2"]]]


def test_rows_shuffled_over_epochs() -> None:
    number, text = tf.train.slice_input_producer([np.arange(4), ["a", "b", "c", "d"]], num_epochs=2, seed=1)
    found = all_of(number, text)
    assert sorted(found) == sorted([[n, b"abcd"[n : n + 1]] for n in range(4)] * 2)
    assert sorted(found[:4]) != found[:4] or sorted(found[4:]) != found[4:]


def test_shuffled_batches() -> None:
    number = tf.train.range_input_producer(20, num_epochs=1, shuffle=False).dequeue()
    batch = tf.train.shuffle_batch({"n": number}, 5, capacity=12, min_after_dequeue=6, seed=2)
    found = [row for (rows,) in all_of(batch["n"]) for row in rows]
    assert sorted(found) == list(range(20))
    assert found != sorted(found)


def test_padded_and_joined_batches() -> None:
    length = tf.train.range_input_producer(4, num_epochs=1, shuffle=False).dequeue()
    ragged = tf.fill([length], length)
    batch = tf.train.batch([ragged], 4, dynamic_pad=True)
    assert all_of(batch) == [[[[0] * 3, [1, 0, 0], [2, 2, 0], [3, 3, 3]]]]
    with tf.Graph().as_default():
        one = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue()
        other = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue()
        joined = all_of(tf.train.batch_join([[one], [other + 10]], 6))
    assert sorted(joined[0][0]) == [0, 1, 2, 10, 11, 12]


def test_rows_of_tensors_as_elements_and_those_that_are_kept() -> None:
    number = tf.train.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
    rows = tf.train.batch([tf.stack([number, -number])], 6, enqueue_many=True)
    assert all_of(rows) == [[[0, 0, 1, -1, 2, -2]], [[3, -3, 4, -4, 5, -5]]]
    with tf.Graph().as_default():
        number = tf.train.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
        even = tf.train.maybe_batch([number], tf.equal(number % 2, 0), 3)
        assert all_of(even) == [[[0, 2, 4]]]


def test_names_of_nodes_are_those_of_v1() -> None:
    """Recorded from TensorFlow 2.21."""
    tf.train.batch([tf.constant([1.0, 2.0]), tf.constant(3)], 2)
    assert names() == [
        "Const", "Const_1", "batch/Const", "batch/fifo_queue", "batch/fifo_queue_enqueue",
        "batch/fifo_queue_Close",
        "batch/fifo_queue_Close_1", "batch/fifo_queue_Size", "batch/Cast", "batch/mul/y", "batch/mul",
        "batch/fraction_of_32_full/tags", "batch/fraction_of_32_full", "batch/n", "batch",
    ]  # fmt: skip
    with tf.Graph().as_default():
        tf.train.string_input_producer(["a", "b"], num_epochs=2, shuffle=False)
        assert names()[7:] == [
            "input_producer/Identity", "input_producer/limit_epochs/Const",
            "input_producer/limit_epochs/epochs", "input_producer/limit_epochs/epochs/Assign",
            "input_producer/limit_epochs/epochs/read", "input_producer/limit_epochs/CountUpTo",
            "input_producer/limit_epochs", "input_producer", "input_producer/input_producer_EnqueueMany",
            "input_producer/input_producer_Close", "input_producer/input_producer_Close_1",
            "input_producer/input_producer_Size", "input_producer/Cast", "input_producer/mul/y",
            "input_producer/mul", "input_producer/fraction_of_32_full/tags",
            "input_producer/fraction_of_32_full",
        ]  # fmt: skip


def test_matching_files_are_looked_for_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    found = tf.train.match_filenames_once(str(tmp_path / "*.txt"))
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        (tmp_path / "b.txt").touch()
        assert session.run(found).tolist() == [str(tmp_path / "a.txt").encode()]


def test_an_error_of_a_runner_is_raised_in_join() -> None:
    queue = tf.FIFOQueue(10, tf.float32)
    fed = tf.placeholder(tf.float32, [])
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(fed)]))
    with tf.Session() as session:
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed"):
            coordinator.join(threads)
        assert coordinator.joined


def test_threads_end_with_the_session() -> None:
    queue = tf.FIFOQueue(1, tf.int32)
    runner = tf.train.QueueRunner(queue, [queue.enqueue(1)] * 3)
    with tf.Session() as session:
        threads = runner.create_threads(session, start=True)
        assert len(threads) == 3
        assert runner.create_threads(session) == []
        assert session.run(queue.dequeue()) == 1
    for each in threads:
        each.join(10)
    assert not any(each.is_alive() for each in threads)
    assert runner.exceptions_raised == []


def test_a_queue_is_closed_when_the_last_runner_ends() -> None:
    queue = tf.FIFOQueue(100, tf.int64)
    twice = tf.train.limit_epochs(tf.constant(5, tf.int64), 2)
    runner = tf.train.QueueRunner(queue, [queue.enqueue(twice)] * 2)
    take = queue.dequeue()
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        for each in runner.create_threads(session, start=True):
            each.join(10)
        assert [session.run(take), session.run(take)] == [5, 5]
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(take)


def test_coordinator() -> None:
    coordinator = tf.train.Coordinator()
    with coordinator.stop_on_exception():
        raise tf.errors.OutOfRangeError(None, None, "the end")
    assert coordinator.should_stop()
    coordinator.join()  # the end of input is no error
    coordinator.clear_stop()
    assert not coordinator.should_stop()
    assert not coordinator.wait_for_stop(0.01)
    with pytest.raises(KeyError), coordinator:
        raise KeyError("x")
    with pytest.raises(KeyError):
        coordinator.raise_requested_exception()
    never = threading.Event()
    thread = threading.Thread(target=never.wait, name="stubborn", daemon=True)
    thread.start()
    with pytest.raises(RuntimeError, match="threads still running: stubborn"):
        coordinator.join([thread], stop_grace_period_secs=0.05)
    never.set()


def test_looper() -> None:
    coordinator = tf.train.Coordinator()
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        if len(calls) == 3:
            coordinator.request_stop()

    tf.train.LooperThread.loop(coordinator, 0.001, work)
    coordinator.join()
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: tf.train.string_input_producer([]), ValueError, "requires a non-null input tensor"),
        (lambda: tf.train.batch([tf.placeholder(tf.int32, [None])], 3), ValueError, "must be fully defined"),
        (lambda: tf.train.shuffle_batch([1], 3, 5, 5), ValueError, "must be bigger than min_after_dequeue"),
        (lambda: tf.train.limit_epochs(1, 0), ValueError, "num_epochs must be > 0 not 0"),
        (lambda: tf.train.QueueRunner(None, []), ValueError, "queue and enqueue_ops are required"),
        (lambda: tf.train.start_queue_runners(), ValueError, "No default session is registered"),
        (lambda: tf.train.batch(3, 2), TypeError, "Expected a list or dict of tensors"),
    ],
)
def test_what_is_refused(make: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()
