"""Session.run, relative to the same computation written by hand with NumPy.

The NumPy code does what the run does and no more: values come from variables, the caller owns a fetched array
(so it is new, or a copy), and temporaries are reused where a careful programmer would.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..results import Result, Row, paired_row
from ..sampling import REPEATED, Effort, Names, Samples, Work, constant, require

Floats = np.ndarray[Any, np.dtype[np.float32]]

CHAIN = 1000
VARIABLES = 1000
FIRST_RUNS = 5


def _same(ours: Any, theirs: Any, tolerance: float = 1e-6) -> None:
    require(ours.dtype == theirs.dtype and ours.shape == theirs.shape, f"got {ours.dtype} {ours.shape}")
    require(bool(np.allclose(ours, theirs, rtol=tolerance, atol=tolerance)), "the values differ from NumPy's")


def _floats(*shape: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def session(
    tf: Any,
    graph: Callable[[], tuple[Any, dict[Any, Any]]],
    expected: Callable[[], Any],
    after: Callable[[Callable[..., Any], int], None] | None = None,
    over: str | None = None,
) -> Work:
    """Runs of the fetch that `graph()` builds, with its feeds. The first run compiles and is not timed.

    Args:
      tf: The module under test.
      graph: Builds the fetch and the feeds in the default graph.
      expected: The value by hand; the first run must give it.
      after: Called after each sample with the session's `run` and the number of runs so far.
      over: See Work.

    Returns:
      The contender.
    """
    state: Names = {}

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        if not state:
            with tf.Graph().as_default() as built:
                fetch, feeds = graph()
                opened = tf.Session(graph=built)
                opened.run(tf.global_variables_initializer())
                _same(np.asarray(opened.run(fetch, feeds)), np.asarray(expected()), 1e-4)
            state.update(run=opened.run, fetch=fetch, feeds=feeds or None, graph=built, runs=1)
        yield state

    def check(names: Names, calls: int) -> None:
        names["runs"] += calls
        if after is not None:
            after(names["run"], names["runs"])

    return Work("run(fetch, feeds)", prepare, over, check)


def by_hand(statement: str, over: str | None = None, **names: Any) -> Work:
    """NumPy's side."""
    return Work(statement, constant({"np": np, **names}), over)


def _scalar(tf: Any) -> Row:
    def graph() -> tuple[Any, dict[Any, Any]]:
        x = tf.get_variable("x", initializer=np.float32(1.0))
        y = tf.get_variable("y", initializer=np.float32(2.0))
        return x + y, {}

    x, y = np.float32(1.0), np.float32(2.0)
    hand = by_hand("np.add(x, y)", x=np.asarray(x), y=np.asarray(y))
    return paired_row(
        "run.scalar",
        "run of one scalar add",
        session(tf, graph, lambda: x + y),
        hand,
        against="NumPy",
        target=4_000,
        target_on="value",
        calls=500,
        quick_calls=100,
    )


def chained(start: Floats, step: Floats, length: int) -> Floats:
    """`start + step + step + ...` as a Python loop of NumPy calls."""
    value, add = start, np.add
    for _ in range(length):
        value = add(value, step)
    return value


def _chain(tf: Any) -> Row:
    start, step = _floats(100), _floats(100, seed=1) / np.float32(1000)

    def graph() -> tuple[Any, dict[Any, Any]]:
        value = tf.get_variable("start", initializer=start).value()
        by = tf.get_variable("step", initializer=step).value()
        for _ in range(CHAIN):
            value = value + by
        return value, {}

    hand = by_hand("chained(start, step, length)", chained=chained, start=start, step=step, length=CHAIN)
    return paired_row(
        "run.chain",
        f"chain of {CHAIN:,} adds on 100 floats",
        session(tf, graph, lambda: chained(start, step, CHAIN)),
        hand,
        against="NumPy",
        target=1.15,
        calls=20,
        quick_calls=20,
    )


def reused(a: Floats) -> Floats:
    """`tanh(2a + 1) * a - a` with one array for the result and all its temporaries."""
    value = np.multiply(a, np.float32(2))
    np.add(value, np.float32(1), out=value)
    np.tanh(value, out=value)
    np.multiply(value, a, out=value)
    np.subtract(value, a, out=value)
    return value


def plain(a: Floats) -> Floats:
    """The same as one expression, with a new array for each step."""
    made: Floats = np.tanh(np.float32(2) * a + np.float32(1)) * a - a
    return made


def _elementwise(tf: Any) -> tuple[Row, ...]:
    a = _floats(1_000_000)

    def graph() -> tuple[Any, dict[Any, Any]]:
        value = tf.get_variable("a", initializer=a)
        return tf.tanh(2.0 * value + 1.0) * value - value, {}

    def row(key: str, title: str, hand: Callable[[Floats], Floats], target: float | None) -> Row:
        return paired_row(
            key,
            title,
            session(tf, graph, lambda: hand(a)),
            by_hand("hand(a)", hand=hand, a=a),
            against="NumPy",
            target=target,
            calls=20,
            quick_calls=20,
        )

    return (
        row("run.tanh", "tanh(2a+1)*a - a on 1M floats, temporaries reused", reused, 1.0),
        row("run.tanh.plain", "the same; NumPy as one expression", plain, None),
    )


def added(values: list[Floats], step: list[Floats]) -> None:
    """Adds in place."""
    for value, by in zip(values, step, strict=True):
        value += by


