"""contrib.legacy_seq2seq and contrib's cells and wrappers, as documented; no TensorFlow of today has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

legacy, rnn = tf.contrib.legacy_seq2seq, tf.contrib.rnn


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def names() -> list[str]:
    return [each.op.name for each in tf.trainable_variables()]


def run(fetches: Any, feeds: Any = None) -> Any:
    """Runs with variables that depend on their names and shapes alone."""
    with tf.Session() as session:
        for each in tf.global_variables():
            size = int(np.prod(each.shape.as_list()))
            values = np.sin(np.arange(size) + len(each.op.name)).reshape(each.shape.as_list()) / 2
            each.load(values, session)
        return session.run(fetches, feeds)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def words(count: int) -> list[Any]:
    return [tf.constant([each, (each + 2) % 6]) for each in range(count)]


def test_attention_looks_at_what_the_encoder_gave() -> None:
    """One step beside the formulas of Vinyals et al., 2014."""
    rows = np.random.default_rng(0)
    states, value, state = rows.normal(size=(2, 4, 3)), rows.normal(size=(2, 5)), rows.normal(size=(2, 6))
    outputs, last = legacy.attention_decoder(
        [tf.constant(value, tf.float32)], tf.constant(state, tf.float32), tf.constant(states, tf.float32),
        rnn.GRUCell(6), output_size=7,
    )  # fmt: skip
    assert names() == [
        "attention_decoder/AttnW_0", "attention_decoder/AttnV_0", "attention_decoder/kernel",
        "attention_decoder/bias", "attention_decoder/gru_cell/gates/kernel",
        "attention_decoder/gru_cell/gates/bias", "attention_decoder/gru_cell/candidate/kernel",
        "attention_decoder/gru_cell/candidate/bias", "attention_decoder/Attention_0/kernel",
        "attention_decoder/Attention_0/bias", "attention_decoder/AttnOutputProjection/kernel",
        "attention_decoder/AttnOutputProjection/bias",
    ]  # fmt: skip
    found, new, kept = run([outputs[0], last, tf.trainable_variables()])
    w, v, kernel, bias, _, _, _, _, asked, asked_bias, out, out_bias = kept
    assert kernel.shape == (5 + 3, 5) and bias.shape == (5,)
    sums = (v * np.tanh(states @ w[0, 0] + (new @ asked + asked_bias)[:, None])).sum(-1)
    share = np.exp(sums) / np.exp(sums).sum(-1, keepdims=True)
    seen = (share[..., None] * states).sum(1)
    np.testing.assert_allclose(found, np.concatenate([new, seen], 1) @ out + out_bias, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("net", ["attention", "rnn", "tied_rnn"])
def test_feeding_back_is_a_bool_or_a_tensor(net: str) -> None:
    def make(feeds: Any) -> list[Any]:
        cell = rnn.MultiRNNCell([rnn.BasicLSTMCell(4) for _ in range(2)])
        sizes = (6, 5) if net == "tied_rnn" else (6, 6, 5)
        build = getattr(legacy, f"embedding_{net}_seq2seq")
        with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
            return build(words(3), words(2), cell, *sizes, feed_previous=feeds)[0]

    asked = tf.placeholder_with_default(True, [])
    both, back, given = make(asked), make(True), make(False)
    made = run([both, back, given])
    np.testing.assert_allclose(made[0], made[1], rtol=1e-5)
    np.testing.assert_allclose(run(both, {asked: False}), made[2], rtol=1e-5)
    assert both[0].shape[1].value == 6 and len(both) == 2
    top = f"net/embedding_{net}_seq2seq"
    if net != "tied_rnn":
        assert names()[:2] == [
            f"{top}/rnn/embedding_wrapper/embedding",
            f"{top}/rnn/embedding_wrapper/multi_rnn_cell/cell_0/basic_lstm_cell/kernel",
        ]
    # What is fed back is the likeliest word, so the second outputs differ and the first ones do not.
    np.testing.assert_allclose(made[1][0], made[2][0], rtol=1e-5)


def test_buckets_share_variables() -> None:
    """As TensorFlow's tutorial of translation has it, with a sampled loss of the projection's input."""
    weights, biases = tf.get_variable("proj_w", [4, 6]), tf.get_variable("proj_b", [6])

    def sampled(labels: Any, logits: Any) -> Any:
        return tf.nn.sampled_softmax_loss(
            tf.transpose(weights), biases, tf.reshape(labels, [-1, 1]), logits, num_sampled=3, num_classes=6
        )

    def net(encoder: Any, decoder: Any) -> Any:
        return legacy.embedding_attention_seq2seq(
            encoder, decoder, rnn.GRUCell(4), 6, 6, 5, output_projection=(weights, biases)
        )

    ones = [tf.ones([2]) for _ in range(3)]
    outputs, losses = legacy.model_with_buckets(
        words(4), words(3), words(3), ones, [(2, 2), (4, 3)], net, softmax_loss_function=sampled
    )
    assert [len(each) for each in outputs] == [2, 3] and len(losses) == 2
    assert [each.shape.as_list() for each in outputs[1]] == [[2, 4]] * 3
    gradients = [tf.gradients(loss, tf.trainable_variables()) for loss in losses]
    assert all(each is not None for row in gradients for each in row)
    assert all(np.isfinite(run(losses)))
    with pytest.raises(ValueError, match=r"Length of encoder_inputs \(1\) must be at least"):
        legacy.model_with_buckets(words(1), words(3), words(3), ones, [(2, 2)], net)


def test_attention_over_the_cells_own_outputs() -> None:
    cell = rnn.AttentionCellWrapper(rnn.BasicLSTMCell(4), attn_length=3)
    outputs, state = tf.nn.dynamic_rnn(cell, tf.ones([2, 5, 3]), dtype=tf.float32)
    assert outputs.shape == (2, 5, 4) and state[2].shape == (2, 12)
    assert names() == [
        f"rnn/attention_cell_wrapper/{each}"
        for each in (
            "kernel", "bias", "basic_lstm_cell/kernel", "basic_lstm_cell/bias", "attention/attn_w",
            "attention/attn_v", "attention/kernel", "attention/bias", "attn_output_projection/kernel",
            "attn_output_projection/bias",
        )
    ]  # fmt: skip
    found, last = run([outputs, state])
    np.testing.assert_allclose(last[2].reshape(2, 3, 4), found[:, 2:], rtol=1e-5)


def test_highways() -> None:
    value = tf.constant([[0.5, -1.0]])
    output, _ = rnn.HighwayWrapper(rnn.BasicRNNCell(2))(value, tf.zeros([1, 2]))
    assert names() == ["basic_rnn_cell/kernel", "basic_rnn_cell/bias", "carry_w", "carry_b"]
    found, (kernel, bias, w, b) = run([output, tf.trainable_variables()])
    x = np.array([[0.5, -1.0]])
    share = sigmoid(x @ w + b)
    plain = np.tanh(np.concatenate([x, np.zeros((1, 2))], 1) @ kernel + bias)
    np.testing.assert_allclose(found, x * share + plain * (1 - share), rtol=1e-5)


def test_nets_over_whole_sequences() -> None:
    """As taggers have them: an LSTM forward, and one backward from each sequence's end."""
    inputs, lengths = np.random.default_rng(1).normal(size=(4, 2, 3)).astype(np.float32), [4, 2]
    net = rnn.LSTMBlockFusedCell(5)
    outputs, state = rnn.TimeReversedFusedRNN(net)(inputs, dtype=tf.float32, sequence_length=lengths)
    assert names() == ["lstm_fused_cell/kernel", "lstm_fused_cell/bias"]
    turned = tf.reverse_sequence(inputs, lengths, seq_axis=0, batch_axis=1)
    with tf.variable_scope("", reuse=True):
        cell = rnn.LSTMCell(5, name="lstm_fused_cell")
        wanted, last = tf.nn.dynamic_rnn(
            cell, turned, lengths, dtype=tf.float32, time_major=True, scope=tf.get_variable_scope()
        )
    found = run([outputs, state, tf.reverse_sequence(wanted, lengths, seq_axis=0, batch_axis=1), last])
    np.testing.assert_allclose(found[0], found[2], rtol=1e-5)
    np.testing.assert_allclose(found[1], found[3], rtol=1e-5)
    adapted, _ = rnn.FusedRNNCellAdaptor(rnn.GRUBlockCell(5))(tf.constant(inputs), dtype=tf.float32)
    looped, _ = rnn.FusedRNNCellAdaptor(rnn.GRUBlockCellV2(5, reuse=True), use_dynamic_rnn=True)(
        tf.unstack(inputs), dtype=tf.float32
    )
    assert names()[2] == "rnn/gru_cell/gates/kernel"
    np.testing.assert_allclose(*run([adapted, looped]), rtol=1e-5)


