"""Ops of variables: the node of a variable, and the ops that change its value."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from ... import errors
from ..._core import Variable
from ...backends import is_traced
from ...dtypes import DType
from ...graph import Tensor
from ...public import v1
from ..declare import INDICES, NUMBERS, Sizes, attr, flags, reference, tensor
from ..direct import direct
from ..node_text import Dims, dims_text
from ..registry import define_op

# The extension makes these nodes itself, with the variable's reads and its first assignment.
_variable = define_op(
    "VariableV2",
    stateful=True,
    attributes=(
        attr("shape", Sizes),
        attr("dtype", DType),
        attr("container", str, ""),
        attr("shared_name", str, ""),
    ),
)


def _need_room(found: Dims, given: Dims) -> None:
    """Refuses a value that a variable has no room for.

    Args:
        found: The variable's shape.
        given: The value's.

    Raises:
        ValueError: With v1's text.
    """
    if found is None or given is None:
        return
    if len(found) != len(given):
        raise ValueError(f"Shapes must be equal rank, but are {len(found)} and {len(given)}")
    for axis, (a, b) in enumerate(zip(found, given, strict=True)):
        if a is not None and b is not None and a != b:
            raise ValueError(
                f"Dimension {axis} in both shapes must be equal, but are {a} and {b}. "
                f"Shapes are {dims_text(found)} and {dims_text(given)}."
            )


def check_initial_shape(dims: Dims, initial: Tensor, name: str) -> None:
    """Refuses an initial value that a variable has no room for.

    Args:
        dims: The variable's shape.
        initial: The initial value.
        name: The variable's name.

    Raises:
        ValueError: With the text of v1's Assign node.
    """
    try:
        _need_room(dims, initial._dims)
    except ValueError as fault:
        attrs = {"use_locking": True, "validate_shape": True}
        shapes = f"{dims_text(dims)}, {dims_text(initial._dims)}"
        variable: Any = SimpleNamespace(name=name, dtype=initial.dtype)  # it is not made yet
        node = _assign.definition.node_text(f"{name}/Assign", [variable, initial], attrs)
        raise ValueError(f"{fault} for '{node}' with input shapes: {shapes}.") from None


def _assign_kernel(xp: Any, state: Any, validate_shape: bool = True, use_locking: bool = True) -> Any:
    cell, backend = state.variable, state.backend
    if backend.on_host:
        return lambda value: cell.assign(value, validate_shape)
    return lambda value: cell.assign(backend.place(value, on_host=False), validate_shape)


def _update_kernel(name: str) -> Any:
    def kernel(xp: Any, state: Any, use_locking: bool = False) -> Any:
        return state.variable.updater(getattr(xp, name))

    return kernel


_assign = define_op(
    "Assign", reference("ref"), tensor("value", host=None), kernel=_assign_kernel, stateful=True,
    attributes=(attr("use_locking", bool, True), attr("validate_shape", bool, True)),
)  # fmt: skip
_assign_add = define_op(
    "AssignAdd", reference("ref", NUMBERS), tensor("value"),
    kernel=_update_kernel("add"), stateful=True, attributes=flags("use_locking"),
)  # fmt: skip
_assign_sub = define_op(
    "AssignSub", reference("ref", NUMBERS), tensor("value"),
    kernel=_update_kernel("subtract"), stateful=True, attributes=flags("use_locking"),
)  # fmt: skip


def _is_reference(ref: Any) -> bool:
    """Whether something is a variable's own memory; what is not may still know how to be assigned to."""
    return isinstance(ref, Variable) or ref.dtype._is_ref_dtype


