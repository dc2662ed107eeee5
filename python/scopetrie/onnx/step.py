"""The conversion of operations: what a converter asks of each, and adds for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import numpy as np

from ..dtypes import DType
from ..graph import Operation, Tensor
from ..ops.folding import constant_value
from ..ops.registry import OPS
from .conversion import Conversion, Held, Value
from .refused import REFUSED
from .selection import onnx_name, refusal
from .table import CONVERTERS

__all__ = ["Held", "Step", "Value", "convert"]


def convert(conversion: Conversion, operations: Iterable[Operation], given: Iterable[int]) -> None:
    """Converts operations, in order; the tensors `given` have values already."""
    known = set(given)
    for op in operations:
        has_values = op.outputs and known.issuperset(each._id for each in op.outputs)
        if has_values or op.type in ("Const", "VariableV2"):
            continue
        converter = CONVERTERS.get(op.type)
        if converter is None:
            raise refusal(op, REFUSED.get(op.type, "it is a type of the program's own."))
        step = Step(conversion, op)
        made = converter.convert(step)
        results = made if isinstance(made, list) else [made]
        for at, (tensor, each) in enumerate(zip(op.outputs, results, strict=False)):
            if each is None or tensor._id in known:
                continue
            held = conversion.held[tensor._id] = each if isinstance(each, Held) else Held(each)
            step.name_result(at, held, tensor)


class Step:
    """An operation that is converted: what its converter asks and adds.

    Attributes:
        op: The operation.
        conversion: The model in the making.
        attrs: The operation's attributes, those with default values included.
    """

    def __init__(self, conversion: Conversion, op: Operation) -> None:
        self.conversion = conversion
        self.op = op
        self._made: list[Value] = []
        known = OPS[op.type]
        self.attrs: dict[str, Any] = {each.name: each.default for each in known.attributes}
        self.attrs.update(op._attrs or {})

    # What is asked ---------------------------------------------------------------------------------------

    @property
    def opset(self) -> int:
        """The version of ONNX's ops."""
        return self.conversion.opset

    @property
    def inputs(self) -> list[Tensor]:
        """The operation's input tensors."""
        return list(self.op.inputs)

    def input(self, at: int) -> Value:
        """The value of an input."""
        return self.conversion.plain(self.op.inputs[at])

    def values(self) -> list[Value]:
        """The values of all inputs."""
        return [self.conversion.plain(each) for each in self.op.inputs]

    def holding(self, at: int) -> Held:
        """What an input became, in whichever order its dimensions are."""
        return self.conversion.holding(self.op.inputs[at])

    def channels_first(self, at: int) -> Value:
        """The value of a channels-last input, with the channels first."""
        return self.conversion.channels_first(self.op.inputs[at])

    def known(self, at: int) -> np.ndarray[Any, Any] | None:
        """The value of an input if it is known without a session, else None."""
        return constant_value(self.op.inputs[at])

    def ints(self, at: int, what: str) -> list[int]:
        """The value of an input as a flat list of ints; refuses the operation if it is not known."""
        found = self.known(at)
        if found is None:
            self.refuse(f"{what} must be known when it is exported, and is computed.")
        return [int(each) for each in np.ravel(found)]

    def dims(self, at: int) -> tuple[int | None, ...] | None:
        """The static shape of an input."""
        return self.op.inputs[at]._dims

    def rank(self, at: int) -> int:
        """The rank of an input; refuses the operation if it is not known."""
        dims = self.dims(at)
        if dims is None:
            self.refuse(f"the rank of its input '{self.op.inputs[at].name}' must be known: set its shape.")
        return len(dims)

    def dtype(self, at: int) -> DType:
        """The dtype of an input."""
        return self.op.inputs[at].dtype.base_dtype

    def out_dtype(self, at: int = 0) -> DType:
        """The dtype of an output."""
        return self.op.outputs[at].dtype.base_dtype

    def refuse(self, reason: str) -> NoReturn:
        """Refuses the operation."""
        raise refusal(self.op, reason)

    # What is added ---------------------------------------------------------------------------------------

    def emit(self, kind: str, *inputs: Value | None, dtype: Any = None, **attributes: Any) -> Value:
        """Adds a node of one output, and returns that."""
        return self.emit_all(kind, inputs, 1, dtype, **attributes)[0]

    def emit_all(
        self, kind: str, inputs: Sequence[Value | None], outputs: int, dtype: Any = None, **attributes: Any
    ) -> list[Value]:
        """Adds a node of several outputs."""
        name = self.conversion.names.unique_name(f"{self.op.name}/{kind}")
        made = self.conversion.emit(kind, inputs, attributes, name, outputs, dtype, self.op)
        self._made += made
        return made

    def number(self, value: Any, dtype: DType | None = None) -> Value:
        """An initializer: a number or array, by default of the dtype of the first input."""
        wanted = (dtype or self.dtype(0)).as_numpy_dtype
        return self.conversion.shared(np.asarray(value, wanted), f"{self.op.name}/constant")

    def index(self, value: Any) -> Value:
        """An initializer of int64, as ONNX has shapes and axes."""
        return self.conversion.shared(np.asarray(value, np.int64), f"{self.op.name}/constant")

    def cast(self, value: Value, dtype: DType | None) -> Value:
        """A value in another dtype; None for int64, which ONNX has for indices."""
        to = self.conversion.ir.DataType.INT64 if dtype is None else self.conversion.dtype_of(dtype)
        if to is None or value.dtype == to:
            return value
        if value.const_value is not None and dtype is None:
            return self.index(value.const_value.numpy())
        return self.emit("Cast", value, dtype=to, to=to)

    def index_input(self, at: int) -> Value:
        """An input that is a shape, axes or positions, as int64."""
        found = self.known(at)
        return self.index(found) if found is not None else self.cast(self.input(at), None)

    def name_result(self, at: int, held: Held, tensor: Tensor) -> None:
        """Gives a result the tensor's name, and the node that makes it the operation's, if it is new."""
        conversion = self.conversion
        value = held.first if held.plain is None else held.plain
        if type(held) is not Held or not any(value is each for each in self._made):
            return
        if held.plain is None:
            value.name = conversion.names.unique_name(onnx_name(tensor) + "/channels_first")
            if tensor._dims is not None:
                batch, *sizes, channels = tensor._dims
                value.shape = conversion.ir.Shape([batch, channels, *sizes])
        else:
            value.name = conversion.claim(onnx_name(tensor))
            conversion.describe(value, tensor)
        if at == 0:
            value.producer().name = conversion.claim_node(self.op.name)
