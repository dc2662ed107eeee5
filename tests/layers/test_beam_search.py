"""Beam search, against all sequences there are and against a search in plain NumPy."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

seq2seq = tf.contrib.seq2seq
CLASSES, END, START = 4, 0, 1
TABLES = np.random.default_rng(4).normal(size=(2, CLASSES, CLASSES)).astype(np.float32)
ROWS = np.random.default_rng(5).normal(size=(CLASSES, 3)).astype(np.float32)


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


class Tables(tf.nn.rnn_cell.RNNCell):
    """A cell whose logits follow from the last two tokens: it gets one, and its state is the other."""

    output_size = CLASSES
    state_size = CLASSES

    def call(self, inputs: Any, state: Any) -> Any:
        return tf.matmul(inputs, TABLES[0]) + tf.matmul(state, TABLES[1]), inputs


class Attending(Tables):
    """The same, as if it attended to three rows, which follow from the token."""

    def call(self, inputs: Any, state: Any) -> Any:
        outputs, cell_state = super().call(inputs, state.cell_state)
        alignments = tf.nn.softmax(tf.matmul(inputs, ROWS))
        return outputs + tf.constant([2.0, 0, 0, 0]), state.clone(
            cell_state=cell_state, time=state.time + 1, alignments=alignments, attention_state=alignments,
            alignment_history=state.alignment_history.write(state.time, alignments),
        )  # fmt: skip


def log_probs(before: int, last: int | None) -> np.ndarray[Any, Any]:
    """The logarithms of the next token's probabilities after two tokens."""
    logits = TABLES[0][before] + (0 if last is None else TABLES[1][last])
    return np.asarray(logits - np.log(np.sum(np.exp(logits))))


def search(
    start: int, beams: int, steps: int, length_weight: float = 0.0, coverage_weight: float = 0.0
) -> list[tuple[float, list[int], list[int]]]:
    """Scores, sequences and where they were at each step, the best first."""
    rows = np.exp(ROWS) / np.exp(ROWS).sum(1, keepdims=True)
    # Score, logarithm of the probability, tokens, length, whether it ended, what was attended to, beams.
    found: list[Any] = [(0.0, 0.0, [], 0, False, np.zeros(3), [])]
    for _ in range(steps):
        all_ended = len(found) == beams and all(each[4] for each in found)
        if all_ended:
            break
        longer = []
        for at, (_, total, tokens, length, ended, seen, path) in enumerate(found):
            before = tokens[-1] if tokens else start
            last = tokens[-2] if len(tokens) > 1 else (start if tokens else None)
            own = np.zeros(CLASSES) if ended else log_probs(before, last)
            now = seen if ended else seen + rows[before]
            for token in [END] if ended else range(CLASSES):
                size = length + (not ended and token != END)
                score = (total + own[token]) / ((5 + size) / 6) ** length_weight
                made = (score, total + own[token], [*tokens, token], length + (not ended),
                        ended or token == END, now, [*path, at])  # fmt: skip
                longer.append(made)
        found = sorted(longer, key=lambda each: -each[0])[:beams]
    return [(each[0], each[2], each[6]) for each in found]


def decoded(
    beams: int, steps: int, starts: list[int], cell: Any = None, state: Any = None, **options: Any
) -> Any:
    cell = Tables() if cell is None else cell
    first = tf.zeros([len(starts) * beams, CLASSES]) if state is None else state
    decoder = seq2seq.BeamSearchDecoder(
        cell, lambda ids: tf.one_hot(ids, CLASSES), starts, END, first, beams, **options
    )
    return seq2seq.dynamic_decode(decoder, maximum_iterations=steps)


def run(fetches: Any) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


@pytest.mark.parametrize("weight", [0.0, 0.7])
def test_a_wide_beam_finds_the_best_of_all_sequences(weight: float) -> None:
    outputs, state, _ = decoded(40, 3, [START, 2], length_penalty_weight=weight)
    found, scores, totals = run(
        [outputs.predicted_ids, outputs.beam_search_decoder_output.scores, state.log_probs]
    )
    for row, start in enumerate([START, 2]):
        everything = {}
        for tokens in itertools.product(range(CLASSES), repeat=3):
            until = tokens.index(END) + 1 if END in tokens else 3
            total, last, before = 0.0, None, start
            for token in tokens[:until]:
                total += log_probs(before, last)[token]
                last, before = before, token
            # As in v1, the end counts at the steps behind it.
            size = until - (END in tokens and until == 3)
            key = (*tokens[:until], *[END] * (3 - until))
            everything[key] = total, total / ((5 + size) / 6) ** weight
        best = sorted(everything, key=lambda each: -everything[each][1])
        assert len(best) == 40
        assert [tuple(each) for each in found[row].T.tolist()] == best
        np.testing.assert_allclose(scores[row][-1], [everything[each][1] for each in best], rtol=1e-5)
        np.testing.assert_allclose(totals[row], [everything[each][0] for each in best], rtol=1e-5)


