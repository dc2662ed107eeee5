"""Keras's poolings."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from ...graph import Tensor
from ...layers import pooling
from ...layers.describe import described
from ...layers.input_spec import InputSpec
from ...ops.math.reduce import reduce_max, reduce_mean
from ...public import v1, whole
from ...shapes import TensorShape
from .base import Layer, known

__all__ = ["MaxPooling2D"]

_RAISES: Final = "ValueError: If an argument is none that it takes; when called, if the rank is another."
_STRIDES: Final = "Steps of the window: an int, or one for each spatial dimension; its sizes by default."


def _windowed(given: dict[str, Any]) -> dict[str, Any]:
    if given["strides"] is None:
        given["strides"] = given["pool_size"]
    return given


@v1("keras.layers.MaxPooling1D", "keras.layers.MaxPool1D")
@described(raises=_RAISES, strides=_STRIDES)
class MaxPooling1D(Layer, pooling.MaxPooling1D):
    """A layer that takes the largest element of each window of sequences `[N, W, C]`."""

    def __init__(
        self, pool_size: Any = 2, strides: Any = None, padding: str = "valid",
        data_format: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        pooling.MaxPooling1D.__init__(self, **_windowed(known(locals())))


@v1("keras.layers.MaxPooling2D", "keras.layers.MaxPool2D")
@described(raises=_RAISES, strides=_STRIDES)
class MaxPooling2D(Layer, pooling.MaxPooling2D):
    """A layer that takes the largest element of each window of images `[N, H, W, C]`.

    >>> import scopetrie as tf
    >>> tf.keras.layers.MaxPooling2D()(tf.zeros([2, 8, 8, 3]))
    <tf.Tensor 'max_pooling2d/MaxPool:0' shape=(2, 4, 4, 3) dtype=float32>
    """

    def __init__(
        self, pool_size: Any = (2, 2), strides: Any = None, padding: str = "valid",
        data_format: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        pooling.MaxPooling2D.__init__(self, **_windowed(known(locals())))


@v1("keras.layers.MaxPooling3D", "keras.layers.MaxPool3D")
@described(raises=_RAISES, strides=_STRIDES)
class MaxPooling3D(Layer, pooling.MaxPooling3D):
    """A layer that takes the largest element of each window of volumes `[N, D, H, W, C]`."""

    def __init__(
        self, pool_size: Any = (2, 2, 2), strides: Any = None, padding: str = "valid",
        data_format: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        pooling.MaxPooling3D.__init__(self, **_windowed(known(locals())))


@v1("keras.layers.AveragePooling1D", "keras.layers.AvgPool1D")
@described(raises=_RAISES, strides=_STRIDES)
class AveragePooling1D(Layer, pooling.AveragePooling1D):
    """A layer that takes the mean of each window of sequences `[N, W, C]`."""

    def __init__(
        self, pool_size: Any = 2, strides: Any = None, padding: str = "valid",
        data_format: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        pooling.AveragePooling1D.__init__(self, **_windowed(known(locals())))


@v1("keras.layers.AveragePooling2D", "keras.layers.AvgPool2D")
@described(raises=_RAISES, strides=_STRIDES)
class AveragePooling2D(Layer, pooling.AveragePooling2D):
    """A layer that takes the mean of each window of images `[N, H, W, C]`."""

    def __init__(
        self, pool_size: Any = (2, 2), strides: Any = None, padding: str = "valid",
        data_format: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        pooling.AveragePooling2D.__init__(self, **_windowed(known(locals())))


@v1("keras.layers.AveragePooling3D", "keras.layers.AvgPool3D")
@described(raises=_RAISES, strides=_STRIDES)
class AveragePooling3D(Layer, pooling.AveragePooling3D):
    """A layer that takes the mean of each window of volumes `[N, D, H, W, C]`."""

    def __init__(
        self, pool_size: Any = (2, 2, 2), strides: Any = None, padding: str = "valid",
        data_format: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        pooling.AveragePooling3D.__init__(self, **_windowed(known(locals())))


class GlobalPooling(Layer):
    """A layer that takes the largest element or the mean of all places; its subclasses say which.

    Args:
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.
    """

    rank: ClassVar[int]
    takes_largest: ClassVar[bool]

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        given = known(locals())
        self.data_format = given.pop("data_format")
        super().__init__(**given)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Pools.

        Args:
            inputs: A tensor `[N, spatial..., C]`, or with channels second.

        Returns:
            A tensor `[N, C]`.
        """
        start = 2 if self.data_format == "channels_first" else 1
        reduce: Any = reduce_max if self.takes_largest else reduce_mean
        made: Tensor = reduce(inputs, axis=list(range(start, start + self.rank)))
        return made

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Returns the shape of the output for a shape of the input.

        Args:
            input_shape: The shape.
        """
        dims = TensorShape(input_shape).as_list()
        return TensorShape([dims[0], dims[1] if self.data_format == "channels_first" else dims[-1]])


@v1("keras.layers.GlobalMaxPooling1D", "keras.layers.GlobalMaxPool1D")
class GlobalMaxPooling1D(GlobalPooling):
    """A layer that takes the largest element of each channel of sequences `[N, W, C]`.

    Args:
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.
    """

    rank = 1
    takes_largest = True


@v1("keras.layers.GlobalMaxPooling2D", "keras.layers.GlobalMaxPool2D")
class GlobalMaxPooling2D(GlobalPooling):
    """A layer that takes the largest element of each channel of images `[N, H, W, C]`.

    Args:
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.
    """

    rank = 2
    takes_largest = True


@v1("keras.layers.GlobalMaxPooling3D", "keras.layers.GlobalMaxPool3D")
class GlobalMaxPooling3D(GlobalPooling):
    """A layer that takes the largest element of each channel of volumes `[N, D, H, W, C]`.

    Args:
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.
    """

    rank = 3
    takes_largest = True


@v1("keras.layers.GlobalAveragePooling1D", "keras.layers.GlobalAvgPool1D")
class GlobalAveragePooling1D(GlobalPooling):
    """A layer that takes the mean of each channel of sequences `[N, W, C]`.

    Args:
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.
    """

    rank = 1
    takes_largest = False


@v1("keras.layers.GlobalAveragePooling2D", "keras.layers.GlobalAvgPool2D")
class GlobalAveragePooling2D(GlobalPooling):
    """A layer that takes the mean of each channel of images `[N, H, W, C]`.

    Args:
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.
    """

    rank = 2
    takes_largest = False


@v1("keras.layers.GlobalAveragePooling3D", "keras.layers.GlobalAvgPool3D")
class GlobalAveragePooling3D(GlobalPooling):
    """A layer that takes the mean of each channel of volumes `[N, D, H, W, C]`.

    Args:
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.
    """

    rank = 3
    takes_largest = False
