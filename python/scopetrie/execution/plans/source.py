"""Plans as Python source: one statement per step, values as local variables."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Final, NoReturn

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
    names: dict[str, Any] = {f"c{slot}": value for slot, value in constants.items()}
    # By identity: functions may be equal but not identical, or unhashable.
    known: dict[int, str] = {}

    def global_name(thing: Any) -> str:
        name = known.get(id(thing))
        if name is None:
            name = known[id(thing)] = f"g{len(known)}"
            names[name] = thing
        return name

    def local(slot: int) -> str:
        if slot < fed:
            return f"f{slot}"
        return f"c{slot}" if slot in constants else f"r{slot}"

    lines = [f"def run({', '.join(map(local, range(fed)))}):", " try:"]
    first_line = len(lines) + 1
    for number, step in enumerate(steps):
        function = global_name(step.function)
        if type(step.function) is Cell:
            call = f"{function}.view"
        elif type(step.function) is Update and step.function.is_exact:
            memory = f"{global_name(step.function.cell)}.memory"
            call = f"{global_name(step.function.function)}({memory}, {local(step.arguments[0])}, {memory})"
        else:
            arguments = [local(slot) for slot in step.arguments]
            if step.into is not None:
                keyword = "" if backend.takes_out_by_position(step.function) else "out="
                arguments.append(keyword + local(step.into))
            call = f"{function}({', '.join(arguments)})"
        if step.results:
            call = f"{', '.join(map(local, step.results))}{',' if number in sequences else ''} = {call}"
        if step.dead:
            call += f"; {' = '.join(map(local, step.dead))} = None"
        lines.append(f"  {call}")

    arrays = ", ".join(map(local, range(fed)))
    names["export"] = export
    exported = []
    at = 0
    while at < len(outputs):
        output = outputs[at]
        copied = _copied_from(outputs, at) if backend.on_host and not inner and not single else at
        if copied - at >= MANY:
            cells = global_name([each.cell for each in outputs[at:copied]])
            exported.append(f"*[cell.view.copy() for cell in {cells}]")
            at = copied
            continue
        at += 1
        if output.cell is not None:
            view = f"{global_name(output.cell)}.view"
            if inner:
                exported.append(view)
            elif not backend.on_host or output.cell.dims is None:
                exported.append(f"export({view})")
            else:
                exported.append(f"{view}.copy()" if output.cell.dims else f"{view}[()]")
        elif inner or (output.owned and backend.on_host):
            exported.append(local(output.slot))
        elif output.fed and fed:
            exported.append(f"export({local(output.slot)}, ({arrays},))")
        else:
            exported.append(f"export({local(output.slot)})")
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

    names["failed"] = failed
    exec(compile("\n".join(lines), "<scopetrie plan>", "exec"), names)
    run: Callable[..., Any] = names.pop("run")  # its own globals: with it, they would be a cycle
    return run
