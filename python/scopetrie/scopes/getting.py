"""The slow path of get_variable: all arguments and checks, in v1's order."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

from .. import _core
from ..dtypes import DType, as_dtype, float32
from ..graph import Graph, GraphKeys, get_default_graph
from ..initializers import get as get_initializer
from ..ops.constant import convert_to_tensor
from ..shapes import Dims, as_dims, as_shape, compatible_dims
from ..variables import (
    check_policy,
    create_through,
    refuse_trained_on_read,
    resource_variables_enabled,
    undone_if_failed,
)
from .default_initializer import default_initializer
from .errors import already_exists, does_not_exist, has_partitions, share_mismatch, tuple_text
from .partitioned import first_part, get_partitioned, is_partitioned
from .regularizing import add_regularization_loss

name_scope = _core.name_scope


def get_variable_slow(  # noqa: D417
    scope: Any, name: Any, shape: Any, dtype: Any, initializer: Any, regularizer: Any, trainable: Any,
    collections: Any, caching_device: Any, partitioner: Any, validate_shape: Any, use_resource: Any,
    custom_getter: Any, constraint: Any, synchronization: Any, aggregation: Any, reuse: Any = None,
) -> Any:  # fmt: skip
    """`get_variable` in a given scope; None stands for an argument that was left out.

    Args:
        scope: The VariableScope.
        reuse: The reuse mode, instead of the scope's.

    Other arguments, the result and the errors are those of `tf.get_variable`.
    """
    scope_name = scope.name
    full_name: Any = f"{scope_name}/{name}" if scope_name else name  # None gets an error of its own
    given = (
        initializer if shape is None else _by_name(initializer)
    )  # the scope's need not fit the call's dtype
    initializer = given
    if initializer is None:
        initializer = scope.initializer if shape is None else _by_name(scope.initializer)
    with name_scope(None):
        if dtype is not None and given is not None and not callable(given):
            found = _dtype_of(given)
            if found != dtype:
                raise ValueError(f"Initializer type '{found}' and explicit dtype '{dtype}' don't match.")
        getter = custom_getter if custom_getter is not None else scope.custom_getter
        if getter is not None and not callable(getter):
            raise ValueError(f"Passed a custom_getter which is not callable: {getter}")
        wanted = scope.dtype if dtype is None else dtype
        as_dtype(wanted)  # what is no dtype is refused first
        if not isinstance(name, str) and name is not None:
            raise TypeError(f"expected string or bytes-like object, got '{type(name).__name__}'")
        mode = scope.reuse if reuse is None else reuse
        refuse_trained_on_read(trainable, synchronization)
        synchronization, aggregation, trainable = check_policy(
            full_name, synchronization, aggregation, trainable
        )
        arguments: dict[str, Any] = {
            "shape": shape,
            "dtype": getattr(wanted, "base_dtype", wanted),
            "initializer": initializer,
            "regularizer": scope.regularizer if regularizer is None else regularizer,
            "reuse": mode,
            "trainable": trainable,
            "collections": collections,
            "caching_device": scope.caching_device if caching_device is None else caching_device,
            "partitioner": scope.partitioner if partitioner is None else partitioner,
            "validate_shape": True if validate_shape is None else validate_shape,
            "use_resource": scope.use_resource if use_resource is None else use_resource,
            "constraint": scope.constraint if constraint is None else constraint,
            "synchronization": synchronization,
            "aggregation": aggregation,
        }
        if getter is None:
            return true_getter(full_name, **arguments)
        if not _takes(getter, "constraint"):
            del arguments["constraint"]
        return getter(getter=true_getter, name=full_name, **arguments)


def _by_name(initializer: Any) -> Any:
    """Returns the initializer of a name. In v1 a string is a value, and comes without a shape."""
    if not isinstance(initializer, str):
        return initializer
    try:
        return get_initializer(initializer)
    except ValueError:
        return initializer


def _dtype_of(value: Any) -> DType:
    graph = get_default_graph()
    before = graph.version
    names: list[str] = []
    token = graph._begin()
    try:
        dtype = convert_to_tensor(value).dtype.base_dtype
        names = [graph.operation(number).name for number in range(before, graph.version)]
    finally:
        graph._end(token, False)  # only its dtype was wanted
        for name in names:  # v1 leaves the operations in the graph, so take their names
            graph.unique_name(name)
    return dtype


def _takes(function: Any, argument: str) -> bool:
    try:
        parameters = inspect.signature(function, follow_wrapped=False).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(p.name == argument or p.kind is p.VAR_KEYWORD for p in parameters)


def true_getter(
    name: str, shape: Any = None, dtype: Any = float32, initializer: Any = None, regularizer: Any = None,
    reuse: Any = None, trainable: bool | None = None, collections: Any = None, caching_device: Any = None,
    partitioner: Any = None, validate_shape: bool = True, use_resource: bool | None = None,
    constraint: Any = None, synchronization: Any = None, aggregation: Any = None,
) -> Any:  # fmt: skip
    """Gets or makes the variable of a full name; passed to custom getters as `getter`.

    The arguments are v1's; the result and the errors are those of `tf.get_variable`.
    """
    graph = get_default_graph()
    is_scalar = shape is not None and isinstance(shape, (list, tuple)) and not shape
    arguments: dict[str, Any] = {
        "shape": shape, "dtype": dtype, "initializer": initializer, "regularizer": regularizer,
        "reuse": reuse, "trainable": trainable, "collections": collections, "caching_device": caching_device,
        "validate_shape": validate_shape, "use_resource": use_resource, "constraint": constraint,
        "synchronization": synchronization, "aggregation": aggregation,
    }  # fmt: skip
    if partitioner is not None and not is_scalar:
        if not callable(partitioner):
            raise ValueError(f"Partitioner must be callable, but received: {partitioner}")
        with name_scope(None):
            return get_partitioned(graph, name, partitioner, get_single, **arguments)
    if reuse is True and partitioner is None and is_partitioned(graph, name):
        return get_partitioned(graph, name, None, get_single, **arguments)
    part = first_part(graph, name)
    if part is not None:
        raise has_partitions(name, part)
    return get_single(graph, name, **arguments)


def get_single(
    graph: Graph, name: str | None, shape: Any = None, dtype: Any = None, initializer: Any = None,
    regularizer: Any = None, reuse: Any = None, trainable: bool | None = None, collections: Any = None,
    caching_device: Any = None, validate_shape: bool = True, use_resource: bool | None = None,
    constraint: Any = None, synchronization: Any = None, aggregation: Any = None, partition_info: Any = None,
) -> Any:  # fmt: skip
    """Gets or makes one unpartitioned variable or part; passes `partition_info` to its initializer.

    Raises:
        ValueError: With v1's texts; see `tf.get_variable`.
    """
    is_value = initializer is not None and not callable(initializer)
    if shape is not None and is_value:
        raise ValueError("If initializer is a constant, do not specify shape.")
    wanted = as_dtype(dtype if dtype is not None else float32).base_dtype
    dims: Dims = None if shape is None else as_dims(shape)
    key = name if name is not None else "Variable"
    found = _find_shared(graph, key, reuse, dims, wanted)
    if found is not None:
        if graph._has_makers:  # another thread may have made it just now; it is then shared and stays
            graph._end(graph._begin(), True)
        return found
    if reuse is True:
        raise does_not_exist(graph, key)
    if initializer is None:
        initializer = default_initializer(key, wanted)
        if shape is None:
            raise ValueError(
                f"Variable {key} did not get an initializer, so its `shape` argument must be specified."
            )
    initial, made_dtype = initializer, None
    if not is_value:
        initial, made_dtype = _bind(initializer, dims, wanted, partition_info)
    arguments = {
        "initial_value": initial, "name": name, "trainable": trainable, "collections": collections,
        "caching_device": caching_device, "dtype": made_dtype, "validate_shape": validate_shape,
        "constraint": constraint, "synchronization": synchronization, "aggregation": aggregation,
        "shape": None if shape is None else as_shape(shape), "variable_def": None, "import_scope": None,
        "expected_shape": None,
        "use_resource": resource_variables_enabled() if use_resource is None else use_resource,
    }  # fmt: skip
    with graph._making.noted(graph, key), undone_if_failed(graph, made_variable=True):
        try:
            asked = dims if validate_shape and made_dtype is not None else None
            variable = create_through(arguments, key=key, wanted=asked)
        except ValueError:
            # Another thread may have made it meanwhile.
            found = _find_shared(graph, key, reuse, dims, wanted)
            if found is None:
                raise
            return found
        if regularizer is not None:
            add_regularization_loss(graph, key, variable, regularizer)
    return variable


def _find_shared(graph: Graph, name: str, reuse: Any, dims: Dims, dtype: DType) -> Any:
    """Returns the variable of a full name, if it exists, and may be shared; None if it does not exist."""
    found = graph._find_variable(name)
    if found is None:
        return None
    if not reuse and reuse is not None:  # None comes from custom getters that do not pass it; v1 then shares
        raise already_exists(name, found)
    has: Dims = found._dims
    if not compatible_dims(dims, has):
        raise share_mismatch("share variable", name, "shape", tuple_text(dims), tuple_text(has))
    if found.dtype.base_dtype != dtype:
        raise share_mismatch("share variable", name, "dtype", dtype.name, found.dtype.name)
    return found


def _bind(initializer: Any, dims: Dims, dtype: DType, partition_info: Any) -> tuple[Any, DType | None]:
    """A function without arguments that makes the initial value, and the dtype it must have (None: any)."""
    if inspect.isclass(initializer):
        initializer = initializer()
    if dims is not None and None not in dims:
        keywords: dict[str, Any] = {"dtype": dtype}
        if _takes_named(initializer, "partition_info"):
            keywords["partition_info"] = partition_info
        return partial(initializer, list(dims), **keywords), dtype
    if _needs_nothing(initializer):
        return initializer, None
    raise ValueError(
        "The initializer passed is not valid. It should be a callable with no arguments and the shape should "
        "not be provided or an instance of `tf.keras.initializers.*' and `shape` should be fully defined."
    )


def _takes_named(function: Any, argument: str) -> bool:
    try:
        return argument in inspect.signature(function, follow_wrapped=False).parameters
    except (TypeError, ValueError):
        return False


def _needs_nothing(function: Any) -> bool:
    try:
        parameters = inspect.signature(function, follow_wrapped=False).parameters.values()
    except (TypeError, ValueError):
        return False
    return all(p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)


def get_local_variable(
    name: str, shape: Any = None, dtype: Any = None, initializer: Any = None, regularizer: Any = None,
    trainable: bool = False, collections: Any = None, caching_device: Any = None, partitioner: Any = None,
    validate_shape: bool = True, use_resource: bool | None = None, custom_getter: Any = None,
    constraint: Any = None, synchronization: Any = None, aggregation: Any = None,
) -> Any:  # fmt: skip
    """Gets or makes a local variable, neither trained nor saved, in GraphKeys.LOCAL_VARIABLES.

    The arguments, the result and the errors are those of `tf.get_variable`; `collections` are in addition to
    GraphKeys.LOCAL_VARIABLES; the caller's list is not changed.
    """
    keys = [*(collections or []), GraphKeys.LOCAL_VARIABLES]
    return _core.get_variable(
        name, shape, dtype, initializer, regularizer, False, keys, caching_device, partitioner,
        validate_shape, use_resource, custom_getter, constraint, synchronization, aggregation,
    )  # fmt: skip


def compose_getters(getter: Any, inherited: Any) -> Any:
    """Returns a custom getter that runs `getter` and lets it call `inherited`."""

    def composed(getter: Any = None, *args: Any, **kwargs: Any) -> Any:
        return inner(partial(inherited, getter), *args, **kwargs)

    inner = getter
    return composed


_core.register_hooks(get_variable=get_variable_slow, compose_getters=compose_getters)
