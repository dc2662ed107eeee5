"""What is wrong with the inputs of a node, in v1's words."""

from __future__ import annotations

from collections.abc import Mapping

from ..graph import Tensor
from .declare import Types


class ShapeError(ValueError):
    """What a shape rule raises: the fault, which the node's description is added to.

    Args:
        message: The fault in v1's words, without the part from " for '{{node".
        constants: Values of inputs that the rule looked at, by position, as v1 writes them (`"<5>"` without
            the brackets).
        partial: Shapes that the rule read from inputs, by position, as v1 writes them (`"[2,?]"`).
    """

    def __init__(
        self,
        message: str,
        constants: Mapping[int, str] | None = None,
        partial: Mapping[int, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.constants = constants or {}
        self.partial = partial or {}


def dtype_refusal(message: str) -> TypeError:
    """The error for a value or a tensor of a dtype that an operation does not take.

    Its attribute `refuses_dtype` tells it from others of v1's class; the extension sets it, too.
    """
    error = TypeError(message)
    error.refuses_dtype = True  # type: ignore[attr-defined]
    return error


def check_dtype(tensor: Tensor, parameter: str, types: Types) -> None:
    """Refuses an input of a dtype that its op does not take.

    Raises:
        TypeError: With v1's text.
    """
    found = tensor.dtype.base_dtype
    if found not in types:
        raise dtype_refusal(
            f"Value passed to parameter '{parameter}' has DataType {found.name} not in list of allowed "
            "values: " + ", ".join(each.name for each in types)
        )
