"""Plans as Python source: one statement per step, values as local variables."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn

from ... import _core
from ...backends import Backend
from ..cells import Cell, Update
from .steps import Output, Step

# So many variables in a row are copied by a loop, whose code does not grow with them.
MANY: Final = 50


def _copied_from(outputs: Sequence[Output], first: int) -> int:
    """Returns the end of the outputs from `first` on that are copies of variables which are no scalars."""
    for at in range(first, len(outputs)):
        cell = outputs[at].cell
        if cell is None or not cell.dims:
            return at
    return len(outputs)


class _Source:
    """The names in a plan's source: local ones of slots, global ones of what it uses.

    Args:
        backend: The library that computes.
        fed: The number of slots, at the start, that hold the function's arguments.
        constants: The initial content of other slots.

    Attributes:
        names: What the global names stand for.
    """

    def __init__(self, backend: Backend, fed: int, constants: Mapping[int, Any]) -> None:
        self._backend = backend
        self._fed = fed
        self._constants = constants
        self.names: dict[str, Any] = {f"c{slot}": value for slot, value in constants.items()}
        # By identity: functions may be equal but not identical, or unhashable.
        self._known: dict[int, str] = {}

    def named(self, thing: Any) -> str:
        """Returns the global name of something."""
        name = self._known.get(id(thing))
        if name is None:
            name = self._known[id(thing)] = f"g{len(self._known)}"
            self.names[name] = thing
        return name

    def local(self, slot: int) -> str:
        """Returns the name of a slot's value."""
        if slot < self._fed:
            return f"f{slot}"
        return f"c{slot}" if slot in self._constants else f"r{slot}"

    def listed(self, slots: Iterable[int], between: str = ", ") -> str:
        """Returns the names of some slots' values."""
        return between.join(map(self.local, slots))

    def statement(self, step: Step, gives_sequence: bool) -> str:
        """Returns the line of a step."""
        function = self.named(step.function)
        if type(step.function) is Cell:
            call = f"{function}.view"
        elif type(step.function) is Update and step.function.is_exact:
            memory = f"{self.named(step.function.cell)}.memory"
            delta = self.local(step.arguments[0])
            call = f"{self.named(step.function.function)}({memory}, {delta}, {memory})"
        else:
            arguments = [self.local(slot) for slot in step.arguments]
            if step.into is not None:
                keyword = "" if self._backend.takes_out_by_position(step.function) else "out="
                arguments.append(keyword + self.local(step.into))
            call = f"{function}({', '.join(arguments)})"
        if step.results:
            call = f"{self.listed(step.results)}{',' if gives_sequence else ''} = {call}"
        if step.dead:
            call += f"; {self.listed(step.dead, ' = ')} = None"
        return call

    def exported(self, outputs: Sequence[Output], single: bool, inner: bool) -> list[str]:
        """Returns what gives the outputs their form, one expression for each, but one for many copies."""
        found = []
        at = 0
        while at < len(outputs):
            copied = at
            if self._backend.on_host and not inner and not single:
                copied = _copied_from(outputs, at)
            if copied - at >= MANY:
                cells = self.named([each.cell for each in outputs[at:copied]])
                copies = self.named(_core.copies_of)
                found.append(f"*{copies}([cell.view for cell in {cells}])")
                at = copied
            else:
                found.append(self._exported(outputs[at], inner))
                at += 1
        return found

    def _exported(self, output: Output, inner: bool) -> str:
        on_host = self._backend.on_host
        if output.cell is not None:
            view = f"{self.named(output.cell)}.view"
            if inner:
                return view
            if not on_host or output.cell.dims is None:
                return f"export({view})"
            return f"{self.named(_core.copy_of)}({view})" if output.cell.dims else f"{view}[()]"
        value = self.local(output.slot)
        if inner or (output.owned and on_host):
            return value
        if output.fed and self._fed:
            return f"export({value}, ({self.listed(range(self._fed))},))"
        return f"export({value})"


def generate(
    backend: Backend,
    export: Callable[..., Any],
    steps: Sequence[Step],
    sequences: Container[int],
    fed: int,
    constants: Mapping[int, Any],
    outputs: Sequence[Output],
    single: bool,
    inner: bool,
    fail: Callable[[Exception, int, dict[int, Any]], NoReturn],
) -> Callable[..., Any]:
    """Returns a function that runs a plan's steps.

    Each step and each output has its own line, so that the line number of an exception says which one failed,
    at no cost per step.

    Args:
        backend: The library that computes.
        export: Gives a fetched value the form that the caller gets.
        steps: The steps.
        sequences: Indices of the steps whose functions return a sequence for a single result.
        fed: The number of slots, at the start, that hold the function's arguments.
        constants: The initial content of other slots.
        outputs: What to return.
        single: Whether to return the single output instead of a list.
        inner: Whether the outputs go to another plan, without a copy.
        fail: Called with an exception, the index of the step (outputs come after steps) and the slots'
            values.
    """
    source = _Source(backend, fed, constants)
    lines = [f"def run({source.listed(range(fed))}):", " try:"]
    first_line = len(lines) + 1
    lines += [f"  {source.statement(step, number in sequences)}" for number, step in enumerate(steps)]
    exported = source.exported(outputs, single, inner)
    if single:
        lines.append(f"  return {exported[0]}")
    else:
        # The bracket shares the line of the first output, so that its line follows the last step's.
        lines.append("  return [" + ",\n   ".join(exported) + "]")
    lines += [" except Exception as error:", "  failed(error, locals())"]

    def failed(error: Exception, found: dict[str, Any]) -> NoReturn:
        line = error.__traceback__.tb_lineno if error.__traceback__ is not None else first_line
        values = dict(constants)
        values.update({int(name[1:]): value for name, value in found.items() if name[1:].isdigit()})
        fail(error, line - first_line, values)

    names = source.names
    names["export"], names["failed"] = export, failed
    exec(compile("\n".join(lines), "<scopetrie plan>", "exec"), names)
    run: Callable[..., Any] = names.pop("run")  # its own globals: with it, they would be a cycle
    return run
