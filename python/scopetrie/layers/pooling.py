"""Poolings of sequences, images and volumes."""

from __future__ import annotations

from typing import Any, ClassVar

from ..graph import Tensor
from ..ops.array.dims import expand_dims, squeeze
from ..ops.array.shape import transpose
from ..ops.nn.windows.pool import avg_pool, avg_pool3d, max_pool, max_pool3d
from ..public import v1, whole
from ..shapes import TensorShape
from .base import Layer, applied
from .describe import described
from .input_spec import InputSpec
from .windows import checked_format, checked_padding, nn_format, sizes, window_shape, windowed_size

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "average_pooling1d",
    "average_pooling2d",
    "average_pooling3d",
    "max_pooling1d",
    "max_pooling2d",
    "max_pooling3d",
]

_RAISES = "ValueError: If an argument is none that it takes, or the input is of another rank."
# Poolings of volumes have their channels last.
_TO_LAST = (0, 2, 3, 4, 1)
_TO_FIRST = (0, 4, 1, 2, 3)


class Pooling(Layer):
    """A layer that takes the largest element, or the mean, of each window; its subclasses say which.

    Args:
        pool_size: Sizes of the window.
        strides: Steps of the window.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first".
        name: The name of the layer's scope.
        **kwargs: More arguments of `Layer`.

    Raises:
        ValueError: If an argument is none that it takes.
    """

    rank: ClassVar[int]
    takes_largest: ClassVar[bool]

    def __init__(
        self, pool_size: Any, strides: Any, padding: str = "valid",
        data_format: str | None = "channels_last", name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name=name, **kwargs)
        if strides is None:
            raise ValueError("Argument `strides` must not be None.")
        self.pool_size = sizes(pool_size, self.rank, "pool_size")
        self.strides = sizes(strides, self.rank, "strides")
        self.padding = checked_padding(padding)
        self.data_format = checked_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Pools.

        Args:
            inputs: A tensor `[N, spatial..., C]`, or with channels second.

        Returns:
            A tensor of the same rank.
        """
        window, steps = self.pool_size, self.strides
        first = self.data_format == "channels_first"
        if self.rank == 3:
            pool: Any = max_pool3d if self.takes_largest else avg_pool3d
            volumes = transpose(inputs, _TO_LAST) if first else inputs
            made: Tensor = pool(volumes, (1, *window, 1), (1, *steps, 1), self.padding.upper())
            return transpose(made, _TO_FIRST) if first else made
        pool = max_pool if self.takes_largest else avg_pool
        if self.rank == 1:
            at = 3 if first else 2
            window, steps = (*window, 1), (*steps, 1)
            inputs = expand_dims(inputs, at)
        order = nn_format(self.data_format, 4)
        spread = [(1, 1, *each) if first else (1, *each, 1) for each in (window, steps)]
        made = pool(inputs, *spread, self.padding.upper(), data_format=order)
        return squeeze(made, [at]) if self.rank == 1 else made

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Returns the shape of the output for a shape of the input.

        Args:
            input_shape: The shape.
        """
        dims = TensorShape(input_shape).as_list()
        first = self.data_format == "channels_first"
        spatial, channels = (dims[2:], dims[1]) if first else (dims[1:-1], dims[-1])
        made = [
            windowed_size(size, window, self.padding, stride)
            for size, window, stride in zip(spatial, self.pool_size, self.strides, strict=True)
        ]
        return window_shape(dims, self.data_format, made, channels)


@v1("layers.MaxPooling1D")
@described(raises=_RAISES)
class MaxPooling1D(Pooling):
    """A layer that takes the largest element of each window of sequences `[N, W, C]`."""

    rank = 1
    takes_largest = True


