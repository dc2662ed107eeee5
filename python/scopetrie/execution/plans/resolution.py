"""The first pass of a compilation: from the nodes of a graph to calls of functions.

It folds constants and resolves variables and identities; the remaining calls are those that a run makes.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import numpy as np

from ..._core import outside_run
from ...backends import Array, Backend, host_array
from ...dtypes import DType, variant
from ...errors import InvalidArgumentError, UnimplementedError
from ...graph import Graph
from ...ops.node_text import Dims, dims_text
from ...ops.registry import OpDef
from ..cells import Cell, Initialization, Update
from ..failure import located
from ..op_state import OpState
from ..state import State
from . import short_floats
from .checking import checked
from .placement import PASSED_ON, WITH_BODIES, Node, Placement, homes_of, is_of_rows

# Operation, function (or a `Cell` to read), arguments, results; and, for elementwise functions, the number of
# arguments before the output array. 0 for others, except for those that make a new array.
Call: TypeAlias = tuple[int, Any, tuple[int, ...], tuple[int, ...], int]
NEW: Final = -1
# What fusion needs to know of a call's operation: its definition, attributes and variables, and whether its
# function is the kernel, on the device, and nothing around it.
Known: TypeAlias = tuple[OpDef, Any, Sequence[Cell], bool]

# Larger values are computed in each run instead of folded; v1's limit.
_LARGEST_CONSTANT: Final = 10 << 20
# The C++ names of these dtypes, used in v1's run-time messages.
_RUNTIME_NAMES: Final = {"float16": "half", "float32": "float", "float64": "double"}


class Resolution:
    """The calls that compute some tensors.

    Values are identified by the ids of their tensors; values without a tensor, e.g. read from a variable, by
    negative numbers.

    Args:
        graph: The graph.
        state: The session's variables and counters, which stateful kernels are bound to.
        feeds: Ids of the tensors whose values the caller provides.

    Attributes:
        calls: The calls, in order.
        constants: Known values: NumPy arrays, except for copies on the device.
        cells: The variables of tensors with reference dtypes.
        reads: Values that are read from variables.
        superseded: Those of them that a later read replaces.
        same_as: Values that are aliases of another one.
        operations: What is known of the calls that might be fused, by their place; for libraries that fuse.
        sums: The places of the calls that sum many values.
        changes: The places of the calls that may change variables.
    """

    def __init__(self, graph: Graph, state: State, feeds: Iterable[int]) -> None:
        self.calls: list[Call] = []
        self.constants: dict[int, Array] = {}
        self.cells: dict[int, Cell] = {}
        self.reads: dict[int, Cell] = {}
        self.superseded: set[int] = set()
        self.same_as: dict[int, int] = {}
        self.operations: dict[int, Known] = {}
        self.sums: list[int] = []
        self.changes: list[int] = []
        self._graph = graph
        self._state = state
        self._backend = state.backend
        self._kernels = state.backend.kernels
        self._host = state.host
        self._feeds = set(feeds)
        # Values in another form: a number (-1), on the device (0) or on the host (1).
        self._copies: dict[tuple[int, int], int] = {}
        self._placement: Placement | None = None
        self._plain_functions: dict[OpDef, tuple[Any, int]] = {}
        self._specs: dict[int, tuple[DType, Dims]] = {}
        self._shared: dict[tuple[DType, Dims], tuple[DType, Dims]] = {}  # each spec once
        self._made = 0
        # Values that are on another device than the session's, and the device of the present operation.
        self._devices: dict[int, Backend] = {}
        self._here = state.backend
        self._take_references()

    def _take_references(self) -> None:
        """Gives fed references their variables: an assignment outside a branch gives it the variable."""
        for tensor in self._feeds:
            dtype, _ = self.spec(tensor)
            source = self._graph.tensor(tensor).op
            if dtype._is_ref_dtype and source.inputs:
                while source.inputs:
                    source = source.inputs[0].op
                (variable,) = source.outputs
                self.cells[tensor] = self._state.declare(
                    self._graph, source._id, variable._id, *self.spec(variable._id)
                )

    def resolve(
        self, nodes: Sequence[Node], fetches: Iterable[int] = (), hosted: Container[int] | None = None
    ) -> None:
        """Resolves the nodes that the fetched tensors need, in creation order.

        Args:
            nodes: The nodes.
            fetches: Ids of the fetched tensors whose values are wanted on the device.
            hosted: Ids of the fed tensors whose values are on the host; None if the plan is to say it.

        Raises:
            InvalidArgumentError: If one is a placeholder that is not fed.
            UnimplementedError: If one has no kernel.
        """
        if not self._backend.on_host:
            self._placement = Placement(self._backend, self.spec, nodes, self._feeds, hosted, fetches)
        # No warning for a constant that overflows, as in a run.
        quiet = self._host.quiet(self._resolve)
        (quiet if self._backend is self._host else self._backend.quiet(quiet))(nodes)

    def _resolve(self, nodes: Iterable[Node]) -> None:
        feeds, constants, cells, same_as = self._feeds, self.constants, self.cells, self.same_as
        calls, on_host = self.calls, self._backend.on_host
        without_cells, rename = cells.keys().isdisjoint, same_as.get
        in_place, check_values = self._backend.in_place, self._state.check_values
        plain_function = self._plain_functions.get
        fuses = self._backend.fuses and not check_values and self._state.parts is None
        parts = None
        if self._state.parts is not None:
            from .part_calls import PartCalls  # imported late: few programs use a cluster

            parts = PartCalls(self)
        for node in nodes:
            op_id, op_def, first, count, inputs, attrs = node
            if op_def is None or op_def.kernel is None:
                self._resolve_source(node)
                continue
            variables: Sequence[Cell] = ()
            if cells and not without_cells(inputs):
                inputs, variables = self._without_variables(node)
            if same_as:
                inputs = tuple(map(rename, inputs, inputs))
            if count == 1 and first not in feeds:
                if op_def.type in PASSED_ON:
                    same_as[first] = inputs[0]
                    continue
                results: tuple[int, ...] = () if first in cells else (first,)
            else:
                tensors = range(first, first + count)
                results = tuple([self._new(tensor) if tensor in feeds else tensor for tensor in tensors])
            if parts is not None:
                taken = parts.take(node, variables, inputs, results)
                if taken is None:
                    continue
                inputs = taken
            if not in_place and self.reads:
                inputs = self._read_again(op_id, inputs)
            hosted = not on_host and self._is_hosted(node, variables)
            if not on_host:
                self._here = self._device_of(node, variables, hosted)
            if op_def.stateful:
                self.changes.append(len(calls))
                state = OpState(self._state, op_id, variables, hosted, self._here)
                kernel = op_def.kernel if hosted else self._kernels.get(op_def.type, op_def.kernel)
                function, arity = kernel(state.xp, state, **(attrs or {})), 0
                if type(function) is Update:
                    dims = function.cell.dims
                    function.is_exact = (
                        dims is not None and None not in dims and self.spec(inputs[0])[1] == dims
                    )
                if short_floats.are_there():
                    function, arity = self._in_float32(op_def, function, arity, inputs, results)
            else:
                function, arity = (not attrs and plain_function(op_def)) or self._function(op_def, attrs)
                if short_floats.are_there():
                    function, arity = self._in_float32(op_def, function, arity, inputs, results)
                for tensor in inputs:
                    if check_values or tensor not in constants or (not on_host and is_of_rows(op_def)):
                        break
                else:
                    folded = self._fold(function, inputs, results)
                    if folded:
                        continue
                    if folded is None:  # an error, which no device would find
                        calls.append((op_id, function, inputs, results, 0))
                        continue
            if not on_host:
                function, inputs, arity = self._on_backend(node, function, inputs, results, hosted)
            if check_values and results:
                specs = [(dtype.base_dtype, dims) for dtype, dims in map(self.spec, results)]
                function, arity = checked(function, specs, self._backend), 0
            if fuses:
                is_plain = not hosted and op_def.type not in self._kernels and self._is_held(results)
                is_plain = is_plain and self._here is self._backend
                self.operations[len(calls)] = op_def, attrs or {}, variables, is_plain
            if op_def.type == "AddN":
                self.sums.append(len(calls))
            calls.append((op_id, function, inputs, results, arity))
        if parts is not None:
            parts.wait()

    def _device_of(self, node: Node, variables: Sequence[Cell], hosted: bool) -> Backend:
        """Returns the backend of a node's device: a variable's, for what refers to it."""
        op_id, op_def, *_ = node
        backend = self._backend
        if variables:
            return variables[0].backend if variables[0].backend is not self._host else backend
        # Bodies take and give values on the session's device, and so do rows of a TensorArray.
        if hosted or op_def is None or op_def.type in WITH_BODIES or is_of_rows(op_def):
            return backend
        return self._state.device_of(self._graph, op_id)

    def leave(self, fetches: Iterable[int]) -> dict[int, int]:
        """Brings values to the session's device, as a plan that is part of another one gives them.

        Returns:
            What stands for them.
        """
        self._here = self._backend
        return {
            tensor: self._crossed(-1, self.same_as.get(tensor, tensor))
            for tensor in fetches
            if self.same_as.get(tensor, tensor) in self._devices
        }

    def _crossed(self, op_id: int, value: int) -> int:
        """Returns a value of the devices' on the present operation's."""
        home = self._devices.get(value, self._backend)
        here = self._here
        assert self._placement is not None
        placement = self._placement
        on_host = value in placement.hosted or value in placement.unsettled
        if home is here or on_host or self.spec(value)[0].base_dtype is variant:
            return value
        key = value, id(here)
        moved = self._copies.get(key)
        if moved is None:
            constant = self.constants.get(value)
            if isinstance(constant, (np.ndarray, np.generic)):  # a number
                return value
            moved = self._new(value)
            if constant is not None:
                self._copies[key] = moved
                self.constants[moved] = here.bring(constant)
                return moved
            if value not in self.reads:  # a read shows later assignments
                self._copies[key] = moved
            self._devices[moved] = here
            self.calls.append((op_id, here.bring, (value,), (moved,), 0))
        return moved

    def _is_held(self, values: Iterable[int]) -> bool:
        """Whether values are on the device."""
        assert self._placement is not None
        return self._placement.hosted.isdisjoint(values)

    def _new(self, like: int) -> int:
        """Returns another value of the dtype and shape of a tensor."""
        self._made += 1
        dtype, dims = self.spec(like)
        self._specs[-self._made] = dtype.base_dtype, dims
        return -self._made

    def _new_object(self) -> int:
        """Returns a value that is no array."""
        self._made += 1
        self._specs[-self._made] = variant, None
        return -self._made

    def _resolve_source(self, node: Node) -> None:
        """Resolves a node that computes nothing: a constant, a variable, a placeholder."""
        op_id, op_def, first, count, _, attrs = node
        if type(attrs) is bytes and op_def is None and not count:  # variables that are set to numbers
            assert self._state.store is not None
            set_all = Initialization(self._state.store, self._graph, attrs)
            self.calls.append((op_id, set_all, (), (), 0))
            return
        if op_def is None:
            op = self._graph.operation(op_id)
            text = f"No kernel computes operations of type {op.type}."
            missing = UnimplementedError(None, None, f"{text} tf.register_op({op.type!r}, ...) gives it one.")
            raise located(missing, op, None, ())
        if op_def.type == "Const":
            value = attrs["value"] if isinstance(attrs, dict) else attrs
            dtype, dims = self.spec(first)
            array = outside_run(host_array, value, np.dtype(dtype.as_numpy_dtype))
            if (
                dims is not None and array.shape != dims
            ):  # the extension stores a constant of one number as that number
                array = np.broadcast_to(array, [size or 0 for size in dims])
            self.constants[first] = self._host.freeze(array)
        elif count and self.spec(first)[0]._is_ref_dtype:
            self.cells[first] = self._state.declare(self._graph, op_id, first, *self.spec(first))
        elif op_def.type == "Placeholder":
            if first not in self._feeds:  # a fed one may be run as an operation
                raise self._unfed(op_id, first)
        elif count:
            op = self._graph.operation(op_id)
            missing = UnimplementedError(None, None, f"No kernel computes operations of type {op_def.type}.")
            raise located(missing, op, None, ())
        # Nodes without outputs (NoOp) only order others, and the order is creation order.

    def _unfed(self, op_id: int, tensor: int) -> Exception:
        dtype, dims = self.spec(tensor)
        op = self._graph.operation(op_id)
        kind = _RUNTIME_NAMES.get(dtype.name, dtype.name)
        text = f"You must feed a value for placeholder tensor '{op.name}' with dtype {kind}"
        if dims:  # v1 leaves out a scalar's shape and an unknown shape
            text += f" and shape {dims_text(dims)}"
        hint = (
            f"Pass its value: session.run(..., feed_dict={{x: value}}), where x is it or {f'{op.name}:0'!r}."
        )
        return located(InvalidArgumentError(None, None, text), op, None, (), hint=hint)

    def _without_variables(self, node: Node) -> tuple[tuple[int, ...], Sequence[Cell]]:
        """Separates variables from a node's inputs.

        Returns:
            The inputs that the kernel gets as arrays, with reads instead of variables; and the variables that
            the operation references.
        """
        op_id, op_def, first, count, inputs, _ = node
        assert op_def is not None  # it has a kernel
        values = []
        variables = []
        for at, tensor in enumerate(inputs):
            cell = self.cells.get(tensor)
            if cell is None:
                values.append(tensor)
            elif at < len(op_def.inputs) and op_def.inputs[at].kind == "reference":
                variables.append(cell)
                # If the operation's output is a reference, too, it is the variable.
                if count == 1 and self.spec(first)[0]._is_ref_dtype:
                    self.cells[first] = cell
            else:
                read = self._new(tensor)
                self.reads[read] = cell
                if cell.backend is not self._backend and cell.backend is not self._host:
                    self._devices[read] = cell.backend
                if type(cell) is Cell:
                    self.calls.append((op_id, cell, (), (read,), 0))
                values.append(read)
        return tuple(values), variables

    def _read_again(self, op_id: int, inputs: tuple[int, ...]) -> tuple[int, ...]:
        """Returns the inputs, with variables read again.

        In v1 a read aliases the variable and shows later assignments. Here an assignment makes a new array.
        """
        values = []
        for tensor in inputs:
            cell = self.reads.get(tensor)
            if cell is not None:
                self.superseded.add(tensor)
                tensor = self._new(tensor)
                self.reads[tensor] = cell
                self.calls.append((op_id, cell, (), (tensor,), 0))
            values.append(tensor)
        return tuple(values)

    def _function(self, op_def: OpDef, attrs: Any) -> tuple[Any, int]:
        """Returns a function that computes an operation on the host, and its arity if it is elementwise."""
        kernel: Callable[..., Any] = op_def.kernel  # type: ignore[assignment]
        if attrs:
            function = kernel(self._host.xp, **attrs)
            return function, self._arity(function)
        known = self._plain_functions.get(op_def)
        if known is None:
            function = kernel(self._host.xp)
            known = self._plain_functions[op_def] = function, self._arity(function)
        return known

    def _in_float32(
        self, op_def: OpDef, function: Any, arity: int, inputs: Sequence[int], results: Sequence[int]
    ) -> tuple[Any, int]:
        """Returns a function and its arity for values of which some may be bfloat16."""
        arguments, made = ([self.spec(each)[0].base_dtype for each in values] for values in (inputs, results))
        wide = short_floats.in_float32(function, op_def.type, op_def.stateful, arguments, made)
        return (function, arity) if wide is function else (wide, 0)

    def _arity(self, function: Any) -> int:
        return self._host.writes_into(function) or (NEW if self._host.makes_new(function) else 0)

    def _on_backend(
        self, node: Node, function: Any, inputs: tuple[int, ...], results: tuple[int, ...], hosted: bool
    ) -> Any:
        """Returns function, inputs and arity of a step where arrays are not the host's; see `placement`.

        Args:
            node: The node.
            function: Its function: on the host, or of a stateful kernel.
            inputs: The values that it takes.
            results: The values that it gives.
            hosted: Whether the function computes on the host.
        """
        op_id, op_def, *_, attrs = node
        assert op_def is not None
        assert self._placement is not None
        placement, backend, arity = self._placement, self._backend, 0
        if hosted or (
            not op_def.stateful and placement.computes_on_host(op_def, inputs, results, self.constants)
        ):
            placement.hosted.update(results)
            return function, tuple(self._brought(op_id, op_def, each, True, False) for each in inputs), 0
        if not op_def.stateful:
            kernel: Any = self._kernels.get(op_def.type, op_def.kernel)
            function = kernel(backend.xp, **(attrs or {}))
            arity = backend.writes_into(function)
        takes_numbers = backend.takes_numbers(function)
        homes = homes_of(op_def, len(inputs))
        taken = [
            self._brought(op_id, op_def, each, home, takes_numbers)
            for each, home in zip(inputs, homes, strict=True)
        ]
        placement.settle(op_def, results)
        if backend.checks is not None and not arity and type(function) is not Update:
            function = backend.checks.within(op_id, function)
        if self._devices or self._here is not backend:
            taken = [
                each if home else self._crossed(op_id, each) for each, home in zip(taken, homes, strict=True)
            ]
        if self._here is not backend:
            if not op_def.host_outputs:
                self._devices.update(dict.fromkeys(results, self._here))
            return self._here.stepping(function), tuple(taken), 0
        return function, tuple(taken), arity

    def _brought(self, op_id: int, op_def: OpDef, value: int, home: bool | None, takes_numbers: bool) -> int:
        """Returns what an operation takes for a value: the value, or what a step makes of it before.

        Args:
            op_id: The operation.
            op_def: Its definition.
            value: The value.
            home: Where the kernel wants it; see `declare.Input.host`.
            takes_numbers: Whether the kernel takes numbers of the host.
        """
        placement, backend = self._placement, self._backend
        assert placement is not None
        constant = self.constants.get(value)
        if constant is not None:
            if not isinstance(constant, (np.ndarray, np.generic)):  # a TensorArray
                return value
            stays = home or (home is None and not (constant.ndim and op_def.type in WITH_BODIES))
            if stays or not backend.holds(constant.dtype):
                return value
            if home is False and takes_numbers and not constant.ndim:
                return self._kept(value, _number(constant), -1)
            return self._on_device(op_id, value)
        to_host = placement.moves(value, home)
        if to_host is None:
            return value
        as_number = takes_numbers and value in placement.hosted and self.spec(value)[1] == ()
        is_elsewhere = not to_host and not as_number and self._here is not backend
        key = value, id(self._here) if is_elsewhere else -1 if as_number else int(to_host)
        moved = self._copies.get(key)
        if moved is None:
            moved = self._new(value)
            if value not in self.reads:  # a read shows later assignments
                self._copies[key] = moved
            if is_elsewhere:
                self._devices[moved] = self._here
            place = self._here.place if is_elsewhere else backend.place
            function = _number if as_number else partial(place, on_host=to_host)
            self.calls.append((op_id, function, (value,), (moved,), 0))
        return moved

    def _is_hosted(self, node: Node, variables: Sequence[Cell]) -> bool:
        """Returns whether an operation is the host's, for its type or dtypes; text is left to its kernel."""
        op_id, op_def, first, count, inputs, _ = node
        assert op_def is not None
        assert self._placement is not None
        try:
            values = (*inputs, *range(first, first + count))
            self._placement.check(op_def, values)
        except NotImplementedError as error:
            raise located(error, self._graph.operation(op_id), None, ()) from None
        return op_def.stateful and (
            any(not self._backend.holds(each.dtype) for each in variables)
            or any(not self._placement.is_held(each) and self.spec(each)[0].is_integer for each in values)
        )

    def _on_device(self, op_id: int, tensor: int) -> int:
        """Returns the device's copy of a constant, which is made once in a session."""
        if not self._backend.keeps_constants:
            copy = self._copies.get((tensor, 0))
            if copy is None:
                copy = self._copies[tensor, 0] = self._new(tensor)
                self.calls.append((op_id, self._backend.from_host, (tensor,), (copy,), 0))
            return copy
        known = self._state.constants
        array = known.get(tensor)
        if array is None:
            array = self._backend.from_host(self.constants[tensor])
            if tensor >= 0:
                array = known.setdefault(tensor, array)
        return self._kept(tensor, array, 0)

    def _kept(self, tensor: int, value: Any, form: int) -> int:
        """Returns a constant of the plan that is another form of a tensor's."""
        copy = self._copies.get((tensor, form))
        if copy is None:
            copy = self._copies[tensor, form] = self._new(tensor)
            self.constants[copy] = value
        return copy

    def numbers(self) -> dict[int, Any]:
        """Returns the constants of rank 0 that are on the device, as they are on the host."""
        return {
            copy: self.constants[value]
            for (value, form), copy in self._copies.items()
            if form == 0 and value in self.constants and not np.ndim(self.constants[value])
        }

    def _fold(self, function: Any, inputs: tuple[int, ...], results: tuple[int, ...]) -> bool | None:
        """Folds a call whose inputs are constants, if its results are small; gives None if it fails."""
        try:
            folded = function(*[self.constants[tensor] for tensor in inputs])
        except Exception:
            # The step raises it again at run time, with the operation's name.
            return None
        values = folded if isinstance(folded, (tuple, list)) else (folded,)
        if sum(getattr(value, "nbytes", 0) for value in values) > _LARGEST_CONSTANT:
            return False
        for tensor, value in zip(results, values, strict=True):
            self.constants[tensor] = self._host.freeze(value)
        return True

    @property
    def hosted(self) -> frozenset[int]:
        """The ids of the fed tensors whose values a run takes on the host."""
        placement = self._placement
        return frozenset() if placement is None else frozenset(self._feeds.intersection(placement.hosted))

    def spec(self, value: int) -> tuple[DType, Dims]:
        """Returns the dtype and the static shape of a value."""
        spec = self._specs.get(value)
        if spec is None:
            handle = self._graph.tensor(value)
            found = handle.dtype, handle._dims
            spec = self._specs[value] = self._shared.setdefault(found, found)
        return spec

    def type_of(self, value: int) -> str:
        """Returns the type of the operation that puts a value out; "" for a value of the plan's own."""
        return self._graph.tensor(value).op.type if value >= 0 else ""


def _number(array: Array) -> Any:
    """Returns the element of an array of rank 0, as NumPy's scalar."""
    return array[()]
