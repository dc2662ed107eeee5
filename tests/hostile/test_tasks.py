"""Tasks and greenlets of one thread that take turns in the middle of blocks and calls."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf
from hostile import attacks, tasks
from hostile.actors import ACTIONS, Acted, World


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def in_thread(call: Callable[[], Any]) -> None:
    """Runs something in a thread of its own, whose blocks go with it; fails as it does."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


COUNT = int(os.environ.get("SCOPETRIE_ATTACKS", "6000"))
RECORDED = Path(__file__).with_name("tasks.txt").read_text().split()


def test_blocks_of_tasks_that_take_turns_are_left_as_in_v1() -> None:
    def play() -> None:
        wrong = [seed for seed, wanted in enumerate(RECORDED) if tasks.digest(tasks.play(tf, seed)) != wanted]
        assert wrong == []

    assert len(RECORDED) == tasks.PROGRAMS
    in_thread(play)


def test_a_task_of_asyncio_that_waits_in_a_block_shares_it_with_the_others() -> None:
    async def build(name: str, turn: asyncio.Event) -> str:
        with tf.variable_scope(name):
            turn.set()
            await asyncio.sleep(0)
            return str(tf.get_variable(name, [1]).op.name)

    async def both() -> list[Any]:
        turn = asyncio.Event()
        return await asyncio.gather(build("a", turn), build("b", turn), return_exceptions=True)

    def run() -> None:
        with tf.Graph().as_default():
            first, second = asyncio.run(both())
        # The first is left while the second is open, so it stays; the second knows nothing of it.
        assert str(first) == "Improper nesting of variable_scope."
        assert second == "a/b/b"

    in_thread(run)


def _names(store: bool) -> None:
    """Generators that wait in blocks of Names and Store, and end in any order."""
    choose = random.Random(store).choice

    def task(thing: Any, made: list[str]) -> Iterator[None]:
        for _ in range(6):
            try:
                with thing.scope(choose("abc")):
                    yield
                    with thing.scope(choose("abc")):
                        yield
                    if store:
                        thing.get(choose("uvw"), (2,))
                    else:
                        made.append(thing.unique_name("x"))
            except (RuntimeError, AssertionError, ValueError):
                pass

    for _ in range(50):
        made: list[str] = []
        thing = tf.Store(seed=1) if store else tf.Names()
        going = [task(thing, made) for _ in range(4)]
        while going:
            one = choose(going)
            if next(one, True):
                going.remove(one)
        assert len(set(made)) == len(made)
        if store:
            assert [tuple(each.shape) for each in thing.values()] == [(2,)] * len(set(thing.keys()))


@pytest.mark.parametrize("store", [False, True])
def test_blocks_of_names_and_stores_end_in_any_order(store: bool) -> None:
    in_thread(lambda: _names(store))


def test_transactions_of_tasks_end_in_any_order() -> None:
    """What one undoes of another's is gone for that one, too; nothing of it is used."""
    choose = random.Random(1).choice

    def task(graph: Any) -> Iterator[None]:
        for _ in range(4):
            made: list[Any] = []
            try:
                with graph.transaction():
                    made.append(tf.constant(1.0))
                    yield
                    made.append(made[-1] + 1.0)
                    made.append(tf.get_variable(choose("uvw"), [2]))
                    yield
                    if choose([True, False]):
                        raise Acted
            except (Acted, ValueError, RuntimeError):
                pass
            for each in made:
                with contextlib.suppress(ValueError, RuntimeError):
                    assert graph.as_graph_element(each.name).name == each.name

    def run() -> None:
        for _ in range(40):
            with tf.Graph().as_default() as graph:
                going = [task(graph) for _ in range(4)]
                while going:
                    one = choose(going)
                    if next(one, True):
                        going.remove(one)
                attacks.look(graph)

    in_thread(run)


class Greenlets:
    """Greenlets that attack: each argument that acts lets another one go on, in the middle of the call."""

    def __init__(self, greenlet: Any, known: attacks.Attacks, seed: int) -> None:
        self._greenlet = greenlet
        self._known = known
        self._random = random.Random(seed)
        self._world = World()
        self._main = greenlet.getcurrent()
        self._alive: list[Any] = []
        self.switches = 0

    def _switch(self, world: World) -> None:
        world.armed = True
        to = self._random.choice([*self._alive, self._main])
        if not to.dead and to is not self._greenlet.getcurrent():
            self.switches += 1
            to.switch()
        if self._random.random() < 0.15:
            raise Acted

    def _attack(self, number: int) -> None:
        name, get, place, count, value, _, fill = self._known[number]
        if name == "reset_default_graph":
            return
        with contextlib.suppress(Exception):
            call = attacks.prepared((name, get, place, count, value, "switch", fill), self._world, "switch")
            self._world.armed = True
            made = call()
            if hasattr(made, "__enter__"):
                with made:
                    self._switch(self._world)

    def _run(self, *_: Any) -> None:
        for _ in range(6):
            self._attack(self._random.randrange(2**31))

    def play(self) -> None:
        ACTIONS["switch"] = self._switch
        try:
            self._alive = [self._greenlet.greenlet(self._run) for _ in range(4)]
            for _ in range(300):
                if not self._alive:
                    break
                self._random.choice(self._alive).switch()
                self._alive = [each for each in self._alive if not each.dead]
            for each in self._alive:
                with contextlib.suppress(Exception):
                    each.throw()
        finally:
            del ACTIONS["switch"]
            self._world.leave()
        in_thread(lambda: attacks.look(tf.get_default_graph()))
        in_thread(lambda: attacks.look(self._world.graph))


def test_greenlets_switch_in_the_middle_of_any_call() -> None:
    greenlet = pytest.importorskip("greenlet")
    known = attacks.Attacks()
    switches = 0
    for seed in range(COUNT // 600):
        one = Greenlets(greenlet, known, seed)
        in_thread(one.play)
        switches += one.switches
    assert switches > COUNT // 600
