"""Batch normalization: each channel by its mean and variance, with moving averages of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..errors import UnimplementedError
from ..graph import Tensor, colocate_with
from ..initializers import get as get_initializer
from ..ops.array.shape import reshape
from ..ops.constant import constant, convert_to_tensor
from ..ops.elementwise.cast import cast
from ..ops.nn.norm import batch_normalization as nn_batch_normalization
from ..ops.nn.norm import fused_batch_norm, moments
from ..ops.state.variable import assign_sub
from ..public import v1, whole
from ..scopes import name_scope
from ..shapes import TensorShape
from .base import ONES, ZEROS, Layer, applied
from .choose import choose, known_bool
from .describe import described
from .input_spec import InputSpec

__all__ = ["BatchNormalization", "batch_normalization", "moving_average_update"]

_RENORM = "Whether to renormalize; not offered here."
_VIRTUAL = "Not offered here: only None."
_OWN = {
    "renorm": _RENORM, "renorm_clipping": "Bounds of renormalization.",
    "renorm_momentum": "The momentum of renormalization.", "virtual_batch_size": _VIRTUAL,
    "adjustment": _VIRTUAL,
}  # fmt: skip
_HALVES = (dtypes.float16, dtypes.bfloat16)


@v1("layers.BatchNormalization")
@described(
    raises="ValueError: When called, if a size along `axis` is not known, or there is no such dimension.",
    **_OWN,
)
class BatchNormalization(Layer):
    """A layer that normalizes channels: by the batch's mean and variance, or by moving averages of them.

    What moves the averages is in GraphKeys.UPDATE_OPS: a step of training has to run it, too.

    >>> import scopetrie as tf
    >>> layer = tf.layers.BatchNormalization()
    >>> y = layer(tf.zeros([2, 8, 8, 3]), training=True)
    >>> [variable.name for variable in layer.weights]
    ['batch_normalization/gamma:0', 'batch_normalization/beta:0', 'batch_normalization/moving_mean:0', ...]
    >>> len(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
    2
    """

    def __init__(
        self, axis: Any = -1, momentum: Any = 0.99, epsilon: float = 1e-3, center: bool = True,
        scale: bool = True, beta_initializer: Any = ZEROS, gamma_initializer: Any = ONES,
        moving_mean_initializer: Any = ZEROS, moving_variance_initializer: Any = ONES,
        beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
        gamma_constraint: Any = None, renorm: bool = False, renorm_clipping: Any = None,
        renorm_momentum: float = 0.99, fused: bool | None = None, trainable: bool = True,
        virtual_batch_size: int | None = None, adjustment: Any = None, name: str | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(trainable, name, **kwargs)
        for given, argument in (
            (renorm, "renorm"), (virtual_batch_size, "virtual_batch_size"), (adjustment, "adjustment"),
        ):  # fmt: skip
            if given:
                raise UnimplementedError(
                    None, None, f"batch_normalization({argument}={given!r}) is not offered: leave it out."
                )
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError(
                f"Expected an int or a list/tuple of ints for the argument 'axis', but received: {axis!r}"
            )
        self.axis: Any = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = get_initializer(beta_initializer)
        self.gamma_initializer = get_initializer(gamma_initializer)
        self.moving_mean_initializer = get_initializer(moving_mean_initializer)
        self.moving_variance_initializer = get_initializer(moving_variance_initializer)
        self.beta_regularizer = beta_regularizer
        self.gamma_regularizer = gamma_regularizer
        self.beta_constraint = beta_constraint
        self.gamma_constraint = gamma_constraint
        self.fused = fused
        self.gamma: Any = None
        self.beta: Any = None
        self.moving_mean: Any = None
        self.moving_variance: Any = None

    @whole
    def build(self, input_shape: Any) -> None:
        """Makes scale, offset and moving averages.

        Args:
            input_shape: The shape of the input.

        Raises:
            ValueError: If a size along `axis` is not known, or there is no such dimension.
        """
        shape = TensorShape(input_shape)
        if shape.ndims is None:
            raise ValueError(f"Input has undefined rank. Received: input_shape={shape}")
        self.axis = self._axes(shape.ndims)
        dims = shape.as_list()
        sizes = {axis: dims[axis] for axis in self.axis}
        if None in sizes.values():
            raise ValueError(
                f"Input has undefined `axis` dimension. Received input with shape {tuple(shape)} and "
                f"axis={tuple(self.axis)}"
            )
        if self.fused is not False:
            self.fused = shape.ndims == 4 and self.axis in ([1], [3])
        self.input_spec = InputSpec(ndim=shape.ndims, axes=sizes)
        of_one = len(sizes) == 1
        size = list(sizes.values()) if of_one else [sizes.get(axis, 1) for axis in range(shape.ndims)]
        kind = dtypes.float32 if self.dtype in _HALVES else self.dtype
        if self.scale:
            self.gamma = self.add_weight(
                "gamma", size, kind, self.gamma_initializer, self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )  # fmt: skip
        if self.center:
            self.beta = self.add_weight(
                "beta", size, kind, self.beta_initializer, self.beta_regularizer,
                constraint=self.beta_constraint,
            )  # fmt: skip
        # As v1: averages are never cut into parts.
        partitioner = None if self._scope is None else self._scope.partitioner
        if partitioner is not None:
            self._scope.set_partitioner(None)
        try:
            self.moving_mean = self.add_weight(
                "moving_mean", size, kind, self.moving_mean_initializer, trainable=False
            )
            self.moving_variance = self.add_weight(
                "moving_variance", size, kind, self.moving_variance_initializer, trainable=False
            )
        finally:
            if partitioner is not None:
                self._scope.set_partitioner(partitioner)
        self.built = True

    def _axes(self, rank: int) -> list[int]:
        given = self.axis if isinstance(self.axis, list) else [self.axis]
        axes = [axis + rank if axis < 0 else axis for axis in given]
        if any(not 0 <= axis < rank for axis in axes):
            raise ValueError(
                f"Invalid value for `axis` argument. Expected 0 <= axis < inputs.rank (with "
                f"inputs.rank={rank}). Received: axis={tuple(axes)}"
            )
        if len(set(axes)) != len(axes):
            raise ValueError(f"Duplicate axis: {tuple(axes)}")
        return axes

    @whole
    def call(self, inputs: Any, training: Any = False) -> Tensor:
        """Normalizes.

        Args:
            inputs: A tensor of floats.
            training: Whether to use the batch's own mean and variance: a bool, or a boolean scalar.

        Returns:
            A tensor with the dtype and shape of the input.
        """
        return self._fused(inputs, training) if self.fused else self._composed(inputs, training)

    def _fused(self, inputs: Tensor, training: Any) -> Tensor:
        size, kind = self.moving_mean.shape, self.moving_mean.dtype.base_dtype
        beta = self.beta if self.center else constant(0.0, kind, size)
        gamma = self.gamma if self.scale else constant(1.0, kind, size)

        def normalized(of_batch: bool) -> tuple[Tensor, Tensor, Tensor]:
            return fused_batch_norm(
                inputs, gamma, beta, self.moving_mean, self.moving_variance, self.epsilon,
                "NCHW" if self.axis == [1] else "NHWC", is_training=of_batch,
            )  # fmt: skip

        output, mean, variance = choose(training, lambda: normalized(True), lambda: normalized(False))
        output.set_shape(inputs.shape)
        known = known_bool(training)
        if known is not False:
            momentum = choose(
                training, lambda: convert_to_tensor(self.momentum), lambda: convert_to_tensor(1.0)
            )
            self.add_update(moving_average_update(self.moving_mean, mean, momentum).op)
            self.add_update(moving_average_update(self.moving_variance, variance, momentum).op)
        made: Tensor = output
        return made

    def _composed(self, inputs: Tensor, training: Any) -> Tensor:
        rank, own = inputs.shape.ndims, inputs.dtype.base_dtype
        assert rank is not None
        if own in (dtypes.float16, dtypes.bfloat16):  # as v1, which computes with float32
            inputs = cast(inputs, dtypes.float32)
        of_one = len(self.axis) == 1
        over = [axis for axis in range(rank) if axis not in self.axis]
        spread = [inputs.shape[axis].value if axis in self.axis else 1 for axis in range(rank)]

        def aligned(value: Any) -> Any:
            aside = value is not None and of_one and rank != 2 and self.axis != [rank - 1]
            return reshape(value, spread) if aside else value

        gamma, beta = aligned(self.gamma), aligned(self.beta)
        mean, variance = self.moving_mean, self.moving_variance
        known = known_bool(training)
        if known is not False:
            of_batch = moments(inputs, over, keep_dims=not of_one)
            kind = self.moving_mean.dtype.base_dtype
            found = [cast(each, kind) for each in of_batch]
            kept = (self.moving_mean, self.moving_variance)
            mean, variance = (
                choose(training, lambda new=new: new, lambda old=old: old.value())  # type: ignore[misc]
                for new, old in zip(found, kept, strict=True)
            )
            for variable, value in zip(kept, (mean, variance), strict=True):
                self.add_update(choose(training, self._move(variable, value), variable.value).op)
        mean, variance, gamma, beta = (
            None if each is None else _read(each, inputs.dtype.base_dtype)
            for each in (mean, variance, gamma, beta)
        )
        mean, variance = aligned(mean), aligned(variance)
        output = nn_batch_normalization(inputs, mean, variance, beta, gamma, self.epsilon)
        if output.dtype.base_dtype is not own:
            output = cast(output, own)
        output.set_shape(inputs.shape)
        return output

    def _move(self, variable: Any, value: Any) -> Callable[[], Tensor]:
        return lambda: moving_average_update(variable, value, self.momentum)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the input.

        Args:
            input_shape: The shape.
        """
        return input_shape


def _read(value: Any, dtype: dtypes.DType) -> Tensor:
    """A value in a dtype; as v1, the cast of a variable takes a name, whether or not anything is cast."""
    if isinstance(value, Tensor) or value.dtype.base_dtype is not dtype:
        return cast(value, dtype)
    with name_scope(None, "Cast", [value]):
        return convert_to_tensor(value)


def moving_average_update(variable: Any, value: Any, momentum: Any) -> Tensor:
    """Makes what moves an average: variable -= (variable - value) (1 - momentum).

    Args:
        variable: The average.
        value: What it moves to.
        momentum: How much of it stays: a number or a scalar tensor.
    """
    with name_scope("AssignMovingAvg") as scope, colocate_with(variable):
        kind = variable.dtype.base_dtype
        left = cast(1.0 - momentum, kind) if isinstance(momentum, Tensor) else None
        decay = constant(1.0 - momentum, kind, name="decay") if left is None else left
        made: Tensor = assign_sub(variable, (variable - cast(value, kind)) * decay, name=scope)
        return made


@v1("layers.batch_normalization")
@described(
    "A tensor with the dtype and shape of the input.",
    "ValueError: If a size along `axis` is not known, or there is no such dimension.",
    **_OWN,
)
def batch_normalization(
    inputs: Any, axis: Any = -1, momentum: Any = 0.99, epsilon: float = 1e-3, center: bool = True,
    scale: bool = True, beta_initializer: Any = ZEROS, gamma_initializer: Any = ONES,
    moving_mean_initializer: Any = ZEROS, moving_variance_initializer: Any = ONES,
    beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
    gamma_constraint: Any = None, training: Any = False, trainable: bool = True, name: str | None = None,
    reuse: Any = None, renorm: bool = False, renorm_clipping: Any = None, renorm_momentum: float = 0.99,
    fused: bool | None = None, virtual_batch_size: int | None = None, adjustment: Any = None,
) -> Tensor:  # fmt: skip
    """Normalizes channels: by the batch's mean and variance in training, else by moving averages.

    What moves the averages is in GraphKeys.UPDATE_OPS: a step of training has to run it, too.

    >>> import scopetrie as tf
    >>> y = tf.layers.batch_normalization(tf.fill([2, 8, 8, 3], 50.0), training=True)
    >>> with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    ...     step = tf.no_op()
    >>> with tf.Session() as session:
    ...     session.run(tf.global_variables_initializer())
    ...     session.run(step)
    ...     print(session.run("batch_normalization/moving_mean:0").round(4))
    [0.5 0.5 0.5]
    """
    arguments = locals()
    result: Tensor = applied(BatchNormalization, arguments, training=arguments.pop("training"))
    return result
