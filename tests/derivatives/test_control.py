"""Gradients through branches and loops, against central differences and against the same without them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as made:
        yield made


def check(build: Callable[..., Any], *arrays: Any, feeds: Any = None) -> None:
    """Compares the gradients of a scalar with central differences."""
    values = [np.asarray(each, np.float64) for each in arrays]
    inputs = [tf.placeholder(tf.float64, each.shape) for each in values]
    total = build(*inputs)
    found = tf.gradients(total, inputs)
    fed = dict(feeds or {})
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        run = session.run([total, *found], fed | dict(zip(inputs, values, strict=True)))[1:]
        random = np.random.default_rng(3)
        for at, (x, value, grad) in enumerate(zip(inputs, values, run, strict=True)):
            towards, step = random.normal(size=value.shape), 1e-6
            ends = []
            for sign in (1, -1):
                moved = dict(zip(inputs, values, strict=True)) | {x: value + sign * step * towards}
                ends.append(session.run(total, fed | moved))
            slope = (ends[0] - ends[1]) / (2 * step)
            np.testing.assert_allclose(np.sum(grad * towards), slope, rtol=1e-6, atol=1e-6, err_msg=str(at))


@pytest.mark.parametrize("chosen", [True, False])
def test_cond(chosen: bool) -> None:
    pred = tf.placeholder(tf.bool, [])
    build = lambda x, y: tf.reduce_sum(  # noqa: E731
        tf.cond(pred, lambda: tf.sin(x) * y, lambda: tf.exp(x)) * y
    )
    check(build, [0.5, 1.0], [2.0, 3.0], feeds={pred: chosen})


def test_cond_computes_the_chosen_branch_alone() -> None:
    x = tf.placeholder(tf.float32, [])
    y = tf.cond(x > 0, lambda: tf.log(x), lambda: 2.0 * x)
    (found,) = tf.gradients(y, x)
    with tf.Session() as session:
        assert session.run(found, {x: 4.0}) == 0.25
        assert session.run(found, {x: -1.0}) == 2.0


def test_what_a_branch_has_drawn_is_not_drawn_again() -> None:
    x = tf.placeholder(tf.float32, [1000])
    y = tf.cond(tf.constant(True), lambda: tf.nn.dropout(x, 0.5), lambda: x)
    (found,) = tf.gradients(y, x)
    with tf.Session() as session:
        for _ in range(2):
            out, grad = session.run([y, found], {x: np.ones(1000)})
            np.testing.assert_array_equal(out, grad)
            assert 0 < np.count_nonzero(out) < 1000


def test_nested_cond_and_case() -> None:
    def build(x: Any) -> Any:
        inner = lambda: tf.cond(x[1] > 0, lambda: x * x, lambda: x * x * x)  # noqa: E731
        made = tf.cond(x[0] > 0, inner, lambda: -x)
        return tf.reduce_sum(
            made * tf.case([(x[2] > 5, lambda: x), (x[2] > 1, lambda: 3 * x)], lambda: 7 * x)
        )

    for value in ([1.0, 2.0, 3.0], [1.0, -2.0, 0.5], [-1.0, 2.0, 6.0]):
        check(build, value)


def test_variables_in_branches_train() -> None:
    w = tf.get_variable("w", initializer=3.0)
    pred = tf.placeholder(tf.bool, [])
    loss = tf.cond(pred, lambda: w * w, lambda: 5.0 * w)
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(w.initializer)
        session.run(train, {pred: True})
        np.testing.assert_allclose(session.run(w), 2.4, rtol=1e-6)
        session.run(train, {pred: False})
        np.testing.assert_allclose(session.run(w), 1.9, rtol=1e-6)


def test_while_loop() -> None:
    def build(x: Any, w: Any) -> Any:
        _, made = tf.while_loop(lambda i, _: i < 4, lambda i, s: (i + 1, tf.tanh(s * w) + x), (0, x))
        return tf.reduce_sum(made)

    check(build, [0.5, -0.3], [1.5, 0.7])


def test_while_loop_that_does_not_run() -> None:
    def build(x: Any, w: Any) -> Any:
        _, made = tf.while_loop(lambda i, _: i < 0, lambda i, s: (i + 1, s * w), (0, x))
        return tf.reduce_sum(made * made) + tf.reduce_sum(w)

    check(build, [0.5, -0.3], [1.5, 0.7])


def test_while_loop_whose_gradient_needs_nothing_of_the_rounds() -> None:
    def build(x: Any) -> Any:
        return tf.reduce_sum(tf.while_loop(lambda i, _: i < 3, lambda i, s: (i + 1, 2 * s + x), (0, x))[1])

    check(build, [0.5, -0.3])


def test_while_loop_by_data_and_with_a_limit() -> None:
    build = lambda x: tf.while_loop(lambda s: s < 100.0, lambda s: s * s, [x], maximum_iterations=3)  # noqa: E731
    check(build, 1.7)
    check(build, 20.0)


def test_nested_loops() -> None:
    def build(x: Any, w: Any) -> Any:
        def outer(i: Any, s: Any) -> Any:
            _, made = tf.while_loop(lambda j, _: j < i + 1, lambda j, t: (j + 1, tf.sin(t * w)), (0, s))
            return i + 1, made * x

        return tf.reduce_sum(tf.while_loop(lambda i, _: i < 3, outer, (0, x))[1])

    check(build, [0.5, -0.3], [1.5, 0.7])


def test_cond_in_a_loop() -> None:
    def build(x: Any) -> Any:
        step = lambda i, s: (i + 1, tf.cond(tf.equal(i % 2, 0), lambda: s * x, lambda: tf.sin(s)))  # noqa: E731
        return tf.while_loop(lambda i, _: i < 5, step, (0, x))[1]

    check(build, 1.3)


def test_growing_variables() -> None:
    def build(x: Any) -> Any:
        step = lambda i, s: (i + 1, tf.concat([s, s[-1:] * x], 0))  # noqa: E731
        shapes = (tf.TensorShape([]), tf.TensorShape([None]))
        return tf.reduce_sum(tf.square(tf.while_loop(lambda i, _: i < 4, step, (0, x), shapes)[1]))

    check(build, [1.1])


def test_map_fn() -> None:
    check(
        lambda x, w: tf.reduce_sum(tf.square(tf.map_fn(lambda e: tf.sin(e) * w, x))),
        np.ones([3, 2]),
        [1.5, 2.0],
    )
    check(
        lambda x, y: tf.reduce_sum(
            tf.map_fn(lambda pair: pair[0] * tf.exp(pair[1]), (x, y), dtype=tf.float64)
        ),
        [1.0, 2.0, 3.0],
        [0.1, 0.2, 0.3],
    )


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("begun", [False, True])
def test_scan(begun: bool, reverse: bool) -> None:
    def build(x: Any, start: Any, w: Any) -> Any:
        made = tf.scan(
            lambda total, e: tf.tanh(total * w) + e, x, initializer=start if begun else None, reverse=reverse
        )
        return tf.reduce_sum(made * np.arange(1.0, 4.0)[:, None]) + tf.reduce_sum(start)

    check(build, np.linspace(-1, 1, 6).reshape(3, 2), [0.5, 0.25], [1.5, 0.5])


@pytest.mark.parametrize("fold", ["foldl", "foldr"])
@pytest.mark.parametrize("begun", [False, True])
def test_folds(begun: bool, fold: str) -> None:
    def build(x: Any, start: Any) -> Any:
        made = getattr(tf, fold)(lambda total, e: total * e + start, x, initializer=start if begun else None)
        return tf.reduce_sum(made)

    check(build, np.linspace(0.5, 1, 6).reshape(3, 2), [0.5, 0.25])


def test_a_recurrent_net_trains() -> None:
    random = np.random.default_rng(0)
    x = tf.placeholder(tf.float32, [5, 3, 2])
    w = tf.get_variable("w", initializer=random.normal(size=(4, 2)).astype(np.float32))
    step = lambda state, e: tf.tanh(tf.matmul(tf.concat([state, e], 1), w))  # noqa: E731
    states = tf.scan(step, x, initializer=tf.zeros([3, 2]))
    loss = tf.reduce_mean(tf.square(states[-1] - 0.5))
    train = tf.train.AdamOptimizer(0.05).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        feeds = {x: random.normal(size=(5, 3, 2))}
        first = session.run(loss, feeds)
        for _ in range(50):
            session.run(train, feeds)
        assert session.run(loss, feeds) < first / 4


def test_arrays_of_rows_in_a_loop() -> None:
    """A loop that reads one TensorArray and writes another, against differences."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float64, [3, 2])
        rows = tf.TensorArray(tf.float64, 3).unstack(x)
        _, total, made = tf.while_loop(
            lambda i, total, made: i < 3,
            lambda i, total, made: (
                i + 1,
                total * rows.read(i),
                made.write(i, tf.tanh(total + rows.read(i))),
            ),
            (0, tf.ones([2], tf.float64), tf.TensorArray(tf.float64, 3)),
        )
        loss = tf.reduce_sum(total * made.stack()) + tf.reduce_sum(made.concat() ** 2)
        (grad,) = tf.gradients(loss, [x])
        value = np.random.default_rng(0).normal(size=(3, 2))
        found = session.run(grad, {x: value})
        for at in np.ndindex(3, 2):
            step = np.zeros((3, 2))
            step[at] = 1e-6
            slope = (session.run(loss, {x: value + step}) - session.run(loss, {x: value - step})) / 2e-6
            np.testing.assert_allclose(found[at], slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("rows", [1, 7, 300])
@pytest.mark.parametrize("transpose", [False, True])
def test_weights_that_each_round_multiplies_with(rows: int, transpose: bool) -> None:
    """The products of many rounds are computed at once; the sums are those of the same loop, unrolled."""
    random = np.random.default_rng(rows)
    x = tf.constant(random.normal(size=(rows, 5)))
    first = random.normal(size=(5, 5)) / 2
    weights = tf.placeholder(tf.float64, [5, 5])
    other = tf.placeholder(tf.float64, [5, 5])

    def step(value: Any) -> Any:
        turned = tf.transpose(tf.matmul(other, value, transpose_b=True))
        return tf.tanh(tf.matmul(value, weights, transpose_b=transpose) + turned)

    def unrolled() -> Any:
        value = x
        for _ in range(6):
            value = step(value)
        return value

    _, looped = tf.while_loop(lambda i, _: i < 6, lambda i, value: (i + 1, step(value)), (0, x))
    with tf.Session() as session:
        wanted, found = (
            session.run(tf.gradients(tf.square(y), [weights, other]), {weights: first, other: first.T})
            for y in (unrolled(), looped)
        )
    for a, b in zip(wanted, found, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-9, atol=1e-12)


def slopes(value: Any, *by: Any) -> Any:
    """The sum of the squares of the gradients: what a gradient penalty takes the gradient of."""
    return tf.add_n([tf.reduce_sum(each * each) for each in tf.gradients(value, by)])


@pytest.mark.parametrize("chosen", [True, False])
def test_second_gradients_of_cond(chosen: bool) -> None:
    pred = tf.placeholder(tf.bool, [])

    def build(x: Any, y: Any) -> Any:
        made = tf.cond(pred, lambda: tf.sin(x * y) * x, lambda: tf.exp(x) * tf.reduce_sum(y))
        return slopes(tf.reduce_sum(made * made * y), x, y)

    check(build, [0.5, 1.0], [2.0, 3.0], feeds={pred: chosen})
    check(lambda x, y: slopes(build(x, y), x), [0.5, 1.0], [2.0, 3.0], feeds={pred: chosen})


def test_second_gradients_of_nested_cond() -> None:
    def build(x: Any) -> Any:
        inner = lambda: tf.cond(x[1] > 0, lambda: x * x * x[0], lambda: tf.exp(x))  # noqa: E731
        return slopes(tf.reduce_sum(tf.cond(x[0] > 0, inner, lambda: tf.sin(x)) * x), x)

    for value in ([1.0, 2.0, 3.0], [1.0, -2.0, 0.5], [-1.0, 2.0, 6.0]):
        check(build, value)


def test_second_gradients_see_what_the_branch_has_drawn() -> None:
    x = tf.placeholder(tf.float32, [1000])
    y = tf.cond(tf.constant(True), lambda: tf.nn.dropout(x, 0.5) ** 3, lambda: x)
    (first,) = tf.gradients(y, x)
    (second,) = tf.gradients(first, x)
    with tf.Session() as session:
        out, by, again = session.run([y, first, second], {x: np.full(1000, 2.0)})
    # y = (d x)^3 with d either 0 or 2: the derivatives are 3 y / x and 6 y / x^2.
    np.testing.assert_allclose(by, 3 * out / 2, rtol=1e-6)
    np.testing.assert_allclose(again, 6 * out / 4, rtol=1e-6)
    assert 0 < np.count_nonzero(out) < 1000


def test_second_gradients_of_arrays_of_rows() -> None:
    """Each operation of a TensorArray, between factors whose derivatives are none of constants."""

    def build(x: Any, y: Any) -> Any:
        array = tf.TensorArray(tf.float64, 3).unstack(x * x * y)
        single = (
            tf.TensorArray(tf.float64, 2).write(0, array.read(1) ** 3).write(1, array.read(1) * array.read(2))
        )
        pieces = tf.TensorArray(tf.float64, 2, infer_shape=False).split(x**3, [1, 2])
        made = tf.reduce_sum(single.stack() ** 2) + tf.reduce_sum(array.gather([0, 2, 0]) ** 2 * y)
        made += tf.reduce_sum(pieces.concat() ** 2 * y) + tf.reduce_sum(pieces.read(1) ** 2)
        return tf.reduce_sum(tf.stack([tf.reduce_sum(each**2) for each in tf.gradients(made, [x, y])]))

    random = np.random.default_rng(1)
    check(build, random.normal(size=(3, 2)), random.normal(size=(2,)))
    # And once more.
    check(
        lambda x, y: sum(tf.reduce_sum(each) for each in tf.gradients(build(x, y), [x, y])),
        random.normal(size=(3, 2)),
        random.normal(size=(2,)),
    )


def test_second_gradients_of_loops_are_refused_as_v1_does() -> None:
    x = tf.placeholder(tf.float32, [])
    for made in (
        tf.while_loop(lambda i, a: i < 3, lambda i, a: [i + 1, a * x], [0, x])[1],
        tf.reduce_sum(tf.map_fn(lambda each: each * x * x, tf.constant([1.0, 2.0]))),
        tf.foldl(lambda a, each: a * x * each, tf.constant([1.0, 2.0]), initializer=x),
    ):
        (first,) = tf.gradients(made, x)
        with pytest.raises(
            TypeError, match=r"^Second-order gradient for while loops not supported\.\n.*_grad"
        ):
            tf.gradients(first, x)


@pytest.mark.parametrize("training", [False, True])
def test_inputs_that_no_branch_has_a_gradient_by_have_none(training: bool) -> None:
    # slim's batch_norm with a placeholder for is_training. Recorded from TensorFlow 2.21's v1: zeros in place
    # of None would make an optimizer's slots for moving averages.
    x = tf.constant(np.random.RandomState(0).rand(2, 2, 2, 2).astype(np.float32))
    scale, offset = tf.Variable([1.0, 2.0]), tf.Variable([0.0, 0.5])
    mean, variance = tf.Variable([0.1, 0.2]), tf.Variable([1.0, 2.0])
    y = tf.cond(
        tf.placeholder_with_default(training, []),
        lambda: tf.nn.fused_batch_norm(x, scale, offset, epsilon=0.001, is_training=True)[0],
        lambda: tf.nn.fused_batch_norm(x, scale, offset, mean, variance, 0.001, is_training=False)[0],
    )
    loss = tf.reduce_sum(tf.square(y))
    by_scale, by_offset, *none = tf.gradients(loss, [scale, offset, mean, variance])
    assert none == [None, None]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run([by_scale, by_offset])
    expected = [[15.7433, 31.5186], [0.0, 8.0]] if training else [[4.2302, 5.6914], [7.2110, 16.8304]]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-4)


def test_an_input_that_one_branch_has_a_gradient_by_has_zeros_in_the_other() -> None:
    a, b, c = (tf.placeholder_with_default(each, []) for each in (2.0, 3.0, 5.0))
    for chosen, expected in ((True, [2.0, 0.0]), (False, [15.0, 10.0])):
        y = tf.cond(tf.constant(chosen), lambda: a * 2.0, lambda: a * b * tf.floor(c))
        by_a, by_b, by_c = tf.gradients(y, [a, b, c])
        assert by_c is None
        with tf.Session() as session:
            assert session.run([by_a, by_b]) == expected
