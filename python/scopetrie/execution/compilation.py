"""The compilation of a fetch: from a graph to a flat list of steps.

It goes over the pruned nodes three times, each linear: forward, to fold constants and to resolve variables
and identities; backward, to find where each value is used last; forward again, to give values slots and to
let elementwise functions write into operands that nobody reads any more.

Invariants of the steps:
    A slot holds one value at a time and is cleared after the value's last use: at any moment a run keeps
    alive only what a later step or the caller still needs.
    A step writes only into an array that an elementwise function made in this run and that no other kernel
    has seen, for any other kernel may have kept a view of its operand.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np

from ..backends import Array
from ..dtypes import DType
from ..errors import InvalidArgumentError, UnimplementedError
from ..graph import Graph
from ..ops.registry import Dims, OpDef, dims_text
from .failure import located
from .state import Cell, OpState, State
from .steps import Output, Shapes, Step

# What `Graph.prune` gives: operation, definition, first output, number of outputs, inputs, attributes.
Node = tuple[int, OpDef, int, int, tuple[int, ...], Any]

# Operation, function, arguments, results; and how many arguments the function takes before an array that it
# can write its result into, 0 for all but elementwise functions.
Call = tuple[int, Any, tuple[int, ...], tuple[int, ...], int]

# Types whose one output is their one input.
_PASSED_ON: Final = frozenset(
    {"Identity", "PlaceholderWithDefault", "PreventGradient", "Snapshot", "StopGradient"}
)
# Larger values are computed in each run rather than kept; v1's limit.
_LARGEST_CONSTANT: Final = 10 << 20
# In graphs of more nodes compiling keeps the garbage collector off: nothing that is made is garbage, and
# looking through it again and again would take as long as making it.
_MANY: Final = 10_000
_NOTHING: Final[Any] = ()
# The names of these dtypes in v1's run-time messages, which are those of C++.
_RUNTIME_NAMES: Final = {"float16": "half", "float32": "float", "float64": "double"}


class Compilation:
    """The making of one plan.

    Values are called by the ids of their tensors; values that no tensor stands for, such as what is read from
    a variable, by negative numbers.

    Args:
        graph: The graph.
        state: The session's variables and counters, which stateful kernels are bound to.
        fetches: Ids of the fetched tensors.
        targets: Ids of operations to run for their effects.
        feeds: Ids of the tensors whose values the caller gives.

    Attributes:
        steps: What to do, in order.
        slots: What the slots hold when a run starts: the feeds come first, then constants and empty ones.
        constants: The slots of the constants.
        outputs: What to return, one for each fetch.

    Raises:
        InvalidArgumentError: If a placeholder is needed and not fed.
        UnimplementedError: If an operation has no kernel.
    """

    def __init__(
        self, graph: Graph, state: State, fetches: Sequence[int], targets: Sequence[int], feeds: Sequence[int]
    ) -> None:
        self._graph = graph
        self._state = state
        self._backend = state.backend
        self._feeds = {tensor: slot for slot, tensor in enumerate(feeds)}
        self._constants: dict[int, Array] = {}
        self._cells: dict[int, Cell] = {}
        # Values that are read from variables.
        self._reads: dict[int, Cell] = {}
        self._same_as: dict[int, int] = {}
        self._calls: list[Call] = []
        self._extra = 0
        self._plain_functions: dict[OpDef, tuple[Any, int]] = {}
        self._specs: dict[int, tuple[DType, Dims]] = {}
        self.steps: list[Step] = []
        self.slots: list[Any] = [None] * len(feeds)
        self.constants: list[int] = []

        self._where: dict[int, int] = dict(self._feeds)
        collecting = graph.version > _MANY and gc.isenabled()
        if collecting:
            gc.disable()
        try:
            nodes = graph.prune(list(fetches), list(targets), list(feeds))
            self._backend.quiet(self._resolve)(nodes)
            kept = {self._same_as.get(tensor, tensor) for tensor in fetches}
            # What is fetched of a variable is its value at the end, as in v1, where a read shows its memory.
            dying, used, viewed = self._last_uses(kept.difference(self._reads))
            fresh = self._place(dying, used, viewed)
        finally:
            if collecting:
                gc.enable()
        self.outputs = [self._output(tensor, fresh) for tensor in fetches]

    # -- forward: constants, variables, identities -----------------------------------------------------------

    def _resolve(self, nodes: Iterable[Node]) -> None:
        feeds, constants, cells, same_as = self._feeds, self._constants, self._cells, self._same_as
        calls = self._calls
        for node in nodes:
            op_id, op_def, first, count, inputs, attrs = node
            if op_def.kernel is None:
                self._resolve_source(node)
                continue
            variables: Sequence[Cell] = ()
            if cells and not cells.keys().isdisjoint(inputs):
                inputs, variables = self._without_variables(node)
            if same_as:
                inputs = tuple([same_as.get(tensor, tensor) for tensor in inputs])
            if count == 1 and first not in feeds:
                if op_def.type in _PASSED_ON:
                    same_as[first] = inputs[0]
                    continue
                results: tuple[int, ...] = () if first in cells else (first,)
            else:
                tensors = range(first, first + count)
                results = tuple([self._new(tensor) if tensor in feeds else tensor for tensor in tensors])
            function, arity = self._function(op_id, op_def, attrs, variables)
            if not op_def.stateful:
                for tensor in inputs:
                    if tensor not in constants:
                        break
                else:
                    if self._fold(function, inputs, results):
                        continue
            calls.append((op_id, function, inputs, results, arity))

    def _new(self, like: int) -> int:
        """Returns another value of the dtype and shape of a tensor."""
        self._extra += 1
        dtype, dims = self._spec(like)
        self._specs[-self._extra] = dtype.base_dtype, dims
        return -self._extra

    def _resolve_source(self, node: Node) -> None:
        """Takes in a node that computes nothing: a constant, a variable, a placeholder."""
        op_id, op_def, first, count, _, attrs = node
        if op_def.type == "Const":
            value = attrs["value"] if isinstance(attrs, dict) else attrs
            dtype, dims = self._spec(first)
            array = self._backend.asarray(value, np.dtype(dtype.as_numpy_dtype))
            if array.shape != dims:  # the extension keeps a constant of one number as that number
                array = self._backend.xp.broadcast_to(array, dims)
            self._constants[first] = self._backend.freeze(array)
        elif count and self._spec(first)[0]._is_ref_dtype:
            dtype, dims = self._spec(first)
            numpy_dtype = np.dtype(dtype.base_dtype.as_numpy_dtype)
            name = self._graph.operation(op_id).name
            self._cells[first] = self._state.declare(op_id, name, numpy_dtype, dims)
        elif op_def.type == "Placeholder":
            if first not in self._feeds:  # one that is fed may be run as an operation
                raise self._unfed(op_id, first)
        elif count:
            op = self._graph.operation(op_id)
            missing = UnimplementedError(None, None, f"No kernel computes operations of type {op_def.type}.")
            raise located(missing, op, None, ())
        # Nodes without outputs (NoOp) stand for the order of others, which `prune` has kept.

    def _unfed(self, op_id: int, tensor: int) -> Exception:
        dtype, dims = self._spec(tensor)
        op = self._graph.operation(op_id)
        kind = _RUNTIME_NAMES.get(dtype.name, dtype.name)
        text = f"You must feed a value for placeholder tensor '{op.name}' with dtype {kind}"
        if dims:  # v1 leaves out a scalar's shape as well as an unknown one
            text += f" and shape {dims_text(dims)}"
        return located(InvalidArgumentError(None, None, text), op, None, ())

    def _without_variables(self, node: Node) -> tuple[tuple[int, ...], Sequence[Cell]]:
        """Takes variables out of a node's inputs.

        Returns:
            The inputs that the kernel takes as arrays, with a read in place of a variable; and the variables
            that the operation refers to.
        """
        op_id, op_def, first, count, inputs, _ = node
        values = []
        variables = []
        for at, tensor in enumerate(inputs):
            cell = self._cells.get(tensor)
            if cell is None:
                values.append(tensor)
            elif at < len(op_def.inputs) and op_def.inputs[at].startswith("ref:"):
                variables.append(cell)
                # The operation's output, if a reference too, stands for the variable.
                if count == 1 and self._spec(first)[0]._is_ref_dtype:
                    self._cells[first] = cell
            else:
                read = self._new(tensor)
                self._reads[read] = cell
                self._calls.append((op_id, cell, (), (read,), 0))
                values.append(read)
        return tuple(values), variables

    def _function(self, op_id: int, op_def: OpDef, attrs: Any, variables: Sequence[Cell]) -> tuple[Any, int]:
        kernel: Callable[..., Any] = op_def.kernel  # type: ignore[assignment]
        if op_def.stateful:
            state = OpState(self._state, op_id, variables)
            return self._placed(kernel(self._state.xp, state, **(attrs or {})), op_def), 0
        if attrs:
            function = self._placed(kernel(self._state.xp, **attrs), op_def)
            return function, self._backend.writes_into(function)
        known = self._plain_functions.get(op_def)
        if known is None:
            function = self._placed(kernel(self._state.xp), op_def)
            known = self._plain_functions[op_def] = function, self._backend.writes_into(function)
        return known

    def _placed(self, function: Any, op_def: OpDef) -> Any:
        """Returns the function such that it gets its arguments where it wants them, host or device."""
        backend = self._backend
        if backend.on_host:
            return function
        host = op_def.host

        def placed(*arrays: Array) -> Any:
            return function(*[backend.place(array, at in host) for at, array in enumerate(arrays)])

        return placed

    def _fold(self, function: Any, inputs: tuple[int, ...], results: tuple[int, ...]) -> bool:
        """Computes constants from constants, if they are small."""
        try:
            folded = function(*[self._constants[tensor] for tensor in inputs])
        except Exception:
            # The step that stands in for it raises it again when it runs, with the operation named.
            return False
        values = folded if isinstance(folded, (tuple, list)) else (folded,)
        if sum(getattr(value, "nbytes", 0) for value in values) > _LARGEST_CONSTANT:
            return False
        for tensor, value in zip(results, values, strict=True):
            self._constants[tensor] = self._backend.freeze(value)
        return True

    def _spec(self, tensor: int) -> tuple[DType, Dims]:
        spec = self._specs.get(tensor)
        if spec is None:
            handle = self._graph.tensor(tensor)
            spec = self._specs[tensor] = handle.dtype, handle._dims
        return spec

    # -- backward: last uses ---------------------------------------------------------------------------------

    def _last_uses(self, kept: set[int]) -> tuple[list[Sequence[int]], set[int], set[int]]:
        """Finds which arguments die at each call.

        Returns:
            The dying arguments of each call; the values that anything uses; those that another function than
            an elementwise one has seen.
        """
        used = kept.union(self._feeds, self._constants)
        viewed: set[int] = set()
        dying: list[Sequence[int]] = []
        for _, _, arguments, _, arity in reversed(self._calls):
            dies: Sequence[int] = ()
            for tensor in arguments:
                if tensor not in used:
                    used.add(tensor)
                    dies = (*dies, tensor)
            dying.append(dies)
            if not arity:
                viewed.update(arguments)
        dying.reverse()
        return dying, used, viewed

    # -- forward: slots --------------------------------------------------------------------------------------

    def _place(self, dying: list[Sequence[int]], used: set[int], viewed: set[int]) -> set[int]:
        """Makes the steps; returns the values that elementwise functions make."""
        where, slots, steps = self._where, self.slots, self.steps
        shapes = Shapes(self._spec)
        free: list[int] = []
        fresh: set[int] = set()
        for (op_id, function, arguments, results, arity), dies in zip(self._calls, dying, strict=True):
            if type(function) is Cell and results[0] not in used:
                continue
            try:
                places = tuple([where[tensor] for tensor in arguments])
            except KeyError:  # a constant that no step has needed yet
                places = tuple([self._slot_of(tensor) for tensor in arguments])
            dead = [where.pop(tensor) for tensor in dies] if dies else _NOTHING
            into = None
            if arity and arity == len(places):
                result = results[0]
                fresh.add(result)
                kind = shapes.derive(result, arguments)
                if dead and kind is not None:
                    for at, tensor in enumerate(dies):
                        if tensor in fresh and tensor not in viewed and kind == shapes.kind(tensor):
                            into = dead.pop(at)
                            break
            if dead:
                free += dead
            made = _NOTHING
            for tensor in results:
                if into is not None:
                    slot = into
                elif free:
                    slot = free.pop()
                else:
                    slot = len(slots)
                    slots.append(None)
                where[tensor] = slot
                made = (*made, slot)
            clear: Sequence[int] = [slot for slot in dead if slot not in made] if dead else _NOTHING
            for tensor in results:
                if tensor not in used:
                    slot = where.pop(tensor)
                    clear = [*clear, slot]
                    free.append(slot)
            steps.append(Step(op_id, function, places, into, made, clear))
        return fresh

    def _slot_of(self, tensor: int) -> int:
        slot = self._where.get(tensor)
        if slot is None:
            slot = self._where[tensor] = len(self.slots)
            self.slots.append(self._constants[tensor])
            self.constants.append(slot)
        return slot

    def _output(self, tensor: int, fresh: set[int]) -> Output:
        if tensor in self._feeds:
            return Output(self._feeds[tensor], owned=True)  # v1 gives back the very array that was fed
        if tensor in self._cells:
            return Output(None, self._cells[tensor])
        tensor = self._same_as.get(tensor, tensor)
        if tensor in self._reads:
            return Output(None, self._reads[tensor])
        return Output(
            self._slot_of(tensor),
            owned=tensor in fresh,
            fed=tensor not in fresh and tensor not in self._constants,
        )
