"""CUDA graphs: what a function asks of a stream, recorded once and launched as one.

A recorded function computes with the memory that it had while it was recorded. So its arguments are copied
into arrays of the graph's own before each launch, and all arrays that it makes come from a pool of the
graph's own, which gives their memory to nobody else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from .base import Array


class Gate:
    """Lets a thread record only while it is alone: what others ask of the stream would be recorded, too.

    Thread safety: all methods may be called by several threads.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._runs = 0
        self._is_recording = False

    def __enter__(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._is_recording)
            self._runs += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._runs -= 1

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Keeps others out for a block, in a run; gives whether it could, for it does not wait."""
        with self._changed:
            is_alone = self._runs == 1 and not self._is_recording
            self._is_recording = self._is_recording or is_alone
        try:
            yield is_alone
        finally:
            if is_alone:
                with self._changed:
                    self._is_recording = False
                    self._changed.notify_all()


class Recorded:
    """A function of arrays as a CUDA graph.

    Args:
        cupy: CuPy.
        function: The function. It is called once, with arrays whose elements are not set, and must not look
            at any.
        given: Arguments: arrays of CuPy's, for which there will be others of their shapes, and values of the
            host, which stay.

    Attributes:
        values: What the function has returned; each launch changes the elements of the arrays.

    Raises:
        Exception: What the function raises, or CUDA, if it asks for what cannot be recorded.
    """

    def __init__(self, cupy: Any, function: Callable[[Sequence[Any]], Any], given: Sequence[Any]) -> None:
        cuda = cupy.cuda
        self._pool = cuda.MemoryPool()
        stream = cuda.get_current_stream()
        with cuda.using_allocator(self._pool.malloc):
            self._given: list[Array | None] = [
                cupy.empty(each.shape, each.dtype) if isinstance(each, cupy.ndarray) else None
                for each in given
            ]
            both = zip(self._given, given, strict=True)
            arguments = [each if own is None else own for own, each in both]
            stream.begin_capture()
            try:
                self.values = function(arguments)
            except BaseException:
                with suppress(
                    RuntimeError
                ):  # what was asked for has spoilt it: the error that comes says more
                    stream.end_capture()
                raise
            self._graph = stream.end_capture()

    def launch(self, given: Sequence[Any]) -> None:
        """Computes the values of arguments, in the current stream."""
        for own, each in zip(self._given, given, strict=True):
            if own is not None:
                own[...] = each
        self._graph.launch()

    def release(self) -> None:
        """Gives its memory back."""
        self.values = self._graph = None
        self._given.clear()
        self._pool.free_all_blocks()
