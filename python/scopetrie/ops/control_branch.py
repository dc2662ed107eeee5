"""Branches and loops: cond, case, while_loop.

A branch's operations are in the graph like all others, made while its function was called. What runs of
them is a plan of its own: the node that stands for the branch takes, beside its own inputs, the tensors that
the branch uses from outside, and the plan is fed their values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .. import dtypes
from .._core import Variable, get_default_graph, name_scope
from ..graph import Graph, Operation, Tensor
from ..shapes import TensorShape, as_dims
from .array_join import stack
from .checks import Assert
from .constant import convert_to_tensor
from .creation import identity
from .math_compare import less
from .math_elementwise import cast
from .math_reduce import reduce_any, reduce_sum
from .registry import Dims, Spec, define_op, dims_text, listed


class Traced(NamedTuple):
    """What a function built.

    Attributes:
        structure: What it returned, with tensors.
        outputs: The tensors in it, in order.
        targets: The operations in it.
        captured: The tensors from outside that these need.
    """

    structure: Any
    outputs: list[Tensor]
    targets: list[Operation]
    captured: list[Tensor]


class Body(NamedTuple):
    """What a kernel needs to run a traced function.

    Attributes:
        graph: The graph.
        outputs: Ids of the tensors to compute.
        targets: Ids of the operations to run.
        feeds: Ids of the tensors whose values are given.
        places: Where these values are among the node's inputs.
    """

    graph: Graph
    outputs: tuple[int, ...]
    targets: tuple[int, ...]
    feeds: tuple[int, ...]
    places: tuple[int, ...]


def flat(structure: Any) -> list[Any]:
    """The leaves of nested lists, tuples and dicts, in order (dicts by key)."""
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in flat(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [leaf for each in structure for leaf in flat(each)]
    return [structure]


def packed(structure: Any, leaves: Sequence[Any]) -> Any:
    """A structure like another one, with other leaves."""
    rest = iter(leaves)

    def build(each: Any) -> Any:
        if isinstance(each, dict):
            made = {key: build(each[key]) for key in sorted(each)}
            return type(each)((key, made[key]) for key in each)
        if isinstance(each, tuple) and hasattr(each, "_fields"):
            return type(each)(*(build(x) for x in each))
        if isinstance(each, (list, tuple)):
            return type(each)(build(x) for x in each)
        return next(rest)

    return build(structure)


def check_alike(structure: Any, other: Any) -> None:
    """Refuses two structures that are not nested alike.

    Args:
        structure: Nested lists, tuples and dicts.
        other: Another.

    Raises:
        TypeError: If one has a list where the other has a tuple, or the like.
        ValueError: If they differ otherwise.
    """
    fault = (
        "The two structures don't have the same nested structure.\n\n"
        f"First structure: {structure}\n\nSecond structure: {other}"
    )
    nested = isinstance(structure, (list, tuple, dict)), isinstance(other, (list, tuple, dict))
    if nested[0] != nested[1]:
        raise ValueError(fault)
    if not nested[0]:
        return
    if type(structure) is not type(other):
        raise TypeError(fault)
    if len(structure) != len(other) or (isinstance(structure, dict) and structure.keys() != other.keys()):
        raise ValueError(fault)
    for key in structure if isinstance(structure, dict) else range(len(structure)):
        check_alike(structure[key], other[key])


def trace_calls(function: Callable[..., Any], arguments: Sequence[Any], after: Operation) -> Traced:
    """Calls a function that builds operations, and finds out what they use of those made until `after`.

    Args:
        function: The function.
        arguments: Its arguments.
        after: The last operation that is outside.

    Returns:
        What it built.
    """
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    graph._branches.append(after._id)
    try:
        structure = function(*arguments)
    finally:
        graph._branches.pop()
    leaves = []
    targets = []
    for each in flat(structure):
        if isinstance(each, Operation):
            targets.append(each)
        elif each is not None:
            # A node of its own, so that what is returned is inside even if it was made outside.
            leaves.append(identity(convert_to_tensor(each)))
    captured: dict[int, Tensor] = {}
    waiting = [each.op for each in leaves] + targets
    seen = {op._id for op in waiting}
    while waiting:
        op = waiting.pop()
        for each in op.inputs:
            source = each.op
            # What is fed is fed to the whole run, wherever its placeholder was made.
            outside = source._id <= after._id or source.type == "Placeholder"
            if outside and not each.dtype._is_ref_dtype:
                captured[each._id] = each
            elif not outside and source._id not in seen:
                seen.add(source._id)
                waiting.append(source)
        for source in op.control_inputs:
            if source._id > after._id and source._id not in seen:
                seen.add(source._id)
                waiting.append(source)
    return Traced(structure, leaves, targets, list(captured.values()))


def body_of(traced: Traced, given: Sequence[Tensor], inputs: Sequence[Tensor], first: int = 0) -> Body:
    """The part of a node that runs a traced function.

    Args:
        traced: The function.
        given: Tensors that stand for its arguments; their values come first, in order.
        inputs: What the node takes from outside, behind those.
        first: How many values come before the arguments'.

    Returns:
        The description for the kernel.
    """
    places = {each._id: at + len(given) + first for at, each in enumerate(inputs)}
    own = {each._id for each in given}
    taken = [each for each in traced.captured if each._id not in own]
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    return Body(
        graph,
        tuple(each._id for each in traced.outputs),
        tuple(each._id for each in traced.targets),
        (*(each._id for each in given), *(each._id for each in taken)),
        (*range(first, first + len(given)), *(places[each._id] for each in taken)),
    )


def runner(state: Any, body: Body) -> Callable[[Sequence[Any]], list[Any]]:
    """The function of a node's input values that runs a body; compiled when it runs for the first time."""
    plan: Callable[..., Any] | None = None

    def run(values: Sequence[Any]) -> list[Any]:
        nonlocal plan
        if plan is None:
            plan = state.plan(body.graph, body.outputs, body.targets, body.feeds)
        out = plan(*(values[place] for place in body.places))
        return list(out)

    return run


