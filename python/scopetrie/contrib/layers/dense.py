"""Layers of matrices and convolutions, as contrib calls them."""

from __future__ import annotations

from typing import Any, Final

from ...graph import Tensor
from ...initializers import zeros_initializer
from ...layers.conv import Conv1D, Conv2D, Conv3D
from ...layers.matrix import Dense
from ...layers.separable import SeparableConv2D
from ...layers.transposed import Conv2DTranspose, Conv3DTranspose
from ...layers.windows import sizes
from ...ops.constant import convert_to_tensor
from ...ops.nn.activation import bias_add as nn_bias_add
from ...ops.nn.activation import relu
from ...ops.nn.windows.conv_depthwise import depthwise_conv2d
from ...public import v1
from ..framework.kept import model_variable
from ..framework.scopes_of_arguments import add_arg_scope
from .describe import described
from .initializers import xavier_initializer
from .model_scope import KERNEL_NAMES, collected, layer_scope

XAVIER: Final = xavier_initializer()
ZEROS: Final = zeros_initializer()
_RETURNS: Final = "The result."
_RAISES: Final = "ValueError: If an argument is none that it takes, or a variable cannot be had as asked."


def finished(outputs: Tensor, normalizer: Any, parameters: Any, activation: Any) -> Tensor:
    """Outputs after normalization and activation."""
    if normalizer is not None:
        outputs = normalizer(outputs, **(parameters or {}))
    return outputs if activation is None else activation(outputs)


def channels_first(data_format: str | None) -> str:
    """A data format as layers call it.

    Raises:
        ValueError: If it is none.
    """
    last, first = (None, "NWC", "NHWC", "NDHWC"), ("NCW", "NCHW", "NCDHW")
    if data_format not in (*last, *first):
        raise ValueError(f"Invalid data_format: {data_format!r}")
    return "channels_first" if data_format in first else "channels_last"


@v1("contrib.layers.fully_connected", "contrib.slim.fully_connected")
@add_arg_scope
@described(_RETURNS, _RAISES)
def fully_connected(
    inputs: Any, num_outputs: int, activation_fn: Any = relu, normalizer_fn: Any = None,
    normalizer_params: Any = None, weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
    biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    scope: Any = None,
) -> Tensor:  # fmt: skip
    """Computes activation(inputs x weights + biases), along the last dimension.

    >>> import scopetrie as tf
    >>> tf.contrib.layers.fully_connected(tf.zeros([2, 3]), 4)
    <tf.Tensor 'fully_connected/Relu:0' shape=(2, 4) dtype=float32>
    >>> [variable.name for variable in tf.model_variables()]
    ['fully_connected/weights:0', 'fully_connected/biases:0']
    """
    if not isinstance(num_outputs, int) and not hasattr(num_outputs, "__index__"):
        raise ValueError(f"num_outputs type should be one of (int,), got {type(num_outputs)}.")
    with layer_scope(scope, "fully_connected", inputs, reuse, variables_collections) as within:
        value = convert_to_tensor(inputs)
        layer = Dense(
            num_outputs, use_bias=normalizer_fn is None and biases_initializer is not None,
            kernel_initializer=weights_initializer, bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer, bias_regularizer=biases_regularizer,
            trainable=trainable, name=within.name, dtype=value.dtype.base_dtype, _scope=within, _reuse=reuse,
        )  # fmt: skip
        outputs = finished(layer(value), normalizer_fn, normalizer_params, activation_fn)
        return collected(outputs_collections, within.name, outputs)  # type: ignore[no-any-return]


def _convolved(kind: Any, inputs: Any, given: dict[str, Any], default: str, **more: Any) -> Tensor:
    """A convolution by one of the layers' classes; `given` are the arguments of contrib's function."""
    scope, reuse = given["scope"], given["reuse"]
    normalizer, parameters = given["normalizer_fn"], given["normalizer_params"]
    with layer_scope(scope, default, inputs, reuse, given["variables_collections"]) as within:
        value = convert_to_tensor(inputs)
        layer = kind(
            given["num_outputs"], given["kernel_size"], given["stride"], given["padding"].lower(),
            channels_first(given["data_format"]),
            use_bias=normalizer is None and given["biases_initializer"] is not None,
            kernel_initializer=given["weights_initializer"], bias_initializer=given["biases_initializer"],
            kernel_regularizer=given["weights_regularizer"], bias_regularizer=given["biases_regularizer"],
            trainable=given["trainable"], name=within.name, dtype=value.dtype.base_dtype, _scope=within,
            _reuse=reuse, **more,
        )  # fmt: skip
        outputs = finished(layer(value), normalizer, parameters, given["activation_fn"])
        return collected(given["outputs_collections"], within.name, outputs)  # type: ignore[no-any-return]


_BY_RANK: Final[dict[int | None, Any]] = {3: Conv1D, 4: Conv2D, 5: Conv3D}


