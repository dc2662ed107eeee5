"""The nodes of a GraphDef, added to a graph one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from .._core import name_scope
from ..dtypes import as_dtype
from ..errors import NotFoundError
from ..graph import Graph, GraphKeys, Operation, Tensor
from ..ops.control.branch import common_dims, common_specs
from ..ops.control.loop import holds
from ..ops.declare import GIVEN
from ..ops.node_text import Dims
from ..ops.registry import OPS, OpDef, Spec
from ..summary.bodies import BODY_TYPES
from ..variables import Variable
from .bodies import Places, body_attributes, body_names, has_bodies, own_shapes
from .tensors import tensor_elements
from .v1_contexts import split_input

__all__ = ["NodeImport", "as_value_errors"]

# Nodes that have more than a GraphDef says: functions of Python, or branches and bodies among other nodes.
_OF_ELEMENTS: Final = "functions of elements"
_OF_QUEUE: Final = "a queue of the program's"
_OF_FILES: Final = "a reader of files"
_NOT_WRITTEN: Final = {
    **dict.fromkeys(("_Arg", "IteratorFromStringHandleV2", "IteratorV2", "OneShotIterator"), _OF_ELEMENTS),
    **dict.fromkeys(
        ("FIFOQueueV2", "PaddingFIFOQueueV2", "PriorityQueueV2", "RandomShuffleQueueV2"), _OF_QUEUE
    ),
    **dict.fromkeys(
        (
            "FixedLengthRecordReaderV2",
            "IdentityReaderV2",
            "TFRecordReaderV2",
            "TextLineReaderV2",
            "WholeFileReaderV2",
        ),
        _OF_FILES,
    ),
    "EagerPyFunc": "a function of Python",
    "PyFunc": "a function of Python",
    "PyFuncStateless": "a function of Python",
    **dict.fromkeys(BODY_TYPES, "bodies of branches or loops"),
}


_DATASETS: Final = re.compile(r"Dataset(V\d)?$")


@contextmanager
def as_value_errors(where: str) -> Iterator[None]:
    """A block that reads what nodes say, which may be anything of any kind, and may lack what is needed.

    Args:
        where: What ends the message.

    Raises:
        ValueError: In place of what reading of such things raises.
    """
    try:
        yield
    except (LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, RecursionError) as error:
        what = "" if isinstance(error, TypeError) else f"{type(error).__name__}: "
        raise ValueError(f"{what}{error}{where}") from error


class _OtherShapes(Exception):
    """Loops' variables have other shapes in later rounds than the nodes were made with.

    Args:
        shapes: What is known of them in all rounds, by the names of nodes and outputs.
    """

    def __init__(self, shapes: dict[str, dict[int, Dims]]) -> None:
        super().__init__()
        self.shapes = shapes


class NodeImport:
    """The import of a GraphDef into a graph.

    A variable's node becomes a `tf.Variable`, with the nodes that assign its initial value and read it.

    Args:
        graph: The graph.
        nodes: The nodes by their names.
        prefix: What comes before the names; with a slash at its end, or "".
        mapped: Tensors of the graph that are used in place of outputs, by names such as "x:0".
        trainable: Whether a variable, by its name in the GraphDef, is to be trained.

    Attributes:
        used: The names of `mapped` that were used.
        variables: The variables by their names in the GraphDef.
    """

    def __init__(
        self,
        graph: Graph,
        nodes: Mapping[str, Any],
        prefix: str,
        mapped: Mapping[str, Any],
        trainable: Callable[[str], bool],
    ) -> None:
        self._graph = graph
        self._nodes = nodes
        self._prefix = prefix
        self._mapped = mapped
        self._trainable = trainable
        self._made: dict[str, Operation] = {}
        # What is said of the shapes of loops' own tensors, by the names of nodes and outputs.
        self._shapes: dict[str, dict[int, Dims]] = {}
        for node in nodes.values():
            for tensor, dims in own_shapes(node).items():
                source, output = split_input(tensor)
                self._shapes.setdefault(source, {})[output] = dims
        self.used: set[str] = set()
        self.variables: dict[str, Variable] = {}

    def run(self) -> None:
        """Adds all nodes, each after its inputs.

        Raises:
            ValueError: If a node cannot be made, or names are not there.
            NotFoundError: If a type is not registered.
        """
        key = GraphKeys.TRAINABLE_VARIABLES
        before = self._graph.get_collection(key)
        while True:
            try:
                with self._graph.transaction():
                    self._add_all()
                break
            except _OtherShapes as found:
                self._shapes.update(found.shapes)
                self._made.clear()
                self.variables.clear()
        if any(variable.trainable for variable in self.variables.values()):
            # A GraphDef has no collections: that which each variable has joined by itself is left again.
            self._graph.get_collection_ref(key)[:] = before

    def _add_all(self) -> None:
        for name in self._nodes:
            waiting = [name]
            opened = set()
            while waiting:
                current = waiting[-1]
                if current in self._made:
                    waiting.pop()
                    continue
                needed = [each for each in self._needs(current) if each not in self._made]
                if not needed:
                    with as_value_errors(f"; NodeDef: {{{{node {self._prefix}{current}}}}}"):
                        self._add(current)
                    waiting.pop()
                elif current in opened:
                    raise ValueError(f"Node {current!r} waits for itself")
                else:
                    opened.add(current)
                    waiting += reversed(needed)

    def operation(self, name: str) -> Operation | None:
        """Returns what a node has become."""
        return self._made.get(name)

    def element(self, name: str) -> Any:
        """Returns what an operation or tensor of the GraphDef has become.

        Raises:
            ValueError: If there is none of this name.
        """
        bare, number = split_input(name)
        operation = self._made.get(bare)
        if ":" not in name:
            if operation is None:
                raise ValueError(f"Requested return node '{name}' not found in graph def")
            return operation
        if operation is None:
            raise ValueError(f"Requested return tensor '{name}' not found in graph def")
        outputs = operation.outputs
        if number >= len(outputs):
            raise ValueError(
                f"Invalid return output {number} of node '{bare}', which has {len(outputs)} output(s)"
            )
        return outputs[number]

    def _needs(self, name: str) -> list[str]:
        """The nodes that have to be there before one."""
        owner = self._variable_of(name)
        if owner is not None and owner != name:
            return [owner]  # which makes it
        node = self._nodes[name]
        inputs = node.input if owner is None else [self._nodes[f"{name}/Assign"].input[1]]
        found = []
        for text in inputs:
            source, output = split_input(text)
            if output >= 0 and self._replacement(source, output) is not None:
                continue
            if source not in self._nodes:
                raise ValueError(f"Node {name!r}: Unknown input node {source!r}")
            found.append(source)
        for text in body_names(node):
            source, output = split_input(text)
            if self._replacement(source, output) is not None:
                continue
            if source not in self._nodes:
                raise ValueError(f"Node {name!r}: Unknown node {source!r} in a body")
            found.append(source)
        return found

    def _replacement(self, source: str, output: int) -> Any:
        for key in (f"{source}:{output}", source if output == 0 else ""):
            if key in self._mapped:
                self.used.add(key)
                return self._mapped[key]
        return None

    def _variable_of(self, name: str) -> str | None:
        """The variable that a node is a part of: itself, its first assignment, or its read."""
        node = self._nodes[name]
        owner = {"VariableV2": name, "Variable": name}.get(node.op)
        if owner is None and node.op in ("Assign", "Identity") and node.input:
            owner = split_input(node.input[0])[0]
            if name != f"{owner}/{'Assign' if node.op == 'Assign' else 'read'}":
                return None
        if (
            owner is None
            or owner not in self._nodes
            or self._nodes[owner].op not in ("VariableV2", "Variable")
        ):
            return None
        assign, read = self._nodes.get(f"{owner}/Assign"), self._nodes.get(f"{owner}/read")
        is_whole = (
            assign is not None
            and read is not None
            and (assign.op, read.op) == ("Assign", "Identity")
            and len(assign.input) == 2
            and len(read.input) == 1
            and split_input(assign.input[0])[0] == split_input(read.input[0])[0] == owner
            and f"{owner}:0" not in self._mapped
            and owner not in self._mapped
        )
        return owner if is_whole else None

    def _add(self, name: str) -> None:
        if self._variable_of(name) == name:
            self._add_variable(name)
            return
        node = self._nodes[name]
        more = _NOT_WRITTEN.get(node.op, _OF_ELEMENTS if _DATASETS.search(node.op) else None)
        if more is not None and not has_bodies(node):
            raise ValueError(
                f"Node {name!r} of type {node.op} has {more}, which this GraphDef has not: "
                "build the graph with the program that made it"
            )
        if node.op not in OPS:
            raise NotFoundError(
                None,
                None,
                f"Op type not registered '{node.op}' (node {name!r}); tf.register_op gives it a kernel",
            )
        inputs, waits = [], []
        for text in node.input:
            source, output = split_input(text)
            if output < 0:
                waits.append(self._made[source])
            else:
                inputs.append(self._input(name, source, output))
        attributes = {
            key: value for key, value in node.attr.items() if not _is_default(OPS[node.op], key, value)
        }
        attributes.pop("_output_shapes", None)  # they follow from the inputs
        if node.op in ("Const", "HostConst"):
            attributes["value"] = tensor_elements(node.attr["value"].tensor)
        if "_class" in attributes:
            places = [each.decode() for each in node.attr["_class"].list.s]
            attributes["_class"] = [self._moved(each).encode() for each in places]
        with (
            self._graph.control_dependencies(None),
            self._graph.control_dependencies(waits),
            self._graph.device(node.device),
            name_scope(None),
        ):
            if self._graph.unique_name(f"{self._prefix}{name}") != f"{self._prefix}{name}":
                raise ValueError(f"Node name '{self._prefix}{name}' already exists in the Graph")
            try:
                self._made[name] = self._create(node, inputs, attributes)
            except (ValueError, TypeError) as error:
                raise ValueError(f"{error}; NodeDef: {{{{node {self._prefix}{name}}}}}") from None

    def _create(self, node: Any, inputs: list[Tensor], attributes: dict[str, Any]) -> Operation:
        name = f"{self._prefix}{node.name}/"
        if has_bodies(node):
            made: Operation = self._run_bodies(node, inputs, name)
        else:
            made = self._graph.create_op(node.op, inputs, name=name, attrs=attributes)
        for output, dims in self._shapes.get(node.name, {}).items():
            found = made.outputs[output]
            common = None if holds(found._dims, dims) else common_dims(found._dims, dims)
            found._set_dims(dims if common is None else common)
        return made

    def _run_bodies(self, node: Any, inputs: list[Tensor], name: str) -> Operation:
        def tensor(text: str) -> Tensor:
            return self._input(node.name, *split_input(text))

        attributes = body_attributes(node, Places(self._graph, tensor, self._made.__getitem__))
        # Where tensors are mapped, shapes may be others than where the GraphDef was made.
        if node.op == "If":
            outputs = (attributes[each].outputs for each in ("then", "otherwise"))
            attributes["specs"] = common_specs(*(list(map(self._graph.tensor, each)) for each in outputs))
        elif node.op == "While":
            attributes["specs"] = self._specs_of_loop(node, attributes)
        function: Any = OPS[node.op].function
        found: list[Tensor] | Tensor = function(inputs, name=name, **attributes)
        op: Operation = (found[0] if isinstance(found, list) else found).op
        return op

    def _specs_of_loop(self, node: Any, attributes: dict[str, Any]) -> tuple[Spec, ...]:
        """Dtypes and shapes of a loop's variables; these hold in all rounds."""
        test, step, others = attributes["test"], attributes["step"], {}
        specs = []
        for variable, following in zip(test.feeds, step.outputs, strict=False):
            first, last = self._graph.tensor(variable), self._graph.tensor(following)
            if not holds(last._dims, first._dims):
                name = first.op.name.removeprefix(self._prefix)
                others[name] = {0: common_dims(first._dims, last._dims)}
            specs.append((first.dtype.base_dtype, first._dims))
        if others:
            raise _OtherShapes(others)
        return tuple(specs)

    def _moved(self, place: str) -> str:
        return f"loc:@{self._prefix}{place[5:]}" if place.startswith("loc:@") else place

    def _input(self, name: str, source: str, output: int) -> Tensor:
        given = self._replacement(source, output)
        if given is not None:
            found: Tensor = given
            return found
        outputs = self._made[source].outputs
        if output >= len(outputs):
            raise ValueError(
                f"Node {name!r}: Connecting to invalid output {output} of source node {source} which has "
                f"{len(outputs)} outputs."
            )
        tensor: Tensor = outputs[output]
        return tensor

    def _add_variable(self, name: str) -> None:
        node, assign = self._nodes[name], self._nodes[f"{name}/Assign"]
        initial = self._input(f"{name}/Assign", *split_input(assign.input[1]))
        scope, slash, last = f"{self._prefix}{name}".rpartition("/")
        with (
            self._graph.control_dependencies(None),
            self._graph.device(node.device),
            name_scope(scope + slash if slash else None),
        ):
            made = Variable(
                initial,
                trainable=self._trainable(name),
                collections=[],
                name=last,
                dtype=as_dtype(node.attr["dtype"].type),
                validate_shape=initial.shape.is_fully_defined(),
            )
        self.variables[name] = made
        for part, operation in (("", made.op), ("/Assign", made.initializer), ("/read", made.value().op)):
            if operation.name != f"{self._prefix}{name}{part}":
                raise ValueError(f"Node name '{self._prefix}{name}{part}' already exists in the Graph")
            self._made[f"{name}{part}"] = operation


def _is_default(op_def: OpDef, name: str, value: Any) -> bool:
    """Whether an attribute is what it is where nothing is said, which nodes do not keep."""
    default = next((each.default for each in op_def.attributes if each.name == name), GIVEN)
    kind = value.WhichOneof("value")
    if default is GIVEN or kind not in ("b", "f", "i", "s", "list"):
        return False
    found = getattr(value, kind)
    if kind == "s":
        return bool(found.decode(errors="replace") == default)
    if kind == "f":
        return bool(np.float32(found) == np.float32(float(str(default))))
    if kind == "list":
        return list(found.i) == list(default) if isinstance(default, tuple) else False
    return bool(found == default)
