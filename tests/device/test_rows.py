"""Reductions of rows with what is computed of them: one launch, whose threads run at once on the host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends.fusion.show import sources
from simulated_cupy import COMPILER, NEEDS_COMPILER, counted, installed

pytestmark = pytest.mark.skipif(COMPILER is None, reason=NEEDS_COMPILER)
RANDOM = np.random.default_rng(8)


@pytest.fixture(autouse=True)
def _cupy() -> Iterator[None]:
    with installed(), tf.Graph().as_default():
        yield


def run(build: Callable[..., Any], *arrays: np.ndarray[Any, Any], rtol: float = 1e-5) -> int:
    """Compares a function with NumPy's; gives the launches of a fused run."""
    given = [tf.placeholder(each.dtype, each.shape) for each in arrays]
    made = build(*given)
    feeds = dict(zip(given, arrays, strict=True))
    with tf.Session(backend="cupy") as session, tf.Session(backend="numpy") as other:
        for _ in range(3):
            with counted() as counts:
                found = session.run(made, feeds)
        expected = other.run(made, feeds)
        for one, wanted in zip(
            *[each if isinstance(each, list) else [each] for each in (found, expected)], strict=True
        ):
            assert one.dtype == wanted.dtype
            np.testing.assert_allclose(one, wanted, rtol=rtol, atol=rtol)
    return counts.launches


def numbers(*shape: int, dtype: str = "float32") -> np.ndarray[Any, Any]:
    return RANDOM.normal(size=shape).astype(dtype)


@pytest.mark.parametrize("shape", [(5, 3), (3, 33), (2, 3, 100), (20, 1100)])
def test_softmax_of_rows(shape: tuple[int, ...]) -> None:
    assert run(tf.nn.softmax, numbers(*shape)) == 1
    assert run(tf.nn.log_softmax, numbers(*shape), rtol=1e-4) == 1


@pytest.mark.parametrize(("dtype", "rtol", "most"), [("float64", 1e-12, 1), ("float16", 4e-3, 2)])
def test_other_floats(dtype: str, rtol: float, most: int) -> None:
    def build(x: Any, labels: Any) -> Any:
        loss = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=x)
        return [loss, tf.gradients(loss, x)[0]]

    assert run(build, numbers(6, 40, dtype=dtype), np.eye(6, 40, dtype=dtype), rtol=rtol) <= most


def test_rows_columns_and_numbers_are_told_apart() -> None:
    def build(x: Any, column: Any, row: Any, number: Any) -> Any:
        centred = x * column + row - number
        moment = tf.reduce_mean(tf.square(centred), 1, keepdims=True)
        scaled = centred * tf.rsqrt(moment + 1e-3) + column
        return [scaled, moment * row, tf.reduce_max(scaled, 1), tf.reduce_min(scaled * 2.0, 1) + column]

    square = numbers(4, 4), numbers(4), numbers(4, 1), numbers()
    assert run(build, *square) <= 2


def test_what_follows_is_computed_of_what_was_stored() -> None:
    def build(x: Any) -> Any:
        y = tf.nn.softmax(x)
        return [tf.reduce_mean(tf.reduce_sum(y * x, 1)), tf.transpose(y) * 2.0, tf.reduce_sum(y, 0)]

    assert run(build, numbers(6, 5)) <= 5


def test_numbers_that_are_none_pass_through() -> None:
    x = numbers(3, 40)
    x[0, 7], x[1, 3], x[2, 5] = np.nan, np.inf, -np.inf
    assert run(lambda x: [tf.reduce_max(x * 2.0, 1), tf.reduce_min(x + 1.0, 1), tf.nn.softmax(x)], x) == 1


def test_a_variable_is_read_before_it_changes() -> None:
    w = tf.get_variable("w", initializer=numbers(4, 6))
    y = tf.nn.softmax(w)
    with tf.control_dependencies([y]):
        step = w.assign_sub(y * 0.5)
    with tf.Session(backend="cupy") as session, tf.Session(backend="numpy") as other:
        for each in (session, other):
            each.run(w.initializer)
            for _ in range(4):
                each.run(step.op)
        np.testing.assert_allclose(session.run(w), other.run(w), rtol=1e-5)


def test_long_rows_and_few_are_the_librarys() -> None:
    assert run(lambda x: tf.reduce_sum(x * x, 1), numbers(2, 5000), rtol=1e-4) == 2
    assert run(lambda x: tf.reduce_sum(x * x, 0), numbers(50, 4)) == 2
    assert run(lambda x: tf.reduce_sum(x * x, 1), numbers(50, 4)) == 1


def test_the_source_has_a_pass_for_each_reduction() -> None:
    (source,) = sources(lambda xp: lambda x: xp.exp(x - xp.max(x, axis=-1, keepdims=True)), (64, 100))
    assert source.count("for (int i = threadIdx.x") == 2
    assert source.count("__syncthreads();") == 3
