"""A graph of ONNX in the making: its nodes and initializers, their names, and what tensors became."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np

from ..dtypes import DType
from ..graph import Graph, Operation, Tensor
from ..names import Names
from ..ops.folding import constant_value
from .library import load, schema_of
from .selection import onnx_name, refusal

__all__ = ["Conversion", "Held", "Value"]

Value: TypeAlias = Any  # an onnx_ir.Value: onnx-ir is imported at first use

_TYPES: Final = {
    "float32": "FLOAT", "float64": "DOUBLE", "float16": "FLOAT16", "bfloat16": "BFLOAT16", "int8": "INT8",
    "int16": "INT16", "int32": "INT32", "int64": "INT64", "uint8": "UINT8", "uint16": "UINT16",
    "uint32": "UINT32", "uint64": "UINT64", "bool": "BOOL", "string": "STRING", "complex64": "COMPLEX64",
    "complex128": "COMPLEX128",
}  # fmt: skip


class Held:
    """What a tensor became: a value, or the same with the channels first, or both.

    Convolutions of v1 have the channels last, ONNX's have them first. So a tensor of rank 3 or more may be
    held as it is (`plain`), or with its last dimension moved to position 1 (`first`); one is made of the
    other when it is asked for, and once.
    """

    __slots__ = ("first", "plain")

    def __init__(self, plain: Value = None, first: Value = None) -> None:
        self.plain = plain
        self.first = first


class Conversion:
    """A graph of ONNX in the making: of the model itself, or of a branch or loop.

    Args:
        graph: The graph that is converted.
        opset: The version of ONNX's ops.
        variables: The values of variables, by id of the operation.
        outer: What the graph stands in, if it is that of a branch or loop.

    Attributes:
        names: The names of the model's nodes and values.
        nodes: The nodes so far.
        held: What tensors became, by id.
    """

    def __init__(
        self, graph: Graph, opset: int, variables: Mapping[int, Any],
        outer: Conversion | None = None,
    ) -> None:  # fmt: skip
        self.graph = graph
        self.opset = opset
        self.names: Names = Names() if outer is None else outer.names
        self.variables = variables
        self.outer = outer
        self.root: Conversion = self if outer is None else outer.root
        self.nodes: list[Any] = []
        self.held: dict[int, Held] = {}
        self.initializers: dict[Any, Value] = {}
        self.reserved: set[str] = set()
        self.known_names: set[str] = set()
        self.node_names: set[str] = set()
        self.ir = load()

    def inner(self) -> Conversion:
        """The conversion of a branch or loop inside this one."""
        return Conversion(self.graph, self.opset, self.variables, self)

    # Names -----------------------------------------------------------------------------------------------

    def keep(self, names: Iterable[str]) -> None:
        """Keeps names that the caller has chosen: no operation has them in the model."""
        self.known_names.update(names)
        self.names.update(self.known_names)

    def reserve(self, operations: Iterable[Operation]) -> None:
        """Keeps the names of operations and their tensors for these."""
        own = {each.name for each in operations}
        own |= {onnx_name(tensor) for op in operations for tensor in op.outputs}
        new = own - self.root.known_names
        self.names.update(new)
        self.root.known_names |= new
        self.root.reserved |= new

    def claim(self, name: str) -> str:
        """The name itself where it is kept for who asks first, else a new one that begins like it."""
        if name in self.root.reserved:
            self.root.reserved.discard(name)
            return name
        return self.names.unique_name(name)

    def claim_node(self, name: str) -> str:
        """The same for a node, whose name may be that of a value."""
        if name in self.root.node_names:
            return self.names.unique_name(name)
        self.root.node_names.add(name)
        return name

    # Tensors ---------------------------------------------------------------------------------------------

    def holding(self, tensor: Tensor) -> Held:
        """What a tensor became; constants and variables become initializers when they are asked for."""
        number = tensor._id
        found = self.held.get(number)
        if found is None:
            outside = self.outer
            while outside is not None and number not in outside.held:
                outside = outside.outer
            if outside is not None:  # a copy: what is made of it here is unknown outside
                known = outside.held[number]
                found = Held(known.plain, known.first) if type(known) is Held else known
                self.held[number] = found
            else:
                found = self.root.held[number] = Held(self._initial(tensor))
        return found

    def _initial(self, tensor: Tensor) -> Value:
        op = tensor.op
        if op.type == "Const":
            array = constant_value(tensor)
            if array is None:  # too large to be folded
                array = np.asarray(op._attrs["value"] if isinstance(op._attrs, dict) else op._attrs)
        else:
            array = self.variables[op._id]
        return self.initializer(array, self.claim(onnx_name(tensor)))

    def plain(self, tensor: Tensor) -> Value:
        """A tensor's value as it is."""
        held = self.holding(tensor)
        if held.plain is None and held.first is None:
            raise refusal(tensor.op, "an array of rows is no tensor. Use tf.map_fn or tf.scan.")
        if held.plain is None:
            rank = self._rank(tensor)
            order = [0, *range(2, rank), 1]
            name = self.names.unique_name(onnx_name(tensor) + "/channels_last")
            held.plain = self.transposed(held.first, order, name)
            held.plain.name = self.claim(onnx_name(tensor))
            self.describe(held.plain, tensor)
        return held.plain

    def channels_first(self, tensor: Tensor) -> Value:
        """The value of a channels-last tensor, with the channels first."""
        held = self.holding(tensor)
        if held.first is None:
            rank = self._rank(tensor)
            order = [0, rank - 1, *range(1, rank - 1)]
            name = self.names.unique_name(onnx_name(tensor) + "/channels_first")
            held.first = self.transposed(held.plain, order, name)
        return held.first

    def _rank(self, tensor: Tensor) -> int:
        dims = tensor._dims
        if dims is None:
            raise refusal(tensor.op, "the rank of its result is not known, and ONNX needs it here.")
        return len(dims)

    # Nodes -----------------------------------------------------------------------------------------------

    def emit(
        self, kind: str, inputs: Sequence[Value | None], attributes: Mapping[str, Any], name: str,
        outputs: int = 1, dtype: Any = None, op: Operation | None = None,
    ) -> list[Value]:  # fmt: skip
        """Adds a node.

        Args:
            kind: Its type.
            inputs: Its inputs; None for one that is left out.
            attributes: Its attributes.
            name: Its name, and that of its first output.
            outputs: How many outputs it has.
            dtype: The element type of the outputs, where ONNX's schema does not say it.
            op: The operation that it is made for, for errors.
        """
        ir = self.ir
        types = self._types(kind, inputs, outputs, dtype, op)
        values = [
            ir.Value(
                name=name if at == 0 else self.names.unique_name(f"{name}/output_{at}"),
                type=None if each is None else ir.TensorType(each),
            )
            for at, each in enumerate(types)
        ]
        given = ir.convenience.convert_attributes(attributes)
        self.nodes.append(ir.Node("", kind, inputs, given, outputs=values, name=name))
        return values

    def _types(
        self, kind: str, inputs: Sequence[Value | None], outputs: int, dtype: Any, op: Operation | None
    ) -> list[Any]:
        """The element types of a node's outputs, as ONNX's schema has them.

        Raises:
            UnimplementedError: If ONNX's op does not take an input's type.
        """
        schema = schema_of(kind, self.opset)
        bound: dict[str, Any] = {}
        for at, each in enumerate(inputs):
            if each is None or each.dtype is None:
                continue
            word = schema.inputs[min(at, len(schema.inputs) - 1) if schema.variadic else at]
            text = each.dtype.name.lower()
            if op is not None and f"tensor({text})" not in schema.allowed.get(word, {word}):
                raise refusal(
                    op, f"ONNX's {kind} (opset {self.opset}) does not take {text}. Cast to another dtype "
                    "before it, and back after it.",
                )  # fmt: skip
            bound.setdefault(word, each.dtype)
        found = []
        for at in range(outputs):
            word = schema.outputs[min(at, len(schema.outputs) - 1)]
            (only, *others) = schema.allowed.get(word, {word})
            if dtype is not None or word in bound or others:
                found.append(bound.get(word) if dtype is None else dtype)
            else:
                found.append(self.ir.DataType[only[len("tensor(") : -1].upper()])
        return found

    def initializer(self, array: Any, name: str) -> Value:
        """An initializer of an array, of exactly this name."""
        ir = self.ir
        array = np.asarray(array)
        if array.dtype.kind in "OSU":
            texts = [each if isinstance(each, bytes) else str(each).encode() for each in array.ravel()]
            tensor = ir.StringTensor(texts, shape=ir.Shape(array.shape), name=name)
        else:
            tensor = ir.Tensor(np.ascontiguousarray(array).reshape(array.shape), name=name)
        made = ir.Value(name=name, type=ir.TensorType(tensor.dtype), shape=tensor.shape, const_value=tensor)
        self.root.initializers[name] = made
        return made

    def shared(self, array: Any, name: str) -> Value:
        """An initializer of a small array; the same one for equal arrays."""
        array = np.asarray(array)
        key = array.dtype.str, array.shape, array.tobytes()
        found = self.root.initializers.get(key)
        if found is None:
            found = self.initializer(array, self.names.unique_name(name))
            self.root.initializers[key] = found
        return found

    def transposed(self, value: Value, order: Sequence[int], name: str) -> Value:
        """A value with its dimensions in another order; that of an initializer is computed at once."""
        if value.const_value is not None:
            return self.initializer(np.transpose(value.const_value.numpy(), order), name)
        (made,) = self.emit("Transpose", [value], {"perm": list(order)}, name)
        if value.shape is not None:
            made.shape = self.ir.Shape([value.shape[each] for each in order])
        return made

    def describe(self, value: Value, tensor: Tensor) -> None:
        """Notes a tensor's dtype and shape with its value."""
        ir = self.ir
        dtype = self.dtype_of(tensor.dtype)
        if dtype is not None:
            value.type = ir.TensorType(dtype)
        if tensor._dims is not None:
            value.shape = ir.Shape(tensor._dims)

    def dtype_of(self, dtype: DType) -> Any:
        """ONNX's element type; None if there is none."""
        name = _TYPES.get(dtype.base_dtype.name)
        return None if name is None else self.ir.DataType[name]
