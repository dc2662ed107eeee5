"""Training steps, relative to the same written by hand with NumPy; and the building of gradients."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import numpy as np

from ..results import Result, Row, paired_row
from ..sampling import Effort, Samples, require
from .running import Floats, by_hand, session

SIZES = (784, 256, 256, 10)
BATCH = 128
WORDS, WIDTH, NEGATIVE = 50_000, 128, 64
NET = 10_000


class Perceptron:
    """A net of three layers with softmax and cross entropy, which Adam trains, by hand.

    The arrays are changed in place, as a careful programmer would.
    """

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.images: Floats = random.normal(size=(BATCH, SIZES[0])).astype(np.float32)
        self.labels: Floats = np.eye(SIZES[-1], dtype=np.float32)[random.integers(0, SIZES[-1], BATCH)]
        pairs = [*pairwise(SIZES)]
        self.weights: list[Floats] = [
            (random.normal(size=pair) / np.sqrt(pair[0])).astype(np.float32) for pair in pairs
        ]
        self.biases: list[Floats] = [np.zeros(size, np.float32) for _, size in pairs]
        self.means = [np.zeros_like(each) for each in (*self.weights, *self.biases)]
        self.squares = [np.zeros_like(each) for each in self.means]
        self.steps = 0

    def step(self) -> np.float32:
        """One step; returns the loss before it."""
        layers = [self.images]
        for weights, bias in zip(self.weights, self.biases, strict=True):
            made = layers[-1] @ weights
            made += bias
            layers.append(made if weights is self.weights[-1] else np.maximum(made, 0, out=made))
        low = layers[-1] - layers[-1].max(axis=1, keepdims=True)
        shares = np.exp(low)
        total = shares.sum(axis=1, keepdims=True)
        loss = np.mean(np.sum(self.labels * (np.log(total) - low), axis=1))
        grad = (shares / total - self.labels) / np.float32(BATCH)
        by_weights: list[Floats] = []
        by_biases: list[Floats] = []
        for at in reversed(range(len(self.weights))):
            by_weights.insert(0, layers[at].T @ grad)
            by_biases.insert(0, grad.sum(axis=0))
            if at:
                grad = grad @ self.weights[at].T
                grad *= layers[at] > 0
        self._adam([*by_weights, *by_biases])
        return np.float32(loss)

    def _adam(self, grads: list[Floats]) -> None:
        self.steps += 1
        rate = np.float32(1e-3 * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps))
        values = [*self.weights, *self.biases]
        for value, mean, square, grad in zip(values, self.means, self.squares, grads, strict=True):
            mean *= np.float32(0.9)
            mean += np.float32(0.1) * grad
            square *= np.float32(0.999)
            square += np.float32(0.001) * grad * grad
            value -= rate * mean / (np.sqrt(square) + np.float32(1e-8))


def _perceptron(tf: Any) -> Row:
    def graph() -> tuple[Any, dict[Any, Any]]:
        hand = Perceptron()
        images = net = tf.placeholder(tf.float32, [None, SIZES[0]])
        labels = tf.placeholder(tf.float32, [None, SIZES[-1]])
        for at, weights in enumerate(hand.weights):
            bias = tf.get_variable(f"b{at}", [weights.shape[1]], initializer=tf.zeros_initializer())
            net = tf.nn.bias_add(tf.matmul(net, tf.get_variable(f"w{at}", initializer=weights)), bias)
            net = tf.nn.relu(net) if at < len(hand.weights) - 1 else net
        losses = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=net)
        loss = tf.reduce_mean(losses)
        train = tf.train.AdamOptimizer(1e-3).minimize(loss)
        with tf.control_dependencies([train]):
            return tf.identity(loss), {images: hand.images, labels: hand.labels}

    return paired_row(
        "train.mlp",
        f"step of Adam, net {'-'.join(map(str, SIZES))}, batch {BATCH}",
        session(tf, graph, lambda: Perceptron().step()),
        by_hand("net.step()", net=Perceptron()),
        against="NumPy",
        target=1.0,
        calls=20,
        quick_calls=20,
    )


class WordVectors:
    """A step of word2vec on two tables, of which it changes the rows of the batch, by hand."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.inputs: Floats = random.uniform(-1, 1, (WORDS, WIDTH)).astype(np.float32)
        self.outputs: Floats = random.uniform(-0.1, 0.1, (WORDS, WIDTH)).astype(np.float32)
        self.words, self.near = (random.integers(0, WORDS, BATCH) for _ in range(2))
        self.far = random.integers(0, WORDS, NEGATIVE)

    def step(self) -> np.float32:
        """One step; returns the loss before it."""
        given, near, far = self.inputs[self.words], self.outputs[self.near], self.outputs[self.far]
        right, wrong = (given * near).sum(axis=1), given @ far.T
        loss = np.mean(np.logaddexp(0, -right) + np.logaddexp(0, wrong).sum(axis=1))
        by_right = (-1 / (1 + np.exp(right)) / np.float32(BATCH))[:, None]
        by_wrong = 1 / (1 + np.exp(-wrong)) / np.float32(BATCH)
        np.subtract.at(self.inputs, self.words, by_right * near + by_wrong @ far)
        np.subtract.at(self.outputs, self.near, by_right * given)
        np.subtract.at(self.outputs, self.far, by_wrong.T @ given)
        return np.float32(loss)


