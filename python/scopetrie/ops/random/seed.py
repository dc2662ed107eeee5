"""The seeds of random operations, one of the graph's and one of their own, and the numbers that come of them.

Example:
    >>> import scopetrie as tf
    >>> with tf.Graph().as_default():
    ...     tf.set_random_seed(3)
    ...     print(tf.get_seed(None), tf.get_seed(None), tf.get_seed(7))
    (3, 0) (3, 1) (3, 7)
"""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np

from ..._core import random_fill
from ...graph import get_default_graph
from ...public import v1

__all__ = ["get_seed", "set_random_seed"]


@v1("set_random_seed", "random.set_random_seed")
def set_random_seed(seed: int | None) -> None:
    """Sets the seed of the default graph, which every random operation made in it from now on takes part of.

    With a seed, a graph that is built in the same way gives the same numbers in each new session, in each
    process and on each platform.

    Args:
        seed: An integer; None takes the seed away.
    """
    get_default_graph().seed = seed


@v1("get_seed", "random.get_seed")
def get_seed(op_seed: int | None) -> tuple[int, int] | tuple[None, None]:
    """Returns the two seeds that a random operation of the default graph is to use.

    - Neither the graph nor the operation has a seed: none, the numbers differ from session to session.
    - Only the graph has: the operation's seed counts the operations that asked for one like this.
    - Only the operation has: the graph's seed is a fixed number.
    - Both have: these two.

    Args:
        op_seed: The seed that the operation was given, or None.

    Returns:
        The graph's and the operation's seed, or (None, None).

    Raises:
        TypeError: If a seed is no number.
    """
    seeds = get_default_graph()._next_seeds(op_seed)
    return (None, None) if seeds == (0, 0) else seeds


def op_seeds(op_seed: int | None) -> dict[str, int]:
    """Returns the attributes `seed` and `seed2` of a random operation made now, zeros for no seeds.

    Args:
        op_seed: The seed that the operation was given, or None.
    """
    seed, seed2 = get_default_graph()._next_seeds(op_seed)
    return {"seed": seed, "seed2": seed2}


class Generator:
    """One operation's random numbers in one session; without seeds, numbers that nobody can repeat.

    Args:
        state: What the operation sees of its session.
        seed: The graph's seed.
        seed2: The operation's.
    """

    __slots__ = ("_seed", "_seed2", "_state")

    def __init__(self, state: Any, seed: int, seed2: int) -> None:
        if seed == 0 and seed2 == 0:
            seed, seed2 = secrets.randbits(64), secrets.randbits(64)
        self._state = state
        self._seed = seed
        self._seed2 = seed2

    def fill(self, kind: str, out: np.ndarray[Any, Any], lo: int = 0, hi: int = 0) -> np.ndarray[Any, Any]:
        """Fills and returns `out`: the next drawing of the operation."""
        random_fill(kind, out, self._seed, self._seed2, self._state.counter(), lo, hi)
        return out

    def draw(self, kind: str, shape: tuple[int, ...], dtype: Any, lo: int = 0, hi: int = 0) -> Any:
        """Returns the next drawing of the operation, where the session computes."""
        state = self._state
        key = self._seed, self._seed2
        return state.backend.draw(kind, shape, np.dtype(dtype), key, state.counter(), lo, hi)

    def placed(self, array: np.ndarray[Any, Any]) -> Any:
        """The array where the session computes."""
        return self._state.backend.from_host(array)
