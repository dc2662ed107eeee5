"""Static shapes that follow from sizes of which only some are known, as TensorFlow says them."""

import json
import time

import numpy as np
import pytest
import scopetrie as tf
from recorded.partial_shapes import RECORDED, shape_of

EXPECTED = json.loads(RECORDED.read_text())
# Where more is known here; and among these, where TensorFlow stumbles over `shape[::-1]`, does not see at
# once what no run can compute, or casts a list of int64 and int32.
DIFFERENT = 21
WORSE = 8


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def sizes(text):
    return None if text == "<unknown>" else [each for each in text.strip("(,)").split(", ") if each]


def refines(found, wanted):
    """Whether a shape says all that another one says."""
    if wanted == "<unknown>":
        return found.startswith(("(", "<"))
    if not (found.startswith("(") and wanted.startswith("(")):
        return False
    pairs = zip(sizes(found), sizes(wanted), strict=True)
    return len(sizes(found)) == len(sizes(wanted)) and all(b in (a, "?") for a, b in pairs)


def test_expressions_have_tensorflows_shapes():
    found = {each: shape_of(tf, each) for each in EXPECTED}
    different = {each: (found[each], wanted) for each, wanted in EXPECTED.items() if found[each] != wanted}
    worse = {each: pair for each, pair in different.items() if not refines(*pair)}
    assert len(different) <= DIFFERENT, different
    assert len(worse) <= WORSE, worse


def test_the_examples():
    x = tf.placeholder(tf.float32, [2, None, 5])
    i = tf.placeholder(tf.int32, [])
    assert tf.tile(tf.zeros([1, 4]), [tf.shape(x)[0], 1]).shape.as_list() == [2, 4]
    assert tf.slice(x, [0, 0, 0], [tf.shape(x)[0], -1, 2]).shape.as_list() == [2, None, 2]
    assert tf.range(tf.shape(x)[0]).shape.as_list() == [2]
    assert tf.one_hot(tf.zeros([2], tf.int32), tf.shape(x)[2]).shape.as_list() == [2, 5]
    assert tf.pad(x, [[0, 0], [0, i], [0, 0]]).shape.as_list() == [2, None, 5]


def test_a_loops_variables_are_no_constants():
    """Their first values may be, but not what later rounds see."""
    seen = []

    def body(i, x):
        seen.append([tf.zeros([i]).shape.as_list(), tf.get_static_value(i)])
        return i + 1, x

    tf.while_loop(lambda i, x: tf.zeros([i]).shape.as_list() == [None] and i < 3, body, [2, 0.0])
    tf.scan(lambda a, b: body(a, a)[0], tf.constant([1, 2]), tf.constant(2))
    tf.foldl(lambda a, b: body(a, a)[0], tf.constant([1, 2]), 2)
    tf.map_fn(lambda a: body(a, a)[0], tf.constant([1, 2]))
    assert seen == [[[None], None]] * 4


def test_sizes_that_are_used_twice_are_computed_once():
    size = tf.constant(1)
    for _ in range(25):
        size = tf.minimum(size + size, 7)
    began = time.perf_counter()
    assert tf.range(size).shape.as_list() == [7]
    assert time.perf_counter() - began < 1.0


def test_static_values_of_parts():
    n = tf.placeholder(tf.int32, [])
    assert tf.get_static_value(tf.stack([n, 3])) is None
    assert tf.get_static_value(tf.stack([n, 3]), partial=True).tolist() == [None, 3]
    assert tf.get_static_value(tf.stack([[n, 3], [1, 2]]), partial=True).tolist() == [[None, 3], [1, 2]]
    assert tf.get_static_value(tf.stack([n, n]), partial=True) is None
    assert tf.get_static_value(n + 1, partial=True) is None


@pytest.mark.parametrize("chance", ["number", "scalar", "unknown", "variable"])
@pytest.mark.parametrize("keyword", ["keep_prob", "rate"])
def test_dropout_keeps_the_shape(keyword, chance):
    x = tf.placeholder(tf.float32, [None, 4])
    kinds = {
        "number": 0.5,
        "scalar": tf.placeholder(tf.float32, []),
        "unknown": tf.placeholder(tf.float32),
        "variable": tf.Variable(0.5),
    }
    y = tf.nn.dropout(x, **{keyword: kinds[chance]})
    assert y.shape.as_list() == [None, 4]
    tf.get_variable(f"w_{chance}", [y.shape[1], 2])


def test_ops_with_several_outputs_name_them():
    x = tf.constant([[3.0, 1.0], [1.0, 2.0]])
    v = tf.constant([1, 2, 2])
    named = {
        "TopKV2": (tf.nn.top_k(x), ("values", "indices")),
        "Unique": (tf.unique(v), ("y", "idx")),
        "UniqueWithCounts": (tf.unique_with_counts(v), ("y", "idx", "count")),
        "ListDiff": (tf.setdiff1d(v, [1]), ("out", "idx")),
        "Qr": (tf.qr(x), ("q", "r")),
        "LogMatrixDeterminant": (tf.linalg.slogdet(x), ("sign", "log_abs_determinant")),
        "MaxPoolWithArgmax": (
            tf.nn.max_pool_with_argmax(tf.zeros([1, 2, 2, 1]), [1, 2, 2, 1], [1, 2, 2, 1], "SAME"),
            ("output", "argmax"),
        ),
    }
    with tf.Session() as session:
        for name, (found, fields) in named.items():
            assert type(found).__name__ == name and found._fields == fields
            values = session.run(found)
            assert type(values) is type(found)
            assert all(isinstance(each, np.ndarray | np.generic) for each in values)


def test_sizes_are_stacked_in_tensorflows_nodes():
    made = tf.stack([tf.Dimension(2), 3])
    names = [op.name for op in made.graph.get_operations()]
    assert names == ["stack", "stack_1/values_0", "stack_1/values_1", "stack_1"]
    with tf.Session() as session:
        assert session.run(made).tolist() == [2, 3]


def test_what_is_the_same_is_equal_without_a_look():
    n = tf.placeholder(tf.int32, [], name="n")
    assert tf.assert_equal(n, n).name == "assert_equal/NoOp"
    assert [op.name for op in n.graph.get_operations()] == ["n", "assert_equal/NoOp"]
