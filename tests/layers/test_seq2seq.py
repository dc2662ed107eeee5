"""contrib's seq2seq, cells and HParams, as documented; there is no TensorFlow 2 that has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

seq2seq, legacy = tf.contrib.seq2seq, tf.contrib.legacy_seq2seq


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def names(variables: Any) -> list[str]:
    return [each.op.name for each in variables]


def run(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        tf.set_random_seed(1)
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


def data(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def test_training_decodes_what_dynamic_rnn_does() -> None:
    inputs, lengths = tf.constant(data(2, 5, 3)), tf.constant([5, 3])
    cell = tf.nn.rnn_cell.LSTMCell(4)
    helper = seq2seq.TrainingHelper(inputs, lengths)
    decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32))
    outputs, state, counted = seq2seq.dynamic_decode(decoder, impute_finished=True)
    assert names(tf.trainable_variables()) == ["decoder/lstm_cell/kernel", "decoder/lstm_cell/bias"]
    with tf.variable_scope("decoder", reuse=True):
        cell = tf.nn.rnn_cell.LSTMCell(4, reuse=True)
        wanted, last = tf.nn.dynamic_rnn(
            cell, inputs, lengths, dtype=tf.float32, scope=tf.get_variable_scope()
        )
    found = run([outputs.rnn_output, state, counted, outputs.sample_id, wanted, last])
    np.testing.assert_allclose(found[0], found[4], rtol=1e-5)
    np.testing.assert_allclose(found[1], found[5], rtol=1e-5)
    assert found[2].tolist() == [5, 3]
    np.testing.assert_array_equal(found[3][0], found[0][0].argmax(-1))
    assert outputs.rnn_output.name == "decoder/transpose:0"


@pytest.mark.parametrize("time_major", [False, True])
def test_greedy_decoding_feeds_back_until_the_end(time_major: bool) -> None:
    """A cell that counts: after token n comes n + 1."""

    class Counting(tf.nn.rnn_cell.RNNCell):
        state_size = 1
        output_size = 6

        def call(self, inputs: Any, state: Any) -> Any:
            return tf.one_hot(tf.cast(tf.argmax(inputs, -1), tf.int32) + 1, 6), state

    helper = seq2seq.GreedyEmbeddingHelper(tf.eye(6), [1, 3], end_token=5)
    decoder = seq2seq.BasicDecoder(Counting(), helper, tf.zeros([2, 1]))
    outputs, _, lengths = seq2seq.dynamic_decode(decoder, output_time_major=time_major, maximum_iterations=10)
    samples, counted = run([outputs.sample_id, lengths])
    samples = samples.T if time_major else samples
    assert samples[0].tolist() == [2, 3, 4, 5] and samples[1, :2].tolist() == [4, 5]
    assert counted.tolist() == [4, 2]
    short, _, lengths = seq2seq.dynamic_decode(decoder, maximum_iterations=2, scope="short")
    assert run([short.sample_id, lengths])[0].shape == (2, 2)


def test_sampling_and_custom_helpers() -> None:
    cell = tf.nn.rnn_cell.GRUCell(4)
    helper = seq2seq.SampleEmbeddingHelper(tf.eye(4), [0, 1], 3, softmax_temperature=0.5, seed=1)
    decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32))
    outputs, _, _ = seq2seq.dynamic_decode(decoder, maximum_iterations=3)
    assert run(outputs.sample_id).max() < 4
    custom = seq2seq.CustomHelper(
        lambda: (tf.fill([2], False), tf.zeros([2, 4])),
        lambda time, outputs, state: tf.fill([2], time),
        lambda time, outputs, state, sample_ids: (tf.fill([2], time >= 2), outputs, state),
    )
    decoder = seq2seq.BasicDecoder(tf.nn.rnn_cell.GRUCell(4), custom, tf.zeros([2, 4]))
    outputs, _, _ = seq2seq.dynamic_decode(decoder, scope="custom")
    assert run(outputs.sample_id).tolist() == [[0, 1, 2]] * 2


@pytest.mark.parametrize("normalize", [False, True])
def test_bahdanau_attention(normalize: bool) -> None:
    memory = data(2, 5, 3)
    mechanism = seq2seq.BahdanauAttention(4, memory, [5, 2], normalize=normalize)
    query = tf.constant(data(2, 6))
    found, _ = mechanism(query, None)
    variables = dict(zip(names(tf.trainable_variables()), tf.trainable_variables(), strict=True))
    assert "memory_layer/kernel" in variables and "bahdanau_attention/query_layer/kernel" in variables
    probabilities, values, queries = run([found, variables, query])
    keys = memory.copy()
    keys[1, 2:] = 0
    keys = keys @ values["memory_layer/kernel"]
    sums = keys + (queries @ values["bahdanau_attention/query_layer/kernel"])[:, None]
    v = values["bahdanau_attention/attention_v"]
    if normalize:
        v = values["bahdanau_attention/attention_g"] * v / np.sqrt((v * v).sum())
        assert values["bahdanau_attention/attention_g"] == pytest.approx(0.5)
    scores = (v * np.tanh(sums)).sum(-1)
    scores[1, 2:] = -np.inf
    wanted = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    np.testing.assert_allclose(probabilities, wanted, rtol=1e-4)


def test_luong_attention() -> None:
    memory = data(2, 5, 3)
    found, _ = seq2seq.LuongAttention(6, memory, scale=True)(tf.constant(data(2, 6)), None)
    kernel = tf.trainable_variables()[0]
    probabilities, keys = run([found, kernel])
    scores = np.einsum("nk,ntk->nt", data(2, 6), memory @ keys)
    np.testing.assert_allclose(
        probabilities, np.exp(scores) / np.exp(scores).sum(-1, keepdims=True), rtol=1e-4
    )
    assert names(tf.trainable_variables()) == ["memory_layer/kernel", "luong_attention/attention_g"]
    with pytest.raises(ValueError, match="Incompatible or unknown inner dimensions between query and keys"):
        seq2seq.LuongAttention(5, memory)(tf.zeros([2, 6]), None)


def test_a_decoder_with_attention() -> None:
    encoded, lengths = tf.constant(data(2, 6, 8)), [6, 4]
    mechanism = seq2seq.LuongAttention(8, encoded, memory_sequence_length=lengths)
    cell = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.LSTMCell(8), mechanism, attention_layer_size=7, alignment_history=True
    )
    first = cell.zero_state(2, tf.float32).clone(
        cell_state=tf.nn.rnn_cell.LSTMStateTuple(tf.ones([2, 8]), tf.ones([2, 8]))
    )
    helper = seq2seq.TrainingHelper(tf.constant(data(2, 5, 3)), [5, 3])
    decoder = seq2seq.BasicDecoder(cell, helper, first, output_layer=tf.layers.Dense(9, name="out"))
    outputs, state, _ = seq2seq.dynamic_decode(decoder, impute_finished=True)
    assert names(tf.trainable_variables()) == [
        "memory_layer/kernel", "decoder/attention_wrapper/lstm_cell/kernel",
        "decoder/attention_wrapper/lstm_cell/bias", "decoder/attention_wrapper/attention_layer/kernel",
        "decoder/out/kernel", "decoder/out/bias",
    ]  # fmt: skip
    logits, history, time = run([outputs.rnn_output, state.alignment_history.stack(), state.time])
    assert logits.shape == (2, 5, 9) and history.shape == (5, 2, 6) and time == 5
    np.testing.assert_allclose(history[0].sum(-1), [1, 1], rtol=1e-5)
    assert not history[0, 1, 4:].any()
    loss = seq2seq.sequence_loss(outputs.rnn_output, tf.zeros([2, 5], tf.int32), tf.ones([2, 5]))
    assert np.isfinite(run(loss))


def test_two_mechanisms_and_tile_batch() -> None:
    memories = [tf.constant(data(2, 4, 3)), tf.constant(data(2, 5, 3))]
    cell = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(6),
        [seq2seq.BahdanauAttention(4, each) for each in memories],
        output_attention=False,
    )
    output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
    assert output.shape.as_list() == [2, 6] and state.attention.shape.as_list() == [2, 6]
    assert [each.shape.as_list() for each in state.alignments] == [[2, 4], [2, 5]]
    assert run(seq2seq.tile_batch(tf.constant([[1, 2], [3, 4]]), 2)).tolist() == [
        [1, 2],
        [1, 2],
        [3, 4],
        [3, 4],
    ]


def test_losses() -> None:
    logits, targets = data(2, 3, 4), np.array([[0, 1, 2], [3, 2, 1]])
    weights = np.array([[1, 1, 0], [1, 1, 1]], np.float32)
    powers = np.exp(logits)
    losses = -np.log(powers / powers.sum(-1, keepdims=True))
    losses = np.take_along_axis(losses, targets[..., None], -1)[..., 0] * weights
    found = [
        seq2seq.sequence_loss(logits, targets, weights),
        seq2seq.sequence_loss(logits, targets, weights, average_across_batch=False),
        seq2seq.sequence_loss(logits, targets, weights, False, False),
        legacy.sequence_loss_by_example(list(logits), list(targets), list(weights)),
    ]
    whole, by_step, each, by_example = run(found)
    np.testing.assert_allclose(whole, losses.sum() / weights.sum(), rtol=1e-5)
    np.testing.assert_allclose(by_step, losses.sum(1) / weights.sum(1), rtol=1e-5)
    np.testing.assert_allclose(each, losses, rtol=1e-5, atol=1e-6)
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(by_example, losses.sum(0) / weights.sum(0), rtol=1e-5)


def test_lists_of_steps() -> None:
    """As the character models of the time are written."""
    table = tf.get_variable("table", [5, 3])

    def loop(before: Any, number: int) -> Any:
        return tf.nn.embedding_lookup(table, tf.argmax(before, 1))

    cell = tf.contrib.rnn.MultiRNNCell([tf.contrib.rnn.BasicLSTMCell(5) for _ in range(2)])
    steps = [tf.constant(data(2, 3)) for _ in range(3)]
    outputs, _ = legacy.rnn_decoder(steps, cell.zero_state(2, tf.float32), cell, scope="lm")
    assert names(tf.trainable_variables())[1] == "lm/multi_rnn_cell/cell_0/basic_lstm_cell/kernel"
    again, _ = legacy.rnn_decoder(steps, cell.zero_state(2, tf.float32), cell, loop_function=loop, scope="lm")
    first, second = run([outputs, again])
    np.testing.assert_allclose(first[0], second[0], rtol=1e-6)
    assert not np.allclose(first[1], second[1])
    made, _ = legacy.basic_rnn_seq2seq(steps, steps, tf.contrib.rnn.GRUCell(4))
    assert run(made)[0].shape == (2, 4)


def test_cells_of_contrib() -> None:
    rnn = tf.contrib.rnn
    x = tf.constant(data(2, 5, 3))
    block, _ = tf.nn.dynamic_rnn(rnn.LSTMBlockCell(4), x, dtype=tf.float32)
    normed, _ = tf.nn.dynamic_rnn(rnn.LayerNormBasicLSTMCell(4, dropout_keep_prob=0.9), x, dtype=tf.float32)
    projected, _ = tf.nn.dynamic_rnn(
        rnn.OutputProjectionWrapper(rnn.InputProjectionWrapper(rnn.GRUCell(4), 6), 2), x, dtype=tf.float32
    )
    stacked, _, _ = rnn.stack_bidirectional_dynamic_rnn(
        [rnn.GRUCell(4), rnn.GRUCell(2)], [rnn.GRUCell(4), rnn.GRUCell(2)], x, dtype=tf.float32
    )
    assert [each.shape[-1] for each in run([block, normed, projected, stacked])] == [4, 4, 2, 4]
    found = names(tf.trainable_variables())
    assert found[:3] == [
        "rnn/lstm_cell/kernel",
        "rnn/lstm_cell/bias",
        "rnn/layer_norm_basic_lstm_cell/kernel",
    ]
    assert "rnn/output_projection_wrapper/kernel" in found
    assert "stack_bidirectional_rnn/cell_1/bidirectional_rnn/bw/gru_cell/gates/kernel" in found


def test_dropout_of_cells() -> None:
    rnn = tf.contrib.rnn
    x = tf.ones([2, 6, 50])
    for variational in (False, True):
        cell = rnn.DropoutWrapper(
            Passing(50), output_keep_prob=0.5, variational_recurrent=variational, dtype=tf.float32, seed=1
        )
        found = run(tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)[0])
        assert set(np.unique(found)) == {0.0, 2.0}
        assert np.all(found[:, 0] == found[:, 1]) == variational
    keep = tf.placeholder_with_default(1.0, [])
    cell = rnn.DropoutWrapper(Passing(50), input_keep_prob=keep, state_keep_prob=keep)
    assert run(tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)[0]).min() == 1
    with pytest.raises(ValueError, match="input_size must be provided"):
        rnn.DropoutWrapper(Passing(50), input_keep_prob=0.5, variational_recurrent=True, dtype=tf.float32)


class Passing(tf.nn.rnn_cell.RNNCell):
    """Gives its input."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    @property
    def state_size(self) -> int:
        return 1

    @property
    def output_size(self) -> int:
        return self._size

    def call(self, inputs: Any, state: Any) -> Any:
        return inputs, state


