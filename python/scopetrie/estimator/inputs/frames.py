"""`tf.estimator.inputs.pandas_input_fn`: tables of pandas as input functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...public import v1
from .rows import batches, check_shuffle

__all__ = ["pandas_input_fn"]


@v1("estimator.inputs.pandas_input_fn")
def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """Makes an input function that gives the rows of a DataFrame; features are a dict by column.

    Args:
        x: The DataFrame of features.
        y: The labels: a Series, or a DataFrame, of the same index; or None.
        batch_size: How many rows a batch has.
        num_epochs: How often the rows are gone through; without end if None.
        shuffle: Whether rows come in another order in each epoch.
        queue_capacity: Accepted for v1's sake: there is no queue.
        num_threads: Accepted for v1's sake: rows are read when they are asked for.
        target_column: A name that no column of x has.

    Returns:
        The function. It returns `(features, labels)`, or the features alone.

    Raises:
        ValueError: If `shuffle` is not said, x and y differ in their index, or x has a column of the name
            `target_column`.
        TypeError: If x is no DataFrame, or `target_column` is no text.
    """
    if not (hasattr(x, "columns") and hasattr(x, "index")):
        raise TypeError(
            f"pandas_input_fn: x must be a pandas DataFrame, got {type(x).__name__}. For arrays there is "
            "estimator.inputs.numpy_input_fn."
        )
    check_shuffle(shuffle)
    if not isinstance(target_column, str):
        raise TypeError("target_column must be a string type")
    features = {name: np.asarray(x[name]) for name in x.columns}
    labels: Any = None
    if y is not None:
        if target_column in features:
            raise ValueError(
                f"Cannot use name {target_column} for target column: DataFrame already has a column with "
                f"that "
                f"name: {x.columns}"
            )
        if not np.array_equal(x.index, y.index):
            raise ValueError(
                f"Index for x and y are mismatched.\nIndex for x: {x.index}\nIndex for y: {y.index}\n"
            )
        of_frame = hasattr(y, "columns")
        labels = {name: np.asarray(y[name]) for name in y.columns} if of_frame else {"": np.asarray(y)}

    def input_fn() -> Any:
        columns = {f"x/{name}": each for name, each in features.items()}
        columns |= {f"y/{name}": each for name, each in (labels or {}).items()}
        made = batches(columns, batch_size, num_epochs, bool(shuffle), num_threads)
        given = {name: made[f"x/{name}"] for name in features}
        if labels is None:
            return given
        found = {name: made[f"y/{name}"] for name in labels}
        return given, found if hasattr(y, "columns") else found[""]

    return input_fn
