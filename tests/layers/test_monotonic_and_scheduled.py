"""Monotonic attention beside NumPy by the paper's sum, and helpers of scheduled sampling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

seq2seq = tf.contrib.seq2seq


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches: Any) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def expected(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """p_j sum over i <= j of q_i product over i <= k < j of (1 - p_k): arXiv:1704.00784, equation 9."""
    made = np.zeros_like(p)
    for row in range(p.shape[0]):
        for j in range(p.shape[1]):
            reached = (q[row, i] * np.prod(1 - p[row, i:j]) for i in range(j + 1))
            made[row, j] = p[row, j] * sum(reached)
    return made


def test_the_attention_is_the_paper_s() -> None:
    rng = np.random.RandomState(0)
    p, q = rng.uniform(0.1, 0.9, [3, 6]), rng.dirichlet(np.ones(6), 3)
    for mode in ("recursive", "parallel"):
        found = run(seq2seq.monotonic_attention(tf.constant(p), tf.constant(q), mode))
        np.testing.assert_allclose(found, expected(p, q), rtol=1e-6)
    hard, first = (p > 0.5).astype(float), np.eye(6)[[0, 2, 1]]
    found = run(seq2seq.monotonic_attention(hard, first, "hard"))
    np.testing.assert_allclose(found, expected(hard, first))
    with pytest.raises(ValueError, match="mode must be"):
        seq2seq.monotonic_attention(p, q, "soft")


def test_products_and_maxima() -> None:
    x = tf.constant([[0.0, 0.5, 1.0]])
    np.testing.assert_allclose(run(seq2seq.safe_cumprod(x, axis=1)), [[0, 0, 0]], atol=1e-30)
    assert np.isfinite(run(tf.gradients(seq2seq.safe_cumprod(x, axis=1), x)[0])).all()
    assert run(seq2seq.hardmax(tf.placeholder_with_default([[1.0, 3.0]], [None, None]))).tolist() == [[0, 1]]


@pytest.mark.parametrize("mode", ["recursive", "parallel", "hard"])
@pytest.mark.parametrize("kind", ["Bahdanau", "Luong"])
def test_mechanisms(kind: str, mode: str) -> None:
    rng = np.random.RandomState(0)
    memory, query = rng.randn(2, 4, 3).astype("f"), rng.randn(2, 5).astype("f")
    make = getattr(seq2seq, f"{kind}MonotonicAttention")
    mechanism = make(5, tf.constant(memory), [4, 2], score_bias_init=-0.5, mode=mode)
    state = mechanism.initial_state(2, tf.float32)
    alignments, _ = mechanism(tf.constant(query), state)
    scope = f"{kind.lower()}_monotonic_attention"
    names = [each.op.name for each in tf.trainable_variables()]
    assert f"{scope}/attention_score_bias" in names and "memory_layer/kernel" in names
    variables = {each.op.name: each for each in tf.trainable_variables()}
    keys, first, found, w = run([mechanism.keys, state, alignments, variables])
    assert first.tolist() == [[1, 0, 0, 0]] * 2
    if kind == "Bahdanau":
        asked = query @ next(each for name, each in w.items() if name.endswith("query_layer/kernel"))
        score = (w[f"{scope}/attention_v"] * np.tanh(keys + asked[:, None])).sum(-1) - 0.5
    else:
        score = np.einsum("nd,ntd->nt", query, keys) - 0.5
    score[1, 2:] = -np.inf
    p = (score > 0).astype("f") if mode == "hard" else 1 / (1 + np.exp(-score))
    np.testing.assert_allclose(found, expected(p, first), rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match="mode must be"):
        make(5, tf.constant(memory), mode="soft")


def test_in_a_wrapper() -> None:
    mechanism = seq2seq.LuongMonotonicAttention(4, tf.ones([2, 5, 3]), sigmoid_noise=0.1)
    cell = seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(4), mechanism, alignment_history=True)
    helper = seq2seq.TrainingHelper(tf.ones([2, 3, 2]), [3, 3])
    decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32))
    outputs, _, _ = seq2seq.dynamic_decode(decoder)
    assert run(outputs.rnn_output).shape == (2, 3, 3)
    assert None not in tf.gradients(outputs.rnn_output, tf.trainable_variables())


def decoded(helper: Any) -> Any:
    """Inputs of each step, as a cell that hands them on sees them, and the samples."""

    class Same(tf.nn.rnn_cell.RNNCell):  # type: ignore[misc]
        state_size = output_size = 3

        def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
            return inputs, state

    decoder = seq2seq.BasicDecoder(Same(), helper, tf.zeros([2, 3]))
    outputs, _, _ = seq2seq.dynamic_decode(decoder)
    return run([outputs.rnn_output, outputs.sample_id])


def test_rows_of_samples() -> None:
    inputs = np.random.RandomState(0).randn(2, 4, 3).astype("f")
    table = np.arange(9, dtype="f").reshape(3, 3)
    for chance in (0.0, 0.5, 1.0):
        helper = seq2seq.ScheduledEmbeddingTrainingHelper(
            inputs, [4, 4], tf.constant(table), chance, seed=1, scheduling_seed=2
        )
        seen, samples = decoded(helper)
        np.testing.assert_allclose(seen[:, 0], inputs[:, 0])
        for n in range(2):
            for t in range(3):
                wanted = inputs[n, t + 1] if samples[n, t] < 0 else table[samples[n, t]]
                np.testing.assert_allclose(seen[n, t + 1], wanted)
        taken = (samples >= 0).mean()
        assert taken == chance or (chance == 0.5 and 0 < taken < 1)
    with pytest.raises(ValueError, match="scalar or a vector"):
        seq2seq.ScheduledEmbeddingTrainingHelper(inputs, [4, 4], table, [[0.5]])


@pytest.mark.parametrize("beside", [False, True])
def test_outputs_fed_back(beside: bool) -> None:
    inputs = np.random.RandomState(0).randn(2, 4, 2 if beside else 3).astype("f")
    more = np.random.RandomState(1).randn(2, 4, 1).astype("f") if beside else None
    helper = seq2seq.ScheduledOutputTrainingHelper(
        inputs, [4, 4], [1.0, 0.0], next_inputs_fn=lambda x: 2 * x[:, : inputs.shape[-1]],
        auxiliary_inputs=more,
    )  # fmt: skip
    seen, samples = decoded(helper)
    assert samples.tolist() == [[1] * 4, [0] * 4]
    whole = inputs if more is None else np.concatenate([inputs, more], -1)
    np.testing.assert_allclose(seen[1], whole[1])
    for t in range(3):
        wanted = 2 * seen[0, t, : inputs.shape[-1]]
        np.testing.assert_allclose(seen[0, t + 1, : inputs.shape[-1]], wanted, rtol=1e-6)
        if more is not None:
            np.testing.assert_allclose(seen[0, t + 1, -1:], more[0, t + 1])
