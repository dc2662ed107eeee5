"""slim.model_analyzer: how large a model is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...public import v1

__all__ = ["analyze_ops", "analyze_vars", "tensor_description"]

_LINE = "---------"


@v1("contrib.slim.model_analyzer.tensor_description")
def tensor_description(var: Any) -> str:
    """Returns the dtype and the sizes of a tensor or variable as a text.

    Args:
        var: The tensor or variable.

    >>> import scopetrie as tf
    >>> tf.contrib.slim.model_analyzer.tensor_description(tf.zeros([2, 3]))
    '(float32 2x3)'
    """
    return f"({var.dtype.name} {'x'.join(str(size) for size in var.get_shape())})"


@v1("contrib.slim.model_analyzer.analyze_vars")
def analyze_vars(variables: Iterable[Any], print_info: bool = False) -> tuple[int, int]:
    """Counts the elements and bytes of variables.

    Args:
        variables: The variables.
        print_info: Whether to print a line for each.

    Returns:
        The number of elements, and that of bytes.

    >>> import scopetrie as tf
    >>> w = tf.get_variable("w", [2, 3])
    >>> tf.contrib.slim.model_analyzer.analyze_vars([w], print_info=True)
    ---------
    Variables: name (type shape) [size]
    ---------
    w:0 (float32_ref 2x3) [6, bytes: 24]
    Total size of variables: 6
    Total bytes of variables: 24
    (6, 24)
    """
    if print_info:
        print(_LINE, "Variables: name (type shape) [size]", _LINE, sep="\n")
    elements = size = 0
    for each in variables:
        count = each.get_shape().num_elements() or 0
        taken = count * each.dtype.size
        elements += count
        size += taken
        if print_info:
            print(each.name, tensor_description(each), f"[{count}, bytes: {taken}]")
    if print_info:
        print(f"Total size of variables: {elements}\nTotal bytes of variables: {size}")
    return elements, size


@v1("contrib.slim.model_analyzer.analyze_ops")
def analyze_ops(graph: Any, print_info: bool = False) -> int:
    """Counts the elements that the operations of a graph compute, as far as their shapes are known.

    Args:
        graph: The graph.
        print_info: Whether to print a line for each operation.

    Returns:
        The number of elements.
    """
    if print_info:
        print(_LINE, "Operations: name -> (type shapes) [size]", _LINE, sep="\n")
    elements = 0
    for operation in graph.get_operations():
        count = sum(each.get_shape().num_elements() or 0 for each in operation.outputs)
        elements += count
        if print_info:
            shapes = [tensor_description(each) for each in operation.outputs if each.get_shape()]
            print(operation.name, "\t->", ", ".join(shapes), f"[{count}]")
    return elements
