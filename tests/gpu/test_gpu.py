"""What only a device can show; `.ci/gpu` runs this where there is one. It has not run yet: docs/gpu.md."""

from __future__ import annotations

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


def run(backend: Any, program: Any) -> tuple[list[Any], set[str]]:
    """What a program gives, three times over, and its op types."""
    with tf.Graph().as_default() as graph:
        fetches, feeds, before = program.build()
        with tf.Session(backend=backend) as session:
            for each in before:
                session.run(each)
            return [session.run(fetches, feeds) for _ in range(3)], types_of(graph)


@pytest.mark.parametrize("part", range(16))
def test_every_op_computes_what_numpy_does(part: int) -> None:
    faults = []
    for program in list(programs())[part::16]:
        (expected, types), (found, _) = run("numpy", program), run("cupy", program)
        try:
            for one, other in zip(expected, found, strict=True):
                for a, b in zip(one, other, strict=True):
                    if isinstance(a, (np.ndarray, np.generic)) and a.dtype.kind in "fciub":
                        assert (a.dtype, np.shape(a)) == (b.dtype, np.shape(b))
                        np.testing.assert_allclose(b, a, rtol=2e-3, atol=1e-4)
        except AssertionError as error:
            faults.append((program.name, sorted(types), str(error).strip().split("\n")[0]))
    assert not faults


def test_no_program_waits_behind_the_users_back() -> None:
    """CuPy itself says where it waits: with values that are on the device, nothing does."""
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
                given = {each: cupy.from_host(np.asarray(value)) for each, value in feeds.items()}
                for _ in range(2):
                    session.run_on_device(fetches, given)
                try:
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
