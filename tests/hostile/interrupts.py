"""Calls of every public function that are interrupted, or run out of frames: at each step in turn.

A step is a call of a function of the package's Python code, since there Python looks for signals. What is
called are the calls of `memory`. What fails says so by its own exception, and leaves the graph as it was, or
as after a call that has come to its end.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

import scopetrie as tf
from hostile import memory
from hostile.actors import World

PACKAGE = os.path.dirname(tf.__file__)
# The end of a block of Python's own: as with contextlib's, it is left out if a signal comes there.
NOT_INTERRUPTED = ("__exit__", "close")
MOST = 60  # steps of a call

Fault = Callable[[Callable[[], Any], int], tuple[BaseException | None, bool]]


def interrupted(call: Callable[[], Any], step: int) -> tuple[BaseException | None, bool]:
    """Makes a call that is interrupted at a step; what it failed with, and whether it has fewer steps."""
    seen = 0

    def trace(frame: Any, event: str, argument: Any) -> None:
        nonlocal seen
        code = frame.f_code
        if event == "call" and code.co_name not in NOT_INTERRUPTED and code.co_filename.startswith(PACKAGE):
            seen += 1
            if seen == step:
                sys.settrace(None)
                raise KeyboardInterrupt

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except BaseException as error:
        sys.settrace(before)
        error.__traceback__ = None
        return error, False
    finally:
        sys.settrace(before)
    return None, seen < step


def without_frames(call: Callable[[], Any], step: int) -> tuple[BaseException | None, bool]:
    """The same for a call that may go so many frames deep; it has come to its end where it does not fail."""
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back  # type: ignore[assignment]
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(depth + 2 + step)
    except RecursionError:  # fewer than there are
        return None, False
    try:
        call()
    except BaseException as error:
        error.__traceback__ = None
        return error, False
    finally:
        sys.setrecursionlimit(before)
    return None, True


FAULTS: dict[type[BaseException], Fault] = {KeyboardInterrupt: interrupted, RecursionError: without_frames}


def _world(world: World | None, prepare: memory.Preparation) -> tuple[World, Callable[[], Any]]:
    if world is not None:
        with contextlib.suppress(Exception):
            world.leave()
    world = World()
    return world, prepare(world)


def play(name: str, prepare: memory.Preparation, kind: type[BaseException]) -> list[str]:
    """Makes one call again and again, each time with the fault at a later step; what went wrong."""
    world, call = _world(None, prepare)
    with contextlib.suppress(Exception):
        call()  # loads what is loaded late
    world, call = _world(world, prepare)
    with contextlib.suppress(Exception):
        call()
    after = memory.state(tf.get_default_graph())
    wrong: list[str] = []
    for step in range(1, MOST):
        world, call = _world(world, prepare)
        before = memory.state(world.graph)
        failed, ended = FAULTS[kind](call, step)
        if ended or len(wrong) > 2:
            break
        if failed is None:
            continue
        if not isinstance(failed, kind):
            wrong.append(f"{name}, step {step}: {failed!r}")
        now = memory.state(world.graph)
        if now not in (before, after):
            wrong.append(f"{name}, step {step}: {memory.difference(before, now)}")
    world.leave()
    return wrong


def main() -> None:
    """Plays each so-manieth call with a kind of fault, and writes what went wrong."""
    kind = {each.__name__: each for each in FAULTS}[sys.argv[1]]
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda _: None  # what generators are broken off with
    tf.logging.set_verbosity(tf.logging.FATAL)
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    every = memory.calls()
    assert len(every) > 600
    for name, prepare in every[:: int(sys.argv[2])]:
        for line in play(name, prepare, kind):
            os.write(out, f"{line}\n".encode())


if __name__ == "__main__":
    main()
