"""`tf.keras.constraints`: what an optimizer does to weights after an update.

>>> import scopetrie as tf
>>> w = tf.get_variable("w", [2, 2], constraint=tf.keras.constraints.max_norm(2.0))
>>> tf.Session().run(tf.keras.constraints.non_neg()(tf.constant([3.0, -4.0]))).tolist()
[3.0, -0.0]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..graph import Tensor
from ..namespaces import namespace
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import clip_by_value, greater_equal
from ..ops.elementwise.unary import sqrt, square
from ..ops.math.reduce import reduce_sum
from ..public import v1, whole
from .identifiers import described, found

_EPSILON: Final = 1e-7


@v1("keras.constraints.Constraint")
class Constraint:
    """What changes weights after an update. A class of your own defines `__call__`."""

    def __call__(self, w: Any) -> Any:
        """Makes the changed weights.

        Args:
            w: The weights.
        """
        return w

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration: the constructor's arguments."""
        return {}


def _norms(w: Any, axis: Any) -> Tensor:
    return sqrt(reduce_sum(square(w), axis=axis, keepdims=True))


@v1("keras.constraints.MaxNorm", "keras.constraints.max_norm")
class MaxNorm(Constraint):
    """Scales weights down whose norm along an axis is larger than a bound.

    Args:
        max_value: The bound.
        axis: The axis, or a list of them.
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value, self.axis = max_value, axis

    @whole
    def __call__(self, w: Any) -> Tensor:
        """Makes the changed weights.

        Args:
            w: The weights.
        """
        norms = _norms(w, self.axis)
        made: Tensor = w * (clip_by_value(norms, 0, self.max_value) / (_EPSILON + norms))
        return made

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"max_value": self.max_value, "axis": self.axis}


@v1("keras.constraints.NonNeg", "keras.constraints.non_neg")
class NonNeg(Constraint):
    """Sets negative weights to 0."""

    @whole
    def __call__(self, w: Any) -> Tensor:
        """Makes the changed weights.

        Args:
            w: The weights.
        """
        made: Tensor = w * cast(greater_equal(w, 0.0), w.dtype.base_dtype)
        return made


@v1("keras.constraints.UnitNorm", "keras.constraints.unit_norm")
class UnitNorm(Constraint):
    """Scales weights to the norm 1 along an axis.

    Args:
        axis: The axis, or a list of them.
    """

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    @whole
    def __call__(self, w: Any) -> Tensor:
        """Makes the changed weights.

        Args:
            w: The weights.
        """
        made: Tensor = w / (_EPSILON + _norms(w, self.axis))
        return made

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"axis": self.axis}


@v1("keras.constraints.MinMaxNorm", "keras.constraints.min_max_norm")
class MinMaxNorm(Constraint):
    """Scales weights whose norm along an axis is outside of bounds, by a part of the way.

    Args:
        min_value: The lower bound.
        max_value: The upper bound.
        rate: How much of the way: 1 for all.
        axis: The axis, or a list of them.
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ) -> None:
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    @whole
    def __call__(self, w: Any) -> Tensor:
        """Makes the changed weights.

        Args:
            w: The weights.
        """
        norms = _norms(w, self.axis)
        wanted = self.rate * clip_by_value(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        made: Tensor = w * (wanted / (_EPSILON + norms))
        return made

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {
            "min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis,
        }  # fmt: skip


_KNOWN: Final[dict[str, Any]] = {
    "MaxNorm": MaxNorm, "max_norm": MaxNorm, "maxnorm": MaxNorm, "NonNeg": NonNeg, "non_neg": NonNeg,
    "nonneg": NonNeg, "UnitNorm": UnitNorm, "unit_norm": UnitNorm, "unitnorm": UnitNorm,
    "MinMaxNorm": MinMaxNorm, "min_max_norm": MinMaxNorm,
}  # fmt: skip


@v1("keras.constraints.get")
def get(identifier: Any) -> Any:
    """Returns the constraint for a name or a configuration.

    Args:
        identifier: A name, a dictionary with `class_name` and `config`, a constraint or other callable, which
            is returned as it is, or None.

    Raises:
        ValueError: If no constraint has the name, or the identifier is none of these.
    """
    return found("constraint", identifier, _KNOWN, Constraint)


@v1("keras.constraints.serialize")
def serialize(constraint: Any) -> Any:
    """Returns the dictionary that describes a constraint.

    Args:
        constraint: The constraint.

    Raises:
        ValueError: If it has neither a configuration nor a name.
    """
    return described(constraint)


if not TYPE_CHECKING:
    __getattr__, __dir__, __all__ = namespace("keras.constraints")
