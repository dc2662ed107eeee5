"""Transposed convolutions: they make images and volumes larger."""

from __future__ import annotations

from typing import Any

from ..graph import Tensor
from ..ops.array.join import stack
from ..ops.array.shape import shape as shape_of
from ..ops.nn.windows.conv_transpose import conv2d_transpose as nn_conv2d_transpose
from ..ops.nn.windows.conv_transpose import conv3d_transpose as nn_conv3d_transpose
from ..public import v1, whole
from ..shapes import TensorShape
from .base import ZEROS, applied
from .conv_base import Convolution
from .describe import described
from .input_spec import InputSpec
from .windows import deconvolved_size, nn_format, window_shape

__all__ = ["Conv2DTranspose", "Conv3DTranspose", "conv2d_transpose", "conv3d_transpose"]

_CALLED = (
    "ValueError: If an argument is none that it takes; when called, if the number of channels is not known."
)
_RAISES = "ValueError: If an argument is none that it takes, or a variable cannot be had as asked."


class TransposedConvolution(Convolution):
    """A layer that does the opposite of a convolution as to shapes.

    Args:
        *args: The arguments of `Convolution`.
        **kwargs: The same, by name.

    Raises:
        ValueError: If an argument is none that it takes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias.

        Args:
            input_shape: The shape of the input.

        Raises:
            ValueError: If the number of channels is not known.
        """
        channels = self.channels(input_shape)
        self.add_kernel([*self.kernel_size, self.filters, channels])
        self.add_bias(self.filters)
        self.built = True

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Makes the images larger, and adds the bias.

        Args:
            inputs: A tensor `[N, spatial..., C]`, or with channels second.

        Returns:
            A tensor of the same rank.
        """
        first = self.data_format == "channels_first"
        dims, found = inputs.shape.as_list(), shape_of(inputs)
        batch = found[0]
        start = 2 if first else 1
        spatial = [
            found[start + at] if dims[start + at] is None else dims[start + at] for at in range(self.rank)
        ]
        made = self._sizes(spatial)
        sizes = [batch, self.filters, *made] if first else [batch, *made, self.filters]
        steps = (1, 1, *self.strides) if first else (1, *self.strides, 1)
        convolve: Any = nn_conv2d_transpose if self.rank == 2 else nn_conv3d_transpose
        outputs: Tensor = convolve(
            inputs, self.kernel, stack(sizes), steps, padding=self.padding.upper(),
            data_format=nn_format(self.data_format, self.rank + 2),
        )  # fmt: skip
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return self.finished(self.biased(outputs))

    def _sizes(self, spatial: list[Any]) -> list[Any]:
        return [
            deconvolved_size(size, window, self.padding, stride)
            for size, window, stride in zip(spatial, self.kernel_size, self.strides, strict=True)
        ]

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Returns the shape of the output for a shape of the input.

        Args:
            input_shape: The shape.
        """
        dims = TensorShape(input_shape).as_list()
        spatial = dims[2:] if self.data_format == "channels_first" else dims[1:-1]
        return window_shape(dims, self.data_format, self._sizes(spatial), self.filters)


@v1("layers.Conv2DTranspose")
@described(
    raises=_CALLED, padding='"valid", or "same" for outputs of the size of the input times the stride.'
)
class Conv2DTranspose(TransposedConvolution):
    """A layer that makes images `[N, H, W, C]` larger, by a transposed convolution."""

    rank = 2

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        data_format: str | None = "channels_last", activation: Any = None, use_bias: bool = True,
        kernel_initializer: Any = None, bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
        bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
        bias_constraint: Any = None, trainable: bool = True, name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides, padding, data_format, 1, activation, use_bias,
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint,
            bias_constraint, activity_regularizer=activity_regularizer, trainable=trainable, name=name,
            **kwargs,
        )  # fmt: skip


@v1("layers.conv2d_transpose")
@described(
    "A tensor of the input's rank, with `filters` channels.",
    _RAISES,
    padding='"valid", or "same" for outputs of the size of the input times the stride.',
)
def conv2d_transpose(
    inputs: Any, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
    data_format: str | None = "channels_last", activation: Any = None, use_bias: bool = True,
    kernel_initializer: Any = None, bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
    bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
    bias_constraint: Any = None, trainable: bool = True, name: str | None = None, reuse: Any = None,
) -> Tensor:  # fmt: skip
    """Makes images `[N, H, W, C]` larger, by a transposed convolution.

    >>> import scopetrie as tf
    >>> tf.layers.conv2d_transpose(tf.zeros([2, 8, 8, 3]), 4, 3, strides=2, padding="same").shape.as_list()
    [2, 16, 16, 4]
    """
    result: Tensor = applied(Conv2DTranspose, locals())
    return result


@v1("layers.Conv3DTranspose")
@described(
    raises=_CALLED, padding='"valid", or "same" for outputs of the size of the input times the stride.'
)
class Conv3DTranspose(TransposedConvolution):
    """A layer that makes volumes `[N, D, H, W, C]` larger, by a transposed convolution."""

    rank = 3

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
        data_format: str | None = "channels_last", activation: Any = None, use_bias: bool = True,
        kernel_initializer: Any = None, bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
        bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
        bias_constraint: Any = None, trainable: bool = True, name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides, padding, data_format, 1, activation, use_bias,
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint,
            bias_constraint, activity_regularizer=activity_regularizer, trainable=trainable, name=name,
            **kwargs,
        )  # fmt: skip


@v1("layers.conv3d_transpose")
@described(
    "A tensor of the input's rank, with `filters` channels.",
    _RAISES,
    padding='"valid", or "same" for outputs of the size of the input times the stride.',
)
def conv3d_transpose(
    inputs: Any, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
    data_format: str | None = "channels_last", activation: Any = None, use_bias: bool = True,
    kernel_initializer: Any = None, bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
    bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
    bias_constraint: Any = None, trainable: bool = True, name: str | None = None, reuse: Any = None,
) -> Tensor:  # fmt: skip
    """Makes volumes `[N, D, H, W, C]` larger, by a transposed convolution.

    >>> import scopetrie as tf
    >>> tf.layers.conv3d_transpose(tf.zeros([2, 8, 8, 8, 3]), 4, 3, strides=2, padding="same").shape.as_list()
    [2, 16, 16, 16, 4]
    """
    result: Tensor = applied(Conv3DTranspose, locals())
    return result
