"""What variables on a cluster do, beside arrays."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

ROWS = np.random.default_rng(1).normal(size=(23, 5)).astype(np.float32)


def made(store: Any, parts: int = 4, axis: int = 0, name: str = "w") -> Any:
    return store.get(name, initializer=ROWS, partitioner=tf.fixed_size_partitioner(parts, axis))


def test_cut_as_v1_cuts(store: Any) -> None:
    w = store.get("a/w", (7, 2), partitioner=tf.fixed_size_partitioner(3))
    with tf.Graph().as_default():
        like = tf.get_variable("a/w", (7, 2), partitioner=tf.fixed_size_partitioner(3))
        places = [(part.op.name, part._get_save_slice_info()) for part in like]
    assert [(p.path, list(p.offset), list(p.sizes)) for p in w.parts] == [
        (name, list(at.var_offset), list(at.var_shape)) for name, at in places
    ]
    assert (w.name, w.shape, w.dtype, w.trainable) == ("a/w", (7, 2), np.float32, True)
    assert list(store) == ["a/w"] and store["a/w"] is w


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("parts", [1, 4])
def test_rows(store: Any, parts: int, axis: int) -> None:
    w, rows = made(store, parts, axis), ROWS.copy()
    ids = np.random.default_rng(2).integers(0, 23, (6, 3))
    assert np.array_equal(w.gather(ids), rows[ids])
    assert w.gather([]).shape == (0, 5) and np.array_equal(w.gather(7), rows[7])
    more = np.random.default_rng(3).normal(size=(6, 3, 5)).astype(np.float32)
    w.scatter_add(ids, more)
    np.add.at(rows, ids.ravel(), more.reshape(-1, 5))
    assert np.allclose(w.read(), rows, atol=1e-6)
    w.scatter_update([22, 0], [[1.0] * 5, [2.0] * 5])
    rows[22], rows[0] = 1, 2
    assert np.allclose(w, rows, atol=1e-6)
    w.assign(rows.T.reshape(23, 5))
    assert np.array_equal(w.read(), rows.T.reshape(23, 5))


def test_reductions(store: Any) -> None:
    w = made(store)
    assert np.isclose(w.sum(), ROWS.sum(), rtol=1e-5) and np.isclose(w.mean(), ROWS.mean(), rtol=1e-4)
    assert (w.min(), w.max()) == (ROWS.min(), ROWS.max()) and np.isclose(w.norm(), np.linalg.norm(ROWS))
    counts = store.get("counts", (5,), np.int64, "ones", partitioner=tf.fixed_size_partitioner(2))
    assert counts.sum() == 5 and type(counts.sum()) is int


@pytest.mark.parametrize("strategy", ["div", "mod"])
def test_lookups_are_those_of_the_graph(store: Any, strategy: str) -> None:
    w, ids = made(store), [[0, 19], [7, 3]]
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("w", [23, 5], partitioner=tf.fixed_size_partitioner(4))
        session.run(v.assign(ROWS))
        wanted = session.run(
            [tf.nn.embedding_lookup(v, ids, strategy), tf.nn.embedding_lookup(v, ids, strategy, max_norm=1.0)]
        )
    assert np.array_equal(w.embedding_lookup(ids, strategy), wanted[0])
    assert np.allclose(w.embedding_lookup(ids, strategy, 1.0), wanted[1])
    with pytest.raises(ValueError, match="Unrecognized partition strategy: x"):
        w.embedding_lookup(ids, "x")


def test_functions_run_where_the_parts_are(store: Any) -> None:
    w = made(store)

    def adagrad(part: Any, ids: Any, gradient: Any, rate: float) -> str:
        sums = part.slot("adagrad", "ones")
        sums[ids] += gradient**2
        part.array[ids] -= rate * gradient / np.sqrt(sums[ids])
        return str(part.path)

    answers = w.apply(adagrad, 0.5, ids=[3, 22], rows=np.full((2, 5), 2.0, np.float32))
    assert answers == ["w/part_0", None, None, "w/part_3"]
    assert np.allclose(w.gather([3, 22]), ROWS[[3, 22]] - 0.5 * 2 / np.sqrt(5))
    assert w.apply(lambda part, k: (part.offset[0], k), 1) == [(0, 1), (6, 1), (12, 1), (18, 1)]

    def fails(part: Any) -> None:
        raise OSError(f"not at {part.path}")

    with pytest.raises(OSError, match="not at w/part_0"):
        w.apply(fails)
    with pytest.raises(ValueError, match="rows= needs ids="):
        w.apply(fails, rows=[1])


def test_initial_values(store: Any) -> None:
    cut = tf.fixed_size_partitioner(4)
    w = store.get("w", (400, 200), partitioner=cut)
    limit = np.sqrt(6 / 600)  # the fans are those of the whole
    assert 0.99 * limit < w.max() <= limit
    assert len({each.tobytes() for each in w.apply(lambda part: part.array[0].copy())}) == 4
    he = store.get("he", (400, 200), initializer=tf.initializers.he_normal(), partitioner=cut)
    assert np.isclose(he.norm() ** 2 / 80_000, 2 / 400, rtol=0.03)
    assert store.get("z", (4,), initializer="zeros", partitioner=cut).sum() == 0
    f = store.get("f", (4,), initializer=lambda shape, dtype: np.full(shape, 7, dtype), partitioner=cut)
    assert f.read().tolist() == [7] * 4
    assert store.get("five", (4,), initializer=5.0, partitioner=cut).sum() == 20
    assert store.get("n", (4,), np.int32, partitioner=cut).sum() == 0


def test_scopes_and_sharing(store: Any) -> None:
    with store.scope("tower", partitioner=tf.fixed_size_partitioner(2), initializer=tf.ones_initializer()):
        w = store.get("w", (5, 2))
    assert w.name == "tower/w" and w.sum() == 10
    with store.scope("tower", reuse=True):
        assert store.get("w", (5, 2), partitioner=tf.fixed_size_partitioner(2)) is w
    with pytest.raises(ValueError, match=r"tower/w.* already exists"):
        store.get("tower/w", (5, 2), partitioner=tf.fixed_size_partitioner(2))
    whole = store.get("bias", (3,), initializer="ones")
    assert whole is store.local["bias"] and whole.array.tolist() == [1, 1, 1]
    assert list(store) == ["tower/w"]


def test_what_is_refused(store: Any) -> None:
    w = made(store)
    with pytest.raises(IndexError, match=r"gather of w: indices\[0\] = 23 is not in \[0, 23\)"):
        w.gather([23])
    with pytest.raises(ValueError, match=r"scatter_add of w: the rows have shape \[2, 4\], and \[2, 5\]"):
        w.scatter_add([0, 1], np.ones((2, 4)))
    with pytest.raises(TypeError, match="the elements are complex128, and float32 is needed"):
        w.scatter_add([0], np.ones((1, 5), complex))
    with pytest.raises(ValueError, match=r"assign of w: the value has shape \[3\]"):
        w.assign([1, 2, 3])
    with pytest.raises(ValueError, match=r"w has 460 B, more than 100 B: gather\(ids\)"):
        w.read(limit=100)
    with pytest.raises(TypeError, match="stays in its process"):
        pickle.dumps(store)
    with pytest.raises(ValueError, match="Partitioner returned zero partitions"):
        store.get("v", (3,), partitioner=lambda **_: [0])
    with pytest.raises(ValueError, match="has shape"):
        store.get("v", (3,), initializer=[1, 2], partitioner=tf.fixed_size_partitioner(2))
    with pytest.raises(ZeroDivisionError):
        store.get("v", (4,), initializer=lambda *_: 1 / 0, partitioner=tf.fixed_size_partitioner(2)).sum()
    assert np.array_equal(w.read(), ROWS)


def test_no_client(client: Any) -> None:
    from scopetrie.partitioned import PartitionedStore

    with pytest.raises(TypeError, match=r"a distributed.Client is needed, not str"):
        PartitionedStore("127.0.0.1")
