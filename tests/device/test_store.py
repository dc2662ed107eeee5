"""A Store whose variables are in the memory of a device: the simulated CuPy's, out of the host's reach."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from simulated_cupy import COMPILER, NEEDS_COMPILER, counted, installed
from simulated_cupy.memory import POOLS


@pytest.fixture(autouse=True)
def cupy() -> Iterator[Any]:
    with installed() as module, tf.Graph().as_default():
        yield module


def used() -> int:
    """Bytes of the device's memory in use."""
    gc.collect()
    return POOLS[0].used


def test_the_first_look_moves_a_variable_to_the_device_once(cupy: Any) -> None:
    store = tf.Store(seed=3, backend="cupy")
    w = store.get("w", (2, 3))
    with counted() as counts:
        array = w.value
        assert isinstance(array, cupy.ndarray)
        assert counts.all == (1, 0, 0)
        again = w.value
        assert again.data.ptr == array.data.ptr
        assert counts.all == (1, 0, 0)
    assert w.array.tolist() == tf.Store(seed=3).get("w", (2, 3)).array.tolist()
    array[...] = 2.0
    assert w.array.tolist() == np.full((2, 3), 2.0).tolist()
    assert not w.array.flags.writeable


def test_operators_compute_on_the_device(cupy: Any) -> None:
    store = tf.Store(backend="cupy")
    w = store.get("w", (3,), initializer="ones")
    array = w.value
    with counted() as counts:
        w -= 0.5
        w[0] = 4.0
        assert isinstance(w * 2, cupy.ndarray)
        assert counts.all == (0, 0, 0)
    assert w is store["w"]
    assert array.get().tolist() == w.array.tolist() == [4.0, 0.5, 0.5]


def test_the_host_reads_no_elements_in_passing(cupy: Any) -> None:
    w = tf.Store(backend="cupy").get("w", (2,), initializer="ones")
    assert w.value.shape == (2,)
    for call in (np.asarray, lambda x: np.array(x, np.float64)):
        with pytest.raises(TypeError, match=r"'w' are in the memory of a device: `array` copies"):
            call(w)
    with pytest.raises(BufferError, match=r"'w' are in the memory of a device"):
        memoryview(w)
    assert pickle.loads(pickle.dumps(w)).tolist() == [1.0, 1.0]
    assert w.__dlpack_device__() == (2, 0)


def test_assigning_takes_arrays_of_both(cupy: Any) -> None:
    w = tf.Store(backend="cupy").get("w", (2,), initializer="ones")
    array = w.value
    with counted() as counts:
        w.assign(cupy.zeros(2, np.float32))
        assert counts.all == (0, 0, 0)
        assert w.assign([3, 4]) is w
        assert counts.all == (1, 0, 0)
    assert array.get().tolist() == [3.0, 4.0]
    with pytest.raises(ValueError, match=r"'w' has shape \(2,\), and the value shape \(3,\)"):
        w.assign(np.zeros(3))
    with pytest.raises(TypeError, match="same_kind"):
        w.assign(np.zeros(2, np.complex64))
    w.store.freeze()
    with pytest.raises(ValueError, match="frozen"):
        w.assign([1, 2])
    w.value[...] = 9.0  # a copy
    assert w.array.tolist() == [3.0, 4.0]


def test_forks_and_copies_have_memory_of_their_own(cupy: Any) -> None:
    store = tf.Store(seed=0, backend="cupy")
    w, lazy = store.get("a/w", (2,), initializer="ones"), store.get("lazy", (2,))
    store.alias("other", "a/w")
    assert w.value is not None
    with counted() as counts:
        fork = store.fork()
        store.copy("a", "b")
        assert counts.all == (0, 0, 0)
    w += 1
    assert fork["a/w"].array.tolist() == store["b/w"].array.tolist() == [1.0, 1.0]
    assert fork["other"] is fork["a/w"]
    assert fork["a/w"]._on_device
    assert fork["lazy"].array.tolist() == lazy.array.tolist()
    del fork["a/w"], fork["other"]
    assert w.array.tolist() == [2.0, 2.0]


