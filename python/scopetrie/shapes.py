"""Shapes of tensors, which may be partly unknown: TensorFlow 1's `Dimension` and `TensorShape`.

Inside the package a shape is a `Dims`: a plain tuple with None for each unknown size, or None for an unknown
rank. Programs see a `TensorShape`.

Example:
    >>> shape = TensorShape([None, 28, 28])
    >>> print(shape)
    (?, 28, 28)
    >>> shape[1].value, shape.as_list(), shape.num_elements()
    (28, [None, 28, 28], None)
    >>> print(shape.merge_with([32, None, None]))
    (32, 28, 28)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, TypeAlias, overload

from .dimension import Dimension, DimensionLike, as_dimension_value
from .public import v1

__all__ = [
    "Dimension",
    "DimensionLike",
    "Dims",
    "ShapeLike",
    "TensorShape",
    "as_dims",
    "as_shape",
    "broadcast_dims",
    "broadcast_static_shape",
    "compatible_dims",
    "dimension_at_index",
    "dimension_value",
]

Dims: TypeAlias = tuple[int | None, ...] | None
# Anything that v1 accepts as a shape: None, a size, an iterable of sizes, a TensorShape, a TensorShapeProto.
ShapeLike: TypeAlias = Any


def compatible_dims(a: Dims, b: Dims) -> bool:
    """Returns whether some array could have both shapes.

    >>> compatible_dims((None, 2), (3, 2)), compatible_dims((3, 2), (2,)), compatible_dims(None, (1,))
    (True, False, True)
    """
    if a is None or b is None:
        return True
    return len(a) == len(b) and all(m is None or n is None or m == n for m, n in zip(a, b, strict=True))


def as_dims(shape: ShapeLike) -> Dims:
    """Converts anything that v1 accepts as a shape to a plain tuple.

    Args:
        shape: None for an unknown rank; one size; an iterable of sizes, each an integer, None or a
            `Dimension`; a `TensorShape`; a TensorShapeProto.

    Returns:
        The sizes, None for the unknown ones; None if the rank is unknown.

    Raises:
        TypeError: If `shape` is no shape.
        ValueError: If a size is negative.

    Example:
        >>> as_dims([2, None]), as_dims(3), as_dims(TensorShape(None))
        ((2, None), (3,), None)
    """
    cls = shape.__class__
    if cls is tuple or cls is list:
        for size in shape:
            # An exact class check, not isinstance: bools and enums take the slow path, which makes them ints.
            if size is not None and (size.__class__ is not int or size < 0):
                return tuple([as_dimension_value(each) for each in shape])
        return tuple(shape)
    if cls is TensorShape:
        return shape._dims  # type: ignore[no-any-return]
    return _convert_dims(shape)


def _convert_dims(shape: ShapeLike) -> Dims:
    if shape is None:
        return None
    if isinstance(shape, TensorShape):
        return shape._dims
    if isinstance(shape, (tuple, list)):
        return tuple([as_dimension_value(size) for size in shape])
    if hasattr(shape, "unknown_rank") and hasattr(shape, "dim"):  # a TensorShapeProto
        return None if shape.unknown_rank else tuple([d.size if d.size != -1 else None for d in shape.dim])
    try:
        sizes = iter(shape)
    except TypeError:
        return (as_dimension_value(shape),)
    dims = []
    for size in sizes:
        try:
            dims.append(as_dimension_value(size))
        except TypeError:
            raise TypeError(
                f"Failed to convert '{shape!r}' to a shape: '{size!r}'could not be converted to a dimension. "
                "A shape should either be single dimension (e.g. 10), or an iterable of dimensions "
                "(e.g. [1, 10, None])."
            ) from None
    return tuple(dims)


@v1("TensorShape")
class TensorShape:
    """The shape of a tensor: fully known, known except for some sizes, or of unknown rank.

    A shape is immutable. `shape[i]` is a `Dimension`, whose `value` may be None; a slice is a shape.

    Args:
        dims: What `as_dims` takes: None, a size, an iterable of sizes, another shape.

    Raises:
        TypeError: If `dims` is no shape.
        ValueError: If a size is negative.

    Example:
        >>> TensorShape([2, None])
        TensorShape([Dimension(2), Dimension(None)])
        >>> TensorShape([2, 3]) == [2, 3]
        True
    """

    # Programs may set attributes, as in v1: the dictionary is made when the first one is set.
    __slots__ = ("__dict__", "_dims")

    _dims: Dims

    def __init__(self, dims: ShapeLike) -> None:
        self._dims = as_dims(dims)

    @property
    def dims(self) -> list[Dimension] | None:
        """The dimensions; None if the rank is unknown."""
        return None if self._dims is None else [Dimension(size) for size in self._dims]

    @property
    def ndims(self) -> int | None:
        """The number of dimensions; None if unknown."""
        return None if self._dims is None else len(self._dims)

    @property
    def rank(self) -> int | None:
        """The number of dimensions; None if unknown."""
        return self.ndims

    def as_list(self) -> list[int | None]:
        """Returns the sizes as a list, None for each unknown one.

        Raises:
            ValueError: If the rank is unknown.
        """
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def num_elements(self) -> int | None:
        """Returns the number of elements of a tensor of this shape; None if it is not fully defined."""
        if self._dims is None:
            return None
        known = [size for size in self._dims if size is not None]
        return math.prod(known) if len(known) == len(self._dims) else None

    def is_fully_defined(self) -> bool:
        """Returns whether the rank and every size are known."""
        return self._dims is not None and None not in self._dims

    def is_compatible_with(self, other: ShapeLike) -> bool:
        """Returns whether some fully defined shape agrees with both this shape and `other`.

        Args:
            other: A shape.

        Example:
            >>> TensorShape([None, 2]).is_compatible_with([1, None])
            True
        """
        dims, others = self._dims, as_dims(other)
        if dims is None or others is None:
            return True
        return len(dims) == len(others) and all(
            a == b or a is None or b is None for a, b in zip(dims, others, strict=True)
        )

    def assert_is_compatible_with(self, other: ShapeLike) -> None:
        """Raises ValueError unless `is_compatible_with(other)`."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def assert_is_fully_defined(self) -> None:
        """Raises ValueError unless `is_fully_defined()`."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def assert_has_rank(self, rank: int) -> None:
        """Raises ValueError if the rank is known and is not `rank`."""
        if self.ndims not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def assert_same_rank(self, other: ShapeLike) -> None:
        """Raises ValueError if the ranks of this shape and `other` are known and differ."""
        others = as_shape(other)
        if self.ndims is not None and others.ndims is not None and self.ndims != others.ndims:
            raise ValueError(f"Shapes {self} and {others} must have the same rank")

    def merge_with(self, other: ShapeLike) -> TensorShape:
        """Returns the shape with every size that this shape or `other` knows.

        Args:
            other: A shape.

        Returns:
            A `TensorShape`.

        Raises:
            ValueError: If the two are not compatible.
        """
        others = as_shape(other)
        if self._dims is None or others._dims is None:
            return others if self._dims is None else self
        if not self.is_compatible_with(others):
            raise ValueError(f"Shapes {self} and {others} are not compatible")
        return TensorShape([b if a is None else a for a, b in zip(self._dims, others._dims, strict=True)])

    def most_specific_compatible_shape(self, other: ShapeLike) -> TensorShape:
        """Returns the shape that keeps the sizes on which both shapes agree; other sizes become unknown.

        Example:
            >>> print(TensorShape([1, 2]).most_specific_compatible_shape([1, 3]))
            (1, ?)
        """
        dims, others = self._dims, as_dims(other)
        if dims is None or others is None or len(dims) != len(others):
            return TensorShape(None)
        return TensorShape([a if a == b else None for a, b in zip(dims, others, strict=True)])

    def concatenate(self, other: ShapeLike) -> TensorShape:
        """Returns the dimensions of this shape followed by those of `other`.

        Args:
            other: A shape.

        Returns:
            A `TensorShape`, of unknown rank if either is.
        """
        others = as_dims(other)
        return TensorShape(None if self._dims is None or others is None else self._dims + others)

    def with_rank(self, rank: int) -> TensorShape:
        """Returns this shape with the rank `rank`.

        Raises:
            ValueError: If the rank is known to be another.
        """
        if self._dims is None:
            return TensorShape((None,) * rank)
        self.assert_has_rank(rank)
        return self

    def with_rank_at_least(self, rank: int) -> TensorShape:
        """Returns this shape.

        Raises:
            ValueError: If the rank is known to be less than `rank`.
        """
        if self.ndims is not None and self.ndims < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        """Returns this shape.

        Raises:
            ValueError: If the rank is known to be greater than `rank`.
        """
        if self.ndims is not None and self.ndims > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def as_proto(self) -> Any:
        """Returns the shape as a TensorShapeProto, with -1 for an unknown size.

        Raises:
            ImportError: If the package's extra `tensorboard` is not installed.
        """
        try:
            from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
        except ImportError as error:
            raise ImportError(
                "TensorShape.as_proto() takes its protos from TensorBoard: "
                "pip install 'scopetrie[tensorboard]'"
            ) from error
        if self._dims is None:
            return TensorShapeProto(unknown_rank=True)
        sizes = [-1 if size is None else size for size in self._dims]
        return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])

    def __len__(self) -> int:
        if self._dims is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._dims)

    def __bool__(self) -> bool:
        # Not the length: the shape of a scalar is empty, but known.
        return self._dims is not None

    def __iter__(self) -> Iterator[Dimension]:
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return map(Dimension, self._dims)

    @overload
    def __getitem__(self, key: int) -> Dimension: ...
    @overload
    def __getitem__(self, key: slice) -> TensorShape: ...
    def __getitem__(self, key: int | slice) -> Dimension | TensorShape:
        if self._dims is None:
            return _slice_of_unknown(key) if isinstance(key, slice) else Dimension(None)
        if isinstance(key, slice):
            return TensorShape(self._dims[key])
        # Indexing a list gives v1's error message for an index out of range.
        return Dimension(list(self._dims)[key])

    def __add__(self, other: ShapeLike) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: ShapeLike) -> TensorShape:
        return TensorShape(other).concatenate(self)

    def __eq__(self, other: object) -> bool:
        try:
            return self._dims == as_dims(other)
        except TypeError:
            return NotImplemented

    def __hash__(self) -> int:
        return hash(self._dims)

    def __str__(self) -> str:
        if self._dims is None:
            return "<unknown>"
        sizes = ["?" if size is None else str(size) for size in self._dims]
        return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"

    def __repr__(self) -> str:
        return f"TensorShape({self.dims!r})"

    def __reduce__(self) -> tuple[type[TensorShape], tuple[Dims]]:
        return TensorShape, (self._dims,)


def _slice_of_unknown(key: slice) -> TensorShape:
    """A slice of a shape of unknown rank; its rank is known if both ends count from the front."""
    if key.step is not None:
        raise ValueError("Steps are not yet handled")
    start = 0 if key.start is None else int(key.start)
    stop = -1 if key.stop is None else int(key.stop)
    if start < 0 or stop < 0:
        return TensorShape(None)
    return TensorShape((None,) * max(stop - start, 0))


def as_shape(shape: ShapeLike) -> TensorShape:
    """Converts anything that v1 accepts as a shape to a `TensorShape`; returns a `TensorShape` unchanged."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def broadcast_dims(x: Dims, y: Dims) -> Dims:
    """Returns the shape that results from broadcasting shapes `x` and `y`.

    Sizes are matched from the last one backwards; a size of 1 stretches. An unknown size is assumed to fit.

    Args:
        x: A shape.
        y: A shape.

    Returns:
        The shape of the result; None (unknown) if either rank is unknown.

    Raises:
        ValueError: If the shapes do not fit.

    Example:
        >>> broadcast_dims((2, 1), (None, 3)), broadcast_dims((5, None), (1,))
        ((2, 3), (5, None))
    """
    if x == y or x is None or y is None:
        return x if y is not None else None
    longer, shorter = (x, y) if len(x) >= len(y) else (y, x)
    dims = list(longer)
    for axis, b in enumerate(shorter, len(longer) - len(shorter)):
        a = dims[axis]
        if a == b or b == 1:
            continue
        if a == 1 or (a is None and b is not None and b > 1):
            dims[axis] = b
        elif a is None or b is None:
            dims[axis] = a if a is not None and a > 1 else None
        else:
            raise ValueError(
                "Incompatible shapes for broadcasting. Two shapes are compatible if for each dimension pair "
                f"they are either equal or one of them is 1. Received: {TensorShape(x)} and {TensorShape(y)}."
            )
    return tuple(dims)


@v1("broadcast_static_shape")
def broadcast_static_shape(shape_x: ShapeLike, shape_y: ShapeLike) -> TensorShape:
    """Returns the shape that results from broadcasting two shapes.

    Args:
        shape_x: A `TensorShape`.
        shape_y: A `TensorShape`.

    Returns:
        A `TensorShape`, of unknown rank if either is.

    Raises:
        ValueError: If the shapes do not fit.

    Example:
        >>> print(broadcast_static_shape(TensorShape([2, 1]), TensorShape([3])))
        (2, 3)
    """
    return TensorShape(broadcast_dims(as_dims(shape_x), as_dims(shape_y)))


@v1("dimension_at_index")
def dimension_at_index(shape: TensorShape, index: int) -> Dimension:
    """Returns the dimension `index` of `shape`, unknown if the rank is.

    Raises:
        IndexError: If the shape has no such dimension.
    """
    return shape[index]


@v1("dimension_value")
def dimension_value(dimension: DimensionLike) -> int | None:
    """Returns the size of a `Dimension`; an integer or None is returned unchanged."""
    if isinstance(dimension, Dimension):
        return dimension.value
    return dimension  # type: ignore[no-any-return]
