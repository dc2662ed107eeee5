"""Stores in several threads: each has scopes of its own, and calls take effect one after the other."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import scopetrie as st

THREADS, EACH = 8, 200


@pytest.fixture(autouse=True)
def switching_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Runs work(0), work(1), ... in threads that start together; returns the results in order."""
    start = threading.Barrier(THREADS)

    def run(number: int) -> Any:
        start.wait(10)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_threads_that_share_a_name_share_the_variable_and_its_elements() -> None:
    store = st.Store(seed=3)

    def work(number: int) -> list[tuple[Any, Any]]:
        with store.scope("shared", reuse=st.AUTO_REUSE):
            made = [store.get(f"w{i}", (16,)) for i in range(EACH)]
            return [(variable, variable.array) for variable in made]

    results = at_once(work)
    alone = st.Store(seed=3)
    with alone.scope("shared"):
        for i in range(EACH):
            expected = alone.get(f"w{i}", (16,)).array
            variable, array = results[0][i]
            for other, seen in (result[i] for result in results):
                assert other is variable and np.shares_memory(seen, array)
            assert np.array_equal(array, expected)
    assert len(store) == EACH


def test_scopes_and_names_of_threads_do_not_mix() -> None:
    store = st.Store(seed=3)

    def work(number: int) -> list[str]:
        with store.scope(f"thread{number}", trainable=number % 2 == 0):
            names = []
            for i in range(EACH):
                with store.scope("layer"):
                    assert store.get(f"w{i}", (2,)).trainable == (number % 2 == 0)
                names.append(store.names.unique_name("node"))
            return names

    for number, names in enumerate(at_once(work)):
        start = f"thread{number}/node"
        assert names == [start, *(f"{start}_{i}" for i in range(1, EACH))]
        assert list(store[f"thread{number}"]) == [f"layer/w{i}" for i in range(EACH)]
    assert len(store) == THREADS * EACH


def test_readers_and_writers_see_whole_variables_only() -> None:
    """Half of the threads make, move, fork and delete; the others read whatever is there."""
    store = st.Store(seed=3)
    base = [store.get(f"base/w{i}", (4,), initializer="ones") for i in range(50)]
    done = threading.Event()

    def write(number: int) -> int:
        for i in range(EACH):
            path = f"t{number}/w{i}"
            store.get(path, (4,), initializer="ones")
            store.move(path, f"moved/{number}/w{i}")
            if i % 3 == 0:
                del store[f"moved/{number}/w{i}"]
            if i % 50 == 0:
                fork = store.fork()
                assert float(fork["base/w0"].array.sum()) == 4.0
                fork["base/w0"].array[:] = 0
        return EACH - len(range(0, EACH, 3))

    def read(number: int) -> int:
        looks = 0
        while not done.is_set() and looks < 20_000:
            looks += 1
            for variable in list(store.values())[:: 1 + number]:
                try:
                    assert float(variable.array.sum()) == 4.0
                except RuntimeError as error:
                    assert "was deleted" in str(error)
            assert store["base"].nbytes == 50 * 16
            assert [*store["base"].values()] == base
        return 0

    def work(number: int) -> int:
        if number % 2 != 0:
            return read(number)
        try:
            return write(number)
        finally:
            done.set()

    kept = sum(at_once(work))
    assert len(store) == 50 + kept
    assert sum(path.startswith("moved/") for path in store) == kept


def test_a_captured_scope_shares_across_threads() -> None:
    """Reuse across threads: a scope of one thread, entered in the others, brings its path and mode."""
    store = st.Store(seed=3)
    with store.scope("model") as scope:
        w = store.get("w", (2,))

    def share(number: int) -> bool:
        assert store.current_scope.name == ""
        with pytest.raises(ValueError, match="model/w already exists"), store.scope(scope):
            store.get("w", (2,))
        with store.scope(scope, reuse=True):
            return store.get("w", (2,)) is w and store.current_scope.name == "model"

    assert all(at_once(share))
