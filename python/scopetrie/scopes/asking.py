"""What get_variable asks of Python: it decides by itself, and asks what only Python knows."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

from ..dtypes import DType
from ..graph import get_default_graph
from ..initializers import get as get_initializer
from ..ops.constant import convert_to_tensor


def named_initializer(name: str) -> Any:
    """Returns the initializer that a string names, or the string: for v1, it is a value."""
    try:
        return get_initializer(name)
    except ValueError:
        return name


def dtype_of_value(value: Any) -> DType:
    """Returns the dtype of the tensor that v1 makes of a value to see it.

    v1 leaves the tensor's operations in the graph. Here only their names stay taken, so that later operations
    are named as there.
    """
    graph = get_default_graph()
    before = graph.version
    with graph.transaction() as attempt:
        dtype = convert_to_tensor(value).dtype.base_dtype
        names = [graph.operation(number).name for number in range(before, graph.version)]
        attempt.rollback()  # only its dtype was wanted
    for name in names:
        graph.unique_name(name)
    return dtype


def takes(function: Any, parameter: str, or_any_keyword: bool) -> bool:
    """Whether a callable has a parameter of this name; of its own, as v1 looks, not of what it wraps.

    Args:
        function: The callable.
        parameter: The name.
        or_any_keyword: Whether any keyword counts; then a callable that says nothing takes it.
    """
    try:
        parameters = inspect.signature(function, follow_wrapped=False).parameters
    except (TypeError, ValueError):
        return or_any_keyword
    return parameter in parameters or (
        or_any_keyword and any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    )


def needs_nothing(function: Any) -> bool:
    """Whether a callable can be called without arguments."""
    try:
        parameters = inspect.signature(function, follow_wrapped=False).parameters.values()
    except (TypeError, ValueError):
        return False
    return all(p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)


def compose_getters(getter: Any, inherited: Any) -> Any:
    """Returns a custom getter that runs `getter` and lets it call `inherited`."""

    def composed(getter: Any = None, *args: Any, **kwargs: Any) -> Any:
        return inner(partial(inherited, getter), *args, **kwargs)

    inner = getter
    return composed
