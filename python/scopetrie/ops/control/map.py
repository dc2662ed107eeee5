"""Functions applied along the first dimension of tensors: map_fn, foldl, foldr, scan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._core import get_default_graph, name_scope
from ...dtypes import as_dtype
from ...graph import Tensor
from ...public import v1
from ..array.fill import identity
from ..array.indices import zeros_of
from ..declare import mixed, tensor
from ..node_text import Dims
from ..registry import Spec, define_op, listed
from .branch import given_specs, union
from .ends import enter, exit_, exit_name, gathered, take_names
from .loop import holds
from .trace import Body, body_of, flat, packed, read_tensors, runner, taped, trace_calls

# A placeholder for one entry of a tensor while a function of entries is traced; always fed.
entry = define_op(
    "Entry", tensor("x"), rule=lambda x: (x.dtype.base_dtype, None if x._dims is None else x._dims[1:]),
    kernel=lambda xp: lambda x: x[0, ...],
)  # fmt: skip


def _map_kernel(xp: Any, state: Any, step: Body, specs: tuple[Spec, ...], count: int) -> Any:
    run = runner(state, step, on_backend=True)

    def apply(*values: Any) -> Any:
        elems, rest = values[:count], values[count:]
        runs = [run([*(each[i, ...] for each in elems), *rest]) for i in range(elems[0].shape[0])]
        made = stacked(xp, [out for out, _ in runs], specs)
        return [*made, taped([kept for _, kept in runs])]

    return apply


def stacked(xp: Any, rows: list[list[Any]], specs: tuple[Spec, ...]) -> list[Any]:
    """The results of each run, stacked by output."""
    if rows:
        return [xp.stack([xp.asarray(row[at]) for row in rows]) for at in range(len(specs))]
    made = []
    for dtype, dims in specs:
        shape = tuple(size or 0 for size in dims or (0,))
        made.append(zeros_of(xp, dtype, shape))
    return made


_map = define_op(
    "Map", mixed("inputs", host=False), rule=given_specs, kernel=_map_kernel, stateful=True,
)  # fmt: skip


def _length(elems: list[Tensor]) -> int | None:
    return next((each._dims[0] for each in elems if each._dims and each._dims[0] is not None), None)


@v1("map_fn")
def map_fn(
    fn: Callable[..., Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """Applies a function to each entry of tensors along their first dimension.

    Args:
        fn: The function, of an entry in the structure of `elems`.
        elems: A tensor, or a structure of tensors of one length.
        dtype: The structure of dtypes that `fn` returns; that of `elems` by default.
        parallel_iterations: Accepted for v1's sake: entries are taken one after the other.
        back_prop: Accepted for v1's sake.
        swap_memory: Accepted for v1's sake.
        infer_shape: Accepted for v1's sake.
        name: The operations' scope.
        fn_output_signature: Another name of `dtype`.

    Returns:
        What `fn` returns, stacked.

    Raises:
        TypeError: If `fn` is no function, or returns other dtypes.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(session.run(tf.map_fn(lambda x: x * x, tf.constant([1, 2, 3]))))
    [1 4 9]
    """
    if not callable(fn):
        raise TypeError(f"The provided function {fn!r} is not callable.fn must be callable.")
    _need_positive(parallel_iterations or 10)
    wanted = dtype if fn_output_signature is None else fn_output_signature
    with name_scope(name, "map", flat(elems)):
        tensors = read_tensors(elems)
        _need_rows(tensors)
        like = tensors if wanted is None else flat(wanted)
        take_names("Const")
        with name_scope("while"):
            _take_loop_names(len(like))
            entries = [entry(each, name="TensorArrayReadV3") for each in tensors]
            step = trace_calls(fn, (packed(elems, entries),), entries[-1].op, "TensorArrayWrite", own=entries)
        _check_dtypes(step.outputs, like)
        inputs = union(step.captured, without=entries)
        specs = tuple((each.dtype.base_dtype, _longer(each._dims, _length(tensors))) for each in step.outputs)
        with get_default_graph().control_dependencies(step.awaited):
            made = _map(
                [*tensors, *inputs],
                step=body_of(step, entries, inputs),
                specs=specs,
                count=len(tensors),
                name="Map",
            )
        out = _gathered(listed(made)[:-1])
        return packed(step.structure, out)


def _take_loop_names(variables: int) -> None:
    """Takes the names of v1's loop over rows: that of its counters, and of its variables."""
    counters = 2 + variables
    take_names("Less", "Less_1", "LogicalAnd", "add", *["Identity"] * counters)


