"""What `Operation.op_def` says of types of operations."""

from __future__ import annotations

import pytest

pytest.importorskip("tensorboard")

import scopetrie as tf

# Asked of TensorFlow 2.21: `op.op_def.is_stateful`.
STATEFUL = """
    VariableV2 RandomStandardNormal RandomUniform Multinomial PyFunc FIFOQueueV2 QueueDequeueV2 TensorArrayV3
    Assert
"""
STATELESS = """
    Assign AssignAdd ScatterAdd ApplyGradientDescent ScalarSummary MergeSummary ReadFile MatMul Placeholder
    Const NoOp
"""
EXPECTED = dict.fromkeys(STATEFUL.split(), True) | dict.fromkeys(STATELESS.split(), False)


def test_it_names_inputs_and_attributes_and_says_whether_there_is_a_state() -> None:
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2, 2])
        v = tf.get_variable("v", [2, 2])
        tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(tf.matmul(x, v)))
        tf.random_uniform([2]), tf.multinomial(x, 1), tf.py_func(abs, [x], tf.float32), tf.assign_add(v, x)
        tf.random_normal([2]), tf.scatter_add(v, [0], x[:1]), tf.read_file("a"), tf.Assert(True, [x])
        tf.summary.scalar("s", 1.0), tf.summary.merge_all(), tf.FIFOQueue(1, tf.float32).dequeue(), tf.no_op()
        tf.TensorArray(tf.float32, 1)
        found = {op.type: op.op_def for op in graph.get_operations()}
    assert {kind: each.name for kind, each in found.items()} == {kind: kind for kind in found}
    told = {kind: each.is_stateful for kind, each in found.items() if kind in EXPECTED}
    assert told == {kind: EXPECTED[kind] for kind in told} and len(told) > 15
    product = found["MatMul"]
    assert [(each.name, each.type_attr, each.is_ref) for each in product.input_arg] == [
        ("a", "T", False), ("b", "T", False)
    ]  # fmt: skip
    types = {each.name: each.type for each in product.attr}
    assert types == {"T": "type"} | dict.fromkeys(types.keys() - {"T"}, "bool") and "transpose_a" in types
    assert [each.is_ref for each in found["ScatterAdd"].input_arg] == [True, False, False]
