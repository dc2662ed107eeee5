"""Keras's layers that change shapes, and the one that calls a function."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Final

from ...graph import Tensor
from ...layers import stateless
from ...layers.input_spec import InputSpec
from ...ops.array.dims import expand_dims
from ...ops.array.join import stack
from ...ops.array.pad import pad, tile
from ...ops.array.shape import reshape, transpose
from ...ops.array.shape import shape as shape_of
from ...ops.image.resize import resize_bilinear, resize_nearest_neighbor
from ...public import v1, whole
from ...shapes import TensorShape
from .base import Layer, known

__all__ = ["Flatten", "Lambda", "Permute", "RepeatVector", "Reshape"]

_FORMAT: Final = "channels_first"


@v1("keras.layers.Flatten")
class Flatten(Layer, stateless.Flatten):
    """A layer that makes a row of each example.

    Args:
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.

    >>> import scopetrie as tf
    >>> tf.keras.layers.Flatten()(tf.zeros([2, 8, 3]))
    <tf.Tensor 'flatten/Reshape:0' shape=(2, 24) dtype=float32>
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        stateless.Flatten.__init__(self, **known(locals()))


@v1("keras.layers.Reshape")
class Reshape(Layer):
    """A layer that reshapes each example.

    Args:
        target_shape: The shape of an example, with -1 for one size that follows.
        **kwargs: More arguments of `Layer`.

    Raises:
        ValueError: When called, if an example has another number of elements.

    >>> import scopetrie as tf
    >>> tf.keras.layers.Reshape([4, -1])(tf.placeholder(tf.float32, [None, 8, 3])).shape.as_list()
    [None, 4, 6]
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Reshapes.

        Args:
            inputs: A tensor `[N, ...]`.
        """
        made = reshape(inputs, stack([shape_of(inputs)[0], *self.target_shape]))
        made.set_shape(self.compute_output_shape(inputs.shape))
        return made

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Returns the shape of the output for a shape of the input.

        Args:
            input_shape: The shape.

        Raises:
            ValueError: If an example has another number of elements.
        """
        dims = TensorShape(input_shape).as_list()
        if None in dims[1:]:
            return TensorShape([dims[0], *(None if each == -1 else each for each in self.target_shape)])
        size = math.prod(each or 0 for each in dims[1:])
        rest = math.prod(each for each in self.target_shape if each != -1)
        is_open = -1 in self.target_shape
        if size % max(rest, 1) if is_open else size != rest:
            raise ValueError(
                f"total size of new array must be unchanged, input_shape = {dims[1:]}, output_shape = "
                f"{list(self.target_shape)}"
            )
        return TensorShape([dims[0], *(size // rest if each == -1 else each for each in self.target_shape)])


@v1("keras.layers.Permute")
class Permute(Layer):
    """A layer that orders the dimensions of each example anew.

    Args:
        dims: The old dimensions, counted from 1, in their new order.
        **kwargs: More arguments of `Layer`.

    Raises:
        ValueError: If one is missing.
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                "Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must be "
                f"consecutive and start from 1. Received dims={self.dims}"
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Transposes.

        Args:
            inputs: A tensor `[N, ...]`.
        """
        return transpose(inputs, (0, *self.dims))


@v1("keras.layers.RepeatVector")
class RepeatVector(Layer):
    """A layer that repeats rows: `[N, n, size]` of `[N, size]`.

    Args:
        n: How often.
        **kwargs: More arguments of `Layer`.
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = n
        self.input_spec = InputSpec(ndim=2)

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Repeats.

        Args:
            inputs: A tensor `[N, size]`.
        """
        return tile(expand_dims(inputs, 1), stack([1, self.n, 1]))


@v1("keras.layers.Lambda")
class Lambda(Layer):
    """A layer that calls a function; variables that the function makes are not the layer's.

    Args:
        function: The function of the inputs.
        output_shape: Accepted for v1's sake.
        mask: Accepted for v1's sake.
        arguments: More arguments of the function, by name.
        **kwargs: More arguments of `Layer`.

    >>> import scopetrie as tf
    >>> tf.keras.layers.Lambda(lambda x: x + 1)(tf.zeros([2]))
    <tf.Tensor 'lambda/add:0' shape=(2,) dtype=float32>
    """

    def __init__(
        self, function: Any, output_shape: Any = None, mask: Any = None, arguments: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.function, self.output_shape, self.mask = function, output_shape, mask
        self.arguments = dict(arguments or {})

    @whole
    def call(self, inputs: Any) -> Any:
        """Calls the function.

        Args:
            inputs: A tensor, or a structure of tensors.
        """
        return self.function(inputs, **self.arguments)


class Edges(Layer):
    """A layer that adds zeros around examples, or cuts edges off; its subclasses say which, and of what."""

    rank: ClassVar[int]
    cuts: ClassVar[bool]
    _word: ClassVar[str]

    def __init__(self, edges: Any, data_format: str | None = None, **kwargs: Any) -> None:
        given = known(locals())
        self.data_format = given.pop("data_format")
        edges = given.pop("edges")
        super().__init__(**given)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.edges = self._pairs(edges)

    def _pairs(self, edges: Any) -> list[tuple[int, int]]:
        if isinstance(edges, int):
            return [(edges, edges)] * self.rank
        if self.rank == 1:
            edges = [edges]
        found = [(each, each) if isinstance(each, int) else tuple(each) for each in edges]
        if len(found) != self.rank or any(len(each) != 2 for each in found):
            raise ValueError(
                f"`{self._word}` should be an int, {self.rank} ints, or {self.rank} pairs of ints (before, "
                f"after). Received: {edges}."
            )
        return found

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Adds zeros, or cuts.

        Args:
            inputs: A tensor `[N, spatial..., C]`, or with channels second.
        """
        start = 2 if self.data_format == _FORMAT else 1
        if not self.cuts:
            pairs = [(0, 0)] * (self.rank + 2)
            pairs[start : start + self.rank] = self.edges
            return pad(inputs, pairs)
        key: list[Any] = [slice(None)] * (self.rank + 2)
        key[start : start + self.rank] = [slice(a, -b if b else None) for a, b in self.edges]
        made: Tensor = inputs[tuple(key)]
        return made


