"""A page of user code, which type checkers accept and which runs."""

from __future__ import annotations

import numpy as np
import scopetrie as tf


def dense(x: tf.Tensor, units: int, name: str) -> tf.Tensor:
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE) as scope:
        weights = tf.get_variable("w", [int(x.shape[-1]), units], initializer=tf.glorot_uniform_initializer())
        bias = tf.get_variable("b", [units], tf.float32, initializer="zeros")
        path: str = scope.name + "/" + weights.op.name
        print(path, weights.dtype.name, weights.shape.as_list(), weights.trainable)
    return tf.nn.relu(x @ weights + bias, name="out")


def main() -> None:
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    hidden = dense(x, 8, "hidden")
    loss = tf.reduce_mean(tf.square(hidden), axis=0)
    total = -loss * 2.0 + 1
    step = tf.get_variable("step", dtype="int64", initializer=tf.constant(0, tf.int64), trainable=False)
    increment = tf.assign_add(step, 1)
    init = tf.global_variables_initializer()
    with tf.Session() as session:
        session.run(init)
        value = session.run(total, {x: np.zeros([2, 4], np.float32)})
        print(value.shape, value.dtype)
        one, two = session.run([loss, increment], feed_dict={x: [[1.0, 2.0, 3.0, 4.0]]})
        both = session.run({"loss": loss, "total": total}, {x: np.ones((1, 4))})
        print(both["loss"].sum(), one, two)
    for variable in tf.global_variables():
        print(variable.name, variable.shape)
    for variable in tf.trainable_variables(scope="hidden"):
        print(variable.op.type)
    best = tf.nn.top_k([1.0, 2.0], 2)
    print(best.values.name, best.indices.dtype, tf.unique([1, 1]).y.shape)
    op: tf.Operation = tf.no_op()
    print(op.name, op.inputs, tf.get_default_graph().get_operations()[0].name)
    with tf.Graph().as_default() as graph, tf.name_scope("a") as a:
        print(graph.unique_name("x"), a)
    store = tf.Store(seed=1)
    with store.scope("layer"):
        w = store.get("w", [3, 3])
    print(w.path, w.array.sum(), store["layer/w"].shape)
    names = tf.Names()
    print(names.unique_name("a"))


main()
