"""Which op types become which ones of ONNX: the declarations of the converters.

    @converts("Sqrt", to="Sqrt")
    def sqrt(step): ...

A converter takes a `Step` (an operation and what its inputs became) and returns what its outputs become.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

__all__ = ["CONVERTERS", "Converter", "converts"]

Function: TypeAlias = Callable[[Any], Any]
_Declared = TypeVar("_Declared", bound=Function)


class Converter(NamedTuple):
    """How nodes of a type are converted.

    Attributes:
        convert: Takes a `Step`; returns a value of the model, or a list of them, one for each output.
        to: The types of the nodes that it makes, in the order of the alphabet.
        note: What it does not take, or how the result differs; "" if there is nothing to say.
    """

    convert: Function
    to: tuple[str, ...]
    note: str


CONVERTERS: Final[dict[str, Converter]] = {}


def converts(*types: str, to: str, note: str = "") -> Callable[[_Declared], _Declared]:
    """Files a converter.

    Args:
        *types: The op types that it converts.
        to: The types of ONNX's nodes that it makes.
        note: What the table of docs/onnx.md says of it besides.
    """

    def declared(function: _Declared) -> _Declared:
        for each in types:
            CONVERTERS[each] = Converter(function, tuple(sorted(to.split())), note)
        return function

    return declared