@v1(
    "contrib.layers.convolution", "contrib.layers.conv2d", "contrib.layers.convolution2d",
    "contrib.layers.conv1d", "contrib.layers.conv3d", "contrib.layers.convolution1d",
    "contrib.layers.convolution3d", "contrib.slim.convolution", "contrib.slim.conv2d",
    "contrib.slim.convolution2d", "contrib.slim.conv1d", "contrib.slim.conv3d", "contrib.slim.convolution1d",
    "contrib.slim.convolution3d",
)  # fmt: skip
@add_arg_scope
@described(_RETURNS, _RAISES)
def convolution(
    inputs: Any, num_outputs: int, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
    data_format: str | None = None, rate: Any = 1, activation_fn: Any = relu, normalizer_fn: Any = None,
    normalizer_params: Any = None, weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
    biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    scope: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves sequences, images or volumes, as the input's rank says.

    >>> import scopetrie as tf
    >>> layers = tf.contrib.layers
    >>> layers.conv2d(tf.zeros([2, 8, 8, 3]), 4, [3, 3], normalizer_fn=layers.batch_norm)
    <tf.Tensor 'Conv/Relu:0' shape=(2, 8, 8, 4) dtype=float32>
    >>> [variable.name for variable in tf.trainable_variables()]
    ['Conv/weights:0', 'Conv/BatchNorm/beta:0']
    """
    given = locals()
    rank = convert_to_tensor(inputs).shape.ndims
    if rank not in _BY_RANK:
        raise ValueError(f"Convolution not supported for input with rank {rank}")
    return _convolved(_BY_RANK[rank], inputs, given, "Conv", dilation_rate=rate)


def _transposed(kind: Any, default: str, given: dict[str, Any]) -> Tensor:
    return _convolved(kind, given["inputs"], given, default)


@v1(
    "contrib.layers.conv2d_transpose", "contrib.layers.convolution2d_transpose",
    "contrib.slim.conv2d_transpose", "contrib.slim.convolution2d_transpose",
)  # fmt: skip
@add_arg_scope
@described(_RETURNS, _RAISES)
def conv2d_transpose(
    inputs: Any, num_outputs: int, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
    data_format: str = "NHWC", activation_fn: Any = relu, normalizer_fn: Any = None,
    normalizer_params: Any = None, weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
    biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    scope: Any = None,
) -> Tensor:  # fmt: skip
    """Makes images larger, by a transposed convolution."""
    return _transposed(Conv2DTranspose, "Conv2d_transpose", locals())


@v1(
    "contrib.layers.conv3d_transpose", "contrib.layers.convolution3d_transpose",
    "contrib.slim.conv3d_transpose", "contrib.slim.convolution3d_transpose",
)  # fmt: skip
@add_arg_scope
@described(_RETURNS, _RAISES)
def conv3d_transpose(
    inputs: Any, num_outputs: int, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
    data_format: str = "NDHWC", activation_fn: Any = relu, normalizer_fn: Any = None,
    normalizer_params: Any = None, weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
    biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    scope: Any = None,
) -> Tensor:  # fmt: skip
    """Makes volumes larger, by a transposed convolution."""
    return _transposed(Conv3DTranspose, "Conv3d_transpose", locals())


@v1(
    "contrib.layers.separable_conv2d", "contrib.layers.separable_convolution2d",
    "contrib.slim.separable_conv2d", "contrib.slim.separable_convolution2d",
)  # fmt: skip
@add_arg_scope
@described(_RETURNS, _RAISES, num_outputs="How many outputs there are; None for the first step alone.")
def separable_conv2d(
    inputs: Any, num_outputs: int | None, kernel_size: Any, depth_multiplier: int = 1, stride: Any = 1,
    padding: str = "SAME", data_format: str = "NHWC", rate: Any = 1, activation_fn: Any = relu,
    normalizer_fn: Any = None, normalizer_params: Any = None, weights_initializer: Any = XAVIER,
    pointwise_initializer: Any = None, weights_regularizer: Any = None, pointwise_regularizer: Any = None,
    biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    scope: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves each channel of images by itself, and then mixes the channels."""
    names = KERNEL_NAMES | {
        "depthwise_kernel": "depthwise_weights", "pointwise_kernel": "pointwise_weights",
    }  # fmt: skip
    has_biases = normalizer_fn is None and biases_initializer is not None
    with layer_scope(scope, "SeparableConv2d", inputs, reuse, variables_collections, names) as within:
        value = convert_to_tensor(inputs)
        if num_outputs is not None:
            layer = SeparableConv2D(
                num_outputs, kernel_size, stride, padding.lower(), channels_first(data_format), rate,
                depth_multiplier, use_bias=has_biases, depthwise_initializer=weights_initializer,
                pointwise_initializer=pointwise_initializer or weights_initializer,
                bias_initializer=biases_initializer, depthwise_regularizer=weights_regularizer,
                pointwise_regularizer=pointwise_regularizer or weights_regularizer,
                bias_regularizer=biases_regularizer, trainable=trainable, name=within.name,
                dtype=value.dtype.base_dtype, _scope=within, _reuse=reuse,
            )  # fmt: skip
            outputs = layer(value)
        else:
            first = channels_first(data_format) == "channels_first"
            depth = value.shape[1 if first else -1].value or 0
            kernel = model_variable(
                "depthwise_weights", [*sizes(kernel_size, 2, "kernel_size"), depth, depth_multiplier],
                value.dtype.base_dtype, weights_initializer, weights_regularizer, trainable,
            )  # fmt: skip
            steps = sizes(stride, 2, "stride")
            strides = (1, 1, *steps) if first else (1, *steps, 1)
            outputs = depthwise_conv2d(
                value, kernel, strides, padding, rate=sizes(rate, 2, "rate"), data_format=data_format
            )
            if has_biases:
                biases = model_variable(
                    "biases", [depth * depth_multiplier], value.dtype.base_dtype, biases_initializer,
                    biases_regularizer, trainable,
                )  # fmt: skip
                outputs = nn_bias_add(outputs, biases, data_format=data_format)
        outputs = finished(outputs, normalizer_fn, normalizer_params, activation_fn)
        return collected(outputs_collections, within.name, outputs)  # type: ignore[no-any-return]
