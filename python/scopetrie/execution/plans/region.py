"""A region of a plan: operations that a backend fuses, run as one step.

At the first call with arrays of some shapes, the kernels of the operations are traced, and the trace is made
into launches. What cannot be traced then runs operation by operation, as it would without a region.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from ...backends import Array
from ...backends.deferred import noted_by, within
from ...backends.fusion.launch import Fused, Library
from ...backends.fusion.namespace import tracing_namespace
from ...backends.fusion.trace import Node, Noted, NotTraceableError, Trace, Traced
from ...errors import InvalidArgumentError
from ...ops.registry import OpDef
from ..cells import Cell

# So many different sets of shapes are kept compiled; others run operation by operation.
_MOST_FORMS: Final = 32


class Member(NamedTuple):
    """One operation of a region.

    Attributes:
        op_id: The operation.
        op_def: Its definition; None for a number that only moves to the device.
        attrs: Its attributes.
        cells: The variables that it refers to.
        function: What runs it alone.
        arguments: The values that it takes.
        results: The values that it gives.
    """

    op_id: int
    op_def: OpDef | None
    attrs: Mapping[str, Any]
    cells: Sequence[Cell]
    function: Callable[..., Any]
    arguments: tuple[int, ...]
    results: tuple[int, ...]


class TracedCell:
    """A variable, as the kernel of an update sees it while it is traced."""

    __slots__ = ("dims", "traced")

    def __init__(self, traced: Traced) -> None:
        self.traced = traced
        self.dims = traced.shape

    @property
    def view(self) -> Traced:
        """The value; it shows later changes."""
        return self.traced

    def read(self) -> Traced:
        """Returns the value."""
        return self.traced

    def writable(self) -> Traced:
        """Returns the value, to be changed."""
        return self.traced

    def assign(self, value: Any, validate_shape: bool = True) -> None:
        """Sets the value, to one of the same shape."""
        own = self.traced.shape, self.traced.dtype
        if not isinstance(value, Traced) or (value.shape, value.dtype) != own:
            raise NotTraceableError("a variable that changes its shape")
        self.traced.node = value.node

    def updater(self, function: Callable[..., Any]) -> Callable[..., None]:
        """Returns a function that sets the value to that of a function of it and a delta."""

        def update(delta: Any) -> None:
            if delta.shape != self.traced.shape:
                raise NotTraceableError("an update of another shape")
            self.assign(function(self.traced, delta))

        return update


class _TracedBackend:
    """What kernels of updates ask of the backend."""

    on_host = False
    in_place = True

    def number(self, array: Any) -> Any:
        return array

    def place(self, array: Any, on_host: bool) -> Any:
        if on_host:
            raise NotTraceableError("a value that moves to the host")
        return array


class _TracedState:
    """The state that the kernel of an update gets while it is traced; others find that it has too little."""

    __slots__ = ("backend", "op_id", "variables", "xp")

    def __init__(self, op_id: int, variables: Sequence[TracedCell], xp: Any) -> None:
        self.op_id = op_id
        self.variables = variables
        self.backend = _TracedBackend()
        self.xp = xp

    @property
    def variable(self) -> TracedCell:
        (cell,) = self.variables
        return cell


def run_traced(member: Member, xp: Any, arguments: Sequence[Any], cells: Sequence[TracedCell]) -> list[Any]:
    """Runs the kernel of an operation with traced arrays, and returns its results.

    Raises:
        NotTraceableError: If the kernel asks for more than functions of elements and reductions.
    """
    if member.op_def is None:
        return list(arguments)
    kernel: Any = member.op_def.kernel
    try:
        if member.op_def.stateful:
            function = kernel(xp, _TracedState(member.op_id, cells, xp), **member.attrs)
        else:
            function = kernel(xp, **member.attrs)
        made = function(*arguments)
    except NotTraceableError:
        raise
    except Exception as error:  # whatever a kernel does with arrays that it does not know
        raise NotTraceableError(f"{member.op_def.type}: {error}") from error
    values = list(made) if isinstance(made, (list, tuple)) else [made]
    if not member.results:
        return []
    if len(values) != len(member.results) or not all(isinstance(each, Traced) for each in values):
        raise NotTraceableError(f"{member.op_def.type} gives no traced arrays")
    return values


class Region:
    """A step that computes several operations.

    Thread safety: that of plans; threads may trace the same form twice, and one of the results is kept.

    Args:
        library: Makes arrays and kernels.
        members: The operations, in order.
        arguments: The values that it takes.
        results: The values that it gives.
        known: Constants that are known, as they are on the host; and as the operations take them.
        reads: Values that are the memory of a variable.

    Attributes:
        failing: The operation that runs now, or fails.
        members: The operations.
    """

    def __init__(
        self,
        library: Library,
        members: Sequence[Member],
        arguments: Sequence[int],
        results: Sequence[int],
        known: Mapping[int, tuple[Any, Any]],
        reads: Mapping[int, Cell],
    ) -> None:
        self.members = list(members)
        self.failing = self.members[-1].op_id
        self._library = library
        self._arguments = tuple(arguments)
        self._results = tuple(results)
        self._known = {value: seen for value, (seen, _) in known.items()}
        self._taken = {value: taken for value, (_, taken) in known.items()}
        self.cells = list(dict.fromkeys(cell for member in members for cell in member.cells))
        self._reads = {value: cell for value, cell in reads.items() if cell in self.cells}
        self._forms: dict[Any, Fused | None] = {}

    def __call__(self, *arrays: Array) -> Any:
        """Runs the operations."""
        memory = [_memory(cell) for cell in self.cells]
        given = (*arrays, *memory)
        form = tuple([_form(each) for each in given])
        if None in form:  # numbers that are arrays of rank 0, mostly
            given = tuple([each[()] if isinstance(each, np.ndarray) else each for each in given])
            form = tuple([_form(each) for each in given])
        try:
            fused = self._forms[form]
        except KeyError:
            fused = self._compile(form)
        if fused is None:
            values = self._one_by_one(arrays)
        else:
            values = fused(given)
        return values[0] if len(values) == 1 else values

    def sources(self) -> list[str]:
        """Returns the sources of the kernels that have been made, of all forms of call, each once."""
        made = [each for each in tuple(self._forms.values()) if each is not None]
        return list(dict.fromkeys(source for each in made for source in each.sources))

    def _one_by_one(self, arrays: Sequence[Array]) -> list[Array]:
        values: dict[int, Any] = {**self._taken, **dict(zip(self._arguments, arrays, strict=True))}
        # Read again here: a member may have changed it.
        values.update({value: cell.read() for value, cell in self._reads.items()})
        for member in self.members:
            self.failing = member.op_id
            made = member.function(*[values[each] for each in member.arguments])
            if len(member.results) == 1:
                values[member.results[0]] = made[0] if isinstance(made, (tuple, list)) else made
            elif member.results:
                values.update(zip(member.results, made, strict=True))
        return [values[each] for each in self._results]

    def _compile(self, form: tuple[Any, ...]) -> Fused | None:
        fused: Fused | None = None
        if len(self._forms) < _MOST_FORMS and None not in form:
            try:
                fused = self._traced(form)
            except NotTraceableError:
                fused = None
            self._forms[form] = fused
        return fused

    def _traced(self, form: tuple[Any, ...]) -> Fused:
        trace = Trace()
        xp = tracing_namespace(trace)
        inputs: list[Node] = []
        strides: dict[Node, Any] = {}
        values: dict[int, Any] = dict(self._known)
        count = len(self._arguments)
        cells = {}
        for at, (dtype, shape, steps) in enumerate(form):
            name = "cell" if at >= count else "number" if shape is None else "array"
            traced = trace.input(
                at - count if at >= count else at, name, dtype, () if shape is None else shape
            )
            inputs.append(traced.node)
            strides[traced.node] = steps
            if at < count:
                values[self._arguments[at]] = traced
            else:
                cells[self.cells[at - count]] = TracedCell(traced)
        values.update({value: cells[cell].traced for value, cell in self._reads.items()})
        noted: list[Noted] = []
        for member in self.members:
            own = [cells[each] for each in member.cells]
            taken = [values[each] for each in member.arguments]
            made: list[Any] = []

            def run(member: Member = member, taken: Any = taken, own: Any = own, made: Any = made) -> None:
                with within(member.op_id):
                    made += run_traced(member, xp, taken, own)

            for op_id, flag, array, check in noted_by(run):
                noted.append(Noted(op_id, flag.node, array.node, check))
            values.update(zip(member.results, made, strict=True))
        writes = {}
        for at, cell in enumerate(self.cells):
            node = cells[cell].traced.node
            if node is not inputs[count + at]:
                writes[at] = node
        outputs = [values[each].node for each in self._results]
        return Fused(self._library, inputs, strides, outputs, writes, noted)


def _memory(cell: Cell) -> Array | None:
    """Returns the memory of a variable; None if it has none, or is frozen: then its operation fails."""
    try:
        return cell.memory
    except (AttributeError, InvalidArgumentError):
        return None


def _form(array: Any) -> Any:
    """What a kernel depends on: dtype, shape (None for a number), and strides if they are not C's."""
    if isinstance(array, np.generic):
        return array.dtype, None, None
    if isinstance(array, np.ndarray) or not hasattr(array, "flags"):
        return None  # a variable without a value, or what is no array of the device
    if array.flags.c_contiguous:
        return array.dtype, array.shape, None
    size = array.dtype.itemsize
    return array.dtype, array.shape, tuple([step // size for step in array.strides])
