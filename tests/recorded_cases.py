"""Expressions with outcomes recorded from TensorFlow; see recorded/record.py."""

import json
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "recorded"


def evaluate(expression: str, tf: Any) -> Any:
    """The value of an expression, which may use short names for common things."""
    short = {"D": "Dimension", "S": "TensorShape", "PI": "PartitionInfo"}
    names = {letter: getattr(tf, name, None) for letter, name in short.items()} | {"tf": tf, "np": np}
    return eval(expression, names | {"in_new_graph": lambda function: in_new_graph(function, tf)})


def in_new_graph(function: Any, tf: Any) -> Any:
    """The result of `function()` in a new default graph."""
    with tf.Graph().as_default():
        return function()


def error_of(error: Exception) -> list[str]:
    """An error's class and first line."""
    return ["raises", type(error).__name__, *str(error).split("\n")[:1]]


def outcome(expression: str, tf: Any) -> list[str]:
    """The repr, str and type of an expression's value, or its error's class and first line."""
    try:
        value = evaluate(expression, tf)
    except Exception as error:
        return error_of(error)
    return [repr(value), str(value), type(value).__name__]


def nodes(expression: str, tf: Any) -> list[str]:
    """The nodes that an expression adds to an empty graph, one line each, and its value; or its error."""
    graph = tf.Graph()
    with graph.as_default():
        try:
            value = evaluate(expression, tf)
        except Exception as error:
            return error_of(error)
        return [*(node_line(op, tf) for op in graph.get_operations()), repr(value)]


def node_line(op: Any, tf: Any) -> str:
    """A node: inputs, outputs with dtypes and shapes, seeds, and the value of a small constant."""
    inputs = ", ".join(tensor.name.removesuffix(":0") for tensor in op.inputs)
    outputs = ", ".join(f"{tensor.dtype.name}{tensor.shape}" for tensor in op.outputs)
    line = f"{op.name} = {op.type}({inputs}) -> {outputs}"
    if op.type.startswith(("Random", "Truncated", "Multinomial")):
        line += f" seeds {attribute(op, 'seed')} {attribute(op, 'seed2')}"
    if op.type == "Const":
        constant = static_value(op.outputs[0], tf)
        line += f" {constant.tolist()}" if constant.size <= 8 else ""
    return line


def static_value(tensor: Any, tf: Any) -> Any:
    """The value of a constant."""
    if hasattr(tf, "get_static_value"):
        return tf.get_static_value(tensor)
    from scopetrie.ops.folding import constant_value

    return constant_value(tensor)


def attribute(op: Any, name: str) -> Any:
    """A node's attribute."""
    return op._attrs[name] if hasattr(op, "_attrs") else op.get_attr(name)


def recorded(name: str) -> list[tuple[str, list[str]]]:
    """The expressions of a file and their recorded outcomes."""
    return list(json.loads((FOLDER / name).read_text(encoding="utf-8")).items())
