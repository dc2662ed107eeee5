"""v1's functions of datasets and iterators, which are methods, too."""

from __future__ import annotations

from typing import Any

from ..public import v1
from .dataset import Dataset
from .iterators import Iterator

__all__ = [
    "get_output_classes",
    "get_output_shapes",
    "get_output_types",
    "make_initializable_iterator",
    "make_one_shot_iterator",
]


def _of(value: Any) -> Any:
    if not isinstance(value, (Dataset, Iterator)):
        raise TypeError(
            f"`dataset_or_iterator` must be a tf.data.Dataset or tf.data.Iterator, but got {type(value)}"
        )
    return value


def _dataset(value: Any) -> Dataset:
    if not isinstance(value, Dataset):
        raise TypeError(f"`dataset` must be a tf.data.Dataset, but got {type(value)}")
    return value


@v1("data.make_one_shot_iterator")
def make_one_shot_iterator(dataset: Dataset) -> Iterator:
    """Makes an iterator that needs no initializer; see `Dataset.make_one_shot_iterator`.

    Args:
        dataset: The dataset.

    Returns:
        The iterator.

    Raises:
        TypeError: If `dataset` is none.
        ValueError: If it depends on a variable or a placeholder.
    """
    return _dataset(dataset).make_one_shot_iterator()


@v1("data.make_initializable_iterator")
def make_initializable_iterator(dataset: Dataset, shared_name: str | None = None) -> Iterator:
    """Makes an iterator that its `initializer` starts; see `Dataset.make_initializable_iterator`.

    Args:
        dataset: The dataset.
        shared_name: A name by which iterators of one session share where they stand.

    Returns:
        The iterator.

    Raises:
        TypeError: If `dataset` is none.
    """
    return _dataset(dataset).make_initializable_iterator(shared_name)


@v1("data.get_output_types")
def get_output_types(dataset_or_iterator: Any) -> Any:
    """Returns the dtypes of the elements' components, in their nest.

    Args:
        dataset_or_iterator: A dataset or an iterator.

    Raises:
        TypeError: If it is neither.
    """
    return _of(dataset_or_iterator).output_types


@v1("data.get_output_shapes")
def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """Returns the static shapes of the elements' components, in their nest.

    Args:
        dataset_or_iterator: A dataset or an iterator.

    Raises:
        TypeError: If it is neither.
    """
    return _of(dataset_or_iterator).output_shapes


@v1("data.get_output_classes")
def get_output_classes(dataset_or_iterator: Any) -> Any:
    """Returns the classes of the elements' components, in their nest.

    Args:
        dataset_or_iterator: A dataset or an iterator.

    Raises:
        TypeError: If it is neither.
    """
    return _of(dataset_or_iterator).output_classes
