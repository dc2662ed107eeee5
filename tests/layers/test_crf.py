"""contrib's conditional random fields, beside all sequences that there are."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
import scopetrie as tf

crf = tf.contrib.crf
SCORES = np.random.default_rng(0).normal(size=(4, 5, 3)).astype(np.float32)
TRANSITIONS = np.random.default_rng(1).normal(size=(3, 3)).astype(np.float32)
TAGS = np.random.default_rng(2).integers(0, 3, (4, 5))
LENGTHS = [5, 3, 1, 0]


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def all_scores(row: int) -> dict[tuple[int, ...], float]:
    """The score of each sequence of tags."""

    def score(tags: tuple[int, ...]) -> float:
        each = sum(SCORES[row, at, tag] for at, tag in enumerate(tags))
        return float(each + sum(TRANSITIONS[pair] for pair in itertools.pairwise(tags)))

    return {tags: score(tags) for tags in itertools.product(range(3), repeat=LENGTHS[row])}


@pytest.mark.parametrize("dtype", [tf.int32, tf.int64])
def test_likelihood_and_decoding(dtype: tf.DType) -> None:
    # As programs have them: the sizes of the batch and of time are not known.
    scores, lengths = tf.placeholder(tf.float32, [None, None, 3]), tf.placeholder(dtype, [None])
    tags = tf.placeholder(dtype, [None, None])
    likelihood, transitions = crf.crf_log_likelihood(scores, tags, lengths)
    assert transitions.op.name == "transitions" and transitions.shape == (3, 3)
    decoded, best = crf.crf_decode(scores, transitions, lengths)
    assert decoded.dtype is tf.int32
    (gradient,) = tf.gradients(-tf.reduce_sum(likelihood), [transitions])
    with tf.Session() as session:
        transitions.load(TRANSITIONS, session)
        feeds = {scores: SCORES, tags: TAGS, lengths: LENGTHS}
        likelihoods, found, values, slope = session.run([likelihood, decoded, best, gradient], feeds)
    wanted = np.zeros((3, 3))
    for row, length in enumerate(LENGTHS):
        known, right = all_scores(row), tuple(TAGS[row, :length].tolist())
        norm = np.log(sum(np.exp(each) for each in known.values())) if length else 0
        assert likelihoods[row] == pytest.approx(known[right] - norm, abs=1e-5)
        for pair in itertools.pairwise(right):
            wanted[pair] -= 1
        for each, value in known.items():
            for pair in itertools.pairwise(each):
                wanted[pair] += np.exp(value - norm)
        if length:
            most = max(known, key=lambda each: known[each])
            assert found[row].tolist() == [*most, *[0] * (5 - length)]
            assert values[row] == pytest.approx(known[most], abs=1e-5)
            alone = crf.viterbi_decode(SCORES[row, :length], TRANSITIONS)
            assert (tuple(alone[0]), alone[1]) == (most, pytest.approx(known[most], abs=1e-5))
    np.testing.assert_allclose(slope, wanted, atol=1e-4)


def test_several_tags_at_a_step() -> None:
    allowed = np.random.default_rng(3).random((4, 5, 3)) < 0.7
    allowed[..., 0] = True
    score = crf.crf_multitag_sequence_score(SCORES, allowed, LENGTHS, TRANSITIONS)
    with tf.Session() as session:
        found = session.run(score)
    for row, length in enumerate(LENGTHS[:3]):
        sums = [
            np.exp(value)
            for tags, value in all_scores(row).items()
            if all(allowed[row, at, tag] for at, tag in enumerate(tags))
        ]
        assert found[row] == pytest.approx(np.log(sum(sums)), abs=1e-5) and length
    assert found[3] == 0


def test_one_step_alone() -> None:
    """The loops have no step then."""
    likelihood, _ = crf.crf_log_likelihood(SCORES[:, :1], TAGS[:, :1], [1] * 4, TRANSITIONS)
    tags, _ = crf.crf_decode(tf.constant(SCORES[:, :1]), tf.constant(TRANSITIONS), tf.constant([1] * 4))
    with tf.Session() as session:
        found, best = session.run([likelihood, tags])
    rows = SCORES[:, 0] - np.log(np.exp(SCORES[:, 0]).sum(1, keepdims=True))
    np.testing.assert_allclose(found, np.take_along_axis(rows, TAGS[:, :1], 1)[:, 0], rtol=1e-5)
    assert best.tolist() == SCORES[:, :1].argmax(2).tolist()


def test_the_number_of_tags_must_be_known() -> None:
    scores = tf.placeholder(tf.float32, [None, None, None])
    with pytest.raises(ValueError, match="the variable `transitions` needs the number of tags"):
        crf.crf_log_likelihood(scores, [[0]], [1])
    assert not tf.global_variables()