@pytest.mark.parametrize("beams, steps, weight", [(1, 6, 0.0), (2, 6, 0.0), (3, 9, 1.0), (5, 4, 0.4)])
def test_a_narrow_beam_finds_what_a_plain_search_does(beams: int, steps: int, weight: float) -> None:
    starts = [START, 2, 3]
    outputs, state, lengths = decoded(beams, steps, starts, length_penalty_weight=weight)
    assert outputs.predicted_ids.shape.as_list() == [3, None, beams]
    found, step_outputs, last, counted = run(
        [outputs.predicted_ids, outputs.beam_search_decoder_output, state, lengths]
    )
    assert counted.shape == (3, beams)
    for row, start in enumerate(starts):
        wanted = search(start, beams, steps, weight)
        for beam, (score, tokens, _) in enumerate(wanted):
            tokens = tokens + [END] * (found.shape[1] - len(tokens))
            assert found[row, :, beam].tolist() == tokens
            np.testing.assert_allclose(step_outputs.scores[row, len(tokens) - 1, beam], score, rtol=1e-5)
            size = tokens.index(END) + 1 if END in tokens else len(tokens)
            assert last.lengths[row, beam] == size
            assert last.finished[row, beam] == (END in tokens)


def test_what_was_attended_to_is_in_the_order_of_the_sequences() -> None:
    beams, steps = 3, 4
    history = tf.TensorArray(tf.float32, 0, dynamic_size=True, element_shape=[2 * beams, 3])
    first = seq2seq.AttentionWrapperState(
        tf.zeros([2 * beams, CLASSES]), tf.zeros([2 * beams, 1]), tf.zeros([], tf.int32),
        tf.zeros([2 * beams, 3]), history, tf.zeros([2 * beams, 3]),
    )  # fmt: skip
    outputs, state, _ = decoded(beams, steps, [START, 3], Attending(), first, coverage_penalty_weight=0.0)
    steps_made = outputs.beam_search_decoder_output
    chosen, parents, seen, lengths = run(
        [steps_made.predicted_ids, steps_made.parent_ids, state.cell_state.alignment_history, state.lengths]
    )
    rows = np.exp(ROWS) / np.exp(ROWS).sum(1, keepdims=True)
    seen = seen.reshape(-1, 2, beams, 3)
    for row, start in enumerate([START, 3]):
        for beam in range(beams):
            # As in v1: of each step what was noted in the place that the sequence has behind it.
            at = beam
            for time in reversed(range(int(lengths[row].max()))):
                if time < lengths[row, beam]:
                    token = chosen[row, time - 1, at] if time else start
                    np.testing.assert_allclose(seen[time, row, beam], rows[token], rtol=1e-5)
                at = parents[row, time, at]
    _, kept, _ = decoded(beams, steps, [START, 3], Attending(), first, reorder_tensor_arrays=False)
    assert isinstance(kept.cell_state.alignment_history, tf.TensorArray)


def test_rows_that_were_not_attended_to_count() -> None:
    """The penalty of an example counts once all its beams have ended: all go on with the end alone."""
    beams, penalty = 2, 0.3
    history = tf.TensorArray(tf.float32, 0, dynamic_size=True, element_shape=[2 * beams, 3])
    first = seq2seq.AttentionWrapperState(
        tf.zeros([2 * beams, CLASSES]), tf.zeros([2 * beams, 1]), tf.zeros([], tf.int32),
        tf.zeros([2 * beams, 3]), history, tf.zeros([2 * beams, 3]),
    )  # fmt: skip
    outputs, state, _ = decoded(beams, 12, [START, 3], Attending(), first, coverage_penalty_weight=penalty)
    step_outputs, last = run([outputs.beam_search_decoder_output, state._replace(cell_state=())])
    # One example has ended before the other: from then on, its scores have the penalty.
    ended = [int(last.lengths[row].max()) for row in range(2)]
    assert last.finished.all() and ended[0] != ended[1]
    row = int(np.argmin(ended))
    seen = last.accumulated_attention_probs[row]
    wanted = last.log_probs[row] + penalty * np.log(np.minimum(seen, 1.0)).sum(-1)
    np.testing.assert_allclose(step_outputs.scores[row, -1], wanted, rtol=1e-5)
    with pytest.raises(
        ValueError, match=r"^coverage_penalty_weight must be 0\.0 if no cell is attentional\."
    ):
        decoded(2, 3, [START], coverage_penalty_weight=0.5)


