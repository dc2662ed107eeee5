"""The operations of queues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from .. import dtypes
from ..data.batches import padded_together, stacked
from ..dtypes import resource
from ..errors import InvalidArgumentError
from ..ops.checks import on_host
from ..ops.control.trace import taped
from ..ops.declare import flags, index, mixed, tensor
from ..ops.node_text import Dims, dims_text
from ..ops.registry import define_op
from .waiting import Element, Shuffling, Sorting, Waiting

HANDLE: Final = (resource, ())


def _making(kind: str, make: Callable[..., Waiting]) -> Callable[..., Any]:
    def kernel(xp: Any, state: Any, capacity: int, shared_name: str, **attrs: Any) -> Any:
        name = shared_name or f"queue {state.op_id}"
        title = f"_{state.op_id}_{attrs.pop('title')}"
        return lambda: taped(state.resource(name, lambda: make(title, kind, capacity, **attrs)))

    return kernel


def _queue(type: str, kind: str, make: Callable[..., Waiting]) -> Any:
    return define_op(type, rule=lambda **attrs: HANDLE, kernel=_making(kind, make), stateful=True)


fifo = _queue("FIFOQueueV2", "FIFOQueue", Waiting)
padding = _queue("PaddingFIFOQueueV2", "PaddingFIFOQueue", Waiting)
shuffling = _queue("RandomShuffleQueueV2", "RandomShuffleQueue", Shuffling)
sorting = _queue("PriorityQueueV2", "PriorityQueue", Sorting)


def owned(state: Any, value: Any) -> Any:
    """A copy of a value that lasts longer than the run."""
    return value if isinstance(value, (bytes, np.generic)) else np.array(on_host(state, value))


def _check(shapes: tuple[Dims, ...], values: Any, skip: int) -> None:
    for at, (dims, value) in enumerate(zip(shapes, values, strict=True)):
        found = getattr(value, "shape", ())[skip:]
        fits = dims is None or (
            len(dims) == len(found) and all(a in (None, b) for a, b in zip(dims, found, strict=True))
        )
        if not fits:
            raise InvalidArgumentError(
                None,
                None,
                f"Shape mismatch in tuple component {at}. Expected {dims_text(dims)}, got {dims_text(found)}",
            )


def _enqueue_kernel(xp: Any, state: Any, shapes: tuple[Dims, ...]) -> Any:
    def enqueue(handle: Any, *values: Any) -> Any:
        _check(shapes, values, 0)
        handle[()].put([tuple([owned(state, each) for each in values])], state.deadline())
        return ()

    return enqueue


def _enqueue_many_kernel(xp: Any, state: Any, shapes: tuple[Dims, ...]) -> Any:
    def enqueue(handle: Any, *values: Any) -> Any:
        _check(shapes, values, 1)
        kept = [owned(state, each) for each in values]
        if len({len(each) for each in kept}) > 1:
            raise InvalidArgumentError(
                None, None, "All tensors passed to enqueue_many must have the same size in the 0th dimension"
            )
        rows = [tuple([each[at, ...] for each in kept]) for at in range(len(kept[0]))]
        handle[()].put(rows, state.deadline())
        return ()

    return enqueue


def given(state: Any, values: Any) -> list[Any]:
    """Values that go on into the run: on the session's device."""
    if state.backend.on_host:
        return list(values)
    return list(map(state.backend.taken, values))


def _dequeue_kernel(xp: Any, state: Any, specs: Any) -> Any:
    return lambda handle: given(state, handle[()].take(1, state.deadline())[0])


def _many_kernel(up_to: bool) -> Any:
    def kernel(xp: Any, state: Any, specs: Any, pads: bool) -> Any:
        join = padded_together if pads else stacked

        def dequeue(handle: Any, count: Any) -> Any:
            if any(dims is None or (None in dims[1:] and not pads) for _, dims in specs):
                raise InvalidArgumentError(
                    None,
                    None,
                    "DequeueMany and DequeueUpTo require the components to have specified shapes.",
                )
            elements: list[Element] = handle[()].take(int(count), state.deadline(), up_to)
            if not elements:
                return given(state, [_nothing(dtype, dims) for dtype, dims in specs])
            parts = zip(*elements, strict=True)
            return given(state, [join(part, at) for at, part in enumerate(parts)])

        return dequeue

    return kernel


def _nothing(dtype: Any, dims: Any) -> Any:
    return np.empty((0, *(size or 0 for size in dims[1:])), dtype.as_numpy_dtype)


def _close_kernel(xp: Any, state: Any, cancel_pending_enqueues: bool = False) -> Any:
    def close(handle: Any) -> Any:
        handle[()].end(cancel_pending_enqueues)
        return ()

    return close


enqueue = define_op(
    "QueueEnqueueV2", tensor("handle", attr=None), mixed("components"),
    rule=lambda handle, components, shapes: [], kernel=_enqueue_kernel, stateful=True,
)  # fmt: skip
enqueue_many = define_op(
    "QueueEnqueueManyV2", tensor("handle", attr=None), mixed("components"),
    rule=lambda handle, components, shapes: [], kernel=_enqueue_many_kernel, stateful=True,
)  # fmt: skip
dequeue = define_op(
    "QueueDequeueV2", tensor("handle", attr=None), rule=lambda handle, specs: list(specs),
    kernel=_dequeue_kernel, stateful=True,
)  # fmt: skip
dequeue_many = define_op(
    "QueueDequeueManyV2", tensor("handle", attr=None), index("n", (dtypes.int32,), None),
    rule=lambda handle, n, specs, pads: list(specs), kernel=_many_kernel(up_to=False), stateful=True,
)  # fmt: skip
dequeue_up_to = define_op(
    "QueueDequeueUpToV2", tensor("handle", attr=None), index("n", (dtypes.int32,), None),
    rule=lambda handle, n, specs, pads: list(specs), kernel=_many_kernel(up_to=True), stateful=True,
)  # fmt: skip
close = define_op(
    "QueueCloseV2", tensor("handle", attr=None), rule=lambda handle, **attrs: [], kernel=_close_kernel,
    stateful=True, attributes=flags("cancel_pending_enqueues"),
)  # fmt: skip
is_closed = define_op(
    "QueueIsClosedV2", tensor("handle", attr=None), rule=lambda handle: (dtypes.bool, ()), stateful=True,
    kernel=lambda xp, state: lambda handle: np.bool_(handle[()].is_closed), host_outputs=True,
)  # fmt: skip
size = define_op(
    "QueueSizeV2", tensor("handle", attr=None), rule=lambda handle: (dtypes.int32, ()), stateful=True,
    kernel=lambda xp, state: lambda handle: np.int32(len(handle[()])), host_outputs=True,
)  # fmt: skip
