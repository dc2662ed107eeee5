"""The nodes of datasets, and the functions of elements that they run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from .._core import get_default_graph
from ..dtypes import variant
from ..graph import Graph, Operation, Tensor
from ..ops.checks import on_host
from ..ops.control.branch import union
from ..ops.control.trace import TAPE, Body, body_of, flat, packed, runner, taped, trace_calls
from ..ops.declare import mixed
from ..ops.registry import define_op
from .sources import Element, Source
from .structure import Component, Structure, lists_to_tensors

# Types whose values belong to the run that computes them: a dataset keeps copies of all but constants.
_LASTING: Final = frozenset({"Const"})


def _kernel(xp: Any, state: Any, make: Callable[..., Source], lasting: tuple[bool, ...] = ()) -> Any:
    def compute(*values: Any) -> Any:
        kept = [_kept(state, value, lasts) for value, lasts in zip(values, lasting, strict=True)]
        return taped(make(state, *kept))

    return compute


def _kept(state: Any, value: Any, lasts: bool) -> Any:
    host = on_host(state, value)
    if host.dtype.hasobject and not host.ndim and isinstance(host[()], Source):
        return host[()]
    return host if lasts else np.array(host)


@functools.cache
def _op(type: str) -> Any:
    return define_op(type, mixed("inputs"), rule=lambda inputs, **attrs: TAPE, kernel=_kernel, stateful=True)


def dataset_node(
    type: str, inputs: Sequence[Tensor], make: Callable[..., Source], name: str | None = None
) -> Tensor:
    """Adds a node whose value is a dataset.

    Args:
        type: v1's type of it.
        inputs: What it is made of: datasets, and other tensors.
        make: Called with the session's state and the values of the inputs, as NumPy arrays and sources, each
            time that an iterator starts.
        name: The node's name.

    Returns:
        Its output.
    """
    lasting = tuple(each.op.type in _LASTING for each in inputs)
    made: Tensor = _op(type)(list(inputs), make=make, lasting=lasting, name=name or type)
    return made


# A component of an element while a function of elements is traced; always fed.
_argument = define_op(
    "_Arg", rule=lambda dtype, dims: (dtype, dims), kernel=None, stateful=True,
)  # fmt: skip


class Code(NamedTuple):
    """What a node keeps of a function of elements.

    Attributes:
        body: How to run it.
        refers: Whether it refers to variables, whose memory must not get out.
    """

    body: Body
    refers: bool

    def compiled(self, state: Any, captured: Sequence[Any]) -> Callable[[Element], Element]:
        """The function of arrays, in one session.

        Args:
            state: The session's state, for the node.
            captured: The values of what it captured.
        """
        run = runner(state, self.body)
        rest = [taped(each) if isinstance(each, Source) else each for each in captured]
        on_device = not state.backend.on_host
        if on_device:
            rest = list(map(state.backend.taken, rest))
        copies = on_device or self.refers

        def call(element: Element) -> Element:
            if on_device:
                element = tuple(map(state.backend.taken, element))
            found = run([*element, *rest])[0]
            return tuple([np.array(on_host(state, each)) for each in found] if copies else found)

        return call


class Function(NamedTuple):
    """A function of elements, traced.

    Attributes:
        structure: The structure of what it returns.
        code: What the node keeps of it.
        captured: The tensors from outside that it needs, which the node takes as inputs.
        awaited: The operations from outside that the node waits for.
    """

    structure: Structure
    code: Code
    captured: list[Tensor]
    awaited: list[Operation]


def traced(
    function: Callable[..., Any],
    given: Sequence[Structure],
    dataset: Callable[[Tensor, Structure], Any],
    unpacked: bool = True,
) -> Function:
    """Traces a function of elements.

    Args:
        function: The function.
        given: The structures of its arguments.
        dataset: Makes a dataset of a tensor.
        unpacked: Whether a single argument that is a tuple is given as several.
    """
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    tensors: list[Tensor] = []
    arguments: list[Any] = []
    for structure in given:
        own = [_argument(dtype=each.dtype, dims=each.dims, name="arg") for each in structure.components]
        tensors += own
        pairs = zip(own, structure.components, strict=True)
        leaves = [one if each.inner is None else dataset(one, each.inner) for one, each in pairs]
        arguments.append(structure.pack(leaves))
    if unpacked and type(arguments[0]) is tuple:
        arguments = list(arguments[0])
    inner: list[Structure | None] = []

    def call(*values: Any) -> Any:
        made = function(*values)
        # As v1: more likely several tensors, as those of a py_func, than one.
        result = lists_to_tensors(tuple(made) if isinstance(made, list) else made)
        leaves = flat(result)
        inner.extend(getattr(each, "_structure", None) for each in leaves)
        return packed(result, [getattr(each, "_variant_tensor", each) for each in leaves])

    found = trace_calls(call, arguments, tensors[-1].op, "Identity", loop=False)
    if not found.outputs:
        raise ValueError(
            f"Dataset: the function {function!r} returns no tensors, but an element consists of one or more."
        )
    components = tuple(
        Component(each.dtype.base_dtype, each._dims) if within is None else Component(variant, (), within)
        for each, within in zip(found.outputs, inner, strict=False)
    )
    refers = any(
        tensor.dtype._is_ref_dtype
        for at in range(found.first, graph.version)
        for tensor in graph.operation(at).inputs
    )
    captured = union(found.captured, without=tensors)
    code = Code(body_of(found, tensors, captured), refers)
    nest = packed(found.structure, [0] * len(components))
    return Function(Structure(nest, components), code, captured, found.awaited)
