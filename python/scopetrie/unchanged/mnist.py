"""v1's `tensorflow.examples.tutorials.mnist.input_data`: the digits of MNIST, from files that are there.

Nothing is downloaded: the four files lie in the folder, as http://yann.lecun.com/exdb/mnist has them, with or
without gzip's compression.
"""

from __future__ import annotations

import gzip
import os
from typing import Any, Final, NamedTuple

import numpy as np

from ..dtypes import as_dtype, float32, uint8

__all__ = ["DataSet", "Datasets", "dense_to_one_hot", "extract_images", "extract_labels", "read_data_sets"]

_FILES: Final = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}
_IMAGES: Final = 2051  # the first number of a file of images
_LABELS: Final = 2049
_CLASSES: Final = 10

Array = np.ndarray[Any, Any]


class DataSet:
    """Images and their labels, handed out in batches.

    Args:
        images: Bytes; [N, 28, 28, 1].
        labels: Ints from 0 to 9, or rows of ten with one 1.
        fake_data: Whether batches are made up: images of ones, of the digit 0.
        one_hot: Whether made-up labels are rows of ten.
        dtype: uint8, or float32 for numbers from 0 to 1.
        reshape: Whether an image is a row of 784 numbers.
        seed: The seed of the order of the images.

    >>> data = DataSet(np.zeros((4, 28, 28, 1), np.uint8), np.arange(4))
    >>> images, labels = data.next_batch(3, shuffle=False)
    >>> images.shape, labels.tolist(), data.epochs_completed
    ((3, 784), [0, 1, 2], 0)
    """

    def __init__(
        self,
        images: Array,
        labels: Array,
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        kind = as_dtype(dtype).base_dtype
        if kind not in (uint8, float32):
            raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
        self._random = np.random.RandomState(seed)
        self._fake, self._one_hot = fake_data, one_hot
        if fake_data:
            self._count = 10_000
        else:
            if len(images) != len(labels):
                raise AssertionError(f"images.shape: {images.shape} labels.shape: {labels.shape}")
            self._count = len(images)
            if reshape:
                images = images.reshape(len(images), -1)
            if kind is float32:
                images = images.astype(np.float32) * np.float32(1 / 255)
        self._images, self._labels = images, labels
        self._epochs = self._at = 0

    @property
    def images(self) -> Array:
        """The images."""
        return self._images

    @property
    def labels(self) -> Array:
        """The labels."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many there are."""
        return self._count

    @property
    def epochs_completed(self) -> int:
        """How often all of them have been handed out."""
        return self._epochs

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[Any, Any]:
        """Returns the next images and labels; at the end it begins anew, in another order.

        Args:
            batch_size: How many.
            fake_data: Whether they are made up.
            shuffle: Whether the order is random.
        """
        if fake_data or self._fake:
            label: Any = [1] + [0] * (_CLASSES - 1) if self._one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        if self._epochs == self._at == 0 and shuffle:
            self._shuffle()
        begin, end = self._at, self._at + batch_size
        if end <= self._count:
            self._at = end
            return self._images[begin:end], self._labels[begin:end]
        rest = self._images[begin:], self._labels[begin:]
        self._epochs += 1
        if shuffle:
            self._shuffle()
        self._at = batch_size - len(rest[0])
        return (
            np.concatenate([rest[0], self._images[: self._at]]),
            np.concatenate([rest[1], self._labels[: self._at]]),
        )

    def _shuffle(self) -> None:
        order = self._random.permutation(self._count)
        self._images, self._labels = self._images[order], self._labels[order]


class Datasets(NamedTuple):
    """The images to train with, to validate with, and to test with."""

    train: DataSet
    validation: DataSet
    test: DataSet


def _read(path: str, first: int, what: str) -> tuple[list[int], bytes]:
    """The sizes and the bytes of a file."""
    with open(path, "rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rb") if is_packed else open(path, "rb") as opened:
        content = opened.read()
    head = np.frombuffer(content[: min(16, len(content) // 4 * 4)], ">u4").tolist()
    if not head or head[0] != first:
        raise ValueError(f"Invalid magic number {head[:1]} in MNIST {what} file: {path}")
    axes = 3 if first == _IMAGES else 1
    sizes, data = head[1 : 1 + axes], content[4 + 4 * axes :]
    if len(data) != int(np.prod(sizes)):
        raise ValueError(f"MNIST {what} file {path} has {len(data)} bytes, and says that it has {sizes}")
    return sizes, data


def extract_images(f: Any) -> Array:
    """Returns the images of a file: bytes; [N, 28, 28, 1].

    Raises:
        ValueError: If it is no such file.
    """
    sizes, data = _read(getattr(f, "name", f), _IMAGES, "image")
    return np.frombuffer(data, np.uint8).reshape(*sizes, 1)


def extract_labels(f: Any, one_hot: bool = False, num_classes: int = _CLASSES) -> Array:
    """Returns the labels of a file: ints, or rows with one 1.

    Raises:
        ValueError: If it is no such file.
    """
    _, data = _read(getattr(f, "name", f), _LABELS, "label")
    labels = np.frombuffer(data, np.uint8)
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def dense_to_one_hot(labels_dense: Array, num_classes: int) -> Array:
    """Returns rows with a 1 where each label says.

    >>> dense_to_one_hot(np.array([1, 0]), 2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    made: Array = np.eye(num_classes)[labels_dense]
    return made


def read_data_sets(
    train_dir: str | os.PathLike[str],
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str | None = None,
) -> Datasets:
    """Reads MNIST from the files of a folder.

    Args:
        train_dir: The folder.
        fake_data: Whether batches are made up; no files are needed then.
        one_hot: Whether labels are rows of ten.
        dtype: uint8, or float32 for numbers from 0 to 1.
        reshape: Whether an image is a row of 784 numbers.
        validation_size: How many of the images to train with are to validate with.
        seed: The seed of the order of the images.
        source_url: Accepted without effect: nothing is downloaded.

    Raises:
        FileNotFoundError: If a file is not there; the message names all.
        ValueError: If a file is none of MNIST's, or there are not so many images to validate with.
    """
    if fake_data:
        images, labels = np.zeros((0, 28, 28, 1), np.uint8), np.zeros(0, np.uint8)
        made = [DataSet(images, labels, True, one_hot, dtype, reshape, seed) for _ in range(3)]
        return Datasets(*made)
    folder = os.fsdecode(train_dir)
    paths = {}
    for key, name in _FILES.items():
        there = [os.path.join(folder, f"{name}{ending}") for ending in (".gz", "")]
        paths[key] = next(filter(os.path.isfile, there), "")
    if missing := [f"{_FILES[key]}.gz" for key, path in paths.items() if not path]:
        raise FileNotFoundError(
            f"read_data_sets({folder!r}): {', '.join(missing)}: put the files of MNIST "
            "there; nothing is downloaded"
        )
    images, labels = extract_images(paths["train_images"]), extract_labels(paths["train_labels"], one_hot)
    if not 0 <= validation_size <= len(images):
        raise ValueError(
            f"Validation size should be between 0 and {len(images)}. Received: {validation_size}."
        )
    test = extract_images(paths["test_images"]), extract_labels(paths["test_labels"], one_hot)
    cut = validation_size
    parts = ((images[cut:], labels[cut:]), (images[:cut], labels[:cut]), test)
    made = [DataSet(part[0], part[1], False, one_hot, dtype, reshape, seed) for part in parts]
    return Datasets(*made)
