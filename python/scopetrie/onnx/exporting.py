"""`onnx.export`: a part of a graph, with the values of its variables, as an ONNX model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from .. import _core
from ..execution import Session, get_default_session
from ..graph import Graph, Operation, Tensor
from ..public import v1
from ..store import Store
from . import (
    arrays,
    blocks,
    control,
    elementwise,
    indexing,
    matrix,
    network,
    reduction,
    shaping,
    slicing,
    windows,
)
from .conversion import Conversion, Held
from .library import load
from .selection import needed, onnx_name
from .step import convert

if TYPE_CHECKING:
    import onnx_ir

__all__ = ["OPSETS", "export"]

# The opsets that are tested, and the version of the file format that the first of them needs.
OPSETS: Final = range(18, 24)
_IR_VERSION: Final = 10
_CONVERTERS: Final = (
    arrays, blocks, control, elementwise, indexing, matrix, network, reduction, shaping, slicing, windows,
)  # fmt: skip


@v1("onnx.export")
def export(
    graph: Graph,
    fetches: Any,
    *,
    feeds: Any = (),
    values: Session | Store | Mapping[str, Any] | None = None,
    opset: int = 20,
    name: str = "scopetrie",
) -> onnx_ir.Model:
    """Returns the part of a graph that computes some tensors as an ONNX model.

    Nodes have the operations' names, and values those of the tensors, as in a GraphDef: `y` for `y:0`, `y:1`
    for the second output. Placeholders are the model's inputs; sizes that are not known are symbolic.
    Variables and constants are its initializers. Filters of convolutions are stored in ONNX's order of
    dimensions, under the variable's name with `/channels_first`; between convolutions, tensors keep the
    channels first. docs/onnx.md says which ops are exported.

    Args:
        graph: The graph.
        fetches: Tensors or variables, or their names: one, a list of them, or a dict from the names that the
            outputs are to have.
        feeds: Tensors or their names that are inputs of the model, in this order, in place of what computes
            them; or a dict from the names that the inputs are to have. Other placeholders that are needed
            follow.
        values: Where the values of variables are: a session, a Store, or a dict by the variables' names; by
            default the default session.
        opset: The version of ONNX's ops, 18 to 23.
        name: The name of the model's graph.

    Returns:
        The model, as an `onnx_ir.Model`; `onnx_ir.save(model, "model.onnx")` writes it.

    Raises:
        ImportError: If the extra `onnx` is not installed.
        UnimplementedError: If an operation cannot be exported. It names the operation, the line that made it,
            and what to do.
        FailedPreconditionError: If a variable has no value in the session.
        KeyError: If a Store or dict has no value for a variable.
        TypeError: If something is neither a tensor nor a variable nor a name, or `graph` is no graph.
        ValueError: If something is of another graph or unknown, there are no fetches, or the opset is
            another.

    Example:
        >>> import numpy as np
        >>> import scopetrie as tf
        >>> with tf.Graph().as_default() as graph, tf.Session() as session:
        ...     x = tf.placeholder(tf.float32, [None, 3], name="x")
        ...     with tf.variable_scope("dense"):
        ...         w = tf.get_variable("w", initializer=np.ones((3, 2), np.float32))
        ...         y = tf.nn.relu(tf.matmul(x, w), name="y")
        ...     session.run(w.initializer)
        ...     model = tf.onnx.export(graph, y)
        >>> [node.name for node in model.graph], list(model.graph.initializers)
        (['dense/MatMul', 'dense/y'], ['dense/w'])
    """
    load()
    if not isinstance(graph, Graph):
        raise TypeError(f"onnx.export: `graph` is a tf.Graph, not {type(graph).__name__}: {graph!r:.80}")
    if opset not in OPSETS:
        raise ValueError(f"onnx.export: the opset is one of {OPSETS[0]} to {OPSETS[-1]}, not {opset!r}")
    outputs = _labelled(graph, fetches, "fetches")
    if not outputs:
        raise ValueError("onnx.export: there are no fetches. Give the tensors that the model is to compute.")
    inputs = _labelled(graph, feeds, "feeds")
    given = {each._id for _, each in inputs}
    operations = needed(graph, [each for _, each in outputs], given)
    for op in operations:
        if op.type == "Placeholder" and op.outputs[0]._id not in given:
            inputs.append((None, op.outputs[0]))
            given.add(op.outputs[0]._id)
    conversion = Conversion(graph, opset, _variables(graph, operations, values))
    conversion.keep(each for each, _ in (*outputs, *inputs) if each is not None)
    conversion.reserve([*operations, *(tensor.op for _, tensor in inputs)])
    model_inputs = [_input(conversion, tensor, label) for label, tensor in inputs]
    convert(conversion, operations, given)
    model_outputs: list[Any] = []
    for label, tensor in outputs:
        model_outputs.append(_output(conversion, tensor, label, model_outputs))
    model: onnx_ir.Model = _model(conversion, name, model_inputs, model_outputs)
    return model


def _labelled(graph: Graph, structure: Any, argument: str) -> list[tuple[str | None, Tensor]]:
    """Tensors with the names that they are to have in the model; None for their own."""
    if isinstance(structure, Mapping):
        given: Iterable[tuple[Any, Any]] = structure.items()
    elif isinstance(structure, (list, tuple)):
        given = ((None, each) for each in structure)
    else:
        given = [(None, structure)]
    found: list[tuple[str | None, Tensor]] = []
    for label, each in given:
        if label is not None and not isinstance(label, str):
            raise TypeError(f"onnx.export: the keys of `{argument}` are names, not {type(label).__name__}")
        element = graph.as_graph_element(each)
        if isinstance(element, Operation):
            raise TypeError(
                f"onnx.export: {argument} are tensors, and '{element.name}' is an operation. "
                "Give one of its outputs."
            )
        found.append((label, element))
    return found


def _variables(graph: Graph, operations: Iterable[Operation], values: Any) -> dict[int, Any]:
    """The values of the variables that operations need, by id of the variable's operation."""
    wanted = {each._id: each for each in _all_variables(graph, operations)}
    if not wanted:
        return {}
    names = [each.name for each in wanted.values()]
    if values is None:
        values = get_default_session()
    if values is None:
        raise ValueError(
            f"onnx.export: the values of variables are needed, of '{names[0]}' to begin with, and there is "
            "no default session. Pass values=session, a Store, or a dict of arrays by name."
        )
    if isinstance(values, Session):
        arrays = values.run([each.outputs[0] for each in wanted.values()])
    elif isinstance(values, Store):
        arrays = [values[each].array for each in names]
    elif isinstance(values, Mapping):
        arrays = [_from_mapping(op, values) for op in wanted.values()]
    else:
        raise TypeError(
            f"onnx.export: `values` is a session, a Store or a dict of arrays, not {type(values).__name__}"
        )
    return dict(zip(wanted, arrays, strict=True))


