"""Queues of v1's input pipelines that are filled with a tensor's rows, over and over."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from .._core import name_scope
from ..graph import GraphKeys, Tensor, get_default_graph
from ..ops.array.fill import identity
from ..ops.array.gather import gather
from ..ops.array.shape import shape, size
from ..ops.checks import Assert
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import greater
from ..ops.math.sequence import range_
from ..ops.parsing.files import matching_files
from ..ops.random.choice import random_shuffle
from ..ops.state.variable import count_up_to
from ..public import v1
from ..queues.kinds import FIFOQueue
from ..shapes import TensorShape
from ..summary.ops import scalar
from ..variables import Variable
from .queue_runner import QueueRunner, add_queue_runner


@v1("train.match_filenames_once")
def match_filenames_once(pattern: Any, name: str | None = None) -> Variable:
    """Makes a local variable of the names of files, which are looked for when it is initialized.

    Args:
        pattern: A pattern, or several, as the shell's.
        name: The variable's name.

    Returns:
        The variable.
    """
    with name_scope(name, "matching_filenames", [pattern]) as scope:
        return Variable(
            initial_value=matching_files(pattern),
            trainable=False,
            name=scope,
            validate_shape=False,
            collections=[GraphKeys.LOCAL_VARIABLES],
        )


@v1("train.limit_epochs")
def limit_epochs(tensor: Any, num_epochs: int | None = None, name: str | None = None) -> Tensor:
    """Hands a tensor on, in so many runs; then raises `errors.OutOfRangeError`.

    Args:
        tensor: The tensor.
        num_epochs: In how many runs; in any number by default. The count is a local variable.
        name: The operations' scope.

    Returns:
        A tensor with the value of `tensor`.

    Raises:
        ValueError: If `num_epochs` is not positive.
    """
    if num_epochs is None:
        made: Tensor = convert_to_tensor(tensor)
        return made
    if num_epochs <= 0:
        raise ValueError(f"num_epochs must be > 0 not {num_epochs}.")
    with name_scope(name, "limit_epochs", [tensor]) as scope:
        zero = convert_to_tensor(0, dtypes.int64, name="Const")
        epochs = Variable(zero, name="epochs", trainable=False, collections=[GraphKeys.LOCAL_VARIABLES])
        with get_default_graph().control_dependencies([count_up_to(epochs, num_epochs, name="CountUpTo")]):
            return identity(tensor, name=scope)


@v1("train.input_producer")
def input_producer(
    input_tensor: Any,
    element_shape: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    summary_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> FIFOQueue:
    """Makes a queue of a tensor's rows, which a `QueueRunner` fills.

    Args:
        input_tensor: The tensor.
        element_shape: The shape of a row; that of the tensor's by default.
        num_epochs: How often the rows are put in; over and over by default.
        shuffle: Whether they are shuffled each time.
        seed: The seed of the shuffling.
        capacity: The largest number of elements.
        shared_name: A name by which queues of one session share their elements.
        summary_name: The name of the summary of how full the queue is.
        name: The operations' scope.
        cancel_op: The operation that closes the queue at once.

    Returns:
        The queue.

    Raises:
        ValueError: If the shape of a row is unknown.
    """
    with name_scope(name, "input_producer", [input_tensor]) as scope:
        rows = convert_to_tensor(input_tensor, name="input_tensor")
        inner = TensorShape(None if rows._dims is None else rows._dims[1:])
        of_row = inner.merge_with(element_shape)
        if not of_row.is_fully_defined():
            raise ValueError(
                "Either `input_tensor` must have a fully defined shape or `element_shape` must be specified"
            )
        if shuffle:
            rows = random_shuffle(rows, seed=seed)
        rows = limit_epochs(rows, num_epochs)
        # v1's queue has the name of the scope, and its operations are within.
        queue = FIFOQueue(capacity, [rows.dtype.base_dtype], [of_row], shared_name=shared_name, name=scope)
        fill = queue.enqueue_many([rows])
        add_queue_runner(QueueRunner(queue, [fill], cancel_op=cancel_op))
        fullness(queue, capacity, summary_name or f"fraction_of_{capacity}_full")
    return queue


def fullness(queue: Any, capacity: int, name: str) -> None:
    """Makes the summary of how full a queue is."""
    scalar(name, cast(queue.size(), dtypes.float32) * (1.0 / capacity))


@v1("train.string_input_producer")
def string_input_producer(
    string_tensor: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> FIFOQueue:
    """Makes a queue of strings, as names of files, which a `QueueRunner` fills.

    Args:
        string_tensor: A string vector.
        num_epochs: How often they are put in; over and over by default.
        shuffle: Whether they are shuffled each time.
        seed: The seed of the shuffling.
        capacity: The largest number of elements.
        shared_name: A name by which queues of one session share their elements.
        name: The operations' scope.
        cancel_op: The operation that closes the queue at once.

    Returns:
        The queue.

    Raises:
        ValueError: If there are no strings; a run raises `InvalidArgumentError` if that is found later.
    """
    fault = "string_input_producer requires a non-null input tensor"
    if not isinstance(string_tensor, (Tensor, Variable)) and not len(string_tensor):
        raise ValueError(fault)
    with name_scope(name, "input_producer", [string_tensor]) as scope:
        strings = convert_to_tensor(string_tensor, dtypes.string, name="Const")
        check = Assert(greater(size(strings, name="Size"), 0), [fault])
        with get_default_graph().control_dependencies([check]):
            strings = identity(strings)
        return _in_scope(scope, strings, [], num_epochs, shuffle, seed, capacity, shared_name, cancel_op)


def _in_scope(
    scope: str, rows: Tensor, element_shape: Any, num_epochs: int | None, shuffle: bool, seed: int | None,
    capacity: int, shared_name: str | None, cancel_op: Any,
) -> FIFOQueue:  # fmt: skip
    """An input producer within a scope that is open: the queue gets the scope's name."""
    return input_producer(
        rows, element_shape, num_epochs, shuffle, seed, capacity, shared_name, f"fraction_of_{capacity}_full",
        scope, cancel_op,
    )  # fmt: skip