def _cond_kernel(xp: Any, state: Any, then: Body, otherwise: Body, specs: Any) -> Any:
    run_then, run_otherwise = runner(state, then), runner(state, otherwise)

    def choose(*values: Any) -> Any:
        return (run_then if bool(values[0]) else run_otherwise)(values)

    return choose


def _given_specs(inputs: list[Tensor], specs: tuple[Spec, ...], **attrs: Any) -> list[Spec]:
    return list(specs)


_if = define_op(
    "If",
    ("inputs**",),
    rule=_given_specs,
    kernel=_cond_kernel,
    same_dtype=False,
    stateful=True,
    attributes="",
)


def _merged(a: Dims, b: Dims) -> Dims:
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else None for x, y in zip(a, b, strict=True))


def _union(*groups: Sequence[Tensor]) -> list[Tensor]:
    found = {each._id: each for group in groups for each in group}
    return list(found.values())


def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Callable[[], Any] | None = None,
    fn2: Callable[[], Any] | None = None,
) -> Any:
    """Runs one of two branches, as a tensor says.

    Args:
        pred: A boolean scalar.
        true_fn: Builds what is computed if it is true.
        false_fn: Builds what is computed otherwise; the same structure of tensors of the same dtypes.
        strict: Whether a list of one tensor is returned as such.
        name: The operations' scope.
        fn1: Deprecated name of `true_fn`.
        fn2: Deprecated name of `false_fn`.

    Returns:
        What the branches return, with the values of the one that runs; an operation if they return no
        tensors.

    Raises:
        TypeError: If a branch is no function, or `pred` is a Python bool.
        ValueError: If the branches return different structures.

    >>> import scopetrie as tf
    >>> x = tf.placeholder(tf.float32, [])
    >>> size = tf.cond(x < 0, lambda: -x, lambda: x)
    >>> with tf.Session() as session:
    ...     print(session.run(size, {x: -3.0}))
    3.0
    """
    true_fn = fn1 if true_fn is None else true_fn
    false_fn = fn2 if false_fn is None else false_fn
    for function, argument in ((true_fn, "true_fn"), (false_fn, "false_fn")):
        if function is None:
            raise TypeError(f"cond(): '{argument}' argument required")
    if not callable(true_fn):
        raise TypeError("'true_fn' must be callable.")
    if not callable(false_fn):
        raise TypeError("'false_fn' must be callable.")
    if isinstance(pred, bool):
        raise TypeError("'pred' must not be a Python bool.")
    with name_scope(name, "cond", [pred]) as scope:
        _check_predicate(convert_to_tensor(pred, name="pred"), scope)
        chosen = identity(pred, name="pred_id")
        then = trace_calls(true_fn, (), chosen.op)
        # What one branch made is outside for the other: it is computed, not run with it.
        last = identity(chosen, name="switch_f").op
        otherwise = trace_calls(false_fn, (), last)
        _check_branches(then, otherwise, strict)
        inputs = _union(then.captured, otherwise.captured)
        specs = tuple(
            (a.dtype.base_dtype, _merged(a._dims, b._dims))
            for a, b in zip(then.outputs, otherwise.outputs, strict=True)
        )
        made = _if(
            [chosen, *inputs],
            then=body_of(then, [], inputs, first=1),
            otherwise=body_of(otherwise, [], inputs, first=1),
            specs=specs,
            name="If",
        )
        if not specs:
            return made
        leaves = [identity(each, name="Merge") for each in listed(made)]
        structure = then.structure
        if isinstance(structure, (list, tuple)) and len(structure) == 1 and not strict:
            return leaves[0]
        return packed(structure, leaves)


