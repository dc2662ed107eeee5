"""`tf.train.batch` and its kin: batches from a queue that threads fill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import dtypes
from .._core import name_scope
from ..graph import Operation, Tensor
from ..ops.constant import constant, convert_to_tensor
from ..ops.control.branch import cond
from ..ops.control.flow import no_op
from ..ops.control.trace import flat
from ..ops.elementwise.arithmetic import maximum, subtract
from ..ops.elementwise.cast import cast
from ..public import v1
from ..queues.kinds import FIFOQueue, PaddingFIFOQueue, RandomShuffleQueue
from ..queues.queue import QueueBase
from ..shapes import TensorShape
from ..summary.ops import scalar
from .producers import fullness
from .queue_runner import QueueRunner, add_queue_runner


class _Batched:
    """The nest of a batch: a list of tensors, or a dict.

    Args:
        given: A list of tensors, or a dict, as a program gives it.
    """

    def __init__(self, given: Any) -> None:
        self.keys = sorted(given) if isinstance(given, dict) else None
        if self.keys is None and not isinstance(given, (list, tuple)):
            raise TypeError(f"Expected a list or dict of tensors, but got {type(given).__name__!r}")
        values = [given[key] for key in self.keys] if self.keys is not None else list(given)
        if not values:
            raise ValueError("Expected at least one tensor in batch().")
        self.tensors: list[Tensor] = [convert_to_tensor(each) for each in values]

    def pack(self, made: Any) -> Any:
        """The dequeued tensors in that nest."""
        found = flat(made)
        if self.keys is not None:
            return dict(zip(self.keys, found, strict=True))
        return found[0] if len(found) == 1 else found


def _shapes(lists: Sequence[_Batched], given: Any, enqueue_many: bool) -> list[TensorShape]:
    """The shapes of an element's components."""
    if given is not None:
        return [TensorShape(each) for each in given]
    found = []
    for parts in zip(*(each.tensors for each in lists), strict=True):
        shape = TensorShape(parts[0]._dims)
        for other in parts[1:]:
            shape = shape if shape == TensorShape(other._dims) else _weaker(shape, TensorShape(other._dims))
        found.append(TensorShape(shape.as_list()[1:]) if enqueue_many and shape.ndims is not None else shape)
    return found


def _weaker(one: TensorShape, other: TensorShape) -> TensorShape:
    if one.ndims is None or one.ndims != other.ndims:
        return TensorShape(None)
    return TensorShape([a if a == b else None for a, b in zip(one.as_list(), other.as_list(), strict=True)])


def _kinds(lists: Sequence[_Batched]) -> list[Any]:
    kinds = [[each.dtype.base_dtype for each in one.tensors] for one in lists]
    if any(each != kinds[0] for each in kinds):
        raise TypeError(f"Expected types to be consistent: {kinds}")
    return kinds[0]


def _filled(queue: QueueBase, lists: Sequence[_Batched], copies: int, enqueue_many: bool, keep: Any) -> None:
    """Adds the runner that puts the lists into a queue."""

    def fill(tensors: list[Tensor]) -> Operation:
        return queue.enqueue_many(tensors) if enqueue_many else queue.enqueue(tensors)

    if keep is None:
        fills = [fill(each.tensors) for each in lists]
    else:
        fills = [_if(keep, each, fill) for each in lists]
    add_queue_runner(QueueRunner(queue, fills * copies))


def _if(keep: Tensor, batched: _Batched, fill: Any) -> Operation:
    made = cond(keep, lambda: fill(batched.tensors), no_op)
    operation: Operation = made if isinstance(made, Operation) else made.op
    return operation


def _keep(keep_input: Any) -> Tensor | None:
    if keep_input is True:
        return None
    made: Tensor = convert_to_tensor(keep_input, dtypes.bool)
    if made._dims:
        raise ValueError(
            f"keep_input has shape {made.shape}: scopetrie keeps or drops elements as a whole. Use a boolean "
            "scalar, or filter a tf.data.Dataset."
        )
    return made