@v1("train.range_input_producer")
def range_input_producer(
    limit: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> FIFOQueue:
    """Makes a queue of the numbers below a limit, which a `QueueRunner` fills.

    Args:
        limit: An int32 scalar.
        num_epochs: How often they are put in; over and over by default.
        shuffle: Whether they are shuffled each time.
        seed: The seed of the shuffling.
        capacity: The largest number of elements.
        shared_name: A name by which queues of one session share their elements.
        name: The operations' scope.

    Returns:
        The queue.
    """
    with name_scope(name, "input_producer", [limit]) as scope:
        return _in_scope(
            scope, range_(limit), [], num_epochs, shuffle, seed, capacity, shared_name, cancel_op=None
        )


@v1("train.slice_input_producer")
def slice_input_producer(
    tensor_list: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> list[Tensor]:
    """Makes tensors of the next rows of some tensors, taken from a queue that a `QueueRunner` fills.

    Args:
        tensor_list: Tensors of one length.
        num_epochs: How often the rows are gone through; over and over by default.
        shuffle: Whether they are shuffled each time.
        seed: The seed of the shuffling.
        capacity: The largest number of elements of the queue.
        shared_name: A name by which queues of one session share their elements.
        name: The operations' scope.

    Returns:
        For each tensor its row.

    Raises:
        ValueError: If there are no tensors.
    """
    with name_scope(name, "input_producer", list(tensor_list)):
        tensors = [convert_to_tensor(each) for each in tensor_list]
        if not tensors:
            raise ValueError("Expected at least one tensor in slice_input_producer().")
        count = shape(tensors[0])[0]
        queue = range_input_producer(count, num_epochs, shuffle, seed, capacity, shared_name)
        at = queue.dequeue()
        return [gather(each, at) for each in tensors]