def _check_predicate(pred: Tensor, scope: str) -> None:
    """Refuses what cannot be a condition, with the words of v1's node for it."""
    if not pred.dtype.base_dtype.is_bool:
        raise TypeError(
            f"Input 'pred' of 'Switch' Op has type {pred.dtype.base_dtype.name} that does not match expected "
            "type of bool."
        )
    if pred._dims:
        source = pred.name.removesuffix(":0")
        size = dims_text(pred._dims)
        raise ValueError(
            f"Shape must be rank 0 but is rank {len(pred._dims)} for '{{{{node {scope}Switch}}}} = "
            f"Switch[T=DT_BOOL]({source}, {source})' with input shapes: {size}, {size}."
        )


def _alone(structure: Any, strict: bool) -> Any:
    """What a list of one thing holds, unless lists are to stay."""
    if not strict and isinstance(structure, (list, tuple)) and len(structure) == 1:
        return structure[0]
    return structure


def _check_branches(then: Traced, otherwise: Traced, strict: bool) -> None:
    for branch, argument in ((then, "true_fn"), (otherwise, "false_fn")):
        if branch.structure is None:
            raise ValueError(f"'{argument}' must have a return value.")
        if any(leaf is None for leaf in flat(branch.structure)):
            raise ValueError("None values not supported.")
    check_alike(_alone(then.structure, strict), _alone(otherwise.structure, strict))
    for a, b in zip(then.outputs, otherwise.outputs, strict=True):
        if a.dtype.base_dtype is not b.dtype.base_dtype:
            raise ValueError(
                "Outputs of 'true_fn' and 'false_fn' must have the same type(s). Received "
                f"{a.dtype.base_dtype.name} from 'true_fn' and {b.dtype.base_dtype.name} from 'false_fn'."
            )


