"""Variables as contrib makes and finds them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ...dtypes import DTypeLike, float32
from ...graph import GraphKeys, add_to_collection, get_collection, get_default_graph
from ...graph import device as device_of
from ...layers.choose import choose, known_bool
from ...ops.math.sort import argsort, sort
from ...ops.value_kinds import is_tensor
from ...public import v1, whole
from ...scopes import VariableScope, get_variable
from ...variables import Variable
from .scopes_of_arguments import add_arg_scope

__all__ = [
    "argsort",
    "get_model_variables",
    "get_variables",
    "is_tensor",
    "model_variable",
    "sort",
    "variable",
]


@v1("contrib.framework.variable", "contrib.slim.variable")
@whole
@add_arg_scope
def variable(
    name: str, shape: Any = None, dtype: DTypeLike = None, initializer: Any = None, regularizer: Any = None,
    trainable: bool = True, collections: Any = None, caching_device: Any = None, device: Any = None,
    partitioner: Any = None, custom_getter: Any = None, use_resource: bool | None = None, **kwargs: Any,
) -> Any:  # fmt: skip
    """Gets a variable: as `tf.get_variable`, with a device.

    Args:
        name: Its name.
        shape: Its shape.
        dtype: Its dtype.
        initializer: What gives its first value.
        regularizer: A function of the variable that gives a loss, or None.
        trainable: Whether it is to be trained.
        collections: Collections that it is added to; GLOBAL_VARIABLES by default.
        caching_device: Accepted for v1's sake.
        device: Its device.
        partitioner: What cuts it into parts.
        custom_getter: What is called instead of the getter.
        use_resource: Accepted for v1's sake.
        **kwargs: Accepted for v1's sake.

    Returns:
        The variable.
    """
    listed = list(dict.fromkeys([GraphKeys.GLOBAL_VARIABLES] if collections is None else collections))
    with device_of(device or ""):
        return get_variable(
            name, shape, dtype or float32, initializer, regularizer, trainable, listed,
            partitioner=partitioner, custom_getter=custom_getter, use_resource=use_resource,
        )  # fmt: skip


@v1("contrib.framework.model_variable", "contrib.slim.model_variable")
@whole
@add_arg_scope
def model_variable(
    name: str, shape: Any = None, dtype: DTypeLike = float32, initializer: Any = None,
    regularizer: Any = None, trainable: bool = True, collections: Any = None, caching_device: Any = None,
    device: Any = None, partitioner: Any = None, custom_getter: Any = None,
    use_resource: bool | None = None, **kwargs: Any,
) -> Any:  # fmt: skip
    """Gets a variable that is also in GraphKeys.MODEL_VARIABLES; see `variable`.

    Args:
        name: Its name.
        shape: Its shape.
        dtype: Its dtype.
        initializer: What gives its first value.
        regularizer: A function of the variable that gives a loss, or None.
        trainable: Whether it is to be trained.
        collections: More collections that it is added to.
        caching_device: Accepted for v1's sake.
        device: Its device.
        partitioner: What cuts it into parts.
        custom_getter: What is called instead of the getter.
        use_resource: Accepted for v1's sake.
        **kwargs: Accepted for v1's sake.

    Returns:
        The variable.
    """
    listed = [*(collections or []), GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES]
    return variable(
        name, shape, dtype, initializer, regularizer, trainable, listed, device=device,
        partitioner=partitioner, custom_getter=custom_getter, use_resource=use_resource,
    )  # fmt: skip


@v1("contrib.framework.local_variable", "contrib.slim.local_variable")
@whole
def local_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: bool | None = None
) -> Any:
    """Makes a variable of the collection LOCAL_VARIABLES, which is not trained, saved or restored.

    Args:
        initial_value: Its first value.
        validate_shape: Whether its shape is fixed by that.
        name: Its name.
        use_resource: Accepted for v1's sake.
    """
    return Variable(
        initial_value, trainable=False, collections=[GraphKeys.LOCAL_VARIABLES],
        validate_shape=validate_shape, name=name,
    )  # fmt: skip


@v1("contrib.framework.get_unique_variable", "contrib.slim.get_unique_variable")
def get_unique_variable(var_op_name: str) -> Any:
    """Returns the one variable of a name.

    Args:
        var_op_name: The whole name, without ":0".

    Raises:
        ValueError: If there is none.
    """
    found = [each for each in get_variables(re.escape(var_op_name)) if each.op.name == var_op_name]
    if not found:
        raise ValueError(f"Variable {var_op_name} does not match any variable.")
    return found[0]


@v1("contrib.framework.add_model_variable", "contrib.slim.add_model_variable")
def add_model_variable(var: Any) -> None:
    """Adds a variable to GraphKeys.MODEL_VARIABLES, if it is not there.

    Args:
        var: The variable.
    """
    if not any(each is var for each in get_collection(GraphKeys.MODEL_VARIABLES)):
        add_to_collection(GraphKeys.MODEL_VARIABLES, var)


@v1("contrib.framework.get_name_scope")
def get_name_scope() -> str:
    """Returns the current name scope, without the slash at its end."""
    return get_default_graph().get_name_scope()


@v1("contrib.framework.get_variables", "contrib.slim.get_variables")
def get_variables(
    scope: Any = None, suffix: str | None = None, collection: str = GraphKeys.GLOBAL_VARIABLES
) -> list[Any]:
    """Returns the variables of a collection in a scope.

    Args:
        scope: A VariableScope, or a regular expression that a name has to match at its start.
        suffix: What a name has to end with.
        collection: The collection.
    """
    within = scope.name if isinstance(scope, VariableScope) else scope
    if suffix is not None:
        within = f"{within or ''}.*{suffix if ':' in suffix else suffix + ':'}"
    return get_collection(collection, within)


def _of(key: str) -> Callable[..., list[Any]]:
    def listed(scope: Any = None, suffix: str | None = None) -> list[Any]:
        return get_variables(scope, suffix, key)

    listed.__doc__ = f"""Returns the variables of the collection {key!r} in a scope.

    Args:
        scope: A VariableScope, or a regular expression that a name has to match at its start.
        suffix: What a name has to end with.
    """
    return listed


get_model_variables = _of(GraphKeys.MODEL_VARIABLES)
get_trainable_variables = _of(GraphKeys.TRAINABLE_VARIABLES)
get_local_variables = _of(GraphKeys.LOCAL_VARIABLES)
get_model_variables = v1("contrib.framework.get_model_variables", "contrib.slim.get_model_variables")(
    get_model_variables
)
get_trainable_variables = v1(
    "contrib.framework.get_trainable_variables", "contrib.slim.get_trainable_variables"
)(get_trainable_variables)
get_local_variables = v1("contrib.framework.get_local_variables", "contrib.slim.get_local_variables")(
    get_local_variables
)


@v1("contrib.framework.get_variables_by_name", "contrib.slim.get_variables_by_name")
def get_variables_by_name(given_name: str, scope: Any = None) -> list[Any]:
    """Returns the variables whose last part of the name is this.

    Args:
        given_name: The name.
        scope: A VariableScope, or a regular expression that a name has to match at its start.
    """
    found = get_variables(scope)
    return [each for each in found if each.op.name == given_name or each.op.name.endswith(f"/{given_name}")]


@v1("contrib.framework.get_variables_to_restore", "contrib.slim.get_variables_to_restore")
def get_variables_to_restore(include: Any = None, exclude: Any = None) -> list[Any]:
    """Returns global variables by scopes that are included and excluded.

    Args:
        include: Scopes, all by default.
        exclude: Scopes, none by default.
    """
    wanted = [""] if include is None else include
    found = list(dict.fromkeys(each for scope in wanted for each in get_variables(scope)))
    left_out = {each for scope in exclude or () for each in get_variables(scope)}
    return [each for each in found if each not in left_out]


@v1("contrib.framework.smart_cond")
def smart_cond(pred: Any, fn1: Callable[[], Any], fn2: Callable[[], Any], name: str | None = None) -> Any:
    """Runs one of two branches: now, if the condition is known, else in the graph.

    Args:
        pred: A bool, or a boolean scalar.
        fn1: Builds what is given if it is true.
        fn2: Builds what is given otherwise.
        name: The operations' scope.
    """
    return choose(pred, fn1, fn2, name)


@v1("contrib.framework.smart_constant_value")
def smart_constant_value(pred: Any) -> bool | None:
    """Returns a condition as a bool; None if only a session knows it.

    Args:
        pred: A bool, or a boolean scalar.
    """
    return known_bool(pred)


argsort = v1("contrib.framework.argsort")(argsort)
sort = v1("contrib.framework.sort")(sort)
is_tensor = v1("contrib.framework.is_tensor")(is_tensor)
