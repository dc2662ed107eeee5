"""`tf.keras.activations`: functions of tensors, and what their names stand for.

>>> import scopetrie as tf
>>> tf.keras.activations.get("relu")(tf.constant([-1.0, 2.0]))
<tf.Tensor 'Relu:0' shape=(2,) dtype=float32>
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..graph import Tensor
from ..namespaces import namespace
from ..ops.constant import constant, convert_to_tensor
from ..ops.elementwise import unary
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import clip_by_value, greater, where_v2
from ..ops.nn import activation as nn
from ..public import v1
from .identifiers import described

exponential = v1("keras.activations.exponential")(unary.exp)
selu = v1("keras.activations.selu")(nn.selu)
sigmoid = v1("keras.activations.sigmoid")(unary.sigmoid)
softplus = v1("keras.activations.softplus")(nn.softplus)
softsign = v1("keras.activations.softsign")(nn.softsign)
swish = v1("keras.activations.swish")(nn.swish)
tanh = v1("keras.activations.tanh")(unary.tanh)


@v1("keras.activations.linear")
def linear(x: Any) -> Any:
    """Returns its argument.

    Args:
        x: A tensor.
    """
    return x


@v1("keras.activations.elu")
def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """Returns x where it is above 0, and alpha (exp(x) - 1) elsewhere.

    Args:
        x: A tensor.
        alpha: The factor.
    """
    made = nn.elu(x)
    return made if alpha == 1 else where_v2(greater(x, 0), made, alpha * made)


@v1("keras.activations.hard_sigmoid")
def hard_sigmoid(x: Any) -> Tensor:
    """Returns 0.2 x + 0.5, within 0 and 1.

    Args:
        x: A tensor.
    """
    return clip_by_value(constant(0.2, x.dtype.base_dtype) * x + 0.5, 0.0, 1.0)


@v1("keras.activations.relu")
def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Tensor:
    """Returns x where it is at least the threshold, and alpha (x - threshold) elsewhere.

    Args:
        x: A tensor.
        alpha: The slope below the threshold.
        max_value: What the result is at most; None for no bound.
        threshold: The threshold.

    >>> import scopetrie as tf
    >>> x = tf.constant([-3.0, 2.0, 7.0])
    >>> tf.Session().run(relu(x, alpha=0.5, max_value=5.0)).tolist()
    [-1.5, 2.0, 5.0]
    """
    x = convert_to_tensor(x)
    if alpha and not threshold and max_value is None:
        return nn.leaky_relu(x, alpha)
    if not alpha and not threshold and max_value == 6:
        return nn.relu6(x)
    below = nn.relu(threshold - x) if threshold else nn.relu(-x) if alpha else None
    made: Any = x * cast(greater(x, threshold), x.dtype) if threshold else nn.relu(x)
    if max_value is not None:
        made = clip_by_value(made, 0.0, max_value)
    if alpha and below is not None:
        made = made - alpha * below
    result: Tensor = made
    return result


@v1("keras.activations.softmax")
def softmax(x: Any, axis: int = -1) -> Tensor:
    """Returns exp(x) by its sum along an axis.

    Args:
        x: A tensor of rank 2 or more.
        axis: The axis.

    Raises:
        ValueError: If the rank is less.
    """
    rank = x.shape.ndims
    if rank is not None and rank < 2:
        raise ValueError(
            f"Cannot apply softmax to a tensor that is 1D. Received input: {x}. Give it one dimension more."
        )
    return nn.softmax(x, axis=axis)


_KNOWN: Final[dict[str, Callable[..., Any]]] = {
    "elu": elu, "exponential": exponential, "hard_sigmoid": hard_sigmoid, "leaky_relu": nn.leaky_relu,
    "linear": linear, "relu": relu, "relu6": nn.relu6, "selu": selu, "sigmoid": sigmoid, "softmax": softmax,
    "softplus": softplus, "softsign": softsign, "swish": swish, "tanh": tanh,
}  # fmt: skip


@v1("keras.activations.get")
def get(identifier: Any) -> Callable[..., Any]:
    """Returns the function for a name; `linear` for None.

    Args:
        identifier: A name, None, or a function, which is returned as it is.

    Raises:
        ValueError: If there is none of that name.
        TypeError: If it is none of these.

    >>> get(None) is linear, get("tanh") is tanh
    (True, True)
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        if identifier not in _KNOWN:
            raise ValueError(
                f"Unknown activation function: {identifier!r}. There are: {', '.join(sorted(_KNOWN))}."
            )
        return _KNOWN[identifier]
    if callable(identifier):
        return identifier  # type: ignore[no-any-return]
    raise TypeError(f"Could not interpret activation function identifier: {identifier!r}")


@v1("keras.activations.serialize")
def serialize(activation: Any) -> Any:
    """Returns the name of a function.

    Args:
        activation: The function.

    Raises:
        ValueError: If it has no name.
    """
    for name, each in _KNOWN.items():
        if each is activation:
            return name
    name = described(activation)
    return name.lower() if isinstance(name, str) else name


@v1("keras.activations.deserialize")
def deserialize(name: Any, custom_objects: Any = None) -> Any:
    """Returns the function of a name.

    Args:
        name: The name.
        custom_objects: More functions, by name.

    Raises:
        ValueError: If there is none of that name.
    """
    return (custom_objects or {}).get(name) or get(name)


if not TYPE_CHECKING:
    __getattr__, __dir__, __all__ = namespace("keras.activations")
