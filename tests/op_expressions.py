"""Expressions of ops with outcomes recorded from TensorFlow; see recorded/record_ops.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "recorded"


def random_array(*shape: int, seed: int = 1) -> np.ndarray:
    """The same normal numbers for the same shape and seed."""
    return np.random.RandomState(seed + sum(shape)).randn(*shape).astype(np.float32)


def names(tf: Any) -> dict[str, Any]:
    """The names that expressions use: placeholders by dtype, and constants."""

    def positive(*shape: int, seed: int = 1) -> Any:
        numbers = np.random.RandomState(seed + sum(shape)).rand(*shape).astype(np.float32)
        return tf.constant(numbers * 4 + np.float32(0.1))

    def integers(high: int, *shape: int, seed: int = 1) -> Any:
        return tf.constant(np.random.RandomState(seed + sum(shape)).randint(0, high, shape).astype(np.int32))

    return {
        "tf": tf,
        "np": np,
        "ph": tf.placeholder,
        "f4": lambda *shape: tf.placeholder(tf.float32, list(shape)),
        "i4": lambda *shape: tf.placeholder(tf.int32, list(shape)),
        "bl": lambda *shape: tf.placeholder(tf.bool, list(shape)),
        "A": lambda *shape, seed=1: tf.constant(random_array(*shape, seed=seed)),
        "P": positive,
        "I": integers,
    }


def nodes(expression: str, tf: Any) -> list[Any]:
    """The outputs of an expression (name, dtype, shape) and the nodes it makes; or its error's first line."""
    graph = tf.Graph()
    with graph.as_default():
        try:
            made = eval(expression, names(tf))
        except Exception as error:
            return ["raises", type(error).__name__, str(error).split("\n")[0]]
        return [described(made, tf), [f"{op.name}:{op.type}" for op in graph.get_operations()]]


def described(made: Any, tf: Any) -> Any:
    """A result as JSON values."""
    if isinstance(made, (list, tuple)):
        return [described(each, tf) for each in made]
    if isinstance(made, tf.Operation):
        return made.name
    return f"{made.name} {made.dtype.name} {made.shape}" if hasattr(made, "dtype") else made


def values(expression: str, tf: Any) -> list[np.ndarray]:
    """The values of an expression's tensors."""
    with tf.Graph().as_default():
        made = leaves(eval(expression, names(tf)))
        with tf.Session() as session:
            return [np.asarray(value) for value in session.run(made)]


def leaves(made: Any) -> list[Any]:
    """The tensors of a nested result."""
    return [leaf for each in made for leaf in leaves(each)] if isinstance(made, (list, tuple)) else [made]


def recorded_nodes() -> dict[str, Any]:
    """The recorded nodes of each expression."""
    return json.loads((FOLDER / "op_nodes.json").read_text())


def recorded_values() -> dict[str, list[np.ndarray]]:
    """The recorded values of each expression."""
    with np.load(FOLDER / "op_values.npz") as stored:
        expressions = json.loads(str(stored["expressions"]))
        return {
            expression: [stored[f"{at}_{i}"] for i in range(count)]
            for at, (expression, count) in enumerate(expressions)
        }