def _assign(tf: Any) -> Row:
    def graph() -> tuple[Any, dict[Any, Any]]:
        ones = np.ones(64, np.float32)
        made = [tf.get_variable(f"v{i}", (64,), initializer=tf.zeros_initializer()) for i in range(VARIABLES)]
        with tf.control_dependencies([tf.assign_add(variable, ones).op for variable in made]):
            return tf.constant(0.0), {}

    def after(run: Callable[..., Any], runs: int) -> None:
        last = run(f"v{VARIABLES - 1}:0")
        require(last.shape == (64,) and bool((last == runs).all()), f"{last[0]} after {runs} runs")

    values = [np.zeros(64, np.float32) for _ in range(VARIABLES)]
    steps = [np.ones(64, np.float32)] * VARIABLES
    return paired_row(
        "run.assign",
        f"assign_add on {VARIABLES:,} variables of 64 floats",
        session(tf, graph, lambda: np.float32(0), after),
        by_hand("added(values, steps)", added=added, values=values, steps=steps),
        against="NumPy",
        target=500_000,
        target_on="value",
        calls=20,
        quick_calls=20,
    )


def _fetch(tf: Any) -> Row:
    def graph() -> tuple[Any, dict[Any, Any]]:
        return [
            tf.get_variable(f"v{i}", (64,), initializer=tf.ones_initializer()) for i in range(VARIABLES)
        ], {}

    values = [np.ones(64, np.float32) for _ in range(VARIABLES)]
    return paired_row(
        "run.fetch",
        f"fetch of {VARIABLES:,} variables of 64 floats",
        session(tf, graph, lambda: np.ones((VARIABLES, 64), np.float32)),
        by_hand("[value.copy() for value in values]", values=values),
        against="NumPy",
        target=200_000,
        target_on="value",
        calls=20,
        quick_calls=20,
    )


FILTERS = ((3, 3, 3, 64), (3, 3, 64, 128), (3, 3, 128, 128))


def convolved(images: Floats, kernel: Floats, bias: Floats) -> Floats:
    """relu(conv2d(images, kernel, SAME) + bias), NHWC, through one matrix product."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    made: Floats = np.tensordot(windows, kernel, axes=((3, 4, 5), (2, 0, 1)))
    made += bias
    return np.maximum(made, 0, out=made)


def three_convolutions(images: Floats, kernels: list[Floats]) -> Floats:
    """The second notebook's network by hand."""
    for kernel in kernels:
        images = convolved(images, kernel, np.zeros(kernel.shape[3], np.float32))
    return images


def _convolutions(tf: Any) -> Row:
    images = _floats(4, 64, 64, 3)
    kernels = [
        (_floats(*shape, seed=i) - np.float32(0.5)) / np.float32(10) for i, shape in enumerate(FILTERS)
    ]

    def graph() -> tuple[Any, dict[Any, Any]]:
        net = fed = tf.placeholder("float32", (None, 64, 64, 3), "Input")
        for i, kernel in enumerate(kernels):
            with tf.name_scope(f"conv{i + 1}") as scope:
                weights = tf.Variable(kernel, name="weights")
                net = tf.nn.conv2d(net, weights, [1, 1, 1, 1], padding="SAME")
                biases = tf.Variable(tf.constant(0.0, shape=[kernel.shape[3]]), name="biases")
                net = tf.nn.relu(tf.nn.bias_add(net, biases), name=scope)
        return net, {fed: images}

    return paired_row(
        "run.conv",
        "second notebook's three-conv net, 4 images of 64x64",
        session(tf, graph, lambda: three_convolutions(images, kernels), over=REPEATED),
        by_hand("net(images, kernels)", REPEATED, net=three_convolutions, images=images, kernels=kernels),
        against="NumPy",
        calls=2,
        quick_calls=1,
    )


def first_run(tf: Any, length: int) -> float:
    """Nanoseconds spent on compiling a chain of `length` ops: the first runs' time beyond that of later runs.

    Several first runs are summed, since a plan may be compiled in steps.
    """
    with tf.Graph().as_default() as graph:
        value = first = tf.get_variable("x", initializer=np.float32(0.0)).value()
        for _ in range(length - 1):
            value = value + first
        opened = tf.Session(graph=graph)
        opened.run(tf.global_variables_initializer())
        times: list[int] = []
        for _ in range(2 * FIRST_RUNS):
            start = time.perf_counter_ns()
            got = opened.run(value)
            times.append(time.perf_counter_ns() - start)
            require(got == 0.0, "wrong value")
        opened.close()
    return sum(times[:FIRST_RUNS]) - FIRST_RUNS * float(statistics.median(times[FIRST_RUNS:]))


def _compile(tf: Any) -> Row:
    title = "compile of a 100k-op fetch"

    def measure(effort: Effort) -> Result:
        large, small = (10_000, 1_000) if effort.quick else (100_000, 10_000)
        scale = large / small
        pairs = [(first_run(tf, large), scale * first_run(tf, small)) for _ in range(effort.least)]
        ours, tenfold = (Samples(tuple(values)) for values in zip(*pairs, strict=True))
        ratio = Samples(tuple(a / b for a, b in pairs))
        target = 300e6 * large / 100_000
        return Result(
            "run.compile", title, "ns", ours, tenfold, "10 x 10k ops", ratio, target, target_on="value"
        )

    return Row("run.compile", title, measure)


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows for Session.run.

    Args:
      tf: The module under test.

    Returns:
      The rows.
    """
    return (
        _scalar(tf),
        _chain(tf),
        *_elementwise(tf),
        _assign(tf),
        _fetch(tf),
        _convolutions(tf),
        _compile(tf),
    )
