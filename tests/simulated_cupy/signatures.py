"""What was recorded of CuPy: its functions, ufuncs and classes."""

from __future__ import annotations

import json
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
FACTS: dict[str, Any] = json.loads((_HERE / "cupy_14.json").read_text())
CLASSES: dict[str, Any] = json.loads((_HERE / "cupy_14_classes.json").read_text())


def as_signature(parameters: list[list[Any]]) -> Signature:
    """The signature with some parameters: name, kind and whether there is a default."""
    kinds = type(Parameter.POSITIONAL_ONLY)
    return Signature(
        [
            Parameter(name, kinds(kind), default=None if has_default else Parameter.empty)
            for name, kind, has_default in parameters
        ]
    )


def signature_of(name: str) -> Signature:
    """The signature of a method or function of a compiled class or module, without `self`."""
    return as_signature(CLASSES[name])
