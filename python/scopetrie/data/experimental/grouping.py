"""Transformations that put elements into groups, which `Dataset.apply` takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ... import dtypes
from ...ops.constant import constant
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import greater_equal
from ...ops.math.reduce import reduce_sum
from ...public import v1
from ..grouping import grouped
from .transforming import Transformation


@v1("data.experimental.group_by_window", "contrib.data.group_by_window")
def group_by_window(
    key_func: Callable[..., Any], reduce_func: Callable[..., Any], window_size: Any = None,
    window_size_func: Callable[..., Any] | None = None,
) -> Transformation:  # fmt: skip
    """Puts elements of one key together, so many at a time, and makes datasets of them.

    Args:
        key_func: A function of an element that builds its key, an int64 scalar.
        reduce_func: A function of a key and a dataset of elements that returns a dataset, whose elements
            follow.
        window_size: How many elements there are at a time.
        window_size_func: A function of a key that builds that number, an int64 scalar.

    Returns:
        A function for `Dataset.apply`.

    Raises:
        ValueError: If neither size is given, or both are.

    >>> import scopetrie as tf
    >>> parity = tf.data.experimental.group_by_window(lambda x: x % 2, lambda key, group: group.batch(2), 2)
    >>> element = tf.data.Dataset.range(5).apply(parity).make_one_shot_iterator().get_next()
    >>> with tf.Session() as session:
    ...     print([session.run(element).tolist() for _ in range(3)])
    [[0, 2], [1, 3], [4]]
    """
    if (window_size is None) == (window_size_func is None):
        raise ValueError(
            "Either the `window_size` argument or the `window_size_func` argument must be specified."
        )
    return lambda dataset: grouped(dataset, key_func, reduce_func, window_size, window_size_func)


@v1("data.experimental.bucket_by_sequence_length", "contrib.data.bucket_by_sequence_length")
def bucket_by_sequence_length(
    element_length_func: Callable[..., Any], bucket_boundaries: Sequence[int],
    bucket_batch_sizes: Sequence[int], padded_shapes: Any = None, padding_values: Any = None,
    pad_to_bucket_boundary: bool = False, no_padding: bool = False, drop_remainder: bool = False,
) -> Transformation:  # fmt: skip
    """Puts elements of about one length into batches, filled up to the longest.

    Args:
        element_length_func: A function of an element that builds its length, an int32 scalar.
        bucket_boundaries: The lengths at which the next bucket begins.
        bucket_batch_sizes: How many elements a batch of each bucket has; one more than there are boundaries.
        padded_shapes: The shapes to fill up to; by default those of the elements.
        padding_values: What fills up; 0 or "" by default.
        pad_to_bucket_boundary: Only False: batches are as long as their longest element.
        no_padding: Whether elements are stacked as they are.
        drop_remainder: Whether smaller batches at the end are left out.

    Returns:
        A function for `Dataset.apply`.

    Raises:
        ValueError: If there is not one more size than boundaries.
        NotImplementedError: If `pad_to_bucket_boundary` is set.
    """
    if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
        raise ValueError("`len(bucket_batch_sizes)` must equal `len(bucket_boundaries) + 1`")
    if pad_to_bucket_boundary:
        raise NotImplementedError(
            "bucket_by_sequence_length: pad_to_bucket_boundary is not supported by scopetrie, whose padded "
            "shapes are known when a dataset is built. Batches are as long as their longest element; tf.pad "
            "makes them longer."
        )

    def key(*element: Any) -> Any:
        length = element_length_func(*element)
        passed = greater_equal(length, constant(list(bucket_boundaries), length.dtype))
        return reduce_sum(cast(passed, dtypes.int64))

    def size(bucket: Any) -> Any:
        return constant(list(bucket_batch_sizes), dtypes.int64)[bucket]

    def batches(bucket: Any, group: Any) -> Any:
        if no_padding:
            return group.batch(size(bucket), drop_remainder)
        shapes = group.output_shapes if padded_shapes is None else padded_shapes
        return group.padded_batch(size(bucket), shapes, padding_values, drop_remainder)

    return group_by_window(key, batches, window_size_func=size)
