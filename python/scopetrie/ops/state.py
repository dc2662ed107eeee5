"""Variables' own ops: the node that stands for a variable, and those that change its value."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from .._core import Variable
from ..graph import Operation, Tensor
from .registry import Spec, define_op, dims_text, node_text


def _variable_rule(dtype: Any, shape: Any) -> Spec:
    return dtype, shape


# The extension makes these nodes itself, with the variable's reads and its first assignment.
_variable = define_op(
    "VariableV2", (), rule=_variable_rule, attributes='shape dtype container="" shared_name=""', stateful=True
)


def _same_as_ref(ref: Tensor, *_: Tensor, **__: Any) -> Spec:
    return ref.dtype, ref._dims


def _assign_rule(ref: Tensor, value: Tensor, validate_shape: bool = True, use_locking: bool = True) -> Spec:
    if not validate_shape:
        return ref.dtype, value._dims
    check_assignable(ref, value)
    return ref.dtype, ref._dims if value._dims is None else value._dims


def check_assignable(ref: Tensor, value: Tensor, name: str = "Assign") -> None:
    """Refuses a value that a variable has no room for.

    Args:
        ref: The variable's own tensor.
        value: The value.
        name: The name of the Assign node, for the message.

    Raises:
        ValueError: With v1's text.
    """
    found, wanted = ref._dims, value._dims
    if found is None or wanted is None:
        return
    fault = ""
    if len(found) != len(wanted):
        fault = f"Shapes must be equal rank, but are {len(found)} and {len(wanted)}"
    else:
        for axis, (a, b) in enumerate(zip(found, wanted, strict=True)):
            if a is not None and b is not None and a != b:
                fault = (
                    f"Dimension {axis} in both shapes must be equal, but are {a} and {b}. "
                    f"Shapes are {dims_text(found)} and {dims_text(wanted)}."
                )
                break
    if fault:
        definition = _assign.definition
        node = node_text(definition, name, [ref, value], {"use_locking": True, "validate_shape": True})
        raise ValueError(f"{fault} for '{node}' with input shapes: {dims_text(found)}, {dims_text(wanted)}.")


def _assign_kernel(xp: Any, state: Any, validate_shape: bool = True, use_locking: bool = True) -> Any:
    cell = state.variable
    return lambda value: cell.assign(value, validate_shape)


def _update_kernel(name: str) -> Any:
    def kernel(xp: Any, state: Any, use_locking: bool = False) -> Any:
        return state.variable.updater(getattr(xp, name))

    return kernel


def _update_rule(ref: Tensor, value: Tensor, use_locking: bool = False) -> Spec:
    check_assignable(ref, value)
    return ref.dtype, ref._dims


_assign = define_op(
    "Assign", ("ref:ref", "value"), rule=_assign_rule, kernel=_assign_kernel,
    attributes="T use_locking validate_shape", stateful=True,
)  # fmt: skip
_assign_add = define_op(
    "AssignAdd", ("ref:ref", "value"), rule=_update_rule, kernel=_update_kernel("add"),
    attributes="T use_locking", stateful=True,
)  # fmt: skip
_assign_sub = define_op(
    "AssignSub", ("ref:ref", "value"), rule=_update_rule, kernel=_update_kernel("subtract"),
    attributes="T use_locking", stateful=True,
)  # fmt: skip


def assign(
    ref: Any,
    value: Any,
    validate_shape: bool | None = None,
    use_locking: bool | None = None,
    name: str | None = None,
) -> Tensor:
    """Makes a node that sets a variable.

    Args:
        ref: The variable, or its own tensor.
        value: The new value, of the variable's dtype.
        validate_shape: Whether the value must have the variable's shape; True by default.
        use_locking: Whether the change is guarded; True by default.
        name: The node's name.

    Returns:
        The variable's own tensor after the change.

    Raises:
        ValueError: If the value has another shape.
        TypeError: If the value has another dtype.

    >>> import scopetrie as tf
    >>> v = tf.Variable([1.0, 2.0])
    >>> with tf.Session() as session:
    ...     session.run(v.initializer)
    ...     print(session.run(tf.assign(v, [3.0, 4.0])))
    [3. 4.]
    """
    return _assign(
        ref,
        value,
        name=name,
        validate_shape=validate_shape is not False,
        use_locking=use_locking is not False,
    )


def assign_add(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Tensor:
    """Makes a node that adds to a variable.

    Args:
        ref: The variable, or its own tensor.
        value: What is added; it has the variable's shape.
        use_locking: Whether the change is guarded.
        name: The node's name.

    Returns:
        The variable's own tensor after the change.

    Raises:
        ValueError: If the value has another shape.
    """
    return _assign_add(ref, value, name=name, use_locking=bool(use_locking))


def assign_sub(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Tensor:
    """Makes a node that subtracts from a variable.

    Args:
        ref: The variable, or its own tensor.
        value: What is subtracted; it has the variable's shape.
        use_locking: Whether the change is guarded.
        name: The node's name.

    Returns:
        The variable's own tensor after the change.

    Raises:
        ValueError: If the value has another shape.
    """
    return _assign_sub(ref, value, name=name, use_locking=bool(use_locking))


def _is_initialized_kernel(xp: Any, state: Any) -> Any:
    cell = state.variable
    return lambda: xp.asarray(cell.initialized)


_is_initialized = define_op(
    "IsVariableInitialized", ("ref:ref",), rule=lambda ref: (dtypes.bool, ()), kernel=_is_initialized_kernel,
    attributes="dtype:0", stateful=True,
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


def variable_operation(variable: Variable) -> Operation:
    """Returns the node that stands for a variable."""
    op: Operation = variable._ref().op
    return op
