"""Datasets of several elements of another one: `batch`, `padded_batch`, `unbatch`, `window`."""

from __future__ import annotations

from typing import Any, Self

from .. import dtypes
from ..graph import Tensor
from ..ops.constant import convert_to_tensor
from ..ops.folding import constant_value
from ..ops.node_text import Dims
from ..public import whole
from ..shapes import as_dims
from . import sources
from .batches import batched, padded, unbatched
from .derived import Derived, bool_tensor, int64_tensor
from .sources import Source
from .structure import Component, Structure, dataset_component, shapes_like


class Batching(Derived):
    """The methods of a dataset that put elements together, or take them apart."""

    @whole
    def batch(
        self,
        batch_size: Any,
        drop_remainder: Any = False,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
    ) -> Self:
        """Stacks consecutive elements.

        Args:
            batch_size: How many.
            drop_remainder: Whether fewer at the end are left out; then the size is known statically.
            num_parallel_calls: Accepted for v1's sake.
            deterministic: Accepted for v1's sake.

        Returns:
            A dataset of the stacks.

        >>> import scopetrie as tf
        >>> dataset = tf.data.Dataset.from_tensor_slices([1.0, 2.0, 3.0]).batch(2)
        >>> element = dataset.make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print(session.run(element), session.run(element))
        [1. 2.] [3.]
        """
        size, drop = int64_tensor(batch_size, "batch_size"), bool_tensor(drop_remainder, "drop_remainder")
        first = _static(size) if constant_value(drop) else None
        made = self._node(
            "BatchDatasetV2", [size, drop], lambda state, source, n, d: batched(source, int(n), bool(d))
        )
        structure = self._structure.with_dims(lambda dims: None if dims is None else (first, *dims))
        return self._like(made._variant_tensor, structure)

    @whole
    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: Any = False,
    ) -> Self:
        """Stacks consecutive elements of different sizes, filled up to one shape.

        Args:
            batch_size: How many.
            padded_shapes: The shapes, in the elements' structure; where one has None, the largest element of
                the batch counts. By default the elements' static shapes.
            padding_values: What fills up, in the elements' structure or one for all; by default 0 or "".
            drop_remainder: Whether fewer at the end are left out.

        Returns:
            A dataset of the stacks.

        Raises:
            ValueError: If the shapes are nested in another way, or do not fit the elements'.
            TypeError: If a padding value has another dtype.

        >>> import scopetrie as tf
        >>> dataset = tf.data.Dataset.range(1, 4).map(lambda x: tf.fill([x], x)).padded_batch(3, [None])
        >>> element = dataset.make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print(session.run(element))
        [[1 0 0]
         [2 2 0]
         [3 3 3]]
        """
        parts = self._structure.components
        shapes = [each.dims for each in parts]
        if padded_shapes is not None:
            given = shapes_like(self._structure.nest, padded_shapes)
            shapes = [_padded_dims(each, part) for each, part in zip(given, parts, strict=True)]
        elif None in shapes:
            raise ValueError(
                "You must provide `padded_shapes` argument because component of unknown rank found."
            )
        size = int64_tensor(batch_size, "batch_size")
        wanted = [
            convert_to_tensor([-1 if n is None else n for n in dims or ()], dtypes.int64) for dims in shapes
        ]
        if padding_values is None or not isinstance(padding_values, (tuple, dict)):
            values: list[Any] = [padding_values] * len(parts)
        else:
            values = shapes_like(self._structure.nest, padding_values)
        fills = [_padding(value, part) for value, part in zip(values, parts, strict=True)]
        drop = bool_tensor(drop_remainder, "drop_remainder")
        count = len(parts)

        def make(state: Any, source: Source, n: Any, *rest: Any) -> Source:
            fill = [each[()] for each in rest[count : 2 * count]]
            return padded(source, int(n), bool(rest[-1]), shapes, fill)

        node = self._node("PaddedBatchDatasetV2", [size, *wanted, *fills, drop], make)
        first = _static(size) if constant_value(drop) else None
        out = tuple(
            part._replace(dims=None if dims is None else (first, *dims))
            for part, dims in zip(parts, shapes, strict=True)
        )
        return self._like(node._variant_tensor, Structure(self._structure.nest, out))

    @whole
    def unbatch(self) -> Self:
        """Takes elements apart into their rows.

        Returns:
            A dataset of the rows.

        Raises:
            ValueError: If a component is a scalar.
        """
        if any(each.dims == () for each in self._structure.components):
            raise ValueError("Cannot unbatch an input with scalar components.")
        node = self._node("UnbatchDataset", [], lambda state, source: unbatched(source))
        return self._like(node._variant_tensor, self._structure.with_dims(lambda dims: dims and dims[1:]))

    @whole
    def window(self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: Any = False) -> Self:
        """Puts consecutive elements into small datasets.

        Args:
            size: The number of elements of one.
            shift: How far the next one begins after it; `size` by default.
            stride: The distance of its elements.
            drop_remainder: Whether smaller ones at the end are left out.

        Returns:
            A dataset whose elements consist of datasets, one for each component.

        >>> import scopetrie as tf
        >>> windows = tf.data.Dataset.range(5).window(3, shift=1, drop_remainder=True)
        >>> element = windows.flat_map(lambda each: each.batch(3)).make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print([session.run(element).tolist() for _ in range(3)])
        [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
        """
        inputs = [
            int64_tensor(size, "size"),
            int64_tensor(size if shift is None else shift, "shift"),
            int64_tensor(stride, "stride"),
            bool_tensor(drop_remainder, "drop_remainder"),
        ]

        def make(state: Any, source: Source, n: Any, by: Any, step: Any, drop: Any) -> Source:
            return sources.windows(source, int(n), int(by), int(step), bool(drop))

        node = self._node("WindowDataset", inputs, make)
        parts = self._structure.components
        inner = tuple(dataset_component(Structure(0, (each,))) for each in parts)
        return self._like(node._variant_tensor, Structure(self._structure.nest, inner))


def _static(size: Tensor) -> int | None:
    value = constant_value(size)
    return None if value is None else int(value)


def _padded_dims(given: Any, part: Component) -> Dims:
    if given is None or isinstance(given, Tensor):
        value = None if given is None else constant_value(given)
        dims: Dims = part.dims if value is None else tuple(None if n == -1 else int(n) for n in value)
    else:
        dims = as_dims(given)
        dims = None if dims is None else tuple(None if n == -1 else n for n in dims)
    if dims is not None and part.dims is not None:
        fits = len(dims) == len(part.dims) and all(
            room is None or size is None or size <= room for size, room in zip(part.dims, dims, strict=True)
        )
        if not fits:
            raise ValueError(
                f"The padded shape {dims} is not compatible with the shape {part.dims} of the corresponding "
                "input component."
            )
    return dims


def _padding(value: Any, part: Component) -> Tensor:
    if value is None:
        value = "" if part.dtype is dtypes.string else 0
    made = convert_to_tensor(value, None if isinstance(value, Tensor) else part.dtype, name="padding_value")
    if made.dtype.base_dtype is not part.dtype:
        raise TypeError(
            f"Invalid `padding_values`. `padding_values` values type {made.dtype.name} does not match type "
            f"{part.dtype.name} of the corresponding input component."
        )
    if made._dims:
        raise ValueError(
            f"Invalid `padding_values`. `padding_values` values should be scalars, but got {made.shape}."
        )
    return made
