"""Layers without variables that change elements or shapes: dropout, flatten."""

from __future__ import annotations

import math
from typing import Any

from ..graph import Tensor
from ..ops.array.dims import expand_dims
from ..ops.array.fill import identity
from ..ops.array.shape import reshape, transpose
from ..ops.array.shape import shape as shape_of
from ..ops.constant import constant
from ..ops.nn.embedding import dropout as nn_dropout
from ..public import v1, whole
from ..shapes import TensorShape
from .base import Layer, applied
from .choose import choose
from .describe import described
from .input_spec import InputSpec
from .windows import checked_format

__all__ = ["Dropout", "Flatten", "dropout", "flatten"]


@v1("layers.Dropout")
@described(raises="ValueError: If the rate is out of range.")
class Dropout(Layer):
    """A layer that sets elements to 0 at random in training, and scales the others up."""

    def __init__(
        self, rate: Any = 0.5, noise_shape: Any = None, seed: int | None = None, name: str | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name=name, **kwargs)
        if isinstance(rate, (int, float)) and not 0 <= rate <= 1:
            raise ValueError(f"Invalid value {rate} received for `rate`, expected a value between 0 and 1.")
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    @whole
    def call(self, inputs: Any, training: Any = False) -> Tensor:
        """Drops elements out in training, and hands the inputs on otherwise.

        Args:
            inputs: A tensor of floats.
            training: A bool, or a boolean scalar.

        Returns:
            A tensor of the same shape.
        """

        def dropped() -> Tensor:
            return nn_dropout(inputs, noise_shape=self.noise_shape, seed=self.seed, rate=self.rate)

        made: Tensor = choose(training, dropped, lambda: identity(inputs))
        return made

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the input.

        Args:
            input_shape: The shape.
        """
        return input_shape


@v1("layers.dropout")
@described("A tensor with the dtype and shape of the input.", "ValueError: If the rate is out of range.")
def dropout(
    inputs: Any, rate: Any = 0.5, noise_shape: Any = None, seed: int | None = None, training: Any = False,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Sets elements to 0 at random in training, and scales the others up so that the expectation stays.

    >>> import scopetrie as tf
    >>> tf.layers.dropout(tf.ones([2, 3]), 0.4, training=tf.placeholder(tf.bool, []))
    <tf.Tensor 'dropout/cond/Merge:0' shape=(2, 3) dtype=float32>
    """
    arguments = locals()
    result: Tensor = applied(Dropout, arguments, training=arguments.pop("training"))
    return result


@v1("layers.Flatten")
@described(raises="ValueError: If the data format is none.")
class Flatten(Layer):
    """A layer that makes a row of each example."""

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = checked_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Reshapes.

        Args:
            inputs: A tensor `[N, ...]`.

        Returns:
            A tensor `[N, size of an example]`.
        """
        rank = inputs.shape.ndims
        if self.data_format == "channels_first" and rank is not None and rank > 1:
            inputs = transpose(inputs, [0, *range(2, rank), 1])
        dims = None if rank is None else inputs.shape.as_list()
        if dims is not None and len(dims) == 1:
            return expand_dims(inputs, -1)
        if dims is None:
            made = reshape(inputs, [shape_of(inputs)[0], -1])
            made.set_shape([None, None])
            return made
        if None not in dims[1:]:
            size = constant([-1 if dims[0] is None else dims[0], math.prod(dims[1:])])
            return reshape(inputs, size)
        if dims[0] is not None:
            return reshape(inputs, constant([dims[0], -1]))
        return reshape(inputs, [shape_of(inputs)[0], -1])

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Returns the shape of the output for a shape of the input.

        Args:
            input_shape: The shape.
        """
        dims = TensorShape(input_shape).as_list()
        return TensorShape([dims[0], None if None in dims[1:] else math.prod(dims[1:])])


@v1("layers.flatten")
@described("A tensor `[N, size of an example]`.", "ValueError: If the data format is none.")
def flatten(inputs: Any, name: str | None = None, data_format: str | None = "channels_last") -> Tensor:
    """Makes a row of each example.

    >>> import scopetrie as tf
    >>> tf.layers.flatten(tf.placeholder(tf.float32, [None, 8, 3]))
    <tf.Tensor 'flatten/Reshape:0' shape=(?, 24) dtype=float32>
    """
    result: Tensor = applied(Flatten, locals())
    return result
