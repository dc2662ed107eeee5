"""Iterators over datasets: what a session keeps of one, and the nodes that use it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from collections.abc import Iterator as Elements
from typing import Any, Final

import numpy as np

from .. import dtypes
from .._core import get_default_graph
from ..dtypes import resource
from ..errors import (
    CancelledError,
    FailedPreconditionError,
    InvalidArgumentError,
    OutOfRangeError,
)
from ..graph import Operation, Tensor
from ..locks import Lock
from ..ops.constant import convert_to_tensor
from ..ops.control.trace import Body, check_alike, runner, taped
from ..ops.declare import tensor
from ..ops.registry import define_op, listed
from ..public import v1, whole
from .sources import Element, Source
from .structure import Structure, of_types

_numbers: Final = itertools.count()
_UNINITIALIZED: Final = (
    "GetNext() failed because the iterator has not been initialized. Ensure that you have run the "
    "initializer operation for this iterator before getting the next element."
)
_NO_INITIALIZER: Final = (
    "The iterator does not have an initializer. This means it was likely created using "
    "`tf.data.Dataset.make_one_shot_iterator()`. For an initializable iterator, use "
    "`tf.data.Dataset.make_initializable_iterator()` instead."
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
_iterator = define_op(
    "IteratorV2", rule=lambda **attrs: _HANDLE, kernel=_iterator_kernel, stateful=True,
)  # fmt: skip
_one_shot = define_op(
    "OneShotIterator", rule=lambda **attrs: _HANDLE, kernel=_one_shot_kernel, stateful=True,
)  # fmt: skip
_next = define_op(
    "IteratorGetNext", tensor("iterator", attr=None),
    rule=lambda iterator, structure: [(each.dtype, each.dims) for each in structure.components],
    kernel=_next_kernel, stateful=True,
)  # fmt: skip
_make = define_op(
    "MakeIterator", tensor("dataset", attr=None), tensor("iterator", attr=None),
    rule=lambda dataset, iterator: [], kernel=_make_kernel, stateful=True,
)  # fmt: skip
_text = define_op(
    "IteratorToStringHandle", tensor("resource_handle", attr=None),
    rule=lambda handle: (dtypes.string, ()), kernel=_text_kernel, stateful=True, host_outputs=True,
)  # fmt: skip
_from_text = define_op(
    "IteratorFromStringHandleV2", tensor("string_handle", (dtypes.string,), attr=None),
    rule=lambda text, structure: _HANDLE, kernel=_from_text_kernel, stateful=True,
)  # fmt: skip


@v1("data.Iterator")
class Iterator:
    """Gives the elements of a dataset, one in each run.

    Where it stands is a session's affair: two sessions go through the dataset each for themselves. Make one
    by `Dataset.make_one_shot_iterator`, `Dataset.make_initializable_iterator` or the functions of this class.

    Args:
        iterator_resource: The tensor of the iterator.
        initializer: The operation that starts it, or None.
        structure: The structure of the elements.
    """

    def __init__(
        self, iterator_resource: Tensor, initializer: Operation | None, structure: Structure
    ) -> None:
        self._resource = iterator_resource
        self._initializer = initializer
        self._structure = structure
        self._handle = _text(iterator_resource)

    @staticmethod
    @whole
    def from_structure(
        output_types: Any,
        output_shapes: Any = None,
        shared_name: str | None = None,
        output_classes: Any = None,
    ) -> Iterator:
        """Makes an iterator for datasets that are given later, by `make_initializer`.

        Args:
            output_types: The dtypes of an element's components, in their nest.
            output_shapes: Their shapes; unknown by default.
            shared_name: A name by which iterators of one session share where they stand.
            output_classes: Accepted for v1's sake: components are tensors.

        Returns:
            An iterator without a dataset.

        Raises:
            TypeError: If a leaf of `output_types` is no dtype.
            ValueError: If the shapes are nested in another way.

        >>> import scopetrie as tf
        >>> iterator = tf.data.Iterator.from_structure(tf.int64, [])
        >>> start = iterator.make_initializer(tf.data.Dataset.range(3, 5))
        >>> element = iterator.get_next()
        >>> with tf.Session() as session:
        ...     session.run(start)
        ...     print(session.run(element), session.run(element))
        3 4
        """
        structure = of_types(output_types, output_shapes)
        made: Tensor = _iterator(structure=structure, shared_name=shared_name or "")
        return Iterator(made, None, structure)

    @staticmethod
    @whole
    def from_string_handle(
        string_handle: Any, output_types: Any, output_shapes: Any = None, output_classes: Any = None
    ) -> Iterator:
        """Makes an iterator that is, in each run, the one whose handle is given.

        Args:
            string_handle: A string tensor, mostly a placeholder, of what `string_handle()` gives.
            output_types: The dtypes of an element's components, in their nest.
            output_shapes: Their shapes; unknown by default.
            output_classes: Accepted for v1's sake: components are tensors.

        Returns:
            The iterator.

        Raises:
            TypeError: If a leaf of `output_types` is no dtype.
            ValueError: If the shapes are nested in another way.
        """
        structure = of_types(output_types, output_shapes)
        made: Tensor = _from_text(convert_to_tensor(string_handle, dtypes.string), structure=structure)
        return Iterator(made, None, structure)

    @whole
    def make_initializer(self, dataset: Any, name: str | None = None) -> Operation:
        """Makes an operation that starts the iterator with a dataset.

        Args:
            dataset: The dataset.
            name: The operation's name.

        Returns:
            The operation.

        Raises:
            TypeError: If the dataset has other types, or shapes that do not fit.
        """
        own, given = self._structure, dataset._structure
        fault = f"Expected output types {own.types} but got dataset with output types {given.types}."
        try:
            check_alike(own.types, given.types)
        except (TypeError, ValueError):
            raise TypeError(fault) from None
        pairs = list(zip(own.components, given.components, strict=True))
        if any(one.dtype is not other.dtype for one, other in pairs):
            raise TypeError(fault)
        if not all(one.shape.is_compatible_with(other.shape) for one, other in pairs):
            raise TypeError(
                f"Expected output shapes compatible with {own.shapes} but got dataset with output shapes "
                f"{given.shapes}."
            )
        made: Any = _make(dataset._variant_tensor, self._resource, name=name or "make_initializer")
        start: Operation = made
        return start

    @property
    def initializer(self) -> Operation:
        """The operation that starts the iterator.

        Raises:
            ValueError: If it has none.
        """
        if self._initializer is None:
            raise ValueError(_NO_INITIALIZER)
        return self._initializer

    @whole
    def get_next(self, name: str | None = None) -> Any:
        """Makes tensors that have the next element's values in each run.

        A run takes one element for each call of this function that it needs, however many tensors of it are
        fetched. After the last element, it raises `errors.OutOfRangeError`.

        Args:
            name: The operation's name.

        Returns:
            Tensors in the elements' nest.
        """
        return self._structure.pack(listed(_next(self._resource, structure=self._structure, name=name)))

    def string_handle(self, name: str | None = None) -> Tensor:
        """The tensor of what `from_string_handle` takes.

        Args:
            name: The name of a new operation for it; by default the iterator's own tensor.

        Returns:
            A string scalar.
        """
        return self._handle if name is None else _text(self._resource, name=name)

    @property
    def output_types(self) -> Any:
        """The dtypes of an element's components, in their nest."""
        return self._structure.types

    @property
    def output_shapes(self) -> Any:
        """The static shapes of an element's components, in their nest."""
        return self._structure.shapes

    @property
    def output_classes(self) -> Any:
        """The classes of an element's components, in their nest: `tf.Tensor`."""
        return self._structure.map(lambda each: Tensor)


