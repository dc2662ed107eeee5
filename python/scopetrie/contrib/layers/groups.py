"""Biases alone, and normalization of groups of channels."""

from __future__ import annotations

from typing import Any

from ...graph import Tensor
from ...initializers import ones_initializer, zeros_initializer
from ...ops.array.shape import reshape
from ...ops.array.shape import shape as shape_of
from ...ops.constant import convert_to_tensor
from ...ops.nn.activation import bias_add as nn_bias_add
from ...ops.nn.norm import batch_normalization, moments
from ...public import v1
from ..framework.kept import model_variable
from ..framework.scopes_of_arguments import add_arg_scope
from .describe import described
from .model_scope import collected, layer_scope


@v1("contrib.layers.bias_add", "contrib.slim.bias_add")
@add_arg_scope
@described(
    "A tensor with the dtype and shape of the input.",
    "ValueError: If the rank or the number of channels is not known.",
    initializer="The first value of the biases; zeros by default.",
    regularizer="A function of the biases that gives a loss.",
)  # fmt: skip
def bias_add(
    inputs: Any, activation_fn: Any = None, initializer: Any = None, regularizer: Any = None,
    reuse: Any = None, variables_collections: Any = None, outputs_collections: Any = None,
    trainable: bool = True, data_format: str = "NHWC", scope: Any = None,
) -> Tensor:  # fmt: skip
    """Adds a bias to each channel.

    >>> import scopetrie as tf
    >>> tf.contrib.layers.bias_add(tf.zeros([2, 3]))
    <tf.Tensor 'BiasAdd/BiasAdd:0' shape=(2, 3) dtype=float32>
    """
    with layer_scope(scope, "BiasAdd", inputs, reuse, variables_collections) as within:
        value = convert_to_tensor(inputs)
        rank = value.shape.ndims
        if rank is None:
            raise ValueError("Dims of shape must be known but is None")
        if rank != 4 and data_format == "NCHW":
            raise ValueError("Data format NCHW only supports 4D Tensor")
        channels = value.shape[1 if data_format == "NCHW" else rank - 1].value
        if channels is None:
            raise ValueError("`C` dimension must be known but is None")
        biases = model_variable(
            "biases",
            [channels],
            value.dtype.base_dtype,
            initializer or zeros_initializer(),
            regularizer,
            trainable,
        )
        outputs: Any = nn_bias_add(value, biases, data_format=data_format)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collected(outputs_collections, within.name, outputs)  # type: ignore[no-any-return]


@v1("contrib.layers.group_norm", "contrib.slim.group_norm")
@add_arg_scope
@described(
    "A tensor with the dtype and shape of the input.",
    "ValueError: If the axes or groups do not go together with the shape.",
    groups="In how many groups the channels are normalized.", channels_axis="The axis of the channels.",
    reduction_axes="The other axes that are normalized over.",
    mean_close_to_zero="Accepted for v1's sake: the variance is computed about the mean.",
)  # fmt: skip
def group_norm(
    inputs: Any, groups: int = 32, channels_axis: int = -1, reduction_axes: Any = (-3, -2),
    center: bool = True, scale: bool = True, epsilon: float = 1e-6, activation_fn: Any = None,
    param_initializers: Any = None, reuse: Any = None, variables_collections: Any = None,
    outputs_collections: Any = None, trainable: bool = True, scope: Any = None,
    mean_close_to_zero: bool = False,
) -> Tensor:  # fmt: skip
    """Normalizes groups of channels of each example by their own mean and variance (Wu and He, 2018).

    >>> import scopetrie as tf
    >>> tf.contrib.layers.group_norm(tf.zeros([2, 4, 4, 6]), groups=3).shape
    TensorShape([Dimension(2), Dimension(4), Dimension(4), Dimension(6)])
    """
    value = convert_to_tensor(inputs)
    rank = value.shape.ndims
    if rank is None:
        raise ValueError(f"Inputs {value.name} has undefined rank.")
    at = channels_axis % rank
    over = [axis % rank for axis in reduction_axes]
    if channels_axis >= rank or at in over:
        raise ValueError(
            f"Axes cannot be both: channels_axis {channels_axis}, reduction_axes {reduction_axes}"
        )
    channels = value.shape[at].value
    if channels is None:
        raise ValueError(f"Inputs {value.name} has undefined channel dimension: {at}.")
    if groups > channels or channels % groups:
        raise ValueError(f"Invalid groups {groups} for {channels} channels.")
    first = param_initializers or {}
    with layer_scope(scope, "GroupNorm", inputs, reuse, variables_collections, {}) as within:
        sizes: Any = [size.value for size in value.shape]
        original = shape_of(value)
        sizes = [original[axis] if size is None else size for axis, size in enumerate(sizes)]
        spread = [1] * (rank + 1)
        spread[at], spread[at + 1] = groups, channels // groups
        parts = []
        for wanted, name, begin in (
            (center, "beta", zeros_initializer()), (scale, "gamma", ones_initializer()),
        ):  # fmt: skip
            made = None
            if wanted:
                made = model_variable(
                    name, [channels], value.dtype.base_dtype, first.get(name, begin), trainable=trainable
                )
                made = reshape(made, spread)
            parts.append(made)
        grouped = reshape(value, [*sizes[:at], groups, channels // groups, *sizes[at + 1 :]])
        axes = [axis + (axis > at) for axis in over] + [at + 1]
        mean, variance = moments(grouped, axes, keep_dims=True)
        outputs: Any = batch_normalization(grouped, mean, variance, parts[0], parts[1], epsilon)
        outputs = reshape(outputs, original)
        outputs.set_shape(value.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collected(outputs_collections, within.name, outputs)  # type: ignore[no-any-return]
