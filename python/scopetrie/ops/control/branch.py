"""Branches: cond, case.

A branch's operations are in the graph like all others, made while its function was called, but they run as a
separate plan. The node of the branch has the tensors that the branch uses from outside as additional inputs,
and feeds their values to that plan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import get_default_graph, name_scope
from ...backends import is_traced
from ...graph import Operation, Tensor
from ...public import v1
from ..array.fill import identity
from ..array.join import stack
from ..checks import Assert
from ..constant import convert_to_tensor
from ..declare import mixed
from ..elementwise.cast import cast
from ..elementwise.compare import less
from ..math.reduce import reduce_any, reduce_sum
from ..node_text import Dims, dims_text
from ..registry import Spec, define_op, listed
from .ends import merge, take_names
from .trace import (
    TAPE,
    Body,
    Traced,
    body_of,
    check_alike,
    flat,
    has_effects,
    packed,
    runner,
    taped,
    trace_calls,
)


def selected(xp: Any, state: Any, chosen: Any, then: Sequence[Any], otherwise: Sequence[Any]) -> list[Any]:
    """What two branches give, as a predicate says that has no value yet: where a library traces, both run.

    Raises:
        ValueError: If they give arrays of different shapes.
    """
    made = []
    for a, b in zip(then, otherwise, strict=True):
        if a.shape != b.shape:
            raise ValueError(
                f"The branches of a cond give shapes {list(a.shape)} and {list(b.shape)}, and its predicate "
                "is traced: both run then, and have to give the same one"
            )
        a, b = (state.backend.place(each, on_host=False) for each in (a, b))
        made.append(xp.where(chosen, a, b))
    return made


def _cond_kernel(xp: Any, state: Any, then: Body, otherwise: Body, specs: Any) -> Any:
    run_then, run_otherwise = runner(state, then), runner(state, otherwise)

    def choose(*values: Any) -> Any:
        on_host = isinstance(values[0], (np.ndarray, np.generic))
        if not on_host and is_traced(values[0]) and not has_effects(then) and not has_effects(otherwise):
            (out, kept), (other, kept_by_other) = run_then(values), run_otherwise(values)
            return [*selected(xp, state, values[0], out, other), taped((values[0], (kept_by_other, kept)))]
        chosen = bool(values[0])
        out, kept = (run_then if chosen else run_otherwise)(values)
        return [*out, taped((chosen, kept))]

    return choose


def given_specs(inputs: list[Tensor], specs: tuple[Spec, ...], **attrs: Any) -> list[Spec]:
    """The rule of nodes whose outputs are known from the bodies they run, and then what they keep."""
    return [*specs, TAPE]


_if = define_op(
    "If", mixed("inputs"), rule=given_specs, kernel=_cond_kernel, stateful=True,
)  # fmt: skip


def common_dims(a: Dims, b: Dims) -> Dims:
    """What two shapes have in common."""
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else None for x, y in zip(a, b, strict=True))


def common_specs(then: Sequence[Tensor], otherwise: Sequence[Tensor]) -> tuple[Spec, ...]:
    """Dtypes and shapes of what one of two branches gives."""
    return tuple(
        (a.dtype.base_dtype, common_dims(a._dims, b._dims)) for a, b in zip(then, otherwise, strict=True)
    )


def union(*groups: Sequence[Tensor], without: Sequence[Tensor] = ()) -> list[Tensor]:
    """The tensors of several lists, each once, and without some."""
    found = {each._id: each for group in groups for each in group}
    for each in without:
        found.pop(each._id, None)
    return list(found.values())


@v1("cond")
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
        take_names("Switch", "switch_t")
        chosen = identity(pred, name="pred_id")
        then = trace_calls(true_fn, (), chosen.op, "Switch", loop=False)
        # What one branch made is outside for the other: it is computed, not run with it.
        last = identity(chosen, name="switch_f").op
        otherwise = trace_calls(false_fn, (), last, "Switch", loop=False)
        _check_branches(then, otherwise, strict)
        # Where the other branch gives booleans, operations stand for some, too: for those of the predicate.
        if then.outputs and not otherwise.outputs:
            otherwise = trace_calls(lambda: otherwise.structure, (), last, "Switch", loop=False, tensors=True)
        elif otherwise.outputs and not then.outputs:
            then = trace_calls(lambda: then.structure, (), chosen.op, "Switch", loop=False, tensors=True)
        inputs = union(then.captured, otherwise.captured)
        specs = common_specs(then.outputs, otherwise.outputs)
        with get_default_graph().control_dependencies([*then.awaited, *otherwise.awaited]):
            made = _if(
                [chosen, *inputs],
                then=body_of(then, [], inputs, first=1),
                otherwise=body_of(otherwise, [], inputs, first=1),
                specs=specs,
                name="If",
            )
        *results, tape = listed(made)
        if not specs:
            return tape.op
        leaves = [merge(each, name="Merge") for each in results]
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
    for a, b in zip(_type_names(then), _type_names(otherwise), strict=True):
        if a != b:
            raise ValueError(
                "Outputs of 'true_fn' and 'false_fn' must have the same type(s). Received "
                f"{a} from 'true_fn' and {b} from 'false_fn'."
            )


def _type_names(branch: Traced) -> list[str]:
    """The dtypes of what a branch gives; operations count as bool, as in v1."""
    return [each.dtype.base_dtype.name for each in branch.outputs] or ["bool"] * len(flat(branch.structure))


@v1("case")
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
