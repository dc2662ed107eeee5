"""The structure of a dataset's elements: nested tuples and dicts of components."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..dtypes import DType, as_dtype, variant
from ..graph import Tensor
from ..ops.constant import convert_to_tensor
from ..ops.control.trace import flat, packed
from ..ops.node_text import Dims
from ..shapes import TensorShape, as_dims


class Component(NamedTuple):
    """One tensor of an element.

    Attributes:
        dtype: Its dtype.
        dims: Its static shape.
        inner: The structure of the elements, where the component is itself a dataset.
    """

    dtype: DType
    dims: Dims
    inner: Structure | None = None

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        return TensorShape(self.dims)


class Structure(NamedTuple):
    """How components are nested.

    Attributes:
        nest: Nested tuples and dicts, whose leaves stand for the components: numbers, as nodes keep
            structures, and may not keep tensors of their own graph.
        components: The components, in order (those of dicts by key).
    """

    nest: Any
    components: tuple[Component, ...]

    def pack(self, leaves: Sequence[Any]) -> Any:
        """The structure with other leaves."""
        return packed(self.nest, leaves)

    def map(self, function: Callable[[Component], Any]) -> Any:
        """The structure with what a function makes of each component."""
        return self.pack([function(each) for each in self.components])

    @property
    def types(self) -> Any:
        """The dtypes."""
        return self.map(lambda each: each.dtype)

    @property
    def shapes(self) -> Any:
        """The static shapes."""
        return self.map(lambda each: each.shape)

    def with_dims(self, change: Callable[[Dims], Dims]) -> Structure:
        """The same components with other static shapes."""
        return Structure(self.nest, tuple(each._replace(dims=change(each.dims)) for each in self.components))


def nested(leaves: Sequence[Structure]) -> Structure:
    """The structure of a tuple of elements."""
    return Structure(
        tuple(each.nest for each in leaves), tuple(part for each in leaves for part in each.components)
    )


def lists_to_tensors(value: Any) -> Any:
    """A nest in which lists are tensors: in `tf.data` only tuples and dicts nest."""
    if isinstance(value, dict):
        return type(value)((key, lists_to_tensors(each)) for key, each in value.items())
    if isinstance(value, tuple):
        parts = [lists_to_tensors(each) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, list):
        return convert_to_tensor(value)
    return value


def of_tensors(nest: Any, tensors: Sequence[Tensor]) -> Structure:
    """The structure of an element that consists of tensors."""
    components = tuple(Component(each.dtype.base_dtype, each._dims) for each in tensors)
    return Structure(packed(nest, [0] * len(components)), components)


def of_types(types: Any, shapes: Any = None) -> Structure:
    """The structure that dtypes, and shapes in the same nest, declare.

    Raises:
        TypeError: If a leaf is no dtype.
        ValueError: If there are more or fewer shapes than dtypes.
    """
    leaves = [as_dtype(each) for each in flat(types)]
    if shapes is None:
        dims: list[Dims] = [None] * len(leaves)
    else:
        dims = [as_dims(each) for each in shapes_like(types, shapes)]
    return Structure(
        packed(types, [0] * len(leaves)),
        tuple(Component(dtype, each) for dtype, each in zip(leaves, dims, strict=True)),
    )


def shapes_like(nest: Any, shapes: Any) -> list[Any]:
    """The shapes that belong to the leaves of a nest. A list is a shape, except for a list in the nest.

    Raises:
        ValueError: If the two are not nested alike.
    """
    if isinstance(nest, dict):
        if not isinstance(shapes, dict) or shapes.keys() != nest.keys():
            raise ValueError(_UNLIKE.format(nest, shapes))
        return [leaf for key in sorted(nest) for leaf in shapes_like(nest[key], shapes[key])]
    if isinstance(nest, (tuple, list)):
        if not isinstance(shapes, (tuple, list)) or len(shapes) != len(nest):
            raise ValueError(_UNLIKE.format(nest, shapes))
        return [leaf for one, other in zip(nest, shapes, strict=True) for leaf in shapes_like(one, other)]
    return [shapes]


_UNLIKE = (
    "The two structures don't have the same nested structure.\n\nFirst structure: {}\n\nSecond structure: {}"
)


def dataset_component(inner: Structure) -> Component:
    """A component that is a dataset."""
    return Component(variant, (), inner)


def leaves_of(value: Any) -> list[Any]:
    """The parts of a nest of tuples and dicts, in order; a list is one part."""
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in leaves_of(value[key])]
    if isinstance(value, tuple):
        return [leaf for each in value for leaf in leaves_of(each)]
    return [value]
