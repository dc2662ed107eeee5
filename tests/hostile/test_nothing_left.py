"""A call of a public function that fails leaves its graph as it was: operations, variables, names.

The calls are the attacks, with arguments that fail or do nothing while they are read. SCOPETRIE_ATTACKS says
how many are made.
"""

from __future__ import annotations

import collections
import os
from typing import Any

import pytest
import scopetrie as tf
from graph_states import contents
from hostile import attacks
from hostile.actors import World

COUNT = int(os.environ.get("SCOPETRIE_ATTACKS", "20000"))
# Functions that end with what a program's own code did, or count by design.
NOT_WHOLE = {
    "Graph.unique_name": "a name that is asked for is taken, as in v1",
    "logging.log_every_n": "counts",
    "logging.log_first_n": "counts",
    "Template.__call__": "runs a program's function, whose variables the next call shares",
}
# What a layer's or a cell's own call runs, which is whole.
WITHIN_A_CALL = (".call", ".add_weight", ".add_variable", ".build")


def state(graph: Any, *, with_names: bool = True) -> tuple[Any, ...]:
    """All of a graph that a program sees, and the names that come next."""
    watched = ("Const", "Identity", "text", "v", "w") if with_names else ()
    names = [graph.unique_name(name, mark_as_used=False) for name in watched]
    scopes = (tf.get_variable_scope().name, graph.get_name_scope(), tf.get_default_graph() is graph)
    return (*contents(), [v.name for v in graph._variables()], names, scopes)


def call(attack: attacks.Attack, action: str) -> BaseException | None:
    """Makes a call; what it failed with."""
    world = World()
    function = attacks.prepared(attack, world, action)
    before, before_but_names = state(world.graph), state(world.graph, with_names=False)
    world.armed = True
    try:
        made = function()
        if hasattr(made, "__enter__") and not isinstance(made, tf.Session):
            with made:
                pass
        return None
    except BaseException as error:
        world.armed = False
        # After a refused dtype v1's programs go on, and have v1's names.
        keeps_names = getattr(error, "refuses_dtype", False)
        expected = before_but_names if keeps_names else before
        found = state(world.graph, with_names=not keeps_names)
        assert found == expected, f"{attacks.describe(attack)}: {error!r}"
        return error


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Files go to a folder of the test."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.filterwarnings("ignore")
def test_failing_calls_leave_the_graph_as_it_was() -> None:
    every = attacks.Attacks()
    kinds: collections.Counter[str] = collections.Counter()
    left = []
    verbosity = tf.logging.get_verbosity()
    tf.logging.set_verbosity(tf.logging.FATAL + 1)
    try:
        for number in range(COUNT):
            attack = every[number]
            if attack[0] in NOT_WHOLE or attack[0].endswith(WITHIN_A_CALL):
                continue
            try:
                error = call(attack, "fail" if number % 2 else "shrink")
            except AssertionError as found:
                left.append(str(found)[:500])
            else:
                kinds[type(error).__name__] += 1
    finally:
        tf.logging.set_verbosity(verbosity)
    assert left == [], "\n".join(left)
    assert kinds["Acted"] > COUNT / 100
    assert kinds["TypeError"] > COUNT / 10
    assert kinds["ValueError"] > COUNT / 20


@pytest.mark.parametrize(
    ("build", "error"),
    [
        (lambda x: x[7], ValueError),
        (lambda x: tf.matmul(x, [1.0]), ValueError),
        (lambda x: tf.stack([x, x], axis=5), ValueError),
        (lambda x: tf.one_hot("a", 3), TypeError),
        (lambda x: tf.nn.moments(x, ["a"]), TypeError),
        (lambda x: tf.clip_by_norm(x, 1.0, axes=["a"]), TypeError),
        (lambda x: tf.random_normal([2], seed="a"), TypeError),
        (lambda x: tf.assert_less([1.0], [0.0]), tf.errors.InvalidArgumentError),
    ],
)
def test_nothing_is_left(build: Any, error: type[Exception]) -> None:
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2, 2])
        before = state(graph)
        with pytest.raises(error):
            build(x)
        assert state(graph) == before


def test_nothing_is_left_in_the_graph_of_an_argument() -> None:
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2, 2])
        before = state(graph)
    with tf.Graph().as_default() as other, pytest.raises(TypeError):
        tf.nn.moments(x, ["a"])
    assert contents() is not None
    assert other.get_operations() == []
    with graph.as_default():
        assert state(graph) == before
