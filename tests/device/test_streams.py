"""Runs go by streams of their own, in an order with each other and with the program's that is checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from simulated_cupy import counted, installed
from simulated_cupy.runtime import RaceError, current_stream


@pytest.fixture(autouse=True)
def cupy() -> Iterator[Any]:
    with installed() as module, tf.Graph().as_default():
        yield module


def test_the_simulation_finds_what_has_no_order(cupy: Any) -> None:
    import cupyx

    one, other = cupy.cuda.Stream(non_blocking=True), cupy.cuda.Stream(non_blocking=True)
    with one:
        x = cupy.ones(3)
    with other:
        with pytest.raises(RaceError):
            x + 1
        other.wait_event(one.record())
        y = x + 1
    with pytest.raises(RaceError):
        y + 1
    other.synchronize()
    assert (y + 1).get().tolist() == [3.0, 3.0, 3.0]
    with one:
        host = cupyx.empty_pinned(3)
        x.get(out=host, blocking=False)
        assert host.tolist() != [1.0, 1.0, 1.0]
        one.synchronize()
    assert host.tolist() == [1.0, 1.0, 1.0]


def test_each_session_has_a_stream_of_its_own(cupy: Any) -> None:
    seen: list[Any] = []

    def note(x: Any) -> Any:
        seen.append(current_stream())
        return x

    y = tf.py_func(note, [tf.constant([1.0])], tf.float32)
    for _ in range(2):
        with tf.Session(backend="cupy") as session:
            session.run(y)
            session.run(y)
    first, again, second, _ = seen
    assert first == again
    assert first != second
    assert cupy.cuda.Stream.null not in seen
    assert current_stream() == cupy.cuda.Stream.null


def test_all_fetches_are_waited_for_once() -> None:
    x = tf.placeholder(tf.float32, [3])
    fetches = [x * 2, {"sum": tf.reduce_sum(x), "shape": tf.shape(x)}, tf.gather(x, tf.cast(x, tf.int32))]
    with tf.Session(backend="cupy") as session, tf.Session(backend="numpy") as other:
        for _ in range(3):
            with counted() as counts:
                found = session.run(fetches, {x: [0.0, 1.0, 2.0]})
            assert counts.all == (1, 4, 1)
            expected = other.run(fetches, {x: [0.0, 1.0, 2.0]})
            assert repr(found) == repr(expected)
        assert found[0].flags.owndata


def test_a_fed_array_may_be_changed_at_once() -> None:
    x, total = tf.placeholder(tf.float32, [4]), tf.get_variable("t", [4], initializer=tf.zeros_initializer())
    update = total.assign_add(x).op
    given = np.ones(4, np.float32)
    with tf.Session(backend="cupy") as session:
        session.run(total.initializer)
        for _ in range(20):
            with counted() as counts:
                session.run(update, {x: given})
            assert counts.all == (1, 0, 0)
            given[:] = 1.0
        assert session.run(total).tolist() == [20.0] * 4


def test_arrays_go_between_the_programs_stream_and_those_of_sessions(cupy: Any) -> None:
    x = tf.placeholder(tf.float32, [2])
    y = x * 2.0
    own = cupy.cuda.Stream(non_blocking=True)
    with tf.Session(backend="cupy") as one, tf.Session(backend="cupy") as other, own:
        for _ in range(3):
            with counted() as counts:
                z = one.run_on_device(y, {x: cupy.ones(2, np.float32)})
                z = other.run_on_device(y, {x: z + 1})
                made = z + 1
            assert counts.all == (0, 0, 0)
            assert made.get().tolist() == [7.0, 7.0]


def test_sessions_of_one_store_follow_each_other() -> None:
    store = tf.Store(backend="cupy")
    w = tf.get_variable("w", [2], initializer=tf.zeros_initializer())
    update = w.assign_add([1.0, 1.0]).op
    with tf.Session(store=store) as one, tf.Session(backend="cupy", store=store) as other:
        one.run(w.initializer)
        for session in (one, other) * 3:
            session.run(update)
        assert one.run(w).tolist() == other.run(w).tolist() == [6.0, 6.0]
        assert (store["w"] * 2).get().tolist() == [12.0, 12.0]


def test_a_traced_run_gives_its_values() -> None:
    options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
    y = tf.constant([1.0, 2.0]) * tf.random_uniform([], 2.0, 2.0)
    with tf.Session(backend="cupy") as session:
        assert session.run(y, options=options, run_metadata=metadata).tolist() == [2.0, 4.0]


def test_a_failed_run_leaves_the_callers_stream(cupy: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = x + tf.constant([1.0, 2.0])
    with tf.Session(backend="cupy") as session:
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(y, {x: np.ones(3)})
        assert current_stream() == cupy.cuda.Stream.null
        assert session.run(y, {x: np.ones(2)}).tolist() == [2.0, 3.0]
