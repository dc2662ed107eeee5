"""Calls of every public function with hostile arguments.

What is called comes from the package's public names, and what each function takes from its signature, so a
new function is attacked without a line here.

Run as a program, this plays attacks in this process, and writes the number of each before it begins:

    python -m hostile.attacks FILE FIRST LAST STEP
"""

from __future__ import annotations

import collections
import contextlib
import gc
import inspect
import mmap
import os
import random
import struct
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

import scopetrie as tf
from hostile.actors import ACTIONS, VALUES, Dying, World
from hostile.instances import INSTANCES
from public_calls import public_names

FILLS: tuple[Callable[[World], Any], ...] = (
    lambda world: world.x,
    lambda world: 1,
    lambda world: "text",
    lambda world: [1, 2],
)

# What ends the process, waits, prints for ever, or changes it for the tests that follow.
LEFT_OUT = {
    "app.run": "exits",
    "contrib.slim.evaluation.evaluate_once": "adds the operations that its session needs, and runs it",
    "contrib.slim.learning.train": "may train for ever",
    "contrib.training.evaluate_once": "adds the operations that its session needs, and runs it",
    "contrib.training.checkpoints_iterator": "waits for ever",
    "contrib.training.evaluate_repeatedly": "may wait for ever",
    "contrib.training.train": "may train for ever",
    "contrib.training.wait_for_new_checkpoint": "may wait for ever",
    "convert_literals": "a switch of the process",
    "keras.backend.clear_session": "takes the graph away",
    "keras.backend.set_epsilon": "a switch of the process",
    "keras.backend.set_floatx": "a switch of the process",
    "keras.backend.set_image_data_format": "a switch of the process",
    "keras.backend.set_session": "a switch of the process",
    "disable_v2_behavior": "a switch of the process",
    "set_default_backend": "a switch of the process",
    "InteractiveSession": "stays the default session",
    "NoGradient": "gradients of types are never forgotten",
    "NotDifferentiable": "gradients of types are never forgotten",
    "RegisterGradient": "gradients of types are never forgotten",
    "no_gradient": "gradients of types are never forgotten",
    "test.main": "exits",
    "train.checkpoints_iterator": "waits for ever",
    "train.Coordinator.wait_for_stop": "waits",
    "train.Coordinator.join": "waits",
    "register_op": "op types are never forgotten",
    "register_tensor_conversion_function": "conversions are never forgotten",
}


def functions() -> list[tuple[str, Callable[[World], Any]]]:
    """Every public callable, and every public method of the package's objects: name, and how to get it."""
    found: list[tuple[str, Callable[[World], Any]]] = [
        (name, lambda world, value=value: value) for name, value in public_names() if name not in LEFT_OUT
    ]
    seen = set()
    for kind, thing in INSTANCES.items():
        made = thing(World())
        members = type(made)
        for name in dir(members):
            if name in _NOT_CALLED or (name.startswith("_") and not name.startswith("__")):
                continue
            # What is inherited is attacked once, but for what reads or copies the whole object.
            method = id(inspect.getattr_static(members, name))
            if f"{kind}.{name}" in LEFT_OUT or (method in seen and name not in _OF_EACH):
                continue
            seen.add(method)
            if callable(getattr(members, name, None)) and hasattr(made, name):
                member = lambda world, thing=thing, name=name: getattr(thing(world), name)  # noqa: E731
                found.append((f"{kind}.{name}", member))
    return found


_NOT_CALLED = set(
    "__class__ __new__ __init__ __init_subclass__ __subclasshook__ __del__ __getattribute__ __setattr__ "
    "__delattr__ __dir__ __sizeof__ __class_getitem__ as_default".split()
)


_OF_EACH = ("__call__", "__reduce_ex__", "apply", "get_config", "minimize")


Attack = tuple[str, Callable[[World], Any], int | str, int, str, str, int]


