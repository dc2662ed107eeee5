"""Graphs as pure functions of arrays of any library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..backends import Array, get_backend
from ..graph import Graph, Tensor, get_default_graph
from ..locks import Lock
from ..public import v1
from .plans.plan import Plan
from .sessions.fetches import Fetches
from .state import State


class LoweredFunction:
    """A part of a graph as a pure function of arrays, made by `lower`.

    Thread safety: calls are serialized.

    Attributes:
        graph: The graph.
    """

    def __init__(self, fetches: Any, feeds: Any, variables: Any, graph: Graph) -> None:
        self.graph = graph
        self._given = fetches
        self._fetches = Fetches(graph, fetches)
        self._feeds = {key: _tensor(graph, feed) for key, feed in _labelled(feeds)}
        self._variables = None
        if variables is not None:
            self._variables = {key: _tensor(graph, each).op for key, each in _labelled(variables)}
        self._programs: dict[Any, tuple[Plan, State]] = {}
        self._lock = Lock()
        graph._keepers.add(self)

    def forget(self, operations: int) -> None:
        """Compiles anew: the graph calls it where it has undone operations from a number on."""
        with self._lock:
            self._programs.clear()

    def __call__(self, variables: Any = None, feeds: Any = None) -> Any:
        """Computes the fetches.

        Args:
            variables: The variables' values, in the structure passed to `lower`.
            feeds: The fed values, likewise.

        Returns:
            The structure of fetches, with arrays of the arguments' library.

        Raises:
            KeyError: If a value is missing.
            OpError: Raised by an operation, as in `Session.run`.
        """
        given = dict(_labelled(variables if variables is not None else ()))
        fed = dict(_labelled(feeds if feeds is not None else ()))
        fed_values = [fed[key] for key in self._feeds]
        # Kernels are bound to the cells of the variables, so one call runs at a time.
        with self._lock:
            plan, state = self._program([*given.values(), *fed_values])
            state.backend.device = _device_of([*given.values(), *fed_values])
            try:
                self._set_variables(state, given)
                values = plan.execute(*fed_values)
            finally:
                state.reset()
        return values if self._fetches.single else self._fetches.pack(values)

    def _program(self, arrays: Iterable[Array]) -> tuple[Plan, State]:
        import array_api_compat

        xp = array_api_compat.array_namespace(*arrays)
        program = self._programs.get(xp)
        if program is None:
            state = State(get_backend(xp).pure(), Plan)
            # Again, so that what has been undone since is refused.
            taken = self._fetches = Fetches(self.graph, self._given)
            feeds = [tensor._id for tensor in self._feeds.values()]
            plan = Plan(
                self.graph, state, taken.tensors, taken.targets, feeds, single=taken.single, hosted=()
            )
            program = self._programs[xp] = plan, state
        return program

    def _set_variables(self, state: State, given: Mapping[Any, Array]) -> None:
        if self._variables is not None:
            wanted = {key: op._id for key, op in self._variables.items()}
        else:
            wanted = {cell.name: op_id for op_id, cell in state.cells.items()}
        for key, op_id in wanted.items():
            cell = state.cells.get(op_id)
            if cell is not None:  # not every variable is needed
                cell.assign(given[key])


@v1("lower")
def lower(
    fetches: Any, feeds: Any = (), variables: Any = None, graph: Graph | None = None
) -> LoweredFunction:
    """Turns a part of a graph into a pure function of arrays.

    The function computes what `Session.run` would, with the library that its arguments are of (NumPy, JAX,
    PyTorch, CuPy, any that follows the array API standard), and has no side effects: values assigned to
    variables are visible to the fetches, then dropped. So it can be passed to `jax.jit`, `jax.grad` and
    `torch.func`. Random operations draw the same numbers in each call.

    Args:
        fetches: What `Session.run` takes.
        feeds: The tensors whose values the function takes: a list, or a dict by any keys.
        variables: The variables whose values the function takes: a list, or a dict by any keys; by default
            those that the fetches need, as a dict by name.
        graph: The graph; by default the default graph.

    Returns:
        `f(variables, feeds)`, which takes values in the structures of `variables` and `feeds`, and returns
        the structure of fetches.

    Raises:
        TypeError: If something is neither a tensor nor a variable nor a name.
        ValueError: If something is of another graph, or unknown.

    Example:
        >>> import numpy as np
        >>> import scopetrie as tf
        >>> with tf.Graph().as_default():
        ...     x = tf.placeholder(tf.float32, [None])
        ...     y = tf.get_variable("w", []) * x
        ...     f = tf.lower(y, feeds=[x])
        >>> f({"w": np.float32(2)}, [np.array([1, 3], np.float32)])
        array([2., 6.], dtype=float32)
    """
    return LoweredFunction(fetches, feeds, variables, get_default_graph() if graph is None else graph)


def _labelled(structure: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(structure, Mapping):
        return structure.items()
    if isinstance(structure, (list, tuple)):
        return enumerate(structure)
    raise TypeError(f"feeds and variables are lists or dicts, not {type(structure).__name__}")


def _tensor(graph: Graph, feed: Any) -> Tensor:
    tensor = graph.as_graph_element(feed, allow_operation=False)
    assert isinstance(tensor, Tensor)
    return tensor


def _device_of(arrays: Sequence[Array]) -> Any:
    """Returns the device of the arguments, for constants; None for the library's default."""
    import array_api_compat

    for array in arrays:
        try:
            return array_api_compat.device(array)
        except (AttributeError, TypeError):  # a number, or a JAX tracer, which has no device
            continue
    return None
