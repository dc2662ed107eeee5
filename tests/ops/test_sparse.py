"""Sparse tensors in sessions, structures and training."""

from __future__ import annotations

import numpy as np
import pytest
import scopetrie as tf

VALUE = tf.SparseTensorValue([[0, 1], [2, 0]], [2.0, 3.0], [3, 2])


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_feeding_and_fetching() -> None:
    x = tf.sparse_placeholder(tf.float32, name="x")
    with tf.Session() as session:
        for fed in (VALUE, tuple(VALUE), [np.array(each) for each in VALUE]):
            found, (dense, again) = session.run([x, (tf.sparse_tensor_to_dense(x), {"x": x})], {x: fed})
            assert type(found) is type(again["x"]) is tf.SparseTensorValue
            assert (found.indices.dtype, found.values.dtype) == (np.int64, np.float32)
            assert dense.tolist() == [[0, 2], [0, 0], [3, 0]]
        assert session.run(x.values, {"x/values:0": [1.0]}) == [1.0]
        assert x.eval({x: VALUE}, session).values.tolist() == [2.0, 3.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed a value for placeholder"):
            session.run(x)
        with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed a value for placeholder"):
            session.run(x, {x: ([[0, 1]], [2.0])})
        with pytest.raises(TypeError, match="not iterable"):
            session.run(x, {x: 3})


def test_rows_are_fetched() -> None:
    table = tf.get_variable("table", [4, 2], initializer=tf.zeros_initializer())
    (gradient,) = tf.gradients(tf.gather(table, [1, 3]), table)
    with tf.Session() as session:
        session.run(table.initializer)
        found = session.run(gradient)
        assert found.indices.tolist() == [1, 3]
        assert found.dense_shape.tolist() == [4, 2]
        assert session.run(tf.IndexedSlices(tf.ones([1]), tf.constant([1]))).dense_shape is None


def test_structures() -> None:
    x = tf.SparseTensor(*VALUE)
    assert tf.nest.flatten([x, 1]) == [x, 1]
    assert len(tf.nest.flatten([x, 1], expand_composites=True)) == 4
    assert tf.nest.map_structure(lambda each: each, {"a": x})["a"] is x
    with pytest.raises(ValueError, match="same nested structure"):
        tf.cond(tf.constant(True), lambda: x, lambda: tf.ones([2]))


def test_a_shape_may_be_fed_in_place_of_the_static_one() -> None:
    x = tf.sparse_placeholder(tf.float32, [3, 2])
    with tf.Session() as session:
        total = tf.sparse_tensor_dense_matmul(x, tf.ones([2, 1]))
        assert session.run(total, {x.indices: VALUE.indices, x.values: VALUE.values}).tolist() == [
            [2],
            [0],
            [3],
        ]


def test_a_graph_network_trains() -> None:
    random = np.random.RandomState(0)
    links = np.argwhere(random.rand(12, 12) < 0.3)
    features = tf.sparse_placeholder(tf.float32, [12, 8])
    adjacency = tf.SparseTensor(links, np.full(len(links), 0.3, np.float32), [12, 12])
    keep = tf.placeholder_with_default(1.0, [])
    chosen = tf.cast(tf.floor(keep + tf.random_uniform(tf.shape(features.values), seed=1)), tf.bool)
    dropped = tf.sparse_retain(features, chosen) * (1.0 / keep)
    w = tf.get_variable("w", [8, 5], initializer=tf.truncated_normal_initializer(seed=2))
    u = tf.get_variable("u", [5, 3], initializer=tf.truncated_normal_initializer(seed=3))
    hidden = tf.nn.relu(tf.sparse_tensor_dense_matmul(adjacency, tf.sparse_tensor_dense_matmul(dropped, w)))
    scores = tf.sparse_tensor_dense_matmul(adjacency, tf.matmul(hidden, u))
    labels = random.randint(3, size=12)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=scores))
    train = tf.train.AdamOptimizer(0.05).minimize(loss)
    where = np.argwhere(random.rand(12, 8) < 0.5)
    fed = {features: (where, np.ones(len(where)), (12, 8))}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        first = session.run(loss, fed)
        for _ in range(60):
            session.run(train, {**fed, keep: 0.8})
        assert session.run(loss, fed) < 0.6 * first


def test_only_rows_that_were_looked_up_change() -> None:
    table = tf.get_variable("table", [6, 2], initializer=tf.ones_initializer())
    ids = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], tf.constant([1, 4, 4]), [2, 2])
    found = tf.nn.embedding_lookup_sparse(table, ids, None, combiner="sum")
    (gradient,) = tf.gradients(found, table)
    assert isinstance(gradient, tf.IndexedSlices)
    train = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(found))
    with tf.Session() as session:
        session.run(table.initializer)
        session.run(train)
        assert session.run(table)[:, 0].tolist() == [1, 0.5, 1, 1, 0, 1]
