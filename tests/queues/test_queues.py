"""Queues: what goes in and comes out, who waits for whom, and how waiting ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


class Run(threading.Thread):
    """A run in a thread of its own, which keeps its error or value."""

    def __init__(self, function: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.function, self.error, self.value = function, None, None
        self.start()

    def run(self) -> None:
        try:
            self.value = self.function()
        except Exception as error:
            self.error = error

    def ended(self) -> Any:
        self.join(10)
        assert not self.is_alive()
        if self.error is not None:
            raise self.error
        return self.value


def waits(run: Run) -> bool:
    run.join(0.05)
    return run.is_alive()


def test_first_in_first_out() -> None:
    queue = tf.FIFOQueue(10, [tf.int32, tf.string], shapes=[[2], []])
    assert (queue.name, queue.dtypes) == ("fifo_queue", [tf.int32, tf.string])
    put = queue.enqueue_many([[[1, 2], [3, 4], [5, 6]], ["a", "b", "c"]])
    one, many = queue.dequeue(), queue.dequeue_many(2)
    assert [each.shape.as_list() for each in (*one, *many)] == [[2], [], [2, 2], [2]]
    with tf.Session() as session:
        session.run(put)
        assert session.run(queue.size()) == 3
        assert [each.tolist() if isinstance(each, np.ndarray) else each for each in session.run(one)] == [
            [1, 2],
            b"a",
        ]
        assert [each.tolist() for each in session.run(many)] == [[[3, 4], [5, 6]], [b"b", b"c"]]


def test_each_session_has_its_own_elements() -> None:
    queue = tf.FIFOQueue(10, tf.int32)
    with tf.Session() as one, tf.Session() as other:
        one.run(queue.enqueue(1))
        assert [one.run(queue.size()), other.run(queue.size())] == [1, 0]


def test_names_make_dicts() -> None:
    queue = tf.FIFOQueue(3, [tf.float32, tf.int32], names=["a", "b"])
    with tf.Session() as session:
        session.run(queue.enqueue({"b": 1, "a": 2.0}))
        assert session.run(queue.dequeue()) == {"a": 2.0, "b": 1}
    with pytest.raises(ValueError, match="must enqueue a dictionary"):
        queue.enqueue([1.0, 2])
    with pytest.raises(ValueError, match="do not match names of Queue"):
        queue.enqueue({"a": 1.0})


def test_elements_are_copies() -> None:
    queue, fed = tf.FIFOQueue(3, tf.float32), tf.placeholder(tf.float32, [2])
    v = tf.get_variable("v", initializer=[1.0, 2.0])
    put, from_variable, take = queue.enqueue(fed), queue.enqueue(v), queue.dequeue()
    value = np.array([3.0, 4.0], np.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(put, {fed: value})
        session.run(from_variable)
        value[:] = 0
        session.run(tf.assign(v, [0.0, 0.0]))
        assert [session.run(take).tolist() for _ in range(2)] == [[3, 4], [1, 2]]


def test_shuffling() -> None:
    queue = tf.RandomShuffleQueue(20, 4, tf.int64, [[]], seed=1)
    put, take, close = queue.enqueue_many([np.arange(12)]), queue.dequeue(), queue.close()
    with tf.Session() as session:
        session.run(put)
        found = [int(session.run(take)) for _ in range(8)]
        late = Run(lambda: session.run(take))
        assert waits(late)  # four stay, so that there is a choice
        session.run(close)
        found += [int(late.ended()), *(int(session.run(take)) for _ in range(3))]
        assert sorted(found) == list(range(12))
        assert found != sorted(found)
    with tf.Session() as session:
        session.run(put)
        assert [int(session.run(take)) for _ in range(8)] == found[:8]


def test_padding_and_priorities() -> None:
    queue = tf.PaddingFIFOQueue(5, tf.int32, [[None, 2]])
    rows = queue.dequeue_many(2)
    first = tf.PriorityQueue(5, tf.string, [[]])
    texts = first.dequeue_many(3)
    with tf.Session() as session:
        session.run(queue.enqueue([[[1, 1]]]))
        session.run(queue.enqueue([[[2, 2], [3, 3]]]))
        assert session.run(rows).tolist() == [[[1, 1], [0, 0]], [[2, 2], [3, 3]]]
        for priority, text in ((3, "c"), (1, "a"), (2, "b")):
            session.run(first.enqueue([priority, text]))
        assert [each.tolist() for each in session.run(texts)] == [[1, 2, 3], [b"a", b"b", b"c"]]


def test_a_full_queue_makes_wait_and_other_runs_go_on() -> None:
    queue = tf.FIFOQueue(1, tf.int32)
    put, take, other = queue.enqueue(1), queue.dequeue(), tf.constant(1) + 1
    with tf.Session() as session:
        session.run(put)
        late = Run(lambda: session.run(put))
        assert waits(late)
        assert session.run(other) == 2
        assert session.run(take) == 1
        late.ended()


def test_taking_more_than_fit_at_once() -> None:
    queue = tf.FIFOQueue(2, tf.int32, [[]])
    put, take = queue.enqueue_many([[1, 2, 3, 4, 5]]), queue.dequeue_many(5)
    with tf.Session() as session:
        late = Run(lambda: session.run(take))
        assert waits(late)
        session.run(put)
        assert late.ended().tolist() == [1, 2, 3, 4, 5]


def test_first_come_first_served() -> None:
    queue = tf.FIFOQueue(10, tf.int32, [[]])
    put, two, one = queue.enqueue(7), queue.dequeue_many(2), queue.dequeue()
    with tf.Session() as session:
        first = Run(lambda: session.run(two))
        assert waits(first)
        second = Run(lambda: session.run(one))
        session.run(put)
        assert waits(first)
        assert waits(second)
        session.run(put)
        first.ended()
        session.run(put)
        second.ended()


def test_a_closed_queue() -> None:
    queue = tf.FIFOQueue(3, tf.float32, [[]])
    put, take, up_to = queue.enqueue(1.0), queue.dequeue_many(2), queue.dequeue_up_to(2)
    with tf.Session() as session:
        session.run(put)
        assert not session.run(queue.is_closed())
        session.run(queue.close())
        assert session.run(queue.is_closed())
        with pytest.raises(tf.errors.CancelledError, match=r"FIFOQueue '\w+' is closed\."):
            session.run(put)
        fault = r"^FIFOQueue '\w+' is closed and has insufficient elements \(requested 2, current size 1\)"
        with pytest.raises(tf.errors.OutOfRangeError, match=fault):
            session.run(take)
        assert session.run(up_to).tolist() == [1.0]
        with pytest.raises(tf.errors.OutOfRangeError, match="current size 0"):
            session.run(up_to)


@pytest.mark.parametrize("cancel", [False, True])
def test_closing_while_others_wait_for_room(cancel: bool) -> None:
    queue = tf.FIFOQueue(1, tf.int32)
    put, take, close = queue.enqueue(1), queue.dequeue(), queue.close(cancel_pending_enqueues=cancel)
    with tf.Session() as session:
        session.run(put)
        late = Run(lambda: session.run(put))
        assert waits(late)
        session.run(close)
        if cancel:
            with pytest.raises(tf.errors.CancelledError, match="Enqueue operation was cancelled"):
                late.ended()
        assert session.run(take) == 1
        if not cancel:
            late.ended()
            assert session.run(take) == 1
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(take)


def test_closing_the_session_ends_all_waiting() -> None:
    queue, other = tf.FIFOQueue(1, tf.int32), tf.FIFOQueue(1, tf.int32)
    put, take = queue.enqueue(1), other.dequeue()
    session = tf.Session()
    session.run(put)
    late = [Run(lambda: session.run(put)), Run(lambda: session.run(take))]
    assert all(map(waits, late))
    session.close()
    for run, what in zip(late, ("Enqueue", "Dequeue"), strict=True):
        with pytest.raises(tf.errors.CancelledError, match=f"{what} operation was cancelled"):
            run.ended()


def test_waiting_ends_in_time() -> None:
    queue = tf.FIFOQueue(1, tf.int32)
    take = queue.dequeue()
    start = time.monotonic()
    with tf.Session() as session:
        with pytest.raises(tf.errors.DeadlineExceededError, match="Timed out waiting for notification"):
            session.run(take, options=tf.RunOptions(timeout_in_ms=30))
        session.run(queue.enqueue(5), options=tf.RunOptions(timeout_in_ms=30))
        assert session.run(take) == 5
    config = tf.ConfigProto(operation_timeout_in_ms=30)
    with tf.Session(config=config) as session, pytest.raises(tf.errors.DeadlineExceededError):
        session.run(take)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda q: q.enqueue([1.0, 2.0]), ValueError, "Expected 1 values to enqueue"),
        (lambda q: q.enqueue("a"), TypeError, "Expected float32"),
        (lambda q: q.enqueue([[1.0, 2.0]]), ValueError, r"Shapes \(2,\) and \(\) are incompatible"),
        (lambda q: q.enqueue_many([1.0]), ValueError, "at least rank 1"),
        (lambda q: tf.FIFOQueue(1, [tf.int32], [[], []]), ValueError, "same length as dtypes"),
        (lambda q: tf.QueueBase.from_list(0, [q]), NotImplementedError, "tf.case"),
    ],
)
def test_what_is_refused(make: Any, error: Any, message: str) -> None:
    queue = tf.FIFOQueue(3, tf.float32, [[]])
    before = tf.get_default_graph().get_operations()
    with pytest.raises(error, match=message):
        make(queue)
    assert tf.get_default_graph().get_operations() == before


def test_shapes_that_only_a_run_knows() -> None:
    queue, fed = tf.FIFOQueue(3, tf.float32, [[2]]), tf.placeholder(tf.float32)
    put, unknown = queue.enqueue(fed), tf.FIFOQueue(3, tf.float32).dequeue_many(2)
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected \[2\], got \[3\]"):
            session.run(put, {fed: [1.0, 2.0, 3.0]})
        with pytest.raises(tf.errors.InvalidArgumentError, match="require the components to have spec"):
            session.run(unknown)
