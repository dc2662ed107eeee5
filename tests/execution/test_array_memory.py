"""Memory of arrays that runs make: kept for the next run, and never in two hands."""

from __future__ import annotations

import threading

import numpy as np
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
