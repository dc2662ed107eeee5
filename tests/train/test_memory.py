"""The memory that a training step takes, relative to the same step by hand with NumPy."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import scopetrie as tf

SIZES, BATCH = (200, 300, 300, 10), 400


def peak(step: Callable[[], Any]) -> int:
    """Bytes that a step allocates beyond what is there before it, at the most."""
    for _ in range(3):
        step()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        step()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def by_hand(weights: list[np.ndarray], images: np.ndarray, labels: np.ndarray) -> np.floating[Any]:
    """A step of gradient descent that keeps no array longer than it has to."""
    layers = [images]
    for each in weights:
        made = layers[-1] @ each
        layers.append(made if each is weights[-1] else np.maximum(made, 0, out=made))
    grad = layers.pop()
    grad -= grad.max(axis=1, keepdims=True)
    np.exp(grad, out=grad)
    grad /= grad.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log((grad * labels).sum(axis=1)))
    grad -= labels
    grad /= np.float32(BATCH)
    del made
    for each in reversed(weights):
        change = layers[-1].T @ grad
        if len(layers) > 1:
            grad = grad @ each.T
            grad *= layers.pop() > 0
        change *= np.float32(0.01)
        each -= change
        del change
    return loss


def test_a_step_keeps_alive_at_most_what_a_careful_program_does_and_a_third():
    random = np.random.default_rng(0)
    images = random.normal(size=(BATCH, SIZES[0])).astype(np.float32)
    labels = np.eye(SIZES[-1], dtype=np.float32)[random.integers(0, SIZES[-1], BATCH)]
    weights = [(random.normal(size=pair) / 20).astype(np.float32) for pair in pairwise(SIZES)]

    x, y = tf.placeholder(tf.float32, [None, SIZES[0]]), tf.placeholder(tf.float32, [None, SIZES[-1]])
    net = x
    for at, each in enumerate(weights):
        net = tf.matmul(net, tf.get_variable(f"w{at}", initializer=each.copy()))
        net = net if each is weights[-1] else tf.nn.relu(net)
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=net))
    train = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        feeds = {x: images, y: labels}
        assert np.isclose(session.run([loss, train], feeds)[0], by_hand(weights, images, labels), rtol=1e-5)
        ours = peak(lambda: session.run([loss, train], feeds))
    theirs = peak(lambda: by_hand(weights, images, labels))
    assert ours <= 1.3 * theirs, f"{ours:,} bytes, by hand {theirs:,}"
