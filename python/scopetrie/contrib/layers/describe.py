"""What the arguments of contrib's layers mean."""

from __future__ import annotations

from typing import Final

from ...describe import describer

__all__ = ["described"]

_ARGUMENTS: Final = {
    "activation_fn": "A function of the result; None for none.",
    "adjustment": "Not offered here: only None.",
    "batch_weights": "Not offered here: only None.",
    "begin_norm_axis": "The first dimension that is normalized.",
    "begin_params_axis": "The first dimension that has parameters of its own.",
    "biases_initializer": "The first value of the biases; None for no biases.",
    "biases_regularizer": "A function of the biases that gives a loss, or None.",
    "center": "Whether an offset is added.",
    "data_format": 'The order of the dimensions: channels last by default, or "NCHW" and its kin.',
    "decay": "How much of a moving average stays at each step.",
    "depth_multiplier": "How many outputs the first step has for each input channel.",
    "epsilon": "A small number that keeps the divisor from 0.",
    "fused": "Whether one operation computes all; by default where it can.",
    "inputs": "The input.",
    "is_training": "Whether this is a step of training: a bool, or a boolean scalar.",
    "keep_prob": "The probability that an element stays.",
    "kernel_size": "Sizes of the window: an int, or one for each spatial dimension.",
    "noise_shape": "The shape of the random choices, which broadcast to the inputs.",
    "normalizer_fn": "A function that normalizes, instead of biases.",
    "normalizer_params": "Arguments of that function.",
    "num_outputs": "How many outputs there are.",
    "outputs_collections": "Collections that the result is added to.",
    "padding": '"SAME" or "VALID".',
    "param_initializers": 'First values by name: "beta", "gamma", "moving_mean", "moving_variance".',
    "param_regularizers": 'Regularizers by name: "beta", "gamma".',
    "pointwise_initializer": "The first value of the filter across channels; `weights_initializer` by "
    "default.",
    "pointwise_regularizer": "A function of the filter across channels that gives a loss.",
    "rate": "Distances between the filter's entries: an int, or one for each spatial dimension.",
    "renorm": "Not offered here: only False.",
    "renorm_clipping": "Bounds of renormalization.",
    "renorm_decay": "The decay of renormalization.",
    "reuse": "Whether the variables are there already; see `tf.variable_scope`.",
    "scale": "Whether the result is multiplied by a scale.",
    "scope": "The variable scope, or its name.",
    "seed": "The operation's seed.",
    "stride": "Steps of the window: an int, or one for each spatial dimension.",
    "trainable": "Whether the variables are to be trained.",
    "updates_collections": "Where what moves the averages is added; None if it is run with the layer itself.",
    "variables_collections": "Collections that the variables are added to, or such lists by a variable's "
    "name.",
    "weights_initializer": "The first value of the weights.",
    "weights_regularizer": "A function of the weights that gives a loss, or None.",
    "zero_debias_moving_mean": "Not offered here: only False.",
}  # fmt: skip

described = describer(_ARGUMENTS)
