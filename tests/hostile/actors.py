"""Arguments that run code of their own while they are read, once, in whatever method is called first."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scopetrie as tf


class Acted(Exception):
    """What the action "fail" raises."""


class World:
    """One graph with something in it, and what an action may change."""

    def __init__(self) -> None:
        tf.reset_default_graph()
        self.graph = tf.get_default_graph()
        self.x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
        self.variable = tf.get_variable("v", [2, 2], initializer=tf.zeros_initializer())
        self.lists: list[list[Any]] = []
        self.entered: list[Any] = []
        self.armed = False
        self.transaction: Any = None

    def begin(self, action: str) -> None:
        """Prepares what `action` needs: those that end a transaction find one open."""
        if action in ("roll back", "commit"):
            self.transaction = self.graph.transaction().__enter__()

    def act(self, action: str) -> None:
        """Does what `action` says, once."""
        if not self.armed:
            return
        self.armed = False
        ACTIONS[action](self)

    def leave(self) -> None:
        """Undoes what is still open."""
        self.armed = False
        for block in reversed(self.entered):
            with contextlib.suppress(Exception):
                block.__exit__(None, None, None)


def _clear(world: World) -> None:
    for each in world.lists:
        each.clear()
    gc.collect()


def _shrink(world: World) -> None:
    for each in world.lists:
        del each[1:]


def _grow(world: World) -> None:
    for each in world.lists:
        each.extend([object()] * 100)


def _reset(world: World) -> None:
    del world.graph, world.x, world.variable
    for each in world.lists:
        each.clear()
    tf.reset_default_graph()
    gc.collect()


def _enter_other(world: World) -> None:
    block = tf.Graph().as_default()
    world.entered.append(block)
    block.__enter__()


def _enter_scope(world: World) -> None:
    for block in (tf.variable_scope("entered"), tf.name_scope("named"), tf.control_dependencies([])):
        world.entered.append(block)
        block.__enter__()


def _build(world: World) -> None:
    for _ in range(40):
        tf.constant(1.0)
    tf.get_variable("built", [3])


def _finalize(world: World) -> None:
    tf.get_default_graph().finalize()


def _roll_back(world: World) -> None:
    _build(world)
    if world.transaction is not None:
        world.transaction.rollback()
    _build(world)


def _commit(world: World) -> None:
    _build(world)
    if world.transaction is not None:
        world.transaction.commit()


def _fail(world: World) -> None:
    raise Acted


ACTIONS: dict[str, Callable[[World], None]] = {
    "clear": _clear,
    "shrink": _shrink,
    "grow": _grow,
    "reset": _reset,
    "enter other": _enter_other,
    "enter scope": _enter_scope,
    "build": _build,
    "finalize": _finalize,
    "fail": _fail,
    "roll back": _roll_back,
    "commit": _commit,
}


class Actor:
    """Acts in whatever of its methods is called first."""

    def __init__(self, world: World, action: str, array: bool) -> None:
        self._act = lambda: world.act(action)
        if array:
            self.__class__ = ArrayActor

    def __index__(self) -> int:
        self._act()
        return 1

    def __int__(self) -> int:
        self._act()
        return 1

    def __float__(self) -> float:
        self._act()
        return 1.0

    def __bool__(self) -> bool:
        self._act()
        return True

    def __len__(self) -> int:
        self._act()
        return 2

    def __getitem__(self, at: int) -> float:
        self._act()
        if at not in (0, 1):
            raise IndexError
        return 1.0

    def __iter__(self) -> Iterator[float]:
        self._act()
        return iter([1.0, 2.0])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._act()
        return args[0] if args else 1.0

    def __eq__(self, other: object) -> bool:
        self._act()
        return False

    def __hash__(self) -> int:
        self._act()
        return 1

    def __str__(self) -> str:
        self._act()
        return "actor"

    __repr__ = __str__
    __fspath__ = __str__

    def __enter__(self) -> Any:
        self._act()
        return self

    def __exit__(self, *error: object) -> None:
        self._act()

    @property
    def name(self) -> str:
        self._act()
        return "actor"

    @property
    def dtype(self) -> Any:
        self._act()
        return tf.float32

    @property
    def shape(self) -> Any:
        self._act()
        return (2,)

    @property
    def graph(self) -> Any:
        self._act()
        return tf.get_default_graph()


class ArrayActor(Actor):
    """The same, which NumPy takes for an array."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._act()
        return np.ones(2, np.float32)


class Text(str):
    """A str that acts when it is compared or hashed."""

    _act: Callable[[], None]

    def __eq__(self, other: object) -> bool:
        self._act()
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        self._act()
        return str.__hash__(self)


class Dying:
    """Acts when it is freed, by the collector: it is in a cycle."""

    def __init__(self, world: World, action: str) -> None:
        self.cycle = self
        self._act = lambda: world.act(action)

    def __del__(self) -> None:
        with contextlib.suppress(Acted):
            self._act()


def _listed(world: World, items: list[Any]) -> list[Any]:
    world.lists.append(items)
    return items


def _text(world: World, action: str) -> Text:
    text = Text("text")
    text._act = lambda: world.act(action)
    return text


def _mapping(world: World, action: str) -> dict[Any, Any]:
    return {"key": Actor(world, action, False), world.x: Actor(world, action, True)}


VALUES: dict[str, Callable[[World, str], Any]] = {
    "actor": lambda world, action: Actor(world, action, False),
    "array": lambda world, action: Actor(world, action, True),
    "list": lambda world, action: _listed(world, [Actor(world, action, False), 1.0, 2.0]),
    "array list": lambda world, action: _listed(world, [world.x, Actor(world, action, True), world.x]),
    "nested": lambda world, action: [_listed(world, [1.0, Actor(world, action, True)]), world.lists[0]],
    "text": _text,
    "dict": _mapping,
    "other graph": lambda world, action: _foreign(world),
    "dying ints": lambda world, action: _listed(world, [1, 2]),
    "dying floats": lambda world, action: _listed(world, [1.5, 2.5]),
    "dying tensors": lambda world, action: _listed(world, [tf.identity(world.x), tf.identity(world.x)]),
    "generator": lambda world, action: (Actor(world, action, bool(i)) for i in range(3)),
}


def _foreign(world: World) -> Any:
    graph = tf.Graph()
    with graph.as_default():
        return tf.constant([1.0, 2.0])
