"""Where the values of a plan live: in the memory of the device that computes, or on the host.

A value lives on the host if only the host looks at it: a shape, an axis, a predicate, a counter, or text. All
others live on the device. A number that the host knows becomes an argument of a kernel, not a copy. What has
to move does so in a step of its own, once: the copies of a plan are those steps, and can be counted.

An operation runs on the host if all its inputs are there and no kernel of the device wants what it gives, or
if that is one number. Constants are on both sides; each goes up once per session.

Branches and loops hand their values on as they come, and do not say from where. Such a value is `unsettled`:
the step that moves it looks at it when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np

from ...backends import Backend
from ...dtypes import DType, resource, variant
from ...ops.node_text import Dims
from ...ops.registry import OpDef

Node: TypeAlias = tuple[int, OpDef | None, int, int, tuple[int, ...], Any]
# Types whose output is their input.
PASSED_ON: Final = frozenset(
    "Exit Identity Merge PlaceholderWithDefault PreventGradient Snapshot StopGradient "
    "TensorArrayGatherV3".split()
)
# Types that hand values on to other plans, which say where they want them.
WITH_BODIES: Final = frozenset({"If", "While"})

# What values are that NumPy has no dtype for: they are of no side.
OPAQUE: Final = frozenset({resource, variant})


class Placement:
    """The homes of a plan's values.

    Args:
        backend: The library that computes; its arrays are not the host's.
        spec: Gives dtype and static shape of a value.
        nodes: The nodes of the plan.
        feeds: Ids of the fed tensors.
        hosted: Those of them that are on the host; None if that is to be found out.
        fetches: Ids of the fetched tensors.

    Attributes:
        hosted: Values on the host, constants excepted.
        unsettled: Values whose home shows when the plan runs.
    """

    __slots__ = ("_backend", "_spec", "_wanted", "hosted", "unsettled")

    def __init__(
        self,
        backend: Backend,
        spec: Callable[[int], tuple[DType, Dims]],
        nodes: Iterable[Node],
        feeds: Iterable[int],
        hosted: Container[int] | None,
        fetches: Iterable[int],
    ) -> None:
        self._backend = backend
        self._spec = spec
        feeds = tuple(feeds)
        able = {each for each in feeds if hosted is None or each in hosted or not self.is_held(each)}
        # A number stays where it is: the device takes it as an argument.
        wanted = {each for each in fetches if each not in feeds and not self._is_number(each)}
        self._wanted = self._find_wanted(list(nodes), set(able), wanted)
        self.hosted: set[int] = {each for each in able if hosted is not None or self._stays(each)}
        self.unsettled: set[int] = set()

    def _stays(self, value: int) -> bool:
        """Whether a fed value is not to go to the device."""
        return value not in self._wanted or self._is_number(value) or not self.is_held(value)

    def _is_number(self, value: int) -> bool:
        return self._spec(value)[1] == ()

    def is_held(self, value: int) -> bool:
        """Whether the device can hold values of this dtype."""
        dtype = self._spec(value)[0].base_dtype
        return dtype not in OPAQUE and self._backend.holds(np.dtype(dtype.as_numpy_dtype))

    def _find_wanted(self, nodes: Sequence[Node], able: set[int], wanted: set[int]) -> set[int]:
        """Returns the values that kernels of the device want.

        Args:
            nodes: The nodes, in creation order.
            able: The feeds that may be on the host.
            wanted: What else is wanted there.
        """
        cheap = {each for each in able if self._is_number(each) or not self.is_held(each)}
        on_host: list[bool] = []
        for _, op_def, first, count, inputs, _ in nodes:
            made = range(first, first + count)
            possible = op_def is None or self._may_run_on_host(op_def, inputs, able)
            if possible:
                able.update(made)
                if op_def is None or op_def.host_outputs or cheap.issuperset(inputs):
                    cheap.update(made)
            on_host.append(possible)
        for (_, op_def, first, count, inputs, _), possible in zip(
            reversed(nodes), reversed(on_host), strict=True
        ):
            if op_def is None:
                continue
            made = range(first, first + count)
            if op_def.type in PASSED_ON:
                if first in wanted:
                    wanted.update(inputs)
                continue
            if self._is_of_host(op_def, inputs, made):
                continue
            is_cheap = all(map(self._is_number, made)) and cheap.issuperset(inputs)
            if possible and not op_def.host_outputs and (is_cheap or wanted.isdisjoint(made)):
                continue
            homes = homes_of(op_def, len(inputs))
            wanted.update(tensor for tensor, home in zip(inputs, homes, strict=True) if home is False)
            if op_def.type in WITH_BODIES:  # but not shapes, which bodies use as such
                wanted.update(each for each in inputs if each not in cheap)
        return wanted

    def _may_run_on_host(self, op_def: OpDef, inputs: Sequence[int], able: set[int]) -> bool:
        if op_def.type == "Const" or op_def.host_outputs:
            return True
        if op_def.kernel is None or op_def.stateful or is_of_rows(op_def):
            return False
        return able.issuperset(inputs)

    def _is_of_host(self, op_def: OpDef, inputs: Iterable[int], results: Iterable[int]) -> bool:
        """Whether an operation is not the device's, or has values that it cannot hold."""
        values = (*inputs, *results)
        try:
            if not self.check(op_def, values):
                return True
        except NotImplementedError:  # nobody computes it: the resolution says so
            return False
        return any(not self.is_held(each) and self._spec(each)[0].base_dtype not in OPAQUE for each in values)

    def check(self, op_def: OpDef, values: Iterable[int]) -> bool:
        """Returns what the backend says of an operation.

        Args:
            op_def: Its definition.
            values: What it takes and gives.

        Raises:
            NotImplementedError: If the backend refuses it.
        """
        declared = {self._spec(each)[0].base_dtype for each in values}
        types = [np.dtype(each.as_numpy_dtype) for each in declared if each not in OPAQUE]
        return self._backend.computes(op_def.type, types)

    def computes_on_host(
        self, op_def: OpDef, inputs: Sequence[int], results: Sequence[int], known: Mapping[int, Any]
    ) -> bool:
        """Whether an operation without effects runs on the host.

        Args:
            op_def: Its definition.
            inputs: Its inputs.
            results: Its results.
            known: The constants.
        """
        if self._is_of_host(op_def, inputs, results):
            return True
        if is_of_rows(op_def) or not inputs:
            return False
        if not all(each in self.hosted or each in known for each in inputs):
            return False
        # What is on the host already is a number, a shape or the like: so is a number that comes of it.
        return all(map(self._is_number, results)) or self._wanted.isdisjoint(results)

    def moves(self, value: int, home: bool | None) -> bool | None:
        """Whether a value has to move for an argument, and whether to the host; None if it need not.

        Args:
            value: The value; no constant.
            home: Where the kernel wants it: True for the host, False for the device, None for either.
        """
        if home is None or self._spec(value)[0].base_dtype in OPAQUE:
            return None
        if value in self.unsettled:
            return home
        return None if (value in self.hosted) is home or not (home or self.is_held(value)) else home

    def settle(self, op_def: OpDef, results: Iterable[int]) -> None:
        """Notes where the results of an operation are that did not run on the host."""
        if op_def.host_outputs:
            self.hosted.update(results)
        elif any(each.host is None for each in op_def.inputs):
            self.unsettled.update(results)
        else:
            self.hosted.update(each for each in results if not self.is_held(each))


def is_of_rows(op_def: OpDef) -> bool:
    """Whether an operation has to do with a TensorArray's rows, which are arrays of the device."""
    return op_def.type.startswith("TensorArray") and not op_def.host_outputs


def homes_of(op_def: OpDef, count: int) -> list[bool | None]:
    """Returns for each of a kernel's `count` arguments where it wants it; see `declare.Input.host`.

    Example:
        >>> from scopetrie.ops.registry import OPS
        >>> homes_of(OPS["Reshape"], 2)
        [False, True]
    """
    inputs = [each for each in op_def.inputs if each.kind != "reference"]
    if count == len(inputs):
        return [each.host for each in inputs]
    found: list[bool | None] = []
    for each in inputs:
        found += [each.host] * (count - len(inputs) + 1 if each.is_list else 1)
    return (found + [False] * count)[:count]
