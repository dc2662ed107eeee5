"""Loops: while_loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._core import get_default_graph, name_scope
from ...graph import Tensor
from ...public import v1
from ...shapes import TensorShape, as_dims
from ..array.fill import identity
from ..constant import convert_to_tensor
from ..declare import mixed
from ..node_text import Dims, dims_text
from ..registry import define_op, listed
from .branch import given_specs, union
from .ends import enter, exit_, exit_name, merge, take_names
from .trace import Body, Traced, body_of, check_alike, flat, packed, runner, taped, trace_calls


def _while_kernel(xp: Any, state: Any, test: Body, step: Body, specs: Any, count: int, limited: bool) -> Any:
    run_test, run_step = runner(state, test), runner(state, step)

    def loop(*values: Any) -> Any:
        variables, rest = list(values[:count]), values[count:]
        record, rounds, left = [], 0, -1
        if limited:
            left, rest = max(int(rest[-1]), 0), rest[:-1]
        while left != 0 and bool(run_test([*variables, *rest])[0][0]):
            variables, kept = run_step([*variables, *rest])
            if kept:
                record.append(kept)
            rounds += 1
            left -= 1
        # A gradient may need no value of the rounds, but goes through each.
        return [*variables, taped(record or ((),) * rounds)]

    return loop


_while = define_op(
    "While", mixed("inputs"), rule=given_specs, kernel=_while_kernel, stateful=True,
)  # fmt: skip


@v1("while_loop")
def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: Any = None,
    return_same_structure: bool = False,
) -> Any:
    """Computes tensors over and over while a condition of them holds.

    Args:
        cond: A function of the loop's tensors that builds a boolean scalar.
        body: A function of the loop's tensors that builds their next values.
        loop_vars: The first values: a list, tuple or other structure of tensors.
        shape_invariants: What stays of the shapes from one round to the next; all of it by default.
        parallel_iterations: Accepted for v1's sake: rounds run one after the other.
        back_prop: Accepted for v1's sake.
        swap_memory: Accepted for v1's sake.
        name: The operations' scope.
        maximum_iterations: How many rounds there are at most.
        return_same_structure: Whether a list of one tensor is returned as such.

    Returns:
        The last values, in the structure of `loop_vars`.

    Raises:
        TypeError: If `cond` or `body` is no function.
        ValueError: If there are no variables, or `body` gives other dtypes, shapes or numbers of them.

    >>> import scopetrie as tf
    >>> total = tf.while_loop(
    ...     lambda i, s: i < 5, lambda i, s: (i + 1, s + i), [tf.constant(0), tf.constant(0)]
    ... )
    >>> with tf.Session() as session:
    ...     print(*session.run(total))
    5 10
    """
    if not callable(cond):
        raise TypeError("'cond' must be callable.")
    if not callable(body):
        raise TypeError("'body' must be callable.")
    leaves = flat(loop_vars)
    if not leaves:
        raise ValueError("'loop_vars' must be provided.")
    if parallel_iterations < 1:
        raise TypeError("'parallel_iterations' must be a positive integer.")
    with name_scope(name, "while", leaves) as scope:
        limit = []
        if maximum_iterations is not None:
            limit = [convert_to_tensor(maximum_iterations, name="maximum_iterations")]
            # v1's counter of rounds is a variable of the loop, the first.
            take_names("iteration_counter", "Enter", "Merge", "Less")
        first = [convert_to_tensor(each) for each in leaves]
        entered = [enter(each, name="Enter") for each in first]
        invariants = _invariants(loop_vars, first, shape_invariants)
        for each, dims in zip(entered, invariants, strict=True):
            each._set_dims(dims)
        merged = [merge(each, name="Merge") for each in entered]
        marker = merged[-1].op
        spread = isinstance(loop_vars, (list, tuple)) and not hasattr(loop_vars, "_fields")

        def call(variables: list[Tensor]) -> Any:
            arguments = packed(loop_vars, variables)
            return arguments if spread else (arguments,)

        test = trace_calls(cond, call(merged), marker, "LoopCond", own=merged)
        if limit:
            take_names("Switch", "LogicalAnd", "Identity", "add")
        take_names(*["Switch"] * len(first))
        variables = [identity(each, name="Identity") for each in merged]
        own = [*merged, *variables]
        step = trace_calls(body, call(variables), variables[-1].op, "NextIteration", entry=marker, own=own)
        _check_condition(test, scope)
        _check_step(step, loop_vars, first, invariants)
        inputs = union(test.captured, step.captured, without=own)
        with get_default_graph().control_dependencies([*test.awaited, *step.awaited]):
            made = _while(
                [*first, *inputs, *limit],
                test=body_of(test, merged, inputs),
                step=body_of(step, variables, inputs),
                specs=tuple(
                    (each.dtype.base_dtype, dims) for each, dims in zip(first, invariants, strict=True)
                ),
                count=len(first),
                limited=bool(limit),
                name="While",
            )
        out = [exit_(each, name=exit_name(at)) for at, each in enumerate(listed(made)[:-1], len(limit))]
        if len(out) == 1 and spread and not return_same_structure:
            return out[0]
        return packed(loop_vars, out)


def _varying(structure: Any) -> list[bool]:
    """For each leaf whether it has a row for each element of a sparse tensor: as many as there may be."""
    if hasattr(structure, "_components"):
        return [
            part != "dense_shape"
            for part, each in structure._components()._asdict().items()
            if each is not None
        ]
    if isinstance(structure, dict):
        return [varies for key in sorted(structure) for varies in _varying(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [varies for each in structure for varies in _varying(each)]
    return [False]


def _invariants(loop_vars: Any, first: list[Tensor], shapes: Any) -> list[Dims]:
    if shapes is None:
        return [
            (None, *(each._dims or ())[1:]) if varies and each._dims is not None else each._dims
            for each, varies in zip(first, _varying(loop_vars), strict=True)
        ]
    # Shapes look like lists; only what is no nesting of the variables is one.
    if isinstance(shapes, TensorShape):
        shapes = [shapes] if not isinstance(loop_vars, (list, tuple, dict)) or len(first) == 1 else shapes
    listed = [] if not isinstance(shapes, (list, tuple, dict)) else [as_dims(each) for each in flat(shapes)]
    if len(listed) != len(first):
        check_alike(flat(loop_vars), listed)
    for tensor, dims in zip(first, listed, strict=True):
        if not holds(tensor._dims, dims):
            raise ValueError(
                f"The shape invariant specified for {tensor.name} is not compatible with the initial shape "
                f"of the loop variable. It enters the loop with shape {tensor.shape}, but the specified "
                f"shape invariant is {TensorShape(dims)}."
            )
    return listed


def _check_condition(test: Traced, scope: str) -> None:
    """Refuses a condition that is none, with the words of v1's node for it."""
    found = test.outputs[0] if len(test.outputs) == 1 else None
    if found is None:
        raise TypeError(f"The loop's condition has to be one boolean scalar, not {test.structure!r}")
    if not found.dtype.base_dtype.is_bool:
        raise TypeError(
            f"Input 'input' of 'LoopCond' Op has type {found.dtype.base_dtype.name} that does not match "
            "expected type of bool."
        )
    if found._dims:
        # The result goes through an identity; v1's message names the node before it.
        source = found.op.inputs[0].name.removesuffix(":0")
        raise ValueError(
            f"Shape must be rank 0 but is rank {len(found._dims)} for '{{{{node {scope}LoopCond}}}} = "
            f"LoopCond[]({source})' with input shapes: {dims_text(found._dims)}."
        )


