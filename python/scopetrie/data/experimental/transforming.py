"""Transformations that `Dataset.apply` takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ...public import v1
from .. import sources
from ..dataset import Dataset

Transformation: TypeAlias = Callable[[Dataset], Dataset]


@v1("data.experimental.shuffle_and_repeat", "contrib.data.shuffle_and_repeat")
def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Transformation:
    """Shuffles, and then repeats with another order each time.

    Args:
        buffer_size: The size of the buffer.
        count: How often the dataset is gone through; forever if it is None or -1.
        seed: The seed of the order.

    Returns:
        A function for `Dataset.apply`.
    """
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


@v1("data.experimental.map_and_batch", "contrib.data.map_and_batch")
def map_and_batch(
    map_func: Callable[..., Any],
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Transformation:
    """Applies a function to each element, and stacks what it gives.

    Args:
        map_func: The function.
        batch_size: How many elements are stacked.
        num_parallel_batches: Accepted for v1's sake: elements are computed one after the other.
        drop_remainder: Whether fewer at the end are left out.
        num_parallel_calls: Accepted for v1's sake.

    Returns:
        A function for `Dataset.apply`.
    """
    return lambda dataset: dataset.map(map_func).batch(batch_size, drop_remainder)


@v1("data.experimental.parallel_interleave", "contrib.data.parallel_interleave")
def parallel_interleave(
    map_func: Callable[..., Any],
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: Any = False,
    buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Transformation:
    """Takes turns between the datasets that a function makes of the elements.

    Args:
        map_func: A function of an element that returns a dataset.
        cycle_length: How many of them take turns.
        block_length: How many elements each gives in its turn.
        sloppy: Accepted for v1's sake: the order is always the same.
        buffer_output_elements: Accepted for v1's sake.
        prefetch_input_elements: Accepted for v1's sake.

    Returns:
        A function for `Dataset.apply`.
    """
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length)


@v1("data.experimental.ignore_errors", "contrib.data.ignore_errors")
def ignore_errors(log_warning: bool = False) -> Transformation:
    """Leaves out elements whose computation fails.

    Args:
        log_warning: Accepted for v1's sake.

    Returns:
        A function for `Dataset.apply`.

    >>> import scopetrie as tf
    >>> dataset = tf.data.Dataset.from_tensor_slices([1.0, 0.0, 2.0])
    >>> dataset = dataset.map(lambda x: tf.check_numerics(1 / x, "bad"))
    >>> dataset = dataset.apply(tf.data.experimental.ignore_errors())
    >>> element = dataset.make_one_shot_iterator().get_next()
    >>> with tf.Session() as session:
    ...     print(session.run(element), session.run(element))
    1.0 0.5
    """
    return lambda dataset: dataset._node(
        "IgnoreErrorsDataset", [], lambda state, source: sources.without_errors(source)
    )


@v1("data.experimental.unbatch", "contrib.data.unbatch")
def unbatch() -> Transformation:
    """Takes elements apart into their rows.

    Returns:
        A function for `Dataset.apply`.
    """
    return lambda dataset: dataset.unbatch()


@v1("data.experimental.enumerate_dataset", "contrib.data.enumerate_dataset")
def enumerate_dataset(start: Any = 0) -> Transformation:
    """Puts its number before each element.

    Args:
        start: The number of the first.

    Returns:
        A function for `Dataset.apply`.
    """
    return lambda dataset: dataset.enumerate(start)


@v1("data.experimental.prefetch_to_device", "contrib.data.prefetch_to_device")
def prefetch_to_device(device: Any, buffer_size: Any = None) -> Transformation:
    """Gives the same elements: nothing is computed ahead of time.

    Args:
        device: Accepted for v1's sake.
        buffer_size: Accepted for v1's sake.

    Returns:
        A function for `Dataset.apply`.
    """
    return lambda dataset: dataset.prefetch(buffer_size)
