"""Long sequences of calls, drawn by Hypothesis, beside a model of what they mean.

A graph is built in scopes, transactions, branches, loops and threads, with calls in between that fail; what
it holds and computes has to be what the model says. As a program it plays until the time is up, and adds a
sequence that fails to the corpus, in corpus.jsonl: see corpus.py.

    python tests/hostile/machine.py --seconds 600
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gc
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # when this is run as a program

import scopetrie as tf
from graph_states import contents
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

CORPUS: Final = Path(__file__).parent / "corpus.jsonl"
NAMES: Final = st.sampled_from(["a", "b", "a_1", "A", "w", "a/b"])
NUMBERS: Final = st.lists(st.integers(-3, 3), min_size=2, max_size=2)
BINARY: Final = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "maximum": np.maximum}
FAILING: Final[dict[str, Callable[[Any], Any]]] = {
    "another dtype": lambda x: x + 1.5,
    "another rank": lambda x: tf.matmul(x, x),
    "out of range": lambda x: x[5],
    "no name": lambda x: tf.negative(x, name="?"),
    "no size": lambda x: tf.reshape(x, [-2]),
    "no variable": lambda x: tf.get_variable("none", dtype=tf.int32),
    "no initializer": lambda x: tf.get_variable("fails", [2], tf.int32, initializer=lambda *_, **__: 1 // 0),
    "no branch": lambda x: tf.cond(x.graph.get_tensor_by_name("flag:0"), lambda: x, lambda: [x, x]),
    "no step": lambda x: tf.while_loop(lambda i: i[0] < 3, lambda i: [i, i], [x]),
    "no body": lambda x: tf.map_fn(lambda row: 1 // 0, x),
    "a surrogate": lambda x: tf.identity(x, name="\ud800"),
}


Steps = list[tuple[str, dict[str, Any]]]
Step = TypeVar("Step", bound=Callable[..., Any])


def noted(step: Step) -> Step:
    """Notes each call of a step in the machine's `steps`, a tensor as its place among the values."""

    @functools.wraps(step)
    def call(self: Machine, **given: Any) -> Any:
        places = {id(value): at for at, value in enumerate(self.values)}
        self.steps.append((step.__name__, {key: places.get(id(each), each) for key, each in given.items()}))
        return step(self, **given)

    return call  # type: ignore[return-value]


