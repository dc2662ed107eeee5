"""Texts as numbers of words: `tf.contrib.learn.preprocessing`, which is Python before anything is fed."""

from __future__ import annotations

import os
import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import numpy as np

from ...file_errors import errors_of_files
from ...public import v1

__all__ = ["ByteProcessor", "CategoricalVocabulary", "VocabularyProcessor", "tokenizer"]

# Words as v1 cuts them: capitals in a row, a capitalized word before a capital, and runs of letters, digits,
# underscores, apostrophes and hyphens.
_WORDS: Final = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|['\w\-]+")


@v1("contrib.learn.preprocessing.tokenizer")
def tokenizer(iterator: Iterable[str]) -> Iterator[list[str]]:
    """Cuts texts into words.

    Args:
        iterator: The texts.

    Yields:
        The words of each.

    >>> list(tokenizer(["It's one-two, HTTPServer!"]))
    [["It's", 'one-two', 'HTTP', 'Server']]
    """
    for text in iterator:
        yield _WORDS.findall(text)


@v1("contrib.learn.preprocessing.CategoricalVocabulary")
class CategoricalVocabulary:
    """Numbers for words, or for other categories: 0 is that of what is not known.

    Args:
        unknown_token: What stands for the number 0.
        support_reverse: Whether `reverse` finds the category of a number.

    >>> import scopetrie as tf
    >>> words = tf.contrib.learn.preprocessing.CategoricalVocabulary()
    >>> words.get("one"), words.get("two"), words.get("one"), words.reverse(2)
    (1, 2, 1, 'two')
    """

    def __init__(self, unknown_token: Any = "<UNK>", support_reverse: bool = True) -> None:
        self._unknown = unknown_token
        # Programs read this: `vocabulary_._mapping`.
        self._mapping: dict[Any, int] = {unknown_token: 0}
        self._categories: list[Any] | None = [unknown_token] if support_reverse else None
        self._counts: dict[Any, int] = {}
        self._is_frozen = False

    def __len__(self) -> int:
        """How many categories there are, with that of what is not known."""
        return len(self._mapping)

    def freeze(self, freeze: bool = True) -> None:
        """Sets whether categories that are not known stay so.

        Args:
            freeze: Whether they do.
        """
        self._is_frozen = freeze

    def get(self, category: Any) -> int:
        """Returns the number of a category; a new one if it is not known, and 0 if the vocabulary is frozen.

        Args:
            category: The category.
        """
        if category not in self._mapping:
            if self._is_frozen:
                return 0
            self._mapping[category] = len(self._mapping)
            if self._categories is not None:
                self._categories.append(category)
        return self._mapping[category]

    def add(self, category: Any, count: int = 1) -> None:
        """Counts a category.

        Args:
            category: The category.
            count: How often it was seen.
        """
        if self.get(category) > 0:
            self._counts[category] = self._counts.get(category, 0) + count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Forgets categories by their counts; those that stay are numbered anew, the most frequent first.

        Args:
            min_frequency: A category that was seen no more often is forgotten.
            max_frequency: A category that was seen this often is forgotten; -1 for no bound.
        """
        by_name = sorted(self._counts.items(), key=lambda each: (isinstance(each[0], str), each[0]))
        kept = [
            each
            for each in sorted(by_name, key=lambda each: each[1], reverse=True)
            if each[1] > min_frequency and not 0 < max_frequency <= each[1]
        ]
        self._counts = dict(kept)
        self._mapping = {self._unknown: 0, **{name: at for at, (name, _) in enumerate(kept, 1)}}
        if self._categories is not None:
            self._categories = list(self._mapping)

    def reverse(self, class_id: int) -> Any:
        """Returns the category of a number.

        Args:
            class_id: The number.

        Raises:
            ValueError: If the vocabulary does not keep them.
        """
        if self._categories is None:
            raise ValueError(
                "This vocabulary wasn't initialized with support_reverse to support reverse() function."
            )
        return self._categories[class_id]


@v1("contrib.learn.preprocessing.VocabularyProcessor")
class VocabularyProcessor:
    """Makes rows of numbers of texts: one for each word, and 0 behind the last.

    Args:
        max_document_length: The length of a row: further words are left out.
        min_frequency: Words that `fit` saw no more often are forgotten; 0 keeps all.
        vocabulary: The vocabulary, which then grows no more; a new one by default.
        tokenizer_fn: `f(texts)` gives the words of each; see `tokenizer`.

    >>> import scopetrie as tf
    >>> processor = tf.contrib.learn.preprocessing.VocabularyProcessor(4)
    >>> rows = processor.fit_transform(["one two", "two two three"])
    >>> [row.tolist() for row in rows], len(processor.vocabulary_)
    ([[1, 2, 0, 0], [2, 2, 3, 0]], 4)
    >>> [row.tolist() for row in processor.transform(["two four"])], list(processor.reverse([[1, 2]]))
    ([[2, 0, 0, 0]], ['one two'])
    """

    def __init__(
        self, max_document_length: int, min_frequency: int = 0, vocabulary: Any = None,
        tokenizer_fn: Callable[[Iterable[str]], Iterable[Iterable[str]]] | None = None,
    ) -> None:  # fmt: skip
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = CategoricalVocabulary() if vocabulary is None else vocabulary
        self._tokenizer = tokenizer if tokenizer_fn is None else tokenizer_fn

    def fit(self, raw_documents: Iterable[str], unused_y: Any = None) -> VocabularyProcessor:
        """Learns the words of texts; later ones are not known then.

        Args:
            raw_documents: The texts.
            unused_y: Accepted for scikit-learn's sake.

        Returns:
            The processor.
        """
        for words in self._tokenizer(raw_documents):
            for word in words:
                self.vocabulary_.add(word)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(self, raw_documents: Iterable[str], unused_y: Any = None) -> Iterator[Any]:
        """Learns the words of texts, and makes their rows.

        Args:
            raw_documents: The texts, which are gone over twice.
            unused_y: Accepted for scikit-learn's sake.

        Returns:
            The rows, one by one.
        """
        self.fit(raw_documents)
        return self.transform(raw_documents)

    def transform(self, raw_documents: Iterable[str]) -> Iterator[Any]:
        """Makes rows of texts.

        Args:
            raw_documents: The texts.

        Yields:
            A row of each, of int64.
        """
        for words in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            for at, word in enumerate(words):
                if at >= self.max_document_length:
                    break
                row[at] = self.vocabulary_.get(word)
            yield row

    def reverse(self, documents: Iterable[Any]) -> Iterator[str]:
        """Makes texts of rows.

        Args:
            documents: The rows.

        Yields:
            The text of each.
        """
        for row in documents:
            yield " ".join(self.vocabulary_.reverse(number) for number in row)

    def save(self, filename: str | os.PathLike[str]) -> None:
        """Writes the processor to a file, by pickle.

        Args:
            filename: The path.

        Raises:
            OpError: If it cannot be written, of v1's class.
        """
        path = os.fsdecode(filename)
        with errors_of_files(path), open(path, "wb") as file:
            file.write(pickle.dumps(self))

    @classmethod
    def restore(cls, filename: str | os.PathLike[str]) -> Any:
        """Reads a processor that `save` wrote. Read only files of people you trust: it is a pickle.

        Args:
            filename: The path.

        Returns:
            The processor.

        Raises:
            OpError: If it cannot be read, of v1's class.
        """
        path = os.fsdecode(filename)
        with errors_of_files(path), open(path, "rb") as file:
            return pickle.loads(file.read())


@v1("contrib.learn.preprocessing.ByteProcessor")
class ByteProcessor:
    """Makes rows of the bytes of texts, in UTF-8.

    Args:
        max_document_length: The length of a row: further bytes are left out.

    >>> import scopetrie as tf
    >>> [row.tolist() for row in tf.contrib.learn.preprocessing.ByteProcessor(3).transform(["ab", "abcd"])]
    [[97, 98, 0], [97, 98, 99]]
    """

    def __init__(self, max_document_length: int) -> None:
        self.max_document_length = max_document_length

    def fit(self, x: Any) -> ByteProcessor:
        """Does nothing.

        Args:
            x: The texts.
        """
        return self

    def fit_transform(self, x: Iterable[Any]) -> Iterator[Any]:
        """The same as `transform`.

        Args:
            x: The texts.
        """
        return self.transform(x)

    def transform(self, x: Iterable[Any]) -> Iterator[Any]:
        """Makes rows of texts.

        Args:
            x: The texts, or bytes.

        Yields:
            A row of each, of uint8.
        """
        for each in x:
            data = each.encode() if isinstance(each, str) else bytes(each)
            row = np.zeros(self.max_document_length, np.uint8)
            kept = data[: self.max_document_length]
            row[: len(kept)] = np.frombuffer(kept, np.uint8)
            yield row

    def reverse(self, x: Iterable[Any]) -> Iterator[str]:
        """Makes texts of rows.

        Args:
            x: The rows.

        Yields:
            The text of each.
        """
        for row in x:
            yield bytes(int(each) for each in row).rstrip(b"\0").decode()
