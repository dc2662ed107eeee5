"""Dense layers: a matrix and a bias."""

from __future__ import annotations

from typing import Any

from ..graph import Tensor
from ..ops.linalg.contraction import tensordot
from ..ops.linalg.products import matmul
from ..ops.nn.activation import bias_add
from ..public import v1, whole
from ..shapes import TensorShape
from .base import ZEROS, applied
from .describe import described
from .input_spec import InputSpec
from .kernel_layer import KernelLayer

__all__ = ["Dense", "dense"]


@v1("layers.Dense")
@described(raises="ValueError: When called, if the size of the input's last dimension is not known.")
class Dense(KernelLayer):
    """A layer that computes activation(inputs x kernel + bias), along the last dimension.

    >>> import scopetrie as tf
    >>> layer = tf.layers.Dense(4, activation=tf.nn.relu)
    >>> layer(tf.zeros([2, 3]))
    <tf.Tensor 'dense/Relu:0' shape=(2, 4) dtype=float32>
    >>> layer.kernel, layer.bias
    (<tf.Variable 'dense/kernel:0' shape=(3, 4) dtype=float32_ref>, <tf.Variable 'dense/bias:0' ...>)
    """

    def __init__(
        self, units: Any, activation: Any = None, use_bias: bool = True, kernel_initializer: Any = None,
        bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
        bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
        bias_constraint: Any = None, trainable: bool = True, name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(trainable, name, activity_regularizer=activity_regularizer, **kwargs)
        self.units = int(units)
        self.keep_arguments(
            activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            kernel_constraint, bias_constraint,
        )  # fmt: skip
        self.input_spec = InputSpec(min_ndim=2)

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias.

        Args:
            input_shape: The shape of the input.

        Raises:
            TypeError: If the dtype is none of floats.
            ValueError: If the size of the last dimension is not known.
        """
        if self.dtype is not None and not (self.dtype.is_floating or self.dtype.is_complex):
            raise TypeError(
                "A Dense layer can only be built with a floating-point dtype. Received: "
                f"dtype=<dtype: {self.dtype.name!r}>"
            )
        shape = TensorShape(input_shape)
        size = shape[-1].value if shape.ndims else None
        if size is None:
            raise ValueError(
                "The last dimension of the inputs to a Dense layer should be defined. Found None. Full input "
                f"shape received: {shape}"
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: size})
        self.add_kernel([size, self.units])
        self.add_bias(self.units)
        self.built = True

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Makes the product, and adds the bias.

        Args:
            inputs: A tensor `[N, ..., in]`.

        Returns:
            A tensor `[N, ..., units]`.
        """
        rank = inputs.shape.ndims
        if rank in (2, None):
            outputs = matmul(inputs, self.kernel)
        else:
            outputs = tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape([*inputs.shape.as_list()[:-1], self.units])
        if self.use_bias:
            outputs = bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Returns the shape of the output for a shape of the input.

        Args:
            input_shape: The shape.

        Raises:
            ValueError: If the size of the last dimension is not known.
        """
        shape = TensorShape(input_shape).with_rank_at_least(2)
        if shape[-1].value is None:
            raise ValueError(
                "The last dimension of the input shape of a Dense layer should be defined. Found None. "
                f"Received: input_shape={shape}"
            )
        return shape[:-1].concatenate(self.units)


@v1("layers.dense")
@described(
    "A tensor like the input, with `units` in the last dimension.",
    "ValueError: If the size of the last dimension is not known, or a variable cannot be had as asked.",
)
def dense(
    inputs: Any, units: Any, activation: Any = None, use_bias: bool = True, kernel_initializer: Any = None,
    bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
    bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
    bias_constraint: Any = None, trainable: bool = True, name: str | None = None, reuse: Any = None,
) -> Tensor:  # fmt: skip
    """Computes activation(inputs x kernel + bias), along the last dimension.

    >>> import scopetrie as tf
    >>> x = tf.zeros([2, 3])
    >>> tf.layers.dense(x, 4, name="fc").name, tf.layers.dense(x, 4, name="fc", reuse=True).name
    ('fc/BiasAdd:0', 'fc_1/BiasAdd:0')
    >>> [variable.name for variable in tf.trainable_variables()]
    ['fc/kernel:0', 'fc/bias:0']
    """
    result: Tensor = applied(Dense, locals())
    return result
