"""Expressions with the outcome that was recorded from TensorFlow: see recorded/record.py."""

import json
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "recorded"


def outcome(expression: str, tf: Any) -> list[str]:
    """The repr, str and type of an expression's value, or its error's class and first line."""
    short = {"D": "Dimension", "S": "TensorShape", "PI": "PartitionInfo"}
    names = {letter: getattr(tf, name, None) for letter, name in short.items()} | {"tf": tf, "np": np}
    try:
        value = eval(expression, names)
    except Exception as error:
        return ["raises", type(error).__name__, *str(error).split("\n")[:1]]
    return [repr(value), str(value), type(value).__name__]


def recorded(name: str) -> list[tuple[str, list[str]]]:
    """The expressions of a file and their recorded outcomes."""
    return list(json.loads((FOLDER / name).read_text(encoding="utf-8")).items())
