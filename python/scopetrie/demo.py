"""`python -m scopetrie demo`: a Siamese network whose towers share their variables.

Two images go through the same convolutional tower. The distance between the two outputs says how different
the images are. The second tower is built under `reuse=True`: it has its own operations, but no new variables.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

import scopetrie as tf

_CHANNELS = (8, 16)
_FEATURES = 32


def convolution(images: Any, channels: int) -> Any:
    """Builds a 3x3 convolution with stride 2, a bias and a ReLU.

    Args:
        images: A tensor `[N, H, W, C]`.
        channels: How many feature maps to make.

    Returns:
        A tensor `[N, H/2, W/2, channels]`.
    """
    depth = images.shape[3].value
    weights = tf.get_variable(
        "weights", [3, 3, depth, channels], initializer=tf.truncated_normal_initializer(stddev=0.3)
    )
    biases = tf.get_variable("biases", [channels], initializer=tf.constant_initializer(0.05))
    maps = tf.nn.conv2d(images, weights, strides=[1, 2, 2, 1], padding="SAME")
    return tf.nn.relu(tf.nn.bias_add(maps, biases))


def tower(images: Any) -> Any:
    """Builds the network that both images go through.

    Args:
        images: A tensor `[N, H, W, 1]`.

    Returns:
        A tensor `[N, 32]`: the images' features, a linear layer of the means of the last maps.
    """
    maps = images
    for number, channels in enumerate(_CHANNELS, start=1):
        with tf.variable_scope(f"conv{number}"):
            maps = convolution(maps, channels)
    with tf.variable_scope("features"):
        means = tf.reduce_mean(maps, [1, 2])
        weights = tf.get_variable(
            "weights", [_CHANNELS[-1], _FEATURES], initializer=tf.random_normal_initializer(stddev=0.5)
        )
        biases = tf.get_variable("biases", [_FEATURES], initializer=tf.zeros_initializer())
        return tf.matmul(means, weights) + biases


def siamese(left: Any, right: Any) -> Any:
    """Builds two towers that share their variables, and the distance between their features.

    Args:
        left: A tensor `[N, H, W, 1]`.
        right: A tensor of the same shape.

    Returns:
        A tensor `[N]`.
    """
    with tf.variable_scope("siamese"):
        one = tower(left)
    with tf.variable_scope("siamese", reuse=True):
        other = tower(right)
    with tf.name_scope("distance"):
        difference = one - other
        return tf.sqrt(tf.reduce_sum(difference * difference, 1))


def make_images(count: int, size: int, seed: int) -> np.ndarray[Any, Any]:
    """Draws images of discs and of stripes, in turn.

    Returns:
        An array `[count, size, size, 1]` of float32 between 0 and 1.
    """
    random = np.random.default_rng(seed)
    down, across = np.mgrid[0:size, 0:size] / size
    images = np.empty((count, size, size, 1), np.float32)
    for number in range(count):
        if number % 2 == 0:
            row, column = random.uniform(0.3, 0.7, 2)
            shape = np.hypot(down - row, across - column) < random.uniform(0.15, 0.3)
        else:
            shape = np.sin(random.uniform(20, 40) * (down + random.uniform(-1, 1) * across)) > 0
        images[number, :, :, 0] = np.clip(shape + random.normal(0, 0.05, shape.shape), 0, 1)
    return images


def scope_tree(variables: list[Any]) -> Iterator[str]:
    """Yields the lines of a tree of variable scopes, with each variable's shape and size in bytes."""
    shown: list[str] = []
    total = 0
    for variable in variables:
        *scopes, name = variable.op.name.split("/")
        common = 0
        while common < min(len(scopes), len(shown)) and scopes[common] == shown[common]:
            common += 1
        for depth in range(common, len(scopes)):
            yield f"{'  ' * depth}{scopes[depth]}/"
        shown = scopes
        size = variable.shape.num_elements() * variable.dtype.base_dtype.size
        total += size
        label = "  " * len(scopes) + name
        yield f"{label:<24}{variable.shape!s:<18}{size:>8,} bytes"
    yield f"{f'{len(variables)} variables':<42}{total:>8,} bytes"


def run(count: int = 8, size: int = 28, seed: int = 0, logdir: str | None = None) -> int:
    """Builds the network, runs it on generated images and prints the results.

    Args:
        count: How many pairs of images.
        size: Their height and width in pixels.
        seed: Of the images and of the initial values.
        logdir: Where the TensorBoard log goes; by default a new folder.

    Returns:
        The exit status of the program: 0.
    """
    times = []
    for _ in range(10):
        with tf.Graph().as_default() as graph:
            tf.set_random_seed(seed)
            started = time.perf_counter()
            left = tf.placeholder(tf.float32, [None, size, size, 1], name="left")
            right = tf.placeholder(tf.float32, [None, size, size, 1], name="right")
            distance = siamese(left, right)
            initializer = tf.global_variables_initializer()
            times.append(time.perf_counter() - started)

    with graph.as_default():
        print("Scopes of the variables, which both towers share:\n")
        for line in scope_tree(tf.global_variables()):
            print("  " + line)
        operations, built = len(graph.get_operations()), min(times)
        print(
            f"\nThe graph: {operations} operations, built in {built * 1e3:.2f} ms, "
            f"{built / operations * 1e6:.1f} us each (the best of {len(times)} times; "
            f"the first took {times[0] * 1e3:.2f} ms)."
        )

        discs, stripes = np.split(
            make_images(2 * count, size, seed).reshape(count, 2, size, size, 1), 2, axis=1
        )
        discs, stripes = discs[:, 0], stripes[:, 0]
        with tf.Session() as session:
            session.run(initializer)
            itself = session.run(distance, {left: discs, right: discs})
            alike = session.run(distance, {left: discs, right: np.roll(discs, 1, axis=0)})
            started = time.perf_counter()
            unlike = session.run(distance, {left: discs, right: stripes})
            ran = time.perf_counter() - started
        print(f"Run on {count} pairs of {size}x{size} images in {ran * 1e3:.2f} ms. Mean distances:\n")
        for label, distances in (
            ("an image and itself", itself),
            ("a disc and another disc", alike),
            ("a disc and stripes", unlike),
        ):
            print(f"  {label:<26}{distances.mean():.4f}")
        print()
        print(write_log(graph, logdir))
    return 0


def write_log(graph: Any, logdir: str | None) -> str:
    """Writes the graph for TensorBoard.

    Returns:
        A line with the folder, or with what to install.
    """
    folder = logdir or tempfile.mkdtemp(prefix="scopetrie-demo-")
    try:
        with tf.summary.FileWriter(folder, graph):
            pass
    except ImportError:
        return "For a TensorBoard log of the graph: pip install scopetrie[tensorboard]"
    return f"TensorBoard log: {folder} (see it with: tensorboard --logdir {folder})"