def _longer(dims: Dims, length: int | None) -> Dims:
    return None if dims is None else (length, *dims)


def _check_dtypes(outputs: list[Tensor], wanted: list[Any]) -> None:
    if len(outputs) != len(wanted):
        raise ValueError(
            f"The function returns {len(outputs)} tensors, but {len(wanted)} dtypes are expected."
        )
    for each, like in zip(outputs, wanted, strict=True):
        dtype = as_dtype(like.dtype if isinstance(like, Tensor) else like).base_dtype
        if each.dtype.base_dtype is not dtype:
            raise TypeError(
                f"The function returns a tensor of {each.dtype.name} where {dtype.name} is expected: {each!r}"
            )


def _check_totals(outputs: list[Tensor], totals: list[Tensor]) -> None:
    for each, first in zip(outputs, totals, strict=True):
        if not holds(each._dims, first._dims):
            raise ValueError(
                f"Input tensor '{first.name}' enters the loop with shape {first.shape}, but has shape "
                f"{each.shape} after one iteration."
            )


def _need_rows(tensors: list[Tensor]) -> None:
    if any(each._dims == () for each in tensors):
        raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")


def _fold_kernel(
    xp: Any,
    state: Any,
    step: Body,
    specs: tuple[Spec, ...],
    count: int,
    start: int,
    reverse: bool,
    every: bool,
) -> Any:
    run = runner(state, step, on_backend=True)

    def fold(*values: Any) -> Any:
        elems, totals, rest = values[:count], values[count : count + start], values[count + start :]
        order: Any = range(elems[0].shape[0])
        if not totals and not order:
            raise ValueError("Tried to read from index 0 but array size is: 0")
        if reverse:
            order = reversed(order)
        rows: list[list[Any]] = []
        record = []
        current = list(totals)
        for i in order:
            entries = [each[i, ...] for each in elems]
            if not current:
                current = entries  # without a start the first entry is the total so far
            else:
                current, kept = run([*current, *entries, *rest])
                record.append(kept)
            rows.append(current)
        if not (every or current):  # there is no entry to begin with
            return []
        made = stacked(xp, rows[::-1] if reverse else rows, specs) if every else current
        return [*made, taped(record)]

    return fold


_fold = define_op(
    "Fold", mixed("inputs", host=False), rule=given_specs, kernel=_fold_kernel, stateful=True,
)  # fmt: skip


def _need_positive(parallel_iterations: int) -> None:
    if parallel_iterations < 1:
        raise TypeError(f"'parallel_iterations' must be a positive integer, not {parallel_iterations!r}.")