def _check_step(step: Traced, loop_vars: Any, first: list[Tensor], invariants: list[Dims]) -> None:
    if step.structure is None or any(leaf is None for leaf in flat(step.structure)):
        raise ValueError("None values not supported.")
    if len(step.outputs) != len(first):
        check_alike(flat(loop_vars), step.outputs)
    for made, variable, dims in zip(step.outputs, first, invariants, strict=True):
        if made.dtype.base_dtype is not variable.dtype.base_dtype:
            raise TypeError(
                f"The loop body gives {variable.name} the dtype {made.dtype.base_dtype.name} after one "
                f"iteration; it enters the loop with {variable.dtype.base_dtype.name}."
            )
        if not holds(made._dims, dims):
            raise ValueError(
                f"Input tensor '{variable.name}' enters the loop with shape {TensorShape(dims)}, but has "
                f"shape {made.shape} after one iteration. To allow the shape to vary across iterations, use "
                "the `shape_invariants` argument of tf.while_loop to specify a less-specific shape."
            )


def holds(dims: Dims, invariant: Dims) -> bool:
    """Whether a shape is surely one of those that an invariant allows."""
    if invariant is None:
        return True
    if dims is None or len(dims) != len(invariant):
        return False
    return all(wanted is None or wanted == found for found, wanted in zip(dims, invariant, strict=True))
