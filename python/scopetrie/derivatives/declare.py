"""Which gradient an op has: declarations, by type or by name, and the look-up.

Example:
    >>> from scopetrie.derivatives.declare import gradient_of
    >>> gradient_of("Tanh").function.__name__
    '_tanh'
    >>> gradient_of("Shape").function is None
    True
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from ..late import load
from ..public import v1

Function = TypeVar("Function", bound=Callable[..., Any])

# The modules with the gradients of the ops here; imported at the first look-up.
_ROOMS: Final = (
    "flat",
    "array.fill",
    "array.gather",
    "array.join",
    "array.pad",
    "array.shape",
    "array.slice",
    "control.branch",
    "control.loop",
    "control.map",
    "control.rows",
    "elementwise.arithmetic",
    "elementwise.compare",
    "elementwise.special",
    "elementwise.unary",
    "image.boxes",
    "image.colors",
    "image.resize",
    "linalg.contraction",
    "linalg.diag",
    "linalg.products",
    "linalg.solve",
    "math.reduce",
    "math.scan",
    "math.segment",
    "math.sparse_segment",
    "math.sum",
    "nn.activation",
    "nn.conv",
    "nn.loss",
    "nn.norm",
    "nn.pool",
    "sparse.dense",
    "sparse.places",
)


class Gradient(NamedTuple):
    """What is declared of a type of op.

    Attributes:
        function: `function(op, *grads)`: gives the gradients by the op's inputs, from those by its outputs,
            as a list, or as one if there is one input. None of an op that has no derivative.
        sparse: Whether it takes IndexedSlices as they are.
        partial: Whether it takes None for outputs that nothing depends on; others get zeros.
    """

    function: Callable[..., Any] | None
    sparse: bool = False
    partial: bool = False


# By type of op or by the name that a program registers. Programs add to it, as they do to the types of ops.
GRADIENTS: Final[dict[str, Gradient]] = {}
_PLACES: Final[dict[str, str]] = {}  # where programs have registered theirs


def gradient(*types: str, sparse: bool = False, partial: bool = False) -> Callable[[Function], Function]:
    """Declares the gradient of types of ops; see `Gradient`.

    Args:
        *types: The types.
        sparse: Whether the function takes IndexedSlices.
        partial: Whether it takes None.

    Returns:
        A decorator, which returns the very function.
    """

    def declared(function: Function) -> Function:
        for each in types:
            GRADIENTS[each] = Gradient(function, sparse, partial)
        return function

    return declared


def no_derivative(*types: str) -> None:
    """Declares that ops of these types have no derivative: what depends on their inputs is constant."""
    for each in types:
        GRADIENTS[each] = Gradient(None)


_loaded = False


def gradient_of(name: str) -> Gradient | None:
    """The gradient of a type, or that of a registered name; None if nothing is declared."""
    global _loaded
    if not _loaded:
        for room in _ROOMS:
            load(f"derivatives.{room}")
        _loaded = True
    return GRADIENTS.get(name)


@v1("RegisterGradient")
class RegisterGradient:
    """A decorator that registers the gradient of a type of op, or one for `Graph.gradient_override_map`.

    Args:
        op_type: The type, or the name.

    The function that it decorates takes the operation and a gradient for each of its outputs, and returns a
    gradient for each of its inputs: a tensor, IndexedSlices or None, alone if there is one input.

    >>> import scopetrie as tf
    >>> @tf.RegisterGradient("Doubled")
    ... def doubled(op, grad):
    ...     return 2.0 * grad
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f: Function) -> Function:
        """Registers `f`.

        Raises:
            KeyError: If the name has a gradient already.
        """
        _register(self._op_type, Gradient(f, sparse=True))
        return f


@v1("NoGradient", "NotDifferentiable", "no_gradient")
def NotDifferentiable(op_type: str) -> None:
    """Registers that ops of a type have no derivative.

    Args:
        op_type: The type.

    Raises:
        TypeError: If it is no string.
        KeyError: If it has a gradient already.
    """
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _register(op_type, Gradient(None))


def _register(name: str, made: Gradient) -> None:
    if gradient_of(name) is not None:
        place = f" (Previous registration was in {_PLACES[name]})" if name in _PLACES else ""
        raise KeyError(f"Registering two gradient with name '{name}'!{place}")
    frame = sys._getframe(2)
    place = f"{frame.f_code.co_name} {frame.f_code.co_filename}:{frame.f_lineno}"
    _PLACES[name] = place
    GRADIENTS[name] = made


def attributes(op: Any) -> dict[str, Any]:
    """The attributes of an operation, without those that have their defaults."""
    found = op._attrs
    return found if isinstance(found, dict) else {}
