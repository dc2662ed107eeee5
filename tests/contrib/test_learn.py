"""Texts as numbers of words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scopetrie as tf

preprocessing = tf.contrib.learn.preprocessing


def rows(found: object) -> list[list[int]]:
    return np.array(list(found)).tolist()  # type: ignore[call-overload]


def test_a_program_s_way(tmp_path: Path) -> None:
    """As text classifiers call it: lengths, rows, the size of the vocabulary, a file for later."""
    texts = ["the rock is destined to be the 21st century's new conan", "effective but too-tepid biopic"]
    processor = preprocessing.VocabularyProcessor(max(len(each.split(" ")) for each in texts))
    x = np.array(list(processor.fit_transform(texts)))
    assert x.dtype == np.int64 and x.shape == (2, 11)
    assert x[0].tolist() == [1, 2, 3, 4, 5, 6, 1, 7, 8, 9, 10] and x[1].tolist() == [11, 12, 13, 14] + [0] * 7
    assert len(processor.vocabulary_) == 15 and processor.vocabulary_._mapping["rock"] == 2
    processor.save(tmp_path / "vocab")
    again = preprocessing.VocabularyProcessor.restore(tmp_path / "vocab")
    assert rows(again.transform(["the new film"])) == [[1, 9, 0] + [0] * 8]
    assert list(again.reverse([[1, 9, 0]])) == ["the new <UNK>"]
    with pytest.raises(tf.errors.NotFoundError, match="none"):
        preprocessing.VocabularyProcessor.restore(tmp_path / "none")


def test_rare_words_are_forgotten_and_frequent_ones_come_first() -> None:
    processor = preprocessing.VocabularyProcessor(4, min_frequency=1)
    assert rows(processor.fit_transform(["b a c", "c b", "c d"])) == [
        [2, 0, 1, 0],
        [1, 2, 0, 0],
        [1, 0, 0, 0],
    ]
    words = preprocessing.CategoricalVocabulary(support_reverse=False)
    for each in "aab":
        words.add(each)
    words.trim(0, max_frequency=2)
    assert len(words) == 2 and words.get("b") == 1
    with pytest.raises(ValueError, match="support_reverse"):
        words.reverse(1)


def test_words_of_your_own() -> None:
    processor = preprocessing.VocabularyProcessor(3, tokenizer_fn=lambda texts: map(list, texts))
    assert rows(processor.fit_transform(["abca"])) == [[1, 2, 3]]
    known = preprocessing.CategoricalVocabulary()
    known.get("b")
    known.freeze()
    assert rows(preprocessing.VocabularyProcessor(3, vocabulary=known).transform(["a b"])) == [[0, 1, 0]]


def test_bytes() -> None:
    made = preprocessing.ByteProcessor(4)
    found = list(made.fit_transform(["é", b"abcde"]))
    assert rows(found) == [[195, 169, 0, 0], [97, 98, 99, 100]] and list(made.reverse(found)) == ["é", "abcd"]
