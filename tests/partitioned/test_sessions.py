"""Sessions whose store is partitioned give what other sessions give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.partitioned import PartitionedStore

ONES = tf.ones_initializer()
TWO, FOUR = tf.fixed_size_partitioner(2), tf.fixed_size_partitioner(4)
ROWS = np.random.default_rng(1).normal(size=(10, 3)).astype(np.float32)
IDS = [[0, 9, 4], [4, 4, 1]]
OPTIMIZERS = {
    "descent": lambda: tf.train.GradientDescentOptimizer(0.5),
    "momentum": lambda: tf.train.MomentumOptimizer(0.5, 0.9),
    "adagrad": lambda: tf.train.AdagradOptimizer(0.5),
    "adam": lambda: tf.train.AdamOptimizer(0.1),
}


def model(optimizer: Any) -> tuple[Any, Any, Any]:
    """A table in parts, whose rows are multiplied by a matrix that is not."""
    table = tf.get_variable("table", [10, 3], initializer=ONES, partitioner=FOUR)
    matrix = tf.get_variable("matrix", [3, 2], initializer=ONES)
    ids = tf.placeholder(tf.int32, [2, 3], "ids")
    rows = tf.reshape(tf.nn.embedding_lookup(table, ids, partition_strategy="div"), [-1, 3])
    loss = tf.reduce_mean(tf.square(tf.matmul(rows, matrix) - 1.0))
    return table, loss, optimizer().minimize(loss)


def trained(optimizer: Any, store: Any, steps: int = 3) -> list[Any]:
    with tf.Graph().as_default(), tf.Session(store=store) as session:
        table, loss, train = model(optimizer)
        session.run(tf.global_variables_initializer())
        session.run(table.assign(ROWS))
        losses = [session.run([loss, train], {"ids:0": IDS})[0] for _ in range(steps)]
        return [losses, *session.run([list(table), "matrix:0"])]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training(store: Any, name: str) -> None:
    wanted, found = trained(OPTIMIZERS[name], None), trained(OPTIMIZERS[name], store)
    for one, other in zip(wanted[1], found[1], strict=True):
        assert np.allclose(one, other, atol=1e-6)
    assert np.allclose(wanted[0], found[0]) and np.allclose(wanted[2], found[2], atol=1e-6)
    assert "matrix" in store.local and not any("part_" in path for path in store.local)


def test_the_values_are_those_of_the_store(store: Any) -> None:
    w = store.get("table", (10, 3), initializer=ROWS, partitioner=FOUR)
    with tf.Graph().as_default(), tf.Session(store=store) as session:
        v = tf.get_variable("table", [10, 3], partitioner=FOUR)
        assert session.store is store.local
        assert session.run(tf.is_variable_initialized(next(iter(v))))
        assert np.array_equal(session.run(v.as_tensor()), ROWS)
        part = list(v)[1]
        session.run(tf.scatter_add(part, [0, 0], np.ones((2, 3), np.float32)).op)
        assert np.allclose(w.gather(3), ROWS[3] + 2)
        assert np.allclose(session.run(tf.reduce_sum(part)), w.gather([3, 4, 5]).sum())
        session.run(part.assign(tf.zeros([3, 3])))
        assert w.gather([3, 4, 5]).sum() == 0
        assert session.run(tf.assign_add(part, tf.ones([3, 3]))).sum() == 9
        part.load(np.full((3, 3), 2.0), session)
        assert w.gather([3, 4, 5]).sum() == 18
        with tf.control_dependencies([tf.assign_add(part, tf.ones([3, 3]))]):
            later = tf.gather(part, [0])
        assert session.run(later).tolist() == [[3, 3, 3]]
        other = tf.gather(part, [[0]], axis=1)
        assert session.run(other).shape == (3, 1, 1)


def test_loops(store: Any) -> None:
    with tf.Graph().as_default(), tf.Session(store=store) as session:
        v = tf.get_variable("v", [4], initializer=tf.zeros_initializer(), partitioner=TWO)
        session.run(tf.global_variables_initializer())
        first = next(iter(v))

        def body(step: Any) -> Any:
            with tf.control_dependencies([tf.scatter_add(first, [1], [1.0]).op]):
                return step + 1

        assert session.run(tf.while_loop(lambda step: step < 5, body, [0])) == 5
        assert session.run(tf.gather(first, [0, 1])).tolist() == [0, 5]


def test_errors_are_those_of_the_graph(store: Any) -> None:
    with tf.Graph().as_default(), tf.Session(store=store) as session:
        v = tf.get_variable("v", [4], partitioner=TWO)
        first, second = v
        assert sorted(session.run(tf.report_uninitialized_variables())) == [b"v/part_0", b"v/part_1"]
        with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value v/part_0") as caught:
            session.run(tf.gather(first, [0], name="rows"))
        assert caught.value.op.name == "rows"
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[0\] = 2 is not in") as caught:
            session.run(tf.gather(second, [2], name="more"))
        assert caught.value.op.name == "more"
        with pytest.raises(tf.errors.InvalidArgumentError, match="indices"):
            session.run(tf.scatter_add(second, [7], [1.0]).op)


def test_whole_reads_are_refused_above_a_size(client: Any, tmp_path: Path) -> None:
    for limit in (8, None):
        with PartitionedStore(client, largest_read=limit) as store, tf.Graph().as_default():
            v = tf.get_variable("v", [6], initializer=ONES, partitioner=TWO)
            with tf.Session(store=store) as session:
                session.run(tf.global_variables_initializer())
                assert session.run(tf.nn.embedding_lookup(v, [5])).tolist() == [1]
                if limit is None:
                    assert session.run(v.as_tensor()).sum() == 6
                    continue
                with pytest.raises(tf.errors.ResourceExhaustedError, match="would send 12 B from its worker"):
                    session.run(v.as_tensor())


def test_generations_have_what_sessions_made(store: Any, tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    with tf.Graph().as_default(), tf.Session(store=store) as session:
        table, loss, train = model(OPTIMIZERS["adam"])
        session.run(tf.global_variables_initializer())
        session.run(train, {"ids:0": IDS})
        store.save(tmp_path)
        wanted = session.run([list(table), "matrix:0"])
        after = session.run([loss, train], {"ids:0": IDS})[0], session.run(loss, {"ids:0": IDS})
        store.restore(tmp_path)
        for one, other in zip(wanted[0], session.run(list(table)), strict=True):
            assert np.array_equal(one, other)
        again = session.run([loss, train], {"ids:0": IDS})[0], session.run(loss, {"ids:0": IDS})
        assert np.allclose(after, again)


def test_what_is_no_store(client: Any) -> None:
    with pytest.raises(TypeError, match=r"must be a tf\.Store"):
        tf.Session(graph=tf.Graph(), store=client)
