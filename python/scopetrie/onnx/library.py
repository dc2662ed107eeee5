"""onnx-ir and ONNX's schemas, imported at first use."""

from __future__ import annotations

import functools
import importlib
from typing import Any, NamedTuple

__all__ = ["Schema", "load", "schema_of"]


def load(module: str = "onnx_ir") -> Any:
    """Imports a module of onnx-ir or ONNX.

    Raises:
        ImportError: If the extra is not installed; the message says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"onnx.export needs the package onnx-ir, which is an extra: pip install scopetrie[onnx] ({error})"
        ) from error


class Schema(NamedTuple):
    """What ONNX says of the element types of an op.

    Attributes:
        inputs: For each input the name of its type, or the type itself: "T", "tensor(int64)".
        variadic: Whether the last input stands for any number.
        outputs: The same for the outputs.
        allowed: For each named type those that it may be.
    """

    inputs: tuple[str, ...]
    variadic: bool
    outputs: tuple[str, ...]
    allowed: dict[str, frozenset[str]]


@functools.cache
def schema_of(op_type: str, opset: int) -> Schema:
    """Returns the schema that an op type has in an opset."""
    found = load("onnx.defs").get_schema(op_type, opset)
    variadic = bool(found.inputs) and found.inputs[-1].option.name == "Variadic"
    return Schema(
        tuple(each.type_str for each in found.inputs),
        variadic,
        tuple(each.type_str for each in found.outputs),
        {each.type_param_str: frozenset(each.allowed_type_strs) for each in found.type_constraints},
    )
