"""Plans that run again are recorded as CUDA graphs, and launched as one; on the simulated CuPy."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from device_programs import programs
from scopetrie.backends.cupy import CupyBackend
from simulated_cupy import COMPILER, NEEDS_COMPILER, counted, installed
from simulated_cupy.memory import POOLS


@pytest.fixture(autouse=True)
def cupy() -> Iterator[Any]:
    with installed() as module, tf.Graph().as_default():
        yield module


def both(fuse: bool = False) -> tuple[tf.Session, tf.Session]:
    """A session that replays, and NumPy's."""
    return tf.Session(backend=CupyBackend(fuse=fuse, replay=True)), tf.Session(backend="numpy")


def agree(one: Any, other: Any) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
        assert (a.dtype, a.shape) == (b.dtype, b.shape)


@pytest.mark.parametrize(
    "fuse", [False, pytest.param(True, marks=pytest.mark.skipif(not COMPILER, reason=NEEDS_COMPILER))]
)
def test_training_is_one_launch_a_step(fuse: bool) -> None:
    x, y = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.int32, [None])
    w = tf.get_variable("w", initializer=np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4))
    logits = tf.tanh(tf.matmul(x, w))
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    step = tf.train.AdamOptimizer(0.05).minimize(loss)
    numbers = np.random.default_rng(0)
    session, other = both(fuse)
    with session, other:
        for each in (session, other):
            each.run(tf.global_variables_initializer())
        for at in range(6):
            given = {x: numbers.normal(size=(5, 3)), y: numbers.integers(0, 4, 5)}
            with counted() as counts:
                found = session.run([loss, step], given)[:1]
            agree(found, other.run([loss, step], given)[:1])
            assert counts.all == (2, 2, 1)
            if at > 1:  # the feeds go to where the graph has them
                assert (counts.graphs, counts.launches) == (1, 2 + 1)  # and the check of labels
        agree([session.run(w)], [other.run(w)])


def test_other_shapes_have_recordings_of_their_own() -> None:
    x = tf.placeholder(tf.float32, [None])
    y = tf.exp(x) * 2.0 + tf.reduce_sum(x)
    session, other = both()
    with session, other:
        for at in range(12):
            given = {x: np.linspace(0, 1, 2 + at % 2) + at}
            with counted() as counts:
                agree([session.run(y, given)], [other.run(y, given)])
            assert counts.graphs == (at > 2)
        for length in range(3, 40):  # too many forms: counting begins anew
            given = {x: np.linspace(0, 1, length)}
            agree([session.run(y, given)], [other.run(y, given)])