def _word_vectors(tf: Any) -> Row:
    def graph() -> tuple[Any, dict[Any, Any]]:
        hand = WordVectors()
        inputs = tf.get_variable("inputs", initializer=hand.inputs)
        outputs = tf.get_variable("outputs", initializer=hand.outputs)
        words, near = (tf.placeholder(tf.int32, [BATCH]) for _ in range(2))
        far = tf.placeholder(tf.int32, [NEGATIVE])
        given = tf.nn.embedding_lookup(inputs, words)
        right = tf.reduce_sum(given * tf.nn.embedding_lookup(outputs, near), 1)
        wrong = tf.matmul(given, tf.nn.embedding_lookup(outputs, far), transpose_b=True)
        cross = tf.nn.sigmoid_cross_entropy_with_logits
        losses = cross(labels=tf.ones_like(right), logits=right)
        losses += tf.reduce_sum(cross(labels=tf.zeros_like(wrong), logits=wrong), 1)
        loss = tf.reduce_mean(losses)
        train = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
        with tf.control_dependencies([train]):
            return tf.identity(loss), {words: hand.words, near: hand.near, far: hand.far}

    return paired_row(
        "train.rows",
        f"step on rows of two tables of {WORDS:,} x {WIDTH}, batch {BATCH}",
        session(tf, graph, lambda: WordVectors().step()),
        by_hand("vectors.step()", vectors=WordVectors()),
        against="NumPy",
        target=1.0,
        calls=20,
        quick_calls=20,
    )


def _net(tf: Any, operations: int) -> Any:
    """A net of that many operations, or a few less; returns its loss."""
    net = tf.placeholder(tf.float32, [None, 8])
    graph = tf.get_default_graph()
    layer = 0
    while graph.version < operations - 30:
        weights = tf.get_variable(f"w{layer}", [8, 8], initializer=tf.zeros_initializer())
        bias = tf.get_variable(f"b{layer}", [8], initializer=tf.zeros_initializer())
        net = tf.nn.relu(tf.matmul(net, weights) + bias)
        layer += 1
    return tf.reduce_mean(tf.square(net))


def _gradients(tf: Any) -> Row:
    def once() -> tuple[float, float]:
        with tf.Graph().as_default():
            start = time.perf_counter_ns()
            loss = _net(tf, NET)
            built = time.perf_counter_ns()
            variables = tf.trainable_variables()
            begun = time.perf_counter_ns()
            found = tf.gradients(loss, variables)
            spent = time.perf_counter_ns() - begun
            require(len(found) == len(variables) and None not in found, "a gradient is missing")
        return spent, built - start

    def measure(effort: Effort) -> Result:
        once()  # imports the gradients
        pairs = [once() for _ in range(effort.least)]
        ours, building = (Samples(tuple(values)) for values in zip(*pairs, strict=True))
        ratio = Samples(tuple(a / b for a, b in pairs))
        against = "building the net"
        return Result(
            "train.gradients", title, "ns", ours, building, against, ratio, 100e6, target_on="value"
        )

    title = f"gradients of a net of {NET:,} operations"
    return Row("train.gradients", title, measure)


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows for training.

    Args:
      tf: The module under test.

    Returns:
      The rows.
    """
    return _perceptron(tf), _word_vectors(tf), _gradients(tf)