@whole
def one_shot(variant: Tensor, structure: Structure) -> Iterator:
    """An iterator that starts by itself, for a dataset that depends on neither variables nor feeds.

    Raises:
        ValueError: If it does.
    """
    _check_fixed(variant)
    graph: Any = get_default_graph()
    body = Body(graph, (variant._id,), (), (), (), 0, [])
    made: Tensor = _one_shot(structure=structure, dataset=body)
    return Iterator(made, None, structure)


@whole
def initializable(variant: Tensor, structure: Structure, shared_name: str | None) -> Iterator:
    """An iterator that an operation starts."""
    made: Tensor = _iterator(structure=structure, shared_name=shared_name or "")
    start: Any = _make(variant, made)
    return Iterator(made, start, structure)


def _check_fixed(variant: Tensor) -> None:
    seen: set[int] = set()
    waiting = [variant.op]
    while waiting:
        op = waiting.pop()
        if op._id in seen:
            continue
        seen.add(op._id)
        if op.type == "Placeholder":
            raise ValueError(f"Cannot capture a placeholder (name:{op.name}, type:{op.type}) by value.")
        if not op.inputs and any(each.dtype._is_ref_dtype for each in op.outputs):
            raise ValueError(
                f"Cannot capture a stateful node (name:{op.name}, type:{op.type}) by value.: A likely cause "
                "of this error is that the dataset for which you are calling `make_one_shot_iterator()` "
                "captures a stateful object, such as a `tf.Variable` or `tf.lookup.StaticHashTable`, which "
                "is not supported. Use `make_initializable_iterator()` instead."
            )
        waiting += [*(each.op for each in op.inputs), *op.control_inputs]