class Machine(RuleBasedStateMachine):
    """A graph and a model of it: the values of its tensors, and its variables by name."""

    tensors = Bundle("tensors")
    played: ClassVar[list[Steps]] = []

    @initialize()
    def begin(self) -> None:
        self.steps: Steps = []
        self.played.append(self.steps)
        self.graph = tf.Graph()
        self.default = self.graph.as_default()
        self.default.__enter__()
        tf.placeholder(tf.bool, [], name="flag")
        self.scopes: list[tuple[Any, bool]] = []
        self.variables: dict[str, np.ndarray[Any, Any]] = {}
        self.values: list[tuple[Any, np.ndarray[Any, Any]]] = []

    def teardown(self) -> None:
        if hasattr(self, "graph"):
            try:
                if sys.exc_info()[0] is None:  # the sequence has come to its end
                    self.check_values()
            finally:
                while self.scopes:
                    self.leave_scope()
                self.default.__exit__(None, None, None)

    def known(self, tensor: Any, value: Any) -> Any:
        self.values.append((tensor, np.asarray(value, np.int32)))
        return self.values[-1]

    @rule(target=tensors, value=NUMBERS)
    @noted
    def constant(self, value: list[int]) -> Any:
        return self.known(tf.constant(value), value)

    @rule(target=tensors, name=NAMES, value=NUMBERS)
    @noted
    def variable(self, name: str, value: list[int]) -> Any:
        reuses = bool(self.scopes) and self.scopes[-1][1]
        full = "/".join(filter(None, [tf.get_variable_scope().name, name]))
        before = contents()
        try:
            made = tf.get_variable(name, dtype=tf.int32, initializer=np.asarray(value, np.int32))
        except ValueError:
            assert (full in self.variables) != reuses
            assert contents() == before
            return self.known(tf.constant(value), value)
        assert (full in self.variables) == reuses
        self.variables.setdefault(full, np.asarray(value, np.int32))
        return self.known(made.read_value(), self.variables[full])

    @rule(name=NAMES, reuse=st.booleans())
    @noted
    def enter_scope(self, name: str, reuse: bool) -> None:
        if len(self.scopes) < 4:
            block = tf.variable_scope(name, reuse=reuse or None)
            block.__enter__()
            self.scopes.append((block, reuse or (bool(self.scopes) and self.scopes[-1][1])))

    @precondition(lambda self: self.scopes)
    @rule()
    @noted
    def leave_scope(self) -> None:
        self.scopes.pop()[0].__exit__(None, None, None)

    @rule(target=tensors, kind=st.sampled_from(sorted(BINARY)), a=tensors, b=tensors)
    @noted
    def operate(self, kind: str, a: Any, b: Any) -> Any:
        return self.known(getattr(tf, kind)(a[0], b[0]), BINARY[kind](a[1], b[1]))

    @rule(target=tensors, a=tensors, b=tensors)
    @noted
    def branch(self, a: Any, b: Any) -> Any:
        made = tf.cond(a[0][0] > b[0][0], lambda: a[0] - b[0], lambda: b[0])
        return self.known(made, a[1] - b[1] if a[1][0] > b[1][0] else b[1])

    @rule(target=tensors, a=tensors, count=st.integers(0, 3))
    @noted
    def loop(self, a: Any, count: int) -> Any:
        made = tf.while_loop(lambda i, _: i < count, lambda i, x: (i + 1, x + a[0]), [0, a[0]])[1]
        return self.known(made, a[1] * (count + 1))

    @rule(target=tensors, a=tensors)
    @noted
    def rows(self, a: Any) -> Any:
        return self.known(tf.map_fn(lambda row: row + a[0][0], a[0]), a[1] + a[1][0])

    @rule(target=tensors, a=tensors)
    @noted
    def thread(self, a: Any) -> Any:
        made: list[Any] = []

        def build() -> None:
            with self.graph.as_default(), tf.variable_scope("thread"):
                made.append(a[0] + a[0])

        worker = threading.Thread(target=build)
        worker.start()
        worker.join()
        return self.known(made[0], a[1] * 2)

    @rule(a=tensors, how=st.sampled_from(sorted(FAILING)))
    @noted
    def fail(self, a: Any, how: str) -> None:
        before = contents()
        following = self.graph.unique_name("a", mark_as_used=False)
        try:
            FAILING[how](a[0])
        except (ValueError, TypeError, IndexError, ZeroDivisionError):
            pass
        else:
            raise AssertionError(f"{how} does not fail")
        assert contents() == before
        assert self.graph.unique_name("a", mark_as_used=False) == following

    @rule(a=tensors, name=NAMES)
    @noted
    def undo(self, a: Any, name: str) -> None:
        before = contents()
        with contextlib.suppress(KeyError), self.graph.transaction(), tf.variable_scope("undone"):
            tf.Variable([1, 2], name=name)
            tf.negative(a[0], name=name)
            tf.add_to_collection(name, a[0])
            raise KeyError
        assert contents() == before

    @rule(a=tensors)
    @noted
    def keep(self, a: Any) -> None:
        tf.add_to_collection("kept", [a[0], lambda: a[0]])

    @rule()
    @noted
    def collect(self) -> None:
        gc.collect()

    @precondition(lambda self: self.values)
    @rule()
    @noted
    def run(self) -> None:
        self.check_values()

    def check_values(self) -> None:
        with tf.Session(graph=self.graph) as session:
            session.run(tf.variables_initializer(self.graph._variables()))
            for _ in range(3):
                found = session.run([tensor for tensor, _ in self.values])
                for value, (tensor, wanted) in zip(found, self.values, strict=True):
                    assert np.array_equal(value, wanted), tensor

    @invariant()
    def names_are_unique(self) -> None:
        if hasattr(self, "graph"):
            names = [op.name for op in self.graph.get_operations()]
            assert len(set(names)) == len(names)
            assert len(self.graph._variables()) == len(self.variables)


def play(examples: int, steps: int = 30, fixed: bool = True, shrinks: bool = True) -> None:
    """Plays sequences.

    Args:
        examples: How many.
        steps: How many calls each has at most.
        fixed: Whether they are the same each time.
        shrinks: Whether what fails is made as short as can be.
    """
    given = settings(
        max_examples=examples,
        stateful_step_count=steps,
        database=None,
        derandomize=fixed,
        deadline=None,
        phases=[Phase.generate, Phase.shrink] if shrinks else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=given)


def replay(steps: Steps) -> None:
    """Plays a sequence that was noted, without Hypothesis."""
    machine = Machine()
    machine.begin()
    try:
        for name, given in steps:
            values = {key: machine.values[each] if key in "ab" else each for key, each in given.items()}
            getattr(machine, name)(**values)
            machine.names_are_unique()
    finally:
        machine.teardown()


def main() -> None:
    """Plays until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    seconds = parser.parse_args().seconds
    end, played = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        Machine.played.clear()
        try:
            play(10, 50, fixed=False)
        except BaseException:
            with CORPUS.open("a", encoding="utf-8") as file:
                print(json.dumps(Machine.played[-1]), file=file)
            raise
        played += 10
    print(f"{played} sequences in {seconds:.0f} s, nothing found")


if __name__ == "__main__":
    main()
