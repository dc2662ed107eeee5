"""Candidate samplers: what is drawn, and how often; tests/layers has the losses that use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


TRUE = np.array([[0], [3]], np.int64)


def drawn(made: tuple[tf.Tensor, ...], runs: int = 1) -> np.ndarray:
    with tf.Session() as session:
        return np.concatenate([session.run(made[0]) for _ in range(runs)])


CHANCES = {
    "uniform": np.full(8, 1 / 8),
    "log_uniform": np.log((np.arange(8) + 2) / (np.arange(8) + 1)) / np.log(9),
    "fixed_unigram": np.arange(1, 9) / 36,
}


def sample(kind: str, *arguments: object, **more: object) -> tuple[tf.Tensor, ...]:
    if kind == "fixed_unigram":
        more["unigrams"] = [1, 2, 3, 4, 5, 6, 7, 8]
    return getattr(tf.nn, f"{kind}_candidate_sampler")(*arguments, **more)


@pytest.mark.parametrize("kind", CHANCES)
def test_classes_come_as_often_as_they_are_likely(kind: str) -> None:
    made = sample(kind, TRUE, 1, 5000, False, 8, seed=1)
    counts = np.bincount(drawn(made), minlength=8) / 5000
    np.testing.assert_allclose(counts, CHANCES[kind], atol=0.02)
    with tf.Session() as session:
        classes, true, expected = session.run(made)
    np.testing.assert_allclose(true, 5000 * CHANCES[kind][TRUE], rtol=1e-5)
    np.testing.assert_allclose(expected, 5000 * CHANCES[kind][classes], rtol=1e-5)


@pytest.mark.parametrize("kind", CHANCES)
def test_unique_classes(kind: str) -> None:
    made = sample(kind, TRUE, 1, 8, True, 8, seed=1)
    with tf.Session() as session:
        classes, true, expected = session.run(made)
        again, _, _ = session.run(made)
    assert sorted(classes) == list(range(8)) == sorted(again)
    assert classes.tolist() != again.tolist()
    assert np.all(expected <= 1) and np.all(true <= 1)
    np.testing.assert_allclose(expected[np.argsort(classes)][TRUE], true)


def test_the_same_seed_draws_the_same() -> None:
    first = sample("log_uniform", TRUE, 1, 4, True, 100, seed=3)
    second = sample("log_uniform", TRUE, 1, 4, True, 100, seed=3)
    np.testing.assert_array_equal(drawn(first, 3), drawn(second, 3))


def test_counts_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("a,0\nb,2\nc,0\n")
    made = tf.nn.fixed_unigram_candidate_sampler(
        np.array([[2]], np.int64), 1, 3, False, 4, vocab_file=str(path), num_reserved_ids=1
    )
    assert drawn(made).tolist() == [2, 2, 2]
    with tf.Session() as session:
        assert session.run(made[1]).tolist() == [[3.0]]


def test_errors() -> None:
    with pytest.raises(
        ValueError, match="Sampler's range is too small: 9 different classes cannot be drawn from 8"
    ):
        sample("uniform", TRUE, 1, 9, True, 8)
    with pytest.raises(ValueError, match="Must provide one of vocab_file and unigrams"):
        tf.nn.fixed_unigram_candidate_sampler(TRUE, 1, 3, False, 4)
    with pytest.raises(ValueError, match="There are 2 counts for 4 classes"):
        tf.nn.fixed_unigram_candidate_sampler(TRUE, 1, 3, False, 4, unigrams=[1, 2])
    made = sample("uniform", np.array([[9]], np.int64), 1, 3, False, 8)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="out of range"):
        session.run(made)
