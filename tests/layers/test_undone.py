"""A layer whose variables were undone, with what called it, makes them again."""

from __future__ import annotations

from typing import Any

import pytest
import scopetrie as tf


@pytest.mark.parametrize("partitioner", [None, tf.fixed_size_partitioner(2)])
def test_a_transaction_that_is_rolled_back(partitioner: Any) -> None:
    with tf.Graph().as_default() as graph, tf.variable_scope("s", partitioner=partitioner):
        layer = tf.layers.Dense(3, use_bias=False, name="d")
        x = tf.ones([2, 2])
        with graph.transaction() as transaction:
            layer(x)
            transaction.rollback()
        assert layer(x).shape == (2, 3)
        (kernel,) = layer.weights if partitioner is None else [layer.weights[0]]
        assert kernel.op.name.startswith("s/d/kernel")


def test_a_wrapper_that_fails_after_its_cell() -> None:
    with tf.Graph().as_default() as graph:
        cell = tf.nn.rnn_cell.BasicRNNCell(3)
        x, state = tf.ones([2, 2]), tf.zeros([2, 3])
        before = [op.name for op in graph.get_operations()]
        with pytest.raises(ValueError):
            tf.nn.rnn_cell.ResidualWrapper(cell)(x, state)  # [2, 2] + [2, 3]
        assert [op.name for op in graph.get_operations()] == before
        cell(x, state)
        assert [variable.op.name for variable in tf.global_variables()] == [
            "basic_rnn_cell/kernel",
            "basic_rnn_cell/bias",
        ]
