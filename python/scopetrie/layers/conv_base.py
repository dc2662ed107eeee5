"""What convolutions of sequences, images and volumes have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from ..graph import Tensor
from ..ops.array.pad import pad
from ..ops.array.shape import reshape
from ..ops.elementwise.arithmetic import add
from ..ops.nn.activation import bias_add
from ..ops.nn.windows.conv import conv1d, conv2d, conv3d
from ..ops.nn.windows.conv_any import convolution
from ..public import whole
from ..shapes import TensorShape
from .base import ZEROS
from .input_spec import InputSpec
from .kernel_layer import KernelLayer
from .windows import (
    channel_axis,
    checked_format,
    checked_padding,
    nn_format,
    sizes,
    window_shape,
    windowed_size,
)

__all__ = ["Convolution"]


class Convolution(KernelLayer):
    """A layer that convolves; its subclasses say along how many dimensions.

    Args:
        filters: How many output channels there are.
        kernel_size: Sizes of the window.
        strides: Steps of the window.
        padding: "valid", "same", or "causal" for sequences.
        data_format: "channels_last" or "channels_first".
        dilation_rate: Distances between the filter's entries.
        activation: A function of the result, or None.
        use_bias: Whether a bias is added.
        kernel_initializer: The first value of the kernel.
        bias_initializer: The first value of the bias.
        kernel_regularizer: A function of the kernel that gives a loss, or None.
        bias_regularizer: A function of the bias that gives a loss, or None.
        kernel_constraint: A function that an optimizer applies to the kernel after an update.
        bias_constraint: A function that an optimizer applies to the bias after an update.
        **kwargs: The arguments of `Layer`.

    Raises:
        ValueError: If an argument is none that it takes.
    """

    rank: ClassVar[int]

    def __init__(
        self, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
        data_format: str | None = "channels_last", dilation_rate: Any = 1, activation: Any = None,
        use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = ZEROS,
        kernel_regularizer: Any = None, bias_regularizer: Any = None, kernel_constraint: Any = None,
        bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.filters = int(filters)
        if self.filters <= 0:
            raise ValueError(
                "Invalid value for argument `filters`. Expected a strictly positive value. Received "
                f"filters={self.filters}."
            )
        self.kernel_size = sizes(kernel_size, self.rank, "kernel_size")
        self.strides = sizes(strides, self.rank, "strides")
        self.padding = checked_padding(padding, causal=self.rank == 1)
        self.data_format = checked_format(data_format)
        self.dilation_rate = sizes(dilation_rate, self.rank, "dilation_rate")
        self.keep_arguments(
            activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            kernel_constraint, bias_constraint,
        )  # fmt: skip
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
                f"strides={self.strides} and dilation_rate={self.dilation_rate}"
            )
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def channels(self, input_shape: Any) -> int:
        """The number of channels of an input, which is expected of later ones.

        Args:
            input_shape: The shape of the input.

        Raises:
            ValueError: If it is not known.
        """
        shape = TensorShape(input_shape)
        axis = channel_axis(self.data_format)
        found = shape[axis].value if shape.ndims is not None else None
        if found is None:
            raise ValueError(
                "The channel dimension of the inputs should be defined. The input_shape received is "
                f"{shape}, where axis {axis} (0-based) is the channel dimension, which found to be `None`."
            )
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={axis: found})
        size: int = found
        return size

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias.

        Args:
            input_shape: The shape of the input.

        Raises:
            ValueError: If the number of channels is not known.
        """
        self.add_kernel([*self.kernel_size, self.channels(input_shape), self.filters])
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
        padding = self.padding
        if padding == "causal":
            padding = "valid"
            before = (self.kernel_size[0] - 1) * self.dilation_rate[0]
            edges = [[0, 0], [before, 0], [0, 0]]
            inputs = pad(inputs, edges if self.data_format == "channels_last" else [edges[0], *edges[:0:-1]])
        outputs = self.convolved(inputs, padding.upper())
        return self.finished(self.biased(outputs))

    def convolved(self, inputs: Tensor, padding: str) -> Tensor:
        """The convolution of an input with the kernel.

        Args:
            inputs: The input.
            padding: "VALID" or "SAME".
        """
        order, name = nn_format(self.data_format, self.rank + 2), f"Conv{self.rank}D"
        if max(self.dilation_rate) > 1:
            return convolution(
                inputs, self.kernel, padding, self.strides, self.dilation_rate, name=name, data_format=order
            )
        if self.rank == 1:
            return conv1d(inputs, self.kernel, self.strides[0], padding, data_format=order, name=name)
        convolve: Any = conv2d if self.rank == 2 else conv3d
        steps = (1, *self.strides, 1) if self.data_format == "channels_last" else (1, 1, *self.strides)
        made: Tensor = convolve(inputs, self.kernel, steps, padding, data_format=order, name=name)
        return made

    def biased(self, outputs: Tensor) -> Tensor:
        """Outputs with the bias added, if there is one.

        Args:
            outputs: The outputs.
        """
        if not self.use_bias:
            return outputs
        if self.data_format == "channels_first" and self.rank == 1:
            return add(outputs, reshape(self.bias, (1, self.filters, 1)), name="add")
        return bias_add(outputs, self.bias, data_format=nn_format(self.data_format, self.rank + 2))

    def finished(self, outputs: Tensor) -> Tensor:
        """Outputs after the activation, if there is one.

        Args:
            outputs: The outputs.
        """
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Returns the shape of the output for a shape of the input.

        Args:
            input_shape: The shape.
        """
        dims = TensorShape(input_shape).as_list()
        spatial = dims[2:] if self.data_format == "channels_first" else dims[1:-1]
        made = [
            windowed_size(size, window, self.padding, stride, gap)
            for size, window, stride, gap in zip(
                spatial, self.kernel_size, self.strides, self.dilation_rate, strict=True
            )
        ]
        return window_shape(dims, self.data_format, made, self.filters)
