"""Keras's layers that change elements: activations, dropout, noise."""

from __future__ import annotations

from typing import Any, ClassVar

from ...graph import Tensor
from ...layers import stateless
from ...layers.choose import choose
from ...layers.describe import described
from ...layers.input_spec import InputSpec
from ...ops.array.fill import identity
from ...ops.array.shape import shape as shape_of
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import greater
from ...ops.nn.activation import relu
from ...ops.nn.embedding import dropout
from ...ops.random.draws import random_normal
from ...public import v1, whole
from ...shapes import TensorShape
from .. import activations, constraints, initializers, regularizers
from .base import Layer, phase

__all__ = ["Activation", "Dropout", "LeakyReLU", "ReLU"]


class Elementwise(Layer):
    """A layer whose outputs have the shape of its inputs."""

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Returns the shape of the input.

        Args:
            input_shape: The shape.
        """
        return TensorShape(input_shape)


@v1("keras.layers.Activation")
class Activation(Elementwise):
    """A layer that applies a function.

    Args:
        activation: The function, or its name.
        **kwargs: More arguments of `Layer`.

    Raises:
        ValueError: If there is none of that name.

    >>> import scopetrie as tf
    >>> tf.keras.layers.Activation("relu")(tf.zeros([2, 3]))
    <tf.Tensor 'activation/Relu:0' shape=(2, 3) dtype=float32>
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Any) -> Any:
        """Applies the function.

        Args:
            inputs: A tensor.
        """
        return self.activation(inputs)


@v1("keras.layers.ReLU")
class ReLU(Elementwise):
    """A layer that applies `keras.activations.relu`.

    Args:
        max_value: What the result is at most; None for no bound.
        negative_slope: The slope below the threshold.
        threshold: The threshold.
        **kwargs: More arguments of `Layer`.

    Raises:
        ValueError: If a number is negative.
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0, threshold: float = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        for name, value in (
            ("max_value", max_value or 0), ("negative_slope", negative_slope), ("threshold", threshold),
        ):  # fmt: skip
            if value < 0:
                raise ValueError(f"{name} of a ReLU layer cannot be a negative value. Received: {value}")
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold

    def call(self, inputs: Any) -> Tensor:
        """Applies the function.

        Args:
            inputs: A tensor of floats.
        """
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


@v1("keras.layers.LeakyReLU")
class LeakyReLU(Elementwise):
    """A layer that multiplies negative elements with a slope.

    Args:
        alpha: The slope; 0.3 by default, where `nn.leaky_relu` has 0.2.
        **kwargs: More arguments of `Layer`.

    >>> import scopetrie as tf
    >>> tf.keras.layers.LeakyReLU(0.1)(tf.zeros([2, 3]))
    <tf.Tensor 'leaky_re_lu/LeakyRelu:0' shape=(2, 3) dtype=float32>
    """

    def __init__(self, alpha: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, inputs: Any) -> Tensor:
        """Multiplies.

        Args:
            inputs: A tensor of floats.
        """
        return activations.relu(inputs, self.alpha)


@v1("keras.layers.ELU")
class ELU(Elementwise):
    """A layer that makes alpha (exp(x) - 1) of negative elements x.

    Args:
        alpha: The factor.
        **kwargs: More arguments of `Layer`.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, inputs: Any) -> Tensor:
        """Applies the function.

        Args:
            inputs: A tensor of floats.
        """
        return activations.elu(inputs, self.alpha)


@v1("keras.layers.ThresholdedReLU")
class ThresholdedReLU(Elementwise):
    """A layer that sets to 0 what is not above a threshold.

    Args:
        theta: The threshold.
        **kwargs: More arguments of `Layer`.
    """

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theta = theta

    def call(self, inputs: Any) -> Tensor:
        """Applies the function.

        Args:
            inputs: A tensor of floats.
        """
        made: Tensor = inputs * cast(greater(inputs, self.theta), inputs.dtype)
        return made


