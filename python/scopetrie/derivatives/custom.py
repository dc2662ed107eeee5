"""Functions with a gradient of the program's own: custom_gradient, grad_pass_through."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ..graph import Graph, GraphKeys, Operation, Tensor, get_default_graph
from ..ops.array.fill import identity, identity_n
from ..ops.constant import convert_to_tensor
from ..ops.control.trace import flat, packed
from ..public import v1
from .declare import Gradient


@v1("custom_gradient")
def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a function that gives its own gradient.

    Args:
        f: A function of tensors that returns its results and a function of the gradients by them, which
            returns the gradients by the arguments. Where `f` uses trainable variables, that function takes
            them as the keyword `variables`, and returns a pair: the gradients by the arguments, and a list of
            those by the variables.

    Returns:
        A function of the same tensors, which returns the results.

    >>> import scopetrie as tf
    >>> @tf.custom_gradient
    ... def clipped(x):
    ...     def grad(dy):
    ...         return tf.clip_by_value(dy, -1.0, 1.0)
    ...
    ...     return tf.identity(x), grad
    >>> x = tf.placeholder(tf.float32, [])
    >>> with tf.Session() as session:
    ...     print(*session.run(tf.gradients(100.0 * clipped(x), x), {x: 1.0}))
    1.0
    """

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise ValueError(
                "The custom_gradient decorator currently supports keywords arguments only when eager "
                "execution is enabled."
            )
        taken = [convert_to_tensor(each) for each in args]
        result, slope = f(*taken)
        results = [convert_to_tensor(each) for each in flat(result)]
        graph = get_default_graph()
        assert isinstance(graph, Graph)
        variables = _variables(graph, results, taken)
        takes_variables = "variables" in inspect.signature(slope).parameters or _is_open(slope)
        if variables and not takes_variables:
            raise TypeError(
                "@tf.custom_gradient grad_fn must accept keyword argument 'variables', since function uses "
                f"variables: {variables}"
            )
        reads = [each.value() for each in variables]
        made = identity_n([*(identity(each) for each in results), *taken, *reads])
        function = _gradient(slope, len(results), len(taken), variables)
        graph._gradient_names.take(graph, made[0].op._id, Gradient(function, sparse=True))
        return packed(result, made[: len(results)])

    return decorated


def _is_open(function: Callable[..., Any]) -> bool:
    """Whether a function takes any keywords."""
    return any(each.kind is each.VAR_KEYWORD for each in inspect.signature(function).parameters.values())


def _gradient(slope: Any, results: int, arguments: int, variables: Sequence[Any]) -> Callable[..., list[Any]]:
    """The gradient of the identity node behind a function."""

    def by_inputs(op: Operation, *grads: Any) -> list[Any]:
        if variables:
            by_arguments, by_variables = slope(*grads[:results], variables=list(variables))
            if len(by_variables) != len(variables):
                raise ValueError("Must return gradient for each variable from @custom_gradient grad_fn.")
        else:
            by_arguments, by_variables = slope(*grads[:results]), []
        listed = flat(by_arguments) if isinstance(by_arguments, (list, tuple)) else [by_arguments]
        return [*[None] * results, *listed, *by_variables]

    return by_inputs


def _variables(graph: Graph, results: list[Tensor], taken: list[Tensor]) -> list[Any]:
    """The trainable variables that results depend on, but for what arguments depend on."""
    known = {each._ref()._id: each for each in graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)}
    nodes = graph.prune([each._id for each in results], [], [each._id for each in taken])
    return [known[first] for _, _, first, *_ in nodes if first in known]


@v1("grad_pass_through")
def grad_pass_through(f: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a function the gradient of the identity.

    Args:
        f: A function of tensors whose results are like its arguments.

    Returns:
        A function that returns what `f` does; gradients pass it as if it was not there.
    """

    @custom_gradient
    def passed(*args: Any) -> Any:
        def slope(*grads: Any, variables: Any = None) -> Any:
            return grads if variables is None else (grads, [None] * len(variables))

        return f(*args), slope

    return passed