@v1("assign")
@direct(_assign)
def assign(
    ref: Any,
    value: Any,
    validate_shape: bool | None = None,
    use_locking: bool | None = None,
    name: str | None = None,
) -> Tensor:
    """Makes a node that sets a variable.

    Args:
        ref: The variable, or its own tensor; or a variable in parts.
        value: The new value, of the variable's dtype.
        validate_shape: Whether the value must have the variable's shape; True by default.
        use_locking: Whether the change is guarded; True by default.
        name: The node's name.

    Returns:
        The variable's own tensor after the change; for a variable in parts, a list of those.

    Raises:
        ValueError: If the value has another shape.
        TypeError: If the value has another dtype.
        AttributeError: If `ref` is no variable.

    >>> import scopetrie as tf
    >>> v = tf.Variable([1.0, 2.0])
    >>> with tf.Session() as session:
    ...     session.run(v.initializer)
    ...     print(session.run(tf.assign(v, [3.0, 4.0])))
    [3. 4.]
    """
    if not _is_reference(ref):
        return ref.assign(value, name=name)  # type: ignore[no-any-return]
    if validate_shape is not False and use_locking is not False:
        return _assign(ref, value, name=name)
    return _assign(
        ref,
        value,
        name=name,
        validate_shape=validate_shape is not False,
        use_locking=use_locking is not False,
    )


@v1("assign_add")
@direct(_assign_add)
def assign_add(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Tensor:
    """Makes a node that adds to a variable.

    Args:
        ref: The variable, or its own tensor.
        value: What is added; it has the variable's shape.
        use_locking: As in v1; not needed here.
        name: The node's name.

    Returns:
        The variable's own tensor after the change.

    Raises:
        ValueError: If the value has another shape.
    """
    if not _is_reference(ref):
        return ref.assign_add(value, name=name)  # type: ignore[no-any-return]
    if not use_locking:
        return _assign_add(ref, value, name=name)
    return _assign_add(ref, value, name=name, use_locking=True)


@v1("assign_sub")
@direct(_assign_sub)
def assign_sub(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Tensor:
    """Makes a node that subtracts from a variable.

    Args:
        ref: The variable, or its own tensor.
        value: What is subtracted; it has the variable's shape.
        use_locking: As in v1; not needed here.
        name: The node's name.

    Returns:
        The variable's own tensor after the change.

    Raises:
        ValueError: If the value has another shape.
    """
    if not _is_reference(ref):
        return ref.assign_sub(value, name=name)  # type: ignore[no-any-return]
    if not use_locking:
        return _assign_sub(ref, value, name=name)
    return _assign_sub(ref, value, name=name, use_locking=True)


def _is_initialized_kernel(xp: Any, state: Any) -> Any:
    cell = state.variable
    return lambda: np.asarray(cell.initialized)


_is_initialized = define_op(
    "IsVariableInitialized", reference("ref", attr="dtype"),
    kernel=_is_initialized_kernel, stateful=True, host_outputs=True,
)  # fmt: skip


def is_variable_initialized(ref: Variable | Tensor, name: str | None = None) -> Tensor:
    """Makes a node that tells whether a variable has a value in the session that runs it.

    Args:
        ref: The variable, or its own tensor.
        name: The node's name.

    Returns:
        A bool scalar.
    """
    return _is_initialized(ref, name=name)


def _count_up_to_kernel(xp: Any, state: Any, limit: int) -> Any:
    cell = state.variable

    def count() -> Any:
        value = xp.asarray(cell.read(), copy=True)
        if not is_traced(value) and value >= limit:
            raise errors.OutOfRangeError(None, None, f"Reached limit of {limit}")
        cell.assign(value + 1)
        return value

    return count


_count_up_to = define_op(
    "CountUpTo", reference("ref", INDICES), kernel=_count_up_to_kernel,
    stateful=True, attributes=(attr("limit", int),),
)  # fmt: skip


@v1("count_up_to")
def count_up_to(ref: Any, limit: int, name: str | None = None) -> Tensor:
    """Makes a node that gives a variable's value and counts it up; deprecated in v1.

    Args:
        ref: The variable, an int32 or int64 scalar.
        limit: The value at which running the node raises errors.OutOfRangeError.
        name: The node's name.

    Returns:
        The value before the change.

    Raises:
        ValueError: If the variable is no scalar.
        TypeError: If it is of another dtype, or no variable.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     epoch = tf.Variable(0)
    ...     session.run(epoch.initializer)
    ...     step = tf.count_up_to(epoch, 2)
    ...     print(session.run(step), session.run(step), session.run(epoch))
    0 1 2
    """
    if not _is_reference(ref):
        raise TypeError("'CountUpTo' Op requires that input 'ref' be a mutable tensor (e.g.: a tf.Variable)")
    return _count_up_to(ref, limit=int(limit), name=name)
