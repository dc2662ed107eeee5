"""Activations by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ..ops.elementwise.unary import exp, sigmoid, tanh
from ..ops.nn.activation import elu, relu, relu6, selu, softmax, softplus, softsign, swish

__all__ = ["activation_of"]

_BY_NAME: Final[dict[str, Any]] = {
    "elu": elu, "exponential": exp, "linear": None, "relu": relu, "relu6": relu6, "selu": selu,
    "sigmoid": sigmoid, "softmax": softmax, "softplus": softplus, "softsign": softsign, "swish": swish,
    "tanh": tanh,
}  # fmt: skip


def activation_of(given: Any) -> Callable[[Any], Any] | None:
    """The function that an argument `activation` stands for.

    Args:
        given: A function, a name, or None.

    Returns:
        The function; None where nothing is to be done.

    Raises:
        ValueError: If there is none of that name.
        TypeError: If it is no function.
    """
    if isinstance(given, str):
        if given not in _BY_NAME:
            raise ValueError(
                f"Unknown activation function: {given!r}. There are: {', '.join(sorted(_BY_NAME))}"
            )
        found: Callable[[Any], Any] | None = _BY_NAME[given]
        return found
    if given is None or callable(given):
        return given  # type: ignore[no-any-return]
    raise TypeError(f"Could not interpret activation function identifier: {given!r}")
