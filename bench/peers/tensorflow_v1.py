"""TensorFlow in v1 mode: the very statements that this package is timed with."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

from bench import calls
from bench.sampling import Work

from .pairs import Pair, paired


def pair(name: str, key: str) -> Pair:
    """The contenders of a row.

    Args:
      name: "tensorflow".
      key: The row's key.

    Returns:
      The pair.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    tf = importlib.import_module("tensorflow").compat.v1
    tf.disable_v2_behavior()
    full = "get_variable('w', shape=(3,), dtype=float32)"

    def node(statement: str, type: str, last: str, per_call: int = 1) -> Callable[[], Work]:
        return lambda: calls.node(tf, statement, type, lambda n: f"scope/{last}_{n - 1}", per_call)

    made: dict[str, Callable[[], Any]] = {
        "hit.name": lambda: calls.hit(tf, "get_variable('w')"),
        "hit.full": lambda: calls.hit(tf, full),
        "create": lambda: calls.create(tf),
        "scope.name": lambda: calls.scope(tf, "variable_scope", "'a'"),
        "scope.captured": lambda: calls.scope(tf, "variable_scope", "captured"),
        "scope.op": lambda: calls.scope(tf, "name_scope", "'a'"),
        "unique": lambda: calls.unique_name(tf),
        "node.add": node("add(x, y)", "AddV2", "Add"),
        "node.plus": node("x + y", "AddV2", "add"),
        "node.times": node("x * 2.0", "Mul", "mul", 2),
        "node.negative": node("negative(x)", "Neg", "Neg"),
    }
    return paired(key, made[key](), calls=100)
