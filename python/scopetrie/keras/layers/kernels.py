"""Keras's layers with kernels."""

from __future__ import annotations

from typing import Any, Final

from ...graph import Tensor
from ...initializers import Initializer
from ...layers import conv, matrix, separable, transposed
from ...layers.describe import described
from ...layers.windows import nn_format
from ...ops.nn.windows.conv_depthwise import depthwise_conv2d
from ...public import v1, whole
from .base import Layer, known

__all__ = ["Dense"]

_CALLED: Final = (
    "ValueError: If an argument is none that it takes; when called, if the number of channels is not known."
)
_PADDING: Final = '"valid", or "same" for outputs of the size of the input times the stride.'


@v1("keras.layers.Dense")
@described(raises="ValueError: If `units` is not above 0; when called, if the last size is not known.")
class Dense(Layer, matrix.Dense):
    """A layer that computes activation(inputs x kernel + bias), along the last dimension.

    >>> import scopetrie as tf
    >>> layer = tf.keras.layers.Dense(4, activation="relu", kernel_regularizer="l2")
    >>> layer(tf.zeros([2, 3]))
    <tf.Tensor 'dense/Relu:0' shape=(2, 4) dtype=float32>
    >>> layer.losses, layer.kernel
    ([<tf.Tensor 'dense/kernel/Regularizer/mul:0' ...>], <tf.Variable 'dense/kernel:0' shape=(3, 4) ...>)
    """

    def __init__(
        self, units: Any, activation: Any = None, use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if int(units) <= 0:
            raise ValueError(
                f"Received an invalid value for `units`, expected a positive integer. Received: units={units}"
            )
        matrix.Dense.__init__(self, **known(locals()))


@v1("keras.layers.Conv1D", "keras.layers.Convolution1D")
@described(raises=_CALLED, padding='"valid", "same", or "causal" for outputs that depend on no later input.')
class Conv1D(Layer, conv.Conv1D):
    """A layer that convolves sequences `[N, W, C]`."""

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = 1, activation: Any = None,
        use_bias: bool = True, kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        conv.Conv1D.__init__(self, **known(locals()))


@v1("keras.layers.Conv2D", "keras.layers.Convolution2D")
@described(raises=_CALLED)
class Conv2D(Layer, conv.Conv2D):
    """A layer that convolves images `[N, H, W, C]`.

    >>> import scopetrie as tf
    >>> tf.keras.layers.Conv2D(4, 3, padding="same")(tf.zeros([2, 8, 8, 3]))
    <tf.Tensor 'conv2d/BiasAdd:0' shape=(2, 8, 8, 4) dtype=float32>
    """

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = (1, 1), activation: Any = None,
        use_bias: bool = True, kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        conv.Conv2D.__init__(self, **known(locals()))


@v1("keras.layers.Conv3D", "keras.layers.Convolution3D")
@described(raises=_CALLED)
class Conv3D(Layer, conv.Conv3D):
    """A layer that convolves volumes `[N, D, H, W, C]`."""

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = (1, 1, 1), activation: Any = None,
        use_bias: bool = True, kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        conv.Conv3D.__init__(self, **known(locals()))


@v1("keras.layers.Conv2DTranspose", "keras.layers.Convolution2DTranspose")
@described(raises=_CALLED, padding=_PADDING)
class Conv2DTranspose(Layer, transposed.Conv2DTranspose):
    """A layer that makes images `[N, H, W, C]` larger, by a transposed convolution."""

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        data_format: str | None = None, activation: Any = None,
        use_bias: bool = True, kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        transposed.Conv2DTranspose.__init__(self, **known(locals()))


@v1("keras.layers.Conv3DTranspose", "keras.layers.Convolution3DTranspose")
@described(raises=_CALLED, padding=_PADDING)
class Conv3DTranspose(Layer, transposed.Conv3DTranspose):
    """A layer that makes volumes `[N, D, H, W, C]` larger, by a transposed convolution."""

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
        data_format: str | None = None, activation: Any = None,
        use_bias: bool = True, kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        transposed.Conv3DTranspose.__init__(self, **known(locals()))


@v1("keras.layers.SeparableConv1D", "keras.layers.SeparableConvolution1D")
@described(raises=_CALLED)
class SeparableConv1D(Layer, separable.SeparableConv1D):
    """A layer that convolves each channel of sequences `[N, W, C]` by itself, and then mixes the channels."""

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = 1, depth_multiplier: int = 1,
        activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None, pointwise_regularizer: Any = None, bias_regularizer: Any = None,
        activity_regularizer: Any = None, depthwise_constraint: Any = None,
        pointwise_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        separable.SeparableConv1D.__init__(self, **known(locals()))


@v1("keras.layers.SeparableConv2D", "keras.layers.SeparableConvolution2D")
@described(raises=_CALLED)
class SeparableConv2D(Layer, separable.SeparableConv2D):
    """A layer that convolves each channel of images `[N, H, W, C]` by itself, and then mixes the channels."""

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = (1, 1), depth_multiplier: int = 1,
        activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None, pointwise_regularizer: Any = None, bias_regularizer: Any = None,
        activity_regularizer: Any = None, depthwise_constraint: Any = None,
        pointwise_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        separable.SeparableConv2D.__init__(self, **known(locals()))


@v1("keras.layers.DepthwiseConv2D")
@described(raises=_CALLED)
class DepthwiseConv2D(Layer, conv.Conv2D):
    """A layer that convolves each channel of images `[N, H, W, C]` by filters of its own."""

    def __init__(
        self, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid", depth_multiplier: int = 1,
        data_format: str | None = None, activation: Any = None, use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        depthwise_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        given = known(locals())
        self.depth_multiplier = given.pop("depth_multiplier")
        parts = ("initializer", "regularizer", "constraint")
        first, loss, bound = (given.pop(f"depthwise_{each}") for each in parts)
        conv.Conv2D.__init__(self, self.depth_multiplier, **given)
        self.depthwise_initializer: Initializer = first
        self.depthwise_regularizer, self.depthwise_constraint = loss, bound
        self.depthwise_kernel: Any = None

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the filters and the bias.

        Args:
            input_shape: The shape of the input.

        Raises:
            ValueError: If the number of channels is not known.
        """
        channels = self.channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel", [*self.kernel_size, channels, self.depth_multiplier],
            initializer=self.depthwise_initializer, regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )  # fmt: skip
        self.filters = channels * self.depth_multiplier
        self.add_bias(self.filters)
        self.built = True

    def convolved(self, inputs: Tensor, padding: str) -> Tensor:
        """The convolution of an input with the filters.

        Args:
            inputs: The input.
            padding: "VALID" or "SAME".
        """
        first = self.data_format == "channels_first"
        steps = (1, 1, *self.strides) if first else (1, *self.strides, 1)
        return depthwise_conv2d(
            inputs, self.depthwise_kernel, steps, padding, self.dilation_rate, name="depthwise",
            data_format=nn_format(self.data_format, 4),
        )  # fmt: skip
