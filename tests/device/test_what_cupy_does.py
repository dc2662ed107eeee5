"""What CuPy does that NumPy does not, by its source: the backend has to know it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends import available
from scopetrie.backends.cupy import CupyBackend
from simulated_cupy import COMPILER, NEEDS_COMPILER, counted, installed
from simulated_cupy.memory import limit_pinned
from simulated_cupy.runtime import current_stream


@pytest.fixture(autouse=True)
def cupy() -> Iterator[Any]:
    with installed() as module, tf.Graph().as_default():
        yield module


@pytest.mark.parametrize("value", [-0.0, 0.0, complex(-0.0, 0.0), complex(0.0, -0.0)])
def test_the_sign_of_zero_goes_up(value: complex, cupy: Any) -> None:
    """CuPy's `full` and `fill` set all bytes to 0 where a number equals 0."""
    dtype = np.complex64 if isinstance(value, complex) else np.float32
    given = np.array([value], dtype)
    backend = CupyBackend()
    assert backend.from_host(given).get().tobytes() == given.tobytes()
    assert cupy.full(1, value, dtype).get().tobytes() == np.zeros(1, dtype).tobytes()
    if dtype is np.float32:
        x = tf.placeholder(tf.int32, [1])
        filled = tf.fill(x, np.float32(value))
        with tf.Session(backend=backend) as session:
            assert np.signbit(session.run(filled, {x: [2]})).tolist() == [bool(np.signbit(value))] * 2


def test_the_stream_that_a_program_uses_stays(cupy: Any) -> None:
    """At the end of a `with`, CuPy forgets which stream was chosen by `use`."""
    own = cupy.cuda.Stream(non_blocking=True).use()
    x = tf.placeholder(tf.complex64, [4])
    with tf.device("/gpu:1"):
        real = tf.real(x)  # strided: CuPy's `get` has a `with` of its own
    y = real * 2.0
    given = np.arange(4).astype(np.complex64)
    with tf.Session(backend="cupy") as session:
        for _ in range(3):
            found = session.run([real, y], {x: given})
            assert [each.tolist() for each in found] == [[0, 1, 2, 3], [0, 2, 4, 6]]
            assert current_stream() == own
            with cupy.cuda.Stream(non_blocking=True) as other:
                session.run(y, {x: given})
                assert current_stream() == other
            own.use()
    assert current_stream(1) == cupy.cuda.Stream.null


def test_strided_arrays_go_to_another_device(cupy: Any) -> None:
    """CuPy refuses to copy them, and its null stream is that of the current device."""
    with cupy.cuda.Device(1):
        there = cupy.asarray(np.arange(12.0, dtype=np.float32).reshape(3, 4))[:, ::2]
    x = tf.placeholder(tf.float32, [3, 2])
    with tf.device("/gpu:1"):
        y = x + 1.0
    with tf.Session(backend="cupy") as session, counted() as counts:
        assert session.run(y, {x: there}).tolist() == [[1, 3], [5, 7], [9, 11]]
        assert counts.between == 2  # to the session's own device, and back
        with cupy.cuda.Device(1):
            there[...] = 0.0  # its memory is used again, there


def test_arrays_of_another_library_and_device(cupy: Any) -> None:
    class Foreign:
        def __dlpack_device__(self) -> tuple[int, int]:
            return 13, 1  # managed memory

        def __dlpack__(self, *, stream: int, max_version: Any = None, copy: Any = None) -> Any:
            assert (stream, cupy.cuda.Device().id) == (1, 1)
            return cupy.ones(2, np.float32)

    x = tf.placeholder(tf.float32, [2])
    with tf.Session(backend="cupy") as session, counted() as counts:
        assert session.run(x + x, {x: Foreign()}).tolist() == [2.0, 2.0]
        assert counts.between == 1


def test_pinned_memory_runs_out() -> None:
    x = tf.placeholder(tf.float32, [2])
    with tf.Session(backend="cupy") as session:
        for room in (1, 2):
            limit_pinned(room)
            try:
                with pytest.raises(tf.errors.ResourceExhaustedError):
                    session.run([x * 2.0, x * 3.0], {x: [1.0, 2.0]})
            finally:
                limit_pinned(-1)
        assert session.run(x * 2.0, {x: [1.0, 2.0]}).tolist() == [2.0, 4.0]


def test_a_run_that_fails_waits_for_its_copies(cupy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x = tf.placeholder(tf.float32, [2])
    get = cupy.ndarray.get

    def second(array: Any, **named: Any) -> Any:
        if array.dtype == np.float64:
            raise RuntimeError("lost")
        return get(array, **named)

    with tf.Session(backend="cupy") as session, monkeypatch.context() as patch, counted() as counts:
        patch.setattr(cupy.ndarray, "get", second)
        with pytest.raises(tf.errors.OpError, match="lost"):
            session.run([x * 2.0, tf.cast(x, tf.float64)], {x: [1.0, 2.0]})
        gc.collect()
        assert counts.all == (1, 1, 1)  # the copy that had begun is waited for: its buffer is used again


def test_a_compiler_that_fails_is_said(cupy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """CuPy's CompileException is no RuntimeError: without CUDA's headers, the first kernel raises it."""

    class CompileException(Exception):  # CuPy's name
        pass

    def failing(*args: Any, **kwargs: Any) -> Any:
        raise CompileException("cannot open source file cuda_fp16.h")

    monkeypatch.setattr(cupy, "zeros", failing)
    reason = available()["cupy"]
    assert "cannot open source file" in reason
    assert "scopetrie[cuda13]" in reason


def test_a_flat_buffer_takes_what_is_on_the_host(cupy: Any) -> None:
    """CuPy's `x[...] = ...` takes no arrays of NumPy's."""
    store = tf.Store(backend="cupy")
    for name in "ab":
        store.get(name, (2,), initializer="ones")
    flat = store.flat()
    for value in (np.arange(4.0), [3, 2, 1, 0], 5.0, cupy.full(4, 7.0), -0.0):
        flat.data = value
        expected = np.empty(4, np.float32)
        expected[:] = value.get() if isinstance(value, cupy.ndarray) else value
        assert flat.data.get().tobytes() == expected.tobytes()


@pytest.mark.skipif(COMPILER is None, reason=NEEDS_COMPILER)
def test_a_copy_in_one_piece_is_in_the_order_of_c(cupy: Any) -> None:
    """CuPy's `array(copy=True)` keeps the order of the strides."""
    x = tf.placeholder(tf.float32, [2, 3])
    y = tf.reshape(x, [1, 2, 3]) * 2.0 + 1.0
    given = cupy.asarray(np.arange(6.0, dtype=np.float32).reshape(3, 2)).T
    with tf.Session(backend="cupy") as session:
        for _ in range(3):
            assert session.run(y, {x: given}).tolist() == [[[1, 5, 9], [3, 7, 11]]]
