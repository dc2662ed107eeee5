"""`tf.keras.losses`: losses of each example, along the last dimension.

>>> import scopetrie as tf
>>> loss = tf.keras.losses.mean_squared_error(tf.constant([[0.0, 2.0]]), tf.constant([[1.0, 2.0]]))
>>> tf.Session().run(loss).tolist()
[0.5]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..dtypes import int64
from ..graph import Tensor
from ..layers.base import snake_case
from ..losses.weighted import Reduction, compute_weighted_loss
from ..namespaces import namespace
from ..ops.array.dims import squeeze
from ..ops.array.shape import shape as shape_of
from ..ops.constant import constant, convert_to_tensor
from ..ops.control.branch import cond
from ..ops.elementwise.arithmetic import maximum, squared_difference
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import clip_by_value, equal, less_equal, logical_or, where_v2
from ..ops.elementwise.unary import abs as absolute
from ..ops.elementwise.unary import log, square
from ..ops.math.reduce import reduce_all, reduce_max, reduce_mean, reduce_sum
from ..ops.nn import loss as nn
from ..ops.nn.activation import softplus
from ..ops.nn.norm import l2_normalize
from ..public import v1, whole
from ..scopes import name_scope
from .backend import epsilon
from .identifiers import described, found


def _pair(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    predicted = convert_to_tensor(y_pred)
    return cast(convert_to_tensor(y_true), predicted.dtype), predicted


def _logits(predicted: Tensor, type: str) -> Tensor | None:
    """What probabilities were made of, if their operation says so: as v1, which is more exact."""
    op = predicted.op
    while op.type == "Identity":
        op = op.inputs[0].op
    found: Tensor | None = op.inputs[0] if op.type == type else None
    return found


@v1("keras.losses.mean_squared_error", "keras.losses.mse", "keras.losses.MSE")
def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """Returns the mean of squared differences.

    Args:
        y_true: What is right.
        y_pred: What was predicted.
    """
    true, predicted = _pair(y_true, y_pred)
    return reduce_mean(squared_difference(predicted, true), axis=-1)


@v1("keras.losses.mean_absolute_error", "keras.losses.mae", "keras.losses.MAE")
def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """Returns the mean of absolute differences.

    Args:
        y_true: What is right.
        y_pred: What was predicted.
    """
    true, predicted = _pair(y_true, y_pred)
    return reduce_mean(absolute(predicted - true), axis=-1)


@v1("keras.losses.mean_absolute_percentage_error", "keras.losses.mape", "keras.losses.MAPE")
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """Returns the mean of absolute differences in percent of what is right.

    Args:
        y_true: What is right.
        y_pred: What was predicted.
    """
    true, predicted = _pair(y_true, y_pred)
    return 100.0 * reduce_mean(absolute((true - predicted) / maximum(absolute(true), epsilon())), axis=-1)


@v1("keras.losses.mean_squared_logarithmic_error", "keras.losses.msle", "keras.losses.MSLE")
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """Returns the mean of squared differences of log(1 + x).

    Args:
        y_true: What is right.
        y_pred: What was predicted.
    """
    true, predicted = (log(maximum(each, epsilon()) + 1.0) for each in _pair(y_true, y_pred))
    return reduce_mean(squared_difference(predicted, true), axis=-1)


@v1("keras.losses.hinge")
def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """Returns the mean of max(1 - true predicted, 0), for labels -1 and 1, or 0 and 1.

    Args:
        y_true: What is right.
        y_pred: What was predicted.
    """
    true, predicted = _pair(y_true, y_pred)
    return reduce_mean(maximum(1.0 - _signs(true) * predicted, 0.0), axis=-1)


@v1("keras.losses.squared_hinge")
def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """Returns the mean of squares of max(1 - true predicted, 0), for labels -1 and 1, or 0 and 1.

    Args:
        y_true: What is right.
        y_pred: What was predicted.
    """
    true, predicted = _pair(y_true, y_pred)
    return reduce_mean(square(maximum(1.0 - _signs(true) * predicted, 0.0)), axis=-1)


def _signs(labels: Tensor) -> Tensor:
    binary = reduce_all(logical_or(equal(labels, 0), equal(labels, 1)))
    made: Tensor = cond(binary, lambda: 2.0 * labels - 1.0, lambda: labels)
    return made


@v1("keras.losses.categorical_hinge")
def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """Returns max(largest of the wrong classes - that of the right one + 1, 0).

    Args:
        y_true: What is right, as 0 and 1.
        y_pred: What was predicted.
    """
    true, predicted = _pair(y_true, y_pred)
    right = reduce_sum(true * predicted, axis=-1)
    return maximum(reduce_max((1.0 - true) * predicted, axis=-1) - right + 1.0, 0.0)


@v1("keras.losses.logcosh", "keras.losses.log_cosh")
def logcosh(y_true: Any, y_pred: Any) -> Tensor:
    """Returns the mean of log(cosh(difference)).

    Args:
        y_true: What is right.
        y_pred: What was predicted.
    """
    true, predicted = _pair(y_true, y_pred)
    x = predicted - true
    return reduce_mean(x + softplus(-2.0 * x) - constant(_LOG_2, x.dtype), axis=-1)


@v1("keras.losses.poisson")
def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """Returns the mean of predicted - true log(predicted).

    Args:
        y_true: What is right.
        y_pred: What was predicted.
    """
    true, predicted = _pair(y_true, y_pred)
    return reduce_mean(predicted - true * log(predicted + epsilon()), axis=-1)


@v1(
    "keras.losses.kullback_leibler_divergence", "keras.losses.kld", "keras.losses.KLD",
    "keras.losses.kl_divergence",
)  # fmt: skip
def kullback_leibler_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """Returns the sum of true log(true / predicted).

    Args:
        y_true: The right distribution.
        y_pred: What was predicted.
    """
    true, predicted = (clip_by_value(each, epsilon(), 1.0) for each in _pair(y_true, y_pred))
    return reduce_sum(true * log(true / predicted), axis=-1)


@v1("keras.losses.cosine_similarity", "keras.losses.cosine_proximity", "keras.losses.cosine")
def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Returns minus the cosine of the angle between both.

    Args:
        y_true: What is right.
        y_pred: What was predicted.
        axis: The axis of the vectors.
    """
    true, predicted = _pair(y_true, y_pred)
    return -reduce_sum(l2_normalize(true, axis) * l2_normalize(predicted, axis), axis=axis)


