"""Everything a program does with the package, again and again: memory, threads, files and graphs stay level.

    python tests/hostile/long_run.py --seconds 600

Rounds of building, running, failing, undoing, threads and forked children follow each other in one process.
After each round the process is measured. The run fails if something grows, if a call fails that should not,
or if a warning is shown.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import random
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # when this is run as a program

import scopetrie as tf
from hostile import attacks

WARM_UP = 0.25  # the part of the run after which nothing may grow any more
SLACK = {"memory": 6 << 20, "graphs": 0, "threads": 0, "files": 0, "objects": 2000}


class Sample(NamedTuple):
    """What the process has after a round."""

    memory: int  # bytes
    graphs: int
    threads: int
    files: int
    objects: int  # that the garbage collector tracks


_GRAPHS: weakref.WeakSet[Any] = weakref.WeakSet()


def graph() -> Any:
    """A new graph, which is counted as long as it lives."""
    made = tf.Graph()
    _GRAPHS.add(made)
    return made


def sample(kept: int) -> Sample:
    """Measures the process, but for `kept` objects of ours; what nobody holds is collected before."""
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf(
        "SC_PAGE_SIZE"
    )
    return Sample(
        resident,
        len(_GRAPHS),
        len(os.listdir("/proc/self/task")),
        len(os.listdir("/proc/self/fd")),
        len(gc.get_objects()) - kept,
    )


def growing(samples: Sequence[Sample]) -> list[str]:
    """Which figures grow after the warm-up: the least of the last quarter is above the most of the first."""
    steady = samples[int(len(samples) * WARM_UP) :]
    quarter = max(1, len(steady) // 4)
    found = []
    for name, slack in SLACK.items():
        before = max(getattr(each, name) for each in steady[:quarter])
        after = min(getattr(each, name) for each in steady[-quarter:])
        if after > before + slack:
            found.append(f"{name}: {before} -> {after}")
    return found


# Activities: each does a round of work, and returns the number of calls or cases ----------------------------


def train(rng: random.Random) -> int:
    steps = 20
    with graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 8])
        with tf.variable_scope("model", initializer=tf.glorot_uniform_initializer(seed=rng.randrange(100))):
            hidden = x
            for _ in range(3):
                with tf.variable_scope(None, "layer"):
                    w = tf.get_variable("w", [8, 8])
                    b = tf.get_variable("b", [8], initializer=tf.zeros_initializer())
                    hidden = tf.nn.relu(tf.matmul(hidden, w) + b)
        update = [tf.assign_sub(v, 0.01 * v) for v in tf.trainable_variables()]
        mean = tf.reduce_mean(hidden)
        session.run(tf.global_variables_initializer())
        for _ in range(steps):
            session.run([mean, update], {x: np.ones((4, 8), np.float32)})
    return steps


def build(rng: random.Random) -> int:
    nodes = 2000
    with graph().as_default() as made:
        x = tf.constant(1.0)
        for at in range(nodes // 4):
            with tf.name_scope(f"block_{rng.randrange(50)}"):
                x = tf.tanh(x * 2.0) + x
            if at % 50 == 0:
                with made.transaction() as attempt:
                    tf.get_variable(f"v{at}", [3], initializer=tf.ones_initializer())
                    attempt.rollback()
        made.get_operations()
    return nodes


def store(rng: random.Random) -> int:
    made = tf.Store(seed=rng.randrange(1000))
    for layer in range(50):
        with made.scope(f"layer_{layer}"):
            made.get("w", (8, 8))
            made.get("b", (8,), initializer="zeros")
    total = sum(float(np.asarray(v).sum()) for v in made.values())
    assert np.isfinite(total)
    with contextlib.suppress(ValueError), made.transaction():
        made.get("gone", (2,))
        made.get("layer_0/w", (8, 8))
    assert "gone" not in made
    return 100


def names(rng: random.Random) -> int:
    made = tf.Names(separator=rng.choice("/."))
    for _ in range(20):
        with made.scope("module"):
            taken = made.unique_names(["gate"] * 100)
        made.release(taken[rng.randrange(100)])
    return 2000


def fail(rng: random.Random) -> int:
    attempts = 0
    with graph().as_default():
        x = tf.constant([1.0, 2.0])
        tf.get_variable("v", [2])
        for wrong in (
            lambda: tf.get_variable("v", [2]),
            lambda: tf.get_variable("bad name!", [2]),
            lambda: tf.matmul(x, x),
            lambda: tf.reshape(x, [3]),
            lambda: x[5],
            lambda: tf.get_variable("w", [2], initializer=lambda shape, **_: 1 / 0),
            lambda: tf.Session().run(tf.placeholder(tf.float32)),
            lambda: tf.Session().run(tf.reshape(x, tf.placeholder(tf.int32, [1])), {"Placeholder:0": [7]}),
        ) * 5:
            try:
                wrong()
            except (ValueError, tf.errors.OpError, ZeroDivisionError, TypeError, IndexError):
                attempts += 1
    return attempts


def child(work: Callable[[], bool]) -> None:
    """Does something in a forked child, which has to end well."""
    process = os.fork()
    if process == 0:
        try:
            os._exit(0 if work() else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(process, 0)
    assert status == 0, f"a child ended with status {status}"


def attack(rng: random.Random) -> int:
    # In a child: an attack may put a tensor into an attribute of its own graph, which keeps the graph for
    # good, as docs/semantics.md says.
    numbers = [rng.randrange(1 << 40) for _ in range(40)]

    def play() -> bool:
        gc.freeze()  # collections are many here, and need not look at what the parent has
        sys.unraisablehook = lambda _: None  # finalizers fail
        warnings.simplefilter("ignore")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        for number in numbers:
            attacks.play(_ATTACKS[number])
        return True

    child(play)
    return len(numbers)


_ATTACKS = attacks.Attacks()


def threads(rng: random.Random) -> int:
    count, each = 4, 50
    shared = graph()
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with shared.as_default(), tf.variable_scope("shared", reuse=tf.AUTO_REUSE):
                for at in range(each):
                    tf.get_variable(f"v{at % 10}", [4], initializer=tf.zeros_initializer())
                    tf.add(tf.constant(float(number)), 1.0, name="sum")
        except BaseException as error:
            failures.append(error)

    started = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert not failures, failures
    assert len(shared.get_collection("variables")) == 10
    return count * each


def fork(rng: random.Random) -> int:
    def work() -> bool:
        with tf.Graph().as_default(), tf.Session() as session:
            v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
            session.run(v.initializer)
            return bool(session.run(v).sum() == 2)

    child(work)
    return 1


ACTIVITIES: dict[str, Callable[[random.Random], int]] = {
    "trained steps": train,
    "nodes built, some undone": build,
    "variables of stores": store,
    "names given out": names,
    "calls that fail": fail,
    "attacks": attack,
    "calls in threads": threads,
    "forked children": fork,
}


def run(seconds: float, seed: int = 0, only: str = "") -> tuple[dict[str, int], list[Sample]]:
    """Goes through rounds of all activities for a time.

    Args:
        seconds: How long.
        seed: Of what is chosen at random.
        only: A part of the names of the activities that are done.

    Returns:
        How often each was done, and the measurements after each round.
    """
    rng = random.Random(seed)
    activities = {name: each for name, each in ACTIVITIES.items() if only in name}
    counts = dict.fromkeys(activities, 0)
    samples: list[Sample] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(samples) < 8:
        for name, activity in activities.items():
            counts[name] += activity(rng)
        samples.append(sample(len(samples)))
    return counts, samples


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="activities whose name contains this")
    options = parser.parse_args()
    warnings.simplefilter("error")
    tf.logging.set_verbosity(tf.logging.FATAL)
    counts, samples = run(options.seconds, options.seed, options.only or "")
    print(f"{len(samples)} rounds in {options.seconds:.0f} s")
    for name, count in counts.items():
        print(f"  {count:>12,} {name}")
    first = samples[int(len(samples) * WARM_UP)]
    for name in Sample._fields:
        values = [getattr(each, name) for each in samples[int(len(samples) * WARM_UP) :]]
        end = f"{values[-1]:,} at the end, at most {max(values):,}"
        print(f"  {name}: {getattr(first, name):,} after the warm-up, {end}")
    grown = growing(samples)
    for each in grown:
        print(f"GROWS {each}")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