def test_cells_as_cudnn_has_them() -> None:
    x, h = np.array([[0.5, -1.0]]), np.array([[0.2, 0.3, -0.1]])
    arguments = tf.constant(x, tf.float32), tf.constant(h, tf.float32)
    output, _ = tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(3)(*arguments)
    assert names() == [
        f"cudnn_compatible_gru_cell/{part}/{each}"
        for part in ("gates", "candidate/input_projection", "candidate/hidden_projection")
        for each in ("kernel", "bias")
    ]
    found, (gates, bias, wx, bx, wh, bh) = run([output, tf.trainable_variables()])
    r, u = np.split(sigmoid(np.concatenate([x, h], 1) @ gates + bias), 2, 1)
    new = np.tanh(x @ wx + bx + r * (h @ wh + bh))
    np.testing.assert_allclose(found, (1 - u) * new + u * h, rtol=1e-5)
    tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(3)(arguments[0], (arguments[1], arguments[1]))
    assert names()[6:] == ["cudnn_compatible_lstm_cell/kernel", "cudnn_compatible_lstm_cell/bias"]


def test_what_programs_import_of_inner_modules() -> None:
    with tf.as_tensorflow():
        from tensorflow.contrib.rnn.python.ops.core_rnn_cell import _linear
        from tensorflow.python.ops.rnn_cell_impl import _BIAS_VARIABLE_NAME, LayerRNNCell, _Linear

        assert _BIAS_VARIABLE_NAME == "bias" and issubclass(LayerRNNCell, tf.nn.rnn_cell.RNNCell)
        x = tf.ones([2, 3])
        with tf.variable_scope("a"):
            y = _linear([x, x], 4, True)
        with tf.variable_scope("b"):
            _Linear(x, 4, False)(x)
    assert names() == ["a/kernel", "a/bias", "b/kernel"] and y.shape == (2, 4)
    with pytest.raises(ValueError, match="linear is expecting 2D arguments"):
        _linear([tf.ones([2])], 4, True)