@v1("keras.layers.Softmax")
class Softmax(Elementwise):
    """A layer that applies softmax along an axis.

    Args:
        axis: The axis.
        **kwargs: More arguments of `Layer`.
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Tensor:
        """Applies softmax.

        Args:
            inputs: A tensor of floats.
        """
        return activations.softmax(inputs, self.axis)


@v1("keras.layers.PReLU")
class PReLU(Elementwise):
    """A layer that multiplies negative elements with slopes that are trained (He et al., 2015).

    Args:
        alpha_initializer: The first values of the slopes.
        alpha_regularizer: A function of the slopes that gives a loss, or None.
        alpha_constraint: A function that an optimizer applies to the slopes after an update.
        shared_axes: Axes along which the slopes are the same.
        **kwargs: More arguments of `Layer`.
    """

    def __init__(
        self, alpha_initializer: Any = "zeros", alpha_regularizer: Any = None, alpha_constraint: Any = None,
        shared_axes: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes
        self.alpha: Any = None

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the slopes.

        Args:
            input_shape: The shape of the input.
        """
        sizes = TensorShape(input_shape).as_list()[1:]
        for each in self.shared_axes or ():
            sizes[each - 1] = 1
        self.alpha = self.add_weight(
            "alpha", sizes, initializer=self.alpha_initializer, regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )  # fmt: skip
        self.built = True

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Multiplies.

        Args:
            inputs: A tensor of floats.
        """
        made: Tensor = relu(inputs) + -self.alpha * relu(-inputs)
        return made


@v1("keras.layers.Dropout")
@described(raises="ValueError: If the rate is out of range.")
class Dropout(Layer, stateless.Dropout):
    """A layer that sets elements to 0 at random in training, and scales the others up.

    >>> import scopetrie as tf
    >>> tf.keras.layers.Dropout(0.4)(tf.ones([2, 3]), training=False)
    <tf.Tensor 'dropout/Identity:0' shape=(2, 3) dtype=float32>
    """

    def __init__(self, rate: Any, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        stateless.Dropout.__init__(self, rate, noise_shape, seed, **kwargs)

    @whole
    def call(self, inputs: Any, training: Any = None) -> Tensor:
        """Drops elements out in training, and hands the inputs on otherwise.

        Args:
            inputs: A tensor of floats.
            training: A bool, a boolean scalar, or None for the graph's learning phase.

        Returns:
            A tensor of the same shape.
        """
        return stateless.Dropout.call(self, inputs, phase(training))


class SpatialDropout(Dropout):
    """A layer that drops whole channels; its subclasses say of what.

    Args:
        rate: The probability that a channel goes.
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.
    """

    rank: ClassVar[int]

    def __init__(self, rate: float, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(rate, **kwargs)
        self.data_format = data_format
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @whole
    def call(self, inputs: Any, training: Any = None) -> Tensor:
        """Drops channels out in training, and hands the inputs on otherwise.

        Args:
            inputs: A tensor of floats.
            training: A bool, a boolean scalar, or None for the graph's learning phase.

        Returns:
            A tensor of the same shape.
        """
        sizes = shape_of(inputs)
        ones = [1] * self.rank
        last = self.data_format != "channels_first"
        kept = [sizes[0], *ones, sizes[self.rank + 1]] if last else [sizes[0], sizes[1], *ones]

        def dropped() -> Tensor:
            return dropout(inputs, noise_shape=kept, seed=self.seed, rate=self.rate)

        made: Tensor = choose(phase(training), dropped, lambda: identity(inputs))
        return made


@v1("keras.layers.SpatialDropout1D")
class SpatialDropout1D(SpatialDropout):
    """A layer that drops whole channels of sequences `[N, W, C]` in training.

    Args:
        rate: The probability that a channel goes.
        **kwargs: More arguments of `Layer`.
    """

    rank = 1

    def __init__(self, rate: float, **kwargs: Any) -> None:
        super().__init__(rate, **kwargs)


@v1("keras.layers.SpatialDropout2D")
class SpatialDropout2D(SpatialDropout):
    """A layer that drops whole channels of images `[N, H, W, C]` in training.

    Args:
        rate: The probability that a channel goes.
        data_format: "channels_last" or "channels_first".
        **kwargs: More arguments of `Layer`.
    """

    rank = 2


@v1("keras.layers.GaussianNoise")
class GaussianNoise(Elementwise):
    """A layer that adds normally distributed numbers in training.

    Args:
        stddev: Their standard deviation.
        **kwargs: More arguments of `Layer`.
    """

    def __init__(self, stddev: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stddev = stddev

    @whole
    def call(self, inputs: Any, training: Any = None) -> Tensor:
        """Adds the numbers in training, and hands the inputs on otherwise.

        Args:
            inputs: A tensor of floats.
            training: A bool, a boolean scalar, or None for the graph's learning phase.
        """

        def noised() -> Tensor:
            made: Tensor = inputs + random_normal(shape_of(inputs), 0.0, self.stddev, inputs.dtype)
            return made

        made: Tensor = choose(phase(training), noised, lambda: identity(inputs))
        return made
