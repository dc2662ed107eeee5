"""Normalization, as contrib calls it."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ...errors import UnimplementedError
from ...graph import GraphKeys, Tensor, control_dependencies
from ...initializers import ones_initializer, zeros_initializer
from ...layers.normalization import BatchNormalization
from ...ops.array.fill import identity
from ...ops.array.shape import reshape
from ...ops.array.shape import shape as shape_of
from ...ops.constant import convert_to_tensor
from ...ops.nn.norm import batch_normalization as nn_batch_normalization
from ...ops.nn.norm import moments
from ...public import v1
from ..framework.kept import model_variable
from ..framework.scopes_of_arguments import add_arg_scope
from .describe import described
from .model_scope import collected, layer_scope

_RAISES = (
    "ValueError: If the rank or the number of channels is not known, or a variable cannot be had as asked."
)


class _Normalization(BatchNormalization):
    """Batch normalization whose updates are handed out instead of collected."""

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Keeps an update.

        Args:
            updates: The update.
            inputs: Ignored.
        """
        self._updates.append(updates)


@v1("contrib.layers.batch_norm", "contrib.slim.batch_norm")
@add_arg_scope
@described("A tensor with the dtype and shape of the input.", _RAISES)
def batch_norm(
    inputs: Any, decay: Any = 0.999, center: bool = True, scale: bool = False, epsilon: float = 0.001,
    activation_fn: Any = None, param_initializers: Any = None, param_regularizers: Any = None,
    updates_collections: Any = GraphKeys.UPDATE_OPS, is_training: Any = True, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    batch_weights: Any = None, fused: bool | None = None, data_format: str = "NHWC",
    zero_debias_moving_mean: bool = False, scope: Any = None, renorm: bool = False,
    renorm_clipping: Any = None, renorm_decay: float = 0.99, adjustment: Any = None,
) -> Tensor:  # fmt: skip
    """Normalizes channels: by the batch's mean and variance in training, else by moving averages.

    >>> import scopetrie as tf
    >>> y = tf.contrib.layers.batch_norm(tf.zeros([2, 8, 8, 3]), is_training=True)
    >>> [variable.name for variable in tf.model_variables()]
    ['BatchNorm/beta:0', 'BatchNorm/moving_mean:0', 'BatchNorm/moving_variance:0']
    >>> [op.name for op in tf.get_collection(tf.GraphKeys.UPDATE_OPS)]
    ['BatchNorm/AssignMovingAvg', 'BatchNorm/AssignMovingAvg_1']
    """
    for given, argument in (
        (batch_weights is not None, "batch_weights"), (zero_debias_moving_mean, "zero_debias_moving_mean"),
        (renorm, "renorm"), (adjustment is not None, "adjustment"),
    ):  # fmt: skip
        if given:
            raise UnimplementedError(None, None, f"batch_norm({argument}=...) is not offered: leave it out.")
    if data_format not in ("NCHW", "NHWC"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    first, losses = param_initializers or {}, param_regularizers or {}
    with layer_scope(scope, "BatchNorm", inputs, reuse, variables_collections, {}) as within:
        value = convert_to_tensor(inputs)
        rank = value.shape.ndims
        if rank is None:
            raise ValueError(f"Inputs {value.name} has undefined rank.")
        layer = _Normalization(
            1 if data_format == "NCHW" else -1, decay, epsilon, center, scale,
            first.get("beta", zeros_initializer()), first.get("gamma", ones_initializer()),
            first.get("moving_mean", zeros_initializer()), first.get("moving_variance", ones_initializer()),
            losses.get("beta"), losses.get("gamma"), fused=fused, trainable=trainable, name=within.name,
            _scope=within, _reuse=reuse,
        )  # fmt: skip
        if rank == 2 and fused is not False and value.dtype.base_dtype is not dtypes.float64:
            # As contrib: the averages of a matrix's variances are of unbiased ones, as those of images are.
            channels = value.shape[-1].value
            wide = [-1, channels, 1, 1] if data_format == "NCHW" else [-1, 1, 1, channels]
            outputs = reshape(layer(reshape(value, wide), training=is_training), shape_of(value))
            outputs.set_shape(value.shape)
        else:
            outputs = layer(value, training=is_training)
        if updates_collections is None:
            with control_dependencies(layer.updates):
                outputs = identity(outputs)
        else:
            for each in layer.updates:
                collected(updates_collections, within.name, each)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collected(outputs_collections, within.name, outputs)  # type: ignore[no-any-return]


def _normalized(
    inputs: Any, over: Any, size: Any, default: str, epsilon: float, given: dict[str, Any], spread: Any = None
) -> Tensor:
    scope, reuse = given["scope"], given["reuse"]
    with layer_scope(scope, default, inputs, reuse, given["variables_collections"], {}) as within:
        parts = []
        for wanted, name, first in (
            (given["center"], "beta", zeros_initializer()), (given["scale"], "gamma", ones_initializer()),
        ):  # fmt: skip
            made = None
            if wanted:
                made = model_variable(
                    name, size, inputs.dtype.base_dtype, first, trainable=given["trainable"]
                )
                made = made if spread is None else reshape(made, spread)
            parts.append(made)
        mean, variance = moments(inputs, over, keep_dims=True)
        outputs = nn_batch_normalization(inputs, mean, variance, parts[0], parts[1], epsilon)
        outputs.set_shape(inputs.shape)
        if given["activation_fn"] is not None:
            outputs = given["activation_fn"](outputs)
        return collected(given["outputs_collections"], within.name, outputs)  # type: ignore[no-any-return]


@v1("contrib.layers.layer_norm", "contrib.slim.layer_norm")
@add_arg_scope
@described("A tensor with the dtype and shape of the input.", _RAISES)
def layer_norm(
    inputs: Any, center: bool = True, scale: bool = True, activation_fn: Any = None, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    begin_norm_axis: int = 1, begin_params_axis: int = -1, scope: Any = None,
) -> Tensor:  # fmt: skip
    """Normalizes each example by its own mean and variance (Ba et al., 2016)."""
    given = locals()
    value = convert_to_tensor(inputs)
    rank = value.shape.ndims
    if rank is None:
        raise ValueError(f"Inputs {value.name} has undefined rank.")
    start = begin_norm_axis + rank if begin_norm_axis < 0 else begin_norm_axis
    if begin_params_axis >= rank or start >= rank:
        raise ValueError(
            f"begin_params_axis ({begin_params_axis}) and begin_norm_axis ({start}) must be < rank(inputs) "
            f"({rank})"
        )
    size = value.shape[begin_params_axis:]
    if not size.is_fully_defined():
        raise ValueError(
            f"Inputs {value.name}: shape(inputs)[{begin_params_axis}:] is not fully defined: {value.shape}"
        )
    epsilon = 1e-3 if value.dtype.base_dtype is dtypes.float16 else 1e-12
    return _normalized(value, list(range(start, rank)), size, "LayerNorm", epsilon, given)


@v1("contrib.layers.instance_norm", "contrib.slim.instance_norm")
@add_arg_scope
@described("A tensor with the dtype and shape of the input.", _RAISES)
def instance_norm(
    inputs: Any, center: bool = True, scale: bool = True, epsilon: float = 1e-6, activation_fn: Any = None,
    param_initializers: Any = None, reuse: Any = None, variables_collections: Any = None,
    outputs_collections: Any = None, trainable: bool = True, data_format: str = "NHWC", scope: Any = None,
) -> Tensor:  # fmt: skip
    """Normalizes each channel of each example by its own mean and variance (Ulyanov et al., 2016)."""
    given = locals()
    value = convert_to_tensor(inputs)
    rank = value.shape.ndims
    if rank is None:
        raise ValueError(f"Inputs {value.name} has undefined rank.")
    at = 1 if data_format == "NCHW" else rank - 1
    size = value.shape[at : at + 1]
    if not size.is_fully_defined():
        raise ValueError(f"Inputs {value.name} has undefined channels dimension {size}.")
    over = [axis for axis in range(1, rank) if axis != at]
    spread: list[int | None] = [1] * rank
    spread[at] = size[0].value
    return _normalized(value, over, size, "InstanceNorm", epsilon, given, spread)
