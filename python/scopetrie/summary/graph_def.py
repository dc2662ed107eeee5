"""Graphs as GraphDef protocol buffers, as TensorBoard shows them and v1 stores them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..dtypes import DType
from ..graph import Graph, Operation
from ..ops.registry import Dims, node_attributes
from .protos import proto

# The version of the format that the nodes follow: TensorFlow 1.15's.
_PRODUCER: Final = 134
_MIN_CONSUMER: Final = 12
# Constants of one element are written as a number, which is readable and stands for any shape.
_FIELDS: Final = {
    "f": "float_val",
    "b": "bool_val",
    "i": "int_val",
    "u": "int_val",
    "c": "scomplex_val",
}
_FIELDS_OF_TYPE: Final = {
    "float64": "double_val",
    "float16": "half_val",
    "int64": "int64_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
    "complex128": "dcomplex_val",
}

# Of nodes that the extension makes, without noting what is the same for all of them.
_ATTRIBUTES: Final[dict[str, dict[str, Any]]] = {"Assign": {"use_locking": True, "validate_shape": True}}


def graph_def(graph: Graph, from_version: int | None = None, add_shapes: bool = False) -> Any:
    """Returns a graph as a GraphDef.

    Args:
        graph: The graph.
        from_version: Leave out the operations that the graph had at this `Graph.version`.
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
    made.versions.producer = _PRODUCER
    made.versions.min_consumer = _MIN_CONSUMER
    for op in graph.get_operations():
        if from_version is None or op._id >= from_version:
            _fill(made.node.add(), op, add_shapes)
    return made


def node_def(op: Operation) -> Any:
    """Returns one operation as a NodeDef.

    Raises:
        ImportError: If the extra `tensorboard` is not installed.
    """
    made = proto("node_def").NodeDef()
    _fill(made, op, add_shapes=False)
    return made


def _fill(node: Any, op: Operation, add_shapes: bool) -> None:
    node.name = op.name
    node.op = op.type
    for tensor in op.inputs:
        node.input.append(tensor.op.name if tensor.value_index == 0 else tensor.name)
    for control in op.control_inputs:
        node.input.append(f"^{control.name}")
    node.device = op.device
    if op.type == "Const":
        _set_constant(node, op)
    else:
        attributes = dict(node_attributes(op))
        if op._attrs is None:
            attributes |= _ATTRIBUTES.get(op.type, {})
        if op.type == "VariableV2":
            (variable,) = op.outputs
            attributes |= {"dtype": variable.dtype.base_dtype, "shape": variable._dims}
        for name, value in attributes.items():
            _set_attribute(node.attr[name], name, value)
    groups = op.graph._colocation_of(op._id)
    if groups:
        node.attr["_class"].list.s.extend(groups)
    if add_shapes and op.outputs:
        shapes = node.attr["_output_shapes"].list.shape
        for tensor in op.outputs:
            _set_shape(shapes.add(), tensor._dims)


def _set_attribute(attribute: Any, name: str, value: Any) -> None:
    if name == "shape" and (value is None or isinstance(value, tuple)):
        _set_shape(attribute.shape, value)
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
    # Anything else (a function of the program's, say) has no form in a GraphDef.


def _set_list(field: Any, values: Any) -> None:
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
        elif value is None or isinstance(value, (tuple, list)):
            _set_shape(field.shape.add(), value if value is None else tuple(value))


def _set_shape(shape: Any, dims: Dims) -> None:
    if dims is None:
        shape.unknown_rank = True
        return
    shape.SetInParent()  # of rank 0 is not the same as left out
    for size in dims:
        shape.dim.add().size = -1 if size is None else size


def _set_constant(node: Any, op: Operation) -> None:
    dtype = op.outputs[0].dtype
    attrs = op._attrs
    value = np.asarray(attrs["value"] if isinstance(attrs, dict) else attrs, dtype.as_numpy_dtype)
    node.attr["dtype"].type = dtype.as_datatype_enum
    tensor = node.attr["value"].tensor
    tensor.dtype = dtype.as_datatype_enum
    _set_shape(tensor.tensor_shape, value.shape)
    if value.dtype.hasobject:
        tensor.string_val.extend(value.ravel().tolist())
    elif value.size and not any(value.strides):  # one element, or one that stands for all
        one = value.reshape(-1)[:1]
        field = _FIELDS_OF_TYPE.get(dtype.name) or _FIELDS.get(one.dtype.kind)
        if dtype.name in ("float16", "bfloat16"):
            tensor.half_val.extend(one.view(np.uint16).tolist())
        elif one.dtype.kind == "c" and field is not None:
            getattr(tensor, field).extend([one[0].real, one[0].imag])
        elif field is not None:
            getattr(tensor, field).extend(one.tolist())
        else:
            tensor.tensor_content = one.tobytes()
    else:
        tensor.tensor_content = value.tobytes()
