"""`tf.keras.regularizers`: losses of weights.

`l2(0.1)` is 0.1 times the sum of squares, as Keras has it, and not half of it, as `contrib.layers`.

>>> import scopetrie as tf
>>> loss = tf.keras.regularizers.l2(0.1)(tf.constant([1.0, 2.0]))
>>> tf.Session().run(loss).round(4).item()
0.5
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..graph import Tensor
from ..namespaces import namespace
from ..ops.constant import constant
from ..ops.elementwise.unary import abs as absolute
from ..ops.math.reduce import l2_loss, reduce_sum
from ..public import v1, whole
from .identifiers import described, found


def _checked(penalty: Any) -> float:
    if not isinstance(penalty, (int, float, np.number)):
        raise ValueError(
            f"Value {penalty} is not a valid regularization penalty number, expected an int or float value."
        )
    if not math.isfinite(penalty):
        raise ValueError(
            f"Value {penalty} is not a valid regularization penalty number, an infinite number or NaN are "
            "not valid values."
        )
    return float(np.float32(penalty))


@v1("keras.regularizers.Regularizer")
class Regularizer:
    """What makes a loss of weights. A class of your own defines `__call__` and `get_config`.

    >>> import scopetrie as tf
    >>> class Mean(tf.keras.regularizers.Regularizer):
    ...     def __call__(self, weights):
    ...         return tf.reduce_mean(weights)
    >>> Mean()(tf.constant([1.0, 3.0]))
    <tf.Tensor 'Mean:0' shape=() dtype=float32>
    """

    def __call__(self, x: Any) -> Any:
        """Makes the loss.

        Args:
            x: The weights.

        Returns:
            A scalar.
        """
        return 0.0

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration: the constructor's arguments.

        Raises:
            NotImplementedError: If the class does not say.
        """
        raise NotImplementedError(f"{self} does not implement get_config()")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Returns a regularizer with a configuration.

        Args:
            config: What `get_config` returned.
        """
        return cls(**config)


def _weighted(factor: float, loss: Tensor) -> Tensor:
    made: Tensor = factor * loss
    return made


@v1("keras.regularizers.L1L2")
class L1L2(Regularizer):
    """`l1` times the sum of absolute values, and `l2` times the sum of squares.

    Args:
        l1: What is multiplied with the sum of absolute values.
        l2: What is multiplied with the sum of squares.

    Raises:
        ValueError: If one is no finite number.
    """

    _is_of_one = False

    def __init__(self, l1: Any = 0.0, l2: Any = 0.0) -> None:
        self.l1 = _checked(0.0 if l1 is None else l1)
        self.l2 = _checked(0.0 if l2 is None else l2)

    @whole
    def __call__(self, x: Any) -> Tensor:
        """Makes the loss.

        Args:
            x: The weights.

        Returns:
            A scalar.
        """
        parts = []
        if self.l1:
            parts.append(_weighted(self.l1, reduce_sum(absolute(x))))
        if self.l2:
            parts.append(_weighted(2 * self.l2, l2_loss(x)))
        if parts and self._is_of_one:
            return parts[0]
        total = constant(0.0, x.dtype.base_dtype)
        for each in parts:
            total = total + each
        return total

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"l1": self.l1, "l2": self.l2}


@v1("keras.regularizers.L1", "keras.regularizers.l1")
class L1(L1L2):
    """`l1` times the sum of absolute values.

    Args:
        l1: The factor.
        **kwargs: `l`, its name in Keras's string identifiers.

    Raises:
        ValueError: If it is no finite number.
        TypeError: If there is no such argument.
    """

    _is_of_one = True

    def __init__(self, l1: Any = 0.01, **kwargs: Any) -> None:
        super().__init__(_one(l1, kwargs), 0.0)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"l1": self.l1}


@v1("keras.regularizers.L2", "keras.regularizers.l2")
class L2(L1L2):
    """`l2` times the sum of squares.

    Args:
        l2: The factor.
        **kwargs: `l`, its name in Keras's string identifiers.

    Raises:
        ValueError: If it is no finite number.
        TypeError: If there is no such argument.
    """

    _is_of_one = True

    def __init__(self, l2: Any = 0.01, **kwargs: Any) -> None:
        super().__init__(0.0, _one(l2, kwargs))

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"l2": self.l2}


def _one(factor: Any, others: dict[str, Any]) -> Any:
    factor = others.pop("l", factor)
    if others:
        raise TypeError(f"Argument(s) not recognized: {others}")
    return 0.01 if factor is None else factor


@v1("keras.regularizers.l1_l2")
def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """Returns a regularizer by absolute values and squares.

    Args:
        l1: What is multiplied with the sum of absolute values.
        l2: What is multiplied with the sum of squares.

    Raises:
        ValueError: If one is no finite number.
    """
    return L1L2(l1, l2)


_KNOWN: Final[dict[str, Any]] = {
    "L1": L1, "l1": L1, "L2": L2, "l2": L2, "L1L2": L1L2, "l1_l2": l1_l2,
}  # fmt: skip


@v1("keras.regularizers.get")
def get(identifier: Any) -> Any:
    """Returns the regularizer for a name or a configuration.

    Args:
        identifier: `"l1"`, `"l2"`, `"l1_l2"`, a dictionary with `class_name` and `config`, a regularizer or
            other callable, which is returned as it is, or None.

    Raises:
        ValueError: If no regularizer has the name, or the identifier is none of these.

    >>> get("l2").get_config()["l2"]
    0.009999999776482582
    """
    made = found("regularizer", identifier, _KNOWN, Regularizer)
    return made() if made is l1_l2 else made


@v1("keras.regularizers.serialize")
def serialize(regularizer: Any) -> Any:
    """Returns the dictionary that `deserialize` makes a regularizer of.

    Args:
        regularizer: The regularizer.

    Raises:
        ValueError: If it has neither a configuration nor a name.
    """
    return described(regularizer)


@v1("keras.regularizers.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Returns the regularizer that a dictionary describes.

    Args:
        config: What `serialize` returned.
        custom_objects: More classes, by name.

    Raises:
        ValueError: If there is none of that name.
    """
    return found("regularizer", config, {**_KNOWN, **(custom_objects or {})}, Regularizer)


if not TYPE_CHECKING:
    __getattr__, __dir__, __all__ = namespace("keras.regularizers")
