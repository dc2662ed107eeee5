"""Random programs, fused and not: the same values, whatever the order of reads and changes of variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends.cupy import CupyBackend
from simulated_cupy import COMPILER, NEEDS_COMPILER, installed

pytestmark = pytest.mark.skipif(COMPILER is None, reason=NEEDS_COMPILER)

SHAPES: list[list[int]] = [[4, 3], [3], [4, 1], [], [1, 3], [2, 4, 3]]
UNARY = [
    tf.negative,
    tf.abs,
    tf.square,
    tf.nn.relu,
    tf.floor,
    tf.sign,
    tf.nn.relu6,
    tf.ones_like,
    tf.identity,
]
BINARY = [tf.add, tf.subtract, tf.multiply, tf.maximum, tf.minimum, tf.squared_difference, tf.div_no_nan]


@pytest.fixture(autouse=True)
def _cupy() -> Iterator[None]:
    with installed():
        yield


class Program:
    """A random program over a few values and variables, of operations whose results are exact."""

    def __init__(self, seed: int) -> None:
        self.numbers = np.random.default_rng(seed)
        self.feeds: dict[Any, Any] = {}
        self.values: list[Any] = []
        for number, shape in enumerate(SHAPES):
            dims = [None, *shape[1:]] if shape and number % 2 else shape
            placeholder = tf.placeholder(tf.float32, dims)
            self.feeds[placeholder] = np.round(self.numbers.normal(size=shape) * 4).astype(np.float32) / 2
            self.values.append(placeholder)
        self.variables = [
            tf.get_variable(f"v{at}", initializer=np.full(shape, at + 1, np.float32))
            for at, shape in enumerate([[4, 3], [3], [4, 3], []])
        ]
        self.changes: list[Any] = []
        for _ in range(14):
            self.step()

    def any_value(self) -> Any:
        found = [*self.values, *self.variables]
        return found[self.numbers.integers(len(found))]

    def step(self) -> None:
        kind = self.numbers.integers(8)
        with tf.control_dependencies(self.changes[-1:]):
            if kind < 2:
                self.values.append(UNARY[self.numbers.integers(len(UNARY))](self.any_value()))
            elif kind < 4:
                self.values.append(
                    BINARY[self.numbers.integers(len(BINARY))](self.any_value(), self.any_value())
                )
            elif kind == 4:
                x = self.any_value()
                y = tf.cast(x, tf.int32) * 3 // 2
                self.values.append(tf.where(tf.cast(y, tf.float32) > x, x, tf.cast(y % 5, tf.float32)))
            elif kind == 5:
                x = self.any_value()
                if x.shape.ndims:
                    self.values.append(tf.reduce_max(x, axis=-1, keepdims=bool(self.numbers.integers(2))))
            else:
                self.change()

    def change(self) -> None:
        variable = self.variables[self.numbers.integers(len(self.variables))]
        fits = [each for each in (*self.values, *self.variables) if each.shape == variable.shape]
        if not fits:
            return
        value = fits[self.numbers.integers(len(fits))]
        how = self.numbers.integers(4)
        if how == 0:
            self.changes.append(variable.assign(tf.clip_by_value(value * 0.5, -8.0, 8.0)).op)
        elif how == 1:
            self.changes.append(variable.assign_add(tf.sign(value)).op)
        elif how == 2:
            self.changes.append(variable.assign_sub(tf.minimum(tf.abs(value), 1.0)).op)
        else:
            update = tf.train.MomentumOptimizer(0.5, 0.5).apply_gradients([(tf.sign(value + 0.0), variable)])
            self.changes.append(update)


def run(backend: Any, program: Program) -> list[Any]:
    """All values of four runs, and the variables after each."""
    found = []
    with tf.Session(backend=backend) as session:
        session.run(tf.global_variables_initializer())
        for _ in range(4):
            found.append(session.run([*program.values, *program.changes], program.feeds))
            found.append(session.run(tf.global_variables()))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_fused_and_not(seed: int) -> None:
    with tf.Graph().as_default():
        program = Program(seed)
        expected = run(CupyBackend(fuse=False), program)
        found = run(CupyBackend(), program)
    for one, other in zip(expected, found, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
