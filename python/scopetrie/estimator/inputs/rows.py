"""Batches of the rows of arrays, as tensors."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ... import dtypes
from ...data.dataset import Dataset
from ...ops.random.seed import get_seed

__all__ = ["batches", "check_shuffle"]

_log = logging.getLogger("scopetrie")


def check_shuffle(shuffle: Any) -> None:
    """Checks that it is said whether rows are shuffled.

    Raises:
        ValueError: If it is not.
    """
    if not isinstance(shuffle, (bool, np.bool_)):
        raise ValueError(
            "shuffle must be provided and explicitly set as boolean (it is recommended to set it as True for "
            f"training); got {shuffle}"
        )


def batches(
    columns: Mapping[str, np.ndarray[Any, Any]],
    batch_size: int,
    num_epochs: int | None,
    shuffle: bool,
    num_threads: int,
) -> dict[str, Any]:
    """Tensors that are the next batch of rows in each run.

    Args:
        columns: The arrays, which have as many rows, by name.
        batch_size: How many rows a batch has. The last one of the last epoch may have fewer.
        num_epochs: How often the rows are gone through; without end if None.
        shuffle: Whether rows come in another order in each epoch.
        num_threads: Accepted for v1's sake.
    """
    if num_threads > 1:
        _log.warning("num_threads is %d, but rows are read when they are asked for, by one", num_threads)
    names = sorted(columns)
    arrays = [np.asarray(columns[each]) for each in names]
    types = tuple(dtypes.as_dtype(each.dtype) for each in arrays)
    size = batch_size if num_epochs is None else None
    shapes = tuple([size, *each.shape[1:]] for each in arrays)
    seeds = get_seed(None) if shuffle else (None, None)

    def order() -> Iterator[np.ndarray[Any, Any]]:
        count = len(arrays[0])
        random = np.random.default_rng(None if seeds[0] is None else list(map(abs, seeds)))
        left = num_epochs
        while left is None or left > 0:
            yield random.permutation(count) if shuffle else np.arange(count)
            left = None if left is None else left - 1

    def generate() -> Iterator[tuple[np.ndarray[Any, Any], ...]]:
        waiting = np.empty(0, np.int64)
        for rows in order():
            waiting = np.concatenate([waiting, rows])
            while len(waiting) >= batch_size:
                yield tuple(each[waiting[:batch_size]] for each in arrays)
                waiting = waiting[batch_size:]
        if len(waiting):
            yield tuple(each[waiting] for each in arrays)

    dataset = Dataset.from_generator(generate, types, shapes)
    return dict(zip(names, dataset.make_one_shot_iterator().get_next(), strict=True))
