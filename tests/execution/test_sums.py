"""Sums that are computed without their terms: the same values, whatever else is wanted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scopetrie as tf

RANDOM = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as made:
        yield made


def types_of_steps(session: tf.Session, fetch: Any, feeds: Any = None) -> list[str]:
    """The types of the operations that a run of the fetch computes."""
    metadata = tf.RunMetadata()
    session.run(fetch, feeds, options=tf.RunOptions(trace_level=3), run_metadata=metadata)
    names = [each.node_name for device in metadata.step_stats.dev_stats for each in device.node_stats]
    graph = tf.get_default_graph()
    return [graph.get_operation_by_name(name).type for name in names]


def products(rows: Any, count: int, dtype: Any = "float32") -> tuple[list[Any], list[Any], Any]:
    """Pairs of matrices, the products of each, and their sum."""
    pairs = [(tf.placeholder(dtype, [rows, 6]), tf.placeholder(dtype, [rows, 5])) for _ in range(count)]
    terms = [tf.matmul(a, b, transpose_a=True) for a, b in pairs]
    return pairs, terms, tf.add_n(terms)


def fed(pairs: list[Any], rows: int, dtype: str = "float32") -> dict[Any, Any]:
    return {
        each: RANDOM.normal(size=(rows, each.shape[1].value)).astype(dtype) for pair in pairs for each in pair
    }


def by_hand(pairs: list[Any], feeds: dict[Any, Any]) -> Any:
    return sum(feeds[a].T @ feeds[b] for a, b in pairs)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
@pytest.mark.parametrize("rows, known", [(2, True), (2, False), (300, False), (0, False)])
def test_products(rows: int, known: bool, dtype: str) -> None:
    pairs, terms, total = products(rows if known else None, 4, dtype)
    with tf.Session() as session:
        for _ in range(3):
            feeds = fed(pairs, rows, dtype)
            np.testing.assert_allclose(session.run(total, feeds), by_hand(pairs, feeds), rtol=1e-4, atol=1e-4)
        assert types_of_steps(session, total, feeds) == ["AddN"]
        found, *each = session.run([total, *terms], feeds)
        np.testing.assert_allclose(found, by_hand(pairs, feeds), rtol=1e-4, atol=1e-4)
        for (a, b), term in zip(pairs, each, strict=True):
            np.testing.assert_allclose(term, feeds[a].T @ feeds[b], rtol=1e-4, atol=1e-4)
        feeds[terms[1]] = np.ones((6, 5), dtype)
        expected = by_hand([pairs[0], *pairs[2:]], feeds) + 1
        np.testing.assert_allclose(session.run(total, feeds), expected, rtol=1e-4, atol=1e-4)


def test_terms_that_others_use_are_computed() -> None:
    pairs, terms, total = products(2, 5)
    more = total + tf.add_n([tf.square(terms[0]), terms[1], terms[1]])
    feeds = fed(pairs, 2)
    with tf.Session() as session:
        each = [feeds[a].T @ feeds[b] for a, b in pairs]
        expected = sum(each) + each[0] ** 2 + 2 * each[1]
        for _ in range(2):
            np.testing.assert_allclose(session.run(more, feeds), expected, rtol=1e-5)
        assert types_of_steps(session, more, feeds).count("MatMul") == 2


def test_many_rows_are_multiplied_one_by_one() -> None:
    pairs, _, total = products(300, 4)
    with tf.Session() as session:
        assert types_of_steps(session, total, fed(pairs, 300)).count("MatMul") == 4


def test_numbers_of_rows_that_differ() -> None:
    pairs, terms, total = products(None, 3)
    feeds = fed(pairs, 2)
    feeds[pairs[1][0]] = np.ones((3, 6), np.float32)
    with tf.Session() as session:
        for _ in range(3):
            with pytest.raises(tf.errors.InvalidArgumentError) as caught:
                session.run(total, feeds)
            assert caught.value.op == terms[1].op
            assert "Matrix size-incompatible: In[0]: [3,6], In[1]: [2,5]" in str(caught.value)


def test_a_variable_that_changes_in_between_is_used_before() -> None:
    w = tf.get_variable("w", [2, 6], initializer=tf.ones_initializer())
    b = tf.placeholder(tf.float32, [2, 5])
    read = w.read_value()
    first = tf.matmul(read, b, transpose_a=True)
    second = tf.matmul(read, b + 1, transpose_a=True)
    with tf.control_dependencies([first, second]):
        changed = tf.assign_add(w, tf.ones([2, 6]))
    with tf.control_dependencies([changed]):
        total = tf.add_n([first, second])
    feeds = {b: np.ones((2, 5), np.float32)}
    with tf.Session() as session:
        for run in range(3):
            session.run(tf.global_variables_initializer())
            np.testing.assert_array_equal(session.run(total, feeds), np.full((6, 5), 6), f"run {run}")


def test_gradients_of_parts() -> None:
    x = tf.placeholder(tf.float32, [3, 4, 5])
    parts = [x[:, 0], x[1:, 2, ::2], x[..., tf.newaxis, 1], x[0]]
    (total,) = tf.gradients([tf.square(each) for each in parts], x)
    value = RANDOM.normal(size=(3, 4, 5)).astype(np.float32)
    expected = np.zeros_like(value)
    for key in ((slice(None), 0), (slice(1, None), 2, slice(None, None, 2)), (..., 1), (0,)):
        expected[key] += 2 * value[key]
    with tf.Session() as session:
        for _ in range(3):
            np.testing.assert_allclose(session.run(total, {x: value}), expected, rtol=1e-6)
        assert "StridedSliceGrad" not in types_of_steps(session, total, {x: value})
