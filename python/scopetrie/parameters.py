"""transform: a function that asks for its parameters by name, as two functions that have no state.

`init` runs the function on a new Store and returns the store. `apply` runs it on given parameters, and on a
store that nobody sees. The variables of that store are lazy, have no elements, and decide what a name means.
So the rules of scopes, reuse and shapes are a Store's in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from operator import index
from typing import Any, Concatenate, Final, Generic, NamedTuple, ParamSpec, TypeVar

from . import _core
from .public import v1
from .similar import similar
from .store import MissingVariableError, Store, StoreVariable, Subtree

__all__ = ["Transformed", "get_parameter", "parameter_scope", "transform"]

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class _Run(NamedTuple):
    """One run of a function: the store whose scopes it is in, and the parameters that `apply` was given."""

    function: str
    store: Store
    root: _core.VariableScope
    given: Any = None

    def value(self, variable: Any) -> Any:
        """The array that the function gets for a variable."""
        if self.given is None:
            return variable.value
        value = _found(self.given, variable.path)
        if value is None:
            raise self._missing(variable.path)
        shape = tuple(getattr(value, "shape", ()))
        if shape != variable.shape:
            raise ValueError(
                f"{self.function}.apply: the parameter {variable.path!r} has the shape {shape}, and "
                f"get_parameter asks for {variable.shape}. Call init again with these arguments, or apply "
                "with arguments whose shapes are those that init was called with."
            )
        return value

    def _missing(self, path: str) -> MissingVariableError:
        near = similar(path, _paths(self.given), cutoff=0.5)
        hint = f" Near to it are {', '.join(map(repr, near))}." if near else ""
        return MissingVariableError(
            f"{self.function}.apply: the parameters have no {path!r}.{hint} Call init(seed, ...) with "
            "arguments like these, and give apply what it returns."
        )


_run: Final[ContextVar[_Run | None]] = ContextVar("scopetrie.transform", default=None)


@v1("Transformed")
class Transformed(NamedTuple, Generic[_Given, _Result]):
    """The two functions that `transform` makes of one.

    Attributes:
        init: `init(seed, *args)` makes the parameters: a Store.
        apply: `apply(parameters, *args)` is the function's result with these parameters.

    >>> import scopetrie as st
    >>> scaled = st.transform(lambda x: x * st.get_parameter("scale", (), initializer="ones"))
    >>> parameters = scaled.init(0, 3.0)
    >>> list(parameters), float(scaled.apply(parameters, 3.0))
    (['scale'], 3.0)
    """

    init: Callable[Concatenate[int | None, _Given], Store]
    apply: Callable[Concatenate[Any, _Given], _Result]


@v1("transform")
def transform(function: Callable[_Given, _Result], *, backend: Any = None) -> Transformed[_Given, _Result]:
    """Makes two functions of one that calls `get_parameter`: one makes the parameters, one takes them.

    Neither has a state of its own, so `jax.jit`, `jax.grad` and their likes take `apply` as it is.

    Args:
        function: A function that asks for its parameters by name. It is called by both.
        backend: The array library of what `get_parameter` returns in `init`, and of the store that `init`
            returns; by default the default backend. JAX's functions take NumPy's arrays.

    Returns:
        A Transformed: the pair `(init, apply)`. `init(seed, *args)` returns a Store, whose values depend on
        the seed and on the names. `apply(parameters, *args)` returns what the function returns. It takes that
        store, a subtree of a store, nested dicts of arrays, as `jax.grad` returns them, or a dict of paths.

    Raises:
        TypeError: If it is not a function; by `init`, if the seed is neither an int nor None.
        KeyError: By `apply`, if a parameter is missing (a ValueError, too).
        ValueError: By `apply`, if a parameter has another shape; and what `Store.get` raises.

    >>> import numpy as np
    >>> import scopetrie as st
    >>> def dense(x, size):
    ...     w = st.get_parameter("w", (x.shape[1], size))
    ...     return x @ w + st.get_parameter("b", (size,), initializer="ones")
    >>> def network(x):
    ...     with st.parameter_scope("tower"):
    ...         return dense(x, 3)
    >>> init, apply = st.transform(network)
    >>> x = np.zeros((2, 4), np.float32)
    >>> parameters = init(0, x)
    >>> list(parameters)
    ['tower/w', 'tower/b']
    >>> apply(parameters, x).sum()
    np.float32(6.0)
    >>> apply({"tower": {"w": np.ones((4, 3)), "b": np.zeros(3)}}, x).sum()
    np.float64(0.0)
    """
    if not callable(function):
        raise TypeError(f"transform: {function!r} is no function that it could call")
    name = f"transform({getattr(function, '__name__', type(function).__name__)})"

    def init(seed: int | None, /, *args: _Given.args, **kwargs: _Given.kwargs) -> Store:
        try:
            number = None if seed is None else index(seed)
        except TypeError:
            raise TypeError(
                f"{name}.init: the seed is an int or None, not {type(seed).__name__}: call init(0, ...), and "
                "not in a function that is traced; keys of random numbers are arguments of the function."
            ) from None
        store = Store(number, backend)
        with _running(_Run(name, store, store.current_scope)):
            function(*args, **kwargs)
        return store

    def apply(parameters: Any, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        if not isinstance(parameters, (Store, Mapping)):
            raise TypeError(
                f"{name}.apply: the parameters are a Store, a subtree of one or a dict, not "
                f"{type(parameters).__name__}: give it what init returns, or a tree of its structure."
            )
        store = Store(0)
        with _running(_Run(name, store, store.current_scope, parameters)):
            return function(*args, **kwargs)

    return Transformed(init, apply)


@v1("get_parameter")
def get_parameter(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    *,
    regularizer: Callable[..., Any] | None = None,
    trainable: bool | None = None,
) -> Any:
    """Gets the parameter of a name in the current scope, in a function that `transform` was given.

    Args:
        name: Its name in the scope; it may be a path.
        shape: Its shape; needed unless the initializer is a value.
        dtype: Its dtype; the scope's by default (float32). `apply` takes arrays of other dtypes.
        initializer: An initializer or its name, a function of shape and dtype, or a value.
        regularizer: A function of the variable, for `Store.regularization_losses()`.
        trainable: Whether it is to be trained; the scope says it by default, and else it is.

    Returns:
        An array: the new variable's in `init`, what has been given in `apply`.

    Raises:
        ValueError: Outside of such a function; what `Store.get` and `apply` raise.

    >>> import scopetrie as st
    >>> def twice():
    ...     first = st.get_parameter("w", (2,), initializer="ones")
    ...     with st.parameter_scope("/", reuse=True):
    ...         return first + st.get_parameter("w", (2,))
    >>> st.transform(twice).apply({"w": st.Store(0).get("w", (2,), initializer="ones")})
    array([2., 2.], dtype=float32)
    >>> st.get_parameter("w", (2,))
    Traceback (most recent call last):
      ...
    ValueError: get_parameter('w') outside of a transformed function: give the function that calls it to ...
    """
    run = _current(f"get_parameter({name!r})")
    variable = run.store.get(name, shape, dtype, initializer, regularizer, trainable)
    return run.value(variable)


@v1("parameter_scope")
def parameter_scope(
    name_or_scope: str | _core.VariableScope | None = None, default_name: str | None = None, **options: Any
) -> AbstractContextManager[_core.VariableScope]:
    """A `with` block in whose body `get_parameter` makes or shares parameters beneath a path.

    Args:
        name_or_scope: A name, which extends the current path; a path from the root, which begins with "/"; or
            a scope that another block gave.
        default_name: The name to use, made unique, if name_or_scope is None.
        **options: Those of `Store.scope`: `reuse`, `initializer`, `dtype`, `trainable` and so on.

    Returns:
        A context manager; its value is the scope.

    Raises:
        ValueError: Outside of a transformed function; what `Store.scope` raises.

    >>> import scopetrie as st
    >>> def tied():
    ...     with st.parameter_scope("encoder"):
    ...         table = st.get_parameter("table", (3, 2))
    ...     with st.parameter_scope("decoder"), st.parameter_scope("/encoder", reuse=True):
    ...         return table is st.get_parameter("table", (3, 2))
    >>> parameters = st.transform(tied).init(0)
    >>> list(parameters)
    ['encoder/table']
    """
    run = _current(f"parameter_scope({name_or_scope!r})")
    if isinstance(name_or_scope, str) and name_or_scope.startswith("/"):
        return _absolute(run, name_or_scope[1:], options)
    return run.store.scope(name_or_scope, default_name, **options)


@contextmanager
def _absolute(run: _Run, path: str, options: dict[str, Any]) -> Iterator[_core.VariableScope]:
    """The scope of a path from the root; the root itself where the path is empty."""
    if not path:
        with run.store.scope(run.root, **options) as scope:
            yield scope
    else:
        with run.store.scope(run.root), run.store.scope(path, **options) as scope:
            yield scope


@contextmanager
def _running(run: _Run) -> Iterator[None]:
    token = _run.set(run)
    try:
        yield
    finally:
        _run.reset(token)


def _current(call: str) -> _Run:
    """The run in which a call stands."""
    run = _run.get()
    if run is None:
        raise ValueError(
            f"{call} outside of a transformed function: give the function that calls it to transform, "
            "init, apply = transform(function), and call init(seed, ...) or apply(parameters, ...). "
            "A program that has no such function calls Store.get."
        )
    return run


def _found(given: Any, path: str) -> Any:
    """What parameters have at a path: an array; None if there is none."""
    if isinstance(given, (Store, Subtree)):
        if path not in given:
            return None
        value = given[path]
    elif (value := given.get(path)) is None:
        value = given
        for part in path.split("/"):
            if not isinstance(value, Mapping) or part not in value:
                return None
            value = value[part]
    if isinstance(value, StoreVariable):
        return value.value
    return None if isinstance(value, (Subtree, Mapping)) else value


def _paths(given: Any, above: str = "") -> Iterator[str]:
    """The paths of what parameters have."""
    for key, value in given.items():
        if isinstance(value, Mapping):
            yield from _paths(value, f"{above}{key}/")
        else:
            yield f"{above}{key}"
