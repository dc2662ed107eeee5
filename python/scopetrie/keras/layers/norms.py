"""Keras's layers that normalize, and its table of embeddings."""

from __future__ import annotations

from typing import Any

from ...dtypes import int32, int64
from ...graph import Tensor
from ...layers import normalization
from ...layers.describe import described
from ...ops.array.shape import reshape
from ...ops.elementwise.cast import cast
from ...ops.nn.embedding import embedding_lookup
from ...ops.nn.norm import batch_normalization, moments
from ...public import v1, whole
from ...shapes import TensorShape
from .base import Layer, known, phase

__all__ = ["BatchNormalization", "Embedding", "LayerNormalization"]


@v1("keras.layers.BatchNormalization")
@described(
    raises="ValueError: When called, if a size along `axis` is not known, or there is no such dimension."
)
class BatchNormalization(Layer, normalization.BatchNormalization):
    """A layer that normalizes channels: by the batch's mean and variance, or by moving averages of them.

    What moves the averages is in `updates`: a step of training has to run it, too.

    >>> import scopetrie as tf
    >>> layer = tf.keras.layers.BatchNormalization()
    >>> y = layer(tf.zeros([2, 8, 8, 3]), training=True)
    >>> len(layer.updates), tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    (2, [])
    """

    def __init__(
        self, axis: Any = -1, momentum: Any = 0.99, epsilon: float = 1e-3, center: bool = True,
        scale: bool = True, beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros", moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
        gamma_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        normalization.BatchNormalization.__init__(self, **known(locals()))

    @whole
    def call(self, inputs: Any, training: Any = None) -> Tensor:
        """Normalizes.

        Args:
            inputs: A tensor of floats.
            training: Whether to use the batch's own mean and variance: a bool, a boolean scalar, or None for
                the graph's learning phase.

        Returns:
            A tensor with the dtype and shape of the input.
        """
        return normalization.BatchNormalization.call(self, inputs, phase(training))


@v1("keras.layers.LayerNormalization")
@described(raises="ValueError: When called, if a size along `axis` is not known, or there is no such axis.")
class LayerNormalization(Layer):
    """A layer that normalizes each example by its own mean and variance (Ba et al., 2016).

    >>> import scopetrie as tf
    >>> tf.keras.layers.LayerNormalization()(tf.zeros([2, 3, 4])).shape.as_list()
    [2, 3, 4]
    """

    axis: Any
    epsilon: float
    center: bool
    scale: bool

    def __init__(
        self, axis: Any = -1, epsilon: float = 1e-3, center: bool = True, scale: bool = True,
        beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", beta_regularizer: Any = None,
        gamma_regularizer: Any = None, beta_constraint: Any = None, gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        given = known(locals())
        for each in (
            "axis", "epsilon", "center", "scale", "beta_initializer", "gamma_initializer", "beta_regularizer",
            "gamma_regularizer", "beta_constraint", "gamma_constraint",
        ):  # fmt: skip
            setattr(self, each, given.pop(each))
        super().__init__(**given)
        self.gamma: Any = None
        self.beta: Any = None

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes scale and offset.

        Args:
            input_shape: The shape of the input.

        Raises:
            ValueError: If a size along the axis is not known, or there is no such axis.
        """
        dims = TensorShape(input_shape).as_list()
        given = self.axis if isinstance(self.axis, (list, tuple)) else [self.axis]
        axes = [each + len(dims) if each < 0 else each for each in given]
        if any(not 0 <= each < len(dims) for each in axes):
            raise ValueError(
                "Invalid value for `axis` argument. Expected 0 <= axis < inputs.rank (with "
                f"inputs.rank={len(dims)}). Received: axis={tuple(axes)}"
            )
        sizes = [dims[each] for each in axes]
        if None in sizes:
            raise ValueError(f"Sizes along axis={tuple(axes)} of the input are not known: {tuple(dims)}.")
        self.axis = axes
        for name, wanted in (("gamma", self.scale), ("beta", self.center)):
            if wanted:
                made = self.add_weight(
                    name, sizes, initializer=getattr(self, f"{name}_initializer"),
                    regularizer=getattr(self, f"{name}_regularizer"),
                    constraint=getattr(self, f"{name}_constraint"),
                )  # fmt: skip
                setattr(self, name, made)
        self.built = True

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Normalizes.

        Args:
            inputs: A tensor of floats.

        Returns:
            A tensor with the dtype and shape of the input.
        """
        dims = inputs.shape.as_list()
        spread = [dims[each] if each in self.axis else 1 for each in range(len(dims))]
        mean, variance = moments(inputs, self.axis, keep_dims=True)
        gamma, beta = (
            reshape(each, spread) if each is not None and self.axis != [len(dims) - 1] else each
            for each in (self.gamma, self.beta)
        )
        made = batch_normalization(inputs, mean, variance, beta, gamma, self.epsilon)
        made.set_shape(inputs.shape)
        return made


@v1("keras.layers.Embedding")
class Embedding(Layer):
    """A layer that looks rows of a table up.

    Args:
        input_dim: How many rows there are.
        output_dim: The size of a row.
        embeddings_initializer: The first values of the rows.
        embeddings_regularizer: A function of the table that gives a loss, or None.
        activity_regularizer: A function of the outputs that gives a loss, or None.
        embeddings_constraint: A function that an optimizer applies to the table after an update.
        mask_zero: Not offered here: masks are not handed from layer to layer.
        input_length: How many rows are looked up for an example; accepted for v1's sake.
        **kwargs: More arguments of `Layer`.

    Raises:
        ValueError: If a size is not above 0, or `mask_zero` is set.

    >>> import scopetrie as tf
    >>> tf.keras.layers.Embedding(10, 4)(tf.placeholder(tf.int32, [None, 3]))
    <tf.Tensor 'embedding/embedding_lookup/Identity:0' shape=(?, 3, 4) dtype=float32>
    """

    input_dim: int
    output_dim: int
    embeddings_initializer: Any
    embeddings_regularizer: Any
    embeddings_constraint: Any

    def __init__(
        self, input_dim: int, output_dim: int, embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None, activity_regularizer: Any = None,
        embeddings_constraint: Any = None, mask_zero: bool = False, input_length: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        given = known(locals())
        if input_dim <= 0 or output_dim <= 0:
            raise ValueError(
                f"Both `input_dim` and `output_dim` should be positive, Received input_dim = {input_dim} and "
                f"output_dim = {output_dim}"
            )
        if mask_zero:
            raise ValueError(
                "Embedding(mask_zero=True) is not offered: masks are not handed from layer to layer. Use "
                "sequence_mask, or the argument sequence_length of nn.dynamic_rnn."
            )
        for each in (
            "input_dim", "output_dim", "embeddings_initializer", "embeddings_regularizer",
            "embeddings_constraint", "mask_zero", "input_length",
        ):  # fmt: skip
            setattr(self, each, given.pop(each))
        super().__init__(**{"dtype": "float32", **given})
        self.embeddings: Any = None

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes the table.

        Args:
            input_shape: The shape of the input.
        """
        self.embeddings = self.add_weight(
            "embeddings", [self.input_dim, self.output_dim], initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer, constraint=self.embeddings_constraint,
        )  # fmt: skip
        self.built = True

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Looks up.

        Args:
            inputs: A tensor of numbers of rows.

        Returns:
            A tensor with one dimension more.
        """
        if inputs.dtype.base_dtype not in (int32, int64):
            inputs = cast(inputs, int32)
        return embedding_lookup(self.embeddings, inputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Returns the shape of the output for a shape of the input.

        Args:
            input_shape: The shape.
        """
        return TensorShape(input_shape).concatenate(self.output_dim)
