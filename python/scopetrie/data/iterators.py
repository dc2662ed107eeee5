"""Iterators over datasets."""

from __future__ import annotations

from typing import Any, Final

from .. import dtypes
from .._core import get_default_graph
from ..graph import Operation, Tensor
from ..ops.constant import convert_to_tensor
from ..ops.control.trace import Body, check_alike
from ..ops.registry import listed
from ..public import v1, whole
from . import iterator_nodes
from .structure import Structure, of_types

_NO_INITIALIZER: Final = (
    "The iterator does not have an initializer. This means it was likely created using "
    "`tf.data.Dataset.make_one_shot_iterator()`. For an initializable iterator, use "
    "`tf.data.Dataset.make_initializable_iterator()` instead."
)


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
        self._handle = iterator_nodes.text(iterator_resource)

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
        made: Tensor = iterator_nodes.iterator(structure=structure, shared_name=shared_name or "")
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
        made: Tensor = iterator_nodes.from_text(
            convert_to_tensor(string_handle, dtypes.string), structure=structure
        )
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
        made: Any = iterator_nodes.make(
            dataset._variant_tensor, self._resource, name=name or "make_initializer"
        )
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
        return self._structure.pack(
            listed(iterator_nodes.get_next(self._resource, structure=self._structure, name=name))
        )

    def string_handle(self, name: str | None = None) -> Tensor:
        """The tensor of what `from_string_handle` takes.

        Args:
            name: The name of a new operation for it; by default the iterator's own tensor.

        Returns:
            A string scalar.
        """
        return self._handle if name is None else iterator_nodes.text(self._resource, name=name)

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
    made: Tensor = iterator_nodes.one_shot(structure=structure, dataset=body)
    return Iterator(made, None, structure)


@whole
def initializable(variant: Tensor, structure: Structure, shared_name: str | None) -> Iterator:
    """An iterator that an operation starts."""
    made: Tensor = iterator_nodes.iterator(structure=structure, shared_name=shared_name or "")
    start: Any = iterator_nodes.make(variant, made)
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
