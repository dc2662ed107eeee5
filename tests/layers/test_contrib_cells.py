"""contrib's cells: one step beside NumPy, by the formulas of papers: TensorFlow 2 has none of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

rnn = tf.contrib.rnn
N, SIZE, UNITS = 2, 4, 4


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def relu(x: Any) -> Any:
    return np.maximum(x, 0)


def parts(x: Any, count: int) -> Any:
    return np.split(x, count, -1)


def ugrnn(x: Any, s: Any, w: Any) -> Any:
    g, c = parts(np.concatenate([x, s], 1) @ w["kernel"] + w["bias"], 2)
    k = sigmoid(g + 1)
    return [k * s + (1 - k) * np.tanh(c)] * 2


def intersection(x: Any, s: Any, w: Any) -> Any:
    x = x @ w["in_projection/kernel"] + w["in_projection/bias"] if "in_projection/kernel" in w else x
    g, h, p, y = parts(np.concatenate([x, s], 1) @ w["kernel"] + w["bias"], 4)
    k, q = sigmoid(g + 1), sigmoid(p + 1)
    return q * x + (1 - q) * relu(y), k * s + (1 - k) * np.tanh(h)


def nas(x: Any, state: Any, w: Any) -> Any:
    c, h = state
    x, m = parts(x @ w["kernel"], 8), parts(h @ w["recurrent_kernel"] + w.get("bias", 0), 8)
    a, b = sigmoid(x[0] + m[0]) * relu(x[1] + m[1]), sigmoid(x[2] + m[2]) + relu(x[3] * m[3])
    d, e = np.tanh(x[4] + m[4]) * sigmoid(x[5] + m[5]), np.tanh(x[6] + m[6]) + sigmoid(x[7] + m[7])
    c = np.tanh(np.tanh(a) + c) * np.tanh(b)
    h = np.tanh(c * np.tanh(np.tanh(d) + sigmoid(e)))
    h = h @ w["projection_weights"] if "projection_weights" in w else h
    return h, (c, h)


def coupled(x: Any, state: Any, w: Any) -> Any:
    c, h = state
    j, f, o = parts(np.concatenate([x, h], 1) @ w["W_0"] + w["B"], 3)
    k = sigmoid(f + 1 + w.get("W_F_diag", 0) * c)
    c = k * c + (1 - k) * np.tanh(j)
    h = sigmoid(o + w.get("W_O_diag", 0) * c) * np.tanh(c)
    h = h @ w["W_P_0"] if "W_P_0" in w else h
    return h, (c, h)


def lstm(sums: Any, c: Any, w: Any = None) -> Any:
    i, j, f, o = parts(sums, 4)
    peek = {each: (w or {}).get(f"w_{each}_diag", 0) for each in "ifo"}
    c = sigmoid(f + 1 + peek["f"] * c) * c + sigmoid(i + peek["i"] * c) * np.tanh(j)
    return c, sigmoid(o + peek["o"] * c) * np.tanh(c)


def grouped(x: Any, state: Any, w: Any) -> Any:
    c, h = state
    groups = sum(name.startswith("group") for name in w)
    made = [
        parts(np.concatenate([a, b], 1) @ w[f"group{at}/kernel"], 4)
        for at, (a, b) in enumerate(zip(parts(x, groups), parts(h, groups), strict=True))
    ]
    gates = [np.concatenate([each[at] for each in made], 1) + w[f"bias_{g}"] for at, g in enumerate("ijfo")]
    c, h = lstm(np.concatenate(gates, 1), c)
    return h, (c, h)


def normed(x: Any, state: Any, w: Any) -> Any:
    c, h = state
    kernel = w["kernel"]
    if "norm_0" in w:
        halves = [kernel[:SIZE], kernel[SIZE:]]
        kernel = np.concatenate(
            [p / np.sqrt((p * p).sum(0)) * w[f"norm_{at}"] for at, p in enumerate(halves)], 0
        )
    c, h = lstm(np.concatenate([x, h], 1) @ kernel + w["bias"], c, w)
    return h, (c, h)


@pytest.mark.parametrize(
    ("make", "formula", "names"),
    [
        (lambda: rnn.UGRNNCell(UNITS), ugrnn, "kernel bias"),
        (lambda: rnn.IntersectionRNNCell(UNITS), intersection, "kernel bias"),
        (
            lambda: rnn.IntersectionRNNCell(5, 5),
            intersection,
            "in_projection/kernel in_projection/bias kernel bias",
        ),
        (lambda: rnn.NASCell(UNITS), nas, "recurrent_kernel kernel"),
        (lambda: rnn.NASCell(5, 3, True), nas, "recurrent_kernel bias kernel projection_weights"),
        (lambda: rnn.CoupledInputForgetGateLSTMCell(5), coupled, "W_0 B"),
        (
            lambda: rnn.CoupledInputForgetGateLSTMCell(5, True, num_proj=3),
            coupled,
            "W_0 B W_F_diag W_O_diag W_P_0",
        ),
        (
            lambda: rnn.GLSTMCell(UNITS, number_of_groups=2),
            grouped,
            "group0/kernel group1/kernel bias_i bias_j bias_f bias_o",
        ),
        (lambda: rnn.WeightNormLSTMCell(5), normed, "kernel norm_0 norm_1 bias"),
        (lambda: rnn.WeightNormLSTMCell(5, False, True), normed, "kernel bias w_f_diag w_i_diag w_o_diag"),
    ],
)
def test_one_step(make: Any, formula: Any, names: str) -> None:
    rng = np.random.RandomState(0)
    with tf.variable_scope("s", initializer=tf.random_normal_initializer(seed=1)):
        cell = make()
        x = rng.randn(N, SIZE).astype("f")
        sizes = cell.state_size if isinstance(cell.state_size, tuple) else (cell.state_size,)
        given = [rng.randn(N, each).astype("f") for each in sizes]
        state = type(cell.state_size)(*given) if len(given) > 1 else given[0]
        tensors = type(state)(*map(tf.constant, state)) if len(given) > 1 else tf.constant(state)
        made = cell(tf.constant(x), tensors)
    prefix = f"s/{tf.trainable_variables()[0].op.name.split('/')[1]}/"
    found = {each.op.name.removeprefix(prefix): each for each in tf.trainable_variables()}
    assert list(found) == names.split()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for each in found.values():
            each.load(rng.randn(*each.shape.as_list()).astype("f"), session)
        weights, values = session.run([found, made])
    wanted = formula(x, state, weights)
    flat = tf.nest.flatten
    for one, other in zip(flat(values), flat(tuple(wanted)), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("skips", [False, True])
def test_convolutions(skips: bool) -> None:
    cell = rnn.Conv2DLSTMCell(
        input_shape=[3, 3, 2], output_channels=4, kernel_shape=[1, 1], skip_connection=skips
    )
    rng = np.random.RandomState(0)
    x = rng.randn(N, 3, 3, 2).astype("f")
    c, h = (rng.randn(N, 3, 3, size.as_list()[-1]).astype("f") for size in cell.state_size)
    made = cell(tf.constant(x), tf.nn.rnn_cell.LSTMStateTuple(tf.constant(c), tf.constant(h)))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        kernel, (output, state) = session.run([tf.trainable_variables()[0], made])
    new, wanted = lstm(np.concatenate([x, h], -1) @ kernel[0, 0], c)
    wanted = np.concatenate([wanted, x], -1) if skips else wanted
    np.testing.assert_allclose(output, wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(state.c, new, rtol=1e-5, atol=1e-6)
    assert cell.output_size.as_list() == [3, 3, 6 if skips else 4]


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_convolutions_over_time(rank: int) -> None:
    cell = rnn.ConvLSTMCell(rank, [5] * rank + [2], 3, [3] * rank)
    outputs, _ = tf.nn.dynamic_rnn(cell, tf.ones([N, 4, *[5] * rank, 2]), dtype=tf.float32)
    assert outputs.shape.as_list() == [N, 4, *[5] * rank, 3]
    assert [each.op.name for each in tf.trainable_variables()] == [
        f"rnn/conv_lstm_cell/{each}" for each in ("kernel", "biases")
    ]
    with pytest.raises(ValueError, match="Invalid input_shape"):
        rnn.ConvLSTMCell(rank, [5], 3, [3] * rank)


@pytest.mark.parametrize("peeks", [False, True])
def test_phases(peeks: bool) -> None:
    cell = rnn.PhasedLSTMCell(UNITS, peeks, ratio_on=0.6)
    rng = np.random.RandomState(0)
    times = np.array([[0.3], [7.7]], "f")
    x, c, h = (rng.randn(N, size).astype("f") for size in (SIZE, UNITS, UNITS))
    made = cell(
        (tf.constant(times), tf.constant(x)), tf.nn.rnn_cell.LSTMStateTuple(tf.constant(c), tf.constant(h))
    )
    found = {each.op.name.removeprefix("phased_lstm_cell/"): each for each in tf.trainable_variables()}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        w, (output, state) = session.run([found, made])
    assert (w["period"] >= 1).all() and (w["period"] <= 1000).all() and w["ratio_on"][0] == np.float32(0.6)
    seen = np.concatenate([x, h, c] if peeks else [x, h], 1)
    i, f = parts(sigmoid(seen @ w["mask_gates/kernel"] + w["mask_gates/bias"]), 2)
    new = np.tanh(np.concatenate([x, h], 1) @ w["new_input/kernel"] + w["new_input/bias"])
    new_c = c * f + i * new
    seen = np.concatenate([x, h, new_c] if peeks else [x, h], 1)
    new_h = np.tanh(new_c) * sigmoid(seen @ w["output_gate/kernel"] + w["output_gate/bias"])
    turned = ((times - w["phase"]) % w["period"]) / w["period"]
    up = 2 * turned / w["ratio_on"]
    k = np.where(turned < 0.3, up, np.where(turned < 0.6, 2 - up, 0.001 * turned))
    np.testing.assert_allclose(output, k * new_h + (1 - k) * h, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(state.c, k * new_c + (1 - k) * c, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda x: rnn.IntersectionRNNCell(5)(x, tf.zeros([N, 5])), "num_in_proj should be set"),
        (lambda x: rnn.GLSTMCell(5, number_of_groups=2), "divisible by number_of_groups, 2"),
        (
            lambda x: rnn.GLSTMCell(6)(x, rnn.GLSTMCell(6).zero_state(N, tf.float32)),
            "the size of the output, 6",
        ),
        (lambda x: rnn.CoupledInputForgetGateLSTMCell(5, layer_norm=True), "layer_norm=True"),
    ],
)
def test_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(tf.zeros([N, SIZE]))


def test_over_time_and_trained() -> None:
    for make in (rnn.NASCell, rnn.UGRNNCell, rnn.GLSTMCell, rnn.WeightNormLSTMCell):
        with tf.Graph().as_default():
            outputs, _ = tf.nn.dynamic_rnn(make(SIZE), tf.ones([N, 3, SIZE]), dtype=tf.float32)
            found = tf.gradients(outputs, tf.trainable_variables())
            assert None not in found
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                assert all(np.isfinite(each).all() for each in session.run(found))
