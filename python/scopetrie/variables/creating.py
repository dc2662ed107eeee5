"""Creation of a variable, its initial value, nodes and collections, as one transaction."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from functools import partial
from typing import Any, NamedTuple

from .. import _core
from ..dtypes import as_dtype
from ..graph import Graph, GraphKeys, Tensor, get_default_graph
from ..ops.constant import convert_to_tensor
from ..ops.state.variable import check_initial_shape
from ..shapes import Dims, as_dims, compatible_dims
from .modes import check_policy
from .notes import take_note
from .undoing import undone_if_failed

name_scope = _core.name_scope


class Request(NamedTuple):
    """The request for a variable: the arguments of v1's `Variable`, and the name in the store."""

    initial_value: Any
    trainable: bool | None = None
    collections: Any = None
    validate_shape: bool = True
    caching_device: Any = None
    name: str | None = None
    dtype: Any = None
    expected_shape: Any = None
    constraint: Any = None
    synchronization: Any = None
    aggregation: Any = None
    shape: Any = None
    key: str | None = None
    wanted: Dims | None = None  # the shape that get_variable requested from the initializer


def create_variable(request: Request) -> _core.Variable:
    """Adds a variable to the default graph.

    Args:
        request: What is asked for.

    Returns:
        The new variable.

    Raises:
        ValueError: If the initial value is missing, has no known shape, does not fit, or is made in a branch;
            if `collections` is not a list.
        TypeError: If the initial value does not fit the dtype.
    """
    if request.initial_value is None:
        raise ValueError("initial_value must be specified.")
    keys = request.collections
    if keys is None:
        keys = [GraphKeys.GLOBAL_VARIABLES]
    if not isinstance(keys, (list, tuple, set)):
        raise ValueError(
            f"collections argument to Variable constructor must be a list, tuple, or set. Got {keys} of type "
            f"{type(keys)}"
        )
    if request.constraint is not None and not callable(request.constraint):
        raise ValueError("The `constraint` argument must be a callable.")
    _, _, trainable = policy = check_policy(
        request.name or "Variable", request.synchronization, request.aggregation, request.trainable
    )
    if trainable and GraphKeys.TRAINABLE_VARIABLES not in keys:
        keys = [*keys, GraphKeys.TRAINABLE_VARIABLES]
    graph = _graph_of(request.initial_value)
    # As in v1, the name scope around a variable is re-entered by its name: "a/" (from "a//") becomes "a".
    outer = graph.get_name_scope()
    scope = name_scope(outer) if outer.endswith("/") else nullcontext()
    with (
        graph._variable_devices(),
        graph.as_default(),
        undone_if_failed(graph),
        graph.control_dependencies(None),
        scope,
    ):
        variable = _add(graph, request, trainable)
        for key in dict.fromkeys(keys):
            graph.add_to_collection(key, variable)
        take_note(variable, constraint=request.constraint, synchronization=policy[0], aggregation=policy[1])
    return variable


def _graph_of(initial_value: Any) -> Graph:
    graph = None if callable(initial_value) else getattr(initial_value, "graph", None)
    return graph if isinstance(graph, Graph) else get_default_graph()


def _add(graph: Graph, request: Request, trainable: bool) -> _core.Variable:
    given = request.initial_value
    dtype = None if request.dtype is None else as_dtype(request.dtype).base_dtype
    with graph._making.name_scope(request.key, request.name) as scope:
        computed = None
        if callable(given):
            # An initializer's nodes are colocated with the variable, not placed by the open device blocks.
            with name_scope("Initializer"), graph.device(None):
                computed = given()
                initial = convert_to_tensor(computed, dtype, "initial_value")
        else:
            initial = convert_to_tensor(given, dtype, "initial_value")
            branches = graph._placement.branches
            if initial is given and branches and initial.op._id > branches[-1]:
                raise ValueError(
                    f"Initializer for variable {scope} is from inside a control-flow construct, such as a "
                    "loop or conditional. When creating a variable inside a loop or conditional, use a "
                    "lambda as the initializer."
                )
        dims = _dims(request, initial, computed, scope[:-1])
        attrs = {"container": graph._placement.containers[-1]} if graph._placement.containers else None
        assign_attrs = None if request.validate_shape else {"validate_shape": False, "use_locking": True}
        name = scope or "VariableV2"  # as in v1, if the name is ""
        made: _core.Variable = graph._add_variable(
            name, initial, initial.dtype.base_dtype, dims, trainable, request.key, attrs, assign_attrs
        )
        if request.caching_device is not None:
            graph._place(made.value().op, request.caching_device)
        return made


def _dims(request: Request, initial: Tensor, computed: Any, name: str) -> Dims:
    if not request.validate_shape:
        return None if request.shape is None else as_dims(request.shape)
    found = initial._dims
    if request.wanted is not None:
        _check_wanted(request.wanted, initial, computed, name)
    if found is None or None in found:
        raise ValueError(f"initial_value must have a shape specified: {initial}")
    if request.wanted is not None or request.shape is None:
        return found
    asked = as_dims(request.shape)
    if not compatible_dims(asked, found):
        check_initial_shape(asked, initial, name)
    return asked


def _check_wanted(wanted: Dims, initial: Tensor, computed: Any, name: str) -> None:
    found = initial._dims
    if compatible_dims(wanted, found):
        return
    if not isinstance(computed, (_core.Tensor, _core.Variable)):
        # An initializer that returns a plain value determines the shape, as in TensorFlow 1.
        warnings.warn(
            f"get_variable: the initializer of {name} was asked for shape {wanted} and returned a value of "
            f"shape {found}; the variable has the value's shape. Return a value of the shape asked for, or "
            "pass the value itself as the initializer.",
            UserWarning,
            stacklevel=2,
        )
        return
    check_initial_shape(wanted, initial, name)


def create_through(arguments: dict[str, Any], key: str | None = None, wanted: Dims | None = None) -> Any:
    """Makes a variable through the open variable creators (`tf.variable_creator_scope`).

    Args:
        arguments: The arguments of v1's Variable, by keyword.
        key: The variable's name in the store of get_variable, if it has one.
        wanted: The shape requested from its initializer, if any.

    Returns:
        The result of the outermost creator; a Variable if none is open.
    """
    make: Any = partial(_default_creator, key, wanted)
    for creator in get_default_graph()._creators or ():
        make = partial(creator, make)
    return make(**arguments)


def _default_creator(
    key: str | None, wanted: Dims | None, /, variable_def: None = None, import_scope: None = None,
    use_resource: bool | None = None, **arguments: Any,
) -> _core.Variable:  # fmt: skip
    return create_variable(Request(key=key, wanted=wanted, **arguments))
