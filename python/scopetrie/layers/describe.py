"""What the arguments of layers mean: one description of each, for classes and functions alike."""

from __future__ import annotations

from typing import Final

from ..describe import describer

__all__ = ["described"]

_ARGUMENTS: Final = {
    "activation": "A function of the result, or the name of one of `tf.nn`; None for none.",
    "activity_regularizer": "A function of the outputs that gives a loss, or None.",
    "axis": "The dimension of the channels, or a list of dimensions that each have parameters of their own.",
    "beta_constraint": "A function that an optimizer applies to the offset after an update.",
    "beta_initializer": "The first value of the offset.",
    "beta_regularizer": "A function of the offset that gives a loss, or None.",
    "bias_constraint": "A function that an optimizer applies to the bias after an update.",
    "bias_initializer": "The first value of the bias.",
    "bias_regularizer": "A function of the bias that gives a loss, or None.",
    "center": "Whether an offset is added.",
    "data_format": '"channels_last" for `[N, ..., C]`, or "channels_first" for `[N, C, ...]`.',
    "depth_multiplier": "How many outputs the first step has for each input channel.",
    "depthwise_constraint": "A function that an optimizer applies to the first filter after an update.",
    "depthwise_initializer": "The first value of the filter of each channel; the scope's by default.",
    "depthwise_regularizer": "A function of the filter of each channel that gives a loss, or None.",
    "dilation_rate": "Distances between the filter's entries: an int, or one for each spatial dimension.",
    "epsilon": "A small number that keeps the divisor from 0.",
    "filters": "How many output channels there are.",
    "fused": "Whether one operation computes all, which takes images; by default where it can.",
    "gamma_constraint": "A function that an optimizer applies to the scale after an update.",
    "gamma_initializer": "The first value of the scale.",
    "gamma_regularizer": "A function of the scale that gives a loss, or None.",
    "inputs": "The input.",
    "kernel_constraint": "A function that an optimizer applies to the kernel after an update.",
    "kernel_initializer": "The first value of the kernel; the scope's by default.",
    "kernel_regularizer": "A function of the kernel that gives a loss, or None.",
    "kernel_size": "Sizes of the window: an int, or one for each spatial dimension.",
    "kwargs": "More arguments of `Layer`.",
    "momentum": "How much of a moving average stays at each step.",
    "moving_mean_initializer": "The first value of the moving mean.",
    "moving_variance_initializer": "The first value of the moving variance.",
    "name": "The name of the layer's scope; by default made of the class's name.",
    "noise_shape": "The shape of the random choices, which broadcast to the inputs; by default theirs.",
    "padding": '"valid", or "same" for outputs of the size of the input divided by the stride.',
    "pointwise_constraint": "A function that an optimizer applies to the second filter after an update.",
    "pointwise_initializer": "The first value of the filter across channels; the scope's by default.",
    "pointwise_regularizer": "A function of the filter across channels that gives a loss, or None.",
    "pool_size": "Sizes of the window: an int, or one for each spatial dimension.",
    "rate": "The probability that an element goes, in [0, 1].",
    "reuse": "Whether the variables are there already, under this name; see `tf.variable_scope`.",
    "scale": "Whether the result is multiplied by a scale.",
    "seed": "The operation's seed.",
    "strides": "Steps of the window: an int, or one for each spatial dimension.",
    "trainable": "Whether the variables are to be trained.",
    "training": "Whether this is a step of training: a bool, or a boolean scalar.",
    "units": "How many outputs there are.",
    "use_bias": "Whether a bias is added.",
}  # fmt: skip

described = describer(_ARGUMENTS)