def test_flat_is_one_buffer_of_the_device(cupy: Any) -> None:
    store = tf.Store(seed=0, backend="cupy")
    a, b = store.get_many(["a", "b"], [(2, 2), (3,)], initializer="ones")
    assert a.value is not None
    flat = store.flat()
    with counted() as counts:
        flat.data -= 0.5
        assert counts.all == (0, 0, 0)
        assert counts.launches == 1
    assert isinstance(flat.data, cupy.ndarray)
    assert b.value.data.ptr == flat.data.data.ptr + 16
    assert a.array.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert flat["b"].get().tolist() == [0.5, 0.5, 0.5]
    flat.data = np.zeros(7, np.float32)
    assert b.array.tolist() == [0.0, 0.0, 0.0]
    kept = tf.Store(backend="cupy").get("w", (2,))
    array = kept.value
    with pytest.raises(ValueError, match="somebody has an array of 'w'"):
        kept.store.flat()
    assert array.shape == (2,)
    with pytest.raises(ValueError, match="'y' has dtype float64"):
        mixed = tf.Store(backend="cupy")
        mixed.get("x", (1,))
        mixed.get("y", (1,), "float64")
        mixed.flat()


def test_files_are_written_and_read(cupy: Any, tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    store = tf.Store(seed=0, backend="cupy")
    w = store.get("w", (3,))
    array = w.value
    store.save(tmp_path / "a.safetensors")
    before = w.array.tolist()
    w.assign([0, 0, 0])
    store.restore(tmp_path / "a.safetensors")
    assert w.array.tolist() == array.get().tolist() == before
    store.save(tmp_path / "b.safetensors", wait=False).result()
    assert tf.Store.open(tmp_path / "b.safetensors")["w"].array.tolist() == before


def test_a_session_computes_in_the_memory_of_its_store(cupy: Any) -> None:
    store = tf.Store(seed=0, backend="cupy")
    given = store.get("v", (2,), initializer="ones")
    array = given.value
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    with tf.Session(store=store) as session:
        assert session.backend is store.backend
        assert session.store is store
        session.run(tf.global_variables_initializer())
        update = v.assign_add(w)
        for _ in range(3):
            with counted() as counts:
                session.run(update.op)
            assert counts.all[1:] == (0, 0)
        assert session.run(v).tolist() == array.get().tolist() == [4.0, 7.0]
        given.assign([0, 0])
        assert session.run(v).tolist() == [0.0, 0.0]
        assert store["w"].value.shape == (2,)
    assert store["v"].array.tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match=r"in the host's memory, and <scopetrie backend cupy> computes"):
        tf.Session(backend="cupy", store=tf.Store())
    with pytest.raises(ValueError, match=r"in the memory of a device, that of <scopetrie backend cupy>"):
        tf.Session(backend="numpy", store=store)


def test_a_frozen_variable_is_read_and_not_changed(cupy: Any) -> None:
    store = tf.Store(backend="cupy")
    store.get("w", (2,), initializer="ones")
    store.freeze()
    w = tf.get_variable("w", [2])
    with tf.Session(store=store) as session:
        assert session.run(w).tolist() == [1.0, 1.0]
        for update in (w.assign_add([1.0, 1.0]), w.assign([1.0, 1.0])):
            with pytest.raises(tf.errors.InvalidArgumentError, match="frozen"):
                session.run(update)
        store.freeze(False)
        assert session.run(w.assign_add([1.0, 1.0])).tolist() == [2.0, 2.0]


