"""JAX tracing, and two libraries that add named parameters to it: dm-haiku and Flax NNX."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from bench.results import Row
from bench.sampling import REPEATED, Names, Work

from .pairs import fresh, paired

INNER = 100
"""Items inside one transformed or traced function, over which the function's own cost is spread."""


def row(name: str, key: str) -> Row:
    """The row of a peer.

    Args:
      name: "haiku", "nnx" or "jax".
      key: The row's key.

    Returns:
      The row.
    """
    libraries: dict[str, Callable[[str], Row]] = {"haiku": _haiku, "nnx": _nnx, "jax": _jax}
    return libraries[name](key)


def _haiku(key: str) -> Row:
    haiku, jax = importlib.import_module("haiku"), importlib.import_module("jax")
    zeros = importlib.import_module("jax.numpy").zeros

    def hits() -> None:
        for _ in range(INNER):
            haiku.get_parameter("w", (3,), init=zeros)

    def creations() -> None:
        for i in range(INNER):
            haiku.get_parameter(f"w{i}", (3,), init=zeros)

    def scopes() -> None:
        for _ in range(INNER):
            with haiku.name_scope("a"):
                pass

    function = {"hit.full": hits, "create": creations, "scope.op": scopes}[key]
    transformed = haiku.transform(function)
    random = jax.random.PRNGKey(0)
    parameters = transformed.init(random)
    method = transformed.init if key == "create" else lambda key: transformed.apply(parameters, key)

    def make(calls: int) -> Names:
        return {"method": method, "key": random}

    expected = {"hit.full": 1, "create": INNER, "scope.op": 0}[key]
    done = fresh(make, lambda names, calls: sum(map(len, parameters.values())) == expected)
    return paired(key, Work("method(key)", over=REPEATED, **done), calls=20, inner=INNER)


def _nnx(key: str) -> Row:
    nnx = importlib.import_module("flax.nnx")
    zeros = importlib.import_module("jax.numpy").zeros

    def make(calls: int) -> Names:
        names = [f"w{i}" for i in range(calls)]
        return {"module": nnx.Module(), "set": setattr, "Param": nnx.Param, "zeros": zeros, "names": names}

    def done(names: Names, calls: int) -> bool:
        return hasattr(names["module"], f"w{calls - 1}")

    work = Work("set(module, name, Param(zeros((3,))))", over="name in names", **fresh(make, done))
    return paired(key, work)


def _jax(key: str) -> Row:
    jax = importlib.import_module("jax")
    if key == "scope.op":
        done = fresh(lambda calls: {"named_scope": jax.named_scope}, lambda names, calls: True)
        return paired(key, Work("with named_scope('a'):\n    pass", **done))

    def adds(x: Any, y: Any) -> Any:
        for _ in range(INNER):
            x = x + y
        return x

    value = jax.numpy.zeros(3)

    def make(calls: int) -> Names:
        def traced(x: Any, y: Any) -> Any:  # a new function each time, since traces are cached
            return adds(x, y)

        return {"trace": jax.make_jaxpr(traced), "x": value}

    def done_adds(names: Names, calls: int) -> bool:
        return len(jax.make_jaxpr(adds)(value, value).eqns) == INNER

    work = Work("trace(x, x)", over=REPEATED, **fresh(make, done_adds))
    return paired(key, work, calls=20, inner=INNER)
