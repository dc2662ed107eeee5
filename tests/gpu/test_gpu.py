"""What only a device can show; `.ci/gpu` runs this where there is one. It has not run yet: docs/gpu.md.

`tests/device/test_rehearsal.py` runs it on the simulated CuPy, so that it does not fail for its own faults.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from device.test_random_programs import Program as RandomProgram
from device.test_random_programs import run as run_random
from device_programs import WAITING, programs, types_of
from scopetrie.backends import available, get_backend

REASON = available()["cupy"]
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(bool(REASON), reason=REASON.split("\n")[0] or "-")]
NUMPY = get_backend("numpy")
PARTS = 16


def run(backend: Any, program: Any, times: int = 3) -> tuple[list[Any], set[str]]:
    """What a program gives, some times over, and its op types."""
    with tf.Graph().as_default() as graph:
        fetches, feeds, before = program.build()
        with tf.Session(backend=backend) as session:
            for each in before:
                session.run(each)
            return [session.run(fetches, feeds) for _ in range(times)], types_of(graph)


def differences(expected: list[Any], found: list[Any], rtol: float = 2e-3, atol: float = 1e-4) -> str:
    """The first difference between what two libraries give; empty if there is none."""
    try:
        for one, other in zip(expected, found, strict=True):
            for a, b in zip(one, other, strict=True):
                if isinstance(a, (np.ndarray, np.generic)) and a.dtype.kind in "fciub":
                    assert (a.dtype, np.shape(a)) == (b.dtype, np.shape(b))
                    np.testing.assert_allclose(b, a, rtol=rtol, atol=atol)
    except AssertionError as error:
        return str(error).strip().split("\n")[0]
    return ""


@pytest.mark.parametrize("part", range(PARTS))
def test_every_op_computes_what_numpy_does(part: int) -> None:
    faults = []
    for program in list(programs())[part::PARTS]:
        (expected, types), (found, _) = run("numpy", program), run("cupy", program)
        fault = differences(expected, found)
        if fault:
            faults.append((program.name, sorted(types), fault))
    assert not faults


@pytest.mark.parametrize("part", range(PARTS))
def test_replayed_runs_compute_what_single_kernels_do(part: int) -> None:
    from scopetrie.backends.cupy import CupyBackend

    faults = []
    for program in list(programs())[part :: 2 * PARTS]:
        (expected, types), (found, _) = (
            run(CupyBackend(fuse=False, replay=replay), program, 5) for replay in (False, True)
        )
        # Not bit by bit: sums by atomics have no fixed order.
        fault = differences(expected, found, 1e-5, 1e-6)
        if fault:
            faults.append((program.name, sorted(types), fault))
    assert not faults


def test_training_is_replayed() -> None:
    from scopetrie.backends.cupy import CupyBackend

    x = tf.placeholder(tf.float32, [None, 8])
    w = tf.get_variable("w", initializer=np.linspace(-1, 1, 32, dtype=np.float32).reshape(8, 4))
    loss = tf.reduce_mean(tf.square(tf.tanh(tf.matmul(x, w)) - 0.5))
    step = tf.train.AdamOptimizer(0.05).minimize(loss)
    numbers = np.random.default_rng(0)
    given = [numbers.normal(size=(16, 8)).astype(np.float32) for _ in range(20)]
    found = []
    for backend in (NUMPY, CupyBackend(), CupyBackend(replay=True)):
        with tf.Session(backend=backend) as session:
            session.run(tf.global_variables_initializer())
            found.append([session.run([loss, step], {x: each})[0] for each in given])
            last = next(reversed(session._programs.values())).plan
    np.testing.assert_allclose(found[1], found[0], rtol=1e-3)
    np.testing.assert_allclose(found[2], found[1], rtol=1e-4)
    assert last._replay is None or last._replay.recordings == 1  # None: the last session is closed


def test_cupy_does_what_the_simulation_says() -> None:
    import cupy

    assert not np.signbit(cupy.full(1, -0.0, np.float32).get()).any()
    assert np.signbit(get_backend("cupy").from_host(np.array([-0.0], np.float32)).get()).all()
    x = cupy.arange(3.0)
    assert cupy.take(x, cupy.asarray([4])).tolist() == [1.0]
    with pytest.raises(ValueError, match="non-scalar"):
        x[...] = np.ones(3)
    with pytest.raises(TypeError):
        {cupy.cuda.Device()}
    own = cupy.cuda.Stream(non_blocking=True)
    own.use()
    try:
        with cupy.cuda.Stream(non_blocking=True):
            pass
        assert cupy.cuda.get_current_stream() == cupy.cuda.Stream.null
        own.use()
        with tf.Session(backend="cupy") as session:
            session.run(tf.constant([1.0]) * tf.random_uniform([]))
        assert cupy.cuda.get_current_stream() == own
    finally:
        cupy.cuda.Stream.null.use()


def test_no_program_waits_behind_the_users_back() -> None:
    """CuPy itself says where it copies to the host: with values that are on the device, nothing does."""
    import cupyx

    cupy, faults = get_backend("cupy"), []
    for program in programs():
        with tf.Graph().as_default() as graph:
            fetches, feeds, before = program.build()
            if not types_of(graph).isdisjoint(WAITING):
                continue
            with tf.Session(backend=cupy) as session:
                for each in before:
                    session.run(each)
                session.run_on_device(fetches, feeds)
                hosted = next(reversed(session._programs.values())).plan.hosted
                given = {
                    each: value
                    if each._id in hosted
                    else cupy.from_host(np.asarray(value, each.dtype.as_numpy_dtype))
                    for each, value in feeds.items()
                }
                for _ in range(2):
                    session.run_on_device(fetches, given)
                cupy.checks.forget()  # so many would be looked at
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")  # it may miss waits, and so is deprecated
                        with cupyx.allow_synchronize(False):
                            session.run_on_device(fetches, given)
                except (cupyx.DeviceSynchronized, tf.errors.OpError) as error:
                    faults.append((program.name, str(error).split("\n")[0]))
    assert not faults


@pytest.mark.parametrize("seed", range(20))
def test_fused_kernels_compute_what_single_ones_do(seed: int) -> None:
    from scopetrie.backends.cupy import CupyBackend

    with tf.Graph().as_default():
        program = RandomProgram(seed)
        expected = run_random(CupyBackend(fuse=False), program)
        found = run_random(CupyBackend(), program)
    for one, other in zip(expected, found, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("first", range(5))
def test_fused_kernels_of_arrays_that_begin_anywhere(first: int) -> None:
    import cupy

    x = tf.placeholder(tf.float16, [None])
    y = tf.sqrt(x * 2.0 + 1.0)
    given = np.linspace(0, 9, 1001).astype(np.float16)[first:]
    with tf.Session(backend="cupy") as session:
        on_device = cupy.asarray(np.linspace(0, 9, 1001).astype(np.float16))[first:]
        for _ in range(3):
            found = session.run(y, {x: on_device})
    np.testing.assert_array_equal(found, np.sqrt(given * np.float16(2) + np.float16(1)))


@pytest.mark.parametrize("kind", ["uniform", "normal", "truncated_normal"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_random_numbers(kind: str, dtype: type) -> None:
    cupy = get_backend("cupy")
    expected = NUMPY.draw(kind, (100_001,), np.dtype(dtype), (1, 2), 3)
    found = cupy.to_host(cupy.draw(kind, (100_001,), np.dtype(dtype), (1, 2), 3))
    if kind == "uniform":
        assert np.array_equal(found, expected)
    else:
        assert (np.abs(found - expected) <= 16 * np.spacing(np.abs(expected))).all()


def test_memory_is_given_back() -> None:
    import cupy

    pool = cupy.get_default_memory_pool()
    pool.free_all_blocks()
    before = pool.total_bytes()
    with tf.Graph().as_default():
        w = tf.get_variable("w", [1 << 20], initializer=tf.ones_initializer())
        with tf.Session(backend="cupy") as session:
            session.run(w.initializer)
            session.run(tf.reduce_sum(w * 2))
            assert pool.used_bytes() >= 4 << 20
    assert pool.total_bytes() == before


def test_a_full_device() -> None:
    with tf.Graph().as_default(), tf.Session(backend="cupy") as session:
        with pytest.raises(tf.errors.ResourceExhaustedError):
            session.run_on_device(tf.zeros([1 << 20, 1 << 22]) + tf.random_uniform([]))
        assert session.run(tf.constant(1.0) + tf.random_uniform([], 0, 0)) == 1.0