def test_hparams() -> None:
    hparams = tf.contrib.training.HParams(rate=0.1, layers=[3, 4], name="net", use=True, steps=7)
    hparams.parse("rate=1,layers=[5,6],name=other,use=false,steps=8")
    assert hparams.values() == {"rate": 1.0, "layers": [5, 6], "name": "other", "use": False, "steps": 8}
    hparams.override_from_dict({"rate": 2})
    assert hparams.rate == 2.0 and isinstance(hparams.rate, float) and "rate" in hparams
    assert hparams.to_json(sort_keys=True).startswith('{"layers": [5, 6], "name": "other"')
    hparams.add_hparam("more", 1)
    hparams.del_hparam("more")
    assert hparams.get("more", 3) == 3 and "more" not in hparams
    for wrong, error in (
        (lambda: hparams.set_hparam("nothing", 1), KeyError),
        (lambda: hparams.set_hparam("steps", "a"), ValueError),
        (lambda: hparams.set_hparam("steps", [1]), ValueError),
        (lambda: hparams.set_hparam("layers", 1), ValueError),
        (lambda: hparams.add_hparam("steps", 1), ValueError),
        (lambda: hparams.parse("nothing=1"), ValueError),
        (lambda: hparams.parse("steps"), ValueError),
        (lambda: hparams.parse("steps=a"), ValueError),
        (lambda: tf.contrib.training.HParams(a=[]), ValueError),
    ):
        with pytest.raises(error):
            wrong()
