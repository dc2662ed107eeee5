"""Variables of a store in parts: made by partitioners, shared, used as one, saved and restored."""

from __future__ import annotations

import gc
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as st
from scopetrie.store import PartitionedStoreVariable, Subtree

WHOLE = np.arange(28, dtype=np.float32).reshape(7, 4)


def by(count: int, axis: int = 0) -> Callable[..., list[int]]:
    return st.fixed_size_partitioner(count, axis)


@pytest.fixture
def store() -> Iterator[st.Store]:
    yield st.Store(seed=1)


def made(store: st.Store, count: int = 3, axis: int = 0, **options: Any) -> Any:
    return store.get("w", (7, 4), partitioner=by(count, axis), **options)


def test_made_shared_and_looked_up(store: st.Store) -> None:
    with store.scope("tower"):
        w = made(store)
    assert isinstance(w, PartitionedStoreVariable) and repr(w).endswith("'tower/w' float32[7, 4] in 3 parts>")
    assert [part.path for part in w] == [f"tower/w/part_{i}" for i in range(3)] == list(store)
    assert [part.shape for part in w.parts] == [(3, 4), (2, 4), (2, 4)]
    assert (w.path, w.shape, w.dtype, w.ndim, w.size, w.nbytes) == ("tower/w", (7, 4), np.float32, 2, 28, 112)
    assert (w.partitions, w.axis, len(w), w.store, w.trainable, w.ready) == ((3, 1), 0, 3, store, True, False)
    with store.scope("tower", reuse=True):
        assert store.get("w") is made(store) is store.get("w", (7, 4)) is w
    with store.scope("tower", reuse=st.AUTO_REUSE):
        assert store.get("w") is made(store) is w
    assert store["tower/w"] is store["tower"]["w"] is w
    assert isinstance(store.subtree("tower/w"), Subtree)
    assert "tower/w" not in store and store["tower/w/part_1"] is w.parts[1]
    kept = store["tower/w"].parts
    del w
    gc.collect()
    assert store["tower/w"].parts == kept


def test_partitioner_of_a_scope(store: st.Store) -> None:
    asked = []

    def partitioner(shape: Any, dtype: Any) -> list[int]:
        asked.append((shape, dtype))
        return [2] + [1] * (len(shape) - 1)

    with store.scope("tower", partitioner=partitioner, dtype=np.float64):
        w, b, scale = store.get("w", (4, 3)), store.get("b", [3], np.int32), store.get("scale", ())
        many = store.get_many(["u", "v"], [(2,), (3,)])
        whole = store.get("whole", initializer=WHOLE)
    assert [len(each) for each in (w, b, *many, whole)] == [2] * 5
    assert not isinstance(scale, PartitionedStoreVariable) and scale.path == "tower/scale"
    assert all(isinstance(shape, st.TensorShape) for shape, _ in asked)
    assert [dtype for _, dtype in asked] == [st.float64, st.int32, st.float64, st.float64, st.float32]
    assert np.array_equal(whole, WHOLE) and whole.dtype == np.float32
    with store.scope("tower", partitioner=partitioner, dtype=np.float64, reuse=True):
        assert store.get("w") is w and store.get("scale") is scale and store.get("scale", ()) is scale
        assert len(asked) == 5


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32", "complex64"])
def test_elements_do_not_depend_on_the_cut(axis: int, dtype: str) -> None:
    floats = [None, "zeros", "truncated_normal", st.glorot_normal_initializer(seed=3)]
    rules = {"int32": [st.random_uniform_initializer(-9, 9, dtype=st.int32)], "complex64": ["ones"]}
    for number, rule in enumerate(rules.get(dtype, floats)):
        whole, cut = (
            st.Store(seed=5).get(f"a/w{number}", (7, 4), dtype, rule, partitioner=partitioner)
            for partitioner in (None, by(4, axis))
        )
        cut.parts[2].array  # noqa: B018  # in any order
        assert np.array_equal(cut, whole)


