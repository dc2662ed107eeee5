"""Graphs with branches and loops, built by TensorFlow, and what they give.

Run this in an environment with TensorFlow 2.21 to write control_flow.json again: for each graph its GraphDef
(compressed), what is fed to "x", and the values of "y" one run after the other.
"""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).with_name("control_flow.json")


def branches(tf: Any) -> Any:
    """A branch that changes a variable, and one with branches of its own."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", [2, 2], initializer=tf.ones_initializer(), use_resource=False)
    k = tf.get_variable("k", [], initializer=tf.zeros_initializer(), use_resource=False)

    def bump() -> Any:
        with tf.control_dependencies([tf.assign_add(k, 1.0)]):
            return tf.matmul(x, w)

    def inner() -> Any:
        return tf.cond(x[0, 0] < -1, lambda: x * 2.0, lambda: tf.zeros_like(x) + k)

    return tf.cond(tf.reduce_sum(x) > 0, bump, inner)


def pairs(tf: Any) -> Any:
    """Two conditions of one tensor, each with two results; the second takes the first one's."""
    x = tf.placeholder(tf.float32, [2], name="x")
    p = x[0] > 0
    a, b = tf.cond(p, lambda: (x + 1, x), lambda: (x, tf.constant([1.0, 2.0])))
    c, d = tf.cond(p, lambda: (a * b, tf.constant([7.0, 7.0])), lambda: (a, b))
    return tf.stack([a, b, c, d])


def effects(tf: Any) -> Any:
    """Branches for their effects alone, and what waits for them."""
    x = tf.placeholder(tf.float32, [2], name="x")
    k = tf.get_variable("k", [], initializer=tf.zeros_initializer(), use_resource=False)
    with tf.control_dependencies([tf.assign_add(k, 1.0)]):
        z = tf.identity(x)
    with tf.control_dependencies([z]):
        done = tf.cond(z[0] > 0, lambda: tf.group(tf.assign_add(k, 10.0)), lambda: tf.no_op())
    with tf.control_dependencies([done]):
        pairs = [(x[0] > 2, lambda: x * 1), (x[0] > 1, lambda: z * 2)]
        return tf.case(pairs, default=lambda: x * 3) + k.read_value()


def loop(tf: Any) -> Any:
    """A loop that takes a value from outside."""
    x = tf.placeholder(tf.float32, [2], name="x")
    return tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * 2.0 + x), [tf.constant(0), x])[1]


def nested(tf: Any) -> Any:
    """A loop in a branch in a loop, whose variable grows."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")

    def body(i: Any, a: Any) -> Any:
        def rounds() -> Any:
            return tf.while_loop(lambda j, _: j < i + 1, lambda j, c: (j + 1, c + tf.reduce_sum(x)), [0, a])[
                1
            ]

        b = tf.cond(tf.equal(i % 2, 0), rounds, lambda: tf.identity(a) * 2)
        return i + 1, tf.concat([b, x], 0)

    shapes = [tf.TensorShape([]), tf.TensorShape([None, 2])]
    return tf.while_loop(lambda i, a: i < 4, body, [tf.constant(0), x], shape_invariants=shapes)[1]


def rows(tf: Any) -> Any:
    """Loops over rows, which are TensorArrays."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    y = tf.map_fn(lambda row: tf.reduce_sum(row) * row, x)
    z = tf.scan(lambda total, row: total * 0.5 + row, y)
    return z + tf.foldl(lambda total, row: total - row, y)


def recurrent(tf: Any) -> Any:
    """A recurrent net over sequences of different lengths."""
    x = tf.placeholder(tf.float32, [None, 5, 2], name="x")
    cell = tf.nn.rnn_cell.LSTMCell(3, initializer=tf.constant_initializer(0.3))
    outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, sequence_length=[3, 5])
    return tf.add(tf.reduce_sum(outputs, 1), state.h)


# What is fed, run after run; and whether the graph is recorded with control flow v2, too.
GRAPHS: dict[str, tuple[Callable[[Any], Any], list[Any], bool]] = {
    "branches": (branches, [[[1, 2]], [[-3, 1]], [[-0.5, -0.5]], [[1, 2]]], False),
    "pairs": (pairs, [[3, 4], [-3, 4]], True),
    "effects": (effects, [[3, 4], [1.5, 0], [-1, 1]], False),
    "loop": (loop, [[1, 2]], True),
    "nested": (nested, [[[1, 2], [3, 4]]], True),
    "rows": (rows, [[[1, 2], [3, 4], [5, 6]]], False),
    "recurrent": (recurrent, [(np.arange(20).reshape(2, 5, 2) / 10).tolist()], False),
}


def recorded() -> dict[str, Any]:
    """What was recorded, by name; those of control flow v2 end in "_v2"."""
    found = json.loads(DATA.read_text())
    for each in found.values():
        for key in ("graph", "meta"):
            each[key] = zlib.decompress(base64.b64decode(each[key]))
    return dict(found)


def _record(tf: Any, build: Callable[[Any], Any], feeds: list[Any]) -> dict[str, Any]:
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.identity(build(tf), name="y")
        session.run(tf.global_variables_initializer())
        values = [session.run("y:0", {"x:0": np.array(each, np.float32)}).tolist() for each in feeds]
        messages = {"graph": graph.as_graph_def(), "meta": tf.train.export_meta_graph()}
        packed = {key: zlib.compress(each.SerializeToString(), 9) for key, each in messages.items()}
        return {key: base64.b64encode(each).decode() for key, each in packed.items()} | {
            "feeds": feeds,
            "values": values,
        }


def main() -> None:
    """Writes the recording."""
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    made = {}
    for name, (build, feeds, both) in GRAPHS.items():
        tf.disable_control_flow_v2()
        made[name] = _record(tf, build, feeds)
        if both:
            tf.enable_control_flow_v2()
            made[f"{name}_v2"] = _record(tf, build, feeds)
    DATA.write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    main()
