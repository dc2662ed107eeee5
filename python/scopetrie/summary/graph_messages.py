"""Graphs as GraphDef protocol buffers, as TensorBoard shows them and v1 stores them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..dtypes import DType, as_dtype
from ..graph import Exporter, Graph, Operation
from ..ops.given import is_message
from ..ops.node_text import Dims
from ..public import v1
from ..shapes import TensorShape
from .attributes import Value, attributes, is_shape
from .bodies import BODY_TYPES, write_bodies
from .node_text import node_text
from .op_messages import op_def
from .protos import proto
from .values import field_values

# The version of the NodeDef format: TensorFlow 1.15's.
_PRODUCER: Final = 134
_MIN_CONSUMER: Final = 12


@v1("summary.graph_def")
def graph_def(graph: Graph, from_version: int | None = None, add_shapes: bool = False) -> Any:
    """Returns a graph as a GraphDef.

    Args:
        graph: The graph.
        from_version: A `Graph.version`; operations that existed then are left out.
        add_shapes: Whether to add the shapes of the outputs, as the attribute "_output_shapes".

    Returns:
        A GraphDef: for each operation its name, type, inputs, device and attributes.

    Raises:
        ImportError: If the extra `tensorboard` is not installed.

    Example:
        >>> import scopetrie as tf
        >>> with tf.Graph().as_default() as graph:
        ...     x = tf.placeholder(tf.float32, [None, 2], name="x")
        ...     y = tf.negative(x, name="y")
        >>> [(node.name, node.op, list(node.input)) for node in graph_def(graph).node]
        [('x', 'Placeholder', []), ('y', 'Neg', ['x'])]
    """
    made = proto("graph").GraphDef()
    made.versions.CopyFrom(_versions())
    for op in graph.get_operations():
        if from_version is None or op._id >= from_version:
            _fill(made.node.add(), op, add_shapes)
    return made


@v1("summary.node_def")
def node_def(op: Operation) -> Any:
    """Returns one operation as a NodeDef.

    Raises:
        ImportError: If the extra `tensorboard` is not installed.
    """
    made = proto("node_def").NodeDef()
    _fill(made, op, add_shapes=False)
    return made


def _versions() -> Any:
    return proto("versions").VersionDef(producer=_PRODUCER, min_consumer=_MIN_CONSUMER)


def attribute(op: Operation, name: str) -> Any:
    """Returns one attribute of an operation, in the form that v1's `Operation.get_attr` gives.

    Args:
        op: The operation.
        name: The attribute's name.

    Returns:
        A DType, bool, int, float, bytes, or a list of those; of a shape, an array or a constant's value, the
        protobuf.

    Raises:
        ValueError: If the operation has no such attribute.
        ImportError: If it is a protobuf, and the extra `tensorboard` is not installed.
    """
    found = attributes(op)
    if name not in found:
        raise ValueError(f"Operation '{op.name}' has no attr named '{name}'.")
    value = found[name]
    if isinstance(value, (Value, np.ndarray)):
        return node_def(op).attr[name].tensor
    if is_shape(name, value) or isinstance(value, TensorShape):
        return node_def(op).attr[name].shape
    if is_message(value):
        return value
    if isinstance(value, (tuple, list)):
        if any(isinstance(each, TensorShape) for each in value):
            return list(node_def(op).attr[name].list.shape)
        return [each.encode() if isinstance(each, str) else each for each in value]
    return value.encode() if isinstance(value, str) else value


def _fill(node: Any, op: Operation, add_shapes: bool) -> None:
    node.name = op.name
    node.op = op.type
    for tensor in op.inputs:
        node.input.append(tensor.op.name if tensor.value_index == 0 else tensor.name)
    for control in op.control_inputs:
        node.input.append(f"^{control.name}")
    node.device = op.device
    for name, value in attributes(op).items():
        _set_attribute(node.attr[name], name, value)
    if op.type in BODY_TYPES:
        write_bodies(node, op, _set_shape)
    if add_shapes and op.outputs:
        shapes = node.attr["_output_shapes"].list.shape
        for tensor in op.outputs:
            _set_shape(shapes.add(), tensor._dims)


def _set_attribute(attribute: Any, name: str, value: Any) -> None:
    if isinstance(value, Value):
        _set_tensor(attribute.tensor, value)
    elif isinstance(value, np.ndarray):
        _set_tensor(attribute.tensor, Value(as_dtype(value.dtype), value))
    elif is_shape(name, value):
        _set_shape(attribute.shape, value)
    elif isinstance(value, TensorShape):
        _set_shape(attribute.shape, value._dims)
    elif isinstance(value, DType):
        attribute.type = value.as_datatype_enum
    elif isinstance(value, bool):
        attribute.b = value
    elif isinstance(value, int):
        attribute.i = value
    elif isinstance(value, float):
        attribute.f = value
    elif isinstance(value, (str, bytes)):
        attribute.s = value.encode() if isinstance(value, str) else value
    elif isinstance(value, (tuple, list)):
        _set_list(attribute.list, value)
    elif is_message(value):
        field = "tensor" if hasattr(value, "tensor_shape") else "func"
        getattr(attribute, field).MergeFromString(value.SerializeToString())
    # Anything else, e.g. a function of the program, cannot be represented in a GraphDef.


def _set_list(field: Any, values: Any) -> None:
    field.SetInParent()  # an empty list differs from no list
    for value in values:
        if isinstance(value, DType):
            field.type.append(value.as_datatype_enum)
        elif isinstance(value, bool):
            field.b.append(value)
        elif isinstance(value, int):
            field.i.append(value)
        elif isinstance(value, float):
            field.f.append(value)
        elif isinstance(value, (str, bytes)):
            field.s.append(value.encode() if isinstance(value, str) else value)
        elif isinstance(value, TensorShape):
            _set_shape(field.shape.add(), value._dims)
        elif value is None or isinstance(value, (tuple, list)):
            _set_shape(field.shape.add(), value if value is None else tuple(value))


def _set_shape(shape: Any, dims: Dims) -> None:
    if dims is None:
        shape.unknown_rank = True
        return
    shape.SetInParent()  # a scalar's shape differs from no shape
    for size in dims:
        shape.dim.add().size = -1 if size is None else size


def fill_tensor(tensor: Any, dtype: DType, array: np.ndarray[Any, Any]) -> None:
    """Writes an array into a TensorProto."""
    _set_tensor(tensor, Value(dtype, array))


def _set_tensor(tensor: Any, value: Value) -> None:
    tensor.dtype = value.dtype.as_datatype_enum
    _set_shape(tensor.tensor_shape, value.array.shape)
    field, elements = field_values(value.dtype, value.array)
    if field == "tensor_content":
        tensor.tensor_content = elements
    else:
        getattr(tensor, field).extend(elements)


EXPORTER: Final = Exporter(graph_def, _versions, node_def, op_def, attribute, node_text)