@pytest.mark.skipif(COMPILER is None, reason=NEEDS_COMPILER)
def test_an_optimizer_updates_a_flat_store_by_one_formula(cupy: Any) -> None:
    store = tf.Store(seed=0, backend="cupy")
    names = [f"w{at}" for at in range(4)]
    store.get_many(names, [(3, at + 1) for at in range(4)], initializer="ones")
    flat = store.flat()
    loss = tf.add_n([tf.reduce_sum(tf.square(tf.get_variable(n, [3, i + 1]))) for i, n in enumerate(names)])
    step = tf.train.GradientDescentOptimizer(0.25).minimize(loss)
    with tf.Session(store=store) as session:
        for _ in range(3):
            with counted() as counts:
                session.run(step)
        assert counts.all == (0, 0, 0)
        assert counts.launches == 1
    assert flat.data.get().tolist() == [0.125] * 30


def test_memory_is_given_back() -> None:
    store = tf.Store(backend="cupy")
    begin = used()
    w = store.get("w", (1000,))
    assert used() == begin
    assert w.value is not None
    assert used() == begin + 4096
    fork = store.fork()
    assert used() == begin + 8192
    flat = fork.flat()
    assert used() == begin + 8192
    del fork
    assert used() == begin + 8192  # flat has it
    del flat
    assert used() == begin + 4096
    v = tf.get_variable("w", [1000])
    with tf.Session(store=store) as session:
        session.run(v + 1)
    assert used() == begin + 4096
    del store["w"], w, store, session
    assert used() == begin


def every_allocation(run: Callable[[], Any]) -> int:
    """Lets the device be full at each allocation of a call; returns how many there are."""
    for at in range(100):
        POOLS[0].left = at
        try:
            run()
        except (MemoryError, tf.errors.ResourceExhaustedError):
            continue
        finally:
            POOLS[0].left = -1
        return at
    raise AssertionError("there are more allocations")


def test_a_full_device_changes_nothing_in_a_store(cupy: Any) -> None:
    store = tf.Store(seed=0, backend="cupy")
    w, b = store.get("w", (4,), initializer="ones"), store.get("b", (4,), initializer="ones")
    assert every_allocation(lambda: w.value) > 0
    before = [w.array.tolist(), b.array.tolist()]

    def check(run: Callable[[], Any]) -> Callable[[], None]:
        def checked() -> None:
            left, POOLS[0].left = POOLS[0].left, -1
            state = [w.array.tolist(), b.array.tolist(), list(store)], used()
            POOLS[0].left = left
            try:
                run()
            except MemoryError:
                POOLS[0].left = -1
                assert ([w.array.tolist(), b.array.tolist(), list(store)], used()) == state
                raise

        return checked

    assert every_allocation(check(lambda: w.assign(np.full(4, 7.0)))) > 0
    assert every_allocation(check(store.fork)) > 0
    assert every_allocation(check(lambda: store.copy("w", "v"))) > 0
    w.assign(np.ones(4))
    assert b.value.shape == (4,)
    assert every_allocation(check(store.flat)) > 0
    assert [w.array.tolist(), b.array.tolist()] == before


@pytest.mark.skipif(COMPILER is None, reason=NEEDS_COMPILER)
@pytest.mark.parametrize("runs", [0, 2])
def test_a_full_device_is_v1s_error_and_no_update_is_half_made(runs: int, cupy: Any) -> None:
    w, v = (tf.get_variable(name, initializer=[1.0, 2.0]) for name in "wv")
    x = tf.placeholder(tf.float32, [2])
    both = tf.group(w.assign_add(tf.exp(x) * 3), v.assign_sub(tf.sin(x) + w))
    with tf.Session(backend="cupy") as session:
        session.run(tf.global_variables_initializer())
        for _ in range(runs):
            session.run(both, {x: [0.0, 0.0]})
        before = [each.tolist() for each in session.run([w, v])]

        def run() -> None:
            try:
                session.run(both, {x: [1.0, 1.0]})
            except tf.errors.ResourceExhaustedError as error:
                POOLS[0].left = -1
                assert "OOM when" in str(error)
                if runs:  # fused: all memory comes first
                    assert [each.tolist() for each in session.run([w, v])] == before
                raise

        assert every_allocation(run) > 0
        assert session.run(w).tolist() != before[0]