@v1("keras.losses.binary_crossentropy")
def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0
) -> Tensor:
    """Returns the mean cross entropy of independent classes.

    Args:
        y_true: What is right, as 0 and 1.
        y_pred: Probabilities, or logits.
        from_logits: Whether they are logits.
        label_smoothing: How far labels move to 0.5.

    >>> import scopetrie as tf
    >>> loss = binary_crossentropy(tf.constant([[1.0, 0.0]]), tf.constant([[0.5, 0.5]]))
    >>> tf.Session().run(loss).tolist()
    [0.693146...]
    """
    true, predicted = _pair(y_true, y_pred)
    if label_smoothing:
        true = true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    logits = predicted if from_logits else _logits(predicted, "Sigmoid")
    if logits is not None:
        losses = nn.sigmoid_cross_entropy_with_logits(labels=true, logits=logits)
        return reduce_mean(losses, axis=-1)
    small = epsilon()
    clipped = clip_by_value(predicted, small, 1.0 - small)
    agreement = true * log(clipped + small) + (1.0 - true) * log(1.0 - clipped + small)
    return reduce_mean(-agreement, axis=-1)


@v1("keras.losses.categorical_crossentropy")
def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0
) -> Tensor:
    """Returns the cross entropy of classes of which one is right.

    Args:
        y_true: The right distribution.
        y_pred: Probabilities, which are divided by their sum, or logits.
        from_logits: Whether they are logits.
        label_smoothing: How far labels move to all the same.
    """
    true, predicted = _pair(y_true, y_pred)
    if label_smoothing:
        classes = cast(shape_of(true)[-1], true.dtype)
        true = true * (1.0 - label_smoothing) + label_smoothing / classes
    logits = predicted if from_logits else _logits(predicted, "Softmax")
    if logits is not None:
        return nn.softmax_cross_entropy_with_logits_v2(labels=true, logits=logits)
    small = epsilon()
    shares = clip_by_value(predicted / reduce_sum(predicted, axis=-1, keepdims=True), small, 1.0 - small)
    return -reduce_sum(true * log(shares), axis=-1)