def _batch(
    lists: Sequence[Any],
    batch_size: Any,
    copies: int,
    capacity: int,
    enqueue_many: bool,
    shapes: Any,
    dynamic_pad: bool,
    up_to: bool,
    shared_name: str | None,
    name: str | None,
    keep_input: Any,
    default_name: str,
) -> Any:
    batched = [_Batched(each) for each in lists]
    with name_scope(name, default_name, [x for each in batched for x in each.tensors]) as scope:
        keep = _keep(keep_input)
        if keep is None:
            constant(True, name="Const")  # as v1: its keep_input
        kinds = _kinds(batched)
        of_element = _shapes(batched, shapes, enqueue_many)
        kind = PaddingFIFOQueue if dynamic_pad else FIFOQueue
        if not dynamic_pad and not all(each.is_fully_defined() for each in of_element):
            raise ValueError(f"All shapes must be fully defined: {of_element}")
        queue: QueueBase = kind(capacity, kinds, of_element, shared_name=shared_name)
        _filled(queue, batched, copies, enqueue_many, keep)
        fullness(queue, capacity, f"fraction_of_{capacity}_full")
        take = queue.dequeue_up_to if up_to else queue.dequeue_many
        return batched[0].pack(take(batch_size, name=scope))


def _shuffle_batch(
    lists: Sequence[Any],
    batch_size: Any,
    copies: int,
    capacity: int,
    least: int,
    seed: int | None,
    enqueue_many: bool,
    shapes: Any,
    up_to: bool,
    shared_name: str | None,
    name: str | None,
    keep_input: Any,
    default_name: str,
) -> Any:
    batched = [_Batched(each) for each in lists]
    if capacity <= least:
        raise ValueError(f"capacity {capacity} must be bigger than min_after_dequeue {least}.")
    with name_scope(name, default_name, [x for each in batched for x in each.tensors]) as scope:
        keep = _keep(keep_input)
        if keep is None:
            constant(True, name="Const")
        kinds = _kinds(batched)
        of_element = _shapes(batched, shapes, enqueue_many)
        queue = RandomShuffleQueue(capacity, least, kinds, of_element, seed=seed, shared_name=shared_name)
        _filled(queue, batched, copies, enqueue_many, keep)
        over = cast(maximum(0, subtract(queue.size(), least, name="sub")), dtypes.float32)
        room = capacity - least
        scalar(f"fraction_over_{least}_of_{room}_full", over * (1.0 / room))
        take = queue.dequeue_up_to if up_to else queue.dequeue_many
        return batched[0].pack(take(batch_size, name=scope))