def test_numbers_of_the_host_are_part_of_the_form() -> None:
    x, rate, axis = (
        tf.placeholder(tf.float32, [2, 2]),
        tf.placeholder(tf.float32, []),
        tf.placeholder(tf.int32, []),
    )
    y = tf.reduce_sum(x, axis) * rate
    session, other = both()
    with session, other:
        for at in range(12):
            given = {x: np.ones((2, 2)) * at, rate: 0.5 + at // 6, axis: at // 3 % 2}
            agree([session.run(y, given)], [other.run(y, given)])


def test_what_is_fetched_is_the_callers(cupy: Any) -> None:
    x = tf.placeholder(tf.float32, [2])
    y = x * 3.0
    session, _ = both()
    with session:
        found = [session.run_on_device([y, x], {x: cupy.full(2, float(at), np.float32)}) for at in range(5)]
        for at, values in enumerate(found):
            assert [each.tolist() for each in values] == [[at * 3.0] * 2, [at] * 2]
        held = [session.run(y, {x: [at, at]}) for at in range(5)]
        assert [each.tolist() for each in held] == [[at * 3.0] * 2 for at in range(5)]


def test_a_variable_with_another_memory_is_recorded_again() -> None:
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    step, y = w.assign_add([1.0, 1.0]).op, w * 2.0
    session, other = both()
    with session, other:
        for each in (session, other):
            each.run(w.initializer)
        for at in range(10):
            for each in (session, other):
                each.run(step)
            agree([session.run(y)], [other.run(y)])
            if at == 4:
                session.store.flat()  # moves it
            if at == 6:
                session.store["w"].assign(np.zeros(2))
                w.load([0.0, 0.0], other)
        with counted() as counts:
            session.run(step)
        assert (counts.graphs, counts.launches) == (1, 0)


def test_checks_are_looked_at(cupy: Any) -> None:
    w, at = tf.get_variable("w", initializer=np.ones(3, np.float32)), tf.placeholder(tf.int32, [2])
    update = tf.scatter_add(w, at, [1.0, 1.0]).op
    rows = tf.gather(w, at)
    session, _ = both()
    with session:
        session.run(tf.global_variables_initializer())
        for _ in range(4):
            session.run(update, {at: [0, 1]})
            assert session.run(rows, {at: [2, 2]}).tolist() == [1.0, 1.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 5 is not in \[0, 3\)"):
            session.run(rows, {at: [0, 5]})
        session.run(update, {at: [0, 7]})
        session.run(update, {at: [0, 1]})  # a later launch does not hide the fault
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 7 is not in \[0, 3\)"):
            session.run(w)


def test_what_depends_on_more_than_its_arguments_is_not_recorded() -> None:
    x = tf.placeholder(tf.float32, [3])
    calls: list[int] = []

    def note(value: Any) -> Any:
        calls.append(1)
        return value

    queue = tf.FIFOQueue(100, [tf.float32], [[3]])
    put = queue.enqueue([x])
    programs = [
        x + tf.random_uniform([3], seed=1),
        tf.py_func(note, [x], tf.float32) * 2.0,
        tf.cond(tf.reduce_sum(x) > 3.0, lambda: x, lambda: -x),
        tf.while_loop(lambda i: tf.reduce_sum(i) < 10.0, lambda i: i + x, [x]),
        tf.boolean_mask(x, x > 1.0),  # waits: CUDA refuses to record it
        tf.real(tf.ifft(tf.fft(tf.cast(x, tf.complex64)))),
    ]
    session, other = both()
    with session, other, counted() as counts:
        for at in range(6):
            given = {x: [1.0, 2.0, 0.5 + at % 2]}
            for program in programs:
                agree([session.run(program, given)], [other.run(program, given)])
            session.run(put, given)
        assert len(calls) == 12
        assert session.run(queue.size()) == 6
        assert counts.graphs == 0


def test_memory_is_given_back_and_a_full_device_runs_as_before(cupy: Any) -> None:
    x = tf.placeholder(tf.float32, [1000])
    y = tf.exp(x) + 1.0
    session, _ = both()
    begin = POOLS[0].used
    with session:
        for at in range(4):
            if at == 2:  # the recording is refused its memory
                recorded = session.backend.recorded

                def full(function: Any, given: Any) -> Any:
                    raise cupy.cuda.memory.OutOfMemoryError(8, 0)

                session.backend.recorded = full  # type: ignore[method-assign]
            with counted() as counts:
                assert session.run(y, {x: np.zeros(1000)})[0] == 2.0
            assert counts.graphs == 0
        session.backend.recorded = recorded  # type: ignore[method-assign]
        z = y * 2.0
        for _ in range(4):
            session.run(z, {x: np.zeros(1000)})
        replay = next(reversed(session._programs.values())).plan._replay
        assert replay.recordings == 1
        pool = next(iter(replay._forms.values()))[0]._pool
        assert pool.used_bytes() > 0
    gc.collect()
    assert (pool.used_bytes(), pool.total_bytes()) == (0, 0)
    assert POOLS[0].used == begin


def test_threads_record_alone() -> None:
    x = tf.placeholder(tf.float32, [100])
    w = tf.get_variable("w", [100], initializer=tf.zeros_initializer())
    y, step = tf.sin(x) * 2.0, w.assign_add(x).op
    session, other = both()
    expected = {at: other.run(y, {x: np.full(100, at / 10)}) for at in range(40)}
    faults: list[Any] = []

    def work(first: int) -> None:
        try:
            for at in range(first, 40, 4):
                given = {x: np.full(100, at / 10)}
                np.testing.assert_allclose(session.run(y, given), expected[at], rtol=1e-6)
                session.run(step, given)
        except Exception as error:
            faults.append(error)

    with session:
        session.run(w.initializer)
        threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert not faults
        np.testing.assert_allclose(session.run(w), np.full(100, sum(range(40)) / 10), rtol=1e-5)


@pytest.mark.parametrize("part", range(2))
def test_programs_give_the_same_again(part: int) -> None:
    recordings = 0
    for program in list(programs())[part::12]:
        with tf.Graph().as_default():
            fetches, feeds, before = program.build()
            session, other = both()
            with session, other:
                found = []
                for each in (session, other):
                    for first in before:
                        each.run(first)
                    found.append([each.run(fetches, feeds) for _ in range(5)])
                recordings += sum(
                    each.plan._replay is not None and each.plan._replay.recordings
                    for each in session._programs.values()
                )
        for one, expected in zip(*found, strict=True):
            for a, b in zip(one, expected, strict=True):
                if isinstance(b, (np.ndarray, np.generic)) and b.dtype.kind in "fciub":
                    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5, err_msg=program.name)
    assert recordings > 40
