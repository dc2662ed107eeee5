"""Sparse tensors in sessions, structures and training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scopetrie as tf
import scopetrie.ops
from every_op import every_op

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


def _three(op: Any) -> list[int]:
    """Where among an op's inputs the indices of a sparse tensor are that elements and a shape follow."""
    names = [each.name for each in op.inputs]
    return [
        at
        for at in range(len(names) - 2)
        if [name.rpartition("_")[2] for name in names[at : at + 3]] == ["indices", "values", "shape"]
    ]


def sparse_ops() -> dict[str, Any]:
    return {name: op for name, op in every_op(scopetrie.ops).items() if op.kernel is not None and _three(op)}


@pytest.mark.parametrize("name", sparse_ops())
def test_parts_of_no_sparse_tensor_are_refused(name: str) -> None:
    """Whatever is fed: fewer elements than places, places of another rank, negative sizes."""
    op = sparse_ops()[name]
    attributes = {each.name: 1 for each in op.attributes if each.name == "num_split"}
    compute = op.kernel(np, **attributes)
    whole = [np.array([[0, 1], [1, 0]]), np.array([1.0, 2.0]), np.array([2, 2])]
    wrong = [
        (whole[0], whole[1][:1], whole[2]),
        (whole[0], whole[1][:, None], whole[2]),
        (whole[0][:, :1], whole[1], whole[2]),
        (whole[0][0], whole[1], whole[2]),
        (whole[0][:0], whole[1][:0], np.array([-1, 2])),
        (whole[0], whole[1], whole[2][0]),
    ]
    rest = len(op.inputs) - 3 * len(_three(op))
    for begin in _three(op):
        for parts in wrong:
            given: list[Any] = [np.zeros((), np.int64)] * len(op.inputs)
            for at in _three(op):
                given[at : at + 3] = whole
            given[begin : begin + 3] = parts
            assert rest >= 0
            with pytest.raises(ValueError, match=r"[Ii]ndices|vectors|Dimension 0"):
                compute(*given)


def test_more_places_than_an_int64_counts() -> None:
    big = [2**62, 2**62]
    one = tf.SparseTensor([[4, 1], [3, 9], [0, 5]], [1, 2, 3], big)
    other = tf.SparseTensor([[3, 9]], [5], big)
    with tf.Session() as session:
        ordered = session.run(tf.sparse_reorder(one))
        assert ordered.indices.tolist() == [[0, 5], [3, 9], [4, 1]]
        total = session.run(tf.sparse_add(tf.sparse_reorder(one), other))
        assert (total.indices.tolist(), total.values.tolist()) == ([[0, 5], [3, 9], [4, 1]], [3, 7, 1])
        with pytest.raises(tf.errors.InvalidArgumentError, match="more elements than an int64 counts"):
            session.run(tf.sparse_reshape(one, [2, 2**62, 2**61]))
    with pytest.raises(ValueError, match="more than an int64 counts"):
        tf.sparse_concat(0, [one, one, one])


@pytest.mark.parametrize("place", [[0, -1], [-1, 0], [0, 2], [2, 0]])
def test_places_outside_are_no_elements_from_the_end(place: list[int]) -> None:
    x = tf.SparseTensor([place], [3.0], [2, 2])
    dense = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.Session() as session:
        for made in (x * dense, x * 2.0, x / dense):
            with pytest.raises(tf.errors.InvalidArgumentError, match="does not index into sparse tensor"):
                session.run(made.values)


def test_strings_are_empty_where_nothing_was_given() -> None:
    words = tf.placeholder_with_default([["a", ""], ["", "b"]], [2, 2])
    rows = tf.TensorArray(tf.string, 3, element_shape=[2]).write(1, ["a", "b"])
    with tf.Session() as session:
        assert session.run(tf.zeros_like(words)).tolist() == [[b"", b""]] * 2
        assert session.run(tf.sparse.from_dense(words)).indices.tolist() == [[0, 0], [1, 1]]
        assert session.run(rows.stack()).tolist() == [[b"", b""], [b"a", b"b"], [b"", b""]]


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
