"""Batches from a dataset, relative to a Python generator over slices of the same array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..results import Row, paired_row
from .running import Floats, by_hand, session

ROWS, WIDTH, BATCH = 8_192, 784, 128


def _data() -> Floats:
    return np.random.default_rng(0).random((ROWS, WIDTH), np.float32)


def batches(data: Floats) -> Iterator[Floats]:
    """Copies of slices, over and over, as a program has them that may change its batches."""
    while True:
        for at in range(0, len(data), BATCH):
            yield data[at : at + BATCH].copy()


def _batch(tf: Any) -> Row:
    def graph() -> tuple[Any, dict[Any, Any]]:
        dataset = tf.data.Dataset.from_tensor_slices(_data()).repeat().batch(BATCH)
        return dataset.make_one_shot_iterator().get_next(), {}

    return paired_row(
        "input.batch",
        f"batch of {BATCH} of {ROWS:,} x {WIDTH} from a dataset",
        session(tf, graph, lambda: next(batches(_data()))),
        by_hand("next(batches)", batches=batches(_data())),
        against="a generator",
        target=1.5,
        calls=100,
        quick_calls=20,
    )


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows for input.

    Args:
      tf: The module under test.

    Returns:
      The rows.
    """
    return (_batch(tf),)