def _folded(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any,
    name: str | None,
    default: str,
    reverse: bool,
    every: bool,
) -> Any:
    if not callable(fn):
        raise TypeError(f"{fn!r} is not callable")
    with name_scope(name, default, flat(elems)):
        tensors = read_tensors(elems)
        _need_rows(tensors)
        starts = [] if initializer is None else read_tensors(initializer)
        structure = elems if initializer is None else initializer
        with name_scope("while"):
            # v1's counters are variables, too, and so are the arrays of totals that a scan keeps.
            take_names("Const", "Less", "Less_1", "LogicalAnd", "add", "Identity", "Identity_1")
            entered = [enter(each, name="Enter") for each in starts or tensors]
            if not starts:
                for each in entered:
                    each._set_dims(None if each._dims is None else each._dims[1:])
            totals = [identity(each, name="Identity") for each in entered]
            if every:
                take_names(*["Identity"] * len(totals))
            entries = [entry(each, name="TensorArrayReadV3") for each in tensors]
            own = [*totals, *entries]
            arguments = packed(structure, totals), packed(elems, entries)
            step = trace_calls(fn, arguments, own[-1].op, "NextIteration", own=own)
        _check_dtypes(step.outputs, totals)
        _check_totals(step.outputs, totals)
        inputs = union(step.captured, without=own)
        length = _length(tensors) if every else None
        specs = tuple(
            (each.dtype.base_dtype, _longer(each._dims, length) if every else first._dims)
            for each, first in zip(step.outputs, totals, strict=True)
        )
        with get_default_graph().control_dependencies(step.awaited):
            made = _fold(
                [*tensors, *starts, *inputs],
                step=body_of(step, own, inputs),
                specs=specs,
                count=len(tensors),
                start=len(starts),
                reverse=reverse,
                every=every,
                name="Fold",
            )
        if every:
            return packed(structure, _gathered(listed(made)[:-1]))
        # In v1 the loop has two variables before these: the rounds and the place.
        out = [exit_(each, name=f"while/{exit_name(at)}") for at, each in enumerate(listed(made)[:-1], 2)]
        return packed(structure, out)


def _gathered(made: list[Tensor]) -> list[Tensor]:
    out = []
    for each in made:
        with name_scope("TensorArrayStack"):
            out.append(gathered(each, name="TensorArrayGatherV3"))
    return out


_FOLD_DOC = """Combines the entries of tensors along their first dimension, {order}.

    Args:
        fn: `fn(total, entry)` builds the next total.
        elems: A tensor, or a structure of tensors of one length.
        initializer: The total to begin with; the first entry by default.
        parallel_iterations: Accepted for v1's sake.
        back_prop: Accepted for v1's sake.
        swap_memory: Accepted for v1's sake.
        name: The operations' scope.

    Returns:
        The last total, in the structure of the first.

    Raises:
        TypeError: If `fn` is no function, or returns other dtypes.
    """


def _make_fold(python_name: str, reverse: bool, order: str) -> Any:
    def fold(
        fn: Callable[..., Any],
        elems: Any,
        initializer: Any = None,
        parallel_iterations: int = 10,
        back_prop: bool = True,
        swap_memory: bool = False,
        name: str | None = None,
    ) -> Any:
        _need_positive(parallel_iterations)
        return _folded(fn, elems, initializer, name, python_name, reverse, every=False)

    fold.__name__ = fold.__qualname__ = python_name
    fold.__doc__ = _FOLD_DOC.format(order=order)
    return fold


foldl = _make_fold("foldl", False, "from the first to the last")
foldr = _make_fold("foldr", True, "from the last to the first")
foldl = v1("foldl")(foldl)
foldr = v1("foldr")(foldr)


@v1("scan")
def scan(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """Combines the entries of tensors along their first dimension, and keeps every total.

    Args:
        fn: `fn(total, entry)` builds the next total.
        elems: A tensor, or a structure of tensors of one length.
        initializer: The total to begin with; the first entry by default, which is then the first total.
        parallel_iterations: Accepted for v1's sake.
        back_prop: Accepted for v1's sake.
        swap_memory: Accepted for v1's sake.
        infer_shape: Accepted for v1's sake.
        reverse: Whether to begin with the last entry.
        name: The operations' scope.

    Returns:
        The totals, stacked, in the structure of the first.

    Raises:
        TypeError: If `fn` is no function, or returns other dtypes.
    """
    _need_positive(parallel_iterations)
    return _folded(fn, elems, initializer, name, "scan", reverse, every=True)
