"""The actors of a store, as the client sees them: messages, retries, and who is lost."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import Any, Final, NamedTuple, NoReturn

from .errors import ClusterClosedError, SlowWorkerError, WorkerLostError
from .gate import Gate
from .shard import Message, Shard

__all__ = ["Request", "Shards"]

_LOOK: Final = 0.2  # seconds between looks at the workers while an answer is awaited
_TRIES: Final = 4  # of a message whose connection broke although the worker lives
_PAUSE: Final = 0.05  # seconds before the first retry; then twice as long each time


class Request(NamedTuple):
    """A message to one actor.

    Attributes:
        shard: The actor's number.
        part: The name of the part it is about, for errors.
        method: What the actor is to do.
        arguments: With what.
        is_change: Whether it is numbered, so that it is done once.
        is_long: Whether the worker does it in a thread of its own.
    """

    shard: int
    part: str
    method: str
    arguments: tuple[Any, ...] = ()
    is_change: bool = False
    is_long: bool = False


class _Lost(Exception):
    """An actor is gone."""


class Shards:
    """The actors of a store.

    Thread safety: any thread may call.

    Args:
        client: The client of the cluster.
        seed: The seed of the actors' stores.
        timeout: How many seconds an answer may take.
        generation: Returns the last generation that was saved, for errors.
    """

    def __init__(self, client: Any, seed: int, timeout: float, generation: Callable[[], int | None]) -> None:
        self._client = client
        self._seed = seed
        self._timeout = timeout
        self._generation = generation
        self._name = uuid.uuid4().hex
        self._futures: list[Any] = []
        self._actors: list[Any] = []
        self._lost: set[int] = set()
        self._growing = threading.Lock()
        # Held for a moment only: the loop of the client takes it.
        self._changing = threading.Lock()
        self._numbers: list[int] = []  # by shard: that of the next change
        self._on_their_way: list[set[int]] = []  # by shard: numbers without an answer

    def __len__(self) -> int:
        return len(self._actors)

    def homes(self) -> int:
        """At how many workers the actors are, or were."""
        return len({each._address for each in self._actors})

    @property
    def lost(self) -> list[int]:
        """The numbers of the actors that are known to be lost."""
        return sorted(self._lost | {at for at, each in enumerate(self._futures) if each.status != "finished"})

    def workers(self) -> list[str]:
        """Returns the addresses of the cluster's workers.

        Raises:
            ClusterClosedError: If there is no cluster any more.
        """
        self.check_client()
        try:
            return sorted(self._client.nthreads())
        except (OSError, RuntimeError, TimeoutError) as error:
            raise ClusterClosedError(f"the scheduler does not answer: {error}") from None

    def check_client(self) -> None:
        """Checks that the client is connected.

        Raises:
            ClusterClosedError: If it is not.
        """
        status = self._client.status
        if status != "running":
            raise ClusterClosedError(
                f"the client of the cluster is {status}: make a new PartitionedStore with a client that is "
                "running, and restore() the last generation"
            )

    def grow(self, count: int, within: float | None = None) -> None:
        """Makes actors until there are as many, dealt out to the workers in turn.

        Raises:
            ClusterClosedError: If there is no cluster, or no worker.
            WorkerLostError: If a worker is lost meanwhile.
            SlowWorkerError: If a worker takes too long.
        """
        Actor: Any = import_module("distributed").Actor  # imported late: the package is an extra

        if count <= len(self._actors):
            return
        with self._growing:
            first = len(self._actors)
            workers = self.workers()
            if not workers:
                raise ClusterClosedError("the cluster has no workers")
            homes = [workers[at % len(workers)] for at in range(first, count)]
            with self._client.as_current():
                made = [
                    self._client.submit(
                        Shard, self._seed, actor=True, workers=[home], allow_other_workers=False, pure=False
                    )
                    for home in homes
                ]
                self._await(made, homes, within or self._timeout)
                # An actor that knew its future would wait without end for one that is lost.
                actors = [Actor(Shard, home, each.key) for home, each in zip(homes, made, strict=True)]
                for actor in actors:
                    actor._client = self._client
                    actor._future = None
            with self._changing:
                self._numbers += [0] * len(made)
                self._on_their_way += [set() for _ in made]
                self._futures += made
                self._actors += actors

    def _await(self, futures: Sequence[Any], homes: Sequence[str], seconds: float) -> None:
        begun = looked = time.monotonic()
        while waiting := {
            home for home, each in zip(homes, futures, strict=True) if each.status == "pending"
        }:
            self.check_client()
            now = time.monotonic()
            if now - begun > seconds:
                raise SlowWorkerError(f"{', '.join(sorted(waiting))} made no actors within {seconds:g} s")
            if now - looked > _LOOK:
                # The scheduler would wait for a worker of the address without end.
                looked = now
                if gone := waiting.difference(self.workers()):
                    self._raise_gone(gone)
            time.sleep(0.005)
        if gone := {home for home, each in zip(homes, futures, strict=True) if each.status != "finished"}:
            self._raise_gone(gone)

    def _raise_gone(self, workers: Iterable[str]) -> NoReturn:
        text = f"{', '.join(sorted(workers))} went while actors were made there"
        raise WorkerLostError(text, (), self._generation())

    def drop(self) -> None:
        """Lets go of all actors: the cluster forgets them."""
        with self._changing:
            for future in self._futures:
                if self._client.status == "running":
                    future.release()
            self._futures, self._actors = [], []
            self._numbers, self._on_their_way = [], []
            self._lost = set()

    def call(self, call: str, requests: Iterable[Request], timeout: float | None = None) -> list[Any]:
        """Sends messages in parallel, and waits for all answers.

        Args:
            call: The public function, for errors.
            requests: The messages.
            timeout: How many seconds that may take, where it is not the usual time.

        Returns:
            The answers, in the order of the requests.

        Raises:
            WorkerLostError: If actors are lost. The others have done what they were asked.
            SlowWorkerError: If one does not answer in time.
            ClusterClosedError: If there is no cluster any more.
            Exception: What an actor raised; the first in order.
        """
        asked = list(requests)
        return self._send(call, asked, self._numbered(asked), timeout or self._timeout)

    def begin(self, call: str, requests: Sequence[Request], gate: Gate) -> Callable[[], list[Any]]:
        """Sends messages, which pass a gate until they are answered.

        Returns:
            A function that waits for the answers; its result and errors are those of `call`.
        """
        self.check_client()
        self._check_lost(call, requests)
        futures, numbers, timeout = self._futures, self._numbered(requests), self._timeout
        sending = self._all(futures, self._actors, requests, numbers, timeout)
        gate.enter()
        sent = asyncio.run_coroutine_threadsafe(sending, self._client.loop.asyncio_loop)
        sent.add_done_callback(lambda _: gate.leave())
        return lambda: self._results(call, requests, numbers, timeout, futures, sent.result())

    def _numbered(self, requests: Sequence[Request]) -> list[int]:
        return [self._number(each) if each.is_change else -1 for each in requests]

    def _number(self, request: Request) -> int:
        with self._changing:
            number = self._numbers[request.shard]
            self._numbers[request.shard] += 1
            self._on_their_way[request.shard].add(number)
        return number

    def _answered(self, shard: int, number: int) -> None:
        with self._changing:
            self._on_their_way[shard].discard(number)

    def _send(
        self, call: str, requests: Sequence[Request], numbers: Sequence[int], timeout: float
    ) -> list[Any]:
        self.check_client()
        self._check_lost(call, requests)
        futures, actors = self._futures, self._actors
        answers = self._client.sync(self._all, futures, actors, requests, numbers, timeout)
        return self._results(call, requests, numbers, timeout, futures, answers)

    def _results(
        self,
        call: str,
        requests: Sequence[Request],
        numbers: Sequence[int],
        timeout: float,
        futures: Sequence[Any],
        answers: Sequence[Any],
    ) -> list[Any]:
        """What the answers say, or the error they make."""
        self._look_after(call, requests, answers, futures)
        if any(answer is None for answer in answers):
            late = [each.part for each, answer in zip(requests, answers, strict=True) if answer is None]
            again = partial(self._send, call, requests, numbers, timeout)
            raise SlowWorkerError(
                f"{call}: no answer within {timeout:g} s from the workers of {_listed(late)}. They may still "
                "do it: the error's retry() asks again, and nothing is done twice",
                late,
                again,
            )
        results = []
        for succeeded, result in answers:
            if not succeeded:
                raise result
            results.append(result)
        return results

    def _check_lost(self, call: str, requests: Sequence[Request]) -> None:
        lost = {each.shard for each in requests}.intersection(self.lost)
        if lost:
            self.check_client()
            self._raise_lost(call, [each for each in requests if each.shard in lost])

    def _look_after(
        self, call: str, requests: Sequence[Request], answers: Sequence[Any], futures: Sequence[Any]
    ) -> None:
        gone = [each for each, answer in zip(requests, answers, strict=True) if isinstance(answer, _Lost)]
        if gone:
            self.check_client()
            if futures is self._futures:
                self._lost.update(each.shard for each in gone)
            self._raise_lost(call, gone)

    def _raise_lost(self, call: str, requests: Sequence[Request]) -> None:
        parts = list(dict.fromkeys(each.part for each in requests))
        generation = self._generation()
        back = (
            "nothing was saved, so there is nothing to go back to"
            if generation is None
            else f"recover() goes back to generation {generation}"
        )
        raise WorkerLostError(
            f"{call}: the workers that held {_listed(parts)} are lost; {back}", parts, generation
        )

    async def _all(
        self,
        futures: Sequence[Any],
        actors: Sequence[Any],
        requests: Sequence[Request],
        numbers: Sequence[int],
        timeout: float,
    ) -> list[Any]:
        """The answers: (whether it succeeded, result), _Lost, or None for one that took too long."""
        tasks = [
            asyncio.ensure_future(self._one(futures[each.shard], actors[each.shard], each, number))
            for each, number in zip(requests, numbers, strict=True)
        ]
        end = time.monotonic() + timeout
        waiting = set(tasks)
        while waiting and time.monotonic() < end:
            _, waiting = await asyncio.wait(waiting, timeout=min(_LOOK, max(0.0, end - time.monotonic())))
            for task, each in zip(tasks, requests, strict=True):
                if task in waiting and futures[each.shard].status != "finished":
                    task.cancel()
        for task in waiting:
            task.cancel()
        answers: list[Any] = []
        for task, each in zip(tasks, requests, strict=True):
            try:
                answers.append(await task)
            except asyncio.CancelledError:
                answers.append(_Lost() if futures[each.shard].status != "finished" else None)
            except _Lost as lost:
                answers.append(lost)
        return answers

    async def _one(self, future: Any, actor: Any, request: Request, number: int) -> Any:
        message = Message(request.method, request.arguments)
        if number >= 0:
            with self._changing:
                on_their_way = self._on_their_way
                floor = min(on_their_way[request.shard], default=number) - 1
            message = message._replace(client=self._name, number=number, floor=floor)
        pause = _PAUSE
        for _ in range(_TRIES):
            try:
                answer = await (actor.wait if request.is_long else actor.call)(message)
            except (OSError, RuntimeError):
                # The scheduler says a little later whether the worker is gone, or only a connection.
                await asyncio.sleep(pause)
                pause *= 2
                if future.status != "finished":
                    raise _Lost from None
            else:
                if number >= 0 and on_their_way is self._on_their_way:
                    self._answered(request.shard, number)
                return answer
        raise _Lost


def _listed(names: Sequence[str], most: int = 8) -> str:
    text = ", ".join(names[:most])
    return text + (f" and {len(names) - most} more" if len(names) > most else "")
