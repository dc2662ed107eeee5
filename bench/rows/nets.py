"""Training steps of two well-known nets, LeNet and an LSTM, relative to the same by hand with NumPy."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..results import Row, paired_row
from ..sampling import REPEATED
from .running import Floats, by_hand, session

IMAGES, SIDE = 64, 28
SENTENCES, LENGTH, UNITS, WORDS = 20, 20, 200, 1000
RATE = np.float32(0.1)


def _normal(random: np.random.Generator, *shape: int) -> Floats:
    return (random.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)


def _losses(logits: Floats, labels: np.ndarray[Any, Any]) -> tuple[np.float32, Floats]:
    """The mean cross entropy with softmax, and its gradient."""
    low = logits - logits.max(axis=1, keepdims=True)
    shares = np.exp(low)
    total = shares.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = np.mean(np.log(total[:, 0]) - low[rows, labels])
    shares /= total
    shares[rows, labels] -= 1
    shares /= np.float32(len(labels))
    return np.float32(loss), shares


class LeNet:
    """Two convolutions, each pooled, and three layers, which gradient descent trains."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.images = random.normal(size=(IMAGES, SIDE, SIDE, 1)).astype(np.float32)
        self.labels = random.integers(0, 10, IMAGES)
        shapes = ((5, 5, 1, 6), (5, 5, 6, 16), (400, 120), (120, 84), (84, 10))
        self.weights = [_normal(random, *shape) for shape in shapes]
        self.biases: list[Floats] = [np.zeros(shape[-1], np.float32) for shape in shapes]

    @staticmethod
    def _windows(x: Floats) -> Floats:
        """All windows of 5 x 5, a row each."""
        made = np.lib.stride_tricks.sliding_window_view(x, (5, 5), (1, 2))
        return np.ascontiguousarray(made.transpose(0, 1, 2, 4, 5, 3)).reshape(-1, 25 * x.shape[-1])

    @staticmethod
    def _pooled(x: Floats) -> tuple[Floats, Floats]:
        """The largest of each 2 x 2 elements, and where the first of them is."""
        images, height, width, depth = x.shape
        parts = x.reshape(images, height // 2, 2, width // 2, 2, depth).transpose(0, 1, 3, 5, 2, 4)
        flat = parts.reshape(images, height // 2, width // 2, depth, 4)
        first = flat.argmax(axis=-1)
        return np.take_along_axis(flat, first[..., None], -1)[..., 0], first

    @staticmethod
    def _unpooled(grad: Floats, first: np.ndarray[Any, Any]) -> Floats:
        images, height, width, depth = grad.shape
        made: Floats = np.zeros((*grad.shape, 4), np.float32)
        np.put_along_axis(made, first[..., None], grad[..., None], -1)
        parts = made.reshape(images, height, width, depth, 2, 2).transpose(0, 1, 4, 2, 5, 3)
        return parts.reshape(images, 2 * height, 2 * width, depth)

    def step(self) -> np.float32:
        """One step; returns the loss before it."""
        w, b = self.weights, self.biases
        rows = [self._windows(np.pad(self.images, ((0, 0), (2, 2), (2, 2), (0, 0))))]
        convolved = [np.maximum(rows[0] @ w[0].reshape(25, 6) + b[0], 0).reshape(IMAGES, 28, 28, 6)]
        pooled, first = self._pooled(convolved[0])
        rows.append(self._windows(pooled))
        convolved.append(np.maximum(rows[1] @ w[1].reshape(150, 16) + b[1], 0).reshape(IMAGES, 10, 10, 16))
        top, second = self._pooled(convolved[1])
        layers = [top.reshape(IMAGES, 400)]
        for at in (2, 3):
            layers.append(np.maximum(layers[-1] @ w[at] + b[at], 0))
        loss, grad = _losses(layers[-1] @ w[4] + b[4], self.labels)
        by_weights: list[Floats] = [layers[2].T @ grad]
        by_biases: list[Floats] = [grad.sum(axis=0)]
        for at in (3, 2):
            grad = grad @ w[at + 1].T
            grad *= layers[at - 1] > 0
            by_weights.insert(0, layers[at - 2].T @ grad)
            by_biases.insert(0, grad.sum(axis=0))
        grad = self._unpooled((grad @ w[2].T).reshape(top.shape), second) * (convolved[1] > 0)
        flat = grad.reshape(-1, 16)
        by_weights.insert(0, (rows[1].T @ flat).reshape(w[1].shape))
        by_biases.insert(0, flat.sum(axis=0))
        spread = (flat @ w[1].reshape(150, 16).T).reshape(IMAGES, 10, 10, 5, 5, 6)
        below = np.zeros((IMAGES, 14, 14, 6), np.float32)
        for i in range(5):
            for j in range(5):
                below[:, i : i + 10, j : j + 10] += spread[:, :, :, i, j]
        flat = (self._unpooled(below, first) * (convolved[0] > 0)).reshape(-1, 6)
        by_weights.insert(0, (rows[0].T @ flat).reshape(w[0].shape))
        by_biases.insert(0, flat.sum(axis=0))
        for value, change in zip((*w, *b), (*by_weights, *by_biases), strict=True):
            value -= RATE * change
        return loss


def _lenet(tf: Any) -> Row:
    def graph() -> tuple[Any, dict[Any, Any]]:
        hand = LeNet()
        net = images = tf.placeholder(tf.float32, [None, SIDE, SIDE, 1])
        labels = tf.placeholder(tf.int64, [None])
        for at, (weights, bias) in enumerate(zip(hand.weights, hand.biases, strict=True)):
            taps, shift = (
                tf.get_variable(f"w{at}", initializer=weights),
                tf.get_variable(f"b{at}", initializer=bias),
            )
            if at < 2:
                net = tf.nn.conv2d(net, taps, [1, 1, 1, 1], ("SAME", "VALID")[at])
                net = tf.nn.relu(tf.nn.bias_add(net, shift))
                net = tf.nn.max_pool(net, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
                net = tf.reshape(net, [-1, 400]) if at else net
            else:
                net = tf.matmul(net, taps) + shift
                net = tf.nn.relu(net) if at < 4 else net
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=net)
        loss = tf.reduce_mean(losses)
        with tf.control_dependencies([tf.train.GradientDescentOptimizer(RATE).minimize(loss)]):
            return tf.identity(loss), {images: hand.images, labels: hand.labels}

    return paired_row(
        "train.lenet",
        f"step of LeNet on {IMAGES} images of {SIDE} x {SIDE}",
        session(tf, graph, lambda: LeNet().step(), over=REPEATED),
        by_hand("net.step()", over=REPEATED, net=LeNet()),
        against="NumPy",
        target=1.0,
        calls=10,
        quick_calls=2,
    )


class Moment(NamedTuple):
    """What a cell keeps of a step for the way back: its input, gates, and states before and after."""

    given: Floats
    gates: tuple[Floats, Floats, Floats, Floats]
    before: Floats
    squashed: Floats


class LSTM:
    """Two layers of LSTM cells that guess the next word, trained by gradient descent."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.words, self.next = (random.integers(0, WORDS, (SENTENCES, LENGTH)) for _ in range(2))
        self.vectors = _normal(random, UNITS, WORDS).T.copy()
        self.cells = [_normal(random, 2 * UNITS, 4 * UNITS) for _ in range(2)]
        self.biases: list[Floats] = [np.zeros(4 * UNITS, np.float32) for _ in range(2)]
        self.top = _normal(random, UNITS, WORDS)

    def _forward(self) -> tuple[list[list[Moment]], Floats]:
        states = [[np.zeros((SENTENCES, UNITS), np.float32) for _ in range(2)] for _ in range(2)]
        moments: list[list[Moment]] = []
        outputs: list[Floats] = []
        for at in range(LENGTH):
            below = self.vectors[self.words[:, at]]
            moments.append([])
            for layer, state in enumerate(states):
                given = np.concatenate([below, state[1]], axis=1)
                raw = given @ self.cells[layer]
                raw += self.biases[layer]
                i, j, f, o = np.split(raw, 4, axis=1)
                i, f, o = (1 / (1 + np.exp(-each)) for each in (i, f + np.float32(1), o))
                j = np.tanh(j)
                before, after = state[0], state[0] * f + i * j
                squashed = np.tanh(after)
                moments[-1].append(Moment(given, (i, j, f, o), before, squashed))
                state[:] = after, squashed * o
                below = state[1]
            outputs.append(below)
        return moments, np.stack(outputs, axis=1).reshape(-1, UNITS)

    def step(self) -> np.float32:
        """One step; returns the loss before it."""
        moments, outputs = self._forward()
        loss, by_logits = _losses(outputs @ self.top, self.next.reshape(-1))
        by_outputs = (by_logits @ self.top.T).reshape(SENTENCES, LENGTH, UNITS)
        by_cells: list[Floats] = [np.zeros_like(each) for each in self.cells]
        by_biases: list[Floats] = [np.zeros_like(each) for each in self.biases]
        by_vectors: Floats = np.zeros_like(self.vectors)
        by_states = [[np.zeros((SENTENCES, UNITS), np.float32) for _ in range(2)] for _ in range(2)]
        for at in reversed(range(LENGTH)):
            above: Floats = by_outputs[:, at]
            for layer in (1, 0):
                given, (i, j, f, o), before, squashed = moments[at][layer]
                by_output = above + by_states[layer][1]
                by_state = by_states[layer][0] + by_output * o * (1 - squashed * squashed)
                raw = np.concatenate(
                    [
                        by_state * j * i * (1 - i),
                        by_state * i * (1 - j * j),
                        by_state * before * f * (1 - f),
                        by_output * squashed * o * (1 - o),
                    ],
                    axis=1,
                )
                by_cells[layer] += given.T @ raw
                by_biases[layer] += raw.sum(axis=0)
                by_given = raw @ self.cells[layer].T
                above = by_given[:, :UNITS]
                by_states[layer] = [by_state * f, by_given[:, UNITS:]]
            np.add.at(by_vectors, self.words[:, at], above)
        values = (*self.cells, *self.biases, self.top, self.vectors)
        changes = (*by_cells, *by_biases, outputs.T @ by_logits, by_vectors)
        for value, change in zip(values, changes, strict=True):
            value -= RATE * change
        return loss


def _lstm(tf: Any) -> Row:
    def graph() -> tuple[Any, dict[Any, Any]]:
        hand = LSTM()
        words, wanted = (tf.placeholder(tf.int32, [SENTENCES, LENGTH]) for _ in range(2))
        vectors = tf.nn.embedding_lookup(tf.get_variable("vectors", initializer=hand.vectors), words)
        cells = [tf.get_variable(f"cell{at}", initializer=each) for at, each in enumerate(hand.cells)]
        biases = [tf.get_variable(f"bias{at}", initializer=each) for at, each in enumerate(hand.biases)]
        states = [[tf.zeros([SENTENCES, UNITS]) for _ in range(2)] for _ in range(2)]
        outputs = []
        for at in range(LENGTH):
            below = vectors[:, at, :]
            for cell, bias, state in zip(cells, biases, states, strict=True):
                raw = tf.nn.bias_add(tf.matmul(tf.concat([below, state[1]], 1), cell), bias)
                i, j, f, o = tf.split(raw, 4, 1)
                after = state[0] * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
                state[:] = after, tf.tanh(after) * tf.sigmoid(o)
                below = state[1]
            outputs.append(below)
        flat = tf.reshape(tf.concat(outputs, 1), [-1, UNITS])
        logits = tf.matmul(flat, tf.get_variable("top", initializer=hand.top))
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.reshape(wanted, [-1]), logits=logits
        )
        loss = tf.reduce_mean(losses)
        with tf.control_dependencies([tf.train.GradientDescentOptimizer(RATE).minimize(loss)]):
            return tf.identity(loss), {words: hand.words, wanted: hand.next}

    return paired_row(
        "train.lstm",
        f"step of two layers of {UNITS} LSTM cells, {LENGTH} words, batch {SENTENCES}",
        session(tf, graph, lambda: LSTM().step(), over=REPEATED),
        by_hand("net.step()", over=REPEATED, net=LSTM()),
        against="NumPy",
        target=1.0,
        calls=4,
        quick_calls=1,
    )


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows of nets.

    Args:
      tf: The module under test.

    Returns:
      The rows.
    """
    return _lenet(tf), _lstm(tf)
