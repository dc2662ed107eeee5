"""The nodes of iterators over datasets, and what a session keeps of an iterator."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from collections.abc import Iterator as Elements
from typing import Any, Final

import numpy as np

from .. import dtypes
from ..dtypes import resource
from ..errors import (
    CancelledError,
    FailedPreconditionError,
    InvalidArgumentError,
    OutOfRangeError,
)
from ..locks import Lock
from ..ops.control.trace import Body, runner, taped
from ..ops.declare import tensor
from ..ops.registry import define_op
from .sources import Element, Source
from .structure import Structure

_numbers: Final = itertools.count()
_UNINITIALIZED: Final = (
    "GetNext() failed because the iterator has not been initialized. Ensure that you have run the "
    "initializer operation for this iterator before getting the next element."
)


class Position:
    """Where an iterator is, in one session.

    Thread safety: several threads may take elements; each gets another one.

    Args:
        structure: The structure of the elements.
        first: Gives the dataset of a one-shot iterator.
    """

    def __init__(self, structure: Structure, first: Callable[[], Source] | None = None) -> None:
        self.handle = f"iterator {os.getpid()} {next(_numbers)}".encode()
        self.structure = structure
        self._first = first
        self._elements: Elements[Element] | None = None
        self._taking = Lock()
        self._is_closed = False

    def start(self, source: Source) -> None:
        """Begins at the start of a dataset."""
        with self._taking:
            self._elements = source.open()

    def next(self) -> Element:
        """Returns the next element.

        Raises:
            OutOfRangeError: If there is none.
            FailedPreconditionError: If the iterator has not been initialized.
            CancelledError: If the session has been closed.
        """
        with self._taking:
            if self._elements is None and self._first is not None and not self._is_closed:
                self._elements = self._first().open()
                self._first = None
            elements = self._elements
            if self._is_closed:
                raise CancelledError(None, None, "Session has been closed.")
            if elements is None:
                raise FailedPreconditionError(None, None, _UNINITIALIZED)
            try:
                element = next(elements)
            except StopIteration:
                raise OutOfRangeError(None, None, "End of sequence") from None
            if self._is_closed:
                raise CancelledError(None, None, "Session has been closed.")
            return element

    def close(self) -> None:
        """Drops the dataset. A thread that is taking an element is not waited for."""
        self._is_closed = True
        self._elements = self._first = None


def _iterator_kernel(xp: Any, state: Any, structure: Structure, shared_name: str) -> Any:
    name = shared_name or f"iterator {state.op_id}"
    return lambda: taped(state.resource(name, lambda: Position(structure)))


def _one_shot_kernel(xp: Any, state: Any, structure: Structure, dataset: Body) -> Any:
    run = runner(state, dataset)

    def first() -> Source:
        ((source,), _) = run([])
        found: Source = source[()]
        return found

    return lambda: taped(state.resource(f"iterator {state.op_id}", lambda: Position(structure, first)))


def _next_kernel(xp: Any, state: Any, structure: Structure) -> Any:
    if state.backend.on_host:
        return lambda handle: list(handle[()].next())
    return lambda handle: list(map(state.backend.taken, handle[()].next()))


def _make_kernel(xp: Any, state: Any) -> Any:
    def make(dataset: Any, handle: Any) -> Any:
        handle[()].start(dataset[()])
        return ()

    return make


def _text_kernel(xp: Any, state: Any) -> Any:
    def text(handle: Any) -> Any:
        return taped(handle[()].handle)

    return text


def _from_text_kernel(xp: Any, state: Any, structure: Structure) -> Any:
    def find(text: Any) -> Any:
        handle = text if isinstance(text, bytes) else np.asarray(text)[()]
        for found in state.resources():
            if isinstance(found, Position) and found.handle == handle:
                _check_alike(structure, found.structure)
                return taped(found)
        raise InvalidArgumentError(
            None,
            None,
            f"There is no iterator with the handle {handle!r} in this session. Feed what "
            "session.run(iterator.string_handle()) returned in the same session.",
        )

    return find


def _check_alike(wanted: Structure, found: Structure) -> None:
    kinds = [each.dtype for each in wanted.components], [each.dtype for each in found.components]
    if kinds[0] != kinds[1]:
        raise InvalidArgumentError(
            None,
            None,
            f"Number or types of components do not match: expected {found.types} but the handle's iterator "
            f"was asked for {wanted.types}.",
        )


_HANDLE: Final = (resource, ())
iterator = define_op(
    "IteratorV2", rule=lambda **attrs: _HANDLE, kernel=_iterator_kernel, stateful=True,
)  # fmt: skip
one_shot = define_op(
    "OneShotIterator", rule=lambda **attrs: _HANDLE, kernel=_one_shot_kernel, stateful=True,
)  # fmt: skip
get_next = define_op(
    "IteratorGetNext", tensor("iterator", attr=None),
    rule=lambda iterator, structure: [(each.dtype, each.dims) for each in structure.components],
    kernel=_next_kernel, stateful=True,
)  # fmt: skip
make = define_op(
    "MakeIterator", tensor("dataset", attr=None), tensor("iterator", attr=None),
    rule=lambda dataset, iterator: [], kernel=_make_kernel, stateful=True,
)  # fmt: skip
text = define_op(
    "IteratorToStringHandle", tensor("resource_handle", attr=None),
    rule=lambda handle: (dtypes.string, ()), kernel=_text_kernel, stateful=True, host_outputs=True,
)  # fmt: skip
from_text = define_op(
    "IteratorFromStringHandleV2", tensor("string_handle", (dtypes.string,), attr=None),
    rule=lambda text, structure: _HANDLE, kernel=_from_text_kernel, stateful=True,
)  # fmt: skip
