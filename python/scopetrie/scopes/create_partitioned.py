"""create_partitioned_variables: v1's older function, which returns the parts as a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _core
from ..dtypes import float32
from ..public import v1, whole
from ..variables import check_policy


@v1("create_partitioned_variables")
@whole
def create_partitioned_variables(
    shape: Sequence[int] | Any,
    slicing: Sequence[int],
    initializer: Any,
    dtype: Any = float32,
    trainable: bool = True,
    collections: Any = None,
    name: str | None = None,
    reuse: Any = None,
) -> list[Any]:
    """Makes the parts of a variable in a variable scope of its name.

    Args:
        shape: The shape of the whole.
        slicing: The number of parts along each axis, more than 1 for at most one of them.
        initializer: The initializer of the parts; a value is cut into parts.
        dtype: The dtype.
        trainable: Whether the parts join GraphKeys.TRAINABLE_VARIABLES.
        collections: The keys of the collections of the parts; [GraphKeys.GLOBAL_VARIABLES] by default.
        name: The variable's name; "PartitionedVariable", made unique, by default.
        reuse: As in `tf.variable_scope`.

    Returns:
        The parts, in a list.

    Raises:
        ValueError: If `slicing` does not fit `shape`, or as for `tf.get_variable` with a partitioner.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default():
    ...     parts = tf.create_partitioned_variables([3, 2], [2, 1], tf.zeros_initializer(), name="w")
    ...     print([(part.name, part.shape.as_list()) for part in parts])
    [('w/part_0:0', [2, 2]), ('w/part_1:0', [1, 2])]
    """
    if len(shape) != len(slicing):
        raise ValueError(
            "The 'shape' and 'slicing' of a partitioned Variable must have the length: "
            f"shape: {shape}, slicing: {slicing}"
        )
    if len(shape) < 1:
        raise ValueError(f"A partitioned Variable must have rank at least 1: shape: {shape}")
    with _core.variable_scope(name, "PartitionedVariable", reuse=reuse) as scope:
        if scope.custom_getter is not None:
            raise ValueError(
                "Private access to _get_partitioned_variable is not allowed when a custom getter is set.  "
                f"Current custom getter: {scope.custom_getter}.  It is likely that you're using "
                "create_partitioned_variables.  If so, consider instead using get_variable with a non-empty "
                "partitioner parameter instead."
            )
        synchronization, aggregation, trainable = check_policy(scope.name, None, None, trainable)
        made = _core.true_getter(
            scope.name, shape=shape, dtype=dtype,
            initializer=scope.initializer if initializer is None else initializer,
            regularizer=scope.regularizer, reuse=scope.reuse, trainable=trainable, collections=collections,
            caching_device=scope.caching_device, partitioner=lambda **_: slicing, constraint=scope.constraint,
            synchronization=synchronization, aggregation=aggregation,
        )  # fmt: skip
    return list(made)