@v1("keras.losses.sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """Returns the cross entropy of classes of which one is right, given by its number.

    Args:
        y_true: The right classes.
        y_pred: Probabilities, or logits.
        from_logits: Whether they are logits.
        axis: The dimension of the classes: only the last.

    Raises:
        ValueError: If it is another dimension.
    """
    predicted = convert_to_tensor(y_pred)
    rank = predicted.shape.ndims
    if axis != -1 and (rank is None or axis != rank - 1):
        raise ValueError(f"Unsupported axis: {axis}. Transpose the predictions: classes are along the last.")
    logits = predicted if from_logits else _logits(predicted, "Softmax")
    if logits is None:
        logits = log(clip_by_value(predicted, epsilon(), 1.0 - epsilon()))
    labels = cast(convert_to_tensor(y_true), int64)
    if labels.shape.ndims is not None and labels.shape.ndims == rank:
        labels = squeeze(labels, [-1])
    return nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)


@v1("keras.losses.Loss")
class Loss:
    """A loss of a batch: those of examples, weighted, and reduced to one number.

    A class of your own defines `call`, which gives the losses of examples.

    Args:
        reduction: "auto" or "sum_over_batch_size" for the mean, "sum", or "none" for each.
        name: The name of the operations' scope.

    Raises:
        ValueError: If there is no such reduction.

    >>> import scopetrie as tf
    >>> loss = tf.keras.losses.MeanSquaredError()(tf.constant([[0.0, 2.0]]), tf.constant([[1.0, 2.0]]))
    >>> loss.name, tf.Session().run(loss).item()
    ('mean_squared_error/weighted_loss/value:0', 0.5)
    """

    _function: Any = None

    def __init__(self, reduction: str = "auto", name: str | None = None) -> None:
        if reduction not in _REDUCTIONS:
            raise ValueError(
                f'Invalid Reduction Key: {reduction}. Expected keys are "{", ".join(sorted(_REDUCTIONS))}"'
            )
        self.reduction, self.name = reduction, name
        self._arguments: dict[str, Any] = {}

    @whole
    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """Makes the loss.

        Args:
            y_true: What is right.
            y_pred: What was predicted.
            sample_weight: Weights of examples.

        Returns:
            A scalar; for the reduction "none" the loss of each example.
        """
        with name_scope(self.name or snake_case(type(self).__name__)):
            losses = self.call(y_true, y_pred)
            weights = 1.0 if sample_weight is None else sample_weight
            return compute_weighted_loss(losses, weights, None, None, _REDUCTIONS[self.reduction])

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """Makes the losses of examples.

        Args:
            y_true: What is right.
            y_pred: What was predicted.

        Raises:
            NotImplementedError: If the class does not say.
        """
        if self._function is None:
            raise NotImplementedError("Must be implemented in subclasses.")
        made: Tensor = type(self)._function(y_true, y_pred, **self._arguments)
        return made

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration: the constructor's arguments."""
        return {"reduction": self.reduction, "name": self.name, **self._arguments}


@v1("keras.losses.MeanSquaredError")
class MeanSquaredError(Loss):
    """The mean of squared differences.

    Args:
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = mean_squared_error

    def __init__(self, reduction: str = "auto", name: str = "mean_squared_error") -> None:
        super().__init__(reduction, name)


@v1("keras.losses.MeanAbsoluteError")
class MeanAbsoluteError(Loss):
    """The mean of absolute differences.

    Args:
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = mean_absolute_error

    def __init__(self, reduction: str = "auto", name: str = "mean_absolute_error") -> None:
        super().__init__(reduction, name)


@v1("keras.losses.MeanAbsolutePercentageError")
class MeanAbsolutePercentageError(Loss):
    """The mean of absolute differences in percent.

    Args:
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = mean_absolute_percentage_error

    def __init__(self, reduction: str = "auto", name: str = "mean_absolute_percentage_error") -> None:
        super().__init__(reduction, name)


@v1("keras.losses.MeanSquaredLogarithmicError")
class MeanSquaredLogarithmicError(Loss):
    """The mean of squared differences of logarithms.

    Args:
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = mean_squared_logarithmic_error

    def __init__(self, reduction: str = "auto", name: str = "mean_squared_logarithmic_error") -> None:
        super().__init__(reduction, name)


@v1("keras.losses.Hinge")
class Hinge(Loss):
    """The hinge loss.

    Args:
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = hinge

    def __init__(self, reduction: str = "auto", name: str = "hinge") -> None:
        super().__init__(reduction, name)


@v1("keras.losses.SquaredHinge")
class SquaredHinge(Loss):
    """The squared hinge loss.

    Args:
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = squared_hinge

    def __init__(self, reduction: str = "auto", name: str = "squared_hinge") -> None:
        super().__init__(reduction, name)


@v1("keras.losses.CategoricalHinge")
class CategoricalHinge(Loss):
    """The hinge loss of classes of which one is right.

    Args:
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = categorical_hinge

    def __init__(self, reduction: str = "auto", name: str = "categorical_hinge") -> None:
        super().__init__(reduction, name)


@v1("keras.losses.Poisson")
class Poisson(Loss):
    """The Poisson loss.

    Args:
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = poisson

    def __init__(self, reduction: str = "auto", name: str = "poisson") -> None:
        super().__init__(reduction, name)


@v1("keras.losses.LogCosh")
class LogCosh(Loss):
    """The logarithm of the hyperbolic cosine of differences.

    Args:
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = logcosh

    def __init__(self, reduction: str = "auto", name: str = "log_cosh") -> None:
        super().__init__(reduction, name)


@v1("keras.losses.KLDivergence")
class KLDivergence(Loss):
    """The divergence of distributions.

    Args:
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = kullback_leibler_divergence

    def __init__(self, reduction: str = "auto", name: str = "kl_divergence") -> None:
        super().__init__(reduction, name)


@v1("keras.losses.BinaryCrossentropy")
class BinaryCrossentropy(Loss):
    """The cross entropy of independent classes.

    Args:
        from_logits: Whether predictions are logits.
        label_smoothing: How far labels move to 0.5.
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = binary_crossentropy

    def __init__(
        self, from_logits: bool = False, label_smoothing: float = 0, reduction: str = "auto",
        name: str = "binary_crossentropy",
    ) -> None:  # fmt: skip
        super().__init__(reduction, name)
        self._arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing}


@v1("keras.losses.CategoricalCrossentropy")
class CategoricalCrossentropy(Loss):
    """The cross entropy of classes of which one is right.

    Args:
        from_logits: Whether predictions are logits.
        label_smoothing: How far labels move to all the same.
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = categorical_crossentropy

    def __init__(
        self, from_logits: bool = False, label_smoothing: float = 0, reduction: str = "auto",
        name: str = "categorical_crossentropy",
    ) -> None:  # fmt: skip
        super().__init__(reduction, name)
        self._arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing}


