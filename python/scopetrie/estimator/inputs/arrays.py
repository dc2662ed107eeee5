"""`tf.estimator.inputs.numpy_input_fn`: arrays as input functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...public import v1
from .rows import batches, check_shuffle

__all__ = ["numpy_input_fn"]


@v1("estimator.inputs.numpy_input_fn")
def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """Makes an input function that gives the rows of arrays.

    Args:
        x: The features: an array, or a dict of arrays with as many rows.
        y: The labels: the same, or None.
        batch_size: How many rows a batch has.
        num_epochs: How often the rows are gone through; without end if None.
        shuffle: Whether rows come in another order in each epoch. With the seed of the graph, the order is
            the same in each run of the program.
        queue_capacity: Accepted for v1's sake: there is no queue.
        num_threads: Accepted for v1's sake: rows are read when they are asked for.

    Returns:
        The function. It returns `(features, labels)`, or the features alone.

    Raises:
        ValueError: If `shuffle` is not said. When the function is called: if there is no array, if they
            differ in length, or if x and y have a name in common.
        TypeError: When the function is called, if x is neither a dict nor an array.

    >>> import numpy as np
    >>> import scopetrie as tf
    >>> input_fn = tf.estimator.inputs.numpy_input_fn(np.arange(5), batch_size=3, shuffle=False)
    >>> with tf.Session() as session:
    ...     batch = input_fn()
    ...     print(session.run(batch), session.run(batch))
    [0 1 2] [3 4]
    """
    check_shuffle(shuffle)

    def input_fn() -> Any:
        features = _features(x)
        if isinstance(y, dict):
            if not y:
                raise ValueError("y cannot be empty dict, use None instead.")
            common = set(features) & set(y)
            if common:
                raise ValueError(f"{len(common)} duplicate keys are found in both x and y: {common}")
        labels = y if isinstance(y, dict) else {} if y is None else {_LABELS: np.asarray(y)}
        columns = {**features, **labels}
        if len({len(each) for each in columns.values()}) > 1:
            raise ValueError(
                "Length of tensors in x and y is mismatched. All elements in x and y must have the same "
                "length."
                f"\nShapes in x: {_shapes(features)}\nShapes in y: {_shapes(labels)}\n"
            )
        made = batches(columns, batch_size, num_epochs, bool(shuffle), num_threads)
        given = made[_FEATURES] if not isinstance(x, dict) else {each: made[each] for each in sorted(x)}
        if y is None:
            return given
        return given, made[_LABELS] if not isinstance(y, dict) else {each: made[each] for each in sorted(y)}

    return input_fn


# The names of arrays that have none; as v1's, they come first.
_FEATURES, _LABELS = "__direct_np_input__", "__target_key__"


def _features(x: Any) -> dict[str, np.ndarray[Any, Any]]:
    if isinstance(x, dict):
        if not x:
            raise ValueError("x cannot be an empty dict")
        return {name: np.asarray(each) for name, each in x.items()}
    if isinstance(x, np.ndarray):
        if not x.size:
            raise ValueError("x cannot be an empty array")
        return {_FEATURES: x}
    raise TypeError(f"x must be a dict or array; got {type(x).__name__}")


def _shapes(arrays: dict[str, Any]) -> Any:
    shapes = {name: np.shape(each) for name, each in arrays.items()}
    return shapes[_LABELS] if list(shapes) == [_LABELS] else shapes
