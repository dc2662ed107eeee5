"""The kinds of queues: in which order each gives its elements."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..ops.random.seed import get_seed
from ..public import v1
from . import nodes
from .queue import QueueBase, as_list, shape_list


@v1("FIFOQueue", "queue.FIFOQueue")
class FIFOQueue(QueueBase):
    """A queue that gives its elements in the order in which they came.

    Args:
        capacity: The largest number of elements.
        dtypes: The dtype of an element's component, or a list of them.
        shapes: Their shapes; needed by `dequeue_many`.
        names: Their names: then elements are dicts.
        shared_name: A name by which queues of one session share their elements.
        name: The operation's name.

    Raises:
        ValueError: If there are more or fewer shapes or names than dtypes.

    >>> import scopetrie as tf
    >>> queue = tf.FIFOQueue(10, [tf.float32], shapes=[[]])
    >>> put, both = queue.enqueue(3.0), queue.dequeue_many(2)
    >>> with tf.Session() as session:
    ...     session.run(put)
    ...     session.run(put)
    ...     print(session.run(both))
    [3. 3.]
    """

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "fifo_queue",
    ) -> None:
        self._begin(nodes.fifo, capacity, dtypes, shapes, names, shared_name, name)


@v1("PaddingFIFOQueue", "queue.PaddingFIFOQueue")
class PaddingFIFOQueue(QueueBase):
    """A `FIFOQueue` whose elements have sizes of their own: `dequeue_many` fills them up with zeros.

    Args:
        capacity: The largest number of elements.
        dtypes: The dtype of an element's component, or a list of them.
        shapes: Their shapes, with None for sizes that vary.
        names: Their names: then elements are dicts.
        shared_name: A name by which queues of one session share their elements.
        name: The operation's name.

    Raises:
        ValueError: If there are more or fewer shapes or names than dtypes.
    """

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "padding_fifo_queue",
    ) -> None:
        self._begin(nodes.padding, capacity, dtypes, shapes, names, shared_name, name)


@v1("RandomShuffleQueue", "queue.RandomShuffleQueue")
class RandomShuffleQueue(QueueBase):
    """A queue that gives any of its elements. The choice is not TensorFlow's for the same seed.

    Args:
        capacity: The largest number of elements.
        min_after_dequeue: How many elements stay, as long as the queue is open.
        dtypes: The dtype of an element's component, or a list of them.
        shapes: Their shapes; needed by `dequeue_many`.
        names: Their names: then elements are dicts.
        seed: What the choice comes from, with the graph's seed.
        shared_name: A name by which queues of one session share their elements.
        name: The operation's name.

    Raises:
        ValueError: If there are more or fewer shapes or names than dtypes.
    """

    def __init__(
        self,
        capacity: int,
        min_after_dequeue: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        seed: int | None = None,
        shared_name: str | None = None,
        name: str = "random_shuffle_queue",
    ) -> None:
        seeds = get_seed(seed)
        self._begin(
            nodes.shuffling, capacity, dtypes, shapes, names, shared_name, name,
            least=int(min_after_dequeue), seeds=None if seeds[0] is None else seeds,
        )  # fmt: skip


@v1("PriorityQueue", "queue.PriorityQueue")
class PriorityQueue(QueueBase):
    """A queue that gives the element with the smallest priority: an int64 component before the others.

    Args:
        capacity: The largest number of elements.
        types: The dtypes of the other components.
        shapes: Their shapes; needed by `dequeue_many`.
        names: The names of all components: then elements are dicts.
        shared_name: A name by which queues of one session share their elements.
        name: The operation's name.

    Raises:
        ValueError: If there are more or fewer shapes or names than dtypes.
    """

    def __init__(
        self,
        capacity: int,
        types: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "priority_queue",
    ) -> None:
        kinds = as_list(types)
        given = shape_list(shapes, kinds)
        ref = nodes.sorting(
            capacity=int(capacity), shared_name=shared_name or "", title=name.rstrip("/"), name=name
        )
        all_shapes = [(), *([None] * len(kinds) if given is None else given)]
        super().__init__([dtypes.int64, *kinds], all_shapes, names, ref)
