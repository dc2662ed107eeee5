"""Convolutions of sequences, images and volumes."""

from __future__ import annotations

from typing import Any

from ..graph import Tensor
from ..public import v1
from .base import ZEROS, applied
from .conv_base import Convolution
from .describe import described

__all__ = ["Conv1D", "Conv2D", "Conv3D", "conv1d", "conv2d", "conv3d"]

_CALLED = (
    "ValueError: If an argument is none that it takes; when called, if the number of channels is not known."
)
_RAISES = "ValueError: If an argument is none that it takes, or a variable cannot be had as asked."


@v1("layers.Conv1D")
@described(raises=_CALLED, padding='"valid", "same", or "causal" for outputs that depend on no later input.')
class Conv1D(Convolution):
    """A layer that convolves sequences `[N, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.Conv1D(4, 3)(tf.zeros([2, 8, 3]))
    <tf.Tensor 'conv1d/BiasAdd:0' shape=(2, 6, 4) dtype=float32>
    """

    rank = 1

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
        data_format: str | None = "channels_last", dilation_rate: Any = 1, activation: Any = None,
        use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = ZEROS,
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True,
        name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint,
            bias_constraint, activity_regularizer=activity_regularizer, trainable=trainable, name=name,
            **kwargs,
        )  # fmt: skip


@v1("layers.conv1d")
@described(
    "A tensor of the input's rank, with `filters` channels.",
    _RAISES,
    padding='"valid", "same", or "causal" for outputs that depend on no later input.',
)
def conv1d(
    inputs: Any, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
    data_format: str | None = "channels_last", dilation_rate: Any = 1, activation: Any = None,
    use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = ZEROS,
    kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
    kernel_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True,
    name: str | None = None, reuse: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves sequences `[N, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.conv1d(tf.zeros([2, 8, 3]), 4, 3, padding="same", activation=tf.nn.relu)
    <tf.Tensor 'conv1d/Relu:0' shape=(2, 8, 4) dtype=float32>
    """
    result: Tensor = applied(Conv1D, locals())
    return result


@v1("layers.Conv2D")
@described(raises=_CALLED)
class Conv2D(Convolution):
    """A layer that convolves images `[N, H, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.Conv2D(4, 3)(tf.zeros([2, 8, 8, 3]))
    <tf.Tensor 'conv2d/BiasAdd:0' shape=(2, 6, 6, 4) dtype=float32>
    """

    rank = 2

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        data_format: str | None = "channels_last", dilation_rate: Any = (1, 1), activation: Any = None,
        use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = ZEROS,
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True,
        name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint,
            bias_constraint, activity_regularizer=activity_regularizer, trainable=trainable, name=name,
            **kwargs,
        )  # fmt: skip


@v1("layers.conv2d")
@described("A tensor of the input's rank, with `filters` channels.", _RAISES)
def conv2d(
    inputs: Any, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
    data_format: str | None = "channels_last", dilation_rate: Any = (1, 1), activation: Any = None,
    use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = ZEROS,
    kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
    kernel_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True,
    name: str | None = None, reuse: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves images `[N, H, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.conv2d(tf.zeros([2, 8, 8, 3]), 4, 3, padding="same", activation=tf.nn.relu)
    <tf.Tensor 'conv2d/Relu:0' shape=(2, 8, 8, 4) dtype=float32>
    """
    result: Tensor = applied(Conv2D, locals())
    return result


@v1("layers.Conv3D")
@described(raises=_CALLED)
class Conv3D(Convolution):
    """A layer that convolves volumes `[N, D, H, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.Conv3D(4, 3)(tf.zeros([2, 8, 8, 8, 3]))
    <tf.Tensor 'conv3d/BiasAdd:0' shape=(2, 6, 6, 6, 4) dtype=float32>
    """

    rank = 3

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
        data_format: str | None = "channels_last", dilation_rate: Any = (1, 1, 1), activation: Any = None,
        use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = ZEROS,
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True,
        name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint,
            bias_constraint, activity_regularizer=activity_regularizer, trainable=trainable, name=name,
            **kwargs,
        )  # fmt: skip


@v1("layers.conv3d")
@described("A tensor of the input's rank, with `filters` channels.", _RAISES)
def conv3d(
    inputs: Any, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
    data_format: str | None = "channels_last", dilation_rate: Any = (1, 1, 1), activation: Any = None,
    use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = ZEROS,
    kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
    kernel_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True,
    name: str | None = None, reuse: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves volumes `[N, D, H, W, C]`.

    >>> import scopetrie as tf
    >>> tf.layers.conv3d(tf.zeros([2, 8, 8, 8, 3]), 4, 3, padding="same", activation=tf.nn.relu)
    <tf.Tensor 'conv3d/Relu:0' shape=(2, 8, 8, 8, 4) dtype=float32>
    """
    result: Tensor = applied(Conv3D, locals())
    return result