def case(
    pred_fn_pairs: Any,
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """Runs the first branch whose condition holds.

    Args:
        pred_fn_pairs: Pairs of a boolean scalar and a function that builds a branch; or a dict of them.
        default: Builds what is computed if none holds; the last branch by default.
        exclusive: Whether it is an error if more than one holds.
        strict: Whether a list of one tensor is returned as such.
        name: The operations' scope.

    Returns:
        What the branches return, with the values of the one that runs.

    Raises:
        TypeError: If the pairs are no pairs of tensor and function.
    """
    pairs = _checked_pairs(pred_fn_pairs)
    if default is not None and not callable(default):
        raise TypeError("'false_fn' must be callable.")
    if default is None and not pairs:
        raise ValueError("not enough values to unpack (expected 2, got 0)")
    with name_scope(name, "case", [pred for pred, _ in pairs]):
        waits = []
        if exclusive and len(pairs) > 1:
            waits = [_at_most_one([pred for pred, _ in pairs])]
        if default is None:
            waits.append(_at_least_one([pred for pred, _ in pairs]))
            *pairs, (_, default) = pairs

        def build(rest: list[Any]) -> Any:
            if not rest:
                assert default is not None
                return default()
            (pred, function), *others = rest
            if not others:
                return cond(pred, function, default, strict=strict)
            return cond(pred, function, lambda: build(others), strict=strict)

        with get_default_graph().control_dependencies(waits):
            return build(pairs)


def _checked_pairs(pairs: Any) -> list[Any]:
    if not isinstance(pairs, (list, tuple, dict)):
        raise TypeError(f"'pred_fn_pairs' must be a list, tuple, or dict. Received: {type(pairs)}")
    listed = list(pairs.items() if isinstance(pairs, dict) else pairs)
    for pair in listed:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(f"Each entry in 'pred_fn_pairs' must be a 2-tuple. Received {pair}.")
        pred, function = pair
        if not isinstance(pred, Tensor):
            raise TypeError(f"pred must be a Tensor, got: {pred}")
        if not pred.dtype.base_dtype.is_bool:
            raise TypeError(f"pred must be Tensor of type bool: {pred.name}")
        if not callable(function):
            raise TypeError(f"fn for pred {pred.name} must be callable.")
    return listed


def _at_least_one(preds: list[Any]) -> Operation:
    fault = (
        "None of conditions evaluated as True. Conditions: ("
        + ", ".join(pred.name for pred in preds)
        + "), Values:"
    )
    values = stack(preds, name="preds_c")
    return Assert(reduce_any(values), [fault, values], summarize=len(preds))


def _at_most_one(preds: list[Any]) -> Operation:
    fault = (
        "More than one condition evaluated as True but exclusive=True.  Conditions: ("
        + ", ".join(pred.name for pred in preds)
        + "), Values:"
    )
    values = stack(preds, name="preds_c")
    count = reduce_sum(cast(values, dtypes.int32), name="num_true_conds")
    return Assert(less(count, 2), [fault, values], summarize=len(preds))


def _while_kernel(xp: Any, state: Any, test: Body, step: Body, specs: Any, count: int, limited: bool) -> Any:
    run_test, run_step = runner(state, test), runner(state, step)

    def loop(*values: Any) -> Any:
        variables, rest = list(values[:count]), values[count:]
        left = -1
        if limited:
            left, rest = int(rest[-1]), rest[:-1]
        while left != 0 and bool(run_test([*variables, *rest])[0]):
            variables = run_step([*variables, *rest])
            left -= 1
        return variables

    return loop


_while = define_op(
    "While",
    ("inputs**",),
    rule=_given_specs,
    kernel=_while_kernel,
    same_dtype=False,
    stateful=True,
    attributes="",
)


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
    if not isinstance(parallel_iterations, int) or parallel_iterations < 1:
        raise TypeError("'parallel_iterations' must be a positive integer.")
    with name_scope(name, "while", leaves) as scope:
        first = [convert_to_tensor(each) for each in leaves]
        variables = [identity(each, name="Enter") for each in first]
        invariants = _invariants(loop_vars, first, shape_invariants)
        for each, dims in zip(variables, invariants, strict=True):
            each._set_dims(dims)
        marker = variables[-1].op
        arguments = packed(loop_vars, variables)
        spread = isinstance(loop_vars, (list, tuple)) and not hasattr(loop_vars, "_fields")
        call = arguments if spread else (arguments,)
        test = trace_calls(cond, call, marker)
        step = trace_calls(body, call, identity(variables[-1], name="Switch").op)
        _check_condition(test, scope)
        _check_step(step, loop_vars, first, invariants)
        own = {each._id for each in variables}
        inputs = [each for each in _union(test.captured, step.captured) if each._id not in own]
        limit = [] if maximum_iterations is None else [convert_to_tensor(maximum_iterations, name="limit")]
        made = _while(
            [*first, *inputs, *limit],
            test=body_of(test, variables, inputs),
            step=body_of(step, variables, inputs),
            specs=tuple((each.dtype.base_dtype, dims) for each, dims in zip(first, invariants, strict=True)),
            count=len(first),
            limited=bool(limit),
            name="While",
        )
        out = [identity(each, name="Exit") for each in listed(made)]
        if len(out) == 1 and spread and not return_same_structure:
            return out[0]
        return packed(loop_vars, out)


def _invariants(loop_vars: Any, first: list[Tensor], shapes: Any) -> list[Dims]:
    if shapes is None:
        return [each._dims for each in first]
    # Shapes look like lists; only what is no nesting of the variables is one.
    if isinstance(shapes, TensorShape):
        shapes = [shapes] if not isinstance(loop_vars, (list, tuple, dict)) or len(first) == 1 else shapes
    listed = [] if not isinstance(shapes, (list, tuple, dict)) else [as_dims(each) for each in flat(shapes)]
    if len(listed) != len(first):
        check_alike(flat(loop_vars), listed)
    for tensor, dims in zip(first, listed, strict=True):
        if not _holds(tensor._dims, dims):
            raise ValueError(
                f"The shape invariant specified for {tensor.name} is not compatible with the initial shape "
                f"of the loop variable. It enters the loop with shape {tensor.shape}, but the specified shape "
                f"invariant is {TensorShape(dims)}."
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
        # What is returned is handed on by a node of its own; v1's message names the one before.
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
        if not _holds(made._dims, dims):
            raise ValueError(
                f"Input tensor '{variable.name}' enters the loop with shape {TensorShape(dims)}, but has "
                f"shape {made.shape} after one iteration. To allow the shape to vary across iterations, use the "
                "`shape_invariants` argument of tf.while_loop to specify a less-specific shape."
            )


def _holds(dims: Dims, invariant: Dims) -> bool:
    """Whether a shape is surely one of those that an invariant allows."""
    if invariant is None:
        return True
    if dims is None or len(dims) != len(invariant):
        return False
    return all(wanted is None or wanted == found for found, wanted in zip(dims, invariant, strict=True))


def read_tensors(values: Any) -> list[Tensor]:
    """Tensors of the leaves of a structure; variables are read."""
    return [each.value() if isinstance(each, Variable) else convert_to_tensor(each) for each in flat(values)]
