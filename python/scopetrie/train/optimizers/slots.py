"""Slots: the variables that an optimizer keeps beside each variable that it trains."""

from __future__ import annotations

from typing import Any

from ...graph import get_default_graph
from ...initializers import zeros_initializer
from ...ops.array.fill import zeros
from ...scopes import get_variable, get_variable_scope, variable_scope
from ...variables import SaveSliceInfo


def create_slot(
    primary: Any, value: Any, name: str, shape: Any = None, dtype: Any = None, validate_shape: bool = True
) -> Any:
    """Makes a variable that is not trained, below the name of another: `layer/w/Adam` of `layer/w`.

    Args:
        primary: The other variable.
        value: Its initial value, or an initializer.
        name: What its name ends in; a number follows if there is such a variable already.
        shape: Its shape, where `value` is an initializer.
        dtype: Its dtype, likewise.
        validate_shape: Whether its shape has to be known.

    Returns:
        The variable.
    """
    # As v1: made outside of what control flow and control dependencies stand open.
    with get_default_graph().control_dependencies(None), variable_scope(None, f"{primary.op.name}/{name}"):
        scope = get_variable_scope()
        partitioner = scope.partitioner
        scope.set_partitioner(None)
        try:
            slot = get_variable(
                "", shape=shape, dtype=dtype, initializer=value, trainable=False,
                validate_shape=validate_shape,
            )  # fmt: skip
        finally:
            scope.set_partitioner(partitioner)
    part = primary._get_save_slice_info() if hasattr(primary, "_get_save_slice_info") else None
    if part is not None:
        own = slot.name.removeprefix(f"{primary.op.name}/").removesuffix(":0")
        slot._set_save_slice_info(
            SaveSliceInfo(f"{part.full_name}/{own}", part.full_shape, part.var_offset, part.var_shape)
        )
    return slot


def create_zeros_slot(primary: Any, name: str, dtype: Any = None) -> Any:
    """Makes a slot of zeros.

    Args:
        primary: The variable.
        name: What the slot's name ends in.
        dtype: Its dtype; that of `primary` if left out.

    Returns:
        The slot.
    """
    made = primary.dtype.base_dtype if dtype is None else dtype
    shape = primary.get_shape()
    if shape.is_fully_defined():
        return create_slot(primary, zeros_initializer(), name, shape, made)
    from ...ops.array.shape import shape as shape_of

    return create_slot(
        primary, zeros(shape_of(primary.initialized_value()), dtype=made), name, validate_shape=False
    )  # fmt: skip