def _parameters(function: Any) -> list[int | str]:
    """Where an argument can be put: the positions of what is required, and a few keywords."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return [0, 1, 2]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    places: list[int | str] = [i for i, p in enumerate(positional) if p.default is p.empty]
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        places.append(len(places))
    places += [p.name for p in parameters if p.default is not p.empty and p.kind is not p.POSITIONAL_ONLY]
    return places or [0]


class Attacks:
    """All attacks, by number: each is the same in every process, and any range of them is a sample."""

    def __init__(self) -> None:
        self._functions = functions()
        self._places = [_parameters(get(World())) for _, get in self._functions]

    def __getitem__(self, number: int) -> Attack:
        choose = random.Random(number).choice
        at = number % len(self._functions)
        name, get = self._functions[at]
        place = choose(self._places[at])
        required = max([p + 1 for p in self._places[at] if isinstance(p, int)], default=0)
        count = required if isinstance(place, str) else max(required, place + 1)
        return name, get, place, count, choose(list(VALUES)), choose(list(ACTIONS)), choose(range(len(FILLS)))

    def names(self) -> list[str]:
        """The functions, in the order in which they are attacked."""
        return [name for name, _ in self._functions]


def describe(attack: Attack) -> str:
    name, _, place, count, value, action, fill = attack
    return f"{name}: argument {place!r} of {count} is {value!r}, which acts {action!r}, beside fill {fill}"


def prepared(attack: Attack, world: World, action: str) -> Callable[[], Any]:
    """The call of an attack in a world, which it then acts on by `action`."""
    _, get, place, count, value, _, fill = attack
    function = get(world)
    args = [FILLS[fill](world)] * count
    keywords = {}
    given = VALUES[value](world, action)
    if isinstance(place, str):
        keywords[place] = given
    else:
        args[place] = given
    return lambda: function(*args, **keywords)


def play(attack: Attack) -> bool:
    """Makes one call, and looks at the graph afterwards. Whether the argument has acted."""
    *_, value, action, _ = attack
    world = World()
    try:
        call = prepared(attack, world, action)
        world.begin(action)
        threshold = gc.get_threshold()
        if value.startswith("dying"):
            dying = Dying(world, action)
            del dying
            gc.set_threshold(1, 1, 1)
        world.armed = True
        try:
            made = call()
            if hasattr(made, "__enter__"):
                world.entered.append(made)
                made.__enter__()
            if isinstance(made, types.GeneratorType):
                collections.deque((next(made, None) for _ in range(5)), maxlen=0)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
        finally:
            gc.set_threshold(*threshold)
            has_acted = not world.armed
    finally:
        world.leave()
    look(tf.get_default_graph())
    if hasattr(world, "graph"):
        look(world.graph)
    return has_acted


def look(graph: Any) -> None:
    """Reads all of a graph, and builds in it unless it is finalized."""
    names = set()
    for op in graph.get_operations():
        assert op.name not in names, op.name
        names.add(op.name)
        assert all(each.graph is graph for each in op.inputs)
        assert all(each.op == op for each in op.outputs)
        with contextlib.suppress(TypeError):  # an attribute may be of any kind; only the text wants its own
            str(op.node_def)
    for key in graph.get_all_collection_keys():
        graph.get_collection(key)
    if not graph.finalized:
        with graph.as_default():
            tf.constant(1.0)
            with tf.variable_scope(tf.VariableScope(False, ""), auxiliary_name_scope=False):
                tf.get_variable(f"looked_at_{graph.version}", [2], initializer=tf.ones_initializer())


def main() -> None:
    path, first, last, step = sys.argv[1], *map(int, sys.argv[2:5])
    warnings.simplefilter("ignore")
    tf.logging.set_verbosity(tf.logging.FATAL)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    attacks = Attacks()
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 8) as shared:
        for at in range(first, last, step):
            shared[:] = struct.pack("q", at)
            play(attacks[at])


if __name__ == "__main__":
    main()
