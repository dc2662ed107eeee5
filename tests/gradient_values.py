"""Gradients whose values and names are recorded from TensorFlow; see recorded/record_training.py.

Among them are those at ties, at zeros and of what is not finite, which differences cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

X = [[-1.5, 0.0, 2.0], [0.5, 2.0, -0.25]]
Y = [[1.0, 0.0, -2.0], [0.5, 3.0, 0.75]]


def of(build: Callable[..., Any], *arrays: Any) -> Callable[[Any], list[Any]]:
    """The gradients of `build(tf, *tensors)` by its tensors."""

    def made(tf: Any) -> list[Any]:
        tensors = [tf.constant(each, tf.float32) for each in arrays]
        return tf.gradients(build(tf, *tensors), tensors)

    return made


def second(build: Callable[..., Any], *arrays: Any) -> Callable[[Any], list[Any]]:
    """The gradients of the square of the gradients."""

    def made(tf: Any) -> list[Any]:
        tensors = [tf.constant(each, tf.float32) for each in arrays]
        first = tf.gradients(build(tf, *tensors), tensors)
        return tf.gradients([tf.square(each) for each in first if each is not None], tensors)

    return made


def table(build: Callable[..., Any]) -> Callable[[Any], list[Any]]:
    """The gradient by a variable of rows."""

    def made(tf: Any) -> list[Any]:
        rows = tf.get_variable(
            "rows", initializer=np.arange(12, dtype=np.float32).reshape(4, 3), use_resource=False
        )
        return tf.gradients(build(tf, rows), [rows])

    return made


def loop(tf: Any, x: Any, y: Any) -> Any:
    return tf.while_loop(lambda i, _: i < 3, lambda i, s: (i + 1, s * y + x), (0, x))[1]


GRADIENTS: dict[str, Callable[[Any], list[Any]]] = {
    "relu": of(lambda tf, x: tf.nn.relu(x), X),
    "relu6, leaky, elu, selu": of(
        lambda tf, x: [tf.nn.relu6(x * 4), tf.nn.leaky_relu(x), tf.nn.elu(x), tf.nn.selu(x)], X
    ),
    "abs, sign": of(lambda tf, x: [tf.abs(x), tf.sign(x)], X),
    "sqrt at 0": of(lambda tf, x: tf.sqrt(x), [0.0, 4.0]),
    "pow": of(lambda tf, x, y: tf.pow(x, y), [0.0, 2.0, 3.0, -2.0], [2.0, 0.0, 0.5, 2.0]),
    "square root by pow": of(lambda tf, x: tf.pow(x, 0.5), [4.0, 9.0]),
    "maximum": of(lambda tf, x, y: tf.maximum(x, y), X, Y),
    "minimum": of(lambda tf, x, y: tf.minimum(x, y), X, Y),
    "reduce_max": of(
        lambda tf, x: [tf.reduce_max(x, 1), tf.reduce_min(x)], [[1.0, 2.0, 2.0], [0.5, 0.5, 0.25]]
    ),
    "reduce_prod": of(
        lambda tf, x: [tf.reduce_prod(x, 1), tf.reduce_prod(x)], [[0.0, 2.0, 3.0], [0.0, 0.0, 4.0]]
    ),
    "clip": of(lambda tf, x: tf.clip_by_value(x, -1.0, 2.0), X),
    "where": of(lambda tf, x, y: tf.where(x > y, x * x, y * 3), X, Y),
    "x * x + y": of(lambda tf, x, y: x * x + y, X, Y),
    "broadcast": of(lambda tf, x, y: x * y - y / (x * x + 1), X, [1.0, 2.0, 3.0]),
    "squared difference": of(lambda tf, x, y: tf.squared_difference(x, y), X, [1.0, 2.0, 3.0]),
    "softmax cross entropy": of(
        lambda tf, x, y: tf.nn.softmax_cross_entropy_with_logits_v2(logits=x, labels=tf.nn.softmax(y)), X, Y
    ),
    "softmax cross entropy, twice": second(
        lambda tf, x: tf.nn.softmax_cross_entropy_with_logits_v2(logits=x, labels=[[0.5, 0, 0.5], [0, 1, 0]]),
        X,
    ),
    "sparse cross entropy": of(
        lambda tf, x: tf.nn.sparse_softmax_cross_entropy_with_logits(logits=x, labels=[2, 0]), X
    ),
    "sigmoid cross entropy": of(
        lambda tf, x, y: tf.nn.sigmoid_cross_entropy_with_logits(logits=x, labels=y), X, Y
    ),
    "softmax, log_softmax": of(
        lambda tf, x: [tf.square(tf.nn.softmax(x)), tf.square(tf.nn.log_softmax(x))], X
    ),
    "l2_normalize": of(lambda tf, x: tf.square(tf.nn.l2_normalize(x, 1)), X),
    "moments": of(lambda tf, x: tf.nn.moments(x, [0]), X),
    "batch norm": of(
        lambda tf, x, s, o: tf.square(tf.nn.fused_batch_norm(x, s, o)[0]),
        np.arange(24, dtype=np.float32).reshape(3, 2, 2, 2) ** 1.5,
        [1.0, 2.0],
        [0.5, -0.5],
    ),
    "max pool": of(lambda tf, x: tf.square(tf.nn.max_pool(x, 2, 2, "SAME")), np.ones([1, 3, 3, 1])),
    "conv": of(
        lambda tf, x, f: tf.nn.conv2d(x, f, [1, 2, 1, 1], "SAME"),
        np.arange(24, dtype=np.float32).reshape(1, 4, 3, 2),
        np.arange(24, dtype=np.float32).reshape(2, 2, 2, 3),
    ),
    "gather": table(lambda tf, v: tf.gather(v, [1, 1, 3])),
    "embedding and more": table(lambda tf, v: [tf.nn.embedding_lookup(v, [0, 2]), tf.gather(v, [[1], [0]])]),
    "rows and the whole": table(lambda tf, v: [tf.gather(v, [1]), tf.reduce_sum(v * v)]),
    "segments": of(lambda tf, x: tf.unsorted_segment_max(x, [0, 0], 1), [[1.0, 2.0, 3.0], [1.0, 5.0, 0.0]]),
    "top k": of(lambda tf, x: tf.nn.top_k(x, 2)[0], X),
    "concat, split": of(lambda tf, x, y: tf.split(tf.concat([x, y], 1), 2, 1)[1] * 2, X, Y),
    "cond": of(lambda tf, x, y: tf.cond(x[0, 0] < 0, lambda: x * y, lambda: x + y), X, Y),
    "while": of(loop, X, Y),
    "map": of(lambda tf, x: tf.map_fn(lambda e: e * e, x), X),
    "penalty": second(lambda tf, x, y: tf.tanh(tf.matmul(x, y, transpose_b=True)), X, Y),
    "norm at 0": of(lambda tf, x: tf.norm(x), [0.0, 0.0]),
    "div_no_nan": of(lambda tf, x, y: tf.div_no_nan(x, y), X, Y),
    "cumprod": of(lambda tf, x: tf.cumprod(x), [[1.0, 2.0], [3.0, 4.0]]),
    "clip_by_global_norm": of(lambda tf, x: tf.clip_by_global_norm([x, x * 2], 1.0)[0], X),
}


def outcome(tf: Any, name: str) -> tuple[list[str], list[np.ndarray[Any, Any]]]:
    """The names and the values of gradients; of IndexedSlices, rows and indices."""
    with tf.Graph().as_default(), tf.Session() as session:
        found = GRADIENTS[name](tf)
        parts: list[Any] = []
        for each in found:
            if each is not None:
                parts += [each.values, each.indices] if isinstance(each, tf.IndexedSlices) else [each]
        session.run(tf.global_variables_initializer())
        values = session.run(parts)
        return ["None" if each is None else each.name for each in found], [
            np.asarray(each) for each in values
        ]