def test_functions_are_told_where_a_part_is(store: st.Store) -> None:
    def rows(shape: Any, dtype: Any, partition_info: Any = None) -> Any:
        begin = partition_info.var_offset[0]
        assert tuple(partition_info.full_shape) == (7, 4)
        return np.arange(begin, begin + shape[0], dtype=dtype)[:, None] + np.zeros(shape, dtype)

    w = made(store, initializer=rows)
    assert np.array_equal(w, np.arange(7)[:, None] + np.zeros((7, 4)))
    plain = store.get("v", (3,), initializer=np.zeros, partitioner=by(2))
    assert plain.array.tolist() == [0, 0, 0]
    eye = store.get("eye", (4, 4), initializer=st.initializers.identity(), partitioner=by(2))
    assert np.array_equal(eye, np.eye(4))


def test_used_as_the_whole(store: st.Store) -> None:
    w = made(store, initializer=WHOLE)
    assert np.array_equal(w, WHOLE) and np.array_equal(w.array, WHOLE) and not w.array.flags.writeable
    assert np.array_equal(w @ np.ones(4), WHOLE @ np.ones(4)) and np.array_equal(1 + w, 1 + WHOLE)
    assert np.array_equal(np.exp(w), np.exp(WHOLE)) and np.sum(w) == WHOLE.sum()
    assert np.asarray(w, np.float64).dtype == np.float64
    with pytest.raises(ValueError, match="is a copy"):
        np.asarray(w, copy=False)
    view = w.parts[1].array
    w -= 1
    assert np.array_equal(w, WHOLE - 1) and np.array_equal(view, WHOLE[3:5] - 1)
    np.multiply(w, 2, out=w)
    assert w.assign(w + w) is w and np.array_equal(w, (WHOLE - 1) * 4)
    w.load(WHOLE)
    assert np.array_equal(pickle.loads(pickle.dumps(w)), WHOLE)
    assert {w: 1}[w] == 1 and (w == w) is True
    assert [WHOLE[place].tolist() for place in w.slices] == [part.array.tolist() for part in w]
    for wrong, error in [(WHOLE[1:], ValueError), (WHOLE.astype(complex), TypeError), (3, ValueError)]:
        with pytest.raises(error, match="w "):
            w.assign(wrong)
    w.parts[2].store.freeze()
    assert not w.trainable
    with pytest.raises(ValueError, match="w/part_0 is frozen"):
        w.assign(WHOLE)
    assert np.array_equal(w, WHOLE)


def test_names_are_changed_as_a_whole(store: st.Store) -> None:
    w = made(store)
    elements = w.array
    store.move("w", "a/v")
    assert store["a/v"] is w and w.path == "a/v" and np.array_equal(w, elements)
    store.copy("a", "b")
    assert isinstance(store["b/v"], PartitionedStoreVariable) and store["b/v"] is not w
    assert np.array_equal(store["b/v"], elements)
    store.alias("c", "a")
    assert store["c/v"] is w
    with pytest.raises(ValueError, match=r"Store.put: a/v already exists, in parts"):
        store.put("a/v", WHOLE)
    fork = store.fork()
    assert np.array_equal(fork["b/v"], elements) and fork["b/v"].store is fork
    del store["b/v/part_1"]
    assert isinstance(store["b/v"], Subtree)
    del store["a"], store["c"]
    with pytest.raises(KeyError):
        store["a/v"]
    with store.scope("", reuse=st.AUTO_REUSE):
        remade = store.get("b/v", (7, 4), partitioner=by(3))
    assert [part.shape for part in remade] == [(3, 4), (2, 4), (2, 4)]


def test_undone_as_a_whole(store: st.Store) -> None:
    with store.transaction() as transaction:
        first = made(store)
        transaction.rollback()
    assert not len(store) and repr(first.parts[0]) == "<Variable 'w/part_0' (gone)>"
    second = made(store, 2)
    assert second is store["w"] and second is not first and len(second) == 2