@v1("keras.losses.SparseCategoricalCrossentropy")
class SparseCategoricalCrossentropy(Loss):
    """The cross entropy of classes of which one is right, given by its number.

    Args:
        from_logits: Whether predictions are logits.
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = sparse_categorical_crossentropy

    def __init__(
        self, from_logits: bool = False, reduction: str = "auto",
        name: str = "sparse_categorical_crossentropy",
    ) -> None:  # fmt: skip
        super().__init__(reduction, name)
        self._arguments = {"from_logits": from_logits}


def _huber(y_true: Any, y_pred: Any, delta: float) -> Tensor:
    true, predicted = _pair(y_true, y_pred)
    size = absolute(predicted - true)
    return reduce_mean(
        where_v2(less_equal(size, delta), 0.5 * square(size), delta * size - 0.5 * delta * delta), axis=-1
    )


@v1("keras.losses.Huber")
class Huber(Loss):
    """Half the square of differences up to a bound, and their absolute values beyond it.

    Args:
        delta: The bound.
        reduction: What becomes of the losses of examples; see `Loss`.
        name: The name of the operations' scope.
    """

    _function = _huber

    def __init__(self, delta: float = 1.0, reduction: str = "auto", name: str = "huber_loss") -> None:
        super().__init__(reduction, name)
        self._arguments = {"delta": delta}


_LOG_2: Final = 0.6931471805599453
_REDUCTIONS: Final = {
    "auto": Reduction.SUM_OVER_BATCH_SIZE, "sum_over_batch_size": Reduction.SUM_OVER_BATCH_SIZE,
    "sum": Reduction.SUM, "none": Reduction.NONE,
}  # fmt: skip
_KNOWN: Final[dict[str, Any]] = {
    name: value
    for name, value in globals().items()
    if getattr(value, "__module__", None) == __name__
    and not name.startswith("_")
    and (callable(value) and (not isinstance(value, type) or issubclass(value, Loss)))
}
_KNOWN.update(
    mse=mean_squared_error, mae=mean_absolute_error, mape=mean_absolute_percentage_error,
    msle=mean_squared_logarithmic_error, kld=kullback_leibler_divergence, cosine_proximity=cosine_similarity,
    log_cosh=logcosh,
)  # fmt: skip


@v1("keras.losses.get")
def get(identifier: Any) -> Any:
    """Returns the loss for a name or a configuration.

    Args:
        identifier: A name, a dictionary with `class_name` and `config`, a loss or other callable, which is
            returned as it is, or None.

    Raises:
        ValueError: If no loss has the name, or the identifier is none of these.

    >>> get("mse") is mean_squared_error
    True
    """
    return found("loss function", identifier, _KNOWN, Loss)


@v1("keras.losses.serialize")
def serialize(loss: Any) -> Any:
    """Returns the name of a loss, or the dictionary that describes it.

    Args:
        loss: The loss.

    Raises:
        ValueError: If it has neither a configuration nor a name.
    """
    return described(loss)


if not TYPE_CHECKING:
    __getattr__, __dir__, __all__ = namespace("keras.losses")