def test_with_attention_of_a_real_cell() -> None:
    memory = np.random.default_rng(0).normal(size=(2, 5, 4)).astype(np.float32)
    tiled = seq2seq.tile_batch(tf.constant(memory), 3)
    lengths = seq2seq.tile_batch(tf.constant([5, 3]), 3)
    mechanism = seq2seq.LuongAttention(4, tiled, lengths)
    cell = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.LSTMCell(4), mechanism, attention_layer_size=4, alignment_history=True
    )
    state = cell.zero_state(6, tf.float32)
    table = tf.get_variable("table", [7, 4])
    decoder = seq2seq.BeamSearchDecoder(
        cell, table, [1, 1], 0, state, 3, tf.layers.Dense(7), 0.6, coverage_penalty_weight=0.2
    )
    outputs, last, _ = seq2seq.dynamic_decode(decoder, maximum_iterations=6)
    found, history = run([outputs.predicted_ids, last.cell_state.alignment_history])
    assert found.shape == (2, found.shape[1], 3) and history.shape == (found.shape[1], 6, 5)
    np.testing.assert_allclose(history.sum(-1), 1, rtol=1e-5)
    assert not history.reshape(-1, 2, 3, 5)[:, 1, :, 3:].any()


def test_mistakes() -> None:
    cell, first = Tables(), tf.zeros([4, CLASSES])
    rows: Any = lambda ids: tf.one_hot(ids, CLASSES)  # noqa: E731
    make: Any = seq2seq.BeamSearchDecoder
    with pytest.raises(ValueError, match=r"^start_tokens must be a vector$"):
        make(cell, rows, 1, END, first, 2)
    with pytest.raises(ValueError, match=r"^end_token must be a scalar$"):
        make(cell, rows, [1, 1], [END], first, 2)
    with pytest.raises(TypeError, match=r"^output_layer must be a Layer, received: <class 'int'>$"):
        make(cell, rows, [1, 1], END, first, 2, 3)
    with pytest.raises(TypeError, match="cell"):
        make(3, rows, [1, 1], END, first, 2)
    with pytest.raises(ValueError, match="to have known rank, but ndims == None"):
        make(cell, rows, [1, 1], END, tf.placeholder(tf.float32), 2)
    with pytest.raises(ValueError, match=r"^length_penalty_weight should be a scalar, but saw shape: \(1,\)"):
        decoded(2, 3, [1, 1], length_penalty_weight=[1.0])


# --- gather_tree ---------------------------------------------------------------------------


def test_gather_tree() -> None:
    steps = [[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]], [[-1, -1, -1]]]
    parents = [[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]], [[-1, -1, -1]]]
    made = seq2seq.gather_tree(steps, parents, [3], 10)
    assert made.shape.as_list() == [4, 1, 3] and made.op.type == "GatherTree"
    assert run(made)[:, 0].tolist() == [[2, 2, 2], [6, 5, 6], [7, 8, 9], [10, 10, 10]]


def test_all_behind_the_end_of_a_sequence_is_the_end() -> None:
    steps = np.array([[[1, 2]], [[9, 3]], [[4, 9]], [[5, 6]]])
    parents = np.tile([0, 1], (4, 1, 1))
    found = run(seq2seq.gather_tree(steps.astype(np.int32), parents.astype(np.int32), [7], 9))
    assert found[:, 0].tolist() == [[1, 2], [9, 3], [9, 9], [9, 9]]


def test_gather_tree_against_plain_python() -> None:
    random = np.random.default_rng(2)
    steps = random.integers(0, 6, (5, 4, 3)).astype(np.int32)
    parents = random.integers(0, 3, (5, 4, 3)).astype(np.int32)
    lengths = np.array([5, 3, 0, 1], np.int32)
    wanted = np.full_like(steps, 0)
    for row, beam in np.ndindex(4, 3):
        at = beam
        for time in reversed(range(lengths[row])):
            wanted[time, row, beam] = steps[time, row, at]
            at = parents[time, row, at]
        ended = False
        for time in range(5):
            wanted[time, row, beam] = 0 if ended else wanted[time, row, beam]
            ended |= wanted[time, row, beam] == 0
    np.testing.assert_array_equal(run(seq2seq.gather_tree(steps, parents, lengths, 0)), wanted)


def test_gather_tree_refuses() -> None:
    steps, parents = np.ones((3, 1, 3), np.int32), np.zeros((3, 1, 3), np.int32)
    parents[1, 0, 1], parents[2, 0, 1] = -1, 1
    with pytest.raises(
        tf.errors.InvalidArgumentError,
        match=r"^Saw invalid parent id -1 at \(batch, time, beam\) == \(0, 0, 1\)",
    ):
        run(seq2seq.gather_tree(steps, parents, [3], 10))
    for arguments, message in [
        ((steps[0], parents, [3], 10), "^Shape must be rank 3 but is rank 2 for '{{node GatherTree"),
        ((steps, parents[:2], [3], 10), "^Dimension 0 in both shapes must be equal"),
        ((steps, parents, [3, 3], 10), "^Dimensions must be equal, but are 1 and 2"),
        ((steps, parents, 3, 10), "^Shape must be rank 1 but is rank 0"),
        ((steps, parents, [3], [10]), "^Shape must be rank 0 but is rank 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            seq2seq.gather_tree(*arguments)
