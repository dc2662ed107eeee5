"""The CuPy backend: feeds and fetches that stay on the device, errors, memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends import get_backend
from simulated_cupy import counted, installed


@pytest.fixture(autouse=True)
def cupy() -> Iterator[Any]:
    with installed() as module, tf.Graph().as_default():
        yield module


def test_arrays_of_the_device_are_fed_without_a_copy(cupy: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    given = cupy.asarray(np.ones(3, np.float32))
    with tf.Session(backend="cupy") as session, counted() as counts:
        assert session.run(x * 2, {x: given}).tolist() == [2.0, 2.0, 2.0]
        assert counts.all == (0, 1, 1)
        wide = cupy.asarray(np.ones(3))
        counts.clear()
        assert session.run(x * 2, {x: wide}).dtype == np.float32
        assert counts.all == (0, 1, 1)
        with pytest.raises(ValueError, match=r"Cannot feed value of shape \(3, 1\)"):
            session.run(x * 2, {x: given[:, None]})


def test_arrays_of_other_libraries_come_by_dlpack(cupy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Foreign:
        def __dlpack_device__(self) -> tuple[int, int]:
            return 2, 0

    given = cupy.asarray(np.ones(2, np.float32))
    monkeypatch.setattr(cupy, "from_dlpack", lambda _: given, raising=False)
    x = tf.placeholder(tf.float32, [2])
    with tf.Session(backend="cupy") as session, counted() as counts:
        assert session.run(x + x, {x: Foreign()}).tolist() == [2.0, 2.0]
    assert counts.all == (0, 1, 1)


def test_fetches_stay_on_the_device(cupy: Any) -> None:
    x, w = tf.placeholder(tf.float32, [2]), tf.get_variable("w", initializer=[1.0, 2.0])
    y = x * w
    with tf.Session(backend="cupy") as session:
        session.run(tf.global_variables_initializer())
        given = cupy.asarray(np.full(2, 3, np.float32))
        for _ in range(3):
            with counted() as counts:
                found = session.run_on_device({"y": y, "w": w, "n": tf.size(x)}, {x: given})
            assert counts.all == (0, 0, 0)
            assert all(isinstance(each, cupy.ndarray) for each in found.values())
        assert found["y"].get().tolist() == [3.0, 6.0]
        session.run(w.assign_add([1.0, 1.0]))
        assert found["w"].get().tolist() == [1.0, 2.0]  # a copy: the session changes its own
        assert session.run(y, {x: found["y"]}).tolist() == [6.0, 18.0]


def test_a_full_device_is_v1s_error_and_nothing_is_changed(cupy: Any, monkeypatch: Any) -> None:
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    with tf.Session(backend="cupy") as session:
        session.run(tf.global_variables_initializer())
        update = w.assign(tf.exp(w))

        def full(*args: Any, **kwargs: Any) -> Any:
            raise cupy.cuda.memory.OutOfMemoryError(8, 0)

        with monkeypatch.context() as patch:
            patch.setattr(type(cupy.exp), "__call__", full)
            with pytest.raises(tf.errors.ResourceExhaustedError, match="OOM when computing Exp"):
                session.run(update)
        assert session.run(w).tolist() == [1.0, 2.0]


def test_closing_gives_memory_back(cupy: Any) -> None:
    pool = cupy.get_default_memory_pool()
    w = tf.get_variable("w", [1000], initializer=tf.zeros_initializer())
    with tf.Session(backend="cupy") as session:
        session.run(w.initializer)
        for _ in range(2):
            session.run(w + 1)
        assert 4096 <= pool.used_bytes() < pool.total_bytes()
    assert pool.total_bytes() == 0


def test_scatters_of_all_kinds(cupy: Any) -> None:
    backend = get_backend("cupy")
    numbers = np.random.default_rng(3)
    at = numbers.integers(0, 5, 11)
    for dtype in "int8 int16 int32 int64 uint8 uint16 float16 float32 float64 complex64 complex128".split():
        target, rows = (np.round(numbers.normal(size=(n, 3)) * 2 + 3).astype(dtype) for n in (6, 11))
        kinds = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum, "update": None}
        for how, ufunc in kinds.items():
            if dtype.startswith("complex") and how in ("max", "min"):
                continue
            expected = target.copy()
            if ufunc is None:
                expected[at] = rows
            else:
                ufunc.at(expected, at, rows)
            up = [backend.from_host(each) for each in (target, at, rows)]
            with counted() as counts:
                found = backend.xp.scatter(*up, how)
            assert counts.all == (0, 0, 0)
            np.testing.assert_allclose(
                backend.to_host(found), expected, rtol=1e-2 if dtype == "float16" else 1e-5
            )


def test_indices_out_of_range_are_found_at_the_end(cupy: Any) -> None:
    x, at = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int32, [None])
    rows, y = tf.gather(x, at, name="rows"), tf.gather_nd(x, tf.reshape(at, [-1, 1]))
    with tf.Session(backend="cupy") as session:
        for _ in range(3):
            with pytest.raises(tf.errors.InvalidArgumentError) as caught:
                session.run(tf.constant(1.0) + rows, {x: np.ones(3), at: [0, 3, 1]})
            first, *more = str(caught.value).split("\n")
            assert first == "indices[1] = 3 is not in [0, 3)"
            assert caught.value.op.name == "rows"
            assert any("node rows (of type GatherV2)" in each for each in more)
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[-1\] does not index into param"):
                session.run(y, {x: np.ones(3), at: [0, -1]})
            with counted() as counts:
                assert session.run([rows, y], {x: np.ones(3), at: [2, 0]})[0].tolist() == [1.0, 1.0]
            assert counts.all == (2, 3, 1)  # two feeds, two fetches, one look at both checks


@pytest.mark.parametrize("backend", ["cupy", "array_api_strict"])
def test_the_number_of_segments_is_no_segment(backend: str, cupy: Any) -> None:
    ids = tf.placeholder(tf.int32, [3])
    total = tf.unsorted_segment_sum(tf.constant([1.0, 2.0, 4.0]), ids, 2)
    library: Any = backend if backend == "cupy" else pytest.importorskip(backend)
    with tf.Session(backend=library) as session:
        assert session.run(total, {ids: [1, -1, 0]}).tolist() == [4.0, 1.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"segment_ids\[2\] = 2 is not in \[0, 2\)"):
            session.run(total, {ids: [1, -1, 2]})


def test_elements_of_dense_tensors_at_the_places_of_sparse_ones(cupy: Any) -> None:
    at, values = tf.placeholder(tf.int64, [2, 2]), tf.placeholder(tf.float32, [2])
    dense = tf.placeholder(tf.float32, [3, 1])
    made = (tf.SparseTensor(at, values, [3, 4]) * dense).values
    fed = {values: [1.0, 2.0], dense: [[1.0], [2.0], [4.0]]}
    with tf.Session(backend="cupy") as session:
        for _ in range(3):
            assert session.run(made, {at: [[0, 1], [2, 3]], **fed}).tolist() == [1.0, 8.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = \[3, 3\]"):
            session.run(made, {at: [[0, 1], [3, 3]], **fed})


@pytest.mark.parametrize("backend", ["cupy", "array_api_strict"])
def test_queues_and_datasets_give_arrays_of_the_device(backend: str, cupy: Any) -> None:
    x = tf.placeholder(tf.float32, [2])
    queue = tf.FIFOQueue(9, [tf.float32, tf.string], [[2], []])
    put, taken, many = queue.enqueue([x * 2.0, "a"]), queue.dequeue(), queue.dequeue_many(2)
    scale = tf.constant([2.0, 3.0]) * 1.0
    data = tf.data.Dataset.from_tensor_slices(np.arange(8, dtype=np.float32).reshape(4, 2)).repeat()
    row = tf.data.make_one_shot_iterator(data.map(lambda each: each + 1.0)).get_next()
    y = row * scale
    library: Any = backend if backend == "cupy" else pytest.importorskip(backend)
    with tf.Session(backend=library) as session:
        for at in range(3):
            session.run(put, {x: [1.0, at]})
            found, text = session.run(taken)
            assert (found.tolist(), text) == ([2.0, 2.0 * at], b"a")
            assert session.run(y).tolist() == [(2.0 * at + 1) * 2, (2.0 * at + 2) * 3]
        for at in range(2):
            session.run(put, {x: [at, at]})
        assert session.run(many[0]).tolist() == [[0.0, 0.0], [2.0, 2.0]]


def test_what_is_noted_waits_for_a_fetch(cupy: Any) -> None:
    w, at = tf.get_variable("w", initializer=np.ones(3, np.float32)), tf.placeholder(tf.int32, [2])
    update = tf.scatter_add(w, at, [1.0, 1.0]).op
    with tf.Session(backend="cupy") as session:
        session.run(tf.global_variables_initializer())
        with counted() as counts:
            session.run(update, {at: [0, 7]})
        assert counts.all == (2, 0, 0)  # the feed, and a constant once
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 7 is not in \[0, 3\)"):
            session.run(w)
        assert session.run(w).shape == (3,)


def test_division_by_zero_and_what_is_no_number(cupy: Any) -> None:
    x, y = tf.placeholder(tf.int32, [2]), tf.placeholder(tf.float32, [2])
    with tf.Session(backend="cupy") as session:
        for _ in range(2):
            for quotient in (x // x, x % x, tf.truncatediv(x, x)):
                with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
                    session.run(quotient, {x: [1, 0]})
                session.run(quotient, {x: [1, 2]})
            checked = tf.check_numerics(y, "here")
            with pytest.raises(tf.errors.InvalidArgumentError, match="here : Tensor had Inf and NaN values"):
                session.run(checked, {y: [np.inf, np.nan]})
            assert session.run(checked, {y: [1.0, 2.0]}).tolist() == [1.0, 2.0]


def test_checks_in_loops_name_their_operation(cupy: Any) -> None:
    x = tf.placeholder(tf.float32, [3])
    with tf.name_scope("outer"):
        made = tf.while_loop(
            lambda i, s: i < 3, lambda i, s: (i + 1, s + tf.reduce_sum(tf.gather(x, [i + 1]))), (0, 0.0)
        )[1]
    with tf.Session(backend="cupy") as session:
        for _ in range(2):
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[0\] = 3") as caught:
                session.run(made, {x: np.ones(3)})
            assert caught.value.op.type == "GatherV2"


def test_totals_of_rows_that_are_picked_stay_on_the_device(cupy: Any) -> None:
    data, at, ids = (tf.placeholder(dtype, [3]) for dtype in (tf.float32, tf.int32, tf.int32))
    total = tf.sparse_segment_mean(data, at, ids, num_segments=2)
    given = {data: [1.0, 2.0, 4.0], at: [2, 0, 1]}
    with tf.Session(backend="cupy") as session:
        for _ in range(2):
            with counted() as counts:
                assert session.run(total, {**given, ids: [0, 0, 1]}).tolist() == [2.5, 2.0]
            assert counts.all == (3, 2, 1)  # the feeds; the fetch and a look at what is to be checked
            for wrong, text in (
                ([0, 1, 0], "not increasing"),
                ([0, 1, 2], "< num_segments"),
                ([-1, 0, 1], ">= 0"),
            ):
                with pytest.raises(tf.errors.InvalidArgumentError, match=text):
                    session.run(total, {**given, ids: wrong})
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 3 is not in \[0, 3\)"):
                session.run(total, {**given, at: [0, 3, 1], ids: [0, 0, 1]})