@v1("keras.layers.ZeroPadding1D")
class ZeroPadding1D(Edges):
    """A layer that adds zeros before and after sequences `[N, W, C]`.

    Args:
        padding: How many: an int, or two.
        **kwargs: More arguments of `Layer`.
    """

    rank, cuts, _word = 1, False, "padding"

    def __init__(self, padding: Any = 1, **kwargs: Any) -> None:
        self.padding = padding
        super().__init__(padding, "channels_last", **kwargs)


@v1("keras.layers.ZeroPadding2D")
class ZeroPadding2D(Edges):
    """A layer that adds zeros around images `[N, H, W, C]`.

    Args:
        padding: How many: an int, one for each spatial dimension, or two for each.
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.

    >>> import scopetrie as tf
    >>> tf.keras.layers.ZeroPadding2D(((1, 2), 0))(tf.zeros([2, 8, 8, 3])).shape.as_list()
    [2, 11, 8, 3]
    """

    rank, cuts, _word = 2, False, "padding"

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any) -> None:
        self.padding = padding
        super().__init__(padding, data_format, **kwargs)


@v1("keras.layers.Cropping1D")
class Cropping1D(Edges):
    """A layer that cuts the ends of sequences `[N, W, C]` off.

    Args:
        cropping: How much: an int, or two.
        **kwargs: More arguments of `Layer`.
    """

    rank, cuts, _word = 1, True, "cropping"

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        self.cropping = cropping
        super().__init__(cropping, "channels_last", **kwargs)


@v1("keras.layers.Cropping2D")
class Cropping2D(Edges):
    """A layer that cuts the edges of images `[N, H, W, C]` off.

    Args:
        cropping: How much: an int, one for each spatial dimension, or two for each.
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.
    """

    rank, cuts, _word = 2, True, "cropping"

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any
    ) -> None:
        self.cropping = cropping
        super().__init__(cropping, data_format, **kwargs)


@v1("keras.layers.UpSampling1D")
class UpSampling1D(Layer):
    """A layer that repeats each step of sequences `[N, W, C]`.

    Args:
        size: How often.
        **kwargs: More arguments of `Layer`.
    """

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = int(size)
        self.input_spec = InputSpec(ndim=3)

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Repeats.

        Args:
            inputs: A tensor `[N, W, C]`.
        """
        steps, channels = inputs.shape.as_list()[1:]
        many = tile(expand_dims(inputs, 2), [1, 1, self.size, 1])
        found = shape_of(inputs)
        made = reshape(many, stack([found[0], found[1] * self.size, found[2]]))
        made.set_shape([inputs.shape[0].value, None if steps is None else steps * self.size, channels])
        return made


@v1("keras.layers.UpSampling2D")
class UpSampling2D(Layer):
    """A layer that makes images `[N, H, W, C]` larger.

    Args:
        size: How many times: an int, or one for height and one for width.
        data_format: "channels_last" or "channels_first".
        interpolation: "nearest" or "bilinear".
        **kwargs: More arguments of `Layer`.

    Raises:
        ValueError: If there is no such interpolation.

    >>> import scopetrie as tf
    >>> tf.keras.layers.UpSampling2D()(tf.zeros([2, 8, 8, 3])).shape.as_list()
    [2, 16, 16, 3]
    """

    def __init__(
        self, size: Any = (2, 2), data_format: str | None = None, interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        given = known(locals())
        self.size = (size, size) if isinstance(size, int) else tuple(size)
        self.data_format, self.interpolation = given["data_format"], interpolation
        if interpolation not in ("nearest", "bilinear"):
            raise ValueError(
                '`interpolation` argument should be one of `"nearest"` or `"bilinear"`. Received: '
                f'"{interpolation}".'
            )
        super().__init__(**kwargs)
        self.input_spec = InputSpec(ndim=4)

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Makes the images larger.

        Args:
            inputs: A tensor `[N, H, W, C]`, or with channels second.
        """
        first = self.data_format == _FORMAT
        images = transpose(inputs, (0, 2, 3, 1)) if first else inputs
        found, dims = shape_of(images), images.shape.as_list()
        resize: Any = resize_nearest_neighbor if self.interpolation == "nearest" else resize_bilinear
        sizes = stack([found[1] * self.size[0], found[2] * self.size[1]])
        made: Tensor = resize(images, sizes, half_pixel_centers=True)
        known_sizes = [
            None if own is None else own * times for own, times in zip(dims[1:3], self.size, strict=True)
        ]
        made.set_shape([dims[0], *known_sizes, dims[3]])
        return transpose(made, (0, 3, 1, 2)) if first else made