@v1("train.batch")
def batch(
    tensors: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Makes batches of tensors, which threads compute over and over: see `start_queue_runners`.

    Args:
        tensors: A list of tensors, or a dict.
        batch_size: How many elements a batch has.
        num_threads: How many threads there are.
        capacity: The largest number of elements that wait.
        enqueue_many: Whether each row of the tensors is an element.
        shapes: The shapes of an element's components; those of the tensors by default.
        dynamic_pad: Whether the sizes of elements may differ: they are filled up with zeros.
        allow_smaller_final_batch: Whether the last batch may be smaller.
        shared_name: A name by which queues of one session share their elements.
        name: The operations' scope.

    Returns:
        The batch, as `tensors` is: a tensor if there is one.

    Raises:
        ValueError: If a shape is not known.
        TypeError: If `tensors` is neither a list nor a dict.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     number = tf.train.range_input_producer(4, num_epochs=1, shuffle=False).dequeue()
    ...     pair = tf.train.batch([number * 10], batch_size=2)
    ...     session.run(tf.local_variables_initializer())
    ...     coordinator = tf.train.Coordinator()
    ...     threads = tf.train.start_queue_runners(session, coordinator)
    ...     print(session.run(pair), session.run(pair))
    ...     coordinator.request_stop()
    ...     coordinator.join(threads)
    [ 0 10] [20 30]
    """
    return _batch(
        [tensors], batch_size, num_threads, capacity, enqueue_many, shapes, dynamic_pad,
        allow_smaller_final_batch, shared_name, name, True, "batch",
    )  # fmt: skip


@v1("train.maybe_batch")
def maybe_batch(
    tensors: Any,
    keep_input: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, of those elements for which a tensor says so.

    Args:
        tensors: A list of tensors, or a dict.
        keep_input: A boolean scalar: whether the element is put in.
        batch_size: How many elements a batch has.
        num_threads: How many threads there are.
        capacity: The largest number of elements that wait.
        enqueue_many: Whether each row of the tensors is an element.
        shapes: The shapes of an element's components.
        dynamic_pad: Whether the sizes of elements may differ.
        allow_smaller_final_batch: Whether the last batch may be smaller.
        shared_name: A name by which queues of one session share their elements.
        name: The operations' scope.

    Returns:
        The batch, as `tensors` is.

    Raises:
        ValueError: If a shape is not known, or `keep_input` is no scalar.
    """
    return _batch(
        [tensors], batch_size, num_threads, capacity, enqueue_many, shapes, dynamic_pad,
        allow_smaller_final_batch, shared_name, name, keep_input, "batch",
    )  # fmt: skip


@v1("train.batch_join")
def batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, of several lists of tensors, each with a thread of its own.

    Args:
        tensors_list: Lists of tensors, or dicts, alike.
        batch_size: How many elements a batch has.
        capacity: The largest number of elements that wait.
        enqueue_many: Whether each row of the tensors is an element.
        shapes: The shapes of an element's components.
        dynamic_pad: Whether the sizes of elements may differ.
        allow_smaller_final_batch: Whether the last batch may be smaller.
        shared_name: A name by which queues of one session share their elements.
        name: The operations' scope.

    Returns:
        The batch, as one of the lists is.

    Raises:
        ValueError: If a shape is not known.
        TypeError: If the lists have different dtypes.
    """
    return _batch(
        list(tensors_list), batch_size, 1, capacity, enqueue_many, shapes, dynamic_pad,
        allow_smaller_final_batch, shared_name, name, True, "batch_join",
    )  # fmt: skip


@v1("train.shuffle_batch")
def shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, in random order.

    Args:
        tensors: A list of tensors, or a dict.
        batch_size: How many elements a batch has.
        capacity: The largest number of elements that wait.
        min_after_dequeue: How many of them stay, so that there is a choice.
        num_threads: How many threads there are.
        seed: The seed of the order.
        enqueue_many: Whether each row of the tensors is an element.
        shapes: The shapes of an element's components.
        allow_smaller_final_batch: Whether the last batch may be smaller.
        shared_name: A name by which queues of one session share their elements.
        name: The operations' scope.

    Returns:
        The batch, as `tensors` is.

    Raises:
        ValueError: If a shape is not known, or `capacity` is not above `min_after_dequeue`.
    """
    return _shuffle_batch(
        [tensors], batch_size, num_threads, capacity, min_after_dequeue, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name, True, "shuffle_batch",
    )  # fmt: skip


@v1("train.maybe_shuffle_batch")
def maybe_shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch`, of those elements for which a tensor says so.

    Args:
        tensors: A list of tensors, or a dict.
        batch_size: How many elements a batch has.
        capacity: The largest number of elements that wait.
        min_after_dequeue: How many of them stay, so that there is a choice.
        keep_input: A boolean scalar: whether the element is put in.
        num_threads: How many threads there are.
        seed: The seed of the order.
        enqueue_many: Whether each row of the tensors is an element.
        shapes: The shapes of an element's components.
        allow_smaller_final_batch: Whether the last batch may be smaller.
        shared_name: A name by which queues of one session share their elements.
        name: The operations' scope.

    Returns:
        The batch, as `tensors` is.

    Raises:
        ValueError: If a shape is not known, or `keep_input` is no scalar.
    """
    return _shuffle_batch(
        [tensors], batch_size, num_threads, capacity, min_after_dequeue, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name, keep_input, "shuffle_batch",
    )  # fmt: skip


@v1("train.shuffle_batch_join")
def shuffle_batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch`, of several lists of tensors, each with a thread of its own.

    Args:
        tensors_list: Lists of tensors, or dicts, alike.
        batch_size: How many elements a batch has.
        capacity: The largest number of elements that wait.
        min_after_dequeue: How many of them stay, so that there is a choice.
        seed: The seed of the order.
        enqueue_many: Whether each row of the tensors is an element.
        shapes: The shapes of an element's components.
        allow_smaller_final_batch: Whether the last batch may be smaller.
        shared_name: A name by which queues of one session share their elements.
        name: The operations' scope.

    Returns:
        The batch, as one of the lists is.

    Raises:
        ValueError: If a shape is not known.
        TypeError: If the lists have different dtypes.
    """
    return _shuffle_batch(
        list(tensors_list), batch_size, 1, capacity, min_after_dequeue, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name, True, "shuffle_batch_join",
    )  # fmt: skip
