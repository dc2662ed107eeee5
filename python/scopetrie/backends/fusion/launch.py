"""Fused kernels on the device: a schedule for arrays of some shapes, ready to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from ..base import Array
from ..deferred import note
from .emit import (
    BLOCK,
    CHUNK,
    Emitted,
    emit,
    emit_rows,
    emit_together,
    most_together,
    width_of,
)
from .places import Place, kernel_size
from .rows import Rows
from .schedule import Kernel, Root, Schedule, Step
from .trace import Node, Noted, NotTraceableError

# Blocks that fill the largest device several times over; each goes on to further elements.
_MOST_BLOCKS: Final = 4096
# A kernel takes 4,096 bytes of arguments; so many pointers leave room for sizes.
_MOST_POINTERS: Final = 400
# What a tail takes; a kernel of many arrays has little room left.
_MOST_IN_TAIL: Final = 10
# Products and sums are rounded one by one, as by one kernel each.
OPTIONS: Final = ("--fmad=false",)

# Where a run keeps its values: what it was given first, then the memory of variables, then what it makes.
Slots: TypeAlias = list[Any]
Action: TypeAlias = Callable[[Slots], None]


class Library(NamedTuple):
    """What the runs of fused kernels need of a library.

    Attributes:
        xp: Its namespace, for reductions.
        empty: Makes an array that is not filled: of a shape and a dtype.
        zeros: Makes an array of zeros.
        kernel: Compiles a source: `kernel(source, name, options)` gives `launch(grid, block, arguments)`.
        known: What has been compiled, by source.
    """

    xp: Any
    empty: Callable[[tuple[int, ...], Any], Array]
    zeros: Callable[[tuple[int, ...], Any], Array]
    kernel: Callable[..., Callable[..., None]]
    known: dict[str, Any]

    def compiled(self, emitted: Emitted) -> Callable[..., None]:
        """Returns the kernel of a source, which is compiled at its first launch."""
        found = self.known.get(emitted.source)
        if found is None:
            made = self.kernel(emitted.source, emitted.name, OPTIONS)
            found = self.known.setdefault(emitted.source, made)
        return found  # type: ignore[no-any-return]


class Fused:
    """A function of arrays of fixed dtypes and shapes, as launches of fused kernels.

    Args:
        library: Makes arrays and kernels.
        inputs: The nodes of what it gets: arrays and numbers, then the memory of variables.
        strides: For inputs that are not in one piece, the strides in elements.
        outputs: The nodes of its results.
        writes: The new values of variables, by the place of their memory among the variables.
        noted: Checks of values.

    Attributes:
        sources: The sources of the kernels, one for each launch.
    """

    def __init__(
        self,
        library: Library,
        inputs: Sequence[Node],
        strides: Mapping[Node, tuple[int, ...] | None],
        outputs: Sequence[Node],
        writes: Mapping[int, Node],
        noted: Sequence[Noted] = (),
    ) -> None:
        self._library = library
        self._strides = strides
        self._slots = {node: at for at, node in enumerate(inputs)}
        self._allocated: list[tuple[int, tuple[int, ...], Any]] = []
        self._cells = len(inputs) - sum(node.name == "cell" for node in inputs)
        self.sources: list[str] = []
        strided = {node for node, steps in strides.items() if steps}
        self._schedule = schedule = Schedule(outputs, writes, noted, strided)
        self._flags = self._slot() if noted else -1
        self._noted = list(noted)
        # A count of blocks, which kernels with a tail begin and end with 0.
        self._arrived: Array | None = None
        self._has_tail = False
        self._actions: list[Action] = list(self._all(schedule.waves))
        self._outputs = [self._slots[node] for node in outputs]
        self._checked = [self._slots[each.array] for each in noted]
        self._size = len(self._slots) + (1 if noted else 0)
        self._made = self._size - len(inputs)

    def __call__(self, given: Sequence[Array]) -> list[Array]:
        """Computes the results of arrays, and of the memory of variables, which it changes."""
        slots = [*given, *[None] * self._made]
        if self._noted:
            slots[self._flags] = self._library.zeros((len(self._noted),), np.bool_)
        # All memory first: what a full device refuses has changed no variable.
        if self._has_tail and self._arrived is None:
            self._arrived = self._library.zeros((1,), np.uint32)
        for at, shape, dtype in self._allocated:
            slots[at] = self._library.empty(shape, dtype)
        for action in self._actions:
            action(slots)
        for at, (each, place) in enumerate(zip(self._noted, self._checked, strict=True)):
            note(each.op_id, slots[self._flags][at], slots[place], each.check)
        return [slots[at] for at in self._outputs]

    def _slot(self, node: Node | None = None) -> int:
        at = len(self._slots)
        self._slots[node if node is not None else _FLAGS] = at
        return at

    # Building -----------------------------------------------------------------------------------------------

    def _all(self, waves: Sequence[Sequence[Step]]) -> Iterator[Action]:
        at = 0
        while at < len(waves):
            last = self._tail(waves[at], waves[at + 1]) if at + 1 < len(waves) else []
            yield from self._wave(waves[at], last)
            at += 2 if last else 1

    def _tail(self, wave: Sequence[Step], after: Sequence[Step]) -> list[Kernel]:
        """Returns the steps of a wave that the last kernel of the wave before can do: see `emit.tail_of`.

        They change variables of one element, such as the powers of Adam's betas, which the wave before reads.
        """
        if not any(isinstance(each, Kernel) and kernel_size(each.shape) for each in wave):
            return []
        steps: list[Kernel] = []
        pointers = 0
        for each in after:
            if not isinstance(each, Kernel) or kernel_size(each.shape) != 1:
                return []
            if any(root.kind != "cell" for root in each.roots):
                return []
            if any(node.kind != "input" or node.size != 1 for node in each.loads):
                return []
            pointers += len(each.loads) + len(each.roots)
            steps.append(each)
        written = {root.at for each in steps for root in each.roots}
        read = [{node.value for node in each.loads if node.name == "cell"} for each in steps]
        apart = all(
            own.isdisjoint(written - {root.at for root in each.roots})
            for own, each in zip(read, steps, strict=True)
        )
        return steps if apart and pointers <= _MOST_IN_TAIL else []

    def _wave(self, wave: Sequence[Step], last: list[Kernel]) -> Iterator[Action]:
        launches: list[Callable[[list[Kernel]], Action]] = []
        kernels: dict[str, list[Kernel]] = {}
        for step in wave:
            if isinstance(step, Node):
                yield self._view(step) if step.kind == "view" else self._reduction(step)
            elif isinstance(step, Rows):
                yield self._of_rows(step)
            elif kernel_size(step.shape):
                kernels.setdefault(self._structure(step), []).append(step)
            else:
                self._targets(step)  # empty arrays
        alone: dict[tuple[int, ...], list[Kernel]] = {}
        for found in kernels.values():
            if len(found) == 1:
                alone.setdefault(found[0].shape, []).append(found[0])
                continue
            places = emit(found[0], self._strides).places
            most = most_together(found[0])
            launches += [
                partial(self._together, found[first : first + most], places)
                for first in range(0, len(found), most)
            ]
        for found in alone.values():
            few = sum(len(each.roots) + len(each.loads) for each in found) <= _MOST_POINTERS
            launches += [
                partial(self._single, part[0] if len(part) == 1 else self._schedule.joined(part))
                for part in ([found] if few else [[each] for each in found])
            ]
        for at, launch in enumerate(launches):
            yield launch(last if at == len(launches) - 1 else [])

    def _more(self, last: list[Kernel]) -> Callable[[Slots], list[Any]]:
        """Returns what a kernel with a tail takes more."""
        if not last:
            return lambda slots: []
        self._has_tail = True
        loads = [(self._slots[node] for node in kernel.loads) for kernel in last]
        places = [
            at
            for kernel, own in zip(last, loads, strict=True)
            for at in (*own, *(at for _, at in self._targets(kernel)))
        ]
        return lambda slots: [*[slots[at] for at in places], self._arrived]

    def _structure(self, kernel: Kernel) -> str:
        """What kernels have in common that go into one launch."""
        emitted = emit(kernel, self._strides)
        strided = any(place.kind == "strided" for place in emitted.places)
        alone = strided or any(root.kind == "fault" for root in kernel.roots)
        return f"{emitted.source} {id(kernel)}" if alone else emitted.source

    def _view(self, node: Node) -> Action:
        source, to, shape = self._slots[node.inputs[0]], self._slot(node), node.shape

        def view(slots: Slots) -> None:
            made = slots[source].reshape(shape)
            slots[to] = made if made.flags.c_contiguous else made.copy("C")

        return view

    def _reduction(self, node: Node) -> Action:
        function = getattr(self._library.xp, node.name)
        (axes, keepdims, same), source, to = node.value, self._slots[node.inputs[0]], self._slot(node)
        more = {"dtype": node.dtype} if same else {}

        def reduce(slots: Slots) -> None:
            slots[to] = function(slots[source], axis=axes, keepdims=keepdims, **more)

        return reduce

    def _of_rows(self, rows: Rows) -> Action:
        emitted = emit_rows(rows)
        sizes = np.int32(rows.length), np.int64(rows.count)
        loads = [self._slots[node] for node in rows.loads]
        stores = []
        for node in rows.stores:
            at = self._slot(node)
            self._allocated.append((at, node.shape, node.dtype))
            stores.append(at)
        launch = self._library.compiled(emitted)
        grid, block = (min(_MOST_BLOCKS, rows.count),), (rows.block,)
        self.sources.append(emitted.source)

        def run(slots: Slots) -> None:
            launch(grid, block, (*sizes, *[slots[at] for at in (*loads, *stores)]))

        return run

    def _targets(self, kernel: Kernel) -> list[tuple[Root, int]]:
        """What a kernel stores, and the slots: new ones of values."""
        made = []
        for root in kernel.roots:
            if root.kind == "value":
                at = self._slot(root.node)
                self._allocated.append((at, root.node.shape, root.node.dtype))
                made.append((root, at))
            else:
                made.append((root, self._flags if root.kind == "fault" else self._cells + root.at))
        return made

    def _stored(self, targets: Sequence[tuple[Root, int]]) -> Callable[[Slots], list[Array]]:
        def arrays(slots: Slots) -> list[Array]:
            return [
                slots[at] if root.kind != "fault" else slots[at][root.at : root.at + 1]
                for root, at in targets
            ]

        return arrays

    def _single(self, kernel: Kernel, last: list[Kernel]) -> Action:
        if len(kernel.loads) + len(kernel.roots) > _MOST_POINTERS:
            raise NotTraceableError("more arrays than a kernel takes")
        emitted = emit(kernel, self._strides, last)
        index = np.int32 if "(const int n" in emitted.source else np.int64
        size = kernel_size(kernel.shape)
        sizes = [index(size)]
        if any(place.kind == "strided" for place in emitted.places):
            sizes += [index(each) for each in emitted.dims[1:]]
            sizes += [index(step) for place in emitted.places for step in place.strides if step not in (0, 1)]
            width = 1
        else:
            width = width_of(kernel)
        loads = [self._slots[node] for node in kernel.loads]
        stored, more = self._stored(self._targets(kernel)), self._more(last)
        launch = self._library.compiled(emitted)
        grid, block = (min(_MOST_BLOCKS, -(-size // (BLOCK * width))),), (BLOCK,)
        self.sources.append(emitted.source)

        def run(slots: Slots) -> None:
            launch(grid, block, (*sizes, *[slots[at] for at in loads], *stored(slots), *more(slots)))

        return run

    def _together(self, kernels: Sequence[Kernel], places: list[Place], last: list[Kernel]) -> Action:
        count = len(kernels)
        emitted = emit_together(kernels[0], places, count, last)
        more = self._more(last)
        layout, first = _layout(kernels, places)
        loads = [[self._slots[kernel.loads[at]] for kernel in kernels] for at in range(len(places))]
        stored = [self._stored(self._targets(kernel)) for kernel in kernels]
        launch = self._library.compiled(emitted)
        blank = np.zeros(1, layout)
        blank["first"][0] = first
        blank["size"][0] = [kernel_size(kernel.shape) for kernel in kernels]
        grid, block = (int(first[-1]),), (BLOCK,)
        self.sources.append(emitted.source)

        def run(slots: Slots) -> None:
            arrays = blank.copy()
            for at, (own, place) in enumerate(zip(loads, places, strict=True)):
                found = [slots[each] for each in own]
                arrays[f"x{at}"][0] = found if place.kind == "number" else [each.data.ptr for each in found]
            made = [each(slots) for each in stored]
            for at, column in enumerate(zip(*made, strict=True)):
                arrays[f"y{at}"][0] = [each.data.ptr for each in column]
            launch(grid, block, (arrays, *more(slots)))

        return run


# The key of the flags among the slots.
_FLAGS: Any = object()


def _layout(kernels: Sequence[Kernel], places: Sequence[Place]) -> tuple[np.dtype[Any], list[int]]:
    """The struct of arguments of a kernel of many arrays, and the first block of each."""
    count = len(kernels)
    first = [0]
    for kernel in kernels:
        first.append(first[-1] - (-kernel_size(kernel.shape) // CHUNK))
    fields: list[Any] = [("first", np.int32, (count + 1,)), ("size", np.int64, (count,))]
    for at, (node, place) in enumerate(zip(kernels[0].loads, places, strict=True)):
        fields.append((f"x{at}", node.dtype if place.kind == "number" else np.uint64, (count,)))
    fields += [(f"y{at}", np.uint64, (count,)) for at in range(len(kernels[0].roots))]
    return np.dtype(fields, align=True), first
