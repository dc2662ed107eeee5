"""Work of several threads that start together, for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

THREADS = 8


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Runs work(0), work(1), ... in threads that start together; returns the results in order."""
    start = threading.Barrier(THREADS)

    def run(number: int) -> Any:
        start.wait(10)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def at_random_times(*works: Callable[[], Any], rounds: int) -> None:
    """Runs all functions concurrently, each `rounds` times."""

    def work(number: int) -> None:
        for _ in range(rounds):
            works[number % len(works)]()

    at_once(work)