def test_refusals(store: st.Store) -> None:
    made(store)
    plain = store.get("plain", (4,))

    def refused(match: str, *args: Any, kind: type[Exception] = ValueError, **options: Any) -> None:
        before = list(store)
        with pytest.raises(kind, match=match):
            store.get(*args, **options)
        assert list(store) == before

    refused(r"Store.get: w already exists \(float32\[7, 4\] in 3 parts\)", "w", (7, 4), partitioner=by(3))
    refused(r"Store.get: w already exists \(float32\[7, 4\] in 3 parts\)", "w", (7, 4))
    refused(r"plain is there in one piece", "plain", (4,), partitioner=by(2))
    with store.scope("", reuse=st.AUTO_REUSE):
        refused(r"shape \(7, 5\) was asked for, and it has \(7, 4\)", "w", (7, 5))
        refused(r"dtype int32 was asked for, and it has float32", "w", (7, 4), np.int32)
        refused(r"partitioning \[2, 1\] was asked for, and it has \[3, 1\]", "w", (7, 4), partitioner=by(2))
        refused("z: Shape of a new partitioned variable", "z", (None, 4), partitioner=by(2))
        refused("z: Partitioner returned zero", "z", (2, 2), partitioner=lambda **_: [0, 1])
        refused("z: Partitioner returned a partition list", "z", (2, 2), partitioner=lambda **_: [1])
        refused("must return a sequence", "z", (2, 2), partitioner=lambda **_: 3)
        refused(
            r"Expected 0 <= offset < shape .* var_offset=\[2, 0\]",
            "z",
            (2, 2),
            partitioner=lambda **_: [3, 1],
        )
        for many in (2**40, 10**30):
            refused("Expected 0 <= offset < shape", "z", (2, 2), partitioner=lambda many=many, **_: [many, 1])
        refused("zero partitions for some axes", "z", (2, 2), partitioner=lambda **_: [-(10**30), 1])
        refused("is cut along one axis", "z", (2, 2), partitioner=lambda **_: [2, 2])
        refused("z does not exist, and has no shape", "z", partitioner=by(2))
        refused("a value as its initializer", "z", (3, 3), initializer=WHOLE, partitioner=by(2))
        refused("no initializer of the name", "z", (3, 3), initializer="zeroes", partitioner=by(2))
        refused("by zero", "z", (3,), partitioner=lambda **_: [1 // 0], kind=ZeroDivisionError)
    with store.scope("", reuse=True):
        refused("z does not exist", "z", (2, 2), partitioner=by(2))
        assert store.get("plain") is plain


def test_regularizers_and_getters(store: st.Store) -> None:
    calls = []

    def getter(next_getter: Any, name: str, **options: Any) -> Any:
        calls.append(name)
        return next_getter(name, **options)

    with store.scope("a", regularizer=lambda part: float((part * part).sum()), custom_getter=getter):
        w = made(store, initializer=WHOLE)
    assert calls == ["a/w"] and isinstance(w, PartitionedStoreVariable)
    assert sum(store.regularization_losses()) == float((WHOLE * WHOLE).sum())


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("axis", [0, 1])
def test_saved_and_restored(tmp_path: Path, whole: bool, axis: int) -> None:
    numpy_files = pytest.importorskip("safetensors.numpy")
    square = WHOLE[:4]
    saved = st.Store()
    saved.get("w", initializer=square, partitioner=by(2, axis))
    saved.save(tmp_path / "file", whole=whole)
    if whole:
        assert np.array_equal(numpy_files.load_file(tmp_path / "file")["w"], square)
    for other in (by(2, axis), by(3), None):
        store = st.Store()
        store.get("w", (4, 4), partitioner=other).assign(np.zeros((4, 4)))
        if whole or other is None or axis == 0:
            store.restore(tmp_path / "file")
            assert np.array_equal(store["w"], square)
    opened = st.Store.open(tmp_path / "file")
    with opened.scope("", reuse=True):
        w: Any = opened.get("w", (4, 4), partitioner=by(2, axis))
    assert np.array_equal(w, square) and w is opened["w"]


def test_threads_share_one(store: st.Store) -> None:
    together = threading.Barrier(4)

    def partitioner(**_: Any) -> list[int]:
        together.wait(30)  # none of them has made it before all are asked
        return [3, 1]

    def get(_: int) -> Any:
        with store.scope("tower", reuse=st.AUTO_REUSE):
            return store.get("w", (7, 4), partitioner=partitioner)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(get, range(4)))
    assert len({id(each) for each in found}) == 1 and len(store) == 3
