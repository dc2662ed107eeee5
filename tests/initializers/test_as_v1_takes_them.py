"""Initializers of all kinds that v1 takes: any callable of (shape, dtype, partition_info)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


class Called:
    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return tf.ones(shape, dtype)

    def method(self, shape: Any, dtype: Any = tf.float32, partition_info: Any = None) -> Any:
        return tf.ones(shape, dtype)

    @staticmethod
    def static(shape: Any, dtype: Any, partition_info: Any) -> Any:
        return tf.ones(shape, dtype)

    @classmethod
    def of_class(cls, shape: Any, dtype: Any, **kwargs: Any) -> Any:
        return tf.ones(shape, dtype)


def factory(scale: float = 1.0) -> Callable[..., Any]:
    def _initializer(shape: Any, dtype: Any = tf.float32, partition_info: Any = None) -> Any:
        return tf.constant(np.full(shape, scale, np.float32))

    return _initializer


def orthogonal_like(scale: float = 1.0) -> Callable[..., Any]:
    """As reinforcement learning's programs have it: it gives an array, and no tensor."""

    def _ortho_init(shape: Any, dtype: Any, partition_info: Any = None) -> Any:
        return np.full(tuple(shape), scale).astype(np.float32)

    return _ortho_init


def with_defaults(shape: Any = (2, 3), dtype: Any = tf.float32, partition_info: Any = None) -> Any:
    return tf.ones(shape, dtype)


def by_keywords(shape: Any, *, dtype: Any = None, partition_info: Any = None) -> Any:
    return tf.ones(shape, dtype)


@functools.wraps(with_defaults)
def wrapped(*args: Any, **kwargs: Any) -> Any:
    return with_defaults(*args, **kwargs)


INITIALIZERS = {
    "an object": Called(), "a method": Called().method, "a static method": Called.static,
    "a method of a class": Called.of_class, "of a factory": factory(), "an array of a factory":
    orthogonal_like(),
    "with defaults": with_defaults, "by keywords": by_keywords, "wrapped": wrapped,
    "partial": functools.partial(with_defaults), "any keywords": lambda shape, **more: tf.ones(shape),
    "without partitions": lambda shape, dtype: tf.ones(shape, dtype), "a class": tf.ones_initializer,
}  # fmt: skip
SHAPES = {
    "list": [2, 3], "tuple": (2, 3), "shape": tf.TensorShape([2, 3]), "dimensions": [tf.Dimension(2), 3],
    "array": np.array([2, 3]), "numbers": [np.int64(2), np.int32(3)],
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", INITIALIZERS)
def test_a_callable_of_any_kind(kind: str, shape: str) -> None:
    variable = tf.get_variable("w", SHAPES[shape], initializer=INITIALIZERS[kind])
    with tf.Session() as session:
        session.run(variable.initializer)
        np.testing.assert_array_equal(session.run(variable), np.ones([2, 3]))
    assert variable.shape.as_list() == [2, 3] and variable.dtype.base_dtype is tf.float32


@pytest.mark.parametrize("kind", INITIALIZERS)
def test_as_the_default_of_a_scope_and_of_a_layer(kind: str) -> None:
    with tf.variable_scope("a", initializer=INITIALIZERS[kind]):
        tf.get_variable("w", [2, 3])
    tf.layers.dense(tf.zeros([1, 2]), 3, kernel_initializer=INITIALIZERS[kind], name="b")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for name in ("a/w:0", "b/kernel:0"):
            np.testing.assert_array_equal(session.run(name), np.ones([2, 3]))