@v1("layers.max_pooling1d")
@described("A tensor of the input's rank.", _RAISES)
def max_pooling1d(
    inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
    data_format: str | None = "channels_last", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Takes the largest element of each window of sequences `[N, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.max_pooling1d(tf.zeros([2, 8, 3]), 2, 2)
    <tf.Tensor 'max_pooling1d/Squeeze:0' shape=(2, 4, 3) dtype=float32>
    """
    result: Tensor = applied(MaxPooling1D, locals())
    return result


@v1("layers.MaxPooling2D")
@described(raises=_RAISES)
class MaxPooling2D(Pooling):
    """A layer that takes the largest element of each window of images `[N, H, W, C]`."""

    rank = 2
    takes_largest = True


@v1("layers.max_pooling2d")
@described("A tensor of the input's rank.", _RAISES)
def max_pooling2d(
    inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
    data_format: str | None = "channels_last", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Takes the largest element of each window of images `[N, H, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.max_pooling2d(tf.zeros([2, 8, 8, 3]), 2, 2)
    <tf.Tensor 'max_pooling2d/MaxPool:0' shape=(2, 4, 4, 3) dtype=float32>
    """
    result: Tensor = applied(MaxPooling2D, locals())
    return result


@v1("layers.MaxPooling3D")
@described(raises=_RAISES)
class MaxPooling3D(Pooling):
    """A layer that takes the largest element of each window of volumes `[N, D, H, W, C]`."""

    rank = 3
    takes_largest = True


@v1("layers.max_pooling3d")
@described("A tensor of the input's rank.", _RAISES)
def max_pooling3d(
    inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
    data_format: str | None = "channels_last", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Takes the largest element of each window of volumes `[N, D, H, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.max_pooling3d(tf.zeros([2, 8, 8, 8, 3]), 2, 2)
    <tf.Tensor 'max_pooling3d/MaxPool3D:0' shape=(2, 4, 4, 4, 3) dtype=float32>
    """
    result: Tensor = applied(MaxPooling3D, locals())
    return result


@v1("layers.AveragePooling1D")
@described(raises=_RAISES)
class AveragePooling1D(Pooling):
    """A layer that takes the mean of each window of sequences `[N, W, C]`."""

    rank = 1
    takes_largest = False


@v1("layers.average_pooling1d")
@described("A tensor of the input's rank.", _RAISES)
def average_pooling1d(
    inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
    data_format: str | None = "channels_last", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Takes the mean of each window of sequences `[N, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.average_pooling1d(tf.zeros([2, 8, 3]), 2, 2)
    <tf.Tensor 'average_pooling1d/Squeeze:0' shape=(2, 4, 3) dtype=float32>
    """
    result: Tensor = applied(AveragePooling1D, locals())
    return result


@v1("layers.AveragePooling2D")
@described(raises=_RAISES)
class AveragePooling2D(Pooling):
    """A layer that takes the mean of each window of images `[N, H, W, C]`."""

    rank = 2
    takes_largest = False


@v1("layers.average_pooling2d")
@described("A tensor of the input's rank.", _RAISES)
def average_pooling2d(
    inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
    data_format: str | None = "channels_last", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Takes the mean of each window of images `[N, H, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.average_pooling2d(tf.zeros([2, 8, 8, 3]), 2, 2)
    <tf.Tensor 'average_pooling2d/AvgPool:0' shape=(2, 4, 4, 3) dtype=float32>
    """
    result: Tensor = applied(AveragePooling2D, locals())
    return result


@v1("layers.AveragePooling3D")
@described(raises=_RAISES)
class AveragePooling3D(Pooling):
    """A layer that takes the mean of each window of volumes `[N, D, H, W, C]`."""

    rank = 3
    takes_largest = False


@v1("layers.average_pooling3d")
@described("A tensor of the input's rank.", _RAISES)
def average_pooling3d(
    inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
    data_format: str | None = "channels_last", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Takes the mean of each window of volumes `[N, D, H, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.average_pooling3d(tf.zeros([2, 8, 8, 8, 3]), 2, 2)
    <tf.Tensor 'average_pooling3d/AvgPool3D:0' shape=(2, 4, 4, 4, 3) dtype=float32>
    """
    result: Tensor = applied(AveragePooling3D, locals())
    return result
