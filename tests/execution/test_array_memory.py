"""Memory of arrays that runs make: kept for the next run, and never in two hands."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import scopetrie as tf
from scopetrie._core import InRun

SIZE = 100_000


def test_values_of_earlier_runs_stay_what_they_were():
    x = tf.placeholder(tf.float32, [SIZE])
    made = tf.sqrt(tf.abs(x) + 1.0) * 2.0
    with tf.Session() as session:
        kept = [session.run(made, {x: np.full(SIZE, at, np.float32)}) for at in range(6)]
    for at, each in enumerate(kept):
        assert (each == np.float32(2) * np.sqrt(np.float32(at + 1))).all()


def test_arrays_outlive_their_session_and_may_grow():
    with tf.Session() as session:
        made = session.run(tf.random_normal([SIZE]) * 2.0)
    before = made.copy()
    made.resize(3 * SIZE, refcheck=False)
    assert (made[:SIZE] == before).all() and not made[SIZE:].any()
    made.resize(10, refcheck=False)
    assert (made == before[:10]).all()


def test_a_call_is_what_the_function_makes_of_it():
    call = InRun(lambda *args, **kwargs: (args, kwargs), pooled=True)
    assert call(1, 2, a=3) == ((1, 2), {"a": 3})


def test_threads_share_what_is_kept():
    faults = []

    def work(seed: int) -> None:
        fill = InRun(lambda: np.full(SIZE + seed, seed, np.float32) + np.zeros(SIZE + seed, np.float32), True)
        faults.extend(seed for _ in range(50) if not (fill() == seed).all())

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not faults


DTYPES = (
    *(tf.bool, tf.int8, tf.uint8, tf.int16, tf.uint16, tf.int32, tf.uint32, tf.int64, tf.uint64),
    *(tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.complex64, tf.complex128, tf.string),
)
SHAPES = ((), (1,), (64,), (0,), (3, 0, 2), (2, 3, 4))


@pytest.mark.parametrize("times", [1, 20])
def test_fetched_variables_are_copies_of_every_dtype_and_shape(times):
    """One by one, and so many that a loop copies them."""
    cases = [(dtype, shape) for dtype in DTYPES for shape in SHAPES] * times
    with tf.Graph().as_default():
        variables = []
        for number, (dtype, shape) in enumerate(cases):
            wanted = np.arange(np.prod(shape, dtype=int)).reshape(shape)
            value = wanted.astype(str).astype(object) if dtype == tf.string else wanted
            initial = tf.constant(value, dtype, shape)
            variables.append(tf.get_variable(f"v{number}", initializer=initial))
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        for _ in range(3):  # as steps, and as generated code
            fetched = session.run(variables)
            again = session.run(variables)
            for (dtype, shape), first, second in zip(cases, fetched, again, strict=True):
                assert np.shape(first) == shape
                if not shape:
                    continue
                assert type(first) is np.ndarray
                assert first.dtype == dtype.as_numpy_dtype and first.dtype.isnative
                assert first.flags.writeable and first.flags.c_contiguous and first.flags.owndata
                assert not np.shares_memory(first, second)
                np.testing.assert_array_equal(first, second)
                if first.size:
                    first.flat[0] = first.flat[-1]
            one = session.run(variables[2])
            np.testing.assert_array_equal(one, again[2])
            one[...] = 0  # and the variable is as it was