def _from_mapping(op: Operation, values: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    if op.name not in values:
        raise KeyError(f"onnx.export: `values` has no value for the variable '{op.name}'")
    tensor = op.outputs[0]
    array = np.asarray(values[op.name], tensor.dtype.base_dtype.as_numpy_dtype)
    if not tensor.shape.is_compatible_with(array.shape):
        raise ValueError(
            f"onnx.export: the value of the variable '{op.name}' has the shape {list(array.shape)}, and the "
            f"variable {tensor.shape}"
        )
    return array


def _all_variables(graph: Graph, operations: Iterable[Operation]) -> Iterable[Operation]:
    """The variables among operations, and among those that branches and loops run."""
    for op in operations:
        if op.type == "VariableV2":
            yield op
            continue
        attrs = op._attrs
        for key in ("then", "otherwise", "test", "step"):
            body = attrs.get(key) if isinstance(attrs, dict) else None
            if body is not None and hasattr(body, "feeds"):
                outputs = [graph.tensor(each) for each in body.outputs]
                yield from _all_variables(graph, needed(graph, outputs, body.feeds, body.first))


def _input(conversion: Conversion, tensor: Tensor, label: str | None) -> Any:
    ir = conversion.ir
    kind = conversion.dtype_of(tensor.dtype)
    if kind is None:
        raise TypeError(f"onnx.export: '{tensor.name}' is of {tensor.dtype.name}, which no input can be")
    name = conversion.claim(onnx_name(tensor)) if label is None else label
    dims = tensor._dims
    shape = None
    if dims is not None:
        shape = ir.Shape([f"{name}_{at}" if size is None else size for at, size in enumerate(dims)])
    made = ir.Value(name=name, type=ir.TensorType(kind), shape=shape)
    conversion.held[tensor._id] = Held(made)
    return made


def _output(conversion: Conversion, tensor: Tensor, label: str | None, before: list[Any]) -> Any:
    """A result of the model, after others; what is one already, or no node's, is handed on."""
    value = conversion.plain(tensor)
    name = onnx_name(tensor) if label is None else label
    is_new = value.producer() is not None and not any(value is each for each in before)
    if is_new and label is not None:
        value.name = label
    elif not is_new or value.name != name:
        (value,) = conversion.emit("Identity", [value], {}, label or conversion.claim(name))
        conversion.describe(value, tensor)
    return value


def _model(conversion: Conversion, name: str, inputs: list[Any], outputs: list[Any]) -> Any:
    ir = conversion.ir
    made = {id(each): each for each in conversion.initializers.values()}
    graph = ir.Graph(
        inputs, outputs, nodes=conversion.nodes, initializers=list(made.values()), name=name,
        opset_imports={"": conversion.opset},
    )  # fmt: skip
    model = ir.Model(
        graph, ir_version=_IR_VERSION, producer_name="scopetrie", producer_version=_core.__version__
    )
    load("onnx_ir.passes.common").RemoveUnusedNodesPass()(model)
    return model
