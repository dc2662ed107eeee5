"""What the queues of v1 have in common: what a program puts into them and takes from them, as operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from .. import dtypes
from .._core import name_scope
from ..dtypes import DType, as_dtype
from ..graph import Operation, Tensor
from ..ops.constant import convert_to_tensor
from ..ops.folding import constant_value
from ..ops.node_text import Dims
from ..ops.registry import listed
from ..public import v1, whole
from ..shapes import TensorShape, as_dims
from . import nodes


@v1("QueueBase", "queue.QueueBase")
class QueueBase:
    """The base class of queues.

    Elements are tuples of tensors of fixed dtypes. What a run puts in waits for room, and what it takes waits
    for elements; other threads' runs of the same session go on meanwhile. Each session has its own elements.

    Args:
        dtypes: The dtypes of an element's components.
        shapes: Their static shapes, or None.
        names: Their names, or None: then elements are dicts.
        queue_ref: The tensor of the queue.
    """

    def __init__(self, dtypes: Any, shapes: Any, names: Any, queue_ref: Tensor) -> None:
        self._dtypes: list[DType] = [as_dtype(each) for each in dtypes]
        dims: list[Dims] = (
            [None] * len(self._dtypes) if shapes is None else [as_dims(each) for each in shapes]
        )
        if len(dims) != len(self._dtypes):
            raise ValueError(
                f"Queue shapes must have the same length as dtypes, received len(shapes)={len(dims)}, "
                f"len(dtypes)={len(self._dtypes)}"
            )
        if names is not None and len(names) != len(self._dtypes):
            raise ValueError(
                f"Queue names must have the same length as dtypes, received len(names)={len(names)}, "
                f"len(dtypes)={len(self._dtypes)}"
            )
        self._dims = dims
        self._names: list[str] | None = None if names is None else list(names)
        self._queue_ref = queue_ref
        self._name = queue_ref.op.name.rpartition("/")[2]
        self._pads = queue_ref.op.type == "PaddingFIFOQueueV2"

    def _begin(
        self, op: Any, capacity: Any, dtypes: Any, shapes: Any, names: Any, shared_name: str | None,
        name: str, **attributes: Any,
    ) -> None:  # fmt: skip
        """Makes the queue's node, and the rest as `__init__`, of the arguments of a public class."""
        types = as_list(dtypes)
        ref = op(
            capacity=int(capacity), shared_name=shared_name or "", title=name.rstrip("/"), name=name,
            **attributes,
        )  # fmt: skip
        QueueBase.__init__(self, types, shape_list(shapes, types), names, ref)

    @staticmethod
    def from_list(index: Any, queues: Any) -> NoReturn:
        """Not supported: which queue is used would be known only in a run.

        Args:
            index: A tensor.
            queues: Queues.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(
            "QueueBase.from_list is not supported by scopetrie. Choose among dequeued tensors with tf.case."
        )

    @property
    def queue_ref(self) -> Tensor:
        """The tensor of the queue."""
        return self._queue_ref

    @property
    def name(self) -> str:
        """The name of the queue's operation."""
        return self._queue_ref.op.name

    @property
    def dtypes(self) -> list[DType]:
        """The dtypes of an element's components."""
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        """The static shapes of an element's components."""
        return [TensorShape(each) for each in self._dims]

    @property
    def names(self) -> list[str] | None:
        """The names of an element's components, if they have names."""
        return self._names

    def _components(self, values: Any, many: bool) -> list[Tensor]:
        names = self._names
        if isinstance(values, dict):
            if names is None:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(names) != sorted(values):
                raise ValueError(
                    f"Keys in dictionary to enqueue do not match names of Queue.  Dictionary: "
                    f"{sorted(values)},Queue: {sorted(names)}"
                )
            values = [values[name] for name in names]
        elif names is not None:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        elif not isinstance(values, (list, tuple)):
            values = [values]
        if len(values) != len(self._dtypes):
            raise ValueError(
                f"Expected {len(self._dtypes)} values to enqueue in queue {self.name!r}, but got "
                f"{len(values)}."
            )
        made = []
        for at, (value, dtype) in enumerate(zip(values, self._dtypes, strict=True)):
            made.append(convert_to_tensor(value, dtype, name=f"component_{at}"))
        return made

    def _fitting(self, component: Tensor, dims: Dims, skip: int) -> None:
        found = component._dims
        if found is None or dims is None:
            return
        if len(found) < skip or not TensorShape(found[skip:]).is_compatible_with(TensorShape(dims)):
            raise ValueError(f"Shapes {TensorShape(found[skip:])} and {TensorShape(dims)} are incompatible")

    @whole
    def enqueue(self, vals: Any, name: str | None = None) -> Operation:
        """Makes an operation that puts one element in, as soon as there is room.

        Args:
            vals: The element: a tensor, a list or tuple of them, or a dict if the queue has names.
            name: The operation's name.

        Returns:
            The operation. It raises `errors.CancelledError` if the queue is closed.

        Raises:
            ValueError: If there are more or fewer components, or one has another shape.
            TypeError: If one has another dtype.
        """
        with name_scope(name, f"{self._name}_enqueue") as scope:
            parts = self._components(vals, many=False)
            for part, dims in zip(parts, self._dims, strict=True):
                self._fitting(part, dims, 0)
            made: Any = nodes.enqueue(self._queue_ref, parts, shapes=tuple(self._dims), name=scope)
        operation: Operation = made
        return operation

    @whole
    def enqueue_many(self, vals: Any, name: str | None = None) -> Operation:
        """Makes an operation that puts in the rows of tensors, each as soon as there is room.

        Args:
            vals: The elements, stacked: a tensor, a list or tuple of them, or a dict if the queue has names.
            name: The operation's name.

        Returns:
            The operation. It raises `errors.CancelledError` if the queue is closed.

        Raises:
            ValueError: If there are more or fewer components, or one has another shape.
            TypeError: If one has another dtype.
        """
        with name_scope(name, f"{self._name}_EnqueueMany") as scope:
            parts = self._components(vals, many=True)
            for part, dims in zip(parts, self._dims, strict=True):
                if part._dims == ():
                    raise ValueError("Shape must be at least rank 1 but is rank 0 for enqueue_many")
                self._fitting(part, dims, 1)
            made: Any = nodes.enqueue_many(self._queue_ref, parts, shapes=tuple(self._dims), name=scope)
        operation: Operation = made
        return operation

    def _returned(self, tensors: list[Tensor]) -> Any:
        if self._names is not None:
            return dict(zip(self._names, tensors, strict=True))
        return tensors[0] if len(tensors) == 1 else tensors

    @whole
    def dequeue(self, name: str | None = None) -> Any:
        """Makes tensors of the next element, which a run waits for.

        Args:
            name: The operation's name.

        Returns:
            The tensor, a list of them, or a dict if the queue has names. A run raises `OutOfRangeError`
            if the queue is closed and empty.
        """
        specs = tuple(zip(self._dtypes, self._dims, strict=True))
        made = nodes.dequeue(self._queue_ref, specs=specs, name=name or f"{self._name}_Dequeue")
        return self._returned(listed(made))

    def _many(self, op: Callable[..., Any], n: Any, known: bool, name: str) -> Any:
        with name_scope(name, None) as scope:
            count = convert_to_tensor(n, dtypes.int32, name="n")
            value = constant_value(count) if known else None
            first = None if value is None else int(value)
            specs = tuple(
                (dtype, None if dims is None else (first, *dims))
                for dtype, dims in zip(self._dtypes, self._dims, strict=True)
            )
            made = op(self._queue_ref, count, specs=specs, pads=self._pads, name=scope)
        return self._returned(listed(made))

    @whole
    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """Makes tensors of the next elements, stacked, which a run waits for.

        Args:
            n: How many.
            name: The operation's name.

        Returns:
            The tensor, a list of them, or a dict if the queue has names. A run raises `OutOfRangeError`
            if the queue is closed and has fewer.
        """
        return self._many(nodes.dequeue_many, n, True, name or f"{self._name}_DequeueMany")

    @whole
    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """Makes tensors of the next elements, stacked: of fewer if the queue is closed.

        Args:
            n: How many at most.
            name: The operation's name.

        Returns:
            The tensor, a list of them, or a dict if the queue has names. A run raises `OutOfRangeError`
            if the queue is closed and empty.
        """
        return self._many(nodes.dequeue_up_to, n, False, name or f"{self._name}_DequeueUpTo")

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """Makes an operation that closes the queue: what is in it can still be taken.

        Args:
            cancel_pending_enqueues: Whether runs that wait for room are cancelled.
            name: The operation's name.

        Returns:
            The operation.
        """
        made: Any = nodes.close(
            self._queue_ref,
            cancel_pending_enqueues=bool(cancel_pending_enqueues),
            name=name or f"{self._name}_Close",
        )
        operation: Operation = made
        return operation

    def is_closed(self, name: str | None = None) -> Tensor:
        """Makes a tensor that says whether the queue is closed.

        Args:
            name: The operation's name.

        Returns:
            A boolean scalar.
        """
        made: Tensor = nodes.is_closed(self._queue_ref, name=name or f"{self._name}_Is_Closed")
        return made

    def size(self, name: str | None = None) -> Tensor:
        """Makes a tensor of the number of elements.

        Args:
            name: The operation's name.

        Returns:
            An int32 scalar.
        """
        made: Tensor = nodes.size(self._queue_ref, name=name or f"{self._name}_Size")
        return made


def as_list(value: Any) -> list[Any]:
    """A list of what is one or several."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def shape_list(shapes: Any, types: Sequence[Any]) -> Any:
    """The shapes of components as a list, if they are given; the shape of the only one may stand alone."""
    if shapes is None:
        return None
    if isinstance(shapes, TensorShape) or (len(types) == 1 and not _is_nested(shapes)):
        return [shapes]
    return shapes


def _is_nested(shapes: Any) -> bool:
    return bool(shapes) and all(isinstance(each, (list, tuple, TensorShape)) for each in shapes)
