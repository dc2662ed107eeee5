"""Separable convolutions: one filter for each channel, then one across channels."""

from __future__ import annotations

from typing import Any

from ..graph import Tensor
from ..initializers import get as get_initializer
from ..ops.array.dims import expand_dims, squeeze
from ..ops.nn.activation import bias_add
from ..ops.nn.windows.conv_depthwise import separable_conv2d as nn_separable_conv2d
from ..public import v1, whole
from .base import ZEROS, applied
from .conv_base import Convolution
from .describe import described
from .windows import nn_format

__all__ = ["SeparableConv1D", "SeparableConv2D", "separable_conv1d", "separable_conv2d"]

_CALLED = (
    "ValueError: If an argument is none that it takes; when called, if the number of channels is not known."
)
_RAISES = "ValueError: If an argument is none that it takes, or a variable cannot be had as asked."


class SeparableConvolution(Convolution):
    """A layer that convolves each channel by itself, and then mixes the channels.

    Args:
        *args: The arguments of `Convolution` that do not concern a kernel.
        depth_multiplier: How many outputs the first step has for each input channel.
        depthwise: Initializer, regularizer and constraint of the filter of each channel.
        pointwise: The same of the filter across channels.
        **kwargs: More arguments of `Convolution`.

    Raises:
        ValueError: If an argument is none that it takes.
    """

    def __init__(
        self, *args: Any, depth_multiplier: int, depthwise: tuple[Any, Any, Any],
        pointwise: tuple[Any, Any, Any], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = get_initializer(depthwise[0])
        self.depthwise_regularizer, self.depthwise_constraint = depthwise[1:]
        self.pointwise_initializer = get_initializer(pointwise[0])
        self.pointwise_regularizer, self.pointwise_constraint = pointwise[1:]
        self.depthwise_kernel: Any = None
        self.pointwise_kernel: Any = None

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the two filters and the bias.

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
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel", [*(1,) * self.rank, channels * self.depth_multiplier, self.filters],
            initializer=self.pointwise_initializer, regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )  # fmt: skip
        self.add_bias(self.filters)
        self.built = True

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Convolves, and adds the bias.

        Args:
            inputs: A tensor `[N, spatial..., C]`, or with channels second.

        Returns:
            A tensor of the same rank.
        """
        depthwise, pointwise, steps, gaps = (
            self.depthwise_kernel, self.pointwise_kernel, self.strides, self.dilation_rate,
        )  # fmt: skip
        first = self.data_format == "channels_first"
        if self.rank == 1:
            at = 2 if first else 1
            inputs = expand_dims(inputs, at)
            depthwise, pointwise = expand_dims(depthwise, 0), expand_dims(pointwise, 0)
            steps, gaps = steps * 2, (1, *gaps)
        order = nn_format(self.data_format, 4)
        outputs = nn_separable_conv2d(
            inputs, depthwise, pointwise, (1, 1, *steps) if first else (1, *steps, 1), self.padding.upper(),
            rate=gaps, data_format=order,
        )  # fmt: skip
        if self.use_bias:
            outputs = bias_add(outputs, self.bias, data_format=order)
        return self.finished(squeeze(outputs, [at]) if self.rank == 1 else outputs)


@v1("layers.SeparableConv1D")
@described(raises=_CALLED)
class SeparableConv1D(SeparableConvolution):
    """A layer that convolves each channel of sequences `[N, W, C]` by itself, and then mixes the channels."""

    rank = 1

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
        data_format: str | None = "channels_last", dilation_rate: Any = 1, depth_multiplier: int = 1,
        activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = None,
        pointwise_initializer: Any = None, bias_initializer: Any = ZEROS, depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        depthwise_constraint: Any = None, pointwise_constraint: Any = None, bias_constraint: Any = None,
        trainable: bool = True, name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            bias_initializer=bias_initializer, bias_regularizer=bias_regularizer,
            bias_constraint=bias_constraint, activity_regularizer=activity_regularizer, trainable=trainable,
            name=name, depth_multiplier=depth_multiplier,
            depthwise=(depthwise_initializer, depthwise_regularizer, depthwise_constraint),
            pointwise=(pointwise_initializer, pointwise_regularizer, pointwise_constraint), **kwargs,
        )  # fmt: skip


@v1("layers.separable_conv1d")
@described("A tensor of the input's rank, with `filters` channels.", _RAISES)
def separable_conv1d(
    inputs: Any, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
    data_format: str | None = "channels_last", dilation_rate: Any = 1, depth_multiplier: int = 1,
    activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = None,
    pointwise_initializer: Any = None, bias_initializer: Any = ZEROS, depthwise_regularizer: Any = None,
    pointwise_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
    depthwise_constraint: Any = None, pointwise_constraint: Any = None, bias_constraint: Any = None,
    trainable: bool = True, name: str | None = None, reuse: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves each channel of sequences `[N, W, C]` by itself, and then mixes the channels.

    >>> import scopetrie as tf
    >>> tf.layers.separable_conv1d(tf.zeros([2, 8, 3]), 4, 3, padding="same").shape.as_list()
    [2, 8, 4]
    """
    result: Tensor = applied(SeparableConv1D, locals())
    return result


@v1("layers.SeparableConv2D")
@described(raises=_CALLED)
class SeparableConv2D(SeparableConvolution):
    """A layer that convolves each channel of images `[N, H, W, C]` by itself, and then mixes the channels."""

    rank = 2

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        data_format: str | None = "channels_last", dilation_rate: Any = (1, 1), depth_multiplier: int = 1,
        activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = None,
        pointwise_initializer: Any = None, bias_initializer: Any = ZEROS, depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        depthwise_constraint: Any = None, pointwise_constraint: Any = None, bias_constraint: Any = None,
        trainable: bool = True, name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            bias_initializer=bias_initializer, bias_regularizer=bias_regularizer,
            bias_constraint=bias_constraint, activity_regularizer=activity_regularizer, trainable=trainable,
            name=name, depth_multiplier=depth_multiplier,
            depthwise=(depthwise_initializer, depthwise_regularizer, depthwise_constraint),
            pointwise=(pointwise_initializer, pointwise_regularizer, pointwise_constraint), **kwargs,
        )  # fmt: skip


@v1("layers.separable_conv2d")
@described("A tensor of the input's rank, with `filters` channels.", _RAISES)
def separable_conv2d(
    inputs: Any, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
    data_format: str | None = "channels_last", dilation_rate: Any = (1, 1), depth_multiplier: int = 1,
    activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = None,
    pointwise_initializer: Any = None, bias_initializer: Any = ZEROS, depthwise_regularizer: Any = None,
    pointwise_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
    depthwise_constraint: Any = None, pointwise_constraint: Any = None, bias_constraint: Any = None,
    trainable: bool = True, name: str | None = None, reuse: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves each channel of images `[N, H, W, C]` by itself, and then mixes the channels.

    >>> import scopetrie as tf
    >>> tf.layers.separable_conv2d(tf.zeros([2, 8, 8, 3]), 4, 3, padding="same").shape.as_list()
    [2, 8, 8, 4]
    """
    result: Tensor = applied(SeparableConv2D, locals())
    return result
